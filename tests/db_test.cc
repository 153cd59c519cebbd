/* SPDX-License-Identifier: Apache-2.0
 *
 * The record as the station writes it: rows, group commits, full disks, recovery, debts.
 * It does not know how the file is opened (db_file_test) nor the queries of fota-log (query_test). */
#include "tests/db_fixture.h"
#include "tests/fault_vfs.h"
#include "tests/ledger_check.h"

#include "db/debts.h"
#include "db/recover.h"
#include "db/transcript.h"

static const char *const IMEI = "356938035643809";
static const char *const OTHER = "490154203237518";

/* Room runs out and disks break in these. */
class WriterTest : public DbTest
{
      protected:
	void SetUp() override
	{
		fault_install();
		DbTest::SetUp();
	}

	void TearDown() override
	{
		fault.fail_with = SQLITE_OK;
		fault.unless_gone.clear();
		DbTest::TearDown();
	}
};

TEST_F(DbTest, AWholeLifeBecomesRows)
{
	start();
	tell(EV_STATION_START, 0, 0, nullptr, nullptr, 0, "0.1.0");
	tell(EV_WORKER, 0, 0, nullptr, nullptr, 0, "W12");
	tell(EV_WORK_ORDER, 0, 0, nullptr, nullptr, 500, "WO7");
	live(1, 1, IMEI, OUTCOME_PASS);
	EXPECT_EQ(asked("SELECT count(*) FROM visit"), "0"); /* nothing before the flush */
	flush();
	EXPECT_EQ(asked("SELECT id, slot_label, imei, model, model_name, target, verdict, fault, "
			"work_order,"
			" worker, station, good_first, duration_ms, version_after FROM visit"),
		  "1|A3|356938035643809|Quectel_MC65|MC65|V2|pass|-|WO7|W12|station-1|1|400|V2");
	EXPECT_EQ(asked("SELECT id, visit, imei, serial, iccid, imsi, hop, hops, try, procedure, "
			"operation,"
			" version_before, target, version_after, package, package_sha256, "
			"catalogue, program,"
			" adopted, resolves, duration_ms, outcome, fault, step FROM attempt"),
		  "1|1|356938035643809|SN1|8901|-|1|1|1|quectel-dfota-local|update|V1|V2|V2|v1-v2|"
		  "aa11|"
		  "2024-05|0.1.0|0|-|400|pass|-|verify");
	EXPECT_EQ(asked("SELECT attempt, n, ord, name, try, begin_ms, ms, outcome, danger FROM "
			"step_run"),
		  "1|1|0|upload|1|500|200|0|0;1|2|1|start|1|700|200|0|1");
	EXPECT_EQ(asked("SELECT kind, attempt FROM ledger ORDER BY seq"),
		  "order|-;begin|1;danger|1;end|1;verdict|-;log|-");
	EXPECT_EQ(asked("SELECT kind, slot, text FROM event ORDER BY id"),
		  "station-start|3|0.1.0;worker|3|W12;work-order|3|WO7");
	EXPECT_EQ(asked("SELECT order_no, quantity, worker, end_us FROM work_order"),
		  "WO7|500|W12|-");
	EXPECT_EQ(asked("SELECT imei, key, value FROM counter"), "356938035643809|updates|1");
}

TEST_F(DbTest, WhatIsToldIsCopied)
{
	char text[] = "the disk is hot", slot[] = "B1", procedure[] = "one", part[] = "1 > AT\n";
	VisitInfo visit = {};
	JobInfo job = {};

	start();
	visit.slot_label = slot;
	job.procedure = procedure;
	tell(EV_TROUBLE, 0, 0, nullptr, nullptr, 0, text);
	tell(EV_VISIT_BEGIN, 1, 0, &visit);
	tell(EV_JOB_BEGIN, 1, 1, &job);
	tell(EV_TRACE, 1, 1, nullptr, nullptr, 7, part);
	memset(text, 'x', sizeof(text) - 1);
	memset(slot, 'x', sizeof(slot) - 1);
	memset(procedure, 'x', sizeof(procedure) - 1);
	memset(part, 'x', sizeof(part) - 1);
	visit = {};
	job = {};
	flush();
	EXPECT_EQ(asked("SELECT text FROM event"), "the disk is hot");
	EXPECT_EQ(asked("SELECT slot_label FROM visit"), "B1");
	EXPECT_EQ(asked("SELECT procedure FROM attempt"), "one");
	EXPECT_EQ(asked("SELECT CAST(bytes AS TEXT) FROM trace"), "1 > AT\n");
}

