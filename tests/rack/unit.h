/* SPDX-License-Identifier: Apache-2.0 */
/* A unit as the rack knows it: what it is, what is wrong with it, and what really happened to it.
 * It says nothing of what a station believes. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "bus.h"
#include "faults.h"
#include "rng.h"
#include "trouble.h"

G_BEGIN_DECLS

typedef struct Slot Slot;
typedef struct Module Module;

typedef struct Unit Unit;

struct Unit {
	guint index;         /* from 1, in the order of arrival in the plan */
	Slot *slot;          /* where it is put in first */
	Slot *moved_to;      /* where it came back, NULL: nowhere else */
	const UsbShape *own; /* the USB device that it is itself, NULL: behind the slot's adapter */
	const UsbShape *may_own; /* the one that its model can be */
	const UsbShape *now;     /* its composition on the bus: NULL, it is not there */
	Module *module;
	Module *second; /* the other AT port of a composite module, NULL for a UART module */
	UnitKind kind;
	Rng rng;
	FaultId fault;
	FaultSet has; /* the fault and the quirks */

	/* what it is */
	const char *maker; /* "Quectel_Ltd" */
	char model[24];    /* as the catalogue names it: "MC65" */
	char from[40], target[40];
	char imei[20]; /* as it was made */
	char iccid[24], imsi[20];
	guint fixed_baud; /* 0: finds its host's speed out by itself */
	guint arrive_ms;  /* after the start, in real time; 0: there from the start */
	bool late_comer;  /* takes another unit's place */
	Unit *twin;       /* who is put in once this one flashes, NULL: nobody */
	bool waits;       /* until then */
	Trouble *trouble; /* at one command, NULL: none */
	GPtrArray *asked; /* what it was asked, each once, in order */
	guint troubled;   /* how often its trouble has struck */
	int vendor_code;  /* the code that its fault will say, 0: none */

	/* what it is now */
	char version[40], imei_now[20];
	guint cfun;
	guint dfota_count;

	/* what happened */
	bool was_there, present;
	gint64 arrived_us, left_us; /* since the start of the rack */
	guint flashes;              /* updates that were applied to the end */
	guint interrupted;          /* power cuts while flashing */
	guint disturbed;            /* bytes and line moves while flashing, but for a bare AT */
	guint forbidden;            /* commands that were inhibited when they came */
	guint meddled;              /* commands that change something in what is none of ours */
	guint stray;                /* bytes to ports of its that speak no AT */
	guint wrong_opens;          /* openings of such ports, of those that have left */
	bool flashing;
	bool heard;     /* somebody had its tty open while it reported a flash */
	bool half_seen; /* somebody may have noticed, by its lines or a report, that it had flashed: perhaps too little to tell */
	bool keyed;     /* its power key was pressed, or it has none */
	bool put_back;  /* after it had been taken out with its verdict */
	bool registered; /* its service has been told of it in this run */
	bool told_target; /* it was asked its version and had the target's: the host can know that it is good */
	bool taken_down;   /* pulled in its upload because of another unit's fault */
	guint lines_wrong; /* lines that did not rest where they should */
	guint bytes;       /* from its host */
	gint64 imei_told_us, danger_us;
};

static inline bool unit_has(const Unit *unit, FaultId id)
{
	return fault_set_has(&unit->has, id);
}

G_END_DECLS
