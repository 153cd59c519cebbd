/* SPDX-License-Identifier: Apache-2.0
 *
 * Makes canonical text of rows and chains their digests. It does not know who reads them.
 * The columns below are form 1 and form 2: they are never changed; a later form stands beside them. */
#include "db/ledger.h"

#include <string.h>

#include "db/transcript.h"

static const char *const kinds[N_LEDGER_KINDS] = { "begin",   "danger", "end",  "resolve",
						   "verdict", "debt",   "fact", "log",
						   "found",   "order",  "kept", "archive",
						   "carry",   "left" };

/* What is settled when an attempt begins, and never learned later. */
#define OPENING                                                                                              \
	"SELECT a.id, a.visit, a.hop, a.hops, a.try, a.procedure, a.operation, a.version_before,"            \
	" a.target, a.package, a.package_sha256, a.catalogue, a.program, a.adopted, a.external, a.resolves," \
	" a.begin_us, v.slot_label, v.slot_path, v.station, v.line, v.work_order, v.worker,"                 \
	" v.retest, v.begin_us AS visit_begin_us"
#define OPENING_FROM " FROM attempt a JOIN visit v ON v.id = a.visit WHERE a.id = ?1"

#define CLOSED                                                                                            \
	"SELECT id, visit, imei, model, serial, iccid, imsi, hop, hops, try, procedure, "                 \
	"operation,"                                                                                      \
	" version_before, target, version_after, package, package_sha256, catalogue, program,"            \
	" adopted, external, resolves, begin_us, end_us, duration_ms, outcome, fault, step, vendor_code," \
	" vendor_words, detail"

#define STEPS                                                                                      \
	"SELECT n, ord, name, try, begin_ms, ms, outcome, danger FROM step_run WHERE attempt = ?1" \
	" ORDER BY n"

#define VISIT                                                                                      \
	"SELECT id, slot_label, slot_path, hub, station, line, work_order, worker, imei, maker,"   \
	" model, model_name, version, target, retest, begin_us, end_us, duration_ms, verdict,"     \
	" fault, step, vendor_code, vendor_words, version_after, detail, good_first"

typedef enum { OF_NONE, OF_VISIT, OF_ATTEMPT, OF_BY_ATTEMPT, OF_LOW, OF_RANGE } Of;

/* The rows that a kind of entry covers. What form 1 did not know must still be unknown in its rows. */
typedef struct {
	const char *sql;
	Of of;
	bool closed; /* and the attempt's steps, settings and transcript */
} Body;

/* clang-format off */
static const Body form_1[N_LEDGER_KINDS] = {
	[LEDGER_BEGIN] = { OPENING OPENING_FROM " AND a.config IS NULL AND v.zone_min IS NULL", OF_ATTEMPT },
	[LEDGER_DANGER] = { OPENING OPENING_FROM " AND a.config IS NULL AND v.zone_min IS NULL", OF_ATTEMPT },
	[LEDGER_END] = { CLOSED " FROM attempt WHERE id = ?1 AND config IS NULL", OF_ATTEMPT, true },
	[LEDGER_RESOLVE] = { CLOSED " FROM attempt WHERE id = ?1 AND config IS NULL", OF_BY_ATTEMPT, true },
	[LEDGER_VERDICT] = { VISIT " FROM visit WHERE id = ?1 AND zone_min IS NULL AND first IS NULL AND operation IS NULL"
			     " AND place_row IS NULL AND place_column IS NULL",
			     OF_VISIT },
};

#define OPENING_2 OPENING ", a.config, a.mono_us, a.origin_us, v.mono_us AS visit_mono_us, v.zone_min" OPENING_FROM
#define CLOSED_2  CLOSED ", config, mono_us, origin_us FROM attempt WHERE id = ?1"
#define EVENTS    "SELECT id, at_us, kind, slot, visit, attempt, num, text FROM event WHERE id BETWEEN ?1 AND ?2 ORDER BY id"
#define VISIT_2   VISIT ", mono_us, zone_min, first, operation, place_row, place_column FROM visit WHERE id = ?1"

