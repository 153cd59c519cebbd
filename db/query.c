/* SPDX-License-Identifier: Apache-2.0
 *
 * SELECTs over the public views, and over the tables behind them where an index is there. It does not know how the answers
 * are shown. */
#include "db/query.h"

#include <string.h>

#include "db/filter.h"

#define IMEI_DIGITS 15

const char *const *query_attempts_brief(void)
{
	static const char *const brief[] = {
		"attempt", "begin_utc",     "slot",           "imei",   "outcome",
		"fault",   "version_after", "version_before", "target", "model",
		"step",    "work_order",    "operator",       NULL
	};

	return brief;
}

const char *const *query_units_brief(void)
{
	static const char *const brief[] = { "imei",      "model",   "attempts", "last_utc",
					     "slot",      "outcome", "fault",    "version_after",
					     "target",    "package", "station",  "work_order",
					     "first_utc", NULL };

	return brief;
}

const char *const *query_unit_brief(void)
{
	static const char *const brief[] = { "at_utc",  "what",  "attempt",        "slot",
					     "outcome", "fault", "version_before", "version_after",
					     "target",  "step",  "visit",          "updates",
					     NULL };

	return brief;
}

/* Attempt x and, where one of the terms is about it, its visit y. */
static void add_from(Ask *ask, const Filter *f)
{
	ask_add(ask, " FROM attempt x");
	if (f->slot || f->model || f->work_order || f->worker || f->station)
		ask_add(ask, " JOIN visit y ON y.id = x.visit");
	ask_add(ask, " WHERE true");
}

/* What is about x and y alone, whatever they are found by. */
static void add_rest(Ask *ask, const Filter *f)
{
	ask_place(ask, f);
	ask_text(ask, "x.outcome = ?",
		 f->outcome == OUTCOME_NONE ? NULL : outcome_name(f->outcome));
	if (f->open)
		ask_add(ask, " AND x.end_us IS NULL");
	ask_text(ask, "x.fault = (SELECT code FROM fault_code WHERE name = ?)", f->fault);
	ask_package(ask, f);
	ask_period(ask, "x.begin_us", &f->period);
}

static void add_found(Ask *ask, const Filter *f)
{
	bool whole = f->imei && strlen(f->imei) == IMEI_DIGITS;

	add_from(ask, f);
	ask_text(ask,
		 whole ? "x.imei = ?"
		       : "x.id IN (SELECT id FROM attempt WHERE imei LIKE '%' || ? || '%')",
		 f->imei);
	ask_text(ask,
		 "x.id IN (SELECT id FROM attempt WHERE version_after = ? UNION ALL"
		 " SELECT id FROM attempt WHERE version_before = ?)",
		 f->version);
	add_rest(ask, f);
}

static void add_limit(Ask *ask, gint64 limit)
{
	if (limit > 0)
		g_string_append_printf(ask->sql, " LIMIT %" G_GINT64_FORMAT, limit);
}

/* The numbers first, by whatever index fits; only then the rows with all that hangs on them. */
SqlRows *query_attempts(Db *db, const Filter *filter, const char *of, GError **error)
{
	g_auto(Ask) ask;

	ask_init(&ask);
	ask_add(&ask, "SELECT v.* FROM (SELECT x.id");
	add_found(&ask, filter);
	ask_add(&ask, " ORDER BY x.id DESC");
	add_limit(&ask, filter->limit);
	g_string_append_printf(
		ask.sql, ") i CROSS JOIN %s v ON v.attempt = i.id ORDER BY v.attempt DESC", of);
	return ask_run(&ask, db, error);
}

SqlRows *query_visits(Db *db, const Filter *filter, GError **error)
{
	g_auto(Ask) ask;

	ask_init(&ask);
	ask_add(&ask, "SELECT v.* FROM (SELECT DISTINCT x.visit AS id");
	add_found(&ask, filter);
	ask_add(&ask, " ORDER BY x.visit DESC");
	add_limit(&ask, filter->limit);
	ask_add(&ask, ") i CROSS JOIN v_visits v ON v.visit = i.id ORDER BY v.visit DESC");
	return ask_run(&ask, db, error);
}

SqlRows *query_view(Db *db, const char *view, GError **error)
{
	g_autofree char *sql = g_strconcat("SELECT * FROM ", view, NULL);

	return sql_ask(db, sql, NULL, 0, error);
}

bool filter_is_empty(const Filter *f)
{
	return !f->imei && !f->slot && !f->model && !f->version && f->outcome == OUTCOME_NONE &&
	       !f->open && !f->fault && !f->work_order && !f->worker && !f->station &&
	       !f->package && f->period.from_us == PERIOD_OPEN && f->period.to_us == PERIOD_OPEN;
}

