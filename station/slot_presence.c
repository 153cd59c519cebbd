/* SPDX-License-Identifier: Apache-2.0
 *
 * Who comes to a slot and who leaves it: by USB, by answering, or by a modem line. It does not know what is done with a
 * unit. */
#include "station/station_private.h"

#include "lib/at_parse.h"
#include "lib/identify.h"

#include <string.h>

#define PROBE_US (2 * SECOND_US)
#define ALIVE_MS 5000 /* without an answer to a bare AT: removed */
#define ASKED_MS 1500 /* without an answer to more than that: asked with a bare AT */
#define LINES_US (SECOND_US / 2)
/* A job that wants to see the lines move sees each state that lasts so long. */
#define SAMPLE_US (SECOND_US / 10)
/* So often DCD has moved when it is no unit that was just switched on. */
#define DCD_MOVES 3
/* Longer than the line of a module that flashes stays as it is. */
#define DCD_REST_US (10 * SECOND_US)
/* A unit in the queue may still be asked in time by its job; its module waits 60 s. */
#define QUESTION_US (40 * SECOND_US)
/* One pass over the other speeds: soon after opening, at once when bytes that make no sense were heard (a module of a fixed
 * speed says RDY), else rarely: an adaptive module that is put in during a pass would lock onto a slow speed. */
#define FIRST_SCAN_US (10 * SECOND_US)
#define SCAN_US       (300 * SECOND_US)
#define BOOT_US       (60 * SECOND_US)
#define BOOT_JOB_US   (180 * SECOND_US) /* the same while an update may be on its way through it */
/* How often a place of which nobody knows whether a unit has come gets the pulse that switches one on: time enough for the
 * last one to boot and to answer, or it would be switched off again. */
#define PULSE_US (180 * SECOND_US)
/* A port that does not open, or hung up while its device is still there, is tried again. */
#define REOPEN_US    SECOND_US
#define REOPEN_TRIES 10

static bool by_line(const Slot *slot)
{
	return slot->presence == PRESENCE_LINE_CTS || slot->presence == PRESENCE_LINE_DSR ||
	       slot->presence == PRESENCE_LINE_DCD;
}

/* The place is open, and whether somebody is in it must be asked. */
static bool asks_who_comes(const Slot *slot)
{
	if (slot->job || slot->unrecorded || !door_at(slot->door) || by_line(slot) ||
	    slot->state == SLOT_PARKED)
		return false;
	/* A unit that went silent in a dangerous step may answer again after its power was switched. */
	if (slot->state == SLOT_FAILED && slot->last.unknown)
		return true;
	return slot->presence == PRESENCE_ANSWER && !slot->unit_there;
}

/* Somebody was in it, and whether it still is must be asked. */
static bool asks_who_stays(const Slot *slot)
{
	return (!slot->job || slot->twin_at) && slot->presence == PRESENCE_ANSWER &&
	       slot->unit_there && door_at(slot->door);
}

/* Who is there is asked with the probe: a unit that is swapped for another within the time that silence takes to be noticed
 * must not inherit its verdict. Nothing but a bare AT goes to a unit that may be flashing, or that nothing may be sent to. */
static bool asks_imei(const Slot *slot)
{
	bool known = !slot->twin_at && unit_imei_valid(slot->visit.unit.imei);

	return known && !slot->imei_untold && !slot->last.unknown &&
	       slot->visit.fault != FAULT_IMEI_CHANGED;
}

/* Not every unit answers who it is, and only silence to a bare AT says that it has left. */
static void probe_stays(Slot *slot)
{
	AtCommand c = { .command = "AT", .timeout_ms = ALIVE_MS };

	if (asks_imei(slot))
		c = (AtCommand){ .command = "AT+GSN", .timeout_ms = ASKED_MS };
	slot->other_unit = false;
	at_send(door_at(slot->door), &c, slot->station->now);
}

static void probe_was_missed(Slot *slot)
{
	if (!asks_imei(slot)) {
		slot_unit_left(slot);
		return;
	}
	slot->imei_untold = true;
	slot->probe_at = slot->station->now;
}

static bool is_other_unit(const Slot *slot, const char *line)
{
	char imei[16];

	return at_parse_imei(line, imei) && unit_imei_valid(imei) &&
	       unit_imei_valid(slot->visit.unit.imei) && strcmp(imei, slot->visit.unit.imei) != 0;
}

/* ---- arriving ---- */

