/* SPDX-License-Identifier: Apache-2.0
 *
 * Identification against units of several makers, speeds and habits; whatever is there, nothing in it is changed. They know
 * no driver but by the reports that are listened to. */
#include "lib/identify.h"

#include <set>

#include "tests/job_bench.h"

namespace
{

using Lines = std::vector<std::string>;

/* Somebody on the line: what it answers, at which speed, with echo or without. */
class Somebody : public Bench
{
      public:
	Somebody()
	{
		unit = [this](const std::string &command) -> std::string {
			if (pipe.baud != speed)
				return wrong_speed;
			if (command == "AT")
				return (echo ? "AT\r" : "") + ok();
			if (!says.count(command))
				return (echo ? command + "\r" : "") + lines("ERROR");
			return (echo ? command + "\r" : "") + says[command];
		};
		quectel();
	}
	~Somebody()
	{
		expect_harmless();
	}

	void quectel()
	{
		says = {
			{ "AT+CGMI", lines("Quectel_Ltd") + lines("Quectel_MC65") +
					     lines("Revision: MTK 0828") + lines("OK") },
			{ "AT+CGMM", ok("Quectel_MC65") },
			{ "AT+CGMR", ok("Revision: MC65CAR01A01") },
			{ "AT+GSN", ok("490154203237518") },
			{ "AT+CFUN?", ok("+CFUN: 1") },
			{ "AT+CIMI", ok("460001234567890") },
			{ "AT+CCID", ok("89860000000000000001") },
		};
	}

	void identify()
	{
		JobSpec s = {};

		s.procedure = &identify_procedure;
		s.unit.cfun = -1;
		begin(s);
	}

	const Unit &who()
	{
		run_to_end();
		EXPECT_EQ("good", verdict());
		return result()->unit;
	}

	/* A stranger is left as it was: of all bytes that were ever sent none belongs to anything but a question. */
	void expect_harmless()
	{
		static const std::set<std::string> questions = {
			"AT",      "AT+CGMI",  "AT+GMI",       "AT+CGMM",  "AT+GMM",    "AT+CGMR",
			"AT+GMR",  "ATI",      "AT+SIMCOMATI", "AT+GSN",   "AT+CGSN",   "AT+QGSN",
			"AT+CIMI", "AT+CFUN?", "AT+CCID",      "AT+QCCID", "AT+CICCID",
		};
		std::string all;

		for (const std::string &command : sent) {
			EXPECT_EQ(1u, questions.count(command)) << command;
			all += command + "\r";
		}
		EXPECT_EQ(all, pipe.written);
		EXPECT_TRUE(told.empty());
	}

