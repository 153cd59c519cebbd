/* SPDX-License-Identifier: Apache-2.0 */
/* The hands at the rack: who is plugged in when, who is pulled, whose power is cut. They know no
 * protocol. */
#include "slots.h"

#include <sys/ioctl.h>

#include "key.h"
#include "module.h"
#include "ports.h"
#include "truth.h"

/* So long nothing was asked: the person sees a verdict. What a station waits for an answer is less. */
#define VERDICT_MS 8000
/* How often it is looked whether all upload that are to leave together. */
#define TOGETHER_MS 200
/* How long a unit waits for its turn before it is pulled; one that meets another trouble first does so before. */
#define WAITING_MS  4000
#define TROUBLED_MS 40000

const char *presence_name(Presence presence)
{
	switch (presence) {
	case PRESENCE_ANSWER:
		return "answer";
	case PRESENCE_USB:
		return "usb";
	case PRESENCE_DSR:
		return "line:dsr";
	case PRESENCE_ALWAYS:
		return "always";
	}
	return "?";
}

/* unit: who comes with it, NULL: nobody. */
static void plug(Slot *slot, const Unit *unit)
{
	guint64 seed = slot->rack->seed + slot->hub * 1000 + slot->port * 10;

	slot->device = bus_plug(slot->rack->bus, slot->hub, slot->port, slot->shape,
				unit ? unit->imei_now : NULL, seed);
}

/* What has been opened of it that nobody may open is remembered beyond its leaving. */
static void unplug(Slot *slot)
{
	if (!slot->device)
		return;
	if (slot->unit)
		slot->unit->wrong_opens += truth_wrong_opens(slot->unit);
	g_clear_pointer(&slot->ports, ports_free);
	bus_unplug(slot->rack->bus, slot->device);
	slot->device = NULL;
}

/* A lead that the module's adapter has, or not: only one that tells presence counts. */
static void set_dsr(Slot *slot, bool on)
{
	Line *line = slot->device ? usb_line(slot->device, 0) : NULL;

	if (line && slot->presence == PRESENCE_DSR)
		line_set_inputs(line, TIOCM_DSR, on ? TIOCM_DSR : 0);
}

static void connect_module(Slot *slot, Unit *unit)
{
	bool speaks = !unit->own || unit->now != &usb_qdl || unit->kind == UNIT_BOOT;

	if (unit->own)
		slot->ports = ports_new(slot->rack, unit, slot->device, slot->shape, speaks);
	if (!speaks)
		return;
	module_connect(unit->module, usb_line(slot->device, slot->shape->at));
	if (unit->second)
		module_connect(unit->second, usb_line(slot->device, slot->shape->second));
}

static void disconnect_module(Unit *unit)
{
	module_disconnect(unit->module);
	if (unit->second)
		module_disconnect(unit->second);
}

static void put_in(Slot *slot, Unit *unit)
{
	bool off_bus = unit->own && !unit->now;

	if (unit->own && unit->now)
		slot->shape = unit->now;
	if (!slot->device && !off_bus)
		plug(slot, unit);
	if (!slot->device && !off_bus)
		return;
	slot->unit = unit;
	unit->present = true;
	if (!unit->was_there)
		unit->arrived_us = clock_now() - slot->rack->began_us;
	unit->was_there = true;
	unit->left_us = 0;
	if (slot->device)
		connect_module(slot, unit);
	set_dsr(slot, true);
	key_power(unit->module);
	if (unit->second)
		module_power_on(unit->second);
	rack_changed(slot->rack);
}

static void take_out(Slot *slot)
{
	Unit *unit = slot->unit;

	module_power_off(unit->module);
	if (unit->second)
		module_power_off(unit->second);
	disconnect_module(unit);
	set_dsr(slot, false);
	if (slot->device && slot->other_name)
		bus_keep_names(slot->device);
	if (slot->presence == PRESENCE_USB || slot->whole_hub)
		unplug(slot);
	slot->unit = NULL;
	rack_changed(slot->rack);
}

