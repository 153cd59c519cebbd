/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated SIMCom module's file commands: a file written block by block behind a prompt, each
 * block with a limit of its own. It does not know what the files are for. */
#include <stdlib.h>
#include <string.h>

#include "simcom.h"

#define BLOCK_MAX 10240
#define MS_MIN    100
#define MS_MAX    10000
#define ROOM      (2 * 1024 * 1024)
/* Room that is left in one that is full. */
#define ROOM_FULL 5000
/* So much of an upload is there when somebody pulls the unit. */
#define PULL_AT 6000

static void on_limit(void *data);

void simcom_file_init(Simcom *s)
{
	s->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					 (GDestroyNotify)g_bytes_unref);
	s->write.data = g_byte_array_new();
	s->write_timer = (RackTimer){ .fn = on_limit, .data = s };
}

void simcom_file_stop(Simcom *s)
{
	timer_stop(s->module->rack->clock, &s->write_timer);
	g_byte_array_set_size(s->write.data, 0);
	g_clear_pointer(&s->write.name, g_free);
	s->cfs_open = false;
}

void simcom_store(Simcom *s, char *name, GBytes *bytes)
{
	g_hash_table_insert(s->files, name, bytes);
}

static gsize size_of(Simcom *s, const char *name)
{
	GBytes *bytes = g_hash_table_lookup(s->files, name);

	return bytes ? g_bytes_get_size(bytes) : 0;
}

int simcom_cfsinit(Module *module, const AtCommand *command)
{
	Simcom *s = simcom_of(module);

	if (s->cloud || command->kind != AT_EXEC)
		return AT_ERROR;
	if (s->cfs_open)
		return 3;
	s->cfs_open = true;
	return AT_OK;
}

int simcom_cfsterm(Module *module, const AtCommand *command)
{
	Simcom *s = simcom_of(module);

	if (!s->cfs_open || command->kind != AT_EXEC)
		return 3;
	s->cfs_open = false;
	return AT_OK;
}

/* "1/update.zip" from an index and a name; NULL when one is missing. */
static char *take_name(const char **rest)
{
	g_autofree char *folder = at_arg(rest), *name = at_arg(rest);

	if (!folder || strlen(folder) != 1 || *folder < '0' || *folder > '3' || !name || !*name)
		return NULL;
	return g_strconcat(folder, "/", name, NULL);
}

int simcom_cfsgfis(Module *module, const AtCommand *command)
{
	Simcom *s = simcom_of(module);
	const char *rest = command->args;
	g_autofree char *name = command->kind == AT_SET ? take_name(&rest) : NULL;

	if (command->kind == AT_TEST)
		return AT_OK;
	if (!name || !s->cfs_open || !g_hash_table_contains(s->files, name))
		return 3;
	module_info(module, "+CFSGFIS: %" G_GSIZE_FORMAT, size_of(s, name));
	return AT_OK;
}

int simcom_cfsdfile(Module *module, const AtCommand *command)
{
	Simcom *s = simcom_of(module);
	const char *rest = command->args;
	g_autofree char *name = command->kind == AT_SET ? take_name(&rest) : NULL;

	if (!name || !s->cfs_open || !g_hash_table_remove(s->files, name))
		return 3;
	return AT_OK;
}

int simcom_cfsgfrs(Module *module, const AtCommand *command)
{
	Simcom *s = simcom_of(module);

	if (!s->cfs_open)
		return 3;
	module_info(module, "+CFSGFRS: %u", unit_has(module->unit, F_CFS_FULL) ? ROOM_FULL : ROOM);
	return AT_OK;
}

/* ---- writing ---- */

static void end_block(Simcom *s, int result)
{
	timer_stop(s->module->rack->clock, &s->write_timer);
	g_byte_array_set_size(s->write.data, 0);
	g_clear_pointer(&s->write.name, g_free);
	s->module->now = MODULE_READY;
	module_finish(s->module, result);
}