	std::map<std::string, std::string> says;
	std::string wrong_speed; /* what is heard at another speed */
	guint speed = 115200;
	bool echo = false;
};

TEST(Identify, AQuectelUnit)
{
	Somebody s;
	const Unit *unit;

	s.identify();
	unit = &s.who();
	EXPECT_STREQ("Quectel_Ltd", unit->maker);
	EXPECT_STREQ("Quectel_MC65", unit->model);
	EXPECT_STREQ("MC65CAR01A01", unit->revision);
	EXPECT_STREQ("490154203237518", unit->imei);
	EXPECT_STREQ("460001234567890", unit->imsi);
	EXPECT_STREQ("89860000000000000001", unit->iccid);
	EXPECT_EQ(1, unit->cfun);
	EXPECT_EQ(115200u, unit->baud);
	EXPECT_EQ((Lines{ "AT", "AT+CGMI", "AT+CGMM", "AT+CGMR", "AT+GSN", "AT+CFUN?", "AT+CIMI",
			  "AT+CCID", "AT" }),
		  s.sent);
}

/* Most rows may go unanswered; a unit that was pulled out in the middle of them has not said who it is. */
/* A modem line that moves may be that of a unit which flashes: nothing is sent while it is watched. */
TEST(Identify, LinesThatMoveAreWatchedBeforeAnythingIsSent)
{
	Somebody s;
	JobSpec spec = {};

	spec.procedure = &identify_procedure;
	s.begin(spec);
	EXPECT_TRUE(job_wants_signals(s.job));
	s.run(500);
	job_signals(s.job, LINE_DCD, s.now);
	s.run(4000);
	EXPECT_EQ(Lines{}, s.sent);
	s.run(2000);
	EXPECT_FALSE(s.sent.empty());
}

TEST(Identify, PulledInTheMiddle)
{
	Somebody s;
	auto there = s.unit;
	bool pulled = false;

	s.unit = [&](const std::string &command) {
		pulled = pulled || command == "AT+GSN";
		return pulled ? std::string() : there(command);
	};
	s.identify();
	s.run_to_end();
	EXPECT_EQ(FAULT_NO_ANSWER, s.result()->fault);
	EXPECT_STREQ("still-there", s.result()->step);
}

/* "Revision: MTK 0828" is the platform, not the firmware; blank lines and leading spaces vary. */
TEST(Identify, ThreeLinesOfMaker)
{
	for (const char *said :
	     { "\r\nQuectel_Ltd\r\nQuectel_MC65\r\nRevision: MTK 0828\r\n\r\nOK\r\n",
	       "\r\n Quectel_Ltd\r\n Quectel_MC65\r\n\r\n Revision: MTK 0828\r\n\r\nOK\r\n",
	       "\r\n+CGMI: Quectel_Ltd\r\nOK\r\n", "\r\n\"Quectel_Ltd\"\r\nOK\r\n" }) {
		Somebody s;
		const Unit *unit;

		s.says["AT+CGMI"] = said;
		s.identify();
		unit = &s.who();
		EXPECT_STREQ("Quectel_Ltd", unit->maker) << said;
		EXPECT_STREQ("Quectel_MC65", unit->model);
		EXPECT_STREQ("MC65CAR01A01", unit->revision);
	}
}

TEST(Identify, AnswersWithTheirPrefix)
{
	Somebody s;
	const Unit *unit;

	s.says["AT+CGMI"] = ok("+CGMI: Quectel_Ltd");
	s.says["AT+CGMM"] = ok("+CGMM: Quectel_MC65");
	s.says["AT+CGMR"] = ok("+CGMR: MC65CAR01A01");
	s.says["AT+GSN"] = ok("+GSN: \"490154203237518\"");
	s.says["AT+CIMI"] = ok("+CIMI: 460001234567890");
	s.says["AT+CCID"] = ok("+CCID: \"89860000000000000001\"");
	s.identify();
	unit = &s.who();
	EXPECT_STREQ("Quectel_Ltd", unit->maker);
	EXPECT_STREQ("Quectel_MC65", unit->model);
	EXPECT_STREQ("MC65CAR01A01", unit->revision);
	EXPECT_STREQ("490154203237518", unit->imei);
	EXPECT_STREQ("460001234567890", unit->imsi);
	EXPECT_STREQ("89860000000000000001", unit->iccid);
}

TEST(Identify, OtherCommandsForTheSame)
{
	Somebody s;
	const Unit *unit;

	s.says = { { "AT+GMI", ok("Quectel_Ltd") },
		   { "AT+GMM", ok("Quectel_MC65") },
		   { "AT+GMR", ok("MC65CAR01A01") },
		   { "AT+QGSN", ok("+QGSN: \"490154203237518\"") },
		   { "AT+CFUN?", ok("+CFUN: 4") },
		   { "AT+CICCID", ok("+ICCID: 89860000000000000001") } };
	s.identify();
	unit = &s.who();
	EXPECT_STREQ("Quectel_Ltd", unit->maker);
	EXPECT_STREQ("Quectel_MC65", unit->model);
	EXPECT_STREQ("MC65CAR01A01", unit->revision);
	EXPECT_STREQ("490154203237518", unit->imei);
	EXPECT_STREQ("89860000000000000001", unit->iccid);
	EXPECT_STREQ("", unit->imsi);
	EXPECT_EQ(4, unit->cfun);
}

/* What tells all of itself at once has lines of all kinds: only those that are labelled are taken. */
TEST(Identify, AllOfItselfAtOnce)
{
	const struct {
		const char *question, *answer, *maker, *model, *revision;
	} table[] = {
		{ "ATI",
		  "Manufacturer: SIMCOM INCORPORATED\r\nModel: SIMCOM_SIM7600C\r\n"
		  "Revision: SIM7600C_V1.0\r\nIMEI: 490154203237518\r\n+GCAP: +CGSM,+FCLASS,+DS",
		  "SIMCOM INCORPORATED", "SIMCOM_SIM7600C", "SIM7600C_V1.0" },
		{ "AT+SIMCOMATI",
		  "Manufacturer:SIMCOM\r\n  Model:SIMCOM_SIM7000G\r\n\r\n"
		  "Revision:1529B08SIM7000G\r\nCSUB:V01\r\nAPRev:1529B08SIM7000,V01",
		  "SIMCOM", "SIMCOM_SIM7000G", "1529B08SIM7000G" },
	};

	for (const auto &row : table) {
		Somebody s;
		const Unit *unit;

		s.says = { { row.question, ok(row.answer) }, { "AT+GSN", ok("490154203237518") } };
		s.identify();
		unit = &s.who();
		EXPECT_STREQ(row.maker, unit->maker);
		EXPECT_STREQ(row.model, unit->model);
		EXPECT_STREQ(row.revision, unit->revision);
	}
}

/* The revision alone is refused, by a unit whose name stands without a label beside it, or whose platform does. */
TEST(Identify, WhatIsNotLabelledIsNoRevision)
{
	const struct {
		const char *ati, *simcomati, *revision;
	} table[] = {
		{ " Quectel_Ltd\r\n Quectel_MC65\r\n\r\n Revision: MC65CAR01A01", nullptr,
		  "MC65CAR01A01" },
		{ "SIM7000G R1529", "Revision:1529B08SIM7000G\r\nQCN:MDM9206_TX3.01",
		  "1529B08SIM7000G" },
		{ "R1951.07", "APRev:1951B16SIM7080,B16V01\r\nCSUB:B16V01", nullptr },
	};

	for (const auto &row : table) {
		Somebody s;

		s.says.erase("AT+CGMR");
		s.says["ATI"] = ok(row.ati);
		if (row.simcomati)
			s.says["AT+SIMCOMATI"] = ok(row.simcomati);
		s.identify();
		s.run_to_end();
		EXPECT_EQ(row.revision ? "good" : "NO_IDENTITY", s.verdict()) << row.ati;
		EXPECT_STREQ(row.revision ? row.revision : "", s.result()->unit.revision);
	}
}

TEST(Identify, EchoStaysAsItWas)
{
	Somebody s;

	s.echo = true;
	s.identify();
	EXPECT_STREQ("490154203237518", s.who().imei);
	EXPECT_STREQ("Quectel_MC65", s.result()->unit.model);
	EXPECT_EQ(0u, s.sent_count("ATE0"));
}

/* Boot reports, noise and half lines between question and answer. */
TEST(Identify, Chatter)
{
	Somebody s;
	const Unit *unit;

	s.later(1100, std::string("\0\xff\xfe~}#\xc0!}%}(} }$#[~", 17));
	s.later(1150, "\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: READY\r\n");
	s.says["AT+GSN"] =
		"\r\n+CPIN: READY\r\n\r\n490154203237518\r\n\r\nCall Ready\r\n\r\nOK\r\n";
	s.says["AT+CGMR"] = "\r\n*PSUTTZ: 21/01/24,23:10:29\",\"+40\",0\r\nRevision: "
			    "MC65CAR01A01\r\n\r\nOK\r\n";
	s.identify();
	unit = &s.who();
	EXPECT_STREQ("490154203237518", unit->imei);
	EXPECT_STREQ("MC65CAR01A01", unit->revision);
}

TEST(Identify, AnswersMayComeLate)
{
	Somebody s;

	s.delay = 3000 * MS;
	s.identify();
	s.run_while(
		[&] { return !job_done(s.job) && std::string(job_step_name(s.job)) != "maker"; });
	s.delay = 1200 * MS;
	EXPECT_STREQ("490154203237518", s.who().imei);
}

/* ---- nothing is known of it ---- */

TEST(Identify, WithoutASim)
{
	Somebody s;

	s.says["AT+CIMI"] = lines("+CME ERROR: 10");
	s.says["AT+CCID"] = lines("+CME ERROR: SIM not inserted");
	s.identify();
	EXPECT_STREQ("", s.who().iccid);
	EXPECT_STREQ("", s.result()->unit.imsi);
	EXPECT_STREQ("490154203237518", s.result()->unit.imei);
}

TEST(Identify, BlankImei)
{
	for (const std::string &said : { ok(), ok("\"\""), ok("0"), lines("ERROR") }) {
		Somebody s;

		s.says["AT+GSN"] = said;
		s.identify();
		EXPECT_STREQ("", s.who().imei) << said;
		EXPECT_STREQ("Quectel_MC65", s.result()->unit.model);
	}
}

TEST(Identify, NoFunctionalState)
{
	Somebody s;

	s.says.erase("AT+CFUN?");
	s.identify();
	EXPECT_EQ(-1, s.who().cfun);
}

/* It answers, and says nothing of itself. */
TEST(Identify, AStranger)
{
	Somebody s;

	s.says.clear();
	s.identify();
	s.run_to_end();
	EXPECT_EQ("NO_IDENTITY", s.verdict());
	EXPECT_STREQ("model", s.result()->step);
}

TEST(Identify, SomethingThatIsNoModemAtAll)
{
	for (const char *babble : { "$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M*47\r\n",
				    "login: ", "AT\r", "OK" }) {
		Somebody s;

		s.unit = [&](const std::string &) { return std::string(babble); };
		s.identify();
		s.run_to_end(400);
		EXPECT_EQ("NO_IDENTITY", s.verdict()) << babble;
	}
}

/* ---- speeds ---- */

TEST(Identify, SilentAtTheUsualSpeedAndFoundByTheScan)
{
	for (guint speed : { 9600, 57600, 38400, 19200, 4800, 230400, 460800, 921600 }) {
		Somebody s;

		s.speed = speed;
		s.identify();
		EXPECT_STREQ("490154203237518", s.who().imei) << speed;
		EXPECT_EQ(speed, s.result()->unit.baud);
		EXPECT_EQ(speed, s.pipe.baud);
	}
}

TEST(Identify, GarbageAtAWrongSpeed)
{
	Somebody s;

	s.speed = 9600;
	s.wrong_speed = std::string("\xff\x00\x80\xfc", 4);
	s.identify();
	EXPECT_EQ(9600u, s.who().baud);
}

/* An adaptive unit would lock onto a wrong speed: ten seconds of silence come first, and the usual speed between any two. */
TEST(Identify, TheScanBeginsLateAndReturnsToTheUsualSpeed)
{
	Somebody s;
	std::vector<guint> speeds = { 115200 };
	gint64 begun = s.now, left = 0, at_usual = 0, since = s.now;

	s.unit = nullptr;
	s.identify();
	while (!job_done(s.job)) {
		s.run(100);
		if (s.pipe.baud == speeds.back())
			continue;
		if (left == 0)
			left = s.now;
		if (speeds.back() == 115200)
			at_usual += s.now - since;
		since = s.now;
		speeds.push_back(s.pipe.baud);
	}
	EXPECT_EQ("NO_IDENTITY", s.verdict());
	EXPECT_LE(10 * SECOND, left - begun);
	EXPECT_LE(17u, speeds.size());
	for (gsize i = 0; i < speeds.size(); i += 2)
		EXPECT_EQ(115200u, speeds[i]);
	for (guint speed : { 9600, 57600, 38400, 19200, 4800, 230400, 460800, 921600 })
		EXPECT_LE(1, std::count(speeds.begin(), speeds.end(), speed)) << speed;
	/* Not reported before so long without any byte. */
	EXPECT_LE(90 * SECOND, at_usual);
	EXPECT_GE(200 * SECOND, s.now - begun);
}

TEST(Identify, AUnitThatTakesAMinuteToStart)
{
	Somebody s;
	auto awake = s.unit;

	s.unit = nullptr;
	s.identify();
	s.run(60 * 1000);
	s.unit = awake;
	EXPECT_STREQ("490154203237518", s.who().imei);
	EXPECT_EQ(115200u, s.result()->unit.baud);
}

/* A station that died left it in an upload: every AT is taken for payload, until a silence ends it. */
TEST(Identify, AUnitThatStillTakesPayload)
{
	Somebody s;
	auto awake = s.unit;
	gint64 last = s.now;
	bool gave_up = false;

	s.unit = [&](const std::string &command) {
		gave_up = gave_up || s.now - last > 5 * SECOND;
		last = s.now;
		return gave_up ? awake(command) : std::string();
	};
	s.identify();
	EXPECT_STREQ("490154203237518", s.who().imei);
	EXPECT_EQ(115200u, s.result()->unit.baud);
}

TEST(Identify, FoundAtTheSpeedThatItWasLastAt)
{
	Somebody s;

	s.speed = s.pipe.baud = 9600;
	s.identify();
	EXPECT_EQ(9600u, s.who().baud);
	/* Once to find it, once in the end. */
	EXPECT_EQ(2u, s.sent_count("AT"));
}

/* ---- listening ---- */

TEST(Identify, NothingIsSaidInTheFirstSecond)
{
	Somebody s;

	s.unit = nullptr;
	s.identify();
	s.run(999);
	EXPECT_EQ("", s.pipe.written);
	s.run(100);
	EXPECT_EQ("AT\r", s.pipe.written);
}

/* Whoever owns the channel adopts it on that word: nothing has been sent by then. */
TEST(Identify, AUnitThatIsUpdatingIsHeardBeforeAnythingIsSent)
{
	for (const char *said : { "+QIND: \"FOTA\",\"START\"", "+QIND: \"FOTA\",\"UPDATING\", 4%",
				  "+QIND:\"FOTA\",\"DOWNLOADING\",3" }) {
		Somebody s;

		s.identify();
		s.run(500);
		s.say(said);
		EXPECT_EQ("", s.pipe.written);
		EXPECT_STREQ("listen", job_step_name(s.job));
		ASSERT_NE(nullptr, driver_adopting(said));
		EXPECT_STREQ("quectel-dfota", driver_adopting(said)->name);
	}
}

/* ---- ends ---- */

TEST(Identify, PulledOut)
{
	for (const char *step : { "listen", "sync", "model", "iccid" }) {
		Somebody s;

		s.identify();
		s.run_to_step(step);
		s.detach();
		EXPECT_EQ("UNIT_LEFT", s.verdict()) << step;
	}
}

TEST(Identify, FallsSilent)
{
	Somebody s;

	s.identify();
	s.run_to_step("model");
	s.unit = nullptr;
	s.run_to_end(200);
	EXPECT_EQ("NO_ANSWER", s.verdict());
}

TEST(Identify, Cancelled)
{
	Somebody s;

	s.identify();
	s.run_to_step("revision");
	EXPECT_TRUE(job_cancel(s.job, FAULT_STOPPED, s.now));
	EXPECT_EQ("STOPPED", s.verdict());
}

} // namespace
