/* SPDX-License-Identifier: Apache-2.0
 *
 * The verbs of fota-log that look after the record: verify, backup. It does not know what is in it. */
#include <glib/gi18n.h>
#include <string.h>

#include "db/backup.h"
#include "station/log.h"
#include "station/log_sources.h"

/* Where the record says that this entry is: a file beside it, "" when it says nothing. NULL with error. */
static char *archive_of(Db *db, gint64 seq, GError **error)
{
	g_autoptr(SqlRows) rows =
		SQL_ASK(db, error, "SELECT file FROM archive WHERE last_seq = ?", value_int(seq));
	g_autofree char *folder = g_path_get_dirname(db_path(db));
	g_autoptr(GError) failed = NULL;

	if (!rows)
		return NULL;
	if (sql_next(rows, &failed))
		return g_build_filename(folder, sql_text(rows, 0), NULL);
	if (!failed)
		return g_strdup("");
	g_propagate_error(error, g_steal_pointer(&failed));
	return NULL;
}

/* One of the other files must have the entry before this file's first one. That no such file was given is a remark; that
 * the one which the record names has another entry is a finding. */
static bool check_before(Log *log, Db *db, VerifyResult *mine, char **remark, GError **error)
{
	gint64 before = mine->first_seq - 1;
	g_autofree char *archive = NULL;
	const LogSource *wrong = NULL;
	char sha[LEDGER_HASH];

	if (mine->entries == 0 || before < 1)
		return true;
	archive = archive_of(db, before, error);
	if (!archive)
		return false;
	for (guint i = 0; i < log->sources->len; i++) {
		const LogSource *other = log->sources->pdata[i];

		if (!verify_entry(other->db, before, sha, error))
			return false;
		if (strcmp(sha, mine->before) == 0)
			return true;
		if (strcmp(db_path(other->db), archive) == 0)
			wrong = other;
	}
	if (wrong)
		mine->finding = g_strdup_printf(
			_("%s is not the archive of the entries up to %d: it was changed or is another file of that name"),
			wrong->name, (int)before);
	else
		*remark = g_strdup_printf(
			_("the entries before %d are in an archive that was not given"),
			(int)mine->first_seq);
	return true;
}

static bool verify_one(Log *log, guint which, Export *e, bool *head_found, GError **error)
{
	const LogSource *source = log->sources->pdata[which];
	g_autofree char *remark = NULL;
	VerifyResult result;

	if (!verify_run(source->db, log->head, log_progress, log, &result, error))
		return false;
	log_progress_end(log);
	*head_found = *head_found || result.head_found;
	if (!result.finding && !check_before(log, source->db, &result, &remark, error))
		return false;

	Value row[] = { value_text(result.finding ? "different" : "whole"),
			value_int(result.entries),
			value_int(result.first_seq),
			value_int(result.last_seq),
			value_text(result.head),
			value_text(result.finding ? result.finding : remark) };

	log_row(log, e, source, row);
	if (result.finding) {
		fprintf(stderr, "fota-log: %s: %s\n", db_path(source->db), result.finding);
		log->difference = true;
	}
	verify_clear(&result);
	return true;
}

bool log_verify(Log *log, GError **error)
{
	static const char *const columns[] = { "result", "entries", "first", "last",
					       "head",   "finding", NULL };
	g_autoptr(Export) e = NULL;
	bool head_found = false;

	log->style.width = 0;
	e = log_table(log, columns, NULL);
	for (guint i = 0; i < log->sources->len; i++)
		if (!verify_one(log, i, e, &head_found, error))
			return false;
	log_end(log, e);
	if (log->head && !head_found) {
		fprintf(stderr,
			_("fota-log: no entry has the head %s: entries were cut off or all of it was "
			  "made anew, or it is in an archive that was not given\n"),
			log->head);
		log->difference = true;
	}
	return true;
}

bool log_backup(Log *log, GError **error)
{
	const LogSource *source = log->sources->pdata[0];

	if (log->sources->len > 1) {
		g_set_error_literal(
			error, LOG_USAGE, 0,
			_("backup: expected one database, each gets a file of its own"));
		return false;
	}
	if (!backup_make(source->db, log->subject, log_progress, log, error))
		return false;
	log_progress_end(log);
	log->rows = 1;
	return true;
}
