/* SPDX-License-Identifier: Apache-2.0
 *
 * Sums over visits. It does not know who counts on from there. */
#include "db/totals.h"

#include <string.h>

#include "db/sql.h"

/* As many of the newest jobs say how long the next ones will take. */
#define PACE_JOBS 300

#define GOOD "final_verdict IN ('pass', 'current')"
/* A visit whose open question was settled by a later one is not counted beside that one, one without an update never. */
#define COUNTS "counts"
/* As COUNTS, but a first pass does not follow what was settled later. */
#define UPDATES "coalesce(operation, 'update') IN ('update', 'check')"

bool totals_shift(Db *db, gint64 since_us, gint64 *good, gint64 *failed, GError **error)
{
	const Value since = value_int(since_us);

	return sql_number(db,
			  "SELECT count(*) FROM v_visits WHERE begin_us >= ? AND " COUNTS
			  " AND " GOOD,
			  &since, 1, good, error) &&
	       sql_number(db,
			  "SELECT count(*) FROM v_visits WHERE begin_us >= ? AND " COUNTS
			  " AND final_verdict IN ('fail', 'aborted', 'interrupted')",
			  &since, 1, failed, error);
}

GArray *totals_units(Db *db, const char *work_order, gint64 since_us, GError **error)
{
	g_autoptr(GArray) units = g_array_new(FALSE, TRUE, sizeof(TotalsUnit));
	g_autoptr(GError) trouble = NULL;
	g_autoptr(SqlRows) rows = NULL;

	/* With min() as the only min() or max() SQLite takes the other columns from the row that has the minimum: the first
	 * visit. */
	rows = work_order
		       ? SQL_ASK(db, error,
				 "SELECT imei, min(visit), good_first, sum(good) > 0 FROM ("
				 "SELECT imei, visit, good_first, " GOOD " AS good FROM v_visits"
				 " WHERE work_order = ?1 AND imei IS NOT NULL AND " UPDATES
				 " AND end_us IS NOT NULL"
				 /* what retention took away was before all that is here */
				 " UNION ALL SELECT imei, 0, good_first, good FROM kept_unit"
				 " WHERE work_order = ?1) GROUP BY imei",
				 value_text(work_order))
		       : SQL_ASK(db, error,
				 "SELECT imei, min(visit), good_first, sum(" GOOD ") > 0"
				 " FROM v_visits"
				 " WHERE work_order IS NULL AND begin_us >= ? AND imei IS NOT NULL"
				 " AND " UPDATES " AND end_us IS NOT NULL GROUP BY imei",
				 value_int(since_us));
	if (!rows)
		return NULL;
	while (sql_next(rows, &trouble)) {
		TotalsUnit u = { .good_first = sql_int(rows, 2), .good = sql_int(rows, 3) };

		g_strlcpy(u.imei, sql_text(rows, 0), sizeof(u.imei));
		g_array_append_val(units, u);
	}
	if (trouble) {
		g_propagate_error(error, g_steal_pointer(&trouble));
		return NULL;
	}
	return g_steal_pointer(&units);
}

bool totals_good_units(Db *db, const char *work_order, gint64 *good, GError **error)
{
	const Value order = value_text(work_order);

	return sql_number(
		db,
		"SELECT count(*) FROM (SELECT imei FROM v_visits WHERE work_order = ?1 AND " UPDATES
		" AND " GOOD " UNION SELECT imei FROM kept_unit WHERE work_order = ?1 AND good)",
		&order, 1, good, error);
}

bool totals_is_good(Db *db, const char *work_order, const char *imei, bool *good, GError **error)
{
	const Value values[] = { value_text(work_order), value_text(imei) };
	gint64 n = 0;
	bool known = sql_number(
		db,
		"SELECT EXISTS (SELECT 1 FROM v_visits WHERE work_order = ?1 AND imei = ?2 AND " UPDATES
		" AND " GOOD
		") OR EXISTS (SELECT 1 FROM kept_unit WHERE work_order = ?1 AND imei = ?2 AND good)",
		values, G_N_ELEMENTS(values), &n, error);

	*good = known && n > 0;
	return known;
}

static FaultCode fault_of_name(const char *name)
{
	for (const Fault *f = fault_list(); name && f->code != FAULT_NONE; f++)
		if (strcmp(f->name, name) == 0)
			return f->code;
	return FAULT_NONE;
}

GArray *totals_faults(Db *db, const char *work_order, gint64 since_us, GError **error)
{
	g_autoptr(GArray) faults = g_array_new(FALSE, TRUE, sizeof(TotalsFault));
	g_autoptr(GError) trouble = NULL;
	g_autoptr(SqlRows) rows = NULL;

#define FAULTS                                                                                     \
	"SELECT slot, final_fault, count(*) FROM v_visits WHERE " COUNTS                           \
	" AND final_verdict NOT IN ('skipped', 'open')"
	rows = work_order
		       ? SQL_ASK(db, error, FAULTS " AND work_order = ? GROUP BY slot, final_fault",
				 value_text(work_order))
		       : SQL_ASK(db, error, FAULTS " AND begin_us >= ? GROUP BY slot, final_fault",
				 value_int(since_us));
#undef FAULTS
	if (!rows)
		return NULL;
	while (sql_next(rows, &trouble)) {
		TotalsFault f = { .fault = fault_of_name(sql_text(rows, 1)),
				  .visits = sql_int(rows, 2) };

		g_strlcpy(f.slot, sql_text(rows, 0), sizeof(f.slot));
		g_array_append_val(faults, f);
	}
	if (trouble) {
		g_propagate_error(error, g_steal_pointer(&trouble));
		return NULL;
	}
	return g_steal_pointer(&faults);
}

GArray *totals_paces(Db *db, GError **error)
{
	g_autoptr(GArray) paces = g_array_new(FALSE, TRUE, sizeof(TotalsPace));
	g_autoptr(GError) trouble = NULL;
	g_autoptr(SqlRows) rows = NULL;

	/* A step that a job did not enter took no time in it. */
	rows = SQL_ASK(
		db, error,
		"WITH job AS (SELECT a.id, coalesce(v.model_name, v.model) AS model, a.procedure"
		" FROM attempt a JOIN visit v ON v.id = a.visit"
		" WHERE a.outcome = 'pass' AND a.operation = 'update' ORDER BY a.id DESC LIMIT ?),"
		" jobs AS (SELECT model, procedure, count(*) AS n FROM job GROUP BY 1, 2)"
		" SELECT j.model, j.procedure, s.ord, min(s.name), sum(s.ms) / n.n, n.n"
		" FROM job j JOIN step_run s ON s.attempt = j.id"
		" JOIN jobs n ON n.model = j.model AND n.procedure = j.procedure"
		" GROUP BY j.model, j.procedure, s.ord",
		value_int(PACE_JOBS));
	if (!rows)
		return NULL;
	while (sql_next(rows, &trouble)) {
		TotalsPace p = { .ord = sql_int(rows, 2),
				 .mean_ms = sql_int(rows, 4),
				 .jobs = sql_int(rows, 5) };

		g_strlcpy(p.model, sql_text(rows, 0), sizeof(p.model));
		g_strlcpy(p.procedure, sql_text(rows, 1), sizeof(p.procedure));
		g_strlcpy(p.step, sql_text(rows, 3), sizeof(p.step));
		g_array_append_val(paces, p);
	}
	if (trouble) {
		g_propagate_error(error, g_steal_pointer(&trouble));
		return NULL;
	}
	return g_steal_pointer(&paces);
}