#define UNITS                                                                                      \
	"SELECT u.imei, v.model, u.attempts, f.begin_utc AS first_utc, v.begin_utc AS last_utc,"   \
	" v.slot, v.outcome, v.fault, v.version_before, v.target, v.version_after, v.package,"     \
	" v.package_sha256, v.iccid, v.serial, v.operator, v.work_order, v.station, v.attempt,"    \
	" v.begin_us FROM ("
/* From the newest on until there are enough; a group of all IMEIs would be a million. */
#define NEWEST_UNITS                                                                               \
	"SELECT x.imei, (SELECT count(*) FROM attempt n WHERE n.imei = x.imei) AS attempts,"       \
	" (SELECT min(n.id) FROM attempt n WHERE n.imei = x.imei) AS first, x.id AS last"          \
	" FROM attempt x WHERE x.imei IS NOT NULL AND NOT EXISTS"                                  \
	" (SELECT 1 FROM attempt n WHERE n.imei = x.imei AND n.id > x.id)"
/* A unit got a package when it was applied; before that it was only to get it. */
static void add_applied(Ask *ask, const Filter *f)
{
	if (f->package)
		ask_add(ask, " AND EXISTS (SELECT 1 FROM step_run s"
			     " WHERE s.attempt IN (x.id, x.resolves) AND s.danger)");
}

/* From the newest attempt that the filter lets through on, until there are `limit` units (0: all): "[17,12,3]", the newest attempt
 * of each. A group of all that it lets through may be a million. To be freed; NULL with error. */
static char *newest_of_units(Db *db, const Filter *filter, GError **error)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GString) ids = g_string_new("[");
	g_autoptr(GError) failed = NULL;
	g_autoptr(SqlRows) rows = NULL;
	g_auto(Ask) ask;

	ask_init(&ask);
	ask_add(&ask, "SELECT x.imei, x.id");
	add_found(&ask, filter);
	add_applied(&ask, filter);
	ask_add(&ask, " AND x.imei IS NOT NULL ORDER BY x.id DESC");
	rows = ask_run(&ask, db, error);
	if (!rows)
		return NULL;
	while ((filter->limit == 0 || g_hash_table_size(seen) < filter->limit) &&
	       sql_next(rows, &failed))
		if (g_hash_table_add(seen, g_strdup(sql_text(rows, 0))))
			g_string_append_printf(ids, "%s%" G_GINT64_FORMAT, ids->len > 1 ? "," : "",
					       sql_int(rows, 1));
	g_string_append_c(ids, ']');
	if (!failed)
		return g_string_free(g_steal_pointer(&ids), FALSE);
	g_propagate_error(error, g_steal_pointer(&failed));
	return NULL;
}

/* A unit's attempts x are found by its IMEI, whatever else is asked of them. */
#define ATTEMPTS_OF_UNIT "attempt x INDEXED BY attempt_imei CROSS JOIN visit y ON y.id = x.visit"

static void add_of_unit(Ask *ask, const Filter *f)
{
	ask_text(ask, "(x.version_after = ? OR x.version_before = ?)", f->version);
	add_rest(ask, f);
	add_applied(ask, f);
}

SqlRows *query_units(Db *db, const Filter *filter, GError **error)
{
	g_autofree char *ids = NULL;
	g_auto(Ask) ask;

	ask_init(&ask);
	ask_add(&ask, UNITS);
	if (filter_is_empty(filter)) {
		ask_add(&ask, NEWEST_UNITS " ORDER BY x.id DESC");
		add_limit(&ask, filter->limit);
	} else {
		ids = newest_of_units(db, filter, error);
		if (!ids)
			return NULL;
		ask_add(&ask,
			"SELECT l.imei, count(*) AS attempts, min(x.id) AS first, l.id AS last"
			" FROM json_each e CROSS JOIN attempt l ON l.id = e.value"
			" CROSS JOIN " ATTEMPTS_OF_UNIT " WHERE x.imei = l.imei AND x.id <= l.id");
		ask_text(&ask, "e.json = ?", ids);
		add_of_unit(&ask, filter);
		ask_add(&ask, " GROUP BY l.id");
	}
	ask_add(&ask, ") u CROSS JOIN v_attempts v ON v.attempt = u.last"
		      " CROSS JOIN v_attempts f ON f.attempt = u.first ORDER BY u.last DESC");
	return ask_run(&ask, db, error);
}

SqlRows *query_unit_found(Db *db, const Filter *filter, const char *imei, GError **error)
{
	g_auto(Ask) ask;

	ask_init(&ask);
	ask_add(&ask, "SELECT u.attempts, f.begin_utc, l.begin_us FROM ("
		      "SELECT count(*) AS attempts, min(x.id) AS first, max(x.id) AS last"
		      " FROM " ATTEMPTS_OF_UNIT " WHERE true");
	ask_text(&ask, "x.imei = ?", imei);
	add_of_unit(&ask, filter);
	ask_add(&ask,
		") u JOIN attempt l ON l.id = u.last JOIN v_attempts f ON f.attempt = u.first");
	return ask_run(&ask, db, error);
}