TEST_F(DbTest, AUnitIsKnownBetterWithTimeButStaysTheSame)
{
	start();
	visit_begin(1, "");
	job_begin(1, 1);
	EXPECT_NO_FATAL_FAILURE(flush());
	EXPECT_EQ(asked("SELECT imei FROM visit"), "-");
	Unit u = unit(IMEI), stranger = unit(OTHER);
	tell(EV_UNIT_SEEN, 1, 1, &u);
	tell(EV_UNIT_SEEN, 1, 1, &stranger);
	flush();
	EXPECT_EQ(asked("SELECT v.imei, a.imei, a.serial FROM visit v, attempt a"),
		  std::string(IMEI) + "|" + IMEI + "|SN1");
	EXPECT_EQ(asked("SELECT kind, text FROM event"),
		  "unit-seen|356938035643809 Quectel_MC65 V1;unit-seen|490154203237518 "
		  "Quectel_MC65 V1");
}

TEST_F(DbTest, AWorkOrderTakenUpAgainGoesOn)
{
	start();
	tell(EV_WORK_ORDER, 0, 0, nullptr, nullptr, 500, "WO7");
	tell(EV_WORK_ORDER, 0, 0, nullptr, nullptr, 20, "WO8");
	tell(EV_WORK_ORDER, 0, 0, nullptr, nullptr, 400, "WO7");
	tell(EV_WORK_ORDER, 0, 0);
	flush();
	EXPECT_EQ(asked("SELECT order_no, quantity, end_us IS NULL FROM work_order"),
		  "WO7|400|0;WO8|20|0");
}

TEST_F(DbTest, AnEndWithoutABeginningIsRefusedAndNothingIsHalfWritten)
{
	Verdict v = verdict(IMEI, OUTCOME_PASS);

	start();
	visit_begin(1, IMEI);
	tell(EV_JOB_END, 1, 99, &v);
	EXPECT_EQ(writer_flush(writer), WRITER_NO);
	EXPECT_NE(std::string(writer_trouble(writer)).find("job-end for visit 1, attempt 99"),
		  std::string::npos)
		<< writer_trouble(writer);
	EXPECT_EQ(writer_kept(writer), 2u);
	EXPECT_EQ(asked("SELECT count(*) FROM visit"), "0");
}

TEST_F(DbTest, AClosedRowIsNeverChanged)
{
	start();
	live(1, 1, IMEI, OUTCOME_FAIL, FAULT_WRONG_VERSION);
	flush();
	EXPECT_EQ(asked("UPDATE attempt SET outcome = 'pass'"),
		  "error: a closed attempt is never changed");
	EXPECT_EQ(asked("UPDATE visit SET verdict = 'pass'"),
		  "error: a closed visit is never changed");
	EXPECT_EQ(asked("DELETE FROM ledger"), "error: the ledger is append-only");
	EXPECT_EQ(asked("UPDATE ledger SET step = 'x'"), "error: the ledger is append-only");
	trace(1, 1, "999 < too late\n");
	flush();
	EXPECT_EQ(LedgerCheck(path).broken(), "");
}

TEST_F(DbTest, ClosedListsAreChecked)
{
	start();
	live_into_danger(1, 1, IMEI);
	flush();
	EXPECT_EQ(asked("UPDATE attempt SET end_us = 1, outcome = 'perfect'").substr(0, 23),
		  "error: CHECK constraint");
	EXPECT_EQ(asked("UPDATE step_run SET danger = 2").substr(0, 23), "error: CHECK constraint");
	EXPECT_EQ(asked("UPDATE attempt SET hop = 'one'").substr(0, 25),
		  "error: cannot store TEXT ");
}

TEST_F(DbTest, TheTranscriptIsWholeAndPacked)
{
	std::string all;

	start();
	visit_begin(1, IMEI);
	job_begin(1, 1);
	for (int i = 0; i < 40; i++) {
		std::string piece = std::to_string(i) + " > AT+QFUPL=\"UFS:v1-v2.bin\"\\r\n";

		for (int n = 0; n < i % 20 + 1; n++) {
			trace(1, 1, piece);
			all += piece;
		}
		flush();
	}
	EXPECT_EQ(asked("SELECT count(*), min(packed), max(packed) FROM trace"), "40|0|1");
	GString *text = transcript_read(db, 1, nullptr);
	EXPECT_EQ(std::string(text->str, text->len), all);
	g_string_free(text, TRUE);
	Verdict v = verdict(IMEI, OUTCOME_PASS);
	tell(EV_JOB_END, 1, 1, &v);
	flush();
	EXPECT_EQ(asked("SELECT count(*), packed, size, length(bytes) < size / 10 FROM trace"),
		  "1|1|" + std::to_string(all.size()) + "|1");
	text = transcript_read(db, 1, nullptr);
	EXPECT_EQ(std::string(text->str, text->len), all);
	g_string_free(text, TRUE);
	EXPECT_EQ(LedgerCheck(path).broken(), "");
}

