/* SPDX-License-Identifier: Apache-2.0
 *
 * SIMCom SIM7000, SIM7070, SIM7080, SIM7090: delta firmware update by AT+CFOTA, the package fetched over HTTP or written over the
 * AT port, after the FOTA application notes of both families. It knows no port, no record and no screen. */
#include "lib/drivers/simcom_cfota.h"

#include "lib/drivers/drivers.h"
#include "lib/drivers/simcom_parse.h"

#include <glib/gi18n.h>

#define FLASH_QUIET_S 180 /* between two reports of the updater, or without any */
#define BOOT_QUIET_S                                                                               \
	30 /* after a boot report: what the updater had to say may be lost in the reboot */
#define SIGN_MS 8000  /* after the OK, without a word: it is asked whether it is still there */
#define SIGN_S  45    /* from the OK to a first sign that it has begun */
#define ASK_MS  30000 /* after so much without a word it is asked whether it is back */

/* ---- the flag ---- */

/* FOTA application notes, 2.1 and 3.1; 2 to 5 are the SIM7000's alone. */
enum {
	FLAG_UPDATING = 1,
	FLAG_RECOVERS_MODEM = 2,
	FLAG_FAILED_MODEM = 3,
	FLAG_RECOVERS_AP = 4,
	FLAG_FAILED_AP = 5,
	FLAG_UPDATED = 6,
	FLAG_FAILED = 7,
	FLAG_CLEAN = 8
};

static const char *const flag_words[] = {
	[FLAG_UPDATING] = "The module is updating",
	[FLAG_RECOVERS_MODEM] = "start to recovery modem",
	[FLAG_FAILED_MODEM] = "fail in recovery modem",
	[FLAG_RECOVERS_AP] = "start to recovery AP",
	[FLAG_FAILED_AP] = "fail in recovery AP",
	[FLAG_UPDATED] = "The module updates successfully",
	[FLAG_FAILED] = "The module updating fails",
	[FLAG_CLEAN] = "Clean the flag",
};

static void note_flag(Job *job, guint flag)
{
	char code[16];

	g_snprintf(code, sizeof(code), "%u", flag);
	job_vendor(job, code, flag < G_N_ELEMENTS(flag_words) ? flag_words[flag] : "");
}

/* Of a unit that was found updating the model is not known yet. */
static bool has_recovery(Job *job)
{
	return !job_model(job) || (job_model(job)->behaviour & BEHAVIOUR_RECOVERY);
}

static bool is_running(Job *job, guint flag)
{
	return flag == FLAG_UPDATING ||
	       (has_recovery(job) && (flag == FLAG_RECOVERS_MODEM || flag == FLAG_RECOVERS_AP));
}

static bool is_failed_recovery(Job *job, guint flag)
{
	return has_recovery(job) && (flag == FLAG_FAILED_MODEM || flag == FLAG_FAILED_AP);
}

/* ---- preflight ---- */

/* An update that nobody here started, or a recovery: it is listened to, and nothing is sent. */
static StepAnswer is_under_way(Job *job)
{
	CfotaState *q = job_state(job);

	q->begun = true;
	q->idle = false;
	return STEP_GOTO("flash");
}

static StepAnswer judge_before(Job *job)
{
	CfotaState *q = job_state(job);
	char value[16];

	if (is_running(job, q->before))
		return is_under_way(job);
	if (is_failed_recovery(job, q->before)) {
		note_flag(job, q->before);
		return STEP_FAIL(FAULT_RECOVERY_FAILED);
	}
	q->idle = true;
	g_snprintf(value, sizeof(value), "%u", q->before);
	if (q->before != 0)
		job_remember(job, job_unit(job)->imei, "cfota", value);
	return STEP_NEXT;
}

/* What the flag says now is of some update long ago: it is noted and cleared, so that it says nothing about this one. */
static StepAnswer on_status_before(Job *job, const Input *in)
{
	CfotaState *q = job_state(job);
	guint number;

	if (in->kind == IN_ENTER)
		q->before = 0;
	if (in->kind == IN_LINE) {
		switch (simcom_parse_cfota(in->text, &number)) {
		case CFOTA_STATUS:
			q->before = number;
			q->said = true;
			return STEP_WAIT;
		case CFOTA_START:
		case CFOTA_UPDATING:
			return is_under_way(job);
		default:
			return STEP_WAIT;
		}
	}
	if (in->kind != IN_REPLY)
		return STEP_WAIT;
	if (in->ok)
		return judge_before(job);
	op_note_refusal(job, in->text);
	return STEP_AGAIN(FAULT_NO_DFOTA);
}

