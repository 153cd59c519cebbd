/* SPDX-License-Identifier: Apache-2.0
 *
 * Questions that sums answer: yield, faults, slots, steps. It does not know how the answers are added up and shown. */
#include <string.h>

#include "db/filter.h"
#include "db/query.h"

static const struct {
	const char *name, *column, *key;
	const char *group; /* NULL: by the key */
} yields[N_YIELDS] = {
	[YIELD_DAY] = { "day", "day", "day" },
	/* Monday of the week */
	[YIELD_WEEK] = { "week", "week", "date(day, '-6 days', 'weekday 1')" },
	[YIELD_MONTH] = { "month", "month", "substr(day, 1, 7)" },
	/* In the order in which the sums are kept nothing has to be sorted: a key comes once a day. */
	[YIELD_SLOT] = { "slot", "slot", "slot", "day, station, slot" },
	/* Slots of two fixtures may be called the same. */
	[YIELD_PLACE] = { NULL, "place", "station || char(9) || slot", "day, station, slot" },
	[YIELD_MODEL] = { "model", "model", "model" },
	[YIELD_ORDER] = { "work-order", "work_order", "work_order" },
	[YIELD_WORKER] = { "operator", "operator", "operator" },
	[YIELD_STATION] = { "station", "station", "station" },
	[YIELD_PACKAGE] = { "package", "package", "package || ' ' || substr(sha256, 1, 12)" },
};

YieldBy yield_by_name(const char *name)
{
	YieldBy by = 0;

	while (by < N_YIELDS && g_strcmp0(name, yields[by].name) != 0)
		by++;
	return by;
}

const char *yield_column(YieldBy by)
{
	return yields[by].column;
}

/* Whole days are in the sums; anything finer is counted from the rows themselves, which the same view does. */
static bool whole_days(const Period *p)
{
	return (p->from_us == PERIOD_OPEN || *p->from_day) &&
	       (p->to_us == PERIOD_OPEN || *p->to_day);
}

static void add_period(Ask *ask, const Period *p)
{
	bool whole = whole_days(p);

	if (whole && p->from_us != PERIOD_OPEN)
		ask_text(ask, "day >= ?", p->from_day);
	if (whole && p->to_us != PERIOD_OPEN)
		ask_text(ask, "day <= ?", p->to_day);
	if (!whole)
		ask_period(ask, "begin_us", p);
}

SqlRows *query_yield(Db *db, YieldBy by, const Filter *filter, GError **error)
{
	bool package = by == YIELD_PACKAGE || filter->package;
	const char *from = package ? whole_days(&filter->period) ? "package_tally" : "package_sums"
			   : whole_days(&filter->period) ? "visit_tally"
							 : "visit_sums";
	g_auto(Ask) ask;

	ask_init(&ask);
	/* Sorting long names to group them takes longer than adding up their rows. */
	g_string_append_printf(ask.sql,
			       by == YIELD_PACKAGE
				       ? "SELECT %s AS key, visits, good, failed, skipped,"
					 " first, first_good FROM %s WHERE true"
				       : "SELECT %s AS key, sum(visits), sum(good),"
					 " sum(failed), sum(skipped), sum(first),"
					 " sum(first_good) FROM %s WHERE true",
			       yields[by].key, from);
	ask_text(&ask, "slot = ?", filter->slot);
	ask_text(&ask, "model = ?", filter->model);
	ask_text(&ask, "work_order = ?", filter->work_order);
	ask_text(&ask, "operator = ?", filter->worker);
	ask_text(&ask, "station = ?", filter->station);
	ask_text(&ask,
		 ask_is_sha(filter->package) ? "(package = ? OR sha256 LIKE ? || '%')"
					     : "package = ?",
		 filter->package);
	if (package)
		ask_add(&ask, " AND applied");
	add_period(&ask, &filter->period);
	if (by != YIELD_PACKAGE) {
		ask_add(&ask, " GROUP BY ");
		ask_add(&ask, yields[by].group ? yields[by].group : "1");
	}
	return ask_run(&ask, db, error);
}

#define COUNTING                                                                                   \
	" WHERE x.fault IS NOT NULL AND x.operation IN ('update', 'check') AND NOT EXISTS"         \
	" (SELECT 1 FROM debt d WHERE d.attempt = x.id AND d.settled_by IS NOT NULL)"

static bool asks_visit(const Filter *f)
{
	return f->slot || f->model || f->work_order || f->worker || f->station;
}

