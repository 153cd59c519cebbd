/* SPDX-License-Identifier: Apache-2.0
 *
 * One IMEI again: in two slots at once, a duplicate or a unit that was moved while the slot it left could not notice yet, or
 * in the same slot as before. It does not know how an IMEI is read, nor what follows from a verdict. */
#include "station/station_private.h"

#include <glib/gi18n.h>
#include <string.h>

#define LOOK_US (SECOND_US / 4)

typedef enum {
	TWIN_NONE,
	TWIN_THERE, /* another unit of that IMEI */
	TWIN_DOUBT, /* there was one; it has not said anything since */
	TWIN_LOST   /* this one: it was pulled out there in a dangerous step */
} Twin;

/* What `other` knows of the unit that says `imei` in `slot`. */
static Twin look_at(const Slot *slot, const Slot *other, const char *imei)
{
	bool heard = other->heard_us > slot->arrived_us;
	bool usb = other->presence == PRESENCE_USB;

	/* What is owed to it is not on disk yet. */
	if (other->unrecorded && !other->unit_there && strcmp(other->last_imei, imei) == 0)
		return TWIN_DOUBT;
	if (strcmp(other->visit.unit.imei, imei) != 0)
		return TWIN_NONE;
	if (other->job_id && job_done(other->job))
		return TWIN_DOUBT;
	if (other->job_id && job_in_danger(other->job)) {
		if (heard || (usb && other->unit_there))
			return TWIN_THERE;
		/* It was at it when it came: it had been told to there, where nobody stirs any more. */
		if (slot->visit.adopted && other->stirred_us < slot->arrived_us)
			return TWIN_LOST;
		return other->line_off || (usb && !other->device) ? TWIN_LOST : TWIN_DOUBT;
	}
	if (!other->unit_there)
		return TWIN_NONE;
	return other->presence == PRESENCE_ANSWER && !heard ? TWIN_DOUBT : TWIN_THERE;
}

static Slot *find(const Slot *slot, const char *imei, Twin twin)
{
	Station *st = slot->station;

	for (guint i = 0; i < st->n_slots && *imei; i++)
		if (&st->slots[i] != slot && look_at(slot, &st->slots[i], imei) == twin)
			return &st->slots[i];
	return NULL;
}

bool slot_has_twin(const Slot *slot, const char *imei)
{
	return find(slot, imei, TWIN_THERE) != NULL;
}

void slot_fail_twins(Slot *slot)
{
	const char *imei = slot->visit.unit.imei;
	Station *st = slot->station;

	for (guint i = 0; i < st->n_slots; i++) {
		Slot *other = &st->slots[i];

		if (other == slot || look_at(slot, other, imei) != TWIN_THERE)
			continue;
		if (!other->job && !other->unrecorded &&
		    (other->state == SLOT_READY || other->state == SLOT_QUEUED) && !other->operated)
			slot_verdict_alone(other, OUTCOME_FAIL, FAULT_DUPLICATE_IMEI, NULL);
		else if (!other->job_id || !slot_cancel(other, FAULT_DUPLICATE_IMEI))
			slot_trouble(other, "another unit with IMEI %s is in slot %s", imei,
				     slot->config->label);
	}
}

/* Two things can have one IMEI, and one thing can have been changed elsewhere: the good box is for what is as it was. */
static bool still_as_good(const Slot *slot, const Unit *unit)
{
	const Unit *was = &slot->last.unit;
	bool same_sim = !*unit->iccid || !*was->iccid || strcmp(unit->iccid, was->iccid) == 0;

	return strcmp(unit->revision, was->revision) == 0 && strcmp(unit->model, was->model) == 0 &&
	       (unit->cfun == 0 || unit->cfun == 1 || unit->cfun == 4) && same_sim;
}

bool slot_same_visit(Slot *slot, const Unit *unit)
{
	bool good = slot->last.outcome == OUTCOME_PASS || slot->last.outcome == OUTCOME_CURRENT;

	if (!*unit->imei || strcmp(unit->imei, slot->last_imei) != 0 || slot->owed ||
	    (good && !still_as_good(slot, unit)))
		return false;
	slot_emit(slot, (Event){ .kind = EV_UNIT_SEEN, .body = unit });
	slot->visit.unit = *unit;
	slot->visit.outcome = slot->last.outcome;
	slot->visit.fault = slot->last.fault;
	slot->operated = slot->last_operated;
	slot_set(slot,
		 slot->operated ? CAUSE_IDENTIFIED
		 : good         ? CAUSE_SAME_GOOD
				: CAUSE_SAME_BAD,
		 NULL);
	return true;
}

void slot_forget_last_visits(Station *st, const char *imei)
{
	for (guint i = 0; i < st->n_slots && *imei; i++) {
		Slot *slot = &st->slots[i];

		if (strcmp(slot->last_imei, imei) != 0)
			continue;
		slot->last_imei[0] = '\0';
		/* "Find the unit": it is found. */
		if (slot->state == SLOT_FAILED && slot->last.unknown && !slot->unit_there &&
		    !slot->unrecorded)
			slot_set(slot, CAUSE_LEFT, NULL);
	}
}

/* Where it was nothing more can be learned of it; here it is asked. */
static void give_up(Slot *other, const Slot *slot)
{
	slot_trouble(other, "IMEI %s has left in a dangerous step and answers in slot %s",
		     other->visit.unit.imei, slot->config->label);
	slot_tell_lost(other);
}

static bool wait_for(Slot *slot)
{
	Station *st = slot->station;

	if (slot->twin_at == 0) {
		slot->probe_at = st->now;
		slot_set(slot, CAUSE_SETTLED, N_("the same IMEI may still be in another slot"));
	}
	slot->twin_at = st->now + LOOK_US;
	return false;
}

bool slot_twins_settled(Slot *slot)
{
	const char *imei = job_result(slot->job)->unit.imei;
	bool waited = slot->twin_at != 0;
	Slot *other;

	if (slot->job_id && !slot->visit.adopted)
		return true;
	if (!slot->station->stopping && !slot_has_twin(slot, imei)) {
		other = find(slot, imei, TWIN_LOST);
		if (other)
			give_up(other, slot);
		if (other || find(slot, imei, TWIN_DOUBT))
			return wait_for(slot);
	}
	slot->twin_at = 0;
	/* What was found out before the wait may not be true any more. */
	if (!waited || slot->job_id || slot_has_twin(slot, imei) || slot->station->stopping)
		return true;
	g_clear_pointer(&slot->job, job_free);
	slot_identify(slot);
	return false;
}
