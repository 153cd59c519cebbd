/* SPDX-License-Identifier: Apache-2.0
 *
 * A Telit module from its yes to the version read back: it downloads, falls silent, flashes with its DCD line moving, restarts
 * and tells the server. It does not know how it was prepared. */
#include "lib/drivers/telit.h"

#include <string.h>

/* A USB device is there again. It may flash on, which its lines show; its last report may wait until it is told to report. */
#define BACK_QUIET_S 10
/* Lines that have moved all the time and stop: it has restarted. */
#define MOVES     4
#define REST_S    45
#define TESTED_MS 20000 /* so long after a download for show nothing more happens */

/* ---- yes ---- */

/* The question may run out while it is asked who is there. */
StepAnswer telit_on_still_here(Job *job, const Input *in)
{
	static const char *const ran_out[] = { "#OTAEV: User", NULL };

	if (telit_event(in) == OTAEV_TIMEOUT && telit_way(job) != TELIT_TCPIP) {
		job_forget_reports(job, ran_out);
		return STEP_GOTO("request");
	}
	return op_still_here(job, in);
}

/* It stays what it was: that is read back, then this is the verdict. */
static StepAnswer gave_up(Job *job, const Input *in)
{
	TelitState *t = job_state(job);

	t->failed = true;
	job_vendor(job, "", in->text);
	job_doom(job, t->downloaded ? FAULT_UPDATE_FAILED : FAULT_DOWNLOAD_FAILED);
	return STEP_GOTO("return");
}

/* Nothing was asked any more, or nothing may begin now: the unit goes on working, and another try is worth it when it is what it
 * was. */
static StepAnswer refused(Job *job, const Input *in)
{
	op_note_refusal(job, in->text);
	job_doom(job, FAULT_COMMAND_REFUSED);
	return STEP_GOTO("return");
}

static StepAnswer nobody_asks(Job *job, const Input *in)
{
	job_vendor(job, "", in->text);
	job_doom(job, FAULT_COMMAND_REFUSED);
	return STEP_GOTO("return");
}

static StepAnswer upgraded(Job *job)
{
	TelitState *t = job_state(job);

	t->upgraded = true;
	/* Said late, when it was waited for its server already: what it has to tell it, it begins to tell now. */
	t->waited = false;
	return STEP_GOTO("return");
}

/* The OK may be lost: any report of the update is as good. */
StepAnswer telit_on_start(Job *job, const Input *in)
{
	TelitState *t = job_state(job);

	switch (telit_event(in)) {
	case OTAEV_AUTOMATIC:
	case OTAEV_START:
		t->begun = true;
		return STEP_NEXT;
	case OTAEV_COMPLETE:
		t->downloaded = true;
		return STEP_NEXT;
	case OTAEV_UPGRADED:
		return STEP_NEXT;
	case OTAEV_FAILED:
		return gave_up(job, in);
	case OTAEV_TIMEOUT:
		return nobody_asks(job, in);
	default:
		break;
	}
	if (in->kind != IN_REPLY)
		return STEP_WAIT;
	return in->ok ? STEP_NEXT : refused(job, in);
}

/* ---- what it says and shows meanwhile ---- */

/* 3.1.2.1: while it flashes its DCD line goes up and down; the other lines say nothing. What moves while it may download is a
 * sign of life, and no restart when it rests; a unit that was found with its lines moving downloads no more. */
static void lines_moved(Job *job, guint lines)
{
	TelitState *t = job_state(job);
	bool dcd = lines & LINE_DCD;
	bool moved = t->dcd_known && dcd != t->dcd;
	bool flashes = t->downloaded || (job_spec(job)->adopted && !t->begun);

	t->dcd = dcd;
	t->dcd_known = true;
	if (moved)
		job_extend(job, flashes && ++t->moves >= MOVES ? REST_S : 0);
}

