/* SPDX-License-Identifier: Apache-2.0
 *
 * All slots and what runs in them: ports come and go, units are identified, jobs run one hop after the other, verdicts are
 * recorded. It does not know who watches (events tell them) nor which loop turns it. */
#pragma once

#include "db/writer.h"
#include "lib/bus.h"
#include "station/config.h"
#include "udev/hotplug.h"

G_BEGIN_DECLS

typedef struct _Station Station;

typedef struct {
	const Config *config;
	Bus *bus;
	Db *db;
	Writer *writer;                  /* subscribed to the bus already */
	const char *work_order, *worker; /* NULL: none */
	bool by_hand;                    /* units wait for station_start() */
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

/* Units that are ready are queued. */
void station_start(Station *station, gint64 now);
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
