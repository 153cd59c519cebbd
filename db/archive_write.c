/* SPDX-License-Identifier: Apache-2.0
 *
 * The file of one month: copies of what goes, the ledger up to there, and entries of its own about what is not in it. It
 * does not know what then becomes of the record. */
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#include "db/archive_private.h"

/* "{}" becomes the schema; ?1 the last entry that goes, ?2 the end of the month, ?3 the last event that goes. */
bool archive_run(Db *db, const char *const *statements, const char *schema, const Month *month,
		 GError **error)
{
	const Value values[] = { value_int(month->last_seq), value_int(month->until_us),
				 value_int(month->event) };

	for (guint i = 0; statements[i]; i++) {
		g_auto(GStrv) parts = g_strsplit(statements[i], "{}", -1);
		g_autofree char *sql = g_strjoinv(schema, parts);
		guint n = strstr(sql, "?3") ? 3 : strstr(sql, "?2") ? 2 : strstr(sql, "?1") ? 1 : 0;

		if (!sql_run(db, sql, values, n, error))
			return false;
	}
	return true;
}

/* A visit stays that is not over, goes on after the month, is owed a check, or is tied by a check to one that stays. */
bool archive_choose(Db *db, const char *schema, const Month *month, GError **error)
{
	static const char *const begin[] = {
		"DROP TABLE IF EXISTS temp.going",
		"DROP TABLE IF EXISTS temp.going_setting",
		"CREATE TEMP TABLE going (visit INTEGER PRIMARY KEY)",
		"CREATE TEMP TABLE going_setting (id INTEGER PRIMARY KEY)",
		"INSERT INTO temp.going SELECT id FROM {}visit v WHERE end_us IS NOT NULL"
		" AND id IN (SELECT visit FROM {}ledger WHERE seq <= ?1)"
		" AND id NOT IN (SELECT visit FROM {}ledger WHERE seq > ?1)"
		" AND id NOT IN (SELECT visit FROM {}debt WHERE settled_by IS NULL)",
		NULL
	};
	static const char *const tied[] = {
		"DELETE FROM temp.going WHERE visit IN ("
		"SELECT d.visit FROM {}debt d JOIN {}attempt a ON a.id = d.settled_by"
		" WHERE a.visit NOT IN (SELECT visit FROM temp.going)"
		" UNION ALL SELECT a.visit FROM {}debt d JOIN {}attempt a ON a.id = d.settled_by"
		" WHERE d.visit NOT IN (SELECT visit FROM temp.going)"
		" UNION ALL SELECT x.visit FROM {}attempt y JOIN {}attempt x ON x.id = y.resolves"
		" WHERE y.visit NOT IN (SELECT visit FROM temp.going)"
		" UNION ALL SELECT y.visit FROM {}attempt y JOIN {}attempt x ON x.id = y.resolves"
		" WHERE x.visit NOT IN (SELECT visit FROM temp.going))",
		NULL
	};
	static const char *const end[] = {
		"INSERT INTO temp.going_setting SELECT s.id FROM {}setting s JOIN {}attempt a"
		" ON a.id = s.attempt WHERE a.visit IN (SELECT visit FROM temp.going)"
		" UNION SELECT low FROM {}ledger WHERE kind = 'fact' AND seq <= ?1",
		"INSERT OR IGNORE INTO temp.going_setting SELECT id FROM {}setting"
		" WHERE attempt IS NULL AND id <= (SELECT setting FROM {}horizon) AND at_us < ?2",
		NULL
	};

	if (!archive_run(db, begin, schema, month, error))
		return false;
	do {
		if (!archive_run(db, tied, schema, month, error))
			return false;
	} while (sql_changed(db) > 0);
	return archive_run(db, end, schema, month, error);
}

void archive_fill_visit(LedgerEntry *entry, SqlRows *row)
{
	entry->visit = sql_int(row, 0);
}

void archive_fill_attempt(LedgerEntry *entry, SqlRows *row)
{
	entry->visit = sql_int(row, 0);
	entry->attempt = sql_int(row, 1);
	entry->by_attempt = sql_int(row, 2);
	if (sql_int(row, 3) != 0)
		entry->at_us = sql_int(row, 3);
}

void archive_fill_low(LedgerEntry *entry, SqlRows *row)
{
	entry->low = sql_int(row, 0);
}

bool archive_enter(Db *db, LedgerKind kind, const char *question, ArchiveFill fill, gint64 now_us,
		   GError **error)
{
	g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(LedgerEntry));
	g_autoptr(SqlRows) rows = sql_ask(db, question, NULL, 0, error);
	g_autoptr(GError) failed = NULL;

	if (!rows)
		return false;
	/* Numbers first: the ledger is not changed under its own reading. */
	while (sql_next(rows, &failed)) {
		LedgerEntry entry = { .kind = kind, .at_us = now_us };

		fill(&entry, rows);
		g_array_append_val(entries, entry);
	}
	for (guint i = 0; !failed && i < entries->len; i++)
		ledger_append(db, &g_array_index(entries, LedgerEntry, i), &failed);
	if (!failed)
		return true;
	g_propagate_error(error, g_steal_pointer(&failed));
	return false;
}

