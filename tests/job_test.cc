/* SPDX-License-Identifier: Apache-2.0
 *
 * The rules of the step engine outside of danger, one test or more for each: rows, tries, deadlines, values, reports. They
 * know no vendor and no database. */
#include "lib/job.h"

#include "tests/demo_unit.h"

namespace
{

TEST(Job, GoodUpdateFromTheFirstRowToTheLeaveRows)
{
	Demo d;

	d.begin_demo();
	d.run_to_end();
	EXPECT_EQ("good", d.verdict());
	EXPECT_EQ(nullptr, d.result()->step);
	EXPECT_STREQ("D02", d.result()->unit.revision);
	EXPECT_TRUE(d.result()->version_read);
	EXPECT_TRUE(d.result()->entered);
	EXPECT_FALSE(d.result()->unknown);
	EXPECT_EQ(d.bytes, d.payload);
	EXPECT_EQ((std::vector<std::string>{ "ATE0", "AT+DEMOPUT=10000", "AT+GSN", "AT+DEMOGO",
					     "AT", "ATE0", "AT+GSN", "AT+CGMM", "AT+CFUN?",
					     "AT+CGMR", "AT+DEMODEL" }),
		  d.sent);
	EXPECT_EQ(G_MAXINT64, job_deadline(d.job));
}

TEST(Job, EveryStepThatIsEnteredIsLeftOnceInTheRecord)
{
	struct {
		const char *what;
		std::function<void(Demo &)> act;
	} ways[] = {
		{ "good", [](Demo &) {} },
		{ "fault", [](Demo &d) { d.says["AT+DEMOPUT=10000"] = lines("ERROR"); } },
		{ "silence", [](Demo &d) { d.says["AT+DEMOPUT=10000"] = "\r\n"; } },
		{ "cancelled",
		  [](Demo &d) { d.run_to_step("put"), job_cancel(d.job, FAULT_STOPPED, d.now); } },
		{ "unplugged", [](Demo &d) { d.run_to_step("put"), d.detach(); } },
		{ "unplugged while leaving",
		  [](Demo &d) {
			  d.says["AT+DEMOPUT=10000"] = lines("ERROR"), d.run_to_step("forget"),
			  d.detach();
		  } },
		{ "danger limit", [](Demo &d) { d.run_to_step("apply"), d.detach(); } },
	};

	for (auto &way : ways) {
		Demo d;
		std::string open;

		d.begin_demo();
		way.act(d);
		d.run_to_end();
		for (const std::string &line : d.told) {
			if (g_str_has_prefix(line.c_str(), "step ")) {
				EXPECT_EQ("", open) << way.what << ": " << line;
				open = line.substr(5, line.rfind(' ') - 5);
			} else if (g_str_has_prefix(line.c_str(), "step-end ")) {
				EXPECT_EQ(open, line.substr(9, line.rfind(' ') - 9)) << way.what;
				open.clear();
			}
		}
		EXPECT_EQ("", open) << way.what;
	}
}

/* ---- rule 1: recorded before it acts ---- */

TEST(Job, NothingDangerousIsSentBeforeTheRecordHasTakenTheIntent)
{
	Demo d;
	std::string before;

	d.begin_demo();
	d.run_to_held();
	EXPECT_STREQ("apply", job_step_name(d.job));
	EXPECT_EQ("danger apply 1", d.told.back());
	EXPECT_FALSE(job_in_danger(d.job));
	EXPECT_FALSE(d.result()->entered);
	EXPECT_EQ(G_MAXINT64, job_deadline(d.job));
	before = d.pipe.written;
	d.say("+DEMO: 3");
	d.say("OK");
	job_tick(d.job, d.now + 3600 * SECOND);
	d.run(3600 * 1000);
	EXPECT_TRUE(job_held(d.job));
	EXPECT_EQ(before, d.pipe.written);

	job_release(d.job, true, d.now);
	EXPECT_EQ(before + "AT+DEMOGO\r", d.pipe.written);
	EXPECT_EQ("step apply 1", d.told.back());
	EXPECT_TRUE(job_in_danger(d.job));
	EXPECT_TRUE(d.result()->entered);
	d.run_to_end();
	EXPECT_EQ("good", d.verdict());
	EXPECT_EQ(1u, d.sent_count("AT+DEMOGO"));
}

TEST(Job, WithoutARecordTheUnitStaysUntouched)
{
	Demo d;

	d.begin_demo();
	d.run_to_held();
	job_release(d.job, false, d.now);
	d.run_to_end();
	EXPECT_EQ("NO_RECORD", d.verdict());
	EXPECT_STREQ("apply", d.result()->step);
	EXPECT_FALSE(d.wire_has("DEMOGO"));
	EXPECT_FALSE(d.result()->entered);
	EXPECT_FALSE(d.result()->unknown);
	EXPECT_EQ(1u, d.sent_count("AT+DEMODEL"));
}

TEST(Job, IntentCountsOneUpdateAndIsToldBeforeTheDanger)
{
	Demo d;

	d.model.update_limit = 800;
	d.begin_demo();
	d.run_to_held();
	ASSERT_LE(2u, d.told.size());
	EXPECT_EQ("danger apply 1", d.told.back());
	EXPECT_EQ("remember 490154203237518/updates=+1", d.told[d.told.size() - 2]);
	d.by_hand = false;
	d.run_to_end();
	EXPECT_EQ("good", d.verdict());
	EXPECT_EQ(1u, d.told_count("remember 490154203237518/updates=+1"));
}

TEST(Job, WhatWasReportedBeforeTheDangerSaysNothingAboutIt)
{
	Demo d;

	d.flashes = false;
	d.begin_demo();
	d.run_to_held();
	d.say("+DEMO: DONE");
	job_release(d.job, true, d.now);
	EXPECT_STREQ("apply", job_step_name(d.job));
	d.run(100);
	EXPECT_STREQ("flash", job_step_name(d.job));
}

/* More seconds than 32 bits hold of microseconds. */
TEST(Job, AWaitOfADayIsADay)
{
	Step patient = row("patient", nullptr, [](Job *job, const Input *in) {
		if (in->kind == IN_ENTER)
			job_extend(job, 86400);
		return STEP_WAIT;
	});
	Step table = row("table");
	Bench b;

	table.timeout_s = 7200;
	Table t({ patient }), own({ table });
	b.begin(t.spec());
	b.run_to_end(90000);
	EXPECT_EQ((1000 + 86400) * SECOND, b.now);
	b.end_job();
	b.begin(own.spec());
	b.run_to_end(90000);
	EXPECT_EQ((1000 + 86400 + 7200) * SECOND, b.now);
}

TEST(Job, AFactIsOnDiskBeforeTheNextRow)
{
	Table t({ row("learn", "AT+A",
		      [](Job *job, const Input *in) {
			      if (in->kind != IN_REPLY)
				      return STEP_WAIT;
			      job_remember(job, imei, "colour", "blue");
			      return STEP_NEXT;
		      }),
		  row("use", "AT+B") });
	Bench taken, refused;

	for (Bench *b : { &taken, &refused }) {
		b->unit = [](const std::string &) { return ok(); };
		b->begin(t.spec());
		b->run_to_held();
		EXPECT_STREQ("use", job_step_name(b->job));
		EXPECT_EQ("blue", b->record["490154203237518/colour"]);
		EXPECT_FALSE(b->wire_has("AT+B"));
		job_release(b->job, b == &taken, b->now);
		b->run_to_end();
	}
	EXPECT_EQ("good", taken.verdict());
	EXPECT_EQ("NO_RECORD", refused.verdict());
	EXPECT_FALSE(refused.wire_has("AT+B"));
}

TEST(Job, WhatIsNotRecordedTellsNothingAndIsNeverHeld)
{
	Demo d;
	JobSpec s = d.spec();

	Table t({ row("learn", "AT+A",
		      [](Job *job, const Input *in) {
			      if (in->kind != IN_REPLY)
				      return STEP_WAIT;
			      job_remember(job, imei, "colour", "blue");
			      return STEP_NEXT;
		      }),
		  row("use", "AT+B") });
	s = t.spec();
	s.id = 0;
	d.by_hand = true;
	d.begin(s);
	d.run_to_end();
	EXPECT_EQ("good", d.verdict());
	EXPECT_TRUE(d.told.empty());
}

/* ---- rule 2: entering a row ---- */

TEST(Job, ARowIsToldThenSentThenEntered)
{
	Table t({ row("first", "AT+A", noting), row("second", "AT+B", noting) });
	Bench b;

	t.steps[0].tries = 2;
	t.steps[0].pause_ms = 300;
	b.begin(t.spec());
	EXPECT_EQ("AT+A\r", b.pipe.written);
	EXPECT_EQ((std::vector<std::string>{ "step first 1", "ENTER" }), b.told);
	b.told.clear();
	b.say("something");
	b.say("ERROR");
	b.run(299);
	EXPECT_EQ(
		(std::vector<std::string>{ "LINE something", "REPLY ERROR", "step-end first 101" }),
		b.told);
	b.told.clear();
	b.run(1);
	b.say("OK");
	EXPECT_EQ((std::vector<std::string>{ "step first 2", "ENTER", "REPLY OK",
					     "step-end first 0", "step second 1", "ENTER" }),
		  b.told);
	EXPECT_EQ(1u, job_try(b.job));
	b.say("OK");
	EXPECT_TRUE(job_done(b.job));
}

TEST(Job, MarksLastAsLongAsATry)
{
	Table t({ row("row", "AT+A", [](Job *job, const Input *in) {
		if (in->kind == IN_ENTER) {
			EXPECT_EQ(0u, job_marks(job));
			job_mark(job, 5);
			job_unmark(job, 1);
			EXPECT_EQ(4u, job_marks(job));
		}
		return in->kind == IN_REPLY ? STEP_AGAIN(FAULT_NONE) : STEP_WAIT;
	}) });
	Bench b;

	t.steps[0].tries = 3;
	b.unit = [](const std::string &) { return lines("ERROR"); };
	b.begin(t.spec());
	b.run_to_end();
	EXPECT_EQ(3u, b.sent_count("AT+A"));
}

/* ---- rule 3: tries, pauses, deadlines ---- */

TEST(Job, QuickErrorsDoNotBurnTheTriesAtOnce)
{
	Table t({ row("row", "AT+A") });
	Bench b;

	t.steps[0].tries = 3;
	t.steps[0].pause_ms = 1000;
	t.steps[0].fault = FAULT_COMMAND_REFUSED;
	b.unit = [](const std::string &) { return lines("ERROR"); };
	b.begin(t.spec());
	b.run(900);
	EXPECT_EQ(1u, b.sent_count("AT+A"));
	b.run(1000);
	EXPECT_EQ(2u, b.sent_count("AT+A"));
	b.run(1000);
	EXPECT_EQ(3u, b.sent_count("AT+A"));
	b.run(1000);
	EXPECT_EQ("COMMAND_REFUSED", b.verdict());
	EXPECT_STREQ("row", b.result()->step);
	EXPECT_EQ(3u, b.sent_count("AT+A"));
}

TEST(Job, AHandlersFaultGoesBeforeTheRowsOwn)
{
	Table t({ row("row", "AT+A", [](Job *, const Input *in) {
		return in->kind == IN_REPLY ? STEP_AGAIN(FAULT_NO_SPACE) : STEP_WAIT;
	}) });
	Bench b;

	b.unit = [](const std::string &) { return lines("ERROR"); };
	b.begin(t.spec());
	b.run_to_end();
	EXPECT_EQ("NO_SPACE", b.verdict());
}

TEST(Job, SilenceEndsATryAndAHandlerMayPutItOff)
{
	Table t({ row("row", "AT+A", [](Job *job, const Input *in) {
		if (in->kind == IN_LINE)
			job_extend(job, 0);
		return STEP_WAIT;
	}) });
	Bench b;

	b.begin(t.spec());
	b.run(4000);
	b.say("alive");
	b.run(4999);
	EXPECT_FALSE(job_done(b.job));
	b.run(1);
	EXPECT_EQ("NO_ANSWER", b.verdict());
}

TEST(Job, NothingPutsOffTheLimitOfARow)
{
	Table t({ row("row", "AT+A", [](Job *job, const Input *) {
		job_extend(job, 3600);
		return STEP_WAIT;
	}) });
	Bench b;

	t.steps[0].limit_s = 20;
	t.steps[0].tries = 1000;
	b.begin(t.spec());
	b.run(19999);
	EXPECT_FALSE(job_done(b.job));
	b.run(1);
	EXPECT_EQ("NO_ANSWER", b.verdict());
	EXPECT_EQ("step-end row 101", b.told.back());
}

TEST(Job, TheLimitOfARowIsOverAllItsTries)
{
	Table t({ row("row", "AT+A") });
	Bench b;

	t.steps[0].limit_s = 12;
	t.steps[0].tries = 1000;
	t.steps[0].pause_ms = 1000;
	b.unit = [](const std::string &) { return lines("ERROR"); };
	b.begin(t.spec());
	b.run(11999);
	EXPECT_FALSE(job_done(b.job));
	b.run(1);
	EXPECT_EQ("NO_ANSWER", b.verdict());
	EXPECT_EQ(12u, b.sent_count("AT+A"));
}

TEST(Job, OptionalRowsAreLeftBehind)
{
	Table t({ row("row", "AT+A"), row("next", "AT+B") });
	Bench b;

	t.steps[0].tries = 2;
	t.steps[0].flags = STEP_OPTIONAL;
	b.unit = [](const std::string &command) {
		return command == "AT+A" ? lines("ERROR") : ok();
	};
	b.begin(t.spec());
	b.run_to_end();
	EXPECT_EQ("good", b.verdict());
	EXPECT_EQ((std::vector<std::string>{ "AT+A", "AT+A", "AT+B" }), b.sent);
}

TEST(Job, TicksComeAsOftenAsTheRowSays)
{
	Table t({ row("row", nullptr, noting) });
	Bench b;

	t.steps[0].poll_ms = 250;
	t.steps[0].timeout_s = 2;
	b.begin(t.spec());
	b.run(1100);
	EXPECT_EQ(4u, b.told_count("TICK"));
}

/* ---- rule 4: a channel in doubt, ONCE ---- */

TEST(Job, AnotherTryPutsTheChannelInOrderFirst)
{
	Table t({ row("row", "AT+A") });
	Bench b;
	guint asked = 0;

	t.steps[0].tries = 2;
	t.steps[0].pause_ms = 1000;
	b.unit = [&](const std::string &command) {
		return command == "AT+A" && ++asked == 1 ? std::string() : ok();
	};
	b.begin(t.spec());
	b.run_to_end();
	EXPECT_EQ("good", b.verdict());
	EXPECT_EQ((std::vector<std::string>{ "AT+A", "AT", "AT+A" }), b.sent);
}

/* The late answer of the first try is not taken for that of the second. */
TEST(Job, LateAnswersBelongToNobody)
{
	Table t({ row("row", "AT+A", noting) });
	Bench b;

	t.steps[0].tries = 2;
	t.steps[0].pause_ms = 1000;
	b.begin(t.spec());
	b.run(5500);
	b.say("late");
	b.say("OK");
	EXPECT_FALSE(job_done(b.job));
	EXPECT_EQ(0u, b.told_count("LINE late"));
}

/* The whole silence limit is the command's, however long the channel took to be put in order. */
TEST(Job, PuttingTheChannelInOrderIsNotTheUnitsSilence)
{
	Table t({ row("row", "AT+A") });
	Bench b;
	guint asked = 0;

	t.steps[0].tries = 2;
	t.steps[0].timeout_s = 3;
	b.unit = [&](const std::string &command) -> std::string {
		if (command == "AT")
			return ok();
		if (++asked == 2)
			b.later(2500, ok());
		return "";
	};
	b.begin(t.spec());
	b.run_to_end();
	EXPECT_EQ("good", b.verdict());
	EXPECT_EQ(2u, asked);
}

TEST(Job, BehindThatTheSilenceIsTheRowsOwnAgain)
{
	Table t({ row("row", "AT+A") });
	Bench b;
	gint64 begun = b.now;

	t.steps[0].tries = 2;
	t.steps[0].timeout_s = 3;
	b.unit = [&](const std::string &command) { return command == "AT" ? ok() : std::string(); };
	b.begin(t.spec());
	b.run_to_end();
	EXPECT_EQ("NO_ANSWER", b.verdict());
	EXPECT_EQ(2u, b.sent_count("AT+A"));
	EXPECT_GT(9 * SECOND, b.now - begun);
}

TEST(Job, AUnitThatStaysMuteFailsTheTries)
{
	Table t({ row("row", "AT+A") });
	Bench b;

	t.steps[0].tries = 3;
	t.steps[0].fault = FAULT_COMMAND_REFUSED;
	b.begin(t.spec());
	b.run_to_end(60);
	EXPECT_EQ("NO_ANSWER", b.verdict());
	EXPECT_EQ(1u, b.sent_count("AT+A"));
	EXPECT_EQ(6u, b.sent_count("AT"));
}

/* What takes payload swallows every AT as if it were more of it: it must be left alone until it gives up. */
TEST(Job, AnInterruptedTransferIsNotDisturbed)
{
	Demo d;

	d.payload_due = 0;
	d.begin_demo();
	d.run_to_step("put");
	d.run(1000);
	EXPECT_EQ(d.bytes, d.payload);
	job_cancel(d.job, FAULT_STOPPED, d.now);
	d.run(TRANSFER_QUIET_MS - 100);
	EXPECT_EQ("AT+DEMOPUT=10000", d.sent.back());
	d.say("ERROR"); /* the module's own limit */
	d.run_to_end();
	EXPECT_EQ("STOPPED", d.verdict());
	EXPECT_EQ("AT+DEMODEL", d.sent.back());
}

TEST(Job, WhileThePortIsGoneATryWaits)
{
	Demo d;

	d.says["AT+CGMR"] = lines("ERROR");
	d.begin_demo();
	d.run_to_step("version");
	d.run(200);
	d.detach();
	EXPECT_STREQ("return", job_step_name(d.job));
	d.run(300 * 1000);
	EXPECT_FALSE(job_done(d.job));
	d.says.clear();
	d.attach();
	d.run_to_end();
	EXPECT_EQ("good", d.verdict());
}

TEST(Job, OnceMeansOnce)
{
	Table t({ row("pin", "AT+CPIN=1") });
	Bench b;

	t.steps[0].tries = 5;
	t.steps[0].flags = STEP_ONCE;
	t.steps[0].fault = FAULT_SIM_LOCKED;
	b.unit = [](const std::string &command) { return command == "AT" ? ok() : lines("ERROR"); };
	b.begin(t.spec());
	b.run_to_end();
	EXPECT_EQ("SIM_LOCKED", b.verdict());
	EXPECT_EQ(1u, b.sent_count("AT+CPIN=1"));
}

TEST(Job, OnceMeansOnceOverAGotoToo)
{
	Table t({ row("pin", "AT+CPIN=1"), row("back", "AT+B", [](Job *, const Input *in) {
			  return in->kind == IN_REPLY ? STEP_GOTO("pin") : STEP_WAIT;
		  }) });
	Bench b;

	t.steps[0].flags = STEP_ONCE;
	t.steps[0].fault = FAULT_SIM_LOCKED;
	b.unit = [](const std::string &) { return ok(); };
	b.begin(t.spec());
	b.run_to_end();
	EXPECT_EQ("SIM_LOCKED", b.verdict());
	EXPECT_EQ(1u, b.sent_count("AT+CPIN=1"));
}

/* ---- rule 8: GOTO and LOOP ---- */

TEST(Job, GotoByNameAndCirclesAreAFault)
{
	Table t({ row("a", "AT+A"),
		  row("b", "AT+B",
		      [](Job *, const Input *in) {
			      return in->kind == IN_REPLY ? STEP_GOTO("a") : STEP_WAIT;
		      }),
		  row("c", "AT+C") });
	Bench b;

	b.unit = [](const std::string &) { return ok(); };
	b.begin(t.spec());
	b.run_to_end();
	EXPECT_EQ("LOOP", b.verdict());
	EXPECT_FALSE(b.result()->unknown);
	EXPECT_EQ(12u, b.sent.size());
	EXPECT_EQ(0u, b.sent_count("AT+C"));
}

TEST(Job, CirclesWithoutAnyTimeEndToo)
{
	Table t({ row("a", nullptr, [](Job *, const Input *) { return STEP_GOTO("a"); }) });
	Bench b;

	b.begin(t.spec());
	EXPECT_EQ("LOOP", b.verdict());
}

} // namespace
