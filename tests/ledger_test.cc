/* SPDX-License-Identifier: Apache-2.0
 *
 * The chain: whole after every death, broken by every change. It does not know what the attempts were about. */
#include "tests/db_fixture.h"
#include "tests/fault_vfs.h"
#include "tests/ledger_check.h"

#include <algorithm>
#include <sys/wait.h>

#include "db/ledger.h"
#include "db/recover.h"
#include "db/sql.h"

static const char *const IMEI = "356938035643809";

class LedgerTest : public DbTest
{
      protected:
	void SetUp() override
	{
		fault_install();
		DbTest::SetUp();
	}

	void TearDown() override
	{
		fault.die_at = 0;
		DbTest::TearDown();
	}

	/* Two lives, one of them settled by another: every kind of entry. */
	void all_kinds()
	{
		GError *error = nullptr;
		Verdict good = verdict(IMEI, OUTCOME_PASS);

		live_into_danger(1, 1, IMEI);
		trace(1, 1, "500 > AT\n");
		Fact fact = { IMEI, "cfun", "4" };
		tell(EV_REMEMBER, 1, 1, &fact);
		flush();
		ASSERT_TRUE(recover_run(db, wall, nullptr, &error)) << error->message;
		visit_begin(2, IMEI);
		job_begin(2, 2, 1);
		step(2, 2, 0, "verify");
		trace(2, 2, "900 < OK\n");
		tell(EV_REMEMBER, 2, 2, &fact);
		good.vendor_code = "0";
		good.vendor_words = "fine";
		good.detail = "found as it should be";
		tell(EV_JOB_END, 2, 2, &good);
		tell(EV_VISIT_END, 2, 0, &good);
		flush();
	}

	/* Runs `work` in a child that is killed before its `at`th change to a file. True when it lived to the end. */
	template <typename Work> bool survives(long at, Work work)
	{
		int status = 0;
		pid_t child = fork();

		if (child == 0) {
			fault.changes = 0;
			fault.die_at = at;
			work();
			_exit(::testing::Test::HasFailure() ? 3 : 0);
		}
		EXPECT_EQ(waitpid(child, &status, 0), child);
		EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
		return WIFEXITED(status);
	}
};

TEST_F(LedgerTest, EveryKindIsThereAndTheChainIsWhole)
{
	start();
	EXPECT_NO_FATAL_FAILURE(all_kinds());
	EXPECT_EQ(asked("SELECT kind FROM ledger ORDER BY seq"),
		  "begin;danger;end;debt;verdict;begin;end;resolve;verdict");
	EXPECT_EQ(LedgerCheck(path).broken(), "");
}

TEST_F(LedgerTest, TheHeadIsTheLastEntry)
{
	GError *error = nullptr;
	LedgerHead head;

	start();
	ASSERT_TRUE(ledger_head(db, &head, &error));
	EXPECT_EQ(head.seq, 0);
	EXPECT_EQ(std::string(head.sha), std::string(64, '0'));
	all_kinds();
	ASSERT_TRUE(ledger_head(db, &head, &error));
	EXPECT_EQ(head.seq, 9);
	EXPECT_EQ(std::string(head.sha), asked("SELECT sha FROM ledger WHERE seq = 9"));
}

/* Every column of the newest row of a table, changed one at a time in a copy of the file. Whoever changes a row takes
 * the triggers away first; so does this. `free` are of use within one run only, or say how rows and bytes lie. */
static void change_each(const std::string &path, const std::string &table,
			const std::vector<std::string> &free)
{
	std::string copy = path + ".copy", all = "SELECT * FROM " + table;
	std::string names =
		ask(path, "SELECT group_concat(name) FROM pragma_table_info('" + table + "')") +
		",";
	std::string newest = table == "step_run"
				     ? "(attempt, n) = (SELECT max(attempt), 1 FROM step_run)"
				     : "rowid = (SELECT max(rowid) FROM " + table + ")";
	int changed = 0;

	for (size_t at = 0, end; (end = names.find(',', at)) != std::string::npos; at = end + 1) {
		std::string column = names.substr(at, end - at);
		std::string change = "UPDATE " + table + " SET " + column + " = CASE typeof(" +
				     column + ") WHEN 'text' THEN 'z' || substr(" + column +
				     ", 2) WHEN 'blob' THEN x'7a' WHEN 'integer' THEN " + column +
				     " + 1000 ELSE NULL END WHERE " + newest;
		sqlite3 *handle = nullptr;

		if (std::find(free.begin(), free.end(), column) != free.end())
			continue;
		ASSERT_EQ(ask(path, "VACUUM INTO '" + copy + "'"), "");
		sqlite3_open(copy.c_str(), &handle);
		sqlite3_exec(handle, "PRAGMA ignore_check_constraints = ON", nullptr, nullptr,
			     nullptr);
		ASSERT_EQ(sqlite3_exec(handle, change.c_str(), nullptr, nullptr, nullptr),
			  SQLITE_OK)
			<< change << ": " << sqlite3_errmsg(handle);
		sqlite3_close(handle);
		if (ask(copy, all) != ask(path, all)) {
			EXPECT_NE(LedgerCheck(copy).broken(), "") << table << "." << column;
			changed++;
		}
		g_remove(copy.c_str());
	}
	EXPECT_GT(changed, 1) << table;
}

