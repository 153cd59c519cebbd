/* SPDX-License-Identifier: Apache-2.0
 *
 * Handlers that every vendor's procedure needs: ask, wait for the return, prove. They know no vendor, and they hold no
 * state but a try's marks. */
#include "lib/ops.h"

#include "lib/at_parse.h"

#include <glib/gi18n.h>
#include <string.h>

enum {
	GOT = 1,
	OTHER = 2,
	SYNCING = 4,
	READY = 8,
	ASKED_SIM = 16,
	ASKED_SIM_AGAIN = 32,
	ASKED_TRIES = 64,
	ALL_TRIES = 128,
	FEW_TRIES = 256,
	ASKED_SIM_THIRD = 512,
	ASKED_SIM_LAST = 1024,
	ASKED_SERIAL = 2048
};

#define PIN_TRIES 3 /* of a SIM to which no wrong PIN was told */

#define LISTEN_MS                                                                                  \
	2000 /* before the first AT: an AT in the last second before the reboot proves nothing */

void op_note_refusal(Job *job, const char *text)
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

FaultCode op_fault_of_code(Job *job, const VendorCode *codes, gsize n, guint code,
			   FaultCode otherwise)
{
	char text[16];

	g_snprintf(text, sizeof(text), "%u", code);
	for (gsize i = 0; i < n; i++) {
		if (codes[i].code != code)
			continue;
		job_vendor(job, text, codes[i].words);
		return codes[i].fault;
	}
	job_vendor(job, text, "");
	return otherwise;
}

StepAnswer op_command(Job *job, const Input *in)
{
	if (in->kind != IN_REPLY)
		return STEP_WAIT;
	if (in->ok)
		return STEP_NEXT;
	op_note_refusal(job, in->text);
	return STEP_AGAIN(FAULT_NONE);
}

StepAnswer op_any_answer(Job *job, const Input *in)
{
	return in->kind == IN_REPLY ? STEP_NEXT : STEP_WAIT;
}

/* ---- who is there ---- */

/* Not every model's file says how. */
static bool ask_serial(Job *job)
{
	const Model *model = job_model(job);

	if (!model || !model->serial || !job_send(job, model->serial->query, NULL))
		return false;
	job_mark(job, ASKED_SERIAL);
	return true;
}

static bool take_serial(Job *job, const Input *in, char serial[32])
{
	char value[SETTING_VALUE_SIZE];

	if (in->kind != IN_LINE || !(job_marks(job) & ASKED_SERIAL) ||
	    !setting_take(job_model(job)->serial, in->text, value))
		return false;
	unit_set(serial, 32, value, strlen(value));
	return true;
}

/* Whether or not it says it: it is wanted when another IMEI comes back, and for the record. */
static StepAnswer note_serial(Job *job, const Input *in)
{
	take_serial(job, in, job_unit(job)->serial);
	return in->kind == IN_REPLY ? STEP_NEXT : STEP_WAIT;
}

