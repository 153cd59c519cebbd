/* SPDX-License-Identifier: Apache-2.0
 *
 * SIMCom SIM7600M21 and its relatives: the module asks the vendor's cloud for its update, after the AT manual of SIM7500 and
 * SIM7600, AT+CAPFOTA and AT+CSCFOTA. It knows no port, no record and no screen, and never sees the account's secret. */
#include "lib/drivers/drivers.h"

#include "lib/drivers/simcom_parse.h"
#include "lib/ops.h"

#include <glib/gi18n.h>
#include <string.h>

#define SERVICE_FACT                                                                               \
	"capfota" /* what AT+CAPFOTA? was before an attempt; "restored" when it is that again */

#define MUTES_OF_BOOT 8

typedef struct {
	bool read, on;     /* what AT+CAPFOTA? says */
	bool known, found; /* what it was before the first attempt that has not put it back */
	bool open;         /* what it was before this attempt */
	char refusal
		[64]; /* with which it did not take the command although it may be at it; "": none */
	bool checked;    /* the cloud has been asked what there is */
	bool downloaded; /* the module has all of it */
	bool left;       /* and went away */
	guint mutes;     /* how often in a row it did not answer */
} CscfotaState;

/* ---- vendor codes ---- */

enum { CODE_CHECKED = 2, CODE_DOWNLOADED = 3, CODE_PART = 4 };

/* AT+CSCFOTA, <ERR>; 2, 3 and 4 are none. */
static const VendorCode errors[] = {
	{ 1, FAULT_SERVICE_FAILED, "unknown error" },
	{ 5, FAULT_CLOUD_NO_VERSION, "No matched version" },
	{ 301, FAULT_NO_MEMORY, "No enough memory" },
	{ 302, FAULT_CLOUD_REFUSED, "Invalid parameter" },
	{ 303, FAULT_SERVICE_FAILED, "Invalid operation" },
	{ 304, FAULT_FILE_ERROR, "IO failed" },
	{ 305, FAULT_FILE_ERROR, "IO timeout" },
	{ 306, FAULT_PACKAGE_REJECTED, "Download file verification failed" },
	{ 307, FAULT_SERVICE_FAILED, "got canceled" },
	{ 308, FAULT_SERVICE_FAILED, "Interface nesting error" },
	{ 401, FAULT_CLOUD_REFUSED, "Invalid device information" },
	{ 402, FAULT_CLOUD_REFUSED, "Invalid platform information" },
	{ 403, FAULT_CLOUD_REFUSED, "Missing device information" },
	{ 404, FAULT_CLOUD_REFUSED, "Version number is not configured" },
	{ 405, FAULT_CLOUD_FAILED, "Internal error (contact supplier)" },
	{ 501, FAULT_CLOUD_REFUSED, "Invalid URL" },
	{ 502, FAULT_NO_SERVER, "Unable to resolve domain name" },
	{ 503, FAULT_NO_SERVER, "cannot connect to the server" },
	{ 504, FAULT_CLOUD_FAILED, "Invalid request, server returned error" },
	{ 505, FAULT_DOWNLOAD_FAILED, "Not in range" },
	{ 506, FAULT_DOWNLOAD_FAILED, "HTTP POST request error" },
	{ 507, FAULT_DOWNLOAD_FAILED, "Re-download start error" },
	{ 508, FAULT_DOWNLOAD_FAILED, "Operation is aborted" },
	{ 509, FAULT_DOWNLOAD_FAILED, "Operation not completed" },
	{ 510, FAULT_DOWNLOAD_FAILED, "Too many retargeting times" },
	{ 511, FAULT_DOWNLOAD_FAILED, "Unable to get data from SOCKET" },
	{ 512, FAULT_DOWNLOAD_FAILED, "Error sending data via SOCKET" },
	{ 513, FAULT_DOWNLOAD_FAILED, "Error receiving data via SOCKET" },
	{ 514, FAULT_DOWNLOAD_FAILED, "Invalid SOCKET connection" },
};

static FaultCode fault_of_code(Job *job, guint code)
{
	return op_fault_of_code(job, errors, G_N_ELEMENTS(errors), code, FAULT_SERVICE_FAILED);
}

/* ---- the service ---- */

static StepAnswer on_known(Job *job, const Input *in)
{
	if (in->kind == IN_ENTER && !job_spec(job)->cloud) {
		job_detail(job, "the catalogue has no section [cloud %s]", job_model(job)->name);
		return STEP_FAIL(FAULT_NO_CLOUD_ACCOUNT);
	}
	if (in->kind != IN_REPLY)
		return STEP_WAIT;
	if (in->ok)
		return STEP_NEXT;
	op_note_refusal(job, in->text);
	return STEP_AGAIN(FAULT_NO_DFOTA);
}