SqlRows *query_pfm(Db *db, const Filter *filter, GError **error)
{
	g_auto(Ask) ask;

	ask_init(&ask);
	ask_add(&ask,
		"SELECT u.imei, v.iccid, (SELECT value FROM setting WHERE imei = v.iccid AND key ="
		" 'number' ORDER BY id DESC LIMIT 1) AS number, v.model,"
		" (SELECT coalesce(version_after, version_before) AS version FROM attempt"
		" WHERE imei = u.imei AND version IS NOT NULL ORDER BY id DESC LIMIT 1) AS version"
		" FROM (SELECT x.imei, max(x.id) AS last");
	add_found(&ask, filter);
	ask_add(&ask,
		" AND x.imei IS NOT NULL GROUP BY x.imei) u CROSS JOIN v_attempts v ON v.attempt = u.last"
		" ORDER BY u.imei");
	return ask_run(&ask, db, error);
}

bool query_last_seen(Db *db, const char *imei, gint64 *us, GError **error)
{
	return SQL_NUMBER(db, error, us, "SELECT max(begin_us) FROM visit WHERE imei = ?",
			  value_text(imei));
}

#define GOOD_VISITS                                                                                \
	"(SELECT count(*) FROM v_visits WHERE imei = ?1 AND counts"                                \
	" AND final_verdict IN ('pass', 'current'))"

SqlRows *query_where(Db *db, const char *imei, GError **error)
{
	return SQL_ASK(
		db, error,
		"SELECT v.imei, v.model, v.station, v.slot, iif(v.end_us IS NULL, 1, 0) AS present,"
		" v.begin_utc AS last_utc, v.final_verdict AS verdict, v.final_fault AS fault,"
		" coalesce((SELECT version_after FROM attempt WHERE id = v.resolved_by),"
		" v.version_after, v.version) AS version, v.target, v.work_order, v.operator,"
		" (SELECT count(*) FROM visit WHERE imei = ?1) AS visits, " GOOD_VISITS " AS good,"
		" NULL AS good_at, v.visit, v.begin_us"
		" FROM v_visits v WHERE v.imei = ?1 ORDER BY v.visit DESC LIMIT 1",
		value_text(imei));
}

bool query_visit_counts(Db *db, const char *imei, gint64 *visits, gint64 *good, GError **error)
{
	return SQL_NUMBER(db, error, visits, "SELECT count(*) FROM visit WHERE imei = ?1",
			  value_text(imei)) &&
	       SQL_NUMBER(db, error, good, "SELECT " GOOD_VISITS, value_text(imei));
}

SqlRows *query_good_at(Db *db, const char *imei, GError **error)
{
	return SQL_ASK(db, error,
		       "SELECT version_after, substr(begin_utc, 1, 10), min(begin_us)"
		       " FROM v_attempts WHERE imei = ?1 AND outcome IN ('pass', 'current')"
		       " AND counts AND hop = hops AND version_after IS NOT NULL GROUP BY 1, 2",
		       value_text(imei));
}

/* A row per column that says something. */
static void add_section(Ask *ask, const char *section, const char *view, const char *where,
			SqlRows *columns)
{
	for (guint i = 0; i < sql_columns(columns); i++) {
		const char *name = sql_column_name(columns, i);

		g_string_append_printf(ask->sql,
				       "%sSELECT '%s' AS section, '%s' AS name, \"%s\" AS value"
				       " FROM %s WHERE %s AND \"%s\" IS NOT NULL",
				       ask->sql->len ? " UNION ALL " : "", section, name, name,
				       view, where, name);
	}
}

