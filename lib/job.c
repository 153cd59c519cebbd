/* SPDX-License-Identifier: Apache-2.0
 *
 * The step engine: inputs in their turn, deadlines, the life of a job. What a row is and what follows it is in job_rows.c. It
 * knows no vendor, no database, no clock and no port. */
#include "lib/job_private.h"

#include "lib/driver.h"

#include <string.h>

#define KEPT_REPORTS 16

Message *message_new(const Input *in)
{
	gsize size = strlen(in->text) + 1;
	Message *m = g_malloc0(sizeof(*m) + size);

	memcpy(m->text, in->text, size);
	m->input = *in;
	m->input.text = m->text;
	return m;
}

/* ---- what begins by itself ---- */

static bool begins_now(Job *job, const char *report)
{
	const Driver *driver = job->spec.driver;

	return driver && driver->begins && driver->begins(job, report);
}

static bool kept_says_it_updates(Job *job)
{
	for (const GList *l = job->kept.head; l; l = l->next)
		if (begins_now(job, l->data))
			return true;
	return false;
}

static void is_in_danger(Job *job)
{
	job->danger = true;
	job->result.entered = true;
	job->danger_at = job->now + job->spec.procedure->danger_limit_s * SECOND;
}

/* While the intent waits for the record it may have begun by itself: whatever ends that wait, it is listened to. */
static bool begun_while_held(Job *job)
{
	int adopt = rows_find(job, job->spec.procedure->adopt_at);

	if (job->phase != PHASE_HELD || adopt < 0 || !kept_says_it_updates(job))
		return false;
	if (job->step.flags & STEP_DANGER)
		is_in_danger(job);
	job->by_itself = true;
	rows_enter(job, adopt);
	return true;
}

/* ---- inputs ---- */

static void on_gone(Job *job, const Input *in)
{
	int back = rows_return(job);

	job->at = NULL;
	if (job->leaving) {
		rows_done(job);
		return;
	}
	begun_while_held(job);
	if (job->phase == PHASE_HELD || !(job->step.flags & STEP_LOSSY)) {
		rows_fail(job, FAULT_UNIT_LEFT);
		return;
	}
	if (back >= 0 && job->row > (guint)back) {
		job->entries = 0;
		rows_end_try(job, job->step.fault);
		rows_enter(job, back);
	} else if (job->phase == PHASE_ROW) {
		rows_decide(job, rows_ask(job, in));
	}
}

/* One that was left in the middle speaks as it did then; where it does not, looking for it tries the usual speed as well. */
static void speak_as_then(Job *job)
{
	if (job_may_go_on(job) && job->at && job->result.unit.baud != 0)
		at_set_baud(job->at, job->result.unit.baud);
}

static void on_back(Job *job, const Input *in)
{
	speak_as_then(job);
	if (job->phase == PHASE_RESYNC)
		rows_begin_try(job);
	else if (job->phase == PHASE_ROW)
		rows_decide(job, rows_ask(job, in));
}

static void on_resync(Job *job, const Input *in)
{
	if (in->kind == IN_SYNCED)
		rows_send(job);
	else if (in->kind == IN_MUTE && job->leaving)
		rows_done(job);
	else if (in->kind == IN_MUTE && rows_in_danger(job))
		rows_restart_return(job);
	else if (in->kind == IN_MUTE)
		rows_try_failed(job, FAULT_NO_ANSWER);
}

/* The oldest goes when there are too many; of a chatty unit's reports first those that mean nothing to its driver. */
static void keep_report(Job *job, const Input *in)
{
	const Driver *driver = job->spec.driver;
	GList *goes = job->kept.head;

	g_queue_push_tail(&job->kept, g_strdup(in->text));
	if (g_queue_get_length(&job->kept) <= KEPT_REPORTS)
		return;
	while (goes && driver && driver_understands(driver, goes->data))
		goes = goes->next;
	if (!goes)
		goes = job->kept.head;
	g_free(goes->data);
	g_queue_delete_link(&job->kept, goes);
}

/* Two reboots in one update, or power that came back: after the return row has been reached the unit says that it is
 * still updating. Then the flashing row is where the job is. */
static bool still_updating(Job *job, const Input *in)
{
	const char *adopt_at = job->spec.procedure->adopt_at;
	int back = rows_return(job);
	int row = adopt_at ? rows_find(job, adopt_at) : -1;

	if (!rows_in_danger(job) || row < 0 || back < 0 || job->row < (guint)back)
		return false;
	if (!job->spec.driver || !driver_adopts(job->spec.driver, in->text))
		return false;
	/* Its first end was not the last word. */
	job->doomed = FAULT_NONE;
	job->result.step = NULL;
	job->entries = 0;
	/* What it answers to an earlier question is no word about this. */
	if (job->at && at_busy(job->at))
		at_abandon(job->at, job->now);
	rows_end_try(job, FAULT_NONE);
	keep_report(job, in);
	rows_enter(job, row);
	return true;
}

/* The unit begins to update while it is still being prepared: nobody here told it to. From now on it is listened to. Where the
 * procedure knows no updates it is left alone altogether. */
