/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated SIMCom module's update: AT+CFOTA, the updater that takes its place, its leaving and
 * coming back on the bus, and what goes wrong. It does not know where the package came from. */
#include <string.h>

#include "simcom.h"

/* From 0 to 100 percent, in module time. */
#define FLASH_MS 45000
/* How long it is on the bus in the middle of an update: real time, so that a host can see it. */
#define BETWEEN_MIN_MS 4000
#define BETWEEN_MAX_MS 9000

static void on_flash(void *data);
static void on_status(void *data);

void simcom_flash_init(Simcom *s)
{
	Unit *unit = s->module->unit;

	s->flash_timer = (RackTimer){ .fn = on_flash, .data = s };
	s->status_timer = (RackTimer){ .fn = on_status, .data = s };
	s->status = unit_has(unit, F_STALE_6)   ? STATUS_GOOD
		    : unit_has(unit, F_STALE_7) ? STATUS_BAD
						: STATUS_CLEAN;
	if (unit_has(unit, F_RECOVERY_BEFORE))
		s->status = unit->index % 2 ? STATUS_MODEM_FAILED : STATUS_AP_FAILED;
	if (!unit_has(unit, F_ALREADY_UPDATING))
		return;
	/* Power was lost in another place: it goes on as soon as it is put in. */
	s->flash_pending = true;
	s->status = STATUS_UPDATING;
	s->flash.stage = STAGE_WRITE;
	s->flash.percent = 11;
	s->flash.after = STATUS_GOOD;
	g_strlcpy(s->flash.to, unit->target, sizeof(s->flash.to));
	if (unit->own)
		unit->now = NULL;
}

void simcom_flash_stop(Simcom *s)
{
	timer_stop(s->module->rack->clock, &s->flash_timer);
	timer_stop(s->module->rack->clock, &s->status_timer);
	if (!s->flash_pending && s->flash.after)
		s->status = s->flash.after;
}

static void flash_in(Simcom *s, double ms)
{
	timer_module(s->module->rack->clock, &s->flash_timer, ms);
}

static void set_flashing(Simcom *s)
{
	s->module->now = MODULE_UPDATER;
	s->module->unit->flashing = true;
	g_string_truncate(s->module->command, 0);
	if (s->module->unit->second)
		s->module->unit->second->now = MODULE_UPDATER;
	rack_changed(s->module->rack);
}

/* ---- reports ---- */

static void note_heard(Module *module)
{
	module->unit->heard |= module->line && line_is_open(module->line) &&
			       (module->unit->own || line_host_speed(module->line) == module->baud);
}

void simcom_flash_say(Simcom *s, const char *text)
{
	const Unit *unit = s->module->unit;

	if (s->cloud || unit_has(unit, F_NO_REPORTS) || !s->module->line)
		return;
	if (unit->own && !unit_has(unit, F_REPORTS_ON_USB))
		return;
	note_heard(s->module);
	module_line(s->module, "+CFOTA: %s", text);
}

static void say_percent(Simcom *s)
{
	g_autofree char *text = g_strdup_printf("\"Updating\",%u", s->flash.percent);

	simcom_flash_say(s, text);
}

/* ---- the bus ---- */

static void leave_bus(Simcom *s)
{
	Unit *unit = s->module->unit;

	slot_leave_bus(unit->slot, unit_has(unit, F_RENUMBERED) || unit_has(unit, F_OTHER_TTY));
}

static void join_bus(Simcom *s, const UsbShape *shape)
{
	slot_join_bus(s->module->unit->slot, shape);
}

/* Where it is, if it was moved while it flashed. */
static void join_as_itself(Simcom *s)
{
	Unit *unit = s->module->unit;

	if (unit_has(unit, F_OTHER_PID) && unit->flashes == 1 && unit->own == unit->may_own)
		unit->own = unit->own == &usb_9206 ? &usb_9205 : &usb_9206;
	join_bus(s, unit->own);
}

static void reboot(Simcom *s)
{
	join_as_itself(s);
	module_reboot(s->module, 500);
	if (s->module->unit->second)
		module_reboot(s->module->unit->second, 500);
}

/* ---- the flash ---- */

static void on_status(void *data)
{
	Simcom *s = data;

	if (s->s7000 && s->status == STATUS_MODEM) {
		s->status = STATUS_AP;
		timer_real(s->module->rack->clock, &s->status_timer, 2500);
		return;
	}
	s->status = s->flash.after;
}

static void wrong_suffix(Simcom *s)
{
	Unit *unit = s->module->unit;
	gsize n = strlen(unit->version);

	if (s->s70x0)
		g_strlcat(unit->version, "-JC", sizeof(unit->version));
	else if (unit->index % 2)
		unit->version[n - 1] = 'C';
	else
		unit->version[n - 1] = '\0';
}

