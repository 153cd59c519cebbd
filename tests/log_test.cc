/* SPDX-License-Identifier: Apache-2.0
 *
 * The answers of fota-log that add up, look for something or come from several stations, against numbers counted by hand. It
 * does not know how the rows were written: see db_test. */
#include "tests/db_fixture.h"

#include "tests/fota_log.h"

#include <algorithm>
#include <sstream>

#include "db/archive.h"
#include "db/recover.h"

static const char *const IMEI = "356938035643809";
static const char *const OTHER = "490154203237518";
static const char *const THIRD = "860006618352062";

class SumsTest : public DbTest
{
      protected:
	int code = -1;
	std::string out, err;

	/* IMEI fails in B1 and is good there at its second visit; OTHER is good at once; THIRD is lost, comes back, is good; and
	 * OTHER is registered at last, which is no update. */
	void SetUp() override
	{
		DbTest::SetUp();
		GError *error = nullptr;
		Verdict good = verdict(THIRD, OUTCOME_PASS);

		g_setenv("TZ", "UTC", TRUE);
		start();
		live(1, 1, IMEI, OUTCOME_FAIL, FAULT_UPDATE_FAILED, "B1");
		live(2, 2, OTHER, OUTCOME_PASS);
		live(3, 3, IMEI, OUTCOME_PASS, FAULT_NONE, "B1");
		pass_time(86400 * 1000);
		live_into_danger(4, 4, THIRD);
		flush();
		ASSERT_TRUE(recover_run(db, wall, nullptr, &error));
		visit_begin(5, THIRD);
		job_begin(5, 5, 4);
		good.good_first = false;
		tell(EV_JOB_END, 5, 5, &good);
		tell(EV_VISIT_END, 5, 0, &good);
		visit_begin(6, OTHER);
		JobInfo job = {};
		job.procedure = "telit-register";
		job.operation = "register";
		job.try_no = 1;
		tell(EV_JOB_BEGIN, 6, 6, &job);
		Verdict no = verdict(OTHER, OUTCOME_FAIL, FAULT_NO_ANSWER, nullptr);
		tell(EV_JOB_END, 6, 6, &no);
		tell(EV_VISIT_END, 6, 0, &no);
		flush();
	}

	std::string run(std::vector<std::string> words, std::vector<std::string> files = {})
	{
		if (files.empty())
			files = { path };
		for (const std::string &file : files)
			words.insert(words.begin(), { "--db", file });
		code = fota_log(FOTA_LOG, words, &out, &err);
		return out;
	}

	/* The first four columns of each line. */
	static std::string firsts(const std::string &lines)
	{
		std::string all, line;
		std::istringstream in(lines);

		while (std::getline(in, line, ';')) {
			size_t at = 0;

			for (int i = 0; i < 4; i++)
				at = line.find(',', at) + 1;
			all += (all.empty() ? "" : ";") + line.substr(0, at - 1);
		}
		return all;
	}

	/* The answer as CSV without its line of names, lines joined by ';'. */
	std::string csv(std::vector<std::string> words, std::vector<std::string> files = {})
	{
		std::string all, line;

		words.insert(words.begin(), { "--format", "csv" });
		std::istringstream in(run(words, files));
		std::getline(in, line);
		while (std::getline(in, line)) {
			line.erase(line.find_last_not_of("\r") + 1);
			all += (all.empty() ? "" : ";") + line;
		}
		return all;
	}
};

