/* SPDX-License-Identifier: Apache-2.0
 *
 * Identification as a step table. It knows no driver and changes nothing in the unit. */
#include "lib/identify.h"

#include "lib/at_parse.h"
#include "lib/ops.h"

#include <glib/gi18n.h>
#include <string.h>

/* A unit that is updating must be heard, or seen by its modem lines, before anything is sent to it. */
#define LISTEN_MS 1000
/* Only after so much silence at the usual speed are others tried: an adaptive module would lock onto a wrong one. */
#define SCAN_AFTER_MS 10000

/* A modem line that moves may be that of a unit which flashes: long enough to see it move again. */
#define WATCH_MS 5000

enum { WAS_QUIET = 1, MOVES = 2 };

static StepAnswer on_listen(Job *job, const Input *in)
{
	gint64 enough = job_marks(job) & MOVES ? WATCH_MS : LISTEN_MS;

	if (in->kind == IN_SIGNALS) {
		job_mark(job, MOVES);
		job_extend(job, 0);
	}
	return in->kind == IN_TICK && job_try_ms(job) >= enough ? STEP_NEXT : STEP_WAIT;
}

const guint identify_speeds[IDENTIFY_SPEEDS] = { 9600, 57600,  38400,  19200,
						 4800, 230400, 460800, 921600 };

/* The usual speed first and between any two others. */
static void next_baud(Job *job)
{
	guint *turn =
		&job_unit(job)->baud; /* which of the others was last, until the speed is known */

	if (job_baud(job) != 115200) {
		job_set_baud(job, 115200);
		return;
	}
	job_set_baud(job, identify_speeds[*turn % IDENTIFY_SPEEDS]);
	*turn += 1;
}

/* At the usual speed a bare AT every half second until something answers. After ten seconds of that one long silence: what a
 * dead station left in the middle of an upload takes every AT for payload, and only silence ends it. Then two AT at each of
 * the other speeds. */
static StepAnswer on_sync(Job *job, const Input *in)
{
	switch (in->kind) {
	case IN_ENTER:
		job_unit(job)->baud = 0;
		job_sync(job, 0, 4, 500);
		return STEP_WAIT;
	case IN_MUTE:
		if (job_row_ms(job) < SCAN_AFTER_MS) {
			job_sync(job, 0, 4, 500);
		} else if (!(job_marks(job) & WAS_QUIET)) {
			job_mark(job, WAS_QUIET);
			job_sync(job, TRANSFER_QUIET_MS, 4, 500);
		} else {
			next_baud(job);
			job_sync(job, 0, job_baud(job) == 115200 ? 4 : 2, 500);
		}
		return STEP_WAIT;
	case IN_SYNCED:
		job_unit(job)->baud = job_baud(job);
		return STEP_NEXT;
	default:
		return STEP_WAIT;
	}
}

/* Firmware that knows neither of two questions may tell all of itself at once; a module that was only slow is asked the same again
 * first, as not every one says the same of itself there. */
#define OR_ALL(a, b) a "|" b "|" a "|" b "|ATI|AT+SIMCOMATI"

/* Among lines of all kinds only what is labelled is an answer. */
static bool is_answer(Job *job, const char *line, const char *label)
{
	bool asked_all = (job_try(job) - 1) % 6 >= 4;
	char value[64];

	return !asked_all || at_parse_labelled(line, label, value, sizeof(value));
}

static bool take_maker(Job *job, const char *line)
{
	Unit *unit = job_unit(job);

	/* Quectel answers three lines: only the first is the maker. */
	return *unit->maker ||
	       (is_answer(job, line, "Manufacturer") && at_parse_name(line, unit->maker));
}

static bool take_model(Job *job, const char *line)
{
	Unit *unit = job_unit(job);

	return *unit->model || (is_answer(job, line, "Model") && at_parse_name(line, unit->model));
}

static bool take_revision(Job *job, const char *line)
{
	return is_answer(job, line, "Revision") && at_parse_revision(line, job_unit(job)->revision);
}

static bool take_imei(Job *job, const char *line)
{
	return at_parse_imei(line, job_unit(job)->imei);
}

static bool take_imsi(Job *job, const char *line)
{
	return at_parse_imsi(line, job_unit(job)->imsi);
}

