/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated Telit module's settings: those that an update erases, and those of the document's
 * table 9.1 that it keeps. It knows no update. */
#include <string.h>

#include "telit.h"

typedef struct {
	const char *name;
	const char *factory;
	/* What customers have set; the first is the factory's. NULL ends. */
	const char *found[4];
	bool kept; /* over an update */
	bool tail; /* reading adds what is now: ",1" */
} SettingRow;

/* clang-format off */
static const SettingRow rows[] = {
	{ "E", "1", { NULL }, false, false },
	{ "+CMEE", "0", { NULL }, false, false },
	{ "#AUTOATT", "1", { "1", "0" }, false, false },
	{ "+CGCLASS", "\"B\"", { "\"B\"", "\"CC\"", "\"CG\"" }, false, false },
	{ "#OTASUAN", "0,0", { NULL }, false, false },
	{ "&C", "1", { "1", "0" }, false, false },
	{ "&D", "0", { "0", "2" }, false, false },
	{ "&K", "3", { "3", "0" }, false, false },
	{ "+CNMI", "0,0,0,0,0", { "0,0,0,0,0", "2,1,0,0,0", "1,2,0,1,0" }, false, false },
	{ "+CMGF", "0", { "0", "1" }, false, false },
	{ "+CSCS", "\"IRA\"", { "\"IRA\"", "\"GSM\"", "\"8859-1\"" }, false, false },
	{ "+CREG", "0", { "0", "1", "2" }, false, true },
	{ "+CGREG", "0", { "0", "1" }, false, true },
	{ "#QSS", "0", { "0", "1", "2" }, false, true },
	{ "#SIMDET", "2", { "2", "1" }, false, true },
	{ "#SELINT", "2", { "2", "1" }, true, false },
	{ "#BND", "0", { "0", "3" }, true, false },
	{ "#AUTOBND", "0", { "0", "2" }, true, false },
	{ "#ENS", "0", { "0", "1" }, true, false },
	{ "#SMSMODE", "0", { "0", "1" }, true, false },
	{ "#COPSMODE", "0", { "0", "1" }, true, false },
	{ "#STIA", "0", { "0" }, true, false },
	{ "+WS46", "12", { "12", "25" }, true, false },
	{ "+CGDCONT", "1,\"IP\",\"\",\"\",0,0", { "1,\"IP\",\"internet\",\"\",0,0" }, true, false },
};
/* clang-format on */

static gint find_row(const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
		if (!g_ascii_strcasecmp(rows[i].name, name))
			return (gint)i;
	return -1;
}

static void assign(Setting *setting, const char *value)
{
	g_free(setting->now);
	setting->now = g_strdup(value);
}

const char *telit_setting(const Telit *t, const char *name)
{
	return t->settings[find_row(name)].now;
}

void telit_setting_set(Telit *t, const char *name, const char *value)
{
	Setting *setting = &t->settings[find_row(name)];

	assign(setting, value);
	if (!strcmp(value, setting->found))
		setting->put_back = true;
	rack_changed(t->module->rack);
}

/* Most customers have left most things as they were. */
static const char *draw_found(Telit *t, const SettingRow *row)
{
	const Unit *unit = t->module->unit;
	guint n = 0;

	if (!strcmp(row->name, "E"))
		return unit_has(unit, F_ECHO_OFF) ? "0" : "1";
	if (!strcmp(row->name, "+CMEE"))
		return unit_has(unit, F_VERBOSE_ERRORS) ? "2" : "0";
	if (!strcmp(row->name, "#OTASUAN"))
		return t->mode == 0 ? "0,0" : t->mode == 1 ? "1,0" : "2,1";
	while (n < G_N_ELEMENTS(row->found) && row->found[n])
		n++;
	return row->found[rng_chance(&t->rng, 60) ? 0 : rng_below(&t->rng, n)];
}

void telit_settings_init(Telit *t)
{
	t->settings = g_new0(Setting, G_N_ELEMENTS(rows));
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		t->settings[i].found = g_strdup(draw_found(t, &rows[i]));
		t->settings[i].now = g_strdup(t->settings[i].found);
	}
}

void telit_settings_free(Telit *t)
{
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_free(t->settings[i].now);
		g_free(t->settings[i].found);
	}
	g_free(t->settings);
}