TEST_F(SumsTest, YieldCountsVisitsThatCount)
{
	/* visits, good, failed, skipped, yield, units, first good, first pass */
	EXPECT_EQ(csv({ "yield" }),
		  "2023-11-14,3,2,1,0,66.67,2,1,50.00;2023-11-15,1,1,0,0,100.00,1,0,0.00");
	EXPECT_EQ(csv({ "yield", "--by", "slot" }),
		  "A3,2,2,0,0,100.00,2,1,50.00;B1,2,1,1,0,50.00,1,0,0.00");
	EXPECT_EQ(csv({ "yield", "--by", "work-order", "--slot", "A3" }),
		  "WO7,2,2,0,0,100.00,2,1,50.00");
	EXPECT_EQ(csv({ "yield", "--by", "package" }), "v1-v2 aa11,4,3,1,0,75.00,5,3,60.00");
	EXPECT_EQ(csv({ "yield", "--date", "2023-11-15" }), "2023-11-15,1,1,0,0,100.00,1,0,0.00");
	EXPECT_EQ(csv({ "yield", "--by", "month" }), "2023-11,4,3,1,0,75.00,3,1,33.33");
	/* from the rows themselves: the same */
	EXPECT_EQ(csv({ "yield", "--since", "2023-11-15T00:00" }),
		  "2023-11-15,1,1,0,0,100.00,1,0,0.00");
	EXPECT_EQ(csv({ "yield", "--model", "none" }), "");
	EXPECT_EQ(code, 1);
}

TEST_F(SumsTest, TheSumsAreTheSumsOfTheRows)
{
	EXPECT_EQ(
		asked("SELECT sum(visits), sum(good), sum(first), sum(first_good) FROM visit_tally"),
		asked("SELECT sum(counts), sum(counts AND final_verdict IN ('pass', 'current')),"
		      " sum(first), sum(first AND good_first) FROM v_visits"));
	EXPECT_EQ(asked("SELECT day, visits, good FROM v_yield_day ORDER BY day"),
		  "2023-11-14|3|2;2023-11-15|1|1");
	EXPECT_EQ(asked("SELECT step, n, failed FROM v_step_times ORDER BY step"),
		  "start|3|0;upload|4|0");
}

TEST_F(SumsTest, FaultsSlotsAndSteps)
{
	EXPECT_EQ(csv({ "faults" }).substr(0, 32), "UPDATE_FAILED,1,1,100.00,100.00,");
	EXPECT_EQ(csv({ "slots" }),
		  "B1,1,2,1,0,50.00,,UPDATE_FAILED,1,station-1;A3,0,2,2,0,100.00,,,,station-1");
	EXPECT_EQ(csv({ "steps" }).substr(0, 51),
		  "upload,quectel-dfota-local,MC65,4,200,200,200,0,200");
	asked("UPDATE step_tally SET good = 0 WHERE step = 'upload'");
	csv({ "steps" });
	EXPECT_NE(out.find("upload,quectel-dfota-local,MC65,0,,,,4,,,0"), std::string::npos) << out;
	EXPECT_EQ(csv({ "steps", "--slot", "B1" }).substr(0, 38),
		  "start,quectel-dfota-local,MC65,2,200,2");
}

/* Ten of a hundred fail everywhere, but five of ten in one place. */
TEST_F(SumsTest, ASlotThatFailsBeyondChanceIsSuspect)
{
	guint32 id = 10;

	for (const char *slot : { "C1", "C2", "C3", "C4" })
		for (int i = 0; i < 30; i++, id++)
			live(id, id, i % 10 ? OTHER : IMEI, i % 10 ? OUTCOME_PASS : OUTCOME_FAIL,
			     i % 10 ? FAULT_NONE : FAULT_NO_ANSWER, slot);
	for (int i = 0; i < 10; i++, id++)
		live(id, id, OTHER, i % 2 ? OUTCOME_PASS : OUTCOME_FAIL,
		     i % 2 ? FAULT_NONE : FAULT_UPLOAD_LOST, "D1");
	flush();
	EXPECT_EQ(csv({ "slots" }).substr(0, 35), "D1,5,10,5,0,50.00,yes,UPLOAD_LOST,5");
	size_t first = out.find("yes");
	EXPECT_EQ(out.find("yes", first + 1), std::string::npos) << out;
}

