/* SPDX-License-Identifier: Apache-2.0
 *
 * Adds what the views of sums say of one visit or attempt to their tables. It does not know what counts: the views do. */
#include "db/tally.h"

#include "db/sql.h"

bool tally_visit_closing(Db *db, guint32 visit, const char *imei, GError **error)
{
	return SQL_RUN(db, error,
		       "UPDATE visit SET imei = coalesce(imei, ?2), operation = coalesce((SELECT operation"
		       " FROM attempt WHERE visit = ?1"
		       " ORDER BY operation IN ('update', 'check') DESC, id DESC LIMIT 1), 'update')"
		       " WHERE id = ?1 AND end_us IS NULL",
		       value_int(visit), value_text(imei)) &&
	       SQL_RUN(db, error,
		       "UPDATE visit SET first = imei IS NOT NULL AND operation IN ('update', 'check')"
		       " AND NOT EXISTS (SELECT 1 FROM visit e WHERE e.imei = visit.imei"
		       " AND e.id < visit.id AND e.work_order IS visit.work_order"
		       " AND coalesce(e.operation, 'update') IN ('update', 'check'))"
		       " AND NOT EXISTS (SELECT 1 FROM kept_unit k WHERE k.imei = visit.imei"
		       " AND k.work_order = coalesce(visit.work_order, ''))"
		       " WHERE id = ?1 AND end_us IS NULL",
		       value_int(visit));
}

#define SUMS " ?2 * visits, ?2 * good, ?2 * failed, ?2 * skipped, ?2 * first, ?2 * first_good FROM "
#define ADD                                                                                               \
	" = ?1 ON CONFLICT DO UPDATE SET visits = visits + excluded.visits, good = good + excluded.good," \
	" failed = failed + excluded.failed, skipped = skipped + excluded.skipped,"                       \
	" first = first + excluded.first, first_good = first_good + excluded.first_good"

static bool add_visit(Db *db, guint32 visit, int sign, GError **error)
{
	return SQL_RUN(db, error,
		       "INSERT INTO visit_tally SELECT day, station, slot, model, work_order,"
		       " operator," SUMS "visit_sums WHERE visit" ADD,
		       value_int(visit), value_int(sign));
}

#define PACKAGE                                                                                    \
	"INSERT INTO package_tally SELECT day, station, slot, model, work_order, operator,"        \
	" package, sha256, applied," SUMS "package_sums WHERE attempt"

static bool add_package(Db *db, guint32 attempt, int sign, GError **error)
{
	return SQL_RUN(db, error, PACKAGE ADD, value_int(attempt), value_int(sign));
}

static bool add_steps(Db *db, guint32 attempt, GError **error)
{
	return SQL_RUN(
		db, error,
		"INSERT INTO step_tally SELECT day, model, procedure, step, good, about_ms, 1, ms, ms"
		" FROM step_sums WHERE attempt = ?1 ON CONFLICT DO UPDATE SET n = n + 1,"
		" sum_ms = sum_ms + excluded.sum_ms, max_ms = max(max_ms, excluded.max_ms)",
		value_int(attempt));
}

bool tally_attempt_closed(Db *db, guint32 attempt, GError **error)
{
	return add_package(db, attempt, 1, error) && add_steps(db, attempt, error);
}

bool tally_move(Db *db, guint32 visit, guint32 attempt, int sign, GError **error)
{
	return add_visit(db, visit, sign, error) && add_package(db, attempt, sign, error);
}

bool tally_visit_closed(Db *db, guint32 visit, GError **error)
{
	g_autoptr(SqlRows) rows = NULL;
	g_autoptr(GError) failed = NULL;

	if (!add_visit(db, visit, 1, error))
		return false;
	rows = SQL_ASK(db, error, "SELECT id FROM attempt WHERE visit = ? AND end_us IS NOT NULL",
		       value_int(visit));
	if (!rows)
		return false;
	while (sql_next(rows, &failed))
		if (!tally_attempt_closed(db, sql_int(rows, 0), &failed))
			break;
	if (!failed)
		return true;
	g_propagate_error(error, g_steal_pointer(&failed));
	return false;
}
