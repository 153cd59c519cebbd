/* SPDX-License-Identifier: Apache-2.0
 *
 * What the person at the rack may ask of a slot or of the whole station, and why not. It does not know how it is asked for,
 * nor how a visit goes on from there. */
#include "station/station_private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "db/totals.h"

#define NO_UNIT   N_("there is no unit in it")
#define NO_ANSWER N_("who is in it is being asked: wait a moment")

const char station_stopping[] = N_("the station is stopping: nothing new begins");

static Slot *slot_at(Station *st, guint slot, gint64 now)
{
	g_return_val_if_fail(slot < st->n_slots, NULL);
	st->now = now;
	return &st->slots[slot];
}

static bool has_verdict(const Slot *slot)
{
	return (slot->state == SLOT_PASSED || slot->state == SLOT_FAILED) && !slot->unrecorded &&
	       !slot->job;
}

static bool waits(const Slot *slot)
{
	return (slot->state == SLOT_READY || slot->state == SLOT_QUEUED) && !slot->unrecorded &&
	       !slot->job && !slot->operated;
}

const char *station_start_slot(Station *st, guint id, gint64 now)
{
	Slot *slot = slot_at(st, id, now);

	if (!slot || slot->state == SLOT_EMPTY || slot->state == SLOT_PARKED)
		return NO_UNIT;
	if (st->stopping)
		return station_stopping;
	if (slot->state == SLOT_READY && !slot->unrecorded)
		slot_queue(slot);
	else if (slot->state == SLOT_SETTLING || slot->state == SLOT_IDENTIFYING)
		return NO_ANSWER;
	else if (slot->state == SLOT_QUEUED || slot->state == SLOT_RUNNING)
		return N_("it has been started already");
	else
		return N_("it has its verdict: remove the unit, or retest it");
	return NULL;
}

/* The unit is asked again who it is, in a visit of its own. */
static void look_again(Slot *slot)
{
	AtChannel *at = door_at(slot->door);

	slot->last_imei[0] = '\0';
	slot->retest = true;
	if (!at) {
		slot->want_open = true;
		return;
	}
	if (at_busy(at))
		at_abandon(at, slot->station->now);
	slot_identify(slot);
}

/* A port that this unit talks on, open or to be opened. */
static bool has_port(const Slot *slot)
{
	return door_at(slot->door) || (slot->device && !slot->boot && slot->port.devnode[0]);
}

const char *station_retest(Station *st, guint id, gint64 now)
{
	Slot *slot = slot_at(st, id, now);

	if (!slot || !has_verdict(slot))
		return N_("it has no verdict yet");
	if (st->stopping)
		return station_stopping;
	if (slot->parked)
		return N_("it is parked: release it first");
	if (!slot->unit_there && !slot->last.unknown)
		return NO_UNIT;
	if (!has_port(slot))
		return N_("what is in it has no port to talk on");
	look_again(slot);
	return NULL;
}

const char *station_abort(Station *st, guint id, gint64 now)
{
	Slot *slot = slot_at(st, id, now);

	if (slot && slot->job && slot->job_id)
		return slot_cancel(slot, FAULT_STOPPED)
			       ? NULL
			       : N_("it is past the point of no return: stopping it now may destroy it, "
				    "it goes on to its verdict");
	if (slot && waits(slot)) {
		slot_verdict_alone(slot, OUTCOME_ABORTED, FAULT_STOPPED, NULL);
		return NULL;
	}
	return slot && slot->job ? NO_ANSWER : N_("nothing is being done in it");
}

/* ---- parking ---- */

void slot_skip_parked(Slot *slot)
{
	slot->unit_there = true;
	slot->arrived_us = slot->station->now;
	slot_forget_unit(slot);
	slot_verdict_alone(slot, OUTCOME_SKIPPED, FAULT_SLOT_PARKED, NULL);
}

/* A device that is a unit has come to a parked slot: its port stays closed. An adapter may come and go. */
void slot_parked_turn(Slot *slot)
{
	bool unit = slot->foreign || slot->boot_at ||
		    (slot->want_open && slot->presence == PRESENCE_USB) || slot->pulse_due;

	if (slot->state != SLOT_PARKED || slot->job || slot->unrecorded)
		return;
	slot->want_open = slot->foreign = slot->pulse_due = false;
	slot->boot_at = 0;
	if (unit && !slot->station->stopping)
		slot_skip_parked(slot);
}

const char *station_park(Station *st, guint id, gint64 now)
{
	Slot *slot = slot_at(st, id, now);

	if (!slot || slot->parked)
		return N_("it is parked already");
	slot->parked = true;
	if (waits(slot))
		slot_verdict_alone(slot, OUTCOME_SKIPPED, FAULT_SLOT_PARKED, NULL);
	else if (slot->state == SLOT_EMPTY)
		slot_set(slot, CAUSE_PARKED, NULL);
	else
		slot_set(slot, CAUSE_PARKED, N_("this slot is parked when its unit has left"));
	return NULL;
}

