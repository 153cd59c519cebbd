/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads catalogue.ini, checks each package against models and procedures, and takes the package
 * files into sealed memory. It does not know the drivers: what a procedure can do is asked of
 * whoever opens the catalogue. */
#include "lib/catalog.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <glib/gi18n.h>

#include "lib/ini.h"
#include "lib/sealed.h"

#define SECTIONS         "[catalogue], [target MODEL], [order NUMBER] or [package NAME]"
#define PACKAGE_SIZE_MAX (64 * 1024 * 1024)
#define SLICE_BYTES      (256 * 1024)
/* Longest version that fits a Unit. */
#define VERSION_BYTES_MAX 63

typedef struct {
	const char *model, *version;
	bool downgrade;
	const IniSection *section;
	const char *key; /* where it is written */
} Target;

typedef struct {
	const char *name;
	guint quantity;
	GArray *targets; /* of Target */
} WorkOrder;

typedef struct {
	Package package;
	const IniSection *section;
} Entry;

/* What a loaded package points to. */
typedef struct {
	int fd;
	void *data;
	gsize size;
} Content;

struct _Catalog {
	Ini *ini; /* its strings are the catalogue's */
	char *dir;
	const char *version;
	GArray *targets;      /* of Target */
	GArray *overrides;    /* of Target: what whoever started the run wants instead */
	GPtrArray *orders;    /* of WorkOrder */
	GPtrArray *packages;  /* of Entry */
	GPtrArray *paths;     /* of char *: the files of packages */
	GHashTable *contents; /* SHA-256 to Content */
	guint loaded;         /* packages before this one are */
	SealedCopy *copy;     /* of the one that is being loaded */
};

static void free_order(gpointer data)
{
	WorkOrder *order = data;

	g_array_unref(order->targets);
	g_free(order);
}

static void free_content(gpointer data)
{
	Content *content = data;

	munmap(content->data, content->size);
	close(content->fd);
	g_free(content);
}

void catalog_free(Catalog *catalog)
{
	if (!catalog)
		return;
	g_clear_pointer(&catalog->copy, sealed_copy_free);
	g_hash_table_unref(catalog->contents);
	g_ptr_array_unref(catalog->packages);
	g_ptr_array_unref(catalog->paths);
	g_ptr_array_unref(catalog->orders);
	g_array_unref(catalog->targets);
	g_array_unref(catalog->overrides);
	g_clear_pointer(&catalog->ini, ini_free);
	g_free(catalog->dir);
	g_free(catalog);
}

/* A firmware version as modules print them; it is sent back to modules and compared with what they
 * say. */
static const char *read_version(IniSection *section, const char *key)
{
	const char *version = ini_required(section, key);

	if (!version)
		return NULL;
	for (const char *p = version; *p; p++)
		if (!g_ascii_isgraph(*p) || *p == '"' || *p == '\\' ||
		    p - version == VERSION_BYTES_MAX) {
			ini_complain(section, key,
				     _("%s is no version, expected at most %d letters, digits and "
				       "signs"),
				     key, VERSION_BYTES_MAX);
			return NULL;
		}
	return version;
}

static void read_target(Catalog *catalog, IniSection *section, const char *model,
			const Models *models)
{
	Target target = { .model = model, .section = section, .key = "version" };

	target.version = read_version(section, "version");
	target.downgrade = ini_bool(section, "downgrade", false);
	if (!models_find(models, model))
		ini_complain(section, NULL,
			     _("unknown model %s, expected one of the models folder"), model);
	if (target.version)
		g_array_append_val(catalog->targets, target);
}

static void read_order(Catalog *catalog, IniSection *section, const char *name,
		       const Models *models)
{
	WorkOrder *order = g_new0(WorkOrder, 1);
	const char *key;

	order->name = name;
	order->quantity = ini_uint(section, "quantity", 0, 10000000, 0);
	order->targets = g_array_new(FALSE, FALSE, sizeof(Target));
	for (guint i = 0; (key = ini_key(section, i)); i++) {
		Target target = { .model = key, .section = section, .key = key };

		if (strcmp(key, "quantity") == 0)
			continue;
		target.version = read_version(section, key);
		if (!models_find(models, key))
			ini_complain(section, key,
				     _("unknown model %s, expected quantity or one of the models "
				       "folder"),
				     key);
		if (target.version)
			g_array_append_val(order->targets, target);
	}
	g_ptr_array_add(catalog->orders, order);
}

