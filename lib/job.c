/* SPDX-License-Identifier: Apache-2.0
 *
 * The step engine. It knows rows, tries, deadlines and danger; it knows no vendor, no database, no clock and no port. */
#include "lib/job_private.h"

#include "lib/driver.h"

#include <string.h>

#define SECOND          G_USEC_PER_SEC
#define KEPT_REPORTS    16
#define ENTRIES_PER_ROW 4
#define NEVER           G_MAXINT64
#define RESYNC_S        30 /* a channel always says within that how it went, but for one whose port is gone */

typedef struct {
	Input input;
	char  text[];
} Message;

static void enter_row(Job *job, guint row);
static void begin_try(Job *job);
static void finish_fail(Job *job, FaultCode fault);

/* ---- small helpers ---- */

static void emit_step(Job *job, EventKind kind, gint32 num)
{
	StepInfo info = {
		.ord = job->leaving ? job->spec.procedure->n_steps + job->row : job->row,
		.steps = job->spec.procedure->n_steps,
		.try_no = job->try_no,
		.danger = job->step.flags & STEP_DANGER,
		.lossy = job->step.flags & STEP_LOSSY,
		.took_ms = (job->now - job->try_begun) / 1000,
	};

	job_emit(job, (Event){ .kind = kind, .step = job->step.name, .num = num, .body = &info });
}

static void tell_try(Job *job)
{
	job->trying = true;
	emit_step(job, EV_STEP, job->try_no);
}

/* Every try that was told to begin is told to end, once, whatever ends it. */
static void end_try(Job *job, FaultCode fault)
{
	if (!job->trying)
		return;
	job->trying = false;
	emit_step(job, EV_STEP_END, fault);
}

static int row_by_name(const Job *job, const char *name)
{
	for (gsize i = 0; i < job->n_rows; i++)
		if (g_strcmp0(job->table[i].name, name) == 0)
			return i;
	return -1;
}

static int return_row(const Job *job)
{
	for (gsize i = 0; i < job->n_rows; i++)
		if (job->table[i].flags & STEP_RETURN)
			return i;
	return -1;
}

static bool in_danger_row(const Job *job)
{
	return job->danger && !job->leaving && (job->step.flags & STEP_DANGER);
}

static void done(Job *job)
{
	job->phase = PHASE_DONE;
	g_queue_clear_full(&job->kept, g_free);
}

/* ---- leaving clean ---- */

static void leave(Job *job)
{
	const Procedure *p = job->spec.procedure;

	if (job->leaving || !job->at || job->result.unknown || job->result.hands_off || p->n_leave == 0) {
		done(job);
		return;
	}
	job->leaving = true;
	job->table = p->leave;
	job->n_rows = p->n_leave;
	job->entries = 0;
	enter_row(job, 0);
}

static void finish_good(Job *job)
{
	job->result.fault = job->doomed;
	if (job->doomed == FAULT_NONE)
		job->result.step = NULL;
	leave(job);
}

/* A row of the leave table that did not work is left behind: the verdict is made already. */
static void finish_fail(Job *job, FaultCode fault)
{
	end_try(job, fault);
	if (job->leaving) {
		enter_row(job, job->row + 1);
		return;
	}
	if (job->doomed != FAULT_NONE)
		fault = job->doomed;
	job->result.fault = fault != FAULT_NONE ? fault : job->step.fault;
	if (!job->result.step)
		job->result.step = job->step.name;
	leave(job);
}

/* ---- deciding ---- */

/* Bounded by the danger limit: no number of rounds is too many. */
static void restart_return(Job *job)
{
	int row = return_row(job);

	job->entries = 0;
	if (job->at && at_busy(job->at))
		at_abandon(job->at, job->now);
	if (row < 0)
		finish_fail(job, FAULT_FLASH_SILENT);
	else if ((guint)row == job->row)
		begin_try(job);
	else
		enter_row(job, row);
}

static void try_failed(Job *job, FaultCode fault)
{
	if (fault == FAULT_NONE)
		fault = job->step.fault;
	end_try(job, fault);
	if (job_last_try(job) && (job->step.flags & STEP_OPTIONAL)) {
		enter_row(job, job->row + 1);
		return;
	}
	if (job_last_try(job)) {
		finish_fail(job, fault);
		return;
	}
	job->try_no++;
	job->phase = PHASE_PAUSE;
	job->resume_at = job->now + job->step.pause_ms * G_GINT64_CONSTANT(1000);
}

/* Silence in a dangerous row is never a verdict: the unit may be flashing. */
static void on_silence(Job *job)
{
	if (in_danger_row(job)) {
		end_try(job, job->step.fault);
		restart_return(job);
		return;
	}
	if (job->at && at_busy(job->at))
		at_abandon(job->at, job->now);
	try_failed(job, FAULT_NONE);
}