/* What all listening rows make of it; NEXT where the row's own report has come. */
static StepAnswer listen(Job *job, const Input *in, OtaEvent end)
{
	TelitState *t = job_state(job);
	OtaEvent event = telit_event(in);

	if (in->kind == IN_REPLY && !in->ok)
		return refused(job, in);
	if (in->kind == IN_SIGNALS)
		lines_moved(job, in->n);
	if (in->kind == IN_BACK)
		job_extend(job, BACK_QUIET_S);
	switch (event) {
	case OTAEV_AUTOMATIC:
	case OTAEV_START:
		t->begun = true;
		job_extend(job, 0);
		return STEP_WAIT;
	case OTAEV_COMPLETE:
		t->downloaded = true;
		job_extend(job, 0);
		break;
	case OTAEV_FAILED:
		return gave_up(job, in);
	case OTAEV_TIMEOUT:
		return nobody_asks(job, in);
	case OTAEV_UPGRADED:
		return upgraded(job);
	case OTAEV_SERVED:
		t->served = true;
		return upgraded(job);
	default:
		return STEP_WAIT;
	}
	return event == end ? STEP_NEXT : STEP_WAIT;
}

StepAnswer telit_on_download(Job *job, const Input *in)
{
	if (in->kind == IN_ENTER)
		telit_unrestore(job);
	return listen(job, in, OTAEV_COMPLETE);
}

StepAnswer telit_on_flash(Job *job, const Input *in)
{
	return listen(job, in, OTAEV_UPGRADED);
}

/* 3.3: the download was for show. What flashes all the same is heard, or found by its silence. */
StepAnswer telit_on_tested(Job *job, const Input *in)
{
	TelitState *t = job_state(job);
	StepAnswer answer = listen(job, in, OTAEV_UPGRADED);

	if (t->upgraded)
		job_warn(job, "the server was to test only, and has updated IMEI %s",
			 job_unit(job)->imei);
	if (answer.verb == VERB_WAIT && in->kind == IN_TICK && job_row_ms(job) >= TESTED_MS)
		return STEP_NEXT;
	return answer;
}

/* ---- back ---- */

StepAnswer telit_on_return(Job *job, const Input *in)
{
	TelitState *t = job_state(job);
	OtaEvent event = telit_event(in);

	if (in->kind == IN_ENTER)
		telit_unrestore(job);
	t->served = t->served || event == OTAEV_SERVED;
	t->failed = t->failed || event == OTAEV_FAILED;
	return op_wait_back(job, in);
}

StepAnswer telit_on_who(Job *job, const Input *in)
{
	TelitState *t = job_state(job);

	t->served = t->served || telit_event(in) == OTAEV_SERVED;
	/* It does not say it yet: a later row asks again. */
	if (in->kind == IN_REPLY && !in->ok && job_last_try(job) && job_marks(job) == 0)
		return STEP_NEXT;
	return op_same_imei(job, in);
}

/* A unit that stays what it was has kept its settings: nobody touches what nobody may have read. */
StepAnswer telit_on_again(Job *job, const Input *in)
{
	const TelitState *t = job_state(job);

	if (in->kind != IN_ENTER)
		return op_command(job, in);
	if (t->failed && !t->upgraded)
		return STEP_NEXT;
	return job_send_own(job) ? STEP_WAIT : STEP_AGAIN(FAULT_NONE);
}

/* A PIN that cannot be sent costs the last report, not the unit. */
static StepAnswer without_pin(Job *job)
{
	TelitState *t = job_state(job);

	job_warn(
		job,
		"the SIM asks IMEI %s for its PIN after the update and does not get it: the server is not told",
		job_unit(job)->imei);
	t->waited = true;
	return STEP_GOTO("served");
}

StepAnswer telit_on_sim_again(Job *job, const Input *in)
{
	TelitState *t = job_state(job);
	StepAnswer answer = op_sim_to(job, in, "served");

	t->served = t->served || telit_event(in) == OTAEV_SERVED;
	if (answer.verb == VERB_NEXT && t->pin_again)
		return without_pin(job);
	if (answer.verb == VERB_FAIL)
		return without_pin(job);
	/* Without a SIM nobody tells the server anything, and nothing is entered anywhere. */
	if (answer.verb == VERB_AGAIN && job_last_try(job))
		return STEP_GOTO("served");
	return answer;
}