static void read_sha256(Package *package, IniSection *section)
{
	const char *text = ini_required(section, "sha256");

	if (!text)
		return;
	if (strlen(text) != 64 || text[strspn(text, "0123456789abcdefABCDEF")] != '\0') {
		ini_complain(section, "sha256",
			     _("sha256 is \"%.80s\", expected 64 hexadecimal digits"), text);
		return;
	}
	for (guint i = 0; i < 64; i++)
		package->sha256[i] = g_ascii_tolower(text[i]);
}

static bool url_plain(const char *url)
{
	for (const char *p = url; *p; p++)
		if (!g_ascii_isgraph(*p) || *p == '"' || *p == '\\')
			return false;
	return g_str_has_prefix(url, "http://") && strlen(url) > strlen("http://");
}

static void read_url(Package *package, IniSection *section, guint limit)
{
	const char *url = ini_required(section, "url");

	package->url = url;
	if (url && !url_plain(url))
		ini_complain(section, "url",
			     _("url is \"%.80s\", expected http:// and no spaces, quotes or "
			       "backslashes"),
			     url);
	else if (url && limit > 0 && strlen(url) > limit)
		ini_complain(section, "url", _("url has %u bytes, expected at most %u for %s"),
			     (guint)strlen(url), limit, package->procedure);
}

static void read_file(Catalog *catalog, Package *package, IniSection *section)
{
	const char *file = ini_required(section, "file");

	if (!file)
		return;
	package->file = g_canonicalize_filename(file, catalog->dir);
	g_ptr_array_add(catalog->paths, (char *)package->file);
}

/* Where the content comes from, which must be something that the procedure can use. */
static void read_source(Catalog *catalog, Package *package, IniSection *section,
			const ConfigKnows *knows)
{
	static const char *const kinds[] = { "file", "url", NULL };
	bool known = package->procedure != NULL;
	guint limit = known ? knows->url_limit(package->procedure) : G_MAXUINT;

	package->kind = ini_choice(section, "kind", kinds, PACKAGE_FILE);
	if (package->kind == PACKAGE_URL)
		read_url(package, section, limit);
	else
		read_file(catalog, package, section);
	if (known && (package->kind == PACKAGE_URL) != (limit > 0))
		ini_complain(section, "kind",
			     _("kind is %s, which %s cannot use; expected kind = %s"),
			     kinds[package->kind], package->procedure,
			     kinds[limit > 0 ? PACKAGE_URL : PACKAGE_FILE]);
}

/* The model of a package, or NULL with a complaint. */
static const Model *read_package_model(Package *package, IniSection *section, const Models *models)
{
	const char *name = ini_required(section, "model");
	const Model *model = name ? models_find(models, name) : NULL;

	package->model = name;
	if (name && !model)
		ini_complain(section, "model",
			     _("unknown model %s, expected one of the models folder"), name);
	return model;
}

static void read_package(Catalog *catalog, IniSection *section, const char *name,
			 const Models *models, const ConfigKnows *knows)
{
	Entry *entry = g_new0(Entry, 1);
	Package *package = &entry->package;
	const Model *model = read_package_model(package, section, models);
	const char *procedure = ini_required(section, "procedure");

	entry->section = section;
	package->name = name;
	package->fd = -1;
	package->from = read_version(section, "from");
	package->to = read_version(section, "to");
	if (ini_required(section, "size"))
		package->size = ini_uint(section, "size", 1, PACKAGE_SIZE_MAX, 0);
	read_sha256(package, section);
	if (package->from && package->to && strcmp(package->from, package->to) == 0)
		ini_complain(section, "to", _("to is %s like from, expected another version"),
			     package->to);
	if (procedure && model && knows->procedure(model->driver, procedure))
		package->procedure = procedure;
	else if (procedure && model && knows->driver(model->driver))
		ini_complain(section, "procedure",
			     _("procedure is \"%s\", expected one of driver %s"), procedure,
			     model->driver);
	read_source(catalog, package, section, knows);
	g_ptr_array_add(catalog->packages, entry);
}

static void check_twins(const Catalog *catalog)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint i = 0; i < catalog->packages->len; i++) {
		const Entry *entry = g_ptr_array_index(catalog->packages, i);
		const Package *package = &entry->package;
		const Package *first;
		char *key;

		if (!package->model || !package->from || !package->to || !package->procedure)
			continue;
		key = g_strjoin("\n", package->model, package->from, package->to,
				package->procedure, NULL);
		first = g_hash_table_lookup(seen, key);
		if (first)
			ini_complain(entry->section, NULL,
				     _("package %s is for the same model, versions and procedure "
				       "as %s, expected one"),
				     package->name, first->name);
		g_hash_table_replace(seen, key, (gpointer)package);
	}
}

