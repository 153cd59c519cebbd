/* SPDX-License-Identifier: Apache-2.0
 *
 * The verbs of fota-log that have one line per unit, put together of what each database knows of it. It does not know how one
 * database finds its part. */
#include <string.h>

#include "station/log.h"

/* ---- units ---- */

static SqlRows *ask_units(Log *log, Db *db, GError **error)
{
	return query_units(db, &log->filter, error);
}

/* The line of the newest attempt stands for the unit; of two at one moment the first database's. */
static bool add_unit(Log *log, const LogSource *other, bool is_first, Value *row, bool *wanted,
		     GError **error)
{
	g_autoptr(SqlRows) rows =
		query_unit_found(other->db, &log->filter, row[UNITS_IMEI].text, error);
	g_autoptr(GError) failed = NULL;

	if (!rows)
		return false;
	if (sql_next(rows, &failed)) {
		gint64 mine = row[UNITS_BEGIN_US].number, theirs = sql_int(rows, 2);
		const char *first = sql_text(rows, 1);

		*wanted = theirs < mine || (theirs == mine && !is_first);
		row[UNITS_ATTEMPTS].number += sql_int(rows, 0);
		if (g_strcmp0(first, row[UNITS_FIRST_UTC].text) < 0)
			row[UNITS_FIRST_UTC] = value_text(g_string_chunk_insert(log->texts, first));
	}
	if (!failed)
		return true;
	g_propagate_error(error, g_steal_pointer(&failed));
	return false;
}

static bool join_unit(Log *log, const LogSource *source, Value *row, bool *wanted, GError **error)
{
	bool is_first = true;

	for (guint i = 0; *wanted && i < log->sources->len; i++) {
		const LogSource *other = log->sources->pdata[i];

		if (other == source)
			is_first = false;
		else if (!add_unit(log, other, is_first, row, wanted, error))
			return false;
	}
	return true;
}

bool log_units(Log *log, GError **error)
{
	const LogList list = { ask_units, query_units_brief(), "begin_us", true,
			       .join = join_unit };

	log_default_limit(log);
	return log_list(log, &list, error);
}

/* ---- where ---- */

static SqlRows *ask_where(Log *log, Db *db, GError **error)
{
	return query_where(db, log->subject, error);
}

typedef struct {
	gint64 us;
	const char *version, *day;
} GoodAt;

static int by_time(gconstpointer a, gconstpointer b)
{
	const GoodAt *x = a, *y = b;

	return (x->us > y->us) - (x->us < y->us);
}

static bool read_good_at(Log *log, Db *db, GArray *all, GError **error)
{
	g_autoptr(SqlRows) rows = query_good_at(db, log->subject, error);
	g_autoptr(GError) failed = NULL;

	if (!rows)
		return false;
	while (sql_next(rows, &failed)) {
		GoodAt at = { sql_int(rows, 2),
			      g_string_chunk_insert(log->texts, sql_text(rows, 0)),
			      g_string_chunk_insert(log->texts, sql_text(rows, 1)) };

		g_array_append_val(all, at);
	}
	if (!failed)
		return true;
	g_propagate_error(error, g_steal_pointer(&failed));
	return false;
}

/* "V1 (2023-11-14), V2 (2023-11-14,2023-11-20)": each version where it was good first, each day once. */
static void write_good_at(const GArray *all, GString *text)
{
	for (guint i = 0; i < all->len; i++) {
		const GoodAt *at = &g_array_index(all, GoodAt, i);
		const char *day = "";
		bool seen = false;

		for (guint k = 0; k < i; k++)
			seen = seen || !strcmp(g_array_index(all, GoodAt, k).version, at->version);
		if (seen)
			continue;
		g_string_append_printf(text, "%s%s (", text->len ? ", " : "", at->version);
		for (guint k = i; k < all->len; k++) {
			const GoodAt *same = &g_array_index(all, GoodAt, k);

			if (strcmp(same->version, at->version) != 0 || !strcmp(same->day, day))
				continue;
			g_string_append_printf(text, "%s%s", *day ? "," : "", same->day);
			day = same->day;
		}
		g_string_append_c(text, ')');
	}
}

/* Where it is now the newest row says; what it ever was all of them say together. */
static bool join_where(Log *log, const LogSource *source, Value *row, bool *wanted, GError **error)
{
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(GoodAt));
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < log->sources->len; i++) {
		const LogSource *other = log->sources->pdata[i];
		gint64 visits, good;

		if (!read_good_at(log, other->db, all, error) ||
		    !query_visit_counts(other->db, log->subject, &visits, &good, error))
			return false;
		if (other == source)
			continue;
		row[WHERE_VISITS].number += visits;
		row[WHERE_GOOD].number += good;
	}
	g_array_sort(all, by_time);
	write_good_at(all, text);
	row[WHERE_GOOD_AT] = value_text(g_string_chunk_insert(log->texts, text->str));
	return true;
}

bool log_where(Log *log, GError **error)
{
	const LogList list = { ask_where, NULL, "begin_us", true, true, join_where };

	/* Of several databases the one that saw it last knows. */
	log->filter.limit = 1;
	return log_list(log, &list, error);
}
