/* SPDX-License-Identifier: Apache-2.0
 *
 * The policy of a visit. It knows no port, no clock, no database and no screen. */
#include "station/visit.h"

#include <string.h>

static VisitNext end(Visit *visit, Outcome outcome, FaultCode fault)
{
	visit->outcome = outcome;
	visit->fault = fault;
	return VISIT_DONE;
}

/* The last gate before the good box, whatever led here: at the target by its own word, and with an IMEI that can be one. */
static VisitNext end_good(Visit *visit, Outcome outcome)
{
	if (!unit_imei_valid(visit->unit.imei))
		return end(visit, OUTCOME_FAIL, FAULT_BAD_IMEI);
	if (!visit->target || !model_version_is(visit->model, visit->unit.revision, visit->target))
		return end(visit, OUTCOME_FAIL, FAULT_WRONG_VERSION);
	return end(visit, outcome, FAULT_NONE);
}

static void detail(Visit *visit, const char *text)
{
	g_strlcpy(visit->detail, text, sizeof(visit->detail));
}

void visit_clear(Visit *visit)
{
	g_clear_pointer(&visit->plan, plan_free);
	memset(visit, 0, sizeof(*visit));
}

/* Whether `hops` more updates are within what the unit may have in its life; else that is the verdict. */
static bool updates_left(Visit *visit, guint hops, const VisitRules *rules)
{
	guint limit = visit->model->update_limit;
	g_autofree char *text = NULL;

	if (limit == 0 || rules->updates + hops <= limit)
		return true;
	text = g_strdup_printf("%" G_GINT64_FORMAT " updates so far and %u to go, the limit is %u",
			       rules->updates, hops, limit);
	detail(visit, text);
	end(visit, OUTCOME_FAIL, FAULT_UPDATE_LIMIT);
	return false;
}

/* No package is missing: an update somewhere went wrong. */
static bool has_variants_firmware(const Visit *visit)
{
	return visit->target &&
	       model_version_is_variant(visit->model, visit->unit.revision, visit->target);
}

/* The chain from the version that the unit has now; at the target there is nothing more to do. */
static VisitNext plan_on(Visit *visit, const VisitRules *rules)
{
	g_clear_pointer(&visit->plan, plan_free);
	visit->hop = 0;
	visit->try_no = 1;
	visit->plan = plan_make(rules->catalog, visit->model, visit->unit.revision, visit->target);
	if (visit->plan->refusal) {
		detail(visit, visit->plan->refusal);
		return end(visit, OUTCOME_FAIL,
			   has_variants_firmware(visit) ? FAULT_WRONG_VARIANT : FAULT_NO_PLAN);
	}
	if (visit->plan->n_hops == 0)
		return end_good(visit, visit->to_check ? OUTCOME_CURRENT : OUTCOME_PASS);
	return updates_left(visit, visit->plan->n_hops, rules) ? VISIT_RUN : VISIT_DONE;
}

/* A unit at the target without an update must be as an updated one is in the end. 0 and 4 are as it was found; what only a
 * check can tell is asked first. */
static VisitNext at_target_already(Visit *visit, const VisitRules *rules)
{
	const Model *model = visit->model;

	if (visit->unit.cfun != 0 && visit->unit.cfun != 1 && visit->unit.cfun != 4)
		return end(visit, OUTCOME_FAIL, FAULT_NOT_FUNCTIONAL);
	end_good(visit, OUTCOME_CURRENT);
	visit->to_check = visit->outcome == OUTCOME_CURRENT && !rules->owed &&
			  (rules->unrestored || model->csub || model->qcn);
	return visit->to_check ? VISIT_CHECK : VISIT_DONE;
}

/* What must be right about a unit before anything else is asked. */
static FaultCode unfit(const Visit *visit, const VisitRules *rules)
{
	if (!unit_imei_valid(visit->unit.imei))
		return FAULT_BAD_IMEI;
	if (rules->duplicate)
		return FAULT_DUPLICATE_IMEI;
	if (visit->unit.cfun == 5)
		return FAULT_FTM;
	return FAULT_NONE;
}

static void know_model(Visit *visit, const VisitRules *rules)
{
	visit->model = models_match(rules->models, visit->unit.model, visit->unit.maker);
	if (!visit->model)
		return;
	UNIT_SET(visit->unit.name, visit->model->name, strlen(visit->model->name));
	visit->target = catalog_target(rules->catalog, rules->work_order, visit->model->name);
}

/* It has nothing to do with versions: whoever speaks that driver's language gets it once. */
static VisitNext operate(Visit *visit, const VisitRules *rules)
{
	if (strcmp(visit->model->driver, rules->operates) != 0)
		return end(visit, OUTCOME_SKIPPED, FAULT_NOT_FOR_THIS);
	visit->operates = true;
	visit->try_no = 1;
	return VISIT_RUN;
}

