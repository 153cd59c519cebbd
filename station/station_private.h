/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of the station, shared by its parts: station.c (turn, schedule, record), slot_life.c (visits and jobs), slot_debt.c (what a unit is owed), slot_inputs.c (what jobs are told), slot_record.c (what is written down),
 * slot_acts.c (what the person at the rack asks for), slot_labels.c (labels on units), slot_twins.c (one IMEI again) and slot_presence.c (ports, who comes and goes). Nobody else includes it. */
#pragma once

#include "db/debts.h"
#include "lib/driver.h"
#include "station/door.h"
#include "station/slot_fsm.h"
#include "station/station.h"
#include "station/visit.h"

G_BEGIN_DECLS

typedef struct {
	const SlotConfig *config;
	Station *station;
	char *hub;
	SlotState state;

	/* the place: what USB says is there */
	bool device;    /* a settled device */
	bool adapter;   /* it is a serial adapter */
	bool boot;      /* only the bootloader of a unit */
	bool want_open; /* its port is to be opened as soon as the door is free */
	Port port;
	Presence presence; /* as configured, or as the device suggests */
	Door *door;
	Trace *trace;
	gint64 trace_at; /* when the journal is told next */

	/* the thing: who is there */
	bool unit_there;
	gint64 arrived_us; /* since when */
	gint64 heard_us;   /* when it said something last; in a dangerous step: that it updates */
	gint64 stirred_us; /* when anybody here said anything, or DCD moved */
	bool imei_untold; /* who is here did not say its IMEI just now: next it is asked whether it answers at all */
	bool other_unit; /* the IMEI that was just read is not that of who is believed to be here */
	bool line_off;   /* the modem line says that nobody is there */
	gint64 no_pulse_until; /* a unit may be flashing here since the station died: its power key is left alone */
	bool pulse_due; /* a modem line says that a unit has come: it gets the pulse when the port is opened again */
	bool pulsed;     /* the pulse that switches a unit on was given since nobody was there */
	gint64 pulse_at; /* when it is given next to a place of which nobody knows */
	gint64 probe_at; /* next AT to an empty or an idle place */
	gint64 scan_at;  /* next pass over the other speeds */
	guint scan_row;  /* where that pass is; 0: no pass */
	gint64 boot_at;  /* a bootloader that stays until then is a fault */
	bool foreign;    /* a device without a port to talk on: a verdict is due */
	guint32 foreign_attach; /* the plugging of which that was said last */
	char what[128];         /* that device */
	gint64 reopen_at;       /* the port could not be opened, or hung up: next try; 0: none */
	guint open_fails;

	/* the visit */
	Visit visit;
	const Config *goes_by; /* the configuration when it began */
	guint32 visit_id;      /* 0: none begun */
	gint64 visit_us;
	gint64 queued_us;
	const char *told_why; /* why it waits, as said last */
	Debt debt;
	bool owed; /* `debt` is to be settled by this visit */
	bool left; /* and the unit may be at it still: nobody has looked for it yet since the station died */
	char last_imei[16]; /* of the last visit that got a verdict here */
	Verdict last;       /* its verdict, as far as it can be shown again */
	bool unrecorded;    /* a verdict waits for the record */
	gint64 twin_at; /* the done job waits until it is known whether another slot has this IMEI; 0: it does not */
	bool replaced;      /* another unit is there already and begins its own visit after it */
	char *recalled;     /* what the job was told last of the record */
	const char *order;  /* work order of the visit, interned */
	bool counted;       /* it was good in this work order before */
	bool parked;        /* nothing is to be put in here: at once, or when its unit has left */
	bool retest;        /* the visit that begins was asked for on a unit that had its verdict */
	bool current_waits; /* at the target already: good as soon as its label is */
	char label_imei[16]; /* on the label that was scanned for the unit here */

	/* the job */
	Job *job;
	guint32 job_id; /* 0: identification */
	PackageTicket *
		ticket; /* the address under which the job's unit fetches its package; NULL: none */
	bool job_waits; /* its attempt is not on disk yet: not a byte is sent before */
	bool operated;  /* it is ready again after an operation: its visit has its verdict */
	bool last_operated; /* `last` is an operation's */
	const Driver
		*asks; /* whose question about an update waits for an answer; NULL: there is none */
	gint64 asked_us; /* when it was asked */
	gint64 lines_at; /* when the modem lines are read next for the job */
	guint lines;     /* LINE_… that are on, as read last */
	bool lines_known;
	guint dcd_moves;     /* how often DCD has moved since it was first read or had rested */
	gint64 dcd_moved_us; /* when it did last */
	const Driver *adopt; /* a report of an update that nobody here started was heard */
	char adopt_text[128];
	gint64 held_us; /* since when the first dangerous row waits for the record */
} Slot;