static bool take_iccid(Job *job, const char *line)
{
	return at_parse_iccid(line, job_unit(job)->iccid);
}

static StepAnswer on_maker(Job *job, const Input *in)
{
	return op_ask(job, in, take_maker);
}

static StepAnswer on_model(Job *job, const Input *in)
{
	return op_ask(job, in, take_model);
}

static StepAnswer on_revision(Job *job, const Input *in)
{
	return op_ask(job, in, take_revision);
}

static StepAnswer on_imei(Job *job, const Input *in)
{
	return op_ask(job, in, take_imei);
}

static StepAnswer on_imsi(Job *job, const Input *in)
{
	return op_ask(job, in, take_imsi);
}

static StepAnswer on_iccid(Job *job, const Input *in)
{
	return op_ask(job, in, take_iccid);
}

static StepAnswer on_functional(Job *job, const Input *in)
{
	guint cfun;

	if (in->kind == IN_LINE && at_parse_cfun(in->text, &cfun) && cfun < 100)
		job_unit(job)->cfun = cfun;
	return in->kind == IN_REPLY ? STEP_NEXT : STEP_WAIT;
}

/* clang-format off */
static const Step identify_steps[] = {
	{ .name = "listen", .weight = 5, .timeout_s = 10, .tries = 1, .poll_ms = 250,
	  .flags = STEP_RETURN | STEP_SIGNALS, .fault = FAULT_NO_IDENTITY, .on = on_listen },
	{ .name = "sync", .weight = 30, .timeout_s = 200, .limit_s = 180, .tries = 1,
	  .flags = STEP_RETURN | STEP_SIGNALS, .fault = FAULT_NO_IDENTITY, .on = on_sync },
	{ .name = "maker", .weight = 10, .timeout_s = 5, .tries = 6, .pause_ms = 300,
	  .flags = STEP_OPTIONAL, .at = OR_ALL("AT+CGMI", "AT+GMI"),
	  .fault = FAULT_NO_IDENTITY, .on = on_maker },
	{ .name = "model", .weight = 10, .timeout_s = 5, .tries = 8, .pause_ms = 500,
	  .at = OR_ALL("AT+CGMM", "AT+GMM"),
	  .fault = FAULT_NO_IDENTITY, .on = on_model },
	{ .name = "revision", .weight = 10, .timeout_s = 5, .tries = 8, .pause_ms = 500,
	  .at = OR_ALL("AT+CGMR", "AT+GMR"),
	  .fault = FAULT_NO_IDENTITY, .on = on_revision },
	{ .name = "imei", .weight = 10, .timeout_s = 5, .tries = 6, .pause_ms = 500,
	  .flags = STEP_OPTIONAL, .at = OPS_ASK_IMEI,
	  .fault = FAULT_BAD_IMEI, .on = on_imei },
	{ .name = "functional", .weight = 10, .timeout_s = 5, .tries = 2, .pause_ms = 300,
	  .flags = STEP_OPTIONAL, .at = "AT+CFUN?", .expect = "+CFUN:",
	  .fault = FAULT_NO_IDENTITY, .on = on_functional },
	{ .name = "imsi", .weight = 5, .timeout_s = 5, .tries = 1,
	  .flags = STEP_OPTIONAL, .at = "AT+CIMI",
	  .fault = FAULT_NO_SIM, .on = on_imsi },
	{ .name = "iccid", .weight = 5, .timeout_s = 5, .tries = 3, .pause_ms = 300,
	  .flags = STEP_OPTIONAL, .at = "AT+CCID|AT+QCCID|AT+CICCID",
	  .fault = FAULT_NO_SIM, .on = on_iccid },
	/* Rows that may go unanswered say nothing about whether the unit is still there. */
	{ .name = "still-there", .weight = 5, .timeout_s = 5, .tries = 1, .at = "AT",
	  .fault = FAULT_NO_ANSWER },
};
/* clang-format on */

const Procedure identify_procedure = {
	.name = "identify",
	.summary = N_("finds the unit's speed and asks who it is; changes nothing in it"),
	.steps = identify_steps,
	.n_steps = G_N_ELEMENTS(identify_steps),
};
