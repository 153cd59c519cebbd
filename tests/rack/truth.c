/* SPDX-License-Identifier: Apache-2.0 */
/* What really happened, written for whoever wants to judge a station. It knows nothing of what the
 * station said. */
#include "truth.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "module.h"
#include "plan.h"

/* The facts that a good verdict needs, whatever the unit's fault was to be: it is at its target, it
 * was brought there in this run ("current": it was there before), its IMEI is valid and the one it
 * came with, it is in normal operation or in the state it was found in. */
bool truth_good(const Unit *unit)
{
	bool working = unit->cfun == 1 || (unit->cfun == 0 && unit_has(unit, F_CFUN0_BEFORE));

	return *unit->target && !strcmp(unit->version, unit->target) &&
	       !strcmp(unit->imei, unit->imei_now) && imei_valid(unit->imei_now) && working &&
	       !unit->flashing && (!unit->module->family->good || unit->module->family->good(unit));
}

static const Unit *twin_of(const Rack *rack, const Unit *unit)
{
	for (guint i = 0; i < rack->units->len; i++) {
		const Unit *other = g_ptr_array_index(rack->units, i);

		if (other != unit && !strcmp(other->imei, unit->imei))
			return other;
	}
	return NULL;
}

/* The verdict that is right. Of two units with one IMEI, one that was past its point of no return
 * before the other had said its name runs on to a good end. */
static Expect expected(const Rack *rack, const Unit *unit)
{
	const Unit *twin = unit->fault == F_DUPLICATE_IMEI ? twin_of(rack, unit) : NULL;

	if (twin && unit->danger_us &&
	    (!twin->imei_told_us || unit->danger_us < twin->imei_told_us))
		return EXPECT_PASS;
	if (unit->taken_down)
		return EXPECT_FAIL;
	/* What nobody could hear is no update to a station. */
	if (unit->fault == F_ALREADY_UPDATING && unit->flashes && !unit->heard)
		return EXPECT_CURRENT;
	/* What it was set to before is known to nobody. */
	if ((unit->fault == F_ALREADY_UPDATING || unit->fault == F_PFM_BEGINS) &&
	    unit->module->family->known)
		return unit->module->family->known(unit) ? EXPECT_PASS : EXPECT_FAIL;
	return fault_info(unit->fault)->expect;
}

static void add_text(JsonBuilder *json, const char *name, const char *text)
{
	json_builder_set_member_name(json, name);
	json_builder_add_string_value(json, text);
}

static void add_number(JsonBuilder *json, const char *name, gint64 number)
{
	json_builder_set_member_name(json, name);
	json_builder_add_int_value(json, number);
}

static void add_flag(JsonBuilder *json, const char *name, bool flag)
{
	json_builder_set_member_name(json, name);
	json_builder_add_boolean_value(json, flag);
}

static void add_quirks(JsonBuilder *json, const Unit *unit)
{
	json_builder_set_member_name(json, "quirks");
	json_builder_begin_array(json);
	for (guint id = 0; id < F_COUNT; id++)
		if ((fault_info((FaultId)id)->flags & FAULT_QUIRK) && unit_has(unit, (FaultId)id))
			json_builder_add_string_value(json, fault_info((FaultId)id)->name);
	json_builder_end_array(json);
}

static void add_asked(JsonBuilder *json, const Unit *unit)
{
	json_builder_set_member_name(json, "asked");
	json_builder_begin_array(json);
	for (guint i = 0; i < unit->asked->len; i++)
		json_builder_add_string_value(json, g_ptr_array_index(unit->asked, i));
	json_builder_end_array(json);
}

/* Where it was, first place first. */
static void add_slots(JsonBuilder *json, const Unit *unit)
{
	json_builder_set_member_name(json, "slots");
	json_builder_begin_array(json);
	json_builder_add_string_value(json, unit->slot->label);
	if (unit->moved_to)
		json_builder_add_string_value(json, unit->moved_to->label);
	json_builder_end_array(json);
}

/* How often a tty was opened that nobody may open: of what is in no slot, of a bootloader, and any of
 * a composite module but its AT port. */
guint truth_wrong_opens(const Unit *unit)
{
	const Slot *slot =
		unit->moved_to && unit->moved_to->unit == unit ? unit->moved_to : unit->slot;
	const UsbDevice *device = slot->unit == unit ? slot->device : NULL;
	bool none = unit->slot->unnamed || unit->kind == UNIT_BOOT ||
		    (unit->own && unit->now == &usb_qdl);
	guint at = slot->shape->at, opens = 0;

	for (guint i = 0; device && i < USB_INTERFACES_MAX; i++)
		if (usb_line(device, i) && (none || i != at))
			opens += line_opens(usb_line(device, i));
	return opens;
}

static char *unit_line(const Rack *rack, const Unit *unit)
{
	g_autoptr(JsonBuilder) json = json_builder_new();
	g_autoptr(JsonNode) root = NULL;

	json_builder_begin_object(json);
	add_number(json, "unit", unit->index);
	add_text(json, "slot", unit->slot->label);
	add_slots(json, unit);
	add_text(json, "path", unit->slot->path);
	add_text(json, "presence", presence_name(unit->slot->presence));
	add_text(json, "kind", kind_info(unit->kind)->name);
	add_text(json, "imei", unit->imei);
	add_text(json, "imei_now", unit->imei_now);
	add_text(json, "model", unit->model);
	add_text(json, "from", unit->from);
	add_text(json, "target", unit->target);
	add_text(json, "version", unit->version);
	add_text(json, "fault", fault_info(unit->fault)->name);
	add_quirks(json, unit);
	add_text(json, "expect", expect_name(expected(rack, unit)));
	add_flag(json, "good", truth_good(unit));
	if (unit->vendor_code)
		add_number(json, "vendor_code", unit->vendor_code);
	add_number(json, "troubled", unit->troubled);
	add_asked(json, unit);
	add_number(json, "flashes", unit->flashes);
	add_number(json, "interrupted", unit->interrupted);
	add_number(json, "disturbed", unit->disturbed);
	add_number(json, "lines_wrong", unit->lines_wrong);
	add_number(json, "wrong_opens", unit->wrong_opens + truth_wrong_opens(unit));
	add_number(json, "meddled", unit->meddled);
	add_number(json, "stray", unit->stray);
	add_number(json, "forbidden", unit->forbidden);
	add_number(json, "bytes", unit->bytes);
	add_flag(json, "flashing", unit->flashing);
	add_flag(json, "heard", unit->heard);
	add_flag(json, "half_seen", unit->half_seen);
	add_number(json, "cfun", unit->cfun);
	add_text(json, "sim",
		 unit_has(unit, F_NO_SIM)    ? "none"
		 : unit_has(unit, F_SIM_PIN) ? "pin"
					     : "ready");
	add_flag(json, "late_comer", unit->late_comer);
	add_flag(json, "present", unit->present);
	add_number(json, "arrived_ms", unit->arrived_us / 1000);
	add_number(json, "left_ms", unit->left_us / 1000);
	if (unit->module->family->tell)
		unit->module->family->tell(unit, json);
	json_builder_end_object(json);
	root = json_builder_get_root(json);
	return json_to_string(root, FALSE);
}

bool truth_write(Rack *rack, const char *path, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < rack->units->len; i++) {
		const Unit *unit = g_ptr_array_index(rack->units, i);
		g_autofree char *line = unit->was_there ? unit_line(rack, unit) : NULL;

		if (line)
			g_string_append_printf(text, "%s\n", line);
	}
	return g_file_set_contents(path, text->str, (gssize)text->len, error);
}