struct _Station {
	StationSetup setup;
	const Config *config;
	Slot *slots;
	guint n_slots;
	guint32 last_visit, last_job;
	GStrv reports; /* of all drivers */
	GArray *unfinished;
	gint64 now;
	gint64 flush_at; /* when the record is written next at the latest */
	bool flush_now;
	bool record_bad; /* the last flush was refused */
	gint64 bad_since;
	bool stopping;
	bool pin_stopped; /* a PIN was refused: none is sent any more */
	const char *hold; /* why nothing new starts; NULL: it may */
	guint watched;    /* its journal is told at once */
	GArray *labels;   /* scanned before their units have come */
	bool told_room;   /* that nothing starts for want of room was said */
};

#define SECOND_US ((gint64)G_USEC_PER_SEC)

/* Why nothing new begins, as a msgid. */
extern const char station_stopping[];

/* The one place where a slot's state changes. */
void slot_set(Slot *slot, SlotCause cause, const char *why);
void slot_emit(Slot *slot, Event event);
void slot_trouble(Slot *slot, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* ---- slot_life.c ---- */

/* Somebody is there and its port is open: who is it? */
void slot_identify(Slot *slot);
/* What a done job or a heard report means. */
void slot_life_turn(Slot *slot);
/* It is ready and may start when the schedule lets it. */
void slot_queue(Slot *slot);
/* A unit to which nothing is to be done has the verdict of its visit, or one that is at its target is checked first. */
void slot_end_untouched(Slot *slot);
/* Starts what the visit has planned; the schedule has let it. */
void slot_start(Slot *slot);
/* The unit is not there any more, and not because it reboots. */
void slot_unit_left(Slot *slot);
/* The attempt is on disk and the job begins; or cannot be, and it ends. */
void slot_job_recorded(Slot *slot, bool taken);

/* A job of the unit here, without what it is to do. */
JobSpec slot_job_spec(Slot *slot, const Procedure *procedure, const Driver *driver);

/* ---- slot_debt.c ---- */

/* Whether this IMEI is owed an answer, in slot->owed and slot->debt. */
void slot_find_debt(Slot *slot, const char *imei);
/* It is listened to as long as it may be at it still; else it says at once what it is. */
void slot_settle(Slot *slot);
/* It says what it is, whether it is owed that or its version alone does not tell. */
void slot_check(Slot *slot);
/* The station died while the unit here was past its point of no return. It is not asked who it is: it may be frozen, or away. */
void slot_take_up(Slot *slot);
/* The job that runs is its driver's check. */
bool slot_is_checked(const Slot *slot);

/* ---- slot_inputs.c: what jobs are told goes through here, and so into the journal ---- */

/* The first byte may be sent. */
void slot_begin_job(Slot *slot);
void slot_note_unit(Slot *slot, const Unit *unit);
/* What the job says of itself; the verdict may be another. */
void slot_note_end(Slot *slot);
/* What the record holds of an IMEI or ICCID, or NULL; borrowed until the next call. */
const char *slot_recall(Slot *slot, const char *owner, const char *key);
const char *slot_recall_for_job(gpointer slot, const char *owner, const char *key);
/* The port has left: for whatever job there is. */
void slot_tell_gone(Slot *slot);
void slot_tell_back(Slot *slot);
/* Something that was said while it was nobody's. */
void slot_tell_report(Slot *slot, const char *text);
void slot_tell_served(gpointer slot, guint64 bytes, bool whole);
void slot_tell_lines(Slot *slot, guint lines);
void slot_tell_lost(Slot *slot);
void slot_tell_bootloader(Slot *slot);
bool slot_cancel(Slot *slot, FaultCode why);
void slot_forget_pin(Slot *slot);
/* What the job waits for is on disk, or cannot be. */
void slot_release(Slot *slot, bool taken);

/* ---- slot_acts.c ---- */

/* Somebody has come to a parked slot: a visit without a byte sent. */
void slot_skip_parked(Slot *slot);
void slot_parked_turn(Slot *slot);
/* The work order has counted this unit already: it takes no place of it a second time. */
bool slot_is_counted(Slot *slot);

/* ---- slot_labels.c ---- */

GArray *slot_labels_new(void);
/* It may not start, and is not good, before its label was scanned. */
bool slot_waits_for_label(const Slot *slot);
/* It was put in after a label had been scanned that is not its own. */
bool slot_label_is_wrong(Slot *slot);
/* A job is done, `attempt` is its row and `next` what would follow: a unit with the label of another one is not good, whatever
 * they say. */
VisitNext slot_label_verdict(Slot *slot, Verdict *attempt, VisitNext next);

/* ---- slot_twins.c ---- */

/* Another slot has a unit with this IMEI too. */
bool slot_has_twin(const Slot *slot, const char *imei);
/* The twins of a unit that turns out to be a duplicate: what is not yet in danger fails as well, what is finishes. */
void slot_fail_twins(Slot *slot);
/* The same unit again, with no other in between: its verdict is shown again, nothing starts, nothing is counted. */
bool slot_same_visit(Slot *slot, const Unit *unit);
/* The last visit of a unit is a new one now: nowhere else its verdict is shown again, nor is it looked for. */
void slot_forget_last_visits(Station *station, const char *imei);
/* An IMEI was read by a job that is done. False while it cannot be said whose it is: a unit that was moved may still seem
 * to be where it was. */
bool slot_twins_settled(Slot *slot);

/* Ends whatever runs, without a word. */
void slot_drop_job(Slot *slot);

/* ---- slot_record.c ---- */

/* `package` NULL: nothing is installed; `resolves`: the attempt that this one settles, or 0. Begins the visit if need be. */
void slot_begin_attempt(Slot *slot, const char *procedure, const char *operation,
			const Package *package, gint64 resolves);
/* What a job's result says; borrows from it. */
Verdict slot_verdict_of(const JobResult *r, Outcome outcome);
void slot_end_attempt(Slot *slot, const Verdict *v);
/* What `attempt` found out, as the visit's verdict; shown as final only when it is on disk. */
void slot_end_visit(Slot *slot, const Verdict *attempt);

/* The verdict is on disk. */
void slot_recorded(Slot *slot);
/* Somebody is there of whom nothing is known: whoever was there before is forgotten. */
void slot_forget_unit(Slot *slot);
/* A verdict without any job: nothing could or had to be done. */
void slot_verdict_alone(Slot *slot, Outcome outcome, FaultCode fault, const char *detail);
void slot_flush_trace(Slot *slot);

/* ---- slot_presence.c ---- */

extern const DoorUser slot_door_user;
/* It was found updating by a job that has no row for that: the next one listens to it. */
void slot_listen_next(Slot *slot, const JobResult *r);
void slot_presence_turn(Slot *slot);
gint64 slot_presence_deadline(const Slot *slot);

G_END_DECLS
