/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated Quectel module's file commands: upload with acknowledgements, timeout, +++ and
 * checksum, as the file manual and public transcripts have them. It does not know what the files
 * are for. */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "quectel.h"

/* +++ counts as an escape when nothing comes this long before and after it: real time, as it is the
 * host's to keep. */
#define GUARD_MS   500
#define BLOCK      1024
#define BYTE_ACKED 'A'

static const int codes_not_found[] = { 3919, 4010 };
static const int codes_exists[] = { 3921, 4012, 407 };

static void on_upload_timer(void *data);

void quectel_upload_init(Quectel *q)
{
	q->upload.data = g_byte_array_new();
	q->upload_timer = (RackTimer){ .fn = on_upload_timer, .data = q };
}

void quectel_upload_drop(Quectel *q)
{
	timer_stop(q->module->rack->clock, &q->upload_timer);
	g_byte_array_set_size(q->upload.data, 0);
	g_clear_pointer(&q->upload.name, g_free);
}

static gsize used_room(Quectel *q)
{
	GHashTableIter iter;
	gpointer bytes;
	gsize used = 0;

	g_hash_table_iter_init(&iter, q->files);
	while (g_hash_table_iter_next(&iter, NULL, &bytes))
		used += g_bytes_get_size(bytes);
	return MIN(used, q->room);
}

/* XOR of big-endian 16-bit words; an odd last byte is the high half. */
static guint16 checksum(const guint8 *data, gsize n)
{
	guint sum = 0;

	for (gsize i = 0; i < n; i++)
		sum ^= i % 2 ? data[i] : (guint)data[i] << 8;
	return (guint16)sum;
}

static bool spoiled(const Quectel *q, FaultId always, FaultId once)
{
	return unit_has(q->module->unit, always) ||
	       (unit_has(q->module->unit, once) && q->uploads == 1);
}

static void upload_end(Quectel *q)
{
	Module *module = q->module;
	gsize n = q->upload.data->len;
	guint sum;

	timer_stop(module->rack->clock, &q->upload_timer);
	if (spoiled(q, F_UPLOAD_SHORT, F_UPLOAD_SHORT_ONCE) && n > 100)
		n -= rng_between(&module->rng, 1, 99);
	g_hash_table_insert(q->files, g_strdup(q->upload.name),
			    g_bytes_new(q->upload.data->data, n));
	sum = checksum(q->upload.data->data, n);
	if (spoiled(q, F_UPLOAD_BAD_SUM, F_UPLOAD_BAD_SUM_ONCE))
		sum ^= 0x1040;
	module->now = MODULE_READY;
	if (module->unit->index % 2)
		module_info(module, "+QFUPL: %" G_GSIZE_FORMAT ",%X", n, sum);
	else
		module_info(module, "+QFUPL: %" G_GSIZE_FORMAT ",%x", n, sum);
	quectel_upload_drop(q);
	module_finish(module, AT_OK);
}

/* The data did not come, or an escape is complete. */
static void on_upload_timer(void *data)
{
	Quectel *q = data;
	Module *module = q->module;

	if (module->now != MODULE_DATA)
		return;
	if (q->upload.plus == 3)
		g_byte_array_set_size(q->upload.data, q->upload.data->len - 3);
	/* Half of them say that it was short, the others that it took too long. */
	if (q->upload.plus == 3 || module->unit->index % 4 < 2) {
		upload_end(q);
		return;
	}
	quectel_upload_drop(q);
	module->now = MODULE_READY;
	module_finish(module, 4009);
}

static void watch_silence(Quectel *q)
{
	timer_real(q->module->rack->clock, &q->upload_timer, q->upload.timeout_s * 1000.0);
}

static void connected(Module *module)
{
	Quectel *q = quectel_of(module);
	g_autofree char *prompt = g_strconcat(module->eol, "CONNECT", module->eol, NULL);

	module->now = MODULE_DATA;
	module_raw(module, prompt, strlen(prompt));
	q->upload.last_byte_us = clock_now();
	watch_silence(q);
}

/* +++ ends the upload: for some at once, for others only with a pause on both sides. true: it is
 * over. */
static bool saw_escape(Quectel *q, guint8 byte)
{
	const Unit *unit = q->module->unit;
	gint64 now = clock_now();

	if (byte != '+') {
		q->upload.plus = 0;
		return false;
	}
	if (q->upload.plus++ == 0)
		q->upload.plus_before_us = now - q->upload.last_byte_us;
	if (q->upload.plus != 3)
		return false;
	if (unit_has(unit, F_PLUS_RAW))
		return true;
	if (unit_has(unit, F_PLUS_GUARD) && q->upload.plus_before_us > GUARD_MS * 1000)
		timer_real(q->module->rack->clock, &q->upload_timer, GUARD_MS);
	return false;
}

static void take_byte(Quectel *q, guint8 byte)
{
	Module *module = q->module;
	gsize n = q->upload.data->len;

	if (spoiled(q, F_BYTE_LOSS, F_BYTE_LOSS_ONCE) && !q->upload.lost_one &&
	    n == q->upload.size / 2) {
		q->upload.lost_one = true;
		return;
	}
	g_byte_array_append(q->upload.data, &byte, 1);
	if (q->upload.ack && q->upload.data->len % BLOCK == 0) {
		guint8 ack = BYTE_ACKED;

		module_raw(module, &ack, 1);
	}
}

