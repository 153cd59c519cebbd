/* SPDX-License-Identifier: Apache-2.0
 *
 * What is told of a visit and its attempts so that it is written down: how they begin and end, the journal, the verdict and
 * the moment it is on disk. It does not decide what a verdict is. */
#include "station/station_private.h"

#include <string.h>

#define TRACE_US   (2 * SECOND_US)
#define WATCHED_US (SECOND_US / 4)

void slot_flush_trace(Slot *slot)
{
	g_autofree char *text = NULL;
	gsize len;

	if (!slot->job_id)
		return;
	text = trace_take(slot->trace, slot->station->now, &len);
	if (text)
		slot_emit(slot, (Event){ .kind = EV_TRACE, .text = text, .num = len });
	slot->trace_at = slot->station->now +
			 (slot->station->watched == slot->config->id ? WATCHED_US : TRACE_US);
}

static void begin_visit(Slot *slot)
{
	Station *st = slot->station;
	g_autofree char *hub = slot_hub(slot->config->path);
	VisitInfo info = {
		.slot_label = slot->config->label,
		.slot_path = slot->config->path,
		.hub = hub,
		.station = st->config->station,
		.line = st->config->line,
		.work_order = st->setup.work_order,
		.worker = st->setup.worker,
		.target = slot->visit.target,
		.unit = slot->visit.unit,
		.retest = slot->retest,
		.row = slot->config->row,
		.column = slot->config->column,
	};

	if (slot->visit_id)
		return;
	slot->order = st->setup.work_order;
	slot->retest = false;
	slot->visit_id = ++st->last_visit;
	slot_emit(slot, (Event){ .kind = EV_VISIT_BEGIN, .body = &info });
}

void slot_begin_attempt(Slot *slot, const char *procedure, const char *operation,
			const Package *package, gint64 resolves)
{
	Station *st = slot->station;
	bool hop = package && slot->visit.plan;
	JobInfo info = {
		.procedure = procedure,
		.operation = operation,
		.hop = hop ? slot->visit.hop + 1 : 0,
		.hops = hop ? visit_hops(&slot->visit) : 0,
		.try_no = hop ? slot->visit.try_no : 1,
		.version_before = slot->visit.unit.revision,
		.target = package                ? package->to
			  : slot->visit.operates ? NULL
						 : slot->visit.target,
		.package = package ? package->name : NULL,
		.sha256 = package && *package->sha256 ? package->sha256 : NULL,
		.catalogue = catalog_version(slot->goes_by->catalog),
		.adopted = slot->visit.adopted && !resolves,
		.external = package && package->kind == PACKAGE_URL,
		.resolves = resolves,
		.begun_us = trace_origin(slot->trace),
		.config = slot->goes_by->sha256,
	};

	begin_visit(slot);
	slot->job_id = ++st->last_job;
	slot_emit(slot, (Event){ .kind = EV_JOB_BEGIN, .body = &info });
	st->flush_now = true;
}

Verdict slot_verdict_of(const JobResult *r, Outcome outcome)
{
	return (Verdict){
		.outcome = outcome,
		.fault = r->fault,
		.step = r->step,
		.vendor_code = *r->vendor_code ? r->vendor_code : NULL,
		.vendor_words = *r->vendor_words ? r->vendor_words : NULL,
		.version_after = r->version_read || !r->entered ? r->unit.revision : NULL,
		.detail = *r->detail ? r->detail : NULL,
		.unit = r->unit,
		.unknown = r->unknown,
	};
}

static void note_verdict(Slot *slot, const Verdict *v)
{
	gint64 now = slot->station->now;

	trace_note(slot->trace, now, "%s %s", outcome_name(v->outcome), fault_get(v->fault)->name);
	if (v->version_after && *v->version_after)
		trace_note(slot->trace, now, "version %s", v->version_after);
	if (v->vendor_code)
		trace_note(slot->trace, now, "vendor %s %s", v->vendor_code,
			   v->vendor_words ? v->vendor_words : "");
	if (v->unknown)
		trace_note(slot->trace, now, "unknown");
}