static StepAnswer read_service(Job *job, const Input *in)
{
	CscfotaState *q = job_state(job);

	if (in->kind == IN_ENTER)
		q->read = false;
	if (in->kind == IN_LINE && simcom_parse_capfota(in->text, &q->on))
		q->read = true;
	if (in->kind != IN_REPLY)
		return STEP_WAIT;
	op_note_refusal(job, in->text);
	return in->ok && q->read ? STEP_NEXT : STEP_AGAIN(FAULT_NONE);
}

/* An attempt that never put it back left it on: what it was then is what it is to be again. */
static StepAnswer on_service_before(Job *job, const Input *in)
{
	CscfotaState *q = job_state(job);
	StepAnswer answer = read_service(job, in);
	const char *imei = job_unit(job)->imei;
	const char *owed;

	if (answer.verb != VERB_NEXT)
		return answer;
	owed = job_recall(job, imei, SERVICE_FACT);
	q->known = true;
	q->open = q->on;
	q->found = g_strcmp0(owed, "0") != 0 && q->on;
	/* One that was on is owed nothing. */
	job_remember(job, imei, SERVICE_FACT, q->found ? "restored" : "0");
	return STEP_NEXT;
}

static StepAnswer on_enabled(Job *job, const Input *in)
{
	CscfotaState *q = job_state(job);
	StepAnswer answer = read_service(job, in);

	if (answer.verb != VERB_NEXT)
		return answer;
	if (q->on)
		return STEP_NEXT;
	job_detail(job, "AT+CAPFOTA? says 0 after AT+CAPFOTA=1");
	return STEP_AGAIN(FAULT_SERVICE_FAILED);
}

/* Of a unit that is owed an answer only the record knows what it was. */
static bool was_off(Job *job)
{
	CscfotaState *q = job_state(job);

	return q->known ? !q->found
			: g_strcmp0(job_recall(job, job_unit(job)->imei, SERVICE_FACT), "0") == 0;
}

/* The service is off as it was: its OK is the end of what was remembered. */
static StepAnswer on_service_back(Job *job, const Input *in)
{
	if (in->kind == IN_ENTER)
		return was_off(job) && job_send_own(job) ? STEP_WAIT : STEP_NEXT;
	if (in->kind != IN_REPLY)
		return STEP_WAIT;
	if (!in->ok)
		return STEP_AGAIN(FAULT_NONE);
	job_remember(job, job_unit(job)->imei, SERVICE_FACT, "restored");
	return STEP_NEXT;
}

/* ---- the dangerous stretch ---- */

static guint report_of(const Input *in)
{
	guint code;

	return in->kind == IN_REPORT && simcom_parse_cscfota(in->text, &code) ? code : 0;
}

/* It will not. A unit whose service was on when it came may have been told before, and be at it without a word: that is waited
 * for, and its version decides. */
static StepAnswer on_refused(Job *job, const Input *in, StepVerb meanwhile)
{
	CscfotaState *q = job_state(job);

	op_note_refusal(job, in->text);
	if (!q->open)
		return STEP_FAIL(FAULT_NO_START);
	g_strlcpy(q->refusal, in->text, sizeof(q->refusal));
	return step_answer(meanwhile, FAULT_NONE, NULL);
}

/* The OK may be lost, also in a restart: any report is as good, what it says is told the next row. */
static StepAnswer on_apply(Job *job, const Input *in)
{
	CscfotaState *q = job_state(job);

	if (in->kind == IN_GONE)
		q->left = true;
	if (in->kind == IN_GONE || report_of(in) != 0)
		return STEP_NEXT;
	if (in->kind != IN_REPLY)
		return STEP_WAIT;
	return in->ok ? STEP_NEXT : on_refused(job, in, VERB_NEXT);
}

/* 2, 4 and 3 are how far it is; everything else is its end, and the module stays what it was: that is read back. */
static StepAnswer judge_code(Job *job, guint code)
{
	CscfotaState *q = job_state(job);

	switch (code) {
	case CODE_CHECKED:
		q->checked = true;
		job_progress(job, 10);
		job_extend(job, 0);
		return STEP_WAIT;
	case CODE_PART:
		q->checked = true;
		job_progress(job, 50);
		job_extend(job, 0);
		return STEP_WAIT;
	case CODE_DOWNLOADED:
		q->downloaded = true;
		return STEP_NEXT;
	default:
		job_doom(job, fault_of_code(job, code));
		return STEP_GOTO("return");
	}
}