TEST_F(SumsTest, TheThreeQuestionsAreOneCommandEach)
{
	run({ "--format", "ndjson", "where", IMEI });
	for (const char *part : { "\"slot\":\"B1\"", "\"verdict\":\"pass\"", "\"version\":\"V2\"",
				  "\"good_at\":\"V2 (2023-11-14)\"", "\"visits\":2", "\"good\":1" })
		EXPECT_NE(out.find(part), std::string::npos) << part << out;
	EXPECT_EQ(csv({ "units", "--package", "v1-v2" }).substr(0, 15), THIRD);
	EXPECT_EQ(code, 0);
	EXPECT_EQ(run({ "--format", "ndjson", "units", "--slot", "B1", "--date",
			"2023-11-14..2023-11-15" })
			  .find("{\"imei\":\"" + std::string(IMEI) +
				"\",\"model\":\"MC65\",\"attempts\":2"),
		  0u);
	csv({ "where", "123456789012347" });
	EXPECT_EQ(code, 1);
}

/* Another version at each of two stations: both are told. */
TEST_F(SumsTest, WhereKnowsEveryVersionOfEveryStation)
{
	std::string first = path, second = dir + "/other.db";

	stop();
	pass_time(86400 * 1000);
	path = second;
	start();
	visit_begin(1, IMEI);
	job_begin(1, 1);
	Verdict good = verdict(IMEI, OUTCOME_PASS, FAULT_NONE, "V3");
	tell(EV_JOB_END, 1, 1, &good);
	tell(EV_VISIT_END, 1, 0, &good);
	flush();
	for (std::vector<std::string> files :
	     { std::vector<std::string>{ first, second }, { second, first } }) {
		run({ "--format", "ndjson", "where", IMEI }, files);
		for (const char *part :
		     { "\"database\":\"other.db\"", "\"visits\":3", "\"good\":2",
		       "\"good_at\":\"V2 (2023-11-14), V3 (2023-11-16)\"", "\"version\":\"V3\"" })
			EXPECT_NE(out.find(part), std::string::npos) << part << out;
	}
}

/* What ended before the point of no return was to get its package, and did not. */
TEST_F(SumsTest, APackageThatWasNotAppliedCountsForNothing)
{
	Verdict no = verdict(IMEI, OUTCOME_FAIL, FAULT_SIM_LOCKED, nullptr);
	std::string before = csv({ "yield", "--by", "package" });

	visit_begin(7, "356938035643817");
	job_begin(7, 7);
	step(7, 7, 0, "upload");
	no.unit = unit("356938035643817");
	tell(EV_JOB_END, 7, 7, &no);
	tell(EV_VISIT_END, 7, 0, &no);
	flush();
	EXPECT_EQ(csv({ "yield", "--by", "package" }), before);
	EXPECT_EQ(csv({ "yield", "--by", "package", "--since", "2023-11-14T00:00" }), before);
	EXPECT_EQ(asked("SELECT attempts FROM v_yield_package"), "4");
	csv({ "units", "--package", "v1-v2" });
	EXPECT_EQ(out.find("356938035643817"), std::string::npos) << out;
	csv({ "attempts", "--package", "v1-v2" });
	EXPECT_NE(out.find("356938035643817"), std::string::npos) << out;
	EXPECT_EQ(asked("SELECT attempt, applied FROM v_attempts"), "1|1;2|1;3|1;4|1;5|1;6|0;7|0");
	EXPECT_EQ(csv({ "verify" }).substr(0, 6), "whole,");
}

/* The clock is set back ten days between two visits: their order in the file stays. */
TEST_F(SumsTest, AUnitsLifeIsInTheOrderInWhichItWasWritten)
{
	wall -= 10ll * 86400 * 1000 * 1000;
	live(7, 7, IMEI, OUTCOME_PASS);
	flush();
	csv({ "unit", IMEI });
	std::string order;
	std::istringstream in(out);
	for (std::string line; std::getline(in, line);)
		order += line.find(",visit,") != std::string::npos
				 ? line.substr(line.find(",visit,") + 7, 1)
				 : "";
	EXPECT_EQ(order.substr(order.size() - 3), "137");
}

