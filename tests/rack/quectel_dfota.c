/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated Quectel module's update: AT+QFOTADL, the flash with its reports in every spelling
 * of the document, power cuts and what goes wrong. It does not know where the package came from. */
#include <stdlib.h>
#include <string.h>

#include "quectel.h"

#define CODE_PARAMETER 6501
#define CODE_NOT_EXIST 6506
#define CODE_PACKAGE   6507
#define CODE_FAILED    6508
#define URL_MAX        255
/* From 0 to 100 percent, in module time. */
#define FLASH_MS 45000

static void on_flash(void *data);
static void on_start(void *data);

void quectel_flash_init(Quectel *q)
{
	q->flash_timer = (RackTimer){ .fn = on_flash, .data = q };
	q->start_timer = (RackTimer){ .fn = on_start, .data = q };
	if (!unit_has(q->module->unit, F_ALREADY_UPDATING))
		return;
	/* Power was lost in another place: it goes on as soon as it is put in. */
	q->flash_pending = true;
	q->flash.percent = 11;
	g_strlcpy(q->flash.to, q->module->unit->target, sizeof(q->flash.to));
}

/* ---- reports ---- */

/* At another speed it is noise. */
static void note_heard(Module *module)
{
	module->unit->heard |= module->unit->flashing && module->line &&
			       line_is_open(module->line) &&
			       line_host_speed(module->line) == module->baud;
}

void quectel_qind(Module *module, const char *what)
{
	note_heard(module);
	module_line(module, "+QIND: \"FOTA\",\"%s\"", what);
}

void quectel_qind_number(Module *module, const char *what, guint n, bool percent)
{
	const Spelling *s = &quectel_of(module)->spelling;
	g_autofree char *text =
		g_strdup_printf("+QIND: \"FOTA\",\"%s\",%s%u%s", what, s->space ? " " : "", n,
				percent && s->percent ? "%" : "");

	if (percent && unit_has(module->unit, F_TRUNCATED_QIND) && rng_chance(&module->rng, 25))
		text[rng_between(&module->rng, 7, (guint)strlen(text) - 1)] = '\0';
	note_heard(module);
	module_line(module, "%s", text);
}

/* ---- the flash ---- */

static void flash_in(Quectel *q, double ms)
{
	timer_module(q->module->rack->clock, &q->flash_timer, ms);
}

static void apply(Quectel *q)
{
	Unit *unit = q->module->unit;

	q->flash_pending = false;
	g_hash_table_remove(q->files, QUECTEL_PACKAGE);
	unit_flashed(unit, q->flash.to);
}

/* Restarts, but not before its last report is out. */
static void flash_leave(Quectel *q)
{
	Module *module = q->module;

	q->flash.over = true;
	flash_in(q, (module->line ? line_backlog_ms(module->line) : 0) + 900);
}

static void flash_end(Quectel *q)
{
	Module *module = q->module;
	Unit *unit = module->unit;

	if (q->flash.failed) {
		q->flash_pending = false;
		quectel_qind_number(module, "END", (guint)q->flash.error, false);
		unit->flashing = false;
		rack_changed(module->rack);
		/* Some go on at once with the firmware they have, some restart. */
		if (unit->index % 2)
			module->now = MODULE_READY;
		else
			flash_leave(q);
		return;
	}
	apply(q);
	quectel_qind_number(module, "END", 0, false);
	rack_changed(module->rack);
	if (unit_has(unit, F_NEVER_RETURNS)) {
		module->now = MODULE_HUNG;
		return;
	}
	flash_leave(q);
}

static bool flash_interrupted(Quectel *q)
{
	Module *module = q->module;
	Unit *unit = module->unit;

	if (flash_loses_power(unit, &q->flash.cut_at, q->flash.percent))
		return true;
	if (q->flash.reboot_at && q->flash.percent >= q->flash.reboot_at) {
		q->flash.reboot_at = 0;
		module_raw(module, "\0\xff\r\nRDY\r\n", 9);
		flash_in(q, 6000);
		return true;
	}
	return flash_meets_hands(unit, q->flash.percent);
}

static void on_flash(void *data)
{
	Quectel *q = data;
	Module *module = q->module;
	guint step = rng_between(&module->rng, 1, 9);
	guint last = q->spelling.stops_short ? 97 : 100;

	if (q->flash.over) {
		module_reboot(module, 500);
		return;
	}
	if (unit_has(module->unit, F_SILENT_FLASH)) {
		module->now = MODULE_HUNG;
		return;
	}
	if (!q->flash.started) {
		/* The updater runs now, at the speed that the document promises. */
		module_set_speed(module,
				 module->unit->fixed_baud ? module->unit->fixed_baud : 115200);
		quectel_qind(module, "START");
		if (q->spelling.from_zero)
			quectel_qind_number(module, "UPDATING", q->flash.percent, true);
		q->flash.started = true;
		flash_in(q, 1500);
		return;
	}
	if (q->flash.percent >= last || (q->flash.failed && q->flash.percent > 40)) {
		flash_end(q);
		return;
	}
	q->flash.percent = MIN(q->flash.percent + step, last);
	quectel_qind_number(module, "UPDATING", q->flash.percent, true);
	if (!flash_interrupted(q))
		flash_in(q, FLASH_MS * step / 100.0);
}

