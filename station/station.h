/* SPDX-License-Identifier: Apache-2.0
 *
 * All slots and what runs in them: ports come and go, units are identified, jobs run one hop after the other, verdicts are
 * recorded. It does not know who watches (events tell them) nor which loop turns it. */
#pragma once

#include "db/writer.h"
#include "lib/bus.h"
#include "lib/step.h"
#include "station/config.h"
#include "station/package_server.h"
#include "udev/hotplug.h"

G_BEGIN_DECLS

typedef struct _Station Station;

typedef struct {
	const Config *config;
	Bus *bus;
	Db *db;
	Writer *writer;                  /* subscribed to the bus already */
	PackageServer *packages;         /* NULL: the catalogue has nothing to serve */
	const char *work_order, *worker; /* NULL: none */
	/* What every unit of its driver has run once in the place of an update; NULL: units are updated. */
	const Procedure *operation;
	bool by_hand;   /* units wait for station_start_slot() */
	bool by_person; /* somebody is there who can scan labels */
} StationSetup;

/* Everything in `setup` is borrowed and must outlive the station. NULL when the record cannot be read. */
Station *station_new(const StationSetup *setup, GError **error);
void station_free(Station *station);

/* What hotplug found, as its callback: `station` is its user. */
void station_hotplug(gpointer station, const HotplugReport *report);

/* Once per turn of the loop: bytes out, deadlines, verdicts, the record. */
void station_turn(Station *station, gint64 now);
/* When the next turn is due at the latest (monotonic microseconds). */
gint64 station_deadline(const Station *station);

/* What the person at the rack asks of one slot: NULL when it is done or begun, else why not, as a msgid. */
const char *station_start_slot(Station *station, guint slot, gint64 now);
/* The unit has its verdict: a new visit begins. */
const char *station_retest(Station *station, guint slot, gint64 now);
/* Refused past the point of no return. */
const char *station_abort(Station *station, guint slot, gint64 now);
/* Nothing is to be put in here: who runs there is finished, who waits is skipped, who comes later is skipped without a byte
 * sent. */
const char *station_park(Station *station, guint slot, gint64 now);
const char *station_release(Station *station, guint slot, gint64 now);
/* The verdict of a unit that was pulled does not stay on the empty slot; a refused PIN is sent again. */
const char *station_acknowledge(Station *station, guint slot, gint64 now);

/* Who works at the rack and for which order, NULL: none. Visits that have begun keep theirs; units that wait are planned
 * anew. */
const char *station_worker(const Station *station);
/* Whether somebody, or an order, can be called so: one line of at most so many characters. */
bool station_is_name(const char *text);
#define STATION_NAME_CHARS 60
const char *station_work_order(const Station *station);
void station_set_worker(Station *station, const char *worker);
void station_set_work_order(Station *station, const char *order, gint64 now);
/* While there is a reason (a static string, English) nothing new starts; NULL: it may. */
void station_hold(Station *station, const char *why);

typedef enum {
	LABEL_MATCHES,  /* the unit in `slot` says so, too */
	LABEL_DIFFERS,  /* the unit in `slot`, which was chosen, says another IMEI */
	LABEL_EXPECTED, /* no unit says so yet: the next one that comes is compared */
	LABEL_UNKNOWN   /* no unit says so, and labels are not compared */
} LabelAnswer;

/* A unit's label was scanned. `chosen`: the slot that the person has chosen. */
LabelAnswer station_label(Station *station, const char *imei, guint chosen, guint *slot,
			  gint64 now);
/* The person says that `label` is on the unit with the IMEI `unit` in that slot: it fails, as soon as it may. NULL, or why
 * nothing was done, as a msgid. */
const char *station_label_differs(Station *station, guint slot, const char *unit, const char *label,
				  gint64 now);

/* Another configuration, with the same slots: visits that begin from now on go by it, units that wait are planned anew.
 * Borrowed, as is what the visits that have begun go by: see station_goes_by(). */
void station_reload(Station *station, const Config *config, PackageServer *packages, bool by_hand,
		    gint64 now);
/* Whether some visit, or the station itself, still needs that configuration. */
bool station_goes_by(const Station *station, const Config *config);

/* The journal of this slot is told at once; G_MAXUINT: of none. */
void station_watch(Station *station, guint slot);
/* "A01 -> A02 (package) -> A03 (package)"; "" without a plan. Free with g_free. */
char *station_plan(const Station *station, guint slot);

/* Nothing new starts. What runs goes on to its verdict where `finish_running` says so or it is in danger; else it ends now. */
void station_stop(Station *station, bool finish_running, gint64 now);
/* No job runs, nothing is being identified and no verdict waits for the record. */
bool station_idle(const Station *station);
/* The same but for a record that cannot be written. */
bool station_only_unrecorded(const Station *station);
/* Units that are in a dangerous step. */
guint station_in_danger(const Station *station);

/* Slots that have a unit without a verdict: settling, being identified, waiting or running. */
guint station_open(const Station *station);

/* Attempts that were left open because another unit took the slot. */
typedef struct {
	const char *slot, *imei, *step;
} StationUnfinished;
guint station_unfinished(const Station *station, const StationUnfinished **list);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Station, station_free)

G_END_DECLS
