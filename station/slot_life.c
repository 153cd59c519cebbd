/* SPDX-License-Identifier: Apache-2.0
 *
 * A visit from the first answer to the recorded verdict: identification, plan, jobs, what each result leads to.
 * It does not know how a unit comes or goes, nor how anything is stored. */
#include "station/station_private.h"

#include "lib/identify.h"
#include "lib/ops.h"

#include <string.h>

/* Less than any row waits for an answer: who has left is silent for longer. */
#define HEARD_US (4 * SECOND_US)

void slot_drop_job(Slot *slot)
{
	g_clear_pointer(&slot->job, job_free);
	/* The address is valid for this job only. */
	g_clear_pointer(&slot->ticket, package_ticket_close);
	slot->job_waits = false;
	slot->twin_at = 0;
}

/* The driver whose units have the operation run. */
static const Driver *operating_driver(const Station *st)
{
	const Driver *driver = NULL;

	if (st->setup.operation)
		procedure_find(st->setup.operation->name, &driver);
	return driver;
}

/* Whatever driver it was that erased something. */
static bool is_unrestored(Slot *slot, const char *imei)
{
	for (const Driver *const *d = driver_list(); *d; d++) {
		const char *last = (*d)->erased ? slot_recall(slot, imei, (*d)->erased) : NULL;

		if (last && strcmp(last, (*d)->restored) != 0)
			return true;
	}
	return false;
}

static VisitRules rules_for(Slot *slot, const char *imei)
{
	const Driver *operating = operating_driver(slot->station);
	Station *st = slot->station;
	g_autoptr(GError) error = NULL;
	VisitRules rules = {
		.catalog = slot->goes_by->catalog,
		.models = slot->goes_by->models,
		.work_order = st->setup.work_order,
		.tries = slot->goes_by->tries,
		.duplicate = slot_has_twin(slot, imei),
		.owed = slot->owed,
		.unrestored = *imei && is_unrestored(slot, imei),
		.operates = operating ? operating->name : NULL,
	};

	if (*imei && !debts_count(st->setup.db, imei, "updates", &rules.updates, &error) && error)
		slot_trouble(slot, "the number of updates of %s cannot be read: %s", imei,
			     error->message);
	return rules;
}

/* ---- identification ---- */

JobSpec slot_job_spec(Slot *slot, const Procedure *procedure, const Driver *driver)
{
	Station *st = slot->station;

	return (JobSpec){
		.procedure = procedure,
		.driver = driver,
		.model = slot->visit.model,
		.unit = slot->visit.unit,
		.apn = slot->goes_by->apn,
		.apn_user = slot->goes_by->apn_user,
		.apn_password = slot->goes_by->apn_password,
		.cloud = slot->visit.model ? config_cloud(slot->goes_by, slot->visit.model->name)
					   : NULL,
		.pfm = config_pfm(slot->goes_by),
		.pin = st->pin_stopped || slot->visit.once_sent ? NULL : slot->goes_by->pin,
		.slot = slot->config->id,
		.visit = slot->visit_id,
		.id = slot->job_id,
		.bus = st->setup.bus,
		.recall = slot_recall_for_job,
		.user = slot,
	};
}

void slot_identify(Slot *slot)
{
	Station *st = slot->station;
	JobSpec spec;

	if (slot->job || slot->unrecorded || st->stopping)
		return;
	slot_set(slot, CAUSE_ARRIVED, NULL);
	slot_set(slot, CAUSE_SETTLED, NULL);
	slot_forget_unit(slot);
	slot->visit_us = st->now;
	if (slot->presence == PRESENCE_USB)
		at_set_baud(door_at(slot->door), 115200);
	spec = slot_job_spec(slot, &identify_procedure, NULL);
	slot->job = job_new(&spec);
	slot_begin_job(slot);
}

void slot_end_untouched(Slot *slot)
{
	slot->current_waits = false;
	if (slot->visit.to_check)
		slot_check(slot);
	else
		slot_verdict_alone(slot, slot->visit.outcome, slot->visit.fault, NULL);
}

void slot_queue(Slot *slot)
{
	slot->operated = false;
	slot->queued_us = slot->station->now;
	slot->counted = slot_is_counted(slot);
	slot->told_why = NULL;
	slot_set(slot, CAUSE_START, NULL);
}

static void ready(Slot *slot, const VisitRules *rules)
{
	Station *st = slot->station;
	const Model *model = slot->visit.model;

	if (model->update_warning > 0 &&
	    rules->updates + visit_hops(&slot->visit) >= model->update_warning)
		slot_trouble(slot, "IMEI %s has had %d updates of the %u its flash stands",
			     slot->visit.unit.imei, (int)rules->updates, model->update_limit);

	slot_set(slot, CAUSE_IDENTIFIED, NULL);
	if (slot->parked)
		slot_verdict_alone(slot, OUTCOME_SKIPPED, FAULT_SLOT_PARKED, NULL);
	else if (!st->setup.by_hand)
		slot_queue(slot);
}

