/* SPDX-License-Identifier: Apache-2.0
 *
 * What a row's handler may do with its job: send, wait, remember, say why. It decides nothing: the engine does. */
#include "lib/job_private.h"

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

/* ---- values for ${name} ---- */

static bool value_safe(const char *text)
{
	for (; *text; text++)
		if (!g_ascii_isprint(*text) || *text == '"')
			return false;
	return true;
}

static bool append_quoted(GString *out, const char *value, const char *before)
{
	if (!value_safe(value))
		return false;
	g_string_append_printf(out, "%s\"%s\"", before, value);
	return true;
}

/* Quectel DFOTA application note, 3.1: the parameter table spells the address HTTP://server/port/path, the example
 * http://server:port/path. The model's file says which of them a firmware wants. */
static bool append_url(GString *out, const Model *model, const char *url)
{
	g_autoptr(GUri) uri = NULL;
	g_autofree char *table = NULL;

	if (!(model->behaviour & BEHAVIOUR_URL_TABLE))
		return append_quoted(out, url, "");
	uri = g_uri_parse(url, G_URI_FLAGS_ENCODED, NULL);
	if (!uri)
		return false;
	table = g_strdup_printf("HTTP://%s/%d%s%s%s", g_uri_get_host(uri),
				g_uri_get_port(uri) > 0 ? g_uri_get_port(uri) : 80,
				g_uri_get_path(uri), g_uri_get_query(uri) ? "?" : "",
				g_uri_get_query(uri) ? g_uri_get_query(uri) : "");
	return append_quoted(out, table, "");
}

static bool append_value(const Job *job, const char *name, GString *out)
{
	const JobSpec *s = &job->spec;

	if (strcmp(name, "size") == 0) {
		g_string_append_printf(out, "%" G_GUINT64_FORMAT, (guint64)s->package->size);
		return true;
	}
	if (strcmp(name, "url") == 0) {
		return append_url(out, s->model, s->package->url);
	}
	if (strcmp(name, "apn_args") == 0) {
		if (!append_quoted(out, s->apn, ""))
			return false;
		if (!s->apn_user || !*s->apn_user)
			return true;
		return append_quoted(out, s->apn_user, ",") &&
		       append_quoted(out, s->apn_password ? secret_reveal(s->apn_password) : "",
				     ",");
	}
	if (strcmp(name, "pin") == 0)
		return append_quoted(out, secret_reveal(s->pin), "");
	return false;
}

const char *const *job_value_names(void)
{
	static const char *const names[] = { "size", "url", "apn_args", "pin", NULL };

	return names;
}

/* NULL: a value holds what may not be sent inside quotes. */
char *job_fill_in(const Job *job, const char *text)
{
	GString *out = g_string_new(NULL);

	while (*text) {
		const char *end = g_str_has_prefix(text, "${") ? strchr(text, '}') : NULL;
		g_autofree char *name = NULL;

		if (!end) {
			g_string_append_c(out, *text++);
			continue;
		}
		name = g_strndup(text + 2, end - text - 2);
		if (!append_value(job, name, out)) {
			g_string_free(out, TRUE);
			return NULL;
		}
		text = end + 1;
	}
	return g_string_free(out, FALSE);
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
	return job->spec.model;
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

bool job_send(Job *job, const char *command, const char *expect)
{
	AtCommand c = { .command = command, .expect = expect, .timeout_ms = G_MAXUINT };

	if (!job->at || !at_send(job->at, &c, job->now))
		return false;
	job->answered = false;
	return true;
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

void job_set_baud(Job *job, guint baud)
{
	if (job->at)
		at_set_baud(job->at, baud);
}

guint job_baud(Job *job)
{
	return job->at ? at_baud(job->at) : 0;
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

void job_extend(Job *job, guint seconds)
{
	job->silence_at = job->now + (seconds ? seconds : job->step.timeout_s) * G_USEC_PER_SEC;
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
