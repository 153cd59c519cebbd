/* SPDX-License-Identifier: Apache-2.0
 *
 * Sums over visits. It does not know who counts on from there. */
#include "db/totals.h"

#include "db/sql.h"

#define GOOD "final_verdict IN ('pass', 'current')"
/* A visit whose open question was settled by a later one is not counted beside that one. */
#define COUNTS "resolved_by IS NULL"

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

	/* With min() SQLite takes the other columns from the row that has the minimum: the first visit. */
	rows = work_order
		       ? SQL_ASK(db, error,
				 "SELECT imei, min(visit), good_first, max(" GOOD ") FROM v_visits"
				 " WHERE work_order = ? AND imei IS NOT NULL"
				 " AND end_us IS NOT NULL GROUP BY imei",
				 value_text(work_order))
		       : SQL_ASK(db, error,
				 "SELECT imei, min(visit), good_first, max(" GOOD ") FROM v_visits"
				 " WHERE work_order IS NULL AND begin_us >= ? AND imei IS NOT NULL"
				 " AND end_us IS NOT NULL GROUP BY imei",
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
		db, "SELECT count(DISTINCT imei) FROM v_visits WHERE work_order = ? AND " GOOD,
		&order, 1, good, error);
}
