/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated Telit module's identity, SIM and power, and which of its commands work when. It
 * knows neither its settings nor the update service: those are in the other telit files. */
#include "telit.h"

#include <string.h>

#define CME_NO_SIM   10
#define CME_PIN      11
#define CME_PUK      12
#define CME_PASSWORD 16
#define CME_NOT_NOW  3

/* The name that the catalogue has, and which of its variants it is. */
static char *variant(const Unit *unit)
{
	static const struct {
		const char *model, *suffixes[4];
	} variants[] = {
		{ "HE910", { "-EUD", "-NAD", "-GA", "" } },
		{ "GL868", { "-DUAL", "-DUAL", "-DUAL", "-DUAL" } },
		{ "GE", { "-QUAD", "-QUAD", "-QUAD", "-QUAD" } },
	};

	for (guint i = 0; i < G_N_ELEMENTS(variants); i++)
		if (g_str_has_prefix(unit->model, variants[i].model))
			return g_strconcat(unit->model, variants[i].suffixes[unit->index % 4],
					   NULL);
	return g_strdup(unit->model);
}

static int at_ati(Module *module, const AtCommand *command)
{
	const Unit *unit = module->unit;
	g_autofree char *name = variant(unit);

	if (command->kind == AT_EXEC || !strcmp(command->args, "0"))
		module_info(module, "332");
	else if (!strcmp(command->args, "3"))
		module_info(module, "%s", unit->maker);
	else if (!strcmp(command->args, "4"))
		module_info(module, "%s", name);
	else if (strcmp(command->args, "1") != 0 && strcmp(command->args, "2") != 0)
		return AT_ERROR;
	return AT_OK;
}

/* The commands that begin with # answer with their own name. */
static int tell(Module *module, const AtCommand *command, const char *text)
{
	if (command->kind != AT_EXEC)
		return command->kind == AT_TEST ? AT_OK : AT_ERROR;
	if (*command->name == '#')
		module_info(module, "%s: %s", command->name, text);
	else
		module_info(module, "%s", text);
	return AT_OK;
}

static int at_cgmi(Module *module, const AtCommand *command)
{
	return tell(module, command, module->unit->maker);
}

static int at_cgmm(Module *module, const AtCommand *command)
{
	g_autofree char *name = variant(module->unit);

	return tell(module, command, name);
}

static int at_cgmr(Module *module, const AtCommand *command)
{
	return tell(module, command, module->unit->version);
}

static int at_cgsn(Module *module, const AtCommand *command)
{
	if (!module->unit->imei_told_us)
		module->unit->imei_told_us = clock_now();
	return tell(module, command, module->unit->imei_now);
}

static int at_portcfg(Module *module, const AtCommand *command)
{
	if (command->kind == AT_READ)
		module_info(module, "#PORTCFG: 0,0");
	return command->kind == AT_EXEC ? AT_ERROR : AT_OK;
}

static int at_accept(Module *module, const AtCommand *command)
{
	return AT_OK;
}

/* ---- SIM ---- */

static bool blocked(const Telit *t)
{
	return t->pin_left == 0;
}

static int at_cpin(Module *module, const AtCommand *command)
{
	Telit *t = telit_of(module);
	const char *rest = command->args;
	g_autofree char *pin = NULL;
	bool right;

	if (unit_has(module->unit, F_NO_SIM))
		return CME_NO_SIM;
	if (command->kind == AT_READ && blocked(t)) {
		module_info(module, "+CPIN: SIM PUK");
		return AT_OK;
	}
	if (command->kind != AT_SET)
		return at_common(module, command);
	if (module_sim_ready(t->module))
		return CME_NOT_NOW;
	if (blocked(t))
		return CME_PUK;
	pin = telit_arg(&rest);
	right = !strcmp(pin, TELIT_PIN) && !unit_has(module->unit, F_PIN_WRONG);
	t->pin_left = right ? TELIT_TRIES : t->pin_left - 1;
	t->pin_wrong += !right;
	rack_changed(module->rack);
	if (!right)
		return CME_PASSWORD;
	module->unit->module->pin_done = true;
	if (module->unit->second)
		module->unit->second->pin_done = true;
	return AT_OK;
}

static int at_pct(Module *module, const AtCommand *command)
{
	if (unit_has(module->unit, F_NO_SIM))
		return CME_NO_SIM;
	if (command->kind != AT_TEST)
		module_info(module, "#PCT: %u", telit_of(module)->pin_left);
	return AT_OK;
}

static int at_cimi(Module *module, const AtCommand *command)
{
	if (unit_has(module->unit, F_NO_SIM))
		return CME_NO_SIM;
	return module_sim_ready(module) ? tell(module, command, module->unit->imsi) : CME_PIN;
}