/* Whatever it said before: nobody knows what it is now. */
static void on_danger_limit(Job *job)
{
	job->result.unknown = true;
	job->doomed = FAULT_NONE;
	job->result.step = NULL;
	finish_fail(job, job->at ? FAULT_FLASH_SILENT : FAULT_NEVER_CAME_BACK);
}

static void decide(Job *job, StepAnswer answer)
{
	int row;

	if (job->phase == PHASE_DONE)
		return;
	switch (answer.verb) {
	case VERB_WAIT:
		return;
	case VERB_NEXT:
		end_try(job, FAULT_NONE);
		enter_row(job, job->row + 1);
		return;
	case VERB_AGAIN:
		try_failed(job, answer.fault);
		return;
	case VERB_GOTO:
		end_try(job, FAULT_NONE);
		row = row_by_name(job, answer.step);
		g_assert(row >= 0);
		enter_row(job, row);
		return;
	case VERB_FAIL:
		finish_fail(job, answer.fault);
		return;
	}
}

static StepAnswer ask_handler(Job *job, const Input *in)
{
	if (job->step.on)
		return job->step.on(job, in);
	if (in->kind == IN_REPLY)
		return in->ok ? STEP_NEXT : STEP_AGAIN(FAULT_NONE);
	return STEP_WAIT;
}

/* ---- entering rows ---- */

/* The row's command, or the one of its alternatives whose turn it is. NULL: a value may not be sent. */
static char *command_of_try(const Job *job)
{
	g_auto(GStrv) alternatives = g_strsplit(job->step.at, "|", -1);

	return job_fill_in(job, alternatives[(job->try_no - 1) % g_strv_length(alternatives)]);
}

static void send_entry(Job *job)
{
	Input enter = { .kind = IN_ENTER, .text = "" };
	g_autofree char *command = NULL;
	bool secret = job->step.flags & STEP_SECRET;

	job->phase = PHASE_ROW;
	job->silence_at = job->now + job->step.timeout_s * SECOND;
	job->tick_at = job->step.poll_ms ? job->now + job->step.poll_ms * G_GINT64_CONSTANT(1000) : NEVER;
	if (job->step.flags & STEP_ONCE) {
		if (job->sent_once & (G_GUINT64_CONSTANT(1) << job->row)) {
			finish_fail(job, job->step.fault);
			return;
		}
		job->sent_once |= G_GUINT64_CONSTANT(1) << job->row;
	}
	if (job->step.at && job->at) {
		AtCommand c = { .expect = job->step.expect, .timeout_ms = G_MAXUINT,
				.prompt = job->step.flags & STEP_PROMPT };

		command = command_of_try(job);
		if (!command) {
			job_detail(job, "a value for %s holds quotes or control characters", job->step.at);
			finish_fail(job, FAULT_COMMAND_REFUSED);
			return;
		}
		c.command = command;
		c.shown = secret ? job->step.at : NULL;
		at_send(job->at, &c, job->now);
	}
	decide(job, ask_handler(job, &enter));
	if (secret && command)
		explicit_bzero(command, strlen(command));
}

/* What an earlier try said of itself is no complaint about this one. */
static void forget_complaints(Job *job)
{
	if (job->doomed != FAULT_NONE || job->leaving)
		return;
	job->result.detail[0] = job->result.vendor_code[0] = job->result.vendor_words[0] = '\0';
}

/* What still takes payload would take an AT for more of it: it is left alone until its own limit has passed. */
static void put_in_order(Job *job)
{
	guint quiet_ms = job->in_transfer ? TRANSFER_QUIET_MS : 500;

	job->phase = PHASE_RESYNC;
	job->silence_at = job->now + quiet_ms * G_GINT64_CONSTANT(1000) + RESYNC_S * SECOND;
	at_resync(job->at, quiet_ms, 3, 1000, job->now);
}

static void begin_try(Job *job)
{
	job->try_begun = job->now;
	job->silence_at = job->now + job->step.timeout_s * SECOND;
	job->tick_at = NEVER;
	job->marks = 0;
	forget_complaints(job);
	job->answered = !job->step.at;
	tell_try(job);
	if (job->at && (job->step.at || !(job->step.flags & STEP_LOSSY)) && (at_busy(job->at) || at_in_doubt(job->at)) &&
	    !(job->step.flags & STEP_RETURN)) {
		put_in_order(job);
		return;
	}
	send_entry(job);
}

