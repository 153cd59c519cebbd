/* SPDX-License-Identifier: Apache-2.0
 *
 * Handlers that every vendor's procedure needs: ask, wait for the return, prove. They know no vendor, and they hold no
 * state but a try's marks. */
#include "lib/ops.h"

#include "lib/at_parse.h"

#include <glib/gi18n.h>
#include <string.h>

enum { GOT = 1, OTHER = 2, SYNCING = 4, READY = 8, ASKED_SIM = 16, ASKED_SIM_AGAIN = 32 };

#define LISTEN_MS                                                                                  \
	2000 /* before the first AT: an AT in the last second before the reboot proves nothing */

/* Reads the vendor's code and words off a failing result, so that every refusal is recorded with them. */
static void note_refusal(Job *job, const char *text)
{
	char code[16], words[64];

	if (at_parse_error(text, code, sizeof(code), words, sizeof(words)))
		job_vendor(job, code, *words ? words : *code ? "" : text);
}

/* ---- asking ---- */

StepAnswer op_ask(Job *job, const Input *in, bool (*take)(Job *job, const char *line))
{
	if (in->kind == IN_LINE && take(job, in->text))
		job_mark(job, GOT);
	if (in->kind == IN_REPLY)
		return in->ok && (job_marks(job) & GOT) ? STEP_NEXT : STEP_AGAIN(FAULT_NONE);
	return STEP_WAIT;
}

StepAnswer op_still_here(Job *job, const Input *in)
{
	char imei[16];

	if (in->kind == IN_LINE && at_parse_imei(in->text, imei)) {
		if (strcmp(imei, job_unit(job)->imei) != 0) {
			job_detail(job, "IMEI %s answers where %s was", imei, job_unit(job)->imei);
			job_stranger(job);
			return STEP_FAIL(FAULT_UNIT_LEFT);
		}
		job_mark(job, GOT);
	}
	if (in->kind == IN_REPLY)
		return in->ok && (job_marks(job) & GOT) ? STEP_NEXT : STEP_AGAIN(FAULT_NO_ANSWER);
	return STEP_WAIT;
}

/* ---- who came back ---- */

/* It is the unit's blame and the quality engineer's business: nothing more is sent to it. */
static StepAnswer imei_changed(Job *job)
{
	job_hands_off(job);
	return STEP_FAIL(FAULT_IMEI_CHANGED);
}

/* Of a unit that was found updating nothing is known that could have changed. */
static StepAnswer no_imei(Job *job)
{
	return *job_unit(job)->imei ? imei_changed(job) : STEP_FAIL(FAULT_BAD_IMEI);
}

/* Valid, but not the IMEI that left: whether it is the same thing is told by its SIM. */
static StepAnswer judge_other_imei(Job *job, const Input *in)
{
	char iccid[24];

	if (in->kind == IN_LINE && at_parse_iccid(in->text, iccid)) {
		if (strcmp(iccid, job_unit(job)->iccid) == 0)
			return imei_changed(job);
	}
	if (in->kind != IN_REPLY)
		return STEP_WAIT;
	if (!in->ok && !(job_marks(job) & ASKED_SIM_AGAIN)) {
		job_mark(job, ASKED_SIM_AGAIN);
		if (job_send(job, "AT+QCCID", NULL))
			return STEP_WAIT;
	}
	job_stranger(job);
	return STEP_FAIL(FAULT_UNIT_LEFT);
}

static StepAnswer take_imei(Job *job, const char *imei)
{
	Unit *unit = job_unit(job);

	if (!unit_imei_valid(imei)) {
		job_detail(job, "IMEI %s answers where %s was", imei,
			   *unit->imei ? unit->imei : "none was known");
		return no_imei(job);
	}
	if (*unit->imei == '\0')
		UNIT_SET(unit->imei, imei, strlen(imei));
	if (strcmp(imei, unit->imei) == 0) {
		job_mark(job, GOT);
		return STEP_WAIT;
	}
	job_detail(job, "IMEI %s answers where %s was", imei, unit->imei);
	job_mark(job, OTHER);
	return STEP_WAIT;
}

