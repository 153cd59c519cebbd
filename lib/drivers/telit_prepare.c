/* SPDX-License-Identifier: Apache-2.0
 *
 * A Telit module before its update: what the service asks of it, its registration, and the wait for the server. It does not
 * know what an update does. */
#include "lib/drivers/telit.h"

#include <string.h>

#include "lib/at_parse.h"

#define CONFIRMED_MS (300 * 1000) /* how long the answer to a registration is waited for */
#define REFUSE       "AT#OTASUAN=0"

enum { ON = 1, SETTING = 2, ASKED = 4 };

/* 4.1.1 and 5.1.1; a family that is not here has the SMS protocol only. */
static const char *const combined_from[] = { "10.00.xx3", "13.00.xx2", "12.00.xx.2", NULL };
static const char *const tcpip_from[] = { "10.00.xx4", "13.00.xx2", "12.00.xx.2", NULL };

/* What says that an update runs, as opposed to what asks or ends. */
static const char *const old_reports[] = { "#OTAEV: Auto",   "#OTAEV: Start",  "#OTAEV: Fw",
					   "#OTAEV: Module", "#OTAEV: Server", "#OTAEV: OTA",
					   "#OTAEV: Regis",  "#OTAEV: Notif",  NULL };

TelitWay telit_way(Job *job)
{
	const char *name = job_spec(job)->procedure->name;

	if (g_str_has_prefix(name, "telit-pfm-sms"))
		return TELIT_SMS;
	return g_str_has_prefix(name, "telit-pfm-tcpip") ? TELIT_TCPIP : TELIT_COMBINED;
}

static bool is_operation(Job *job, const char *operation)
{
	return g_strcmp0(job_spec(job)->procedure->operation, operation) == 0;
}

OtaEvent telit_event(const Input *in)
{
	return in->kind == IN_REPORT ? telit_parse_otaev(in->text) : OTAEV_NONE;
}

bool telit_begins(Job *job, const char *report)
{
	TelitState *t = job_state(job);

	switch (telit_parse_otaev(report)) {
	case OTAEV_AUTOMATIC:
	case OTAEV_START:
	case OTAEV_COMPLETE:
		/* A check tells it nothing that old reports would come of. */
		return t->prepared || is_operation(job, "check");
	default:
		return false;
	}
}

/* ---- is it possible at all? ---- */

static bool from_one_of(const char *version, const char *const *limits)
{
	for (; *limits; limits++)
		if (telit_version_from(version, *limits))
			return true;
	return false;
}

static StepAnswer check_version(Job *job)
{
	const char *version = job_unit(job)->revision;
	const char *from = job_model(job) ? job_model(job)->pfm_from : NULL;
	TelitWay way = telit_way(job);

	if (way == TELIT_SMS && from && !telit_version_from(version, from))
		job_warn(job, "firmware %s is older than %s, which the vendor names for this model",
			 version, from);
	if (way == TELIT_SMS ||
	    from_one_of(version, way == TELIT_TCPIP ? tcpip_from : combined_from))
		return STEP_NEXT;
	job_detail(
		job,
		"firmware %s does not have this protocol, only newer ones of 10.00, 12.00 and 13.00 have",
		version);
	return STEP_FAIL(FAULT_FIRMWARE_TOO_OLD);
}

/* The station does, from its configuration. */
static bool knows_server(Job *job)
{
	const PfmService *pfm = job_spec(job)->pfm;

	return telit_way(job) == TELIT_SMS ? *pfm->number : *pfm->address && pfm->port;
}

StepAnswer telit_on_supported(Job *job, const Input *in)
{
	const PfmService *pfm = job_spec(job)->pfm;

	if (in->kind != IN_ENTER)
		return STEP_WAIT;
	if (pfm && (knows_server(job) || (pfm->preprovisioned && !is_operation(job, "register"))))
		return check_version(job);
	job_detail(job, "station.ini has no %s in [pfm]",
		   telit_way(job) == TELIT_SMS ? "number" : "address and port");
	return STEP_FAIL(FAULT_NO_SERVICE);
}

/* ---- what the service needs ---- */

StepAnswer telit_on_service(Job *job, const Input *in)
{
	if (in->kind != IN_REPLY)
		return STEP_WAIT;
	if (in->ok)
		return STEP_NEXT;
	op_note_refusal(job, in->text);
	return STEP_AGAIN(FAULT_NO_PFM);
}

/* What was said up to now is old, what is said from now on is meant. */
static void prepared(Job *job)
{
	TelitState *t = job_state(job);

	if (t->prepared)
		return;
	job_forget_reports(job, old_reports);
	t->prepared = true;
}

/* What a module says when it is told to report again may be a year old; whether an update runs is asked. */
StepAnswer telit_on_running(Job *job, const Input *in)
{
	bool running;

	if (in->kind == IN_LINE && telit_parse_running(in->text, &running) && running)
		job_mark(job, ON);
	if (in->kind != IN_REPLY)
		return STEP_WAIT;
	prepared(job);
	if (!(job_marks(job) & ON))
		return STEP_NEXT;
	if (job_spec(job)->procedure->adopt_at)
		return STEP_GOTO(job_spec(job)->procedure->adopt_at);
	job_hands_off(job);
	return STEP_FAIL(FAULT_UPDATING);
}

