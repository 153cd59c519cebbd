/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads data/settings.ini and takes the values out of what modules answer. It does not know the modules, nor who asks them. */
#include "lib/settings.h"

#include <string.h>

#include <glib/gi18n.h>

#define SECTIONS "[settings LIST], [kept LIST] or [setting LIST/NAME]"

#define SERIAL "serial"

typedef struct {
	char *name;
	GPtrArray *settings; /* of Setting */
	GPtrArray *kept;     /* of char *: what the vendor says that an update leaves alone */
} List;

struct _Settings {
	GPtrArray *lists; /* of List */
};

void setting_free(gpointer data)
{
	Setting *setting = data;

	g_free(setting->name);
	g_free(setting->query);
	g_free(setting->shape);
	g_free(setting->set);
	g_free(setting);
}

Setting *setting_new(const char *name, const char *query, const char *shape, const char *set)
{
	Setting *setting = g_new0(Setting, 1);

	setting->name = g_strdup(name);
	setting->query = g_strdup(query);
	setting->shape = g_strdup(shape);
	setting->set = g_strdup(set);
	return setting;
}

/* What most commands look like. AT&… and ATE cannot be asked for in any way that all modules know. */
static Setting *usual(const char *name)
{
	g_autofree char *query = NULL, *shape = NULL, *set = NULL;

	set = g_strconcat("AT", name, *name == '&' ? "%" : "=%", NULL);
	if (*name == '&')
		return setting_new(name, "", "", set);
	query = g_strconcat("AT", name, "?", NULL);
	shape = g_strconcat(name, ": %", NULL);
	return setting_new(name, query, shape, set);
}

static void free_list(gpointer data)
{
	List *list = data;

	g_free(list->name);
	g_ptr_array_unref(list->settings);
	g_ptr_array_unref(list->kept);
	g_free(list);
}

void settings_free(Settings *settings)
{
	if (!settings)
		return;
	g_ptr_array_unref(settings->lists);
	g_free(settings);
}

static List *find_list(const Settings *settings, const char *name)
{
	for (guint i = 0; i < settings->lists->len; i++) {
		List *list = g_ptr_array_index(settings->lists, i);

		if (strcmp(list->name, name) == 0)
			return list;
	}
	return NULL;
}

static Setting *find_setting(const GPtrArray *settings, const char *name)
{
	for (guint i = 0; i < settings->len; i++) {
		Setting *setting = g_ptr_array_index(settings, i);

		if (g_ascii_strcasecmp(setting->name, name) == 0)
			return setting;
	}
	return NULL;
}

static bool is_kept(const List *list, const char *name)
{
	for (guint i = 0; i < list->kept->len; i++)
		if (g_ascii_strcasecmp(g_ptr_array_index(list->kept, i), name) == 0)
			return true;
	return false;
}

/* Calls `add` with each of the words between commas. */
static void each_word(const char *text, void (*add)(List *, const char *), List *list)
{
	g_auto(GStrv) words = g_strsplit_set(text, ", \t", -1);

	for (guint i = 0; words[i]; i++)
		if (*words[i])
			add(list, words[i]);
}

static void add_setting(List *list, const char *name)
{
	g_ptr_array_add(list->settings, usual(name));
}

static void add_kept(List *list, const char *name)
{
	g_ptr_array_add(list->kept, g_strdup(name));
}

static bool one_percent(const char *text)
{
	const char *at = strchr(text, '%');

	return at && !strchr(at + 1, '%');
}

static void read_text(IniSection *section, const char *key, char **field)
{
	const char *text = ini_string(section, key, *field);
	bool good = *text != '\0';

	for (const char *p = text; *p; p++)
		good = good && g_ascii_isprint(*p);
	if (strcmp(key, "query") == 0)
		good = good && g_str_has_prefix(text, "AT") && !strchr(text, '%');
	else
		good = good && one_percent(text);
	if (strcmp(key, "set") == 0)
		good = good && g_str_has_prefix(text, "AT");
	if (text == *field)
		return;
	if (!good)
		ini_complain(
			section, key,
			_("%s is \"%.60s\", expected ASCII text; AT… in query and set, one %% for the value in shape and set"),
			key, text);
	g_free(*field);
	*field = g_strdup(text);
}

/* How it is asked for, where that is not as usual. */
static void read_setting(Setting *setting, IniSection *section)
{
	read_text(section, "query", &setting->query);
	read_text(section, "shape", &setting->shape);
	read_text(section, "set", &setting->set);
}

static void complain_if_kept(const List *list, const char *name, IniSection *section,
			     const char *key)
{
	if (is_kept(list, name))
		ini_complain(section, key,
			     _("%s is kept over an update, expected only what an update erases"),
			     name);
}

static void read_list(Settings *settings, Ini *ini, IniSection *section, const char *name)
{
	List *list = g_new0(List, 1);
	g_autofree char *kept_name = g_strconcat("kept ", name, NULL);
	IniSection *kept = ini_section(ini, kept_name);
	const char *text = ini_required(section, "list");

	list->name = g_strdup(name);
	list->settings = g_ptr_array_new_with_free_func(setting_free);
	list->kept = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(settings->lists, list);
	for (guint i = 0; kept && ini_key(kept, i); i++)
		each_word(ini_string(kept, ini_key(kept, i), ""), add_kept, list);
	each_word(text ? text : "", add_setting, list);
	for (guint i = 0; i < list->settings->len; i++) {
		Setting *setting = g_ptr_array_index(list->settings, i);
		g_autofree char *how = g_strdup_printf("setting %s/%s", list->name, setting->name);

		complain_if_kept(list, setting->name, section, "list");
		read_setting(setting, ini_section(ini, how));
	}
}