TEST_F(DbTest, ADamagedTranscriptIsSaidToBe)
{
	start();
	visit_begin(1, IMEI);
	job_begin(1, 1);
	trace(1, 1, std::string(5000, 'a'));
	flush();
	const char *const damages[] = { "UPDATE trace SET size = 4999",
					"UPDATE trace SET size = 5001",
					"UPDATE trace SET size = -1",
					"UPDATE trace SET size = 1 << 40",
					"UPDATE trace SET size = 5000, bytes = x'00112233'",
					"UPDATE trace SET bytes = x''" };

	for (const char *damage : damages) {
		GError *error = nullptr;

		EXPECT_EQ(asked(damage), "");
		EXPECT_EQ(transcript_read(db, 1, &error), nullptr) << damage;
		EXPECT_TRUE(g_error_matches(error, DB_ERROR, DB_ERROR_MISSING)) << damage;
		g_clear_error(&error);
	}
}

TEST_F(WriterTest, NothingKeptTouchesNoDisk)
{
	start();
	long before = fault.changes;
	EXPECT_EQ(writer_flush(writer), WRITER_TAKEN);
	tell(EV_PROGRESS, 1, 1, nullptr, nullptr, 50); /* shown, not stored */
	EXPECT_EQ(writer_flush(writer), WRITER_TAKEN);
	EXPECT_EQ(fault.changes, before);
	EXPECT_EQ(writer_kept(writer), 0u);
}

TEST_F(WriterTest, OneCommitForAllSlots)
{
	start();
	live(1, 1, IMEI, OUTCOME_PASS);
	flush();
	long syncs = fault.changes;
	for (guint32 i = 2; i <= 65; i++)
		visit_begin(i, IMEI);
	flush();
	/* One transaction writes each page once: far fewer changes than one per visit. */
	EXPECT_LT(fault.changes - syncs, 64);
	EXPECT_EQ(asked("SELECT count(*) FROM visit"), "65");
}

TEST_F(WriterTest, AnotherWriterMeansLater)
{
	sqlite3 *other = nullptr;

	start();
	sqlite3_open(path.c_str(), &other);
	ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
	live(1, 1, IMEI, OUTCOME_PASS);
	EXPECT_EQ(writer_flush(writer), WRITER_LATER);
	EXPECT_NE(writer_trouble(writer), nullptr);
	sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr);
	sqlite3_close(other);
	EXPECT_EQ(writer_flush(writer), WRITER_TAKEN);
	EXPECT_EQ(writer_trouble(writer), nullptr);
	EXPECT_EQ(asked("SELECT count(*) FROM attempt"), "1");
}

TEST_F(WriterTest, AFullDiskMeansLaterAndNothingIsLost)
{
	start();
	fault.fail_with = SQLITE_FULL;
	live(1, 1, IMEI, OUTCOME_PASS);
	EXPECT_EQ(writer_flush(writer), WRITER_LATER);
	EXPECT_FALSE(db_has_room(db));
	EXPECT_NE(access((path + ".ballast").c_str(), F_OK), 0);
	visit_begin(2, OTHER);
	EXPECT_EQ(writer_flush(writer), WRITER_LATER);
	EXPECT_EQ(asked("SELECT count(*) FROM visit"), "0");
	fault.fail_with = SQLITE_OK;
	EXPECT_EQ(writer_flush(writer), WRITER_TAKEN);
	EXPECT_EQ(asked("SELECT count(*) FROM visit"), "2");
	EXPECT_EQ(asked("SELECT value FROM counter"), "1"); /* told once, counted once */
	EXPECT_EQ(LedgerCheck(path).broken(), "");
}