static void arrived(Slot *slot)
{
	slot->unit_there = true;
	slot->imei_untold = false;
	/* Plugging in and switching on move it too: who updates is at it still. */
	slot->lines_known = false;
	slot->arrived_us = slot->probe_at = slot->station->now;
	slot->scan_row = 0;
	if (slot->state == SLOT_PARKED) {
		slot_skip_parked(slot);
		return;
	}
	/* The verdict of who was there before is not on disk yet: the newcomer waits for that. */
	slot->replaced = slot->unrecorded;
	slot_identify(slot);
}

static void probe_empty(Slot *slot)
{
	AtChannel *at = door_at(slot->door);
	gint64 now = slot->station->now;

	if (slot->scan_row > 1) {
		at_set_baud(at, identify_speeds[slot->scan_row - 2]);
		at_resync(at, 0, 2, 500, now);
		return;
	}
	/* A pass begins with silence: it ends an upload that a dead station left behind. */
	at_set_baud(at, 115200);
	at_resync(at, slot->scan_row == 1 ? TRANSFER_QUIET_MS : 0, 1, 500, now);
}

/* Nobody answered. */
static void probe_was_mute(Slot *slot)
{
	gint64 now = slot->station->now;

	slot->probe_at = now;
	if (slot->scan_row > 0) {
		slot->scan_row = (slot->scan_row + 1) % (IDENTIFY_SPEEDS + 2);
	} else if (now >= slot->scan_at) {
		slot->scan_row = 1;
		slot->scan_at = now + SCAN_US;
	} else {
		slot->probe_at = now + PROBE_US - SECOND_US / 2;
	}
}

/* ---- what the door tells ---- */

static SerialSettings settings_of(const Slot *slot)
{
	const SlotConfig *c = slot->config;
	SerialSettings s = { .baud = 115200, .dtr = c->dtr, .rts = c->rts };

	/* Never on a unit that may be flashing. */
	if (c->power_on != POWER_AUTO && !slot->job && (slot->pulse_due || !by_line(slot)) &&
	    slot->station->now >= slot->no_pulse_until) {
		s.pulse = c->power_on == POWER_DTR ? 'd' : 'r';
		s.pulse_ms = c->power_ms;
	}
	return s;
}

/* A unit that came after the port was opened. */
static bool needs_pulse(const Slot *slot)
{
	return slot->config->power_on != POWER_AUTO && !slot->pulsed && !slot->job &&
	       !slot->unrecorded;
}

/* A unit that may be flashing is not given up for a port that does not open: its own limit decides. A node that has left is
 * mostly about to be told as gone. */
static bool tries_again(Slot *slot, const GError *error)
{
	bool gone = g_error_matches(error, SERIAL_ERROR, SERIAL_ERROR_GONE);

	slot->open_fails++;
	if (!slot->job && !slot->unrecorded && !(gone && slot->open_fails <= REOPEN_TRIES))
		return false;
	if (slot->job && slot->open_fails == 1)
		slot_trouble(slot, "%s", error->message);
	slot->reopen_at = slot->station->now + REOPEN_US;
	return true;
}

static void opened(gpointer user, const GError *error)
{
	Slot *slot = user;
	gint64 now = g_get_monotonic_time();

	slot->station->now = now;
	if (error && tries_again(slot, error))
		return;
	if (error) {
		slot_trouble(slot, "%s", error->message);
		slot->unit_there = true;
		slot_forget_unit(slot);
		slot_verdict_alone(slot, OUTCOME_FAIL,
				   g_error_matches(error, SERIAL_ERROR, SERIAL_ERROR_BUSY)
					   ? FAULT_PORT_BUSY
					   : FAULT_PORT_FAILED,
				   error->message);
		return;
	}
	slot->open_fails = 0;
	slot->reopen_at = 0;
	slot->probe_at = now;
	slot->scan_at = now + FIRST_SCAN_US;
	slot->scan_row = 0;
	/* A line tells of a unit that has come, be it a moment after this: a pulse to nobody is none. */
	slot->pulsed = slot->pulse_due || !by_line(slot);
	slot->pulse_due = false;
	slot->pulse_at = MAX(now + PULSE_US, slot->no_pulse_until);
	if (slot->job)
		slot_tell_back(slot);
	else if (slot->presence == PRESENCE_USB || slot->presence == PRESENCE_ALWAYS)
		arrived(slot);
}

static void gone(gpointer user)
{
	Slot *slot = user;

	/* Which unit left, and why, is told by hotplug; here it is only known that nothing can be said any more. */
	slot->station->now = g_get_monotonic_time();
	slot->reopen_at = slot->station->now + REOPEN_US;
	slot_tell_gone(slot);
}

