/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads the sections of catalogue.ini and checks each against models and procedures. It does not know the drivers: what a
 * procedure can do is asked of whoever opens the catalogue. */
#include "lib/catalog_private.h"

#include <string.h>

#include <glib/gi18n.h>

#include "lib/step.h"

#define SECTIONS "[catalogue], [target MODEL], [order NUMBER], [package NAME] or [cloud MODEL]"
bool catalog_is_version(const char *text)
{
	for (const char *p = text; *p; p++)
		if (!g_ascii_isgraph(*p) || *p == '"' || *p == '\\' ||
		    p - text == CATALOG_VERSION_BYTES)
			return false;
	return *text;
}

static const char *read_version(IniSection *section, const char *key)
{
	const char *version = ini_required(section, key);

	if (!version || catalog_is_version(version))
		return version;
	ini_complain(section, key,
		     _("%s is no version, expected at most %d letters, digits and signs"), key,
		     CATALOG_VERSION_BYTES);
	return NULL;
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

static void read_url(Package *package, IniSection *section, const Model *model, guint limit)
{
	const char *url = ini_required(section, "url");
	g_autofree char *sent = url && model ? model_url(model, url) : NULL;

	package->url = url;
	if (!url)
		return;
	if (!url_plain(url) || (model && !sent))
		ini_complain(section, "url",
			     _("url is \"%.80s\", expected http:// and no spaces, quotes or "
			       "backslashes"),
			     url);
	else if (sent && limit > 0 && strlen(sent) > model_url_limit(model, limit))
		ini_complain(section, "url", _("url has %u bytes, expected at most %u for %s"),
			     (guint)strlen(sent), model_url_limit(model, limit),
			     package->procedure);
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
static void read_source(Catalog *catalog, Package *package, IniSection *section, const Model *model,
			const ConfigKnows *knows)
{
	static const char *const kinds[] = { "file", "url", "cloud", NULL };
	guint limit = package->procedure ? knows->url_limit(package->procedure) : 0;
	guint cloud = package->procedure ? knows->cloud(package->procedure) : 0;
	const char *fits = cloud ? "cloud" : limit > 0 ? "file or url" : "file";

	package->kind = ini_choice(section, "kind", kinds, PACKAGE_FILE);
	package->served = package->kind == PACKAGE_FILE && limit > 0;
	switch (package->kind) {
	case PACKAGE_URL:
		read_url(package, section, model, limit);
		break;
	case PACKAGE_CLOUD:
		if (cloud & CLOUD_ACCOUNT || ini_string(section, "cloud_version", NULL))
			package->cloud_version = read_version(section, "cloud_version");
		break;
	case PACKAGE_FILE:
		read_file(catalog, package, section);
		break;
	}
	if (package->procedure && !strstr(fits, kinds[package->kind]))
		ini_complain(section, "kind",
			     _("kind is %s, which %s cannot use; expected kind = %s"),
			     kinds[package->kind], package->procedure, fits);
}

static void read_content(Package *package, IniSection *section)
{
	if (package->kind == PACKAGE_CLOUD)
		return;
	if (ini_required(section, "size"))
		package->size = ini_uint(section, "size", 1, PACKAGE_SIZE_MAX, 0);
	read_sha256(package, section);
}

static void read_procedure(Package *package, IniSection *section, const Model *model,
			   const ConfigKnows *knows)
{
	const char *procedure = ini_required(section, "procedure");

	if (!procedure || !model || !knows->driver(model->driver))
		return;
	if (!knows->procedure(model->driver, procedure))
		ini_complain(section, "procedure",
			     _("procedure is \"%s\", expected one of driver %s"), procedure,
			     model->driver);
	else if (!knows->updates(procedure))
		ini_complain(section, "procedure",
			     _("procedure is \"%s\", which takes no package; expected one that "
			       "updates"),
			     procedure);
	else
		package->procedure = procedure;
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

	entry->section = section;
	package->name = name;
	package->fd = -1;
	read_procedure(package, section, model, knows);
	package->from = read_version(section, "from");
	package->to = read_version(section, "to");
	if (package->from && package->to && strcmp(package->from, package->to) == 0)
		ini_complain(section, "to", _("to is %s like from, expected another version"),
			     package->to);
	read_source(catalog, package, section, model, knows);
	read_content(package, section);
	g_ptr_array_add(catalog->packages, entry);
}

/* Part of an account: sent to modules between quotes. A space is what a copy out of a wrapped line of a document has. */
static const char *read_account(IniSection *section, const char *key)
{
	const char *text = ini_required(section, key);

	for (const char *p = text; p && *p; p++)
		if (!g_ascii_isgraph(*p) || *p == '"' || *p == '\\' || p - text == 100) {
			ini_complain(section, key,
				     _("%s cannot be sent, expected at most 100 ASCII characters, "
				       "no space, quote or backslash"),
				     key);
			return NULL;
		}
	return text;
}

static void read_cloud(Catalog *catalog, IniSection *section, const char *model,
		       const Models *models)
{
	Cloud cloud = { .model = model };

	cloud.account.oem = read_account(section, "oem");
	cloud.account.models = read_account(section, "models");
	cloud.account.product_id = read_account(section, "product_id");
	if (!models_find(models, model))
		ini_complain(section, NULL,
			     _("unknown model %s, expected one of the models folder"), model);
	g_array_append_val(catalog->clouds, cloud);
}

static void check_accounts(const Catalog *catalog, const ConfigKnows *knows)
{
	for (guint i = 0; i < catalog->packages->len; i++) {
		const Entry *entry = g_ptr_array_index(catalog->packages, i);
		const Package *package = &entry->package;

		if (package->model && package->procedure && package->kind == PACKAGE_CLOUD &&
		    knows->cloud(package->procedure) & CLOUD_ACCOUNT &&
		    !catalog_cloud(catalog, package->model))
			ini_complain(entry->section, "procedure",
				     _("%s needs an account, expected a section [cloud %s]"),
				     package->procedure, package->model);
	}
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

void catalog_warn(const Catalog *catalog, const Models *models, GPtrArray *warnings)
{
	check_targets(catalog, catalog->targets, models, warnings);
	for (guint i = 0; i < catalog->orders->len; i++)
		check_targets(catalog,
			      ((WorkOrder *)g_ptr_array_index(catalog->orders, i))->targets, models,
			      warnings);
}

void catalog_read_sections(Catalog *catalog, const Models *models, const ConfigKnows *knows,
			   GPtrArray *warnings)
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
		else if ((name = ini_section_of(section, "cloud")))
			read_cloud(catalog, section, name, models);
	}
	check_accounts(catalog, knows);
	ini_finish(catalog->ini, SECTIONS);
	check_twins(catalog);
	catalog_warn(catalog, models, warnings);
}
