/* SPDX-License-Identifier: Apache-2.0
 *
 * The parts of a report. It does not know where the page goes. */
#pragma once

#include "station/log_page.h"
#include "station/log_sums.h"

G_BEGIN_DECLS

typedef struct {
	char *period, *made_at;
	gint64 total[N_YIELD_COUNTS];
	GPtrArray *trend, *faults, *steps; /* see log_sums.h */
	char *no_plots;                    /* why nothing could be drawn */
} Report;

void report_figures(Page *page, const Report *r);
void report_trend(Page *page, Report *r);
void report_faults(Page *page, Report *r);
void report_durations(Page *page, Report *r);
bool report_map(Page *page, Log *log, GError **error);
bool report_units(Page *page, Log *log, GError **error);
bool report_units_text(Log *log, GError **error);

G_END_DECLS
