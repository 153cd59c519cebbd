/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated Telit module's update once it is accepted: download, check, flash with its DCD line,
 * restart, and what it tells the server after it. It does not know who asked for it. */
#include <string.h>
#include <sys/ioctl.h>

#include "telit.h"

/* From 0 to 100 percent, in module time. */
#define FLASH_MS 70000
/* As a host sees it: in real time. */
#define DCD_LOW_MS  250
#define DCD_HIGH_MS 700
/* Who has the tty open sees by so many that it flashes, without a word. */
#define EDGES_SHOWN  8
#define EDGES_HINTED 2
/* So long it tries to reach the server, in real time: a host waits longer. */
#define NOTIFY_MS 240000

static void work_in(Telit *t, guint low_ms, guint high_ms)
{
	timer_module(t->module->rack->clock, &t->work, rng_between(&t->rng, low_ms, high_ms));
}

/* Over SMS the commands work until the download is done. */
static bool freezes_early(const Telit *t)
{
	return t->module->unit->kind != UNIT_TELIT_SMS;
}

bool telit_inhibits(const Telit *t)
{
	return freezes_early(t) ? t->phase >= PFM_CONNECTING : t->phase == PFM_DOWNLOADING;
}

/* ---- frozen ---- */

static void set_frozen(Telit *t, bool frozen)
{
	Unit *unit = t->module->unit;
	Module *const modules[] = { unit->module, unit->second };

	for (guint i = 0; i < G_N_ELEMENTS(modules); i++) {
		if (!modules[i] || modules[i]->now == MODULE_OFF)
			continue;
		modules[i]->now = frozen ? MODULE_UPDATER : MODULE_READY;
		if (frozen)
			g_string_truncate(modules[i]->command, 0);
	}
	unit->flashing = frozen;
	rack_changed(t->module->rack);
}

/* ---- modem lines ---- */

static void set_lines(Telit *t, bool dcd, bool dsr)
{
	Module *module = t->module;
	/* Where DSR tells of presence it is the fixture's. */
	guint mask =
		module->unit->slot->presence == PRESENCE_DSR ? TIOCM_CAR : TIOCM_CAR | TIOCM_DSR;

	t->dcd = dcd;
	if (t->has_dcd && module->line)
		line_set_inputs(module->line, mask, (dcd ? TIOCM_CAR : 0) | (dsr ? TIOCM_DSR : 0));
}

static void on_dcd(void *data)
{
	Telit *t = data;

	set_lines(t, !t->dcd, false);
	if (t->has_dcd && t->module->line && line_is_open(t->module->line)) {
		t->module->unit->half_seen |= ++t->edges_seen >= EDGES_HINTED;
		t->module->unit->heard |= t->edges_seen >= EDGES_SHOWN;
	}
	timer_real(t->module->rack->clock, &t->dcd_timer,
		   rng_between(&t->rng, DCD_LOW_MS, DCD_HIGH_MS));
}

static void dcd_start(Telit *t)
{
	set_lines(t, false, false);
	timer_real(t->module->rack->clock, &t->dcd_timer, DCD_LOW_MS);
}

static void dcd_stop(Telit *t)
{
	timer_stop(t->module->rack->clock, &t->dcd_timer);
	set_lines(t, false, true);
}

/* ---- download ---- */

static void fail(Telit *t)
{
	t->phase = PFM_IDLE;
	dcd_stop(t);
	if (t->module->now == MODULE_UPDATER)
		set_frozen(t, false);
	telit_event(t, "OTA FW Upgrade Failed");
	telit_server_later(t);
}

void telit_start(Telit *t)
{
	Unit *unit = t->module->unit;

	t->phase = PFM_CONNECTING;
	if (!t->simulated)
		unit->danger_us = clock_now();
	if (freezes_early(t) && !t->simulated)
		set_frozen(t, true);
	work_in(t, 2000, 7000);
	rack_changed(t->module->rack);
}