/* With the station's folder its archives are asked as well; with one file it is said that they are not. */
TEST_F(SumsTest, MonthsThatLeftAreAPartOfTheAnswer)
{
	GError *error = nullptr;
	guint made = 0;

	pass_time(40ll * 86400 * 1000);
	ASSERT_TRUE(archive_months(db, "2023-12", wall, nullptr, nullptr, &made, &error))
		<< error->message;
	stop();
	ASSERT_TRUE(
		g_file_set_contents((dir + "/station.ini").c_str(), "[station]\n", -1, nullptr));
	code = fota_log(FOTA_LOG, { "--config", dir, "where", IMEI }, &out, &err);
	EXPECT_EQ(code, 0) << err;
	EXPECT_NE(out.find("V2 (2023-11-14)"), std::string::npos) << out;
	EXPECT_EQ(fota_log(FOTA_LOG, { "--config", dir, "verify" }, &out, &err), 0) << err;
	run({ "where", IMEI });
	EXPECT_EQ(code, 1);
	EXPECT_NE(err.find("not asked: 1 months that are in archives"), std::string::npos) << err;
	g_remove((dir + "/station-2023-11.db").c_str());
	code = fota_log(FOTA_LOG, { "--config", dir, "where", IMEI }, &out, &err);
	EXPECT_EQ(code, 1);
	EXPECT_NE(err.find("an archive is not asked: "), std::string::npos) << err;
}

/* A package is asked for by its whole name or by enough of its SHA-256, in every verb alike. */
TEST_F(SumsTest, APackageIsAskedForInOneWay)
{
	const std::vector<std::pair<const char *, bool>> cases = {
		{ "v1-v2", true }, { "%", false },    { "_____", false },
		{ "a", false },    { "aa11", false },
	};

	for (const auto &c : cases)
		for (const char *verb : { "attempts", "units", "yield", "faults" }) {
			csv({ verb, "--package", c.first });
			EXPECT_EQ(code, c.second ? 0 : 1) << verb << " " << c.first;
		}
	stop();
	start();
	for (const char *change :
	     { "DROP TRIGGER attempt_closed", "UPDATE attempt SET package = '20240517'",
	       "UPDATE package_tally SET package = '20240517', sha256 = 'aa11aa11aa11'",
	       "UPDATE attempt SET package_sha256 = 'aa11aa11aa11'" })
		asked(change);
	for (const char *name : { "20240517", "aa11aa11", "AA11AA11A" })
		for (const char *verb : { "attempts", "units", "yield", "faults" }) {
			csv({ verb, "--package", name });
			EXPECT_EQ(code, 0) << verb << " " << name;
		}
}

TEST_F(SumsTest, EveryFilterFindsItsOwn)
{
	const std::vector<std::pair<std::vector<std::string>, const char *>> cases = {
		{ { "--model", "MC65" }, "6 5 4 3 2 1" },
		{ { "--firmware", "V2" }, "5 3 2" },
		{ { "--fault", "UPDATE_FAILED" }, "1" },
		{ { "--work-order", "WO7" }, "6 5 4 3 2 1" },
		{ { "--work-order", "WO8" }, "" },
		{ { "--operator", "W12", "--slot", "B1" }, "3 1" },
		{ { "--package", "v1-v2" }, "5 4 3 2 1" },
		{ { "--station", "station-1", "--limit", "1" }, "6" },
		{ { "--date", "2023-11-14" }, "3 2 1" },
		{ { "--since", "2023-11-15" }, "6 5 4" },
		{ { "--until", "2023-11-14" }, "3 2 1" },
		{ { "--imei", "0154203" }, "6 2" },
		{ { "--outcome", "open" }, "" },
	};

	for (const auto &c : cases) {
		std::vector<std::string> words = c.first;
		std::string numbers, line;

		words.insert(words.begin(), { "--format", "csv", "attempts" });
		std::istringstream in(run(words));
		std::getline(in, line);
		while (std::getline(in, line))
			numbers += (numbers.empty() ? "" : " ") + line.substr(0, line.find(','));
		EXPECT_EQ(numbers, c.second) << c.first[0] << " " << c.first[1];
	}
}

