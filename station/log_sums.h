/* SPDX-License-Identifier: Apache-2.0
 *
 * Sums over all databases that are asked, for the verbs and for the report. It does not know how they are shown. */
#pragma once

#include "station/log.h"

G_BEGIN_DECLS

enum {
	YIELD_VISITS, /* that count; of packages: attempts */
	YIELD_GOOD,
	YIELD_FAILED,
	YIELD_SKIPPED,
	YIELD_FIRST, /* units whose first visit it was */
	YIELD_FIRST_GOOD,
	N_YIELD_COUNTS
};

typedef struct {
	char *key;
	gint64 n[N_YIELD_COUNTS];
} YieldSum;

/* A slot whose failures lie so many standard deviations above those of the others is one to look at. */
#define LOG_SUSPECT 3.0

/* YieldSum by key. NULL with error. */
GPtrArray *log_sum_yield(Log *log, YieldBy by, GError **error);
void log_yield_total(const GPtrArray *sums, gint64 *total);
double log_slot_excess(const YieldSum *slot, const gint64 *all);

typedef struct {
	char *fault, *blame, *text;
	gint64 attempts;
	GHashTable *imeis;
} FaultSum;

/* FaultSum, the most frequent first. NULL with error. */
GPtrArray *log_sum_faults(Log *log, GError **error);

typedef struct {
	char *key, *model, *procedure, *step;
	gint64 n, failed, total_ms, max_ms; /* n, total and max of good tries */
	GArray *buckets;
} StepSum;

/* StepSum, those that took most time in all first. NULL with error. */
GPtrArray *log_sum_steps(Log *log, GError **error);
/* So many percent of the good tries took no longer; within 1/32. */
gint64 log_step_percentile(const StepSum *sum, guint percent);

G_END_DECLS