static StepAnswer on_clear(Job *job, const Input *in)
{
	CfotaState *q = job_state(job);

	if (in->kind == IN_ENTER) {
		if (q->before == 0)
			return STEP_NEXT;
		return job_send_own(job) ? STEP_WAIT : STEP_FAIL(FAULT_COMMAND_REFUSED);
	}
	q->cleared = q->cleared || (in->kind == IN_REPLY && in->ok);
	return op_command(job, in);
}

/* No manual has it, but modules answer: what they say is in the transcript. */
static StepAnswer on_inventory(Job *job, const Input *in)
{
	CfotaState *q = job_state(job);

	if (in->kind == IN_REPLY)
		q->inventory = in->ok;
	return op_any_answer(job, in);
}

/* ---- the dangerous stretch ---- */

/* While the answer to AT+CFOTA? is outstanding a report looks like one. */
static CfotaKind report_of(const Input *in, guint *number)
{
	return in->kind == IN_REPORT || in->kind == IN_LINE ? simcom_parse_cfota(in->text, number)
							    : CFOTA_NONE;
}

static bool is_of_update(CfotaKind kind)
{
	return kind == CFOTA_START || kind == CFOTA_UPDATING || kind == CFOTA_DONE ||
	       kind == CFOTA_FAILED;
}

/* The OK may be lost in the reset: a report, or that it leaves, is as good. */
static StepAnswer on_apply(Job *job, const Input *in)
{
	CfotaState *q = job_state(job);
	guint number;

	q->applied = true;
	if (in->kind == IN_GONE || is_of_update(report_of(in, &number))) {
		q->begun = true;
		return STEP_NEXT;
	}
	if (in->kind != IN_REPLY)
		return STEP_WAIT;
	if (in->ok)
		return STEP_NEXT;
	/* Refused: nothing has begun, the unit is what it was. */
	op_note_refusal(job, in->text);
	return STEP_FAIL(FAULT_NO_START);
}

static StepAnswer flash_reported(Job *job, const Input *in)
{
	CfotaState *q = job_state(job);
	guint number = 0;
	CfotaKind kind = report_of(in, &number);

	q->begun = q->begun || is_of_update(kind);
	/* Cut or garbled it is still the updater. */
	if (kind == CFOTA_NONE && g_str_has_prefix(in->text, "+CFOTA:"))
		kind = CFOTA_OTHER;
	if (kind != CFOTA_NONE) {
		q->heard_ms = job_row_ms(job);
		q->chatters = false;
	}
	switch (kind) {
	case CFOTA_UPDATING:
		job_progress(job, number);
		job_extend(job, 0);
		return STEP_WAIT;
	case CFOTA_START:
	case CFOTA_OTHER:
		job_extend(job, 0);
		return STEP_WAIT;
	case CFOTA_FAILED:
		/* It resets and is what it was: that is read back, then this is the verdict. */
		job_vendor(job, "", "Update failed");
		job_doom(job, FAULT_UPDATE_FAILED);
		return STEP_NEXT;
	case CFOTA_DONE:
		return STEP_NEXT;
	case CFOTA_STATUS:
		return STEP_WAIT;
	case CFOTA_NONE:
		/* Its last word may be lost: however much else it says, it is looked for soon. */
		if (!q->chatters)
			job_extend(job, BOOT_QUIET_S);
		q->chatters = true;
		return STEP_WAIT;
	}
	g_assert_not_reached();
}

static void flash_ticked(Job *job, const Input *in)
{
	CfotaState *q = job_state(job);
	gint64 quiet_ms = job_row_ms(job) - q->heard_ms;

	if (q->applied && quiet_ms >= (q->begun ? ASK_MS : SIGN_MS))
		op_restarted(job, in);
}

