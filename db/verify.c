/* SPDX-License-Identifier: Apache-2.0
 *
 * Walks the ledger from its first entry, then looks for rows that are in no entry. It does not know what the rows mean. */
#include "db/verify.h"

#include <glib/gi18n.h>
#include <string.h>

#include "db/schema.h"
#include "db/verify_rows.h"

#define PROGRESS_ENTRIES 5000

typedef struct {
	Db *db;
	const char *wanted;
	VerifyProgress progress;
	gpointer user;
	VerifyResult *result;
	gint64 total;
	gint64 after;     /* entries up to this one are not looked at */
	GHashTable *left; /* visits whose rows are in another file */
	gint64 last_order, last_kept, logged;
	char prev[LEDGER_HASH];
} Walk;

void verify_clear(VerifyResult *result)
{
	g_clear_pointer(&result->finding, g_free);
}

static void find(Walk *w, char *sentence)
{
	if (w->result->finding)
		g_free(sentence);
	else
		w->result->finding = sentence;
}

/* "entry 17 (end of attempt 5, IMEI 356938035643809, 2024-05-17T08:30:00Z)" */
static char *name_entry(SqlRows *row)
{
	gint64 attempt = sql_int(row, 4), visit = sql_int(row, 3);
	g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(sql_int(row, 8) / G_USEC_PER_SEC);
	g_autofree char *stamp = at ? g_date_time_format(at, "%Y-%m-%dT%H:%M:%SZ") : NULL;
	g_autofree char *about = attempt ? g_strdup_printf(_(" of attempt %d"), (int)attempt)
				 : visit ? g_strdup_printf(_(" of visit %d"), (int)visit)
					 : g_strdup("");

	return g_strdup_printf(_("entry %lld (%s%s%s%s%s%s)"), (long long)sql_int(row, 0),
			       sql_text(row, 2), about, sql_text(row, 7) ? ", IMEI " : "",
			       sql_text(row, 7) ? sql_text(row, 7) : "", stamp ? ", " : "",
			       stamp ? stamp : "");
}

static bool read_number(Walk *w, const char *sql, gint64 *number, GError **error)
{
	return sql_number(w->db, sql, NULL, 0, number, error);
}

static bool read_left(Walk *w, GError **error)
{
	g_autoptr(SqlRows) rows =
		sql_ask(w->db, "SELECT visit FROM ledger WHERE kind = 'left'", NULL, 0, error);
	g_autoptr(GError) failed = NULL;

	if (!rows)
		return false;
	while (sql_next(rows, &failed))
		g_hash_table_add(w->left, GSIZE_TO_POINTER((gsize)sql_int(rows, 0)));
	if (!failed)
		return true;
	g_propagate_error(error, g_steal_pointer(&failed));
	return false;
}

/* Does the entry itself follow the one before it, as it was written? */
static bool check_link(Walk *w, SqlRows *row)
{
	gint64 seq = sql_int(row, 0), form = sql_int(row, 1);
	g_autofree char *name = name_entry(row);
	char sha[LEDGER_HASH];

	if (seq != w->result->last_seq + 1) {
		find(w, g_strdup_printf(_("entry %lld of the ledger is not there"),
					(long long)w->result->last_seq + 1));
		return false;
	}
	if (form < 1 || form > LEDGER_FORM) {
		find(w, g_strdup_printf(_("%s has form %d, which nobody wrote"), name, (int)form));
		return false;
	}
	if (g_strcmp0(sql_text(row, 12), w->prev) != 0) {
		find(w, g_strdup_printf(_("%s does not follow the entry before it: one of them was "
					  "changed, moved, put in or taken out"),
					name));
		return false;
	}
	ledger_hash(row, form, sha);
	if (g_strcmp0(sql_text(row, 13), sha) != 0 ||
	    (form == 1 && (sql_text(row, 9) || sql_text(row, 10)))) {
		find(w, g_strdup_printf(_("%s was changed"), name));
		return false;
	}
	return true;
}

