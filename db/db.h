/* SPDX-License-Identifier: Apache-2.0
 *
 * The file of the record: opening, refusing what is not ours, migrations, the lock of the one writer, checkpoints.
 * It does not know what is written nor who asks. */
#pragma once

#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

struct sqlite3;
struct sqlite3_stmt;

typedef struct _Db Db;

typedef enum {
	DB_READ,  /* as any reader may, beside a writer or after it */
	DB_COPY,  /* the same, also of an older schema: only whole pages of it are of use */
	DB_WRITE, /* the one writer: makes the file, migrates it */
	DB_ALONE /* makes a file that nobody else knows yet: no log, no lock, no ballast beside it */
} DbMode;

typedef enum {
	DB_ERROR_ABSENT,     /* reading: there is no such file */
	DB_ERROR_UNREADABLE, /* reading: there is one, but not for this user */
	DB_ERROR_FOREIGN,    /* not a database, or of another program */
	DB_ERROR_NEWER,      /* of a later version of this program */
	DB_ERROR_OLDER,      /* reading: of an earlier version; only the writer migrates */
	DB_ERROR_CORRUPT,    /* empty, cut, damaged */
	DB_ERROR_UNWRITABLE, /* cannot be made or written */
	DB_ERROR_LOCKED,     /* another station writes to it */
	DB_ERROR_BUSY,       /* another program holds a transaction: later */
	DB_ERROR_FULL,       /* no room on the disk: later */
	DB_ERROR_MISSING,    /* a row that must be there is not, or not whole */
	DB_ERROR_FAILED      /* everything else: I/O, a constraint */
} DbError;

#define DB_ERROR (db_error_quark())
GQuark db_error_quark(void);

/* NULL with a sentence that names the file, what is wrong with it and what to do. */
Db *db_open(const char *path, DbMode mode, GError **error);
void db_close(Db *db);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Db, db_close)

const char *db_path(const Db *db);
struct sqlite3 *db_handle(Db *db);
/* The statement of this text, made once and kept; NULL with error. */
struct sqlite3_stmt *db_statement(Db *db, const char *sql, GError **error);

/* What is not as it was written among the last entries of the ledger, found when it was opened for writing; one sentence,
 * NULL: nothing. The line may go on, but somebody should look. */
const char *db_doubt(const Db *db);

/* The highest numbers that any visit and attempt ever had: new ones begin after them. */
bool db_last_ids(Db *db, guint32 *visit, guint32 *attempt, GError **error);

/* Moves what is committed from the write-ahead log into the file, without waiting for readers, and sets the ballast
 * aside again when there is room. The loop calls it every minute or so. `wal_bytes` (may be NULL) is the size of the
 * log: past some tens of megabytes a reader that never ends keeps it from shrinking. */
bool db_checkpoint(Db *db, gint64 *wal_bytes, GError **error);

/* True while the ballast is in place; without it only what has begun may be finished. */
bool db_has_room(const Db *db);
/* Gives the ballast's room to the record; false when that was done already. */
bool db_spend_ballast(Db *db);

/* Version of the schema that this program writes. */
guint db_schema_version(void);

G_END_DECLS
