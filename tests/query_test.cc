/* SPDX-License-Identifier: Apache-2.0
 *
 * fota-log as it is used: every command in every format, its exit codes, its sentences, and what it links.
 * It does not know how the rows were written: see db_test. */
#include "tests/db_fixture.h"
#include "tests/fota_log.h"

#include <json-glib/json-glib.h>
#include <signal.h>
#include <sstream>
#include <sys/wait.h>

#include "db/export.h"
#include "db/recover.h"

static const char *const IMEI = "356938035643809";
static const char *const OTHER = "490154203237518";

class LogTest : public DbTest
{
      protected:
	int code = -1;
	std::string out, err;

	/* Two units: one good, one that was lost, came back and was checked. The line still runs. */
	void SetUp() override
	{
		DbTest::SetUp();
		GError *error = nullptr;
		Verdict good = verdict(IMEI, OUTCOME_PASS);
		start();
		live(1, 1, OTHER, OUTCOME_PASS);
		pass_time(1000);
		live_into_danger(2, 2, IMEI);
		trace(2, 2, "700 > AT+QFOTADL=1\\r\n700 < \\r\\n\n");
		trace(2, 2,
		      "1934 < +QIND: \"FOTA\",\"START\"\\r\\n\n2000 # 1500 bytes of payload\n2001 "
		      "= gone\\\\r\n");
		Fact fact = { IMEI, "updates", "+1" };
		tell(EV_REMEMBER, 2, 2, &fact);
		flush();
		recover_run(db, wall, nullptr, &error);
		pass_time(1000);
		visit_begin(3, IMEI, "B, \"1\"");
		job_begin(3, 3, 2);
		pass_time(1000);
		good.vendor_words = "a\x1b[31mb\xff\n\"c\",d";
		tell(EV_JOB_END, 3, 3, &good);
		tell(EV_VISIT_END, 3, 0, &good);
		flush();
	}

	void run(std::vector<std::string> words, bool with_db = true)
	{
		if (with_db)
			words.insert(words.begin(), { "--db", path });
		code = fota_log(FOTA_LOG, words, &out, &err);
	}

	std::vector<std::string> lines() const
	{
		std::vector<std::string> all;
		std::istringstream in(out);

		for (std::string line; std::getline(in, line);)
			all.push_back(line);
		return all;
	}

	/* The member of each object, in order; fails on what is not JSON. */
	static std::string members(JsonArray *objects, const char *name)
	{
		std::string all;

		for (guint i = 0; i < json_array_get_length(objects); i++) {
			JsonObject *o = json_array_get_object_element(objects, i);
			JsonNode *node = json_object_get_member(o, name);
			char *text = node ? json_to_string(node, FALSE) : g_strdup("missing");

			all += (i ? " " : "") + std::string(text);
			g_free(text);
		}
		return all;
	}

	std::string parsed(const std::string &json, const char *name)
	{
		JsonParser *parser = json_parser_new();
		GError *error = nullptr;
		std::string all = "not an array";

		EXPECT_TRUE(json_parser_load_from_data(parser, json.data(), json.size(), &error))
			<< (error ? error->message : "") << json;
		if (!error && JSON_NODE_HOLDS_ARRAY(json_parser_get_root(parser)))
			all = members(json_node_get_array(json_parser_get_root(parser)), name);
		g_clear_error(&error);
		g_object_unref(parser);
		return all;
	}

	/* What `name` is in the answer of `words`: the same in JSON and NDJSON. */
	std::string answers(std::vector<std::string> words, const char *name)
	{
		words.insert(words.begin(), { "--format", "json" });
		run(words);
		EXPECT_EQ(code, out == "[]\n" ? 1 : 0) << err;
		std::string all = parsed(out, name);

		words[1] = "ndjson";
		run(words);
		std::string joined;
		for (const std::string &line : lines())
			joined += (joined.empty() ? "" : ",") + line;
		EXPECT_EQ(parsed("[" + joined + "]", name), all);
		return all;
	}
};

