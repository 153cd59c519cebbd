/* SPDX-License-Identifier: Apache-2.0
 *
 * Opens the record, or says in one sentence why not. It does not know what is written nor who asks. */
#include "db/db.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/archive.h"
#include "db/ballast.h"
#include "db/migrate.h"
#include "db/schema.h"
#include "db/sql.h"
#include "db/verify.h"
#include "lib/english.h"
#include "lib/fault.h"

#define APPLICATION_ID 0x464F5441 /* "FOTA" */
#define MAGIC          "SQLite format 3"

/* The writer stands in the loop while it waits for another program; a reader has time. */
#define WRITER_PATIENCE_MS 50
#define READER_PATIENCE_MS 2000

/* A start has no time for everything: up to this size all pages are looked at, and always the newest rows. */
#define CHECK_BYTES (16 * 1024 * 1024)

struct _Db {
	char *path;
	DbMode mode;
	int lock; /* the writer's lock file, -1 for a reader */
	sqlite3 *handle;
	GHashTable *statements; /* text -> sqlite3_stmt */
	bool room;              /* the ballast is in place */
	char *doubt;
};

static bool is_writing(DbMode mode)
{
	return mode == DB_WRITE || mode == DB_ALONE;
}

GQuark db_error_quark(void)
{
	return g_quark_from_static_string("fota-db-error");
}

const char *db_path(const Db *db)
{
	return db->path;
}

sqlite3 *db_handle(Db *db)
{
	return db->handle;
}

const char *db_doubt(const Db *db)
{
	return db->doubt;
}

guint db_schema_version(void)
{
	return schema_count;
}

bool db_has_room(const Db *db)
{
	return db->room;
}

bool db_spend_ballast(Db *db)
{
	db->room = false;
	return ballast_spend(db->path);
}

sqlite3_stmt *db_statement(Db *db, const char *sql, GError **error)
{
	sqlite3_stmt *statement = g_hash_table_lookup(db->statements, sql);

	if (statement)
		return statement;
	if (sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) !=
	    SQLITE_OK) {
		sql_fail(db->handle, error);
		return NULL;
	}
	g_hash_table_insert(db->statements, g_strdup(sql), statement);
	return statement;
}

static bool pragma(Db *db, const char *sql, gint64 *number, GError **error)
{
	return sql_number(db, sql, NULL, 0, number, error);
}

/* The one true path: two names of one file must meet at one lock. NULL with error. */
static char *resolve(const char *path, DbMode mode, GError **error)
{
	g_autofree char *folder = g_path_get_dirname(path);
	g_autofree char *name = g_path_get_basename(path);
	char *whole = realpath(path, NULL);
	char *parent;

	if (!whole && errno == ENOENT && is_writing(mode)) {
		parent = realpath(folder, NULL);
		if (parent)
			whole = g_build_filename(parent, name, NULL);
		free(parent);
		if (!whole)
			g_set_error(
				error, DB_ERROR, DB_ERROR_UNWRITABLE,
				_("%s: the folder for the database does not exist; make it first"),
				path);
		return whole;
	}
	if (!whole && errno == ENOENT)
		g_set_error(error, DB_ERROR, DB_ERROR_ABSENT,
			    _("%s: there is no such database; the station makes it when it runs"),
			    path);
	else if (!whole)
		g_set_error(error, DB_ERROR,
			    is_writing(mode) ? DB_ERROR_UNWRITABLE : DB_ERROR_UNREADABLE,
			    _("%s: the database cannot be reached: %s"), path, g_strerror(errno));
	return whole;
}

/* A log without its file holds records that a new file would swallow or lose. */
static bool inspect_absent(const char *path, DbMode mode, GError **error)
{
	g_autofree char *wal = g_strconcat(path, "-wal", NULL);
	struct stat st;

	if (!is_writing(mode)) {
		g_set_error(error, DB_ERROR, DB_ERROR_ABSENT,
			    _("%s: there is no such database; the station makes it when it runs"),
			    path);
		return false;
	}
	if (stat(wal, &st) == 0 && st.st_size > 0) {
		g_set_error(error, DB_ERROR, DB_ERROR_CORRUPT,
			    _("%s is gone but its log %s holds records; put both back from where "
			      "they went"),
			    path, wal);
		return false;
	}
	return true;
}

static bool inspect_content(const char *path, int fd, GError **error)
{
	char head[sizeof(MAGIC)] = "";
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		g_set_error(error, DB_ERROR, DB_ERROR_FOREIGN,
			    _("%s is not a file, expected a database of this station"), path);
		return false;
	}
	if (st.st_size == 0) {
		g_set_error(error, DB_ERROR, DB_ERROR_CORRUPT,
			    _("%s is empty, expected a database of this station; restore it or "
			      "remove it"),
			    path);
		return false;
	}
	if (pread(fd, head, sizeof(head), 0) != sizeof(head) ||
	    memcmp(head, MAGIC, sizeof(head)) != 0) {
		g_set_error(error, DB_ERROR, DB_ERROR_FOREIGN,
			    _("%s is not a database; give the name of the station's own"), path);
		return false;
	}
	return true;
}

