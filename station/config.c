/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads station.ini, slots.ini, secrets.ini, the catalogue and the installed data; everything wrong
 * is collected, nothing is half-applied. It does not know what is done with it. */
#include "station/config_private.h"

#include <stdio.h>
#include <string.h>

#include <glib/gi18n.h>

#include "fota-config.h"
#include "udev/topo.h"

#define SLOTS_MAX       1024
#define LABEL_CHARS_MAX 16
#define PLACE_MAX       200

static void free_slots(SlotConfig *slots, guint n_slots)
{
	for (guint i = 0; i < n_slots; i++) {
		g_free(slots[i].label);
		g_free(slots[i].path);
		g_free(slots[i].hub);
	}
	g_free(slots);
}

void config_free(Config *config)
{
	if (!config)
		return;
	g_free(config->station);
	g_free(config->line);
	g_free(config->database);
	g_free(config->apn);
	g_free(config->apn_user);
	g_free(config->worker_prefix);
	g_free(config->order_prefix);
	g_free(config->label_prefix);
	g_free(config->language);
	g_free(config->bell);
	g_free(config->colour);
	config_free_services(config);
	secret_free(config->pin);
	secret_free(config->apn_password);
	free_slots(config->slots, config->n_slots);
	catalog_free(config->catalog);
	models_free(config->models);
	roles_free(config->roles);
	g_ptr_array_unref(config->warnings);
	g_free(config);
}

/* "06:00" in minutes. */
static guint read_time(IniSection *section, const char *key, const char *fallback)
{
	const char *text = ini_string(section, key, fallback);
	guint hours = 0, minutes = 0;

	if (strlen(text) != 5 || text[2] != ':' || !g_ascii_isdigit(text[0]) ||
	    !g_ascii_isdigit(text[3]) || sscanf(text, "%2u:%2u", &hours, &minutes) != 2 ||
	    hours > 23 || minutes > 59)
		ini_complain(section, key,
			     _("%s is \"%.20s\", expected a time from 00:00 to 23:59"), key, text);
	return hours * 60 + minutes;
}

/* Text that is sent to modules between quotes. */
static const char *read_quotable(IniSection *section, const char *key, const char *fallback)
{
	const char *text = ini_string(section, key, fallback);

	for (const char *p = text; *p; p++)
		if (!g_ascii_isprint(*p) || *p == '"' || *p == '\\' || p - text == 100) {
			ini_complain(section, key,
				     _("%s cannot be sent, expected at most 100 ASCII characters, "
				       "no quote or backslash"),
				     key);
			return fallback;
		}
	return text;
}

/* A name for people: not empty. */
static char *read_name(IniSection *section, const char *key, const char *fallback)
{
	const char *text = ini_string(section, key, fallback);

	if (*text == '\0')
		ini_complain(section, key, _("%s is empty, expected a name"), key);
	return g_strdup(text);
}

/* What the person at the rack sees, hears, types and scans. */
static void read_front(Config *config, Ini *ini)
{
	static const char *const scans[] = { "off", "optional", "required", NULL };
	static const char *const bells[] = { "off", "failures", "verdicts", NULL };
	static const char *const languages[] = { "auto", FOTA_LANGUAGES, NULL };
	static const char *const colours[] = { "auto", "256", "8", "none", NULL };
	IniSection *station = ini_section(ini, "station");
	IniSection *scanner = ini_section(ini, "scanner");
	IniSection *screen = ini_section(ini, "screen");

	config->ask_worker = ini_bool(station, "ask_operator", false);
	config->ask_work_order = ini_bool(station, "ask_work_order", false);
	config->scan = ini_choice(scanner, "scan", scans, SCAN_OFF);
	config->worker_prefix = g_strdup(ini_string(scanner, "operator_prefix", "OP:"));
	config->order_prefix = g_strdup(ini_string(scanner, "work_order_prefix", "WO:"));
	config->label_prefix = g_strdup(ini_string(scanner, "label_prefix", ""));
	if (*config->worker_prefix == '\0' || *config->order_prefix == '\0' ||
	    strcmp(config->worker_prefix, config->order_prefix) == 0)
		ini_complain(
			scanner, "operator_prefix",
			_("operator_prefix and work_order_prefix cannot be told apart, expected "
			  "two that differ"));
	config->language = g_strdup(languages[ini_choice(screen, "language", languages, 0)]);
	config->bell = g_strdup(bells[ini_choice(screen, "bell", bells, 1)]);
	config->colour = g_strdup(colours[ini_choice(screen, "colour", colours, 0)]);
}

