/* SPDX-License-Identifier: Apache-2.0
 *
 * Which state of a slot may follow which: a table. It does not know why the station asks. */
#pragma once

#include "lib/slot.h"

G_BEGIN_DECLS

/* clang-format off */
/* CAUSE(name, text) */
#define SLOT_CAUSE_LIST(CAUSE)                                                                     \
	CAUSE(ARRIVED, "arrived")       /* ports appeared, or a unit answers */                    \
	CAUSE(SETTLED, "settled")       /* its port is open: identification begins */              \
	CAUSE(IDENTIFIED, "identified") /* it is one of ours and there is something to do */       \
	CAUSE(START, "start")           /* by itself or by hand */                                 \
	CAUSE(GO, "go")                 /* the schedule lets it run */                             \
	CAUSE(PASSED, "passed")         /* a good verdict, on disk */                              \
	CAUSE(FAILED, "failed")         /* any other verdict, on disk */                           \
	CAUSE(LEFT, "left")             /* the unit is gone */                                     \
	CAUSE(SAME_GOOD, "same-good")   /* the same unit is back: its good verdict is shown again */ \
	CAUSE(SAME_BAD, "same-bad")                                                                \
	CAUSE(ADOPTED, "adopted")       /* it reports an update that the station did not start */  \
	CAUSE(REPLACED, "replaced")     /* another unit answers in its place, or the same one is looked at anew */ \
	CAUSE(PARKED, "park")           /* nothing is to be put in here */                         \
	CAUSE(RELEASED, "release")
/* clang-format on */

typedef enum {
#define CAUSE(name, text) CAUSE_##name,
	SLOT_CAUSE_LIST(CAUSE)
#undef CAUSE
		N_CAUSES
} SlotCause;

const char *slot_cause_name(SlotCause cause);

/* The state that follows; the same state where the cause changes nothing. */
SlotState slot_fsm_next(SlotState state, SlotCause cause);

G_END_DECLS