static bool loses_one(const Simcom *s)
{
	const Unit *unit = s->module->unit;

	return unit_has(unit, F_CFS_SHORT) || (unit_has(unit, F_CFS_SHORT_ONCE) && s->uploads == 1);
}

static void check_pulled(Simcom *s)
{
	Unit *unit = s->module->unit;
	gsize have = size_of(s, s->write.name) + s->write.data->len;

	if (have < PULL_AT || s->uploads != 1)
		return;
	if (unit_has(unit, F_UNPLUG_UPLOAD) && !unit->slot->handled)
		slot_pull(unit->slot, 0);
	else if (unit_has(unit, F_SWAP_UPLOAD) && !unit->slot->handled)
		slot_pull(unit->slot, 9000);
}

/* The block is complete. */
static void keep_block(Simcom *s)
{
	GBytes *old = s->write.append ? g_hash_table_lookup(s->files, s->write.name) : NULL;
	g_autoptr(GByteArray) whole = g_byte_array_new();

	if (old)
		g_byte_array_append(whole, g_bytes_get_data(old, NULL),
				    (guint)g_bytes_get_size(old));
	if (whole->len + s->write.data->len >
	    (unit_has(s->module->unit, F_CFS_FULL) ? ROOM_FULL : ROOM)) {
		end_block(s, AT_ERROR);
		return;
	}
	g_byte_array_append(whole, s->write.data->data,
			    s->write.data->len - (loses_one(s) && !s->write.append ? 1 : 0));
	simcom_store(s, g_strdup(s->write.name),
		     g_byte_array_free_to_bytes(g_steal_pointer(&whole)));
	end_block(s, AT_OK);
}

static void on_limit(void *data)
{
	Simcom *s = data;

	/* Some keep what came, and say that it was too little. */
	if (s->module->now == MODULE_DATA)
		end_block(s, s->module->unit->index % 2 ? AT_ERROR : 3);
}

gsize simcom_data(Module *module, const guint8 *bytes, gsize n)
{
	Simcom *s = simcom_of(module);
	gsize take = MIN(n, s->write.size - s->write.data->len);

	if (unit_has(module->unit, F_CFS_STALL) &&
	    size_of(s, s->write.name) + s->write.data->len >= 3000)
		return n;
	g_byte_array_append(s->write.data, bytes, (guint)take);
	check_pulled(s);
	if (s->write.data->len == s->write.size)
		keep_block(s);
	return MAX(take, 1);
}

/* AT+CFSWFILE=index,"name",mode,size,ms */
int simcom_cfswfile(Module *module, const AtCommand *command)
{
	Simcom *s = simcom_of(module);
	const char *rest = command->args;
	g_autofree char *prompt = g_strconcat(module->eol, "DOWNLOAD", module->eol, NULL);
	g_autofree char *name = NULL, *mode = NULL, *size = NULL, *ms = NULL;

	if (command->kind == AT_TEST) {
		module_info(module, "+CFSWFILE: (0-3),(1-230),(0-1),(1-10240),(100-10000)");
		return AT_OK;
	}
	if (command->kind != AT_SET || !s->cfs_open || unit_has(module->unit, F_CFS_REFUSED))
		return 3;
	name = take_name(&rest);
	mode = at_arg(&rest);
	size = at_arg(&rest);
	ms = at_arg(&rest);
	if (!name || !mode || !size || !ms || (strcmp(mode, "0") != 0 && strcmp(mode, "1") != 0) ||
	    atoi(size) < 1 || atoi(size) > BLOCK_MAX || atoi(ms) < MS_MIN || atoi(ms) > MS_MAX)
		return AT_ERROR;
	s->writes++;
	s->uploads += *mode == '0';
	g_free(s->write.name);
	s->write.name = g_steal_pointer(&name);
	s->write.append = *mode == '1';
	s->write.size = (gsize)atoi(size);
	module->now = MODULE_DATA;
	module_raw(module, prompt, strlen(prompt));
	/* Its host's to keep: real time. */
	timer_real(module->rack->clock, &s->write_timer, atoi(ms));
	return AT_LATER;
}
