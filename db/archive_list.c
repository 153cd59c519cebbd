/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads the table of archives, and tells whether a file is one of them. It does not know how they were made. */
#include "db/archive_list.h"

#include <string.h>

static void named_clear(gpointer named)
{
	g_free(((ArchiveNamed *)named)->path);
}

GArray *archive_list(Db *db, GError **error)
{
	g_autofree char *folder = g_path_get_dirname(db_path(db));
	g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(ArchiveNamed));
	g_autoptr(SqlRows) rows =
		sql_ask(db, "SELECT file, last_seq, last_sha, head FROM archive ORDER BY id", NULL,
			0, error);
	g_autoptr(GError) failed = NULL;

	if (!rows)
		return NULL;
	g_array_set_clear_func(list, named_clear);
	while (sql_next(rows, &failed)) {
		ArchiveNamed named = { g_build_filename(folder, sql_text(rows, 0), NULL),
				       sql_int(rows, 1) };

		g_strlcpy(named.last_sha, sql_text(rows, 2), LEDGER_HASH);
		g_strlcpy(named.head, sql_text(rows, 3), LEDGER_HASH);
		g_array_append_val(list, named);
	}
	if (!failed)
		return g_steal_pointer(&list);
	g_propagate_error(error, g_steal_pointer(&failed));
	return NULL;
}

bool archive_is(Db *db, const ArchiveNamed *named, bool *is, GError **error)
{
	char sha[LEDGER_HASH];
	LedgerHead head;

	if (!verify_entry(db, named->last_seq, sha, error) || !ledger_head(db, &head, error))
		return false;
	*is = strcmp(sha, named->last_sha) == 0 && strcmp(head.sha, named->head) == 0;
	return true;
}