static void flash_begin(Telit *t)
{
	const Unit *unit = t->module->unit;

	t->phase = PFM_FLASHING;
	t->flash = (TelitFlash){ 0 };
	g_strlcpy(t->flash.to, telit_delta(unit)->head.to, sizeof(t->flash.to));
	if ((unit_has(unit, F_POWER_CUT) || unit_has(unit, F_OTHER_TTY)) && !unit->interrupted)
		t->flash.cut_at = rng_between(&t->rng, 15, 80);
	if (unit_has(unit, F_TWO_REBOOTS))
		t->flash.reboot_at = rng_between(&t->rng, 30, 60);
	dcd_start(t);
	work_in(t, 1000, 2500);
}

static void on_downloaded(Telit *t)
{
	t->downloads++;
	telit_event(t, "Fw Download Complete");
	t->phase = PFM_CHECKING;
	if (!t->simulated)
		set_frozen(t, true);
	work_in(t, 3000, 8000);
}

static void on_checked(Telit *t)
{
	if (unit_has(t->module->unit, F_UPDATE_ERROR)) {
		fail(t);
	} else if (t->simulated) {
		t->phase = PFM_IDLE;
		rack_changed(t->module->rack);
	} else {
		flash_begin(t);
	}
}

/* ---- flash ---- */

static void apply(Telit *t)
{
	Unit *unit = t->module->unit;

	unit_flashed(unit, t->flash.to);
	telit_settings_lose(t);
	t->phase = PFM_NOTIFYING;
	t->told = false;
	rack_changed(t->module->rack);
}

static void on_join(void *data)
{
	Telit *t = data;

	slot_join_bus(t->module->unit->slot, t->module->unit->own);
}

static void leave_bus(Telit *t)
{
	timer_stop(t->module->rack->clock, &t->join);
	slot_leave_bus(t->module->unit->slot, false);
}

/* What is a USB device leaves its bus until it has begun to boot. */
static void restart(Telit *t, double off_ms)
{
	Unit *unit = t->module->unit;

	if (unit->own) {
		leave_bus(t);
		timer_module(t->module->rack->clock, &t->join, off_ms + 1500);
	}
	module_reboot(t->module, off_ms);
	if (unit->second)
		module_reboot(unit->second, off_ms);
}

static void flash_end(Telit *t)
{
	dcd_stop(t);
	apply(t);
	if (unit_has(t->module->unit, F_NEVER_RETURNS)) {
		t->module->now = MODULE_HUNG;
		return;
	}
	restart(t, rng_between(&t->rng, 500, 3000));
}

/* Hands, power and a second restart: true when it does not go on by itself now. */
static bool flash_interrupted(Telit *t)
{
	Unit *unit = t->module->unit;

	if (flash_loses_power(unit, &t->flash.cut_at, t->flash.percent))
		return true;
	if (t->flash.reboot_at && t->flash.percent >= t->flash.reboot_at) {
		t->flash.reboot_at = 0;
		dcd_stop(t);
		if (unit->own && !t->flash.away) {
			leave_bus(t);
			timer_module(t->module->rack->clock, &t->join, 2000);
		}
		work_in(t, 4000, 6000);
		return true;
	}
	return flash_meets_hands(unit, t->flash.percent);
}

static void on_flash(Telit *t)
{
	Unit *unit = t->module->unit;
	guint step = rng_between(&t->rng, 2, 9);

	if (unit_has(unit, F_SILENT_FLASH)) {
		dcd_stop(t);
		t->module->now = MODULE_HUNG;
		return;
	}
	/* Some are not on their bus for as long as it takes. */
	if (unit_has(unit, F_FLASH_AWAY) && unit->own && !t->flash.away) {
		t->flash.away = true;
		leave_bus(t);
	}
	if (!timer_armed(&t->dcd_timer))
		dcd_start(t);
	t->flash.percent += step;
	if (t->flash.percent >= 100)
		flash_end(t);
	else if (!flash_interrupted(t))
		timer_module(t->module->rack->clock, &t->work, FLASH_MS * step / 100.0);
}

