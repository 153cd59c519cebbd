/* SPDX-License-Identifier: Apache-2.0
 *
 * What a row's handler may do with its job: send, wait, remember, say why. It decides nothing: the engine does. */
#include "lib/job_private.h"

#include "lib/english.h"

#include <stdarg.h>
#include <string.h>

void job_emit(Job *job, Event event)
{
	if (job->spec.id == 0)
		return;
	event.slot = job->spec.slot;
	event.visit = job->spec.visit;
	event.job = job->spec.id;
	bus_emit(job->spec.bus, event);
}

/* ---- what the job is about ---- */

gpointer job_state(Job *job)
{
	return job->state;
}

Unit *job_unit(Job *job)
{
	return &job->result.unit;
}

const Model *job_model(Job *job)
{
	const JobSpec *spec = &job->spec;
	const Unit *unit = &job->result.unit;

	if (spec->model || !spec->models || *unit->model == '\0')
		return spec->model;
	return models_match(spec->models, unit->model, unit->maker);
}

const Package *job_package(Job *job)
{
	return job->spec.package;
}

const char *job_target(Job *job)
{
	return job->spec.target;
}

const JobSpec *job_spec(Job *job)
{
	return &job->spec;
}

guint job_try(Job *job)
{
	return job->try_no;
}

bool job_last_try(Job *job)
{
	return job->try_no >= job->step.tries;
}

/* ---- sending ---- */

bool job_send_own(Job *job)
{
	g_return_val_if_fail(job->step.at && (job->step.flags & STEP_IF_NEEDED), false);
	return job->at && rows_send_own(job);
}

static bool send_more(Job *job, const AtCommand *c)
{
	if (rows_forbid(job, c->command)) {
		job_detail(job, "%s may not be sent in this step", c->command);
		return false;
	}
	if (!job->at || !at_send(job->at, c, job->now))
		return false;
	job->answered = false;
	return true;
}

bool job_send(Job *job, const char *command, const char *expect)
{
	return send_more(
		job, &(AtCommand){ .command = command, .expect = expect, .timeout_ms = G_MAXUINT });
}

bool job_send_payload(Job *job, const char *command)
{
	return send_more(
		job, &(AtCommand){ .command = command, .timeout_ms = G_MAXUINT, .prompt = true });
}

void job_raw(Job *job, guint n_acks, guint8 ack)
{
	if (job->at)
		at_raw(job->at, n_acks, ack);
}

bool job_write(Job *job, const guint8 *bytes, gsize len)
{
	return job->at && at_write(job->at, bytes, len);
}

void job_sync(Job *job, guint quiet_ms, guint tries, guint gap_ms)
{
	if (job->at)
		at_resync(job->at, quiet_ms, tries, gap_ms, job->now);
}

bool job_port(Job *job)
{
	return job->at;
}

bool job_echo(Job *job)
{
	return job->at && at_echoes(job->at);
}

void job_set_baud(Job *job, guint baud)
{
	if (job->at)
		at_set_baud(job->at, baud);
}

guint job_baud(Job *job)
{
	return job->at ? at_baud(job->at) : 0;
}

void job_forget_reports(Job *job, const char *const *prefixes)
{
	for (GList *l = job->kept.head, *next; l; l = next) {
		next = l->next;
		for (guint i = 0; prefixes[i]; i++) {
			if (g_ascii_strncasecmp(l->data, prefixes[i], strlen(prefixes[i])) != 0)
				continue;
			g_free(l->data);
			g_queue_delete_link(&job->kept, l);
			break;
		}
	}
}

/* ---- time and progress ---- */

void job_progress(Job *job, guint percent)
{
	guint before = 0;

	if (job->leaving)
		return;
	for (guint i = 0; i < job->row; i++)
		before += job->table[i].weight;
	/* 100 is said by the recorded verdict alone. */
	percent = MIN(before + job->step.weight * MIN(percent, 100) / 100, 99);
	if (percent <= job->percent)
		return;
	job->percent = percent;
	job_emit(job, (Event){ .kind = EV_PROGRESS, .step = job->step.name, .num = percent });
}

guint64 job_served_bytes(Job *job)
{
	return job->served;
}

void job_extend(Job *job, guint seconds)
{
	job->silence_at = job->now + (seconds ? seconds : job->step.timeout_s) * SECOND;
}

void job_mark(Job *job, guint bits)
{
	job->marks |= bits;
}

void job_unmark(Job *job, guint bits)
{
	job->marks &= ~bits;
}

guint job_marks(Job *job)
{
	return job->marks;
}

gint64 job_row_ms(Job *job)
{
	return (job->now - job->row_begun) / 1000;
}

gint64 job_try_ms(Job *job)
{
	return (job->now - job->try_begun) / 1000;
}

/* ---- saying why ---- */

void job_vendor(Job *job, const char *code, const char *words)
{
	g_strlcpy(job->result.vendor_code, code, sizeof(job->result.vendor_code));
	unit_set(job->result.vendor_words, sizeof(job->result.vendor_words), words, strlen(words));
}

void job_detail(Job *job, const char *format, ...)
{
	va_list args;

	/* What doomed the unit is what is said of it, whatever is read after. */
	if (job->doomed != FAULT_NONE)
		return;
	va_start(args, format);
	g_vsnprintf(job->result.detail, sizeof(job->result.detail), format, args);
	va_end(args);
}

void job_warn(Job *job, const char *format, ...)
{
	g_autofree char *text = NULL, *said = NULL;
	va_list args;

	va_start(args, format);
	english_twice(format, args, &text, &said);
	va_end(args);
	job_emit(job,
		 (Event){ .kind = EV_TROUBLE, .step = job->step.name, .text = text, .said = said });
}

void job_doom(Job *job, FaultCode fault)
{
	if (job->doomed != FAULT_NONE)
		return;
	job->doomed = fault;
	job->result.step = job->step.name;
}

FaultCode job_doomed(Job *job)
{
	return job->doomed;
}

FaultCode job_suspect(Job *job)
{
	return job->suspect;
}

bool job_may_go_on(const Job *job)
{
	return job->over_at > job->now;
}

const char *job_version_before(Job *job)
{
	return job->spec.package ? job->spec.package->from : job->spec.was;
}

void job_pin_accepted(Job *job)
{
	job->result.once_sent = false;
}

void job_pin_refused(Job *job)
{
	job->result.pin_refused = true;
}

void job_unknown(Job *job)
{
	job->result.unknown = job->danger;
}

void job_hands_off(Job *job)
{
	job->result.hands_off = true;
}

void job_stranger(Job *job)
{
	job_hands_off(job);
	job->result.stranger = true;
	job->result.unknown = job->danger;
}

void job_answers_first(Job *job)
{
	if (job->spelling % rows_spellings(job) != 0)
		return;
	job->spelling = 0;
	job->first_known = true;
}

void job_version_read(Job *job)
{
	job->result.version_read = true;
}

/* ---- facts ---- */

const char *job_recall(Job *job, const char *owner, const char *key)
{
	return job->spec.recall ? job->spec.recall(job->spec.user, owner, key) : NULL;
}

void job_remember(Job *job, const char *owner, const char *key, const char *value)
{
	Fact fact = { .imei = owner, .key = key, .value = value };

	job_emit(job, (Event){ .kind = EV_REMEMBER, .step = job->step.name, .body = &fact });
	job->unsaved = job->spec.id != 0;
}