/* At the target already, but whose label it wears must be known before it is good. */
static bool waits_although_current(Slot *slot)
{
	if (slot->visit.outcome != OUTCOME_CURRENT || !slot_waits_for_label(slot))
		return false;
	slot->current_waits = true;
	slot_set(slot, CAUSE_IDENTIFIED, NULL);
	slot_queue(slot);
	return true;
}

/* What it means that nobody says who is there depends on how a unit's coming is known. */
static FaultCode fault_of_silence(const Slot *slot, FaultCode fault)
{
	if (fault != FAULT_NO_ANSWER && fault != FAULT_NO_IDENTITY)
		return fault;
	if (slot->presence == PRESENCE_ALWAYS)
		return FAULT_NO_ANSWER;
	if (slot->presence == PRESENCE_ANSWER && fault == FAULT_NO_ANSWER)
		return FAULT_UNIT_LEFT;
	return FAULT_NO_IDENTITY;
}

static void identified(Slot *slot)
{
	const JobResult *r = job_result(slot->job);
	Unit unit = r->unit;
	FaultCode fault = r->fault;
	bool cancelled = r->cancelled;
	VisitRules rules;
	VisitNext next;

	slot_note_end(slot);
	slot_drop_job(slot);
	if (cancelled || !slot->unit_there)
		fault = FAULT_UNIT_LEFT;
	fault = fault_of_silence(slot, fault);
	if (fault == FAULT_UNIT_LEFT) {
		slot_unit_left(slot);
		return;
	}
	slot->no_pulse_until = 0;
	slot_find_debt(slot, unit.imei);
	if (slot_same_visit(slot, &unit))
		return;
	slot->last_imei[0] = '\0';
	slot->visit.unit = unit;
	slot_emit(slot, (Event){ .kind = EV_UNIT_SEEN, .body = &unit });
	rules = rules_for(slot, unit.imei);
	next = visit_identified(&slot->visit, &unit, fault, &rules);
	if (slot_label_is_wrong(slot)) {
		slot_verdict_alone(slot, OUTCOME_FAIL, FAULT_LABEL_MISMATCH,
				   "another label was scanned before it was put in");
		return;
	}
	if (next == VISIT_RUN) {
		if (slot->owed)
			slot_settle(slot);
		else
			ready(slot, &rules);
		return;
	}
	if (slot->visit.fault == FAULT_DUPLICATE_IMEI)
		slot_fail_twins(slot);
	if (slot->owed && slot->visit.model && slot->visit.fault != FAULT_DUPLICATE_IMEI)
		slot_settle(slot);
	else if (!waits_although_current(slot))
		slot_end_untouched(slot);
}

/* ---- jobs ---- */

/* No hop of a plan: it changes no version. */
static void start_operation(Slot *slot)
{
	const Procedure *operation = slot->station->setup.operation;
	JobSpec spec;

	slot_set(slot, CAUSE_GO, NULL);
	slot_begin_attempt(slot, operation->name, operation->operation, NULL, 0);
	spec = slot_job_spec(slot, operation, operating_driver(slot->station));
	slot->job = job_new(&spec);
	slot->job_waits = true;
}

void slot_start(Slot *slot)
{
	PackageServer *packages = slot->station->setup.packages;
	const Package *package = visit_package(&slot->visit);
	const Driver *driver;
	const Procedure *procedure;
	JobSpec spec;

	if (slot->visit.operates) {
		start_operation(slot);
		return;
	}
	procedure = procedure_find(package->procedure, &driver);
	slot_set(slot, CAUSE_GO, NULL);
	slot_begin_attempt(slot, procedure->name, "update", package, 0);
	spec = slot_job_spec(slot, procedure, driver);
	spec.package = package;
	spec.target = package->to;
	if (slot->visit.hop + 1 < visit_hops(&slot->visit))
		spec.further = slot->visit.target;
	if (package->served) {
		slot->ticket = package_server_open(packages, package->data, package->size,
						   package->sha256, slot_tell_served, slot);
		spec.url = package_ticket_url(slot->ticket);
	}
	slot->job = job_new(&spec);
	slot->job_waits = true;
}