static int at_ccid(Module *module, const AtCommand *command)
{
	if (unit_has(module->unit, F_NO_SIM))
		return CME_NO_SIM;
	return tell(module, command, module->unit->iccid);
}

/* Many SIMs do not know their own number. */
static int at_cnum(Module *module, const AtCommand *command)
{
	const Unit *unit = module->unit;

	if (unit_has(unit, F_NO_SIM))
		return CME_NO_SIM;
	if (!module_sim_ready(module))
		return CME_PIN;
	if (command->kind == AT_EXEC && unit->index % 2)
		module_info(module, "+CNUM: \"\",\"+86139%s\",145",
			    unit->imsi + strlen(unit->imsi) - 8);
	return AT_OK;
}

/* ---- which commands work ---- */

static bool is_inhibited(const AtCommand *command)
{
	static const char *const names[] = {
		"#GPRS", "#SGACT", "+CGATT", "+CGACT", "D", "+CGCLASS"
	};

	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		if (!g_ascii_strcasecmp(names[i], command->name))
			return true;
	return command->kind == AT_SET &&
	       ((!g_ascii_strcasecmp("+COPS", command->name) && *command->args == '2') ||
		(!g_ascii_strcasecmp("+CFUN", command->name) && *command->args == '4'));
}

/* What a module that is frozen until its server knows answers all the same. */
static bool is_let_through(const AtCommand *command)
{
	static const char *const names[] = { "",      "E",    "+CMEE", "#OTASUAN",
					     "+CPIN", "#PCT", "+GSN",  "+CGSN" };

	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		if (!g_ascii_strcasecmp(names[i], command->name))
			return true;
	return false;
}

static int telit_gate(Module *module, const AtCommand *command)
{
	Telit *t = telit_of(module);

	if (telit_inhibits(t) && is_inhibited(command)) {
		module->unit->forbidden++;
		rack_changed(module->rack);
		return CME_NOT_NOW;
	}
	if (t->phase == PFM_NOTIFYING && unit_has(module->unit, F_FROZEN_AFTER) &&
	    !is_let_through(command))
		return AT_SILENT;
	return AT_OK;
}

/* clang-format off */
static const AtRow rows[] = {
	{ "I", AT_QUERY, at_ati },
	{ "+CGMI", AT_QUERY, at_cgmi }, { "+GMI", AT_QUERY, at_cgmi }, { "#CGMI", AT_QUERY, at_cgmi },
	{ "+CGMM", AT_QUERY, at_cgmm }, { "+GMM", AT_QUERY, at_cgmm }, { "#CGMM", AT_QUERY, at_cgmm },
	{ "+CGMR", AT_QUERY, at_cgmr }, { "+GMR", AT_QUERY, at_cgmr }, { "#CGMR", AT_QUERY, at_cgmr },
	{ "#CGSN", AT_QUERY, at_cgsn },
	{ "#CIMI", AT_QUERY, at_cimi }, { "#CCID", AT_QUERY, at_ccid },
	{ "+CPIN", AT_QUERY, at_cpin }, { "#PCT", AT_QUERY, at_pct },
	{ "+CNUM", AT_QUERY, at_cnum },
	{ "#PORTCFG", AT_QUERY, at_portcfg },
	{ "#OTASUAN", AT_QUERY, telit_at_otasuan }, { "#OTASNAP", AT_QUERY, telit_at_otasnap },
	{ "#OTASNAPIPCFG", AT_QUERY, telit_at_otasnapipcfg },
	{ "#OTASNAPIP", AT_QUERY, telit_at_otasnapip },
	{ "#OTAIPCFG", AT_QUERY, telit_at_otaipcfg },
	{ "#OTAIPUPD", 0, telit_at_otaipupd },
	{ "E", 0, telit_at_echo }, { "+CMEE", AT_QUERY, telit_at_cmee },
	{ "#AUTOATT", AT_QUERY, telit_at_setting }, { "+CGCLASS", AT_QUERY, telit_at_setting },
	{ "&C", 0, telit_at_setting }, { "&D", 0, telit_at_setting }, { "&K", 0, telit_at_setting },
	{ "+CNMI", AT_QUERY, telit_at_setting }, { "+CMGF", AT_QUERY, telit_at_setting },
	{ "+CSCS", AT_QUERY, telit_at_setting }, { "+CREG", AT_QUERY, telit_at_setting },
	{ "+CGREG", AT_QUERY, telit_at_setting }, { "#QSS", AT_QUERY, telit_at_setting },
	{ "#SIMDET", AT_QUERY, telit_at_setting }, { "#SELINT", AT_QUERY, telit_at_setting },
	{ "#BND", AT_QUERY, telit_at_setting }, { "#AUTOBND", AT_QUERY, telit_at_setting },
	{ "#ENS", AT_QUERY, telit_at_setting }, { "#SMSMODE", AT_QUERY, telit_at_setting },
	{ "#COPSMODE", AT_QUERY, telit_at_setting }, { "#STIA", AT_QUERY, telit_at_setting },
	{ "+WS46", AT_QUERY, telit_at_setting }, { "+CGDCONT", AT_QUERY, telit_at_setting },
	{ "#GPRS", 0, at_accept }, { "#SGACT", 0, at_accept }, { "+CGATT", 0, at_accept },
	{ "+CGACT", 0, at_accept }, { "D", 0, at_accept },
};
/* clang-format on */