/* Gives the path of the catalogue; free with g_free. */
static char *read_station(Config *config, Ini *ini, const char *dir)
{
	static const char *const starts[] = { "manual", "auto", NULL };
	IniSection *station = ini_section(ini, "station");
	IniSection *limits = ini_section(ini, "limits");
	IniSection *network = ini_section(ini, "network");
	g_autofree char *catalogue = read_name(station, "catalogue", "catalogue.ini");
	g_autofree char *database = read_name(station, "database", "station.db");

	config->station = read_name(station, "name", "station-1");
	config->line = read_name(station, "line", "line 1");
	config->database = g_canonicalize_filename(database, dir);
	config->auto_start = ini_choice(station, "start", starts, 1) == 1;
	config->shift_start_min = read_time(station, "shift_start", "06:00");
	config->max_flashing_per_hub = ini_uint(limits, "max_flashing_per_hub", 0, SLOTS_MAX, 0);
	config->max_radio = ini_uint(limits, "max_radio", 0, SLOTS_MAX, 0);
	config->tries = ini_uint(limits, "tries", 1, 10, 2);
	config->settle_ms = ini_uint(limits, "settle_ms", 100, 60000, 1500);
	config->apn = g_strdup(read_quotable(network, "apn", "internet"));
	config->apn_user = g_strdup(read_quotable(network, "apn_user", ""));
	read_front(config, ini);
	config_read_services(config, ini);
	ini_finish(ini, "[station], [limits], [network], [packages], [pfm], [scanner] or [screen]");
	return g_canonicalize_filename(catalogue, dir);
}

static void read_secrets(Config *config, const char *path, GPtrArray *complaints)
{
	g_autoptr(Ini) ini = NULL;
	IniSection *sim = NULL, *network = NULL;
	const char *pin;

	if (g_file_test(path, G_FILE_TEST_EXISTS))
		ini = ini_load_secret(path, complaints);
	if (ini) {
		sim = ini_section(ini, "sim");
		network = ini_section(ini, "network");
	}
	pin = ini_string(sim, "pin", "");
	if (*pin != '\0' &&
	    (strspn(pin, G_CSET_DIGITS) != strlen(pin) || strlen(pin) < 4 || strlen(pin) > 8))
		ini_complain(sim, "pin", _("pin is ***, expected 4 to 8 digits"));
	config->pin = secret_new(pin);
	config->apn_password = secret_new(read_quotable(network, "apn_password", ""));
	config_read_cloud_secrets(config, ini);
	if (ini)
		ini_finish(ini, "[sim], [network] or [cloud MODEL]");
}

/* auto, dtr:MS or rts:MS */
static void read_power_on(SlotConfig *slot, IniSection *section)
{
	const char *text = ini_string(section, "power_on", "auto");
	guint64 ms = 0;

	if (strcmp(text, "auto") == 0)
		return;
	slot->power_on = g_str_has_prefix(text, "dtr:") ? POWER_DTR : POWER_RTS;
	if ((slot->power_on == POWER_RTS && !g_str_has_prefix(text, "rts:")) ||
	    !g_ascii_string_to_unsigned(text + 4, 10, 1, 10000, &ms, NULL))
		ini_complain(section, "power_on",
			     _("power_on is \"%.20s\", expected auto, dtr:MS or rts:MS with 1 to "
			       "10000 milliseconds"),
			     text);
	slot->power_ms = ms;
}

/* Where the slot is in the fixture, as the screen shows it. */
static void read_place(SlotConfig *slot, IniSection *section, GHashTable *taken)
{
	const char *hub = ini_string(section, "hub", "");
	g_autofree char *place = NULL;
	const char *other;

	slot->row = ini_uint(section, "row", 1, PLACE_MAX, 0);
	slot->column = ini_uint(section, "column", 1, PLACE_MAX, 0);
	slot->hub = *hub ? g_strdup(hub) : NULL;
	if ((slot->row == 0) != (slot->column == 0))
		ini_complain(section, slot->row ? "row" : "column",
			     _("only one of row and column is there, expected both or neither"));
	if (slot->row == 0 || slot->column == 0)
		return;
	place = g_strdup_printf("row %u, column %u", slot->row, slot->column);
	other = g_hash_table_lookup(taken, place);
	if (other)
		ini_complain(section, "row",
			     _("row %u, column %u is slot %s already, expected one slot per place"),
			     slot->row, slot->column, other);
	else
		g_hash_table_insert(taken, (char *)g_intern_string(place), slot->label);
}

/* All slots of a fixture have a place on the screen, or none has. */
static void check_places(const Config *config, Ini *ini)
{
	guint placed = 0;

	for (guint i = 0; i < config->n_slots; i++)
		placed += config->slots[i].row > 0 && config->slots[i].column > 0;
	for (guint i = 0; placed > 0 && i < config->n_slots; i++)
		if (config->slots[i].row == 0 && config->slots[i].column == 0)
			ini_complain(
				ini_nth(ini, i), NULL,
				_("slot %s has no row and column, other slots have: expected them "
				  "for all or for none"),
				config->slots[i].label);
}