void slot_leave_bus(Slot *slot, bool other_name)
{
	Unit *unit = slot->unit;

	if (!unit || !unit->own)
		return;
	disconnect_module(unit);
	if (slot->device && other_name)
		bus_keep_names(slot->device);
	unplug(slot);
	unit->now = NULL;
	rack_changed(slot->rack);
}

void slot_join_bus(Slot *slot, const UsbShape *shape)
{
	Unit *unit = slot->unit;

	if (!unit || !unit->own || slot->device)
		return;
	unit->now = slot->shape = shape;
	plug(slot, unit);
	if (slot->device)
		connect_module(slot, unit);
	rack_changed(slot->rack);
}

static void on_arrive(void *data)
{
	Slot *slot = data;
	Unit *unit = slot->unit ? NULL : g_queue_pop_head(&slot->coming);

	if (unit)
		put_in(slot, unit);
}

static void on_leave(void *data)
{
	Slot *slot = data;
	Unit *unit = slot->unit;
	Slot *to = slot->comes_to ? slot->comes_to : slot;

	if (!unit)
		return;
	take_out(slot);
	if (slot->comes_back && unit_has(unit, F_SIM_MOVED)) {
		g_queue_push_tail(&to->coming, unit); /* behind the one that has its SIM */
	} else if (slot->comes_back) {
		g_queue_push_head(&to->coming, unit);
	} else {
		unit->present = false;
		unit->left_us = clock_now() - slot->rack->began_us;
	}
	if (slot->next_ms)
		timer_real(slot->rack->clock, &to->arrive, slot->next_ms);
}

/* Later in this turn of the loop: the caller is in the middle of something that the act would take
 * from it. */
static void act(Slot *slot, guint next_ms, bool comes_back)
{
	slot->next_ms = next_ms;
	slot->comes_back = comes_back;
	timer_at(slot->rack->clock, &slot->leave, clock_now());
}

void slot_pull(Slot *slot, guint then_ms)
{
	slot->handled = true;
	act(slot, then_ms, false);
}

void slot_power_cut(Slot *slot, guint off_ms)
{
	act(slot, off_ms, true);
}

void slot_power_cut_renamed(Slot *slot, guint off_ms)
{
	slot->other_name = true;
	act(slot, off_ms, true);
}

void slot_move(Slot *slot, Slot *to, guint off_ms)
{
	slot->handled = true;
	slot->comes_to = to;
	act(slot, off_ms, true);
}

void slot_put_in(Slot *slot)
{
	timer_at(slot->rack->clock, &slot->arrive, clock_now());
}

/* ---- several at once ---- */

static bool uploads(const Slot *slot)
{
	return slot->unit && slot->unit->module->now == MODULE_DATA;
}

/* Those that leave with `slot`; NULL while one of them does not upload yet. */
static GPtrArray *companions(Slot *slot)
{
	g_autoptr(GPtrArray) found = g_ptr_array_new();
	const GPtrArray *all = slot->rack->slots;

	for (guint i = 0; i < all->len; i++) {
		Slot *other = g_ptr_array_index(all, i);

		if (slot->whole_hub && other->hub == slot->hub && other->unit && !uploads(other))
			return NULL;
		if (other != slot && uploads(other) &&
		    (slot->whole_hub ? other->hub == slot->hub : !found->len))
			g_ptr_array_add(found, other);
	}
	return found->len ? g_steal_pointer(&found) : NULL;
}

static void on_together(void *data)
{
	Slot *slot = data;
	g_autoptr(GPtrArray) others = companions(slot);

	if (!others) {
		timer_real(slot->rack->clock, &slot->look, TOGETHER_MS);
		return;
	}
	for (guint i = 0; i < others->len; i++) {
		Slot *other = g_ptr_array_index(others, i);

		other->unit->taken_down = true;
		other->whole_hub = slot->whole_hub;
		on_leave(other);
	}
	on_leave(slot);
	if (slot->whole_hub)
		bus_unplug_hub(slot->rack->bus, slot->hub);
}

