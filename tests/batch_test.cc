/* SPDX-License-Identifier: Apache-2.0
 *
 * When a headless run is over and which exit code it has: a stream of events and a clock. They know no station. */
#include "station/batch.h"

#include <sysexits.h>

#include <string>

#include <gtest/gtest.h>

namespace
{

constexpr gint64 S = G_USEC_PER_SEC;
const char *const imeis[] = { "490154203237518", "356136073296560", "869951030006302",
			      "860016044667504" };

class Counted
{
      public:
	explicit Counted(guint expect = 0, gint64 timeout = 0)
	{
		rules = { expect, timeout * S, 30 * S, 120 * S };
		batch = batch_new(&rules, now);
	}
	~Counted()
	{
		batch_free(batch);
	}
	Counted(const Counted &) = delete;
	Counted &operator=(const Counted &) = delete;

	void wait(gint64 seconds)
	{
		now += seconds * S;
	}

	void state(SlotState from, SlotState to)
	{
		SlotChange change = { from, to, ORDER_WAIT };
		Event event = {};

		event.kind = EV_SLOT_STATE;
		event.t_us = now;
		event.num = to;
		event.body = &change;
		EXPECT_TRUE(batch_read(batch, &event));
	}

	void verdict(const char *imei, Outcome outcome, FaultCode fault = FAULT_NONE,
		     guint16 slot = 1)
	{
		Verdict v = {};
		Event event = {};

		v.outcome = outcome;
		v.fault = fault;
		UNIT_SET(v.unit.imei, imei, strlen(imei));
		event.kind = EV_VISIT_END;
		event.t_us = now;
		event.slot = slot;
		event.visit = ++visits;
		event.num = outcome;
		event.body = &v;
		EXPECT_TRUE(batch_read(batch, &event));
	}

	bool over(guint open = 0) const
	{
		return batch_over(batch, open, now);
	}

	BatchCounts counts() const
	{
		BatchCounts c = {};

		batch_count(batch, &c);
		return c;
	}

	int code() const
	{
		BatchCounts c = counts();

		return batch_exit(&c, rules.expect);
	}