StepAnswer op_same_imei(Job *job, const Input *in)
{
	char imei[16];

	if (job_marks(job) & ASKED_SIM)
		return judge_other_imei(job, in);
	if (in->kind == IN_LINE && at_parse_imei(in->text, imei))
		return take_imei(job, imei);
	if (in->kind != IN_REPLY)
		return STEP_WAIT;
	if (job_marks(job) & OTHER) {
		job_mark(job, ASKED_SIM);
		if (*job_unit(job)->iccid && job_send(job, "AT+CCID", NULL))
			return STEP_WAIT;
		job_stranger(job);
		return STEP_FAIL(FAULT_UNIT_LEFT);
	}
	if (in->ok && (job_marks(job) & GOT))
		return STEP_NEXT;
	return job_last_try(job) ? no_imei(job) : STEP_AGAIN(FAULT_NONE);
}

StepAnswer op_same_model(Job *job, const Input *in)
{
	Unit *unit = job_unit(job);
	char model[32];

	if (in->kind == IN_LINE && at_parse_name(in->text, model)) {
		if (*unit->model == '\0')
			UNIT_SET(unit->model, model, strlen(model));
		if (strcmp(model, unit->model) == 0)
			job_mark(job, GOT);
		else
			job_detail(job, "says it is a %s, was a %s", model, unit->model);
	}
	if (in->kind == IN_REPLY)
		return in->ok && (job_marks(job) & GOT) ? STEP_NEXT : STEP_AGAIN(FAULT_NONE);
	return STEP_WAIT;
}

/* 3GPP TS 27.007, 8.2: 1 is full functionality; 5 is the factory test mode of Qualcomm based modules. */
StepAnswer op_functional(Job *job, const Input *in)
{
	guint cfun;

	if (in->kind == IN_LINE && at_parse_cfun(in->text, &cfun)) {
		job_detail(job, "AT+CFUN? says %u", cfun);
		if (cfun == 1 || (cfun != 5 && (gint)cfun == job_unit(job)->cfun))
			job_mark(job, GOT);
		else if (cfun == 5)
			return job_try(job) < 5 && !job_last_try(job) ? STEP_WAIT
								      : STEP_FAIL(FAULT_FTM);
	}
	if (in->kind == IN_REPLY)
		return in->ok && (job_marks(job) & GOT) ? STEP_NEXT : STEP_AGAIN(FAULT_NONE);
	return STEP_WAIT;
}

StepAnswer op_version(Job *job, const Input *in)
{
	Unit *unit = job_unit(job);
	const char *target = job_target(job);

	if (in->kind == IN_LINE && at_parse_revision(in->text, unit->revision))
		job_mark(job, GOT);
	if (in->kind != IN_REPLY)
		return STEP_WAIT;
	if (!in->ok || !(job_marks(job) & GOT))
		return STEP_AGAIN(FAULT_NONE);
	job_version_read(job);
	if (!target || job_doomed(job) != FAULT_NONE ||
	    model_version_is(job_model(job), unit->revision, target))
		return STEP_NEXT;
	job_detail(job, "reads %s, the target is %s", unit->revision, target);
	/* Still the old one: then what went wrong is what never began. */
	if (job_suspect(job) != FAULT_NONE && job_package(job) &&
	    model_version_is(job_model(job), unit->revision, job_package(job)->from))
		return STEP_AGAIN(job_suspect(job));
	return STEP_AGAIN(FAULT_WRONG_VERSION);
}

/* ---- the return ---- */

/* A module that was set to another speed before the update may come back at the usual one, and the other way round. */
static void try_other_baud(Job *job)
{
	static const guint usual = 115200;
	guint before = job_unit(job)->baud;

	if (before != 0 && before != usual)
		job_set_baud(job, job_baud(job) == usual ? before : usual);
}

StepAnswer op_wait_back(Job *job, const Input *in)
{
	switch (in->kind) {
	case IN_GONE:
		job_unmark(job, SYNCING);
		return STEP_WAIT;
	case IN_SYNCED:
		return STEP_NEXT;
	case IN_MUTE:
		job_unmark(job, SYNCING);
		try_other_baud(job);
		return STEP_WAIT;
	case IN_TICK:
		if (job_try_ms(job) < LISTEN_MS || !job_port(job) || (job_marks(job) & SYNCING))
			return STEP_WAIT;
		job_mark(job, SYNCING);
		job_sync(job, 500, 3, 1000);
		return STEP_WAIT;
	default:
		return STEP_WAIT;
	}
}

/* ---- radio and network ---- */