TEST_F(LedgerTest, EveryChangedColumnBreaksIt)
{
	start();
	all_kinds();
	for (const char *trigger :
	     { "attempt_closed", "visit_closed", "ledger_update", "ledger_delete" })
		ASSERT_EQ(asked(std::string("DROP TRIGGER ") + trigger), "");
	change_each(path, "attempt", {});
	change_each(path, "visit", {});
	change_each(path, "step_run", {});
	change_each(path, "setting", {});
	/* how a transcript is cut and packed: for the station's own check, see verify_test */
	change_each(path, "trace", { "packed", "size", "part" });
	change_each(path, "ledger", {});
}

TEST_F(LedgerTest, ARemovedEntryBreaksIt)
{
	start();
	all_kinds();
	asked("DROP TRIGGER ledger_delete");
	asked("DELETE FROM ledger WHERE seq = 3");
	EXPECT_EQ(LedgerCheck(path).broken(), "entry 4 (debt)");
}

/* Killed before any change to a file while a commit runs: after it, either all or nothing of the commit. */
TEST_F(LedgerTest, DeathDuringACommitLeavesBeforeOrAfter)
{
	bool lived = false;
	int before = 0, after = 0;

	start();
	live(1, 1, IMEI, OUTCOME_PASS);
	flush();
	stop();
	for (long at = 1; !lived && at < 500; at++) {
		guint32 id = 1 + at;

		lived = survives(at, [&] {
			start();
			live(id, id, IMEI, OUTCOME_FAIL, FAULT_UPDATE_FAILED);
			flush();
			stop();
		});
		start();
		std::string rows = asked(
			"SELECT (SELECT count(*) FROM visit WHERE id = " + std::to_string(id) +
			"), (SELECT count(*) FROM attempt WHERE id = " + std::to_string(id) +
			"), (SELECT count(*) FROM step_run WHERE attempt = " + std::to_string(id) +
			"), (SELECT count(*) FROM trace WHERE attempt = " + std::to_string(id) +
			"), (SELECT count(*) FROM ledger WHERE visit = " + std::to_string(id) +
			")");

		EXPECT_TRUE(rows == "0|0|0|0|0" || rows == "1|1|2|1|4") << at << ": " << rows;
		before += rows[0] == '0';
		after += rows[0] == '1';
		EXPECT_EQ(LedgerCheck(path).broken(), "") << at;
		stop();
	}
	EXPECT_TRUE(lived);
	EXPECT_GT(before, 5);
	EXPECT_GT(after, 1);
}

static int die_before_statement(unsigned, void *left, void *, void *)
{
	if (--*static_cast<int *>(left) == 0)
		kill(getpid(), SIGKILL);
	return 0;
}

/* Killed between any two statements: nothing of a transaction that was not committed is there. */
TEST_F(LedgerTest, DeathBetweenStatementsLeavesBeforeOrAfter)
{
	bool lived = false;
	int tried = 0;

	start();
	stop();
	for (int at = 1; !lived && at < 200; at++, tried++) {
		lived = survives(0, [&] {
			int left = at;

			start();
			sqlite3_trace_v2(db_handle(db), SQLITE_TRACE_STMT, die_before_statement,
					 &left);
			live(1, 1, IMEI, OUTCOME_PASS);
			flush();
			_exit(::testing::Test::HasFailure() ? 3 : 0);
		});
		EXPECT_EQ(asked("SELECT (SELECT count(*) FROM attempt), (SELECT count(*) FROM "
				"ledger)"),
			  lived ? "1|4" : "0|0")
			<< at;
	}
	EXPECT_TRUE(lived);
	EXPECT_GT(tried, 30);
	EXPECT_EQ(LedgerCheck(path).broken(), "");
}

/* Killed while the file is made: then there is none, or a whole one. */
TEST_F(LedgerTest, DeathWhileTheFileIsMadeLeavesNoneOrAWholeOne)
{
	bool lived = false;

	for (long at = 1; !lived && at < 1000; at += at < 20 ? 1 : 17) {
		lived = survives(at, [&] {
			start();
			stop();
		});
		start();
		EXPECT_EQ(asked("PRAGMA integrity_check"), "ok") << at;
		stop();
		for (const char *end : { "", "-wal", "-shm", ".lock", ".ballast" })
			g_remove((path + end).c_str());
	}
	EXPECT_TRUE(lived);
}

/* Killed in recovery: the next recovery closes what that one did not, and nothing twice. */
TEST_F(LedgerTest, DeathInRecoveryIsRecoveredFrom)
{
	bool lived = false;

	for (long at = 1; !lived && at < 100; at++) {
		GError *error = nullptr;

		start();
		live_into_danger(at, at, IMEI);
		flush();
		stop();
		lived = survives(at, [&] {
			start();
			recover_run(db, wall, nullptr, &error);
			stop();
		});
		start();
		EXPECT_TRUE(recover_run(db, wall, nullptr, &error));
		EXPECT_EQ(asked("SELECT count(*) FROM ledger WHERE kind = 'end'"),
			  std::to_string(at));
		EXPECT_EQ(asked("SELECT count(*) FROM debt"), std::to_string(at));
		EXPECT_EQ(LedgerCheck(path).broken(), "") << at;
		stop();
	}
	EXPECT_TRUE(lived);
}