/* On its UART the updater reports; over USB there may be no word at all: the device leaves and is back, once or more. Behind an
 * adapter it may only fall silent and answer again. */
static StepAnswer on_flash(Job *job, const Input *in)
{
	CfotaState *q = job_state(job);

	switch (in->kind) {
	case IN_ENTER:
		q->heard_ms = 0;
		q->chatters = false;
		if (q->applied && !q->begun)
			job_extend(job, SIGN_S);
		return STEP_WAIT;
	case IN_GONE:
		q->begun = true;
		op_restarted(job, in);
		job_extend(job, 0);
		return STEP_WAIT;
	case IN_BACK:
		return STEP_NEXT;
	case IN_LINE:
	case IN_REPORT:
		return flash_reported(job, in);
	case IN_REPLY:
		/* The answer to AT+CFOTA=1 came after its time, and it is no. */
		if (in->ok || q->begun)
			return STEP_WAIT;
		op_note_refusal(job, in->text);
		return STEP_FAIL(FAULT_NO_START);
	case IN_TICK:
		flash_ticked(job, in);
		return STEP_WAIT;
	case IN_MUTE:
		q->begun = true;
		op_restarted(job, in);
		job_extend(job, 0);
		return STEP_WAIT;
	case IN_SYNCED:
		return op_restarted(job, in) ? STEP_NEXT : STEP_WAIT;
	default:
		return STEP_WAIT;
	}
}

/* ---- what it is now ---- */

static bool is_check(Job *job)
{
	return job_spec(job)->procedure->operation;
}

/* A check has no row that listens: it ends, and the unit is left to it. */
static StepAnswer check_finds_it_updating(Job *job, const char *text)
{
	job_detail(job, "%s", text);
	job_hands_off(job);
	return STEP_FAIL(FAULT_UPDATING);
}

/* It says itself that the update runs: its version proves nothing yet, and nothing is tidied up. The danger limit ends it. */
static StepAnswer still_runs(Job *job)
{
	CfotaState *q = job_state(job);

	note_flag(job, q->status);
	if (!job_last_try(job))
		return STEP_AGAIN(FAULT_FLASH_SILENT);
	if (is_check(job))
		return check_finds_it_updating(job, flag_words[q->status]);
	return STEP_GOTO("return");
}

/* As long as the flag says that the update runs it is waited for. */
static StepAnswer on_status(Job *job, const Input *in)
{
	CfotaState *q = job_state(job);
	guint number;

	if (in->kind == IN_ENTER) {
		q->status = 0;
		q->idle = false;
	}
	if (in->kind == IN_LINE) {
		switch (simcom_parse_cfota(in->text, &number)) {
		case CFOTA_STATUS:
			q->status = number;
			return STEP_WAIT;
		case CFOTA_START:
		case CFOTA_UPDATING:
			return is_check(job) ? check_finds_it_updating(job, in->text)
					     : is_under_way(job);
		default:
			return STEP_WAIT;
		}
	}
	if (in->kind != IN_REPLY)
		return STEP_WAIT;
	if (is_running(job, q->status))
		return still_runs(job);
	if (q->status == 0 && job_try(job) < 3)
		return STEP_AGAIN(FAULT_NONE);
	q->idle = true;
	return STEP_NEXT;
}

/* It is of this update, not of one long ago. */
static bool is_news(const CfotaState *q)
{
	return q->cleared || !q->applied || (q->said && q->status != q->before);
}

/* The version is not the target: the flag, which proves nothing by itself, may say why. */
static StepAnswer on_version(Job *job, const Input *in)
{
	CfotaState *q = job_state(job);
	StepAnswer answer = op_version(job, in);
	const Package *package = job_package(job);

	if (answer.verb != VERB_AGAIN || answer.fault != FAULT_WRONG_VERSION)
		return answer;
	if (is_failed_recovery(job, q->status) || (q->status == FLAG_FAILED && is_news(q))) {
		note_flag(job, q->status);
		return STEP_AGAIN(q->status == FLAG_FAILED ? FAULT_UPDATE_FAILED
							   : FAULT_RECOVERY_FAILED);
	}
	if (!q->begun && package &&
	    model_version_is(job_model(job), job_unit(job)->revision, package->from))
		return STEP_AGAIN(FAULT_NO_START);
	return answer;
}