/* Looks before SQLite does, which takes an empty file for a new database. */
static bool inspect(const char *path, DbMode mode, bool *absent, GError **error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool fine;

	*absent = fd < 0 && errno == ENOENT;
	if (*absent)
		return inspect_absent(path, mode, error);
	if (fd < 0) {
		g_set_error(error, DB_ERROR,
			    is_writing(mode) ? DB_ERROR_UNWRITABLE : DB_ERROR_UNREADABLE,
			    _("%s: the database cannot be opened: %s"), path, g_strerror(errno));
		return false;
	}
	fine = inspect_content(path, fd, error);
	close(fd);
	return fine;
}

/* -1 with error. The holder's number in it is for the sentence only; the lock is the kernel's. */
static int take_lock(const char *path, GError **error)
{
	g_autofree char *name = g_strconcat(path, ".lock", NULL);
	char holder[16] = "";
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);

	if (fd < 0) {
		g_set_error(error, DB_ERROR,
			    errno == ENOSPC || errno == EDQUOT ? DB_ERROR_FULL
							       : DB_ERROR_UNWRITABLE,
			    _("%s: the lock of the database cannot be made: %s"), name,
			    g_strerror(errno));
		return -1;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (pread(fd, holder, sizeof(holder) - 1, 0) < 0)
			holder[0] = '\0';
		g_set_error(error, DB_ERROR, DB_ERROR_LOCKED,
			    _("%s is in use by another station (process %.*s); end that one first"),
			    path, (int)strspn(holder, "0123456789"), holder);
		close(fd);
		return -1;
	}
	g_snprintf(holder, sizeof(holder), "%d\n", (int)getpid());
	/* Only a hint: a full disk may keep it from being written. */
	if (ftruncate(fd, 0) < 0 || pwrite(fd, holder, strlen(holder), 0) < 0)
		g_debug("%s: %s", name, g_strerror(errno));
	return fd;
}

static void statement_free(gpointer statement)
{
	/* Answers with the error of the last step, which its caller has. */
	sqlite3_finalize(statement);
}

static Db *db_new(const char *path, DbMode mode)
{
	Db *db = g_new0(Db, 1);

	db->path = g_strdup(path);
	db->mode = mode;
	db->lock = -1;
	db->statements = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, statement_free);
	return db;
}

static bool connect(Db *db, int flags, GError **error)
{
	if (sqlite3_open_v2(db->path, &db->handle, flags | SQLITE_OPEN_EXRESCODE, NULL) ==
	    SQLITE_OK)
		return true;
	g_set_error(error, DB_ERROR,
		    is_writing(db->mode) ? DB_ERROR_UNWRITABLE : DB_ERROR_UNREADABLE,
		    _("%s: the database cannot be opened: %s"), db->path,
		    db->handle ? sqlite3_errmsg(db->handle) : g_strerror(ENOMEM));
	return false;
}

static bool sync_folder(const char *path)
{
	g_autofree char *folder = g_path_get_dirname(path);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool good = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return good;
}

/* Makes the file under another name and moves it here when it is whole: whenever the power goes there is a whole
 * database or none. */