/* A visit once, however many parts it had, and as it is counted. */
TEST_F(LogTest, VisitsAreChosenByTheirAttempts)
{
	Verdict part = verdict(IMEI, OUTCOME_PASS), mismatch = part;

	visit_begin(4, IMEI);
	for (guint32 job : { 4u, 5u }) {
		job_begin(4, job);
		tell(EV_JOB_END, 4, job, &part);
	}
	mismatch.outcome = OUTCOME_FAIL;
	mismatch.fault = FAULT_LABEL_MISMATCH;
	tell(EV_VISIT_END, 4, 0, &mismatch);
	flush();
	run({ "--format", "csv", "--imei", IMEI, "--limit", "1", "export", "visits" });
	EXPECT_EQ(code, 0) << err;
	ASSERT_EQ(lines().size(), 2u) << out;
	EXPECT_EQ(lines()[1].substr(0, 2), "4,");
	EXPECT_NE(lines()[1].find("fail,LABEL_MISMATCH"), std::string::npos) << out;
	run({ "--slot", "A3", "--imei", OTHER, "--format", "csv", "export", "visits" });
	ASSERT_EQ(lines().size(), 2u) << out;
	EXPECT_EQ(lines()[1].substr(0, 2), "1,");
	run({ "--slot", "nowhere", "export", "visits" });
	EXPECT_EQ(code, 1) << out;
}

TEST_F(LogTest, AttemptsNewestFirstWithFilters)
{
	EXPECT_EQ(answers({ "attempts" }, "attempt"), "3 2 1");
	EXPECT_EQ(answers({ "attempts" }, "outcome"), "\"pass\" \"interrupted\" \"pass\"");
	EXPECT_EQ(answers({ "attempts" }, "resolved_by"), "null 3 null");
	EXPECT_EQ(answers({ "attempts", "--limit", "2" }, "attempt"), "3 2");
	EXPECT_EQ(answers({ "attempts", "--imei", IMEI }, "attempt"), "3 2");
	EXPECT_EQ(answers({ "attempts", "--imei", "643809" }, "attempt"), "3 2");
	EXPECT_EQ(answers({ "attempts", "--imei", "35643809" }, "attempt"), "3 2");
	EXPECT_EQ(answers({ "attempts", "--imei", "18" }, "attempt"), "1");
	EXPECT_EQ(answers({ "attempts", "--imei", "99643809" }, "attempt"), "");
	EXPECT_EQ(answers({ "attempts", "--slot", "A3" }, "attempt"), "2 1");
	EXPECT_EQ(answers({ "attempts", "--outcome", "interrupted" }, "attempt"), "2");
	EXPECT_EQ(answers({ "attempts", "--outcome", "pass", "--slot", "A3", "--imei", "18" },
			  "attempt"),
		  "1");
	EXPECT_EQ(answers({ "attempts", "--outcome", "aborted" }, "attempt"), "");
}

TEST_F(LogTest, AnAttemptThatIsStillOpenIsShown)
{
	visit_begin(4, IMEI);
	job_begin(4, 4);
	flush();
	EXPECT_EQ(answers({ "attempts", "--limit", "1" }, "outcome"), "\"open\"");
}

TEST_F(LogTest, AUnitsWholeLife)
{
	EXPECT_EQ(answers({ "unit", IMEI }, "what"),
		  "\"visit\" \"attempt\" \"debt\" \"visit\" \"attempt\" \"settled\" \"updates\"");
	EXPECT_EQ(answers({ "unit", IMEI }, "visit"), "2 2 2 3 3 3 null");
	EXPECT_EQ(answers({ "unit", IMEI }, "updates"), "null null null null null null 1");
	EXPECT_EQ(answers({ "unit", OTHER }, "what"), "\"visit\" \"attempt\" \"updates\"");
	EXPECT_EQ(answers({ "unit", "123456789012347" }, "what"), "");
	EXPECT_NE(err.find("nothing matches"), std::string::npos);
}

