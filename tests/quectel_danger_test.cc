/* SPDX-License-Identifier: Apache-2.0
 *
 * Quectel's dangerous stretch: refusals, lost words, reboots, power cuts, speeds, units that are found in the middle of it.
 * They know no port, no database and no station. */
#include "lib/job.h"
#include "lib/slot.h"

#include "tests/quectel_unit.h"

namespace
{

using Lines = std::vector<std::string>;

const char other_imei[] = "356136073296560";
const char qfdel[] = "AT+QFDEL=\"fota.pack\"";

/* The common check of a driver's unit hears its reports: what begins to update is left to it. */
TEST(Quectel, ACheckOfWhatBeginsToUpdate)
{
	QuectelUnit q;
	JobSpec spec = q.spec("quectel-dfota-local");

	spec.procedure = procedure_find("check", nullptr);
	spec.package = nullptr;
	q.begin(spec);
	q.say("+QIND: \"FOTA\",\"START\"");
	q.sent.clear();
	q.run_to_end();
	EXPECT_EQ("UPDATING", q.verdict());
	EXPECT_EQ(0u, q.sent.size());
	EXPECT_EQ(ORDER_DO_NOT_TOUCH,
		  slot_order(SLOT_FAILED, false, OUTCOME_FAIL, q.result()->fault));
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
		EXPECT_EQ(updated ? "good" : "NO_START", q.verdict());
	}
}

/* The OK is lost and the unit answers AT until it begins, half a minute later: it is listened to, not asked. */
TEST(Quectel, WhatMayHaveBegunIsNotAsked)
{
	QuectelUnit q;

	q.local();
	q.run_to_held();
	q.by_hand = false;
	q.says["AT+QFOTADL=1"] = "\r\n";
	q.later(40000, lines("+QIND: \"FOTA\",\"START\""));
	q.later(50000, lines("+QIND: \"FOTA\",\"END\",0"));
	q.run(1000);
	q.sent.clear();
	q.run(38000);
	EXPECT_EQ(0u, q.sent.size());
	EXPECT_STREQ("flash", job_step_name(q.job));
	q.revision = "MC65CAR01A02";
	q.run_to_end();
	EXPECT_EQ("good", q.verdict());
}

/* The refusal comes after the time of its command. */
TEST(Quectel, ALateRefusalIsOne)
{
	QuectelUnit q;

	q.local();
	q.run_to_held();
	q.by_hand = false;
	q.says["AT+QFOTADL=1"] = "\r\n";
	q.later(20000, lines("+CME ERROR: 6507"));
	q.run_to_end();
	EXPECT_EQ("PACKAGE_REJECTED", q.verdict());
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

/* Right before the danger a unit says who it is in whatever spelling it knows; one that answers, but not that, has not fallen
 * silent. */
TEST(Quectel, WhoIsAskedBeforeTheDanger)
{
	const std::string error = lines("+CME ERROR: operation not allowed");
	const struct {
		std::string gsn, cgsn, qgsn;
		const char *verdict, *words;
	} table[] = {
		{ error, ok("490154203237518"), error, "good", "" },
		{ error, error, ok("+QGSN: \"490154203237518\""), "good", "" },
		{ error, error, error, "COMMAND_REFUSED", "operation not allowed" },
		{ ok(), ok(), ok(), "BAD_IMEI", "" },
		{ "", "", "", "NO_ANSWER", "" },
	};

	for (const char *procedure : { "quectel-dfota-local", "quectel-dfota-http" }) {
		for (const auto &row : table) {
			QuectelUnit q;

			q.says["AT+GSN"] = row.gsn;
			q.says["AT+CGSN"] = row.cgsn;
			q.says["AT+QGSN"] = row.qgsn;
			q.begin(q.spec(procedure));
			q.run_to_end();
			EXPECT_EQ(row.verdict, q.verdict()) << procedure;
			EXPECT_STREQ(row.words, q.result()->vendor_words) << procedure;
		}
	}
}

} // namespace
