/* SPDX-License-Identifier: Apache-2.0
 *
 * Who changes, removes, adds or moves a row is found, in the record and in its archives; and nothing is found where nobody
 * did. It does not know how rows come about. */
#include "tests/db_fixture.h"

#include "tests/fault_vfs.h"
#include "tests/in_chinese.h"

#include <algorithm>
#include <random>
#include <sys/wait.h>

#include "db/archive.h"
#include "db/backup.h"
#include "db/debts.h"
#include "db/ledger.h"
#include "db/recover.h"
#include "db/totals.h"
#include "db/verify.h"

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
		if (!read || !verify_run(read, head, nullptr, nullptr, &result, &error))
			out = error->message;
		else if (result.finding)
			out = result.finding;
		g_clear_error(&error);
		db_close(read);
		return out;
	}

	/* Everything that a record can hold: good, failed, settled, owed, registered, an order, events. */
	void fill()
	{
		GError *error = nullptr;
		Verdict good = verdict(IMEI, OUTCOME_PASS);

		tell(EV_STATION_START, 0, 0, nullptr, nullptr, 0, "0.2.0");
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

TEST_F(VerifyTest, NothingIsFoundWhereNothingWasDone)
{
	start();
	EXPECT_EQ(finding(path), "");
	fill();
	EXPECT_EQ(finding(path), "");
	EXPECT_EQ(result.entries, result.last_seq);
	EXPECT_EQ(std::string(result.head),
		  asked("SELECT sha FROM ledger ORDER BY seq DESC LIMIT 1"));
	EXPECT_EQ(after("SELECT 1"), "");
}

/* Each column of a random row of each table, altered by itself. */
TEST_F(VerifyTest, EveryAlteredColumnIsFound)
{
	/* The texts of faults are the program's: it writes them anew when it starts. */
	const std::vector<std::pair<std::string, std::string>> free = { { "fault_code", "blame" },
									{ "fault_code", "text" },
									{ "fault_code", "next" },
									{ "fault_code", "code" } };
	std::mt19937 random(20240517);
	int altered = 0;

	start();
	fill();
	std::string tables = asked("SELECT name FROM sqlite_master WHERE type = 'table'") + ";";

	for (size_t at = 0, end; (end = tables.find(';', at)) != std::string::npos; at = end + 1) {
		std::string table = tables.substr(at, end - at);
		std::string columns =
			asked("SELECT name FROM pragma_table_info('" + table + "')") + ";";
		int rows = std::stoi(asked("SELECT count(*) FROM " + table));
		std::string key = asked("SELECT group_concat(name) FROM pragma_table_info('" +
					table + "') WHERE pk > 0");

		for (size_t a = 0, e; rows && (e = columns.find(';', a)) != std::string::npos;
		     a = e + 1) {
			std::string column = columns.substr(a, e - a);
			std::string row = "(" + key + ") = (SELECT " + key + " FROM " + table +
					  " ORDER BY " + key + " LIMIT 1 OFFSET " +
					  std::to_string(random() % rows) + ")";
			std::string sql =
				"UPDATE " + table + " SET " + column + " = CASE typeof(" + column +
				") WHEN 'text' THEN 'z' || substr(" + column +
				", 2) WHEN 'blob' THEN x'7a' WHEN 'integer' THEN " + column +
				" + 1000 ELSE (SELECT CASE type WHEN 'INTEGER' THEN 1 ELSE 'z' END"
				" FROM pragma_table_info('" +
				table + "') WHERE name = '" + column + "') END WHERE " + row;

			if (std::find(free.begin(), free.end(), std::make_pair(table, column)) !=
			    free.end())
				continue;
			EXPECT_NE(after(sql), "") << table << "." << column << ": " << sql;
			altered++;
		}
	}
	EXPECT_GT(altered, 100);
}

TEST_F(VerifyTest, TheFirstOneIsNamed)
{
	start();
	fill();
	EXPECT_NE(after("UPDATE attempt SET detail = 'x' WHERE id = 2;"
			"UPDATE attempt SET detail = 'x' WHERE id = 4")
			  .find("(end of attempt 2, IMEI 490154203237518"),
		  std::string::npos)
		<< after("UPDATE attempt SET detail = 'x' WHERE id = 2");
	EXPECT_NE(after("UPDATE visit SET slot_label = 'x' WHERE id = 1")
			  .find("entry 2 (begin of attempt 1"),
		  std::string::npos);
}

TEST_F(VerifyTest, RemovedInsertedAndReorderedRowsAreFound)
{
	const char *const changes[] = {
		"DELETE FROM step_run WHERE attempt = 1 AND n = 2",
		"DELETE FROM trace WHERE attempt = 1",
		"DELETE FROM setting WHERE id = 1",
		"DELETE FROM setting WHERE attempt IS NULL",
		"DELETE FROM event WHERE id = 2",
		"DELETE FROM debt WHERE attempt = 5",
		"DELETE FROM counter",
		"DELETE FROM registration",
		"DELETE FROM work_order",
		"DELETE FROM visit_tally",
		"DELETE FROM package_tally",
		"DELETE FROM step_tally",
		"DELETE FROM ledger WHERE seq = 7",
		"DELETE FROM ledger WHERE seq = 1",
		"DELETE FROM attempt WHERE id = 2",
		"DELETE FROM trace WHERE attempt = 2; DELETE FROM step_run WHERE attempt = 2;"
		"DELETE FROM setting WHERE attempt = 2; DELETE FROM attempt WHERE id = 2;"
		"DELETE FROM visit WHERE id = 2; DELETE FROM ledger WHERE visit = 2",
		"INSERT INTO step_run VALUES (1, 3, 2, 'x', 1, 900, 1, 0, 0)",
		"INSERT INTO step_run VALUES (99, 3, 2, 'x', 1, 900, 1, 0, 0)",
		"INSERT INTO trace VALUES (4, 2, 0, 1, x'41')",
		"INSERT INTO trace VALUES (1, 2, 0, 0, x'')",
		"INSERT INTO setting VALUES (-1, 'x', 'y', 'z', NULL, 1)",
		"INSERT INTO counter VALUES ('1', 'updates', 0)",
		"INSERT INTO setting VALUES (99, 'x', 'y', 'z', NULL, 1)",
		"INSERT INTO setting VALUES (99, 'x', 'y', 'z', 1, 1)",
		"INSERT INTO event VALUES (0, 1, 'x', NULL, NULL, NULL, 0, NULL)",
		"INSERT INTO counter VALUES ('1', 'updates', 1)",
		"INSERT INTO registration VALUES ('1', '2', 3)",
		"INSERT INTO debt VALUES (1, 1, '490154203237518', 1, NULL, NULL)",
		"INSERT INTO kept_unit VALUES ('WO7', '1', 1, 1)",
		"INSERT INTO archive VALUES (1, '2020-01', 'x.db', 1, 1, 'x', 0, 0, 0, 0, 0, 0)",
		"INSERT INTO visit_tally VALUES ('2020-01-01', '', 'A', '', '', '', 1, 1, 0, 0, 1, 1)",
		"CREATE TABLE visit_copy AS SELECT * FROM visit WHERE id = 1; UPDATE visit_copy SET id = 9;"
		"INSERT INTO visit SELECT * FROM visit_copy; DROP TABLE visit_copy",
		"CREATE TABLE a_copy AS SELECT * FROM attempt WHERE id = 1; UPDATE a_copy SET id = 9;"
		"INSERT INTO attempt SELECT * FROM a_copy; DROP TABLE a_copy",
		"UPDATE ledger SET seq = 1000 WHERE seq = 5; UPDATE ledger SET seq = 5 WHERE seq = 6;"
		"UPDATE ledger SET seq = 6 WHERE seq = 1000",
		"UPDATE step_run SET n = 10 WHERE attempt = 1 AND n = 1; UPDATE step_run SET n = 1 WHERE"
		" attempt = 1 AND n = 2; UPDATE step_run SET n = 2 WHERE attempt = 1 AND n = 10",
		"DROP VIEW v_yield_day; CREATE VIEW v_yield_day AS SELECT '2024-01-01' AS day",
		"DROP INDEX attempt_imei",
	};

	start();
	fill();
	for (const char *change : changes)
		EXPECT_NE(after(change), "") << change;
}

/* An order put in before there was one is in no entry either. */
TEST_F(VerifyTest, AWorkOrderThatNobodyBeganIsFound)
{
	start();
	live(1, 1, OTHER, OUTCOME_PASS);
	flush();
	EXPECT_NE(after("INSERT INTO work_order VALUES ('WO9', 5, NULL, 1, NULL)"), "");
}

/* What was cut off at the end cannot be seen in the file alone, but against a head kept elsewhere. */
TEST_F(VerifyTest, AHeadKeptElsewhereFindsWhatWasCutOff)
{
	start();
	live(1, 1, OTHER, OUTCOME_PASS);
	flush();
	std::string early = asked("SELECT sha FROM ledger ORDER BY seq DESC LIMIT 1");

	live(2, 2, OTHER, OUTCOME_PASS);
	flush();
	std::string late = asked("SELECT sha FROM ledger ORDER BY seq DESC LIMIT 1");

	EXPECT_EQ(finding(path, early.c_str()), "");
	EXPECT_TRUE(result.head_found);
	EXPECT_EQ(finding(path, late.c_str()), "");
	EXPECT_TRUE(result.head_found);
	EXPECT_EQ(finding(path, std::string(64, 'a').c_str()), "");
	EXPECT_FALSE(result.head_found);
}

/* A start looks at the newest rows, says what it finds, and lets the line go on. */
TEST_F(VerifyTest, AStartLooksAtTheNewestRows)
{
	start();
	fill();
	EXPECT_EQ(db_doubt(db), nullptr);
	stop();
	start();
	EXPECT_EQ(db_doubt(db), nullptr);
	stop();
	execute(path, unguarded(path, "UPDATE attempt SET detail = 'x' WHERE id = 4"));
	{
		InChinese chinese(LOCALE_DIR);

		ASSERT_STRNE(gettext("%s was changed"), "%s was changed");
		start();
	}
	ASSERT_NE(db_doubt(db), nullptr);
	EXPECT_NE(std::string(db_doubt(db)).find(": the rows that it covers are not as they were"),
		  std::string::npos)
		<< "the record is English: " << db_doubt(db);
	EXPECT_NE(std::string(db_doubt(db)).find("end of attempt 4"), std::string::npos)
		<< db_doubt(db);
	live(6, 6, OTHER, OUTCOME_PASS);
	flush();
}

/* ---- retention ---- */

class ArchiveTest : public VerifyTest
{
      protected:
	GError *error = nullptr;
	guint made = 0;

	/* To the middle of the next month, as seen from the fixture's 2023-11-14. */
	void next_month()
	{
		stop();
		pass_time(31ll * 86400 * 1000);
		start();
	}

	std::string archived(const char *month)
	{
		return path.substr(0, path.size() - 3) + "-" + month + ".db";
	}

	void archive(const char *before)
	{
		ASSERT_TRUE(archive_months(db, before, wall, nullptr, nullptr, &made, &error))
			<< error->message;
	}

	/* Three months; a debt of the first is settled in the second, one is still owed, one visit crosses the first's end. */
	void three_months()
	{
		start();
		fill();
		visit_begin(6, OTHER);
		job_begin(6, 6);
		flush();
		next_month();
		Verdict good = verdict(OTHER, OUTCOME_PASS);

		tell(EV_STATION_START, 0, 0, nullptr, nullptr, 0, "0.2.0");
		tell(EV_JOB_END, 6, 6, &good);
		tell(EV_VISIT_END, 6, 0, &good);
		visit_begin(7, THIRD);
		job_begin(7, 7, 5);
		good = verdict(THIRD, OUTCOME_PASS);
		tell(EV_JOB_END, 7, 7, &good);
		tell(EV_VISIT_END, 7, 0, &good);
		live_into_danger(8, 8, IMEI);
		flush();
		ASSERT_TRUE(recover_run(db, wall, nullptr, &error));
		flush();
		next_month();
		live(9, 9, OTHER, OUTCOME_PASS);
		flush();
	}
};

TEST_F(ArchiveTest, WholeMonthsLeaveAndEverythingIsStillWhole)
{
	three_months();
	EXPECT_EQ(finding(path), "");
	std::string visits = asked("SELECT count(*) FROM visit");
	std::string head = asked("SELECT sha FROM ledger WHERE seq = 9");

	archive("2024-01");
	EXPECT_EQ(made, 2u);
	EXPECT_EQ(finding(path), "");
	EXPECT_EQ(finding(archived("2023-11"), head.c_str()), "");
	EXPECT_TRUE(result.head_found);
	EXPECT_EQ(finding(archived("2023-12")), "");
	/* each visit is in one file */
	EXPECT_EQ(ask(archived("2023-11"), "SELECT id FROM visit"), "1;2;3;4");
	EXPECT_EQ(ask(archived("2023-12"), "SELECT id FROM visit"), "6");
	/* 5 was entered anew when the first month left, with it stays 7 that settled it */
	EXPECT_EQ(asked("SELECT id FROM visit"), "5;7;8;9");
	/* what is owed, counted, set and seen is still known */
	gint64 count = 0, good = 0;
	Debt debt = {};

	EXPECT_TRUE(debts_find(db, IMEI, &debt, &error));
	EXPECT_EQ(debt.attempt, 8u);
	debt_clear(&debt);
	EXPECT_TRUE(debts_count(db, OTHER, "updates", &count, &error));
	EXPECT_EQ(count, 3);
	char *label = debts_recall(db, IMEI, "label", &error);
	EXPECT_STREQ(label, IMEI);
	g_free(label);
	EXPECT_TRUE(totals_good_units(db, "WO7", &good, &error));
	EXPECT_EQ(good, 3);
	/* and nothing gets a number again */
	guint32 visit = 0, attempt = 0;
	EXPECT_TRUE(db_last_ids(db, &visit, &attempt, &error));
	EXPECT_EQ(visit, 9u);
	EXPECT_EQ(attempt, 9u);
	EXPECT_EQ(asked("PRAGMA foreign_key_check"), "");
}

TEST_F(ArchiveTest, TheLineGoesOnAfterIt)
{
	three_months();
	archive("2024-01");
	live(10, 10, OTHER, OUTCOME_PASS);
	tell(EV_TROUBLE, 0, 0, nullptr, nullptr, 0, "x");
	tell(EV_STATION_STOP, 0, 0, nullptr, nullptr, 0);
	flush();
	EXPECT_EQ(asked("SELECT first FROM visit WHERE id = 10"), "0");
	EXPECT_EQ(finding(path), "");
	visit_begin(11, IMEI);
	job_begin(11, 11, 8);
	Verdict good = verdict(IMEI, OUTCOME_PASS);
	tell(EV_JOB_END, 11, 11, &good);
	tell(EV_VISIT_END, 11, 0, &good);
	flush();
	EXPECT_EQ(asked("SELECT final_verdict FROM v_visits WHERE visit = 8"), "pass");
	EXPECT_EQ(finding(path), "");
	next_month();
	archive("2024-02");
	EXPECT_EQ(made, 1u);
	EXPECT_EQ(finding(path), "");
	EXPECT_EQ(finding(archived("2024-01")), "");
	EXPECT_EQ(ask(archived("2024-01"), "SELECT id FROM visit"), "5;7;8;9;10;11");
	archive("2024-02");
	EXPECT_EQ(made, 0u);
}

/* Retention makes one sum of what was counted: it is looked for, too. */
TEST_F(ArchiveTest, ACountThatRetentionKeptIsMissed)
{
	three_months();
	archive("2024-01");
	EXPECT_EQ(asked("SELECT count(*) FROM setting WHERE key = 'updates' AND value <> '+1'"),
		  "1");
	EXPECT_NE(after("DELETE FROM counter WHERE value > 1"), "");
}

TEST_F(ArchiveTest, AnArchiveThatWasTouchedIsFound)
{
	three_months();
	archive("2024-01");
	path = archived("2023-11");
	EXPECT_NE(after("UPDATE attempt SET outcome = 'pass' WHERE id = 2"), "");
	EXPECT_NE(after("DELETE FROM ledger WHERE seq = (SELECT max(seq) - 4 FROM ledger)"), "");
	EXPECT_NE(after("INSERT INTO event VALUES (90, 1, 'x', NULL, NULL, NULL, 0, NULL);"
			"DELETE FROM event WHERE id = 1"),
		  "");
}

/* A record that was bent is not archived: the file would say that it is whole. */
TEST_F(ArchiveTest, ABentRecordIsNotArchived)
{
	three_months();
	execute(path, unguarded(path, "UPDATE attempt SET detail = 'x' WHERE id = 1"));
	std::string before = asked("SELECT count(*), max(seq) FROM ledger");

	EXPECT_FALSE(archive_months(db, "2024-01", wall, nullptr, nullptr, &made, &error));
	EXPECT_NE(std::string(error->message).find("end of attempt 1"), std::string::npos)
		<< error->message;
	g_clear_error(&error);
	EXPECT_EQ(asked("SELECT count(*), max(seq) FROM ledger"), before);
	EXPECT_NE(access(archived("2023-11").c_str(), F_OK), 0);
}

/* Killed after its commit and before the file had its name: the next run gives it. */
TEST_F(ArchiveTest, AFileWithoutItsNameGetsIt)
{
	three_months();
	archive("2024-01");
	ASSERT_EQ(g_rename(archived("2023-11").c_str(), (archived("2023-11") + ".part").c_str()),
		  0);
	archive("2024-01");
	EXPECT_EQ(made, 0u);
	EXPECT_EQ(finding(archived("2023-11")), "");
}

/* Killed before any change to a file: afterwards every visit is in exactly one file that has a name, and all are whole. */
TEST_F(ArchiveTest, DeathInTheMiddleLosesAndDoublesNothing)
{
	bool lived = false;
	int tried = 0;

	fault_install();
	three_months();
	stop();
	std::string whole = path + ".whole";
	ASSERT_EQ(ask(path, "VACUUM INTO '" + whole + "'"), "");
	for (long at = 1; !lived; at += 1 + at / 12, tried++) {
		int status = 0;
		char *bytes = nullptr;
		gsize len = 0;

		for (const char *end : { "", "-wal", "-shm" })
			g_remove((path + end).c_str());
		for (const char *month : { "2023-11", "2023-12" })
			for (const char *end : { "", ".part", ".part-journal" })
				g_remove((archived(month) + end).c_str());
		ASSERT_TRUE(g_file_get_contents(whole.c_str(), &bytes, &len, nullptr));
		ASSERT_TRUE(g_file_set_contents(path.c_str(), bytes, len, nullptr));
		g_free(bytes);
		pid_t child = fork();
		if (child == 0) {
			fault.changes = 0;
			fault.die_at = at;
			start();
			archive_months(db, "2024-01", wall, nullptr, nullptr, &made, &error);
			stop();
			_exit(0);
		}
		ASSERT_EQ(waitpid(child, &status, 0), child);
		lived = WIFEXITED(status);
		start();
		archive("2024-01");
		EXPECT_EQ(finding(path), "") << at;
		EXPECT_EQ(finding(archived("2023-11")), "") << at;
		EXPECT_EQ(finding(archived("2023-12")), "") << at;
		EXPECT_EQ(ask(archived("2023-11"), "SELECT group_concat(id) FROM visit") + "," +
				  ask(archived("2023-12"), "SELECT group_concat(id) FROM visit") +
				  "," + asked("SELECT group_concat(id) FROM visit"),
			  "1,2,3,4,6,5,7,8,9")
			<< at;
		stop();
	}
	EXPECT_GT(tried, 20);
	fault.die_at = 0;
}

/* ---- the schema of before, and time ---- */

TEST_F(VerifyTest, AMigratedRecordIsWholeAndEveryAlteredRowOfItIsFound)
{
	char *dump = nullptr;

	ASSERT_TRUE(g_file_get_contents(DB_DUMPS "/v0001.sql", &dump, nullptr, nullptr));
	execute(path, dump);
	g_free(dump);
	start();
	EXPECT_EQ(finding(path), "");
	live(6, 6, OTHER, OUTCOME_PASS);
	tell(EV_STATION_STOP, 0, 0, nullptr, nullptr, 0);
	flush();
	EXPECT_EQ(finding(path), "");
	for (const char *change :
	     { "UPDATE attempt SET config = 'x' WHERE id = 1",
	       "UPDATE visit SET zone_min = 60 WHERE id = 1",
	       "UPDATE visit SET first = 0 WHERE id = 1",
	       "UPDATE visit SET operation = 'x' WHERE id = 1",
	       "UPDATE visit SET place_row = 1 WHERE id = 1",
	       "UPDATE ledger SET low = 1 WHERE seq = 3",
	       "UPDATE attempt SET outcome = 'pass' WHERE id = 2", "UPDATE horizon SET event = 9" })
		EXPECT_NE(after(change), "") << change;
}

/* The clock on the wall goes back an hour, then ahead a year: numbers tell the order, durations are right. */
TEST_F(VerifyTest, AClockThatJumpsReordersNothing)
{
	const gint64 HOUR = 3600 * G_GINT64_CONSTANT(1000000);

	start();
	live(1, 1, OTHER, OUTCOME_PASS);
	wall -= HOUR;
	live(2, 2, IMEI, OUTCOME_PASS);
	visit_begin(3, THIRD);
	job_begin(3, 3);
	pass_time(500);
	wall += 365 * 24 * HOUR;
	Verdict v = verdict(THIRD, OUTCOME_PASS);
	tell(EV_JOB_END, 3, 3, &v);
	tell(EV_VISIT_END, 3, 0, &v);
	wall -= 365 * 24 * HOUR;
	live(4, 4, OTHER, OUTCOME_PASS);
	flush();
	EXPECT_EQ(asked("SELECT duration_ms FROM v_visits ORDER BY visit"), "400;400;500;400");
	EXPECT_EQ(asked("SELECT attempt FROM ledger WHERE kind = 'end' ORDER BY seq"), "1;2;3;4");
	EXPECT_EQ(finding(path), "");
}

/* ---- a copy for other desks ---- */

TEST_F(VerifyTest, ABackupIsTheRecordOfOneMomentInOneFile)
{
	std::string file = dir + "/backup.db";
	GError *error = nullptr;

	start();
	fill();
	Db *read = db_open(path.c_str(), DB_READ, &error);
	ASSERT_TRUE(backup_make(read, file.c_str(), nullptr, nullptr, &error)) << error->message;
	live(6, 6, OTHER, OUTCOME_PASS);
	flush();
	EXPECT_EQ(finding(file), "");
	EXPECT_EQ(ask(file, "SELECT count(*) FROM visit"), "5");
	EXPECT_EQ(ask(file, "PRAGMA journal_mode"), "delete");
	EXPECT_NE(access((file + "-wal").c_str(), F_OK), 0);
	EXPECT_NE(access((file + ".part").c_str(), F_OK), 0);
	/* What is there is never replaced. */
	EXPECT_FALSE(backup_make(read, file.c_str(), nullptr, nullptr, &error));
	EXPECT_NE(std::string(error->message).find("there is such a file already"),
		  std::string::npos);
	g_clear_error(&error);
	EXPECT_FALSE(backup_make(read, (dir + "/no/b.db").c_str(), nullptr, nullptr, &error));
	g_clear_error(&error);
	db_close(read);
	EXPECT_EQ(ask(file, "SELECT count(*) FROM visit"), "5");
	/* It can take the record's place. */
	stop();
	path = file;
	start();
	EXPECT_EQ(asked("PRAGMA journal_mode"), "wal");
	stop();
}