TEST_F(SumsTest, SeveralStationsAnswerAsOne)
{
	std::string first = path, second = dir + "/other.db";

	stop();
	path = second;
	start();
	live(1, 1, IMEI, OUTCOME_FAIL, FAULT_UPDATE_FAILED, "B1");
	pass_time(1000);
	live(2, 2, THIRD, OUTCOME_PASS);
	flush();
	for (std::vector<std::string> files :
	     { std::vector<std::string>{ first, second }, { dir } }) {
		EXPECT_EQ(csv({ "yield", "--by", "slot" }, files),
			  "A3,3,3,0,0,100.00,3,2,66.67;B1,3,1,2,0,33.33,2,0,0.00");
		/* one IMEI failed at both: two attempts, one unit */
		EXPECT_EQ(csv({ "faults" }, files).substr(0, 20), "UPDATE_FAILED,2,1,10");
		csv({ "attempts", "--limit", "3" }, files);
		EXPECT_NE(out.find("database,attempt,visit"), std::string::npos) << out;
		EXPECT_LT(out.find("other.db,2,"), out.find("other.db,1,")) << out;
		EXPECT_EQ(out.find("station.db,5,"), std::string::npos) << out;
		EXPECT_EQ(csv({ "where", IMEI }, files),
			  "other.db," + std::string(IMEI) +
				  ",MC65,station-1,B1,0,2023-11-15T22:13:21.400Z,fail,"
				  "UPDATE_FAILED,V1,V2,WO7,W12,3,1,V2 (2023-11-14),1,"
				  "1700086401400000");
		/* one line per unit, of its newest attempt, with all its attempts */
		EXPECT_EQ(firsts(csv({ "units" }, files)),
			  "other.db," + std::string(THIRD) + ",MC65,3;other.db," + IMEI +
				  ",MC65,3;station.db," + OTHER + ",MC65,2");
		EXPECT_EQ(firsts(csv({ "units", "--imei", IMEI, "--slot", "B1" }, files)),
			  "other.db," + std::string(IMEI) + ",MC65,3");
		EXPECT_NE(out.find(",2023-11-14T22:13:20.000Z,2023-11-15T22:13:21.400Z,"),
			  std::string::npos)
			<< out;
	}
	run({ "backup", dir + "/copy.bak" });
	run({ "attempts" }, { second, dir + "/copy.bak" });
	EXPECT_EQ(code, 64);
	EXPECT_NE(err.find("are copies of one record"), std::string::npos) << err;
	run({ "verify" }, { second, dir + "/copy.bak" });
	EXPECT_EQ(code, 0) << err;
	run({ "head" }, { first, first });
	EXPECT_EQ(code, 64);
	EXPECT_NE(err.find("is named twice"), std::string::npos);
}

/* The service takes a unit once, with its newest version, and knows nothing of files. */
TEST_F(SumsTest, TheListForTheServiceHasEachUnitOnce)
{
	std::string first = path, second = dir + "/other.db";

	stop();
	pass_time(1000);
	path = second;
	start();
	live(1, 1, IMEI, OUTCOME_FAIL, FAULT_NO_ANSWER, "B1");
	flush();
	asked("DROP TRIGGER attempt_closed");
	asked("UPDATE attempt SET version_after = 'V9'");
	std::string one = csv({ "export", "--pfm" }, { first });
	std::string both = csv({ "export", "--pfm" }, { first, second });
	EXPECT_EQ(out.find("imei,iccid,number,model,version"), 0u) << out;
	EXPECT_EQ(std::count(both.begin(), both.end(), ';'),
		  std::count(one.begin(), one.end(), ';'))
		<< both;
	EXPECT_NE(both.find(",V9"), std::string::npos) << both;
}

