/* SPDX-License-Identifier: Apache-2.0
 *
 * What the screen knows: a fold of the event stream into one row per slot and the totals of the shift.
 * It does not know how it is shown, and it reads neither clock nor record: both are handed in. */
#pragma once

#include "lib/event.h"

G_BEGIN_DECLS

typedef struct {
	char label[24];
	SlotState state;
	Order order; /* as shown: good only once the verdict is recorded */
	Order told;  /* as the station said last */
	guint32 visit;
	bool open;               /* the visit goes on: its clock runs */
	bool recorded;           /* the visit's verdict is on disk */
	bool there;              /* a unit is in it */
	bool parked;             /* nothing is to be put in here, now or when its unit has left */
	bool labelled;           /* its unit's label was scanned and is right */
	bool retest;             /* the visit was asked for */
	bool counts;             /* it is about an update: it counts as good or failed */
	bool danger;             /* between the point of no return and the end of the job */
	gint64 begun_s, ended_s; /* seconds of the monotonic clock; the visit's */
	char model[32], imei[16];
	char version[64];        /* that it has, or had before the update */
	char target[64];         /* "" while unknown */
	char step[32];           /* "" outside a job */
	guint try_no, hop, hops; /* 0: unknown */
	int percent;             /* of the job */
	Outcome outcome; /* of the last visit; OUTCOME_NONE while it is open or before the first */
	FaultCode fault;
	char vendor[96]; /* the vendor's own code and words */
	char why[160];   /* why it waits, or what went wrong in this slot; "" for nothing */
} SlotRow;

/* One IMEI that has been visited in this work order. */
typedef struct {
	char imei[16];
	bool good_first; /* its first visit was good at try 1 of every hop */
	bool good;       /* it has had a good visit */
} UnitSoFar;

/* What the record knows before the first event: from the shift's start, and in the work order. */
typedef struct {
	guint good, failed; /* visits of the shift */
	gint64 since_us; /* monotonic: when the shift began; may lie before the station's start */
	guint quantity;  /* of the work order, 0: no limit */
	const UnitSoFar *units; /* of the work order, borrowed for the call */
	gsize n_units;
} Totals;

/* What the header shows. */
typedef struct {
	guint good, failed, running;
	int yield_permille; /* first-pass yield; -1: no unit yet */
	int per_hour;       /* visits ended, over the shift; -1 in its first minute */
	int left;           /* of the quantity; -1: no limit */
} Counters;

typedef struct _Board Board;

/* `slots` is borrowed for the call. `now_us` is the monotonic clock. */
Board *board_new(const SlotConfig *const *slots, gsize n_slots, const Totals *totals,
		 gint64 now_us);
void board_free(Board *board);

/* Folds one event in. Returns whether anything that is shown has changed. */
bool board_event(Board *board, const Event *event);
/* Begins to count from these figures: at the start, and after a change of work order. */
void board_set_totals(Board *board, const Totals *totals);

/* Lets the clocks advance to this whole second. Returns whether anything that is shown has changed. */
bool board_clock(Board *board, gint64 now_us);
/* When board_clock() is due again; G_MAXINT64: not before the next event. */
gint64 board_deadline(const Board *board);

guint board_n_slots(const Board *board);
const SlotRow *board_row(const Board *board, guint slot);
/* Seconds that the visit has taken so far, or took; -1 without one. */
gint64 board_elapsed_s(const Board *board, const SlotRow *row);
Counters board_counters(const Board *board);
/* The whole second that it is: monotonic, as given last. */
gint64 board_now_s(const Board *board);
const char *board_work_order(const Board *board); /* "" for none */
const char *board_worker(const Board *board);
/* The last trouble, as a sentence; "" for none, or when it was seen. */
const char *board_trouble(const Board *board);
void board_trouble_seen(Board *board);
/* Why the record cannot be written now; "" when it can. */
const char *board_record_trouble(const Board *board);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Board, board_free)

G_END_DECLS
