/* SPDX-License-Identifier: Apache-2.0
 *
 * The step engine: runs one procedure on one unit. It has no clock, no port of its own, no database and no vendor:
 * time (monotonic microseconds), a channel, facts and rows are handed to it. */
#pragma once

#include "lib/at.h"
#include "lib/bus.h"
#include "lib/catalog.h"
#include "lib/model.h"
#include "lib/secret.h"
#include "lib/service.h"
#include "lib/step.h"

G_BEGIN_DECLS

/* Under this key the record holds at which speed a unit answered before its last dangerous step. */
#define JOB_BAUD_FACT "baud"

/* What a job is about. Everything is borrowed for the life of the job, `unit` is copied. */
typedef struct {
	const Procedure *procedure;
	const Driver *driver; /* NULL for the procedures that belong to no vendor */
	const Model *model;   /* NULL while unknown */
	const Models
		*models; /* where it is looked up once the unit has said who it is; NULL: nowhere */
	const Package *package; /* NULL without one */
	const char *
		url; /* where this job's unit fetches it; NULL: the package's own URL, if it has one */
	const char *target; /* version to be read back; NULL: any is taken and remembered */
	Unit unit;
	const char *apn, *apn_user;
	const Secret *apn_password, *pin;
	const CloudAccount *cloud; /* NULL: none is configured for this model */
	const PfmService *pfm;     /* NULL: none is configured */
	bool adopted; /* begins at the procedure's adopt_at row, without a command of ours */
	/* An earlier station left this unit in a dangerous step: for so long, in microseconds, it may be at it still. It is looked
	 * for, then listened to; only when that time is over its old version is its last word. 0: nobody left it. */
	gint64 left_us;
	const char *was; /* the version it had then; NULL: not known */
	/* Target of the chain of which this is not the last hop; NULL: it is. What was saved of the unit is kept for the next one. */
	const char *further;
	guint16 slot;
	guint32 visit, id; /* 0: not recorded (identification) */
	Bus *bus;
	/* What the record holds under `key` of an IMEI or ICCID, or NULL; borrowed until the next call. */
	const char *(*recall)(gpointer user, const char *owner, const char *key);
	gpointer user;
} JobSpec;

typedef struct {
	FaultCode fault;  /* FAULT_NONE: good */
	const char *step; /* where it was decided */
	char vendor_code[16];
	char vendor_words[64];
	char detail[160];
	Unit unit;         /* as last read */
	bool version_read; /* unit.revision was read after the dangerous stretch */
	bool entered;      /* a dangerous step had begun */
	bool unknown;      /* and its result is not known */
	bool stranger;     /* another unit answered in its place */
	bool hands_off;    /* nothing more may be sent to what is there */
	bool cancelled;
	bool once_sent; /* a PIN was sent (a row with STEP_ONCE) and not accepted: none again in this visit */
	bool pin_refused; /* the SIM did not accept the PIN */
} JobResult;

Job *job_new(const JobSpec *spec);
void job_free(Job *job);

/* Starts at the first row. The channel is borrowed until job_detach(). */
void job_begin(Job *job, AtChannel *channel, gint64 now);
/* The port has left (at once, never debounced), or is there again with a fresh channel. */
void job_detach(Job *job, gint64 now);
void job_attach(Job *job, AtChannel *channel, gint64 now);
/* What the channel told. Safe at any time, also from inside the job's own sends: it waits its turn. */
void job_at(Job *job, const AtEvent *event, gint64 now);
/* The package server: so many bytes of the job's package have been acknowledged, in all; `whole`: every one. */
void job_served(Job *job, guint64 bytes, bool whole, gint64 now);
/* A modem line has moved; `lines` are those that are on. Rows without STEP_SIGNALS do not hear of it. */
void job_signals(Job *job, guint lines, gint64 now);
/* Whether the present row wants to hear of modem lines. */
bool job_wants_signals(const Job *job);
void job_tick(Job *job, gint64 now);
gint64 job_deadline(const Job *job);

/* The first dangerous row waits until the record has taken what is to come. */
bool job_held(const Job *job);
/* taken: go on. Else the job ends with NO_RECORD and the unit untouched. */
void job_release(Job *job, bool taken, gint64 now);

