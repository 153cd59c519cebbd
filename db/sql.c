/* SPDX-License-Identifier: Apache-2.0
 *
 * Binding, stepping, and what SQLite's results mean for us. It does not know what the tables mean. */
#include "db/sql.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>

Value value_null(void)
{
	return (Value){ .type = VALUE_NULL };
}

Value value_int(gint64 number)
{
	return (Value){ .type = VALUE_INT, .number = number };
}

Value value_id(gint64 number)
{
	return number != 0 ? value_int(number) : value_null();
}

Value value_text(const char *text)
{
	if (!text || !*text)
		return value_null();
	return (Value){ .type = VALUE_TEXT, .text = text, .len = strlen(text) };
}

Value value_bytes(const void *bytes, gsize len)
{
	return (Value){ .type = VALUE_BYTES, .text = bytes, .len = len };
}

static DbError error_code(sqlite3 *handle)
{
	int no = sqlite3_system_errno(handle);

	switch (sqlite3_errcode(handle) & 0xff) {
	case SQLITE_FULL:
		return DB_ERROR_FULL;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return DB_ERROR_BUSY;
	case SQLITE_CORRUPT:
		return DB_ERROR_CORRUPT;
	case SQLITE_NOTADB:
		return DB_ERROR_FOREIGN;
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
		return DB_ERROR_UNWRITABLE;
	case SQLITE_IOERR:
		/* A quota, and the shared-memory file, run full in other words than the database does. */
		return no == ENOSPC || no == EDQUOT ? DB_ERROR_FULL : DB_ERROR_FAILED;
	default:
		return DB_ERROR_FAILED;
	}
}

void sql_fail(sqlite3 *handle, GError **error)
{
	g_set_error(error, DB_ERROR, error_code(handle), "%s: %s (%d)",
		    sqlite3_db_filename(handle, "main"), sqlite3_errmsg(handle),
		    sqlite3_extended_errcode(handle));
}

static int bind(sqlite3_stmt *rows, int at, const Value *value)
{
	switch (value->type) {
	case VALUE_NULL:
		return sqlite3_bind_null(rows, at);
	case VALUE_INT:
		return sqlite3_bind_int64(rows, at, value->number);
	case VALUE_REAL:
	case VALUE_TEXT:
		return sqlite3_bind_text64(rows, at, value->text, value->len, SQLITE_TRANSIENT,
					   SQLITE_UTF8);
	case VALUE_BYTES:
		return sqlite3_bind_blob64(rows, at, value->text, value->len, SQLITE_STATIC);
	}
	g_assert_not_reached();
}

/* G_MESSAGES_DEBUG=all shows what is asked, with its values: to be asked again elsewhere. */
static void show(sqlite3_stmt *rows)
{
	char *sql;

	if (g_log_writer_default_would_drop(G_LOG_LEVEL_DEBUG, G_LOG_DOMAIN))
		return;
	sql = sqlite3_expanded_sql(rows);
	g_debug("SQL %s;", sql);
	sqlite3_free(sql);
}

SqlRows *sql_ask(Db *db, const char *sql, const Value *values, guint n, GError **error)
{
	sqlite3_stmt *rows = db_statement(db, sql, error);

	if (!rows)
		return NULL;
	g_assert(!sqlite3_stmt_busy(rows) && (guint)sqlite3_bind_parameter_count(rows) == n);
	for (guint i = 0; i < n; i++)
		if (bind(rows, i + 1, &values[i]) != SQLITE_OK) {
			sql_fail(db_handle(db), error);
			sql_done(rows);
			return NULL;
		}
	show(rows);
	return rows;
}

bool sql_next(SqlRows *rows, GError **error)
{
	int rc = sqlite3_step(rows);

	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		sql_fail(sqlite3_db_handle(rows), error);
	return rc == SQLITE_ROW;
}

void sql_done(SqlRows *rows)
{
	/* Answers with the error of the last step, which its caller has. */
	sqlite3_reset(rows);
	sqlite3_clear_bindings(rows);
}

bool sql_run(Db *db, const char *sql, const Value *values, guint n, GError **error)
{
	g_autoptr(SqlRows) rows = sql_ask(db, sql, values, n, error);
	g_autoptr(GError) failed = NULL;

	if (!rows)
		return false;
	while (sql_next(rows, &failed))
		continue;
	if (!failed)
		return true;
	g_propagate_error(error, g_steal_pointer(&failed));
	return false;
}

guint sql_changed(Db *db)
{
	return sqlite3_changes(db_handle(db));
}

guint sql_columns(SqlRows *rows)
{
	return sqlite3_column_count(rows);
}

const char *sql_column_name(SqlRows *rows, guint column)
{
	return sqlite3_column_name(rows, column);
}

Value sql_value(SqlRows *rows, guint column)
{
	Value value = { .type = VALUE_NULL };

	switch (sqlite3_column_type(rows, column)) {
	case SQLITE_INTEGER:
		return value_int(sqlite3_column_int64(rows, column));
	case SQLITE_NULL:
		return value;
	case SQLITE_BLOB:
		value.type = VALUE_BYTES;
		value.text = sqlite3_column_blob(rows, column);
		break;
	default:
		value.type =
			sqlite3_column_type(rows, column) == SQLITE_FLOAT ? VALUE_REAL : VALUE_TEXT;
		value.text = (const char *)sqlite3_column_text(rows, column);
		break;
	}
	value.len = sqlite3_column_bytes(rows, column);
	return value;
}

gint64 sql_int(SqlRows *rows, guint column)
{
	return sqlite3_column_int64(rows, column);
}

const char *sql_text(SqlRows *rows, guint column)
{
	return (const char *)sqlite3_column_text(rows, column);
}

bool sql_number(Db *db, const char *sql, const Value *values, guint n, gint64 *number,
		GError **error)
{
	g_autoptr(SqlRows) rows = sql_ask(db, sql, values, n, error);
	g_autoptr(GError) failed = NULL;

	*number = 0;
	if (!rows)
		return false;
	if (sql_next(rows, &failed))
		*number = sql_int(rows, 0);
	if (!failed)
		return true;
	g_propagate_error(error, g_steal_pointer(&failed));
	return false;
}

bool sql_begin(Db *db, GError **error)
{
	return sql_run(db, "BEGIN IMMEDIATE", NULL, 0, error);
}

bool sql_end(Db *db, bool good, GError **error)
{
	if (good && sql_run(db, "COMMIT", NULL, 0, error))
		return true;
	/* Some errors have rolled back already. */
	if (!sqlite3_get_autocommit(db_handle(db)))
		sqlite3_exec(db_handle(db), "ROLLBACK", NULL, NULL, NULL);
	return false;
}