static bool updates_by_itself(Job *job, const Input *in)
{
	const char *adopt_at = job->spec.procedure->adopt_at;

	if (job->danger || job->leaving || job->phase == PHASE_NEW || job->phase == PHASE_HELD ||
	    !begins_now(job, in->text))
		return false;
	if (!adopt_at) {
		job_detail(job, "%s", in->text);
		job_hands_off(job);
		rows_fail(job, FAULT_UPDATING);
		return true;
	}
	job->by_itself = true;
	if (job->at && at_busy(job->at))
		at_abandon(job->at, job->now);
	rows_end_try(job, FAULT_NONE);
	keep_report(job, in);
	rows_enter(job, rows_find(job, adopt_at));
	return true;
}

/* It says itself that it updates: from now on it is as one that is taken over while it does. */
static void hear_update(Job *job, const Input *in)
{
	if (!job_may_go_on(job) || !driver_adopts(job->spec.driver, in->text))
		return;
	job->over_at = 0;
	job->danger_at = job->now + job->spec.procedure->danger_limit_s * SECOND;
}

static void dispatch(Job *job, const Input *in)
{
	if (job->phase == PHASE_DONE)
		return;
	if (in->kind == IN_GONE) {
		on_gone(job, in);
		return;
	}
	if (in->kind == IN_BACK) {
		on_back(job, in);
		return;
	}
	if (in->kind == IN_REPORT)
		hear_update(job, in);
	if (in->kind == IN_REPORT && (still_updating(job, in) || updates_by_itself(job, in)))
		return;
	if (in->kind == IN_REPORT && (!job->answered || job->phase != PHASE_ROW))
		keep_report(job, in);
	if (in->kind == IN_PROMPT)
		job->in_transfer = true;
	if (in->kind == IN_REPLY || in->kind == IN_SYNCED)
		job->in_transfer = false;
	if (in->kind == IN_REPLY)
		job->answered = true;
	if (job->phase == PHASE_RESYNC)
		on_resync(job, in);
	else if (job->phase == PHASE_ROW)
		rows_decide(job, rows_ask(job, in));
}

static void drain(Job *job)
{
	Message *m;

	if (job->draining)
		return;
	job->draining = true;
	while ((m = g_queue_pop_head(&job->inbox))) {
		dispatch(job, &m->input);
		g_free(m);
	}
	job->draining = false;
}

static void push(Job *job, const Input *in, gint64 now)
{
	g_queue_push_tail(&job->inbox, message_new(in));
	job->now = now;
	drain(job);
}

void job_at(Job *job, const AtEvent *event, gint64 now)
{
	static const int kinds[] = {
		[AT_LINE] = IN_LINE,     [AT_REPLY] = IN_REPLY, [AT_REPORT] = IN_REPORT,
		[AT_PROMPT] = IN_PROMPT, [AT_ACK] = IN_ACK,     [AT_SENT] = IN_SENT,
		[AT_LATE] = -1,          [AT_STRAY] = -1,       [AT_TIMEOUT] = -1,
		[AT_SYNCED] = IN_SYNCED, [AT_MUTE] = IN_MUTE,
	};

	if (kinds[event->kind] >= 0)
		push(job,
		     &(Input){ .kind = kinds[event->kind],
			       .text = event->text,
			       .ok = event->ok,
			       .n = event->n },
		     now);
}

void job_served(Job *job, guint64 bytes, bool whole, gint64 now)
{
	job->served = bytes;
	push(job,
	     &(Input){ .kind = IN_SERVED, .text = "", .ok = whole, .n = MIN(bytes, G_MAXUINT) },
	     now);
}

bool job_wants_signals(const Job *job)
{
	return job->phase == PHASE_ROW && (job->step.flags & STEP_SIGNALS);
}

void job_signals(Job *job, guint lines, gint64 now)
{
	if (job_wants_signals(job))
		push(job, &(Input){ .kind = IN_SIGNALS, .text = "", .n = lines }, now);
}

void job_detach(Job *job, gint64 now)
{
	/* Nothing may be sent on the old channel, even when the news waits its turn. */
	job->at = NULL;
	push(job, &(Input){ .kind = IN_GONE, .text = "" }, now);
}

void job_attach(Job *job, AtChannel *channel, gint64 now)
{
	/* A port that is opened anew without having left may be another unit's. */
	if (job->at)
		job_detach(job, now);
	job->at = channel;
	push(job, &(Input){ .kind = IN_BACK, .text = "" }, now);
}

/* ---- time ---- */

