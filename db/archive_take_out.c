/* SPDX-License-Identifier: Apache-2.0
 *
 * What an archive has is taken out of the record, and what it still means is kept: counts, settings, who was seen. It does
 * not know how the archive is written. */
#include <string.h>

#include "db/archive_private.h"

/* The newest settings of each IMEI stay known, under numbers of their own; what was counted as one sum. */
static bool keep_settings(Db *db, const Month *m, GError **error)
{
	static const char *const keep[] = {
		"CREATE TEMP TABLE IF NOT EXISTS kept_setting (id INTEGER PRIMARY KEY)",
		"DELETE FROM temp.kept_setting",
		"INSERT INTO temp.kept_setting SELECT coalesce(max(id), 0) FROM main.setting",
		"INSERT INTO main.setting (imei, key, value, attempt, at_us)"
		" SELECT s.imei, s.key, '+' || sum(CAST(substr(s.value, 2) AS INTEGER)), NULL, max(s.at_us)"
		" FROM main.setting s JOIN main.counter c ON c.imei = s.imei AND c.key = s.key"
		" WHERE s.id IN (SELECT id FROM temp.going_setting) AND s.value GLOB '+[0-9]*'"
		" GROUP BY s.imei, s.key",
		"INSERT INTO main.setting (imei, key, value, attempt, at_us)"
		" SELECT s.imei, s.key, s.value, NULL, s.at_us FROM main.setting s"
		" WHERE s.id IN (SELECT id FROM temp.going_setting) AND s.value IS NOT NULL"
		" AND s.id = (SELECT max(id) FROM main.setting WHERE imei = s.imei AND key = s.key"
		" AND id <= (SELECT id FROM temp.kept_setting))"
		" AND NOT EXISTS (SELECT 1 FROM main.counter c WHERE c.imei = s.imei AND c.key = s.key)"
		" ORDER BY s.id",
		NULL
	};

	return archive_run(db, keep, "main.", m, error) &&
	       archive_enter(db, LEDGER_FACT,
			     "SELECT id FROM setting WHERE id > (SELECT id FROM temp.kept_setting)",
			     archive_fill_low, m->now_us, error);
}

static bool keep_units(Db *db, const Month *m, GError **error)
{
	static const char *const keep[] = {
		"INSERT INTO main.kept_unit SELECT coalesce(work_order, ''), imei, coalesce(good_first, 0),"
		" final_verdict IN ('pass', 'current') FROM main.v_visits"
		" WHERE visit IN (SELECT visit FROM temp.going) AND imei IS NOT NULL"
		" AND coalesce(operation, 'update') IN ('update', 'check') ORDER BY visit"
		" ON CONFLICT DO UPDATE SET good = max(good, excluded.good)",
		NULL
	};

	return archive_run(db, keep, "main.", m, error);
}

/* The ledger's own guards are put back as they were. */
static bool delete_rows(Db *db, const Month *m, GError **error)
{
	static const char *const deletes[] = {
		"DROP TRIGGER main.ledger_delete",
		"CREATE TEMP TABLE IF NOT EXISTS going_attempt (id INTEGER PRIMARY KEY)",
		"DELETE FROM temp.going_attempt",
		"INSERT INTO temp.going_attempt SELECT id FROM main.attempt WHERE visit IN (SELECT visit FROM temp.going)",
		"DELETE FROM main.trace WHERE attempt IN (SELECT id FROM temp.going_attempt)",
		"DELETE FROM main.step_run WHERE attempt IN (SELECT id FROM temp.going_attempt)",
		"DELETE FROM main.setting WHERE id IN (SELECT id FROM temp.going_setting)",
		"DELETE FROM main.debt WHERE attempt IN (SELECT id FROM temp.going_attempt)",
		"DELETE FROM main.attempt WHERE id IN (SELECT id FROM temp.going_attempt)",
		"DELETE FROM main.visit WHERE id IN (SELECT visit FROM temp.going)",
		"DELETE FROM main.event WHERE id <= ?3",
		"DELETE FROM main.ledger WHERE seq <= ?1",
		NULL
	};
	g_autofree char *trigger = NULL;
	g_autoptr(SqlRows) rows = sql_ask(
		db, "SELECT sql FROM sqlite_master WHERE name = 'ledger_delete'", NULL, 0, error);

	if (!rows || !sql_next(rows, error))
		return false;
	trigger = g_strdup(sql_text(rows, 0));
	g_clear_pointer(&rows, sql_done);
	return archive_run(db, deletes, "main.", m, error) && sql_run(db, trigger, NULL, 0, error);
}

