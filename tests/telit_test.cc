/* SPDX-License-Identifier: Apache-2.0
 *
 * Telit's procedures against what these modules really say: the good way of each, every spelling, what they need before. They
 * know no port, no database and no station. */
#include "lib/job.h"

#include "tests/telit_unit.h"

namespace
{

using Lines = std::vector<std::string>;

const char question[] = "#OTAEV: Do you want to upgrade the firmware?";
const char imsi[] = "222015602527490";
const char other_imei[] = "356136073296560";

Lines operator+(Lines a, const Lines &b)
{
	a.insert(a.end(), b.begin(), b.end());
	return a;
}

const Lines saving = { "AT",          "AT+CMEE?",    "AT+CNMI?", "AT+CMGF?",   "AT+CSCS?",
		       "AT+CREG?",    "AT+CGREG?",   "AT#QSS?",  "AT#SIMDET?", "AT#OTASUAN?",
		       "AT+CGCLASS?", "AT#AUTOATT?", "AT+IPR?" };
const Lines preparing = { "ATE0",     "AT+CMEE=1",   "AT#OTASUAN=,2,1", "AT#OTAIPUPD?",
			  "AT+IPR?",  "AT#AUTOATT?", "AT+CGCLASS?",     "AT#CCID",
			  "AT+CPIN?", "AT+CGREG?",   "AT+CSQ",          "AT+CIMI",
			  "AT+CNUM" };
const Lines back = { "AT", "AT+GSN", "ATE0", "AT+CMEE=1", "AT#OTASUAN=,2,1", "AT+CPIN?" };
const Lines proof = { "AT+GSN", "AT+CGMM", "AT+CFUN?", "AT+CGMR" };
const Lines restoring = {
	"AT+CMEE?",        "AT+CMEE=2",       "AT+CMEE?",    "AT+CNMI?",    "AT+CNMI=2,1,0,0,0",
	"AT+CNMI?",        "AT+CMGF?",        "AT+CMGF=1",   "AT+CMGF?",    "AT+CSCS?",
	"AT+CSCS=\"GSM\"", "AT+CSCS?",        "AT+CREG?",    "AT+CGREG?",   "AT#QSS?",
	"AT#QSS=2",        "AT#QSS?",         "AT#SIMDET?",  "AT#SIMDET=1", "AT#SIMDET?",
	"AT#OTASUAN?",     "AT#OTASUAN=,1,0", "AT#OTASUAN?", "ATE1",        "AT",
	"AT+CGCLASS?",     "AT#AUTOATT?",     "AT+IPR?"
};

/* Between what all ways have in common. */
void expect_sent(const TelitUnit &t, const Lines &own)
{
	EXPECT_EQ(saving + preparing + own + back + proof + restoring, t.sent);
}

TEST(TelitSms, Good)
{
	TelitUnit t;
	auto before = t.settings;

	t.go();
	EXPECT_EQ("good", t.verdict());
	EXPECT_STREQ("10.00.006", t.result()->unit.revision);
	expect_sent(t, { "AT#OTASNAP=\"+390404192000\"", "AT+GSN", "AT#OTASUAN=1" });
	EXPECT_EQ(before, t.settings);
	EXPECT_TRUE(t.echo);
	EXPECT_STREQ("", t.result()->detail);
	EXPECT_EQ("restored", t.record["359180085703723/settings"]);
	EXPECT_EQ(imsi, t.record["359180085703723/registration"]);
	EXPECT_EQ("359180085703723", t.record["222015602527490/registered-imei"]);
	EXPECT_EQ("+39335475718", t.record["8939000000000000001/number"]);
	EXPECT_EQ(0u, t.told_count("trouble version 0"));
}

TEST(TelitCombined, Good)
{
	TelitUnit t("telit-pfm-combined");

	t.go();
	EXPECT_EQ("good", t.verdict());
	expect_sent(t, { "AT#OTASNAPIPCFG=${pfm_access}",
			 "AT#OTASNAPIP=10510,\"pfm.example.com\",\"+39335475718\"", "AT+GSN",
			 "AT#OTASUAN=1" });
	EXPECT_TRUE(t.wire_has("AT#OTASNAPIPCFG=2,\"ibox.tim.it\"\r"));
}

TEST(TelitTcpip, Good)
{
	TelitUnit t("telit-pfm-tcpip");

	t.calls = false;
	t.go();
	EXPECT_EQ("good", t.verdict());
	expect_sent(t, { "AT#OTASNAPIPCFG=${pfm_access}",
			 "AT#OTASNAPIP=10510,\"pfm.example.com\",\"+39335475718\"",
			 "AT#OTAIPCFG=10510,\"pfm.example.com\"", "AT+GSN", "AT#OTAIPUPD" });
}

/* Between the restart and the server's word nothing is asked but who it is and what the SIM wants. */
TEST(Telit, OnlyThePinComesBeforeTheServersWord)
{
	for (const char *way : { "telit-pfm-sms", "telit-pfm-combined", "telit-pfm-tcpip" }) {
		TelitUnit t(way);

		t.serves = false;
		t.calls = strstr(way, "tcpip") == nullptr;
		t.start();
		t.run_to_step("served");
		EXPECT_EQ(back, Lines(t.sent.end() - 6, t.sent.end())) << way;
		t.sent.clear();
		t.run(200 * 1000);
		EXPECT_EQ(Lines{}, t.sent) << way;
		t.say(t.served);
		EXPECT_STREQ("same-imei", job_step_name(t.job)) << way;
		t.run_to_end();
		EXPECT_EQ("good", t.verdict()) << way;
	}
}

/* ---- spellings ---- */

TEST(Telit, EverySpellingOfTheReports)
{
	const std::vector<Lines> spellings = {
		{ "#OTAEV: Start Fw Download", "#OTAEV: Fw Download Complete",
		  "#OTAEV: Module Upgraded To New Fw",
		  "#OTAEV: Server notified about successfull FW Upgrade" },
		{ "#otaev: start fw download", "#otaev: fw download complete",
		  "#otaev: module upgraded to new fw",
		  "#OTAEV: Server notified about successful FW Upgrade" },
		{ "#OTAEV:Start Fw Download", "#OTAEV:Fw Download Complete",
		  "#OTAEV:Module Upgraded To New FW", "#OTAEV:Server notified" },
		{ "#OTAEV: START FW DOWNLOAD", "#OTAEV: FW DOWNLOAD COMPLETE",
		  "#OTAEV: MODULE UPGRADED TO NEW FW", "#OTAEV: SERVER NOTIFIED ABOUT" },
		/* other grammars under the same prefix, and lines that were cut */
		{ "#OTAEV: #918", "#OTAEV: Start Fw Download", "#OTAEV: #DREL",
		  "#OTAEV:", "#OTAEV: Provisioned", "#OTAEV: Fw Down",
		  "#OTAEV: Fw Download Complete", "#OTAEV: Module Upgraded To New FW",
		  "#OTAEV: Server notified about successfull FW Upgrade" },
		/* some are lost */
		{ "#OTAEV: Fw Download Complete", "#OTAEV: Module Upgraded To New FW",
		  "#OTAEV: Server notified about successfull FW Upgrade" },
		{ "#OTAEV: Module Upgraded To New FW",
		  "#OTAEV: Server notified about successfull FW Upgrade" },
		{ "#OTAEV: Start Fw Download",
		  "#OTAEV: Server notified about successfull FW Upgrade" },
	};

	for (const char *way : { "telit-pfm-sms", "telit-pfm-combined" })
		for (const Lines &spelling : spellings) {
			TelitUnit t(way);
			gint64 begun = t.now;

			t.reports_after = spelling;
			t.serves = false;
			t.go();
			EXPECT_EQ("good", t.verdict()) << spelling[0];
			EXPECT_GT(90 * SECOND, t.now - begun) << spelling[0];
			EXPECT_EQ(0u, t.told_count("trouble version 0")) << spelling[0];
		}
}

TEST(Telit, LowerCaseOk)
{
	TelitUnit t;

	t.says["AT#OTASUAN=1"] = "";
	t.unit = [&t](const std::string &command) {
		std::string said = command == "AT#OTASUAN=1" ? t.accepted() : t.answer_to(command);
		gsize at = said.rfind("OK");

		if (at != std::string::npos)
			said.replace(at, 2, "ok");
		return said;
	};
	t.go();
	EXPECT_EQ("good", t.verdict());
}

/* ---- the request ---- */

TEST(Telit, AnAutomaticRequestIsListenedTo)
{
	for (const char *way : { "telit-pfm-sms", "telit-pfm-combined" }) {
		TelitUnit t(way);

		t.call = "#OTAEV: Automatic Fw Upgrade Requested";
		t.start();
		t.run_to_step("download");
		EXPECT_TRUE(job_in_danger(t.job));
		EXPECT_EQ(1u, t.told_count("danger download 1"));
		EXPECT_EQ(0u, t.sent_count("AT#OTASUAN=1"));
		t.accepted();
		t.run_to_end();
		EXPECT_EQ("good", t.verdict()) << way;
		EXPECT_EQ(0u, t.sent_count("AT#OTASUAN=1"));
	}
}

/* Whether an update runs was asked and not answered: what begins later is heard all the same. */
TEST(Telit, AnAutomaticUpdateOfOneThatDidNotSayWhetherItRuns)
{
	TelitUnit t("telit-pfm-combined");

	t.calls = false;
	t.says["AT#OTAIPUPD?"] = " ";
	t.start();
	t.run_to_step("request");
	t.say("#OTAEV: Automatic Fw Upgrade Requested");
	t.say("#OTAEV: Start Fw Download");
	EXPECT_STREQ("download", job_step_name(t.job));
	EXPECT_TRUE(job_in_danger(t.job));
	t.accepted();
	t.run_to_end();
	EXPECT_EQ("good", t.verdict());
}

/* The number is that of the SIM which only this vendor's question reads. */
TEST(Telit, TheNumberOfASimThatWasNotKnownBefore)
{
	TelitUnit t("telit-pfm-combined");

	t.iccid = "";
	t.go();
	EXPECT_EQ("good", t.verdict());
	EXPECT_EQ(1u, t.sent_count("AT#OTASNAPIP=10510,\"pfm.example.com\",\"+39335475718\""));
}

/* It is in the middle of being prepared: what begins by itself is heard all the same, and nothing more is sent. */
TEST(Telit, AnAutomaticRequestWhileItIsPrepared)
{
	TelitUnit t("telit-pfm-combined");

	t.start();
	t.run_to_step("signal");
	t.frozen = true;
	t.say("#OTAEV: Automatic Fw Upgrade Requested");
	EXPECT_STREQ("download", job_step_name(t.job));
	t.sent.clear();
	t.run(30 * 1000);
	EXPECT_EQ(Lines{}, t.sent);
	t.frozen = false;
	t.accepted();
	t.run_to_end();
	EXPECT_EQ("good", t.verdict());
}

TEST(Telit, TheQuestionMayComeEarly)
{
	for (const char *step : { "echo-off", "running", "sim", "registered", "confirmed" }) {
		TelitUnit t;

		t.calls = false;
		t.start();
		t.run_to_step(step);
		t.say(question);
		t.run_to_end();
		EXPECT_EQ("good", t.verdict()) << step;
		EXPECT_EQ(1u, t.sent_count("AT#OTASUAN=1")) << step;
	}
}

TEST(Telit, AQuestionThatRanOutIsWaitedForAgain)
{
	TelitUnit t;

	t.calls = false;
	t.start();
	t.run_to_step("request");
	t.once["AT+GSN"] = { "" };
	t.say(question);
	EXPECT_STREQ("still-here", job_step_name(t.job));
	t.say("#OTAEV: User Answer Timeout");
	EXPECT_STREQ("request", job_step_name(t.job));
	t.run(60 * 1000);
	t.say(question);
	t.run_to_end();
	EXPECT_EQ("good", t.verdict());
	EXPECT_EQ(1u, t.sent_count("AT#OTASUAN=1"));
}

/* Sixteen reports wait for the row that wants them: the question is among them, however much the unit chats. */
TEST(Telit, AQuestionIsNotLostAmongOtherReports)
{
	for (bool chats_first : { true, false }) {
		TelitUnit t;

		t.calls = false;
		t.pfm.preprovisioned = true;
		t.once["AT+CNUM"] = { "" };
		t.start();
		t.run_to_step("number");
		if (!chats_first)
			t.say(question);
		for (int i = 0; i < 40; i++)
			t.say("+CREG: 1");
		if (chats_first)
			t.say(question);
		t.feed(ok());
		t.run_to_end();
		EXPECT_EQ("good", t.verdict()) << chats_first;
	}
}

/* The yes comes within the module's 60 s, whatever happened just before. */
TEST(Telit, TheAnswerComesAtOnce)
{
	TelitUnit t;
	gint64 asked;

	t.calls = false;
	t.start();
	t.run_to_step("request");
	t.run(100 * 1000);
	asked = t.now;
	t.once["AT+GSN"] = t.once["AT+CGSN"] = { "" };
	t.say(question);
	t.run_while([&] { return t.sent_count("AT#OTASUAN=1") == 0; });
	EXPECT_GT(30 * SECOND, t.now - asked);
}

TEST(Telit, ARefusedYesIsAnotherTry)
{
	TelitUnit t;

	t.says["AT#OTASUAN=1"] = lines("+CME ERROR: 3");
	t.go();
	EXPECT_EQ("COMMAND_REFUSED", t.verdict());
	EXPECT_STREQ("3", t.result()->vendor_code);
	EXPECT_TRUE(t.result()->version_read);
	EXPECT_STREQ("10.00.005", t.result()->unit.revision);
	EXPECT_TRUE(fault_get(FAULT_COMMAND_REFUSED)->transient);
	EXPECT_EQ("restored", t.record["359180085703723/settings"]);
}

TEST(Telit, TheServerDoesNotCall)
{
	TelitUnit t;
	gint64 begun;

	t.calls = false;
	t.pfm.wait_s = 600;
	t.start();
	t.run_to_step("request");
	begun = t.now;
	t.run_to_end();
	EXPECT_EQ("NO_SERVER_REQUEST", t.verdict());
	EXPECT_LE(600 * SECOND, t.now - begun);
	EXPECT_GT(605 * SECOND, t.now - begun);
	EXPECT_FALSE(t.result()->entered);
	EXPECT_EQ("restored", t.record["359180085703723/settings"]);
}

TEST(Telit, AUnitThatLeavesWhileItWaitsIsMissed)
{
	TelitUnit t;
	gint64 begun;

	t.calls = false;
	t.start();
	t.run_to_step("request");
	begun = t.now;
	t.frozen = true;
	t.run_to_end();
	EXPECT_EQ("NO_ANSWER", t.verdict());
	EXPECT_GT(60 * SECOND, t.now - begun);
}

/* Reports of the last update that the module has kept are told when it is told to report: they mean nothing. */
TEST(Telit, OldReportsMeanNothing)
{
	TelitUnit t;

	t.says["AT#OTASUAN=,2,1"] = ok() + lines("#OTAEV: Automatic Fw Upgrade Requested") +
				    lines("#OTAEV: Start Fw Download") +
				    lines("#OTAEV: Fw Download Complete") +
				    lines("#OTAEV: Module Upgraded To New FW") +
				    lines("#OTAEV: Server notified about successfull FW Upgrade");
	t.calls = false;
	t.start();
	t.run_to_step("request");
	EXPECT_FALSE(job_in_danger(t.job));
	t.says.clear();
	t.say(question);
	t.run_to_end();
	EXPECT_EQ("good", t.verdict());
}

TEST(Telit, AnUpdateThatRunsAlreadyIsTakenOver)
{
	TelitUnit t("telit-pfm-combined");

	t.says["AT#OTAIPUPD?"] = ok("#OTAIPUPD: 1");
	t.start();
	t.run_to_step("download");
	EXPECT_TRUE(job_in_danger(t.job));
	t.accepted();
	t.run_to_end();
	EXPECT_EQ("good", t.verdict());
}

/* ---- what it needs ---- */

TEST(Telit, MinimumVersions)
{
	struct {
		const char *way, *version;
		bool good;
	} cases[] = {
		{ "telit-pfm-combined", "10.00.003", true },
		{ "telit-pfm-combined", "10.00.002", false },
		{ "telit-pfm-combined", "10.00.152", false },
		{ "telit-pfm-combined", "10.00.155", true },
		{ "telit-pfm-combined", "12.00.003.2", true },
		{ "telit-pfm-combined", "12.00.009.1", false },
		{ "telit-pfm-combined", "12.00.002", true },
		{ "telit-pfm-combined", "13.00.001", false },
		{ "telit-pfm-combined", "16.00.152", false },
		{ "telit-pfm-combined", "nonsense1", false },
		{ "telit-pfm-tcpip", "10.00.003", false },
		{ "telit-pfm-tcpip", "10.00.004", true },
		{ "telit-pfm-tcpip", "13.00.002", true },
		{ "telit-pfm-sms", "16.00.152", true },
		{ "telit-pfm-sms", "10.00.001", true },
	};

	for (auto &c : cases) {
		TelitUnit t(c.way);

		t.revision = c.version;
		t.calls = strstr(c.way, "tcpip") == nullptr;
		t.go();
		EXPECT_EQ(c.good ? "good" : "FIRMWARE_TOO_OLD", t.verdict()) << c.version;
		EXPECT_EQ(c.good, !t.sent.empty()) << c.version;
	}
}

TEST(TelitSms, AnOldFirmwareIsWarnedOf)
{
	for (const char *version : { "10.00.002", "11.00.009" }) {
		TelitUnit t;

		t.revision = version;
		t.go();
		EXPECT_EQ("good", t.verdict());
		EXPECT_EQ(1u, t.told_count("trouble supported 0")) << version;
	}
}

TEST(Telit, WithoutAServiceNothingIsSent)
{
	struct {
		const char *way;
		void (*change)(TelitUnit *);
	} cases[] = {
		{ "telit-pfm-sms", [](TelitUnit *t) { t->has_pfm = false; } },
		{ "telit-pfm-sms", [](TelitUnit *t) { t->pfm.number = ""; } },
		{ "telit-pfm-combined", [](TelitUnit *t) { t->pfm.address = ""; } },
		{ "telit-pfm-tcpip", [](TelitUnit *t) { t->pfm.port = 0; } },
	};

	for (auto &c : cases) {
		TelitUnit t(c.way);

		c.change(&t);
		t.go();
		EXPECT_EQ("NO_SERVICE", t.verdict());
		EXPECT_EQ(Lines{}, t.sent);
	}
}

TEST(Telit, AFirmwareWithoutTheService)
{
	TelitUnit t;

	t.says["AT#OTASUAN=,2,1"] = lines("ERROR");
	t.go();
	EXPECT_EQ("NO_PFM", t.verdict());
	EXPECT_EQ("restored", t.record["359180085703723/settings"]);
}

/* What is wrong is set, and put back last. */
TEST(Telit, SpeedAttachAndClass)
{
	struct {
		PfmBearer bearer;
		const char *name, *wrong, *command;
	} cases[] = {
		{ PFM_BEARER_GPRS, "+IPR", "0", "AT+IPR=115200" },
		{ PFM_BEARER_GPRS, "#AUTOATT", "0", "AT#AUTOATT=1" },
		{ PFM_BEARER_GPRS, "+CGCLASS", "\"CC\"", "AT+CGCLASS=\"B\"" },
		{ PFM_BEARER_CSD, "+CGCLASS", "\"CG\"", "AT+CGCLASS=\"B\"" },
	};

	for (auto &c : cases) {
		TelitUnit t;
		std::string put_back = std::string("AT") + c.name + "=" + c.wrong;

		t.pfm.bearer = c.bearer;
		t.settings[c.name] = c.wrong;
		t.go();
		EXPECT_EQ("good", t.verdict()) << c.name;
		EXPECT_EQ(1u, t.sent_count(c.command)) << c.name;
		EXPECT_EQ(c.wrong, t.settings[c.name]);
		/* Nothing but the others of these comes behind it. */
		auto at = std::find(t.sent.begin(), t.sent.end(), put_back);
		ASSERT_NE(t.sent.end(), at) << put_back;
		EXPECT_EQ(t.sent.end(), std::find(at, t.sent.end(), "AT+CNMI?"));
	}
}

TEST(Telit, WhatIsRightIsLeftAlone)
{
	TelitUnit t;

	t.pfm.bearer = PFM_BEARER_CSD;
	t.settings["#AUTOATT"] = "0";
	t.settings["+CGCLASS"] = "\"CC\"";
	t.start();
	t.run_to_step("request");
	EXPECT_EQ(0u, t.sent_count("AT#AUTOATT=1"));
	EXPECT_EQ(0u, t.sent_count("AT+CGCLASS=\"B\""));
	EXPECT_EQ(0u, t.sent_count("AT+IPR=115200"));
	/* Over the voice network it is asked whether that one knows it. */
	EXPECT_EQ(0u, t.sent_count("AT+CGREG?") - 1);
	EXPECT_EQ(2u, t.sent_count("AT+CREG?"));
}

/* ---- the registration ---- */

TEST(Telit, RegisteredOncePerUnitAndSim)
{
	TelitUnit t;

	t.record["359180085703723/registration"] = imsi;
	t.record["222015602527490/registered-imei"] = "359180085703723";
	t.start();
	t.run_to_step("request");
	t.say(question);
	t.run_to_end();
	EXPECT_EQ("good", t.verdict());
	EXPECT_EQ(0u, t.sent_count("AT#OTASNAP=\"+390404192000\""));
}

TEST(Telit, PreprovisionedUnitsAreNotRegistered)
{
	for (const char *way : { "telit-pfm-sms", "telit-pfm-combined", "telit-pfm-tcpip" }) {
		TelitUnit t(way);

		t.pfm.preprovisioned = true;
		t.start();
		if (!strstr(way, "tcpip")) {
			t.run_to_step("request");
			t.say(question);
		}
		t.run_to_end();
		EXPECT_EQ("good", t.verdict()) << way;
		EXPECT_FALSE(t.wire_has("AT#OTASNAP")) << way;
		EXPECT_EQ("", t.record["359180085703723/registration"]);
	}
}

/* Where the configuration does not say what server that is, it is told nothing of one. */
TEST(Telit, PreprovisionedUnitsKnowTheirServer)
{
	for (const char *address : { "", "pfm.example" }) {
		TelitUnit t("telit-pfm-tcpip");

		t.pfm.preprovisioned = true;
		t.pfm.address = address;
		t.start();
		t.run_to_end();
		EXPECT_EQ("good", t.verdict());
		EXPECT_EQ(*address != '\0', t.wire_has("AT#OTAIPCFG=")) << address;
	}
}

/* Chapter 7 without a registration: nobody asks this unit, and why is known. */
TEST(Telit, APreprovisionedUnitWhoseSimWasMovedIsNotCalled)
{
	for (const char *way : { "telit-pfm-sms", "telit-pfm-combined-query" })
		for (bool moved : { false, true }) {
			TelitUnit t(way);

			t.pfm.preprovisioned = true;
			t.calls = false;
			t.record["359180085703723/registration:222015602527490"] = "yes";
			t.record["222015602527490/registered-imei"] =
				moved ? "356136073296560" : "359180085703723";
			t.start();
			t.run_to_end();
			EXPECT_EQ("NO_SERVER_REQUEST", t.verdict()) << way;
			EXPECT_EQ(moved,
				  strstr(t.result()->detail,
					 "server record is stale: ask the PFM administrator for a "
					 "forced registration of IMEI 359180085703723") != nullptr)
				<< way << t.result()->detail;
		}
}

TEST(Telit, AnotherSimIsRegisteredAnew)
{
	TelitUnit t;

	t.record["359180085703723/registration"] = "222015602520000";
	t.go();
	EXPECT_EQ("good", t.verdict());
	EXPECT_EQ(1u, t.sent_count("AT#OTASNAP=\"+390404192000\""));
	EXPECT_EQ(imsi, t.record["359180085703723/registration"]);
}

TEST(Telit, TheServiceDoesNotAnswer)
{
	TelitUnit t;
	gint64 begun;

	t.registers = false;
	t.start();
	t.run_to_step("confirmed");
	begun = t.now;
	t.run_to_end();
	EXPECT_EQ("NO_REGISTRATION", t.verdict());
	EXPECT_LE(300 * SECOND, t.now - begun);
	EXPECT_GT(303 * SECOND, t.now - begun);
	EXPECT_EQ("", t.record["359180085703723/registration"]);
}

/* Chapter 7 of the document, word by word: SIM A in A, then in B, then back. */
TEST(Telit, ASimThatWasMovedIsRegisteredAgainOnce)
{
	for (bool answers : { true, false }) {
		TelitUnit a;
		TelitUnit b;

		a.go();
		b.imei = other_imei;
		b.record = a.record;
		b.go();
		EXPECT_EQ("good", b.verdict());
		EXPECT_EQ(other_imei, b.record["222015602527490/registered-imei"]);

		TelitUnit again;
		again.record = b.record;
		again.registers = answers;
		again.go();
		EXPECT_EQ(1u, again.sent_count("AT#OTASNAP=\"+390404192000\""));
		EXPECT_EQ(answers ? "good" : "STALE_REGISTRATION", again.verdict());
		EXPECT_STREQ(
			answers ? ""
				: "server record is stale: ask the PFM administrator for a forced "
				  "registration of IMEI 359180085703723, number +39335475718",
			again.result()->detail);
	}
}

TEST(Telit, ReleasedAtTheEnd)
{
	for (bool more : { false, true }) {
		TelitUnit t;
		JobSpec s;

		t.pfm.release = true;
		s = t.spec();
		s.further = more ? "10.00.007" : nullptr;
		t.says["AT#OTASNAP=\"\""] = ok();
		t.begin(s);
		t.run_to_end();
		EXPECT_EQ("good", t.verdict());
		EXPECT_EQ(more ? 0u : 1u, t.sent_count("AT#OTASNAP=\"\""));
		EXPECT_EQ(more ? imsi : "none", t.record["359180085703723/registration"]);
	}
}

/* ---- operations ---- */

TEST(TelitOperation, Register)
{
	for (const char *way : { "telit-pfm-sms-register", "telit-pfm-combined-register",
				 "telit-pfm-tcpip-register" }) {
		TelitUnit t(way);

		t.record["359180085703723/registration"] = imsi;
		t.record["222015602527490/registered-imei"] = "359180085703723";
		t.target = nullptr;
		t.calls = false;
		t.go();
		EXPECT_EQ("good", t.verdict()) << way;
		EXPECT_FALSE(t.result()->entered);
		EXPECT_TRUE(t.wire_has("AT#OTASNAP")) << way;
		EXPECT_EQ("restored", t.record["359180085703723/settings"]);
	}
}

TEST(TelitOperation, AQuestionIsAnsweredNo)
{
	for (const char *way : { "telit-pfm-sms-register", "telit-pfm-sms-query" }) {
		TelitUnit t(way);

		t.target = nullptr;
		t.calls = false;
		t.registers = strstr(way, "query") != nullptr;
		t.start();
		t.run_to_step(t.registers ? "request" : "confirmed");
		t.say(question);
		t.run(1000);
		EXPECT_EQ(1u, t.sent_count("AT#OTASUAN=0")) << way;
		EXPECT_EQ(0u, t.sent_count("AT#OTASUAN=1")) << way;
		t.say(strstr(way, "query") ? "#OTAEV: Notified" : "#OTAEV: Registered");
		t.run_to_end();
		EXPECT_EQ("good", t.verdict()) << way;
	}
}

TEST(TelitOperation, Query)
{
	for (const char *way : { "telit-pfm-sms-query", "telit-pfm-combined-query" }) {
		for (bool asked : { true, false }) {
			TelitUnit t(way);
			gint64 begun;

			t.target = nullptr;
			t.calls = false;
			t.start();
			t.run_to_step("request");
			begun = t.now;
			if (asked)
				t.later(600 * 1000, lines("#OTAEV: Notified"));
			t.run_to_end();
			EXPECT_EQ(asked ? "good" : "NO_SERVER_REQUEST", t.verdict()) << way;
			EXPECT_FALSE(t.result()->entered);
			EXPECT_NEAR(asked ? 600 : 1800, (t.now - begun) / SECOND, 10);
		}
	}
}

TEST(TelitOperation, Test)
{
	for (const char *way : { "telit-pfm-sms-test", "telit-pfm-combined-test" })
		for (const char *call : { question, "#OTAEV: Automatic Fw Upgrade Requested" }) {
			TelitUnit t(way);

			t.target = nullptr;
			t.calls = t.updates = t.serves = false;
			t.reports_after = { "#OTAEV: Start Fw Download",
					    "#OTAEV: Fw Download Complete" };
			t.start();
			t.run_to_step("request");
			t.say(call);
			if (call != question)
				t.accepted();
			t.run_to_end();
			EXPECT_EQ("good", t.verdict()) << way << call;
			EXPECT_STREQ("10.00.005", t.result()->unit.revision);
			EXPECT_EQ("restored", t.record["359180085703723/settings"]);
		}
}

/* The server was not to update, and does. */
TEST(TelitOperation, ATestThatFlashesIsWaitedFor)
{
	TelitUnit t("telit-pfm-sms-test");

	t.target = nullptr;
	t.calls = false;
	t.start();
	t.run_to_step("request");
	t.say(question);
	t.run_to_end();
	EXPECT_EQ("good", t.verdict());
	EXPECT_STREQ("10.00.006", t.result()->unit.revision);
	EXPECT_EQ(1u, t.told_count("trouble tested 0"));
}

/* What has no update in it does not follow one either. */
TEST(TelitOperation, AnUpdateThatBeginsByItselfIsLeftAlone)
{
	TelitUnit t("telit-pfm-sms-query");

	t.target = nullptr;
	t.calls = false;
	t.start();
	t.run_to_step("request");
	t.sent.clear();
	t.say("#OTAEV: Automatic Fw Upgrade Requested");
	EXPECT_EQ("UPDATING", t.verdict());
	EXPECT_TRUE(t.result()->hands_off);
	EXPECT_EQ(Lines{}, t.sent);
}

} // namespace
