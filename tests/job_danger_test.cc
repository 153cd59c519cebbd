/* SPDX-License-Identifier: Apache-2.0
 *
 * What the step engine does when it may do harm: silence, ports that go, cancelling, leaving clean, updates that go on by
 * themselves. They know no vendor and no database. */
#include "lib/job.h"

#include "tests/demo_unit.h"

namespace
{

/* ---- silence ---- */

TEST(JobDanger, SilenceInDangerLeadsToTheReturnAndNeverToAVerdict)
{
	Demo d;

	d.flashes = false;
	d.says["AT"] = "";
	d.begin_demo();
	d.run_to_step("flash");
	d.run(59 * 1000);
	EXPECT_STREQ("flash", job_step_name(d.job));
	d.run(2 * 1000);
	EXPECT_STREQ("return", job_step_name(d.job));
	EXPECT_EQ(1u, d.told_count("step-end flash 122"));
	d.unit = [&d](const std::string &c) { return c == "AT" ? "" : d.demo_answer(c); };
	d.run(600 * 1000);
	EXPECT_STREQ("return", job_step_name(d.job));
	EXPECT_FALSE(job_done(d.job));
	/* In the end it speaks. */
	d.revision = "D02";
	d.unit = [&d](const std::string &c) { return c == "AT" ? ok() : d.demo_answer(c); };
	d.run_to_end();
	EXPECT_EQ("good", d.verdict());
	EXPECT_EQ(1u, d.sent_count("AT+DEMOGO"));
}

TEST(JobDanger, SilenceInTheVerifyLeadsBackToTheReturn)
{
	Demo d;

	d.begin_demo();
	d.run_to_step("version");
	d.unit = [](const std::string &) { return std::string(); };
	d.run(12 * 1000);
	EXPECT_STREQ("return", job_step_name(d.job));
	d.unit = [&d](const std::string &c) { return d.demo_answer(c); };
	d.run_to_end();
	EXPECT_EQ("good", d.verdict());
}

/* It answers everything else: the other spelling tells, and what may go without an answer does. */
TEST(JobDanger, SilenceToOneQuestionOfTheVerify)
{
	for (const char *mute : { "AT+CGMR", "AT+CGMM", "AT+GSN", "ATE0" }) {
		Demo d;

		d.begin_demo();
		d.run_to_step("return");
		d.unit = [&d, mute](const std::string &c) {
			static const std::map<std::string, std::string> same = {
				{ "AT+GMR", "AT+CGMR" },
				{ "AT+GMM", "AT+CGMM" },
				{ "AT+CGSN", "AT+GSN" }
			};

			return c == mute ? "" : d.demo_answer(same.count(c) ? same.at(c) : c);
		};
		d.run(60 * 1000);
		EXPECT_EQ("good", d.verdict()) << mute;
	}
}

/* It is in another place by now: the attempt ends at once, its result unknown, and nothing is sent to whoever is here. */
TEST(JobDanger, LostToAnotherPlace)
{
	Demo d;

	d.flashes = false;
	d.begin_demo();
	d.run_to_step("flash");
	d.sent.clear();
	job_lost(d.job, d.now);
	ASSERT_TRUE(job_done(d.job));
	EXPECT_EQ(FAULT_NEVER_CAME_BACK, d.result()->fault);
	EXPECT_TRUE(d.result()->unknown);
	EXPECT_TRUE(d.sent.empty());
}

/* The port is there but nothing answers: FLASH_SILENT; it is not there: NEVER_CAME_BACK. */
TEST(JobDanger, OnlyTheWholeDangerLimitFails)
{
	for (bool port : { true, false }) {
		Demo d;
		gint64 released;

		d.flashes = false;
		d.begin_demo();
		d.run_to_held();
		d.unit = [](const std::string &) { return std::string(); };
		job_release(d.job, true, d.now);
		released = d.now;
		if (!port)
			d.detach();
		d.run(899 * 1000);
		EXPECT_FALSE(job_done(d.job));
		EXPECT_TRUE(job_in_danger(d.job));
		d.run_to_end();
		EXPECT_EQ(900 * SECOND, d.now - released);
		EXPECT_EQ(port ? "FLASH_SILENT" : "NEVER_CAME_BACK", d.verdict());
		EXPECT_TRUE(d.result()->unknown);
		EXPECT_TRUE(d.result()->entered);
		EXPECT_FALSE(d.result()->version_read);
		EXPECT_EQ(1u, d.sent_count("AT+DEMOGO"));
	}
}

/* A unit that answers AT and nothing else goes round and round: that is silence, not a fault of the procedure. */
TEST(JobDanger, HalfDeadUnitInDangerIsSilentNotALoop)
{
	Demo d;
	gint64 begun;

	d.begin_demo();
	d.run_to_step("flash");
	begun = d.now;
	d.unit = [](const std::string &c) { return c == "AT" ? ok() : std::string(); };
	d.run_to_end();
	EXPECT_EQ("FLASH_SILENT", d.verdict());
	EXPECT_TRUE(d.result()->unknown);
	EXPECT_LT(890 * SECOND, d.now - begun);
}

TEST(JobDanger, AUnitThatSaidItFailedAndThenFallsSilentIsUnknown)
{
	Demo d;

	d.flashes = false;
	d.begin_demo();
	d.run_to_step("flash");
	d.unit = [](const std::string &) { return std::string(); };
	d.say("+DEMO: FAILED,9");
	EXPECT_STREQ("return", job_step_name(d.job));
	d.run_to_end();
	EXPECT_EQ("FLASH_SILENT", d.verdict());
	EXPECT_TRUE(d.result()->unknown);
	EXPECT_STREQ("9", d.result()->vendor_code);
}

TEST(JobDanger, CirclesInDangerLeaveTheResultUnknown)
{
	Table t(with_danger({}, { row("apply", "AT+GO"),
				  row("mad", nullptr,
				      [](Job *, const Input *) { return STEP_GOTO("mad"); }) }),
		{ row("tidy", "AT+T") });
	Bench b;

	b.unit = [](const std::string &) { return ok(); };
	b.begin(t.spec());
	b.run_to_end();
	EXPECT_EQ("LOOP", b.verdict());
	EXPECT_TRUE(b.result()->unknown);
	EXPECT_EQ(0u, b.sent_count("AT+T"));
}

/* ---- forbidden commands ---- */

const char *const forbid[] = { "AT+COPS=2", "ATD", "AT#GPRS", nullptr };

/* Sends what its row's command does not say. */
std::string sends;

StepAnswer on_sending(Job *job, const Input *in)
{
	if (in->kind == IN_ENTER)
		return job_send(job, sends.c_str(), nullptr) ? STEP_WAIT : STEP_NEXT;
	return in->kind == IN_REPLY ? STEP_NEXT : STEP_WAIT;
}

TEST(JobForbid, WhatAHandlerWantsToSend)
{
	struct {
		const char *command;
		bool inhibits, refused;
	} cases[] = {
		{ "AT+COPS=2", true, true },       { "at+cops=2", true, true },
		{ "AT + COPS = 2", true, true },   { "AT+CSQ;+COPS=2", true, true },
		{ "AT+CSQ; +COPS=2", true, true }, { "ATDT5551234;", true, true },
		{ "AT#GPRS?", true, true },        { "AT#GPRS=0", true, true },
		{ "AT+COPS?", true, false },       { "AT+COPS=0", true, false },
		{ "AT+CGATT?", true, false },      { "AT", true, false },
		{ "AT+COPS=2", false, false },     { "ATD5", false, false },
	};

	for (auto &c : cases) {
		Step sending = row("sending", nullptr, on_sending);
		Bench b;

		sending.flags = c.inhibits ? STEP_FORBID : 0;
		sends = c.command;
		Table t({ sending });
		t.procedure.forbid = forbid;
		b.unit = [](const std::string &) { return ok(); };
		b.begin(t.spec());
		b.run_to_end();
		EXPECT_EQ("good", b.verdict());
		EXPECT_EQ(c.refused ? 0u : 1u, b.sent.size()) << c.command;
		EXPECT_EQ(c.refused, b.result()->detail[0] != '\0') << c.command;
	}
}

TEST(JobForbid, TheRowsOwnCommand)
{
	for (const char *command : { "AT+COPS=2", "AT+CSQ;+COPS=2" }) {
		Step sending = row("sending", command);
		Bench b;

		sending.flags = STEP_FORBID;
		Table t({ sending }, { row("tidy", "AT+T") });
		t.procedure.forbid = forbid;
		b.unit = [](const std::string &) { return ok(); };
		b.begin(t.spec());
		b.run_to_end();
		EXPECT_EQ("COMMAND_REFUSED", b.verdict());
		EXPECT_EQ((std::vector<std::string>{ "AT+T" }), b.sent);
		EXPECT_EQ(std::string(command) + " may not be sent in this step",
			  b.result()->detail);
	}
}

/* The table is wrong, and the unit flashes: it is left alone, and owed a check. */
TEST(JobForbid, InDangerNothingMoreIsSent)
{
	Step wrong = row("wrong", "ATD5");
	Bench b;

	wrong.flags = STEP_FORBID;
	Table t(with_danger({}, { row("apply", "AT+GO"), wrong }), { row("tidy", "AT+T") });
	t.procedure.forbid = forbid;
	b.unit = [](const std::string &) { return ok(); };
	b.begin(t.spec());
	b.run_to_end();
	EXPECT_EQ("COMMAND_REFUSED", b.verdict());
	EXPECT_TRUE(b.result()->unknown);
	EXPECT_EQ((std::vector<std::string>{ "AT+GO" }), b.sent);
}

/* ---- modem lines ---- */

TEST(JobSignals, OnlyRowsThatWantThemAreTold)
{
	static guint told;
	auto listening = [](Job *job, const Input *in) {
		told += in->kind == IN_SIGNALS;
		if (in->kind == IN_SIGNALS)
			job_extend(job, 0);
		return STEP_WAIT;
	};

	for (bool wants : { true, false }) {
		Step s = row("listening", nullptr, listening);
		Bench b;

		told = 0;
		s.flags = wants ? STEP_SIGNALS : 0;
		Table t({ s });
		b.begin(t.spec());
		EXPECT_EQ(wants, job_wants_signals(b.job));
		for (guint i = 0; i < 3; i++) {
			b.run(4000);
			job_signals(b.job, LINE_DCD, b.now);
		}
		EXPECT_EQ(wants ? 3u : 0u, told);
		EXPECT_EQ(!wants, job_done(b.job));
		b.run_to_end();
		EXPECT_FALSE(job_wants_signals(b.job));
	}
}

/* ---- rule 5: the port goes and comes ---- */

TEST(JobDanger, LeavingARowThatIsNotLossyIsTheEnd)
{
	for (const char *step : { "echo-off", "put", "still-here" }) {
		Demo d;

		d.begin_demo();
		d.run_to_step(step);
		d.detach();
		EXPECT_EQ("UNIT_LEFT", d.verdict()) << step;
		EXPECT_STREQ(step, d.result()->step);
		EXPECT_FALSE(d.result()->unknown);
	}
}

TEST(JobDanger, LeavingWhileHeldIsTheEnd)
{
	Demo d;

	d.begin_demo();
	d.run_to_held();
	d.detach();
	EXPECT_EQ("UNIT_LEFT", d.verdict());
	EXPECT_FALSE(d.wire_has("DEMOGO"));
}

TEST(JobDanger, LeavingInAPauseBetweenTriesIsTheEnd)
{
	Demo d;

	d.says["AT+DEMOPUT=10000"] = lines("ERROR");
	d.begin_demo();
	d.run_to_step("put");
	d.run(500);
	d.detach();
	EXPECT_EQ("UNIT_LEFT", d.verdict());
}

TEST(JobDanger, ALossyRowIsToldAndGoesOnWithAFreshChannel)
{
	Demo d;

	d.begin_demo();
	d.run_to_step("flash");
	d.detach();
	EXPECT_STREQ("flash", job_step_name(d.job));
	EXPECT_FALSE(job_port(d.job));
	d.run(20 * 1000);
	d.attach();
	EXPECT_TRUE(job_port(d.job));
	d.run(5 * 1000);
	d.say("+DEMO: DONE");
	d.run_to_end();
	EXPECT_EQ("good", d.verdict());
}

/* Nothing but AT, ATE0 and the question for the IMEI before it is known who came back. */
TEST(JobDanger, WhoeverComesBackIsAskedForItsNameFirst)
{
	for (bool with_news : { true, false }) {
		Demo d;
		std::string after;

		d.says["AT+CGMR"] = lines("ERROR");
		d.begin_demo();
		d.run_to_step("version");
		d.run(500); /* between two tries */
		if (with_news)
			d.detach();
		d.pipe.take();
		d.sent.clear();
		d.says["AT+GSN"] = ok(other_imei);
		d.says["AT+CCID"] = ok("89860000000000000002");
		d.attach();
		d.run_to_end();
		EXPECT_EQ("UNIT_LEFT", d.verdict()) << with_news;
		EXPECT_TRUE(d.result()->stranger);
		EXPECT_TRUE(d.result()->hands_off);
		EXPECT_TRUE(d.result()->unknown);
		EXPECT_EQ((std::vector<std::string>{ "AT", "ATE0", "AT+GSN", "AT+CCID" }), d.sent)
			<< with_news;
	}
}

TEST(JobDanger, GoneAndBackDuringAPauseInDanger)
{
	Demo d;

	d.says["AT+CFUN?"] = lines("ERROR");
	d.begin_demo();
	d.run_to_step("functional");
	d.run(500);
	d.detach();
	d.attach();
	d.says.clear();
	d.run_to_end();
	EXPECT_EQ("good", d.verdict());
}

/* ---- rule 6: cancel ---- */

TEST(JobDanger, CancelledAtOnceBeforeTheDanger)
{
	for (const char *step : { "echo-off", "put", "still-here" }) {
		Demo d;

		d.begin_demo();
		d.run_to_step(step);
		EXPECT_TRUE(job_cancel(d.job, FAULT_STOPPED, d.now));
		d.run_to_end();
		EXPECT_EQ("STOPPED", d.verdict()) << step;
		EXPECT_STREQ(step, d.result()->step);
		EXPECT_TRUE(d.result()->cancelled);
		EXPECT_FALSE(d.wire_has("DEMOGO"));
	}
}

TEST(JobDanger, CancelledWhileHeld)
{
	Demo d;

	d.begin_demo();
	d.run_to_held();
	EXPECT_TRUE(job_cancel(d.job, FAULT_DUPLICATE_IMEI, d.now));
	d.run_to_end();
	EXPECT_EQ("DUPLICATE_IMEI", d.verdict());
	EXPECT_FALSE(d.wire_has("DEMOGO"));
}

TEST(JobDanger, NeverCancelledInDanger)
{
	for (const char *step :
	     { "apply", "flash", "return", "echo-off-again", "same-imei", "version" }) {
		Demo d;

		d.begin_demo();
		d.run_to_step(step);
		EXPECT_FALSE(job_cancel(d.job, FAULT_STOPPED, d.now));
		EXPECT_STREQ(step, job_step_name(d.job));
		d.run_to_end();
		EXPECT_EQ("good", d.verdict()) << step;
		EXPECT_FALSE(d.result()->cancelled);
	}
}

TEST(JobDanger, CancellingWhatIsAlreadyLeavingChangesNothing)
{
	Demo d;

	d.says["AT+DEMOPUT=10000"] = lines("ERROR");
	d.begin_demo();
	d.run_to_step("forget");
	EXPECT_TRUE(job_cancel(d.job, FAULT_STOPPED, d.now));
	d.run_to_end();
	EXPECT_EQ("UPLOAD_LOST", d.verdict());
	EXPECT_FALSE(d.result()->cancelled);
	EXPECT_TRUE(job_cancel(d.job, FAULT_STOPPED, d.now));
	EXPECT_EQ("UPLOAD_LOST", d.verdict());
}

/* ---- rule 7: leaving clean ---- */

TEST(JobDanger, LeavesCleanWheneverTheResultIsKnown)
{
	struct {
		const char *what, *verdict;
		bool cleans;
		std::function<void(Demo &)> act;
	} ways[] = {
		{ "good", "good", true, [](Demo &) {} },
		{ "fault", "UPLOAD_LOST", true,
		  [](Demo &d) { d.says["AT+DEMOPUT=10000"] = lines("ERROR"); } },
		{ "cancelled", "STOPPED", true,
		  [](Demo &d) {
			  d.run_to_step("still-here"), job_cancel(d.job, FAULT_STOPPED, d.now);
		  } },
		{ "refused", "NO_START", true,
		  [](Demo &d) { d.says["AT+DEMOGO"] = lines("ERROR"); } },
		{ "wrong version", "WRONG_VERSION", true,
		  [](Demo &d) { d.says["AT+CGMR"] = ok("D01"); } },
		{ "silent", "FLASH_SILENT", false,
		  [](Demo &d) { d.run_to_step("flash"), d.unit = nullptr; } },
		{ "gone", "UNIT_LEFT", false, [](Demo &d) { d.run_to_step("put"), d.detach(); } },
		{ "another IMEI", "IMEI_CHANGED", false,
		  [](Demo &d) {
			  d.run_to_step("return");
			  d.says["AT+GSN"] = ok(other_imei);
			  d.says["AT+CCID"] = ok(iccid);
		  } },
		{ "blank IMEI", "IMEI_CHANGED", false,
		  [](Demo &d) { d.run_to_step("return"), d.says["AT+GSN"] = ok(); } },
		{ "no IMEI", "IMEI_CHANGED", false,
		  [](Demo &d) { d.run_to_step("return"), d.says["AT+GSN"] = lines("ERROR"); } },
		{ "invalid IMEI", "IMEI_CHANGED", false,
		  [](Demo &d) {
			  d.run_to_step("return"), d.says["AT+GSN"] = ok("000000000000000");
		  } },
		{ "stranger before the danger", "UNIT_LEFT", false,
		  [](Demo &d) { d.run_to_step("put"), d.says["AT+GSN"] = ok(other_imei); } },
	};

	for (auto &way : ways) {
		Demo d;

		d.begin_demo();
		way.act(d);
		d.run_to_end();
		EXPECT_EQ(way.verdict, d.verdict()) << way.what;
		EXPECT_EQ(way.cleans ? 1u : 0u, d.sent_count("AT+DEMODEL")) << way.what;
	}
}

TEST(JobDanger, WhatGoesWrongWhileLeavingChangesNoVerdict)
{
	StepHandler fails = [](Job *, const Input *in) {
		return in->kind == IN_REPLY ? STEP_FAIL(FAULT_NO_SPACE) : STEP_WAIT;
	};
	StepHandler circles = [](Job *, const Input *in) {
		return in->kind == IN_REPLY ? STEP_GOTO("circles") : STEP_WAIT;
	};
	Table t({ row("work", "AT+W") },
		{ row("error", "AT+E"), row("fails", "AT+F", fails),
		  row("quotes", "AT+Q=${apn_args}"), row("slow", "AT+S"), row("silent", "AT+X"),
		  row("last", "AT+L"), row("circles", "AT+C", circles), row("never", "AT+N") });

	for (bool good : { true, false }) {
		Bench b;
		JobSpec s = t.spec();

		s.apn = "\"";
		t.leave[3].limit_s = 3;
		b.unit = [&](const std::string &c) -> std::string {
			if (c == "AT+E" || (c == "AT+W" && !good))
				return lines("ERROR");
			return c == "AT+S" || c == "AT+X" ? "" : ok();
		};
		b.begin(s);
		b.run_to_end();
		EXPECT_EQ(good ? "good" : "NO_ANSWER", b.verdict());
		EXPECT_EQ(1u, b.sent_count("AT+L")) << good;
		EXPECT_EQ("AT+C", b.sent.back()) << good;
	}
}

TEST(JobDanger, AUnitThatIsMuteIsLeftAlone)
{
	Demo d;

	d.begin_demo();
	d.run_to_step("put");
	d.unit = nullptr;
	d.payload_due = 0;
	d.run_to_end();
	EXPECT_EQ("NO_ANSWER", d.verdict());
	EXPECT_EQ(0u, d.sent_count("AT+DEMODEL"));
}

/* ---- the unit goes on by itself ---- */

TEST(JobDanger, AReportOfTheUpdateLeadsBackToTheFlashing)
{
	for (const char *step :
	     { "return", "echo-off-again", "same-imei", "functional", "version" }) {
		Demo d;

		d.begin_demo();
		d.run_to_step(step);
		d.say("+DEMO: 60");
		EXPECT_STREQ("flash", job_step_name(d.job)) << step;
		d.run(3000);
		EXPECT_STREQ("flash", job_step_name(d.job)) << step;
		d.say("+DEMO: DONE");
		EXPECT_STREQ("return", job_step_name(d.job)) << step;
		d.run_to_end();
		EXPECT_EQ("good", d.verdict()) << step;
	}
}

TEST(JobDanger, AnUpdateThatBeginsAnewIsNotJudgedByItsFirstEnd)
{
	Demo d;

	d.flashes = false;
	d.begin_demo();
	d.run_to_step("flash");
	d.say("+DEMO: FAILED,9");
	d.run(1000);
	d.say("+DEMO: 5");
	d.say("+DEMO: DONE");
	d.revision = "D02";
	d.run_to_end();
	EXPECT_EQ("good", d.verdict());
	EXPECT_STREQ("", d.result()->vendor_code);
	EXPECT_EQ(nullptr, d.result()->step);
}

TEST(JobDanger, AFailureIsReadBackBeforeItIsTheVerdict)
{
	Demo d;

	d.flashes = false;
	d.begin_demo();
	d.run_to_step("flash");
	d.say("+DEMO: FAILED,9");
	d.run_to_end();
	EXPECT_EQ("UPDATE_FAILED", d.verdict());
	EXPECT_STREQ("flash", d.result()->step);
	EXPECT_TRUE(d.result()->version_read);
	EXPECT_STREQ("D01", d.result()->unit.revision);
	EXPECT_STREQ("9", d.result()->vendor_code);
	EXPECT_FALSE(d.result()->unknown);
	EXPECT_EQ(1u, d.sent_count("AT+DEMODEL"));
}

TEST(JobDanger, AnAdoptedUnitIsListenedToAndAskedForNoPermission)
{
	Demo d;
	JobSpec s = d.spec();

	s.adopted = true;
	s.package = nullptr;
	s.model = nullptr;
	s.target = nullptr;
	s.unit = Unit{};
	s.unit.cfun = -1;
	d.by_hand = true;
	d.revision = "D02";
	d.begin(s);
	EXPECT_STREQ("flash", job_step_name(d.job));
	EXPECT_EQ("danger flash 1", d.told[d.told.size() - 2]);
	EXPECT_EQ("", d.pipe.written);
	EXPECT_TRUE(job_in_danger(d.job));
	d.say("+DEMO: 80");
	d.say("+DEMO: DONE");
	d.run_to_end();
	EXPECT_EQ("good", d.verdict());
	EXPECT_STREQ(imei, d.result()->unit.imei);
	EXPECT_STREQ("Demo-1", d.result()->unit.model);
	EXPECT_STREQ("D02", d.result()->unit.revision);
	EXPECT_FALSE(d.wire_has("DEMOGO"));
}

} // namespace
