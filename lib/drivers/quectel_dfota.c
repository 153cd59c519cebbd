/* SPDX-License-Identifier: Apache-2.0
 *
 * Quectel MC65, M65, M08-R: delta firmware update from the module's own file system or over HTTP, after the DFOTA
 * application note V1.0 and the GSM FILE AT commands manual. It knows no port, no record and no screen. */
#include "lib/drivers/drivers.h"

#include "lib/at_parse.h"
#include "lib/ops.h"

#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK         4096
#define UPLOADS       3
#define ACK_EVERY     1024 /* FILE manual 2.2.3: one 'A' for every full 1024 bytes */
#define FLASH_QUIET_S 120  /* between two reports: 90 s are seen in the field */
#define LAST_QUIET_S                                                                               \
	20 /* after the last percent, or after a boot report: the rest may be lost in the reboot */

typedef struct {
	bool adaptive;    /* AT+IPR? is 0: the module reports at 115200 while it flashes */
	gsize sent;       /* payload bytes handed over */
	gsize acked;      /* payload bytes acknowledged */
	guint uploads;    /* how often it was begun */
	guint64 got_size; /* what +QFUPL says has arrived */
	guint16 got_sum;
	bool got_result;
} QuectelState;

/* ---- vendor codes ---- */

/* 6500-6509: DFOTA application note, chapter 5. 3xxx and 4xxx: GSM FILE manual, chapter 3; 407 is what the LTE family says
 * for a file that exists. */
static const VendorCode errors[] = {
	{ 407, FAULT_FILE_ERROR, "File already existed" },
	{ 3765, FAULT_COMMAND_REFUSED, "Invalid input value" },
	{ 3915, FAULT_FILE_ERROR, "Non-existent address" },
	{ 3916, FAULT_NO_SPACE, "UFS full" },
	{ 3917, FAULT_NO_SPACE, "Drive full" },
	{ 3918, FAULT_FILE_ERROR, "Drive error" },
	{ 3919, FAULT_PACKAGE_NOT_FOUND, "File not found" },
	{ 3920, FAULT_FILE_ERROR, "Invalid file name" },
	{ 3921, FAULT_FILE_ERROR, "File already existed" },
	{ 3922, FAULT_FILE_ERROR, "Failed to create the file" },
	{ 3923, FAULT_FILE_ERROR, "Failed to write the file" },
	{ 3924, FAULT_FILE_ERROR, "Failed to open the file" },
	{ 3925, FAULT_FILE_ERROR, "Failed to read the file" },
	{ 4000, FAULT_FILE_ERROR, "Exceed max length" },
	{ 4001, FAULT_FILE_ERROR, "Failed to open" },
	{ 4002, FAULT_FILE_ERROR, "Failed to write" },
	{ 4003, FAULT_FILE_ERROR, "Failed to get the size" },
	{ 4004, FAULT_FILE_ERROR, "Failed to read" },
	{ 4005, FAULT_FILE_ERROR, "Failed to list" },
	{ 4006, FAULT_FILE_ERROR, "Failed to delete" },
	{ 4007, FAULT_FILE_ERROR, "Failed to get the disk info" },
	{ 4008, FAULT_NO_SPACE, "No space" },
	{ 4009, FAULT_UPLOAD_LOST, "Time out" },
	{ 4010, FAULT_PACKAGE_NOT_FOUND, "File not found" },
	{ 4011, FAULT_PACKAGE_TOO_LARGE, "File too large" },
	{ 4012, FAULT_FILE_ERROR, "File already exist" },
	{ 4013, FAULT_COMMAND_REFUSED, "Invalid parameter" },
	{ 4014, FAULT_FILE_ERROR, "Driver error" },
	{ 4015, FAULT_FILE_ERROR, "Failed to create" },
	{ 4016, FAULT_FILE_ERROR, "Access denied" },
	{ 6500, FAULT_UPDATE_FAILED, "Unknown error" },
	{ 6501, FAULT_COMMAND_REFUSED, "Invalid parameter" },
	{ 6502, FAULT_PACKAGE_TOO_LARGE, "Package too large" },
	{ 6503, FAULT_DOWNLOAD_FAILED, "Download failed" },
	{ 6504, FAULT_PACKAGE_NOT_FOUND, "Package not found" },
	{ 6505, FAULT_FLASH_WRITE, "Write file failed" },
	{ 6506, FAULT_PACKAGE_NOT_FOUND, "Package not exist" },
	{ 6507, FAULT_PACKAGE_REJECTED, "Package error" },
	{ 6508, FAULT_UPDATE_FAILED, "Update failed" },
	{ 6509, FAULT_NO_MEMORY, "No memory" },
};

