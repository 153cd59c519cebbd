/* SPDX-License-Identifier: Apache-2.0
 *
 * What the step engine says, hears and is told: values and secrets in commands, early reports, progress, complaints, the limits
 * of a model. They know no vendor and no database. */
#include "lib/job.h"

#include "tests/demo_unit.h"

namespace
{

/* ---- secrets and values ---- */

TEST(JobWords, ASecretIsSentAndNeverWrittenDown)
{
	Table t({ row("pin", "AT+CPIN=${pin}"), row("next", "AT+B") });
	g_autoptr(Secret) pin = secret_new("73915042");
	Bench b;
	JobSpec s = t.spec();

	t.steps[0].flags = STEP_SECRET | STEP_ONCE;
	s.pin = pin;
	b.begin(s);
	EXPECT_EQ("AT+CPIN=\"73915042\"\r", b.pipe.written);
	b.feed("AT+CPIN=\"73915042\"\r\r\nOK\r\n");
	b.feed("AT+B\r\r\nOK\r\n");
	EXPECT_EQ("good", b.verdict());
	EXPECT_EQ("AT+CPIN=${pin}\rAT+B\rAT+B\r\r\nOK\r\n", b.journal);
	for (const std::string &line : b.told)
		EXPECT_EQ(std::string::npos, line.find("73915042"));
}

TEST(JobWords, ValuesAreFilledIn)
{
	g_autoptr(Secret) password = secret_new("pass word");
	Bench b;
	Package package = {};
	Model model = {};

	model.steps = g_ptr_array_new();
	package.size = 156104;
	package.url = "http://host:8080/a/b.pack?x=1";
	Table t({ row("a", "AT+A=${size},1"), row("b", "AT+B=${url}"),
		  row("c", "AT+C=1,${apn_args}") });
	JobSpec s = t.spec();

	s.package = &package;
	s.model = &model;
	s.apn = "internet";
	s.apn_user = "me";
	s.apn_password = password;
	b.unit = [](const std::string &) { return ok(); };
	b.begin(s);
	b.run_to_end();
	EXPECT_EQ("AT+A=156104,1\rAT+B=\"http://host:8080/a/"
		  "b.pack?x=1\"\rAT+C=1,\"internet\",\"me\",\"pass word\"\r",
		  b.pipe.written);

	b.end_job();
	b.pipe.take();
	model.behaviour = BEHAVIOUR_URL_TABLE;
	s.apn_user = "";
	b.begin(s);
	b.run_to_end();
	EXPECT_EQ("AT+A=156104,1\rAT+B=\"HTTP://host/8080/a/b.pack?x=1\"\rAT+C=1,\"internet\"\r",
		  b.pipe.written);

	b.end_job();
	b.pipe.take();
	s.apn_user = "me";
	s.apn_password = nullptr;
	b.begin(s);
	b.run_to_end();
	EXPECT_EQ("AT+C=1,\"internet\",\"me\",\"\"", b.sent.back());
	g_ptr_array_unref(model.steps);
}

TEST(JobWords, AValueThatCouldBreakOutOfItsQuotesIsNotSent)
{
	const char *const bad[] = {
		"inter\"net", "a\rATH", "a\nb", "a\x01", "caf\xc3\xa9", "a\x7f"
	};

	for (const char *apn : bad) {
		Table t({ row("apn", "AT+C=1,${apn_args}") }, { row("tidy", "AT+T") });
		JobSpec s = t.spec();
		Bench b;

		s.apn = apn;
		b.unit = [](const std::string &) { return ok(); };
		b.begin(s);
		b.run_to_end();
		EXPECT_EQ("COMMAND_REFUSED", b.verdict()) << apn;
		EXPECT_EQ("AT+T\r", b.pipe.written) << apn;
	}
}

/* ---- rule 9: progress ---- */

TEST(JobWords, ProgressNeverFallsAndNeverSaysHundred)
{
	Demo d;
	int last = 0;
	guint said = 0;

	d.begin_demo();
	d.run_to_step("flash");
	d.say("+DEMO: 90");
	d.say("+DEMO: 10");
	d.say("+DEMO: 4000");
	d.run_to_end();
	for (const std::string &line : d.told) {
		if (!g_str_has_prefix(line.c_str(), "progress "))
			continue;
		int percent = std::stoi(line.substr(line.rfind(' ') + 1));

		EXPECT_LT(last, percent) << line;
		EXPECT_GT(100, percent) << line;
		last = percent;
		said++;
	}
	EXPECT_LE(97, last);
	EXPECT_LE(8u, said);
}

/* ---- rule 11: early reports ---- */

TEST(JobWords, ReportsBeforeTheRowsOwnResultAreNotLost)
{
	Table t({ row("start", "AT+GO"), row("listen", nullptr, noting) });
	Bench b;

	b.reports = demo_driver.reports;
	b.open();
	b.begin(t.spec());
	for (int i = 0; i < 20; i++)
		b.say("+DEMO: " + std::to_string(i));
	b.told.clear();
	b.say("OK");
	EXPECT_EQ("ENTER", b.told[2]);
	/* Sixteen of them: the newest, of a job without a driver. */
	for (int i = 0; i < 16; i++)
		EXPECT_EQ("REPORT +DEMO: " + std::to_string(4 + i), b.told[3 + i]);
	EXPECT_EQ(19u, b.told.size());
	b.told.clear();
	b.say("+DEMO: 99");
	EXPECT_EQ(std::vector<std::string>{ "REPORT +DEMO: 99" }, b.told);
}

TEST(JobWords, StartBeforeTheOkIsNotLost)
{
	Demo d;

	d.flashes = false;
	d.says["AT+DEMOGO"] = lines("+DEMO: 1") + lines("+DEMO: DONE") + ok();
	d.begin_demo();
	d.run_to_held();
	job_release(d.job, true, d.now);
	d.revision = "D02";
	d.run(100);
	EXPECT_STREQ("return", job_step_name(d.job));
	d.run_to_end();
	EXPECT_EQ("good", d.verdict());
}

/* ---- what a try said is of that try ---- */

TEST(JobWords, ComplaintsOfAnEarlierTryDoNotStayOnAGoodUnit)
{
	Table t({ row("row", "AT+A", [](Job *job, const Input *in) {
		if (in->kind != IN_REPLY)
			return STEP_WAIT;
		if (in->ok)
			return STEP_NEXT;
		job_vendor(job, "4012", "exists");
		job_detail(job, "try %u", job_try(job));
		return STEP_AGAIN(FAULT_NONE);
	}) });
	Bench b, bad;
	guint asked = 0;

	t.steps[0].tries = 2;
	b.unit = [&](const std::string &) { return ++asked == 1 ? lines("ERROR") : ok(); };
	b.begin(t.spec());
	b.run_to_end();
	EXPECT_EQ("good", b.verdict());
	EXPECT_STREQ("", b.result()->vendor_code);
	EXPECT_STREQ("", b.result()->vendor_words);
	EXPECT_STREQ("", b.result()->detail);

	bad.unit = [&](const std::string &) { return lines("ERROR"); };
	bad.begin(t.spec());
	bad.run_to_end();
	EXPECT_STREQ("4012", bad.result()->vendor_code);
	EXPECT_STREQ("exists", bad.result()->vendor_words);
	EXPECT_STREQ("try 2", bad.result()->detail);
}

/* ---- the model's own limits ---- */

class Overrides : public Demo
{
      public:
	void override(const char *step, guint timeout_s, guint limit_s, guint tries, guint pause_ms)
	{
		rows.push_back({ const_cast<char *>("demo"), const_cast<char *>(step), timeout_s,
				 limit_s, tries, pause_ms });
		g_ptr_array_set_size(model.steps, 0);
		for (StepOverride &o : rows)
			g_ptr_array_add(model.steps, &o);
	}
	std::deque<StepOverride> rows;
};

TEST(JobWords, AModelHasItsOwnLimits)
{
	Overrides d;
	gint64 begun;

	d.override("put", 30, STEP_AS_TABLE, 2, 9000);
	d.says["AT+DEMOPUT=10000"] = lines("ERROR");
	d.begin_demo();
	begun = d.now;
	d.run_to_step("put");
	d.run_to_end();
	EXPECT_EQ("UPLOAD_LOST", d.verdict());
	EXPECT_EQ(2u, d.sent_count("AT+DEMOPUT=10000"));
	EXPECT_LE(9 * SECOND, d.now - begun);
	EXPECT_GT(10 * SECOND, d.now - begun);
}

TEST(JobWords, AModelsSilenceLimitHolds)
{
	Overrides d;

	d.override("echo-off", 60, STEP_AS_TABLE, 1, STEP_AS_TABLE);
	d.unit = nullptr;
	d.begin_demo();
	d.run(59999);
	EXPECT_STREQ("echo-off", job_step_name(d.job));
	d.run(1);
	EXPECT_EQ("step-end echo-off 101", d.told[d.told.size() - 2]);
}

TEST(JobWords, NoModelCanHaveADangerousCommandSentTwice)
{
	Overrides d;
	Table t(with_danger({}, { row("apply", "AT+DEMOGO") }));
	JobSpec s = d.spec();

	t.procedure.name = "demo";
	s.procedure = &t.procedure;
	d.override("apply", STEP_AS_TABLE, STEP_AS_TABLE, 5, 100);
	d.says["AT+DEMOGO"] = lines("ERROR");
	d.begin(s);
	d.run_to_end();
	EXPECT_EQ("NO_ANSWER", d.verdict());
	EXPECT_EQ(1u, d.sent_count("AT+DEMOGO"));
}

/* ---- rule 10: deadlines and the inbox ---- */

TEST(JobWords, TellsItsNextDeadline)
{
	Table t({ row("row", "AT+A") });
	Bench b;
	gint64 begun = b.now;

	t.steps[0].limit_s = 7;
	t.steps[0].tries = 3;
	t.steps[0].pause_ms = 1500;
	b.begin(t.spec());
	EXPECT_EQ(begun + 5 * SECOND, job_deadline(b.job));
	b.now += 3 * SECOND;
	b.say("ERROR");
	EXPECT_EQ(begun + 4500 * MS, job_deadline(b.job));
	b.run(2000);
	EXPECT_EQ(begun + 7 * SECOND, job_deadline(b.job));
	/* Too early changes nothing. */
	job_tick(b.job, b.now);
	EXPECT_FALSE(job_done(b.job));
	job_tick(b.job, begun + 7 * SECOND);
	EXPECT_TRUE(job_done(b.job));
	EXPECT_EQ(G_MAXINT64, job_deadline(b.job));
}

/* A handler's own send makes the channel tell something: it waits its turn, the handler is not entered twice. */
TEST(JobWords, NothingReentersAHandler)
{
	static int depth;
	Table t({ row("row", nullptr, [](Job *job, const Input *in) {
		Bench *b = static_cast<Bench *>(job_spec(job)->user);
		AtEvent reply = { .kind = AT_REPLY, .text = "OK", .len = 2, .ok = true };

		EXPECT_EQ(0, depth);
		depth++;
		if (in->kind == IN_ENTER) {
			job_at(job, &reply, b->now);
			job_detach(job, b->now);
			job_tick(job, b->now + 3600 * SECOND);
		}
		depth--;
		return STEP_WAIT;
	}) });
	Bench b;

	depth = 0;
	t.steps[0].flags = STEP_LOSSY;
	b.begin(t.spec());
	EXPECT_FALSE(job_done(b.job));
	EXPECT_FALSE(job_port(b.job));
	EXPECT_FALSE(job_send(b.job, "AT", nullptr));
	EXPECT_EQ(0u, job_baud(b.job));
}

TEST(JobWords, AWriteThatFailsIsSilence)
{
	Demo d;

	d.begin_demo();
	d.run_to_step("put");
	d.pipe.gone = true;
	d.run_to_end(200);
	EXPECT_TRUE(job_done(d.job));
	EXPECT_FALSE(d.wire_has("DEMOGO"));
}

} // namespace
