/* SPDX-License-Identifier: Apache-2.0
 *
 * Counts who had which verdict last, and when something new came. It does not know how anything is shown. */
#include "station/batch.h"

#include <sysexits.h>

typedef struct {
	Outcome outcome;
	FaultCode fault;
} Last;

struct _Batch {
	BatchRules rules;
	GHashTable *units; /* IMEI, or slot and visit where it tells no unit from another -> Last */
	gint64 begun, newest;
	bool any; /* something was there at all */
};

Batch *batch_new(const BatchRules *rules, gint64 now)
{
	Batch *batch = g_new0(Batch, 1);

	batch->rules = *rules;
	batch->units = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	batch->begun = batch->newest = now;
	return batch;
}

void batch_free(Batch *batch)
{
	if (!batch)
		return;
	g_hash_table_unref(batch->units);
	g_free(batch);
}

/* Two things with one IMEI are two units, and so are two whose IMEI is blank or all zeros. */
static char *key_of(const Event *event, const Verdict *v)
{
	if (unit_imei_valid(v->unit.imei) && v->fault != FAULT_DUPLICATE_IMEI)
		return g_strdup(v->unit.imei);
	return g_strdup_printf("%u/%u", event->slot, event->visit);
}

bool batch_read(gpointer user, const Event *event)
{
	Batch *batch = user;
	const Verdict *v = event->body;
	const SlotChange *c = event->body;
	Last *last;

	if (event->kind == EV_SLOT_STATE && c->to != SLOT_EMPTY && c->from != c->to) {
		batch->newest = event->t_us;
		batch->any = true;
	}
	if (event->kind != EV_VISIT_END)
		return true;
	batch->newest = event->t_us;
	last = g_new0(Last, 1);
	last->outcome = v->outcome;
	last->fault = v->fault;
	g_hash_table_replace(batch->units, key_of(event, v), last);
	return true;
}

bool batch_timed_out(const Batch *batch, gint64 now)
{
	return batch->rules.timeout_us > 0 && now - batch->begun >= batch->rules.timeout_us;
}

bool batch_over(const Batch *batch, guint open, gint64 now)
{
	if (open > 0)
		return false;
	if (batch->rules.expect > 0)
		return g_hash_table_size(batch->units) >= batch->rules.expect;
	if (!batch->any)
		return now - batch->begun >= batch->rules.first_us;
	return now - batch->newest >= batch->rules.settle_us;
}

gint64 batch_deadline(const Batch *batch, guint open)
{
	gint64 at =
		batch->rules.timeout_us > 0 ? batch->begun + batch->rules.timeout_us : G_MAXINT64;

	if (batch->rules.expect > 0 || open > 0)
		return at;
	return MIN(at, batch->any ? batch->newest + batch->rules.settle_us
				  : batch->begun + batch->rules.first_us);
}

void batch_count(const Batch *batch, BatchCounts *counts)
{
	GHashTableIter iter;
	gpointer value;

	counts->units = g_hash_table_size(batch->units);
	g_hash_table_iter_init(&iter, batch->units);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const Last *last = value;

		counts->by_outcome[last->outcome]++;
		counts->not_ours += last->outcome == OUTCOME_SKIPPED &&
				    last->fault != FAULT_SLOT_PARKED &&
				    last->fault != FAULT_QUANTITY_REACHED;
	}
}

int batch_exit(const BatchCounts *counts, guint expect)
{
	guint bad = counts->by_outcome[OUTCOME_FAIL] + counts->by_outcome[OUTCOME_ABORTED] +
		    counts->by_outcome[OUTCOME_INTERRUPTED] + counts->not_ours;

	if (counts->unsaved)
		return EX_CANTCREAT;
	if (counts->interrupted || counts->unfinished > 0)
		return 4;
	if (counts->units < expect)
		return 3;
	if (bad > 0)
		return 1;
	return counts->units == 0 ? 2 : 0;
}