/* It was found updating: nothing is started, it is listened to until it says what it is. */
static void adopt(Slot *slot)
{
	Station *st = slot->station;
	const Driver *driver = g_steal_pointer(&slot->adopt);
	const Procedure *procedure = driver->procedures[0];
	JobSpec spec;

	slot_drop_job(slot);
	if (!slot->unit_there || slot->state == SLOT_PASSED || slot->state == SLOT_FAILED)
		trace_restart(slot->trace, st->now);
	if (!slot->unit_there)
		slot->arrived_us = st->now;
	slot->unit_there = true;
	slot->scan_row = 0;
	visit_clear(&slot->visit);
	slot->goes_by = st->config;
	slot->visit.unit.cfun = -1;
	slot->visit.adopted = true;
	slot->visit_us = st->now;
	slot_set(slot, CAUSE_ADOPTED, NULL);
	slot_begin_attempt(slot, procedure->name, "update", NULL, 0);
	spec = slot_job_spec(slot, procedure, driver);
	spec.adopted = true;
	spec.models = slot->goes_by->models;
	slot->job = job_new(&spec);
	slot_begin_job(slot);
	slot_tell_report(slot, slot->adopt_text);
}

/* The unit asked for its update while it was still being identified: the job that waits for that is told. */
static void tell_question(Slot *slot)
{
	const Driver *asks = slot->asks;

	/* No check waits for it. */
	if (!asks || slot_is_checked(slot))
		return;
	slot->asks = NULL;
	if (!job_done(slot->job))
		slot_tell_report(slot, asks->question);
}

void slot_job_recorded(Slot *slot, bool taken)
{
	slot->job_waits = false;
	if (!taken)
		slot_cancel(slot, FAULT_NO_RECORD);
	else if (!job_done(slot->job))
		slot_begin_job(slot);
	tell_question(slot);
}

static void note_unfinished(Slot *slot, const JobResult *r)
{
	StationUnfinished u = {
		.slot = slot->config->label,
		.imei = g_intern_string(slot->visit.unit.imei),
		.step = r->step,
	};

	g_array_append_val(slot->station->unfinished, u);
	slot_trouble(
		slot,
		"IMEI %s left in a dangerous step and another unit is here: find it and put it in again",
		u.imei);
}

/* Another unit answers where this one was: its visit ends, the newcomer begins its own. */
static void replaced(Slot *slot, const Verdict *v)
{
	if (v->unknown) {
		/* The attempt stays open: nobody knows what became of it. */
		slot_flush_trace(slot);
		note_unfinished(slot, job_result(slot->job));
		slot->job_id = 0;
	} else {
		slot_end_attempt(slot, v);
	}
	slot_end_visit(slot, v);
	slot->replaced = true;
}

/* On an adapter that stays, silence is how a unit leaves; one that was heard just now is silent to one question alone. */
static void silence_is_leaving(Slot *slot, JobResult *r)
{
	bool heard = slot->station->now - slot->heard_us < HEARD_US;

	if (slot->presence != PRESENCE_ANSWER || r->fault != FAULT_NO_ANSWER || r->entered || heard)
		return;
	r->fault = FAULT_UNIT_LEFT;
	slot->unit_there = false;
}

/* A unit may have come back as another device meanwhile: that somebody is there is known by who answered. */
static bool still_there(const Slot *slot, const JobResult *r)
{
	if (r->fault == FAULT_IN_BOOTLOADER)
		return slot->boot;
	if (!door_at(slot->door) || slot->line_off || r->fault == FAULT_UNIT_LEFT ||
	    r->fault == FAULT_NEVER_CAME_BACK)
		return false;
	return !(r->unknown && slot->presence == PRESENCE_ANSWER);
}

/* Between two tries or hops: what the last one said is the verdict, unless it said that all is well so far. */
static VisitNext pulled_between(Slot *slot, const JobResult *r)
{
	slot->visit.outcome = OUTCOME_FAIL;
	slot->visit.fault = r->fault != FAULT_NONE ? r->fault : FAULT_UNIT_LEFT;
	return VISIT_DONE;
}

static void stop_pins(Slot *slot, const JobResult *r)
{
	Station *st = slot->station;

	if (!r->pin_refused || st->pin_stopped)
		return;
	st->pin_stopped = true;
	for (guint i = 0; i < st->n_slots; i++)
		if (st->slots[i].job)
			slot_forget_pin(&st->slots[i]);
	slot_trouble(
		slot,
		"the SIM did not accept the PIN: none is sent any more until this was acknowledged");
}

/* A unit that was found updating turns out to be one whose last attempt has no answer yet: that is settled before anything
 * else. */
static bool check_is_owed(Slot *slot, const Verdict *adopted)
{
	slot_find_debt(slot, slot->visit.unit.imei);
	if (!slot->owed)
		return false;
	slot_end_attempt(slot, adopted);
	slot_drop_job(slot);
	slot_check(slot);
	return true;
}

