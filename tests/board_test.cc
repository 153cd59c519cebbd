/* SPDX-License-Identifier: Apache-2.0
 *
 * The fold from events to what the screen knows. Nothing is drawn here. */
#include <gtest/gtest.h>

#include <cstring>
#include <memory>

#include "tests/dashboard_story.h"
#include "tui/board.h"

namespace
{

const gint64 shift_us = 99000 * (gint64)G_USEC_PER_SEC; /* 1000 s before a story begins */

struct Rack {
	explicit Rack(guint n, Totals totals = { 0, 0, shift_us, 0, nullptr, 0 })
	    : fixture(n),
	      story([this](const Event &event) { changed = board_event(board, &event); })
	{
		board = board_new(fixture.slots(), n, &totals, story.now);
	}
	~Rack()
	{
		board_free(board);
	}
	const SlotRow *row(guint slot = 0)
	{
		return board_row(board, slot);
	}
	Counters counters()
	{
		return board_counters(board);
	}

	Fixture fixture;
	Board *board;
	bool changed = false;
	Story story;
};

TEST(Board, BeginsEmpty)
{
	Rack rack(3);

	EXPECT_EQ(board_n_slots(rack.board), 3u);
	EXPECT_STREQ(rack.row(2)->label, "A3");
	EXPECT_EQ(rack.row()->order, ORDER_INSERT);
	EXPECT_EQ(board_elapsed_s(rack.board, rack.row()), -1);
	EXPECT_EQ(rack.counters().yield_permille, -1);
	EXPECT_EQ(rack.counters().left, -1);
	EXPECT_EQ(board_deadline(rack.board), G_MAXINT64);
}

TEST(Board, FollowsAUnitToItsVerdict)
{
	Rack rack(1);
	Story &story = rack.story;

	story.working(0, "upload", 37, 2);
	EXPECT_EQ(rack.row()->order, ORDER_WAIT);
	EXPECT_EQ(rack.row()->state, SLOT_RUNNING);
	EXPECT_STREQ(rack.row()->step, "upload");
	EXPECT_EQ(rack.row()->try_no, 2u);
	EXPECT_EQ(rack.row()->percent, 37);
	EXPECT_STREQ(rack.row()->imei, "866617050000101");
	EXPECT_STREQ(rack.row()->model, "MC65");
	EXPECT_STREQ(rack.row()->version, "MC65CAR01A01");
	EXPECT_STREQ(rack.row()->target, "MC65CAR01A03");
	EXPECT_EQ(rack.counters().running, 1u);

	story.seconds(65);
	board_clock(rack.board, story.now);
	EXPECT_EQ(board_elapsed_s(rack.board, rack.row()), 65);
	story.danger(0);
	EXPECT_EQ(rack.row()->order, ORDER_DO_NOT_TOUCH);
	story.seconds(10);
	story.end(0, OUTCOME_PASS);
	EXPECT_STREQ(rack.row()->version, "MC65CAR01A03");
	story.seconds(500);
	board_clock(rack.board, story.now);
	EXPECT_EQ(board_elapsed_s(rack.board, rack.row()), 75) << "the verdict ends it";
	story.remove(0);
	EXPECT_EQ(rack.row()->order, ORDER_INSERT);
	EXPECT_EQ(board_elapsed_s(rack.board, rack.row()), -1);
}

TEST(Board, GoodIsShownOnlyWhenItIsOnDisk)
{
	Rack rack(2);
	Story &story = rack.story;

	story.working(0, "verify", 99);
	story.working(1, "verify", 99);
	story.end(0, OUTCOME_PASS);
	EXPECT_EQ(rack.row(0)->order, ORDER_WAIT);
	story.end(1, OUTCOME_PASS);
	story.recorded(1);
	EXPECT_EQ(rack.row(1)->order, ORDER_REMOVE_GOOD);
	EXPECT_EQ(rack.row(0)->order, ORDER_WAIT) << "another slot's record";

	Event stale = {};
	stale.kind = EV_RECORDED;
	stale.slot = 0;
	stale.visit = story.visit_of(0) + 77;
	stale.num = OUTCOME_PASS;
	board_event(rack.board, &stale);
	EXPECT_EQ(rack.row(0)->order, ORDER_WAIT) << "another visit's record";
	story.recorded(0);
	EXPECT_EQ(rack.row(0)->order, ORDER_REMOVE_GOOD);
}

TEST(Board, TheNextVisitNeedsItsOwnRecord)
{
	Rack rack(1);
	Story &story = rack.story;

	story.done(0, OUTCOME_PASS);
	EXPECT_EQ(rack.row()->order, ORDER_REMOVE_GOOD);
	story.remove(0);
	story.working(0, "verify", 99);
	story.end(0, OUTCOME_CURRENT);
	EXPECT_EQ(rack.row()->order, ORDER_WAIT);
}

TEST(Board, TheSameVisitShowsItsVerdictAgain)
{
	Rack rack(1);
	Story &story = rack.story;
	Unit unit = story.unit(0);

	story.done(0, OUTCOME_PASS);
	story.remove(0);
	story.arrive(0);
	EXPECT_STREQ(rack.row()->imei, "") << "it may be somebody else";
	story.emit(EV_UNIT_SEEN, 0, 0, nullptr, &unit);
	story.state(0, SLOT_PASSED, ORDER_REMOVE_GOOD);
	EXPECT_EQ(rack.row()->order, ORDER_REMOVE_GOOD);
	EXPECT_STREQ(rack.row()->imei, unit.imei);
	EXPECT_EQ(rack.counters().good, 1u);
}

TEST(Board, DangerIsShownWithTheFactAndUntilTheJobIsOver)
{
	Rack rack(1);
	Story &story = rack.story;
	StepInfo step = {};
	Verdict verdict = {};

	story.working(0, "upload", 50);
	step.danger = true;
	story.emit(EV_DANGER, 0, 0, nullptr, &step, "flash");
	EXPECT_EQ(rack.row()->order, ORDER_DO_NOT_TOUCH);
	story.step(0, "verify");
	EXPECT_EQ(rack.row()->order, ORDER_DO_NOT_TOUCH);
	verdict.outcome = OUTCOME_FAIL;
	verdict.unknown = true;
	story.emit(EV_JOB_END, 0, 0, nullptr, &verdict);
	EXPECT_EQ(rack.row()->order, ORDER_DO_NOT_TOUCH) << "nobody knows what the unit is doing";
	verdict.unknown = false;
	story.emit(EV_JOB_END, 0, 0, nullptr, &verdict);
	EXPECT_EQ(rack.row()->order, ORDER_WAIT);
	story.danger(0);
	story.state(0, SLOT_FAILED, ORDER_SWITCH_OFF_AND_ON);
	EXPECT_EQ(rack.row()->order, ORDER_SWITCH_OFF_AND_ON);
}

struct Visit {
	guint16 slot; /* stands for an IMEI too */
	Outcome outcome;
	bool first;
};

TEST(Board, Counters)
{
	const struct {
		const char *name;
		std::vector<Visit> visits;
		guint good, failed;
		int yield_permille, left;
	} cases[] = {
		{ "nothing", {}, 0, 0, -1, 10 },
		{ "one good", { { 0, OUTCOME_PASS, true } }, 1, 0, 1000, 9 },
		{ "up to date is good", { { 0, OUTCOME_CURRENT, true } }, 1, 0, 1000, 9 },
		{ "good at the second try", { { 0, OUTCOME_PASS, false } }, 1, 0, 0, 9 },
		{ "one bad", { { 0, OUTCOME_FAIL, false } }, 0, 1, 0, 10 },
		{ "bad, then good: both visits count, the first one for the yield",
		  { { 0, OUTCOME_FAIL, false }, { 0, OUTCOME_PASS, true } },
		  1,
		  1,
		  0,
		  9 },
		{ "good twice: one unit",
		  { { 0, OUTCOME_PASS, true }, { 0, OUTCOME_PASS, true } },
		  2,
		  0,
		  1000,
		  9 },
		{ "good, then bad",
		  { { 0, OUTCOME_PASS, true }, { 0, OUTCOME_FAIL, false } },
		  1,
		  1,
		  1000,
		  9 },
		{ "two of three",
		  { { 0, OUTCOME_PASS, true },
		    { 1, OUTCOME_FAIL, false },
		    { 2, OUTCOME_PASS, true } },
		  2,
		  1,
		  666,
		  8 },
		{ "aborted and interrupted are not good",
		  { { 0, OUTCOME_ABORTED, false }, { 1, OUTCOME_INTERRUPTED, false } },
		  0,
		  2,
		  0,
		  10 },
		{ "skipped is neither", { { 0, OUTCOME_SKIPPED, false } }, 0, 0, -1, 10 },
	};

	for (const auto &c : cases) {
		Rack rack(3);
		Counters counters;

		rack.story.emit(EV_WORK_ORDER, SLOT_NONE, 10, "WO-1001");
		for (const Visit &visit : c.visits) {
			rack.story.working(visit.slot, "verify", 99);
			rack.story.end(visit.slot, visit.outcome, FAULT_NONE, visit.first);
		}
		counters = rack.counters();
		EXPECT_EQ(counters.good, c.good) << c.name;
		EXPECT_EQ(counters.failed, c.failed) << c.name;
		EXPECT_EQ(counters.yield_permille, c.yield_permille) << c.name;
		EXPECT_EQ(counters.left, c.left) << c.name;
		EXPECT_EQ(counters.running, 0u) << c.name;
	}
}

TEST(Board, GoesOnFromWhatTheRecordKnows)
{
	/* The first of them is the unit of slot 0, which failed at first. */
	const UnitSoFar units[] = { { "866617050000101", false, false },
				    { "861000000000011", true, true },
				    { "861000000000029", false, true } };
	Rack rack(2, Totals{ 40, 2, shift_us, 3, units, G_N_ELEMENTS(units) });

	EXPECT_EQ(rack.counters().good, 40u);
	EXPECT_EQ(rack.counters().failed, 2u);
	EXPECT_EQ(rack.counters().yield_permille, 333);
	EXPECT_EQ(rack.counters().left, 1);
	EXPECT_EQ(rack.counters().per_hour, 42 * 3600 / 1000);
	rack.story.done(0, OUTCOME_PASS);
	EXPECT_EQ(rack.counters().yield_permille, 333) << "not its first visit";
	EXPECT_EQ(rack.counters().left, 0);
	rack.story.done(1, OUTCOME_PASS);
	EXPECT_EQ(rack.counters().yield_permille, 500);
	EXPECT_EQ(rack.counters().left, 0) << "never below nothing";

	const Totals fresh = { 0, 0, rack.story.now, 0, nullptr, 0 };
	board_set_totals(rack.board, &fresh);
	EXPECT_EQ(rack.counters().good, 0u);
	EXPECT_EQ(rack.counters().yield_permille, -1);
	EXPECT_EQ(rack.counters().per_hour, -1) << "a shift of seconds has no rate";
}

TEST(Board, AUnitWithoutAnImeiIsNoPartOfTheYield)
{
	Rack rack(1);
	Verdict verdict = {};

	verdict.outcome = OUTCOME_FAIL;
	verdict.fault = FAULT_BAD_IMEI;
	rack.story.job(0);
	rack.story.emit(EV_VISIT_END, 0, 0, nullptr, &verdict);
	EXPECT_EQ(rack.counters().failed, 1u);
	EXPECT_EQ(rack.counters().yield_permille, -1);
}

TEST(Board, WhatIsNoUpdateCountsNowhere)
{
	Rack rack(1);
	JobInfo query = {};
	Verdict verdict = {};

	rack.story.visit(0);
	query.operation = "query";
	rack.story.emit(EV_JOB_BEGIN, 0, 0, nullptr, &query);
	verdict.outcome = OUTCOME_PASS;
	verdict.unit = rack.story.unit(0);
	verdict.good_first = true;
	rack.story.emit(EV_VISIT_END, 0, 0, nullptr, &verdict);
	EXPECT_EQ(rack.counters().good, 0u);
	EXPECT_EQ(rack.counters().yield_permille, -1);
}

TEST(Board, TheClockAsksForNoMoreThanItMust)
{
	Rack rack(2);
	Story &story = rack.story;

	EXPECT_FALSE(board_clock(rack.board, story.now + 3600 * (gint64)G_USEC_PER_SEC));
	story.seconds(3600.4);
	board_clock(rack.board, story.now);
	story.working(0, "upload", 1);
	EXPECT_EQ(board_deadline(rack.board), (story.now / G_USEC_PER_SEC + 1) * G_USEC_PER_SEC);
	EXPECT_FALSE(board_clock(rack.board, story.now + G_USEC_PER_SEC / 2))
		<< "still the same second";
	EXPECT_TRUE(board_clock(rack.board, story.now + G_USEC_PER_SEC));
	story.end(0, OUTCOME_PASS);
	EXPECT_EQ(board_deadline(rack.board) % (60 * G_USEC_PER_SEC), 0)
		<< "only the rate changes now";
}

TEST(Board, OnlyWhatIsSeenIsAChange)
{
	Rack rack(1);
	Story &story = rack.story;
	StepInfo info = {};

	story.working(0, "upload", 10);
	story.progress(0, 10);
	EXPECT_FALSE(rack.changed);
	story.progress(0, 11);
	EXPECT_TRUE(rack.changed);
	story.emit(EV_STEP_END, 0, 0, nullptr, &info, "upload");
	EXPECT_FALSE(rack.changed);
	story.emit(EV_TRACE, 0, 4, "AT\r\n");
	EXPECT_FALSE(rack.changed);
	story.emit(EV_RECORD_TROUBLE, SLOT_NONE, 1, "the disk is full");
	EXPECT_TRUE(rack.changed);
}

TEST(Board, TroubleOfStationSlotAndRecord)
{
	Rack rack(2);

	rack.story.emit(EV_TROUBLE, SLOT_NONE, 0, "the clock was set back");
	EXPECT_STREQ(board_trouble(rack.board), "the clock was set back");
	Event said = {};
	said.kind = EV_TROUBLE;
	said.slot = SLOT_NONE;
	said.text = "the clock was set back";
	said.said = "时钟被调回";
	board_event(rack.board, &said);
	EXPECT_STREQ(board_trouble(rack.board), "时钟被调回");
	rack.story.emit(EV_TROUBLE, 1, 0, "the port is held by modemd");
	EXPECT_STREQ(board_trouble(rack.board), "A2: the port is held by modemd");
	EXPECT_STREQ(rack.row(1)->why, "the port is held by modemd");
	rack.story.emit(EV_RECORD_TROUBLE, SLOT_NONE, 1, "the disk is full");
	EXPECT_STREQ(board_record_trouble(rack.board), "the disk is full");
	said.kind = EV_RECORD_TROUBLE;
	said.num = 1;
	said.text = "the disk is full";
	said.said = "磁盘已满";
	board_event(rack.board, &said);
	EXPECT_STREQ(board_record_trouble(rack.board), "磁盘已满");
	rack.story.emit(EV_RECORD_TROUBLE, SLOT_NONE, 0, "there is room again");
	EXPECT_STREQ(board_record_trouble(rack.board), "");
}

TEST(Board, TextIsCutBetweenCharacters)
{
	Rack rack(1);
	std::string name;

	while (name.size() < 200)
		name += "站";
	for (int i = 0; i < 3; i++) {
		rack.story.emit(EV_WORKER, SLOT_NONE, 0,
				(std::string((size_t)i, 'x') + name).c_str());
		EXPECT_TRUE(g_utf8_validate(board_worker(rack.board), -1, nullptr));
		EXPECT_GT(strlen(board_worker(rack.board)), 55u);
	}
}

TEST(Board, AnyOrderOfEventsIsSurvived)
{
	g_autoptr(GRand) random = g_rand_new_with_seed(20261120);
	const char *const texts[] = { nullptr, "", "x", "\xff\xfe",
				      "a rather long sentence about nothing at all" };
	VisitInfo visit = {};
	JobInfo job = {};
	Verdict verdict = {};
	Rack rack(4);

	for (int i = 0; i < 200000; i++) {
		Unit unit = rack.story.unit((guint16)g_rand_int_range(random, 0, 50));
		SlotChange change = {};
		Event event = {};

		event.kind = (EventKind)g_rand_int_range(random, 0, N_EVENTS);
		event.slot = (guint16)(g_rand_int_range(random, 0, 8) == 7
					       ? SLOT_NONE
					       : g_rand_int_range(random, 0, 6));
		event.visit = (guint32)g_rand_int_range(random, 0, 4);
		event.num = g_rand_int_range(random, -3, 105);
		event.text = texts[g_rand_int_range(random, 0, G_N_ELEMENTS(texts))];
		event.step = texts[g_rand_int_range(random, 0, G_N_ELEMENTS(texts))];
		event.t_us = rack.story.now;
		change.order = (Order)g_rand_int_range(random, 0, N_ORDERS + 2);
		verdict.outcome = (Outcome)g_rand_int_range(random, 0, N_OUTCOMES + 2);
		verdict.fault = (FaultCode)g_rand_int_range(random, 0, 600);
		verdict.unit = visit.unit = unit;
		if (event.kind == EV_SLOT_STATE)
			event.body = &change;
		else if (event.kind == EV_UNIT_SEEN)
			event.body = &unit;
		else if (event.kind == EV_VISIT_BEGIN)
			event.body = &visit;
		else if (event.kind == EV_JOB_BEGIN)
			event.body = &job;
		else if (event.kind == EV_VISIT_END || event.kind == EV_JOB_END)
			event.body = &verdict;
		if (g_rand_int_range(random, 0, 10) == 0)
			event.body = nullptr;
		board_event(rack.board, &event);
		rack.story.seconds(0.01);
		board_clock(rack.board, rack.story.now);
		for (guint slot = 0; slot < 4; slot++) {
			const SlotRow *row = rack.row(slot);

			ASSERT_LT(row->order, N_ORDERS);
			ASSERT_LT(row->outcome, N_OUTCOMES);
			ASSERT_TRUE(row->order != ORDER_REMOVE_GOOD || row->recorded);
			ASSERT_TRUE(!row->danger || row->order == ORDER_DO_NOT_TOUCH);
		}
	}
	EXPECT_LE(rack.counters().yield_permille, 1000);
}

} // namespace
