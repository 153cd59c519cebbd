/* SPDX-License-Identifier: Apache-2.0
 *
 * The states of a slot: every cell of the table, and what holds for all of them. They know no station. */
#include "station/slot_fsm.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace
{

/* From each state, cause by cause; "" stays. Written down a second time on purpose. */
struct Row {
	SlotState from;
	const char *to[N_CAUSES];
};

/* clang-format off */
const Row rows[] = {
	/*               arrived     settled        identified start     go         passed    failed    left     same-good same-bad adopted replaced park release */
	{ SLOT_EMPTY,       { "settling", "identifying", "", "", "", "", "failed", "", "", "", "running", "", "parked", "" } },
	{ SLOT_SETTLING,    { "", "identifying", "", "", "", "", "failed", "empty", "", "", "running", "", "", "" } },
	{ SLOT_IDENTIFYING, { "", "", "ready", "", "", "passed", "failed", "empty", "passed", "failed", "running", "", "", "" } },
	{ SLOT_READY,       { "", "", "", "queued", "", "passed", "failed", "empty", "", "", "running", "settling", "", "" } },
	{ SLOT_QUEUED,      { "", "", "", "", "running", "passed", "failed", "empty", "", "", "running", "settling", "", "" } },
	{ SLOT_RUNNING,     { "", "", "ready", "", "", "passed", "failed", "", "", "", "", "settling", "", "" } },
	{ SLOT_PASSED,      { "settling", "identifying", "", "", "", "", "", "empty", "", "", "running", "settling", "", "" } },
	{ SLOT_FAILED,      { "settling", "identifying", "", "", "", "", "", "empty", "", "", "running", "settling", "", "" } },
	{ SLOT_PARKED,      { "", "", "", "", "", "", "failed", "", "", "", "running", "", "", "empty" } },
};
/* clang-format on */

SlotState next(int state, int cause)
{
	return slot_fsm_next(static_cast<SlotState>(state), static_cast<SlotCause>(cause));
}

TEST(SlotFsm, EveryCell)
{
	ASSERT_EQ((gsize)N_SLOT_STATES, G_N_ELEMENTS(rows));
	for (const Row &row : rows)
		for (int cause = 0; cause < N_CAUSES; cause++) {
			std::string to = row.to[cause];

			EXPECT_EQ(to.empty() ? slot_state_name(row.from) : to,
				  slot_state_name(next(row.from, cause)))
				<< slot_state_name(row.from) << ", "
				<< slot_cause_name(static_cast<SlotCause>(cause));
		}
}

TEST(SlotFsm, NoCauseLeadsOutOfTheStates)
{
	for (int state = 0; state < N_SLOT_STATES; state++)
		for (int cause = 0; cause < N_CAUSES; cause++) {
			EXPECT_LE(0, next(state, cause));
			EXPECT_GT(N_SLOT_STATES, next(state, cause));
		}
}

TEST(SlotFsm, CausesHaveNamesOfTheirOwn)
{
	std::set<std::string> names;

	for (int cause = 0; cause < N_CAUSES; cause++)
		EXPECT_TRUE(names.insert(slot_cause_name(static_cast<SlotCause>(cause))).second);
	EXPECT_EQ(0u, names.count(""));
}

/* What the table is for, said once more without it. */
TEST(SlotFsm, WhatMustHold)
{
	for (int state = 0; state < N_SLOT_STATES; state++) {
		/* A good verdict comes only from a unit that was looked at. */
		EXPECT_TRUE(state == SLOT_IDENTIFYING || state == SLOT_READY ||
			    state == SLOT_QUEUED || state == SLOT_RUNNING || state == SLOT_PASSED ||
			    next(state, CAUSE_PASSED) != SLOT_PASSED);
		/* Nothing runs that was not let, but what runs already. */
		EXPECT_TRUE(state == SLOT_QUEUED || state == SLOT_RUNNING ||
			    next(state, CAUSE_GO) != SLOT_RUNNING);
		/* A verdict stays until the unit leaves: no other verdict in its place. */
		if (state == SLOT_PASSED || state == SLOT_FAILED) {
			for (int cause :
			     { CAUSE_PASSED, CAUSE_FAILED, CAUSE_SAME_GOOD, CAUSE_SAME_BAD,
			       CAUSE_START, CAUSE_GO, CAUSE_IDENTIFIED })
				EXPECT_EQ(state, next(state, cause))
					<< slot_cause_name((SlotCause)cause);
		}
		/* A parked slot is entered when nobody is in it, and left by hand; nobody is asked there who he is. */
		EXPECT_EQ(state == SLOT_EMPTY || state == SLOT_PARKED,
			  next(state, CAUSE_PARKED) == SLOT_PARKED);
		EXPECT_EQ(state == SLOT_PARKED, next(state, CAUSE_LEFT) == SLOT_PARKED);
		EXPECT_EQ(state == SLOT_PARKED, next(state, CAUSE_SETTLED) == SLOT_PARKED);
		/* What updates by itself is listened to wherever it is. */
		EXPECT_EQ(SLOT_RUNNING, next(state, CAUSE_ADOPTED));
	}
	/* A unit that left while its job runs may be rebooting: the job says what it was. */
	EXPECT_EQ(SLOT_RUNNING, next(SLOT_RUNNING, CAUSE_LEFT));
}

TEST(SlotFsm, AUnitFromItsComingToItsGoing)
{
	const struct {
		SlotCause cause;
		SlotState to;
	} way[] = {
		{ CAUSE_ARRIVED, SLOT_SETTLING }, { CAUSE_SETTLED, SLOT_IDENTIFYING },
		{ CAUSE_IDENTIFIED, SLOT_READY }, { CAUSE_START, SLOT_QUEUED },
		{ CAUSE_GO, SLOT_RUNNING },       { CAUSE_LEFT, SLOT_RUNNING },
		{ CAUSE_ARRIVED, SLOT_RUNNING },  { CAUSE_PASSED, SLOT_PASSED },
		{ CAUSE_FAILED, SLOT_PASSED },    { CAUSE_LEFT, SLOT_EMPTY },
		{ CAUSE_LEFT, SLOT_EMPTY },
	};
	SlotState state = SLOT_EMPTY;

	for (auto &w : way) {
		state = slot_fsm_next(state, w.cause);
		EXPECT_EQ(w.to, state) << slot_cause_name(w.cause);
	}
}

} // namespace
