/* SPDX-License-Identifier: Apache-2.0 */
/* Which unit has which faults and quirks, drawn or by name, and what that makes of it. It knows how
 * none of them is carried out. */
#include "plan.h"

#include <gio/gio.h>
#include <string.h>

/* ---- drawing ---- */

static const FaultId exclusive[][3] = {
	{ F_CRCRLF, F_LF_ONLY, F_COUNT },
	{ F_FIXED_BAUD, F_BAUD_9600, F_BAUD_230400 },
	/* Noise at a wrong speed is not the silence after which a host may look for another. */
	{ F_CHATTER, F_BAUD_9600, F_BAUD_230400 },
	{ F_LONG_LINE, F_BAUD_9600, F_BAUD_230400 },
	/* A pulse on a line that is to be off is one that stays on. */
	{ F_KEY_DTR, F_KEY_RTS, F_REST_OFF },
	/* Together they make an update that begins before anybody has read its settings. */
	{ F_PFM_KNOWN, F_PFM_AUTOMATIC, F_COUNT },
	{ F_NO_G, F_G_LOST_AFTER, F_COUNT },
	{ F_STALE_6, F_STALE_7, F_COUNT },
};

static bool excluded(const Unit *unit, FaultId id)
{
	for (guint g = 0; g < G_N_ELEMENTS(exclusive); g++) {
		bool in = false, has = false;

		for (guint i = 0; i < 3; i++) {
			in |= exclusive[g][i] == id;
			has |= exclusive[g][i] != F_COUNT && unit_has(unit, exclusive[g][i]);
		}
		if (in && has)
			return true;
	}
	return false;
}

static bool fits(const Unit *unit, FaultId id)
{
	const FaultInfo *info = fault_info(id);
	bool stays = unit->slot->presence == PRESENCE_ANSWER;
	bool comes = unit->slot->presence == PRESENCE_USB;

	if (((info->flags & FAULT_NOT_ANSWER) && stays) || excluded(unit, id))
		return false;
	if (((info->flags & FAULT_ONLY_ANSWER) && !stays) ||
	    ((info->flags & FAULT_ONLY_USB) && !comes))
		return false;
	if (((info->flags & FAULT_UART) && unit->own) ||
	    ((info->flags & FAULT_COMPOSITE) && !unit->own))
		return false;
	return kind_in(unit->kind, info->who);
}

static void draw_quirks(Unit *unit, bool all)
{
	if (fault_info(unit->fault)->flags & FAULT_PLAIN)
		return;
	for (guint id = 0; id < F_COUNT; id++) {
		/* Those that cost real time or a baud scan are rarer. */
		bool slow = id == F_LATE_ANSWER || id == F_BAUD_9600 || id == F_BAUD_230400 ||
			    id == F_SLOW_BOOT;

		if ((fault_info(id)->flags & FAULT_QUIRK) &&
		    (all || !(fault_info(id)->flags & FAULT_SLOW)) &&
		    rng_chance(&unit->rng, slow ? 4 : 14) && fits(unit, (FaultId)id))
			fault_set_add(&unit->has, (FaultId)id);
	}
}

static FaultId draw_fault(Unit *unit, bool slow)
{
	guint fate = rng_below(&unit->rng, 100);
	GArray *drawable;
	FaultId id;

	if (fate < 55)
		return F_NONE;
	if (fate < 66)
		return F_CURRENT;
	drawable = g_array_new(FALSE, FALSE, sizeof(FaultId));
	for (guint i = 0; i < F_COUNT; i++) {
		const FaultInfo *info = fault_info((FaultId)i);

		if (!(info->flags & (FAULT_QUIRK | FAULT_BY_NAME)) &&
		    (slow || !(info->flags & FAULT_SLOW)) && fits(unit, (FaultId)i))
			g_array_append_vals(drawable, &i, 1);
	}
	id = g_array_index(drawable, FaultId, rng_below(&unit->rng, drawable->len));
	g_array_free(drawable, TRUE);
	return id;
}

/* ---- what a fault makes of a unit ---- */

