/* SPDX-License-Identifier: Apache-2.0
 *
 * Quectel's two procedures against what these modules really say: good, contradictory, broken. They know no port, no
 * database and no station. */
#include "lib/job.h"

#include "tests/quectel_unit.h"

namespace
{

using Lines = std::vector<std::string>;

const char other_imei[] = "356136073296560";
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

/* ---- the dangerous stretch ---- */

TEST(Quectel, RefusalsHaveTheVendorsWords)
{
	struct {
		guint code;
		const char *fault, *words;
	} cases[] = {
		{ 6500, "UPDATE_FAILED", "Unknown error" },
		{ 6501, "COMMAND_REFUSED", "Invalid parameter" },
		{ 6502, "PACKAGE_TOO_LARGE", "Package too large" },
		{ 6503, "DOWNLOAD_FAILED", "Download failed" },
		{ 6504, "PACKAGE_NOT_FOUND", "Package not found" },
		{ 6505, "FLASH_WRITE", "Write file failed" },
		{ 6506, "PACKAGE_NOT_FOUND", "Package not exist" },
		{ 6507, "PACKAGE_REJECTED", "Package error" },
		{ 6508, "UPDATE_FAILED", "Update failed" },
		{ 6509, "NO_MEMORY", "No memory" },
	};

	for (auto &c : cases) {
		QuectelUnit refused, ended, download;
		std::string code = std::to_string(c.code);

		/* at once */
		refused.says["AT+QFOTADL=1"] = lines("+CME ERROR: " + code);
		refused.local();
		/* in the end */
		ended.updates = false;
		ended.reports_after = { "+QIND: \"FOTA\",\"START\"",
					"+QIND: \"FOTA\",\"END\"," + code };
		ended.local();
		/* of the download */
		download.updates = false;
		download.reports_after = { "+QIND: \"FOTA\",\"HTTPSTART\"",
					   "+QIND: \"FOTA\",\"HTTPEND\"," + code, "+PDP DEACT" };
		download.http();
		for (QuectelUnit *q : { &refused, &ended, &download }) {
			q->run_to_end();
			EXPECT_EQ(c.fault, q->verdict()) << code;
			EXPECT_EQ(code, q->result()->vendor_code);
			EXPECT_STREQ(c.words, q->result()->vendor_words);
			EXPECT_FALSE(q->result()->unknown);
			EXPECT_EQ(1u, q->sent_count(q == &download ? "AT+QIACT" : "AT+QFOTADL=1"));
			/* The module goes on with the version it has: that is read, but after a refusal. */
			EXPECT_EQ(q != &refused, q->result()->version_read) << code;
			EXPECT_STREQ("MC65CAR01A01", q->result()->unit.revision);
		}
		EXPECT_STREQ("apply", refused.result()->step);
		EXPECT_STREQ("flash", ended.result()->step);
		EXPECT_STREQ("download", download.result()->step);
		EXPECT_EQ(qfdel, ended.sent.back());
		EXPECT_EQ("AT+QIDEACT", download.sent.back());
	}
}

TEST(Quectel, ABareErrorIsNoStart)
{
	QuectelUnit q;

	q.says["AT+QFOTADL=1"] = lines("ERROR");
	q.local();
	q.run_to_end();
	EXPECT_EQ("NO_START", q.verdict());
}

TEST(Quectel, TheOkIsLostInTheReboot)
{
	QuectelUnit q;

	q.local();
	q.run_to_held();
	q.by_hand = false;
	q.says["AT+QFOTADL=1"] = "\r\n";
	q.later(3000, lines("+QIND: \"FOTA\",\"START\""));
	q.later(4000, lines("+QIND: \"FOTA\",\"UPDATING\",50%"));
	q.later(9000, lines("+QIND: \"FOTA\",\"END\",0"));
	q.revision = "MC65CAR01A02";
	q.run(2900);
	EXPECT_STREQ("apply", job_step_name(q.job));
	q.run(200);
	EXPECT_STREQ("flash", job_step_name(q.job));
	q.run_to_end();
	EXPECT_EQ("good", q.verdict());
}

/* Not even a report: the reboot swallowed all of it. */
TEST(Quectel, NothingIsHeardAndTheVersionDecides)
{
	for (bool updated : { true, false }) {
		QuectelUnit q;

		q.says["AT+QFOTADL=1"] = "\r\n";
		q.local();
		q.run_to_held();
		q.by_hand = false;
		if (updated)
			q.revision = "MC65CAR01A02";
		q.run_to_end();
		EXPECT_EQ(updated ? "good" : "WRONG_VERSION", q.verdict());
	}
}

TEST(Quectel, StartBeforeTheOk)
{
	QuectelUnit q;

	q.says["AT+QFOTADL=1"] = lines("+QIND: \"FOTA\",\"START\"") + ok();
	q.local();
	q.run_to_step("flash");
	q.revision = "MC65CAR01A02";
	q.run(5000);
	q.say("+QIND: \"FOTA\",\"END\",0");
	q.run_to_end();
	EXPECT_EQ("good", q.verdict());
}

/* 7..47, a reboot, 60..96: seen in the field. */
TEST(Quectel, TwoRebootsInOneUpdate)
{
	QuectelUnit q;

	q.reports_after = { "+QIND: \"FOTA\",\"START\"", "+QIND: \"FOTA\",\"UPDATING\",7",
			    "+QIND: \"FOTA\",\"UPDATING\",47", "RDY" };
	q.local();
	q.run_to_step("flash");
	q.unit = [](const std::string &) { return std::string(); };
	q.run(30 * 1000);
	EXPECT_STREQ("return", job_step_name(q.job));
	q.say("+QIND: \"FOTA\",\"UPDATING\",60");
	q.say("+QIND: \"FOTA\",\"UPDATING\",96");
	EXPECT_STREQ("flash", job_step_name(q.job));
	q.say("+QIND: \"FOTA\",\"END\",0");
	q.unit = [&q](const std::string &command) { return q.answer_to(command); };
	q.run_to_end();
	EXPECT_EQ("good", q.verdict());
}

/* The current fails, comes back minutes later, and the module goes on by itself. */
TEST(Quectel, PowerCutAndResume)
{
	QuectelUnit q;

	q.reports_after = { "+QIND: \"FOTA\",\"START\"", "+QIND: \"FOTA\",\"UPDATING\",30%" };
	q.updates = false;
	q.local();
	q.run_to_step("flash");
	q.run(1500);
	q.unit = [](const std::string &) { return std::string(); };
	q.run(300 * 1000);
	EXPECT_STREQ("return", job_step_name(q.job));
	q.feed(std::string("\0\xff~", 3));
	q.say("+QIND: \"FOTA\", \"START\"");
	EXPECT_STREQ("flash", job_step_name(q.job));
	q.say("+QIND: \"FOTA\",\"UPDATING\", 32%");
	q.run(60 * 1000);
	q.say("+QIND: \"FOTA\", \"END\", 0");
	q.revision = "MC65CAR01A02";
	q.unit = [&q](const std::string &command) { return q.answer_to(command); };
	q.run_to_end();
	EXPECT_EQ("good", q.verdict());
	EXPECT_EQ(1u, q.sent_count("AT+QFOTADL=1"));
}

TEST(Quectel, NeverAnswersAgain)
{
	QuectelUnit q;

	q.reports_after = { "+QIND: \"FOTA\",\"START\"" };
	q.local();
	q.run_to_step("flash");
	q.unit = [](const std::string &) { return std::string(); };
	q.run_to_end();
	EXPECT_EQ("FLASH_SILENT", q.verdict());
	EXPECT_TRUE(q.result()->unknown);
	EXPECT_EQ("AT", q.sent.back());
}

/* It answers only with the speed that it was set to before, or only at the usual one. */
TEST(Quectel, TheSpeedAfterTheUpdate)
{
	struct {
		const char *ipr;
		guint before, flash, after;
	} cases[] = {
		{ "+IPR: 115200", 115200, 115200, 115200 }, { "+IPR: 9600", 9600, 9600, 9600 },
		{ "+IPR: 9600", 9600, 9600, 115200 }, /* settings lost */
		{ "+IPR: 0", 9600, 115200, 115200 },        { "+IPR: 0", 9600, 115200, 9600 },
		{ "+IPR: 0", 115200, 115200, 115200 },
	};

	for (auto &c : cases) {
		QuectelUnit q;
		guint speed = c.before;

		q.pipe.baud = c.before;
		q.says["AT+IPR?"] = ok(c.ipr);
		q.reports_after.clear();
		q.unit = [&](const std::string &command) {
			return q.pipe.baud == speed ? q.answer_to(command)
						    : std::string("\xff\xfe");
		};
		q.local();
		q.run_to_step("flash");
		speed = c.flash;
		q.run(3000);
		EXPECT_EQ(c.flash, q.pipe.baud) << c.ipr;
		q.say("+QIND: \"FOTA\",\"START\"");
		q.run(3000);
		q.say("+QIND: \"FOTA\",\"END\",0");
		speed = c.after;
		q.run_to_end();
		EXPECT_EQ("good", q.verdict()) << c.ipr << " " << c.after;
		EXPECT_EQ(c.after, q.pipe.baud);
	}
}

/* With an adaptive rate the port follows also where a report came before the OK, and the other way round. */
TEST(Quectel, AdaptiveSpeedAndAnEarlyStart)
{
	QuectelUnit q;

	q.pipe.baud = 9600;
	q.says["AT+IPR?"] = ok("+IPR: 0");
	q.says["AT+QFOTADL=1"] = lines("+QIND: \"FOTA\",\"START\"") + ok();
	q.local();
	q.run_to_step("flash");
	EXPECT_EQ(115200u, q.pipe.baud);
}

/* Where it is heard later is where it speaks, whatever was expected. */
TEST(Quectel, AdaptiveSpeedIsFollowedOnce)
{
	QuectelUnit q;

	q.pipe.baud = 9600;
	q.says["AT+IPR?"] = ok("+IPR: 0");
	q.reports_after.clear();
	q.local();
	q.run_to_step("flash");
	q.unit = [](const std::string &) { return std::string(); };
	q.run_to_step("return");
	q.run_while([&] { return q.pipe.baud != 9600; }, 60);
	q.say("+QIND: \"FOTA\",\"UPDATING\",3%");
	EXPECT_STREQ("flash", job_step_name(q.job));
	EXPECT_EQ(9600u, q.pipe.baud);
}

TEST(Quectel, AdoptedInTheMiddle)
{
	for (const char *heard : { "+QIND: \"FOTA\",\"START\"", "+QIND: \"FOTA\",\"UPDATING\", 2%",
				   "+QIND: \"FOTA\",\"DOWNLOADING\",40%" }) {
		QuectelUnit q;
		JobSpec s = q.spec("quectel-dfota-local");

		s.adopted = true;
		s.package = nullptr;
		s.model = nullptr;
		s.target = nullptr;
		s.unit = Unit{};
		s.unit.cfun = -1;
		q.revision = "MC65CAR01A02";
		q.begin(s);
		q.say(heard);
		q.say("+QIND: \"FOTA\",\"HTTPEND\",0");
		q.run(10 * 1000);
		EXPECT_EQ("", q.pipe.written) << heard;
		q.say("+QIND: \"FOTA\",\"END\",0");
		q.run_to_end();
		EXPECT_EQ("good", q.verdict()) << heard;
		EXPECT_STREQ("MC65CAR01A02", q.result()->unit.revision);
		EXPECT_STREQ("490154203237518", q.result()->unit.imei);
		EXPECT_EQ(
			(Lines{ "AT", "ATE0", "AT+GSN", "AT+CGMM", "AT+CFUN?", "AT+CGMR", qfdel }),
			q.sent);
		EXPECT_EQ(0u, q.told_count("remember 490154203237518/updates=+1"));
	}
}

TEST(Quectel, AdoptedAndItFails)
{
	QuectelUnit q;
	JobSpec s = q.spec("quectel-dfota-local");

	s.adopted = true;
	s.target = nullptr;
	q.begin(s);
	q.say("+QIND: \"FOTA\",\"HTTPEND\",6503");
	q.run_to_end();
	EXPECT_EQ("DOWNLOAD_FAILED", q.verdict());
	EXPECT_TRUE(q.result()->version_read);
}

TEST(Quectel, AdoptedWithoutAnIdentity)
{
	for (const std::string &said : { lines("ERROR"), ok("000000000000000"), ok() }) {
		QuectelUnit q;
		JobSpec s = q.spec("quectel-dfota-local");

		s.adopted = true;
		s.target = nullptr;
		s.unit = Unit{};
		q.says["AT+GSN"] = said;
		q.says["AT+CGSN"] = said;
		q.begin(s);
		q.say("+QIND: \"FOTA\",\"END\",0");
		q.run_to_end();
		EXPECT_EQ("BAD_IMEI", q.verdict()) << said;
	}
}

/* ---- a unit that leaves ---- */

TEST(Quectel, AnotherUnitBeforeTheDanger)
{
	QuectelUnit q;

	q.local();
	q.run_to_step("upload");
	q.says["AT+GSN"] = ok(other_imei);
	q.run_to_end();
	EXPECT_EQ("UNIT_LEFT", q.verdict());
	EXPECT_TRUE(q.result()->stranger);
	EXPECT_FALSE(q.result()->unknown);
	EXPECT_EQ(0u, q.sent_count("AT+QFOTADL=1"));
	EXPECT_EQ("AT+GSN", q.sent.back());
}

} // namespace
