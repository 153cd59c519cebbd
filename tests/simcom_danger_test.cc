/* SPDX-License-Identifier: Apache-2.0
 *
 * SIMCom's dangerous stretch: flags that prove nothing, reports or none, devices that leave once or twice, what comes back. They
 * know no port, no database and no station. */
#include "lib/drivers/drivers.h"

#include "tests/simcom_unit.h"

namespace
{

using Lines = std::vector<std::string>;

const SimcomUnit::Family both[] = { SimcomUnit::S7000, SimcomUnit::S7080 };

/* ---- the flag before ---- */

TEST(SimcomFlag, OldOnesAreRememberedAndCleared)
{
	for (auto family : both)
		for (guint flag : { 6u, 7u, 8u }) {
			SimcomUnit s(family);

			s.flag = flag;
			s.local();
			s.run_to_end();
			EXPECT_EQ("good", s.verdict()) << flag;
			EXPECT_EQ(std::to_string(flag), s.record["869951037023870/cfota"]);
			EXPECT_EQ("AT+CFOTA=0", s.sent[3]);
		}
}

/* Last year's 6, and an update that never begins. */
TEST(SimcomFlag, ASuccessOfLastYearIsNone)
{
	for (const char *cleared : { "\r\nOK\r\n", "\r\nERROR\r\n" }) {
		SimcomUnit s;

		s.says["AT+CFOTA=0"] = cleared;
		s.says["AT+CFOTA?"] = ok("+CFOTA: 6");
		s.says["AT+CFOTA=1"] = ok();
		s.local();
		s.run_to_end();
		EXPECT_EQ("NO_START", s.verdict());
		EXPECT_TRUE(s.result()->version_read);
	}
}

/* Nor is a failure of last year one of today. */
TEST(SimcomFlag, AFailureOfLastYearIsNone)
{
	for (bool says : { false, true }) {
		SimcomUnit s;

		s.says["AT+CFOTA=0"] = lines("ERROR");
		s.says["AT+CFOTA?"] = ok("+CFOTA: 7");
		if (!says)
			s.once["AT+CFOTA?"] = { ok() };
		s.says["AT+CFOTA=1"] = ok();
		s.local();
		s.run_to_end();
		EXPECT_EQ("NO_START", s.verdict()) << says;
		EXPECT_STREQ("", s.result()->vendor_code);
	}
}

TEST(SimcomFlag, AFailedRecoveryIsRefusedBeforeAnyTransfer)
{
	for (guint flag : { 3u, 5u }) {
		SimcomUnit s(SimcomUnit::S7000), other(SimcomUnit::S7080);

		s.flag = other.flag = flag;
		s.http();
		s.run_to_end();
		EXPECT_EQ("RECOVERY_FAILED", s.verdict());
		EXPECT_EQ(std::to_string(flag), s.result()->vendor_code);
		EXPECT_EQ(0u, s.sent_count("AT+CNACT?"));
		/* The next visit is to see it too. */
		EXPECT_EQ(0u, s.sent_count("AT+CFOTA=0"));
		/* The other families have no such flags. */
		other.local();
		other.run_to_end();
		EXPECT_EQ("good", other.verdict());
	}
}

/* Nothing is sent to it until it has had time to end. */
TEST(SimcomFlag, AnUpdateThatRunsIsListenedTo)
{
	for (guint flag : { 1u, 2u, 4u }) {
		SimcomUnit s(SimcomUnit::S7000);

		s.flag = flag;
		s.local();
		s.run_to_step("flash");
		s.sent.clear();
		s.happens(60000, [&] { s.detach(); });
		s.happens(80000, [&] {
			s.become();
			s.attach();
		});
		s.run(79000);
		EXPECT_EQ(0u, s.sent.size()) << flag;
		s.run_to_end();
		EXPECT_EQ("good", s.verdict()) << flag;
		EXPECT_EQ(0u, s.sent_count("AT+CFOTA=1"));
		EXPECT_EQ("", s.payload);
	}
}

/* Nobody is asked for leave to listen, so nothing that ends a wait for the record can touch it. */
TEST(SimcomFlag, AnUpdateThatRunsWaitsForNoRecord)
{
	SimcomUnit s(SimcomUnit::S7000);

	s.by_hand = true;
	s.model.update_limit = 800;
	s.flag = 4;
	s.local();
	s.run_to_step("flash");
	EXPECT_FALSE(job_held(s.job));
	EXPECT_TRUE(job_in_danger(s.job));
	EXPECT_FALSE(job_cancel(s.job, FAULT_STOPPED, s.now));
	/* And it is no update of ours that is counted. */
	EXPECT_EQ(0u, s.told_count("remember 869951037023870/updates=+1"));
	EXPECT_EQ(1u, s.told_count("danger flash 1"));
}

/* The intent waits for the record, and meanwhile it begins by itself. */
TEST(SimcomFlag, WhatBeginsWhileTheIntentWaitsIsListenedTo)
{
	for (int way = 0; way < 3; way++) {
		SimcomUnit s;

		s.local();
		s.run_to_held();
		s.sent.clear();
		s.say("+CFOTA: \"Start to update\"");
		if (way == 0)
			EXPECT_FALSE(job_cancel(s.job, FAULT_STOPPED, s.now));
		else if (way == 1)
			job_release(s.job, false, s.now);
		else
			s.detach();
		EXPECT_STREQ("flash", job_step_name(s.job)) << way;
		EXPECT_TRUE(job_in_danger(s.job)) << way;
		EXPECT_EQ(0u, s.sent.size()) << way;
	}
}

/* Behind the return it is asked something, and begins again before it answers. */
TEST(SimcomFlag, ALateErrorIsNoWordAboutASecondUpdate)
{
	SimcomUnit s;

	s.says["AT+CGMM"] = "\r\n";
	s.local();
	s.run_to_step("same-model");
	s.run(100);
	s.say("+CFOTA: \"Updating\",3");
	EXPECT_STREQ("flash", job_step_name(s.job));
	s.say("ERROR");
	s.sent.clear();
	s.run(20000);
	EXPECT_STREQ("flash", job_step_name(s.job));
	EXPECT_EQ(0u, s.sent.size());
}

/* It says for ever that it updates: bounded, but no verdict, and nothing is deleted under it. */
TEST(SimcomFlag, AFlagThatStaysIsNoVerdict)
{
	for (bool updates : { false, true })
		for (guint running : { 1u, 2u, 4u }) {
			SimcomUnit s(SimcomUnit::S7000);

			s.updates = updates;
			s.flag_after = running;
			s.local();
			s.run_to_step("flash");
			s.sent.clear();
			s.run_to_end();
			EXPECT_EQ("FLASH_SILENT", s.verdict()) << running;
			EXPECT_TRUE(s.result()->unknown);
			EXPECT_EQ(0u, s.sent_count("AT+CFSTERM"));
			EXPECT_EQ(0u, s.sent_count("AT+CFOTA=0"));
		}
	SimcomUnit found;

	found.says["AT+CFOTA?"] = ok("+CFOTA: 1");
	found.local();
	found.run_to_end();
	EXPECT_EQ("FLASH_SILENT", found.verdict());
	EXPECT_EQ(0u, found.sent_count("AT+CFOTA=1"));
	EXPECT_EQ(0u, found.sent_count("AT+CFOTA=0"));
}

TEST(SimcomFlag, FirmwareThatSaysNothingOfIt)
{
	SimcomUnit s, old;

	s.says["AT+CFOTA?"] = ok();
	s.local();
	s.run_to_end();
	EXPECT_EQ("good", s.verdict());
	EXPECT_EQ(1u, s.sent_count("AT+CFOTA=0")); /* to leave it clean */
	old.says["AT+CFOTA?"] = lines("ERROR");
	old.local();
	old.run_to_end();
	EXPECT_EQ("NO_DFOTA", old.verdict());
	EXPECT_EQ(0u, old.sent_count("AT+CFSINIT"));
}

/* ---- the flag after ---- */

TEST(SimcomFlag, AfterTheUpdateItSupportsAndDecidesNothing)
{
	const struct {
		SimcomUnit::Family family;
		guint flag;
		bool updated;
		const char *verdict, *code;
	} cases[] = {
		{ SimcomUnit::S7080, 6, true, "good", "" },
		{ SimcomUnit::S7080, 7, true, "good", "" },
		{ SimcomUnit::S7080, 8, true, "good", "" },
		{ SimcomUnit::S7080, 6, false, "WRONG_VERSION", "" },
		{ SimcomUnit::S7080, 7, false, "UPDATE_FAILED", "7" },
		{ SimcomUnit::S7080, 8, false, "WRONG_VERSION", "" },
		{ SimcomUnit::S7000, 3, false, "RECOVERY_FAILED", "3" },
		{ SimcomUnit::S7000, 5, false, "RECOVERY_FAILED", "5" },
		{ SimcomUnit::S7080, 3, false, "WRONG_VERSION", "" },
	};

	for (auto &c : cases) {
		SimcomUnit s(c.family);

		s.flag_after = c.flag;
		s.updates = c.updated;
		s.local();
		s.run_to_end();
		EXPECT_EQ(c.verdict, s.verdict()) << c.flag << c.updated;
		EXPECT_EQ(c.code, std::string(s.result()->vendor_code)) << c.flag;
		EXPECT_TRUE(s.result()->version_read);
	}
}

/* Between two reboots it answers, with the old version and the flag at 1. */
TEST(SimcomFlag, WhileItSaysThatItUpdatesItIsWaitedFor)
{
	for (guint running : { 1u, 2u, 4u }) {
		SimcomUnit s(SimcomUnit::S7000);

		s.updates = false;
		s.flag_after = running;
		s.local();
		s.run_to_step("status");
		s.run(100 * 1000);
		EXPECT_STREQ("status", job_step_name(s.job)) << running;
		s.updates = true;
		s.flag_after = 6;
		s.detach();
		s.run(30000);
		s.become();
		s.attach();
		s.run_to_end();
		EXPECT_EQ("good", s.verdict()) << running;
	}
}

/* ---- reports, or none ---- */

TEST(SimcomFlash, EverySpellingOfTheReports)
{
	const std::vector<Lines> spellings = {
		{ "+CFOTA: \"Start to update\"", "+CFOTA: \"Updating\",0",
		  "+CFOTA: \"Updating\",100",
		  "+CFOTA: \"Update successfully, please wait for reset\"" },
		{ "+CFOTA:\"Start to update\"", "+CFOTA:\"Updating\", 50",
		  "+CFOTA:\"Update successfully, please wait for reset\"" },
		{ "+CFOTA: \"Updating\",99", "+CFOTA: \"Update succ" },
		/* cut, garbled, of other families */
		{ "+CFOTA: \"Start to", "+CFOTA: \"Updating\",", "+CFOTA: FOTA,START",
		  "+CFOTA: 1,2,3", "+CFOTA: \"Updating\",30" },
		{ "+CFOTA: \"Update successfully, please wait for reset\"" },
		{},
	};

	for (const Lines &spelling : spellings)
		for (guint leaves : { 0u, 1u, 2u }) {
			SimcomUnit s;

			s.reports_after = spelling;
			s.leaves = leaves;
			s.local();
			s.run_to_end();
			EXPECT_EQ("good", s.verdict()) << leaves;
			EXPECT_EQ(1u, s.sent_count("AT+CFOTA=1"));
		}
}

/* Its last report is lost, and then it talks of other things without end. */
TEST(SimcomFlash, ChatterDoesNotKeepItFromBeingLookedFor)
{
	SimcomUnit s;
	gint64 begun;

	s.leaves = 0;
	s.reports_after = { "+CFOTA: \"Start to update\"", "+CFOTA: \"Updating\",100" };
	for (guint i = 0; i < 200; i++)
		s.happens(20000 + i * 5000, [&] { s.say("+CGREG: 2"); });
	s.local();
	s.run_to_step("flash");
	begun = s.now;
	s.run_to_step("return");
	EXPECT_LT(s.now - begun, 90 * SECOND);
	s.run_to_end();
	EXPECT_EQ("good", s.verdict());
}

/* AT+CFOTA? is answered with reports: they are heard as such, to the last. */
TEST(SimcomFlash, ReportsInsideAnAnswer)
{
	SimcomUnit s;

	s.says["AT+CFOTA?"] = lines("+CFOTA: \"Start to update\"");
	s.local();
	s.run_to_step("flash");
	s.says.clear();
	s.sent.clear();
	for (guint i = 1; i < 40; i++)
		s.happens(i * 10000,
			  [&, i] { s.say("+CFOTA: \"Updating\"," + std::to_string(i * 2)); });
	s.run(399 * 1000);
	EXPECT_STREQ("flash", job_step_name(s.job));
	EXPECT_EQ(0u, s.sent.size());
	s.say("+CFOTA: \"Update failed, please wait for reset\"");
	s.run_to_end();
	EXPECT_EQ("UPDATE_FAILED", s.verdict());
}

/* AT+CFOTA? has had no answer and is given up: what comes then is no answer to it. */
TEST(SimcomFlash, ReportsBehindAQuestionThatWasGivenUp)
{
	SimcomUnit s;

	s.says["AT+CFOTA=1"] = ok();
	s.local();
	s.run_to_step("flash");
	s.detach();
	s.run(10000);
	s.says["AT+CFOTA?"] = "\r\n";
	s.attach();
	s.run_to_step("status");
	s.unit = [](const std::string &) { return std::string(); };
	s.run_to_step("return");
	s.say("+CFOTA: \"Updating\",40");
	EXPECT_STREQ("flash", job_step_name(s.job));
}

/* Of a module behind an adapter nothing leaves and nothing is said: it falls silent, and answers again. */
TEST(SimcomFlash, BehindAnAdapterWithoutAWord)
{
	SimcomUnit s;
	bool flashing = false;

	s.leaves = 0;
	s.unit = [&](const std::string &command) -> std::string {
		if (flashing)
			return "";
		if (command == "AT+CFOTA=1") {
			flashing = true;
			s.happens(400000, [&] {
				flashing = false;
				s.become();
			});
			return ok();
		}
		return s.answer_to(command);
	};
	s.local();
	s.run_to_end();
	EXPECT_EQ("good", s.verdict());
}

TEST(SimcomFlash, ItSaysThatItFailed)
{
	for (auto family : both) {
		SimcomUnit s(family);

		s.updates = false;
		s.flag_after = 7;
		s.reports_after = { "+CFOTA: \"Start to update\"", "+CFOTA: \"Updating\",3",
				    "+CFOTA: \"Update failed, please wait for reset\"" };
		s.local();
		s.run_to_end();
		EXPECT_EQ("UPDATE_FAILED", s.verdict());
		EXPECT_STREQ("flash", s.result()->step);
		EXPECT_STREQ("Update failed", s.result()->vendor_words);
		EXPECT_TRUE(s.result()->version_read);
		EXPECT_EQ("AT+CFOTA=0", s.sent.back());
	}
}

TEST(SimcomFlash, Refusals)
{
	for (const char *error :
	     { "ERROR", "+CME ERROR: 3", "+CME ERROR: operation not allowed" }) {
		SimcomUnit s;

		s.says["AT+CFOTA=1"] = lines(error);
		s.local();
		s.run_to_end();
		EXPECT_EQ("NO_START", s.verdict()) << error;
		EXPECT_STREQ("apply", s.result()->step);
		EXPECT_FALSE(s.result()->unknown);
		EXPECT_EQ("AT+CFOTA=0", s.sent.back());
	}
}

/* The reset comes before the OK. */
TEST(SimcomFlash, TheOkIsLostInTheReset)
{
	for (auto family : both) {
		SimcomUnit s(family);

		s.unit = [&](const std::string &command) -> std::string {
			std::string said = s.answer_to(command);

			return command == "AT+CFOTA=1" ? "\r\n" : said;
		};
		s.local();
		s.run_to_end();
		EXPECT_EQ("good", s.verdict());
	}
}

/* It comes back as itself, then as the updater with its reports, then as itself. */
TEST(SimcomFlash, ReportsAfterAReturn)
{
	SimcomUnit s;

	s.says["AT+CFOTA=1"] = ok();
	s.local();
	s.run_to_step("flash");
	s.detach();
	s.run(10000);
	s.attach();
	s.unit = [](const std::string &) { return std::string(); };
	s.run(10000);
	EXPECT_STREQ("return", job_step_name(s.job));
	s.say("+CFOTA: \"Updating\",40");
	EXPECT_STREQ("flash", job_step_name(s.job));
	s.say("+CFOTA: \"Update successfully, please wait for reset\"");
	s.detach();
	s.become();
	s.unit = [&](const std::string &command) { return s.answer_to(command); };
	s.run(20000);
	s.attach();
	s.run_to_end();
	EXPECT_EQ("good", s.verdict());
}

TEST(SimcomFlash, NeverComesBack)
{
	SimcomUnit s;
	gint64 begun;

	s.says["AT+CFOTA=1"] = ok();
	s.local();
	s.run_to_step("flash");
	begun = s.now;
	s.detach();
	s.run_to_end();
	EXPECT_EQ("NEVER_CAME_BACK", s.verdict());
	EXPECT_TRUE(s.result()->unknown);
	EXPECT_NEAR(900, (s.now - begun) / SECOND, 5);
}

/* Only its bootloader is there, and stays: that is known, and nobody is owed an answer. */
TEST(SimcomFlash, StaysInItsBootloader)
{
	SimcomUnit s;

	s.says["AT+CFOTA=1"] = ok();
	s.local();
	s.run_to_step("flash");
	s.detach();
	s.run(180 * 1000);
	job_bootloader(s.job, s.now);
	EXPECT_EQ("IN_BOOTLOADER", s.verdict());
	EXPECT_FALSE(s.result()->unknown);
	EXPECT_TRUE(s.result()->entered);
	EXPECT_EQ("AT+CFOTA=1", s.sent.back());
}

/* ---- what comes back ---- */

TEST(SimcomProof, WhatIsNotAsItWas)
{
	const struct {
		const char *what;
		std::function<void(SimcomUnit &)> change;
		const char *verdict;
	} cases[] = {
		{ "factory test mode", [](SimcomUnit &s) { s.says["AT+CFUN?"] = ok("+CFUN: 5"); },
		  "FTM" },
		{ "no IMEI", [](SimcomUnit &s) { s.imei_after = ""; }, "IMEI_CHANGED" },
		{ "zeros", [](SimcomUnit &s) { s.imei_after = "000000000000000"; },
		  "IMEI_CHANGED" },
		{ "another IMEI, same SIM",
		  [](SimcomUnit &s) {
			  s.imei_after = "356136073296560";
			  s.says["AT+CCID"] = ok("89860000000000000001");
		  },
		  "IMEI_CHANGED" },
		{ "another unit", [](SimcomUnit &s) { s.imei_after = "356136073296560"; },
		  "UNIT_LEFT" },
		{ "another model", [](SimcomUnit &s) { s.says["AT+CGMM"] = ok("SIMCOM_SIM7000"); },
		  "MODEL_CHANGED" },
	};

	for (auto &c : cases) {
		SimcomUnit s;

		s.local();
		s.run_to_held();
		s.by_hand = false;
		c.change(s);
		s.run_to_end();
		EXPECT_EQ(c.verdict, s.verdict()) << c.what;
	}
}

/* A quarter of a minute after its start it still does not say who it is. */
TEST(SimcomProof, AnImeiThatComesLate)
{
	SimcomUnit s;
	bool late = false;

	s.unit = [&](const std::string &command) {
		if (late && g_str_has_suffix(command.c_str(), "GSN"))
			return lines("ERROR");
		return s.answer_to(command);
	};
	s.local();
	s.run_to_step("flash");
	late = true;
	s.run_to_step("same-imei");
	s.happens(15000, [&] { late = false; });
	s.run_to_end();
	EXPECT_EQ("good", s.verdict());
}

TEST(SimcomProof, VersionsOfVariants)
{
	const struct {
		SimcomUnit::Family family;
		const char *reads, *verdict;
	} cases[] = {
		{ SimcomUnit::S7000, "1529B11SIM7000G", "good" },
		{ SimcomUnit::S7000, "1529B11SIM7000", "WRONG_VARIANT" },
		{ SimcomUnit::S7000, "1529B11SIM7000E", "WRONG_VARIANT" },
		{ SimcomUnit::S7000, "1529B08SIM7000G", "WRONG_VERSION" },
		{ SimcomUnit::S7080, "1951B16SIM7080", "good" },
		{ SimcomUnit::S7080, "1951B16SIM7080G", "good" },
		{ SimcomUnit::S7080, "1951B16SIM7080G-JC", "WRONG_VARIANT" },
		{ SimcomUnit::S7080, "1951B17SIM7080G", "WRONG_VERSION" },
	};

	for (auto &c : cases)
		for (const char *prefix : { "Revision:", "Revision: ", "" }) {
			SimcomUnit s(c.family);

			s.says["AT+CGMR"] = ok(prefix + std::string(c.reads));
			s.local();
			s.run_to_end();
			EXPECT_EQ(c.verdict, s.verdict()) << c.reads;
			EXPECT_STREQ(c.reads, s.result()->unit.revision);
		}
}

TEST(SimcomProof, SubVersionAndCalibration)
{
	const struct {
		const char *csub, *qcn, *answer, *verdict;
	} cases[] = {
		{ "B16V*", nullptr, nullptr, "good" },
		{ "B16V*", "sim7080g_p1.03_*", nullptr, "good" },
		{ "B15V*", nullptr, nullptr, "WRONG_VARIANT" },
		{ "B16V*", "SIM7080G_P1.02_*", nullptr, "WRONG_VARIANT" },
		{ "B16V*", nullptr, "ERROR", "WRONG_VARIANT" },
		{ nullptr, nullptr, "ERROR", "good" },
	};

	for (auto &c : cases) {
		SimcomUnit s;

		s.model.csub = const_cast<char *>(c.csub);
		s.model.qcn = const_cast<char *>(c.qcn);
		if (c.answer)
			s.says["AT+SIMCOMATI"] = lines(c.answer);
		s.local();
		s.run_to_end();
		EXPECT_EQ(c.verdict, s.verdict()) << (c.csub ? c.csub : "-");
	}
}

/* ---- units that are found updating ---- */

TEST(SimcomAdopted, IsListenedToAndSaysWhatItIs)
{
	SimcomUnit s;
	JobSpec spec = s.spec("simcom-cfota-local");

	spec.adopted = true;
	spec.model = nullptr;
	spec.package = nullptr;
	spec.target = nullptr;
	spec.unit = Unit{};
	spec.unit.cfun = -1;
	s.begin(spec);
	EXPECT_STREQ("flash", job_step_name(s.job));
	s.say("+CFOTA: \"Updating\",40");
	s.run(60000);
	EXPECT_EQ(0u, s.sent.size());
	s.say("+CFOTA: \"Update successfully, please wait for reset\"");
	s.become();
	s.run_to_end();
	EXPECT_EQ("good", s.verdict());
	EXPECT_STREQ("1951B16SIM7080G", s.result()->unit.revision);
	EXPECT_STREQ("869951037023870", s.result()->unit.imei);
	EXPECT_EQ("AT+CFOTA=0", s.sent.back());
}

TEST(SimcomAdopted, ReportsThatMeanIt)
{
	EXPECT_EQ(&simcom_cfota_driver, driver_adopting("+CFOTA: \"Start to update\""));
	EXPECT_EQ(&simcom_cfota_driver, driver_adopting("+CFOTA: \"Updating\",3"));
	EXPECT_EQ(nullptr, driver_adopting("+CFOTA: 6"));
	EXPECT_EQ(nullptr, driver_adopting("+CFOTA: FOTA,START"));
	EXPECT_EQ(&simcom_cscfota_driver, driver_adopting("+CSCFOTA: 4"));
	EXPECT_EQ(nullptr, driver_adopting("+CSCFOTA: 401"));
	EXPECT_EQ(nullptr, driver_adopting("+CSCFOTA: 301"));
	EXPECT_EQ(nullptr, driver_adopting("+CSCFOTA: 5"));
}

/* ---- the cloud ---- */

TEST(SimcomCloud, EveryCodeHasItsFaultAndTheDocumentsWords)
{
	const struct {
		guint code;
		const char *fault, *words;
	} cases[] = {
		{ 1, "SERVICE_FAILED", "unknown error" },
		{ 5, "CLOUD_NO_VERSION", "No matched version" },
		{ 301, "NO_MEMORY", "No enough memory" },
		{ 302, "CLOUD_REFUSED", "Invalid parameter" },
		{ 303, "SERVICE_FAILED", "Invalid operation" },
		{ 304, "FILE_ERROR", "IO failed" },
		{ 305, "FILE_ERROR", "IO timeout" },
		{ 306, "PACKAGE_REJECTED", "Download file verification failed" },
		{ 307, "SERVICE_FAILED", "got canceled" },
		{ 308, "SERVICE_FAILED", "Interface nesting error" },
		{ 401, "CLOUD_REFUSED", "Invalid device information" },
		{ 402, "CLOUD_REFUSED", "Invalid platform information" },
		{ 403, "CLOUD_REFUSED", "Missing device information" },
		{ 404, "CLOUD_REFUSED", "Version number is not configured" },
		{ 405, "CLOUD_FAILED", "Internal error (contact supplier)" },
		{ 501, "CLOUD_REFUSED", "Invalid URL" },
		{ 502, "NO_SERVER", "Unable to resolve domain name" },
		{ 503, "NO_SERVER", "cannot connect to the server" },
		{ 504, "CLOUD_FAILED", "Invalid request, server returned error" },
		{ 505, "DOWNLOAD_FAILED", "Not in range" },
		{ 506, "DOWNLOAD_FAILED", "HTTP POST request error" },
		{ 507, "DOWNLOAD_FAILED", "Re-download start error" },
		{ 508, "DOWNLOAD_FAILED", "Operation is aborted" },
		{ 509, "DOWNLOAD_FAILED", "Operation not completed" },
		{ 510, "DOWNLOAD_FAILED", "Too many retargeting times" },
		{ 511, "DOWNLOAD_FAILED", "Unable to get data from SOCKET" },
		{ 512, "DOWNLOAD_FAILED", "Error sending data via SOCKET" },
		{ 513, "DOWNLOAD_FAILED", "Error receiving data via SOCKET" },
		{ 514, "DOWNLOAD_FAILED", "Invalid SOCKET connection" },
		{ 599, "SERVICE_FAILED", "" },
	};

	for (auto &c : cases) {
		SimcomUnit s(SimcomUnit::M21);

		s.codes = { 2, 4, c.code };
		s.cscfota();
		s.run_to_end();
		EXPECT_EQ(c.fault, s.verdict()) << c.code;
		EXPECT_EQ(std::to_string(c.code), s.result()->vendor_code);
		EXPECT_STREQ(c.words, s.result()->vendor_words) << c.code;
		EXPECT_STREQ("download", s.result()->step);
		/* It is what it was, and that was read; its service is off again. */
		EXPECT_TRUE(s.result()->version_read);
		EXPECT_FALSE(s.result()->unknown);
		EXPECT_FALSE(s.service) << c.code;
	}
}

TEST(SimcomCloud, ProgressIsNoError)
{
	for (const std::vector<guint> &codes : std::vector<std::vector<guint>>{
		     { 3 }, { 2, 3 }, { 2, 4, 4, 4, 3 }, { 4, 3 }, { 2, 2, 3 } })
		for (guint leaves : { 1u, 2u }) {
			SimcomUnit s(SimcomUnit::M21);

			s.codes = codes;
			s.leaves = leaves;
			s.cscfota();
			s.run_to_end();
			EXPECT_EQ("good", s.verdict());
		}
}

/* A code that is its end is its end at once: nothing is waited for that will not come. */
TEST(SimcomCloud, ItsEndIsReadBackAtOnce)
{
	SimcomUnit s(SimcomUnit::M21);

	s.codes = { 2 };
	s.cscfota();
	s.run_to_step("download");
	s.run(1000);
	s.say("+CSCFOTA: 502");
	EXPECT_STREQ("return", job_step_name(s.job));
	s.run_to_end();
	EXPECT_EQ("NO_SERVER", s.verdict());
}

/* The module answers AT for an hour of nothing: where it has begun nobody knows that it has given up. */
TEST(SimcomCloud, ADownloadThatNeverEnds)
{
	const struct {
		std::vector<guint> codes;
		const char *verdict;
		bool unknown;
	} cases[] = { { {}, "NO_START", false },
		      { { 2 }, "FLASH_SILENT", true },
		      { { 2, 4 }, "FLASH_SILENT", true } };

	for (auto &c : cases) {
		SimcomUnit s(SimcomUnit::M21);
		gint64 begun;

		s.codes = c.codes;
		s.cscfota();
		s.run_to_step("download");
		begun = s.now;
		s.run_to_end();
		EXPECT_EQ(c.verdict, s.verdict());
		EXPECT_EQ(c.unknown, s.result()->unknown);
		EXPECT_LE(1500 * SECOND, s.now - begun);
		/* Its service is closed only where nothing can go on. */
		EXPECT_EQ(c.unknown, s.service);
	}
}

/* A slow cloud: twenty minutes between two words. */
TEST(SimcomCloud, ASlowDownload)
{
	SimcomUnit s(SimcomUnit::M21);

	s.codes = { 2 };
	s.cscfota();
	s.run_to_step("download");
	s.happens(1200 * 1000, [&] {
		s.say("+CSCFOTA: 3");
		s.detach();
	});
	s.happens(1290 * 1000, [&] {
		s.become();
		s.attach();
	});
	s.run_to_end();
	EXPECT_EQ("good", s.verdict());
}

/* It has all of it and has not begun to flash: neither the network's reports nor a busy moment is its reboot. */
TEST(SimcomCloud, WhatIsNoRebootIsNoVerdict)
{
	for (bool busy : { false, true }) {
		SimcomUnit s(SimcomUnit::M21);
		bool mute = false;

		s.codes = { 2 };
		s.cscfota();
		s.run_to_step("download");
		s.unit = [&](const std::string &command) {
			return mute ? std::string() : s.answer_to(command);
		};
		s.happens(5000, [&] { s.say("+CSCFOTA: 3"); });
		s.happens(6000, [&] {
			if (!busy)
				s.say("+CGREG: 0");
			mute = busy;
		});
		s.happens(11000, [&] { mute = false; });
		s.happens(200 * 1000, [&] { s.detach(); });
		s.happens(290 * 1000, [&] {
			s.become();
			s.attach();
		});
		s.run(100 * 1000);
		EXPECT_STREQ("flash", job_step_name(s.job)) << busy;
		s.run_to_end();
		EXPECT_EQ("good", s.verdict()) << busy;
	}
}

/* It restarts at the command, and its OK is lost: it is asked what it is as soon as it is back, and one that goes on with its
 * update then is listened to. */
TEST(SimcomCloud, TheOkIsLostInARestart)
{
	for (bool goes_on : { false, true }) {
		SimcomUnit s(SimcomUnit::M21);
		gint64 begun;

		s.says["AT+CSCFOTA=${cloud_args}"] = "\r\n";
		s.cscfota();
		s.run_to_step("apply");
		begun = s.now;
		s.happens(1000, [&] { s.detach(); });
		s.happens(20 * 1000, [&] { s.attach(); });
		if (goes_on) {
			s.happens(21 * 1000, [&] { s.say("+CSCFOTA: 3"), s.detach(); });
			s.happens(80 * 1000, [&] { s.become(), s.attach(); });
		}
		s.run_to_end();
		EXPECT_EQ(goes_on ? "good" : "WRONG_VERSION", s.verdict());
		EXPECT_GT(150 * SECOND, s.now - begun) << goes_on;
	}
}

/* It answers while it fetches what somebody else told it to, and refuses to be told again. */
TEST(SimcomCloud, RefusedByOneThatMayBeAtItAlready)
{
	for (bool on : { false, true }) {
		for (bool updates : { false, true }) {
			SimcomUnit s(SimcomUnit::M21);

			s.says["AT+CSCFOTA=${cloud_args}"] = "\r\n+CME ERROR: 50\r\n";
			if (on)
				s.says["AT+CAPFOTA?"] = ok("+CAPFOTA: 1");
			s.cscfota();
			s.run_to_step("apply");
			if (updates) {
				s.happens(600 * 1000, [&] { s.detach(); });
				s.happens(700 * 1000, [&] { s.become(), s.attach(); });
			}
			s.run_to_end();
			EXPECT_EQ(!on       ? "NO_START"
				  : updates ? "good"
					    : "FLASH_SILENT",
				  s.verdict());
			EXPECT_EQ(on && !updates, s.result()->unknown);
			EXPECT_STREQ(on && updates ? "" : "50", s.result()->vendor_code);
			EXPECT_EQ(on ? 0u : 1u, s.sent_count("AT+CAPFOTA=0")) << on << updates;
		}
	}
}

TEST(SimcomCloud, TheVersionDecides)
{
	SimcomUnit s(SimcomUnit::M21);

	s.updates = false;
	s.cscfota();
	s.run_to_end();
	EXPECT_EQ("WRONG_VERSION", s.verdict());
}

TEST(SimcomCloud, WithoutAnAccountNothingIsSent)
{
	SimcomUnit s(SimcomUnit::M21);
	JobSpec spec = s.spec("simcom-cscfota");

	spec.cloud = nullptr;
	s.begin(spec);
	s.run_to_end();
	EXPECT_EQ("NO_CLOUD_ACCOUNT", s.verdict());
	EXPECT_EQ(0u, s.sent_count("AT+CSCFOTA=${cloud_args}"));
	EXPECT_EQ(0u, s.sent_count("AT+CAPFOTA=1"));
}

TEST(SimcomCloud, WithoutANameOfTheCloudTheTargetIsSent)
{
	SimcomUnit s(SimcomUnit::M21);

	s.package.cloud_version = nullptr;
	s.cscfota();
	s.run_to_end();
	EXPECT_TRUE(s.wire_has(",\"LE11B02SIM7600M21\"\r"));
}

TEST(SimcomCloud, TheServiceIsAsItWas)
{
	const struct {
		bool before;
		const char *remembered;
		bool after;
		const char *record;
	} cases[] = {
		{ false, nullptr, false, "restored" },
		{ true, nullptr, true, "restored" },
		/* an attempt that the station did not survive left it on */
		{ true, "0", false, "restored" },
		{ true, "restored", true, "restored" },
		{ false, "restored", false, "restored" },
		/* what older records say of one that was on */
		{ false, "1", false, "restored" },
	};

	for (auto &c : cases) {
		SimcomUnit s(SimcomUnit::M21);

		s.service = c.before;
		if (c.remembered)
			s.record["869951037023870/capfota"] = c.remembered;
		s.cscfota();
		s.run_to_end();
		EXPECT_EQ("good", s.verdict());
		EXPECT_EQ(c.after, s.service);
		EXPECT_EQ(c.record, s.record["869951037023870/capfota"]);
	}
}

TEST(SimcomCloud, AServiceThatStaysOff)
{
	SimcomUnit s(SimcomUnit::M21);

	s.says["AT+CAPFOTA=1"] = ok();
	s.cscfota();
	s.run_to_end();
	EXPECT_EQ("SERVICE_FAILED", s.verdict());
	EXPECT_STREQ("enabled", s.result()->step);
	EXPECT_FALSE(s.result()->entered);
}

/* ---- units that are owed an answer ---- */

TEST(SimcomCheck, TheServiceThatADeadStationLeftOnIsClosed)
{
	for (const char *remembered : { "0", "1", "restored", "" }) {
		SimcomUnit s(SimcomUnit::M21);

		s.service = true;
		s.revision = s.package.to;
		if (*remembered)
			s.record["869951037023870/capfota"] = remembered;
		s.begin(s.spec("simcom-cscfota-check"));
		s.run_to_end();
		EXPECT_EQ("good", s.verdict());
		EXPECT_EQ(strcmp(remembered, "0") != 0, s.service) << remembered;
		EXPECT_EQ(strcmp(remembered, "0") == 0 ? "restored" : remembered,
			  s.record["869951037023870/capfota"]);
	}
}

TEST(SimcomCheck, WhileTheFlagSaysThatItUpdatesItIsWaitedForThenItIsTidied)
{
	SimcomUnit s;

	s.flag = 1;
	s.begin(s.spec("simcom-cfota-check"));
	s.run(120 * 1000);
	EXPECT_STREQ("status", job_step_name(s.job));
	s.become();
	s.run_to_end();
	EXPECT_EQ("good", s.verdict());
	EXPECT_EQ(1u, s.sent_count("AT+CFSDFILE=1,\"update.zip\""));
	EXPECT_EQ("AT+CFOTA=0", s.sent.back());
	EXPECT_EQ(8u, s.flag);
}

/* The update that is owed an answer may have left another sub-version. */
TEST(SimcomCheck, SubVersionAndCalibrationCountThereToo)
{
	for (bool fits : { false, true }) {
		SimcomUnit s;

		s.revision = s.package.to;
		s.model.csub = const_cast<char *>(fits ? "B16V*" : "B15V*");
		s.begin(s.spec("simcom-cfota-check"));
		s.run_to_end();
		EXPECT_EQ(fits ? "good" : "WRONG_VARIANT", s.verdict());
	}
}

/* Then it is left to it, with all that is in it; the same where the check is stopped in the middle. */
TEST(SimcomCheck, WhatUpdatesForEverIsNotTidied)
{
	for (bool stopped : { false, true })
		for (gint64 after : { 10, 20000 }) {
			SimcomUnit s(SimcomUnit::S7000);

			s.flag = 4;
			s.begin(s.spec("simcom-cfota-check"));
			s.run(after);
			if (stopped)
				job_cancel(s.job, FAULT_STOPPED, s.now);
			s.run_to_end();
			EXPECT_EQ(stopped ? "STOPPED" : "UPDATING", s.verdict());
			EXPECT_EQ(0u, s.sent_count("AT+CFSTERM"));
			EXPECT_EQ(0u, s.sent_count("AT+CFOTA=0"));
		}
}

/* It begins inside the answer: nothing more is asked of it. */
TEST(SimcomCheck, AnAnswerThatBeginsToUpdate)
{
	SimcomUnit s;

	s.says["AT+CFOTA?"] = lines("+CFOTA: \"Start to update\"");
	s.begin(s.spec("simcom-cfota-check"));
	s.run_to_end();
	EXPECT_EQ("UPDATING", s.verdict());
	EXPECT_TRUE(s.result()->hands_off);
	EXPECT_EQ("AT+CFOTA?", s.sent.back());
}

TEST(SimcomCheck, TheOldVersionIsAnAnswerToo)
{
	SimcomUnit s(SimcomUnit::S7000);

	s.flag = 7;
	s.begin(s.spec("simcom-cfota-check"));
	s.run_to_end();
	EXPECT_EQ("WRONG_VERSION", s.verdict());
	EXPECT_TRUE(s.result()->version_read);
}

/* The SIM is asked how many tries it has left before one is used. */
TEST(SimcomNetwork, ThePinIsSentWhereTheSimHasAllItsTries)
{
	const struct {
		const char *tries, *verdict;
	} cases[] = { { "+SPIC: 3,10,0,10", "good" }, { "+SPIC: 2,10,0,10", "SIM_LOCKED" } };

	for (auto &c : cases) {
		SimcomUnit s;
		bool open = false;

		s.pin = secret_new("4711");
		s.says["AT+SPIC"] = ok(c.tries);
		s.unit = [&](const std::string &command) {
			if (command == "AT+CPIN?")
				return ok(open ? "+CPIN: READY" : "+CPIN: SIM PIN");
			open = open || command == "AT+CPIN=${pin}";
			return s.answer_to(command);
		};
		s.http();
		s.run_to_end();
		EXPECT_EQ(c.verdict, s.verdict()) << c.tries;
		EXPECT_EQ(open, s.wire_has("AT+CPIN=\"4711\"\r"));
		EXPECT_EQ(std::string::npos, s.journal.find("4711"));
	}
}

/* It proved to be wrong elsewhere while this job waited to send it. */
TEST(SimcomNetwork, APinThatIsTakenBackIsNotSent)
{
	SimcomUnit s;

	s.pin = secret_new("4711");
	s.says["AT+CPIN?"] = ok("+CPIN: SIM PIN");
	s.flag = 0;
	s.http();
	s.run_to_held();
	EXPECT_STREQ("pin", job_step_name(s.job));
	job_forget_pin(s.job);
	s.by_hand = false;
	s.run_to_end();
	EXPECT_EQ("SIM_LOCKED", s.verdict());
	EXPECT_FALSE(s.wire_has("AT+CPIN="));
	EXPECT_FALSE(s.result()->once_sent);
}

/* Registered over GSM alone is registered. */
TEST(SimcomNetwork, EitherRegistrationWillDo)
{
	for (const char *eps : { "+CEREG: 0,5", "+CEREG: 0,0", "ERROR" }) {
		SimcomUnit s;

		s.says["AT+CEREG?"] = strcmp(eps, "ERROR") == 0 ? lines(eps) : ok(eps);
		s.http();
		s.run_to_end();
		EXPECT_EQ("good", s.verdict()) << eps;
	}
}

} // namespace
