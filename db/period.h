/* SPDX-License-Identifier: Apache-2.0
 *
 * Times in the forms that people type: today, 2026-11-01..2026-11-07, last 8h. It does not know what is asked about them. */
#pragma once

#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

/* From `from_us` up to, not including, `to_us` (UTC). An end that is not given is PERIOD_OPEN. Where an end is one of a
 * whole day here, its date stands in `from_day`, `to_day` (the last one inside), else "". */
typedef struct {
	gint64 from_us, to_us;
	char from_day[11], to_day[11];
} Period;

#define PERIOD_OPEN G_MININT64
#define PERIOD_ALL  ((Period){ PERIOD_OPEN, PERIOD_OPEN, "", "" })

/* today, yesterday, 2026, 2026-11, 2026-11-01, 2026-11-01T14:30, last 8h, 8h (m, h, d, w), last week, this month, and
 * A..B of any two. Times without a zone are local. False for what is none of these. */
bool period_parse(const char *text, gint64 now_us, Period *period);
/* Those forms, for a sentence. */
const char *period_forms(void);

G_END_DECLS
