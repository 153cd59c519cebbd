/* SPDX-License-Identifier: Apache-2.0
 *
 * What the counters of a shift and of a work order begin with. It does not know who counts on from there. */
#pragma once

#include "db/db.h"
#include "lib/fault.h"

G_BEGIN_DECLS

/* Visits that ended since `since_us` (UTC): good ones, and those that count as failed. */
bool totals_shift(Db *db, gint64 since_us, gint64 *good, gint64 *failed, GError **error);

typedef struct {
	char imei[16];
	bool good_first; /* its first visit was good at try 1 of every hop */
	bool good;       /* it has had a good visit */
} TotalsUnit;

/* Every IMEI that a work order (NULL: units without one, since `since_us`) has seen. Array of TotalsUnit, or NULL with error. */
GArray *totals_units(Db *db, const char *work_order, gint64 since_us, GError **error);

/* Distinct IMEIs with a good visit in the work order, as of what is on disk. */
bool totals_good_units(Db *db, const char *work_order, gint64 *good, GError **error);

/* Whether this IMEI has had a good visit in the work order, as of what is on disk. */
bool totals_is_good(Db *db, const char *work_order, const char *imei, bool *good, GError **error);

/* So many visits of a slot ended with this fault; FAULT_NONE: good. */
typedef struct {
	char slot[24];
	FaultCode fault;
	guint visits;
} TotalsFault;

/* Of a work order (NULL: since `since_us`). Array of TotalsFault, or NULL with error. */
GArray *totals_faults(Db *db, const char *work_order, gint64 since_us, GError **error);

/* How long a step of a procedure has taken in the newest updates that passed, all tries of a job together. */
typedef struct {
	char model[32], procedure[48], step[32];
	guint ord;
	gint64 mean_ms;
	guint jobs;
} TotalsPace;

/* Array of TotalsPace, or NULL with error. */
GArray *totals_paces(Db *db, GError **error);

G_END_DECLS