/* A slot is a place of one fixture: B1 of another station is another one. */
TEST_F(SumsTest, SlotsOfTwoStationsAreTwo)
{
	std::string first = path, second = dir + "/other.db";

	stop();
	path = second;
	start();
	live(1, 1, THIRD, OUTCOME_FAIL, FAULT_NO_ANSWER, "B1");
	flush();
	asked("DROP TRIGGER visit_closed");
	asked("UPDATE visit SET station = 'station-2'");
	asked("UPDATE visit_tally SET station = 'station-2'");
	EXPECT_EQ(csv({ "slots" }, { first, second }),
		  "B1,1,2,1,0,50.00,,UPDATE_FAILED,1,station-1;"
		  "B1,1,1,0,0,0.00,,NO_ANSWER,1,station-2;A3,0,2,2,0,100.00,,,,station-1");
	run({ "yield", "--by", "" });
	EXPECT_EQ(code, 64);
}

/* A unit that failed here and was good elsewhere after it is no unit to look for; one that failed later is. */
TEST_F(SumsTest, AUnitThatWasGoodElsewhereIsNotLookedFor)
{
	std::string first = path, second = dir + "/other.db";

	pass_time(1000);
	live(10, 10, IMEI, OUTCOME_FAIL, FAULT_NO_ANSWER, "B1");
	live(11, 11, "356938035643817", OUTCOME_FAIL, FAULT_NO_ANSWER, "B1");
	flush();
	stop();
	pass_time(1000);
	path = second;
	start();
	live(1, 1, IMEI, OUTCOME_PASS);
	live(2, 2, THIRD, OUTCOME_FAIL, FAULT_NO_ANSWER, "B2");
	flush();
	for (const char *format : { "text", "html" }) {
		run({ "report", "--format", format }, { first, second });
		EXPECT_EQ(out.find(IMEI), std::string::npos) << out;
		EXPECT_NE(out.find("356938035643817"), std::string::npos) << out;
		EXPECT_NE(out.find(THIRD), std::string::npos) << out;
		run({ "report", "--format", format }, { first });
		EXPECT_NE(out.find(IMEI), std::string::npos) << out;
	}
}

/* The record knows which file its older entries went to: another file of that name is not believed. */
TEST_F(SumsTest, AnArchiveThatWasExchangedIsFound)
{
	std::string archive = dir + "/station-2023-11.db", other = dir + "/other.db";
	GError *error = nullptr;
	guint made = 0;

	pass_time(40ll * 86400 * 1000);
	ASSERT_TRUE(archive_months(db, "2023-12", wall, nullptr, nullptr, &made, &error))
		<< error->message;
	stop();
	run({ "verify" }, { dir });
	EXPECT_EQ(code, 0) << err;
	run({ "verify" });
	EXPECT_EQ(code, 2) << err;
	EXPECT_NE(out.find("which was not given"), std::string::npos) << out;

	std::string record = path;
	path = other;
	start();
	live(1, 1, OTHER, OUTCOME_PASS);
	flush();
	stop();
	ASSERT_EQ(g_rename(other.c_str(), archive.c_str()), 0);
	for (const char *end : { "-wal", "-shm" })
		g_rename((other + end).c_str(), (archive + end).c_str());
	path = record;
	run({ "verify" }, { record, archive });
	EXPECT_EQ(code, 2);
	EXPECT_NE(err.find("station-2023-11.db is not the archive of the entries up to"),
		  std::string::npos)
		<< err;
}

/* Rows of a name and its value show times as tables do: as the clock on the wall has them, with the zone. */
TEST_F(SumsTest, TimesOfOneAttemptAreLocal)
{
	for (const char *word : { "show", "where" }) {
		run({ "--format", "table", word, *word == 's' ? "4" : IMEI });
		EXPECT_EQ(0, code) << err;
		EXPECT_EQ(std::string::npos, out.find("_utc")) << out;
		EXPECT_EQ(std::string::npos, out.find("Z\n")) << out;
		EXPECT_NE(std::string::npos, out.find("+00")) << out;
	}
}

