/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of files to open databases. It does not know what they are asked. */
#include "station/log_sources.h"

#include <glib/gi18n.h>
#include <string.h>

#include "db/archive_list.h"

G_DEFINE_QUARK(fota - log - usage - quark, log_usage)

static void source_free(gpointer source)
{
	LogSource *s = source;

	db_close(s->db);
	g_free((char *)s->name);
	g_free(s);
}

/* The key `database` of station.ini, from the folder of that file. NULL with error. */
static char *configured_db(const char *config, GError **error)
{
	g_autofree char *folder = g_canonicalize_filename(config, NULL);
	g_autofree char *ini = g_build_filename(folder, "station.ini", NULL);
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autoptr(GError) why = NULL;
	g_autofree char *name = NULL;

	if (!g_key_file_load_from_file(file, ini, G_KEY_FILE_NONE, &why)) {
		g_set_error(error, DB_ERROR, DB_ERROR_ABSENT,
			    _("%s: %s; name the database with --db or its folder with --config"),
			    ini, why->message);
		return NULL;
	}
	name = g_key_file_get_string(file, "station", "database", NULL);
	return g_canonicalize_filename(name && *name ? name : "station.db", folder);
}

static int by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool list_folder(GPtrArray *files, const char *folder, GError **error)
{
	g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) why = NULL;
	g_autoptr(GDir) dir = g_dir_open(folder, 0, &why);

	if (!dir) {
		g_set_error(error, DB_ERROR, DB_ERROR_UNREADABLE,
			    _("%s: the folder cannot be read: %s"), folder, why->message);
		return false;
	}
	for (const char *name = g_dir_read_name(dir); name; name = g_dir_read_name(dir))
		if (g_str_has_suffix(name, ".db"))
			g_ptr_array_add(found, g_build_filename(folder, name, NULL));
	if (found->len == 0) {
		g_set_error(error, DB_ERROR, DB_ERROR_ABSENT,
			    _("%s: there is no database (*.db) in this folder"), folder);
		return false;
	}
	g_ptr_array_sort(found, by_name);
	for (guint i = 0; i < found->len; i++)
		g_ptr_array_add(files, g_strdup(found->pdata[i]));
	return true;
}

static bool list_files(GPtrArray *files, char **paths, const char *config, GError **error)
{
	char *one = paths ? NULL : configured_db(config, error);

	if (one)
		g_ptr_array_add(files, one);
	else if (!paths)
		return false;
	for (char **p = paths; p && *p; p++)
		if (!g_file_test(*p, G_FILE_TEST_IS_DIR))
			g_ptr_array_add(files, g_strdup(*p));
		else if (!list_folder(files, *p, error))
			return false;
	return true;
}

/* The file's own name where that tells them apart, else all of its path. */
static char *short_name(GPtrArray *sources, guint which)
{
	const char *path = db_path(((LogSource *)sources->pdata[which])->db);
	g_autofree char *mine = g_path_get_basename(path);

	for (guint i = 0; i < sources->len; i++) {
		g_autofree char *other =
			g_path_get_basename(db_path(((LogSource *)sources->pdata[i])->db));

		if (i != which && strcmp(mine, other) == 0)
			return g_strdup(path);
	}
	return g_steal_pointer(&mine);
}

/* Has `other` the first entry of `db`? 1 yes, 0 no, -1 with error. */
static int has_first(Db *db, Db *other, GError **error)
{
	char mine[LEDGER_HASH], theirs[LEDGER_HASH];
	gint64 first;

	if (!SQL_NUMBER(db, error, &first, "SELECT min(seq) FROM ledger") ||
	    !verify_entry(db, first, mine, error) || !verify_entry(other, first, theirs, error))
		return -1;
	return *mine && strcmp(mine, theirs) == 0;
}

static bool check_copies(GPtrArray *sources, Db *db, GError **error)
{
	for (guint i = 0; i < sources->len; i++) {
		Db *other = ((LogSource *)sources->pdata[i])->db;
		int there = has_first(db, other, error);

		if (there == 0)
			there = has_first(other, db, error);
		if (there > 0)
			g_set_error(error, LOG_USAGE, 0,
				    _("%s and %s are copies of one record: name one of them"),
				    db_path(other), db_path(db));
		if (there != 0)
			return false;
	}
	return true;
}