StepAnswer op_radio_on(Job *job, const Input *in)
{
	gint8 found = job_unit(job)->cfun;

	if (in->kind == IN_ENTER) {
		if (found == 5)
			return STEP_FAIL(FAULT_FTM);
		if (found != 0 && found != 4)
			return STEP_NEXT;
		job_send(job, "AT+CFUN=1", NULL);
	}
	if (in->kind == IN_REPLY)
		return in->ok ? STEP_NEXT : STEP_AGAIN(FAULT_NONE);
	return STEP_WAIT;
}

StepAnswer op_radio_back(Job *job, const Input *in)
{
	gint8 found = job_unit(job)->cfun;
	g_autofree char *command = NULL;

	if (in->kind == IN_ENTER) {
		if (found != 0 && found != 4)
			return STEP_NEXT;
		command = g_strdup_printf("AT+CFUN=%d", found);
		job_send(job, command, NULL);
	}
	if (in->kind == IN_REPLY)
		return in->ok ? STEP_NEXT : STEP_AGAIN(FAULT_NONE);
	return STEP_WAIT;
}

/* A PIN is sent only when one is configured and this SIM has not refused one since it last took one: a SIM that blocks is worse
 * than a unit that waits. */
static StepAnswer may_send_pin(Job *job)
{
	const char *iccid = job_unit(job)->iccid;
	const char *last = *iccid ? job_recall(job, iccid, "pin") : NULL;

	if (!job_spec(job)->pin || secret_empty(job_spec(job)->pin)) {
		job_detail(job,
			   "the SIM asks for its PIN and secrets.ini has none that may be sent");
		return STEP_FAIL(FAULT_SIM_LOCKED);
	}
	if (*iccid == '\0' || g_strcmp0(last, "sent") == 0) {
		job_detail(job, "a PIN was sent to SIM %s before and not accepted",
			   *iccid ? iccid : "(unknown)");
		return STEP_FAIL(FAULT_SIM_LOCKED);
	}
	job_remember(job, iccid, "pin", "sent");
	return STEP_NEXT;
}

StepAnswer op_sim(Job *job, const Input *in)
{
	if (in->kind == IN_LINE) {
		switch (at_parse_cpin(in->text)) {
		case CPIN_READY:
			job_mark(job, READY);
			return STEP_WAIT;
		case CPIN_PIN:
			job_mark(job, GOT);
			return STEP_WAIT;
		case CPIN_PUK:
			job_detail(job, "%s", in->text);
			return STEP_FAIL(FAULT_SIM_LOCKED);
		case CPIN_ABSENT:
		case CPIN_NOT_READY:
		case CPIN_UNKNOWN:
			return STEP_WAIT;
		}
	}
	if (in->kind != IN_REPLY)
		return STEP_WAIT;
	if (in->ok && (job_marks(job) & READY))
		return STEP_GOTO("registered");
	if (in->ok && (job_marks(job) & GOT))
		return may_send_pin(job);
	note_refusal(job, in->text);
	return STEP_AGAIN(FAULT_NO_SIM);
}

StepAnswer op_pin(Job *job, const Input *in)
{
	if (in->kind != IN_REPLY)
		return STEP_WAIT;
	if (!in->ok) {
		note_refusal(job, in->text);
		return STEP_FAIL(FAULT_SIM_LOCKED);
	}
	job_remember(job, job_unit(job)->iccid, "pin", "accepted");
	return STEP_NEXT;
}

StepAnswer op_registered(Job *job, const Input *in)
{
	guint status;

	if (in->kind == IN_LINE && at_parse_registration(in->text, &status)) {
		if (status == 1 || status == 5)
			job_mark(job, GOT);
		job_detail(job, "%s", in->text);
	}
	if (in->kind == IN_REPLY)
		return in->ok && (job_marks(job) & GOT) ? STEP_NEXT : STEP_AGAIN(FAULT_NONE);
	return STEP_WAIT;
}

/* ---- the check of a unit that is owed an answer ---- */

static const Step check_steps[] = {
	{ .name = "echo-off",
	  .weight = 94,
	  .timeout_s = 5,
	  .tries = 3,
	  .pause_ms = 500,
	  .at = "ATE0",
	  .fault = FAULT_NO_ANSWER },
	OPS_PROOF_ROWS(0),
};

const Procedure check_procedure = {
	.name = "check",
	.summary = N_("reads back what a unit is whose last attempt ended without an answer"),
	.steps = check_steps,
	.n_steps = G_N_ELEMENTS(check_steps),
};