static void apply(Simcom *s)
{
	Unit *unit = s->module->unit;

	g_hash_table_remove(s->files, "1/" SIMCOM_PACKAGE);
	unit_flashed(unit, s->flash.to);
	if (unit_has(unit, F_WRONG_SUFFIX))
		wrong_suffix(s);
	if (unit_has(unit, F_STATUS_8_AFTER))
		s->flash.after = STATUS_CLEAN;
}

static void flash_end(Simcom *s)
{
	Module *module = s->module;

	if (!s->flash.failed)
		apply(s);
	s->flash_pending = false;
	s->status = s->flash.after;
	if (unit_has(module->unit, F_STATUS_LATE) && !s->flash.failed)
		s->status = s->s7000 ? STATUS_MODEM : STATUS_UPDATING;
	simcom_flash_say(s, s->flash.failed ? "\"Update failed, please wait for reset\""
					    : "\"Update successfully, please wait for reset\"");
	rack_changed(module->rack);
	if (unit_has(module->unit, F_NEVER_RETURNS)) {
		module->now = MODULE_HUNG;
		return;
	}
	s->flash.stage = STAGE_RESTART;
	flash_in(s, (module->line ? line_backlog_ms(module->line) : 0) + 900);
}

static void restart(Simcom *s)
{
	Module *module = s->module;
	Unit *unit = module->unit;

	s->flash.stage = STAGE_NONE;
	if (unit_has(unit, F_STAYS_IN_BOOT)) {
		module->now = MODULE_HUNG;
		unit->flashing = false;
		join_bus(s, &usb_qdl);
		return;
	}
	reboot(s);
	if (s->status != s->flash.after)
		timer_real(module->rack->clock, &s->status_timer,
			   rng_between(&module->rng, 5000, 11000));
}

/* It is back in the middle: as a module that answers, or as one that is not ready. */
static void come_between(Simcom *s)
{
	Module *module = s->module;

	s->flash.between = true;
	s->flash.stage = STAGE_BETWEEN;
	if (unit_has(module->unit, F_TWO_REBOOTS) && !unit_has(module->unit, F_ANSWERS_BETWEEN)) {
		join_bus(s, module->unit->own);
		module_raw(module, "\0\xff\r\nRDY\r\n", 9);
		flash_in(s, 6000);
		return;
	}
	join_bus(s, module->unit->own);
	module_reboot(module, 0);
	timer_real(module->rack->clock, &s->flash_timer,
		   clock_module_us(module->rack->clock, 6000) / 1000.0 +
			   rng_between(&module->rng, BETWEEN_MIN_MS, BETWEEN_MAX_MS));
}

static bool flash_interrupted(Simcom *s)
{
	Unit *unit = s->module->unit;

	if (flash_loses_power(unit, &s->flash.cut_at, s->flash.percent))
		return true;
	if (s->flash.reboot_at && s->flash.percent >= s->flash.reboot_at) {
		s->flash.reboot_at = 0;
		come_between(s);
		return true;
	}
	return flash_meets_hands(unit, s->flash.percent);
}

static void flash_leave(Simcom *s)
{
	Module *module = s->module;
	Unit *unit = module->unit;

	s->flash_pending = true;
	s->status = STATUS_UPDATING;
	set_flashing(s);
	if (!unit_has(unit, F_SILENT_FLASH))
		simcom_flash_say(s, "\"Start to update\"");
	s->flash.told = true;
	leave_bus(s);
	if (!unit->own)
		module_set_speed(module, unit->fixed_baud ? unit->fixed_baud : 115200);
	if (unit_has(unit, F_SILENT_FLASH)) {
		module->now = MODULE_HUNG;
		return;
	}
	s->flash.stage = STAGE_WRITE;
	if (unit->own && unit_has(unit, F_BOOT_A_WHILE))
		s->flash.stage = STAGE_LOADER;
	flash_in(s, 1500);
}

static void flash_write(Simcom *s)
{
	guint step = rng_between(&s->module->rng, 1, 9);

	if (!s->flash.told) {
		s->flash.told = true;
		simcom_flash_say(s, "\"Start to update\"");
	}
	if (s->flash.percent >= 100 || (s->flash.failed && s->flash.percent > 40)) {
		flash_end(s);
		return;
	}
	say_percent(s);
	s->flash.percent = MIN(s->flash.percent + step, 100);
	if (!flash_interrupted(s))
		flash_in(s, FLASH_MS * step / 100.0);
}

static void flash_load(Simcom *s)
{
	if (!s->flash.loader) {
		s->flash.loader = true;
		join_bus(s, &usb_qdl);
		timer_real(s->module->rack->clock, &s->flash_timer,
			   rng_between(&s->module->rng, BETWEEN_MIN_MS, BETWEEN_MAX_MS));
		return;
	}
	leave_bus(s);
	s->flash.stage = STAGE_WRITE;
	flash_in(s, 1500);
}