static StepAnswer on_download(Job *job, const Input *in)
{
	CscfotaState *q = job_state(job);
	guint code = report_of(in);

	if (code != 0)
		return judge_code(job, code);
	/* The answer came after its time, and it is no. */
	if (in->kind == IN_REPLY && !in->ok && !q->checked)
		return on_refused(job, in, VERB_WAIT);
	/* It left when it was told to fetch: what it does now it does without a word. */
	if (in->kind == IN_BACK)
		return STEP_GOTO("return");
	if (in->kind != IN_GONE)
		return STEP_WAIT;
	/* Its last word was lost in the reboot. */
	q->left = true;
	return STEP_NEXT;
}

/* Reports of the network go on while it prepares: only these are said by what has just started. */
static bool is_boot(const char *report)
{
	static const char *const words[] = { "RDY", "+CPIN:", "SMS DONE", "PB DONE" };

	for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
		if (g_str_has_prefix(report, words[i]))
			return true;
	return false;
}

/* Behind an adapter it is only mute; a busy module is so for some seconds. */
static StepAnswer is_mute(CscfotaState *q)
{
	q->left = q->left || ++q->mutes >= MUTES_OF_BOOT;
	return STEP_WAIT;
}

/* Nothing announces the flash: the module goes away, and the version it comes back with decides. */
static StepAnswer on_flash(Job *job, const Input *in)
{
	CscfotaState *q = job_state(job);
	guint code = report_of(in);

	if (code != 0 && code != CODE_DOWNLOADED && code != CODE_CHECKED && code != CODE_PART)
		return judge_code(job, code);
	if (op_restarted(job, in))
		return STEP_NEXT;
	switch (in->kind) {
	case IN_ENTER:
	case IN_SYNCED:
		q->mutes = 0;
		return STEP_WAIT;
	case IN_GONE:
		q->left = true;
		return STEP_WAIT;
	case IN_MUTE:
		return is_mute(q);
	case IN_BACK:
		return STEP_NEXT;
	case IN_REPORT:
		/* Of a module behind an adapter only its boot reports are heard. */
		q->left = q->left || is_boot(in->text);
		return is_boot(in->text) ? STEP_NEXT : STEP_WAIT;
	default:
		return STEP_WAIT;
	}
}

/* The old version, and it never went away: what has not ended may still go on. */
static StepAnswer judge_old_version(Job *job, StepAnswer answer)
{
	CscfotaState *q = job_state(job);

	if (!q->downloaded && !q->checked && !*q->refusal)
		return STEP_AGAIN(FAULT_NO_START);
	if (!job_last_try(job))
		return answer;
	if (q->downloaded)
		return STEP_GOTO("flash");
	if (*q->refusal) {
		op_note_refusal(job, q->refusal);
		job_detail(job, "it refused the command; its service was on before: it may be "
				"updating already");
	}
	job_unknown(job);
	return STEP_FAIL(FAULT_FLASH_SILENT);
}

static StepAnswer on_version(Job *job, const Input *in)
{
	CscfotaState *q = job_state(job);
	StepAnswer answer = op_version(job, in);
	const Package *package = job_package(job);
	bool wrong = answer.fault == FAULT_WRONG_VERSION || answer.fault == job_suspect(job);

	if (answer.verb != VERB_AGAIN || answer.fault == FAULT_NONE || !wrong || q->left ||
	    !package || !model_version_is(job_model(job), job_unit(job)->revision, package->from))
		return answer;
	return judge_old_version(job, answer);
}

/* ---- tables ---- */

/* clang-format off */
#define LOST (STEP_DANGER | STEP_LOSSY)