/* Nobody has answered here yet: a unit that flashes may have been put in all the same, and not say a word before it is done. */
static bool listens_for_dcd(const Slot *slot)
{
	return slot->state == SLOT_EMPTY && asks_who_comes(slot) && driver_moving_dcd();
}

static void adopt_for_its_lines(Slot *slot)
{
	if (slot->dcd_moves < DCD_MOVES || slot->job_id || slot->adopt)
		return;
	/* One pass over the speeds may be at another one: what it says when it is done is mostly said at this. */
	if (!slot->job)
		at_set_baud(door_at(slot->door), 115200);
	slot->adopt = driver_moving_dcd();
	g_strlcpy(slot->adopt_text, "(DCD moves)", sizeof(slot->adopt_text));
}

void slot_listen_next(Slot *slot, const JobResult *r)
{
	const Driver *driver = job_spec(slot->job)->driver;

	if (r->fault != FAULT_UPDATING || !slot->unit_there || !driver)
		return;
	slot->adopt = driver;
	g_strlcpy(slot->adopt_text, r->detail, sizeof(slot->adopt_text));
}

/* How often its lines are read: for a job that wants to see them, and, with less haste, in an empty place; 0: they are not. */
static gint64 lines_every_us(const Slot *slot)
{
	if (!door_at(slot->door))
		return 0;
	if (slot->job)
		return job_wants_signals(slot->job) ? SAMPLE_US : 0;
	return listens_for_dcd(slot) ? LINES_US : 0;
}

/* What the lines say to the job, or of an empty place; the first look is what they are. */
static void hear_lines(Slot *slot, const SerialLines *l)
{
	guint now = (l->cts ? LINE_CTS : 0) | (l->dsr ? LINE_DSR : 0) | (l->dcd ? LINE_DCD : 0);
	guint moved = slot->lines_known ? now ^ slot->lines : 0;
	gint64 at = slot->station->now;

	if (lines_every_us(slot) == 0)
		return;
	if (!slot->lines_known || at - slot->dcd_moved_us > DCD_REST_US)
		slot->dcd_moves = 0;
	if (moved & LINE_DCD) {
		slot->dcd_moves++;
		slot->dcd_moved_us = slot->stirred_us = at;
	}
	slot->lines = now;
	slot->lines_known = true;
	if (moved && slot->job)
		slot_tell_lines(slot, now);
	adopt_for_its_lines(slot);
}

static void sample_lines(Slot *slot)
{
	gint64 every = lines_every_us(slot);

	if (every == 0) {
		slot->lines_known = false;
		slot->lines_at = 0;
	} else if (slot->station->now >= slot->lines_at) {
		slot->lines_at = slot->station->now + every;
		door_ask_lines(slot->door);
	}
}

static void lines(gpointer user, const SerialLines *l)
{
	Slot *slot = user;
	bool there = slot->presence == PRESENCE_LINE_CTS   ? l->cts
		     : slot->presence == PRESENCE_LINE_DSR ? l->dsr
							   : l->dcd;

	slot->station->now = g_get_monotonic_time();
	hear_lines(slot, l);
	if (!by_line(slot))
		return;
	slot->line_off = !there;
	slot->pulsed = slot->pulsed && there;
	/* While a unit may reboot, a line that drops means nothing yet. */
	if (there == slot->unit_there || (slot->job && job_in_danger(slot->job)))
		return;
	if (there && needs_pulse(slot))
		slot->want_open = slot->pulse_due = true;
	else if (there && !slot->job && !slot->unrecorded)
		arrived(slot);
	else if (!there)
		slot_unit_left(slot);
}

static bool is_said(const AtEvent *event)
{
	return event->kind == AT_LINE || event->kind == AT_REPLY || event->kind == AT_REPORT ||
	       event->kind == AT_PROMPT || event->kind == AT_ACK || event->kind == AT_SYNCED;
}

/* Its own words only: while a unit may reboot, whatever else comes may be somebody else's. */
static bool is_heard(const Slot *slot, const AtEvent *event)
{
	if (slot->job && job_in_danger(slot->job))
		return event->kind == AT_REPORT && driver_adopting(event->text);
	return is_said(event);
}

/* A server wants to update this unit. Where no job waits for that the answer is no, or it would be asked again and again. */
static void hear_question(Slot *slot, const char *text)
{
	if ((slot->job_id && !slot_is_checked(slot)) || !driver_asking(text))
		return;
	slot->asks = driver_asking(text);
	slot->asked_us = slot->station->now;
}