static const Body form_2[N_LEDGER_KINDS] = {
	[LEDGER_BEGIN] = { OPENING_2, OF_ATTEMPT },
	[LEDGER_DANGER] = { OPENING_2, OF_ATTEMPT },
	[LEDGER_END] = { CLOSED_2, OF_ATTEMPT, true },
	[LEDGER_RESOLVE] = { CLOSED_2, OF_BY_ATTEMPT, true },
	[LEDGER_VERDICT] = { VISIT_2, OF_VISIT },
	[LEDGER_DEBT] = { "SELECT attempt, visit, imei, since_us FROM debt WHERE attempt = ?1", OF_ATTEMPT },
	[LEDGER_FACT] = { "SELECT id, imei, key, value, attempt, at_us FROM setting WHERE id = ?1", OF_LOW },
	[LEDGER_LOG] = { EVENTS, OF_RANGE },
	[LEDGER_FOUND] = { EVENTS, OF_RANGE },
	[LEDGER_ORDER] = { "SELECT order_no, quantity, worker, begin_us, end_us FROM work_order ORDER BY order_no", OF_NONE },
	[LEDGER_KEPT] = { "SELECT work_order, imei, good_first, good FROM kept_unit ORDER BY work_order, imei", OF_NONE },
	[LEDGER_ARCHIVE] = { "SELECT id, month, file, first_seq, last_seq, last_sha, head, event, visit, attempt, visits,"
			     " attempts, at_us FROM archive WHERE id = ?1", OF_LOW },
	[LEDGER_CARRY] = { CLOSED_2, OF_ATTEMPT, true },
	[LEDGER_LEFT] = { "SELECT ?1 AS visit", OF_VISIT },
};

/* Of a visit without an attempt. */
static const Body carried_visit = { VISIT_2, OF_VISIT };

#define HORIZON "SELECT setting, event, debt FROM horizon WHERE id = 1"

static const char *const settings_of[LEDGER_FORM + 1] = {
	[1] = "SELECT imei, key, value, at_us FROM setting WHERE attempt = ?1 ORDER BY id",
	[2] = "SELECT id, imei, key, value, at_us FROM setting WHERE attempt = ?1 ORDER BY id",
};
/* clang-format on */

const char *ledger_kind_name(LedgerKind kind)
{
	return kinds[kind];
}

bool ledger_kind_from_name(const char *name, LedgerKind *kind)
{
	for (guint i = 0; i < N_LEDGER_KINDS; i++)
		if (g_strcmp0(name, kinds[i]) == 0) {
			*kind = i;
			return true;
		}
	return false;
}

const char *const *ledger_columns(guint form)
{
	static const char *const first[] = { "seq",     "form",   "kind",       "visit",
					     "attempt", "step",   "by_attempt", "imei",
					     "at_us",   "digest", "prev",       NULL };
	static const char *const second[] = { "seq",  "form",       "kind", "visit", "attempt",
					      "step", "by_attempt", "imei", "at_us", "low",
					      "high", "digest",     "prev", NULL };

	return form == 1 ? first : second;
}

static void add_field(GChecksum *sum, const char *name, const Value *value)
{
	g_autofree char *head = NULL;

	switch (value->type) {
	case VALUE_NULL:
		head = g_strdup_printf("%s=n", name);
		break;
	case VALUE_INT:
		head = g_strdup_printf("%s=i%" G_GINT64_FORMAT, name, value->number);
		break;
	case VALUE_REAL:
	case VALUE_TEXT:
	case VALUE_BYTES:
		head = g_strdup_printf("%s=t%" G_GSIZE_FORMAT ":", name, value->len);
		break;
	}
	g_checksum_update(sum, (const guchar *)head, -1);
	g_checksum_update(sum, (const guchar *)value->text, value->text ? (gssize)value->len : 0);
	g_checksum_update(sum, (const guchar *)"\n", 1);
}

