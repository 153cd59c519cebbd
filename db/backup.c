/* SPDX-License-Identifier: Apache-2.0
 *
 * SQLite's backup interface, in steps, of one moment of the record. It does not know what the pages hold. */
#include "db/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define STEP_PAGES 2048

static bool fail(const char *file, const char *why, GError **error)
{
	g_set_error(error, DB_ERROR, DB_ERROR_UNWRITABLE, _("%s: the backup cannot be made: %s"),
		    file, why);
	return false;
}

static bool copy_pages(Db *db, sqlite3 *to, VerifyProgress progress, gpointer user)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", db_handle(db), "main");
	int rc = SQLITE_OK;

	while (backup && rc == SQLITE_OK) {
		rc = sqlite3_backup_step(backup, STEP_PAGES);
		if (progress && sqlite3_backup_pagecount(backup) > 0)
			progress(db_path(db),
				 sqlite3_backup_pagecount(backup) -
					 sqlite3_backup_remaining(backup),
				 sqlite3_backup_pagecount(backup), user);
	}
	return backup && sqlite3_backup_finish(backup) == SQLITE_OK && rc == SQLITE_DONE;
}

/* No log beside it: it can be read where nothing may be written, and moved as one. */
static bool copy(Db *db, const char *file, VerifyProgress progress, gpointer user, GError **error)
{
	sqlite3 *to = NULL;
	bool good = sqlite3_open_v2(file, &to, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
		    copy_pages(db, to, progress, user) &&
		    sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL) == SQLITE_OK;

	if (!good)
		fail(file, to ? sqlite3_errmsg(to) : g_strerror(ENOMEM), error);
	sqlite3_close(to);
	return good;
}

static bool sync_file(const char *file)
{
	g_autofree char *folder = g_path_get_dirname(file);
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* Some file systems have nothing to do for a folder, and say EINVAL. */
	bool good = fd >= 0 && dir >= 0 && fsync(fd) == 0 && (fsync(dir) == 0 || errno == EINVAL);

	if (fd >= 0)
		close(fd);
	if (dir >= 0)
		close(dir);
	return good;
}

/* What is there already is never replaced, also where it came meanwhile. */
static bool put_in_place(const char *part, const char *file, GError **error)
{
	int rc = renameat2(AT_FDCWD, part, AT_FDCWD, file, RENAME_NOREPLACE);

	/* A file system that cannot promise this. */
	if (rc < 0 && errno == EINVAL && access(file, F_OK) < 0)
		rc = rename(part, file);
	if (rc == 0 && sync_file(file))
		return true;
	return fail(file, g_strerror(errno), error);
}

bool backup_make(Db *db, const char *file, VerifyProgress progress, gpointer user, GError **error)
{
	g_autofree char *part = g_strconcat(file, ".part", NULL);
	bool good;
	int fd;

	if (access(file, F_OK) == 0)
		return fail(file, _("there is such a file already; give another name"), error);
	unlink(part);
	fd = open(part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	if (fd < 0)
		return fail(file, g_strerror(errno), error);
	close(fd);
	/* The transaction holds one moment of the record: commits of the line meanwhile do not begin it anew. */
	good = sql_run(db, "BEGIN", NULL, 0, error) &&
	       sql_run(db, "SELECT count(*) FROM sqlite_master", NULL, 0, error) &&
	       copy(db, part, progress, user, error);
	if (good)
		good = sql_run(db, "ROLLBACK", NULL, 0, error) && sync_file(part) &&
		       put_in_place(part, file, error);
	if (!good)
		unlink(part);
	return good;
}
