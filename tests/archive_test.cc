/* SPDX-License-Identifier: Apache-2.0
 *
 * Months that leave the record for files of their own: nothing is lost, and who changes either half is found. It does not know
 * how rows come about. */
#include "tests/verify_fixture.h"

#include "tests/fault_vfs.h"
#include "tests/fota_log.h"
#include "tests/ledger_check.h"

#include <sys/wait.h>

#include "db/archive.h"
#include "db/totals.h"

class ArchiveTest : public VerifyTest
{
      protected:
	GError *error = nullptr;
	guint made = 0;
	int code = -1;
	std::string out, err;

	/* Of the record with whatever else is in its folder. */
	int verify(const std::string &file)
	{
		return code = fota_log(FOTA_LOG, { "--format", "csv", "--db", file, "verify" },
				       &out, &err);
	}

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

		tell(EV_STATION_START, 0, 0, nullptr, nullptr, 0, FOTA_VERSION);
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
	EXPECT_EQ(verify(dir), 0) << out << err;
	for (const std::string &file : { path, archived("2023-11"), archived("2023-12") })
		EXPECT_EQ(LedgerCheck(file).broken(), "") << file;
	EXPECT_NE(finding(archived("2023-11"), head.c_str())
			  .find("2 visits are said to stand in other files"),
		  std::string::npos);
	EXPECT_TRUE(result.unproved && result.head_found);
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
	EXPECT_EQ(verify(dir), 0) << out << err;
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
	const char *const changes[] = {
		"UPDATE attempt SET outcome = 'pass' WHERE id = 2",
		"DELETE FROM ledger WHERE seq = (SELECT max(seq) - 4 FROM ledger)",
		("INSERT INTO event VALUES (90, 1, 'x', NULL, NULL, NULL, 0, NULL);"
		 "DELETE FROM event WHERE id = 1"),
		"DELETE FROM ledger WHERE seq = (SELECT max(seq) FROM ledger)",
	};

	three_months();
	archive("2024-01");
	for (const char *change : changes) {
		char *whole = nullptr;
		gsize len = 0;

		ASSERT_TRUE(
			g_file_get_contents(archived("2023-11").c_str(), &whole, &len, nullptr));
		execute(archived("2023-11"), unguarded(archived("2023-11"), change));
		EXPECT_EQ(verify(dir), 2) << change;
		ASSERT_TRUE(g_file_set_contents(archived("2023-11").c_str(), whole, len, nullptr));
		g_free(whole);
	}
	EXPECT_EQ(verify(dir), 0) << err;
}

/* The record has the last entry of each archive: one more, however well it is chained, makes it another file. */
TEST_F(ArchiveTest, AnEntryThatWasAppendedToAnArchiveIsFound)
{
	std::string month;

	three_months();
	archive("2024-01");
	month = archived("2023-12");
	append(month, { LEDGER_LEFT, 6 });
	execute(month, unguarded(month, "UPDATE attempt SET detail = 'x' WHERE visit = 6"));
	EXPECT_EQ(verify(dir), 2);
	EXPECT_NE(err.find("station-2023-12.db is not the archive of the entries up to"),
		  std::string::npos)
		<< err;
}

/* A visit that left an archive is compared where it stands now. */
TEST_F(ArchiveTest, AVisitThatStandsElsewhereIsComparedThere)
{
	three_months();
	archive("2023-12");
	execute(path, unguarded(path, "UPDATE attempt SET version_before = 'V0' WHERE visit = 5"));
	EXPECT_EQ(verify(dir), 2);
	EXPECT_NE(out.find("station-2023-11.db,different"), std::string::npos) << out;
}

/* Numbers of visits are each station's own. */
TEST_F(ArchiveTest, AnotherStationsVisitsAreNotTakenForIt)
{
	three_months();
	archive("2024-01");
	stop();
	path = dir + "/another.db";
	start();
	for (guint32 id = 1; id < 10; id++)
		live(id, id, OTHER, OUTCOME_PASS);
	flush();
	EXPECT_EQ(verify(dir), 0) << out << err;
}