/* ---- life ---- */

static gpointer telit_create(Module *module)
{
	static const char *const upgraded[] = { "Module Upgraded To New FW",
						"Module Upgraded To New Fw" };
	static const char *const notified[] = { "Server notified about successfull FW Upgrade",
						"Server notified about successful FW Upgrade",
						"Server notified about success FW Upgrade" };
	Unit *unit = module->unit;
	Telit *t;

	/* Both AT ports are of one module. */
	if (unit->module) {
		telit_of(unit->module)->ports++;
		return unit->module->state;
	}
	t = g_new0(Telit, 1);
	t->ports = 1;
	t->module = module;
	t->rng = rng_fork(module->rack->seed, 8000 + unit->index);
	t->words.upgraded = upgraded[rng_below(&t->rng, G_N_ELEMENTS(upgraded))];
	t->words.notified = notified[rng_below(&t->rng, G_N_ELEMENTS(notified))];
	t->pin_left = unit_has(unit, F_PIN_ONE_LEFT) ? 1 : TELIT_TRIES;
	t->found_baud = unit->fixed_baud;
	telit_pfm_init(t);
	telit_settings_init(t);
	telit_flash_init(t);
	return t;
}

static void telit_destroy(gpointer state)
{
	Telit *t = state;

	/* Its modules may be gone: they were switched off before, so that nothing is under way. */
	if (--t->ports)
		return;
	telit_pfm_free(t);
	telit_settings_free(t);
	g_free(t);
}

static bool telit_power_on(Module *module)
{
	Telit *t = telit_of(module);

	if (module == t->module)
		return telit_resume(t);
	if (t->phase != PFM_FLASHING)
		return false;
	module->now = MODULE_UPDATER;
	return true;
}

static void telit_power_off(Module *module)
{
	Telit *t = telit_of(module);

	if (module != t->module)
		return;
	telit_flash_stop(t);
	telit_pfm_stop(t);
}

/* These modules say nothing of their own when they have booted. */
static void telit_quiet(Module *module)
{
}

static void telit_up(Module *module)
{
	Telit *t = telit_of(module);

	telit_settings_load(t, module);
	if (module != t->module)
		return;
	telit_flash_up(t);
	telit_pfm_up(t);
}

/* ---- truth ---- */

static char *settings_lost(const Unit *unit)
{
	const Telit *t = telit_of(unit->module);
	g_autofree char *lost = telit_settings_lost(t);

	if (unit->fixed_baud == t->found_baud)
		return g_steal_pointer(&lost);
	return g_strdup_printf("+IPR is %u, was %u; %s", unit->fixed_baud, t->found_baud, lost);
}

/* What was flashed has the settings that it came with, as far as anybody could know them. */
static bool telit_good(const Unit *unit)
{
	g_autofree char *lost = settings_lost(unit);

	return !unit->flashes || unit->fault == F_ALREADY_UPDATING || !*lost;
}

static bool telit_known(const Unit *unit)
{
	return telit_of(unit->module)->settings_read;
}

static void telit_tell(const Unit *unit, JsonBuilder *json)
{
	const Telit *t = telit_of(unit->module);
	g_autofree char *lost = settings_lost(unit);
	const struct {
		const char *name;
		gint64 value;
	} numbers[] = {
		{ "registrations", t->registrations }, { "requests", t->requests },
		{ "downloads", t->downloads },         { "pin_wrong", t->pin_wrong },
		{ "sim_blocked", blocked(t) },         { "phase", t->phase },
	};

	json_builder_set_member_name(json, "settings_lost");
	json_builder_add_string_value(json, lost);
	for (guint i = 0; i < G_N_ELEMENTS(numbers); i++) {
		json_builder_set_member_name(json, numbers[i].name);
		json_builder_add_int_value(json, numbers[i].value);
	}
}

const Family family_telit = {
	.name = "telit",
	.rows = rows,
	.n_rows = G_N_ELEMENTS(rows),
	.create = telit_create,
	.destroy = telit_destroy,
	.power_on = telit_power_on,
	.power_off = telit_power_off,
	.up = telit_up,
	.booted = telit_quiet,
	.settled = telit_quiet,
	.gate = telit_gate,
	.good = telit_good,
	.known = telit_known,
	.tell = telit_tell,
};