static FaultCode fault_of_code(Job *job, guint code, FaultCode otherwise)
{
	return op_fault_of_code(job, errors, G_N_ELEMENTS(errors), code, otherwise);
}

/* The fault of a command's failing result, with the vendor's code and words noted. */
static FaultCode fault_of_reply(Job *job, const char *text, FaultCode otherwise)
{
	char code[16], words[64];

	if (!at_parse_error(text, code, sizeof(code), words, sizeof(words)))
		return otherwise;
	if (*code)
		return fault_of_code(job, atoi(code), otherwise);
	job_vendor(job, "", *words ? words : text);
	return otherwise;
}

/* ---- preflight ---- */

static StepAnswer on_preflight(Job *job, const Input *in)
{
	if (in->kind != IN_REPLY)
		return STEP_WAIT;
	if (in->ok)
		return STEP_NEXT;
	fault_of_reply(job, in->text, FAULT_NO_DFOTA);
	return STEP_AGAIN(FAULT_NO_DFOTA);
}

static StepAnswer on_baud(Job *job, const Input *in)
{
	QuectelState *q = job_state(job);
	guint ipr;

	if (in->kind == IN_LINE && at_parse_ipr(in->text, &ipr))
		q->adaptive = ipr == 0;
	return in->kind == IN_REPLY ? STEP_NEXT : STEP_WAIT;
}

/* A module that cannot say how much room there is may still have enough: the upload proves it. */
static StepAnswer on_space(Job *job, const Input *in)
{
	guint64 free_bytes;

	if (in->kind == IN_LINE && at_parse_qflds(in->text, &free_bytes) &&
	    free_bytes < job_package(job)->size) {
		job_detail(job,
			   "%" G_GUINT64_FORMAT " bytes free, the package has %" G_GUINT64_FORMAT,
			   free_bytes, job_package(job)->size);
		return STEP_FAIL(FAULT_NO_SPACE);
	}
	return in->kind == IN_REPLY ? STEP_NEXT : STEP_WAIT;
}

/* A refusal is noted with the vendor's code and words, then the row's own fault decides. */
static StepAnswer on_prepare(Job *job, const Input *in)
{
	if (in->kind != IN_REPLY)
		return STEP_WAIT;
	if (in->ok)
		return STEP_NEXT;
	fault_of_reply(job, in->text, FAULT_NONE);
	return STEP_AGAIN(FAULT_NONE);
}

/* What there was to deactivate does not matter, and "DEACT OK" is often the last word: no OK follows it. */
static StepAnswer on_deactivate(Job *job, const Input *in)
{
	if (in->kind == IN_LINE && g_ascii_strcasecmp(in->text, "DEACT OK") == 0)
		return STEP_NEXT;
	return in->kind == IN_REPLY ? STEP_NEXT : STEP_WAIT;
}

/* ---- upload ---- */

/* The module ends the upload when a pause stands beside "+++" (FILE manual 2.2.3): a cut is never made next to a plus. */
static gsize chunk_end(const guint8 *data, gsize size, gsize from)
{
	gsize end = from + CHUNK;

	while (end < size && (data[end - 1] == '+' || data[end] == '+'))
		end++;
	return MIN(end, size);
}

static void send_chunk(Job *job)
{
	const Package *package = job_package(job);
	QuectelState *q = job_state(job);
	gsize end;

	if (q->sent >= package->size)
		return;
	end = chunk_end(package->data, package->size, q->sent);
	if (job_write(job, package->data + q->sent, end - q->sent))
		q->sent = end;
}

/* Whatever stands there now must be deleted before the next one. */
static StepAnswer upload_again(QuectelState *q, FaultCode fault)
{
	return q->uploads < UPLOADS ? STEP_GOTO("delete") : STEP_FAIL(fault);
}

static StepAnswer judge_upload(Job *job)
{
	const Package *package = job_package(job);
	QuectelState *q = job_state(job);
	Xor16 sum = { 0 };

	if (!q->got_result || q->got_size != package->size) {
		job_detail(job, "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " bytes arrived",
			   q->got_size, package->size);
		return upload_again(q, FAULT_UPLOAD_LOST);
	}
	xor16_feed(&sum, package->data, package->size);
	if (q->got_sum != sum.sum) {
		job_detail(job, "checksum %04x came back for %04x", q->got_sum, sum.sum);
		return upload_again(q, FAULT_UPLOAD_DAMAGED);
	}
	return STEP_NEXT;
}

