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
		module_info(module, "SIM7100 R1351");
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