	BatchRules rules;
	gint64 now = 7 * S;
	guint visits = 0;
	Batch *batch;
};

/* ---- when it is over ---- */

TEST(Batch, TheFirstUnitIsAwaited)
{
	Counted r;

	EXPECT_EQ(r.now + 120 * S, batch_deadline(r.batch, 0));
	r.wait(119);
	EXPECT_FALSE(r.over());
	r.wait(1);
	EXPECT_TRUE(r.over());
	EXPECT_EQ(2, r.code());
}

TEST(Batch, OverWhenNothingNewCame)
{
	Counted r;

	r.wait(100);
	r.state(SLOT_EMPTY, SLOT_SETTLING);
	r.wait(40);
	EXPECT_FALSE(r.over(1));
	r.verdict(imeis[0], OUTCOME_PASS);
	r.state(SLOT_RUNNING, SLOT_PASSED);
	EXPECT_EQ(r.now + 30 * S, batch_deadline(r.batch, 0));
	r.wait(29);
	EXPECT_FALSE(r.over());
	/* Another one arrives at the last moment. */
	r.state(SLOT_EMPTY, SLOT_SETTLING);
	r.wait(29);
	EXPECT_FALSE(r.over());
	r.wait(1);
	EXPECT_TRUE(r.over());
	EXPECT_FALSE(r.over(1));
	EXPECT_EQ(0, r.code());
}

/* A unit that is taken out, and a place that says again what it is, are nothing new. */
TEST(Batch, LeavingIsNothingNew)
{
	Counted r;

	r.state(SLOT_EMPTY, SLOT_SETTLING);
	r.verdict(imeis[0], OUTCOME_PASS);
	r.wait(20);
	r.state(SLOT_PASSED, SLOT_EMPTY);
	r.state(SLOT_QUEUED, SLOT_QUEUED);
	r.wait(10);
	EXPECT_TRUE(r.over());
}

TEST(Batch, OtherEventsAreNothingNew)
{
	Counted r;

	r.wait(119);
	for (int kind = 0; kind < N_EVENTS; kind++) {
		Event event = {};

		if (kind == EV_SLOT_STATE || kind == EV_VISIT_END)
			continue;
		event.kind = static_cast<EventKind>(kind);
		event.t_us = r.now;
		EXPECT_TRUE(batch_read(r.batch, &event));
	}
	r.wait(1);
	EXPECT_TRUE(r.over());
}

TEST(Batch, ExpectedUnitsEndItAtOnce)
{
	Counted r(2);

	EXPECT_EQ(G_MAXINT64, batch_deadline(r.batch, 0));
	r.wait(100000);
	EXPECT_FALSE(r.over());
	r.state(SLOT_EMPTY, SLOT_SETTLING);
	r.verdict(imeis[0], OUTCOME_PASS);
	r.wait(100000);
	EXPECT_FALSE(r.over());
	r.verdict(imeis[1], OUTCOME_FAIL, FAULT_NO_PLAN);
	EXPECT_TRUE(r.over());
	/* Not while another is open. */
	EXPECT_FALSE(r.over(1));
	EXPECT_EQ(1, r.code());
}

TEST(Batch, TimeOut)
{
	Counted r(2, 60), none;

	EXPECT_EQ(r.now + 60 * S, batch_deadline(r.batch, 0));
	r.wait(59);
	EXPECT_FALSE(batch_timed_out(r.batch, r.now));
	r.wait(1);
	EXPECT_TRUE(batch_timed_out(r.batch, r.now));
	EXPECT_FALSE(r.over());
	EXPECT_EQ(3, r.code());
	EXPECT_FALSE(batch_timed_out(none.batch, G_MAXINT64 / 2));
}

TEST(Batch, TheEarliestDeadline)
{
	Counted r(0, 60);

	EXPECT_EQ(r.now + 60 * S, batch_deadline(r.batch, 0));
	r.state(SLOT_EMPTY, SLOT_SETTLING);
	EXPECT_EQ(r.now + 30 * S, batch_deadline(r.batch, 0));
	/* One that is open ends by itself, not by the clock: no deadline that has passed already. */
	EXPECT_EQ(r.now + 60 * S, batch_deadline(r.batch, 1));
}

/* ---- who counts ---- */

TEST(Batch, AUnitCountsOnceByItsLastVisit)
{
	Counted r;

	r.verdict(imeis[0], OUTCOME_FAIL, FAULT_UPLOAD_LOST);
	EXPECT_EQ(1, r.code());
	r.verdict(imeis[0], OUTCOME_PASS, FAULT_NONE, 3);
	EXPECT_EQ(1u, r.counts().units);
	EXPECT_EQ(1u, r.counts().by_outcome[OUTCOME_PASS]);
	EXPECT_EQ(0u, r.counts().by_outcome[OUTCOME_FAIL]);
	EXPECT_EQ(0, r.code());
	r.verdict(imeis[0], OUTCOME_FAIL, FAULT_NO_PLAN);
	EXPECT_EQ(1, r.code());
}

TEST(Batch, ThingsThatNoImeiTellsApart)
{
	Counted r;

	r.verdict("", OUTCOME_SKIPPED, FAULT_NO_IDENTITY, 1);
	r.verdict("", OUTCOME_SKIPPED, FAULT_NO_IDENTITY, 2);
	r.verdict("000000000000000", OUTCOME_FAIL, FAULT_BAD_IMEI, 3);
	r.verdict("000000000000000", OUTCOME_FAIL, FAULT_BAD_IMEI, 4);
	r.verdict(imeis[0], OUTCOME_PASS, FAULT_NONE, 5);
	r.verdict(imeis[0], OUTCOME_FAIL, FAULT_DUPLICATE_IMEI, 6);
	EXPECT_EQ(6u, r.counts().units);
	EXPECT_EQ(2u, r.counts().not_ours);
	EXPECT_EQ(1, r.code());
}

/* ---- exit codes ---- */

TEST(Batch, ExitCodes)
{
	struct {
		const char *what;
		std::vector<std::pair<Outcome, FaultCode>> verdicts;
		int code;
	} cases[] = {
		{ "nobody", {}, 2 },
		{ "pass", { { OUTCOME_PASS, FAULT_NONE } }, 0 },
		{ "current", { { OUTCOME_CURRENT, FAULT_NONE } }, 0 },
		{ "parked", { { OUTCOME_SKIPPED, FAULT_SLOT_PARKED } }, 0 },
		{ "enough",
		  { { OUTCOME_PASS, FAULT_NONE }, { OUTCOME_SKIPPED, FAULT_QUANTITY_REACHED } },
		  0 },
		{ "not ours",
		  { { OUTCOME_PASS, FAULT_NONE }, { OUTCOME_SKIPPED, FAULT_UNKNOWN_MODEL } },
		  1 },
		{ "no identity", { { OUTCOME_SKIPPED, FAULT_NO_IDENTITY } }, 1 },
		{ "fail", { { OUTCOME_PASS, FAULT_NONE }, { OUTCOME_FAIL, FAULT_NO_PLAN } }, 1 },
		{ "aborted", { { OUTCOME_ABORTED, FAULT_STOPPED } }, 1 },
		{ "interrupted", { { OUTCOME_INTERRUPTED, FAULT_STATION_DIED } }, 1 },
	};

	for (auto &c : cases) {
		Counted r;

		for (gsize i = 0; i < c.verdicts.size(); i++)
			r.verdict(imeis[i], c.verdicts[i].first, c.verdicts[i].second);
		EXPECT_EQ(c.code, r.code()) << c.what;
	}
}

/* The highest of 64 to 78 wins; otherwise 4, 3, 1, 2, 0 in that order. Every combination of reasons. */
TEST(Batch, Precedence)
{
	for (guint reasons = 0; reasons < 32; reasons++) {
		BatchCounts c = {};
		bool unsaved = reasons & 1, interrupted = reasons & 2, fewer = reasons & 4,
		     bad = reasons & 8;
		bool some = (reasons & 16) || bad;
		int code = unsaved       ? EX_CANTCREAT
			   : interrupted ? 4
			   : fewer       ? 3
			   : bad         ? 1
			   : !some       ? 2
					 : 0;

		c.unsaved = unsaved;
		c.interrupted = interrupted;
		c.units = some ? 2 : 0;
		c.by_outcome[OUTCOME_PASS] = some ? 1 : 0;
		c.by_outcome[bad ? OUTCOME_FAIL : OUTCOME_CURRENT] += some ? 1 : 0;
		EXPECT_EQ(code, batch_exit(&c, fewer ? 3 : 0)) << reasons;
		if (!unsaved && !interrupted) {
			c.unfinished = 1;
			EXPECT_EQ(4, batch_exit(&c, fewer ? 3 : 0)) << reasons;
		}
	}
}

TEST(Batch, MoreThanExpectedIsNoFault)
{
	Counted r(1);

	r.verdict(imeis[0], OUTCOME_PASS);
	r.verdict(imeis[1], OUTCOME_PASS);
	EXPECT_EQ(0, r.code());
}

} // namespace