static void check_pulled(Quectel *q)
{
	Unit *unit = q->module->unit;

	if (q->upload.data->len * 2 < q->upload.size)
		return;
	if (unit_has(unit, F_UNPLUG_SECOND) && unit->flashes == 1)
		slot_pull(unit->slot, 0);
	if (q->uploads != 1)
		return;
	if (unit_has(unit, F_UNPLUG_UPLOAD))
		slot_pull(unit->slot, 0);
	else if (unit_has(unit, F_SWAP_UPLOAD))
		slot_pull(unit->slot, 9000);
	else if (unit_has(unit, F_UNPLUG_TWO) || unit_has(unit, F_UNPLUG_HUB))
		slot_pull_together(unit->slot, unit_has(unit, F_UNPLUG_HUB));
}

static bool takes_no_more(const Quectel *q)
{
	const Unit *unit = q->module->unit;
	gsize len = q->upload.data->len;

	if (unit_has(unit, F_UPLOAD_STALL))
		return len >= q->upload.size / 3;
	/* It waits for those that are to leave with it. */
	return (unit_has(unit, F_UNPLUG_TWO) || unit_has(unit, F_UNPLUG_HUB)) && q->uploads == 1 &&
	       len * 2 >= q->upload.size;
}

gsize quectel_data(Module *module, const guint8 *bytes, gsize n)
{
	Quectel *q = quectel_of(module);

	for (gsize i = 0; i < n; i++) {
		if (takes_no_more(q)) {
			check_pulled(q);
			return n;
		}
		take_byte(q, bytes[i]);
		if (saw_escape(q, bytes[i])) {
			g_byte_array_set_size(q->upload.data, q->upload.data->len - 3);
			upload_end(q);
			return i + 1;
		}
		if (q->upload.data->len == q->upload.size) {
			upload_end(q);
			return i + 1;
		}
	}
	q->upload.last_byte_us = clock_now();
	if (q->upload.plus != 3)
		watch_silence(q);
	check_pulled(q);
	return n;
}

/* A host that drops DTR in an upload has left. */
void quectel_data_moved(Module *module, guint lines)
{
	Quectel *q = quectel_of(module);

	if (module->now == MODULE_DATA && !(lines & TIOCM_DTR))
		upload_end(q);
}

int quectel_qfupl(Module *module, const AtCommand *command)
{
	Quectel *q = quectel_of(module);
	const char *rest = command->args;
	g_autofree char *name = NULL, *size = NULL, *timeout = NULL, *ack = NULL;

	if (command->kind == AT_TEST) {
		module_info(module, "+QFUPL: \"file name\",<filesize> ,(1-65535),(0,1)");
		return AT_OK;
	}
	if (command->kind != AT_SET)
		return AT_ERROR;
	name = at_arg(&rest);
	size = at_arg(&rest);
	timeout = at_arg(&rest);
	ack = at_arg(&rest);
	if (!name || !*name || (ack && strcmp(ack, "0") != 0 && strcmp(ack, "1") != 0))
		return 4013;
	if (g_hash_table_contains(q->files, name))
		return codes_exists[module->unit->index % G_N_ELEMENTS(codes_exists)];
	q->upload.size = size ? (gsize)g_ascii_strtoull(size, NULL, 10) : 10240;
	q->upload.timeout_s = timeout ? (guint)CLAMP(atoi(timeout), 1, 65535) : 5;
	q->upload.ack = ack && *ack == '1';
	if (!q->upload.size)
		return 4013;
	if (q->upload.size > q->room - used_room(q))
		return module->unit->index % 2 ? 3916 : 4008;
	g_free(q->upload.name);
	q->upload.name = g_steal_pointer(&name);
	q->upload.lost_one = false;
	q->upload.plus = 0;
	q->uploads++;
	connected(module);
	return AT_LATER;
}

int quectel_qfdel(Module *module, const AtCommand *command)
{
	Quectel *q = quectel_of(module);
	const char *rest = command->args;
	g_autofree char *name = command->kind == AT_SET ? at_arg(&rest) : NULL;

	if (command->kind == AT_TEST)
		return AT_OK;
	if (!name)
		return 4013;
	/* Deletes nothing, but says OK: the upload then finds the file. */
	if (unit_has(module->unit, F_FILE_EXISTS) && q->deletions++ == 0)
		return module->unit->index % 2 ? AT_OK : 3924;
	if (!strcmp(name, "*")) {
		g_hash_table_remove_all(q->files);
		return AT_OK;
	}
	if (!g_hash_table_remove(q->files, name))
		return codes_not_found[module->unit->index % G_N_ELEMENTS(codes_not_found)];
	return AT_OK;
}

int quectel_qflst(Module *module, const AtCommand *command)
{
	Quectel *q = quectel_of(module);
	const char *rest = command->args;
	g_autofree char *wanted = command->kind == AT_SET ? at_arg(&rest) : NULL;
	GHashTableIter iter;
	gpointer name, bytes;
	guint found = 0;

	if (command->kind == AT_TEST)
		return AT_OK;
	g_hash_table_iter_init(&iter, q->files);
	while (g_hash_table_iter_next(&iter, &name, &bytes)) {
		if (wanted && strcmp(wanted, "*") != 0 && strcmp(wanted, name) != 0)
			continue;
		module_info(module, "+QFLST: \"%s\",%" G_GSIZE_FORMAT, (char *)name,
			    g_bytes_get_size(bytes));
		found++;
	}
	if (!found && wanted)
		return codes_not_found[module->unit->index % G_N_ELEMENTS(codes_not_found)];
	return AT_OK;
}

int quectel_qflds(Module *module, const AtCommand *command)
{
	Quectel *q = quectel_of(module);

	if (command->kind == AT_TEST) {
		module_info(module, "+QFLDS: (\"UFS\",\"RAM\",\"SD\")");
		return AT_OK;
	}
	module_info(module, "+QFLDS: %" G_GSIZE_FORMAT ",%" G_GSIZE_FORMAT, q->room - used_room(q),
		    MAX(q->room, 409600));
	return AT_OK;
}
