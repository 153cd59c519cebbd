/* SPDX-License-Identifier: Apache-2.0
 *
 * How a package comes into a SIM7000 or SIM70x0: fetched over HTTP, or written block by block over the AT port. After the AT
 * manuals of both and the FOTA application notes. It knows nothing of the update itself. */
#include "lib/drivers/simcom_cfota.h"

#include "lib/drivers/simcom_parse.h"

#define UPLOADS   3
#define CHUNK     4096
#define BLOCK_MAX 10240 /* AT manuals, AT+CFSWFILE */
#define BLOCK_MS  5000  /* for one block; shorter than TRANSFER_QUIET_MS */
#define POLL_MS   10000

enum { STARTED = 1, REFUSED = 2, NO_POLL = 4 };

/* ---- the bearer ---- */

static bool counts_contexts(Job *job)
{
	return job_model(job)->behaviour & BEHAVIOUR_BEARER_CNCFG;
}

/* Where contexts are counted, only the one that HTTP goes over will do. */
static bool is_ours(Job *job, const Bearer *b)
{
	guint pdp = job_model(job)->behaviour & BEHAVIOUR_PDP_ONE ? 1 : 0;

	return b->valid && (!b->has_index || !counts_contexts(job) || b->index == pdp);
}

static void take_context(Job *job, const char *line)
{
	CfotaState *q = job_state(job);
	Bearer b = simcom_parse_cnact(line);

	if (is_ours(job, &b) && b.active)
		q->active = true;
}

/* A module that does not answer the question may answer the command. */
StepAnswer simcom_on_bearer(Job *job, const Input *in)
{
	if (in->kind == IN_LINE)
		take_context(job, in->text);
	return op_any_answer(job, in);
}

/* The SIM7000 takes its access point in AT+CNACT, and only a name and a password here; not every firmware has this. */
StepAnswer simcom_on_apn(Job *job, const Input *in)
{
	CfotaState *q = job_state(job);
	const char *user = job_spec(job)->apn_user;

	if (in->kind == IN_ENTER) {
		if (q->active || (!counts_contexts(job) && (!user || !*user)))
			return STEP_NEXT;
		return job_send_own(job) ? STEP_WAIT : STEP_FAIL(FAULT_COMMAND_REFUSED);
	}
	return counts_contexts(job) ? op_command(job, in) : op_any_answer(job, in);
}

static StepAnswer activated(Job *job)
{
	CfotaState *q = job_state(job);

	q->ours = true;
	return STEP_NEXT;
}

/* Refused, but perhaps because it is up already. */
static StepAnswer ask_after_refusal(Job *job, const char *text)
{
	op_note_refusal(job, text);
	job_mark(job, REFUSED);
	return job_send(job, "AT+CNACT?", "+CNACT:") ? STEP_WAIT : STEP_AGAIN(FAULT_NO_BEARER);
}

static StepAnswer activation_replied(Job *job, const Input *in)
{
	CfotaState *q = job_state(job);
	bool first = !(job_marks(job) & STARTED);

	job_mark(job, STARTED);
	if (first && !in->ok)
		return ask_after_refusal(job, in->text);
	if (q->active)
		return activated(job);
	return job_marks(job) & REFUSED ? STEP_AGAIN(FAULT_NO_BEARER) : STEP_WAIT;
}

/* OK is not success: the report is, or the address in the answer to the question where the report was lost. */
StepAnswer simcom_on_activate(Job *job, const Input *in)
{
	static const char *const reports[] = { "+APP PDP:", NULL };
	CfotaState *q = job_state(job);
	Bearer b;

	switch (in->kind) {
	case IN_ENTER:
		if (q->active)
			return STEP_NEXT;
		job_forget_reports(job, reports);
		return job_send_own(job) ? STEP_WAIT : STEP_FAIL(FAULT_COMMAND_REFUSED);
	case IN_REPORT:
		b = simcom_parse_app_pdp(in->text);
		if (!is_ours(job, &b))
			return STEP_WAIT;
		q->active = b.active;
		if (!(job_marks(job) & STARTED))
			return STEP_WAIT;
		return b.active ? activated(job) : STEP_AGAIN(FAULT_NO_BEARER);
	case IN_LINE:
		take_context(job, in->text);
		return STEP_WAIT;
	case IN_REPLY:
		return activation_replied(job, in);
	case IN_TICK:
		if (job_marks(job) & STARTED)
			job_send(job, "AT+CNACT?", "+CNACT:");
		return STEP_WAIT;
	default:
		return STEP_WAIT;
	}
}

