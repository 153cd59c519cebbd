/* SPDX-License-Identifier: Apache-2.0
 *
 * Questions to which a record that nobody touched has no answer. It does not know how it was touched. */
#include "db/verify_rows.h"

#include <glib/gi18n.h>

#include "fota-config.h"
#include "lib/fault.h"

/* Rows of a table that follows from others and what the view says that it should be. */
#define DIFFERENCE(table)                                                                          \
	" (SELECT * FROM (SELECT * FROM " table " EXCEPT SELECT * FROM " table "_anew)"            \
	" UNION ALL SELECT * FROM (SELECT * FROM " table "_anew EXCEPT SELECT * FROM " table       \
	")) LIMIT 1"

/* Each answers with one text about the first row that should not be so, or with nothing. */
/* clang-format off */
static const struct {
	const char *what, *sql;
} questions[] = {
	{ "pages", "SELECT 'the file is damaged: ' || integrity_check FROM pragma_integrity_check(1) WHERE integrity_check <> 'ok'" },
	{ "references", "SELECT 'a row of ' || \"table\" || ' points to one of ' || parent || ' that is not there'"
		" FROM pragma_foreign_key_check LIMIT 1" },
	{ "attempts", "SELECT 'attempt ' || id || ' is in no entry of the ledger' FROM attempt a WHERE NOT EXISTS (SELECT 1 FROM ledger l"
		" WHERE l.attempt = a.id AND l.kind IN (iif(a.end_us IS NULL, 'begin', 'end'), 'carry')) ORDER BY id LIMIT 1" },
	{ "visits", "SELECT 'visit ' || id || ' is in no entry of the ledger' FROM visit v WHERE NOT EXISTS (SELECT 1 FROM ledger l"
		" WHERE l.visit = v.id AND (v.end_us IS NULL OR l.kind = 'verdict' OR (l.kind = 'carry' AND l.attempt IS NULL)))"
		" ORDER BY id LIMIT 1" },
	{ "visits", "SELECT 'visit ' || visit || ' is here, and an entry says that it stands elsewhere' FROM ledger"
		" WHERE kind = 'left' AND visit IN (SELECT id FROM visit) ORDER BY seq LIMIT 1" },
	{ "steps", "SELECT 'a step of attempt ' || attempt || ' has no attempt' FROM step_run s"
		" WHERE NOT EXISTS (SELECT 1 FROM attempt WHERE id = s.attempt) LIMIT 1" },
	{ "transcripts", "SELECT 'a transcript of attempt ' || attempt || ' has no attempt' FROM trace t"
		" WHERE NOT EXISTS (SELECT 1 FROM attempt WHERE id = t.attempt) LIMIT 1" },
	{ "settings", "SELECT 'setting ' || id || ' is in no entry of the ledger' FROM setting s WHERE attempt IS NULL"
		" AND (id < 1 OR id > (SELECT setting FROM horizon)) AND id NOT IN (SELECT low FROM ledger WHERE kind = 'fact') ORDER BY id LIMIT 1" },
	{ "events", "SELECT 'event ' || id || ' should be in an archive' FROM event"
		" WHERE id <= coalesce((SELECT max(event) FROM archive), 0) LIMIT 1" },
	{ "debts", "SELECT 'the debt of attempt ' || attempt || ' is in no entry of the ledger' FROM debt d"
		" WHERE (attempt > (SELECT debt FROM horizon)"
		" AND NOT EXISTS (SELECT 1 FROM ledger l WHERE l.attempt = d.attempt AND l.kind = 'debt'))"
		" OR (settled_by IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ledger l WHERE l.attempt = d.attempt AND l.kind = 'resolve'"
		" AND l.by_attempt = d.settled_by AND l.at_us = d.settled_us)) LIMIT 1" },
	{ "debts", "SELECT 'attempt ' || l.attempt || ' was settled, and its debt says otherwise' FROM ledger l"
		" WHERE l.kind = 'resolve' AND l.visit NOT IN (SELECT visit FROM ledger WHERE kind = 'left')"
		" AND NOT EXISTS (SELECT 1 FROM debt d WHERE d.attempt = l.attempt AND d.settled_by = l.by_attempt) LIMIT 1" },
	{ "debts", "SELECT 'the visit or IMEI of the debt of attempt ' || d.attempt || ' is another' FROM debt d"
		" JOIN attempt a ON a.id = d.attempt WHERE (a.visit, a.imei) IS NOT (d.visit, d.imei) LIMIT 1" },
	{ "counters", "SELECT 'the count of ' || c.key || ' of IMEI ' || c.imei || ' is not what was counted' FROM counter c"
		" WHERE value < 1 OR value <> (SELECT coalesce(sum(CAST(substr(s.value, 2) AS INTEGER)), 0) FROM setting s"
		" WHERE s.imei = c.imei AND s.key = c.key AND s.value GLOB '+[0-9]*') LIMIT 1" },
	{ "counters", "SELECT 'the count of ' || s.key || ' of IMEI ' || s.imei || ' is not there' FROM setting s"
		" WHERE (s.value = '+1' OR (s.key = 'updates' AND s.value GLOB '+[0-9]*'))"
		" AND NOT EXISTS (SELECT 1 FROM counter c WHERE c.imei = s.imei AND c.key = s.key) LIMIT 1" },
	{ "registrations", "SELECT 'the registration of IMEI ' || r.imei || ' is not the one that was told' FROM registration r"
		" WHERE (r.imsi, r.at_us) IS NOT (SELECT s.value, s.at_us FROM setting s WHERE s.imei = r.imei AND s.key = 'registration'"
		" ORDER BY s.id DESC LIMIT 1) LIMIT 1" },
	{ "registrations", "SELECT 'the registration of IMEI ' || s.imei || ' is not there' FROM setting s WHERE s.key = 'registration'"
		" AND s.imei NOT IN (SELECT imei FROM registration) LIMIT 1" },
	{ "archives", "SELECT 'archive ' || id || ' is in no entry of the ledger' FROM archive"
		" WHERE id NOT IN (SELECT low FROM ledger WHERE kind = 'archive') LIMIT 1" },
	/* What schema 1 wrote of them was covered by nothing. */
	{ "work orders", "SELECT 'work order ' || order_no || ' is in no entry of the ledger' FROM work_order"
		" WHERE NOT EXISTS (SELECT 1 FROM ledger WHERE kind = 'order' OR form = 1) AND (SELECT event FROM horizon) = 0 LIMIT 1" },
	{ "kept units", "SELECT 'kept units are in no entry of the ledger' FROM kept_unit"
		" WHERE NOT EXISTS (SELECT 1 FROM ledger WHERE kind = 'kept') LIMIT 1" },
	{ "faults", "SELECT 'fault ' || fault || ' of attempt ' || id || ' has no name' FROM attempt WHERE fault IS NOT NULL"
		" AND fault NOT IN (SELECT code FROM fault_code) LIMIT 1" },
	{ "durations", "SELECT 'the table of durations is not the one of this program' FROM" DIFFERENCE("step_bucket") },
	{ "sums of visits", "SELECT 'the sums of ' || day || ', slot ' || slot || ' are not those of its visits' FROM"
		DIFFERENCE("visit_tally") },
	{ "sums of packages", "SELECT 'the sums of ' || day || ', package ' || package || ' are not those of its attempts' FROM"
		DIFFERENCE("package_tally") },
	{ "sums of steps", "SELECT 'the sums of ' || day || ', step ' || step || ' are not those of its tries' FROM"
		DIFFERENCE("step_tally") },
};
/* clang-format on */

