/* SPDX-License-Identifier: Apache-2.0
 *
 * The label on a unit against the IMEI that the unit says. It does not know how a label is read, nor what a scan looks like. */
#include "station/station_private.h"

#include <string.h>

/* A label that was scanned before its unit was put in is waited for so long. */
#define EXPECTED_US (120 * SECOND_US)

typedef struct {
	char imei[16];
	gint64 scanned_us;
} Expected;

static bool has_label(const Slot *slot)
{
	return *slot->label_imei && strcmp(slot->label_imei, slot->visit.unit.imei) == 0;
}

/* The unit has said who it is and nobody has looked at its label. */
static bool wants_label(const Slot *slot)
{
	return slot->unit_there && *slot->visit.unit.imei && !has_label(slot) &&
	       slot->state >= SLOT_READY && slot->state <= SLOT_PASSED;
}

bool slot_waits_for_label(const Slot *slot)
{
	return slot->station->config->scan == SCAN_REQUIRED && slot->station->setup.by_person &&
	       !has_label(slot);
}

static void remember_label(Slot *slot, const char *imei)
{
	const Fact fact = { .imei = imei, .key = "label", .value = imei };

	g_strlcpy(slot->label_imei, imei, sizeof(slot->label_imei));
	slot_emit(slot, (Event){ .kind = EV_REMEMBER, .body = &fact });
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
			remember_label(slot, imei);
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

		if (!s->unit_there || strcmp(s->visit.unit.imei, imei) != 0)
			continue;
		if (st->config->scan != SCAN_OFF && !has_label(s))
			remember_label(s, imei);
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

void station_label_differs(Station *st, guint id, const char *imei, gint64 now)
{
	Slot *slot = id < st->n_slots ? &st->slots[id] : NULL;
	g_autofree char *detail = g_strdup_printf("the label says %s", imei);

	st->now = now;
	if (!slot || !wants_label(slot) || slot->unrecorded)
		return;
	slot_trouble(slot, "the label says %s, the unit says %s", imei, slot->visit.unit.imei);
	if (slot->job && !slot_cancel(slot, FAULT_LABEL_MISMATCH))
		slot_trouble(slot, "the label is of another unit than the one that flashes: "
				   "do not put it into the good box");
	else if (!slot->job) {
		/* A good verdict stands in the record: this is another one, on the same unit. */
		slot->retest = slot->state == SLOT_PASSED;
		slot_set(slot, CAUSE_REPLACED, NULL);
		slot_verdict_alone(slot, OUTCOME_FAIL, FAULT_LABEL_MISMATCH, detail);
	}
}

GArray *slot_labels_new(void)
{
	return g_array_new(FALSE, TRUE, sizeof(Expected));
}
