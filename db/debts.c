/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of debt, setting, counter and registration. It does not know how a check is made. */
#include "db/debts.h"

#include "db/ledger.h"
#include "db/sql.h"
#include "db/tally.h"

#define DEBT_COLUMNS                                                                               \
	"SELECT d.attempt, d.visit, d.since_us, d.imei, coalesce(v.model_name, v.model),"          \
	" v.slot_label, v.work_order, a.procedure, coalesce(a.step, (SELECT name FROM step_run"    \
	" WHERE attempt = a.id ORDER BY n DESC LIMIT 1)), a.version_before, a.target, a.package,"  \
	" a.package_sha256, a.iccid, (SELECT min(l.at_us) FROM debt o JOIN ledger l"               \
	" ON l.attempt = o.attempt AND l.kind = 'danger'"                                          \
	" WHERE o.imei = d.imei AND o.settled_us IS NULL),"                                        \
	" (SELECT s.value FROM debt o JOIN setting s ON s.attempt = o.attempt"                     \
	" AND s.key = 'label' AND s.value <> o.imei"                                               \
	" WHERE o.imei = d.imei AND o.settled_us IS NULL ORDER BY s.id DESC LIMIT 1)"              \
	" FROM debt d JOIN attempt a ON a.id = d.attempt"                                          \
	" JOIN visit v ON v.id = d.visit WHERE d.settled_us IS NULL"

void debt_clear(Debt *debt)
{
	char **strings[] = { &debt->imei,       &debt->iccid,          &debt->model,
			     &debt->slot_label, &debt->work_order,     &debt->procedure,
			     &debt->step,       &debt->version_before, &debt->target,
			     &debt->package,    &debt->package_sha256, &debt->label };

	for (guint i = 0; i < G_N_ELEMENTS(strings); i++)
		g_clear_pointer(strings[i], g_free);
}

static Debt read_debt(SqlRows *rows)
{
	return (Debt){
		.attempt = sql_int(rows, 0),
		.visit = sql_int(rows, 1),
		.since_us = sql_int(rows, 2),
		.imei = g_strdup(sql_text(rows, 3)),
		.model = g_strdup(sql_text(rows, 4)),
		.slot_label = g_strdup(sql_text(rows, 5)),
		.work_order = g_strdup(sql_text(rows, 6)),
		.procedure = g_strdup(sql_text(rows, 7)),
		.step = g_strdup(sql_text(rows, 8)),
		.version_before = g_strdup(sql_text(rows, 9)),
		.target = g_strdup(sql_text(rows, 10)),
		.package = g_strdup(sql_text(rows, 11)),
		.package_sha256 = g_strdup(sql_text(rows, 12)),
		.iccid = g_strdup(sql_text(rows, 13)),
		.danger_us = sql_int(rows, 14),
		.label = g_strdup(sql_text(rows, 15)),
	};
}

bool debts_find(Db *db, const char *imei, Debt *debt, GError **error)
{
	g_autoptr(SqlRows) rows =
		SQL_ASK(db, error, DEBT_COLUMNS " AND d.imei = ? ORDER BY d.attempt DESC LIMIT 1",
			value_text(imei));

	*debt = (Debt){ 0 };
	if (!rows || !sql_next(rows, error))
		return false;
	*debt = read_debt(rows);
	return true;
}

/* Attempts that are past their point of no return and not closed: under way, or left by a station that died. */
#define OPEN_COLUMNS                                                                                \
	"SELECT a.id, a.visit, a.begin_us, a.imei, a.model, v.slot_label, v.work_order,"            \
	" a.procedure, (SELECT l.step FROM ledger l WHERE l.attempt = a.id AND l.kind = 'danger')," \
	" a.version_before, a.target, a.package, a.package_sha256, a.iccid,"                        \
	" (SELECT l.at_us FROM ledger l WHERE l.attempt = a.id AND l.kind = 'danger'), NULL"        \
	" FROM attempt a JOIN visit v ON v.id = a.visit WHERE a.end_us IS NULL AND EXISTS"          \
	" (SELECT 1 FROM ledger l WHERE l.attempt = a.id AND l.kind = 'danger') ORDER BY a.id"

static bool tell_each(Db *db, const char *sql, DebtReader read, gpointer user, GError **error)
{
	g_autoptr(SqlRows) rows = sql_ask(db, sql, NULL, 0, error);
	g_autoptr(GError) failed = NULL;

	if (!rows)
		return false;
	while (sql_next(rows, &failed)) {
		Debt debt = read_debt(rows);

		read(&debt, user);
		debt_clear(&debt);
	}
	if (!failed)
		return true;
	g_propagate_error(error, g_steal_pointer(&failed));
	return false;
}

bool debts_each(Db *db, DebtReader read, gpointer user, GError **error)
{
	return tell_each(db, DEBT_COLUMNS " ORDER BY d.attempt", read, user, error);
}

bool debts_open(Db *db, DebtReader read, gpointer user, GError **error)
{
	return tell_each(db, OPEN_COLUMNS, read, user, error);
}

bool debts_count(Db *db, const char *imei, const char *key, gint64 *count, GError **error)
{
	return SQL_NUMBER(db, error, count, "SELECT value FROM counter WHERE imei = ? AND key = ?",
			  value_text(imei), value_text(key));
}