/* The last version before the target: what is flashing already has only one step to go. */
static void start_next_to_target(Unit *unit)
{
	const PlanFamily *family = plan_family(unit->kind);

	for (guint i = 0; family && i < family->n_deltas; i++)
		if (!strcmp(family->deltas[i].head.to, unit->target) &&
		    !strcmp(family->deltas[i].head.model, unit->model))
			plan_set_version(unit, family->deltas[i].head.from);
}

/* What is no module of ours, by its fault or by its kind. */
typedef struct {
	FaultId fault;
	UnitKind kind;
	const char *maker, *model, *version;
	const UsbShape *own;
} Stranger;

static const Stranger known[] = {
	{ F_FOREIGN, UNIT_FOREIGN, "SIMCOM_Ltd", "SIMCOM_SIM7100E", "4534B04SIM7100E",
	  &usb_simcom },
	{ F_BOOTLOADER, UNIT_BOOT, "", "", "", &usb_qdl },
	{ F_OTHER_MODEM, UNIT_OTHER, "u-blox", "SARA-R410M-02B", "L0.0.00.00.05.12", NULL },
	{ F_GNSS, UNIT_GNSS, "", "", "", &usb_gnss },
	{ F_ECHO, UNIT_ECHO, "", "", "", NULL },
	{ F_BARE, UNIT_BARE, "", "", "", NULL },
};

static const Stranger *stranger_of(const Unit *unit)
{
	for (guint i = 0; i < G_N_ELEMENTS(known); i++)
		if (unit->fault == known[i].fault || unit->kind == known[i].kind)
			return &known[i];
	return NULL;
}

static void make_stranger(Unit *unit, const Stranger *stranger)
{
	unit->kind = stranger->kind;
	unit->fault = stranger->fault;
	fault_set_add(&unit->has, unit->fault);
	unit->maker = stranger->maker;
	g_strlcpy(unit->model, stranger->model, sizeof(unit->model));
	plan_set_version(unit, stranger->version);
	unit->target[0] = '\0';
	if (!*stranger->model)
		unit->imei[0] = '\0';
	unit->may_own = stranger->own;
	plan_set_own(unit, stranger->own != NULL);
	unit->slot->presence = PRESENCE_USB;
}

static void apply_shape(Unit *unit)
{
	Slot *slot = unit->slot;

	if (stranger_of(unit)) {
		make_stranger(unit, stranger_of(unit));
	} else if (unit->fault == F_DEAD) {
		plan_set_own(unit, false);
		slot->presence = PRESENCE_ANSWER;
	} else if (unit->fault == F_ALWAYS || unit->fault == F_ALWAYS_MUTE) {
		plan_set_own(unit, false);
		slot->presence = PRESENCE_ALWAYS;
		unit->arrive_ms = 0;
	} else if (unit->fault == F_OTHER_TTY) {
		slot->presence = PRESENCE_USB;
	} else if (unit->fault == F_NO_SLOT) {
		slot->unnamed = true;
		unit->arrive_ms = 0;
	} else if (unit->fault == F_UNPLUG_WAITING) {
		/* After those that it is to wait for. */
		unit->arrive_ms = MAX(unit->arrive_ms, 8000);
	}
}

static void apply_fault(Unit *unit)
{
	const PlanFamily *family = plan_family(unit->kind);

	fault_set_add(&unit->has, unit->fault);
	apply_shape(unit);
	if (family && family->apply_fault)
		family->apply_fault(unit);
	if (unit_has(unit, F_CURRENT))
		plan_set_version(unit, unit->target);
	if (unit_has(unit, F_ALREADY_UPDATING))
		start_next_to_target(unit);
	if (unit_has(unit, F_NO_PLAN))
		plan_other_version(unit->from, "99");
	if (unit_has(unit, F_UNKNOWN_MODEL))
		g_strlcpy(unit->model, "MX99", sizeof(unit->model));
	if (unit_has(unit, F_BAD_IMEI))
		unit->imei[14] = unit->imei[14] == '9' ? '0' : (char)(unit->imei[14] + 1);
	if (unit_has(unit, F_ZERO_IMEI))
		g_strlcpy(unit->imei, "000000000000000", sizeof(unit->imei));
	unit->cfun = unit_has(unit, F_CFUN5_BEFORE) ? 5 : unit_has(unit, F_CFUN0_BEFORE) ? 0 : 1;
	g_strlcpy(unit->version, unit->from, sizeof(unit->version));
	g_strlcpy(unit->imei_now, unit->imei, sizeof(unit->imei_now));
}