static bool may_say_no(const Slot *slot)
{
	AtChannel *at = door_at(slot->door);

	if (!slot->asks || slot->job || !at || at_busy(at) || at_in_doubt(at))
		return false;
	/* Its own update is about to begin. */
	return slot->state != SLOT_QUEUED || slot->station->now - slot->asked_us > QUESTION_US;
}

static void say_no(Slot *slot)
{
	AtCommand c = { .command = slot->asks->no, .timeout_ms = ALIVE_MS };

	slot->asks = NULL;
	at_send(door_at(slot->door), &c, slot->station->now);
}

static void at_event(gpointer user, const AtEvent *event)
{
	Slot *slot = user;
	Station *st = slot->station;

	st->now = g_get_monotonic_time();
	if (is_said(event))
		slot->stirred_us = st->now;
	if (is_heard(slot, event))
		slot->heard_us = st->now;
	if (event->kind == AT_REPORT)
		hear_question(slot, event->text);
	if (event->kind == AT_REPORT && !slot->adopt && !slot->job_id) {
		slot->adopt = driver_adopting(event->text);
		g_strlcpy(slot->adopt_text, event->text, sizeof(slot->adopt_text));
	}
	if (slot->job && !slot->twin_at) {
		job_at(slot->job, event, st->now);
		return;
	}
	switch (event->kind) {
	case AT_LINE:
		if (asks_who_stays(slot) && is_other_unit(slot, event->text))
			slot->other_unit = true;
		return;
	case AT_REPLY:
		slot->imei_untold = false;
		if (!slot->other_unit || !asks_who_stays(slot))
			return;
		slot->other_unit = false;
		slot_unit_left(slot);
		arrived(slot);
		return;
	case AT_STRAY:
		if (slot->scan_row == 0 && asks_who_comes(slot))
			slot->scan_at = st->now;
		return;
	case AT_SYNCED:
		slot->imei_untold = false;
		if (asks_who_comes(slot))
			arrived(slot);
		return;
	case AT_MUTE:
		if (asks_who_comes(slot))
			probe_was_mute(slot);
		else if (asks_who_stays(slot))
			slot_unit_left(slot);
		return;
	case AT_TIMEOUT:
		if (asks_who_stays(slot))
			probe_was_missed(slot);
		return;
	default:
		return;
	}
}

const DoorUser slot_door_user = { .opened = opened, .gone = gone, .at = at_event, .lines = lines };

/* ---- what hotplug tells ---- */

static const Port *talking_port(const HotplugReport *report)
{
	for (guint i = 0; i < report->n_ports; i++)
		if (report->ports[i].role == ROLE_AT)
			return &report->ports[i];
	return NULL;
}

static void device_left(Slot *slot)
{
	slot_tell_gone(slot);
	door_close(slot->door);
	slot->device = slot->boot = slot->want_open = slot->foreign = slot->replaced = false;
	slot->boot_at = slot->reopen_at = 0;
	slot->foreign_attach = slot->open_fails = 0;
	slot->no_pulse_until = 0;
	if (slot->unit_there || slot->state == SLOT_SETTLING)
		slot_unit_left(slot);
}

static void device_there(Slot *slot, const HotplugReport *report)
{
	const Port *port = talking_port(report);
	g_autofree char *what =
		g_strdup_printf("%04x:%04x %s%s%s", report->vid, report->pid, report->product,
				port ? " " : "", port ? port->devnode : "");

	slot->device = true;
	slot->adapter = report->adapter;
	slot->boot = report->boot;
	slot->presence = slot->config->presence;
	if (slot->presence == PRESENCE_AUTO)
		slot->presence = report->adapter ? PRESENCE_ANSWER : PRESENCE_USB;
	/* What was taken for a unit that settles is an adapter, with or without one behind it. */
	if (slot->state == SLOT_SETTLING && (slot->presence == PRESENCE_ANSWER || by_line(slot)))
		slot_set(slot, CAUSE_LEFT, NULL);
	slot_emit(slot, (Event){ .kind = EV_UNIT_ARRIVED, .text = what });
	if (report->boot) {
		slot->boot_at = slot->station->now + (slot->job ? BOOT_JOB_US : BOOT_US);
		return;
	}
	if (!port) {
		slot->port = (Port){ 0 };
		slot->foreign = slot->foreign_attach != report->attach;
		slot->foreign_attach = report->attach;
		g_strlcpy(slot->what, what, sizeof(slot->what));
		return;
	}
	slot->foreign = false;
	/* Told again because another of its ports came: the one in use, or on its way, stays as it is. */
	if ((door_at(slot->door) || door_opening(slot->door) || slot->want_open) &&
	    slot->port.attach == port->attach && strcmp(slot->port.devnode, port->devnode) == 0)
		return;
	slot->port = *port;
	slot->want_open = true;
}

