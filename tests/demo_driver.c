/* SPDX-License-Identifier: Apache-2.0
 *
 * How the Demo module is updated. The package goes over the AT port: AT+DEMOPUT=SIZE, "> ", the bytes, OK. AT+DEMOGO starts
 * the update; +DEMO: PERCENT follows, in the end +DEMO: DONE or +DEMO: FAILED,CODE; after either the module reboots.
 * The driver knows no port, no clock, no record and no screen. */
#include "tests/demo_driver.h"

#include "lib/ops.h"

#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK 4096

/* One per job, zeroed when the job begins. */
typedef struct {
	gsize sent;
} DemoState;

/* Asked for the payload, and whenever there is room for more of it. */
static void send_chunk(Job *job)
{
	const Package *package = job_package(job);
	DemoState *demo = job_state(job);
	gsize n = MIN(CHUNK, package->size - demo->sent);

	if (n > 0 && job_write(job, package->data + demo->sent, n))
		demo->sent += n;
	job_progress(job, demo->sent * 100 / package->size);
	job_extend(job, 0);
}

static StepAnswer on_put(Job *job, const Input *in)
{
	DemoState *demo = job_state(job);

	switch (in->kind) {
	case IN_ENTER: /* of every try */
		demo->sent = 0;
		return STEP_WAIT;
	case IN_PROMPT:
	case IN_SENT:
		send_chunk(job);
		return STEP_WAIT;
	case IN_REPLY:
		return in->ok ? STEP_NEXT : STEP_AGAIN(FAULT_NONE);
	default:
		return STEP_WAIT;
	}
}

/* The OK may be lost in the reboot: any report of the update is as good. */
static StepAnswer on_apply(Job *job, const Input *in)
{
	if (in->kind == IN_REPORT && g_str_has_prefix(in->text, "+DEMO:"))
		return STEP_NEXT;
	if (in->kind != IN_REPLY)
		return STEP_WAIT;
	return in->ok ? STEP_NEXT : STEP_FAIL(FAULT_NO_START);
}

static StepAnswer on_flash(Job *job, const Input *in)
{
	if (in->kind != IN_REPORT || !g_str_has_prefix(in->text, "+DEMO: "))
		return STEP_WAIT;
	if (g_str_has_suffix(in->text, "DONE"))
		return STEP_NEXT;
	if (g_str_has_prefix(in->text, "+DEMO: FAILED,")) {
		/* The module stays what it was: that is read back first, then this is the verdict. */
		job_vendor(job, in->text + strlen("+DEMO: FAILED,"), "");
		job_doom(job, FAULT_UPDATE_FAILED);
		return STEP_GOTO("return");
	}
	job_progress(job, atoi(in->text + strlen("+DEMO: ")));
	job_extend(job, 0);
	return STEP_WAIT;
}

/* clang-format off */
static const Step steps[] = {
	{ .name = "echo-off", .weight = 2, .timeout_s = 5, .tries = 3, .pause_ms = 500,
	  .at = "ATE0", .fault = FAULT_NO_ANSWER },
	{ .name = "put", .weight = 30, .timeout_s = 15, .limit_s = 600, .tries = 3, .pause_ms = 2000,
	  .flags = STEP_PROMPT, .at = "AT+DEMOPUT=${size}", .fault = FAULT_UPLOAD_LOST, .on = on_put },
	{ .name = "still-here", .weight = 1, .timeout_s = 5, .tries = 6, .pause_ms = 500,
	  .at = OPS_ASK_IMEI, .fault = FAULT_NO_ANSWER, .on = op_still_here },
	{ .name = "apply", .weight = 1, .timeout_s = 15, .tries = 1, .flags = STEP_DANGER | STEP_LOSSY,
	  .at = "AT+DEMOGO", .fault = FAULT_NO_START, .on = on_apply },
	{ .name = "flash", .weight = 56, .timeout_s = 60, .limit_s = 600, .tries = 1,
	  .flags = STEP_DANGER | STEP_LOSSY, .fault = FAULT_FLASH_SILENT, .on = on_flash },
	OPS_VERIFY_ROWS,
};

static const Step leave[] = {
	{ .name = "forget", .timeout_s = 10, .tries = 1, .flags = STEP_OPTIONAL,
	  .at = "AT+DEMODEL", .fault = FAULT_FILE_ERROR },
};
/* clang-format on */

const Procedure demo_procedure = {
	.name = "demo",
	.summary = N_("Demo: the package goes over the AT port"),
	.steps = steps,
	.n_steps = G_N_ELEMENTS(steps),
	.leave = leave,
	.n_leave = G_N_ELEMENTS(leave),
	.adopt_at = "flash",
	.danger_limit_s = 900,
};

static const char *const reports[] = { "+DEMO:", NULL };
static const Procedure *const procedures[] = { &demo_procedure, NULL };

const Driver demo_driver = {
	.name = "demo",
	.reports = reports,
	.adopt = reports,
	.procedures = procedures,
	.state_size = sizeof(DemoState),
};