void job_tick(Job *job, gint64 now)
{
	job->now = now;
	if (job->phase == PHASE_DONE || job->phase == PHASE_NEW || job->phase == PHASE_HELD ||
	    job->draining)
		return;
	job->draining = true; /* what a deadline causes comes before what waits in the inbox */
	if (rows_in_danger(job) && now >= job->danger_at) {
		rows_danger_limit(job);
	} else if (now >= job->limit_at) {
		job->limit_at = NEVER;
		if (rows_in_danger(job))
			rows_silence(job);
		else
			rows_fail(job, job->step.fault);
	} else if (job->phase == PHASE_PAUSE) {
		if (now >= job->resume_at) {
			rows_begin_try(job);
			rows_offer_kept(job);
		}
	} else if (now >= job->silence_at) {
		rows_silence(job);
	} else if (now >= job->tick_at) {
		Input tick = { .kind = IN_TICK, .text = "" };

		job->tick_at = now + job->step.poll_ms * G_GINT64_CONSTANT(1000);
		if (job->phase == PHASE_ROW)
			rows_decide(job, rows_ask(job, &tick));
	}
	job->draining = false;
	drain(job);
}

gint64 job_deadline(const Job *job)
{
	gint64 at;

	if (job->phase == PHASE_DONE || job->phase == PHASE_NEW || job->phase == PHASE_HELD)
		return NEVER;
	at = job->limit_at;
	if (rows_in_danger(job))
		at = MIN(at, job->danger_at);
	if (job->phase == PHASE_PAUSE)
		return MIN(at, job->resume_at);
	return MIN(at, MIN(job->silence_at, job->tick_at));
}

/* ---- life ---- */

Job *job_new(const JobSpec *spec)
{
	Job *job = g_new0(Job, 1);

	job->spec = *spec;
	job->result.unit = spec->unit;
	job->table = spec->procedure->steps;
	job->n_rows = spec->procedure->n_steps;
	if (spec->driver && spec->driver->state_size > 0)
		job->state = g_malloc0(spec->driver->state_size);
	job->limit_at = job->silence_at = job->tick_at = job->danger_at = NEVER;
	g_queue_init(&job->inbox);
	g_queue_init(&job->kept);
	return job;
}

void job_free(Job *job)
{
	if (!job)
		return;
	g_queue_clear_full(&job->inbox, g_free);
	g_queue_clear_full(&job->kept, g_free);
	g_free(job->state);
	g_free(job);
}

void job_begin(Job *job, AtChannel *channel, gint64 now)
{
	int row = job->spec.left_us > 0 ? rows_return(job)
		  : job->spec.adopted   ? rows_find(job, job->spec.procedure->adopt_at)
					: 0;

	g_assert(job->phase == PHASE_NEW && row >= 0);
	if (job->spec.left_us > 0)
		job->over_at = now + job->spec.left_us;
	job->at = channel;
	job->now = now;
	speak_as_then(job);
	job->draining = true;
	rows_enter(job, row);
	job->draining = false;
	drain(job);
}

bool job_held(const Job *job)
{
	return job->phase == PHASE_HELD;
}

static void release_danger(Job *job)
{
	is_in_danger(job);
	/* What was said before the command says nothing about what it does. */
	if (job->step.at)
		g_queue_clear_full(&job->kept, g_free);
	rows_begin_try(job);
	rows_offer_kept(job);
}

void job_release(Job *job, bool taken, gint64 now)
{
	bool begun;

	g_assert(job->phase == PHASE_HELD);
	job->now = now;
	job->draining = true;
	job->unsaved = false;
	begun = begun_while_held(job);
	if (!begun && taken && (job->step.flags & STEP_DANGER)) {
		release_danger(job);
	} else if (!begun && taken) {
		rows_begin_try(job);
		rows_offer_kept(job);
	} else if (!begun) {
		rows_fail(job, FAULT_NO_RECORD);
	}
	job->draining = false;
	drain(job);
}

bool job_cancel(Job *job, FaultCode why, gint64 now)
{
	if (job->danger)
		return false;
	if (job->phase == PHASE_DONE || job->leaving)
		return true;
	job->now = now;
	job->draining = true;
	if (begun_while_held(job)) {
		job->draining = false;
		drain(job);
		return false;
	}
	job->result.cancelled = true;
	if (job->at && at_busy(job->at))
		at_abandon(job->at, now);
	rows_fail(job, why);
	job->draining = false;
	drain(job);
	return true;
}

void job_lost(Job *job, gint64 now)
{
	g_assert(job_in_danger(job));
	job->now = now;
	job->at = NULL;
	job->draining = true;
	rows_danger_limit(job);
	job->draining = false;
	drain(job);
}

void job_bootloader(Job *job, gint64 now)
{
	g_assert(job_in_danger(job));
	job->now = now;
	job->at = NULL;
	/* Whatever it said before: this is what it is. */
	job->doomed = FAULT_NONE;
	job->result.step = NULL;
	job->draining = true;
	rows_fail(job, FAULT_IN_BOOTLOADER);
	job->draining = false;
	drain(job);
}

void job_forget_pin(Job *job)
{
	job->spec.pin = NULL;
}

bool job_in_danger(const Job *job)
{
	return rows_in_danger(job) && job->phase != PHASE_DONE;
}

bool job_done(const Job *job)
{
	return job->phase == PHASE_DONE;
}

const JobResult *job_result(const Job *job)
{
	return &job->result;
}

const Procedure *job_procedure(const Job *job)
{
	return job->spec.procedure;
}

const char *job_step_name(const Job *job)
{
	return job->step.name;
}
