/* SPDX-License-Identifier: Apache-2.0
 *
 * The questions that people ask the record. It does not know how the answers are shown. */
#pragma once

#include "db/period.h"
#include "db/sql.h"
#include "lib/fault.h"

G_BEGIN_DECLS

/* What is asked about; NULL and OUTCOME_NONE: all. Strings are borrowed. */
typedef struct {
	const char *imei;    /* an IMEI or any part of one */
	const char *slot;    /* label */
	const char *model;   /* its name */
	const char *version; /* found before or read back after */
	Outcome outcome;
	bool open;         /* only what is not closed */
	const char *fault; /* stable name */
	const char *work_order, *worker, *station;
	const char *package; /* its name, or the beginning of its SHA-256 */
	Period period;       /* when it began */
	gint64 limit;        /* the newest so many; 0: all */
} Filter;

/* Nothing is left out but by the limit. */
bool filter_is_empty(const Filter *filter);

/* Each answer is let go with sql_done(); NULL with error. The columns are those of docs/schema.md. */

/* Newest first. `of` is v_attempts, or another view with a column `attempt`. */
SqlRows *query_attempts(Db *db, const Filter *filter, const char *of, GError **error);
/* The columns of attempts that fit a terminal, the most important first, ended by NULL. */
const char *const *query_attempts_brief(void);

/* The visits that have such an attempt, newest first. */
SqlRows *query_visits(Db *db, const Filter *filter, GError **error);

/* All of a view, in its own order. */
SqlRows *query_view(Db *db, const char *view, GError **error);

/* One row per IMEI of the attempts that the filter finds, with the newest of these attempts; newest first. */
SqlRows *query_units(Db *db, const Filter *filter, GError **error);
const char *const *query_units_brief(void);
/* Columns of it that several databases' answers are put together by. */
enum { UNITS_IMEI, UNITS_ATTEMPTS = 2, UNITS_FIRST_UTC, UNITS_BEGIN_US = 19 };
/* attempts, first_utc, begin_us of what the filter finds of this one IMEI; no row when that is nothing. */
SqlRows *query_unit_found(Db *db, const Filter *filter, const char *imei, GError **error);

/* The whole life of one IMEI in the order in which it was written: visits, attempts, debts and what settled them, the count of updates. */
SqlRows *query_unit(Db *db, const char *imei, GError **error);
const char *const *query_unit_brief(void);

/* Where one IMEI was seen last, its visits, and room for every version that it was ever good at; no row when it was never
 * seen. */
SqlRows *query_where(Db *db, const char *imei, GError **error);
enum { WHERE_VISITS = 12, WHERE_GOOD, WHERE_GOOD_AT };
/* How many visits it had, and how many of them were good. */
bool query_visit_counts(Db *db, const char *imei, gint64 *visits, gint64 *good, GError **error);
/* version, day, us: each version and day at which it was good, and when that was first. */
SqlRows *query_good_at(Db *db, const char *imei, GError **error);

/* What is known of one attempt, as rows of section, name and value: itself, its visit, steps, settings, what was owed. */
SqlRows *query_show(Db *db, guint32 attempt, GError **error);

/* For a vendor's service: IMEI, ICCID, number, model and version of the units that the filter finds. */
SqlRows *query_pfm(Db *db, const Filter *filter, GError **error);

/* When this IMEI came last, 0 when it never did. */
bool query_last_seen(Db *db, const char *imei, gint64 *us, GError **error);

/* The last entry of the ledger, in one row; of an empty one, number 0 and a hash of zeros. */
SqlRows *query_head(Db *db, GError **error);

/* Sums, to be added up over databases. */

typedef enum {
	YIELD_DAY,
	YIELD_WEEK,
	YIELD_MONTH,
	YIELD_SLOT,
	YIELD_PLACE, /* station, tab, slot: not to be asked for by name */
	YIELD_MODEL,
	YIELD_ORDER,
	YIELD_WORKER,
	YIELD_STATION,
	YIELD_PACKAGE,
	N_YIELDS
} YieldBy;

/* day, week, month, slot, model, work-order, operator, station, package; N_YIELDS for another name. */
YieldBy yield_by_name(const char *name);
/* How its column is called. */
const char *yield_column(YieldBy by);
/* key, visits, good, failed, skipped, first, first_good; a key may come more than once. */
SqlRows *query_yield(Db *db, YieldBy by, const Filter *filter, GError **error);
/* fault, blame, text, imei, attempts: each IMEI by itself, so that different ones can be counted over databases. */
SqlRows *query_faults(Db *db, const Filter *filter, GError **error);
/* station, slot, fault, attempts. */
SqlRows *query_slot_faults(Db *db, const Filter *filter, GError **error);
/* model, procedure, step, good, about_ms, n, sum_ms, max_ms; by model, slot and period alone. */
SqlRows *query_steps(Db *db, const Filter *filter, GError **error);

/* For a report. */

/* station, slot, place_row, place_column, begin_us: of every slot that ever had a visit, as its last visit has them. */
SqlRows *query_places(Db *db, GError **error);
/* imei, model, slot, begin_utc, verdict, fault, text, next, owed (1: a check is owed), station: units whose last visit was
 * not good, and those that are owed a check; the newest `limit`. */
SqlRows *query_suspects(Db *db, const Filter *filter, GError **error);
/* Did this IMEI come here after that moment (as in *_utc)? False with error. */
bool query_came_after(Db *db, const char *imei, const char *utc, bool *came, GError **error);

G_END_DECLS