TEST_F(WriterTest, TheBallastLetsOpenJobsFinish)
{
	GError *error = nullptr;

	start();
	EXPECT_TRUE(db_has_room(db));
	fault.unless_gone = path + ".ballast";
	fault.fail_with = SQLITE_FULL;
	live(1, 1, IMEI, OUTCOME_PASS);
	EXPECT_EQ(writer_flush(writer), WRITER_TAKEN);
	EXPECT_FALSE(db_has_room(db));
	EXPECT_EQ(asked("SELECT verdict FROM visit"), "pass");
	fault.fail_with = SQLITE_OK;
	ASSERT_TRUE(db_checkpoint(db, nullptr, &error));
	EXPECT_TRUE(db_has_room(db));
	EXPECT_EQ(access((path + ".ballast").c_str(), F_OK), 0);
}

TEST_F(WriterTest, ABrokenDiskMeansNoAndNothingIsLost)
{
	start();
	fault.fail_with = SQLITE_IOERR_WRITE;
	live(1, 1, IMEI, OUTCOME_PASS);
	EXPECT_EQ(writer_flush(writer), WRITER_NO);
	EXPECT_NE(std::string(writer_trouble(writer)).find(path), std::string::npos);
	fault.fail_with = SQLITE_OK;
	EXPECT_EQ(writer_flush(writer), WRITER_TAKEN);
	EXPECT_EQ(asked("SELECT verdict FROM visit"), "pass");
	EXPECT_EQ(LedgerCheck(path).broken(), "");
}

TEST_F(DbTest, RecoveryClosesOnceAndOwesACheckPastThePointOfNoReturn)
{
	GError *error = nullptr;
	guint closed = 0;

	start();
	live_into_danger(1, 1, IMEI);
	visit_begin(2, OTHER, "A4");
	job_begin(2, 2);
	step(2, 2, 0, "upload", false, -1);
	visit_begin(3, OTHER, "A5"); /* not yet an attempt */
	live(4, 3, OTHER, OUTCOME_PASS, FAULT_NONE, "A6");
	flush();
	stop();

	start();
	pass_time(60000);
	ASSERT_TRUE(recover_run(db, wall, &closed, &error)) << error->message;
	EXPECT_EQ(closed, 2u);
	const char *rows =
		"SELECT id, outcome, fault, step, detail, duration_ms FROM attempt ORDER BY id";
	EXPECT_EQ(asked(rows),
		  "1|interrupted|504|start|interrupted in start|-;"
		  "2|interrupted|504|upload|interrupted in upload|-;3|pass|-|verify|-|400");
	EXPECT_EQ(asked("SELECT id, verdict, fault, step FROM visit ORDER BY id"),
		  "1|interrupted|504|start;2|interrupted|504|upload;3|interrupted|504|-;4|pass|-|"
		  "verify");
	EXPECT_EQ(asked("SELECT attempt, visit, imei, settled_by FROM debt"),
		  std::string("1|1|") + IMEI + "|-");
	EXPECT_EQ(LedgerCheck(path).broken(), "");

	std::string ledger = asked("SELECT count(*) FROM ledger");
	ASSERT_TRUE(recover_run(db, wall + 1, &closed, &error));
	EXPECT_EQ(closed, 0u);
	EXPECT_EQ(asked("SELECT count(*) FROM ledger"), ledger);
	guint32 visit, attempt;
	ASSERT_TRUE(db_last_ids(db, &visit, &attempt, &error));
	EXPECT_EQ(visit, 4u);
	EXPECT_EQ(attempt, 3u);
}