/* What was put into the unit by this job, or by the one whose answer is owed. */
static StepAnswer on_tidy(Job *job, const Input *in)
{
	CfotaState *q = job_state(job);
	bool owed = is_check(job) || job_spec(job)->left_us > 0;
	bool stored = q->stored || q->begun || owed;

	if (in->kind == IN_ENTER && (!stored || !q->idle || !job_send_own(job)))
		return STEP_NEXT;
	return op_any_answer(job, in);
}

/* A recovery that failed stays to be seen: the next visit is not to take such a unit for a fresh one. */
static StepAnswer on_clean(Job *job, const Input *in)
{
	CfotaState *q = job_state(job);

	if (in->kind == IN_ENTER) {
		if (!q->idle || is_failed_recovery(job, q->before) ||
		    is_failed_recovery(job, q->status))
			return STEP_NEXT;
		return job_send_own(job) ? STEP_WAIT : STEP_NEXT;
	}
	return op_any_answer(job, in);
}

/* ---- tables ---- */

/* clang-format off */
#define LOST (STEP_DANGER | STEP_LOSSY)

/* Weights 6. */
#define PREFLIGHT_ROWS                                                                             \
	{ .name = "echo-off", .weight = 1, .timeout_s = 5, .tries = 3, .pause_ms = 500,            \
	  .at = "ATE0", .fault = FAULT_NO_ANSWER },                                                \
	{ .name = "errors", .weight = 1, .timeout_s = 5, .tries = 2, .pause_ms = 500,              \
	  .flags = STEP_OPTIONAL, .at = "AT+CMEE=1", .fault = FAULT_COMMAND_REFUSED },             \
	{ .name = "status-before", .weight = 1, .timeout_s = 5, .tries = 3, .pause_ms = 500,       \
	  .at = "AT+CFOTA?", .expect = "+CFOTA:", .fault = FAULT_NO_ANSWER,                        \
	  .on = on_status_before },                                                                \
	{ .name = "clear", .weight = 1, .timeout_s = 5, .tries = 2, .pause_ms = 500,               \
	  .flags = STEP_IF_NEEDED | STEP_OPTIONAL, .at = "AT+CFOTA=0",                             \
	  .fault = FAULT_COMMAND_REFUSED, .on = on_clear },                                        \
	{ .name = "inventory", .weight = 1, .timeout_s = 5, .tries = 1, .flags = STEP_OPTIONAL,    \
	  .at = "AT+SIMCOMATI", .fault = FAULT_COMMAND_REFUSED, .on = on_inventory },              \
	{ .name = "list", .weight = 1, .timeout_s = 5, .tries = 1, .flags = STEP_OPTIONAL,         \
	  .at = "AT+CLIST", .fault = FAULT_COMMAND_REFUSED, .on = op_any_answer }

/* Weights 2. */
#define APPLY_ROWS                                                                                 \
	{ .name = "still-here", .weight = 1, .timeout_s = 5, .tries = 6, .pause_ms = 500,          \
	  .at = OPS_ASK_IMEI, .fault = FAULT_NO_ANSWER, .on = op_still_here },                     \
	{ .name = "apply", .weight = 1, .timeout_s = 15, .tries = 1, .flags = LOST,                \
	  .at = "AT+CFOTA=1", .fault = FAULT_NO_START, .on = on_apply }

#define STATUS_ROW(f)                                                                              \
	{ .name = "status", .weight = 1, .timeout_s = 5, .tries = 30, .pause_ms = 10000,           \
	  .flags = (f) | STEP_OPTIONAL, .at = "AT+CFOTA?", .expect = "+CFOTA:",                    \
	  .fault = FAULT_FLASH_SILENT, .on = on_status }

#define VARIANT_ROW(f)                                                                             \
	{ .name = "variant", .weight = 1, .timeout_s = 5, .tries = 3, .pause_ms = 1000,            \
	  .flags = (f) | STEP_IF_NEEDED, .at = "AT+SIMCOMATI", .fault = FAULT_WRONG_VARIANT,       \
	  .on = simcom_on_variant }

