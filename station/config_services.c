/* SPDX-License-Identifier: Apache-2.0
 *
 * What units and vendors' services are told of this station: the package server's address, accounts, numbers. It does not
 * know who serves nor which command carries them. */
#include "station/config_private.h"

#include <string.h>

#include <gio/gio.h>
#include <glib/gi18n.h>

#include "lib/step.h"
#include "station/package_url.h"

typedef struct {
	char *model;
	CloudAccount account; /* strings are the catalogue's */
	Secret *secret;
} Cloud;

static void free_cloud(gpointer data)
{
	Cloud *cloud = data;

	g_free(cloud->model);
	secret_free(cloud->secret);
	g_free(cloud);
}

void config_free_services(Config *config)
{
	g_free(config->listen);
	g_free(config->public_address);
	g_free(config->packages_place);
	g_free((char *)config->pfm.number);
	g_free((char *)config->pfm.address);
	if (config->clouds)
		g_ptr_array_unref(config->clouds);
}

/* ---- the package server ---- */

static char *read_listen(IniSection *section)
{
	const char *text = ini_string(section, "listen", "0.0.0.0");

	if (!g_hostname_is_ip_address(text))
		ini_complain(section, "listen",
			     _("listen is \"%.60s\", expected an address of this computer, or "
			       "0.0.0.0 for all"),
			     text);
	return g_strdup(text);
}

/* A name or address of a host; "" is allowed. */
static char *read_host(IniSection *section, const char *key)
{
	const char *text = ini_string(section, key, "");

	if (*text != '\0' && !package_url_host(text))
		ini_complain(section, key,
			     _("%s is \"%.60s\", expected the name or the address of a host"), key,
			     text);
	return g_strdup(text);
}

static void read_packages(Config *config, Ini *ini)
{
	IniSection *section = ini_section(ini, "packages");

	config->listen = read_listen(section);
	config->port = ini_uint(section, "port", 0, 65535, 8480);
	config->public_address = read_host(section, "public_address");
	config->public_port = ini_uint(section, "public_port", 0, 65535, 0);
	config->max_downloads = ini_uint(ini_section(ini, "limits"), "max_downloads", 0, 1024, 0);
}

/* ---- Telit's service ---- */

static char *read_number(IniSection *section)
{
	const char *text = ini_string(section, "number", "");
	const char *digits = *text == '+' ? text + 1 : text;

	if (*text != '\0' && (strspn(digits, G_CSET_DIGITS) != strlen(digits) ||
			      strlen(digits) < 3 || strlen(digits) > 20))
		ini_complain(section, "number",
			     _("number is \"%.40s\", expected a telephone number: + and 3 to 20 "
			       "digits"),
			     text);
	return g_strdup(text);
}

static void read_pfm(Config *config, Ini *ini)
{
	static const char *const bearers[] = { "gprs", "csd", NULL };
	static const char *const afters[] = { "keep", "release", NULL };
	IniSection *section = ini_section(ini, "pfm");

	config->pfm.bearer =
		ini_choice(section, "bearer", bearers, 0) == 1 ? PFM_BEARER_CSD : PFM_BEARER_GPRS;
	config->pfm.number = read_number(section);
	config->pfm.address = read_host(section, "address");
	config->pfm.port = ini_uint(section, "port", 0, 65535, 0);
	config->pfm.preprovisioned = ini_bool(section, "preprovisioned", false);
	config->pfm.release = ini_choice(section, "pfm_after", afters, 0) == 1;
	config->pfm.wait_s = 60 * (guint)ini_uint(section, "wait_minutes", 1, 1440, 60);
}

void config_read_services(Config *config, Ini *ini)
{
	read_packages(config, ini);
	read_pfm(config, ini);
}

/* ---- accounts ---- */

/* Sent between quotes, like the rest of the account; the value is not shown. */
static bool sendable(const char *secret)
{
	for (const char *p = secret; *p; p++)
		if (!g_ascii_isgraph(*p) || *p == '"' || *p == '\\' || p - secret == 100)
			return false;
	return true;
}

static void read_cloud_secret(Config *config, IniSection *section, const char *model)
{
	const char *text = ini_required(section, "product_secret");
	const CloudAccount *account =
		config->catalog ? catalog_cloud(config->catalog, model) : NULL;
	Cloud *cloud;

	if (config->catalog && !account)
		ini_complain(section, NULL,
			     _("the catalogue has no account for %s, expected a section [cloud %s] "
			       "there too"),
			     model, model);
	if (text && !sendable(text))
		ini_complain(section, "product_secret",
			     _("product_secret is ***, expected at most 100 ASCII characters, no "
			       "space, quote or backslash"));
	if (!text || !account)
		return;
	cloud = g_new0(Cloud, 1);
	cloud->model = g_strdup(model);
	cloud->secret = secret_new(text);
	cloud->account = *account;
	cloud->account.secret = cloud->secret;
	g_ptr_array_add(config->clouds, cloud);
}