static void on_work(void *data)
{
	Telit *t = data;

	switch (t->phase) {
	case PFM_CONNECTING:
		if (!telit_may_start(t)) {
			fail(t);
			return;
		}
		telit_event(t, "Start Fw Download");
		t->phase = PFM_DOWNLOADING;
		work_in(t, 20000, 50000);
		return;
	case PFM_DOWNLOADING:
		if (unit_has(t->module->unit, F_PFM_DOWNLOAD))
			fail(t);
		else
			on_downloaded(t);
		return;
	case PFM_CHECKING:
		on_checked(t);
		return;
	case PFM_FLASHING:
		on_flash(t);
		return;
	case PFM_IDLE:
	case PFM_ASKING:
	case PFM_NOTIFYING:
		return;
	}
}

bool telit_resume(Telit *t)
{
	if (t->module->unit->own && !t->module->unit->now)
		timer_module(t->module->rack->clock, &t->join, 1500);
	t->flash.away = false;
	if (t->phase != PFM_FLASHING) {
		if (t->phase != PFM_NOTIFYING)
			t->phase = PFM_IDLE;
		return false;
	}
	set_frozen(t, true);
	dcd_start(t);
	/* In real time: a host may wait a while before it opens a tty that has just come. */
	timer_real(t->module->rack->clock, &t->work, rng_between(&t->rng, 3500, 6000));
	return true;
}

/* ---- after it ---- */

static void on_speak(void *data)
{
	Telit *t = data;

	t->told = true;
	telit_event(t, t->words.upgraded);
	t->notify_until = clock_now() + NOTIFY_MS * (gint64)1000;
	timer_module(t->module->rack->clock, &t->notify, rng_between(&t->rng, 3000, 12000));
}

static void on_notify(void *data)
{
	Telit *t = data;
	const Unit *unit = t->module->unit;
	bool gives_up = clock_now() > t->notify_until;

	if (t->phase != PFM_NOTIFYING)
		return;
	if (!gives_up && (!telit_online(t) || unit_has(unit, F_NOTIFY_LOST))) {
		timer_real(t->module->rack->clock, &t->notify, rng_between(&t->rng, 500, 1500));
		return;
	}
	t->phase = PFM_IDLE;
	if (unit_has(unit, F_NOTIFY_FAILED))
		telit_event(t, "OTA FW Upgrade Failed");
	else if (!gives_up)
		telit_event(t, t->words.notified);
	rack_changed(t->module->rack);
	telit_server_soon(t);
}

void telit_flash_up(Telit *t)
{
	dcd_stop(t);
	if (t->phase != PFM_NOTIFYING)
		return;
	if (t->told)
		timer_module(t->module->rack->clock, &t->notify, rng_between(&t->rng, 3000, 12000));
	else if (t->module->unit->own)
		/* In real time: a host needs a while to open a tty that has just come. */
		timer_real(t->module->rack->clock, &t->speak, rng_between(&t->rng, 1500, 4000));
	else
		timer_module(t->module->rack->clock, &t->speak, rng_between(&t->rng, 200, 2500));
}

void telit_flash_init(Telit *t)
{
	const Unit *unit = t->module->unit;

	t->work = (RackTimer){ .fn = on_work, .data = t };
	t->dcd_timer = (RackTimer){ .fn = on_dcd, .data = t };
	t->notify = (RackTimer){ .fn = on_notify, .data = t };
	t->speak = (RackTimer){ .fn = on_speak, .data = t };
	t->join = (RackTimer){ .fn = on_join, .data = t };
	t->has_dcd = unit->own || rng_chance(&t->rng, 60);
	if (!unit_has(unit, F_ALREADY_UPDATING))
		return;
	/* Power was lost in another place: it goes on as soon as it is put in. */
	t->phase = PFM_FLASHING;
	t->flash.percent = 11;
	g_strlcpy(t->flash.to, unit->target, sizeof(t->flash.to));
}

void telit_flash_stop(Telit *t)
{
	RackClock *clock = t->module->rack->clock;

	timer_stop(clock, &t->work);
	timer_stop(clock, &t->notify);
	timer_stop(clock, &t->speak);
	timer_stop(clock, &t->join);
	dcd_stop(t);
}