/* All fields of all rows of the answer; `least` rows must be there. */
static bool add_rows(GChecksum *sum, Db *db, const char *sql, const Value *values, guint n_values,
		     guint least, GError **error)
{
	g_autoptr(SqlRows) rows = sql_ask(db, sql, values, n_values, error);
	g_autoptr(GError) failed = NULL;
	guint n = 0;

	if (!rows)
		return false;
	for (; sql_next(rows, &failed); n++)
		for (guint i = 0; i < sql_columns(rows); i++) {
			Value value = sql_value(rows, i);

			add_field(sum, sql_column_name(rows, i), &value);
		}
	if (!failed && n < least)
		g_set_error_literal(&failed, DB_ERROR, DB_ERROR_MISSING,
				    "a row that the ledger is about is not there");
	if (!failed)
		return true;
	g_propagate_error(error, g_steal_pointer(&failed));
	return false;
}

static bool add_part(GChecksum *sum, const char *name, Db *db, const char *sql, guint32 attempt,
		     GError **error)
{
	g_autoptr(GChecksum) part = g_checksum_new(G_CHECKSUM_SHA256);
	const Value id = value_int(attempt);
	Value digest;

	if (!add_rows(part, db, sql, &id, 1, 0, error))
		return false;
	digest = value_text(g_checksum_get_string(part));
	add_field(sum, name, &digest);
	return true;
}

/* What hangs on a closed attempt. */
static bool add_closed(GChecksum *sum, Db *db, guint32 attempt, guint form, GError **error)
{
	g_autoptr(GChecksum) transcript = g_checksum_new(G_CHECKSUM_SHA256);
	g_autoptr(GString) text = NULL;
	Value digest;

	if (!add_part(sum, "steps", db, STEPS, attempt, error) ||
	    !add_part(sum, "settings", db, settings_of[form], attempt, error))
		return false;
	text = transcript_read(db, attempt, error);
	if (!text)
		return false;
	g_checksum_update(transcript, (const guchar *)text->str, text->len);
	digest = value_text(g_checksum_get_string(transcript));
	add_field(sum, "transcript", &digest);
	return true;
}

static guint form_of(const LedgerEntry *entry)
{
	return entry->form ? entry->form : LEDGER_FORM;
}

static const Body *body_of(const LedgerEntry *entry)
{
	if (entry->kind == LEDGER_CARRY && entry->attempt == 0)
		return &carried_visit;
	return form_of(entry) == 1 ? &form_1[entry->kind] : &form_2[entry->kind];
}

static bool add_body(GChecksum *sum, Db *db, const LedgerEntry *entry, GError **error)
{
	const Body *body = body_of(entry);
	const gint64 ids[] = { 0,          entry->visit, entry->attempt, entry->by_attempt,
			       entry->low, entry->low };
	const Value values[] = { value_int(ids[body->of]), value_int(entry->high) };
	guint n = body->of == OF_NONE ? 0 : body->of == OF_RANGE ? 2 : 1;

	if (!body->sql) {
		g_set_error(error, DB_ERROR, DB_ERROR_MISSING, "form %u has no %s", form_of(entry),
			    kinds[entry->kind]);
		return false;
	}
	if (!add_rows(sum, db, body->sql, values, n, n == 1, error))
		return false;
	if (body->of == OF_RANGE)
		return add_rows(sum, db, HORIZON, NULL, 0, 1, error);
	return !body->closed || add_closed(sum, db, ids[body->of], form_of(entry), error);
}

bool ledger_digest(Db *db, const LedgerEntry *entry, char digest[LEDGER_HASH], GError **error)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

	if (!add_body(sum, db, entry, error))
		return false;
	g_strlcpy(digest, g_checksum_get_string(sum), LEDGER_HASH);
	return true;
}

