/* SPDX-License-Identifier: Apache-2.0
 *
 * What tests of verify share: a record with everything in it, ways to change a file as nobody should, and what is then found.
 * It does not know what is changed. */
#pragma once

#include "tests/db_fixture.h"

#include "db/debts.h"
#include "db/ledger.h"
#include "db/recover.h"
#include "db/verify.h"
#include "fota-config.h"

static const char *const IMEI = "356938035643809";
static const char *const OTHER = "490154203237518";
static const char *const THIRD = "860006618352062";

class VerifyTest : public DbTest
{
      protected:
	VerifyResult result = {};

	void TearDown() override
	{
		verify_clear(&result);
		DbTest::TearDown();
	}

	/* "" or the first finding in this file. */
	std::string finding(const std::string &file, const char *head = nullptr)
	{
		GError *error = nullptr;
		Db *read = db_open(file.c_str(), DB_READ, &error);
		std::string out;

		verify_clear(&result);
		if (!read || !verify_run(read, nullptr, head, nullptr, nullptr, &result, &error))
			out = error->message;
		else if (char *difference = verify_difference(&result)) {
			out = difference;
			g_free(difference);
		}
		g_clear_error(&error);
		db_close(read);
		return out;
	}

	/* Everything that a record can hold: good, failed, settled, owed, registered, an order, events. */
	void fill()
	{
		GError *error = nullptr;
		Verdict good = verdict(IMEI, OUTCOME_PASS);

		tell(EV_STATION_START, 0, 0, nullptr, nullptr, 0, FOTA_VERSION);
		tell(EV_WORKER, 0, 0, nullptr, nullptr, 0, "W12");
		tell(EV_WORK_ORDER, 0, 0, nullptr, nullptr, 500, "WO7");
		live(1, 1, OTHER, OUTCOME_PASS);
		live(2, 2, OTHER, OUTCOME_FAIL, FAULT_UPDATE_FAILED, "B1");
		live_into_danger(3, 3, IMEI);
		trace(3, 3, "700 > AT+QFOTADL=1\\r\n" + std::string(600, 'x'));
		Fact number = { IMEI, "registration", "240080000000001" };
		tell(EV_REMEMBER, 3, 3, &number);
		flush();
		pass_time(60000);
		ASSERT_TRUE(recover_run(db, wall, nullptr, &error));
		visit_begin(4, IMEI);
		job_begin(4, 4, 3);
		step(4, 4, 0, "verify");
		good.vendor_code = "0";
		good.vendor_words = "fine";
		good.detail = "found as it should be";
		tell(EV_JOB_END, 4, 4, &good);
		tell(EV_VISIT_END, 4, 0, &good);
		Fact late = { IMEI, "label", IMEI };
		tell(EV_REMEMBER, 4, 0, &late);
		live_into_danger(5, 5, THIRD);
		flush();
		pass_time(60000);
		ASSERT_TRUE(recover_run(db, wall, nullptr, &error));
		tell(EV_STATION_STOP, 0, 0, nullptr, nullptr, 1);
		flush();
	}

	/* As one would who knows how the chain is made. */
	static void append(const std::string &file, LedgerEntry entry)
	{
		GError *error = nullptr;
		Db *db = db_open(file.c_str(), DB_ALONE, &error);

		ASSERT_TRUE(db) << error->message;
		EXPECT_TRUE(sql_begin(db, &error) &&
			    sql_end(db, ledger_append(db, &entry, &error), &error))
			<< error->message;
		db_close(db);
	}

	static void execute(const std::string &file, const std::string &sql)
	{
		sqlite3 *handle = nullptr;
		char *words = nullptr;

		sqlite3_open(file.c_str(), &handle);
		sqlite3_exec(handle, "PRAGMA ignore_check_constraints = ON", nullptr, nullptr,
			     nullptr);
		EXPECT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, &words), SQLITE_OK)
			<< sql << ": " << (words ? words : "");
		sqlite3_free(words);
		sqlite3_close(handle);
	}

	/* The guards against accidents away, and back as they were: so does one who means it. */
	static std::string unguarded(const std::string &file, const std::string &sql)
	{
		std::string triggers = ask(file, "SELECT group_concat(sql, ';') || ';' FROM"
						 " sqlite_master WHERE type = 'trigger'");

		return "BEGIN; DROP TRIGGER ledger_update; DROP TRIGGER ledger_delete;"
		       " DROP TRIGGER attempt_closed; DROP TRIGGER visit_closed; " +
		       sql + "; " + triggers + " COMMIT;";
	}

	std::string after(const std::string &sql)
	{
		std::string copy = path + ".copy";

		EXPECT_EQ(ask(path, "VACUUM INTO '" + copy + "'"), "");
		execute(copy, unguarded(copy, sql));
		std::string found = finding(copy);
		g_remove(copy.c_str());
		return found;
	}
};