TEST_F(SumsTest, ShowExportSchemaAndVerify)
{
	run({ "--format", "csv", "show", "4" });
	for (const char *part :
	     { "attempt,config_sha256,cc33", "visit,slot,A3", "debt,settled by,5", "step,2 start",
	       "attempt,package_sha256,aa11", "attempt,catalogue,2024-05" })
		EXPECT_NE(out.find(part), std::string::npos) << part << out;
	for (const char *view :
	     { "attempts", "visits", "steps", "units", "faults", "yield_day", "step_times" }) {
		run({ "export", view });
		EXPECT_EQ(code, 0) << view;
		EXPECT_EQ(out.substr(0, out.find("\r\n")),
			  asked("SELECT group_concat(name) FROM pragma_table_info('v_" +
				std::string(view) + "')"));
	}
	run({ "export", "visit" });
	EXPECT_EQ(code, 64);
	run({ "export", "units", "--slot", "B1" });
	EXPECT_EQ(code, 64) << out;
	EXPECT_EQ(csv({ "export", "--pfm" }),
		  "356938035643809,8901,,MC65,V2;490154203237518,8901,,MC65,V2;"
		  "860006618352062,8901,,MC65,V2");
	run({ "schema" });
	EXPECT_NE(out.find("config_sha256"), std::string::npos);
	EXPECT_EQ(csv({ "verify" }).substr(0, 6), "whole,");
	EXPECT_EQ(code, 0);
	run({ "verify", "--head", asked("SELECT sha FROM ledger WHERE seq = 3") });
	EXPECT_EQ(code, 0);
	run({ "verify", "--head", std::string(64, '1') });
	EXPECT_EQ(code, 2);
	asked("DROP TRIGGER attempt_closed");
	asked("UPDATE attempt SET detail = 'x' WHERE id = 1");
	run({ "verify" });
	EXPECT_EQ(code, 2);
	EXPECT_NE(out.find("different"), std::string::npos);
}

TEST_F(SumsTest, ABackupIsMadeOnceAndIsWhole)
{
	std::string file = dir + "/backup.db";

	run({ "backup", file });
	EXPECT_EQ(code, 0) << err;
	EXPECT_EQ(out, "");
	run({ "backup", file });
	EXPECT_EQ(code, 73);
	EXPECT_NE(err.find("there is such a file already"), std::string::npos);
	EXPECT_EQ(csv({ "verify" }, { file }).substr(0, 6), "whole,");
	g_remove(file.c_str());
}

/* A station has one fixture, however many files its months are in. */
TEST_F(SumsTest, AStationHasOneMap)
{
	std::string first = path, second = dir + "/other.db";

	stop();
	path = second;
	start();
	live(1, 1, THIRD, OUTCOME_FAIL, FAULT_NO_ANSWER, "B1");
	flush();
	run({ "report" }, { first, second });
	std::string maps = out.substr(out.find("The fixture"));
	EXPECT_NE(maps.find("2 of 3 failed"), std::string::npos) << maps;
	EXPECT_EQ(maps.find("<b>B1</b>"), maps.rfind("<b>B1</b>")) << maps;
	asked("DROP TRIGGER visit_closed");
	asked("UPDATE visit SET station = 'station-2'");
	asked("UPDATE visit_tally SET station = 'station-2'");
	run({ "report" }, { first, second });
	EXPECT_NE(out.find("0 of 2 failed"), std::string::npos) << out;
	EXPECT_NE(out.find("1 of 1 failed"), std::string::npos) << out;
}

/* Before a migration: the copy needs nothing of the schema. */
TEST_F(SumsTest, ABackupIsMadeOfAnOldRecordToo)
{
	asked("PRAGMA user_version = 1");
	stop();
	run({ "attempts" });
	EXPECT_EQ(code, 73);
	run({ "backup", dir + "/old.bak" });
	EXPECT_EQ(code, 0) << err;
	EXPECT_EQ(ask(dir + "/old.bak", "PRAGMA user_version"), "1");
}

