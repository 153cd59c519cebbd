/* SPDX-License-Identifier: Apache-2.0
 *
 * SELECTs over the public views. It does not know how the answers are shown. */
#include "db/query.h"

#include <string.h>

#define IMEI_DIGITS 15
#define TAIL_DIGITS 6

const char *const *query_attempts_brief(void)
{
	static const char *const brief[] = { "attempt", "begin_utc",      "slot",   "imei",
					     "model",   "version_before", "target", "version_after",
					     "outcome", "fault",          "step",   NULL };

	return brief;
}

const char *const *query_unit_brief(void)
{
	static const char *const brief[] = { "at_utc",  "what",           "visit",  "attempt",
					     "slot",    "version_before", "target", "version_after",
					     "outcome", "fault",          "step",   "updates",
					     NULL };

	return brief;
}

/* Each way has its index; with fewer digits than that one holds, all IMEIs are looked at. */
static const char *imei_term(gsize digits)
{
	if (digits == IMEI_DIGITS)
		return " AND imei = ?1 AND ?2 IS NULL";
	if (digits >= TAIL_DIGITS)
		return " AND imei LIKE '%' || ?1 AND substr(imei, -6) = ?2";
	return " AND imei LIKE '%' || ?1 AND ?2 IS NULL";
}

SqlRows *query_attempts(Db *db, const AttemptFilter *filter, GError **error)
{
	gsize digits = filter->imei ? strlen(filter->imei) : 0;
	bool tail = digits >= TAIL_DIGITS && digits != IMEI_DIGITS;
	g_autofree char *sql = g_strdup_printf(
		"SELECT * FROM v_attempts WHERE true%s%s%s ORDER BY attempt DESC LIMIT ?5",
		filter->imei ? imei_term(digits) : " AND ?1 IS NULL AND ?2 IS NULL",
		filter->slot ? " AND visit IN (SELECT id FROM visit WHERE slot_label = ?3)"
			     : " AND ?3 IS NULL",
		filter->outcome != OUTCOME_NONE
			? " AND attempt IN (SELECT id FROM attempt WHERE outcome = ?4)"
			: " AND ?4 IS NULL");

	return SQL_ASK(db, error, sql, value_text(filter->imei),
		       tail ? value_text(filter->imei + digits - TAIL_DIGITS) : value_null(),
		       value_text(filter->slot), value_text(outcome_name(filter->outcome)),
		       value_int(filter->limit > 0 ? filter->limit : -1));
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
		") ORDER BY at_us IS NULL, at_us, visit, rank, id",
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