/* Entries about what is not in this file, or was about a whole table that has gone on since. */
static bool is_past(Walk *w, const LedgerEntry *e, gint64 seq)
{
	if (e->kind == LEDGER_ORDER)
		return seq != w->last_order;
	if (e->kind == LEDGER_KEPT)
		return seq != w->last_kept;
	return e->kind != LEDGER_LEFT && e->visit != 0 &&
	       g_hash_table_contains(w->left, GSIZE_TO_POINTER((gsize)e->visit));
}

/* Does what the entry covers still say what it said? False with error, or with a finding. */
static bool check_rows(Walk *w, SqlRows *row, GError **error)
{
	g_autofree char *name = name_entry(row);
	g_autoptr(GError) why = NULL;
	char digest[LEDGER_HASH];
	LedgerEntry e = { .visit = sql_int(row, 3),
			  .attempt = sql_int(row, 4),
			  .by_attempt = sql_int(row, 6),
			  .low = sql_int(row, 9),
			  .high = sql_int(row, 10),
			  .form = sql_int(row, 1) };

	if (!ledger_kind_from_name(sql_text(row, 2), &e.kind)) {
		find(w, g_strdup_printf(_("%s is of a kind that nobody wrote"), name));
		return false;
	}
	if (e.kind == LEDGER_LOG) {
		if (w->logged >= 0 && e.low != w->logged + 1)
			find(w, g_strdup_printf(
					_("%s does not go on where the events before it ended"),
					name));
		w->logged = e.high;
	}
	if (is_past(w, &e, sql_int(row, 0)))
		return true;
	if (!ledger_digest(w->db, &e, digest, &why)) {
		if (why->code != DB_ERROR_MISSING) {
			g_propagate_error(error, g_steal_pointer(&why));
			return false;
		}
		find(w, g_strdup_printf("%s: %s", name, why->message));
		return false;
	}
	if (g_strcmp0(sql_text(row, 11), digest) == 0)
		return !w->result->finding;
	find(w,
	     g_strdup_printf(_("%s: the rows that it covers are not as they were written"), name));
	return false;
}

/* The first entry of a file follows nothing, or the last one of an archive; that of a tail what it says. */
static bool check_first(Walk *w, SqlRows *row, GError **error)
{
	gint64 first = sql_int(row, 0);
	g_autoptr(SqlRows) rows = NULL;
	g_autoptr(GError) failed = NULL;

	memset(w->prev, '0', LEDGER_HASH - 1);
	if (w->after > 0) {
		g_strlcpy(w->prev, sql_text(row, 12), LEDGER_HASH);
	} else if (first != 1) {
		rows = SQL_ASK(w->db, error, "SELECT last_sha FROM archive WHERE last_seq = ?",
			       value_int(first - 1));
		if (!rows)
			return false;
		if (sql_next(rows, &failed))
			g_strlcpy(w->prev, sql_text(rows, 0), LEDGER_HASH);
		else if (!failed)
			find(w, g_strdup_printf(
					_("entry %d of the ledger is not there, and no archive "
					  "is said to have it"),
					(int)first - 1));
		if (failed) {
			g_propagate_error(error, g_steal_pointer(&failed));
			return false;
		}
	}
	g_strlcpy(w->result->before, w->prev, LEDGER_HASH);
	w->result->first_seq = first;
	w->result->last_seq = first - 1;
	return true;
}

static bool walk_entry(Walk *w, SqlRows *row, GError **error)
{
	VerifyResult *r = w->result;

	if (r->entries == 0 && !check_first(w, row, error))
		return false;
	if (r->finding || !check_link(w, row) || !check_rows(w, row, error))
		return false;
	r->entries++;
	r->last_seq++;
	g_strlcpy(w->prev, sql_text(row, 13), LEDGER_HASH);
	r->head_found = r->head_found || g_strcmp0(w->wanted, w->prev) == 0;
	if (w->progress && r->entries % PROGRESS_ENTRIES == 0)
		w->progress(db_path(w->db), r->entries, w->total, w->user);
	return true;
}