static StepAnswer on_upload(Job *job, const Input *in)
{
	const Package *package = job_package(job);
	QuectelState *q = job_state(job);

	switch (in->kind) {
	case IN_ENTER:
		q->uploads++;
		q->sent = q->acked = 0;
		q->got_result = false;
		q->got_size = 0;
		return STEP_WAIT;
	case IN_PROMPT:
		job_raw(job, package->size / ACK_EVERY, 'A');
		send_chunk(job);
		job_extend(job, 0);
		return STEP_WAIT;
	case IN_SENT:
		send_chunk(job);
		job_extend(job, 0);
		return STEP_WAIT;
	case IN_ACK:
		q->acked += in->n * ACK_EVERY;
		job_progress(job, q->acked * 100 / package->size);
		job_extend(job, 0);
		return STEP_WAIT;
	case IN_LINE:
		if (at_parse_qfupl(in->text, &q->got_size, &q->got_sum))
			q->got_result = true;
		return STEP_WAIT;
	case IN_REPLY:
		if (in->ok)
			return judge_upload(job);
		return upload_again(q, fault_of_reply(job, in->text, FAULT_UPLOAD_LOST));
	default:
		return STEP_WAIT;
	}
}

/* ---- the dangerous stretch ---- */

static QindKind qind(const Input *in, guint *number, bool *has_number)
{
	return in->kind == IN_REPORT ? at_parse_qind(in->text, number, has_number) : QIND_NONE;
}

/* The OK may be lost in the reboot: any report of the update is as good. */
static StepAnswer on_apply(Job *job, const Input *in)
{
	bool has_number;
	guint number;

	if (qind(in, &number, &has_number) != QIND_NONE)
		return STEP_NEXT;
	if (in->kind != IN_REPLY)
		return STEP_WAIT;
	if (in->ok)
		return STEP_NEXT;
	/* Refused: nothing has begun, the unit is what it was. */
	return STEP_FAIL(fault_of_reply(job, in->text, FAULT_NO_START));
}

/* The module gave up and stays on its version: it is read back, then this is the verdict. */
static StepAnswer gave_up(Job *job, guint code, FaultCode otherwise)
{
	job_doom(job, fault_of_code(job, code, otherwise));
	return STEP_GOTO("return");
}

/* The answer to QFOTADL came after its time, and it is no. */
static bool refused_late(const Input *in)
{
	return in->kind == IN_REPLY && !in->ok;
}

static StepAnswer on_download(Job *job, const Input *in)
{
	bool has_number;
	guint number;

	if (op_served(job, in))
		return STEP_WAIT;
	if (refused_late(in))
		return STEP_FAIL(fault_of_reply(job, in->text, FAULT_NO_START));
	switch (qind(in, &number, &has_number)) {
	case QIND_HTTPSTART:
	case QIND_OTHER:
		job_extend(job, 0);
		return STEP_WAIT;
	case QIND_DOWNLOADING:
		if (has_number)
			job_progress(job, number);
		job_extend(job, 0);
		return STEP_WAIT;
	case QIND_HTTPEND:
		if (has_number && number != 0) {
			op_note_served(job);
			return gave_up(job, number, FAULT_DOWNLOAD_FAILED);
		}
		return STEP_NEXT;
	case QIND_START:
	case QIND_UPDATING:
		return STEP_NEXT;
	case QIND_END:
		if (has_number && number != 0)
			return gave_up(job, number, FAULT_UPDATE_FAILED);
		return STEP_GOTO("return");
	case QIND_NONE:
		return STEP_WAIT;
	}
	g_assert_not_reached();
}

/* DFOTA application note 3.2, note 2: with an adaptive rate the updater speaks at 115200, else at the module's own. */
static void follow_baud(Job *job)
{
	QuectelState *q = job_state(job);

	if (q->adaptive)
		job_set_baud(job, 115200);
	/* Once: where the unit is heard later is where it speaks. */
	q->adaptive = false;
}