void slot_pull_together(Slot *slot, bool whole_hub)
{
	if (slot->handled)
		return;
	slot->handled = true;
	slot->whole_hub = whole_hub;
	slot->look.fn = on_together;
	timer_real(slot->rack->clock, &slot->look, TOGETHER_MS);
}

/* ---- after a verdict ---- */

/* Whose SIM goes to another unit and back: it leaves once it is registered, and so does the other. */
static bool sim_moves(const Slot *slot, const Unit *unit)
{
	return unit_has(unit, F_SIM_MOVED) ? !unit->put_back
					   : unit->late_comer && slot->coming.length > 0;
}

static void on_verdict_seen(void *data)
{
	Slot *slot = data;
	Unit *unit = slot->unit;

	guint gap_ms = unit ? rng_between(&unit->rng, 3500, 9000) : 0;

	if (unit && unit->registered && sim_moves(slot, unit)) {
		unit->put_back = true;
		act(slot, gap_ms, !unit->late_comer);
		return;
	}
	if (!unit || slot->handled || unit_has(unit, F_SIM_MOVED) || !unit->told_target ||
	    !truth_good(unit))
		return;
	if (unit_has(unit, F_TAKEN_BACK) && !unit->put_back) {
		unit->put_back = true;
		act(slot, gap_ms, true);
		return;
	}
	slot->handled = true;
	/* Swapped sooner than silence is noticed. */
	act(slot,
	    unit_has(unit, F_TAKEN_NEXT) ? gap_ms
	    : unit_has(unit, F_SWAPPED)  ? gap_ms / 9
					 : 0,
	    false);
}

static bool waits_for_verdict(const Slot *slot, const Unit *unit)
{
	return unit_has(unit, F_TAKEN_BACK) || unit_has(unit, F_TAKEN_NEXT) ||
	       unit_has(unit, F_SWAPPED) || sim_moves(slot, unit);
}

void slot_talked(Slot *slot)
{
	const Unit *unit = slot->unit;

	if (!unit || slot->handled || !waits_for_verdict(slot, unit))
		return;
	slot->look.fn = on_verdict_seen;
	timer_real(slot->rack->clock, &slot->look, VERDICT_MS);
}

void slot_asked(Slot *slot)
{
	Unit *unit = slot->unit;

	if (!unit || slot->handled)
		return;
	if (unit_has(unit, F_UNPLUG_IDENTIFY)) {
		slot_pull(slot, 0);
	} else if (unit_has(unit, F_UNPLUG_WAITING)) {
		slot->handled = true;
		slot->next_ms = 0;
		timer_real(slot->rack->clock, &slot->leave,
			   unit->trouble ? TROUBLED_MS : WAITING_MS);
	}
}

/* ---- life ---- */

void slots_start(Rack *rack)
{
	for (guint i = 0; i < rack->slots->len; i++) {
		Slot *slot = g_ptr_array_index(rack->slots, i);
		const Unit *first = g_queue_peek_head(&slot->coming);

		slot->arrive = (RackTimer){ .fn = on_arrive, .data = slot };
		slot->leave = (RackTimer){ .fn = on_leave, .data = slot };
		slot->look.data = slot;
		if (slot->presence != PRESENCE_USB)
			plug(slot, NULL);
		if (!first || first->waits)
			continue;
		if (first->arrive_ms)
			timer_real(rack->clock, &slot->arrive, first->arrive_ms);
		else
			on_arrive(slot);
	}
}

void slots_stop(Rack *rack)
{
	for (guint i = 0; i < rack->slots->len; i++) {
		Slot *slot = g_ptr_array_index(rack->slots, i);

		timer_stop(rack->clock, &slot->arrive);
		timer_stop(rack->clock, &slot->leave);
		timer_stop(rack->clock, &slot->look);
		if (slot->unit) {
			Unit *unit = slot->unit;

			module_power_off(unit->module);
			if (unit->second)
				module_power_off(unit->second);
			disconnect_module(unit);
		}
		unplug(slot);
		slot->unit = NULL;
	}
}