StepAnswer simcom_on_disconnect(Job *job, const Input *in)
{
	CfotaState *q = job_state(job);
	bool one = job_model(job) && (job_model(job)->behaviour & BEHAVIOUR_PDP_ONE);

	if (in->kind == IN_ENTER) {
		if (!q->ours)
			return STEP_NEXT;
		job_send(job,
			 !counts_contexts(job) ? "AT+CNACT=0"
			 : one                 ? "AT+CNACT=1,0"
					       : "AT+CNACT=0,0",
			 NULL);
	}
	return op_any_answer(job, in);
}

/* ---- over HTTP ---- */

/* AT manuals, AT+HTTPTOFS; below 600 they are HTTP's own. */
static const VendorCode fetch_errors[] = {
	{ 400, FAULT_DOWNLOAD_FAILED, "Bad Request" },
	{ 404, FAULT_PACKAGE_NOT_FOUND, "Not Found" },
	{ 408, FAULT_DOWNLOAD_FAILED, "Request Time-out" },
	{ 500, FAULT_DOWNLOAD_FAILED, "Internal Server Error" },
	{ 600, FAULT_DOWNLOAD_FAILED, "Not HTTP PDU" },
	{ 601, FAULT_NO_SERVER, "Network Error" },
	{ 602, FAULT_NO_MEMORY, "No memory" },
	{ 603, FAULT_NO_SERVER, "DNS Error" },
	{ 604, FAULT_NO_SERVER, "Stack Busy" },
	{ 620, FAULT_DOWNLOAD_FAILED, "SSL continue" },
	{ 65535, FAULT_DOWNLOAD_FAILED, "Other" },
};

static StepAnswer fetch_failed(Job *job, guint code)
{
	op_note_served(job);
	return STEP_AGAIN(op_fault_of_code(job, fetch_errors, G_N_ELEMENTS(fetch_errors), code,
					   FAULT_DOWNLOAD_FAILED));
}

/* Nothing tells a checksum: the number of bytes is all there is. */
static StepAnswer judge_fetch(Job *job, const Fetch *f)
{
	static const char *const reports[] = { "+HTTPTOFS", NULL };
	guint64 size = job_package(job)->size;

	job_forget_reports(job, reports);
	if (f->code != 200)
		return fetch_failed(job, f->code);
	if (f->has_len && f->len == size)
		return STEP_NEXT;
	job_detail(job, "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " bytes arrived", f->len,
		   size);
	return STEP_AGAIN(FAULT_DOWNLOAD_FAILED);
}

/* A completion before the OK is kept until the OK is there: the command it belongs to is not at its end. */
static StepAnswer fetch_says(Job *job, const char *text)
{
	CfotaState *q = job_state(job);
	Fetch f = simcom_parse_fetch(text);

	switch (f.kind) {
	case FETCH_DONE:
		if (job_marks(job) & STARTED)
			return judge_fetch(job, &f);
		q->early = f.code;
		q->early_len = f.len;
		q->early_has_len = f.has_len;
		return STEP_WAIT;
	case FETCH_PROGRESS:
		if (f.len == q->len)
			return STEP_WAIT;
		q->len = f.len;
		job_progress(job, f.len * 100 / job_package(job)->size);
		job_extend(job, 0);
		return STEP_WAIT;
	case FETCH_STATE:
	case FETCH_NONE:
		return STEP_WAIT;
	}
	g_assert_not_reached();
}

static StepAnswer fetch_replied(Job *job, const Input *in)
{
	CfotaState *q = job_state(job);
	bool first = !(job_marks(job) & STARTED);
	Fetch early = { .kind = FETCH_DONE,
			.code = q->early,
			.has_len = q->early_has_len,
			.len = q->early_len };

	job_mark(job, STARTED);
	if (first && !in->ok) {
		op_note_refusal(job, in->text);
		return STEP_AGAIN(FAULT_DOWNLOAD_FAILED);
	}
	if (first)
		return q->early ? judge_fetch(job, &early) : STEP_WAIT;
	/* The question is not known, or not welcome now. */
	if (!in->ok)
		job_mark(job, NO_POLL);
	return STEP_WAIT;
}