void config_read_cloud_secrets(Config *config, Ini *secrets)
{
	IniSection *section;
	const char *model;

	config->clouds = g_ptr_array_new_with_free_func(free_cloud);
	for (guint i = 0; secrets && (section = ini_nth(secrets, i)); i++)
		if ((model = ini_section_of(section, "cloud")))
			read_cloud_secret(config, section, model);
}

const CloudAccount *config_cloud(const Config *config, const char *model)
{
	for (guint i = 0; i < config->clouds->len; i++) {
		const Cloud *cloud = g_ptr_array_index(config->clouds, i);

		if (strcmp(cloud->model, model) == 0)
			return &cloud->account;
	}
	return NULL;
}

const PfmService *config_pfm(const Config *config)
{
	return *config->pfm.number || *config->pfm.address ? &config->pfm : NULL;
}

/* ---- what packages need ---- */

/* One complaint per key, in station.ini: the packages are many. */
typedef struct {
	const Config *config;
	const ConfigKnows *knows;
	const char *path; /* of station.ini */
	Ini *ini;
	GPtrArray *complaints;
	GHashTable *told; /* keys */
} Needs;

static void missing(Needs *needs, const char *name, const char *key, const Package *package,
		    const char *what)
{
	IniSection *section = ini_section(needs->ini, name);

	if (!g_hash_table_add(needs->told, (gpointer)key))
		return;
	if (section)
		ini_remark(section, key, needs->complaints,
			   _("%s is not told, but package %s needs it; expected %s"), key,
			   package->name, _(what));
	else
		complaints_add(
			needs->complaints,
			_("%s:1: section [%s] is missing, but package %s needs its %s; expected %s"),
			needs->path, name, package->name, key, _(what));
}

/* A package that this station serves: the longest URL that its server makes must fit the command. */
static void check_served(Needs *needs, const Package *package)
{
	const Config *config = needs->config;
	const Model *model = models_find(config->models, package->model);
	guint limit = model_url_limit(model, needs->knows->url_limit(package->procedure));
	guint port = config->public_port > 0 ? config->public_port : config->port;
	g_autofree char *url = NULL;
	g_autofree char *sent = NULL;

	if (!package_url_host(config->public_address)) {
		if (*config->public_address == '\0')
			missing(needs, "packages", "public_address", package,
				N_("the address at which units reach this station"));
		return;
	}
	url = package_url(config->public_address, port > 0 ? port : 65535, NULL);
	sent = model_url(model, url);
	if (sent && strlen(sent) > limit && g_hash_table_add(needs->told, (gpointer) "url"))
		ini_remark(ini_section(needs->ini, "packages"), "public_address", needs->complaints,
			   _("public_address makes a URL of %u bytes, expected at most %u for %s "
			     "of %s"),
			   (guint)strlen(sent), limit, package->procedure, package->model);
}

static void check_cloud(Needs *needs, const Package *package)
{
	guint what = needs->knows->cloud(package->procedure);
	const PfmService *pfm = &needs->config->pfm;
	bool has_address = *pfm->address;

	/* Units that are in the service already know its server: where they are told another, they are told all of it. */
	if (pfm->preprovisioned && has_address == (pfm->port > 0))
		return;
	if (what & CLOUD_NUMBER && !pfm->preprovisioned && *pfm->number == '\0')
		missing(needs, "pfm", "number", package,
			N_("the telephone number of the vendor's server"));
	if (what & CLOUD_ADDRESS && !has_address)
		missing(needs, "pfm", "address", package, N_("the address of the vendor's server"));
	if (what & CLOUD_ADDRESS && pfm->port == 0)
		missing(needs, "pfm", "port", package, N_("the port of the vendor's server"));
}

static void check_secret(const Config *config, const ConfigKnows *knows, guint n,
			 GPtrArray *complaints)
{
	const Package *package = catalog_package(config->catalog, n);

	if (knows->cloud(package->procedure) & CLOUD_ACCOUNT &&
	    catalog_cloud(config->catalog, package->model) && !config_cloud(config, package->model))
		catalog_complain(config->catalog, n, complaints,
				 _("the account of %s has no secret, expected product_secret in "
				   "section [cloud %s] of secrets.ini"),
				 package->model, package->model);
}

void config_check_services(Config *config, const ConfigKnows *knows, const char *path, Ini *ini,
			   GPtrArray *complaints)
{
	g_autoptr(GHashTable) told = g_hash_table_new(g_str_hash, g_str_equal);
	Needs needs = { config, knows, path, ini, complaints, told };
	const IniSection *section = ini_section(ini, "packages");

	config->packages_place =
		g_strdup_printf("%s:%u", path, section ? ini_section_line(section) : 1);

	for (guint i = 0; i < catalog_packages(config->catalog); i++) {
		const Package *package = catalog_package(config->catalog, i);

		/* What is wrong with it has been said. */
		if (!package->procedure)
			continue;
		if (package->served)
			check_served(&needs, package);
		if (package->kind == PACKAGE_CLOUD) {
			check_cloud(&needs, package);
			check_secret(config, knows, i, complaints);
		}
	}
}

bool config_serves(const Config *config)
{
	for (guint i = 0; i < catalog_packages(config->catalog); i++)
		if (catalog_package(config->catalog, i)->served)
			return true;
	return false;
}
