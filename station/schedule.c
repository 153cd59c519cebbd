/* SPDX-License-Identifier: Apache-2.0
 *
 * Counting who runs where. It knows no job and no clock. */
#include "station/schedule.h"

#include <string.h>

ScheduleAnswer schedule_may(const ScheduleEntry *entries, guint n, guint which,
			    const ScheduleLimits *limits)
{
	guint on_hub = 0, on_air = 0, downloads = 0;

	for (guint i = 0; i < n; i++) {
		if (!entries[i].running)
			continue;
		on_hub += strcmp(entries[i].hub, entries[which].hub) == 0;
		on_air += entries[i].radio;
		downloads += entries[i].download;
	}
	if (limits->places_left == 0 && !entries[which].counted)
		return SCHEDULE_NO_PLACE;
	if (limits->max_per_hub > 0 && on_hub >= limits->max_per_hub)
		return SCHEDULE_HUB_FULL;
	if (limits->max_radio > 0 && entries[which].radio && on_air >= limits->max_radio)
		return SCHEDULE_RADIO_FULL;
	if (limits->max_downloads > 0 && entries[which].download &&
	    downloads >= limits->max_downloads)
		return SCHEDULE_DOWNLOADS_FULL;
	return SCHEDULE_GO;
}

int schedule_next(const ScheduleEntry *entries, guint n, const ScheduleLimits *limits)
{
	int next = -1;

	for (guint i = 0; i < n; i++) {
		if (entries[i].running || (next >= 0 && entries[next].since <= entries[i].since))
			continue;
		if (schedule_may(entries, n, i, limits) == SCHEDULE_GO)
			next = i;
	}
	return next;
}