static void read_slot(SlotConfig *slot, IniSection *section, GHashTable *paths)
{
	const char *presences[PRESENCE_ALWAYS + 2] = { NULL };
	const char *path = ini_required(section, "path");
	const char *why, *other;

	for (guint i = PRESENCE_AUTO; i <= PRESENCE_ALWAYS; i++)
		presences[i] = presence_name(i);
	slot->label = g_strdup(ini_section_name(section));
	slot->path = g_strdup(path);
	slot->line = ini_section_line(section);
	slot->presence = ini_choice(section, "presence", presences, PRESENCE_AUTO);
	read_power_on(slot, section);
	slot->dtr = ini_bool(section, "dtr", true);
	slot->rts = ini_bool(section, "rts", true);
	read_place(slot, section, paths);
	if (g_utf8_strlen(slot->label, -1) > LABEL_CHARS_MAX)
		ini_complain(section, NULL,
			     _("label %.60s is too long, expected at most %d characters"),
			     slot->label, LABEL_CHARS_MAX);
	if (!path)
		return;
	other = g_hash_table_lookup(paths, path);
	if (!topo_slot_path(path, &why))
		ini_complain(section, "path", _("path is \"%.80s\", expected %s"), path, _(why));
	else if (other)
		ini_complain(section, "path",
			     _("path %s is slot %s already, expected one slot per path"), path,
			     other);
	else
		g_hash_table_insert(paths, slot->path, slot->label);
}

static void read_slots(Config *config, const char *path, GPtrArray *complaints)
{
	g_autoptr(Ini) ini = ini_load(path, complaints);
	g_autoptr(GHashTable) paths = g_hash_table_new(g_str_hash, g_str_equal);
	IniSection *section;

	if (!ini)
		return;
	while (ini_nth(ini, config->n_slots))
		config->n_slots++;
	if (config->n_slots == 0)
		complaints_add(complaints,
			       _("%s:1: names no slot, expected a section [LABEL] for each"), path);
	if (config->n_slots > SLOTS_MAX) {
		ini_complain(ini_nth(ini, SLOTS_MAX), NULL, _("more slots, expected at most %d"),
			     SLOTS_MAX);
		config->n_slots = SLOTS_MAX;
	}
	config->slots = g_new0(SlotConfig, config->n_slots);
	for (guint i = 0; i < config->n_slots; i++) {
		section = ini_nth(ini, i);
		config->slots[i].id = i;
		read_slot(&config->slots[i], section, paths);
	}
	check_places(config, ini);
	ini_finish(ini, "[LABEL]");
}

/* A file of the configuration into the sum over all of them; no such file holds a NUL, which
 * therefore ends each. */
static void add_to_sum(GChecksum *sum, const char *path)
{
	g_autofree char *bytes = NULL;
	gsize size = 0;

	if (g_file_get_contents(path, &bytes, &size, NULL))
		g_checksum_update(sum, (const guint8 *)bytes, size);
	g_checksum_update(sum, (const guint8 *)"", 1);
}

static void read_installed(Config *config, const ConfigKnows *knows, GPtrArray *complaints)
{
	const char *data = g_getenv("FOTA_STATION_DATA");
	g_autofree char *models = g_build_filename(data ? data : FOTA_DATADIR, "models", NULL);
	g_autofree char *roles = g_build_filename(data ? data : FOTA_DATADIR, "roles.ini", NULL);

	config->models = models_load(models, knows, complaints);
	config->roles = roles_load(roles, complaints);
}

static void read_everything(Config *config, const char *dir, const ConfigKnows *knows,
			    GPtrArray *complaints)
{
	g_autofree char *station = g_build_filename(dir, "station.ini", NULL);
	g_autofree char *slots = g_build_filename(dir, "slots.ini", NULL);
	g_autofree char *secrets = g_build_filename(dir, "secrets.ini", NULL);
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	g_autoptr(Ini) ini = ini_load(station, complaints);
	g_autofree char *catalogue = NULL;

	if (!ini)
		return;
	catalogue = read_station(config, ini, dir);
	read_slots(config, slots, complaints);
	read_installed(config, knows, complaints);
	if (config->models)
		config->catalog = catalog_open(catalogue, config->models, knows, complaints,
					       config->warnings);
	read_secrets(config, secrets, complaints);
	if (config->catalog)
		config_check_services(config, knows, station, ini, complaints);
	while (config->catalog && catalog_load_step(config->catalog, complaints))
		;
	add_to_sum(sum, station);
	add_to_sum(sum, slots);
	add_to_sum(sum, catalogue);
	g_strlcpy(config->sha256, g_checksum_get_string(sum), sizeof(config->sha256));
}

Config *config_load(const char *dir, const ConfigKnows *knows, GPtrArray *complaints)
{
	g_autoptr(Config) config = g_new0(Config, 1);
	g_autofree char *absolute = g_canonicalize_filename(dir, NULL);
	guint before = complaints->len;

	config->warnings = complaints_new();
	read_everything(config, absolute, knows, complaints);
	return complaints->len == before ? g_steal_pointer(&config) : NULL;
}
