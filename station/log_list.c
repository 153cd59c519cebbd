/* SPDX-License-Identifier: Apache-2.0
 *
 * The verbs of fota-log that list rows as they are in the record. It does not know how rows are written. */
#include <glib/gi18n.h>
#include <string.h>

#include "db/contract.h"
#include "station/log.h"

#define SCREENFUL 50

static SqlRows *ask_attempts(Log *log, Db *db, GError **error)
{
	return query_attempts(db, &log->filter, "v_attempts", error);
}

static SqlRows *ask_unit(Log *log, Db *db, GError **error)
{
	return query_unit(db, log->subject, error);
}

static SqlRows *ask_show(Log *log, Db *db, GError **error)
{
	return query_show(db, log->attempt, error);
}

static SqlRows *ask_pfm(Log *log, Db *db, GError **error)
{
	return query_pfm(db, &log->filter, error);
}

static SqlRows *ask_head(Log *log, Db *db, GError **error)
{
	return query_head(db, error);
}

void log_default_limit(Log *log)
{
	if (!log->limit_given && log->on_terminal && log->format == EXPORT_TABLE)
		log->filter.limit = SCREENFUL;
}

bool log_attempts(Log *log, GError **error)
{
	const LogList list = { ask_attempts, query_attempts_brief(), "begin_us", true, false };

	log_default_limit(log);
	return log_list(log, &list, error);
}

bool log_unit(Log *log, GError **error)
{
	const LogList list = { ask_unit, query_unit_brief(), "at_utc", false, false };

	return log_list(log, &list, error);
}

bool log_show(Log *log, GError **error)
{
	const LogList list = { ask_show, NULL, NULL, false, false };

	return log_list(log, &list, error);
}

bool log_head(Log *log, GError **error)
{
	const LogList list = { ask_head, NULL, NULL, false, false };

	return log_list(log, &list, error);
}

/* ---- export ---- */

static char *view_of(const Log *log)
{
	return g_strconcat("v_", log->subject ? log->subject : "attempts", NULL);
}

static SqlRows *ask_export(Log *log, Db *db, GError **error)
{
	g_autofree char *view = view_of(log);

	if (g_strcmp0(log->subject, "visits") == 0)
		return query_visits(db, &log->filter, error);
	if (log_export_filters(log->subject))
		return query_attempts(db, &log->filter, view, error);
	return query_view(db, view, error);
}

bool log_export_known(const char *view)
{
	for (const ContractColumn *c = contract_columns; c->view; c++)
		if (strcmp(c->view + strlen("v_"), view) == 0)
			return true;
	return false;
}

bool log_export_filters(const char *view)
{
	return !view || strcmp(view, "attempts") == 0 || strcmp(view, "steps") == 0 ||
	       strcmp(view, "visits") == 0;
}

/* A unit is in the list once, as the database knows it where it was last. */
static bool is_newest(Log *log, const LogSource *source, Value *row, bool *newest, GError **error)
{
	const char *imei = row[0].text;
	gint64 mine, theirs;

	if (!query_last_seen(source->db, imei, &mine, error))
		return false;
	*newest = true;
	for (guint i = 0; *newest && i < log->sources->len; i++) {
		const LogSource *other = log->sources->pdata[i];

		if (!query_last_seen(other->db, imei, &theirs, error))
			return false;
		*newest = theirs <= mine;
	}
	return true;
}

bool log_export(Log *log, GError **error)
{
	const LogList rows = { ask_export, NULL, NULL, false, false };
	const LogList pfm = { .ask = ask_pfm, .key = "imei", .join = is_newest, .bare = true };

	if (!log->format_given)
		log->format = EXPORT_CSV;
	return log_list(log, log->pfm ? &pfm : &rows, error);
}

bool log_schema(Log *log, GError **error)
{
	static const char *const columns[] = { "view", "column", "meaning", NULL };
	g_autoptr(Export) e = export_new(log->out, log->format, columns, NULL);

	export_set_style(e, &log->style);
	for (const ContractColumn *c = contract_columns; c->view; c++) {
		Value row[] = { value_text(c->view), value_text(c->column),
				value_text(c->meaning) };

		export_row(e, row);
	}
	log_end(log, e);
	return true;
}
