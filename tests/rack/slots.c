/* SPDX-License-Identifier: Apache-2.0 */
/* The hands at the rack: who is plugged in when, who is pulled, whose power is cut. They know no
 * protocol. */
#include "slots.h"

#include <sys/ioctl.h>

#include "module.h"

/* Where a composite module speaks AT. */
#define INTERFACE_AT    2
#define INTERFACE_MODEM 3

const char *presence_name(Presence presence)
{
	switch (presence) {
	case PRESENCE_ANSWER:
		return "answer";
	case PRESENCE_USB:
		return "usb";
	case PRESENCE_DSR:
		return "line:dsr";
	}
	return "?";
}

static void plug(Slot *slot)
{
	guint64 seed = slot->rack->seed + slot->hub * 1000 + slot->port * 10;

	slot->device = bus_plug(slot->rack->bus, slot->hub, slot->port, slot->shape,
				slot->hub * 100 + slot->port, seed);
}

static void unplug(Slot *slot)
{
	if (!slot->device)
		return;
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

static void put_in(Slot *slot, Unit *unit)
{
	bool composite = unit->kind == UNIT_FOREIGN;

	if (!slot->device)
		plug(slot);
	if (!slot->device)
		return;
	slot->unit = unit;
	unit->present = true;
	if (!unit->was_there)
		unit->arrived_us = clock_now() - slot->rack->began_us;
	unit->was_there = true;
	module_connect(unit->module, usb_line(slot->device, composite ? INTERFACE_AT : 0));
	if (unit->second)
		module_connect(unit->second, usb_line(slot->device, INTERFACE_MODEM));
	set_dsr(slot, true);
	module_power_on(unit->module);
	if (unit->second)
		module_power_on(unit->second);
	rack_changed(slot->rack);
}

static void take_out(Slot *slot)
{
	Unit *unit = slot->unit;

	module_power_off(unit->module);
	module_disconnect(unit->module);
	if (unit->second) {
		module_power_off(unit->second);
		module_disconnect(unit->second);
	}
	set_dsr(slot, false);
	if (slot->presence == PRESENCE_USB)
		unplug(slot);
	slot->unit = NULL;
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

	if (!unit)
		return;
	take_out(slot);
	if (slot->comes_back) {
		g_queue_push_head(&slot->coming, unit);
	} else {
		unit->present = false;
		unit->left_us = clock_now() - slot->rack->began_us;
	}
	if (slot->next_ms)
		timer_real(slot->rack->clock, &slot->arrive, slot->next_ms);
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
	act(slot, then_ms, false);
}

void slot_power_cut(Slot *slot, guint off_ms)
{
	act(slot, off_ms, true);
}

void slots_start(Rack *rack)
{
	for (guint i = 0; i < rack->slots->len; i++) {
		Slot *slot = g_ptr_array_index(rack->slots, i);
		const Unit *first = g_queue_peek_head(&slot->coming);

		slot->arrive = (RackTimer){ .fn = on_arrive, .data = slot };
		slot->leave = (RackTimer){ .fn = on_leave, .data = slot };
		if (slot->presence != PRESENCE_USB)
			plug(slot);
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
		if (slot->unit) {
			Unit *unit = slot->unit;

			module_power_off(unit->module);
			module_disconnect(unit->module);
			if (unit->second) {
				module_power_off(unit->second);
				module_disconnect(unit->second);
			}
			slot->unit = NULL;
		}
		unplug(slot);
	}
}