TEST_F(DbTest, ADebtIsFoundByItsImeiAndSettledByItsCheck)
{
	GError *error = nullptr;
	Debt debt = {};
	Verdict silent = verdict(IMEI, OUTCOME_FAIL, FAULT_NEVER_CAME_BACK, nullptr);
	Verdict good = verdict(IMEI, OUTCOME_PASS);

	start();
	live_into_danger(1, 1, IMEI);
	silent.unknown = true;
	silent.step = "return";
	tell(EV_JOB_END, 1, 1, &silent);
	tell(EV_VISIT_END, 1, 0, &silent);
	flush();
	EXPECT_FALSE(debts_find(db, OTHER, &debt, &error));
	EXPECT_EQ(error, nullptr);
	ASSERT_TRUE(debts_find(db, IMEI, &debt, &error));
	EXPECT_EQ(debt.attempt, 1u);
	EXPECT_EQ(debt.visit, 1u);
	EXPECT_STREQ(debt.procedure, "quectel-dfota-local");
	EXPECT_STREQ(debt.step, "return");
	EXPECT_STREQ(debt.version_before, "V1");
	EXPECT_STREQ(debt.target, "V2");
	EXPECT_STREQ(debt.package, "v1-v2");
	EXPECT_STREQ(debt.package_sha256, "aa11");
	EXPECT_STREQ(debt.work_order, "WO7");
	EXPECT_STREQ(debt.model, "MC65");
	EXPECT_STREQ(debt.slot_label, "A3");
	debt_clear(&debt);

	/* A check that ends before it knows settles nothing. */
	Verdict left = verdict(IMEI, OUTCOME_FAIL, FAULT_UNIT_LEFT, nullptr);
	visit_begin(2, IMEI, "B1");
	job_begin(2, 2, 1);
	tell(EV_JOB_END, 2, 2, &left);
	tell(EV_VISIT_END, 2, 0, &left);
	flush();
	EXPECT_TRUE(debts_find(db, IMEI, &debt, &error));
	debt_clear(&debt);
	EXPECT_EQ(asked("SELECT final_verdict, final_fault FROM v_visits WHERE visit = 1"),
		  "fail|NEVER_CAME_BACK");

	visit_begin(3, IMEI, "B2");
	job_begin(3, 3, 1);
	tell(EV_JOB_END, 3, 3, &good);
	tell(EV_VISIT_END, 3, 0, &good);
	flush();
	EXPECT_FALSE(debts_find(db, IMEI, &debt, &error));
	EXPECT_EQ(asked("SELECT attempt, settled_by FROM debt"), "1|3");
	EXPECT_EQ(asked("SELECT kind, attempt, by_attempt FROM ledger WHERE kind = 'resolve'"),
		  "resolve|1|3");
	EXPECT_EQ(asked("SELECT attempt, outcome, resolves, resolved_by, counts FROM v_attempts "
			"ORDER BY 1"),
		  "1|fail|-|3|0;2|fail|1|-|1;3|pass|1|-|1");
	EXPECT_EQ(
		asked("SELECT visit, verdict, final_verdict, final_fault FROM v_visits ORDER BY 1"),
		"1|fail|pass|-;2|fail|fail|UNIT_LEFT;3|pass|pass|-");
	EXPECT_EQ(asked("SELECT fault, attempts FROM v_faults"), "UNIT_LEFT|1");
	EXPECT_EQ(LedgerCheck(path).broken(), "");
}

TEST_F(DbTest, AFailedCheckWithItsTrueVersionSettlesTooAndOlderDebtsWithIt)
{
	GError *error = nullptr;
	std::string told;
	Verdict failed = verdict(IMEI, OUTCOME_FAIL, FAULT_WRONG_VERSION, "V1");
	auto read = [](const Debt *d, gpointer user) {
		*static_cast<std::string *>(user) += std::to_string(d->attempt) + d->imei + " ";
	};

	start();
	live_into_danger(1, 1, IMEI);
	live_into_danger(2, 2, OTHER);
	live_into_danger(3, 3, IMEI);
	flush();
	ASSERT_TRUE(recover_run(db, wall, nullptr, &error));
	ASSERT_TRUE(debts_each(db, read, &told, &error));
	EXPECT_EQ(told, "1356938035643809 2490154203237518 3356938035643809 ");
	visit_begin(4, IMEI);
	job_begin(4, 4, 3);
	tell(EV_JOB_END, 4, 4, &failed);
	flush();
	EXPECT_EQ(asked("SELECT attempt, settled_by FROM debt"), "1|4;2|-;3|4");
	EXPECT_EQ(LedgerCheck(path).broken(), "");
}

/* Another unit took the slot: the attempt stays open, but its unit can come back while the station runs. */
TEST_F(DbTest, AnAttemptLeftOpenByItsVisitIsOwedACheckAtOnce)
{
	GError *error = nullptr;
	Debt debt = {};
	Verdict left = verdict(IMEI, OUTCOME_FAIL, FAULT_UNIT_LEFT, nullptr);
	Verdict good = verdict(IMEI, OUTCOME_PASS);

	start();
	live_into_danger(1, 1, IMEI);
	tell(EV_VISIT_END, 1, 0, &left);
	flush();
	ASSERT_TRUE(debts_find(db, IMEI, &debt, &error));
	EXPECT_EQ(debt.attempt, 1u);
	EXPECT_STREQ(debt.step, "start");
	debt_clear(&debt);
	visit_begin(2, IMEI);
	job_begin(2, 2, 1);
	tell(EV_JOB_END, 2, 2, &good);
	tell(EV_VISIT_END, 2, 0, &good);
	flush();
	EXPECT_FALSE(debts_find(db, IMEI, &debt, &error));
	ASSERT_TRUE(recover_run(db, wall, nullptr, &error)) << error->message;
	EXPECT_EQ(asked("SELECT attempt, settled_by FROM debt"), "1|2");
	EXPECT_EQ(asked("SELECT attempt, outcome, counts FROM v_attempts ORDER BY 1"),
		  "1|interrupted|0;2|pass|1");
	EXPECT_EQ(LedgerCheck(path).broken(), "");
}