Settings *settings_load(const char *path, GPtrArray *complaints)
{
	Settings *settings = g_new0(Settings, 1);
	g_autoptr(Ini) ini = NULL;
	IniSection *section;

	settings->lists = g_ptr_array_new_with_free_func(free_list);
	if (g_file_test(path, G_FILE_TEST_EXISTS))
		ini = ini_load(path, complaints);
	if (!ini)
		return settings;
	for (guint i = 0; (section = ini_nth(ini, i)); i++) {
		const char *name = ini_section_of(section, "settings");

		if (name)
			read_list(settings, ini, section, name);
	}
	ini_finish(ini, SECTIONS);
	return settings;
}

static void complain_if_unasked(const Setting *setting, IniSection *section)
{
	if (*setting->query == '\0' || *setting->shape == '\0')
		ini_complain(section, NULL, _("setting %s has no query or no shape, expected both"),
			     setting->name);
}

Setting *setting_of_serial(Ini *model)
{
	IniSection *section = ini_section(model, "setting " SERIAL);
	Setting *setting;

	if (!section)
		return NULL;
	setting = setting_new(SERIAL, "", "", "");
	read_text(section, "query", &setting->query);
	read_text(section, "shape", &setting->shape);
	complain_if_unasked(setting, section);
	return setting;
}

GPtrArray *settings_of_model(const Settings *settings, const char *name, Ini *model)
{
	const List *list = find_list(settings, name);
	GPtrArray *own;
	IniSection *section;

	if (!list)
		return NULL;
	own = g_ptr_array_new_with_free_func(setting_free);
	for (guint i = 0; i < list->settings->len; i++) {
		const Setting *s = g_ptr_array_index(list->settings, i);

		g_ptr_array_add(own, setting_new(s->name, s->query, s->shape, s->set));
	}
	for (guint i = 0; (section = ini_nth(model, i)); i++) {
		const char *how = ini_section_of(section, "setting");
		Setting *setting = how ? find_setting(own, how) : NULL;

		if (!how || strcmp(how, SERIAL) == 0)
			continue;
		complain_if_kept(list, how, section, NULL);
		if (!setting) {
			setting = *how == '&' ? usual(how) : setting_new(how, "", "", "");
			g_ptr_array_add(own, setting);
		}
		read_setting(setting, section);
		complain_if_unasked(setting, section);
		if (*setting->set == '\0')
			ini_complain(
				section, NULL,
				_("setting %s has no set, expected how it is given back; only serial is just read"),
				how);
	}
	return own;
}

/* ---- values ---- */

/* Behind `shape` up to its %, or NULL; spaces and case are nothing. */
static const char *behind_shape(const char *shape, const char *line)
{
	for (; *shape != '%'; shape++) {
		if (*shape == ' ')
			continue;
		while (*line == ' ')
			line++;
		if (g_ascii_toupper(*line) != g_ascii_toupper(*shape))
			return NULL;
		line++;
	}
	while (*line == ' ')
		line++;
	return line;
}

/* What a module said goes back to it behind an AT: nothing in it may end the command or begin another. */
static bool can_be_sent(const char *value)
{
	guint quotes = 0;

	for (const char *p = value; *p; p++) {
		if (!g_ascii_isalnum(*p) && !strchr(",.\"+-_/ ", *p))
			return false;
		quotes += *p == '"';
	}
	return *value && quotes % 2 == 0;
}

bool setting_answers(const Setting *setting, const char *line)
{
	const char *value = strchr(setting->shape, '%') ? behind_shape(setting->shape, line) : NULL;

	return value && *value;
}

bool setting_take(const Setting *setting, const char *line, char value[SETTING_VALUE_SIZE])
{
	const char *end = strchr(setting->shape, '%');
	const char *text = end ? behind_shape(setting->shape, line) : NULL;
	const char *stop;
	gsize len;

	if (!text)
		return false;
	stop = end[1] ? strchr(text, end[1]) : NULL;
	len = stop ? (gsize)(stop - text) : strlen(text);
	while (len > 0 && text[len - 1] == ' ')
		len--;
	if (len >= SETTING_VALUE_SIZE)
		return false;
	memcpy(value, text, len);
	value[len] = '\0';
	return can_be_sent(value);
}

char *setting_command(const Setting *setting, const char *value)
{
	const char *percent = strchr(setting->set, '%');

	return g_strdup_printf("%.*s%s%s", (int)(percent - setting->set), setting->set, value,
			       percent + 1);
}

bool setting_pack(char *packed, gsize size, const char *name, const char *value)
{
	gsize len = strlen(packed);

	if (len + strlen(name) + strlen(value) + 3 > size)
		return false;
	g_snprintf(packed + len, size - len, "%s%s=%s", len ? "|" : "", name, value);
	return true;
}

bool setting_unpack(const char *packed, const char *name, char value[SETTING_VALUE_SIZE])
{
	g_auto(GStrv) parts = g_strsplit(packed, "|", -1);
	gsize len = strlen(name);

	for (guint i = 0; parts[i]; i++)
		if (strncmp(parts[i], name, len) == 0 && parts[i][len] == '=')
			return g_strlcpy(value, parts[i] + len + 1, SETTING_VALUE_SIZE) <
				       SETTING_VALUE_SIZE &&
			       can_be_sent(value);
	return false;
}
