/* SPDX-License-Identifier: Apache-2.0 */
/* Strangers in the rack: a composite module of another vendor that says who it is and does nothing
 * more, and things that never answer. Nothing here can be updated. */
#include "module.h"

static int at_cgmi(Module *module, const AtCommand *command)
{
	if (command->kind == AT_EXEC)
		module_info(module, "%s", module->unit->maker);
	return AT_OK;
}

static int at_cgmm(Module *module, const AtCommand *command)
{
	if (command->kind == AT_EXEC)
		module_info(module, "%s", module->unit->model);
	return AT_OK;
}

static int at_cgmr(Module *module, const AtCommand *command)
{
	if (command->kind == AT_EXEC)
		module_info(module, "Revision:%s", module->unit->version);
	return AT_OK;
}

static int at_ati(Module *module, const AtCommand *command)
{
	if (command->kind == AT_EXEC)
		module_info(module, "%s R1351", module->unit->model);
	return AT_OK;
}

static const AtRow foreign_rows[] = {
	{ "I", AT_QUERY, at_ati },     { "+CGMI", AT_QUERY, at_cgmi },
	{ "+GMI", AT_QUERY, at_cgmi }, { "+CGMM", AT_QUERY, at_cgmm },
	{ "+GMM", AT_QUERY, at_cgmm }, { "+CGMR", AT_QUERY, at_cgmr },
	{ "+GMR", AT_QUERY, at_cgmr },
};

const Family family_foreign = {
	.name = "foreign",
	.rows = foreign_rows,
	.n_rows = G_N_ELEMENTS(foreign_rows),
};

static bool dead_power_on(Module *module)
{
	module->now = MODULE_HUNG;
	return true;
}

/* A dead module, or a bootloader, which takes no AT. */
const Family family_dead = {
	.name = "dead",
	.power_on = dead_power_on,
};

/* ---- what says what it is told ---- */

static bool echo_power_on(Module *module)
{
	module->now = MODULE_DATA;
	return true;
}

static gsize echo_data(Module *module, const guint8 *bytes, gsize n)
{
	module_raw(module, bytes, n);
	return n;
}

const Family family_echo = {
	.name = "echo",
	.power_on = echo_power_on,
	.data = echo_data,
};

/* ---- a receiver of satellites ---- */

/* How often it tells where it is. */
#define NMEA_MS 1000

static void on_nmea(void *data)
{
	static const char text[] =
		"$GNRMC,081836.00,A,3751.65000,S,14507.36000,E,0.004,,130998,,,A*62\r\n"
		"$GNGGA,081836.00,3751.65000,S,14507.36000,E,1,08,1.01,499.6,M,48.0,M,,*5B\r\n";
	Module *module = data;

	module_raw(module, text, sizeof(text) - 1);
	timer_real(module->rack->clock, &module->boot, NMEA_MS);
}

static bool gnss_power_on(Module *module)
{
	module->now = MODULE_DATA;
	module->boot.fn = on_nmea;
	timer_real(module->rack->clock, &module->boot, NMEA_MS);
	return true;
}

static gsize gnss_data(Module *module, const guint8 *bytes, gsize n)
{
	return n;
}

const Family family_gnss = {
	.name = "gnss",
	.power_on = gnss_power_on,
	.data = gnss_data,
};
