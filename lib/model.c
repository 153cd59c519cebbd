/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads the files of data/models and finds the one that a unit's own words fit. It does not know
 * the drivers. */
#include "lib/model.h"

#include <string.h>

#include <glib/gi18n.h>

#include "lib/ini.h"

#define SECTIONS "[model], [step PROCEDURE/STEP] or [setting NAME]"

struct _Models {
	GPtrArray *models; /* of Model */
	Settings *settings;
};

static void free_override(gpointer data)
{
	StepOverride *override = data;

	g_free(override->procedure);
	g_free(override->step);
	g_free(override);
}

static void free_model(gpointer data)
{
	Model *model = data;

	g_free(model->name);
	g_free(model->maker);
	g_strfreev(model->match);
	g_free(model->driver);
	g_free(model->csub);
	g_free(model->qcn);
	g_ptr_array_unref(model->steps);
	g_clear_pointer(&model->settings, g_ptr_array_unref);
	g_clear_pointer(&model->serial, setting_free);
	g_free(model->pfm_from);
	g_free(model);
}

void models_free(Models *models)
{
	if (!models)
		return;
	g_ptr_array_unref(models->models);
	settings_free(models->settings);
	g_free(models);
}

/* Words between commas and spaces. Free with g_strfreev. */
static char **split_words(const char *text)
{
	g_auto(GStrv) pieces = g_strsplit_set(text, ", \t", -1);
	GPtrArray *words = g_ptr_array_new();

	for (guint i = 0; pieces[i]; i++)
		if (pieces[i][0] != '\0')
			g_ptr_array_add(words, g_strdup(pieces[i]));
	g_ptr_array_add(words, NULL);
	return (char **)g_ptr_array_free(words, FALSE);
}

static guint32 read_behaviour(IniSection *section)
{
	static const struct {
		const char *key;
		const char *words[3];
		guint32 bit;
	} behaviours[] = {
#define BEHAVIOUR(name, key, usual, special) { key, { usual, special, NULL }, BEHAVIOUR_##name },
		BEHAVIOUR_LIST(BEHAVIOUR)
#undef BEHAVIOUR
	};
	guint32 bits = 0;

	for (guint i = 0; i < G_N_ELEMENTS(behaviours); i++)
		if (ini_choice(section, behaviours[i].key, behaviours[i].words, 0) == 1)
			bits |= behaviours[i].bit;
	return bits;
}

static void read_step(Model *model, IniSection *section, const char *name, const ConfigKnows *knows)
{
	StepOverride *override = g_new0(StepOverride, 1);
	gsize slash = strcspn(name, "/");

	override->procedure = g_strndup(name, slash);
	override->step = g_strdup(name[slash] == '/' ? name + slash + 1 : "");
	override->timeout_s = ini_uint(section, "timeout_s", 1, 7200, STEP_AS_TABLE);
	override->limit_s = ini_uint(section, "limit_s", 1, 7200, STEP_AS_TABLE);
	override->tries = ini_uint(section, "tries", 1, 20, STEP_AS_TABLE);
	override->pause_ms = ini_uint(section, "pause_ms", 0, 600000, STEP_AS_TABLE);
	g_ptr_array_add(model->steps, override);
	if (knows->driver(model->driver) &&
	    !(knows->procedure(model->driver, override->procedure) &&
	      knows->step(override->procedure, override->step)))
		ini_complain(section, NULL,
			     _("driver %s has no step %s, expected PROCEDURE/STEP as explain lists "
			       "them"),
			     model->driver, name);
}

/* Another model that claims one of these patterns; NULL: none. */
static const Model *find_rival(const Models *models, const Model *model)
{
	for (guint i = 0; i < models->models->len; i++) {
		const Model *other = g_ptr_array_index(models->models, i);

		for (guint j = 0; model->match[j]; j++)
			for (guint k = 0; other->match[k]; k++)
				if (g_ascii_strcasecmp(model->match[j], other->match[k]) == 0)
					return other;
	}
	return NULL;
}