bool ledger_head(Db *db, LedgerHead *head, GError **error)
{
	g_autoptr(SqlRows) rows = sql_ask(
		db, "SELECT seq, at_us, sha FROM ledger ORDER BY seq DESC LIMIT 1", NULL, 0, error);
	g_autoptr(GError) failed = NULL;

	*head = (LedgerHead){ 0 };
	memset(head->sha, '0', LEDGER_HASH - 1);
	if (!rows)
		return false;
	if (sql_next(rows, &failed)) {
		head->seq = sql_int(rows, 0);
		head->at_us = sql_int(rows, 1);
		g_strlcpy(head->sha, sql_text(rows, 2), LEDGER_HASH);
	}
	if (!failed)
		return true;
	g_propagate_error(error, g_steal_pointer(&failed));
	return false;
}

bool ledger_covered(Db *db, gint64 *event, GError **error)
{
	return sql_number(db,
			  "SELECT coalesce((SELECT high FROM ledger WHERE kind IN ('log', 'found')"
			  " ORDER BY seq DESC LIMIT 1), (SELECT max(event) FROM archive),"
			  " (SELECT event FROM horizon))",
			  NULL, 0, event, error);
}

/* The IMEI as known at this moment; it may be learned later in an attempt, so the entry keeps its own. */
static bool imei_now(Db *db, const LedgerEntry *entry, char imei[16], GError **error)
{
	g_autoptr(SqlRows) rows =
		SQL_ASK(db, error, "SELECT imei FROM visit WHERE id = ?", value_int(entry->visit));
	g_autoptr(GError) failed = NULL;

	if (!rows)
		return false;
	if (sql_next(rows, &failed) && sql_text(rows, 0))
		g_strlcpy(imei, sql_text(rows, 0), 16);
	if (!failed)
		return true;
	g_propagate_error(error, g_steal_pointer(&failed));
	return false;
}

static void hash_fields(const char *const *names, const Value *values, char hash[LEDGER_HASH])
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

	for (guint i = 0; names[i]; i++)
		add_field(sum, names[i], &values[i]);
	g_strlcpy(hash, g_checksum_get_string(sum), LEDGER_HASH);
}

void ledger_hash(SqlRows *row, guint form, char hash[LEDGER_HASH])
{
	const char *const *names = ledger_columns(form);
	Value values[16];

	for (guint i = 0; names[i]; i++)
		for (guint c = 0; c < sql_columns(row); c++)
			if (strcmp(sql_column_name(row, c), names[i]) == 0)
				values[i] = sql_value(row, c);
	hash_fields(names, values, hash);
}

bool ledger_append(Db *db, const LedgerEntry *entry, GError **error)
{
	char digest[LEDGER_HASH], sha[LEDGER_HASH], imei[16] = "";
	LedgerHead head;

	if (!ledger_digest(db, entry, digest, error) || !ledger_head(db, &head, error) ||
	    !imei_now(db, entry, imei, error))
		return false;

	Value row[] = {
		value_int(head.seq + 1),        value_int(LEDGER_FORM),
		value_text(kinds[entry->kind]), value_int(entry->visit),
		value_id(entry->attempt),       value_text(entry->step),
		value_id(entry->by_attempt),    value_text(imei),
		value_int(entry->at_us),        value_id(entry->low),
		value_id(entry->high),          value_text(digest),
		value_text(head.sha),           value_null(),
	};

	hash_fields(ledger_columns(LEDGER_FORM), row, sha);
	row[G_N_ELEMENTS(row) - 1] = value_text(sha);
	return sql_run(
		db,
		"INSERT INTO ledger (seq, form, kind, visit, attempt, step, by_attempt, imei,"
		" at_us, low, high, digest, prev, sha)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		row, G_N_ELEMENTS(row), error);
}