/* The first text that the question answers with, to be freed. False with error. */
static bool ask(Db *db, const char *sql, char **answer, GError **error)
{
	g_autoptr(SqlRows) rows = sql_ask(db, sql, NULL, 0, error);
	g_autoptr(GError) failed = NULL;

	*answer = NULL;
	if (!rows)
		return false;
	if (sql_next(rows, &failed))
		*answer = g_strdup(sql_text(rows, 0));
	if (!failed)
		return true;
	g_propagate_error(error, g_steal_pointer(&failed));
	return false;
}

/* A program of another version wrote texts of its own; the names never change. */
static bool wrote_faults(Db *db, bool *ours, GError **error)
{
	g_autofree char *version = NULL;

	if (!ask(db, "SELECT text FROM event WHERE kind = 'station-start' ORDER BY id DESC LIMIT 1",
		 &version, error))
		return false;
	*ours = g_strcmp0(version, FOTA_VERSION) == 0;
	return true;
}

static bool check_fault(Db *db, const Fault *f, bool *named, bool *same, GError **error)
{
	gint64 others, whole;

	if (!SQL_NUMBER(db, error, &others,
			"SELECT count(*) FROM fault_code WHERE code = ? AND name <> ?",
			value_int(f->code), value_text(f->name)) ||
	    !SQL_NUMBER(
		    db, error, &whole,
		    "SELECT count(*) FROM fault_code WHERE (code, name, blame, text, next) IS (?, ?, ?, ?, ?)",
		    value_int(f->code), value_text(f->name), value_text(blame_name(f->blame)),
		    value_text(f->text), value_text(f->next)))
		return false;
	*named = others == 0;
	*same = *same && whole == 1;
	return true;
}

static bool check_faults(Db *db, VerifyResult *result, GError **error)
{
	bool named = true, same = true, ours;
	gint64 n, known = 0;

	if (!wrote_faults(db, &ours, error))
		return false;
	for (const Fault *f = fault_list(); named && f->code != FAULT_NONE; f++, known++) {
		if (!check_fault(db, f, &named, &same, error))
			return false;
		if (!named)
			result->finding = g_strdup_printf(_("fault %d has another name than %s"),
							  f->code, f->name);
	}
	if (!named)
		return true;
	if (!sql_number(db, "SELECT count(*) FROM fault_code", NULL, 0, &n, error))
		return false;
	if (same && n == known)
		return true;
	if (ours)
		result->finding = g_strdup(
			_("the texts of faults are not those of the program that wrote them"));
	else
		verify_remark(result,
			      g_strdup(_("the texts of faults are those of another version of "
					 "the program")));
	return true;
}

bool verify_rows(Db *db, VerifyProgress progress, gpointer user, VerifyResult *result,
		 GError **error)
{
	if (!check_faults(db, result, error))
		return false;
	for (guint i = 0; !result->finding && i < G_N_ELEMENTS(questions); i++) {
		if (progress)
			progress(questions[i].what, i + 1, G_N_ELEMENTS(questions), user);
		if (!ask(db, questions[i].sql, &result->finding, error))
			return false;
	}
	return true;
}
