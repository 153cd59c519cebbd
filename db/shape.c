/* SPDX-License-Identifier: Apache-2.0
 *
 * Compares the texts of a file's schema with those of a database that was just made. It does not know why they differ. */
#include "db/shape.h"

#include <sqlite3.h>

#include "db/schema.h"

#define SHAPE                                                                                      \
	"SELECT group_concat(type || name || coalesce(sql, ''), char(10)) FROM"                    \
	" (SELECT * FROM sqlite_master ORDER BY type, name)"

/* What a fresh database answers; NULL when it cannot be made. */
static char *fresh_shape(guint version)
{
	sqlite3 *fresh = NULL;
	sqlite3_stmt *rows = NULL;
	char *text = NULL;
	int rc = sqlite3_open(":memory:", &fresh);

	for (guint i = 0; rc == SQLITE_OK && i < version; i++)
		rc = sqlite3_exec(fresh, schema_texts[i], NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(fresh, SHAPE, -1, &rows, NULL);
	if (rc == SQLITE_OK && sqlite3_step(rows) == SQLITE_ROW)
		text = g_strdup((const char *)sqlite3_column_text(rows, 0));
	sqlite3_finalize(rows);
	sqlite3_close(fresh);
	return text;
}

bool shape_is_ours(Db *db, guint version, bool *ours, GError **error)
{
	g_autofree char *expected = fresh_shape(version);
	g_autoptr(SqlRows) rows = sql_ask(db, SHAPE, NULL, 0, error);
	g_autoptr(GError) failed = NULL;

	if (!rows)
		return false;
	*ours = sql_next(rows, &failed) && expected && g_strcmp0(sql_text(rows, 0), expected) == 0;
	if (!failed)
		return true;
	g_propagate_error(error, g_steal_pointer(&failed));
	return false;
}