/* The module is only asked how far it is where nobody else tells. */
static void ask_progress(Job *job)
{
	CfotaState *q = job_state(job);

	if ((job_marks(job) & STARTED) && !(job_marks(job) & NO_POLL) &&
	    job_row_ms(job) >= q->heard_ms + POLL_MS)
		job_send(job, "AT+HTTPTOFSRL?", "+HTTPTOFSRL:|+HTTPTOFS:");
}

StepAnswer simcom_on_fetch(Job *job, const Input *in)
{
	CfotaState *q = job_state(job);

	switch (in->kind) {
	case IN_ENTER:
		q->stored = true;
		q->early = 0;
		q->len = 0;
		q->heard_ms = job_row_ms(job);
		return STEP_WAIT;
	case IN_LINE:
	case IN_REPORT:
		return fetch_says(job, in->text);
	case IN_REPLY:
		return fetch_replied(job, in);
	case IN_SERVED:
		q->heard_ms = job_row_ms(job);
		job_progress(job, (guint64)in->n * 100 / job_package(job)->size);
		job_extend(job, 0);
		return STEP_WAIT;
	case IN_TICK:
		ask_progress(job);
		return STEP_WAIT;
	default:
		return STEP_WAIT;
	}
}

/* ---- over the AT port ---- */

/* So much that it is through in half the time that the module is told to wait. */
static gsize block_size(Job *job)
{
	return CLAMP(job_baud(job) / 10 * BLOCK_MS / 2000, 256, BLOCK_MAX);
}

static StepAnswer send_block(Job *job)
{
	CfotaState *q = job_state(job);
	gsize size = MIN(block_size(job), job_package(job)->size - q->sent);
	g_autofree char *command =
		g_strdup_printf("AT+CFSWFILE=1,\"update.zip\",%d,%" G_GSIZE_FORMAT ",%d",
				q->sent > 0, size, BLOCK_MS);

	q->block = q->sent + size;
	/* Where it cannot be sent the row's silence decides. */
	job_send_payload(job, command);
	job_extend(job, 0);
	return STEP_WAIT;
}

static void send_chunk(Job *job)
{
	const Package *package = job_package(job);
	CfotaState *q = job_state(job);
	gsize size = MIN(CHUNK, q->block - q->sent);

	if (size > 0 && job_write(job, package->data + q->sent, size))
		q->sent += size;
	job_extend(job, 0);
}

static StepAnswer upload_again(Job *job, FaultCode fault)
{
	CfotaState *q = job_state(job);

	return q->uploads < UPLOADS ? STEP_GOTO("close") : STEP_FAIL(fault);
}

static StepAnswer block_done(Job *job)
{
	CfotaState *q = job_state(job);
	gsize size = job_package(job)->size;

	if (q->sent < q->block) {
		job_detail(job, "OK after %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " bytes",
			   q->sent, q->block);
		return upload_again(job, FAULT_UPLOAD_LOST);
	}
	job_progress(job, q->sent * 100 / size);
	return q->sent < size ? send_block(job) : STEP_NEXT;
}

StepAnswer simcom_on_upload(Job *job, const Input *in)
{
	CfotaState *q = job_state(job);

	switch (in->kind) {
	case IN_ENTER:
		q->stored = true;
		q->uploads++;
		q->sent = q->block = 0;
		return send_block(job);
	case IN_PROMPT:
	case IN_SENT:
		send_chunk(job);
		return STEP_WAIT;
	case IN_REPLY:
		if (in->ok)
			return block_done(job);
		op_note_refusal(job, in->text);
		return upload_again(job, FAULT_UPLOAD_LOST);
	default:
		return STEP_WAIT;
	}
}

/* The only thing that the module tells of what it has. */
StepAnswer simcom_on_size(Job *job, const Input *in)
{
	CfotaState *q = job_state(job);
	guint64 size = job_package(job)->size;

	if (in->kind == IN_ENTER)
		q->size = G_MAXUINT64;
	if (in->kind == IN_LINE)
		simcom_parse_cfsgfis(in->text, &q->size);
	if (in->kind != IN_REPLY)
		return STEP_WAIT;
	if (in->ok && q->size == size)
		return STEP_NEXT;
	if (!in->ok || q->size == G_MAXUINT64) {
		op_note_refusal(job, in->text);
		return STEP_AGAIN(FAULT_UPLOAD_LOST);
	}
	job_detail(job, "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " bytes arrived", q->size,
		   size);
	return upload_again(job, FAULT_UPLOAD_LOST);
}