const char *station_release(Station *st, guint id, gint64 now)
{
	Slot *slot = slot_at(st, id, now);

	if (!slot || !slot->parked)
		return N_("it is not parked");
	slot->parked = false;
	if (slot->state == SLOT_PARKED) {
		slot_set(slot, CAUSE_RELEASED, NULL);
		slot->want_open = has_port(slot) && !door_at(slot->door);
		slot->probe_at = now;
	} else {
		slot_set(slot, CAUSE_RELEASED, N_("this slot stays in use"));
	}
	return NULL;
}

/* ---- failures ---- */

const char *station_acknowledge(Station *st, guint id, gint64 now)
{
	Slot *slot = slot_at(st, id, now);

	if (!slot || slot->state != SLOT_FAILED || !has_verdict(slot))
		return N_("there is no failure to acknowledge");
	if (slot->visit.fault == FAULT_SIM_LOCKED && st->pin_stopped) {
		st->pin_stopped = false;
		slot_trouble(slot,
			     "the refused PIN was acknowledged: it is sent to other SIMs again");
		return NULL;
	}
	if (slot->unit_there)
		return N_("its unit is still in it: remove it");
	slot_set(slot, CAUSE_LEFT, NULL);
	slot->probe_at = now;
	return NULL;
}

/* ---- who works, and for which order ---- */

bool slot_is_counted(Slot *slot)
{
	const StationSetup *setup = &slot->station->setup;
	g_autoptr(GError) error = NULL;
	bool good = false;

	if (setup->work_order &&
	    !totals_is_good(setup->db, setup->work_order, slot->visit.unit.imei, &good, &error))
		slot_trouble(slot, "what is known of %s cannot be read: %s", slot->visit.unit.imei,
			     error->message);
	return good;
}

const char *station_worker(const Station *st)
{
	return st->setup.worker;
}

const char *station_work_order(const Station *st)
{
	return st->setup.work_order;
}

void station_set_worker(Station *st, const char *worker)
{
	st->setup.worker = g_intern_string(worker);
	bus_emit(st->setup.bus,
		 (Event){ .kind = EV_WORKER, .slot = SLOT_NONE, .text = st->setup.worker });
}

/* Another order or another catalogue may want another version: who has not begun yet is asked and planned anew. */
static void plan_anew(Station *st)
{
	for (guint i = 0; i < st->n_slots; i++) {
		Slot *slot = &st->slots[i];

		if (!waits(slot) || !door_at(slot->door))
			continue;
		slot_set(slot, CAUSE_REPLACED, NULL);
		if (at_busy(door_at(slot->door)))
			at_abandon(door_at(slot->door), st->now);
		slot_identify(slot);
	}
}

void station_set_work_order(Station *st, const char *order, gint64 now)
{
	st->now = now;
	st->setup.work_order = g_intern_string(order);
	bus_emit(st->setup.bus,
		 (Event){ .kind = EV_WORK_ORDER,
			  .slot = SLOT_NONE,
			  .text = st->setup.work_order,
			  .num = catalog_quantity(st->config->catalog, st->setup.work_order) });
	plan_anew(st);
}

void station_reload(Station *st, const Config *config, PackageServer *packages, bool by_hand,
		    gint64 now)
{
	g_autofree char *text = g_strdup_printf("catalogue %s, configuration %s",
						catalog_version(config->catalog), config->sha256);

	st->now = now;
	st->config = st->setup.config = config;
	st->setup.packages = packages;
	st->setup.by_hand = by_hand;
	bus_emit(st->setup.bus, (Event){ .kind = EV_RELOADED, .slot = SLOT_NONE, .text = text });
	plan_anew(st);
}

bool station_goes_by(const Station *st, const Config *config)
{
	for (guint i = 0; i < st->n_slots; i++)
		if (st->slots[i].goes_by == config)
			return true;
	return st->config == config;
}

void station_hold(Station *st, const char *why)
{
	st->hold = why;
}

void station_watch(Station *st, guint slot)
{
	st->watched = slot;
}

char *station_plan(const Station *st, guint slot)
{
	GString *text = g_string_new(NULL);
	const Visit *visit = slot < st->n_slots ? &st->slots[slot].visit : NULL;

	for (guint i = 0; visit && i < visit_hops(visit); i++) {
		const Package *p = visit->plan->hops[i];

		if (i == 0)
			g_string_append(text, p->from);
		g_string_append_printf(text, " -> %s (%s)", p->to, p->name);
	}
	return g_string_free(text, FALSE);
}
