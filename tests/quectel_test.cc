/* SPDX-License-Identifier: Apache-2.0
 *
 * Quectel's two procedures against what these modules really say: good, contradictory, broken. They know no port, no
 * database and no station. */
#include "lib/job.h"

#include "tests/quectel_unit.h"

namespace
{

using Lines = std::vector<std::string>;

const char qfupl[] = "AT+QFUPL=\"fota.pack\",5000,5,1";
const char qfdel[] = "AT+QFDEL=\"fota.pack\"";

/* ---- the good way ---- */

TEST(QuectelLocal, Good)
{
	QuectelUnit q;

	q.local();
	q.run_to_end();
	EXPECT_EQ("good", q.verdict());
	EXPECT_STREQ("MC65CAR01A02", q.result()->unit.revision);
	EXPECT_EQ((Lines{ "ATE0", "AT+CMEE=1", "AT+QFOTADL=?", "AT+IPR?", qfdel, "AT+QFLDS=\"UFS\"",
			  qfupl, "AT+GSN", "AT+QFOTADL=1", "AT", "ATE0", "AT+GSN", "AT+CGMM",
			  "AT+CFUN?", "AT+CGMR", qfdel }),
		  q.sent);
	EXPECT_EQ(q.bytes, q.payload);
	EXPECT_EQ(1u, q.told_count("remember 490154203237518/updates=+1"));
	EXPECT_STREQ("", q.result()->vendor_code);
	EXPECT_STREQ("", q.result()->detail);
}

TEST(QuectelHttp, Good)
{
	QuectelUnit q;

	q.reports_after = { "+QIND: \"FOTA\",\"HTTP START\"",
			    "+QIND: \"FOTA\",\"DOWNLOADING\",0%",
			    "+QIND: \"FOTA\",\"DOWNLOADING\",100%",
			    "+QIND: \"FOTA\",\"HTTPEND\",0",
			    "+PDP DEACT",
			    "+QIND: \"FOTA\",\"START\"",
			    "+QIND: \"FOTA\",\"UPDATING\", 2%",
			    "+QIND: \"FOTA\",\"UPDATING\", 100%",
			    "+QIND: \"FOTA\",\"END\",0" };
	q.says["AT+QIDEACT"] = lines("DEACT OK");
	q.http();
	q.run_to_end();
	EXPECT_EQ("good", q.verdict());
	EXPECT_EQ((Lines{ "ATE0",
			  "AT+CMEE=1",
			  "AT+QFOTADL=?",
			  "AT+IPR?",
			  "AT+CPIN?",
			  "AT+CGREG?",
			  "AT+CSQ",
			  "AT+QIDEACT",
			  "AT",
			  "AT+QIFGCNT=0",
			  "AT+QICSGP=1,${apn_args}",
			  "AT+QIREGAPP",
			  "AT+QIACT",
			  "AT+GSN",
			  "AT+QFOTADL=\"http://www.quectel.com:8111/DFOTA/A2B.pack\"",
			  "AT",
			  "ATE0",
			  "AT+GSN",
			  "AT+CGMM",
			  "AT+CFUN?",
			  "AT+CGMR",
			  "AT+QIDEACT",
			  "AT" }),
		  q.sent);
	EXPECT_TRUE(q.wire_has("AT+QICSGP=1,\"CMNET\"\r"));
	EXPECT_EQ("", q.payload);
	/* "DEACT OK" is the last word: 40 s are not waited for an OK that never comes. */
	EXPECT_GT(40 * SECOND, q.now - 1000 * SECOND);
}

/* What the package server has seen arrive is the row's progress and a sign of life; the end is for the unit to tell. */
TEST(QuectelHttp, WhatTheStationServesIsProgress)
{
	QuectelUnit q;
	JobSpec spec = q.spec("quectel-dfota-http");
	std::vector<int> percents;

	q.reports_after = { "+QIND: \"FOTA\",\"HTTPSTART\"" };
	spec.url = "http://192.0.2.7:8480/abcdefghijklmnopqrstuvwxyz234567";
	q.begin(spec);
	q.run_to_step("download");
	EXPECT_EQ(1u,
		  q.sent_count(
			  "AT+QFOTADL=\"http://192.0.2.7:8480/abcdefghijklmnopqrstuvwxyz234567\""));
	for (guint i = 1; i <= 7; i++) {
		q.run(100 * 1000);
		job_served(q.job, 500 * i, false, q.now);
	}
	EXPECT_EQ("open in download", q.verdict()) << "something arrived every 100 s";
	job_served(q.job, 5000, true, q.now);
	EXPECT_EQ("open in download", q.verdict());
	for (const std::string &line : q.told)
		if (g_str_has_prefix(line.c_str(), "progress download "))
			percents.push_back(std::stoi(line.substr(18)));
	ASSERT_EQ(9u, percents.size());
	/* 25 of a hundred are this row's: 99 % of them and not more. */
	EXPECT_EQ(24, percents.back() - percents.front());
	/* And nothing more: it is given up after its silence, not before. */
	q.run(110 * 1000);
	EXPECT_EQ("open in download", q.verdict());
}

TEST(QuectelHttp, WhoFetchedNothingIsToldApart)
{
	struct {
		guint64 bytes;
		const char *url, *detail;
	} cases[] = {
		{ 0, "http://192.0.2.7:8480/t",
		  "it fetched nothing from this station: does http://192.0.2.7:8480/t lead "
		  "here from its network?" },
		{ 1234, "http://192.0.2.7:8480/t", "1234 of 5000 bytes were fetched" },
		{ 0, nullptr, "" },
	};

	for (auto &c : cases) {
		QuectelUnit q;
		JobSpec spec = q.spec("quectel-dfota-http");

		q.reports_after = { "+QIND: \"FOTA\",\"HTTPSTART\"" };
		spec.url = c.url;
		q.begin(spec);
		q.run_to_step("download");
		q.run(2000);
		if (c.bytes > 0)
			job_served(q.job, c.bytes, false, q.now);
		q.say("+QIND: \"FOTA\",\"HTTPEND\",6503");
		q.run_to_end();
		EXPECT_EQ("DOWNLOAD_FAILED", q.verdict());
		EXPECT_STREQ(c.detail, q.result()->detail);
	}
}

TEST(QuectelHttp, TheVendorsTableHasItsOwnFormOfAddress)
{
	QuectelUnit q;

	q.model.behaviour = BEHAVIOUR_URL_TABLE;
	q.http();
	q.run_to_end();
	EXPECT_EQ(1u, q.sent_count("AT+QFOTADL=\"HTTP://www.quectel.com/8111/DFOTA/A2B.pack\""));
}

/* Tables, notes and examples of the document spell the same report in different ways. */
TEST(Quectel, EverySpellingOfTheReports)
{
	const std::vector<Lines> spellings = {
		{ "+QIND: \"FOTA\",\"START\"", "+QIND: \"FOTA\",\"UPDATING\",1",
		  "+QIND: \"FOTA\",\"END\",0" },
		{ "+QIND: \"FOTA\", \"START\"", "+QIND: \"FOTA\",\"UPDATING\",2%",
		  "+QIND: \"FOTA\",\"UPDATING\", 4%", "+QIND: \"FOTA\",\"END\", 0" },
		{ "+QIND:\"FOTA\",\"START\"", "+QIND:\"FOTA\",\"UPDATING\",0%",
		  "+QIND:\"FOTA\",\"END\",0" },
		{ "+qind: \"fota\",\"start\"", "+qind: \"fota\",\"updating\",7",
		  "+qind: \"fota\",\"end\",0" },
		/* not dense, never 100 */
		{ "+QIND: \"FOTA\",\"START\"", "+QIND: \"FOTA\",\"UPDATING\",93",
		  "+QIND: \"FOTA\",\"END\",0" },
		/* cut and garbled ones between */
		{ "+QIND: \"FO", "+QIND: \"FOTA\",\"UPDAT", "+QIND: \"FOTA\",\"UPDATING\",",
		  "+QIND: \"FOTA\",\"UPDATING\",999", "+QIND: \"FOTA\",\"RESTORE\",3",
		  "+QIND: \"FOTA\",\"END\"", "+QIND: \"FOTA\",\"END\",0" },
		/* no start at all */
		{ "+QIND: \"FOTA\",\"END\",0" },
	};

	for (const Lines &spelling : spellings) {
		QuectelUnit q;
		gint64 begun = q.now;

		q.reports_after = spelling;
		q.local();
		q.run_to_end();
		EXPECT_EQ("good", q.verdict()) << spelling[0];
		EXPECT_GT(20 * SECOND, q.now - begun) << spelling[0];
		EXPECT_EQ(0u, q.told_count("step-end flash 122")) << spelling[0];
	}
}

TEST(QuectelHttp, EverySpellingOfTheReports)
{
	const std::vector<Lines> spellings = {
		{ "+QIND: \"FOTA\",\"HTTPSTART\"", "+QIND: \"FOTA\",\"DOWNLOADING\",1",
		  "+QIND: \"FOTA\",\"HTTPEND\",0", "+PDP DEACT", "+QIND: \"FOTA\",\"START\"",
		  "+QIND: \"FOTA\",\"END\",0" },
		{ "+QIND: \"FOTA\", \"HTTP START\"", "+QIND: \"FOTA\",\"DOWNLOADING\", 50%",
		  "+QIND: \"FOTA\",\"HTTPEND\", 0", "+QIND: \"FOTA\",\"UPDATING\", 2%",
		  "+QIND: \"FOTA\",\"END\", 0" },
		/* the end of the download is lost */
		{ "+QIND: \"FOTA\",\"HTTPSTART\"", "+QIND: \"FOTA\",\"START\"",
		  "+QIND: \"FOTA\",\"END\",0" },
		{ "+QIND: \"FOTA\",\"HTTPSTART\"", "+QIND: \"FOTA\",\"UPDATING\",3",
		  "+QIND: \"FOTA\",\"END\",0" },
		{ "+QIND: \"FOTA\",\"HTTPSTART\"", "+QIND: \"FOTA\",\"END\",0" },
	};

	for (const Lines &spelling : spellings) {
		QuectelUnit q;

		q.reports_after = spelling;
		q.http();
		q.run_to_end();
		EXPECT_EQ("good", q.verdict()) << spelling[1];
		EXPECT_EQ(0u, q.told_count("step-end download 405") +
				      q.told_count("step-end flash 122"))
			<< spelling[1];
	}
}

TEST(Quectel, EchoStaysOnForTheFirstCommandOnly)
{
	QuectelUnit q;
	bool echo = true;

	q.unit = [&](const std::string &command) {
		std::string said = q.answer_to(command);

		if (echo)
			said = command + "\r" + said;
		if (command == "ATE0")
			echo = false;
		if (command == "AT+QFOTADL=1")
			echo = true;
		return said;
	};
	q.local();
	q.run_to_end();
	EXPECT_EQ("good", q.verdict());
}

/* ---- preflight ---- */

TEST(Quectel, OldFirmwareHasNoDfota)
{
	for (const char *error :
	     { "ERROR", "+CME ERROR: 4", "+CME ERROR: operation not supported" }) {
		QuectelUnit q;

		q.says["AT+QFOTADL=?"] = lines(error);
		q.local();
		q.run_to_end();
		EXPECT_EQ("NO_DFOTA", q.verdict()) << error;
		EXPECT_STREQ("preflight", q.result()->step);
		EXPECT_EQ(0u, q.payload.size());
	}
}

TEST(Quectel, SomeCommandsMayBeMissing)
{
	for (const char *command : { "AT+CMEE=1", "AT+IPR?", qfdel, "AT+QFLDS=\"UFS\"" }) {
		QuectelUnit q;

		q.says[command] = lines("ERROR");
		q.local();
		q.run_to_end();
		EXPECT_EQ("good", q.verdict()) << command;
		EXPECT_STREQ("", q.result()->vendor_code);
	}
}

TEST(QuectelLocal, NoRoom)
{
	QuectelUnit q;

	q.says["AT+QFLDS=\"UFS\""] = ok("+QFLDS: 4999,1000000");
	q.local();
	q.run_to_end();
	EXPECT_EQ("NO_SPACE", q.verdict());
	EXPECT_STREQ("4999 bytes free, the package has 5000", q.result()->detail);
	EXPECT_EQ("", q.payload);
	EXPECT_EQ(qfdel, q.sent.back());
}

TEST(QuectelLocal, RoomForExactlyThePackage)
{
	QuectelUnit q;

	q.says["AT+QFLDS=\"UFS\""] = ok("+QFLDS: 5000,1000000");
	q.local();
	q.run_to_end();
	EXPECT_EQ("good", q.verdict());
}

/* ---- upload ---- */

/* 407 is what other families say; words instead of numbers when error mode 2 cannot be left. */
TEST(QuectelLocal, AFileThatExistsIsDeletedAndSentAgain)
{
	for (const char *error : { "+CME ERROR: 407", "+CME ERROR: 3921", "+CME ERROR: 4012",
				   "+CME ERROR: file already exist" }) {
		QuectelUnit q;

		q.once[qfupl] = { lines(error) };
		q.local();
		q.run_to_end();
		EXPECT_EQ("good", q.verdict()) << error;
		EXPECT_EQ(2u, q.sent_count(qfupl)) << error;
		EXPECT_EQ(3u, q.sent_count(qfdel)) << error;
		EXPECT_STREQ("", q.result()->vendor_code) << error;
	}
}

TEST(QuectelLocal, AFileThatCannotBeDeletedIsAFault)
{
	QuectelUnit q;

	q.says[qfupl] = lines("+CME ERROR: 4012");
	q.says[qfdel] = lines("+CME ERROR: 4006");
	q.local();
	q.run_to_end();
	EXPECT_EQ("FILE_ERROR", q.verdict());
	EXPECT_STREQ("4012", q.result()->vendor_code);
	EXPECT_STREQ("File already exist", q.result()->vendor_words);
	EXPECT_EQ(3u, q.sent_count(qfupl));
}

TEST(QuectelLocal, DamagedUploads)
{
	struct {
		const char *what, *answer, *fault, *code;
	} cases[] = {
		{ "short", "+QFUPL: 4096,1", "UPLOAD_LOST", "" },
		{ "wrong sum", "+QFUPL: 5000,ffff", "UPLOAD_DAMAGED", "" },
		{ "no result", "", "UPLOAD_LOST", "" },
		{ "garbled result", "+QFUPL: 5000", "UPLOAD_LOST", "" },
	};

	for (auto &c : cases) {
		QuectelUnit q;

		q.uploaded = ok(c.answer);
		q.local();
		q.run_to_end();
		EXPECT_EQ(c.fault, q.verdict()) << c.what;
		EXPECT_EQ(3u, q.sent_count(qfupl)) << c.what;
		EXPECT_EQ(0u, q.sent_count("AT+QFOTADL=1")) << c.what;
		EXPECT_EQ(qfdel, q.sent.back()) << c.what;
	}
}

TEST(QuectelLocal, AWrongSumThenARightOne)
{
	QuectelUnit q;

	q.uploaded = ok("+QFUPL: 5000,ffff");
	q.local();
	q.run_while([&] { return q.sent_count(qfdel) < 2; });
	q.payload_answer = q.acks() + QuectelUnit::result_of(5000, q.sum());
	q.run_to_end();
	EXPECT_EQ("good", q.verdict());
	EXPECT_EQ(2u, q.sent_count(qfupl));
	EXPECT_STREQ("", q.result()->detail);
}

/* Leading zeros are dropped, and either case is printed. */
TEST(QuectelLocal, SumsAreNumbers)
{
	for (const char *format : { "+QFUPL: %u,%x", "+QFUPL: %u,%04X", "+QFUPL: %u, %X" }) {
		QuectelUnit q;
		g_autofree char *text = nullptr;

		q.bytes[0] ^= (char)(q.sum() >> 8);
		ASSERT_GT(0x100, q.sum());
		text = g_strdup_printf(format, 5000u, q.sum());
		q.uploaded = ok(text);
		q.local();
		q.run_to_end();
		EXPECT_EQ("good", q.verdict()) << text;
	}
}

TEST(QuectelLocal, ErrorsOfTheUploadHaveTheVendorsWords)
{
	struct {
		guint code;
		const char *fault, *words;
	} cases[] = {
		{ 3916, "NO_SPACE", "UFS full" },
		{ 4009, "UPLOAD_LOST", "Time out" },
		{ 4011, "PACKAGE_TOO_LARGE", "File too large" },
		{ 3923, "FILE_ERROR", "Failed to write the file" },
		{ 9999, "UPLOAD_LOST", "" },
	};

	for (auto &c : cases) {
		QuectelUnit q;

		q.says[qfupl] = lines("+CME ERROR: " + std::to_string(c.code));
		q.local();
		q.run_to_end();
		EXPECT_EQ(c.fault, q.verdict()) << c.code;
		EXPECT_EQ(std::to_string(c.code), q.result()->vendor_code);
		EXPECT_STREQ(c.words, q.result()->vendor_words);
		EXPECT_STREQ("upload", q.result()->step);
	}
}

TEST(QuectelLocal, AnUploadThatNobodyAcknowledgesIsTriedAgain)
{
	QuectelUnit q;

	q.local();
	q.payload_due = 0;
	q.run_to_step("upload");
	q.run(40 * 1000);
	q.payload_due = q.bytes.size();
	q.run_to_end();
	EXPECT_EQ("good", q.verdict());
	EXPECT_LE(2u, q.sent_count(qfupl));
}

/* An exact multiple of the acknowledged block, one byte, and one block more or less. */
TEST(QuectelLocal, AnySize)
{
	for (gsize size : { 1, 1023, 1024, 1025, 2048, 4096, 4097, 65536 }) {
		QuectelUnit q(size);

		q.local();
		q.run_to_end();
		EXPECT_EQ("good", q.verdict()) << size;
		EXPECT_EQ(q.bytes, q.payload) << size;
	}
}

/* A pause beside "+++" ends the upload: no write ends or begins there. */
TEST(QuectelLocal, NoCutBesideAPlus)
{
	for (gsize around : { 4090, 4094, 4095, 4096, 4097, 8192 }) {
		QuectelUnit q(20000);

		for (gsize i = 0; i < 6; i++)
			q.bytes[around + i] = '+';
		q.local();
		q.run_to_end();
		EXPECT_EQ("good", q.verdict());
		EXPECT_EQ(q.bytes, q.payload);
		EXPECT_LE(4u, q.cuts.size());
		for (gsize cut : q.cuts) {
			EXPECT_NE('+', q.bytes[cut - 1]) << around;
			EXPECT_TRUE(cut == q.bytes.size() || q.bytes[cut] != '+') << around;
		}
	}
}

} // namespace
