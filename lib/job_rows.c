/* SPDX-License-Identifier: Apache-2.0
 *
 * The rows of a step table: entering them, their tries, what an answer leads to, leaving clean. It knows rows and danger; it
 * knows no input, no vendor, no clock and no port. */
#include "lib/job_private.h"

#include <string.h>

#define ENTRIES_PER_ROW 4
#define USUAL_BAUD      "115200" /* nothing needs to be remembered of it */
/* A unit that may still be at what an earlier station began is looked for that often, ... */
#define LOOK_S 120
/* ... and after its time is over there is time for a last look. */
#define LAST_LOOK_S 180
#define RESYNC_S                                                                                   \
	30 /* a channel always says within that how it went, but for one whose port is gone */

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
void rows_end_try(Job *job, FaultCode fault)
{
	if (!job->trying)
		return;
	job->trying = false;
	emit_step(job, EV_STEP_END, fault);
}

int rows_find(const Job *job, const char *name)
{
	for (gsize i = 0; i < job->n_rows; i++)
		if (g_strcmp0(job->table[i].name, name) == 0)
			return i;
	return -1;
}

int rows_return(const Job *job)
{
	for (gsize i = 0; i < job->n_rows; i++)
		if (job->table[i].flags & STEP_RETURN)
			return i;
	return -1;
}

bool rows_in_danger(const Job *job)
{
	return job->danger && !job->leaving && (job->step.flags & STEP_DANGER);
}

void rows_done(Job *job)
{
	rows_end_try(job, job->step.fault);
	job->phase = PHASE_DONE;
	g_queue_clear_full(&job->kept, g_free);
}

/* ---- leaving clean ---- */

static void leave(Job *job)
{
	const Procedure *p = job->spec.procedure;

	if (job->leaving || !job->at || job->result.unknown || job->result.hands_off ||
	    p->n_leave == 0) {
		rows_done(job);
		return;
	}
	job->leaving = true;
	job->table = p->leave;
	job->n_rows = p->n_leave;
	job->entries = 0;
	rows_enter(job, 0);
}

static void finish_good(Job *job)
{
	job->result.fault = job->doomed;
	if (job->doomed == FAULT_NONE)
		job->result.step = NULL;
	leave(job);
}