TEST_F(LogTest, ATranscriptForTheEyeAndForPrograms)
{
	EXPECT_EQ(answers({ "transcript", "2" }, "ms"), "700 700 1934 2000 2001");
	EXPECT_EQ(answers({ "transcript", "2" }, "dir"), "\">\" \"<\" \"<\" \"#\" \"=\"");
	EXPECT_EQ(answers({ "transcript", "2" }, "text"),
		  "\"AT+QFOTADL=1\\\\r\" \"\\\\r\\\\n\" \"+QIND: "
		  "\\\"FOTA\\\",\\\"START\\\"\\\\r\\\\n\""
		  " \"1500 bytes of payload\" \"gone\\\\\\\\r\"");
	run({ "transcript", "2" });
	EXPECT_EQ(out, "seconds  dir  text\n"
		       "  0.700  >    AT+QFOTADL=1\n"
		       "  1.934  <    +QIND: \"FOTA\",\"START\"\n"
		       "  2.000  #    1500 bytes of payload\n"
		       "  2.001  =    gone\\\\r\n");
	run({ "transcript", "99" });
	EXPECT_EQ(code, 1);
	asked("UPDATE trace SET bytes = CAST('12 ? what' AS BLOB), packed = 0, size = 9 WHERE attempt = 2");
	run({ "transcript", "2" });
	EXPECT_EQ(code, 73);
	EXPECT_NE(err.find("line 1 of the transcript of attempt 2 is damaged"), std::string::npos)
		<< err;
}

/* As it was kept; that something is missing is said before everything else, wherever it was. */
TEST_F(LogTest, ATranscriptForATest)
{
	const std::string before = "700 > AT\\r\n", after = "900 < OK\\r\\n\n";

	asked("UPDATE trace SET bytes = CAST('700 > AT\\r' || char(10) || '900 < OK\\r\\n' || char(10) AS BLOB),"
	      " packed = 0, size = 24 WHERE attempt = 2");
	run({ "transcript", "2", "--raw" });
	EXPECT_EQ(out, before + after) << err;
	asked("UPDATE trace SET bytes = CAST('700 > AT\\r' || char(10) || '0 = cut' || char(10) || '900 < OK\\r\\n' ||"
	      " char(10) AS BLOB), size = 32 WHERE attempt = 2");
	run({ "transcript", "2", "--raw" });
	EXPECT_EQ(out, "0 = cut\n" + before + after) << err;
}

TEST_F(LogTest, TheHeadOfTheLedger)
{
	EXPECT_EQ(answers({ "head" }, "head"),
		  "\"" + asked("SELECT sha FROM ledger ORDER BY seq DESC LIMIT 1") + "\"");
	EXPECT_EQ(answers({ "head" }, "seq"), asked("SELECT max(seq) FROM ledger"));
	stop();
	path = dir + "/fresh.db";
	start();
	EXPECT_EQ(answers({ "head" }, "head"), "\"" + std::string(64, '0') + "\"");
}

TEST_F(LogTest, CsvIsRfc4180AndDropsNoColumn)
{
	std::string columns =
		asked("SELECT group_concat(name) FROM pragma_table_info('v_attempts')");

	run({ "--format", "csv", "attempts", "--imei", IMEI, "--limit", "1" });
	EXPECT_EQ(code, 0);
	EXPECT_EQ(out.substr(0, columns.size() + 2), columns + "\r\n");
	EXPECT_NE(out.find(",\"B, \"\"1\"\"\","), std::string::npos) << out;
	EXPECT_NE(out.find(",\"a\x1b[31mb\xef\xbf\xbd\n\"\"c\"\",d\","), std::string::npos) << out;
	EXPECT_EQ(out.substr(out.size() - 2), "\r\n");
	run({ "--format", "csv", "attempts", "--slot", "none" });
	EXPECT_EQ(out, columns + "\r\n");
	EXPECT_EQ(code, 1);
}

TEST_F(LogTest, EveryCommandInEveryFormat)
{
	const std::vector<std::vector<std::string>> commands = {
		{ "attempts" }, { "unit", IMEI }, { "transcript", "2" }, { "head" }
	};

	for (auto words : commands)
		for (const char *format : { "table", "csv", "json", "ndjson" }) {
			std::vector<std::string> all = words;

			all.insert(all.begin(), { "--format", format });
			run(all);
			EXPECT_EQ(code, 0) << words[0] << format << err;
			EXPECT_FALSE(out.empty());
			EXPECT_EQ(err, "");
		}
}