static bool create(const char *path, GError **error)
{
	g_autofree char *fresh = g_strconcat(path, ".new", NULL);
	g_autofree char *journal = g_strconcat(fresh, "-journal", NULL);
	g_autoptr(Db) db = db_new(fresh, DB_WRITE);
	int fd;

	unlink(journal);
	unlink(fresh);
	fd = open(fresh, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	/* The group reads, whatever the umask: SQLite gives its other files the mode of this one. */
	if (fd < 0 || fchmod(fd, 0640) < 0) {
		g_set_error(error, DB_ERROR,
			    errno == ENOSPC || errno == EDQUOT ? DB_ERROR_FULL
							       : DB_ERROR_UNWRITABLE,
			    _("%s: the database cannot be made: %s"), path, g_strerror(errno));
		if (fd >= 0)
			close(fd);
		return false;
	}
	close(fd);
	if (!connect(db, SQLITE_OPEN_READWRITE, error) || !migrate(db, error))
		return false;
	db_close(g_steal_pointer(&db));
	if (rename(fresh, path) < 0 || !sync_folder(path)) {
		g_set_error(error, DB_ERROR, DB_ERROR_UNWRITABLE,
			    _("%s: the database cannot be made: %s"), path, g_strerror(errno));
		return false;
	}
	return true;
}

static bool check_identity(Db *db, GError **error)
{
	gint64 application, version;

	if (!pragma(db, "PRAGMA application_id", &application, error) ||
	    !pragma(db, "PRAGMA user_version", &version, error))
		return false;
	if (application != APPLICATION_ID || version < 1) {
		g_set_error(error, DB_ERROR, DB_ERROR_FOREIGN,
			    _("%s is a database of another program; give the name of the station's "
			      "own"),
			    db->path);
		return false;
	}
	if (version > schema_count) {
		g_set_error(error, DB_ERROR, DB_ERROR_NEWER,
			    _("%s was written by a newer program (schema %d, this one knows %u); "
			      "update this program"),
			    db->path, (int)version, schema_count);
		return false;
	}
	if (version < schema_count && db->mode == DB_READ) {
		g_set_error(error, DB_ERROR, DB_ERROR_OLDER,
			    _("%s was written by an older program (schema %d, expected %u); let "
			      "the station open it once"),
			    db->path, (int)version, schema_count);
		return false;
	}
	return true;
}

static bool check_content(Db *db, GError **error)
{
	g_autoptr(SqlRows) rows = NULL;
	g_autoptr(GError) why = NULL;
	const char *words = NULL;
	struct stat st;

	if (stat(db->path, &st) == 0 && st.st_size > CHECK_BYTES)
		return true;
	rows = sql_ask(db, "PRAGMA quick_check(1)", NULL, 0, error);
	if (!rows)
		return false;
	if (sql_next(rows, &why))
		words = sql_text(rows, 0);
	if (!why && g_strcmp0(words, "ok") == 0)
		return true;
	if (why && why->code != DB_ERROR_CORRUPT) {
		g_propagate_error(error, g_steal_pointer(&why));
		return false;
	}
	g_set_error(
		error, DB_ERROR, DB_ERROR_CORRUPT,
		_("%s is damaged (%s); move it away, restore a backup and keep the damaged file"),
		db->path, why ? why->message : words);
	return false;
}

/* What a writer needs beyond a reader: the log that outlives it, every commit on the disk. */
static bool prepare_writer(Db *db, GError **error)
{
	static const char *const settings[] = {
		"PRAGMA synchronous = FULL",
		"PRAGMA foreign_keys = ON",
		"PRAGMA wal_autocheckpoint = 0", /* a commit never waits for one: see db_checkpoint() */
		"PRAGMA journal_size_limit = 4194304",
	};
	g_autoptr(SqlRows) rows = NULL;
	int on = 1;

	if (sqlite3_db_readonly(db->handle, "main") == 1) {
		g_set_error(error, DB_ERROR, DB_ERROR_UNWRITABLE,
			    _("%s cannot be written by this user; check its owner and mode"),
			    db->path);
		return false;
	}
	for (guint i = 0; i < G_N_ELEMENTS(settings); i++)
		if (!sql_run(db, settings[i], NULL, 0, error))
			return false;
	/* Before anything else is written: a file that cannot be brought up to date stays as it is. */
	if (!migrate(db, error))
		return false;
	sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_PERSIST_WAL, &on);
	rows = sql_ask(db, "PRAGMA journal_mode = WAL", NULL, 0, error);
	if (!rows || !sql_next(rows, error))
		return false;
	if (g_strcmp0(sql_text(rows, 0), "wal") == 0)
		return true;
	g_set_error(error, DB_ERROR, DB_ERROR_UNWRITABLE,
		    _("%s: this file system cannot hold the database (no shared memory); "
		      "use a local disk"),
		    db->path);
	return false;
}

/* The texts of this program's faults, for those who read by SQL. Unchanged ones are not written. */
static bool tell_faults(Db *db, GError **error)
{
	bool good = true;

	if (!sql_begin(db, error))
		return false;
	for (const Fault *f = fault_list(); good && f->code != FAULT_NONE; f++)
		good = SQL_RUN(db, error,
			       "INSERT INTO fault_code (code, name, blame, text, next) VALUES (?1, "
			       "?2, ?3, ?4, ?5)"
			       " ON CONFLICT (code) DO UPDATE SET name = ?2, blame = ?3, text = "
			       "?4, next = ?5"
			       " WHERE (name, blame, text, next) IS NOT (?2, ?3, ?4, ?5)",
			       value_int(f->code), value_text(f->name),
			       value_text(blame_name(f->blame)), value_text(f->text),
			       value_text(f->next));
	return sql_end(db, good, error);
}

/* A file of somebody else's making runs nothing of its own. */
static void guard(Db *db)
{
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_busy_timeout(db->handle,
			     db->mode == DB_WRITE ? WRITER_PATIENCE_MS : READER_PATIENCE_MS);
}

static bool open_reader(Db *db, GError **error)
{
	if (!connect(db, SQLITE_OPEN_READONLY, error))
		return false;
	guard(db);
	/* No page check: whoever reads meets the damage, or asks fota-log verify. */
	return check_identity(db, error);
}

