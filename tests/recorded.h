/* SPDX-License-Identifier: Apache-2.0
 *
 * Replays what a batch has written with --json: each line becomes the event that it was. It does not know who listens. */
#pragma once

#include <fstream>
#include <functional>
#include <json-glib/json-glib.h>
#include <map>
#include <string>

#include "lib/event.h"

class Recorded
{
      public:
	/* Labels of the slots, in their order. */
	explicit Recorded(std::map<std::string, guint16> slots) : slots(std::move(slots))
	{
	}
	gint64 now = 0, wall = 0;

	void play(const std::string &path, const std::function<void(const Event &)> &tell)
	{
		std::ifstream file(path);
		std::string line;

		while (std::getline(file, line)) {
			g_autoptr(JsonParser) parser = json_parser_new();

			if (json_parser_load_from_data(parser, line.c_str(), -1, nullptr))
				event(json_node_get_object(json_parser_get_root(parser)), tell);
		}
	}

      private:
	static const char *text(JsonObject *o, const char *key)
	{
		return json_object_get_string_member_with_default(o, key, nullptr);
	}
	static guint number(JsonObject *o, const char *key)
	{
		return (guint)json_object_get_int_member_with_default(o, key, 0);
	}
	static EventKind kind_of(const char *name)
	{
		int kind = 0;

		while (kind < N_EVENTS && g_strcmp0(name, event_kind_name((EventKind)kind)) != 0)
			kind++;
		return (EventKind)kind;
	}
	static Unit unit_of(JsonObject *o)
	{
		Unit unit = {};

		g_strlcpy(unit.imei, text(o, "imei") ?: "", sizeof(unit.imei));
		g_strlcpy(unit.maker, text(o, "maker") ?: "", sizeof(unit.maker));
		g_strlcpy(unit.model, text(o, "model") ?: "", sizeof(unit.model));
		g_strlcpy(unit.name, text(o, "model_name") ?: "", sizeof(unit.name));
		g_strlcpy(unit.revision, text(o, "version") ?: "", sizeof(unit.revision));
		return unit;
	}
	void slot_state(JsonObject *o, Event *event, SlotChange *change)
	{
		for (int state = 0; state < N_SLOT_STATES; state++)
			if (g_strcmp0(text(o, "to"), slot_state_name((SlotState)state)) == 0)
				event->num = change->to = (SlotState)state;
		for (int order = 0; order < N_ORDERS; order++)
			if (g_strcmp0(text(o, "order"), order_name((Order)order)) == 0)
				change->order = (Order)order;
		event->body = change;
	}
	void event(JsonObject *o, const std::function<void(const Event &)> &tell)
	{
		const char *label = text(o, "slot");
		g_autoptr(GDateTime) time =
			g_date_time_new_from_iso8601(text(o, "time") ?: "", nullptr);
		SlotChange change = {};
		VisitInfo visit = {};
		JobInfo job = {};
		Verdict verdict = {};
		StepInfo step = {};
		Unit unit = unit_of(o);
		Event e = {};

		e.kind = kind_of(text(o, "type"));
		if (e.kind == N_EVENTS)
			return;
		e.t_us = now = json_object_get_int_member(o, "t_us");
		e.wall_us = wall = time ? g_date_time_to_unix(time) * G_USEC_PER_SEC : 0;
		e.slot = label ? slots.at(label) : SLOT_NONE;
		e.visit = number(o, "visit");
		e.job = number(o, "attempt");
		e.text = text(o, "text");
		e.step = text(o, "step");
		switch (e.kind) {
		case EV_SLOT_STATE:
			slot_state(o, &e, &change);
			break;
		case EV_UNIT_SEEN:
			e.body = &unit;
			break;
		case EV_VISIT_BEGIN:
			visit.unit = unit;
			visit.target = text(o, "target");
			e.body = &visit;
			break;
		case EV_JOB_BEGIN:
			job.procedure = text(o, "procedure");
			job.operation = text(o, "operation");
			job.hop = number(o, "hop");
			job.hops = number(o, "hops");
			job.try_no = number(o, "try");
			job.version_before = text(o, "version_before");
			job.target = text(o, "target");
			job.package = text(o, "package");
			e.body = &job;
			break;
		case EV_VISIT_END:
		case EV_JOB_END:
			verdict.outcome = outcome_from_name(text(o, "outcome"));
			verdict.fault = (FaultCode)number(o, "fault_code");
			verdict.vendor_code = text(o, "vendor_code");
			verdict.vendor_words = text(o, "vendor_words");
			verdict.version_after = text(o, "version_after");
			verdict.detail = text(o, "detail");
			verdict.unit = unit;
			verdict.good_first = verdict.outcome == OUTCOME_PASS;
			e.body = &verdict;
			break;
		case EV_STEP:
		case EV_STEP_END:
		case EV_DANGER:
			step.ord = number(o, "ord");
			step.try_no = number(o, "try");
			step.danger =
				json_object_get_boolean_member_with_default(o, "danger", FALSE);
			step.took_ms = number(o, "ms");
			step.steps = 16;
			e.num = e.kind == EV_STEP ? (gint32)step.try_no
						  : (gint32)number(o, "fault_code");
			e.body = &step;
			break;
		case EV_PROGRESS:
			e.num = (gint32)number(o, "percent");
			break;
		default:
			break;
		}
		tell(e);
	}
	std::map<std::string, guint16> slots;
};
