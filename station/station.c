/* SPDX-License-Identifier: Apache-2.0
 *
 * The turn of the station: every slot's bytes and deadlines, the schedule, then the record, then what waited for it.
 * It does not know who watches nor which loop turns it. */
#include "station/station_private.h"

#include "db/totals.h"
#include "lib/driver.h"
#include "lib/english.h"
#include "lib/serial.h"
#include "station/schedule.h"

#include <glib/gi18n.h>
#include <stdarg.h>
#include <string.h>

/* Steps and journals may wait this long for company; what something waits for is written at once. */
#define FLUSH_US (SECOND_US / 5)
/* A record that says "later" for so long is one that says no to a unit which has not been touched. */
#define HELD_MAX_US (30 * SECOND_US)
/* No procedure is longer in danger. */
#define FLASH_MAX_US (1800 * SECOND_US)

void slot_emit(Slot *slot, Event event)
{
	event.slot = slot->config->id;
	event.visit = slot->visit_id;
	event.job = slot->job_id;
	bus_emit(slot->station->setup.bus, event);
}

void slot_trouble(Slot *slot, const char *format, ...)
{
	g_autofree char *text = NULL, *said = NULL;
	va_list args;

	va_start(args, format);
	english_twice(format, args, &text, &said);
	va_end(args);
	if (strcmp(format, "%s") == 0) {
		g_free(said);
		said = serial_said(text);
	}
	slot_emit(slot, (Event){ .kind = EV_TROUBLE, .text = text, .said = said });
}

void slot_set(Slot *slot, SlotCause cause, const char *why)
{
	SlotState to = slot_fsm_next(slot->state, cause);
	bool danger = slot->job && job_in_danger(slot->job);
	SlotChange change = {
		.from = slot->state,
		.to = to,
		.order = slot_order(to, danger, slot->visit.outcome, slot->visit.fault),
		.there = slot->unit_there,
		.parked = slot->parked,
	};

	if (to == SLOT_EMPTY && slot->parked) {
		to = slot_fsm_next(to, CAUSE_PARKED);
		change.to = to;
		change.order = slot_order(to, false, OUTCOME_NONE, FAULT_NONE);
	}
	/* Nothing is to be put in where nothing begins any more. */
	if (to == SLOT_EMPTY && slot->station->stopping)
		change.order = ORDER_LEAVE_EMPTY;
	if (to == slot->state && !why)
		return;
	slot->state = to;
	slot_emit(slot, (Event){ .kind = EV_SLOT_STATE, .num = to, .text = why, .body = &change });
}

/* ---- the schedule ---- */

/* Negative: no limit. False: the record cannot be asked now. */
static bool places_left(Station *st, gint64 *places)
{
	guint quantity = catalog_quantity(st->config->catalog, st->setup.work_order);
	g_autoptr(GError) error = NULL;
	gint64 good = 0;

	*places = -1;
	if (!st->setup.work_order || quantity == 0 || st->setup.operation)
		return true;
	if (!totals_good_units(st->setup.db, st->setup.work_order, &good, &error))
		return false;
	for (guint i = 0; i < st->n_slots; i++)
		good += st->slots[i].state == SLOT_RUNNING && !st->slots[i].counted &&
			st->slots[i].order == st->setup.work_order;
	*places = MAX(0, (gint64)quantity - good);
	return true;
}

static void say_why(Slot *slot, const char *why)
{
	if (why && slot->told_why != why) {
		slot->told_why = why;
		slot_set(slot, CAUSE_START, why);
	}
}

/* It is not the schedule that it waits for, or it needs to run no more. */
static bool waits_for_person(Slot *slot)
{
	static const char *const no_label = N_("its label has not been scanned");

	if (slot_waits_for_label(slot)) {
		say_why(slot, no_label);
		return true;
	}
	if (slot->current_waits) {
		slot_end_untouched(slot);
		return true;
	}
	say_why(slot, slot->station->hold);
	return slot->station->hold != NULL;
}

/* A unit that has all of its package fetches no more. */
static bool fetches(const Slot *slot, const Package *package)
{
	return package && package->served && !(slot->ticket && package_ticket_whole(slot->ticket));
}