/* Weights 12. */
#define VERIFY_ROWS                                                                                \
	OPS_BACK_ROWS,                                                                             \
	STATUS_ROW(LOST),                                                                          \
	OPS_STATE_ROWS(LOST, on_version, OPS_VERSION_TIMES),                                                          \
	VARIANT_ROW(LOST)

#define TIDY (STEP_IF_NEEDED | STEP_OPTIONAL)

#define LEAVE_ROWS                                                                                 \
	{ .name = "close-last", .timeout_s = 5, .tries = 1, .flags = TIDY,                         \
	  .at = "AT+CFSTERM", .fault = FAULT_FILE_ERROR, .on = on_tidy },                          \
	{ .name = "open-last", .timeout_s = 5, .tries = 1, .flags = TIDY,                          \
	  .at = "AT+CFSINIT", .fault = FAULT_FILE_ERROR, .on = on_tidy },                          \
	{ .name = "delete-package", .timeout_s = 10, .tries = 1, .flags = TIDY,                    \
	  .at = "AT+CFSDFILE=1,\"update.zip\"", .fault = FAULT_FILE_ERROR, .on = on_tidy },        \
	{ .name = "close-after", .timeout_s = 5, .tries = 1, .flags = TIDY,                        \
	  .at = "AT+CFSTERM", .fault = FAULT_FILE_ERROR, .on = on_tidy },                          \
	{ .name = "clean", .timeout_s = 5, .tries = 1, .flags = TIDY,                              \
	  .at = "AT+CFOTA=0", .fault = FAULT_COMMAND_REFUSED, .on = on_clean }

static const Step local_steps[] = {
	PREFLIGHT_ROWS,
	{ .name = "close", .weight = 1, .timeout_s = 5, .tries = 1, .flags = STEP_OPTIONAL,
	  .at = "AT+CFSTERM", .fault = FAULT_FILE_ERROR, .on = op_any_answer },
	{ .name = "open", .weight = 1, .timeout_s = 10, .tries = 3, .pause_ms = 1000,
	  .at = "AT+CFSINIT", .fault = FAULT_FILE_ERROR, .on = op_command },
	/* Its commands are AT+CFSWFILE=1,"update.zip",0 or 1,BYTES,MS, one for each block. */
	{ .name = "upload", .weight = 25, .timeout_s = 15, .limit_s = 900, .tries = 3, .pause_ms = 2000,
	  .flags = STEP_PROMPT, .fault = FAULT_UPLOAD_LOST, .on = simcom_on_upload },
	{ .name = "size", .weight = 1, .timeout_s = 10, .tries = 3, .pause_ms = 1000,
	  .at = "AT+CFSGFIS=1,\"update.zip\"", .expect = "+CFSGFIS:",
	  .fault = FAULT_UPLOAD_LOST, .on = simcom_on_size },
	{ .name = "close-again", .weight = 1, .timeout_s = 5, .tries = 2, .pause_ms = 500,
	  .flags = STEP_OPTIONAL, .at = "AT+CFSTERM", .fault = FAULT_FILE_ERROR },
	APPLY_ROWS,
	{ .name = "flash", .weight = 51, .timeout_s = FLASH_QUIET_S, .limit_s = 900, .tries = 1,
	  .poll_ms = 1000, .flags = LOST, .fault = FAULT_FLASH_SILENT, .on = on_flash },
	VERIFY_ROWS,
};