TEST_F(DbTest, EveryStoredKindLeavesARow)
{
	start();
	live_into_danger(1, 1, IMEI);
	flush();
	for (int kind = 0; kind < N_EVENTS; kind++) {
		const char *rows =
			"SELECT (SELECT count(*) FROM event), (SELECT count(*) FROM setting),"
			" (SELECT count(*) FROM step_run), (SELECT count(ms) FROM step_run),"
			" (SELECT count(*) FROM trace), (SELECT count(*) FROM ledger)";
		union {
			VisitInfo visit;
			JobInfo job;
			StepInfo step;
			Verdict verdict;
			Fact fact;
			Unit unit;
		} body = {};
		EventKind k = static_cast<EventKind>(kind);

		if (!event_kind_stored(k) || k == EV_VISIT_BEGIN || k == EV_JOB_BEGIN ||
		    k == EV_VISIT_END || k == EV_JOB_END)
			continue;
		if (k == EV_REMEMBER)
			body.fact = { IMEI, "key", "value" };
		if (k == EV_STEP_END)
			body.step.ord = 1;
		std::string before = asked(rows);
		tell(k, 1, 1, &body, "start", k == EV_TRACE ? 4 : 0, "1 = text\n");
		flush();
		EXPECT_NE(asked(rows), before) << event_kind_name(k);
	}
}

TEST_F(DbTest, ACheckThatDiesItselfSettlesNothing)
{
	GError *error = nullptr;
	Debt debt = {};

	start();
	live_into_danger(1, 1, IMEI);
	flush();
	ASSERT_TRUE(recover_run(db, wall, nullptr, &error));
	visit_begin(2, IMEI);
	job_begin(2, 2, 1);
	flush();
	ASSERT_TRUE(recover_run(db, wall, nullptr, &error));
	ASSERT_TRUE(debts_find(db, IMEI, &debt, &error));
	EXPECT_EQ(debt.attempt, 1u);
	debt_clear(&debt);
}

TEST_F(DbTest, FactsAreRecalledAndCountsCounted)
{
	GError *error = nullptr;
	gint64 count = -1;
	Fact facts[] = { { IMEI, "cfun", "4" },
			 { IMEI, "cfun", "0" },
			 { IMEI, "updates", "+1" },
			 { IMEI, "updates", "+1" },
			 { IMEI, "registration", "240080000000001" },
			 { OTHER, "cfun", "1" } };

	start();
	visit_begin(1, IMEI);
	job_begin(1, 1);
	for (const Fact &f : facts)
		tell(EV_REMEMBER, 1, 1, &f);
	flush();
	auto recall = [&](const char *imei, const char *key) {
		char *value = debts_recall(db, imei, key, &error);
		std::string out = value ? value : "-";

		g_free(value);
		return out;
	};
	EXPECT_EQ(recall(IMEI, "cfun"), "0");
	EXPECT_EQ(recall(OTHER, "cfun"), "1");
	EXPECT_EQ(recall(IMEI, "updates"), "2");
	EXPECT_EQ(recall(IMEI, "nothing"), "-");
	EXPECT_EQ(recall(IMEI, "registration"), "240080000000001");
	EXPECT_EQ(asked("SELECT imsi FROM registration"), "240080000000001");
	ASSERT_TRUE(debts_count(db, IMEI, "updates", &count, &error));
	EXPECT_EQ(count, 2);
	ASSERT_TRUE(debts_count(db, OTHER, "updates", &count, &error));
	EXPECT_EQ(count, 0);
	EXPECT_EQ(error, nullptr);

	/* After the end a fact stands on its own: the closed row's settings are in the ledger. */
	Verdict v = verdict(IMEI, OUTCOME_PASS);
	tell(EV_JOB_END, 1, 1, &v);
	tell(EV_REMEMBER, 1, 1, &facts[0]);
	flush();
	EXPECT_EQ(recall(IMEI, "cfun"), "4");
	EXPECT_EQ(LedgerCheck(path).broken(), "");
}