static void collect(Station *st, ScheduleEntry *entries, Slot **slots, guint *n, guint *waiting)
{
	for (guint i = 0; i < st->n_slots; i++) {
		Slot *slot = &st->slots[i];
		const Package *package = visit_package(&slot->visit);
		const Procedure *p =
			package ? procedure_find(package->procedure, NULL) : st->setup.operation;

		if (slot->state == SLOT_QUEUED && !slot->unrecorded && waits_for_person(slot))
			continue;
		/* One whose verdict waits for the record is done, whatever its state still says. */
		if ((slot->state != SLOT_RUNNING && slot->state != SLOT_QUEUED) || slot->unrecorded)
			continue;
		entries[*n] = (ScheduleEntry){ .hub = slot->hub,
					       .radio = p && p->network,
					       .download = fetches(slot, package),
					       .running = slot->state == SLOT_RUNNING,
					       .counted = slot->counted,
					       .since = slot->queued_us };
		slots[(*n)++] = slot;
		*waiting += slot->state == SLOT_QUEUED;
	}
}

static void say_why_it_waits(Slot *slot, ScheduleAnswer answer)
{
	static const char *const why[] = {
		[SCHEDULE_GO] = NULL,
		[SCHEDULE_HUB_FULL] = N_("as many units run behind this hub as may"),
		[SCHEDULE_RADIO_FULL] = N_("as many units use their radio as may"),
		[SCHEDULE_DOWNLOADS_FULL] =
			N_("as many units fetch their package from here as may"),
		[SCHEDULE_NO_PLACE] =
			N_("the quantity of the work order may be reached by those that run"),
	};

	say_why(slot, why[answer]);
}

/* The order is complete, by units whose verdict is on disk: who still waits is not needed. */
static void turn_away(Slot **slots, guint n)
{
	for (guint i = 0; i < n; i++)
		if (slots[i]->state == SLOT_QUEUED && !slots[i]->counted)
			slot_verdict_alone(slots[i], OUTCOME_SKIPPED, FAULT_QUANTITY_REACHED, NULL);
}

static bool has_room(Station *st)
{
	bool room = db_has_room(st->setup.db);

	if (!room && !st->told_room)
		bus_trouble(
			st->setup.bus,
			"the disk is nearly full: nothing new starts until there is room on it");
	st->told_room = !room;
	return room;
}

static void schedule(Station *st)
{
	g_autofree ScheduleEntry *entries = g_new0(ScheduleEntry, st->n_slots);
	g_autofree Slot **slots = g_new0(Slot *, st->n_slots);
	ScheduleLimits limits = { .max_per_hub = st->config->max_flashing_per_hub,
				  .max_radio = st->config->max_radio,
				  .max_downloads = st->config->max_downloads };
	guint n = 0, waiting = 0, running;
	int next;

	if (st->stopping)
		return;
	collect(st, entries, slots, &n, &waiting);
	/* Without a place on the disk nothing new is begun: it waits until there is room. */
	if (waiting == 0 || st->record_bad || !has_room(st) ||
	    !places_left(st, &limits.places_left))
		return;
	while ((next = schedule_next(entries, n, &limits)) >= 0) {
		entries[next].running = true;
		limits.places_left -= limits.places_left > 0 && !entries[next].counted;
		slots[next]->told_why = NULL;
		slot_start(slots[next]);
	}
	running = 0;
	for (guint i = 0; i < n; i++)
		running += entries[i].running;
	if (limits.places_left == 0 && running == 0) {
		turn_away(slots, n);
		return;
	}
	for (guint i = 0; i < n; i++)
		if (!entries[i].running)
			say_why_it_waits(slots[i], schedule_may(entries, n, i, &limits));
}

/* ---- the record ---- */

static void tell_record_trouble(Station *st, WriterAnswer answer)
{
	bool bad = answer != WRITER_TAKEN;
	const char *why = writer_trouble(st->setup.writer);
	g_autofree char *said = NULL;

	if (bad == st->record_bad)
		return;
	st->record_bad = bad;
	st->bad_since = st->now;
	/* The database's own words mean little to a person. */
	if (bad)
		said = g_strdup_printf(_("the record cannot be written, nothing new starts: %s"),
				       why);
	bus_emit(st->setup.bus, (Event){ .kind = EV_RECORD_TROUBLE,
					 .slot = SLOT_NONE,
					 .num = bad,
					 .text = bad ? why : N_("the record can be written again"),
					 .said = said });
}