static bool walk(Walk *w, GError **error)
{
	g_autoptr(SqlRows) rows = SQL_ASK(
		w->db, error,
		"SELECT seq, form, kind, visit, attempt, step, by_attempt, imei, at_us, low,"
		" high, digest, prev, sha FROM ledger WHERE seq > ? ORDER BY seq",
		value_int(w->after));
	g_autoptr(GError) failed = NULL;

	memset(w->prev, '0', LEDGER_HASH - 1);
	g_strlcpy(w->result->before, w->prev, LEDGER_HASH);
	w->result->head_found = g_strcmp0(w->wanted, w->prev) == 0;
	if (!rows)
		return false;
	while (sql_next(rows, &failed))
		if (!walk_entry(w, rows, &failed))
			break;
	g_strlcpy(w->result->head, w->prev, LEDGER_HASH);
	if (!failed)
		return true;
	g_propagate_error(error, g_steal_pointer(&failed));
	return false;
}

static bool prepare(Walk *w, GError **error)
{
	return read_left(w, error) &&
	       read_number(w, "SELECT max(seq) - min(seq) + 1 FROM ledger", &w->total, error) &&
	       read_number(w, "SELECT max(seq) FROM ledger WHERE kind = 'order'", &w->last_order,
			   error) &&
	       read_number(w, "SELECT max(seq) FROM ledger WHERE kind = 'kept'", &w->last_kept,
			   error) &&
	       read_number(w,
			   "SELECT coalesce((SELECT max(event) FROM archive),"
			   " (SELECT event FROM horizon))",
			   &w->logged, error);
}

static bool verify_all(Walk *w, GError **error)
{
	char *finding = NULL;

	/* Of tables of another shape nothing else can be asked. */
	if (!verify_schema(w->db, &w->result->finding, error))
		return false;
	if (w->result->finding)
		return true;
	if (!prepare(w, error) || !walk(w, error))
		return false;
	if (!w->result->finding) {
		if (!verify_rows(w->db, w->progress, w->user, &finding, error))
			return false;
		w->result->finding = finding;
	}
	return true;
}

bool verify_run(Db *db, const char *head, VerifyProgress progress, gpointer user,
		VerifyResult *result, GError **error)
{
	g_autoptr(GHashTable) left = g_hash_table_new(NULL, NULL);
	Walk w = { db, head, progress, user, result, .left = left };
	bool good;

	*result = (VerifyResult){ 0 };
	/* One moment of the record, while the line goes on. */
	if (!sql_run(db, "BEGIN", NULL, 0, error))
		return false;
	good = verify_all(&w, error);
	return sql_run(db, "ROLLBACK", NULL, 0, good ? error : NULL) && good;
}

bool verify_tail(Db *db, guint n, char **finding, GError **error)
{
	g_autoptr(GHashTable) left = g_hash_table_new(NULL, NULL);
	VerifyResult result = { 0 };
	Walk w = { .db = db, .result = &result, .left = left };
	bool good = prepare(&w, error) &&
		    SQL_NUMBER(db, error, &w.after, "SELECT max(0, max(seq) - ?) FROM ledger",
			       value_int(n));

	if (w.after > 0)
		w.logged = -1;
	good = good && walk(&w, error);
	*finding = result.finding;
	return good;
}

bool verify_entry(Db *db, gint64 seq, char sha[LEDGER_HASH], GError **error)
{
	g_autoptr(SqlRows) rows =
		SQL_ASK(db, error, "SELECT sha FROM ledger WHERE seq = ?", value_int(seq));
	g_autoptr(GError) failed = NULL;

	sha[0] = '\0';
	if (!rows)
		return false;
	if (sql_next(rows, &failed))
		g_strlcpy(sha, sql_text(rows, 0), LEDGER_HASH);
	if (!failed)
		return true;
	g_propagate_error(error, g_steal_pointer(&failed));
	return false;
}