static const Step steps[] = {
	{ .name = "echo-off", .weight = 1, .timeout_s = 5, .tries = 3, .pause_ms = 500,
	  .at = "ATE0", .fault = FAULT_NO_ANSWER },
	{ .name = "errors", .weight = 1, .timeout_s = 5, .tries = 2, .pause_ms = 500,
	  .flags = STEP_OPTIONAL, .at = "AT+CMEE=1", .fault = FAULT_COMMAND_REFUSED },
	{ .name = "service-known", .weight = 1, .timeout_s = 5, .tries = 3, .pause_ms = 500,
	  .at = "AT+CAPFOTA=?", .expect = "+CAPFOTA:", .fault = FAULT_NO_ANSWER, .on = on_known },
	OPS_NETWORK_ROWS("AT+CEREG?|AT+CGREG?"),
	{ .name = "service-before", .weight = 1, .timeout_s = 5, .tries = 3, .pause_ms = 500,
	  .at = "AT+CAPFOTA?", .expect = "+CAPFOTA:", .fault = FAULT_SERVICE_FAILED,
	  .on = on_service_before },
	{ .name = "enable", .weight = 1, .timeout_s = 15, .tries = 3, .pause_ms = 1000,
	  .at = "AT+CAPFOTA=1", .fault = FAULT_SERVICE_FAILED, .on = op_command },
	{ .name = "enabled", .weight = 1, .timeout_s = 5, .tries = 5, .pause_ms = 1000,
	  .at = "AT+CAPFOTA?", .expect = "+CAPFOTA:", .fault = FAULT_SERVICE_FAILED,
	  .on = on_enabled },
	{ .name = "still-here", .weight = 1, .timeout_s = 5, .tries = 6, .pause_ms = 500,
	  .at = OPS_ASK_IMEI, .fault = FAULT_NO_ANSWER, .on = op_still_here },
	{ .name = "apply", .weight = 1, .timeout_s = 30, .tries = 1, .flags = LOST | STEP_SECRET,
	  .at = "AT+CSCFOTA=${cloud_args}", .fault = FAULT_NO_START, .on = on_apply },
	/* The module answers AT while it downloads, and may say nothing until it is done. */
	{ .name = "download", .weight = 30, .timeout_s = 1500, .limit_s = 1500, .tries = 1,
	  .flags = LOST, .fault = FAULT_DOWNLOAD_FAILED, .on = on_download },
	{ .name = "flash", .weight = 45, .timeout_s = 300, .tries = 1, .poll_ms = 2000,
	  .flags = LOST, .fault = FAULT_FLASH_SILENT, .on = on_flash },
	OPS_BACK_ROWS,
	OPS_STATE_ROWS(LOST, on_version, OPS_VERSION_TIMES),
};

static const Step check_steps[] = {
	{ .name = "echo-off", .weight = 94, .timeout_s = 5, .tries = 3, .pause_ms = 500,
	  .at = "ATE0", .fault = FAULT_NO_ANSWER },
	OPS_PROOF_ROWS(0),
};

static const Step leave[] = {
	{ .name = "service-back", .timeout_s = 15, .tries = 2, .pause_ms = 1000,
	  .flags = STEP_IF_NEEDED | STEP_OPTIONAL, .at = "AT+CAPFOTA=0",
	  .fault = FAULT_SERVICE_FAILED, .on = on_service_back },
	{ .name = "radio-back", .timeout_s = 15, .tries = 1, .flags = STEP_OPTIONAL,
	  .fault = FAULT_NOT_FUNCTIONAL, .on = op_radio_back },
};
/* clang-format on */

static const Procedure procedure = {
	.name = "simcom-cscfota",
	.summary = N_("SIMCom CSCFOTA: the module fetches its update from the vendor's cloud"),
	.steps = steps,
	.n_steps = G_N_ELEMENTS(steps),
	.leave = leave,
	.n_leave = G_N_ELEMENTS(leave),
	.adopt_at = "download",
	.danger_limit_s = 1800,
	.fetches = true,
	.network = true,
	.cloud = CLOUD_ACCOUNT,
};

static const Procedure owed_procedure = {
	.name = "simcom-cscfota-check",
	.summary = N_(
		"SIMCom: reads back what a unit is that is owed an answer, and closes its service"),
	.steps = check_steps,
	.n_steps = G_N_ELEMENTS(check_steps),
	.leave = leave,
	.n_leave = G_N_ELEMENTS(leave),
	.operation = "check",
};

static bool begins(Job *job, const char *report)
{
	guint code;

	return simcom_parse_cscfota(report, &code) &&
	       (code == CODE_DOWNLOADED || code == CODE_PART);
}

static const char *const reports[] = { "+CSCFOTA:", NULL };
static const char *const adopt[] = { "+CSCFOTA: 3", "+CSCFOTA: 4", "+CSCFOTA:3", "+CSCFOTA:4",
				     NULL };
static const Procedure *const procedures[] = { &procedure, &owed_procedure, NULL };

const Driver simcom_cscfota_driver = {
	.name = "simcom-cscfota",
	.reports = reports,
	.adopt = adopt,
	.procedures = procedures,
	.begins = begins,
	.state_size = sizeof(CscfotaState),
	.pin_tries = "AT+SPIC",
	.check = &owed_procedure,
};