/* Too many terms for one UNION are no trouble: SQLite takes 500. */
SqlRows *query_show(Db *db, guint32 attempt, GError **error)
{
	static const struct {
		const char *section, *view, *where;
	} sections[] = {
		{ "attempt", "v_attempts", "attempt = ?1" },
		{ "visit", "v_visits", "visit = (SELECT visit FROM attempt WHERE id = ?1)" },
	};
	const Value id = value_int(attempt);
	g_auto(Ask) ask;

	ask_init(&ask);
	g_array_append_val(ask.values, id);
	for (guint i = 0; i < G_N_ELEMENTS(sections); i++) {
		g_autofree char *sql =
			g_strconcat("SELECT * FROM ", sections[i].view, " LIMIT 0", NULL);
		g_autoptr(SqlRows) columns = sql_ask(db, sql, NULL, 0, error);

		if (!columns)
			return NULL;
		add_section(&ask, sections[i].section, sections[i].view, sections[i].where,
			    columns);
	}
	ask_add(&ask,
		" UNION ALL SELECT * FROM (SELECT 'step', printf('%d %s', n, step),"
		" printf('%s, try %d, began %.3f s, took %s', coalesce(outcome, 'open'), try,"
		" begin_ms / 1e3, coalesce(printf('%.3f s', ms / 1e3), '-')) FROM v_steps"
		" WHERE attempt = ?1 ORDER BY n)"
		" UNION ALL SELECT 'setting', imei || ' ' || key, value FROM setting WHERE attempt = ?1"
		" UNION ALL SELECT 'debt', 'since_utc', strftime('%Y-%m-%dT%H:%M:%fZ', since_us / 1e6,"
		" 'unixepoch') FROM debt WHERE attempt = ?1"
		" UNION ALL SELECT 'debt', 'settled by', settled_by FROM debt WHERE attempt = ?1"
		" AND settled_by IS NOT NULL"
		" UNION ALL SELECT 'ledger', printf('entry %d %s', seq, kind), sha FROM ledger"
		" WHERE attempt = ?1"
		" UNION ALL SELECT 'transcript', 'bytes', sum(size) FROM trace WHERE attempt = ?1"
		" GROUP BY attempt");
	return ask_run(&ask, db, error);
}

SqlRows *query_unit(Db *db, const char *imei, GError **error)
{
	return SQL_ASK(
		db, error,
		"SELECT strftime('%Y-%m-%dT%H:%M:%fZ', at_us / 1e6, 'unixepoch') AS at_utc, what, "
		"visit,"
		" attempt, slot, station, work_order, operator, hop, hops, try, procedure, "
		"operation,"
		" version_before, target, version_after, outcome, fault, step, vendor_code, "
		"vendor_words,"
		" detail, duration_ms, resolves, updates FROM ("
		/* visits */
		"SELECT begin_us AS at_us, 0 AS rank, visit AS id, 'visit' AS what, visit, NULL AS "
		"attempt,"
		" slot, station, work_order, operator, NULL AS hop, NULL AS hops, NULL AS try,"
		" NULL AS procedure, NULL AS operation, version AS version_before, target, "
		"version_after,"
		" verdict AS outcome, fault, step, vendor_code, vendor_words, detail, duration_ms,"
		" NULL AS resolves, NULL AS updates FROM v_visits WHERE imei = ?1"
		/* attempts */
		" UNION ALL SELECT begin_us, 1, attempt, 'attempt', visit, attempt, slot, station,"
		" work_order, operator, hop, hops, try, procedure, operation, version_before, "
		"target,"
		" version_after, outcome, fault, step, vendor_code, vendor_words, detail, "
		"duration_ms,"
		" resolves, NULL FROM v_attempts WHERE imei = ?1"
		/* what is or was owed */
		" UNION ALL SELECT since_us, 2, d.attempt, 'debt', d.visit, d.attempt, "
		"v.slot_label, NULL,"
		" NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,"
		" iif(settled_us IS NULL, 'open', 'settled'), NULL, NULL, NULL, NULL, NULL, NULL, "
		"NULL, NULL"
		" FROM debt d JOIN visit v ON v.id = d.visit WHERE d.imei = ?1"
		" UNION ALL SELECT settled_us, 3, d.attempt, 'settled', r.visit, settled_by, "
		"v.slot_label,"
		" NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, r.version_after, "
		"r.outcome,"
		" NULL, NULL, NULL, NULL, NULL, NULL, d.attempt, NULL FROM debt d"
		" JOIN attempt r ON r.id = d.settled_by JOIN visit v ON v.id = r.visit WHERE "
		"d.imei = ?1"
		/* how often it was written: what no retention removes */
		" UNION ALL SELECT NULL, 4, 0, 'updates', NULL, NULL, NULL, NULL, NULL, NULL, "
		"NULL, NULL,"
		" NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, "
		"NULL, value"
		" FROM counter WHERE imei = ?1 AND key = 'updates'"
		") ORDER BY visit IS NULL, visit, coalesce(attempt, 0), rank, id",
		value_text(imei));
}

SqlRows *query_head(Db *db, GError **error)
{
	return sql_ask(db,
		       "SELECT coalesce(max(seq), 0) AS seq,"
		       " strftime('%Y-%m-%dT%H:%M:%fZ', at_us / 1e6, 'unixepoch') AS at_utc,"
		       " coalesce(sha, printf('%064d', 0)) AS head FROM ledger"
		       " WHERE seq = (SELECT max(seq) FROM ledger)",
		       NULL, 0, error);
}