/* Nothing before an archive is proved without it: neither whether it was there, nor what was in it. */
TEST_F(ArchiveTest, AnArchiveThatIsNotThereIsSaid)
{
	three_months();
	archive("2024-01");
	g_remove(archived("2023-11").c_str());
	EXPECT_EQ(verify(dir), 2);
	EXPECT_NE(err.find("are in the archive station-2023-11.db, which was not given"),
		  std::string::npos)
		<< err;
	EXPECT_NE(out.find("station-2023-12.db,unproved"), std::string::npos) << out;
	EXPECT_EQ(verify(path), 2);
	EXPECT_NE(out.find("unproved,"), std::string::npos) << out;
	EXPECT_NE(err.find("station-2023-12.db, which was not given"), std::string::npos) << err;
}

/* A row and an entry that say so are no archive. */
TEST_F(ArchiveTest, AForgedArchiveIsFound)
{
	start();
	fill();
	stop();
	std::string last = asked("SELECT max(seq) FROM ledger");

	execute(path,
		"INSERT INTO archive SELECT 1, '2023-11', 'station-2023-11.db', 1, seq, sha, sha,"
		" (SELECT max(id) FROM event), 5, 5, 5, 5, 1 FROM ledger WHERE seq = " +
			last);
	append(path, { .kind = LEDGER_ARCHIVE, .low = 1 });
	append(path, { .kind = LEDGER_ORDER });
	execute(path,
		unguarded(path, "DELETE FROM trace; DELETE FROM step_run; DELETE FROM setting;"
				"DELETE FROM counter; DELETE FROM registration;"
				"DELETE FROM debt; DELETE FROM attempt; DELETE FROM visit;"
				"DELETE FROM visit_tally; DELETE FROM package_tally;"
				"DELETE FROM step_tally; DELETE FROM event;"
				"DELETE FROM ledger WHERE seq <= " +
					last));
	EXPECT_EQ(finding(path), "");
	EXPECT_EQ(verify(path), 2);
	EXPECT_NE(err.find("the entries up to " + last + " are in the archive station-2023-11.db"),
		  std::string::npos)
		<< err;
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
	execute(path,
		unguarded(path, "UPDATE attempt SET detail = NULL WHERE id = 1; INSERT INTO ledger"
				" SELECT -1, form, 'left', visit, attempt, step, by_attempt, imei,"
				" at_us, low, high, digest, prev, sha FROM ledger WHERE seq = 2"));
	EXPECT_FALSE(archive_months(db, "2024-01", wall, nullptr, nullptr, &made, &error));
	EXPECT_NE(std::string(error->message).find("before number 1"), std::string::npos)
		<< error->message;
	g_clear_error(&error);
}

/* Killed after its commit and before the file had its name: the next writer gives it. */
TEST_F(ArchiveTest, AFileWithoutItsNameGetsIt)
{
	three_months();
	archive("2024-01");
	stop();
	ASSERT_EQ(g_rename(archived("2023-11").c_str(), (archived("2023-11") + ".part").c_str()),
		  0);
	start();
	EXPECT_EQ(verify(dir), 0) << err;
	EXPECT_EQ(db_doubt(db), nullptr);
}

/* Killed before any change to a file: afterwards every visit is in exactly one file that has a name, and all are whole. */
TEST_F(ArchiveTest, DeathInTheMiddleLosesAndDoublesNothing)
{
	bool lived = false;
	int tried = 0;

	fault_install();
	three_months();
	stop();
	std::string whole = dir + "/whole";
	ASSERT_EQ(ask(path, "VACUUM INTO '" + whole + "'"), "");
	for (long at = 1; !lived; at += 1 + at / 6, tried++) {
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
		EXPECT_EQ(verify(dir), 0) << at << err;
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