static void offer_kept_reports(Job *job)
{
	char *text;

	while ((text = g_queue_pop_tail(&job->kept))) {
		gsize size = strlen(text) + 1;
		Message *m = g_malloc0(sizeof(*m) + size);

		memcpy(m->text, text, size);
		m->input = (Input){ .kind = IN_REPORT, .text = m->text };
		g_queue_push_head(&job->inbox, m);
		g_free(text);
	}
}

/* The intent is told before the first byte of the first dangerous row; nothing is sent until it is on disk. A unit that
 * was found updating needs no permission: it is written down, and listened to at once. */
static void enter_danger(Job *job)
{
	const Procedure *p = job->spec.procedure;

	if (job->spec.model && job->spec.model->update_limit > 0 && !job->spec.adopted)
		job_remember(job, job->result.unit.imei, "updates", "+1");
	emit_step(job, EV_DANGER, job->try_no);
	job->danger_at = job->now + p->danger_limit_s * SECOND;
	if (job->spec.adopted) {
		job->danger = true;
		job->result.entered = true;
		begin_try(job);
		return;
	}
	job->phase = PHASE_HELD;
}

/* What the model's file says about this row instead of the table. What is dangerous is never tried again, whatever it says. */
static void adjust_step(Job *job)
{
	bool once = (job->step.flags & STEP_DANGER) && (int)job->row < return_row(job);
	const StepOverride *o = NULL;

	if (job->spec.model)
		o = model_step(job->spec.model, job->spec.procedure->name, job->step.name);
	if (!o)
		return;
	if (o->timeout_s != STEP_AS_TABLE)
		job->step.timeout_s = o->timeout_s;
	if (o->limit_s != STEP_AS_TABLE)
		job->step.limit_s = o->limit_s;
	if (o->tries != STEP_AS_TABLE && !once)
		job->step.tries = o->tries;
	if (o->pause_ms != STEP_AS_TABLE)
		job->step.pause_ms = o->pause_ms;
}

static void enter_row(Job *job, guint row)
{
	if (row >= job->n_rows) {
		if (job->leaving)
			done(job);
		else
			finish_good(job);
		return;
	}
	if (++job->entries > ENTRIES_PER_ROW * job->n_rows) {
		job->result.unknown = in_danger_row(job);
		finish_fail(job, FAULT_LOOP);
		return;
	}
	job->row = row;
	job->step = job->table[row];
	adjust_step(job);
	job->try_no = 1;
	job->row_begun = job->now;
	job->limit_at = job->step.limit_s ? job->now + job->step.limit_s * SECOND : NEVER;
	job_progress(job, 0);
	if (!job->leaving && (job->step.flags & STEP_DANGER) && !job->danger) {
		enter_danger(job);
		return;
	}
	if (job->unsaved && !job->danger && !job->leaving) {
		job->phase = PHASE_HELD;
		return;
	}
	begin_try(job);
	offer_kept_reports(job);
}

/* ---- inputs ---- */

static void on_gone(Job *job, const Input *in)
{
	int back = return_row(job);

	job->at = NULL;
	if (job->leaving) {
		done(job);
		return;
	}
	if (job->phase == PHASE_HELD || !(job->step.flags & STEP_LOSSY)) {
		finish_fail(job, FAULT_UNIT_LEFT);
		return;
	}
	if (back >= 0 && job->row > (guint)back) {
		job->entries = 0;
		end_try(job, job->step.fault);
		enter_row(job, back);
	} else if (job->phase == PHASE_ROW) {
		decide(job, ask_handler(job, in));
	}
}

static void on_back(Job *job, const Input *in)
{
	if (job->phase == PHASE_RESYNC)
		begin_try(job);
	else if (job->phase == PHASE_ROW)
		decide(job, ask_handler(job, in));
}

static void on_resync(Job *job, const Input *in)
{
	if (in->kind == IN_SYNCED)
		send_entry(job);
	else if (in->kind == IN_MUTE && job->leaving)
		done(job);
	else if (in->kind == IN_MUTE && in_danger_row(job))
		restart_return(job);
	else if (in->kind == IN_MUTE)
		try_failed(job, FAULT_NO_ANSWER);
}

static void keep_report(Job *job, const Input *in)
{
	if (g_queue_get_length(&job->kept) < KEPT_REPORTS)
		g_queue_push_tail(&job->kept, g_strdup(in->text));
}

/* Two reboots in one update, or power that came back: after the return row has been reached the unit says that it is
 * still updating. Then the flashing row is where the job is. */
