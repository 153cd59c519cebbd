/* SPDX-License-Identifier: Apache-2.0
 *
 * Makes canonical text of rows and chains their digests. It does not know who reads them.
 * The SELECTs below are form 1: they are never changed; a later form stands beside them. */
#include "db/ledger.h"

#include <string.h>

#include "db/sql.h"
#include "db/transcript.h"

static const char *const kinds[N_LEDGER_KINDS] = { "begin", "danger", "end", "resolve", "verdict" };

/* What is settled when an attempt begins, and never learned later. */
#define OPENING                                                                                              \
	"SELECT a.id, a.visit, a.hop, a.hops, a.try, a.procedure, a.operation, a.version_before,"            \
	" a.target, a.package, a.package_sha256, a.catalogue, a.program, a.adopted, a.external, a.resolves," \
	" a.begin_us, v.slot_label, v.slot_path, v.station, v.line, v.work_order, v.worker,"                 \
	" v.retest, v.begin_us AS visit_begin_us"                                                            \
	" FROM attempt a JOIN visit v ON v.id = a.visit WHERE a.id = ?"

#define CLOSED                                                                                            \
	"SELECT id, visit, imei, model, serial, iccid, imsi, hop, hops, try, procedure, "                 \
	"operation,"                                                                                      \
	" version_before, target, version_after, package, package_sha256, catalogue, program,"            \
	" adopted, external, resolves, begin_us, end_us, duration_ms, outcome, fault, step, vendor_code," \
	" vendor_words, detail FROM attempt WHERE id = ?"

#define STEPS                                                                                      \
	"SELECT n, ord, name, try, begin_ms, ms, outcome, danger FROM step_run WHERE attempt = ?"  \
	" ORDER BY n"

#define SETTINGS "SELECT imei, key, value, at_us FROM setting WHERE attempt = ? ORDER BY id"

#define VISIT                                                                                      \
	"SELECT id, slot_label, slot_path, hub, station, line, work_order, worker, imei, maker,"   \
	" model, model_name, version, target, retest, begin_us, end_us, duration_ms, verdict,"     \
	" fault, step, vendor_code, vendor_words, version_after, detail, good_first"               \
	" FROM visit WHERE id = ?"

const char *ledger_kind_name(LedgerKind kind)
{
	return kinds[kind];
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
static bool add_rows(GChecksum *sum, Db *db, const char *sql, guint32 id, guint least,
		     GError **error)
{
	g_autoptr(SqlRows) rows = SQL_ASK(db, error, sql, value_int(id));
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
		g_set_error(&failed, DB_ERROR, DB_ERROR_FAILED,
			    "number %u is to be entered in the ledger but has no row", id);
	if (!failed)
		return true;
	g_propagate_error(error, g_steal_pointer(&failed));
	return false;
}

static void add_digest(GChecksum *sum, const char *name, GChecksum *part)
{
	Value value = value_text(g_checksum_get_string(part));

	add_field(sum, name, &value);
}

static bool add_closed(GChecksum *sum, Db *db, guint32 attempt, GError **error)
{
	g_autoptr(GChecksum) steps = g_checksum_new(G_CHECKSUM_SHA256);
	g_autoptr(GChecksum) settings = g_checksum_new(G_CHECKSUM_SHA256);
	g_autoptr(GChecksum) transcript = g_checksum_new(G_CHECKSUM_SHA256);
	g_autoptr(GString) text = NULL;

	if (!add_rows(sum, db, CLOSED, attempt, 1, error) ||
	    !add_rows(steps, db, STEPS, attempt, 0, error) ||
	    !add_rows(settings, db, SETTINGS, attempt, 0, error))
		return false;
	text = transcript_read(db, attempt, error);
	if (!text)
		return false;
	g_checksum_update(transcript, (const guchar *)text->str, text->len);
	add_digest(sum, "steps", steps);
	add_digest(sum, "settings", settings);
	add_digest(sum, "transcript", transcript);
	return true;
}

static bool add_body(GChecksum *sum, Db *db, const LedgerEntry *entry, GError **error)
{
	switch (entry->kind) {
	case LEDGER_BEGIN:
	case LEDGER_DANGER:
		return add_rows(sum, db, OPENING, entry->attempt, 1, error);
	case LEDGER_END:
		return add_closed(sum, db, entry->attempt, error);
	case LEDGER_RESOLVE:
		return add_closed(sum, db, entry->by_attempt, error);
	case LEDGER_VERDICT:
		return add_rows(sum, db, VISIT, entry->visit, 1, error);
	case N_LEDGER_KINDS:
		break;
	}
	g_assert_not_reached();
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

bool ledger_append(Db *db, const LedgerEntry *entry, GError **error)
{
	static const char *const names[] = { "seq",     "form",   "kind",       "visit",
					     "attempt", "step",   "by_attempt", "imei",
					     "at_us",   "digest", "prev" };
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	char digest[LEDGER_HASH], imei[16] = "";
	LedgerHead head;

	if (!ledger_digest(db, entry, digest, error) || !ledger_head(db, &head, error) ||
	    !imei_now(db, entry, imei, error))
		return false;

	Value row[G_N_ELEMENTS(names) + 1] = {
		value_int(head.seq + 1),        value_int(LEDGER_FORM),
		value_text(kinds[entry->kind]), value_int(entry->visit),
		value_id(entry->attempt),       value_text(entry->step),
		value_id(entry->by_attempt),    value_text(imei),
		value_int(entry->at_us),        value_text(digest),
		value_text(head.sha),
	};

	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		add_field(sum, names[i], &row[i]);
	row[G_N_ELEMENTS(names)] = value_text(g_checksum_get_string(sum));
	return sql_run(db,
		       "INSERT INTO ledger (seq, form, kind, visit, attempt, step, by_attempt, "
		       "imei, at_us,"
		       " digest, prev, sha) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		       row, G_N_ELEMENTS(row), error);
}
