/* SPDX-License-Identifier: Apache-2.0
 *
 * Events as NDJSON. It does not know when a batch is over. */
#include "station/report_json.h"

#include <string.h>

static void text(JsonBuilder *b, const char *key, const char *value)
{
	g_autofree char *valid = NULL;

	if (!value || !*value)
		return;
	valid = g_utf8_make_valid(value, -1);
	json_builder_set_member_name(b, key);
	json_builder_add_string_value(b, valid);
}

static void number(JsonBuilder *b, const char *key, gint64 value)
{
	json_builder_set_member_name(b, key);
	json_builder_add_int_value(b, value);
}

static void flag(JsonBuilder *b, const char *key, bool value)
{
	json_builder_set_member_name(b, key);
	json_builder_add_boolean_value(b, value);
}

static void add_unit(JsonBuilder *b, const Unit *u)
{
	text(b, "imei", u->imei);
	text(b, "maker", u->maker);
	text(b, "model", u->model);
	text(b, "model_name", u->name);
	text(b, "version", u->revision);
	text(b, "iccid", u->iccid);
	text(b, "imsi", u->imsi);
	text(b, "serial", u->serial);
}

static void add_verdict(JsonBuilder *b, const Verdict *v)
{
	text(b, "outcome", outcome_name(v->outcome));
	if (v->fault != FAULT_NONE) {
		const Fault *fault = fault_get(v->fault);

		text(b, "fault", fault->name);
		number(b, "fault_code", fault->code);
		text(b, "blame", blame_name(fault->blame));
		text(b, "fault_text", fault->text);
		text(b, "next", fault->next);
	}
	text(b, "vendor_code", v->vendor_code);
	text(b, "vendor_words", v->vendor_words);
	text(b, "version_after", v->version_after);
	text(b, "detail", v->detail);
	add_unit(b, &v->unit);
}

static void add_visit(JsonBuilder *b, const VisitInfo *v)
{
	text(b, "path", v->slot_path);
	text(b, "station", v->station);
	text(b, "line", v->line);
	text(b, "work_order", v->work_order);
	text(b, "operator", v->worker);
	text(b, "target", v->target);
	add_unit(b, &v->unit);
}

static void add_job(JsonBuilder *b, const JobInfo *j)
{
	text(b, "procedure", j->procedure);
	text(b, "operation", j->operation);
	number(b, "hop", j->hop);
	number(b, "hops", j->hops);
	number(b, "try", j->try_no);
	text(b, "version_before", j->version_before);
	text(b, "target", j->target);
	text(b, "package", j->package);
	text(b, "sha256", j->sha256);
	text(b, "catalogue", j->catalogue);
	flag(b, "adopted", j->adopted);
	flag(b, "external", j->external);
	if (j->resolves)
		number(b, "resolves", j->resolves);
}

static void add_step(JsonBuilder *b, const Event *event)
{
	const StepInfo *s = event->body;

	number(b, "ord", s->ord);
	number(b, "try", s->try_no);
	flag(b, "danger", s->danger);
	if (event->kind == EV_STEP_END) {
		number(b, "ms", s->took_ms);
		text(b, "fault", fault_get(event->num)->name);
	}
}

static void add_slot(JsonBuilder *b, const SlotChange *c)
{
	text(b, "from", slot_state_name(c->from));
	text(b, "to", slot_state_name(c->to));
	text(b, "order", order_name(c->order));
}

static void add_body(JsonBuilder *b, const Event *event)
{
	const Fact *fact = event->body;

	switch (event->kind) {
	case EV_SLOT_STATE:
		add_slot(b, event->body);
		return;
	case EV_UNIT_SEEN:
		add_unit(b, event->body);
		return;
	case EV_VISIT_BEGIN:
		add_visit(b, event->body);
		return;
	case EV_JOB_BEGIN:
		add_job(b, event->body);
		return;
	case EV_VISIT_END:
	case EV_JOB_END:
		add_verdict(b, event->body);
		return;
	case EV_STEP:
	case EV_STEP_END:
	case EV_DANGER:
		add_step(b, event);
		return;
	case EV_REMEMBER:
		text(b, "key", fact->key);
		text(b, "value", fact->value);
		return;
	case EV_PROGRESS:
		number(b, "percent", event->num);
		return;
	case EV_STATION_START:
	case EV_STATION_STOP:
	case EV_RELOADED:
	case EV_TROUBLE:
	case EV_WORK_ORDER:
	case EV_WORKER:
	case EV_UNIT_ARRIVED:
	case EV_UNIT_GONE:
	case EV_TRACE:
	case EV_RECORDED:
	case EV_RECORD_TROUBLE:
	case N_EVENTS:
		return;
	}
}

bool report_json_line(Out *out, JsonBuilder *builder)
{
	g_autoptr(JsonNode) root = NULL;
	g_autofree char *line = NULL;
	g_autofree char *data = NULL;

	json_builder_end_object(builder);
	root = json_builder_get_root(builder);
	data = json_to_string(root, FALSE);
	line = g_strconcat(data, "\n", NULL);
	return out_write(out, line, strlen(line));
}

bool report_json_read(gpointer user, const Event *event)
{
	ReportJson *report = user;
	g_autoptr(JsonBuilder) b = NULL;
	g_autoptr(GDateTime) wall = NULL;
	g_autofree char *stamp = NULL;

	/* The journal is in the record, where it is read with fota-log. */
	if (event->kind == EV_TRACE)
		return true;
	b = json_builder_new();
	wall = g_date_time_new_from_unix_utc(event->wall_us / G_USEC_PER_SEC);
	wall = wall ? wall : g_date_time_new_now_utc();
	stamp = g_date_time_format(wall, "%Y-%m-%dT%H:%M:%SZ");
	json_builder_begin_object(b);
	text(b, "type", event_kind_name(event->kind));
	number(b, "v", 1);
	number(b, "seq", event->seq);
	text(b, "time", stamp);
	number(b, "t_us", event->t_us);
	if (event->slot != SLOT_NONE)
		text(b, "slot", report->slots[event->slot].label);
	if (event->visit)
		number(b, "visit", event->visit);
	if (event->job)
		number(b, "attempt", event->job);
	text(b, "step", event->step);
	add_body(b, event);
	text(b, "text", event->text);
	if (report_json_line(report->out, b))
		return true;
	/* Nobody reads any more is no trouble of the station; a reader that is too slow loses events and is told so. */
	return out_broken(report->out);
}