void slot_end_attempt(Slot *slot, const Verdict *v)
{
	note_verdict(slot, v);
	slot_flush_trace(slot);
	slot_emit(slot,
		  (Event){ .kind = EV_JOB_END, .num = v->outcome, .step = v->step, .body = v });
	slot->job_id = 0;
	slot->station->flush_now = true;
}

/* What `attempt` found out, as the visit's verdict; shown as final only when it is on disk. */
void slot_end_visit(Slot *slot, const Verdict *attempt)
{
	Verdict v = *attempt;

	v.outcome = slot->visit.outcome;
	v.fault = slot->visit.fault;
	v.unit = slot->visit.unit;
	v.good_first = visit_good_first(&slot->visit);
	v.target = slot->visit.target;
	if (*slot->visit.detail)
		v.detail = slot->visit.detail;
	slot_emit(slot, (Event){ .kind = EV_VISIT_END, .num = v.outcome, .body = &v });
	slot_forget_last_visits(slot->station, v.unit.imei);
	g_strlcpy(slot->last_imei, v.unit.imei, sizeof(slot->last_imei));
	slot->last = v;
	slot->last_operated = slot->visit.operates;
	/* What is shown again later must not point into this job, nor into the catalogue that it went by. */
	slot->last.step = slot->last.vendor_code = slot->last.vendor_words = NULL;
	slot->last.version_after = slot->last.detail = slot->last.target = NULL;
	slot->unrecorded = true;
	slot->station->flush_now = true;
	if (slot->owed)
		debt_clear(&slot->debt);
	slot->owed = false;
}

void slot_forget_unit(Slot *slot)
{
	visit_clear(&slot->visit);
	slot->goes_by = slot->station->config;
	slot->visit.unit.cfun = -1;
	slot->current_waits = false;
	trace_restart(slot->trace, slot->station->now);
}

void slot_verdict_alone(Slot *slot, Outcome outcome, FaultCode fault, const char *detail)
{
	JobResult nothing = { .fault = fault, .unit = slot->visit.unit };
	Verdict v;

	/* A visit has one verdict, and an attempt that runs ends by its own job. */
	g_return_if_fail(!slot->unrecorded && !slot->job_id);
	if (slot->job)
		slot_drop_job(slot);
	slot->visit.outcome = outcome;
	slot->visit.fault = fault;
	if (detail)
		g_strlcpy(slot->visit.detail, detail, sizeof(slot->visit.detail));
	slot_begin_attempt(slot, "none", "update", NULL, 0);
	if (*slot->visit.unit.imei)
		slot_note_unit(slot, &slot->visit.unit);
	v = slot_verdict_of(&nothing, outcome);
	v.detail = *slot->visit.detail ? slot->visit.detail : NULL;
	slot_end_attempt(slot, &v);
	slot_end_visit(slot, &v);
}

void slot_recorded(Slot *slot)
{
	bool good = slot->visit.outcome == OUTCOME_PASS || slot->visit.outcome == OUTCOME_CURRENT;

	slot->unrecorded = false;
	slot_emit(slot, (Event){ .kind = EV_RECORDED, .num = slot->visit.outcome });
	/* After an operation it is as ready as before, well or not: what it is to become has not been decided. */
	slot->operated = slot->visit.operates && slot->unit_there && !slot->last.unknown &&
			 !slot->replaced && slot->visit.outcome != OUTCOME_SKIPPED;
	slot_set(slot,
		 slot->operated ? CAUSE_IDENTIFIED
		 : good         ? CAUSE_PASSED
				: CAUSE_FAILED,
		 NULL);
	slot->visit_id = 0;
	slot->probe_at = slot->station->now;
	if (slot->replaced) {
		slot->replaced = false;
		slot->unit_there = true;
		slot_set(slot, CAUSE_REPLACED, NULL);
		if (door_at(slot->door))
			slot_identify(slot);
		return;
	}
	/* Pulled while its verdict waited for the record. */
	if (!slot->unit_there && slot->visit.fault != FAULT_UNIT_LEFT && !slot->last.unknown)
		slot_set(slot, CAUSE_LEFT, NULL);
}