static Model *read_model(const Models *models, IniSection *section, const ConfigKnows *knows)
{
	static const char *const rules[] = { "exact", "simcom-suffix", "simcom-g", NULL };
	const char *name = ini_required(section, "name");
	const char *maker = ini_required(section, "maker");
	const char *match = ini_required(section, "match");
	const char *driver = ini_required(section, "driver");
	Model *model = g_new0(Model, 1);
	const Model *rival;

	model->name = g_strdup(name);
	model->maker = g_strdup(maker);
	model->match = split_words(match ? match : "");
	model->driver = g_strdup(driver ? driver : "");
	model->behaviour = read_behaviour(section);
	model->version_rule = ini_choice(section, "version_rule", rules, VERSION_EXACT);
	model->csub = g_strdup(ini_string(section, "csub", NULL));
	model->qcn = g_strdup(ini_string(section, "qcn", NULL));
	model->update_limit = ini_uint(section, "update_limit", 0, 1000000, 0);
	model->update_warning = ini_uint(section, "update_warning", 0, 1000000, 0);
	model->url_max = ini_uint(section, "url_max", 0, 4096, 0);
	model->pfm_from = g_strdup(ini_string(section, "pfm_from", NULL));
	model->steps = g_ptr_array_new_with_free_func(free_override);
	if (driver && !knows->driver(driver))
		ini_complain(section, "driver",
			     _("driver is \"%s\", expected one that this program has"), driver);
	if (name && models_find(models, name))
		ini_complain(section, "name", _("model %s is in another file too, expected once"),
			     name);
	rival = find_rival(models, model);
	if (rival)
		ini_complain(section, "match",
			     _("model %s matches the same units, expected other patterns"),
			     rival->name);
	return model;
}

static void read_settings(const Models *models, Model *model, Ini *ini, IniSection *section)
{
	const char *list = ini_string(section, "settings", NULL);

	if (!list)
		return;
	model->settings = settings_of_model(models->settings, list, ini);
	if (!model->settings)
		ini_complain(section, "settings", _("there is no list %s in settings.ini"), list);
}

static void read_file(Models *models, const char *path, const ConfigKnows *knows,
		      GPtrArray *complaints)
{
	guint before = complaints->len;
	g_autoptr(Ini) ini = ini_load(path, complaints);
	IniSection *section = ini ? ini_section(ini, "model") : NULL;
	Model *model;

	if (ini && !section && complaints->len == before)
		complaints_add(complaints, _("%s:1: section [model] is missing, expected %s"), path,
			       SECTIONS);
	if (!section)
		return;
	model = read_model(models, section, knows);
	read_settings(models, model, ini, section);
	model->serial = setting_of_serial(ini);
	for (guint i = 0; (section = ini_nth(ini, i)); i++) {
		const char *step = ini_section_of(section, "step");

		if (step)
			read_step(model, section, step, knows);
	}
	ini_finish(ini, SECTIONS);
	/* A model with mistakes is kept, or the catalogue would complain of each place that names
	 * it. */
	if (model->name)
		g_ptr_array_add(models->models, model);
	else
		free_model(model);
}

static int by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

Models *models_load(const char *dir, const ConfigKnows *knows, GPtrArray *complaints)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GDir) folder = g_dir_open(dir, 0, &error);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	guint before = complaints->len;
	g_autofree char *parent = NULL, *settings = NULL;
	const char *name;
	Models *models;

	if (!folder) {
		complaints_add(complaints, _("%s: %s, expected a folder of models"), dir,
			       error->message);
		return NULL;
	}
	while ((name = g_dir_read_name(folder)))
		if (name[0] != '.' && g_str_has_suffix(name, ".ini"))
			g_ptr_array_add(names, g_build_filename(dir, name, NULL));
	g_ptr_array_sort(names, by_name);
	models = g_new0(Models, 1);
	parent = g_path_get_dirname(dir);
	settings = g_build_filename(parent, "settings.ini", NULL);
	models->settings = settings_load(settings, complaints);
	models->models = g_ptr_array_new_with_free_func(free_model);
	for (guint i = 0; i < names->len; i++)
		read_file(models, g_ptr_array_index(names, i), knows, complaints);
	if (models->models->len == 0 && complaints->len == before)
		complaints_add(complaints, _("%s: has no models, expected at least one .ini file"),
			       dir);
	return models;
}

