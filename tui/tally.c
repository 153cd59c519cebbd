/* SPDX-License-Identifier: Apache-2.0
 *
 * Two tables of counts. It does not know what a fault means. */
#include "tui/tally.h"

#include <string.h>

struct _Tally {
	char (*labels)[24];
	TallySlot *slots;
	gsize n_slots;
	GArray *faults; /* of TallyFault */
};

Tally *tally_new(const SlotConfig *const *slots, gsize n_slots)
{
	Tally *tally = g_new0(Tally, 1);

	tally->labels = g_malloc0_n(n_slots, sizeof(tally->labels[0]));
	tally->slots = g_new0(TallySlot, n_slots);
	tally->n_slots = n_slots;
	tally->faults = g_array_new(FALSE, TRUE, sizeof(TallyFault));
	for (gsize i = 0; i < n_slots; i++)
		g_strlcpy(tally->labels[i], slots[i]->label, sizeof(tally->labels[i]));
	return tally;
}

void tally_free(Tally *tally)
{
	if (!tally)
		return;
	g_array_unref(tally->faults);
	g_free(tally->slots);
	g_free(tally->labels);
	g_free(tally);
}

static int more_often(gconstpointer a, gconstpointer b)
{
	const TallyFault *x = a, *y = b;

	if (x->visits != y->visits)
		return x->visits > y->visits ? -1 : 1;
	return (int)x->fault - (int)y->fault;
}

static void count_fault(Tally *tally, FaultCode fault, guint visits)
{
	TallyFault new_one = { .fault = fault, .visits = visits };
	guint i = 0;

	if (fault == FAULT_NONE)
		return;
	while (i < tally->faults->len && g_array_index(tally->faults, TallyFault, i).fault != fault)
		i++;
	if (i < tally->faults->len)
		g_array_index(tally->faults, TallyFault, i).visits += visits;
	else
		g_array_append_val(tally->faults, new_one);
	g_array_sort(tally->faults, more_often);
}

static void count_slot(Tally *tally, guint slot, FaultCode fault, guint visits)
{
	tally->slots[slot].visits += visits;
	if (fault != FAULT_NONE)
		tally->slots[slot].failed += visits;
}

void tally_set(Tally *tally, const TallyKnown *known, gsize n)
{
	g_array_set_size(tally->faults, 0);
	memset(tally->slots, 0, tally->n_slots * sizeof(tally->slots[0]));
	for (gsize i = 0; i < n; i++) {
		count_fault(tally, known[i].fault, known[i].visits);
		for (gsize slot = 0; slot < tally->n_slots; slot++)
			if (strcmp(tally->labels[slot], known[i].slot) == 0)
				count_slot(tally, slot, known[i].fault, known[i].visits);
	}
}

void tally_event(Tally *tally, const Event *event)
{
	const Verdict *v = event->body;

	/* What is not one of ours is nobody's failure. */
	if (event->kind != EV_VISIT_END || !v || event->slot >= tally->n_slots ||
	    v->outcome == OUTCOME_SKIPPED)
		return;
	count_fault(tally, v->fault, 1);
	count_slot(tally, event->slot, v->fault, 1);
}

guint tally_faults(const Tally *tally)
{
	return tally->faults->len;
}

const TallyFault *tally_fault(const Tally *tally, guint i)
{
	g_assert(i < tally->faults->len);
	return &g_array_index(tally->faults, TallyFault, i);
}

const TallySlot *tally_slot(const Tally *tally, guint slot)
{
	g_assert(slot < tally->n_slots);
	return &tally->slots[slot];
}