static bool still_updating(Job *job, const Input *in)
{
	const char *adopt_at = job->spec.procedure->adopt_at;
	int back = return_row(job);
	int row = adopt_at ? row_by_name(job, adopt_at) : -1;

	if (!in_danger_row(job) || row < 0 || back < 0 || job->row < (guint)back)
		return false;
	if (!job->spec.driver || !driver_adopts(job->spec.driver, in->text))
		return false;
	/* Its first end was not the last word. */
	job->doomed = FAULT_NONE;
	job->result.step = NULL;
	job->entries = 0;
	end_try(job, FAULT_NONE);
	keep_report(job, in);
	enter_row(job, row);
	return true;
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
	if (in->kind == IN_REPORT && still_updating(job, in))
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
		decide(job, ask_handler(job, in));
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

static void push(Job *job, InputKind kind, const char *text, bool ok, guint n, gint64 now)
{
	gsize size = strlen(text) + 1;
	Message *m = g_malloc0(sizeof(*m) + size);

	memcpy(m->text, text, size);
	m->input = (Input){ .kind = kind, .text = m->text, .ok = ok, .n = n };
	g_queue_push_tail(&job->inbox, m);
	job->now = now;
	drain(job);
}

void job_at(Job *job, const AtEvent *event, gint64 now)
{
	static const int kinds[] = {
		[AT_LINE] = IN_LINE,     [AT_REPLY] = IN_REPLY,   [AT_REPORT] = IN_REPORT,
		[AT_PROMPT] = IN_PROMPT, [AT_ACK] = IN_ACK,       [AT_SENT] = IN_SENT,
		[AT_LATE] = -1,          [AT_STRAY] = -1,         [AT_TIMEOUT] = -1,
		[AT_SYNCED] = IN_SYNCED, [AT_MUTE] = IN_MUTE,
	};

	if (kinds[event->kind] >= 0)
		push(job, kinds[event->kind], event->text ? event->text : "", event->ok, event->n, now);
}

void job_detach(Job *job, gint64 now)
{
	/* Nothing may be sent on the old channel, even when the news waits its turn. */
	job->at = NULL;
	push(job, IN_GONE, "", false, 0, now);
}

void job_attach(Job *job, AtChannel *channel, gint64 now)
{
	/* A port that is opened anew without having left may be another unit's. */
	if (job->at)
		job_detach(job, now);
	job->at = channel;
	push(job, IN_BACK, "", false, 0, now);
}

/* ---- time ---- */

void job_tick(Job *job, gint64 now)
{
	job->now = now;
	if (job->phase == PHASE_DONE || job->phase == PHASE_NEW || job->phase == PHASE_HELD || job->draining)
		return;
	job->draining = true; /* what a deadline causes comes before what waits in the inbox */
	if (in_danger_row(job) && now >= job->danger_at) {
		on_danger_limit(job);
	} else if (now >= job->limit_at) {
		job->limit_at = NEVER;
		if (in_danger_row(job))
			on_silence(job);
		else
			finish_fail(job, job->step.fault);
	} else if (job->phase == PHASE_PAUSE) {
		if (now >= job->resume_at) {
			begin_try(job);
			offer_kept_reports(job);
		}
	} else if (now >= job->silence_at) {
		on_silence(job);
	} else if (now >= job->tick_at) {
		Input tick = { .kind = IN_TICK, .text = "" };

		job->tick_at = now + job->step.poll_ms * G_GINT64_CONSTANT(1000);
		if (job->phase == PHASE_ROW)
			decide(job, ask_handler(job, &tick));
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
	if (in_danger_row(job))
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
	int row = job->spec.adopted ? row_by_name(job, job->spec.procedure->adopt_at) : 0;

	g_assert(job->phase == PHASE_NEW && row >= 0);
	job->at = channel;
	job->now = now;
	job->draining = true;
	enter_row(job, row);
	job->draining = false;
	drain(job);
}

bool job_held(const Job *job)
{
	return job->phase == PHASE_HELD;
}

void job_release(Job *job, bool taken, gint64 now)
{
	g_assert(job->phase == PHASE_HELD);
	job->now = now;
	job->draining = true;
	job->unsaved = false;
	if (taken) {
		if (job->step.flags & STEP_DANGER) {
			/* What was said before the command says nothing about what it does. */
			g_queue_clear_full(&job->kept, g_free);
			job->danger = true;
			job->result.entered = true;
			job->danger_at = now + job->spec.procedure->danger_limit_s * SECOND;
		}
		begin_try(job);
		offer_kept_reports(job);
	} else {
		finish_fail(job, FAULT_NO_RECORD);
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
	job->result.cancelled = true;
	if (job->at && at_busy(job->at))
		at_abandon(job->at, now);
	job->draining = true;
	finish_fail(job, why);
	job->draining = false;
	drain(job);
	return true;
}

bool job_in_danger(const Job *job)
{
	return in_danger_row(job) && job->phase != PHASE_DONE;
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