char *debts_recall(Db *db, const char *imei, const char *key, GError **error)
{
	g_autoptr(SqlRows) rows = SQL_ASK(db, error,
					  "SELECT coalesce((SELECT CAST(value AS TEXT) FROM "
					  "counter WHERE imei = ?1 AND key = ?2),"
					  " (SELECT value FROM setting WHERE imei = ?1 AND key = "
					  "?2 ORDER BY id DESC LIMIT 1))",
					  value_text(imei), value_text(key));

	if (!rows || !sql_next(rows, error))
		return NULL;
	return g_strdup(sql_text(rows, 0));
}

bool debts_make(Db *db, guint32 attempt, gint64 now_us, GError **error)
{
	LedgerEntry entry = { LEDGER_DEBT, .attempt = attempt, .at_us = now_us };
	gint64 visit;

	if (!SQL_RUN(db, error,
		     "INSERT INTO debt (attempt, visit, imei, since_us)"
		     " SELECT id, visit, imei, ?2 FROM attempt WHERE id = ?1 AND imei IS NOT NULL"
		     " ON CONFLICT DO NOTHING",
		     value_int(attempt), value_int(now_us)))
		return false;
	if (sql_changed(db) == 0)
		return true;
	if (!SQL_NUMBER(db, error, &visit, "SELECT visit FROM debt WHERE attempt = ?",
			value_int(attempt)))
		return false;
	entry.visit = visit;
	return ledger_append(db, &entry, error);
}

bool debts_make_left(Db *db, guint32 visit, gint64 now_us, GError **error)
{
	g_autoptr(SqlRows) rows = SQL_ASK(
		db, error,
		"SELECT id FROM attempt a WHERE visit = ?1 AND end_us IS NULL AND imei IS NOT NULL"
		" AND EXISTS (SELECT 1 FROM ledger WHERE attempt = a.id AND kind = 'danger')",
		value_int(visit));
	g_autoptr(GError) failed = NULL;

	if (!rows)
		return false;
	while (sql_next(rows, &failed))
		if (!debts_make(db, sql_int(rows, 0), now_us, &failed))
			break;
	if (!failed)
		return true;
	g_propagate_error(error, g_steal_pointer(&failed));
	return false;
}

/* The oldest open debt that settling `attempt` settles; attempt 0 when there is none. */
static bool next_settled(Db *db, guint32 attempt, guint32 *found, guint32 *visit, GError **error)
{
	g_autoptr(SqlRows) rows = SQL_ASK(
		db, error,
		"SELECT attempt, visit FROM debt WHERE settled_us IS NULL AND attempt <= ?1"
		" AND imei = (SELECT imei FROM debt WHERE attempt = ?1) ORDER BY attempt LIMIT 1",
		value_int(attempt));
	g_autoptr(GError) failed = NULL;

	*found = 0;
	if (!rows)
		return false;
	if (sql_next(rows, &failed)) {
		*found = sql_int(rows, 0);
		*visit = sql_int(rows, 1);
	}
	if (!failed)
		return true;
	g_propagate_error(error, g_steal_pointer(&failed));
	return false;
}

bool debts_settle(Db *db, guint32 attempt, guint32 by, gint64 now_us, GError **error)
{
	guint32 found, visit;

	for (;;) {
		if (!next_settled(db, attempt, &found, &visit, error))
			return false;
		if (found == 0)
			return true;

		LedgerEntry entry = { LEDGER_RESOLVE, visit, found, .by_attempt = by,
				      .at_us = now_us };

		if (!tally_move(db, visit, found, -1, error) ||
		    !SQL_RUN(db, error,
			     "UPDATE debt SET settled_us = ?2, settled_by = ?3 WHERE attempt = ?1",
			     value_int(found), value_int(now_us), value_int(by)) ||
		    !tally_move(db, visit, found, 1, error) || !ledger_append(db, &entry, error))
			return false;
	}
}

/* An attempt's end covers its settings; one that belongs to none is entered by itself. */
static bool enter_fact(Db *db, guint32 attempt, gint64 now_us, GError **error)
{
	LedgerEntry entry = { LEDGER_FACT, .at_us = now_us };

	return attempt != 0 || (SQL_NUMBER(db, error, &entry.low, "SELECT max(id) FROM setting") &&
				ledger_append(db, &entry, error));
}

bool debts_remember(Db *db, const Fact *fact, guint32 attempt, gint64 now_us, GError **error)
{
	if (!SQL_RUN(
		    db, error,
		    "INSERT INTO setting (imei, key, value, attempt, at_us) VALUES (?, ?, ?, ?, ?)",
		    value_text(fact->imei), value_text(fact->key), value_text(fact->value),
		    value_id(attempt), value_int(now_us)) ||
	    !enter_fact(db, attempt, now_us, error))
		return false;
	if (g_strcmp0(fact->value, "+1") == 0)
		return SQL_RUN(db, error,
			       "INSERT INTO counter (imei, key, value) VALUES (?, ?, 1)"
			       " ON CONFLICT DO UPDATE SET value = value + 1",
			       value_text(fact->imei), value_text(fact->key));
	if (g_strcmp0(fact->key, "registration") == 0)
		return SQL_RUN(db, error,
			       "INSERT INTO registration (imei, imsi, at_us) VALUES (?1, ?2, ?3)"
			       " ON CONFLICT DO UPDATE SET imsi = ?2, at_us = ?3",
			       value_text(fact->imei), value_text(fact->value), value_int(now_us));
	return true;
}
