/* SPDX-License-Identifier: Apache-2.0
 *
 * An Event is a fact that has happened: the only thing that the screen, the record, the reports and the tests are told.
 * It does not know who reads it, and nobody who reads it may call back. */
#pragma once

#include "lib/fault.h"
#include "lib/slot.h"
#include "lib/unit.h"

G_BEGIN_DECLS

typedef enum { LEVEL_DEBUG, LEVEL_INFO, LEVEL_NOTICE, LEVEL_WARNING } EventLevel;

/* clang-format off */
/* EVENT(name, stable name, level, stored, body)
 * stored: the record must take it. body: what `body` points to, or none. `num` and `text` are told beside each. */
#define EVENT_LIST(EVENT)                                                                          \
	/* The station began; text: its version. */                                                \
	EVENT(STATION_START, "station-start", NOTICE, 1, none)                                     \
	/* The station ends; num: the exit code. */                                                \
	EVENT(STATION_STOP, "station-stop", NOTICE, 1, none)                                       \
	/* The configuration was read anew; text: its hash and the catalogue's version. */        \
	EVENT(RELOADED, "reloaded", NOTICE, 1, none)                                               \
	/* Trouble of the station itself, or of one slot; text: one sentence. */                   \
	EVENT(TROUBLE, "trouble", WARNING, 1, none)                                                \
	/* Work order changed; text: its number or NULL; num: quantity or 0. */                    \
	EVENT(WORK_ORDER, "work-order", INFO, 1, none)                                             \
	/* Worker changed; text: name or NULL. */                                                  \
	EVENT(WORKER, "worker", INFO, 1, none)                                                     \
	/* A slot entered a state; num: SlotState; text: why it waits, or NULL. */                 \
	EVENT(SLOT_STATE, "slot-state", DEBUG, 0, SlotChange)                                      \
	/* Something appeared on a slot; text: what ("0403:6001 /dev/ttyUSB3"). */                 \
	EVENT(UNIT_ARRIVED, "unit-arrived", INFO, 0, none)                                         \
	/* A unit said who it is, or said it again after it came back. */                          \
	EVENT(UNIT_SEEN, "unit-seen", INFO, 1, Unit)                                               \
	/* The unit is no longer there. */                                                         \
	EVENT(UNIT_GONE, "unit-gone", INFO, 0, none)                                               \
	/* One unit's stay in one slot begins and ends. */                                         \
	EVENT(VISIT_BEGIN, "visit-begin", INFO, 1, VisitInfo)                                      \
	EVENT(VISIT_END, "visit-end", NOTICE, 1, Verdict)                                          \
	/* One hop and try of a visit begins and ends; every visit has at least one. */            \
	EVENT(JOB_BEGIN, "job-begin", INFO, 1, JobInfo)                                            \
	EVENT(JOB_END, "job-end", INFO, 1, Verdict)                                                \
	/* A step was entered; num: try, from 1. */                                                \
	EVENT(STEP, "step", INFO, 1, StepInfo)                                                     \
	/* A step was left, in whatever way; num: 0 good, else the FaultCode of this try; body: duration. */    \
	EVENT(STEP_END, "step-end", DEBUG, 1, StepInfo)                                            \
	/* The point of no return comes next: nothing is sent before the record has taken this. */ \
	EVENT(DANGER, "danger", INFO, 1, StepInfo)                                                 \
	/* Share of the job that is done; num: percent. */                                         \
	EVENT(PROGRESS, "progress", DEBUG, 0, none)                                                \
	/* A fact about this IMEI that must be on disk before the job goes on. */                  \
	EVENT(REMEMBER, "remember", DEBUG, 1, Fact)                                                \
	/* A piece of the slot's journal; text and num: bytes and length, see trace.h. */          \
	EVENT(TRACE, "trace", DEBUG, 1, none)                                                      \
	/* A visit's verdict is on disk: only now is it shown as final; num: Outcome. */           \
	EVENT(RECORDED, "recorded", DEBUG, 0, none)                                                \
	/* The record can no longer be written (num 1) or can again (num 0); text: one sentence. */\
	EVENT(RECORD_TROUBLE, "record-trouble", WARNING, 0, none)
/* clang-format on */

typedef enum {
#define EVENT(name, id, level, stored, body) EV_##name,
	EVENT_LIST(EVENT)
#undef EVENT
		N_EVENTS
} EventKind;

/* Bodies. All strings are borrowed for the call and may be NULL. */

typedef struct {
	SlotState from, to;
	Order order;
	bool parked; /* nothing is to be put in here: now, or when its unit has left */
	bool there;  /* a unit is in it */
} SlotChange;

typedef struct {
	const char *slot_label, *slot_path, *hub;
	const char *station, *line, *work_order, *worker;
	const char *target; /* version this unit is to have, NULL when unknown */
	Unit unit;          /* as far as known; imei "" when adopted in mid-flash */
	bool retest;        /* opened by hand on a unit that already had its verdict */
	guint row, column;  /* of the slot on the fixture, from 1; 0: not told */
} VisitInfo;

typedef struct {
	const char *procedure;   /* "none" where nothing was to be done or nothing could be */
	const char *operation;   /* "update", "check" */
	guint hop, hops, try_no; /* from 1; 0 of 0 where nothing was to be done */
	const char *version_before, *target;
	const char *package, *sha256; /* NULL without one */
	const char *catalogue;        /* its version */
	bool external;                /* the package is served by somebody else */
	bool adopted;                 /* not started by the station: the unit was found updating */
	gint64 resolves;              /* attempt that this one settles, or 0 */
	gint64 begun_us; /* monotonic: when the unit's stay began, the origin of the journal's times */
	const char *config; /* SHA-256 over the configuration */
} JobInfo;

typedef struct {
	guint ord;    /* index in the procedure's table */
	guint steps;  /* rows of the table */
	guint try_no; /* from 1 */
	bool danger, lossy;
	gint64 took_ms; /* STEP_END: how long this try took */
} StepInfo;

typedef struct {
	Outcome outcome;
	FaultCode fault;
	const char *step;          /* where it was decided; NULL before the first */
	const char *vendor_code;   /* "6507"; NULL without */
	const char *vendor_words;  /* "Package error" */
	const char *version_after; /* as read back; NULL when not known */
	const char *detail; /* one sentence more, English: "no package leads from … to …" */
	Unit unit;          /* as last read */
	bool good_first;    /* VISIT_END: good at try 1 of every hop */
	const char *target; /* VISIT_END: version that the unit is to have; NULL: not known */
	bool unknown;       /* JOB_END: the result of a dangerous step is still unknown: a debt */
} Verdict;

typedef struct {
	const char *imei;        /* whose: an IMEI, or an ICCID where it is about the SIM */
	const char *key, *value; /* "updates": "+1" counts, everything else replaces */
} Fact;

typedef struct {
	guint64 seq;
	gint64 t_us;    /* monotonic */
	gint64 wall_us; /* UTC */
	EventKind kind;
	guint16 slot;       /* SLOT_NONE: the station itself */
	guint32 visit, job; /* ids of the record's rows (visit, attempt); 0: none */
	const char *step;   /* name of the step, interned; NULL: none */
	gint32 num;
	const char *text;
	const void *body;
	const char *said; /* `text` in the language of who looks at the screen; NULL: the same */
} Event;

const char *event_kind_name(EventKind kind);
EventLevel event_kind_level(EventKind kind);
bool event_kind_stored(EventKind kind);

G_END_DECLS