/* Damaged pages are a reason not to write; rows that somebody changed are one to say so. */
static bool check_newest(Db *db, GError **error)
{
	g_autoptr(GError) why = NULL;
	/* A doubt goes into the record. */
	locale_t before = english_begin();
	bool good = verify_tail(db, VERIFY_AT_START, &db->doubt, &why);

	english_end(before);
	if (good)
		return true;
	g_set_error(
		error, DB_ERROR, why->code,
		_("%s is damaged (%s); move it away, restore a backup and keep the damaged file"),
		db->path, why->message);
	return false;
}

/* An archive without its name is seen by nobody: a reason to look, but none to stop the line. */
static void finish_archives(Db *db)
{
	g_autoptr(GError) why = NULL;
	locale_t before = english_begin();

	if (!archive_finish(db, &why) && !db->doubt)
		db->doubt = g_strdup(why->message);
	english_end(before);
}

static bool open_writer(Db *db, GError **error)
{
	bool absent;

	db->lock = take_lock(db->path, error);
	/* Looked at before the lock was ours: another station may have made it since. */
	if (db->lock < 0 || !inspect(db->path, DB_WRITE, &absent, error))
		return false;
	if (absent && !create(db->path, error))
		return false;
	if (!connect(db, SQLITE_OPEN_READWRITE, error))
		return false;
	guard(db);
	if (!check_identity(db, error) || !check_content(db, error) || !prepare_writer(db, error) ||
	    !tell_faults(db, error) || !check_newest(db, error))
		return false;
	finish_archives(db);
	db->room = ballast_make(db->path);
	return true;
}

static bool open_alone(Db *db, bool absent, GError **error)
{
	if (absent && !create(db->path, error))
		return false;
	if (!connect(db, SQLITE_OPEN_READWRITE, error))
		return false;
	guard(db);
	return check_identity(db, error) && sql_run(db, "PRAGMA foreign_keys = ON", NULL, 0, error);
}

static bool open_as(Db *db, bool absent, GError **error)
{
	switch (db->mode) {
	case DB_READ:
	case DB_COPY:
		return open_reader(db, error);
	case DB_WRITE:
		return open_writer(db, error);
	case DB_ALONE:
		return open_alone(db, absent, error);
	}
	g_assert_not_reached();
}

Db *db_open(const char *path, DbMode mode, GError **error)
{
	g_autofree char *whole = resolve(path, mode, error);
	g_autoptr(Db) db = NULL;
	bool absent;

	if (!whole || !inspect(whole, mode, &absent, error))
		return NULL;
	db = db_new(whole, mode);
	if (!open_as(db, absent, error))
		return NULL;
	return g_steal_pointer(&db);
}

void db_close(Db *db)
{
	if (!db)
		return;
	g_hash_table_unref(db->statements);
	sqlite3_close(db->handle);
	if (db->lock >= 0)
		close(db->lock);
	g_free(db->path);
	g_free(db->doubt);
	g_free(db);
}

bool db_last_ids(Db *db, guint32 *visit, guint32 *attempt, GError **error)
{
	gint64 v, a;

	/* The ledger remembers what retention removed; its last rows name every visit that was open lately. */
	if (!sql_number(db,
			"SELECT max(coalesce((SELECT max(id) FROM visit), 0), coalesce((SELECT "
			"max(visit)"
			" FROM (SELECT visit FROM ledger ORDER BY seq DESC LIMIT 10000)), 0),"
			" coalesce((SELECT max(visit) FROM archive), 0))",
			NULL, 0, &v, error) ||
	    !sql_number(db,
			"SELECT max(coalesce((SELECT max(id) FROM attempt), 0),"
			" coalesce((SELECT max(attempt) FROM ledger WHERE attempt IS NOT NULL), 0),"
			" coalesce((SELECT max(attempt) FROM archive), 0))",
			NULL, 0, &a, error))
		return false;
	*visit = v;
	*attempt = a;
	return true;
}

bool db_checkpoint(Db *db, gint64 *wal_bytes, GError **error)
{
	g_autofree char *wal = g_strconcat(db->path, "-wal", NULL);
	struct stat st;
	int rc = sqlite3_wal_checkpoint_v2(db->handle, "main", SQLITE_CHECKPOINT_PASSIVE, NULL,
					   NULL);

	if (wal_bytes)
		*wal_bytes = stat(wal, &st) == 0 ? st.st_size : 0;
	/* Busy: a reader or another checkpoint; the next call goes on. */
	if (rc != SQLITE_OK && (rc & 0xff) != SQLITE_BUSY) {
		sql_fail(db->handle, error);
		return false;
	}
	db->room = ballast_make(db->path);
	return true;
}