VisitNext visit_identified(Visit *visit, const Unit *unit, FaultCode fault, const VisitRules *rules)
{
	g_autofree char *text = NULL;

	visit->unit = *unit;
	if (fault == FAULT_NO_IDENTITY)
		return end(visit, OUTCOME_SKIPPED, FAULT_NO_IDENTITY);
	if (fault != FAULT_NONE)
		return end(visit, OUTCOME_FAIL, fault);
	know_model(visit, rules);
	if (!visit->model) {
		text = g_strdup_printf("%s %s", unit->maker, unit->model);
		detail(visit, text);
		return end(visit, OUTCOME_SKIPPED, FAULT_UNKNOWN_MODEL);
	}
	fault = unfit(visit, rules);
	if (fault != FAULT_NONE)
		return end(visit, OUTCOME_FAIL, fault);
	if (rules->operates)
		return operate(visit, rules);
	if (plan_on(visit, rules) == VISIT_RUN)
		return VISIT_RUN;
	return visit->fault == FAULT_NONE ? at_target_already(visit, rules) : VISIT_DONE;
}

Outcome visit_attempt_outcome(const JobResult *result)
{
	if (result->cancelled && result->fault == FAULT_STOPPED)
		return OUTCOME_ABORTED;
	return result->fault == FAULT_NONE ? OUTCOME_PASS : OUTCOME_FAIL;
}

/* A unit that was found updating, or is owed an answer, has said what it is now: it passes where that is the target, and goes
 * on from there where it is not. */
static VisitNext go_on_from_here(Visit *visit, const VisitRules *rules)
{
	FaultCode fault;

	visit->adopted = false;
	know_model(visit, rules);
	if (!visit->model)
		return end(visit, OUTCOME_SKIPPED, FAULT_UNKNOWN_MODEL);
	fault = unfit(visit, rules);
	if (fault != FAULT_NONE)
		return end(visit, OUTCOME_FAIL, fault);
	return rules->operates ? operate(visit, rules) : plan_on(visit, rules);
}

/* A check that found another version than was hoped for is an answer as well. */
static bool says_what_it_is(const JobResult *result)
{
	return result->fault == FAULT_NONE ||
	       (result->fault == FAULT_WRONG_VERSION && result->version_read);
}

static bool worth_another_try(const Visit *visit, const JobResult *result, const VisitRules *rules)
{
	if (!fault_get(result->fault)->transient || result->unknown ||
	    visit->try_no >= rules->tries)
		return false;
	/* After a dangerous step only when it is known to have changed nothing. */
	if (!result->entered)
		return true;
	return result->version_read &&
	       model_version_is(visit->model, result->unit.revision, visit_package(visit)->from);
}

/* A hop is done, well or not. */
static VisitNext hop_done(Visit *visit, const JobResult *result, const VisitRules *rules)
{
	if (result->fault == FAULT_NONE) {
		visit->hop++;
		visit->try_no = 1;
		/* The vendor's server may have gone on by itself. */
		if (model_version_is(visit->model, result->unit.revision, visit->target))
			return end_good(visit, OUTCOME_PASS);
		return visit->hop < visit->plan->n_hops ? VISIT_RUN : end_good(visit, OUTCOME_PASS);
	}
	if (visit->no_more || !worth_another_try(visit, result, rules))
		return end(visit, OUTCOME_FAIL, result->fault);
	/* The try that failed may have counted. */
	if (!updates_left(visit, visit->plan->n_hops - visit->hop, rules))
		return VISIT_DONE;
	visit->try_no++;
	visit->tried_again = true;
	return VISIT_RUN;
}

VisitNext visit_job_done(Visit *visit, const JobResult *result, const VisitRules *rules)
{
	VisitNext next;

	visit->unit = result->unit;
	/* A unit that was found updating says only now what it is, perhaps. */
	if (!visit->model && *visit->unit.model)
		know_model(visit, rules);
	visit->once_sent = visit->once_sent || result->once_sent;
	detail(visit, result->detail);
	if (result->stranger) {
		visit->outcome = OUTCOME_FAIL;
		visit->fault = FAULT_UNIT_LEFT;
		return VISIT_REPLACED;
	}
	if (result->cancelled)
		return end(visit, result->fault == FAULT_STOPPED ? OUTCOME_ABORTED : OUTCOME_FAIL,
			   result->fault);
	/* What was adopted, or checked, is no hop of a plan. */
	if (visit->operates)
		next = end(visit, result->fault == FAULT_NONE ? OUTCOME_PASS : OUTCOME_FAIL,
			   result->fault);
	else if (!visit->adopted && visit->plan)
		next = hop_done(visit, result, rules);
	else if (says_what_it_is(result))
		next = go_on_from_here(visit, rules);
	else
		next = end(visit, OUTCOME_FAIL, result->fault);
	if (next == VISIT_RUN && visit->no_more)
		return end(visit, OUTCOME_ABORTED, FAULT_STOPPED);
	return next;
}

void visit_begin_check(Visit *visit)
{
	g_clear_pointer(&visit->plan, plan_free);
	visit->outcome = OUTCOME_NONE;
	visit->fault = FAULT_NONE;
	visit->adopted = visit->operates = false;
}

const Package *visit_package(const Visit *visit)
{
	if (!visit->plan || visit->hop >= visit->plan->n_hops)
		return NULL;
	return visit->plan->hops[visit->hop];
}

guint visit_hops(const Visit *visit)
{
	return visit->plan ? visit->plan->n_hops : 0;
}

bool visit_good_first(const Visit *visit)
{
	return (visit->outcome == OUTCOME_PASS || visit->outcome == OUTCOME_CURRENT) &&
	       !visit->tried_again && !visit->operates;
}