bool model_fits(const char *pattern, const char *text)
{
	g_autofree char *low_pattern = g_ascii_strdown(pattern, -1);
	g_autofree char *low_text = g_ascii_strdown(text, -1);

	return g_pattern_match_simple(low_pattern, low_text);
}

const Model *models_match(const Models *models, const char *cgmm, const char *maker)
{
	const Model *best = NULL;
	gsize best_len = 0;

	for (guint i = 0; i < models->models->len; i++) {
		const Model *model = g_ptr_array_index(models->models, i);

		if (maker && *maker && !model_fits(model->maker, maker))
			continue;
		for (guint j = 0; model->match[j]; j++) {
			gsize len = strlen(model->match[j]);

			if (len > best_len && model_fits(model->match[j], cgmm)) {
				best = model;
				best_len = len;
			}
		}
	}
	return best;
}

const Model *models_find(const Models *models, const char *name)
{
	for (guint i = 0; i < models->models->len; i++) {
		const Model *model = g_ptr_array_index(models->models, i);

		if (strcmp(model->name, name) == 0)
			return model;
	}
	return NULL;
}

guint models_count(const Models *models)
{
	return models->models->len;
}

const Model *models_nth(const Models *models, guint n)
{
	return g_ptr_array_index(models->models, n);
}

/* Without the G that some firmware has at its end and some has not: 1951B16SIM7080, 1951B16SIM7080G. */
static gsize length_without_g(const char *version)
{
	gsize len = strlen(version);

	return len > 0 && version[len - 1] == 'G' ? len - 1 : len;
}

static bool same_without_g(const char *a, const char *b)
{
	gsize len = length_without_g(a);

	return len == length_without_g(b) && strncmp(a, b, len) == 0;
}

bool model_version_is(const Model *model, const char *version, const char *target)
{
	switch (model->version_rule) {
	case VERSION_EXACT:
	case VERSION_SIMCOM_SUFFIX:
		return strcmp(version, target) == 0;
	case VERSION_SIMCOM_G:
		return same_without_g(version, target);
	}
	g_assert_not_reached();
}

/* "1529B11" of "1529B11SIM7000G". */
static gsize length_of_number(const char *version)
{
	const char *name = strstr(version, "SIM");

	return name ? (gsize)(name - version) : strlen(version);
}

bool model_version_is_variant(const Model *model, const char *version, const char *target)
{
	gsize len = length_of_number(target);

	if (model->version_rule == VERSION_EXACT || model_version_is(model, version, target))
		return false;
	return len > 0 && len == length_of_number(version) && strncmp(version, target, len) == 0;
}

/* Quectel DFOTA application note, 3.1: the parameter table spells the address HTTP://server/port/path, the example
 * http://server:port/path. The model's file says which of them a firmware wants. */
char *model_url(const Model *model, const char *url)
{
	g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_ENCODED, NULL);

	if (!uri || !g_uri_get_host(uri))
		return NULL;
	if (!(model->behaviour & BEHAVIOUR_URL_TABLE))
		return g_strdup(url);
	return g_strdup_printf("HTTP://%s/%d%s%s%s", g_uri_get_host(uri),
			       g_uri_get_port(uri) > 0 ? g_uri_get_port(uri) : 80,
			       g_uri_get_path(uri), g_uri_get_query(uri) ? "?" : "",
			       g_uri_get_query(uri) ? g_uri_get_query(uri) : "");
}

guint model_url_limit(const Model *model, guint limit)
{
	return model->url_max > 0 ? MIN(limit, model->url_max) : limit;
}

const StepOverride *model_step(const Model *model, const char *procedure, const char *step)
{
	for (guint i = 0; i < model->steps->len; i++) {
		const StepOverride *override = g_ptr_array_index(model->steps, i);

		if (strcmp(override->procedure, procedure) == 0 &&
		    strcmp(override->step, step) == 0)
			return override;
	}
	return NULL;
}