static void apply_quirks(Unit *unit)
{
	if (unit_has(unit, F_FIXED_BAUD))
		unit->fixed_baud = 115200;
	if (unit_has(unit, F_BAUD_9600))
		unit->fixed_baud = 9600;
	if (unit_has(unit, F_BAUD_230400))
		unit->fixed_baud = 230400;
	if (unit_has(unit, F_KEY_DTR) || unit_has(unit, F_KEY_RTS))
		unit->slot->key = unit_has(unit, F_KEY_DTR) ? 'd' : 'r';
	if (unit_has(unit, F_REST_OFF))
		unit->slot->rest = 0;
	unit->keyed = !unit->slot->key;
	if (plan_family(unit->kind) && plan_family(unit->kind)->apply_quirks)
		plan_family(unit->kind)->apply_quirks(unit);
}

/* ---- by name ---- */

static Unit *unit_at(Rack *rack, const char *place)
{
	char *end;
	guint64 index = g_ascii_strtoull(place, &end, 10);

	if (end != place && !*end)
		return index >= 1 && index <= rack->units->len
			       ? g_ptr_array_index(rack->units, index - 1)
			       : NULL;
	for (guint i = 0; i < rack->units->len; i++) {
		Unit *unit = g_ptr_array_index(rack->units, i);

		if (!g_ascii_strcasecmp(unit->slot->label, place))
			return unit;
	}
	return NULL;
}

/* Of the kinds that can have a fault, one of the same family where there is one. */
static UnitKind kind_for(guint who, UnitKind kind)
{
	guint own = who & plan_family(kind)->kinds, mask = own ? own : who;

	for (guint i = 0; i < N_UPDATED; i++)
		if (kind_in((UnitKind)i, mask))
			return (UnitKind)i;
	return kind;
}

/* A fault that was asked for by name makes the unit one that can have it. */
static void give_fault(Unit *unit, FaultId id)
{
	const FaultInfo *info = fault_info(id);
	if (plan_family(unit->kind) && !kind_in(unit->kind, info->who)) {
		unit->kind = kind_for(info->who, unit->kind);
		plan_make_model(unit);
		plan_set_own(unit, unit->own != NULL);
	}
	if (info->flags & FAULT_UART)
		plan_set_own(unit, false);
	if (info->flags & FAULT_COMPOSITE)
		plan_set_own(unit, true);
	if (unit->fault == F_NONE || (fault_info(unit->fault)->flags & FAULT_QUIRK))
		unit->fault = id;
	fault_set_add(&unit->has, id);
}

typedef struct {
	bool draw, slow, quirks;
} FaultMode;

static bool give_item(Rack *rack, const char *item, FaultMode *mode, GError **error)
{
	g_auto(GStrv) parts = g_strsplit(item, "@", 2);
	FaultId id = fault_by_name(parts[0]);
	Unit *one = parts[1] ? unit_at(rack, parts[1]) : NULL;

	if (!strcmp(item, "random") || !strcmp(item, "random:all")) {
		mode->draw = true;
		mode->slow = strcmp(item, "random") != 0;
		return true;
	}
	if (!strcmp(item, "clean")) {
		mode->quirks = false;
		return true;
	}
	if (id == F_COUNT || (parts[1] && !one)) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
			    id == F_COUNT ? "there is no fault \"%s\": --list-faults prints them"
					  : "there is no unit at \"%s\"",
			    id == F_COUNT ? parts[0] : parts[1]);
		return false;
	}
	for (guint i = 0; i < rack->units->len; i++)
		if (!one || one == g_ptr_array_index(rack->units, i))
			give_fault(g_ptr_array_index(rack->units, i), id);
	return true;
}

