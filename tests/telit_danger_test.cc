/* SPDX-License-Identifier: Apache-2.0
 *
 * Telit's dangerous stretch and what it leaves: failures, silence, lines, PINs, settings, units that are found in the middle of it,
 * and every step of every procedure disturbed in every way. They know no port, no database and no station. */
#include "lib/driver.h"
#include "lib/job.h"

#include "tests/telit_unit.h"

namespace
{

using Lines = std::vector<std::string>;

const char question[] = "#OTAEV: Do you want to upgrade the firmware?";
const char settings_key[] = "359180085703723/settings";

TEST(TelitDanger, AFailureLeavesTheUnitWorking)
{
	struct {
		Lines reports;
		const char *fault;
	} cases[] = {
		{ { "#OTAEV: OTA FW Upgrade Failed" }, "DOWNLOAD_FAILED" },
		{ { "#OTAEV: Start Fw Download", "#OTAEV: OTA FW Upgrade Failed" },
		  "DOWNLOAD_FAILED" },
		{ { "#OTAEV: Start Fw Download", "#OTAEV: Fw Download Complete",
		    "#otaev: ota fw upgrade failed" },
		  "UPDATE_FAILED" },
	};

	for (auto &c : cases) {
		TelitUnit t;
		gint64 begun = t.now;

		t.reports_after = c.reports;
		t.updates = t.serves = false;
		t.go();
		EXPECT_EQ(c.fault, t.verdict());
		EXPECT_TRUE(t.result()->version_read);
		EXPECT_FALSE(t.result()->unknown);
		EXPECT_STREQ("10.00.005", t.result()->unit.revision);
		EXPECT_EQ("restored", t.record[settings_key]);
		EXPECT_GT(60 * SECOND, t.now - begun);
	}
}

/* Upgraded, but the server could not be told: the version decides. */
TEST(TelitDanger, AFailureAfterTheUpgradeIsNone)
{
	TelitUnit t;

	t.served = "#OTAEV: OTA FW Upgrade Failed";
	t.go();
	EXPECT_EQ("good", t.verdict());
	EXPECT_EQ(1u, t.told_count("trouble version 0"));
}

TEST(TelitDanger, TheServersWordIsAWarningOnly)
{
	TelitUnit t;

	t.serves = false;
	t.go();
	EXPECT_EQ("good", t.verdict());
	EXPECT_EQ(1u, t.told_count("trouble version 0"));
}

TEST(TelitDanger, AWrongVersion)
{
	TelitUnit t;

	t.to = "10.00.009";
	t.go();
	EXPECT_EQ("WRONG_VERSION", t.verdict());
	/* What it lost is given back to it all the same. */
	EXPECT_EQ("restored", t.record[settings_key]);
	EXPECT_EQ("2,1,0,0,0", t.settings["+CNMI"]);
}

/* All reports are lost in the reboot, and the last ones wait until the unit is told to report. */
TEST(TelitDanger, SilenceLeadsToTheReturn)
{
	TelitUnit t("telit-pfm-combined");

	t.reports_after = { "#OTAEV: Start Fw Download" };
	t.serves = false;
	t.go();
	EXPECT_EQ("good", t.verdict());
	EXPECT_FALSE(t.result()->unknown);
}

/* It answers because it downloads: nothing that would disturb it is sent, nothing is given back to it that the flash would erase. */
TEST(TelitDanger, ASlowDownloadIsNoVerdict)
{
	for (bool ends : { true, false }) {
		TelitUnit t;

		t.reports_after = { "#OTAEV: Start Fw Download" };
		t.serves = t.updates = false;
		t.start();
		t.run_to_step("download");
		t.sent.clear();
		t.run(1300 * 1000);
		EXPECT_STREQ("download", job_step_name(t.job));
		EXPECT_NE("restored", t.record[settings_key]);
		for (const std::string &command : t.sent)
			EXPECT_FALSE(command.rfind("AT+CFUN=", 0) == 0 ||
				     command.rfind("AT+CGCLASS", 0) == 0 ||
				     command.rfind("AT#AUTOATT", 0) == 0 ||
				     command == "AT#OTASUAN=,1,0")
				<< command;
		if (ends) {
			t.say("#OTAEV: Fw Download Complete");
			t.reboot();
			t.say("#OTAEV: Module Upgraded To New FW");
			t.say(t.served);
		}
		t.run_to_end();
		EXPECT_EQ(ends ? "good" : "FLASH_SILENT", t.verdict());
		EXPECT_EQ(!ends, t.result()->unknown);
		EXPECT_EQ(ends, t.record[settings_key] == "restored");
	}
}

TEST(TelitDanger, NothingIsSentWhileItIsFrozen)
{
	TelitUnit t("telit-pfm-combined");

	t.reports_after = { "#OTAEV: Start Fw Download", "#OTAEV: Fw Download Complete" };
	t.serves = false;
	t.start();
	t.run_to_step("flash");
	t.frozen = true;
	t.sent.clear();
	t.run(290 * 1000);
	EXPECT_EQ(Lines{}, t.sent);
	EXPECT_STREQ("flash", job_step_name(t.job));
}

TEST(TelitDanger, FrozenToTheEnd)
{
	TelitUnit t;

	t.reports_after = { "#OTAEV: Start Fw Download", "#OTAEV: Fw Download Complete" };
	t.serves = false;
	t.start();
	t.run_to_step("flash");
	t.frozen = true;
	t.run_to_end();
	EXPECT_EQ("FLASH_SILENT", t.verdict());
	EXPECT_TRUE(t.result()->unknown);
	EXPECT_NE("restored", t.record[settings_key]);
}

/* Whatever happens within it, the whole stretch ends at the vendor's half hour. */
TEST(TelitDanger, LinesExtendTheSilenceNotTheLimit)
{
	TelitUnit t;
	gint64 begun;

	t.reports_after = { "#OTAEV: Start Fw Download", "#OTAEV: Fw Download Complete" };
	t.serves = false;
	t.start();
	t.run_to_step("flash");
	begun = t.now;
	t.frozen = true;
	EXPECT_TRUE(job_wants_signals(t.job));
	for (guint i = 0; i < 1200 && !job_done(t.job); i++) {
		job_signals(t.job, i % 2 ? LINE_DCD : 0, t.now);
		t.run(1000);
	}
	EXPECT_STREQ("flash", job_step_name(t.job));
	/* They come to rest: it has restarted, and is looked for. */
	t.run(46 * 1000);
	EXPECT_STREQ("return", job_step_name(t.job));
	t.run_to_end();
	EXPECT_EQ("FLASH_SILENT", t.verdict());
	EXPECT_GT(1805 * SECOND, t.now - begun);
}

/* In the download they are no flash, and only DCD speaks at all. */
TEST(TelitDanger, LinesThatMoveInTheDownloadAreNoRestart)
{
	for (guint line : { LINE_CTS, LINE_DSR, LINE_DCD }) {
		TelitUnit t;
		gint64 begun;

		t.reports_after = { "#OTAEV: Start Fw Download" };
		t.serves = t.updates = false;
		t.start();
		t.run_to_step("download");
		t.run(3 * 1000);
		begun = t.now;
		for (guint i = 0; i < 12; i++) {
			job_signals(t.job, i % 2 ? line : 0, t.now);
			t.run(5 * 1000);
		}
		t.sent.clear();
		t.run_while([&] { return strcmp(job_step_name(t.job), "download") == 0; });
		EXPECT_LT((line == LINE_DCD ? 650 : 590) * SECOND, t.now - begun) << line;
		EXPECT_GT((line == LINE_DCD ? 660 : 605) * SECOND, t.now - begun) << line;
	}
}

TEST(TelitDanger, AnotherLineIsNotTheFlash)
{
	TelitUnit t;

	t.reports_after = { "#OTAEV: Start Fw Download", "#OTAEV: Fw Download Complete" };
	t.serves = false;
	t.start();
	t.run_to_step("flash");
	t.frozen = true;
	for (guint i = 0; i < 8; i++)
		job_signals(t.job, i % 2 ? LINE_CTS : LINE_DSR, t.now);
	t.run(200 * 1000);
	EXPECT_STREQ("flash", job_step_name(t.job));
}

TEST(TelitDanger, OnlyListeningRowsAskForTheLines)
{
	TelitUnit t;

	t.start();
	t.run_to_step("request");
	EXPECT_FALSE(job_wants_signals(t.job));
	t.run_to_step("download");
	EXPECT_TRUE(job_wants_signals(t.job));
	t.run_to_step("same-imei");
	EXPECT_FALSE(job_wants_signals(t.job));
}

/* Who is there is asked before anything is changed. */
TEST(TelitDanger, AnotherUnitInItsPlaceIsLeftAsItIs)
{
	TelitUnit t;

	t.start();
	t.run_to_step("flash");
	t.sent.clear();
	t.imei = "356136073296560";
	t.says["AT+CCID"] = "\r\n+CCID: 8939000000000000002\r\n\r\nOK\r\n";
	t.run_to_end();
	EXPECT_EQ(FAULT_UNIT_LEFT, t.result()->fault);
	EXPECT_TRUE(t.result()->stranger);
	for (const std::string &command : t.sent)
		EXPECT_TRUE(command == "AT" || command == "AT+GSN" || command == "AT+CCID")
			<< command;
}

/* The same thing with another number, which only this vendor's question tells. */
TEST(TelitDanger, WhoseSimItIsSaysTelitsOwnQuestion)
{
	TelitUnit t;

	t.start();
	t.run_to_step("flash");
	t.imei = "356136073296560";
	for (const char *question : { "AT+CCID", "AT+QCCID", "AT+CICCID" })
		t.says[question] = lines("ERROR");
	t.run_to_end();
	EXPECT_EQ("IMEI_CHANGED", t.verdict());
	EXPECT_FALSE(t.result()->stranger);
}

/* A USB module leaves its bus when it restarts, or for as long as it flashes. */
TEST(TelitDanger, TheDeviceLeavesAndReturns)
{
	for (bool said : { true, false }) {
		TelitUnit t("telit-pfm-combined");

		t.reports_after = { "#OTAEV: Start Fw Download", "#OTAEV: Fw Download Complete" };
		t.serves = false;
		t.start();
		t.run_to_step("flash");
		t.run(20 * 1000);
		t.detach();
		t.run(90 * 1000);
		t.attach();
		EXPECT_STREQ("flash", job_step_name(t.job));
		if (said)
			t.say("#OTAEV: Module Upgraded To New FW");
		t.later(20 * 1000, lines(t.served));
		t.run_to_end();
		EXPECT_EQ("good", t.verdict()) << said;
		EXPECT_EQ("restored", t.record[settings_key]);
	}
}

/* The report of the upgrade may come when its server is waited for already: what is inhibited stays so until that is told. */
TEST(TelitDanger, TheUpgradeIsReportedLate)
{
	TelitUnit t("telit-pfm-combined");

	t.reports_after = { "#OTAEV: Start Fw Download", "#OTAEV: Fw Download Complete" };
	t.serves = false;
	t.start();
	t.run_to_step("flash");
	t.detach();
	t.run(90 * 1000);
	t.attach();
	t.run_to_step("served");
	t.run(2 * 1000);
	t.say("#OTAEV: Module Upgraded To New FW");
	t.run(60 * 1000);
	EXPECT_STREQ("served", job_step_name(t.job));
	t.say(t.served);
	t.run_to_end();
	EXPECT_EQ("good", t.verdict());
}

/* What it answers to a question from before is no word about the download that it begins by itself. */
TEST(TelitDanger, ALateErrorIsNoWordAboutASecondFlash)
{
	TelitUnit t;
	auto good = t.unit;

	t.unit = [good](const std::string &command) {
		return command == "AT+CGMM" ? std::string() : good(command);
	};
	t.start();
	t.run_to_step("same-model");
	t.say("#OTAEV: Start Fw Download");
	EXPECT_STREQ("download", job_step_name(t.job));
	t.say("ERROR");
	t.run(1000);
	EXPECT_STREQ("download", job_step_name(t.job));
}

TEST(TelitDanger, PowerCutAndResume)
{
	TelitUnit t;

	t.reports_after = { "#OTAEV: Start Fw Download", "#OTAEV: Fw Download Complete" };
	t.serves = false;
	t.start();
	t.run_to_step("flash");
	t.frozen = true;
	t.run(400 * 1000);
	EXPECT_STREQ("return", job_step_name(t.job));
	t.run(300 * 1000);
	t.frozen = false;
	t.say("#OTAEV: Module Upgraded To New FW");
	t.say(t.served);
	t.run_to_end();
	EXPECT_EQ("good", t.verdict());
}

TEST(TelitDanger, TheOkIsLost)
{
	for (const char *way : { "telit-pfm-sms", "telit-pfm-tcpip" }) {
		TelitUnit t(way);

		t.calls = strstr(way, "tcpip") == nullptr;
		t.lose_ok = true;
		t.go();
		EXPECT_EQ("good", t.verdict()) << way;
	}
}

TEST(TelitDanger, TheRecordDoesNotTakeTheIntent)
{
	TelitUnit t;

	t.start();
	t.run_to_held();
	while (!job_done(t.job) && strcmp(job_step_name(t.job), "accept") != 0) {
		job_release(t.job, true, t.now);
		t.run_to_held();
	}
	EXPECT_EQ(0u, t.sent_count("AT#OTASUAN=1"));
	job_release(t.job, false, t.now);
	t.by_hand = false;
	t.run_to_end();
	EXPECT_EQ("NO_RECORD", t.verdict());
	EXPECT_EQ(0u, t.sent_count("AT#OTASUAN=1"));
}

/* ---- adopted ---- */

JobSpec adopted(TelitUnit *t)
{
	JobSpec s = t->spec();

	s.procedure = s.driver->procedures[0];
	s.adopted = true;
	s.package = nullptr;
	s.model = nullptr;
	s.target = nullptr;
	s.unit = Unit{};
	s.unit.cfun = -1;
	return s;
}

TEST(TelitAdopted, WithoutASavedSetItsSettingsAreUnknown)
{
	for (const char *heard : { "#OTAEV: Start Fw Download", "#OTAEV: Fw Download Complete",
				   "#OTAEV: Module Upgraded To New FW" }) {
		TelitUnit t;

		t.revision = "10.00.006";
		t.begin(adopted(&t));
		t.say(heard);
		t.run(5 * 1000);
		t.say("#OTAEV: Module Upgraded To New FW");
		t.say(t.served);
		t.run_to_end();
		EXPECT_EQ("SETTINGS_UNKNOWN", t.verdict()) << heard;
		EXPECT_TRUE(t.result()->version_read);
		EXPECT_STREQ("10.00.006", t.result()->unit.revision);
		EXPECT_STREQ("359180085703723", t.result()->unit.imei);
		EXPECT_EQ(0u, t.sent_count("AT#OTASUAN=1"));
	}
}

/* It said no to its server: nothing was erased, and what nobody has read is left as it is. */
TEST(TelitAdopted, OneThatDoesNotFlashKeepsItsSettings)
{
	TelitUnit t;

	t.begin(adopted(&t));
	t.say("#OTAEV: Start Fw Download");
	t.run(5 * 1000);
	t.say("#OTAEV: OTA FW Upgrade Failed");
	t.run_to_end();
	EXPECT_EQ("DOWNLOAD_FAILED", t.verdict());
	EXPECT_STREQ("10.00.005", t.result()->unit.revision);
	for (const char *command : { "ATE0", "AT+CMEE=1", "AT#OTASUAN=,2,1" })
		EXPECT_EQ(0u, t.sent_count(command)) << command;
}

/* The station died while it flashed: what was saved before is there. */
TEST(TelitAdopted, ASavedSetIsRestored)
{
	g_autoptr(GPtrArray) complaints = complaints_new();
	g_autofree char *path = g_build_filename(g_getenv("FOTA_STATION_DATA"), "models", nullptr);
	g_autoptr(Models) models = models_load(path, &driver_knows, complaints);
	TelitUnit t;
	auto before = t.settings;
	JobSpec s;

	t.record[settings_key] =
		"E=1|+CMEE=2|+CNMI=2,1,0,0,0|+CMGF=1|+CSCS=\"GSM\"|#QSS=2|#SIMDET=1|"
		"#OTASUAN=1,0|+IPR=115200";
	t.reboot();
	s = adopted(&t);
	/* Which model it is, and so what to put back, is known when it has said who it is. */
	s.models = models;
	t.begin(s);
	t.say("#OTAEV: Module Upgraded To New FW");
	t.say(t.served);
	t.run_to_end();
	EXPECT_EQ("good", t.verdict());
	EXPECT_EQ(before, t.settings);
	EXPECT_TRUE(t.echo);
	EXPECT_EQ("restored", t.record[settings_key]);
}

/* ---- settings ---- */

TEST(TelitSettings, ReadAndOnDiskBeforeAnythingIsChanged)
{
	TelitUnit t;

	t.start();
	t.run_to_held();
	EXPECT_STREQ("echo-off", job_step_name(t.job));
	EXPECT_EQ(
		"E=1|+CMEE=2|+CNMI=2,1,0,0,0|+CMGF=1|+CSCS=\"GSM\"|+CREG=0|+CGREG=0|#QSS=2|#SIMDET=1|"
		"#OTASUAN=1,0|+CGCLASS=\"B\"|#AUTOATT=1|+IPR=115200",
		t.record[settings_key]);
	for (const std::string &command : t.sent)
		EXPECT_TRUE(command == "AT" || command.back() == '?') << command;
}

/* An attempt that was never restored has said what the unit was. */
TEST(TelitSettings, AnUnrestoredSetIsNeverOverwritten)
{
	TelitUnit t;

	t.record[settings_key] = "E=0|+CMGF=0|+IPR=0";
	t.go();
	EXPECT_EQ("good", t.verdict());
	EXPECT_EQ("0", t.settings["+CMGF"]);
	EXPECT_EQ("0", t.settings["+IPR"]);
	EXPECT_FALSE(t.echo);
	EXPECT_EQ("restored", t.record[settings_key]);
	EXPECT_EQ(1u, t.sent_count("AT+CMGF?"));
}

TEST(TelitSettings, OneSetForAWholeChain)
{
	TelitUnit first;
	JobSpec s = first.spec();
	std::string saved;

	s.further = "10.00.007";
	first.begin(s);
	first.run_to_end();
	EXPECT_EQ("good", first.verdict());
	saved = first.record[settings_key];
	EXPECT_EQ(0u, saved.find("E=1|"));
	EXPECT_EQ("2,1,0,0,0", first.settings["+CNMI"]);

	TelitUnit second;
	second.record = first.record;
	/* The version between does not know it. */
	second.settings.erase("+CSCS");
	second.start();
	second.run_to_step("request");
	EXPECT_EQ(saved, second.record[settings_key]);
	second.settings["+CSCS"] = "\"IRA\"";
	second.say(question);
	second.run_to_end();
	EXPECT_EQ("good", second.verdict());
	EXPECT_EQ("\"GSM\"", second.settings["+CSCS"]);
	EXPECT_EQ("restored", second.record[settings_key]);
}

/* Hop one is not read back yet when the server begins hop two. */
TEST(TelitSettings, TheServerGoesOnByItself)
{
	TelitUnit t;
	JobSpec s = t.spec();

	s.further = "10.00.007";
	t.begin(s);
	t.run_to_step("same-imei");
	t.say("#OTAEV: Automatic Fw Upgrade Requested");
	EXPECT_STREQ("download", job_step_name(t.job));
	t.to = "10.00.007";
	t.accepted();
	t.run_to_end();
	EXPECT_EQ("good", t.verdict());
	EXPECT_STREQ("10.00.007", t.result()->unit.revision);
	EXPECT_EQ("restored", t.record[settings_key]);
}

TEST(TelitSettings, WhatCannotBeRestoredIsAFault)
{
	TelitUnit t;

	t.says["AT+CNMI=2,1,0,0,0"] = lines("+CMS ERROR: 302");
	t.go();
	EXPECT_EQ("SETTINGS_LOST", t.verdict());
	EXPECT_STREQ("restore", t.result()->step);
	EXPECT_STREQ("302", t.result()->vendor_code);
	EXPECT_STREQ("+CNMI reads 0,0,0,0,0, was 2,1,0,0,0", t.result()->detail);
	EXPECT_STREQ("10.00.006", t.result()->unit.revision);
	EXPECT_NE("restored", t.record[settings_key]);
}

/* It goes on by itself while it is let go: what was put back is lost again. */
TEST(TelitSettings, AnotherFlashBehindTheRestoreIsRestoredToo)
{
	for (bool flashes : { true, false }) {
		TelitUnit t;
		auto before = t.settings;

		t.pfm.release = true;
		t.says["AT#OTASNAP=\"\""] = ok();
		t.start();
		t.run_to_step("release");
		EXPECT_EQ("restored", t.record[settings_key]);
		t.nothing_comes();
		if (flashes) {
			t.say("#OTAEV: Start Fw Download");
			EXPECT_NE("restored", t.record[settings_key]);
			t.say("#OTAEV: Fw Download Complete");
			t.reboot();
			t.say("#OTAEV: Module Upgraded To New FW");
		} else {
			t.detach();
			t.reboot();
			t.attach();
		}
		EXPECT_NE("restored", t.record[settings_key]);
		t.later(9000, lines(t.served));
		t.run_to_end();
		EXPECT_EQ("good", t.verdict());
		EXPECT_EQ(before, t.settings);
		EXPECT_EQ("restored", t.record[settings_key]);
	}
}

/* A setting that says OK and stays what it was. */
TEST(TelitSettings, ReadBackIsWhatCounts)
{
	TelitUnit t;

	t.says["AT+CMGF=1"] = ok();
	t.go();
	EXPECT_EQ("SETTINGS_LOST", t.verdict());
}

TEST(TelitSettings, WhatTheFirmwareDoesNotKnowIsNotMissed)
{
	TelitUnit t;

	t.says["AT#SIMDET?"] = lines("ERROR");
	t.settings.erase("+CSCS");
	t.go();
	EXPECT_EQ("good", t.verdict());
	EXPECT_EQ(0u, t.sent_count("AT#SIMDET=1"));
}

/* Nor is it lost: the unit is left as it is. */
TEST(TelitSettings, AValueThatCannotBeKeptStopsTheUpdate)
{
	for (const std::string &value : { std::string("1;ATD123"), std::string(60, '1') }) {
		TelitUnit t;
		auto before = t.settings;

		t.says["AT+CMGF?"] = ok("+CMGF: " + value);
		t.go();
		EXPECT_EQ("SETTINGS_UNKNOWN", t.verdict());
		EXPECT_STREQ("save", t.result()->step);
		EXPECT_STREQ(
			"+CMGF has a value that is too long, or that cannot be sent back to it",
			t.result()->detail);
		EXPECT_FALSE(t.wire_has(value));
		EXPECT_EQ(before, t.settings);
		EXPECT_FALSE(t.result()->entered);
	}
}

TEST(TelitSettings, AnAnswerToTheQuestionIsNoSetting)
{
	TelitUnit t;

	t.says["AT#OTASUAN?"] = ok("#OTASUAN: 1,2,1");
	t.go();
	EXPECT_EQ("good", t.verdict());
	EXPECT_FALSE(t.wire_has("AT#OTASUAN=1,"));
}

/* The check of a unit that is owed an answer restores as well, also after a crash of the station. */
TEST(TelitCheck, RestoresWhatWasLeft)
{
	struct {
		const char *set, *version, *verdict, *after;
	} cases[] = {
		{ "E=1|+CNMI=2,1,0,0,0|+CGCLASS=\"CC\"", "10.00.006", "good", "2,1,0,0,0" },
		{ "E=1|+CNMI=2,1,0,0,0", "10.00.005", "WRONG_VERSION", "2,1,0,0,0" },
		{ "restored", "10.00.006", "good", "0,0,0,0,0" },
		{ nullptr, "10.00.006", "SETTINGS_UNKNOWN", "0,0,0,0,0" },
	};

	for (auto &c : cases) {
		TelitUnit t("telit-pfm-check");

		t.reboot();
		t.revision = c.version;
		if (c.set)
			t.record[settings_key] = c.set;
		t.go();
		EXPECT_EQ(c.verdict, t.verdict()) << c.verdict;
		EXPECT_TRUE(t.result()->version_read);
		EXPECT_EQ(c.after, t.settings["+CNMI"]) << c.verdict;
		EXPECT_TRUE(t.echo);
		if (c.set) {
			EXPECT_EQ("restored", t.record[settings_key]);
		}
	}
}

/* What begins in the middle of it is left alone. */
TEST(TelitCheck, WhatBeginsMeanwhileIsHeard)
{
	TelitUnit t("telit-pfm-check");

	t.record[settings_key] = "restored";
	t.start();
	t.run_to_step("functional");
	t.sent.clear();
	t.say("#OTAEV: Start Fw Download");
	t.run_to_end();
	EXPECT_EQ("UPDATING", t.verdict());
	EXPECT_TRUE(t.result()->hands_off);
	EXPECT_GE(1u, t.sent.size());
}

/* ---- the PIN ---- */

class Locked : public TelitUnit
{
      public:
	explicit Locked(bool before, bool after, const char *the_way = "telit-pfm-sms")
	    : TelitUnit(the_way)
	{
		locked = before;
		locks = after;
		pin = secret_new("67553911");
		unit = [this](const std::string &c) { return sim(c); };
	}