void station_hotplug(gpointer user, const HotplugReport *report)
{
	Station *st = user;
	Slot *slot = &st->slots[report->slot];

	st->now = g_get_monotonic_time();
	switch (report->kind) {
	case HOTPLUG_SETTLING:
		/* Of an adapter that stays, and of a unit that comes back to its job, nobody needs to be told. */
		if (!slot->job && !slot->device && slot->config->presence != PRESENCE_ANSWER &&
		    !by_line(slot))
			slot_set(slot, CAUSE_ARRIVED, NULL);
		return;
	case HOTPLUG_PRESENT:
		device_there(slot, report);
		return;
	case HOTPLUG_GONE:
		device_left(slot);
		return;
	case HOTPLUG_CHANGED:
		device_left(slot);
		if (!slot->job && slot->config->presence != PRESENCE_ANSWER && !by_line(slot))
			slot_set(slot, CAUSE_ARRIVED, NULL);
		return;
	}
}

/* ---- time ---- */

/* A unit went away to update and only its bootloader came back. */
static bool stuck_in_boot(const Slot *slot)
{
	return slot->boot && slot->job && job_in_danger(slot->job);
}

void slot_presence_turn(Slot *slot)
{
	Station *st = slot->station;
	AtChannel *at = door_at(slot->door);

	if (slot->reopen_at && st->now >= slot->reopen_at && slot->device) {
		slot->reopen_at = 0;
		slot->want_open = true;
	}
	if (st->stopping && !slot->job)
		slot->want_open = false;
	slot_parked_turn(slot);
	if (slot->want_open && !door_opening(slot->door)) {
		SerialSettings settings = settings_of(slot);

		slot->want_open = false;
		slot_tell_gone(slot);
		door_close(slot->door);
		door_open(slot->door, &slot->port, &settings);
		return;
	}
	sample_lines(slot);
	if (slot->boot_at && st->now >= slot->boot_at && stuck_in_boot(slot)) {
		slot->boot_at = 0;
		slot_tell_bootloader(slot);
	} else if (slot->boot_at && st->now >= slot->boot_at && !slot->job && !slot->unrecorded) {
		slot->boot_at = 0;
		slot->unit_there = true;
		slot_forget_unit(slot);
		slot_verdict_alone(slot, OUTCOME_FAIL, FAULT_IN_BOOTLOADER, NULL);
	}
	if (slot->foreign && !slot->job && !slot->unrecorded && !st->stopping) {
		slot->foreign = false;
		slot->unit_there = true;
		slot_forget_unit(slot);
		slot_verdict_alone(slot, OUTCOME_SKIPPED, FAULT_NO_IDENTITY, slot->what);
	}
	if (may_say_no(slot))
		say_no(slot);
	if (st->now < slot->probe_at || !at || st->stopping)
		return;
	slot->probe_at = st->now + PROBE_US;
	if (by_line(slot)) {
		slot->probe_at = st->now + LINES_US;
		door_ask_lines(slot->door);
	} else if (asks_who_comes(slot) && slot->state == SLOT_EMPTY && st->now >= slot->pulse_at &&
		   slot->config->power_on != POWER_AUTO) {
		slot->want_open = true;
	} else if (asks_who_comes(slot)) {
		slot->probe_at = G_MAXINT64; /* the answer, or its absence, sets it */
		probe_empty(slot);
	} else if (asks_who_stays(slot) && at_in_doubt(at)) {
		/* Not again before this has ended. */
		slot->probe_at = st->now + 3 * PROBE_US;
		at_resync(at, 0, 5, 1000, st->now);
	} else if (asks_who_stays(slot) && !at_busy(at)) {
		probe_stays(slot);
	}
}

gint64 slot_presence_deadline(const Slot *slot)
{
	gint64 at = G_MAXINT64;

	if (slot->boot_at && ((!slot->job && !slot->unrecorded) || stuck_in_boot(slot)))
		at = slot->boot_at;
	if (slot->reopen_at && slot->device)
		at = MIN(at, slot->reopen_at);
	if (lines_every_us(slot) > 0)
		at = MIN(at, slot->lines_at);
	if (!door_at(slot->door) || slot->station->stopping)
		return at;
	if (slot->job && !slot->twin_at && !by_line(slot))
		return at;
	return MIN(at, slot->probe_at);
}