static bool copy_rows(Db *part, const Month *m, GError **error)
{
	static const char *const copies[] = {
		"INSERT OR REPLACE INTO main.fault_code SELECT * FROM {}fault_code",
		"INSERT INTO main.work_order SELECT * FROM {}work_order",
		"INSERT INTO main.archive SELECT * FROM {}archive",
		"INSERT OR REPLACE INTO main.horizon SELECT * FROM {}horizon",
		"INSERT INTO main.visit SELECT * FROM {}visit WHERE id IN (SELECT visit FROM temp.going)",
		"INSERT INTO main.attempt SELECT * FROM {}attempt"
		" WHERE visit IN (SELECT visit FROM temp.going) ORDER BY id",
		"INSERT INTO main.step_run SELECT s.* FROM {}step_run s JOIN main.attempt a ON a.id = s.attempt",
		"INSERT INTO main.trace SELECT t.* FROM {}trace t JOIN main.attempt a ON a.id = t.attempt",
		"INSERT INTO main.setting SELECT * FROM {}setting WHERE id IN (SELECT id FROM temp.going_setting)",
		"INSERT INTO main.debt SELECT d.* FROM {}debt d JOIN main.attempt a ON a.id = d.attempt",
		"INSERT INTO main.event SELECT * FROM {}event WHERE id <= ?3",
		"INSERT INTO main.ledger SELECT * FROM {}ledger WHERE seq <= ?1",
		/* what follows from these */
		"INSERT INTO main.counter SELECT imei, key, sum(CAST(substr(value, 2) AS INTEGER))"
		" FROM main.setting s WHERE value GLOB '+[0-9]*'"
		" AND EXISTS (SELECT 1 FROM {}counter c WHERE c.imei = s.imei AND c.key = s.key)"
		" GROUP BY imei, key",
		"INSERT INTO main.registration SELECT imei, value, at_us FROM main.setting s"
		" WHERE key = 'registration' AND id = (SELECT max(id) FROM main.setting"
		" WHERE imei = s.imei AND key = s.key)",
		NULL
	};

	return archive_run(part, copies, "r.", m, error) && archive_sum_anew(part, m, error);
}

/* Entries of the file's own, behind those of the record: what is not in it, and what its tables say now. */
static bool close_ledger(Db *part, const Month *m, GError **error)
{
	return archive_enter(part, LEDGER_LEFT,
			     "SELECT DISTINCT visit FROM ledger WHERE visit <> 0"
			     " AND visit NOT IN (SELECT id FROM visit)",
			     archive_fill_visit, m->now_us, error) &&
	       archive_enter(part, LEDGER_ARCHIVE, "SELECT id FROM archive", archive_fill_low,
			     m->now_us, error) &&
	       archive_enter(part, LEDGER_ORDER, "SELECT 0", archive_fill_low, m->now_us, error) &&
	       archive_enter(part, LEDGER_KEPT, "SELECT 0", archive_fill_low, m->now_us, error);
}

static bool read_ends(Db *part, Month *m, GError **error)
{
	LedgerHead head;

	if (!verify_entry(part, m->last_seq, m->last_sha, error) ||
	    !ledger_head(part, &head, error))
		return false;
	g_strlcpy(m->head, head.sha, LEDGER_HASH);
	return true;
}

static bool fill_part(Db *part, Month *m, GError **error)
{
	bool good;

	if (!SQL_RUN(part, error, "ATTACH ? AS r", value_text(db_path(m->db))) ||
	    !SQL_NUMBER(
		    part, error, &m->event,
		    "SELECT coalesce((SELECT high FROM r.ledger WHERE kind IN ('log', 'found') AND seq <= ?"
		    " ORDER BY seq DESC LIMIT 1), (SELECT max(event) FROM r.archive),"
		    " (SELECT event FROM r.horizon))",
		    value_int(m->last_seq)) ||
	    /* not IMMEDIATE: of the record it only reads, which another handle is writing */
	    !sql_run(part, "BEGIN", NULL, 0, error))
		return false;
	good = archive_choose(part, "r.", m, error) && copy_rows(part, m, error) &&
	       SQL_NUMBER(part, error, &m->visits, "SELECT count(*) FROM main.visit") &&
	       SQL_NUMBER(part, error, &m->attempts, "SELECT count(*) FROM main.attempt") &&
	       close_ledger(part, m, error);
	return sql_end(part, good, error) && sql_run(part, "DETACH r", NULL, 0, error);
}

/* By the rules for every archive: what is not in it stands in the record. */
static bool verify_part(Db *part, const Month *m, VerifyProgress progress, gpointer user,
			GError **error)
{
	Db *record[] = { m->db };
	const VerifyArchive archive = { m->last_seq, record, G_N_ELEMENTS(record) };
	VerifyResult result;
	bool good;

	if (!verify_run(part, &archive, NULL, progress, user, &result, error))
		return false;
	good = !result.finding;
	if (!good)
		g_set_error(error, DB_ERROR, DB_ERROR_CORRUPT,
			    _("%s: the month %s cannot be archived, the record is not as it was "
			      "written: %s; nothing was changed"),
			    db_path(m->db), m->month, result.finding);
	verify_clear(&result);
	return good;
}

bool archive_write(Month *m, VerifyProgress progress, gpointer user, GError **error)
{
	g_autofree char *name = g_strconcat(m->file, ".part", NULL);
	g_autoptr(Db) part = NULL;

	g_remove(name);
	part = db_open(name, DB_ALONE, error);
	return part && fill_part(part, m, error) && read_ends(part, m, error) &&
	       verify_part(part, m, progress, user, error);
}
