/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated Quectel module's identity, network and power. It knows neither files nor updates:
 * those are in the other quectel files. */
#include "quectel.h"

#include <stdlib.h>
#include <string.h>

static int at_ati(Module *module, const AtCommand *command)
{
	Unit *unit = module->unit;

	if (command->kind != AT_EXEC)
		return strcmp(command->args, "0") == 0 ? AT_OK : AT_ERROR;
	if (unit_has(unit, F_ATI_SPACES))
		module_info(module, " %s\n %s_%s\n\n Revision: %s", unit->maker, "Quectel",
			    unit->model, unit->version);
	else
		module_info(module, "%s\n%s_%s\nRevision: %s", unit->maker, "Quectel", unit->model,
			    unit->version);
	return AT_OK;
}

/* The third line is the platform, not the firmware. */
static int at_cgmi(Module *module, const AtCommand *command)
{
	if (command->kind == AT_EXEC)
		module_info(module, "%s\nQuectel_%s\nRevision: MTK 0828", module->unit->maker,
			    module->unit->model);
	return AT_OK;
}

static int at_cgmm(Module *module, const AtCommand *command)
{
	if (command->kind == AT_EXEC)
		module_info(module, "Quectel_%s", module->unit->model);
	return AT_OK;
}

static int at_goi(Module *module, const AtCommand *command)
{
	if (command->kind == AT_EXEC)
		module_info(module, "%s", module->unit->model);
	return AT_OK;
}

static int at_cgmr(Module *module, const AtCommand *command)
{
	if (command->kind == AT_EXEC)
		module_info(module, "Revision: %s", module->unit->version);
	return AT_OK;
}

static int at_qgsn(Module *module, const AtCommand *command)
{
	if (!module->unit->imei_told_us)
		module->unit->imei_told_us = clock_now();
	if (command->kind == AT_EXEC)
		module_info(module, "+QGSN: \"%s\"", module->unit->imei_now);
	return AT_OK;
}

/* ---- network ---- */

static void on_network(void *data)
{
	Quectel *q = data;

	module_finish(q->module, q->network_result);
}

static int network_later(Module *module, double ms, int result)
{
	Quectel *q = quectel_of(module);

	q->network_result = result;
	timer_module(module->rack->clock, &q->network_timer, ms);
	return AT_LATER;
}

static bool network_there(const Module *module)
{
	return module_sim_ready(module) && module->unit->cfun == 1 &&
	       !unit_has(module->unit, F_NOT_REGISTERED);
}

static int at_qideact(Module *module, const AtCommand *command)
{
	Quectel *q = quectel_of(module);
	bool was = q->pdp;

	q->pdp = false;
	if (!was)
		return module->unit->index % 2 ? AT_ERROR : AT_OK;
	module_info(module, "DEACT OK");
	return network_later(module, rng_between(&module->rng, 300, 2000), AT_SILENT);
}

static int at_qiact(Module *module, const AtCommand *command)
{
	Quectel *q = quectel_of(module);
	bool bad = !network_there(module) || unit_has(module->unit, F_PDP_FAILS) ||
		   (unit_has(module->unit, F_PDP_ONCE) && q->pdp_tries == 0);

	if (command->kind != AT_EXEC)
		return AT_OK;
	q->pdp_tries++;
	q->pdp = !bad;
	return network_later(module, rng_between(&module->rng, 800, 4000), bad ? AT_ERROR : AT_OK);
}

static int at_qiregapp(Module *module, const AtCommand *command)
{
	return module_sim_ready(module) ? AT_OK : AT_ERROR;
}

static int at_accept(Module *module, const AtCommand *command)
{
	return AT_OK;
}

static const AtRow rows[] = {
	{ "I", AT_QUERY, at_ati },          { "+CGMI", AT_QUERY, at_cgmi },
	{ "+GMI", AT_QUERY, at_cgmi },      { "+CGMM", AT_QUERY, at_cgmm },
	{ "+GMM", AT_QUERY, at_cgmm },      { "+GOI", AT_QUERY, at_goi },
	{ "+CGMR", AT_QUERY, at_cgmr },     { "+GMR", AT_QUERY, at_cgmr },
	{ "+QGSN", AT_QUERY, at_qgsn },     { "+QIDEACT", 0, at_qideact },
	{ "+QIFGCNT", 0, at_accept },       { "+QICSGP", 0, at_accept },
	{ "+QIREGAPP", 0, at_qiregapp },    { "+QIACT", 0, at_qiact },
	{ "+QFUPL", 0, quectel_qfupl },     { "+QFDEL", 0, quectel_qfdel },
	{ "+QFLST", 0, quectel_qflst },     { "+QFLDS", 0, quectel_qflds },
	{ "+QFOTADL", 0, quectel_qfotadl },
};

/* ---- life ---- */

static gpointer quectel_create(Module *module)
{
	Quectel *q = g_new0(Quectel, 1);
	Rng rng = rng_fork(module->rack->seed, 8000 + module->unit->index);

	q->module = module;
	q->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					 (GDestroyNotify)g_bytes_unref);
	q->room = unit_has(module->unit, F_UFS_FULL) ? 3000 : rng_between(&rng, 400, 900) * 1024;
	q->spelling.http_space = rng_chance(&rng, 50);
	q->spelling.percent = rng_chance(&rng, 60);
	q->spelling.space = rng_chance(&rng, 50);
	q->spelling.from_zero = rng_chance(&rng, 50);
	q->spelling.stops_short = rng_chance(&rng, 40);
	q->network_timer = (RackTimer){ .fn = on_network, .data = q };
	if (unit_has(module->unit, F_FILE_EXISTS))
		g_hash_table_insert(q->files, g_strdup(QUECTEL_PACKAGE),
				    g_bytes_new_static("old", 3));
	quectel_upload_init(q);
	quectel_flash_init(q);
	quectel_fetch_init(q);
	return q;
}

static void quectel_stop(Quectel *q)
{
	quectel_upload_drop(q);
	quectel_flash_stop(q);
	quectel_fetch_stop(q);
	timer_stop(q->module->rack->clock, &q->network_timer);
	q->pdp = false;
}

static void quectel_destroy(gpointer state)
{
	Quectel *q = state;

	quectel_stop(q);
	g_hash_table_destroy(q->files);
	g_byte_array_unref(q->upload.data);
	g_free(q);
}

static bool quectel_power_on(Module *module)
{
	Quectel *q = quectel_of(module);

	if (!q->flash_pending)
		return false;
	quectel_flash_resume(module);
	return true;
}

static void quectel_power_off(Module *module)
{
	quectel_stop(quectel_of(module));
}

const Family family_quectel = {
	.name = "quectel",
	.rows = rows,
	.n_rows = G_N_ELEMENTS(rows),
	.create = quectel_create,
	.destroy = quectel_destroy,
	.power_on = quectel_power_on,
	.power_off = quectel_power_off,
	.data = quectel_data,
	.moved = quectel_data_moved,
};
