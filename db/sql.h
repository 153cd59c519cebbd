/* SPDX-License-Identifier: Apache-2.0
 *
 * Statements with typed values, and the mapping of SQLite's results to sentences.
 * It does not know what the tables mean. */
#pragma once

#include "db/db.h"

G_BEGIN_DECLS

/* A REAL is text that is a number: only views have them. */
typedef enum { VALUE_NULL, VALUE_INT, VALUE_REAL, VALUE_TEXT, VALUE_BYTES } ValueType;

/* One cell; text and bytes are borrowed. */
typedef struct {
	ValueType type;
	gint64 number;
	const char *text;
	gsize len;
} Value;

Value value_null(void);
Value value_int(gint64 number);
/* An id or code of which 0 means none. */
Value value_id(gint64 number);
/* NULL and "" both mean that nothing is known. */
Value value_text(const char *text);
Value value_bytes(const void *bytes, gsize len);

/* An answer being read. Belongs to the database's cache: sql_done() lets go of it, nothing frees it. */
typedef struct sqlite3_stmt SqlRows;

/* Runs one statement that has no answer. Statements are kept by their text: it holds no values. */
bool sql_run(Db *db, const char *sql, const Value *values, guint n, GError **error);
#define SQL_RUN(db, error, sql, ...)                                                               \
	sql_run((db), (sql), (const Value[]){ __VA_ARGS__ },                                       \
		sizeof((const Value[]){ __VA_ARGS__ }) / sizeof(Value), (error))

/* How many rows the last sql_run() changed. */
guint sql_changed(Db *db);

/* NULL with error. The values must live as long as the answer. */
SqlRows *sql_ask(Db *db, const char *sql, const Value *values, guint n, GError **error);
#define SQL_ASK(db, error, sql, ...)                                                               \
	sql_ask((db), (sql), (const Value[]){ __VA_ARGS__ },                                       \
		sizeof((const Value[]){ __VA_ARGS__ }) / sizeof(Value), (error))

/* True on a row; false at the end, or with error set. */
bool sql_next(SqlRows *rows, GError **error);
void sql_done(SqlRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SqlRows, sql_done)

guint sql_columns(SqlRows *rows);
const char *sql_column_name(SqlRows *rows, guint column);
Value sql_value(SqlRows *rows, guint column);
gint64 sql_int(SqlRows *rows, guint column);       /* 0 for NULL */
const char *sql_text(SqlRows *rows, guint column); /* NULL for NULL; until the next row */

/* One number of one row; 0 where there is no row or it is NULL. False with error. */
bool sql_number(Db *db, const char *sql, const Value *values, guint n, gint64 *number,
		GError **error);
#define SQL_NUMBER(db, error, number, sql, ...)                                                    \
	sql_number((db), (sql), (const Value[]){ __VA_ARGS__ },                                    \
		   sizeof((const Value[]){ __VA_ARGS__ }) / sizeof(Value), (number), (error))

/* All of a transaction or nothing. sql_end() commits when `good`, else rolls back and keeps the error that led here. */
bool sql_begin(Db *db, GError **error);
bool sql_end(Db *db, bool good, GError **error);

/* Fills `error` from what the handle says. */
void sql_fail(struct sqlite3 *handle, GError **error);

G_END_DECLS