static const Step http_steps[] = {
	PREFLIGHT_ROWS,
	OPS_NETWORK_ROWS("AT+CEREG?|AT+CGREG?"),
	{ .name = "bearer", .weight = 1, .timeout_s = 10, .tries = 2, .pause_ms = 1000,
	  .flags = STEP_OPTIONAL, .at = "AT+CNACT?", .expect = "+CNACT:",
	  .fault = FAULT_NO_BEARER, .on = simcom_on_bearer },
	{ .name = "apn", .weight = 1, .timeout_s = 10, .tries = 2, .pause_ms = 1000,
	  .flags = STEP_IF_NEEDED | STEP_SECRET, .at = "AT+CNCFG=${cncfg_args}",
	  .fault = FAULT_NO_BEARER, .on = simcom_on_apn },
	{ .name = "activate", .weight = 2, .timeout_s = 60, .tries = 3, .pause_ms = 2000,
	  .poll_ms = 10000, .flags = STEP_IF_NEEDED, .at = "AT+CNACT=${cnact_args}",
	  .fault = FAULT_NO_BEARER, .on = simcom_on_activate },
	{ .name = "fetch", .weight = 25, .timeout_s = 120, .limit_s = 900, .tries = 3, .pause_ms = 5000,
	  .poll_ms = 5000, .at = "AT+HTTPTOFS=${url},\"/fota/update.zip\"",
	  .fault = FAULT_DOWNLOAD_FAILED, .on = simcom_on_fetch },
	APPLY_ROWS,
	{ .name = "flash", .weight = 44, .timeout_s = FLASH_QUIET_S, .limit_s = 900, .tries = 1,
	  .poll_ms = 1000, .flags = LOST, .fault = FAULT_FLASH_SILENT, .on = on_flash },
	VERIFY_ROWS,
};

static const Step check_steps[] = {
	{ .name = "echo-off", .weight = 92, .timeout_s = 5, .tries = 3, .pause_ms = 500,
	  .at = "ATE0", .fault = FAULT_NO_ANSWER },
	OPS_IMEI_ROW(0),
	STATUS_ROW(0),
	OPS_STATE_ROWS(0, op_version, OPS_CHECK_TIMES),
	VARIANT_ROW(0),
};

static const Step local_leave[] = { LEAVE_ROWS };

static const Step http_leave[] = {
	LEAVE_ROWS,
	{ .name = "disconnect", .timeout_s = 15, .tries = 1, .flags = STEP_OPTIONAL,
	  .fault = FAULT_NO_BEARER, .on = simcom_on_disconnect },
	{ .name = "radio-back", .timeout_s = 15, .tries = 1, .flags = STEP_OPTIONAL,
	  .fault = FAULT_NOT_FUNCTIONAL, .on = op_radio_back },
};
/* clang-format on */

static const Procedure local_procedure = {
	.name = "simcom-cfota-local",
	.summary =
		N_("SIMCom CFOTA: the package goes over the AT port into the module's file system"),
	.steps = local_steps,
	.n_steps = G_N_ELEMENTS(local_steps),
	.leave = local_leave,
	.n_leave = G_N_ELEMENTS(local_leave),
	.adopt_at = "flash",
	.danger_limit_s = 900,
};

static const Procedure http_procedure = {
	.name = "simcom-cfota-http",
	.summary = N_("SIMCom CFOTA: the module fetches the package over HTTP"),
	.steps = http_steps,
	.n_steps = G_N_ELEMENTS(http_steps),
	.leave = http_leave,
	.n_leave = G_N_ELEMENTS(http_leave),
	.adopt_at = "flash",
	.danger_limit_s = 900,
	.network = true,
	.url_max = 1023, /* of the longest; the SIM7000 takes 255: its model's file says so */
};

static const Procedure owed_procedure = {
	.name = "simcom-cfota-check",
	.summary = N_("SIMCom: reads back what a unit is that is owed an answer, and tidies it up"),
	.steps = check_steps,
	.n_steps = G_N_ELEMENTS(check_steps),
	.leave = local_leave,
	.n_leave = G_N_ELEMENTS(local_leave),
	.operation = "check",
};

static bool begins(Job *job, const char *report)
{
	guint number;
	CfotaKind kind = simcom_parse_cfota(report, &number);

	return kind == CFOTA_START || kind == CFOTA_UPDATING;
}

static const char *const reports[] = { "+CFOTA:", "+HTTPTOFS", NULL };
static const char *const adopt[] = { "+CFOTA: \"", "+CFOTA:\"", NULL };
static const Procedure *const procedures[] = { &local_procedure, &http_procedure, &owed_procedure,
					       NULL };

const Driver simcom_cfota_driver = {
	.name = "simcom-cfota",
	.reports = reports,
	.adopt = adopt,
	.procedures = procedures,
	.begins = begins,
	.state_size = sizeof(CfotaState),
	.pin_tries = "AT+SPIC",
	.check = &owed_procedure,
};