TEST_F(LogTest, ATableNeverActsOnTheTerminalAndIsAligned)
{
	run({ "attempts" });
	ASSERT_EQ(lines().size(), 4u);
	size_t at = lines()[0].find("imei");
	EXPECT_EQ(lines()[1].substr(at, 15), IMEI);
	EXPECT_EQ(lines()[3].substr(at, 15), OTHER);
	for (const std::string &line : lines())
		EXPECT_NE(line.back(), ' ');

	/* Words of a vendor in every column of a table, and wide ones. */
	static const char *const columns[] = { "n", "words", "end", nullptr };
	char *text = nullptr;
	size_t len = 0;
	FILE *file = open_memstream(&text, &len);
	Export *e = export_new(file, EXPORT_TABLE, columns, nullptr);
	Value rows[3][3] = {
		{ value_int(7), value_text("\x1b]0;x\x07\xe2\x80\xae\xff"), value_text("|") },
		{ value_int(100), value_text("\xe4\xb8\xad\xe6\x96\x87"), value_text("|") },
		{ value_null(), value_null(), value_null() }
	};

	for (auto &row : rows)
		export_row(e, row);
	EXPECT_EQ(export_end(e), 3u);
	fclose(file);
	EXPECT_STREQ(text, "  n  words                end\n"
			   "  7  \\x1b]0;x\\x07\\u202e\xef\xbf\xbd  |\n"
			   "100  \xe4\xb8\xad\xe6\x96\x87                 |\n"
			   "\n");
	free(text);
	export_free(e);
}

TEST_F(LogTest, LongTablesAreStreamedAndWhole)
{
	static const char *const columns[] = { "n", nullptr };
	char *text = nullptr;
	size_t len = 0;
	FILE *file = open_memstream(&text, &len);
	Export *e = export_new(file, EXPORT_TABLE, columns, nullptr);

	for (gint64 i = 1; i <= 2500; i++) {
		Value n = value_int(i);

		export_row(e, &n);
	}
	export_end(e);
	fclose(file);
	out = text;
	free(text);
	export_free(e);
	ASSERT_EQ(lines().size(), 2501u);
	EXPECT_EQ(lines()[1], "   1");
	EXPECT_EQ(lines()[2500], "2500");
}

TEST_F(LogTest, BadWordsAreRefusedInOneSentence)
{
	const std::vector<std::pair<std::vector<std::string>, const char *>> cases = {
		{ {}, "expected attempts, units, unit, where" },
		{ { "attemts" }, "attemts: expected attempts" },
		{ { "attempts", "x" }, "expected nothing after it" },
		{ { "unit" }, "expected one word after it" },
		{ { "unit", "35693803564380x" }, "unit 35693803564380x: expected an IMEI" },
		{ { "unit", "3569380356438091" }, "expected an IMEI" },
		{ { "transcript", "-1" }, "" },
		{ { "transcript", "0" }, "transcript 0: expected the number of an attempt" },
		{ { "transcript", "4294967296" }, "expected the number of an attempt" },
		{ { "--format", "xml", "head" },
		  "--format xml: expected table, csv, json or ndjson" },
		{ { "attempts", "--outcome", "good" }, "--outcome good: expected pass" },
		{ { "attempts", "--imei", "%" }, "--imei %: expected" },
		{ { "attempts", "--limit", "0" }, "--limit 0: expected" },
		{ { "attempts", "--limit", "-1" }, "--limit -1: expected" },
		{ { "attempts", "--limit", "many" }, "many" },
		{ { "head", "--slot", "A3" }, "head takes no" },
		{ { "--bright", "head" }, "--bright" },
		{ { "--colour", "head", "head" }, "--colour head: expected auto" },
	};

	for (const auto &c : cases) {
		run(c.first);
		EXPECT_EQ(code, 64) << c.second;
		EXPECT_NE(err.find(c.second), std::string::npos) << err;
		EXPECT_EQ(out, "");
	}
}

TEST_F(LogTest, TheCodesForFilesThatAreNotTheRecord)
{
	auto code_for = [&](const std::string &file) {
		run({ "--db", file, "head" }, false);
		EXPECT_NE(err.find(file), std::string::npos) << err;
		return code;
	};
	std::string text = dir + "/text";

	EXPECT_EQ(code_for(dir + "/absent.db"), 66);
	ASSERT_EQ(g_mkdir((dir + "/empty").c_str(), 0700), 0);
	EXPECT_EQ(code_for(dir + "/empty"), 66);
	g_rmdir((dir + "/empty").c_str());
	ASSERT_TRUE(g_file_set_contents(text.c_str(), "", 0, nullptr));
	EXPECT_EQ(code_for(text), 73);
	ASSERT_TRUE(g_file_set_contents(text.c_str(), "text", 4, nullptr));
	EXPECT_EQ(code_for(text), 73);
	stop();
	asked("PRAGMA user_version = 2000");
	EXPECT_EQ(code_for(path), 73);
	EXPECT_NE(err.find("newer"), std::string::npos);
}