StepAnswer op_still_here(Job *job, const Input *in)
{
	char imei[16];

	if (job_marks(job) & ASKED_SERIAL)
		return note_serial(job, in);
	if (in->kind == IN_LINE && at_parse_imei(in->text, imei)) {
		if (strcmp(imei, job_unit(job)->imei) != 0) {
			job_detail(job, "IMEI %s answers where %s was", imei, job_unit(job)->imei);
			job_stranger(job);
			return STEP_FAIL(FAULT_UNIT_LEFT);
		}
		job_mark(job, GOT);
	}
	if (in->kind != IN_REPLY)
		return STEP_WAIT;
	if (in->ok && (job_marks(job) & GOT))
		return ask_serial(job) ? STEP_WAIT : STEP_NEXT;
	if (in->ok)
		return STEP_AGAIN(FAULT_BAD_IMEI);
	op_note_refusal(job, in->text);
	return STEP_AGAIN(FAULT_COMMAND_REFUSED);
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

/* Quectel's question, that of SIM7500 and SIM7600, then Telit's. */
static bool ask_sim_again(Job *job)
{
	static const struct {
		guint mark;
		const char *command;
	} questions[] = { { ASKED_SIM_AGAIN, "AT+QCCID" },
			  { ASKED_SIM_THIRD, "AT+CICCID" },
			  { ASKED_SIM_LAST, "AT#CCID" } };

	for (gsize i = 0; i < G_N_ELEMENTS(questions); i++) {
		if (job_marks(job) & questions[i].mark)
			continue;
		job_mark(job, questions[i].mark);
		return job_send(job, questions[i].command, NULL);
	}
	return false;
}

/* Its SIM has not told. */
static StepAnswer judge_by_serial(Job *job)
{
	if (*job_unit(job)->serial && !(job_marks(job) & ASKED_SERIAL) && ask_serial(job))
		return STEP_WAIT;
	job_stranger(job);
	return STEP_FAIL(FAULT_UNIT_LEFT);
}

/* Valid, but not the IMEI that left: whether it is the same thing is told by its SIM, or by its serial number. */
static StepAnswer judge_other_imei(Job *job, const Input *in)
{
	const Unit *unit = job_unit(job);
	char iccid[24], serial[32];

	if (in->kind == IN_LINE && at_parse_iccid(in->text, iccid) &&
	    strcmp(iccid, unit->iccid) == 0)
		return imei_changed(job);
	if (take_serial(job, in, serial) && strcmp(serial, unit->serial) == 0)
		return imei_changed(job);
	if (in->kind != IN_REPLY)
		return STEP_WAIT;
	if (!in->ok && !(job_marks(job) & ASKED_SERIAL) && ask_sim_again(job))
		return STEP_WAIT;
	return judge_by_serial(job);
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
		return judge_by_serial(job);
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
		job_answers_first(job);
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

/* It answers, and has the version that it had: it may be fetching its package all the while. */
static bool fetches_still(Job *job)
{
	const char *was = job_version_before(job);

	return job_may_go_on(job) && job_procedure(job)->fetches && was &&
	       model_version_is(job_model(job), job_unit(job)->revision, was);
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
	job_answers_first(job);
	job_version_read(job);
	if (!target || job_doomed(job) != FAULT_NONE ||
	    model_version_is(job_model(job), unit->revision, target))
		return STEP_NEXT;
	if (fetches_still(job))
		return STEP_GOTO(job_procedure(job)->adopt_at);
	job_detail(job, "reads %s, the target is %s", unit->revision, target);
	/* Still the old one: then what went wrong is what never began. */
	if (job_suspect(job) != FAULT_NONE && job_package(job) &&
	    model_version_is(job_model(job), unit->revision, job_package(job)->from))
		return STEP_AGAIN(job_suspect(job));
	if (model_version_is_variant(job_model(job), unit->revision, target))
		return STEP_AGAIN(FAULT_WRONG_VARIANT);
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
		/* Frozen, or away: it is not asked again and again. */
		return job_may_go_on(job) ? STEP_GOTO(job_procedure(job)->adopt_at) : STEP_WAIT;
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

enum { ASKING = 1 << 16, AWAY = 1 << 17 };

bool op_restarted(Job *job, const Input *in)
{
	switch (in->kind) {
	case IN_TICK:
		if (!job_port(job) || (job_marks(job) & ASKING))
			return false;
		job_mark(job, ASKING);
		job_sync(job, 0, 2, 900);
		return false;
	case IN_MUTE:
	case IN_GONE:
		job_unmark(job, ASKING);
		job_mark(job, AWAY);
		return false;
	case IN_SYNCED:
		job_unmark(job, ASKING);
		return job_marks(job) & AWAY;
	default:
		return false;
	}
}

/* ---- radio and network ---- */

bool op_served(Job *job, const Input *in)
{
	const Package *package = job_package(job);

	if (in->kind != IN_SERVED || !package || package->size == 0)
		return in->kind == IN_SERVED;
	job_progress(job, MIN((guint64)in->n * 100 / package->size, 99));
	job_extend(job, 0);
	return true;
}

void op_note_served(Job *job)
{
	guint64 bytes = job_served_bytes(job);

	if (!job_spec(job)->url)
		return;
	if (bytes == 0)
		job_detail(
			job,
			"it fetched nothing from this station: does %s lead here from its network?",
			job_spec(job)->url);
	else
		job_detail(job, "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " bytes were fetched",
			   bytes, job_package(job)->size);
}

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

/* A PIN is sent only when one is configured and the SIM has all its tries; where it cannot say that, when it has not refused one
 * since it last took one: a SIM that blocks is worse than a unit that waits. */
static StepAnswer may_send_pin(Job *job)
{
	const char *iccid = job_unit(job)->iccid;
	const char *last = *iccid ? job_recall(job, iccid, "pin") : NULL;
	bool all_tries = job_marks(job) & ALL_TRIES;

	if (!job_spec(job)->pin || secret_empty(job_spec(job)->pin)) {
		job_detail(job,
			   "the SIM asks for its PIN and secrets.ini has none that may be sent");
		return STEP_FAIL(FAULT_SIM_LOCKED);
	}
	if (job_marks(job) & FEW_TRIES) {
		job_detail(
			job,
			"the SIM has had a wrong PIN: none is sent to it before it has all its tries");
		return STEP_FAIL(FAULT_SIM_LOCKED);
	}
	if (!all_tries && (*iccid == '\0' || g_strcmp0(last, "sent") == 0)) {
		job_detail(job, "a PIN was sent to SIM %s before and not accepted",
			   *iccid ? iccid : "(unknown)");
		return STEP_FAIL(FAULT_SIM_LOCKED);
	}
	if (*iccid)
		job_remember(job, iccid, "pin", "sent");
	return STEP_NEXT;
}

/* An answer that is none leaves it at what the record knows. */
static StepAnswer judge_tries(Job *job, const Input *in)
{
	guint tries;

	if (in->kind == IN_LINE && at_parse_pin_tries(in->text, &tries))
		job_mark(job, tries == PIN_TRIES ? ALL_TRIES : FEW_TRIES);
	return in->kind == IN_REPLY ? may_send_pin(job) : STEP_WAIT;
}

/* The SIM asks for its PIN. */
static StepAnswer before_pin(Job *job)
{
	const Driver *driver = job_spec(job)->driver;

	job_mark(job, ASKED_TRIES);
	if (driver && driver->pin_tries && job_send(job, driver->pin_tries, "#PCT:|+SPIC:"))
		return STEP_WAIT;
	return may_send_pin(job);
}

StepAnswer op_sim(Job *job, const Input *in)
{
	return op_sim_to(job, in, "registered");
}

StepAnswer op_sim_to(Job *job, const Input *in, const char *ready)
{
	if (job_marks(job) & ASKED_TRIES)
		return judge_tries(job, in);
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
		return STEP_GOTO(ready);
	if (in->ok && (job_marks(job) & GOT))
		return before_pin(job);
	op_note_refusal(job, in->text);
	return STEP_AGAIN(FAULT_NO_SIM);
}

StepAnswer op_pin(Job *job, const Input *in)
{
	if (in->kind != IN_REPLY)
		return STEP_WAIT;
	if (!in->ok) {
		op_note_refusal(job, in->text);
		job_pin_refused(job);
		return STEP_FAIL(FAULT_SIM_LOCKED);
	}
	job_pin_accepted(job);
	if (*job_unit(job)->iccid)
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
