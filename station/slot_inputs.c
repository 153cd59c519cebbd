/* SPDX-License-Identifier: Apache-2.0
 *
 * What reaches a job besides its unit's own words: what it is about, and all that the station tells it. Each of it is noted in
 * the journal first, so that a test can play the journal again without a station. It decides nothing, and no secret is noted. */
#include "station/station_private.h"

#include "lib/at_parse.h"

#include <string.h>

static void note(Slot *slot, const char *word, const char *value)
{
	if (value && *value)
		trace_note(slot->trace, slot->station->now, "%s %s", word, value);
}

static void note_number(Slot *slot, const char *word, guint number)
{
	trace_note(slot->trace, slot->station->now, "%s %u", word, number);
}

/* ---- what a job is about ---- */

void slot_note_unit(Slot *slot, const Unit *unit)
{
	const struct {
		const char *word, *value;
	} rows[] = {
		{ "unit imei", unit->imei },         { "unit iccid", unit->iccid },
		{ "unit imsi", unit->imsi },         { "unit serial", unit->serial },
		{ "unit maker", unit->maker },       { "unit model", unit->model },
		{ "unit revision", unit->revision },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		note(slot, rows[i].word, rows[i].value);
	trace_note(slot->trace, slot->station->now, "unit cfun %d", unit->cfun);
	note_number(slot, "unit baud", unit->baud);
}

/* The sum is what a unit tells of a file that it was sent; nobody asks for that of one which it fetches. */
static void note_package(Slot *slot, const Package *package)
{
	Xor16 sum = { 0 };

	note(slot, "from", package->from);
	if (package->kind == PACKAGE_FILE && !package->served) {
		xor16_feed(&sum, package->data, package->size);
		trace_note(slot->trace, slot->station->now, "package %" G_GUINT64_FORMAT " %x",
			   package->size, sum.sum);
	} else if (package->kind != PACKAGE_CLOUD) {
		trace_note(slot->trace, slot->station->now, "package %" G_GUINT64_FORMAT,
			   package->size);
	}
}

static void note_cloud(Slot *slot, const CloudAccount *cloud, const Package *package)
{
	note(slot, "cloud oem", cloud->oem);
	note(slot, "cloud models", cloud->models);
	note(slot, "cloud product", cloud->product_id);
	if (package)
		note(slot, "cloud version",
		     package->cloud_version ? package->cloud_version : package->to);
}

static void note_pfm(Slot *slot, const PfmService *pfm)
{
	note_number(slot, "pfm bearer", pfm->bearer);
	note(slot, "pfm number", pfm->number);
	note(slot, "pfm address", pfm->address);
	note_number(slot, "pfm port", pfm->port);
	note_number(slot, "pfm preprovisioned", pfm->preprovisioned);
	note_number(slot, "pfm release", pfm->release);
	note_number(slot, "pfm wait", pfm->wait_s);
}

/* Only that there is one. */
static void note_secret(Slot *slot, const char *which, const Secret *secret)
{
	if (secret && !secret_empty(secret))
		note(slot, "secret", which);
}

static void note_configured(Slot *slot, const JobSpec *s)
{
	const char *url = s->url ? s->url : s->package ? s->package->url : NULL;

	note(slot, "model", s->model ? s->model->name : NULL);
	note(slot, "target", s->target);
	note(slot, "further", s->further);
	if (s->left_us > 0)
		note_number(slot, "left", s->left_us / SECOND_US);
	note(slot, "was", s->was);
	if (s->package)
		note_package(slot, s->package);
	note(slot, "url", url);
	note(slot, "apn", s->apn);
	note(slot, "apn_user", s->apn_user);
	note_secret(slot, "password", s->apn_password);
	note_secret(slot, "pin", s->pin);
	if (s->cloud) {
		note_cloud(slot, s->cloud, s->package);
		note_secret(slot, "product", s->cloud->secret);
	}
	if (s->pfm)
		note_pfm(slot, s->pfm);
}

void slot_begin_job(Slot *slot)
{
	const JobSpec *spec = job_spec(slot->job);
	AtChannel *at = door_at(slot->door);

	note_number(slot, "speed", at ? at_baud(at) : 0);
	if (at && at_in_doubt(at))
		note(slot, "channel", "doubt");
	if (at && at_echoes(at))
		note(slot, "channel", "echo");
	slot_note_unit(slot, &spec->unit);
	/* Whoever only asks who is there needs nothing of it. */
	if (spec->driver)
		note_configured(slot, spec);
	note(slot, spec->adopted ? "adopt" : "run", spec->procedure->name);
	job_begin(slot->job, at, slot->station->now);
}

/* The station may make another verdict of it. */
void slot_note_end(Slot *slot)
{
	FaultCode fault = job_result(slot->job)->fault;

	note(slot, "ended", fault == FAULT_NONE ? "good" : fault_get(fault)->name);
}

/* ---- what the record holds ---- */

const char *slot_recall(Slot *slot, const char *owner, const char *key)
{
	g_autoptr(GError) error = NULL;

	g_free(slot->recalled);
	slot->recalled = debts_recall(slot->station->setup.db, owner, key, &error);
	if (error)
		slot_trouble(slot, "what is remembered of %s cannot be read: %s", owner,
			     error->message);
	return slot->recalled;
}

const char *slot_recall_for_job(gpointer user, const char *owner, const char *key)
{
	Slot *slot = user;
	const char *value = slot_recall(slot, owner, key);

	/* That nothing is held is worth a note: the job may remember something itself and ask again. */
	trace_note(slot->trace, slot->station->now, "fact %s/%s %s", owner, key,
		   value ? value : "");
	return value;
}

/* ---- what happens to it ---- */

void slot_tell_gone(Slot *slot)
{
	if (!slot->job)
		return;
	trace_note(slot->trace, slot->station->now, "gone");
	job_detach(slot->job, slot->station->now);
}

void slot_tell_back(Slot *slot)
{
	trace_note(slot->trace, slot->station->now, "back");
	job_attach(slot->job, door_at(slot->door), slot->station->now);
}

void slot_tell_report(Slot *slot, const char *text)
{
	AtEvent heard = { .kind = AT_REPORT, .text = text, .len = strlen(text) };

	note(slot, "heard", text);
	job_at(slot->job, &heard, slot->station->now);
}

void slot_tell_served(gpointer user, guint64 bytes, bool whole)
{
	Slot *slot = user;

	if (!slot->job)
		return;
	trace_note(slot->trace, slot->station->now, "served %" G_GUINT64_FORMAT "%s", bytes,
		   whole ? " whole" : "");
	job_served(slot->job, bytes, whole, slot->station->now);
}

void slot_tell_lines(Slot *slot, guint lines)
{
	trace_note(slot->trace, slot->station->now, "lines%s%s%s", lines & LINE_CTS ? " CTS" : "",
		   lines & LINE_DSR ? " DSR" : "", lines & LINE_DCD ? " DCD" : "");
	job_signals(slot->job, lines, slot->station->now);
}

bool slot_cancel(Slot *slot, FaultCode why)
{
	note(slot, "cancel", fault_get(why)->name);
	return job_cancel(slot->job, why, slot->station->now);
}

void slot_tell_lost(Slot *slot)
{
	trace_note(slot->trace, slot->station->now, "lost");
	job_lost(slot->job, slot->station->now);
}

void slot_tell_bootloader(Slot *slot)
{
	trace_note(slot->trace, slot->station->now, "bootloader");
	job_bootloader(slot->job, slot->station->now);
}

void slot_forget_pin(Slot *slot)
{
	note(slot, "forget", "pin");
	job_forget_pin(slot->job);
}

void slot_release(Slot *slot, bool taken)
{
	trace_note(slot->trace, slot->station->now, taken ? "recorded" : "refused");
	job_release(slot->job, taken, slot->station->now);
}