static void flash_begin(Quectel *q)
{
	Module *module = q->module;

	q->flash_pending = true;
	q->flash.started = false;
	module->now = MODULE_UPDATER;
	module->unit->flashing = true;
	g_string_truncate(module->command, 0);
	rack_changed(module->rack);
}

void quectel_flash_resume(Module *module)
{
	Quectel *q = quectel_of(module);

	/* START again, then on from where it was. */
	flash_begin(q);
	/* In real time: a host may wait a while before it opens a tty that has just come. */
	timer_real(module->rack->clock, &q->flash_timer, rng_between(&module->rng, 2500, 5000));
}

void quectel_flash_stop(Quectel *q)
{
	timer_stop(q->module->rack->clock, &q->flash_timer);
	timer_stop(q->module->rack->clock, &q->start_timer);
	q->start_file = false;
	g_clear_pointer(&q->start_url, g_free);
}

static bool package_fits(const Unit *unit, GBytes *package, PackageHead *head)
{
	return package_read(package, head) && !strcmp(head->model, unit->model) &&
	       !strcmp(head->from, unit->version);
}

void quectel_flash_package(Module *module, GBytes *package)
{
	Quectel *q = quectel_of(module);
	Unit *unit = module->unit;
	PackageHead head = { 0 };

	q->flash = (Flash){ 0 };
	if ((unit_has(unit, F_POWER_CUT) || unit_has(unit, F_OTHER_TTY)) && !unit->interrupted)
		q->flash.cut_at = rng_between(&module->rng, 15, 80);
	if (unit_has(unit, F_TWO_REBOOTS))
		q->flash.reboot_at = rng_between(&module->rng, 30, 60);
	if (!package_fits(unit, package, &head)) {
		q->flash.failed = true;
		q->flash.error = CODE_PACKAGE;
	} else if (unit_has(unit, F_UPDATE_ERROR) || unit_has(unit, F_WORN_OUT)) {
		q->flash.failed = true;
		q->flash.error = unit->vendor_code ? unit->vendor_code : CODE_FAILED;
	}
	g_strlcpy(q->flash.to, head.to, sizeof(q->flash.to));
	flash_begin(q);
	flash_in(q, rng_between(&module->rng, 1200, 4000));
}

/* ---- AT+QFOTADL ---- */

static int from_file(Module *module)
{
	Quectel *q = quectel_of(module);
	GBytes *package = g_hash_table_lookup(q->files, QUECTEL_PACKAGE);
	PackageHead head = { 0 };

	if (!package)
		return CODE_NOT_EXIST;
	/* A bad package is told at once by some, and by others only in the end. */
	if (!package_fits(module->unit, package, &head) && module->unit->index % 2)
		return CODE_PACKAGE;
	module->unit->danger_us = clock_now();
	q->start_file = true;
	return AT_OK;
}

static int from_url(Module *module, const char *url)
{
	Quectel *q = quectel_of(module);

	if (strlen(url) > URL_MAX || g_ascii_strncasecmp(url, "http://", 7) != 0)
		return CODE_PARAMETER;
	module->unit->danger_us = clock_now();
	g_free(q->start_url);
	q->start_url = g_strdup(url);
	return AT_OK;
}

/* Once the OK is out. */
static void on_start(void *data)
{
	Quectel *q = data;
	g_autofree char *url = g_steal_pointer(&q->start_url);
	GBytes *package = g_hash_table_lookup(q->files, QUECTEL_PACKAGE);

	if (url)
		quectel_fetch(q->module, url);
	else if (q->start_file && package)
		quectel_flash_package(q->module, package);
	q->start_file = false;
}

int quectel_qfotadl(Module *module, const AtCommand *command)
{
	Quectel *q = quectel_of(module);
	Unit *unit = module->unit;
	const char *rest = command->args;
	g_autofree char *arg = NULL;
	int result;

	if (unit_has(unit, F_NO_DFOTA))
		return AT_ERROR;
	if (command->kind != AT_SET)
		return command->kind == AT_TEST ? AT_OK : AT_ERROR;
	arg = at_arg(&rest);
	for (int id = F_APPLY_6500; id <= F_APPLY_6509; id++)
		if (unit_has(unit, (FaultId)id))
			return 6500 + id - F_APPLY_6500;
	if (q->flash_pending || q->fetch)
		return 3;
	result = !arg                ? CODE_PARAMETER
		 : !strcmp(arg, "1") ? from_file(module)
				     : from_url(module, arg);
	if (result != AT_OK)
		return result;
	rack_changed(module->rack);
	timer_module(module->rack->clock, &q->start_timer, 300);
	return unit_has(unit, F_LOST_OK) ? AT_SILENT : AT_OK;
}