void telit_settings_lose(Telit *t)
{
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (rows[i].kept)
			continue;
		assign(&t->settings[i], rows[i].factory);
		t->settings[i].put_back = false;
	}
	/* Which of its modes the firmware comes with differs. */
	t->mode = rng_chance(&t->rng, 70) ? 2 : 0;
	t->flush = 0;
	assign(&t->settings[find_row("#OTASUAN")], t->mode ? "2,0" : "0,0");
}

/* What a host sets for itself lasts until the next power-on, when the profile has its say: `now` is
 * the profile's. NULL for all others. */
static const char *session_value(const Telit *t, const SettingRow *row)
{
	static const char *const digits[] = { "0", "1", "2" };

	if (!strcmp(row->name, "E"))
		return digits[t->module->echo];
	return strcmp(row->name, "+CMEE") ? NULL : digits[t->module->cmee];
}

static void session_set(Telit *t, const char *name)
{
	gint i = find_row(name);

	if (!strcmp(session_value(t, &rows[i]), t->settings[i].found))
		t->settings[i].put_back = true;
	rack_changed(t->module->rack);
}

/* What a unit refuses to tell is to its host a setting that it does not have. */
static bool refused(const Telit *t, const SettingRow *row)
{
	g_autofree char *query = g_strconcat(row->name, "?", NULL);

	return trouble_refuses(t->module->unit->trouble, query);
}

char *telit_settings_lost(const Telit *t)
{
	g_autoptr(GString) names = g_string_new(NULL);

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		const Setting *setting = &t->settings[i];
		const char *session = session_value(t, &rows[i]);
		const char *now = session ? session : setting->now;

		/* Nobody can ask for these in a way that the document knows. */
		if (*rows[i].name == '&' || !strcmp(now, setting->found) || refused(t, &rows[i]) ||
		    (session && setting->put_back))
			continue;
		g_string_append_printf(names, "%s%s is %s, was %s", names->len ? "; " : "",
				       rows[i].name, now, setting->found);
	}
	return g_string_free(g_steal_pointer(&names), FALSE);
}

/* ---- commands ---- */

static const char *tail(Module *module, const char *name)
{
	bool sim = !unit_has(module->unit, F_NO_SIM), ready = module_sim_ready(module);

	if (!strcmp(name, "#QSS"))
		return !sim ? "0" : ready ? "3" : "1";
	if (!strcmp(name, "#SIMDET"))
		return sim ? "1" : "0";
	if (!ready || module->unit->cfun != 1)
		return "0";
	if (unit_has(module->unit, F_NOT_REGISTERED))
		return "2";
	return module->unit->index % 3 == 0 ? "5" : "1"; /* roaming is as good as home */
}

int telit_at_setting(Module *module, const AtCommand *command)
{
	Telit *t = telit_of(module);
	gint i = find_row(command->name);
	const char *value = t->settings[i].now;

	switch (command->kind) {
	case AT_TEST:
		module_info(module, "%s: (0-9)", rows[i].name);
		return AT_OK;
	case AT_READ:
		t->settings_read |= t->phase == PFM_IDLE && !module->unit->flashes &&
				    !strcmp(rows[i].name, "#AUTOATT");
		if (rows[i].tail)
			module_info(module, "%s: %s,%s", rows[i].name, value,
				    tail(module, rows[i].name));
		else
			module_info(module, "%s: %s", rows[i].name, value);
		return AT_OK;
	case AT_EXEC:
		if (*rows[i].name != '&')
			return AT_ERROR;
		telit_setting_set(t, rows[i].name, "0");
		return AT_OK;
	case AT_SET:
		if (!*command->args || !strcmp(command->args, ","))
			return AT_ERROR;
		telit_setting_set(t, rows[i].name, command->args);
		return AT_OK;
	}
	return AT_ERROR;
}

int telit_at_echo(Module *module, const AtCommand *command)
{
	bool on = command->kind == AT_SET && strcmp(command->args, "0") != 0;

	module->echo = on;
	session_set(telit_of(module), "E");
	return AT_OK;
}

int telit_at_cmee(Module *module, const AtCommand *command)
{
	int result = at_common(module, command);

	session_set(telit_of(module), "+CMEE");
	return result;
}

/* As the profile has it at power-on. */
void telit_settings_load(Telit *t, Module *module)
{
	module->echo = strcmp(telit_setting(t, "E"), "0") != 0;
	module->cmee = (guint)(*telit_setting(t, "+CMEE") - '0');
}
