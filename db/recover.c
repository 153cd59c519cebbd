/* SPDX-License-Identifier: Apache-2.0
 *
 * Closes rows without an end. It does not know why they have none. */
#include "db/recover.h"

#include "db/debts.h"
#include "db/ledger.h"
#include "db/sql.h"
#include "db/tally.h"
#include "db/transcript.h"

typedef struct {
	guint32 attempt, visit;
	bool danger;
} Open;

/* Numbers first, changes after: a statement is not changed under its own reading. */
static GArray *find_open(Db *db, const char *sql, GError **error)
{
	g_autoptr(SqlRows) rows = sql_ask(db, sql, NULL, 0, error);
	g_autoptr(GArray) open = g_array_new(FALSE, FALSE, sizeof(Open));
	g_autoptr(GError) failed = NULL;

	if (!rows)
		return NULL;
	while (sql_next(rows, &failed)) {
		Open one = { sql_int(rows, 0), sql_int(rows, 1), sql_int(rows, 2) != 0 };

		g_array_append_val(open, one);
	}
	if (!failed)
		return g_steal_pointer(&open);
	g_propagate_error(error, g_steal_pointer(&failed));
	return NULL;
}

static bool close_attempt(Db *db, const Open *open, gint64 now_us, GError **error)
{
	LedgerEntry entry = { LEDGER_END, open->visit, open->attempt, .at_us = now_us };

	if (!SQL_RUN(
		    db, error,
		    "UPDATE attempt SET end_us = ?2, outcome = 'interrupted', fault = ?3, step = "
		    "s.name,"
		    " detail = 'interrupted in ' || coalesce(s.name, 'no step')"
		    " FROM (SELECT coalesce("
		    /* The intent is on disk before the step that it is about. */
		    " (SELECT l.step FROM ledger l WHERE l.attempt = ?1 AND l.kind = 'danger' AND NOT EXISTS"
		    " (SELECT 1 FROM step_run r WHERE r.attempt = ?1 AND r.name = l.step)),"
		    " (SELECT name FROM step_run WHERE attempt = ?1 ORDER BY n DESC LIMIT 1)) AS name) s"
		    " WHERE id = ?1",
		    value_int(open->attempt), value_int(now_us), value_int(FAULT_STATION_DIED)) ||
	    !transcript_pack(db, open->attempt, error) || !ledger_append(db, &entry, error))
		return false;
	if (!tally_attempt_closed(db, open->attempt, error))
		return false;
	return !open->danger || debts_make(db, open->attempt, now_us, error);
}

/* No visit is made good afterwards, even when its last attempt was: nobody was shown a verdict. */
static bool close_visit(Db *db, const Open *open, gint64 now_us, GError **error)
{
	LedgerEntry entry = { LEDGER_VERDICT, open->visit, .at_us = now_us };

	return tally_visit_closing(db, open->visit, NULL, error) &&
	       SQL_RUN(db, error,
		       "UPDATE visit SET end_us = ?2, verdict = 'interrupted', fault = ?3, "
		       "good_first = 0,"
		       " step = l.step, detail = l.detail, version_after = l.version_after"
		       " FROM (SELECT 1) LEFT JOIN (SELECT step, detail, version_after FROM attempt"
		       " WHERE visit = ?1 ORDER BY id DESC LIMIT 1) l WHERE id = ?1",
		       value_int(open->visit), value_int(now_us), value_int(FAULT_STATION_DIED)) &&
	       ledger_append(db, &entry, error) && tally_visit_closed(db, open->visit, error);
}

static bool close_all(Db *db, gint64 now_us, guint *closed, GError **error)
{
	g_autoptr(GArray) attempts = find_open(db,
					       "SELECT id, visit, EXISTS (SELECT 1 FROM ledger "
					       "WHERE attempt = a.id AND kind = 'danger')"
					       " FROM attempt a WHERE end_us IS NULL ORDER BY id",
					       error);
	g_autoptr(GArray) visits = NULL;

	if (!attempts)
		return false;
	for (guint i = 0; i < attempts->len; i++)
		if (!close_attempt(db, &g_array_index(attempts, Open, i), now_us, error))
			return false;
	visits =
		find_open(db, "SELECT 0, id, 0 FROM visit WHERE end_us IS NULL ORDER BY id", error);
	if (!visits)
		return false;
	for (guint i = 0; i < visits->len; i++)
		if (!close_visit(db, &g_array_index(visits, Open, i), now_us, error))
			return false;
	*closed = attempts->len;
	return true;
}

bool recover_run(Db *db, gint64 now_us, guint *closed, GError **error)
{
	guint n = 0;

	if (!sql_begin(db, error))
		return false;
	if (!sql_end(db, close_all(db, now_us, &n, error), error))
		return false;
	if (closed)
		*closed = n;
	return true;
}