/* False once a dangerous row has begun: the job then runs on to its verdict. */
bool job_cancel(Job *job, FaultCode why, gint64 now);
/* The unit of a job in danger is known to be in another place: what became of it is not known here. */
void job_lost(Job *job, gint64 now);
/* Of a unit in danger only the bootloader is there, and stays. */
void job_bootloader(Job *job, gint64 now);
/* The PIN proved to be wrong elsewhere: this job sends it no more. */
void job_forget_pin(Job *job);
bool job_in_danger(const Job *job);
bool job_done(const Job *job);
/* Valid when done. */
const JobResult *job_result(const Job *job);
const Procedure *job_procedure(const Job *job);
const char *job_step_name(const Job *job);

/* ---- for handlers ---- */

gpointer job_state(Job *job); /* the driver's own struct, zeroed when the job began */
Unit *job_unit(Job *job);
const Model *job_model(Job *job);
const Package *job_package(Job *job);
const char *job_target(Job *job);
const JobSpec *job_spec(Job *job);
guint job_try(Job *job); /* of this row, from 1 */
bool job_last_try(Job *job);
/* The answer that has come makes sense. Where it is the first spelling's of the row's command ("AT+CGMR|AT+GMR"), later tries
 * ask it again: the others are for units that do not know it. */
void job_answers_first(Job *job);

/* The command of a row with STEP_IF_NEEDED, at IN_ENTER. False: it may not be sent; the detail says why. */
bool job_send_own(Job *job);
/* One more command inside a row. False: not possible now, or forbidden while the row lasts; the row's silence limit then
 * decides. */
bool job_send(Job *job, const char *command, const char *expect);
/* The same for one that asks for payload: IN_PROMPT follows. */
bool job_send_payload(Job *job, const char *command);
/* Payload: n_acks of byte `ack` are awaited; IN_SENT and IN_ACK follow. */
void job_raw(Job *job, guint n_acks, guint8 ack);
bool job_write(Job *job, const guint8 *bytes, gsize len);
/* Finds the unit again: IN_SYNCED or IN_MUTE follows. */
void job_sync(Job *job, guint quiet_ms, guint tries, guint gap_ms);
/* Whether the unit's port is there now. */
bool job_port(Job *job);
/* The unit echoes what is sent to it. */
bool job_echo(Job *job);
void job_set_baud(Job *job, guint baud);
guint job_baud(Job *job);
/* What was reported so far and begins with one of `prefixes` (NULL-terminated, without case) is not told to the rows that follow. */
void job_forget_reports(Job *job, const char *const *prefixes);
/* Bytes of the package that the unit has fetched from the package server, as last told. */
guint64 job_served_bytes(Job *job);
/* Share of this row that is done. */
void job_progress(Job *job, guint percent);
/* The silence limit begins anew; `seconds` instead of the row's own when not 0. */
void job_extend(Job *job, guint seconds);
/* A handler's own bits, as long as this try lasts. */
void job_mark(Job *job, guint bits);
void job_unmark(Job *job, guint bits);
guint job_marks(Job *job);
/* How long the present row has been going, over all tries, in milliseconds. */
gint64 job_row_ms(Job *job);
gint64 job_try_ms(Job *job);
/* The vendor's own code and words for the fault that is about to be reported. */
void job_vendor(Job *job, const char *code, const char *words);
void job_detail(Job *job, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Worth saying to people and to the log, whatever the verdict: one sentence, which is translated for the screen. */
void job_warn(Job *job, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* The verdict is already this fault, but the rows go on (to read what the unit is now). */
void job_doom(Job *job, FaultCode fault);
FaultCode job_doomed(Job *job);
/* The fault of the row that went silent before the flash was heard to begin, or FAULT_NONE. */
FaultCode job_suspect(Job *job);
/* An update that an earlier station began may still be under way, and nothing has been heard of it yet. */
bool job_may_go_on(const Job *job);
/* What the version was before the update; NULL when nobody knows. */
const char *job_version_before(Job *job);
/* The SIM has said yes to the PIN: it may have it again behind its next restart. */
void job_pin_accepted(Job *job);
/* The SIM has said no to the PIN: none is sent anywhere any more. */
void job_pin_refused(Job *job);
/* In danger: what became of it is not known, whatever is said next: the unit is owed an answer, and left as it is. */
void job_unknown(Job *job);
/* Nothing more is sent, not even to leave clean. */
void job_hands_off(Job *job);
/* Another unit answers in the place of this one; hands off as well. */
void job_stranger(Job *job);
void job_version_read(Job *job);
/* `owner` is an IMEI or an ICCID. What is remembered is on disk before the next row begins. */
const char *job_recall(Job *job, const char *owner, const char *key);
void job_remember(Job *job, const char *owner, const char *key, const char *value);

/* Whether ${name} is one that rows may fill in: for lint. */
bool job_value_known(const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Job, job_free)

G_END_DECLS