static void job_finished(Slot *slot)
{
	JobResult r = *job_result(slot->job);
	VisitRules rules;
	VisitNext next;
	Verdict v;
	bool adopted = slot->visit.adopted;
	bool hop = slot->visit.plan;

	slot_note_end(slot);
	silence_is_leaving(slot, &r);
	slot->boot_at = 0;
	slot->foreign = false;
	v = slot_verdict_of(&r, visit_attempt_outcome(&r));
	/* A check that read nothing, or a version that is about to change, is no answer. */
	if (slot->owed && (!r.version_read || r.fault == FAULT_UPDATING))
		v.version_after = NULL;
	/* The port may have hung up before hotplug has told of it. */
	if (slot->unit_there && r.fault == FAULT_UNIT_LEFT)
		slot_emit(slot, (Event){ .kind = EV_UNIT_GONE });
	slot->unit_there = still_there(slot, &r);
	slot_listen_next(slot, &r);
	rules = rules_for(slot, r.unit.imei);
	next = visit_job_done(&slot->visit, &r, &rules);
	if (next == VISIT_RUN && !slot->unit_there)
		next = pulled_between(slot, &r);
	if (adopted)
		slot_emit(slot, (Event){ .kind = EV_UNIT_SEEN, .body = &slot->visit.unit });
	if (adopted && v.outcome == OUTCOME_PASS && slot->visit.outcome != OUTCOME_PASS) {
		/* It ended well, but where nobody wanted it to end. */
		v.outcome = OUTCOME_FAIL;
		v.fault = FAULT_WRONG_VERSION;
	}
	/* What it has now is an answer; that it is not good yet is nobody's fault. */
	if (!hop && next == VISIT_RUN && !slot->visit.operates) {
		v.outcome = OUTCOME_FAIL;
		v.fault = FAULT_SHORT_OF_TARGET;
	}
	if (adopted && !slot->owed && r.fault == FAULT_NONE && slot->visit.model &&
	    check_is_owed(slot, &v))
		return;
	next = slot_label_verdict(slot, &v, next);
	if (next == VISIT_REPLACED) {
		replaced(slot, &v);
	} else {
		slot_end_attempt(slot, &v);
		if (next == VISIT_DONE)
			slot_end_visit(slot, &v);
	}
	slot_drop_job(slot);
	if (next != VISIT_RUN)
		return;
	/* After a check, or after what was found updating, it waits its turn like any other; a plan under way goes on. */
	if (!hop) {
		if (slot->owed)
			debt_clear(&slot->debt);
		slot->owed = false;
		ready(slot, &rules);
	} else {
		slot_start(slot);
	}
}

void slot_life_turn(Slot *slot)
{
	Station *st = slot->station;

	if (slot->left && !st->stopping) {
		slot->left = false;
		slot_take_up(slot);
	}
	if (slot->adopt && !slot->job_id && !slot->unrecorded && !st->stopping &&
	    door_at(slot->door))
		adopt(slot);
	if (!slot->job)
		return;
	if (job_deadline(slot->job) <= st->now)
		job_tick(slot->job, st->now);
	if (slot->job_id)
		stop_pins(slot, job_result(slot->job));
	if (job_done(slot->job)) {
		if (!slot_twins_settled(slot))
			return;
		if (slot->job_id)
			job_finished(slot);
		else
			identified(slot);
	} else if (slot->job_id && st->now >= slot->trace_at) {
		slot_flush_trace(slot);
	}
}

void slot_unit_left(Slot *slot)
{
	Station *st = slot->station;

	if (slot->unit_there)
		slot_emit(slot, (Event){ .kind = EV_UNIT_GONE });
	slot->unit_there = slot->replaced = slot->retest = false;
	slot->operated = false;
	slot->asks = NULL;
	slot->probe_at = st->now;
	slot->adopt = NULL;
	if (slot->job && slot->job_id) {
		/* Recorded jobs decide for themselves: it may be a reboot. */
		if (!job_in_danger(slot->job))
			slot_tell_gone(slot);
		return;
	}
	slot_drop_job(slot);
	if (slot->owed)
		debt_clear(&slot->debt);
	slot->owed = false;
	/* It was checked, or had updated by itself, and waited for its turn: its visit is open, and the next unit has its own. */
	if (slot->visit_id && !slot->unrecorded)
		slot_verdict_alone(slot, OUTCOME_FAIL, FAULT_UNIT_LEFT, NULL);
	else if (!slot->unrecorded)
		slot_set(slot, CAUSE_LEFT, NULL);
	if (door_at(slot->door))
		at_set_baud(door_at(slot->door), 115200);
}