/* What stays and had its entries in the part that went is entered anew. */
static bool carry(Db *db, gint64 now_us, GError **error)
{
	return archive_enter(
		       db, LEDGER_CARRY,
		       "SELECT visit, id, 0, 0 FROM attempt a WHERE end_us IS NOT NULL AND NOT EXISTS"
		       " (SELECT 1 FROM ledger l WHERE l.attempt = a.id AND l.kind IN ('end', 'carry'))"
		       " ORDER BY id",
		       archive_fill_attempt, now_us, error) &&
	       archive_enter(
		       db, LEDGER_DEBT,
		       "SELECT visit, attempt, 0, 0 FROM debt d WHERE NOT EXISTS (SELECT 1 FROM ledger l"
		       " WHERE l.attempt = d.attempt AND l.kind = 'debt') ORDER BY attempt",
		       archive_fill_attempt, now_us, error) &&
	       archive_enter(
		       db, LEDGER_RESOLVE,
		       "SELECT visit, attempt, settled_by, settled_us FROM debt d"
		       " WHERE settled_by IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ledger l"
		       " WHERE l.attempt = d.attempt AND l.kind = 'resolve') ORDER BY attempt",
		       archive_fill_attempt, now_us, error) &&
	       archive_enter(
		       db, LEDGER_CARRY,
		       "SELECT id FROM visit v WHERE end_us IS NOT NULL AND NOT EXISTS (SELECT 1 FROM"
		       " ledger l WHERE l.visit = v.id AND (l.kind = 'verdict' OR (l.kind = 'carry'"
		       " AND l.attempt IS NULL))) ORDER BY id",
		       archive_fill_visit, now_us, error);
}

bool archive_sum_anew(Db *db, const Month *m, GError **error)
{
	static const char *const sums[] = {
		"DELETE FROM main.visit_tally",
		"DELETE FROM main.package_tally",
		"DELETE FROM main.step_tally",
		"INSERT INTO main.visit_tally SELECT * FROM main.visit_tally_anew",
		"INSERT INTO main.package_tally SELECT * FROM main.package_tally_anew",
		"INSERT INTO main.step_tally SELECT * FROM main.step_tally_anew",
		NULL
	};

	return archive_run(db, sums, "main.", m, error);
}

static bool note_archive(Db *db, const Month *m, guint32 visit, guint32 attempt, GError **error)
{
	g_autofree char *name = g_path_get_basename(m->file);

	return SQL_RUN(db, error,
		       "INSERT INTO archive (month, file, first_seq, last_seq, last_sha, head, event,"
		       " visit, attempt, visits, attempts, at_us)"
		       " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		       value_text(m->month), value_text(name), value_int(m->first_seq),
		       value_int(m->last_seq), value_text(m->last_sha), value_text(m->head),
		       value_int(m->event), value_int(visit), value_int(attempt),
		       value_int(m->visits), value_int(m->attempts), value_int(m->now_us)) &&
	       archive_enter(db, LEDGER_ARCHIVE, "SELECT id FROM archive ORDER BY id",
			     archive_fill_low, m->now_us, error) &&
	       archive_enter(db, LEDGER_ORDER, "SELECT 0", archive_fill_low, m->now_us, error) &&
	       archive_enter(db, LEDGER_KEPT, "SELECT 0", archive_fill_low, m->now_us, error);
}

bool archive_take_out(const Month *m, GError **error)
{
	guint32 visit, attempt;

	/* The chain goes on behind the entries that go: something must follow them first. */
	return db_last_ids(m->db, &visit, &attempt, error) &&
	       archive_choose(m->db, "main.", m, error) && keep_settings(m->db, m, error) &&
	       keep_units(m->db, m, error) && note_archive(m->db, m, visit, attempt, error) &&
	       delete_rows(m->db, m, error) && carry(m->db, m->now_us, error) &&
	       archive_sum_anew(m->db, m, error);
}