static StepAnswer on_flash(Job *job, const Input *in)
{
	bool has_number = false;
	guint number = 0;

	if (refused_late(in))
		return STEP_FAIL(fault_of_reply(job, in->text, FAULT_NO_START));
	if (in->kind == IN_ENTER)
		follow_baud(job);
	switch (qind(in, &number, &has_number)) {
	case QIND_UPDATING:
	case QIND_DOWNLOADING:
		if (has_number)
			job_progress(job, number);
		job_extend(job, has_number && number >= 100 ? LAST_QUIET_S : 0);
		return STEP_WAIT;
	case QIND_HTTPSTART:
	case QIND_START:
	case QIND_OTHER:
		job_extend(job, 0);
		return STEP_WAIT;
	case QIND_HTTPEND:
		/* A unit adopted while it downloads. */
		if (has_number && number != 0)
			return gave_up(job, number, FAULT_DOWNLOAD_FAILED);
		job_extend(job, 0);
		return STEP_WAIT;
	case QIND_END:
		if (has_number && number != 0)
			return gave_up(job, number, FAULT_UPDATE_FAILED);
		return STEP_NEXT;
	case QIND_NONE:
		/* A boot report, and no word of the update after it: the last report was lost in the reboot. */
		if (in->kind == IN_REPORT)
			job_extend(job, LAST_QUIET_S);
		return STEP_WAIT;
	}
	g_assert_not_reached();
}

/* ---- tables ---- */

/* clang-format off */
#define PREFLIGHT_ROWS                                                                             \
	{ .name = "echo-off", .weight = 1, .timeout_s = 5, .tries = 3, .pause_ms = 500,            \
	  .at = "ATE0", .fault = FAULT_NO_ANSWER },                                                \
	{ .name = "errors", .weight = 1, .timeout_s = 5, .tries = 2, .pause_ms = 500,              \
	  .flags = STEP_OPTIONAL, .at = "AT+CMEE=1", .fault = FAULT_COMMAND_REFUSED },             \
	{ .name = "preflight", .weight = 1, .timeout_s = 5, .tries = 3, .pause_ms = 500,           \
	  .at = "AT+QFOTADL=?", .fault = FAULT_NO_ANSWER, .on = on_preflight },                    \
	{ .name = "baud", .weight = 1, .timeout_s = 5, .tries = 2, .pause_ms = 500,                \
	  .flags = STEP_OPTIONAL, .at = "AT+IPR?", .expect = "+IPR:",                              \
	  .fault = FAULT_COMMAND_REFUSED, .on = on_baud }

static const Step local_steps[] = {
	PREFLIGHT_ROWS,
	{ .name = "delete", .weight = 1, .timeout_s = 10, .tries = 1, .flags = STEP_OPTIONAL,
	  .at = "AT+QFDEL=\"fota.pack\"", .fault = FAULT_FILE_ERROR },
	{ .name = "space", .weight = 1, .timeout_s = 5, .tries = 2, .pause_ms = 500,
	  .at = "AT+QFLDS=\"UFS\"", .expect = "+QFLDS:", .fault = FAULT_NO_ANSWER, .on = on_space },
	{ .name = "upload", .weight = 25, .timeout_s = 15, .limit_s = 900, .tries = 3, .pause_ms = 2000,
	  .flags = STEP_PROMPT, .at = "AT+QFUPL=\"fota.pack\",${size},5,1", .expect = "+QFUPL:",
	  .fault = FAULT_UPLOAD_LOST, .on = on_upload },
	{ .name = "still-here", .weight = 1, .timeout_s = 5, .tries = 6, .pause_ms = 500,
	  .at = OPS_ASK_IMEI, .fault = FAULT_NO_ANSWER, .on = op_still_here },
	{ .name = "apply", .weight = 1, .timeout_s = 15, .tries = 1, .flags = STEP_DANGER | STEP_LOSSY,
	  .at = "AT+QFOTADL=1", .fault = FAULT_NO_START, .on = on_apply },
	{ .name = "flash", .weight = 57, .timeout_s = FLASH_QUIET_S, .limit_s = 1200, .tries = 1,
	  .flags = STEP_DANGER | STEP_LOSSY, .fault = FAULT_FLASH_SILENT, .on = on_flash },
	OPS_VERIFY_ROWS,
};

