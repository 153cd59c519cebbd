/* SPDX-License-Identifier: Apache-2.0
 *
 * A unit that an earlier station left in a dangerous step: it is looked for, listened to, and its old version is no answer before
 * its time is over. It does not know how a station comes to know of it. */
#include "tests/demo_unit.h"

namespace
{

constexpr gint64 LEFT_S = 600;

class Left : public Demo
{
      public:
	/* The table, with or without a package that the unit fetches by itself. */
	void begin_left(bool fetches = false)
	{
		JobSpec s = spec();

		procedure = demo_procedure;
		procedure.fetches = fetches;
		s.procedure = &procedure;
		s.package = nullptr;
		s.was = "D01";
		s.adopted = true;
		s.left_us = LEFT_S * SECOND;
		s.unit.baud = baud;
		by_hand = true;
		began = now;
		begin(s);
	}

	void freeze()
	{
		unit = [](const std::string &) { return std::string(); };
	}

	void thaw()
	{
		unit = [this](const std::string &command) { return demo_answer(command); };
	}

	gint64 took_s() const
	{
		return (now - began) / SECOND;
	}

	Procedure procedure;
	gint64 began = 0;
	guint baud = 115200;
};

TEST(JobLeft, OneThatIsDoneSaysSoAtOnce)
{
	Left d;

	d.revision = "D02";
	d.begin_left();
	EXPECT_TRUE(job_in_danger(d.job));
	EXPECT_EQ(1u, d.told_count("danger return 1"));
	d.run_to_end();
	EXPECT_EQ("good", d.verdict());
	EXPECT_LT(d.took_s(), 15);
	EXPECT_FALSE(d.wire_has("DEMOGO"));
	/* No update of its own is counted. */
	EXPECT_EQ(d.record.end(), d.record.find(std::string(imei) + "/updates"));
}

TEST(JobLeft, OneThatIsFrozenIsLeftAloneButForALookNowAndThen)
{
	Left d;

	d.freeze();
	d.begin_left();
	d.run(LEFT_S * 1000 - 5000);
	EXPECT_TRUE(job_in_danger(d.job));
	EXPECT_STREQ("flash", job_step_name(d.job));
	/* A look is three of them, and its own silence is a minute. */
	EXPECT_LE(d.sent_count("AT"), LEFT_S / 60 * 3);
	EXPECT_EQ(d.sent.size(), d.sent_count("AT"));
	d.thaw();
	d.revision = "D02";
	d.run_to_end();
	EXPECT_EQ("good", d.verdict());
}

TEST(JobLeft, ItsOwnWordIsHeardAtOnce)
{
	Left d;

	d.freeze();
	d.begin_left();
	d.run(50 * 1000);
	d.say("+DEMO: 50");
	/* From here it is as one that was found updating: its own times hold. */
	d.run(50 * 1000);
	d.say("+DEMO: DONE");
	d.thaw();
	d.revision = "D02";
	d.run_to_end();
	EXPECT_EQ("good", d.verdict());
	EXPECT_LT(d.took_s(), 120);
}

TEST(JobLeft, TheOldVersionIsNoAnswerWhileItMayFetchStill)
{
	Left d;

	d.begin_left(true);
	d.run(LEFT_S * 1000 - 5000);
	EXPECT_TRUE(job_in_danger(d.job));
	d.revision = "D02";
	d.run_to_end();
	EXPECT_EQ("good", d.verdict());
	EXPECT_LE(d.sent_count("AT+CGMR"), 12u);
}

TEST(JobLeft, TheOldVersionIsItsLastWordWhenItsTimeIsOver)
{
	Left d;

	d.begin_left(true);
	d.run_to_end();
	EXPECT_EQ("WRONG_VERSION", d.verdict());
	EXPECT_TRUE(d.result()->version_read);
	EXPECT_FALSE(d.result()->unknown);
	EXPECT_GE(d.took_s(), LEFT_S);
	EXPECT_LT(d.took_s(), LEFT_S + 180);
}

TEST(JobLeft, TheOldVersionIsAnAnswerOfOneThatWouldNotAnswerMeanwhile)
{
	Left d;

	d.begin_left();
	d.run_to_end();
	EXPECT_EQ("WRONG_VERSION", d.verdict());
	EXPECT_LT(d.took_s(), 60);
}

TEST(JobLeft, WhatNeverAnswersIsNotKnown)
{
	Left d;

	d.freeze();
	d.begin_left();
	EXPECT_FALSE(job_cancel(d.job, FAULT_STOPPED, d.now));
	d.run_to_end();
	EXPECT_EQ("FLASH_SILENT", d.verdict());
	EXPECT_TRUE(d.result()->unknown);
	EXPECT_GE(d.took_s(), LEFT_S);
	EXPECT_FALSE(d.wire_has("DEMODEL"));
}

TEST(JobLeft, ItIsListenedToAtTheSpeedAtWhichItAnsweredThen)
{
	Demo before;
	JobSpec s = before.spec();
	Left d;

	s.unit.baud = 9600;
	before.begin(s);
	before.run_to_held();
	before.run_to_step("apply");
	EXPECT_EQ(1u, before.told_count(std::string("remember ") + imei + "/baud=9600"));
	d.baud = 9600;
	d.freeze();
	d.begin_left();
	EXPECT_EQ(9600u, d.pipe.baud);
	d.run(1000);
	d.pipe.baud = 115200;
	d.attach();
	EXPECT_EQ(9600u, d.pipe.baud);
}

TEST(JobLeft, ItIsAwayWhenTheStationBegins)
{
	Left d;

	d.begin_left();
	d.detach();
	d.run(100 * 1000);
	EXPECT_TRUE(job_in_danger(d.job));
	d.revision = "D02";
	d.attach();
	d.run_to_end();
	EXPECT_EQ("good", d.verdict());
}

TEST(JobLeft, AnotherUnitInItsPlaceIsLeftAsItIs)
{
	Left d;

	d.says["AT+GSN"] = ok(other_imei);
	d.begin_left();
	d.run_to_end();
	EXPECT_EQ("UNIT_LEFT", d.verdict());
	EXPECT_TRUE(d.result()->stranger);
	EXPECT_TRUE(d.result()->unknown);
}

} // namespace
