/* SPDX-License-Identifier: Apache-2.0
 *
 * Month by month: choose, write the file, take its rows out of the record, give it its name. Whenever this dies the rows are
 * in the record or in a file that the record names. It does not know how either half is done. */
#include "db/archive.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "db/archive_private.h"

static gint64 month_begin(int year, int month)
{
	g_autoptr(GDateTime) begin = g_date_time_new_local(year, month, 1, 0, 0, 0);

	return begin ? g_date_time_to_unix(begin) * G_USEC_PER_SEC : G_MAXINT64;
}

static bool parse_month(const char *text, int *year, int *month)
{
	return strlen(text) == 7 && sscanf(text, "%4d-%2d", year, month) == 2 && *year >= 1970 &&
	       *month >= 1 && *month <= 12;
}

bool archive_is_month(const char *text)
{
	int year, month;

	return parse_month(text, &year, &month);
}

/* The month in which the oldest entry was made, and what comes before the first entry of a later one. False with error, or
 * when there is none to archive (last_seq 0). */
static bool find_month(Month *m, gint64 before_us, GError **error)
{
	gint64 first_us, stop, next;

	m->last_seq = 0;
	if (!SQL_NUMBER(m->db, error, &m->first_seq, "SELECT min(seq) FROM ledger") ||
	    !SQL_NUMBER(m->db, error, &first_us,
			"SELECT at_us FROM ledger WHERE seq = (SELECT min(seq) FROM ledger)"))
		return false;
	if (m->first_seq == 0)
		return true;
	for (;;) {
		g_autoptr(GDateTime) at =
			g_date_time_new_from_unix_local(first_us / G_USEC_PER_SEC);
		int year = g_date_time_get_year(at), month = g_date_time_get_month(at);

		stop = month == 12 ? month_begin(year + 1, 1) : month_begin(year, month + 1);
		if (stop > before_us)
			return true;
		/* A clock that was ahead for an hour does not end the month. */
		if (!SQL_NUMBER(
			    m->db, error, &next,
			    "SELECT coalesce(min(seq), 0) FROM ledger WHERE at_us >= ?1 AND at_us <= ?2",
			    value_int(stop), value_int(m->now_us)))
			return false;
		g_snprintf(m->month, sizeof(m->month), "%04d-%02d", year % 10000, month % 100);
		m->until_us = stop;
		if (next != m->first_seq)
			break;
		first_us = stop;
	}
	return SQL_NUMBER(m->db, error, &m->last_seq,
			  "SELECT iif(?1 = 0, (SELECT max(seq) FROM ledger), ?1 - 1)",
			  value_int(next));
}

static char *file_name(const Db *db, const char *month)
{
	const char *path = db_path(db);
	g_autofree char *stem =
		g_str_has_suffix(path, ".db") ? g_strndup(path, strlen(path) - 3) : g_strdup(path);
	char *name = g_strdup_printf("%s-%s.db", stem, month);

	for (guint n = 2; access(name, F_OK) == 0; n++) {
		g_free(name);
		name = g_strdup_printf("%s-%s-%u.db", stem, month, n);
	}
	return name;
}

static bool give_name(const char *file, GError **error)
{
	g_autofree char *part = g_strconcat(file, ".part", NULL);

	if (access(part, F_OK) != 0 || g_rename(part, file) == 0)
		return true;
	g_set_error(error, DB_ERROR, DB_ERROR_UNWRITABLE, _("%s cannot get its name %s: %s"), part,
		    file, g_strerror(errno));
	return false;
}

bool archive_finish(Db *db, GError **error)
{
	g_autofree char *folder = g_path_get_dirname(db_path(db));
	g_autoptr(SqlRows) rows = sql_ask(db, "SELECT file FROM archive", NULL, 0, error);
	g_autoptr(GError) failed = NULL;

	if (!rows)
		return false;
	while (sql_next(rows, &failed)) {
		g_autofree char *file = g_build_filename(folder, sql_text(rows, 0), NULL);

		if (access(file, F_OK) != 0 && !give_name(file, &failed))
			break;
	}
	if (!failed)
		return true;
	g_propagate_error(error, g_steal_pointer(&failed));
	return false;
}

static bool move_month(Month *m, VerifyProgress progress, gpointer user, GError **error)
{
	bool good;

	g_free(m->file);
	m->file = file_name(m->db, m->month);
	/* Nobody else writes between the two halves. */
	if (!sql_begin(m->db, error))
		return false;
	good = archive_write(m, progress, user, error) && archive_take_out(m, error);
	return sql_end(m->db, good, error) && give_name(m->file, error);
}

bool archive_months(Db *db, const char *month, gint64 now_us, VerifyProgress progress,
		    gpointer user, guint *made, GError **error)
{
	Month m = { .db = db, .now_us = now_us };
	int year, number;
	gint64 before;
	bool good;

	*made = 0;
	if (!parse_month(month, &year, &number)) {
		g_set_error(error, DB_ERROR, DB_ERROR_FAILED,
			    _("%s is no month: expected one like 2026-09"), month);
		return false;
	}
	before = MIN(month_begin(year, number), now_us);
	for (;;) {
		good = find_month(&m, before, error);
		if (!good || m.last_seq < m.first_seq || m.last_seq == 0)
			break;
		good = move_month(&m, progress, user, error);
		if (!good)
			break;
		*made += 1;
	}
	g_free(m.file);
	return good;
}
