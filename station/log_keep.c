/* SPDX-License-Identifier: Apache-2.0
 *
 * The verbs of fota-log that look after the record: verify, backup. It does not know what is in it. */
#include <glib/gi18n.h>
#include <string.h>

#include "db/archive_list.h"
#include "db/backup.h"
#include "station/log.h"
#include "station/log_sources.h"

static Db *source_db(const Log *log, guint which)
{
	return ((LogSource *)log->sources->pdata[which])->db;
}

/* Is `db` an archive of `record`? Then last_seq is where the record's entries end in it. */
static bool knows(Db *record, Db *db, gint64 *last_seq, bool *is, GError **error)
{
	g_autoptr(GArray) list = archive_list(record, error);

	*is = false;
	for (guint i = 0; list && !*is && i < list->len; i++) {
		const ArchiveNamed *named = &g_array_index(list, ArchiveNamed, i);

		if (!archive_is(db, named, is, error))
			return false;
		if (*is)
			*last_seq = named->last_seq;
	}
	return list;
}

static void name_missing(const Log *log, const ArchiveNamed *named, VerifyResult *mine)
{
	g_autofree char *name = g_path_get_basename(named->path);

	for (guint i = 0; i < log->sources->len; i++)
		if (strcmp(db_path(source_db(log, i)), named->path) == 0) {
			mine->finding = g_strdup_printf(
				_("%s is not the archive of the entries up to %d: it was changed or is another file of that name"),
				name, (int)named->last_seq);
			return;
		}
	mine->unproved = true;
	mine->finding = g_strdup_printf(
		_("the entries up to %d are in the archive %s, which was not given: nothing of them is proved; name its folder with --db"),
		(int)named->last_seq, name);
}

/* One of the other files must be the archive that this one goes on from. */
static bool check_before(const Log *log, Db *db, VerifyResult *mine, GError **error)
{
	g_autoptr(GArray) list = archive_list(db, error);
	const ArchiveNamed *before = NULL;
	bool is = false;

	for (guint i = 0; list && i < list->len; i++)
		if (g_array_index(list, ArchiveNamed, i).last_seq == mine->first_seq - 1)
			before = &g_array_index(list, ArchiveNamed, i);
	if (!list || mine->finding || !before)
		return list;
	for (guint i = 0; !is && i < log->sources->len; i++)
		if (!archive_is(source_db(log, i), before, &is, error))
			return false;
	if (!is)
		name_missing(log, before, mine);
	return true;
}

/* By the rules of an archive where other files say that it is one: its visits stand in those, and in no other station's. */
static bool run_one(Log *log, guint which, VerifyResult *result, GError **error)
{
	Db *db = source_db(log, which);
	g_autofree Db **others = g_new(Db *, log->sources->len);
	VerifyArchive archive = { .others = others };

	for (guint i = 0; i < log->sources->len; i++) {
		Db *other = source_db(log, i);
		bool is = false;

		if (i != which && !knows(other, db, &archive.last_seq, &is, error))
			return false;
		if (is)
			others[archive.n_others++] = other;
	}
	return verify_run(db, archive.n_others > 0 ? &archive : NULL, log->head, log_progress, log,
			  result, error) &&
	       check_before(log, db, result, error);
}

static bool verify_one(Log *log, guint which, Export *e, bool *head_found, GError **error)
{
	const LogSource *source = log->sources->pdata[which];
	g_autofree char *difference = NULL;
	VerifyResult result;

	if (!run_one(log, which, &result, error))
		return false;
	log_progress_end(log);
	*head_found = *head_found || result.head_found;
	difference = verify_difference(&result);

	Value row[] = { value_text(!difference                         ? "whole"
				   : result.unproved && !result.put_in ? "unproved"
								       : "different"),
			value_int(result.entries),
			value_int(result.first_seq),
			value_int(result.last_seq),
			value_text(result.head),
			value_text(difference ? difference : result.remark) };

	log_row(log, e, source, row);
	if (difference) {
		fprintf(stderr, "fota-log: %s: %s\n", db_path(source->db), difference);
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