/* A record that was copied to where nothing can be made beside it. */
TEST_F(LogTest, ARecordWithoutItsLogSaysWhatToDo)
{
	stop();
	for (const char *end : { "-wal", "-shm" }) {
		g_remove((path + end).c_str());
		ASSERT_EQ(g_mkdir((path + end).c_str(), 0700), 0);
	}
	run({ "head" });
	EXPECT_EQ(code, 66);
	EXPECT_NE(err.find("a copy that fota-log backup made"), std::string::npos) << err;
	for (const char *end : { "-wal", "-shm" })
		g_rmdir((path + end).c_str());
}

TEST_F(LogTest, TheDatabaseIsFoundThroughTheConfiguration)
{
	std::string ini = dir + "/station.ini";
	auto head_with = [&](const char *text) {
		EXPECT_TRUE(g_file_set_contents(ini.c_str(), text, -1, nullptr));
		run({ "--config", dir, "head" }, false);
		return code;
	};

	run({ "--config", dir, "head" }, false);
	EXPECT_EQ(code, 66); /* no station.ini */
	EXPECT_NE(err.find("--db"), std::string::npos);
	EXPECT_EQ(head_with("[station]\nname = s\n"), 0); /* station.db beside it */
	EXPECT_EQ(head_with("[station]\ndatabase = other.db\n"), 66);
	EXPECT_NE(err.find(dir + "/other.db"), std::string::npos);
	EXPECT_EQ(head_with("[station]\ndatabase = station.db\n"), 0);
	EXPECT_EQ(head_with(("[station]\ndatabase = " + path + "\n").c_str()), 0);
}

TEST_F(LogTest, ItReadsAfterACleanStopAndMakesNoRecord)
{
	stop();
	EXPECT_EQ(answers({ "attempts" }, "attempt"), "3 2 1");
	run({ "head" });
	EXPECT_EQ(asked("SELECT count(*) FROM ledger"), asked("SELECT max(seq) FROM ledger"));
}

TEST_F(LogTest, AReaderThatGoesAwayEndsItInSilence)
{
	int ends[2];

	for (guint32 i = 10; i < 400; i++)
		live(i, i, IMEI, OUTCOME_PASS);
	flush();
	for (const char *format : { "table", "csv", "json", "ndjson" }) {
		std::string log = dir + "/stderr";
		int status = 0;

		ASSERT_EQ(pipe(ends), 0);
		close(ends[0]);
		pid_t child = fork();
		if (child == 0) {
			if (dup2(ends[1], STDOUT_FILENO) < 0 || !freopen(log.c_str(), "w", stderr))
				_exit(99);
			signal(SIGPIPE, SIG_DFL);
			execl(FOTA_LOG, "fota-log", "--db", path.c_str(), "--format", format,
			      "attempts", nullptr);
			_exit(99);
		}
		close(ends[1]);
		waitpid(child, &status, 0);
		EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
		struct stat st;
		ASSERT_EQ(stat(log.c_str(), &st), 0);
		EXPECT_EQ(st.st_size, 0);
	}
}

TEST_F(LogTest, ItLinksNothingThatADeskLacks)
{
	char *argv[] = { (char *)"ldd", (char *)FOTA_LOG, nullptr };
	char *o = nullptr;

	if (!g_spawn_sync(nullptr, argv, nullptr, G_SPAWN_SEARCH_PATH, nullptr, nullptr, &o,
			  nullptr, nullptr, nullptr))
		GTEST_SKIP() << "no ldd here";
	out = o;
	g_free(o);
	EXPECT_NE(out.find("libsqlite3"), std::string::npos) << out;
	for (const char *library : { "udev", "serialport", "ncurses", "tinfo", "soup" })
		EXPECT_EQ(out.find(library), std::string::npos) << library;
}