static bool reachable(const Catalog *catalog, const Model *model, const char *version)
{
	for (guint i = 0; i < catalog->packages->len; i++) {
		const Package *package = catalog_package(catalog, i);

		if (package->to && g_strcmp0(package->model, model->name) == 0 &&
		    model_version_is(model, package->to, version))
			return true;
	}
	return false;
}

/* Warns of targets that no package leads to: no error, units that are there already are still
 * good. */
static void check_targets(const Catalog *catalog, const GArray *targets, const Models *models,
			  GPtrArray *warnings)
{
	for (guint i = 0; i < targets->len; i++) {
		const Target *target = &g_array_index(targets, Target, i);
		const Model *model = models_find(models, target->model);

		if (model && !reachable(catalog, model, target->version))
			ini_remark(target->section, target->key, warnings,
				   _("no package leads to %s, the target of %s; expected at least "
				     "one"),
				   target->version, target->model);
	}
}

static void read_sections(Catalog *catalog, const Models *models, const ConfigKnows *knows)
{
	IniSection *section;
	const char *name;

	for (guint i = 0; (section = ini_nth(catalog->ini, i)); i++) {
		if ((name = ini_section_of(section, "target")))
			read_target(catalog, section, name, models);
		else if ((name = ini_section_of(section, "order")))
			read_order(catalog, section, name, models);
		else if ((name = ini_section_of(section, "package")))
			read_package(catalog, section, name, models, knows);
	}
}

Catalog *catalog_open(const char *path, const Models *models, const ConfigKnows *knows,
		      GPtrArray *complaints, GPtrArray *warnings)
{
	g_autoptr(Ini) ini = ini_load(path, complaints);
	Catalog *catalog;
	IniSection *head;

	if (!ini)
		return NULL;
	catalog = g_new0(Catalog, 1);
	catalog->ini = g_steal_pointer(&ini);
	catalog->dir = g_path_get_dirname(path);
	catalog->targets = g_array_new(FALSE, FALSE, sizeof(Target));
	catalog->overrides = g_array_new(FALSE, TRUE, sizeof(Target));
	catalog->orders = g_ptr_array_new_with_free_func(free_order);
	catalog->packages = g_ptr_array_new_with_free_func(g_free);
	catalog->paths = g_ptr_array_new_with_free_func(g_free);
	catalog->contents = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_content);
	head = ini_section(catalog->ini, "catalogue");
	if (head)
		catalog->version = ini_required(head, "version");
	else
		complaints_add(
			complaints,
			_("%s:1: section [catalogue] is missing, expected it with a version"),
			path);
	read_sections(catalog, models, knows);
	ini_finish(catalog->ini, SECTIONS);
	check_twins(catalog);
	check_targets(catalog, catalog->targets, models, warnings);
	for (guint i = 0; i < catalog->orders->len; i++)
		check_targets(catalog,
			      ((WorkOrder *)g_ptr_array_index(catalog->orders, i))->targets, models,
			      warnings);
	return catalog;
}

/* ---- content ---- */

/* False: nothing to load, or a complaint. */
static bool begin_copy(Catalog *catalog, const Entry *entry, GPtrArray *complaints)
{
	const Package *package = &entry->package;
	g_autoptr(GError) error = NULL;

	if (!package->file)
		return false;
	catalog->copy = sealed_copy_new(package->file, PACKAGE_SIZE_MAX, &error);
	if (!catalog->copy) {
		ini_remark(entry->section, "file", complaints, _("file %s %s, expected a package"),
			   package->file, error->message);
		return false;
	}
	/* No size is one complaint already. */
	if (package->size != 0 && sealed_copy_size(catalog->copy) != package->size) {
		ini_remark(entry->section, "size", complaints,
			   _("file %s has %" G_GUINT64_FORMAT
			     " bytes, expected size = %" G_GUINT64_FORMAT),
			   package->file, sealed_copy_size(catalog->copy), package->size);
		g_clear_pointer(&catalog->copy, sealed_copy_free);
		return false;
	}
	return true;
}

/* The sealed memory of what was copied, the same for all packages of this content; NULL with
 * `error` set. */