static bool is_known(GPtrArray *sources, Db *db)
{
	for (guint i = 0; i < sources->len; i++)
		if (strcmp(db_path(((LogSource *)sources->pdata[i])->db), db_path(db)) == 0)
			return true;
	return false;
}

/* SQLite's own words are about writing, which nobody wanted: a record lives with two files beside it. */
static Db *open_one(const char *file, guint flags, GError **error)
{
	g_autoptr(GError) why = NULL;
	Db *db = db_open(file, flags & SOURCES_OLD ? DB_COPY : DB_READ, &why);

	if (!db && g_error_matches(why, DB_ERROR, DB_ERROR_UNWRITABLE))
		g_set_error(
			error, DB_ERROR, DB_ERROR_UNREADABLE,
			_("%s: its files -wal and -shm cannot be read here; be in their group, or read a copy that fota-log backup made"),
			file);
	else if (!db)
		g_propagate_error(error, g_steal_pointer(&why));
	return db;
}

static void add_source(GPtrArray *sources, Db *db)
{
	LogSource *source = g_new0(LogSource, 1);

	source->db = db;
	g_ptr_array_add(sources, source);
}

static bool add_file(GPtrArray *sources, const char *file, guint flags, GError **error)
{
	g_autoptr(Db) db = open_one(file, flags, error);

	if (!db)
		return false;
	/* The same file by two names would be counted twice. */
	if (is_known(sources, db)) {
		g_set_error(error, LOG_USAGE, 0, _("%s is named twice"), db_path(db));
		return false;
	}
	if (!(flags & SOURCES_COPIES) && !check_copies(sources, db, error))
		return false;
	add_source(sources, g_steal_pointer(&db));
	return true;
}

static bool has_archive(GPtrArray *sources, const ArchiveNamed *named, bool *has, GError **error)
{
	*has = false;
	for (guint i = 0; !*has && i < sources->len; i++)
		if (!archive_is(((LogSource *)sources->pdata[i])->db, named, has, error))
			return false;
	return true;
}

/* Of what is beside the record; that it is another file, or none, only verify makes a difference of. */
static bool add_archive(GPtrArray *sources, const ArchiveNamed *named, guint flags, GError **error)
{
	g_autoptr(GError) why = NULL;
	g_autoptr(Db) db = open_one(named->path, 0, &why);
	bool is = flags & SOURCES_COPIES;

	if (db && !is && !archive_is(db, named, &is, error))
		return false;
	if (db && is)
		add_source(sources, g_steal_pointer(&db));
	else if (db)
		fprintf(stderr,
			_("fota-log: %s is not the archive that it should be, and is not asked; see fota-log verify\n"),
			named->path);
	else
		fprintf(stderr, _("fota-log: an archive is not asked: %s\n"), why->message);
	return true;
}

/* A month that left the record is a part of the answer, or it is said that it is not. */
static bool see_archives(GPtrArray *sources, bool add, guint flags, GError **error)
{
	guint n = sources->len, away = 0;

	for (guint i = 0; i < n; i++) {
		g_autoptr(GArray) list = archive_list(((LogSource *)sources->pdata[i])->db, error);

		for (guint k = 0; list && k < list->len; k++) {
			const ArchiveNamed *named = &g_array_index(list, ArchiveNamed, k);
			bool has;

			if (!has_archive(sources, named, &has, error) ||
			    (!has && add && !add_archive(sources, named, flags, error)))
				return false;
			away += !has && !add;
		}
		if (!list)
			return false;
	}
	if (away > 0 && !(flags & SOURCES_COPIES))
		fprintf(stderr,
			_("fota-log: not asked: %u months that are in archives; name their folder with --db\n"),
			away);
	return true;
}

GPtrArray *log_sources_open(char **paths, const char *config, guint flags, GError **error)
{
	g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func(source_free);
	g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);

	if (!list_files(files, paths, config, error))
		return NULL;
	for (guint i = 0; i < files->len; i++)
		if (!add_file(sources, files->pdata[i], flags, error))
			return NULL;
	if (!(flags & SOURCES_ALONE) && !see_archives(sources, !paths, flags, error))
		return NULL;
	for (guint i = 0; i < sources->len; i++)
		((LogSource *)sources->pdata[i])->name = short_name(sources, i);
	return g_steal_pointer(&sources);
}