static void flash_go_on(Simcom *s)
{
	set_flashing(s);
	leave_bus(s);
	if (!s->module->unit->own)
		module_set_speed(s->module, s->module->unit->fixed_baud
						    ? s->module->unit->fixed_baud
						    : 115200);
	s->flash.stage = STAGE_WRITE;
	flash_in(s, 1500);
}

static void on_flash(void *data)
{
	Simcom *s = data;

	switch (s->flash.stage) {
	case STAGE_NONE:
		break;
	case STAGE_LEAVE:
		flash_leave(s);
		break;
	case STAGE_WRITE:
		flash_write(s);
		break;
	case STAGE_BETWEEN:
		flash_go_on(s);
		break;
	case STAGE_LOADER:
		flash_load(s);
		break;
	case STAGE_RESTART:
		restart(s);
		break;
	}
}

void simcom_flash_resume(Simcom *s)
{
	Unit *unit = s->module->unit;
	RackClock *clock = s->module->rack->clock;

	if (unit_has(unit, F_ALREADY_UPDATING) && unit->index % 2 && !s->flash.between) {
		/* It answers, and says that it is at it. */
		come_between(s);
		return;
	}
	set_flashing(s);
	leave_bus(s);
	s->flash.stage = STAGE_WRITE;
	s->flash.told = false;
	if (!unit->own)
		module_set_speed(s->module, unit->fixed_baud ? unit->fixed_baud : 115200);
	/* In real time: a host may wait a while before it opens a tty that has just come. */
	timer_real(clock, &s->flash_timer, rng_between(&s->module->rng, 2500, 5000));
}

void simcom_flash_begin(Simcom *s, const char *to)
{
	Unit *unit = s->module->unit;
	SimcomFlash flash = { .stage = STAGE_LEAVE, .after = STATUS_GOOD };

	g_strlcpy(flash.to, to, sizeof(flash.to));
	s->flash = flash;
	if ((unit_has(unit, F_POWER_CUT) || unit_has(unit, F_OTHER_TTY)) && !unit->interrupted)
		s->flash.cut_at = rng_between(&s->module->rng, 15, 80);
	if (unit_has(unit, F_TWO_REBOOTS) || unit_has(unit, F_ANSWERS_BETWEEN))
		s->flash.reboot_at = rng_between(&s->module->rng, 30, 60);
	if (!*to || unit_has(unit, F_UPDATE_ERROR) || unit_has(unit, F_RECOVERY_AFTER)) {
		s->flash.failed = true;
		s->flash.after = !unit_has(unit, F_RECOVERY_AFTER) ? STATUS_BAD
				 : unit->index % 2                 ? STATUS_MODEM_FAILED
								   : STATUS_AP_FAILED;
	}
	flash_in(s, rng_between(&s->module->rng, 300, 1500));
}

/* ---- AT+CFOTA ---- */

static int start(Simcom *s)
{
	Module *module = s->module;
	Unit *unit = module->unit;
	GBytes *package = g_hash_table_lookup(s->files, "1/" SIMCOM_PACKAGE);
	PackageHead head = { 0 };
	bool fits;

	if (unit_has(unit, F_CFOTA_REFUSED) || s->flash_pending)
		return 3;
	if (!package && unit->index % 2)
		return 3;
	unit->danger_us = clock_now();
	rack_changed(module->rack);
	if (!unit_has(unit, F_CFOTA_IGNORED)) {
		fits = package && package_read(package, &head) &&
		       !strcmp(head.model, unit->model) && !strcmp(head.from, unit->version);
		simcom_flash_begin(s, fits ? head.to : "");
	}
	return unit_has(unit, F_LOST_OK) ? AT_SILENT : AT_OK;
}

int simcom_cfota(Module *module, const AtCommand *command)
{
	Simcom *s = simcom_of(module);
	bool busy =
		s->status == STATUS_UPDATING || s->status == STATUS_MODEM || s->status == STATUS_AP;

	if (s->cloud)
		return AT_ERROR;
	if (command->kind == AT_TEST) {
		module_info(module, "+CFOTA: (0-1)");
		return AT_OK;
	}
	if (command->kind == AT_READ) {
		module_info(module, "+CFOTA:%s%u",
			    unit_has(module->unit, F_STATUS_TIGHT) ? "" : " ", s->status);
		module->unit->heard |= busy;
		return AT_OK;
	}
	if (command->kind != AT_SET)
		return AT_ERROR;
	if (!strcmp(command->args, "1"))
		return start(s);
	if (strcmp(command->args, "0") != 0)
		return AT_ERROR;
	/* Who clears it in the middle has not looked. */
	if (s->flash_pending)
		module->unit->disturbed++;
	else
		s->status = s->flash.after = STATUS_CLEAN;
	return AT_OK;
}