static const Content *share_content(Catalog *catalog, Package *package, GError **error)
{
	Content *content = g_hash_table_lookup(catalog->contents, package->sha256);

	if (content)
		return content;
	content = g_new0(Content, 1);
	content->size = package->size;
	content->fd = sealed_copy_take(catalog->copy);
	content->data = mmap(NULL, content->size, PROT_READ, MAP_SHARED, content->fd, 0);
	if (content->data == MAP_FAILED) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOMEM, "cannot be mapped");
		close(content->fd);
		g_free(content);
		return NULL;
	}
	g_hash_table_insert(catalog->contents, package->sha256, content);
	return content;
}

static void end_copy(Catalog *catalog, Entry *entry, GPtrArray *complaints)
{
	Package *package = &entry->package;
	const char *sha256 = sealed_copy_sha256(catalog->copy);
	g_autoptr(GError) error = NULL;
	const Content *content;

	if (package->size == 0 || package->sha256[0] == '\0')
		return;
	if (strcmp(sha256, package->sha256) != 0) {
		ini_remark(entry->section, "sha256", complaints,
			   _("file %s has SHA-256 %s, expected sha256 = %s"), package->file, sha256,
			   package->sha256);
		return;
	}
	content = share_content(catalog, package, &error);
	if (!content) {
		ini_remark(entry->section, "file", complaints, _("file %s %s, expected a package"),
			   package->file, error->message);
		return;
	}
	package->fd = content->fd;
	package->data = content->data;
}

bool catalog_load_step(Catalog *catalog, GPtrArray *complaints)
{
	g_autoptr(GError) error = NULL;
	Entry *entry;

	if (catalog->loaded == catalog->packages->len)
		return false;
	entry = g_ptr_array_index(catalog->packages, catalog->loaded);
	if (!catalog->copy && !begin_copy(catalog, entry, complaints)) {
		catalog->loaded++;
		return true;
	}
	switch (sealed_copy_step(catalog->copy, SLICE_BYTES, &error)) {
	case SEALED_MORE:
		return true;
	case SEALED_DONE:
		end_copy(catalog, entry, complaints);
		break;
	case SEALED_FAILED:
		ini_remark(entry->section, "file", complaints, _("file %s %s, expected a package"),
			   entry->package.file, error->message);
		break;
	}
	g_clear_pointer(&catalog->copy, sealed_copy_free);
	catalog->loaded++;
	return true;
}

/* ---- questions ---- */

const char *catalog_version(const Catalog *catalog)
{
	return catalog->version;
}

static const Target *find_target(const GArray *targets, const char *model)
{
	for (guint i = 0; i < targets->len; i++) {
		const Target *target = &g_array_index(targets, Target, i);

		if (strcmp(target->model, model) == 0)
			return target;
	}
	return NULL;
}

static const WorkOrder *find_order(const Catalog *catalog, const char *name)
{
	for (guint i = 0; name && i < catalog->orders->len; i++) {
		const WorkOrder *order = g_ptr_array_index(catalog->orders, i);

		if (strcmp(order->name, name) == 0)
			return order;
	}
	return NULL;
}

const char *catalog_target(const Catalog *catalog, const char *order_name, const char *model)
{
	const WorkOrder *order = find_order(catalog, order_name);
	const Target *target = find_target(catalog->overrides, model);

	if (!target && order)
		target = find_target(order->targets, model);
	if (!target)
		target = find_target(catalog->targets, model);
	return target ? target->version : NULL;
}

bool catalog_set_target(Catalog *catalog, const char *model, const char *version)
{
	Target target = { .version = g_intern_string(version) };

	if (!find_target(catalog->targets, model) || *version == '\0')
		return false;
	target.model = g_intern_string(model);
	g_array_append_val(catalog->overrides, target);
	return true;
}

bool catalog_downgrade(const Catalog *catalog, const char *model)
{
	const Target *target = find_target(catalog->targets, model);

	return target && target->downgrade;
}

bool catalog_has_order(const Catalog *catalog, const char *order)
{
	return find_order(catalog, order) != NULL;
}

guint catalog_quantity(const Catalog *catalog, const char *name)
{
	const WorkOrder *order = find_order(catalog, name);

	return order ? order->quantity : 0;
}

guint catalog_packages(const Catalog *catalog)
{
	return catalog->packages->len;
}

void catalog_complain(const Catalog *catalog, guint n, GPtrArray *complaints, const char *format,
		      ...)
{
	const Entry *entry = g_ptr_array_index(catalog->packages, n);
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	ini_remark(entry->section, NULL, complaints, "%s", text);
}

const Package *catalog_package(const Catalog *catalog, guint n)
{
	return &((const Entry *)g_ptr_array_index(catalog->packages, n))->package;
}
