/* SPDX-License-Identifier: Apache-2.0
 *
 * Walks the ledger from its first entry, then looks for rows that are in no entry. It does not know what the rows mean. */
#include "db/verify.h"

#include <glib/gi18n.h>
#include <string.h>

#include "db/shape.h"
#include "db/verify_rows.h"
#include "lib/event.h"

#define PROGRESS_ENTRIES 5000

typedef struct {
	Db *db;
	const char *wanted;
	VerifyProgress progress;
	gpointer user;
	VerifyResult *result;
	gint64 total;
	const VerifyArchive *archive;
	gint64 after;     /* entries up to this one are not looked at */
	GHashTable *left; /* visits whose rows are in another file: which, or NULL */
	gint64 last_order, last_kept, logged;
	char prev[LEDGER_HASH];
} Walk;

void verify_clear(VerifyResult *result)
{
	g_clear_pointer(&result->finding, g_free);
	g_clear_pointer(&result->put_in, g_free);
	g_clear_pointer(&result->remark, g_free);
}

char *verify_difference(const VerifyResult *result)
{
	if (result->finding && result->put_in)
		return g_strconcat(result->finding, "; ", result->put_in, NULL);
	return g_strdup(result->finding ? result->finding : result->put_in);
}

void verify_remark(VerifyResult *result, char *sentence)
{
	g_autofree char *before = result->remark;

	result->remark = before ? g_strconcat(before, "; ", sentence, NULL) : g_strdup(sentence);
	g_free(sentence);
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

/* Where a visit stands that left an archive; NULL when that is not known. False with error. */
static bool find_visit(const VerifyArchive *archive, gint64 visit, Db **where, GError **error)
{
	gint64 n = 0;

	*where = NULL;
	for (guint i = 0; archive && n == 0 && i < archive->n_others; i++) {
		*where = archive->others[i];
		if (!SQL_NUMBER(*where, error, &n, "SELECT count(*) FROM visit WHERE id = ?",
				value_int(visit)))
			return false;
	}
	if (n == 0)
		*where = NULL;
	return true;
}

/* Who could say of any visit that it is elsewhere could change it: only the end of an archive may, as its record knows it. */
static bool take_left(Walk *w, gint64 seq, gint64 visit, GError **error)
{
	Db *where;

	if (!find_visit(w->archive, visit, &where, error))
		return false;
	g_hash_table_insert(w->left, GSIZE_TO_POINTER((gsize)visit), where);
	if (w->archive && seq <= w->archive->last_seq)
		find(w, g_strdup_printf(
				_("entry %lld says that visit %d stands in another file, which "
				  "only the end of an archive does"),
				(long long)seq, (int)visit));
	else if (w->archive && !where) {
		w->result->unproved = true;
		find(w, g_strdup_printf(_("visit %d left this archive and is in none of the other "
					  "files"),
					(int)visit));
	}
	return true;
}

static bool read_left(Walk *w, GError **error)
{
	g_autoptr(SqlRows) rows =
		sql_ask(w->db, "SELECT seq, visit FROM ledger WHERE kind = 'left' ORDER BY seq",
			NULL, 0, error);
	g_autoptr(GError) failed = NULL;

	if (!rows)
		return false;
	while (sql_next(rows, &failed))
		if (!take_left(w, sql_int(rows, 0), sql_int(rows, 1), &failed))
			break;
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

/* The file with the rows that the entry covers; NULL when they cannot be compared: those of a whole table that has gone on
 * since, or of a visit of which nobody knows where it is. */
static Db *home_of(const Walk *w, const LedgerEntry *e, gint64 seq)
{
	gpointer visit = GSIZE_TO_POINTER((gsize)e->visit);

	if ((e->kind == LEDGER_ORDER && seq != w->last_order) ||
	    (e->kind == LEDGER_KEPT && seq != w->last_kept))
		return NULL;
	if (e->kind != LEDGER_LEFT && g_hash_table_contains(w->left, visit))
		return g_hash_table_lookup(w->left, visit);
	return w->db;
}

/* Does what the entry covers still say what it said? False with error, or with a finding. */
static bool check_rows(Walk *w, SqlRows *row, GError **error)
{
	g_autofree char *name = name_entry(row);
	g_autoptr(GError) why = NULL;
	char digest[LEDGER_HASH];
	Db *home;
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
	if (e.kind == LEDGER_LOG || e.kind == LEDGER_FOUND) {
		if (w->logged >= 0 && e.low != w->logged + 1)
			find(w, g_strdup_printf(
					_("%s does not go on where the events before it ended"),
					name));
		w->logged = e.high;
	}
	if (e.kind == LEDGER_FOUND && !w->result->put_in)
		w->result->put_in =
			g_strdup_printf(_("%s: events %lld to %lld were put in by somebody else"),
					name, (long long)e.low, (long long)e.high);
	home = home_of(w, &e, sql_int(row, 0));
	if (!home)
		return !w->result->finding;
	if (!ledger_digest(home, &e, digest, &why)) {
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
	if (w->after > 0 && first == w->after + 1) {
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

/* The walk begins at 1, but an entry is an entry to those who ask for one. */
static bool check_numbers(Walk *w, GError **error)
{
	gint64 n;

	if (!read_number(w, "SELECT count(*) FROM ledger WHERE seq < 1", &n, error))
		return false;
	if (n > 0)
		find(w, g_strdup(_("the ledger has entries before number 1, which nobody wrote")));
	return true;
}

static bool prepare(Walk *w, GError **error)
{
	return check_numbers(w, error) && read_left(w, error) &&
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

/* A record has all its visits, or nobody could tell one that was moved from one that was changed. */
static void check_end(Walk *w)
{
	if (w->result->finding || w->archive || g_hash_table_size(w->left) == 0)
		return;
	w->result->unproved = true;
	find(w, g_strdup_printf(_("%u visits are said to stand in other files: a record has no "
				  "such entries, and an archive is to be verified together with "
				  "its record"),
				g_hash_table_size(w->left)));
}

/* The station's own are in an entry as soon as they are there. */
static bool check_events(Walk *w, GError **error)
{
	gint64 covered, stray;

	if (w->result->finding)
		return true;
	if (!ledger_covered(w->db, &covered, error) ||
	    !SQL_NUMBER(w->db, error, &stray, "SELECT min(id) FROM event WHERE id > ?",
			value_int(covered)))
		return false;
	if (stray != 0)
		find(w, g_strdup_printf(_("event %d is in no entry of the ledger"), (int)stray));
	return true;
}

static bool verify_all(Walk *w, GError **error)
{
	bool same;

	if (!shape_is_ours(w->db, db_schema_version(), &same, error))
		return false;
	/* Of tables of another shape nothing else can be asked. */
	if (!same) {
		find(w, g_strdup(_("a table, view or trigger is not the one of this program")));
		return true;
	}
	if (!prepare(w, error) || !walk(w, error))
		return false;
	if (!w->result->finding && !verify_rows(w->db, w->progress, w->user, w->result, error))
		return false;
	check_end(w);
	return check_events(w, error);
}

bool verify_run(Db *db, const VerifyArchive *archive, const char *head, VerifyProgress progress,
		gpointer user, VerifyResult *result, GError **error)
{
	g_autoptr(GHashTable) left = g_hash_table_new(NULL, NULL);
	Walk w = { db, head, progress, user, result, .archive = archive, .left = left };
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
	check_end(&w);
	good = good && check_events(&w, error);
	*finding = verify_difference(&result);
	verify_clear(&result);
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