/* The neighbour takes the same IMEI; both are there from the start, or it is waited for. */
static void make_duplicates(Rack *rack)
{
	for (guint i = 0; i < rack->units->len; i++) {
		Unit *unit = g_ptr_array_index(rack->units, i);
		Unit *twin = rack->units->len < 2
				     ? unit
				     : g_ptr_array_index(rack->units,
							 i + 1 < rack->units->len ? i + 1 : i - 1);

		bool late = unit->fault == F_LATE_TWIN;

		if ((unit->fault != F_DUPLICATE_IMEI && !late) || unit == twin ||
		    unit_has(twin, F_DUPLICATE_IMEI))
			continue;
		twin->has = (FaultSet){ 0 };
		twin->fault = F_DUPLICATE_IMEI;
		if (!plan_family(twin->kind)) {
			twin->kind = UNIT_LOCAL;
			plan_make_model(twin);
		}
		g_strlcpy(twin->imei, unit->imei, sizeof(twin->imei));
		unit->arrive_ms = twin->arrive_ms = 0;
		unit->twin = late ? twin : NULL;
		twin->waits = late;
		i++;
	}
}

/* Who comes after them, and where they come back. */
static void make_followers(Rack *rack)
{
	static const FaultId followed[] = { F_SWAP_UPLOAD, F_SWAP_FLASH, F_TAKEN_NEXT, F_SIM_MOVED,
					    F_SWAPPED };
	guint n = rack->units->len;

	for (guint i = 0; i < n; i++) {
		Unit *unit = g_ptr_array_index(rack->units, i), *next;

		for (guint f = 0; f < G_N_ELEMENTS(followed); f++) {
			if (unit->fault != followed[f])
				continue;
			next = plan_add_unit(rack, unit->slot, unit->kind);
			next->late_comer = next->keyed = true;
			if (unit->fault == F_SIM_MOVED) {
				g_strlcpy(next->imsi, unit->imsi, sizeof(next->imsi));
				g_strlcpy(next->iccid, unit->iccid, sizeof(next->iccid));
			}
			plan_set_own(next, unit->own != NULL);
			apply_fault(next);
		}
		if (unit->fault != F_OTHER_SLOT)
			continue;
		unit->moved_to = plan_add_slot(rack);
		unit->moved_to->presence = unit->slot->presence;
		unit->moved_to->shape = unit->slot->shape;
	}
}

/* Something is there that is in no slot: a unit like any other. */
static void make_strangers(Rack *rack, guint strangers)
{
	for (guint i = 0; i < strangers; i++) {
		Slot *slot = plan_add_slot(rack);
		Unit *unit = plan_add_unit(rack, slot, UNIT_LOCAL);

		unit->fault = F_NO_SLOT;
		unit->keyed = true;
		apply_fault(unit);
	}
}

bool plan_give_faults(Rack *rack, const char *spec, guint strangers, GError **error)
{
	g_auto(GStrv) items = g_strsplit(spec ? spec : "random", ",", -1);
	FaultMode mode = { .quirks = true };
	Rng rng = rng_fork(rack->seed, 4);
	guint n = rack->units->len;

	for (char **item = items; *item; item++)
		if (!give_item(rack, g_strstrip(*item), &mode, error))
			return false;
	for (guint i = 0; i < n; i++) {
		Unit *unit = g_ptr_array_index(rack->units, i);

		if (mode.draw && unit->fault == F_NONE && plan_family(unit->kind))
			unit->fault = draw_fault(unit, mode.slow);
	}
	make_duplicates(rack);
	for (guint i = 0; i < n; i++) {
		Unit *unit = g_ptr_array_index(rack->units, i);

		apply_fault(unit);
		if (mode.quirks && plan_family(unit->kind))
			draw_quirks(unit, mode.slow);
		apply_quirks(unit);
	}
	make_followers(rack);
	if (mode.draw && rng_chance(&rng, 30))
		strangers++;
	make_strangers(rack, strangers);
	return true;
}