	std::string sim(const std::string &command)
	{
		if (command == "AT+CPIN?" && locked) {
			asked++;
			return ok("+CPIN: SIM PIN");
		}
		if (command == "AT#PCT" && !pct.empty())
			return pct == "ERROR" ? lines(pct) : ok(pct);
		if (command == "AT+CPIN=${pin}") {
			pins++;
			if (wrong)
				return lines("+CME ERROR: 16");
			locked = false;
			return ok();
		}
		if (command == "AT#OTASUAN=1" && locks)
			locked = true;
		return answer_to(command);
	}

	bool locked, locks, wrong = false;
	guint pins = 0, asked = 0;
	std::string pct = "#PCT: 3";
};

TEST(TelitPin, BeforeAndAfterTheUpdate)
{
	for (bool before : { true, false }) {
		Locked t(before, true);

		t.go();
		EXPECT_EQ("good", t.verdict());
		EXPECT_EQ(before ? 2u : 1u, t.pins);
		EXPECT_TRUE(t.wire_has("AT+CPIN=\"67553911\"\r"));
		EXPECT_EQ(std::string::npos, t.journal.find("67553911"));
		EXPECT_EQ(0u, t.told_count("trouble version 0"));
	}
}

/* Who is there is known before the PIN is told. */
TEST(TelitPin, AStrangersSimGetsNoPin)
{
	Locked t(false, true);

	t.start();
	t.run_to_step("return");
	t.says["AT+GSN"] = ok("356136073296560");
	t.says["AT+CCID"] = ok("8939000000000000002");
	t.run_to_end();
	EXPECT_EQ("UNIT_LEFT", t.verdict());
	EXPECT_EQ(0u, t.pins);
}

TEST(TelitPin, NeverWithFewerThanAllTries)
{
	for (const char *pct : { "#PCT: 2", "#PCT: 1", "#PCT: 0", "#PCT: 10" }) {
		Locked t(true, false);

		t.pct = pct;
		t.go();
		EXPECT_EQ("SIM_LOCKED", t.verdict()) << pct;
		EXPECT_EQ(0u, t.pins) << pct;
	}
}

TEST(TelitPin, WithoutACountOncePerSim)
{
	struct {
		const char *record;
		guint pins;
	} cases[] = { { "", 1 }, { "accepted", 1 }, { "sent", 0 } };

	for (auto &c : cases) {
		Locked t(true, false);

		t.pct = "ERROR";
		if (*c.record)
			t.record["8939000000000000001/pin"] = c.record;
		t.go();
		EXPECT_EQ(c.pins, t.pins) << c.record;
		EXPECT_EQ(c.pins ? "good" : "SIM_LOCKED", t.verdict());
	}
}

/* With all tries left whatever was sent before was right in the end. */
TEST(TelitPin, AllTriesAreWordEnough)
{
	Locked t(true, false);

	t.record["8939000000000000001/pin"] = "sent";
	t.go();
	EXPECT_EQ("good", t.verdict());
}

TEST(TelitPin, AWrongOneIsTold)
{
	Locked t(true, false);

	t.wrong = true;
	t.go();
	EXPECT_EQ("SIM_LOCKED", t.verdict());
	EXPECT_EQ(1u, t.pins);
	EXPECT_TRUE(t.result()->pin_refused);
}

/* Only one that was accepted leaves the way to another one in this visit. */
TEST(TelitPin, AnAcceptedOneMayBeSentAgain)
{
	for (bool wrong : { false, true }) {
		Locked t(true, !wrong);

		t.wrong = wrong;
		t.go();
		EXPECT_EQ(wrong ? 1u : 2u, t.pins);
		EXPECT_EQ(wrong, t.result()->once_sent);
	}
}

/* The unit is updated; that the server is not told is worth a warning. */
TEST(TelitPin, AWrongOneAfterTheUpdateCostsTheLastReportOnly)
{
	Locked t(false, true);

	t.wrong = true;
	t.serves = false;
	t.go();
	EXPECT_EQ("good", t.verdict());
	EXPECT_EQ(1u, t.pins);
	EXPECT_TRUE(t.result()->pin_refused);
	EXPECT_LE(1u, t.told_count("trouble pin-again 0"));
}

/* Whether a PIN may be sent is never decided by silence. */
TEST(TelitPin, ASilentSimBehindTheUpdateGetsNone)
{
	for (bool has_pin : { true, false }) {
		Locked t(false, false);
		bool silent = false;

		if (!has_pin) {
			secret_free(t.pin);
			t.pin = nullptr;
		}
		t.pct = "#PCT: 1";
		t.unit = [&](const std::string &c) {
			return c == "AT+CPIN?" && std::exchange(silent, false) ? "" : t.sim(c);
		};
		t.start();
		t.run_to_step("return");
		silent = true;
		t.run_to_end();
		EXPECT_EQ("good", t.verdict()) << has_pin;
		EXPECT_EQ(0u, t.pins);
		EXPECT_FALSE(silent);
	}
}

/* It is asked who it is and which SIM it has, and is left as it is, whatever it does not answer. */
TEST(TelitDanger, AStrangerWhoseSimIsSilent)
{
	TelitUnit t;

	t.start();
	t.run_to_step("return");
	t.says["AT+GSN"] = t.says["AT+CGSN"] = ok("356136073296560");
	t.says["AT+CCID"] = "\r\n";
	t.sent.clear();
	t.run_to_end();
	EXPECT_NE("good", t.verdict());
	for (const char *setting : { "AT+CMEE=1", "AT#OTASUAN=,2,1", "AT+CPIN?" })
		EXPECT_EQ(0u, t.sent_count(setting)) << setting;
}

TEST(TelitPin, WithoutOneTheUnitPassesAtOnce)
{
	Locked t(false, true);
	gint64 begun = t.now;

	secret_free(t.pin);
	t.pin = nullptr;
	t.serves = false;
	t.go();
	EXPECT_EQ("good", t.verdict());
	EXPECT_EQ(0u, t.pins);
	EXPECT_GT(120 * SECOND, t.now - begun);
}

/* ---- secrets ---- */

TEST(TelitSecrets, AreSentAndNeverWrittenDown)
{
	TelitUnit t("telit-pfm-combined");
	JobSpec s;

	secret_free(t.password);
	t.password = secret_new("pl4nted-s3cret");
	s = t.spec();
	s.apn_user = "line7";
	t.begin(s);
	t.run_to_end();
	EXPECT_EQ("good", t.verdict());
	EXPECT_TRUE(t.wire_has("AT#OTASNAPIPCFG=2,\"ibox.tim.it\",\"line7\",\"pl4nted-s3cret\"\r"));
	EXPECT_EQ(std::string::npos, t.journal.find("pl4nted"));
	for (const std::string &line : t.told)
		EXPECT_EQ(std::string::npos, line.find("pl4nted")) << line;
	for (auto &fact : t.record)
		EXPECT_EQ(std::string::npos, fact.second.find("pl4nted")) << fact.first;
}

/* ---- every step, disturbed ---- */

enum Disturbance { SILENCE, ERROR, GARBAGE, UNPLUG, REBOOT, N_DISTURBANCES };

const char *const disturbances[] = { "silence", "ERROR", "garbage", "unplug", "reboot" };

/* From the moment that the row is entered. */
void disturb(TelitUnit *t, Disturbance how)
{
	switch (how) {
	case SILENCE:
		t->unit = [](const std::string &) { return std::string(); };
		break;
	case ERROR:
		t->unit = [](const std::string &) { return lines("ERROR"); };
		break;
	case GARBAGE:
		t->unit = [](const std::string &) {
			static const char noise[] = "\xff\x00\r\n~}#!}OK?\r\n+CGMR: \r\n\x1b[2J";

			return std::string(noise, sizeof(noise) - 1);
		};
		break;
	case UNPLUG:
		t->detach();
		break;
	case REBOOT:
		t->echo = true;
		t->say("#QSS: 1");
		break;
	case N_DISTURBANCES:
		break;
	}
}

/* What it may end with: never good when it is not at the target, never unknown before the danger, never without an end. */
void check_end(const TelitUnit &t, bool danger, Disturbance how)
{
	const JobResult *r = t.result();
	bool at_target = t.revision == "10.00.006";

	if (r->fault == FAULT_NONE) {
		EXPECT_TRUE(r->version_read);
		EXPECT_TRUE(at_target);
	}
	if (!danger) {
		EXPECT_FALSE(r->unknown);
		EXPECT_TRUE(how == REBOOT || (!r->entered && r->fault != FAULT_NONE));
	} else if (how == UNPLUG) {
		EXPECT_EQ(FAULT_NEVER_CAME_BACK, r->fault);
		EXPECT_TRUE(r->unknown);
	} else if (how != REBOOT && r->fault != FAULT_NONE) {
		EXPECT_TRUE(r->unknown || r->fault == FAULT_COMMAND_REFUSED || r->version_read ||
			    r->fault == FAULT_IMEI_CHANGED || r->fault == FAULT_MODEL_CHANGED ||
			    r->fault == FAULT_NOT_FUNCTIONAL || r->fault == FAULT_WRONG_VERSION)
			<< fault_get(r->fault)->name;
	}
	if (!danger && how == UNPLUG) {
		EXPECT_EQ(FAULT_UNIT_LEFT, r->fault);
	}
	EXPECT_NE(FAULT_LOOP, r->fault);
	EXPECT_LE(t.sent_count("AT#OTASUAN=1") + t.sent_count("AT#OTAIPUPD"), 1u);
}

class Matrix : public ::testing::TestWithParam<const char *>
{
};

TEST_P(Matrix, EveryStepDisturbedEnds)
{
	const Driver *driver;
	const Procedure *p = procedure_find(GetParam(), &driver);
	bool danger = false;
	guint reached = 0;

	for (gsize i = 0; i < p->n_steps; i++) {
		danger = danger || (p->steps[i].flags & STEP_DANGER);
		for (int how = 0; how < N_DISTURBANCES; how++) {
			TelitUnit t(GetParam());
			bool in_danger;

			SCOPED_TRACE(std::string(p->steps[i].name) + ", " + disturbances[how]);
			t.calls = strstr(GetParam(), "tcpip") == nullptr;
			t.pfm.wait_s = 120;
			t.start();
			t.run_while([&] {
				return !job_done(t.job) &&
				       strcmp(job_step_name(t.job), p->steps[i].name) != 0;
			});
			if (job_done(t.job))
				continue; /* not on the good way: the PIN's rows */
			reached++;
			in_danger = job_in_danger(t.job);
			disturb(&t, static_cast<Disturbance>(how));
			t.run_to_end(8000);
			check_end(t, in_danger, static_cast<Disturbance>(how));
		}
	}
	EXPECT_LT(30u * N_DISTURBANCES, reached);
}

INSTANTIATE_TEST_SUITE_P(Telit, Matrix,
			 ::testing::Values("telit-pfm-sms", "telit-pfm-combined",
					   "telit-pfm-tcpip"));

} // namespace