/* 3.1.2: reports are lost behind the reboot when the speed is found anew. */
StepAnswer telit_on_speed(Job *job, const Input *in)
{
	g_autofree char *command = NULL;
	guint ipr;

	/* One that did not say whether an update runs may begin one all the same. */
	if (in->kind == IN_ENTER)
		prepared(job);
	if (in->kind == IN_LINE && at_parse_ipr(in->text, &ipr) && ipr == 0)
		job_mark(job, ON);
	if (in->kind != IN_REPLY)
		return STEP_WAIT;
	if (!(job_marks(job) & ON) || (job_marks(job) & SETTING))
		return in->ok ? STEP_NEXT : STEP_AGAIN(FAULT_NONE);
	job_mark(job, SETTING);
	command = g_strdup_printf("AT+IPR=%u", job_baud(job));
	return job_send(job, command, NULL) ? STEP_WAIT : STEP_AGAIN(FAULT_NONE);
}

static bool over_gprs(Job *job)
{
	return job_spec(job)->pfm->bearer != PFM_BEARER_CSD;
}

StepAnswer telit_on_attach(Job *job, const Input *in)
{
	bool on;

	if (in->kind == IN_LINE && telit_parse_autoatt(in->text, &on) && on)
		job_mark(job, ON);
	if (in->kind != IN_REPLY)
		return STEP_WAIT;
	if (!over_gprs(job) || (job_marks(job) & ON))
		return STEP_NEXT;
	if (job_marks(job) & SETTING) {
		op_note_refusal(job, in->text);
		return in->ok ? STEP_NEXT : STEP_AGAIN(FAULT_NONE);
	}
	job_mark(job, SETTING);
	return job_send(job, "AT#AUTOATT=1", NULL) ? STEP_WAIT : STEP_AGAIN(FAULT_NONE);
}

/* The class must not be CC for GPRS, nor CG for CSD; a module that cannot be asked has no class that could be wrong. */
StepAnswer telit_on_class(Job *job, const Input *in)
{
	char class[4];

	if (in->kind == IN_LINE && telit_parse_cgclass(in->text, class) &&
	    strcmp(class, over_gprs(job) ? "CC" : "CG") == 0)
		job_mark(job, ON);
	if (in->kind != IN_REPLY)
		return STEP_WAIT;
	if (job_marks(job) & SETTING) {
		op_note_refusal(job, in->text);
		return in->ok ? STEP_NEXT : STEP_AGAIN(FAULT_NONE);
	}
	if (!(job_marks(job) & ON))
		return STEP_NEXT;
	job_mark(job, SETTING);
	return job_send(job, "AT+CGCLASS=\"B\"", NULL) ? STEP_WAIT : STEP_AGAIN(FAULT_NONE);
}

StepAnswer telit_on_registered(Job *job, const Input *in)
{
	if (in->kind == IN_ENTER && !(over_gprs(job) ? job_send(job, "AT+CGREG?", "+CGREG:")
						     : job_send(job, "AT+CREG?", "+CREG:")))
		return STEP_AGAIN(FAULT_NONE);
	return op_registered(job, in);
}

/* ---- the SIM ---- */

static bool take_iccid(Job *job, const char *line)
{
	return at_parse_iccid(line, job_unit(job)->iccid);
}

StepAnswer telit_on_card(Job *job, const Input *in)
{
	return op_ask(job, in, take_iccid);
}

static bool take_imsi(Job *job, const char *line)
{
	return at_parse_imsi(line, job_unit(job)->imsi);
}

StepAnswer telit_on_subscriber(Job *job, const Input *in)
{
	return op_ask(job, in, take_imsi);
}

/* Many SIMs do not know their own number. */
StepAnswer telit_on_number(Job *job, const Input *in)
{
	const char *iccid = job_unit(job)->iccid;
	char number[24];

	if (in->kind == IN_LINE && *iccid && telit_parse_cnum(in->text, number) &&
	    g_strcmp0(job_recall(job, iccid, "number"), number) != 0)
		job_remember(job, iccid, "number", number);
	return in->kind == IN_REPLY ? STEP_NEXT : STEP_WAIT;
}

/* ---- the registration ---- */

static char *once_key(const char *imsi)
{
	return g_strconcat("registration:", imsi, NULL);
}

void telit_remember_registration(Job *job)
{
	const char *imei = job_unit(job)->imei, *imsi = job_unit(job)->imsi;
	g_autofree char *once = once_key(imsi);

	if (*imsi == '\0')
		return;
	job_remember(job, imei, "registration", imsi);
	job_remember(job, imsi, "registered-imei", imei);
	job_remember(job, imei, once, "yes");
}

static bool recalls(Job *job, const char *owner, const char *key, const char *value)
{
	return g_strcmp0(job_recall(job, owner, key), value) == 0;
}

/* Chapter 7: the SIM was in this unit, then in another one, and is back. The module believes that it is registered, the server has
 * the SIM with the other one. */