StepAnswer telit_on_pin_again(Job *job, const Input *in)
{
	TelitState *t = job_state(job);
	StepAnswer answer;

	t->pin_again = true;
	answer = op_pin(job, in);
	return answer.verb == VERB_FAIL ? without_pin(job) : answer;
}

StepAnswer telit_on_served(Job *job, const Input *in)
{
	TelitState *t = job_state(job);
	bool again = t->waited;

	t->waited = true;
	switch (telit_event(in)) {
	case OTAEV_SERVED:
		t->served = true;
		return STEP_NEXT;
	case OTAEV_FAILED:
		return STEP_NEXT;
	default:
		break;
	}
	if (in->kind != IN_ENTER)
		return STEP_WAIT;
	/* A unit that stays what it was has nothing to tell; of one that was waited for long enough it is not asked again. */
	return t->served || again || t->failed || job_doomed(job) != FAULT_NONE ||
			       job_spec(job)->procedure->operation
		       ? STEP_NEXT
		       : STEP_WAIT;
}

/* A server that does not ask may have begun the next hop before this one was read back. */
static bool is_beyond(Job *job)
{
	const char *further = job_spec(job)->further;

	return further && model_version_is(job_model(job), job_unit(job)->revision, further);
}

/* It said that it downloads and never how that ended: as long as its version is the old one it may download still, and answers
 * meanwhile. It is listened to on, to the limit of the whole stretch; nothing that would disturb it is said to it. */
static bool may_download_still(Job *job)
{
	TelitState *t = job_state(job);
	const char *was = job_version_before(job);
	bool heard_no_end = t->begun && !t->downloaded && !t->upgraded && !t->failed && !t->served;

	return heard_no_end && job_doomed(job) == FAULT_NONE &&
	       (!was || model_version_is(job_model(job), job_unit(job)->revision, was));
}

StepAnswer telit_on_version(Job *job, const Input *in)
{
	TelitState *t = job_state(job);
	StepAnswer answer = op_version(job, in);

	if ((answer.verb == VERB_NEXT || (answer.verb == VERB_AGAIN && job_last_try(job))) &&
	    may_download_still(job))
		return STEP_GOTO("download");
	if (answer.verb == VERB_AGAIN && is_beyond(job)) {
		t->beyond = true;
		job_detail(job, "the server went on to %s by itself", job_unit(job)->revision);
		answer = STEP_NEXT;
	}
	if (answer.verb == VERB_AGAIN && answer.fault == FAULT_WRONG_VERSION && t->failed)
		answer.fault = FAULT_UPDATE_FAILED;
	if (answer.verb == VERB_NEXT && !t->served && job_doomed(job) == FAULT_NONE &&
	    !job_spec(job)->procedure->operation)
		job_warn(job, "IMEI %s has not said that the server knows of its update",
			 job_unit(job)->imei);
	return answer;
}

/* 3.2.1: else it registers by SMS with every SIM that its owner puts in. */
StepAnswer telit_on_release(Job *job, const Input *in)
{
	const PfmService *pfm = job_spec(job)->pfm;
	const char *imei = job_unit(job)->imei;
	TelitState *t = job_state(job);

	if (in->kind == IN_ENTER) {
		if (!pfm || !pfm->release || (job_spec(job)->further && !t->beyond) ||
		    job_doomed(job) != FAULT_NONE)
			return STEP_NEXT;
		return job_send(job, "AT#OTASNAP=\"\"", NULL) ? STEP_WAIT : STEP_AGAIN(FAULT_NONE);
	}
	if (in->kind != IN_REPLY)
		return STEP_WAIT;
	if (!in->ok) {
		op_note_refusal(job, in->text);
		return STEP_AGAIN(FAULT_NONE);
	}
	job_remember(job, imei, "registration", "none");
	return STEP_NEXT;
}