static const Step http_steps[] = {
	PREFLIGHT_ROWS,
	OPS_NETWORK_ROWS("AT+CGREG?"),
	{ .name = "deactivate", .weight = 1, .timeout_s = 40, .tries = 1, .flags = STEP_OPTIONAL,
	  .at = "AT+QIDEACT", .fault = FAULT_NO_BEARER, .on = on_deactivate },
	{ .name = "context", .weight = 1, .timeout_s = 5, .tries = 2, .pause_ms = 1000,
	  .at = "AT+QIFGCNT=0", .fault = FAULT_NO_BEARER, .on = on_prepare },
	{ .name = "apn", .weight = 1, .timeout_s = 5, .tries = 2, .pause_ms = 1000, .flags = STEP_SECRET,
	  .at = "AT+QICSGP=1,${apn_args}", .fault = FAULT_NO_BEARER, .on = on_prepare },
	{ .name = "task", .weight = 1, .timeout_s = 5, .tries = 2, .pause_ms = 1000,
	  .at = "AT+QIREGAPP", .fault = FAULT_NO_BEARER, .on = on_prepare },
	{ .name = "activate", .weight = 2, .timeout_s = 150, .tries = 2, .pause_ms = 2000,
	  .at = "AT+QIACT", .fault = FAULT_NO_BEARER, .on = on_prepare },
	{ .name = "still-here", .weight = 1, .timeout_s = 5, .tries = 6, .pause_ms = 500,
	  .at = OPS_ASK_IMEI, .fault = FAULT_NO_ANSWER, .on = op_still_here },
	{ .name = "apply", .weight = 1, .timeout_s = 15, .tries = 1, .flags = STEP_DANGER | STEP_LOSSY,
	  .at = "AT+QFOTADL=${url}", .fault = FAULT_NO_START, .on = on_apply },
	{ .name = "download", .weight = 25, .timeout_s = 120, .limit_s = 900, .tries = 1,
	  .flags = STEP_DANGER | STEP_LOSSY, .fault = FAULT_DOWNLOAD_FAILED, .on = on_download },
	{ .name = "flash", .weight = 46, .timeout_s = FLASH_QUIET_S, .limit_s = 1200, .tries = 1,
	  .flags = STEP_DANGER | STEP_LOSSY, .fault = FAULT_FLASH_SILENT, .on = on_flash },
	OPS_VERIFY_ROWS,
};

static const Step local_leave[] = {
	{ .name = "delete-package", .timeout_s = 10, .tries = 1, .flags = STEP_OPTIONAL,
	  .at = "AT+QFDEL=\"fota.pack\"", .fault = FAULT_FILE_ERROR },
	{ .name = "radio-back", .timeout_s = 15, .tries = 1, .flags = STEP_OPTIONAL,
	  .fault = FAULT_NOT_FUNCTIONAL, .on = op_radio_back },
};

static const Step http_leave[] = {
	{ .name = "deactivate-after", .timeout_s = 40, .tries = 1, .flags = STEP_OPTIONAL,
	  .at = "AT+QIDEACT", .fault = FAULT_NO_BEARER, .on = on_deactivate },
	{ .name = "radio-back", .timeout_s = 15, .tries = 1, .flags = STEP_OPTIONAL,
	  .fault = FAULT_NOT_FUNCTIONAL, .on = op_radio_back },
};
/* clang-format on */

static const Procedure local_procedure = {
	.name = "quectel-dfota-local",
	.summary = N_(
		"Quectel DFOTA: the package goes over the AT port into the module's file system"),
	.steps = local_steps,
	.n_steps = G_N_ELEMENTS(local_steps),
	.leave = local_leave,
	.n_leave = G_N_ELEMENTS(local_leave),
	.adopt_at = "flash",
	.danger_limit_s = 1200,
};

static const Procedure http_procedure = {
	.name = "quectel-dfota-http",
	.summary = N_("Quectel DFOTA: the module fetches the package over HTTP"),
	.steps = http_steps,
	.n_steps = G_N_ELEMENTS(http_steps),
	.leave = http_leave,
	.n_leave = G_N_ELEMENTS(http_leave),
	.adopt_at = "flash",
	.danger_limit_s = 1200,
	.fetches = true,
	.network = true,
	.url_max = 255, /* DFOTA application note, 3.1 */
};

static bool begins(Job *job, const char *report)
{
	guint number;
	bool has_number;
	QindKind kind = at_parse_qind(report, &number, &has_number);

	return kind == QIND_START || kind == QIND_UPDATING;
}

static const char *const reports[] = { "+QIND:", "+PDP DEACT", NULL };
static const char *const adopt[] = { "+QIND: \"FOTA\"", "+QIND:\"FOTA\"", NULL };
static const Procedure *const procedures[] = { &local_procedure, &http_procedure, NULL };

const Driver quectel_dfota_driver = {
	.name = "quectel-dfota",
	.reports = reports,
	.adopt = adopt,
	.procedures = procedures,
	.begins = begins,
	.state_size = sizeof(QuectelState),
};