static bool is_stale(Job *job)
{
	const char *imei = job_unit(job)->imei, *imsi = job_unit(job)->imsi;
	g_autofree char *once = once_key(imsi);
	const char *last = job_recall(job, imsi, "registered-imei");

	return last && strcmp(last, imei) != 0 && recalls(job, imei, once, "yes");
}

static bool is_registered(Job *job)
{
	const char *imei = job_unit(job)->imei, *imsi = job_unit(job)->imsi;

	return *imsi && recalls(job, imei, "registration", imsi) &&
	       recalls(job, imsi, "registered-imei", imei);
}

StepAnswer telit_on_registration(Job *job, const Input *in)
{
	TelitState *t = job_state(job);
	bool update = !is_operation(job, "register");

	if (in->kind != IN_ENTER)
		return STEP_WAIT;
	t->stale = *job_unit(job)->imsi && is_stale(job);
	if (!update || (!job_spec(job)->pfm->preprovisioned && !is_registered(job)))
		return STEP_NEXT;
	return STEP_GOTO(telit_way(job) == TELIT_TCPIP ? "server" : "request");
}

StepAnswer telit_on_register(Job *job, const Input *in)
{
	if (in->kind != IN_REPLY)
		return STEP_WAIT;
	if (in->ok)
		return STEP_NEXT;
	op_note_refusal(job, in->text);
	return STEP_AGAIN(FAULT_NONE);
}

/* Units that are in the service already may know its server. */
StepAnswer telit_on_server(Job *job, const Input *in)
{
	if (in->kind != IN_ENTER)
		return telit_on_register(job, in);
	return knows_server(job) && job_send_own(job) ? STEP_WAIT : STEP_NEXT;
}

static void say_stale(Job *job)
{
	const char *iccid = job_unit(job)->iccid;
	const char *number = *iccid ? job_recall(job, iccid, "number") : NULL;

	job_detail(job,
		   "server record is stale: ask the PFM administrator for a forced registration of "
		   "IMEI %s, number %s",
		   job_unit(job)->imei, number ? number : "unknown");
}

static StepAnswer not_confirmed(Job *job)
{
	TelitState *t = job_state(job);

	if (!t->stale)
		return STEP_FAIL(FAULT_NO_REGISTRATION);
	say_stale(job);
	return STEP_FAIL(FAULT_STALE_REGISTRATION);
}

/* Whoever asks for leave to update this unit knows it. */
StepAnswer telit_on_confirmed(Job *job, const Input *in)
{
	TelitState *t = job_state(job);

	if (in->kind == IN_TICK && job_row_ms(job) >= CONFIRMED_MS)
		return not_confirmed(job);
	switch (telit_event(in)) {
	case OTAEV_QUESTION:
		if (is_operation(job, "register") || is_operation(job, "query")) {
			job_send(job, REFUSE, NULL);
			return STEP_WAIT;
		}
		t->asked = true;
		break;
	case OTAEV_TIMEOUT:
		t->asked = false;
		return STEP_WAIT;
	case OTAEV_REGISTERED:
		break;
	default:
		return STEP_WAIT;
	}
	telit_remember_registration(job);
	return STEP_NEXT;
}

/* ---- the wait for the server ---- */

/* Whether it is still there: on an adapter that stays only an answer tells. A server that does not call may have a reason, which is
 * said should it come to that. */
static StepAnswer stay_in_touch(Job *job, const Input *in)
{
	TelitState *t = job_state(job);

	if (in->kind == IN_ENTER && t->stale)
		say_stale(job);
	if (in->kind == IN_REPLY)
		job_unmark(job, ASKED);
	if (in->kind != IN_TICK)
		return STEP_WAIT;
	if (job_marks(job) & ASKED) {
		job_detail(job, "it was waiting for its server");
		return STEP_FAIL(FAULT_NO_ANSWER);
	}
	if (job_send(job, "AT", NULL))
		job_mark(job, ASKED);
	return STEP_WAIT;
}

StepAnswer telit_on_request(Job *job, const Input *in)
{
	TelitState *t = job_state(job);

	if (in->kind == IN_ENTER) {
		bool asked = t->asked;

		t->asked = false;
		if (!is_operation(job, "test") && job_spec(job)->pfm->wait_s > 0)
			job_extend(job, job_spec(job)->pfm->wait_s);
		return asked ? STEP_NEXT : stay_in_touch(job, in);
	}
	switch (telit_event(in)) {
	case OTAEV_QUESTION:
		return STEP_NEXT;
	case OTAEV_REGISTERED:
		telit_remember_registration(job);
		return STEP_WAIT;
	default:
		return stay_in_touch(job, in);
	}
}

StepAnswer telit_on_notified_request(Job *job, const Input *in)
{
	switch (telit_event(in)) {
	case OTAEV_NOTIFIED:
		return STEP_NEXT;
	case OTAEV_QUESTION:
		job_send(job, REFUSE, NULL);
		return STEP_WAIT;
	case OTAEV_REGISTERED:
		telit_remember_registration(job);
		return STEP_WAIT;
	default:
		return stay_in_touch(job, in);
	}
}