static bool is_held(const Slot *slot)
{
	return slot->job && (slot->job_waits || job_held(slot->job));
}

/* What waits for its attempt, or for the intent before its first dangerous row, to be on disk. */
static void release_held(Slot *slot, WriterAnswer answer)
{
	Station *st = slot->station;
	bool taken = answer == WRITER_TAKEN;

	if (!is_held(slot)) {
		slot->held_us = 0;
		return;
	}
	if (slot->held_us == 0)
		slot->held_us = st->now;
	if (answer == WRITER_LATER && st->now - slot->held_us < HELD_MAX_US)
		return;
	slot->held_us = 0;
	if (slot->job_waits)
		slot_job_recorded(slot, taken);
	else
		slot_release(slot, taken);
}

static bool waits_for_record(const Station *st)
{
	for (guint i = 0; i < st->n_slots; i++)
		if (st->slots[i].unrecorded || is_held(&st->slots[i]))
			return true;
	return false;
}

/* One group commit for all slots, then what waited for it. */
static void record(Station *st)
{
	bool waits = waits_for_record(st);
	WriterAnswer answer;

	if (st->record_bad && st->now - st->bad_since < SECOND_US && !st->flush_now)
		return;
	if (!waits && !st->flush_now && st->now < st->flush_at)
		return;
	answer = writer_flush(st->setup.writer);
	st->flush_now = false;
	st->flush_at = st->now + FLUSH_US;
	tell_record_trouble(st, answer);
	if (answer != WRITER_TAKEN)
		st->bad_since = st->now;
	for (guint i = 0; i < st->n_slots; i++) {
		release_held(&st->slots[i], answer);
		if (st->slots[i].unrecorded && answer == WRITER_TAKEN)
			slot_recorded(&st->slots[i]);
	}
}

/* ---- the turn ---- */

static void doors_turn(Station *st)
{
	for (guint i = 0; i < st->n_slots; i++)
		door_turn(st->slots[i].door, st->now);
}

void station_turn(Station *st, gint64 now)
{
	st->now = now;
	if (st->setup.packages)
		package_server_turn(st->setup.packages, now);
	doors_turn(st);
	for (guint i = 0; i < st->n_slots; i++) {
		slot_life_turn(&st->slots[i]);
		slot_presence_turn(&st->slots[i]);
	}
	schedule(st);
	record(st);
	/* What was released or begun just now is sent without waiting for the next turn. */
	doors_turn(st);
}

static gint64 slot_deadline(const Slot *slot)
{
	gint64 at = MIN(door_deadline(slot->door), slot_presence_deadline(slot));

	if (!slot->job)
		return at;
	/* Done, or heard to be updating already: the next turn takes note at once. */
	if (job_done(slot->job))
		return MIN(at, slot->twin_at);
	return MIN(at, job_deadline(slot->job));
}

gint64 station_deadline(const Station *st)
{
	gint64 at = st->setup.packages ? package_server_deadline(st->setup.packages) : G_MAXINT64;

	for (guint i = 0; i < st->n_slots; i++)
		at = MIN(at, slot_deadline(&st->slots[i]));
	if (st->record_bad)
		at = MIN(at, st->bad_since + SECOND_US);
	else if (writer_kept(st->setup.writer) > 0)
		at = MIN(at, waits_for_record(st) || st->flush_now ? 0 : st->flush_at);
	return at;
}

void station_stop(Station *st, bool finish_running, gint64 now)
{
	st->now = now;
	st->stopping = true;
	for (guint i = 0; i < st->n_slots; i++) {
		Slot *slot = &st->slots[i];

		slot->visit.no_more = !finish_running;
		if (slot->job && slot->job_id && !finish_running)
			slot_cancel(slot, FAULT_STOPPED);
		else if ((slot->state == SLOT_READY || slot->state == SLOT_QUEUED) &&
			 !slot->unrecorded && !slot->operated)
			slot_verdict_alone(slot, OUTCOME_ABORTED, FAULT_STOPPED, NULL);
		else if (slot->state == SLOT_SETTLING || slot->state == SLOT_IDENTIFYING)
			slot_unit_left(slot);
		else if (slot->state == SLOT_EMPTY)
			slot_set(slot, CAUSE_LEFT, station_stopping);
	}
}