/* A row of the leave table that did not work is left behind: the verdict is made already. */
void rows_fail(Job *job, FaultCode fault)
{
	rows_end_try(job, fault);
	if (job->leaving) {
		rows_enter(job, job->row + 1);
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
void rows_restart_return(Job *job)
{
	int row = rows_return(job);

	job->entries = 0;
	if (job->at && at_busy(job->at))
		at_abandon(job->at, job->now);
	if (row < 0)
		rows_fail(job, FAULT_FLASH_SILENT);
	else if ((guint)row == job->row)
		rows_begin_try(job);
	else
		rows_enter(job, row);
}

void rows_try_failed(Job *job, FaultCode fault)
{
	if (fault == FAULT_NONE)
		fault = job->step.fault;
	rows_end_try(job, fault);
	if (job_last_try(job) && (job->step.flags & STEP_OPTIONAL)) {
		rows_enter(job, job->row + 1);
		return;
	}
	if (job_last_try(job)) {
		rows_fail(job, fault);
		return;
	}
	job->try_no++;
	if (!job->first_known)
		job->spelling++;
	job->phase = PHASE_PAUSE;
	job->resume_at = job->now + job->step.pause_ms * G_GINT64_CONSTANT(1000);
}

/* A dangerous command without an answer may have been taken, and the unit may begin any moment: the rows behind it listen for
 * that. To look for it now, and to find it still answering, would prove nothing. */
static bool may_have_begun(const Job *job)
{
	return job->step.at && !job->answered && (int)job->row < rows_return(job) &&
	       job->row + 1 < job->n_rows && !job->table[job->row + 1].at;
}

guint rows_spellings(const Job *job)
{
	guint n = 1;

	for (const char *c = job->step.at; c && *c; c++)
		n += *c == '|';
	return n;
}

static bool behind_return(const Job *job)
{
	return (int)job->row > rows_return(job);
}

/* Behind the return the unit has answered: as long as there is another spelling it may be this one that it does not know. What the
 * row has made of an answer already, or asked further, is another matter. */
static bool may_know_another(const Job *job)
{
	return behind_return(job) && !job->first_known && job->marks == 0 &&
	       job->try_no < job->step.tries && job->spelling + 1 < rows_spellings(job);
}

/* And what nobody looks at may go without an answer: what comes behind it asks again. A row that only listens is told by an answer
 * before it that the unit is there. Which row follows an answer is the handler's choice, and not made by silence. */
static bool may_go_without(const Job *job)
{
	bool looked_at = job->step.at && job->step.on;

	return behind_return(job) && (job->step.flags & STEP_OPTIONAL) && !looked_at &&
	       (job->step.at || job->answered);
}

/* Silence before the flash has begun is what to say when the version turns out to be the old one. */
static void note_suspicion(Job *job)
{
	int adopt = rows_find(job, job->spec.procedure->adopt_at);

	if (adopt >= 0 && job->row < (guint)adopt)
		job->suspect = job->step.fault;
}

static void give_command_up(Job *job)
{
	if (job->at && at_busy(job->at))
		at_abandon(job->at, job->now);
}

/* Silence in a dangerous row is never a verdict: the unit may be flashing. */
static void silence_in_danger(Job *job)
{
	note_suspicion(job);
	if (may_know_another(job)) {
		give_command_up(job);
		rows_try_failed(job, FAULT_NONE);
		return;
	}
	rows_end_try(job, job->step.fault);
	if (may_go_without(job)) {
		give_command_up(job);
		rows_enter(job, job->row + 1);
	} else if (may_have_begun(job)) {
		rows_enter(job, job->row + 1);
	} else {
		rows_restart_return(job);
	}
}

void rows_silence(Job *job)
{
	if (rows_in_danger(job)) {
		silence_in_danger(job);
		return;
	}
	give_command_up(job);
	rows_try_failed(job, FAULT_NONE);
}

/* Whatever it said before: nobody knows what it is now. */
void rows_danger_limit(Job *job)
{
	job->result.unknown = true;
	job->doomed = FAULT_NONE;
	job->result.step = NULL;
	rows_fail(job, job->at ? FAULT_FLASH_SILENT : FAULT_NEVER_CAME_BACK);
}

void rows_decide(Job *job, StepAnswer answer)
{
	int row;

	if (job->phase == PHASE_DONE)
		return;
	switch (answer.verb) {
	case VERB_WAIT:
		return;
	case VERB_NEXT:
		rows_end_try(job, FAULT_NONE);
		rows_enter(job, job->row + 1);
		return;
	case VERB_AGAIN:
		rows_try_failed(job, answer.fault);
		return;
	case VERB_GOTO:
		rows_end_try(job, FAULT_NONE);
		row = rows_find(job, answer.step);
		g_assert(row >= 0);
		rows_enter(job, row);
		return;
	case VERB_FAIL:
		rows_fail(job, answer.fault);
		return;
	}
}

StepAnswer rows_ask(Job *job, const Input *in)
{
	if (job->step.on)
		return job->step.on(job, in);
	if (in->kind == IN_REPLY)
		return in->ok ? STEP_NEXT : STEP_AGAIN(FAULT_NONE);
	return STEP_WAIT;
}

/* ---- entering rows ---- */

/* A part of a command line, without its spaces, against prefixes like "AT+COPS=2". */
static bool is_forbidden(const char *const *forbid, const char *part)
{
	g_autofree char *bare = g_strdup(part);
	gsize len = 0;

	for (; *part; part++)
		if (*part != ' ')
			bare[len++] = *part;
	bare[len] = '\0';
	for (; *forbid; forbid++)
		if (g_ascii_strncasecmp(bare, *forbid + 2, strlen(*forbid + 2)) == 0)
			return true;
	return false;
}

/* Several commands may share a line: "AT+CSQ;+COPS=2". */
bool rows_forbid(const Job *job, const char *command)
{
	const char *const *forbid = job->spec.procedure->forbid;
	g_auto(GStrv) parts = NULL;

	if (!(job->step.flags & STEP_FORBID) || !forbid ||
	    g_ascii_strncasecmp(command, "AT", 2) != 0)
		return false;
	parts = g_strsplit(command + 2, ";", -1);
	for (guint i = 0; parts[i]; i++)
		if (is_forbidden(forbid, parts[i]))
			return true;
	return false;
}

/* The row's command, or the one of its alternatives whose turn it is. NULL: a value may not be sent. */
static char *command_of_try(const Job *job)
{
	g_auto(GStrv) alternatives = g_strsplit(job->step.at, "|", -1);

	return job_fill_in(job, alternatives[job->spelling % g_strv_length(alternatives)]);
}

bool rows_send_own(Job *job)
{
	AtCommand c = { .expect = job->step.expect,
			.timeout_ms = G_MAXUINT,
			.prompt = job->step.flags & STEP_PROMPT };
	bool secret = job->step.flags & STEP_SECRET;
	g_autofree char *command = command_of_try(job);

	if (!command) {
		job_detail(job, "a value for %s is missing, or holds quotes or control characters",
			   job->step.at);
		return false;
	}
	if (rows_forbid(job, command)) {
		/* What is wrong is the table, not the unit; in danger nobody can tell what becomes of it: it is owed a check. */
		job_detail(job, "%s may not be sent in this step", job->step.at);
		job->result.hands_off = job->result.unknown = rows_in_danger(job);
		return false;
	}
	c.command = command;
	c.shown = secret ? job->step.at : NULL;
	at_send(job->at, &c, job->now);
	if (secret)
		explicit_bzero(command, strlen(command));
	return true;
}

/* What began unseen may have ended unseen. */
static guint silence_limit(const Job *job)
{
	bool unseen = job_may_go_on(job) && !(job->step.flags & STEP_RETURN) && !job->step.at;

	return unseen ? MIN(job->step.timeout_s, LOOK_S) : job->step.timeout_s;
}

void rows_send(Job *job)
{
	Input enter = { .kind = IN_ENTER, .text = "" };
	bool own = job->step.at && job->at && !(job->step.flags & STEP_IF_NEEDED);

	job->phase = PHASE_ROW;
	job->silence_at = job->now + silence_limit(job) * SECOND;
	job->tick_at =
		job->step.poll_ms ? job->now + job->step.poll_ms * G_GINT64_CONSTANT(1000) : NEVER;
	if (job->step.flags & STEP_ONCE) {
		if (job->sent_once & (G_GUINT64_CONSTANT(1) << job->row)) {
			rows_fail(job, job->step.fault);
			return;
		}
	}
	if (own && !rows_send_own(job)) {
		rows_fail(job,
			  job->step.flags & STEP_ONCE ? job->step.fault : FAULT_COMMAND_REFUSED);
		return;
	}
	if (job->step.flags & STEP_ONCE) {
		job->sent_once |= G_GUINT64_CONSTANT(1) << job->row;
		job->result.once_sent = true;
	}
	rows_decide(job, rows_ask(job, &enter));
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

void rows_begin_try(Job *job)
{
	job->try_begun = job->now;
	job->silence_at = job->now + job->step.timeout_s * SECOND;
	job->tick_at = NEVER;
	job->marks = 0;
	forget_complaints(job);
	job->answered = !job->step.at;
	tell_try(job);
	if (job->at && (job->step.at || !(job->step.flags & STEP_LOSSY)) &&
	    (at_busy(job->at) || at_in_doubt(job->at)) && !(job->step.flags & STEP_RETURN)) {
		put_in_order(job);
		return;
	}
	rows_send(job);
}

void rows_offer_kept(Job *job)
{
	char *text;

	while ((text = g_queue_pop_tail(&job->kept))) {
		g_queue_push_head(&job->inbox,
				  message_new(&(Input){ .kind = IN_REPORT, .text = text }));
		g_free(text);
	}
}

static void remember_baud(Job *job)
{
	g_autofree char *baud = g_strdup_printf("%u", job->result.unit.baud);
	const char *imei = job->result.unit.imei;

	const char *last = job_recall(job, imei, JOB_BAUD_FACT);

	if (strcmp(last ? last : USUAL_BAUD, baud) != 0)
		job_remember(job, imei, JOB_BAUD_FACT, baud);
}

/* The intent is told before the first byte of the first dangerous row; nothing is sent until it is on disk. A unit that
 * was found updating needs no permission: it is written down, and listened to at once. So is one where a question led to a row
 * that only listens. */
static void enter_danger(Job *job)
{
	const Procedure *p = job->spec.procedure;
	const Unit *unit = &job->result.unit;

	job->by_itself = job->by_itself || !job->step.at;
	if (job->spec.model && job->spec.model->update_limit > 0 && !job->spec.adopted &&
	    !job->by_itself)
		job_remember(job, job->result.unit.imei, "updates", "+1");
	/* Who comes after a station that dies must hear it at once. */
	if (*unit->imei && unit->baud != 0 && !job->spec.adopted && !job->by_itself)
		remember_baud(job);
	emit_step(job, EV_DANGER, job->try_no);
	job->danger_at = job->over_at ? job->over_at + LAST_LOOK_S * SECOND
				      : job->now + p->danger_limit_s * SECOND;
	if (job->spec.adopted || job->by_itself) {
		job->danger = true;
		job->result.entered = true;
		rows_begin_try(job);
		return;
	}
	job->phase = PHASE_HELD;
}

/* What the model's file says about this row instead of the table. What is dangerous is never tried again, whatever it says. */
static void adjust_step(Job *job)
{
	bool once = (job->step.flags & STEP_DANGER) && (int)job->row < rows_return(job);
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

void rows_enter(Job *job, guint row)
{
	if (row >= job->n_rows) {
		if (job->leaving)
			rows_done(job);
		else
			finish_good(job);
		return;
	}
	if (++job->entries > ENTRIES_PER_ROW * job->n_rows && job->leaving) {
		rows_done(job);
		return;
	}
	if (job->entries > ENTRIES_PER_ROW * job->n_rows) {
		job->result.unknown = rows_in_danger(job);
		rows_fail(job, FAULT_LOOP);
		return;
	}
	job->row = row;
	job->step = job->table[row];
	adjust_step(job);
	job->try_no = 1;
	job->spelling = 0;
	job->first_known = false;
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
	rows_begin_try(job);
	rows_offer_kept(job);
}
