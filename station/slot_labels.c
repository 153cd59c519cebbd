/* SPDX-License-Identifier: Apache-2.0
 *
 * The label on a unit against the IMEI that the unit says. It does not know how a label is read, nor what a scan looks like. */
#include "station/station_private.h"

#include <glib/gi18n.h>
#include <string.h>

/* A label that was scanned before its unit was put in is waited for so long. */
#define EXPECTED_US (120 * SECOND_US)
#define LABEL_SAYS  "the label says %s"

typedef struct {
	char imei[16];
	gint64 scanned_us;
} Expected;

static bool has_label(const Slot *slot)
{
	return *slot->label_imei && strcmp(slot->label_imei, slot->visit.unit.imei) == 0;
}

/* A unit that reboots in the middle of its update is off the bus, and still the one in this slot. */
static bool is_in(const Slot *slot, const char *imei)
{
	bool there = slot->unit_there || (slot->job && job_in_danger(slot->job));

	return there && strcmp(slot->visit.unit.imei, imei) == 0;
}

/* The unit has said who it is and nobody has looked at its label. */
static bool wants_label(const Slot *slot)
{
	return *slot->visit.unit.imei && is_in(slot, slot->visit.unit.imei) && !has_label(slot) &&
	       !*slot->visit.mislabel && slot->state >= SLOT_READY && slot->state <= SLOT_PASSED;
}

bool slot_waits_for_label(const Slot *slot)
{
	return slot->station->config->scan == SCAN_REQUIRED && slot->station->setup.by_person &&
	       !has_label(slot);
}

static void remember_label(Slot *slot, const char *label)
{
	const Fact fact = { .imei = slot->visit.unit.imei, .key = "label", .value = label };

	slot_emit(slot, (Event){ .kind = EV_REMEMBER, .body = &fact });
	slot->station->flush_now = true;
}

static void label_fits(Slot *slot)
{
	g_strlcpy(slot->label_imei, slot->visit.unit.imei, sizeof(slot->label_imei));
	remember_label(slot, slot->label_imei);
}

static void forget_expected(Station *st, const char *imei)
{
	for (guint i = st->labels->len; i > 0; i--) {
		const Expected *e = &g_array_index(st->labels, Expected, i - 1);

		if (strcmp(e->imei, imei) == 0 || st->now - e->scanned_us > EXPECTED_US)
			g_array_remove_index(st->labels, i - 1);
	}
}

/* A label was scanned and then this unit was put in: is it the one of that label? */
bool slot_label_is_wrong(Slot *slot)
{
	Station *st = slot->station;
	const char *imei = slot->visit.unit.imei;
	bool asked = false;

	forget_expected(st, "");
	if (st->config->scan == SCAN_OFF || !*imei || has_label(slot))
		return false;
	for (guint i = 0; i < st->labels->len; i++) {
		const Expected *e = &g_array_index(st->labels, Expected, i);

		if (strcmp(e->imei, imei) == 0) {
			label_fits(slot);
			forget_expected(st, imei);
			return false;
		}
		asked = asked || slot->arrived_us >= e->scanned_us;
	}
	if (asked)
		g_array_set_size(st->labels, 0);
	return asked;
}

LabelAnswer station_label(Station *st, const char *imei, guint chosen, guint *slot, gint64 now)
{
	Expected expected = { .scanned_us = now };

	st->now = now;
	for (guint i = 0; i < st->n_slots; i++) {
		Slot *s = &st->slots[i];

		if (!is_in(s, imei))
			continue;
		if (st->config->scan != SCAN_OFF && !has_label(s))
			label_fits(s);
		*slot = i;
		return LABEL_MATCHES;
	}
	*slot = chosen;
	if (st->config->scan == SCAN_OFF)
		return LABEL_UNKNOWN;
	if (chosen < st->n_slots && wants_label(&st->slots[chosen]))
		return LABEL_DIFFERS;
	forget_expected(st, imei);
	g_strlcpy(expected.imei, imei, sizeof(expected.imei));
	g_array_append_val(st->labels, expected);
	return LABEL_EXPECTED;
}

/* What runs is stopped where it may be. Where it may not, or is done already, it ends as it ends: the visit is not good, and
 * neither is the check of a unit whose station died in between. */
static void fail_job(Slot *slot, const char *label)
{
	g_strlcpy(slot->visit.mislabel, label, sizeof(slot->visit.mislabel));
	remember_label(slot, label);
	if (!slot_cancel(slot, FAULT_LABEL_MISMATCH))
		slot_trouble(slot, "the label is of another unit than the one that flashes: "
				   "do not put it into the good box");
}

/* A good verdict stands in the record: this is another one, on the same unit. */
static void fail_again(Slot *slot, const char *label)
{
	g_autofree char *detail = g_strdup_printf(LABEL_SAYS, label);

	slot->retest = slot->state == SLOT_PASSED;
	slot_set(slot, CAUSE_REPLACED, NULL);
	slot_verdict_alone(slot, OUTCOME_FAIL, FAULT_LABEL_MISMATCH, detail);
}

const char *station_label_differs(Station *st, guint id, const char *unit, const char *label,
				  gint64 now)
{
	Slot *slot = id < st->n_slots ? &st->slots[id] : NULL;

	st->now = now;
	if (!slot || !is_in(slot, unit))
		return N_("another unit is there now, nothing was done");
	if (slot->unrecorded)
		return N_("its verdict is being written down: scan the label again");
	if (!wants_label(slot))
		return N_("its label is not asked for any more, nothing was done");
	slot_trouble(slot, "the label says %s, the unit says %s", label, unit);
	if (slot->job)
		fail_job(slot, label);
	else
		fail_again(slot, label);
	return NULL;
}

VisitNext slot_label_verdict(Slot *slot, Verdict *attempt, VisitNext next)
{
	Visit *visit = &slot->visit;

	/* What is to be done with a unit that has left, or of which nobody knows what it is now, comes first. */
	if (!*visit->mislabel || attempt->unknown || next == VISIT_REPLACED ||
	    visit->fault == FAULT_UNIT_LEFT)
		return next;
	visit->outcome = OUTCOME_FAIL;
	visit->fault = FAULT_LABEL_MISMATCH;
	g_snprintf(visit->detail, sizeof(visit->detail), LABEL_SAYS, visit->mislabel);
	/* A check speaks for the visit that it settles. */
	if (slot->owed && attempt->outcome == OUTCOME_PASS) {
		attempt->outcome = OUTCOME_FAIL;
		attempt->fault = FAULT_LABEL_MISMATCH;
	}
	return VISIT_DONE;
}

GArray *slot_labels_new(void)
{
	return g_array_new(FALSE, TRUE, sizeof(Expected));
}