static bool running(const Slot *slot)
{
	return slot->job && (slot->job_id || !slot->station->stopping);
}

bool station_only_unrecorded(const Station *st)
{
	for (guint i = 0; i < st->n_slots; i++)
		if (running(&st->slots[i]))
			return false;
	return true;
}

bool station_idle(const Station *st)
{
	return station_only_unrecorded(st) && !waits_for_record(st) &&
	       writer_kept(st->setup.writer) == 0;
}

guint station_in_danger(const Station *st)
{
	guint n = 0;

	for (guint i = 0; i < st->n_slots; i++)
		n += st->slots[i].job && job_in_danger(st->slots[i].job);
	return n;
}

guint station_open(const Station *st)
{
	guint n = 0;

	for (guint i = 0; i < st->n_slots; i++) {
		const Slot *slot = &st->slots[i];

		n += slot->unrecorded || slot->boot_at != 0 ||
		     (slot->state >= SLOT_SETTLING && slot->state <= SLOT_RUNNING &&
		      !slot->operated);
	}
	return n;
}

guint station_unfinished(const Station *st, const StationUnfinished **list)
{
	*list = (const StationUnfinished *)(gpointer)st->unfinished->data;
	return st->unfinished->len;
}

/* The station died while this unit was past its point of no return: it may be at it still, so its power key is left alone and it
 * is looked for. The last one that was left in a slot is the one that is there. */
static void find_left(const Debt *debt, gpointer user)
{
	Station *st = user;
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < st->n_slots; i++) {
		Slot *slot = &st->slots[i];

		if (g_strcmp0(slot->config->label, debt->slot_label) != 0)
			continue;
		slot->no_pulse_until = st->now + FLASH_MAX_US;
		if (slot->owed)
			debt_clear(&slot->debt);
		slot->owed = slot->left = debts_find(st->setup.db, debt->imei, &slot->debt, &error);
		if (error)
			slot_trouble(slot, "what is owed to %s cannot be read: %s", debt->imei,
				     error->message);
	}
}

Station *station_new(const StationSetup *setup, GError **error)
{
	g_autoptr(Station) st = g_new0(Station, 1);

	st->setup = *setup;
	st->config = setup->config;
	st->setup.work_order = g_intern_string(setup->work_order);
	st->watched = G_MAXUINT;
	st->labels = slot_labels_new();
	st->reports = driver_all_reports();
	st->unfinished = g_array_new(FALSE, TRUE, sizeof(StationUnfinished));
	st->now = g_get_monotonic_time();
	if (!db_last_ids(setup->db, &st->last_visit, &st->last_job, error))
		return NULL;
	st->n_slots = setup->config->n_slots;
	st->slots = g_new0(Slot, st->n_slots);
	for (guint i = 0; i < st->n_slots; i++) {
		Slot *slot = &st->slots[i];

		slot->config = &setup->config->slots[i];
		slot->goes_by = st->config;
		slot->station = st;
		slot->hub = slot_hub(slot->config->path);
		slot->presence = slot->config->presence;
		slot->visit.unit.cfun = -1;
		slot->trace = trace_new();
		slot->door = door_new(&slot_door_user, slot, (const char *const *)st->reports,
				      slot->trace);
	}
	if (!debts_each(setup->db, find_left, st, error))
		return NULL;
	return g_steal_pointer(&st);
}

void station_free(Station *st)
{
	if (!st)
		return;
	for (guint i = 0; i < st->n_slots; i++) {
		Slot *slot = &st->slots[i];

		slot_drop_job(slot);
		door_free(slot->door);
		trace_free(slot->trace);
		visit_clear(&slot->visit);
		if (slot->owed)
			debt_clear(&slot->debt);
		g_free(slot->recalled);
		g_free(slot->hub);
	}
	g_free(st->slots);
	g_strfreev(st->reports);
	g_array_unref(st->unfinished);
	g_array_unref(st->labels);
	g_free(st);
}

bool station_is_name(const char *text)
{
	if (!g_utf8_validate(text, -1, NULL) || g_utf8_strlen(text, -1) > STATION_NAME_CHARS)
		return false;
	for (const char *p = text; *p; p = g_utf8_next_char(p))
		if (g_unichar_iscntrl(g_utf8_get_char(p)))
			return false;
	return true;
}