TEST_F(SumsTest, AReportAsTextHasTheSameNumbers)
{
	run({ "report", "--format", "text" });
	EXPECT_EQ(code, 0) << err;
	for (const char *part : { "2023-11-14       3     2       1", "UPDATE_FAILED",
				  "B1         1", "Where the time goes", "Units to look for" })
		EXPECT_NE(out.find(part), std::string::npos) << part << out;
	run({ "report", "--format", "pdf" });
	EXPECT_EQ(code, 64);
	run({ "report", "-o", dir + "/no/report.html" });
	EXPECT_EQ(code, 73) << err;
	/* nor is the record itself written over, by whatever name, nor what lives beside it, there or not */
	for (const char *end : { "-wal", "-shm", ".lock", ".ballast", "-journal" }) {
		run({ "report", "-o", path + end });
		EXPECT_EQ(code, 64) << end;
		EXPECT_NE(err.find("is the record itself"), std::string::npos) << err;
	}
	ASSERT_EQ(link(path.c_str(), (dir + "/page.html").c_str()), 0);
	for (const std::string &file : { path, dir + "/page.html" }) {
		run({ "report", "-o", file });
		EXPECT_EQ(code, 64) << file;
		EXPECT_NE(err.find("is the record itself"), std::string::npos) << err;
	}
	EXPECT_EQ(csv({ "verify" }).substr(0, 6), "whole,");
	/* what was there is there until all of the new one is */
	ASSERT_TRUE(g_file_set_contents((dir + "/page").c_str(), "old", -1, nullptr));
	ASSERT_EQ(link((dir + "/page").c_str(), (dir + "/same").c_str()), 0);
	run({ "report", "-o", dir + "/page" });
	EXPECT_EQ(code, 0) << err;
	char *old = nullptr;
	ASSERT_TRUE(g_file_get_contents((dir + "/same").c_str(), &old, nullptr, nullptr));
	EXPECT_STREQ(old, "old");
	g_free(old);
	/* a device is written to, not replaced */
	for (const char *format : { "html", "text" }) {
		struct stat st;

		run({ "report", "--format", format, "-o", "/dev/full" });
		EXPECT_EQ(code, 73) << format;
		ASSERT_EQ(stat("/dev/full", &st), 0);
		EXPECT_TRUE(S_ISCHR(st.st_mode));
	}
}

TEST_F(SumsTest, WhatAVerbDoesNotTakeItSays)
{
	const std::vector<std::pair<std::vector<std::string>, const char *>> cases = {
		{ { "yield", "--imei", "1" }, "yield takes no --imei" },
		{ { "yield", "--by", "colour" }, "--by colour: expected day, week" },
		{ { "attempts", "--by", "day" }, "attempts takes no --by" },
		{ { "attempts", "--date", "someday" }, "--date someday: expected today" },
		{ { "attempts", "--date", "today", "--since", "8h" }, "--date says both ends" },
		{ { "attempts", "--since", "today", "--until", "yesterday" }, "is after" },
		{ { "attempts", "--fault", "TIRED" }, "--fault TIRED: expected a name" },
		{ { "steps", "--operator", "x" }, "steps takes no --operator" },
		{ { "verify", "--head", "abc" }, "--head abc: expected 64 digits" },
		{ { "head", "--raw" }, "head takes no --raw" },
		{ { "attempts", "--limit", "-5000000000" }, "--limit -5000000000: expected" },
		{ { "show" }, "expected one word" },
		{ { "backup" }, "expected one word" },
		{ { "where", "x" }, "where x: expected an IMEI" },
	};

	for (const auto &c : cases) {
		run(c.first);
		EXPECT_EQ(code, 64) << c.second;
		EXPECT_NE(err.find(c.second), std::string::npos) << err;
		EXPECT_EQ(out, "");
	}
}
