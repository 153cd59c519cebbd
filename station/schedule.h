/* SPDX-License-Identifier: Apache-2.0
 *
 * Who may run now: limits per hub, for the radio and for downloads, places of the work order, first come first served. Pure: it knows no
 * job and no clock. */
#pragma once

#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

typedef struct {
	const char *hub; /* of its slot */
	bool radio;      /* its procedure uses the network */
	bool download;   /* it fetches, or will fetch, its package from the station */
	bool running;    /* else it waits */
	gint64 since;    /* waiting: when it began to; any unit of time */
	bool counted;    /* the work order has counted this unit already: it takes no place */
} ScheduleEntry;

typedef struct {
	guint max_per_hub, max_radio, max_downloads; /* 0: no limit */
	gint64 places_left; /* of the work order, beyond those that run; negative: no limit */
} ScheduleLimits;

typedef enum {
	SCHEDULE_GO,
	SCHEDULE_HUB_FULL,
	SCHEDULE_RADIO_FULL,
	SCHEDULE_DOWNLOADS_FULL,
	SCHEDULE_NO_PLACE
} ScheduleAnswer;

/* The waiting entry that may go next, or -1. Entries that may not are passed over by younger ones that may. */
int schedule_next(const ScheduleEntry *entries, guint n, const ScheduleLimits *limits);
/* Why the waiting entry `which` does not go. */
ScheduleAnswer schedule_may(const ScheduleEntry *entries, guint n, guint which,
			    const ScheduleLimits *limits);

G_END_DECLS