static void add_fault_terms(Ask *ask, const Filter *f)
{
	ask_place(ask, f);
	ask_package(ask, f);
	ask_period(ask, "x.begin_us", &f->period);
}

SqlRows *query_faults(Db *db, const Filter *filter, GError **error)
{
	g_auto(Ask) ask;

	ask_init(&ask);
	ask_add(&ask, "SELECT c.name AS fault, c.blame, c.text, i.imei, i.n AS attempts FROM"
		      " (SELECT x.fault, x.imei, count(*) AS n FROM attempt x");
	ask_add(&ask, asks_visit(filter) ? " JOIN visit y ON y.id = x.visit" COUNTING : COUNTING);
	add_fault_terms(&ask, filter);
	ask_add(&ask, " GROUP BY x.fault, x.imei) i LEFT JOIN fault_code c ON c.code = i.fault");
	return ask_run(&ask, db, error);
}

SqlRows *query_slot_faults(Db *db, const Filter *filter, GError **error)
{
	g_auto(Ask) ask;

	ask_init(&ask);
	ask_add(&ask, "SELECT i.station, i.slot, c.name AS fault, i.n AS attempts FROM"
		      " (SELECT y.station, y.slot_label AS slot, x.fault, count(*) AS n"
		      " FROM attempt x JOIN visit y ON y.id = x.visit" COUNTING);
	add_fault_terms(&ask, filter);
	ask_add(&ask, " GROUP BY 1, 2, 3) i LEFT JOIN fault_code c ON c.code = i.fault");
	return ask_run(&ask, db, error);
}

SqlRows *query_steps(Db *db, const Filter *filter, GError **error)
{
	bool sums = whole_days(&filter->period) && !filter->slot;
	g_auto(Ask) ask;

	ask_init(&ask);
	ask_add(&ask,
		sums ? "SELECT model, procedure, step, good, about_ms, sum(n), sum(sum_ms),"
		       " max(max_ms) FROM step_tally WHERE true"
		     : "SELECT model, procedure, step, good, about_ms, count(*), sum(ms), max(ms)"
		       " FROM step_sums WHERE true");
	ask_text(&ask, "model = ?", filter->model);
	ask_text(&ask, "slot = ?", filter->slot);
	add_period(&ask, &filter->period);
	ask_add(&ask, " GROUP BY 1, 2, 3, 4, 5");
	return ask_run(&ask, db, error);
}

SqlRows *query_places(Db *db, GError **error)
{
	return sql_ask(
		db,
		"SELECT v.station, v.slot_label AS slot, v.place_row, v.place_column, v.begin_us FROM"
		" (SELECT max(id) AS id FROM visit GROUP BY station, slot_label) l JOIN visit v ON v.id = l.id"
		" ORDER BY v.station, v.slot_label",
		NULL, 0, error);
}

SqlRows *query_suspects(Db *db, const Filter *filter, GError **error)
{
	g_auto(Ask) ask;

	ask_init(&ask);
	ask_add(&ask,
		"SELECT v.imei, v.model, v.slot, v.begin_utc, v.verdict, v.fault, f.text, f.next,"
		" i.owed, v.station FROM (SELECT y.id, EXISTS (SELECT 1 FROM debt d WHERE d.visit ="
		" y.id AND d.settled_us IS NULL) AS owed FROM visit y WHERE y.imei IS NOT NULL"
		" AND y.verdict IN ('fail', 'aborted', 'interrupted')"
		" AND coalesce(y.operation, 'update') IN ('update', 'check')"
		" AND NOT EXISTS (SELECT 1 FROM visit l WHERE l.imei = y.imei AND l.id > y.id)");
	ask_place(&ask, filter);
	ask_period(&ask, "y.begin_us", &filter->period);
	ask_add(&ask, " ORDER BY owed DESC, y.id DESC");
	g_string_append_printf(ask.sql, " LIMIT %d", (int)filter->limit);
	ask_add(&ask,
		") i CROSS JOIN v_visits v ON v.visit = i.id"
		" LEFT JOIN fault_code f ON f.name = v.fault ORDER BY i.owed DESC, v.visit DESC");
	return ask_run(&ask, db, error);
}

bool query_came_after(Db *db, const char *imei, const char *utc, bool *came, GError **error)
{
	gint64 n;

	if (!SQL_NUMBER(db, error, &n,
			"SELECT EXISTS (SELECT 1 FROM v_visits WHERE imei = ? AND begin_utc > ?)",
			value_text(imei), value_text(utc)))
		return false;
	*came = n != 0;
	return true;
}
