/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs schema/NNNN.sql, each in one step or not at all. It does not know what they change. */
#include "db/migrate.h"

#include <glib/gi18n.h>
#include <sqlite3.h>

#include "db/schema.h"
#include "db/shape.h"
#include "db/sql.h"

static bool run_schema(Db *db, guint version, GError **error)
{
	g_autofree char *bump = g_strdup_printf("PRAGMA user_version = %u", version);

	if (sqlite3_exec(db_handle(db), schema_texts[version - 1], NULL, NULL, NULL) == SQLITE_OK &&
	    sqlite3_exec(db_handle(db), bump, NULL, NULL, NULL) == SQLITE_OK)
		return true;
	sql_fail(db_handle(db), error);
	return false;
}

/* A file that only says that it is of the version before would be neither the old one nor a good new one. */
static bool check_shape(Db *db, guint version, GError **error)
{
	bool ours;

	if (!shape_is_ours(db, version, &ours, error))
		return false;
	if (!ours)
		g_set_error(error, DB_ERROR, DB_ERROR_FOREIGN,
			    _("its tables are not those of schema %u; it was left as it is"),
			    version - 1);
	return ours;
}

static bool migrate_one(Db *db, guint version, GError **error)
{
	g_autoptr(GError) why = NULL;
	bool good;

	if (!sql_begin(db, error))
		return false;
	good = run_schema(db, version, &why) && check_shape(db, version, &why);
	if (sql_end(db, good, good ? &why : NULL))
		return true;
	g_propagate_prefixed_error(error, g_steal_pointer(&why),
				   _("%s: the database cannot be brought to schema %u: "),
				   db_path(db), version);
	return false;
}

bool migrate(Db *db, GError **error)
{
	gint64 version;

	if (!sql_number(db, "PRAGMA user_version", NULL, 0, &version, error))
		return false;
	for (guint next = version + 1; next <= schema_count; next++)
		if (!migrate_one(db, next, error))
			return false;
	return true;
}
