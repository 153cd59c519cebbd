/* SPDX-License-Identifier: Apache-2.0
 *
 * What went wrong how often, and where: faults and slots of the shift, or of the work order where there is one. It does not
 * know how the bars are drawn. */
#pragma once

#include "lib/event.h"

G_BEGIN_DECLS

/* What the record knows before the first event: so many visits of this slot ended with this fault, FAULT_NONE: good. */
typedef struct {
	char slot[24];
	FaultCode fault;
	guint visits;
} TallyKnown;

typedef struct {
	FaultCode fault;
	guint visits;
} TallyFault;

typedef struct {
	guint visits, failed;
} TallySlot;

typedef struct _Tally Tally;

Tally *tally_new(const SlotConfig *const *slots, gsize n_slots);
void tally_free(Tally *tally);
/* Begins anew from these. */
void tally_set(Tally *tally, const TallyKnown *known, gsize n);
void tally_event(Tally *tally, const Event *event);

/* The most frequent first. */
guint tally_faults(const Tally *tally);
const TallyFault *tally_fault(const Tally *tally, guint i);
const TallySlot *tally_slot(const Tally *tally, guint slot);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tally, tally_free)

G_END_DECLS
