/* SPDX-License-Identifier: Apache-2.0
 *
 * Opens the catalogue, takes the package files into sealed memory and answers questions. It does not know how the sections
 * are spelled nor who asks. */
#include "lib/catalog.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <glib/gi18n.h>

#include "lib/catalog_private.h"

#define SLICE_BYTES (256 * 1024)

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
	g_array_unref(catalog->clouds);
	g_array_unref(catalog->targets);
	g_array_unref(catalog->overrides);
	g_clear_pointer(&catalog->ini, ini_free);
	g_free(catalog->dir);
	g_free(catalog);
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
	catalog->clouds = g_array_new(FALSE, FALSE, sizeof(Cloud));
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
	catalog_read_sections(catalog, models, knows, warnings);
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
			   _("file %s has %llu bytes, expected size = %llu"), package->file,
			   (unsigned long long)sealed_copy_size(catalog->copy),
			   (unsigned long long)package->size);
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

	if (!find_target(catalog->targets, model) || !catalog_is_version(version))
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

const CloudAccount *catalog_cloud(const Catalog *catalog, const char *model)
{
	for (guint i = 0; i < catalog->clouds->len; i++) {
		const Cloud *cloud = &g_array_index(catalog->clouds, Cloud, i);

		if (strcmp(cloud->model, model) == 0)
			return &cloud->account;
	}
	return NULL;
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
