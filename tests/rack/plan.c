/* SPDX-License-Identifier: Apache-2.0 */
/* Which units come to which slots, with which faults and quirks: all of it from the seed and the
 * command line. It plans, and does nothing. */
#include "plan.h"

#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>

#include "module.h"

#define HUBS_MIN      4
#define PORTS_PER_HUB 8
#define ARRIVE_MS     6000

const PlanDelta plan_deltas[] = {
	{ UNIT_LOCAL, { "MC65", "MC65CAR01A01", "MC65CAR01A02" } },
	{ UNIT_LOCAL, { "MC65", "MC65CAR01A02", "MC65CAR01A03" } },
	{ UNIT_LOCAL, { "M08-R", "M08RCAR01A01", "M08RCAR01A03" } },
	{ UNIT_LOCAL, { "M08-R", "M08RCAR01A02", "M08RCAR01A03" } },
	{ UNIT_HTTP, { "M65", "M65MAR01A01", "M65MAR01A03" } },
	{ UNIT_HTTP, { "M65", "M65MAR01A02", "M65MAR01A03" } },
};

const guint plan_n_deltas = G_N_ELEMENTS(plan_deltas);

const PlanModel plan_models[] = {
	{ "MC65", UNIT_LOCAL, "MC65CAR01A03", { "MC65CAR01A01", "MC65CAR01A02" } },
	{ "M08-R", UNIT_LOCAL, "M08RCAR01A03", { "M08RCAR01A01", "M08RCAR01A02" } },
	{ "M65", UNIT_HTTP, "M65MAR01A03", { "M65MAR01A01", "M65MAR01A02" } },
};

const guint plan_n_models = G_N_ELEMENTS(plan_models);

/* ---- IMEI ---- */

char imei_check_digit(const char *imei)
{
	guint sum = 0;

	for (guint i = 0; i < 14; i++) {
		guint digit = (guint)(imei[i] - '0') * (i % 2 ? 2 : 1);

		sum += digit > 9 ? digit - 9 : digit;
	}
	return (char)('0' + (10 - sum % 10) % 10);
}

bool imei_valid(const char *imei)
{
	bool same = true;

	if (strlen(imei) != 15 || strspn(imei, "0123456789") != 15)
		return false;
	for (guint i = 1; i < 15; i++)
		same &= imei[i] == imei[0];
	return !same && imei_check_digit(imei) == imei[14];
}

static void make_identity(Unit *unit, guint64 seed)
{
	Rng rng = rng_fork(seed, 50);

	/* Eight digits of a type, six that count: no two units of a rack are the same. */
	g_snprintf(unit->imei, sizeof(unit->imei), "8600%04u%06u0", rng_below(&rng, 10000),
		   (rng_below(&rng, 9000) * 100 + unit->index) % 1000000);
	unit->imei[14] = imei_check_digit(unit->imei);
	g_snprintf(unit->iccid, sizeof(unit->iccid), "8986011%06u%06u0", rng_below(&rng, 1000000),
		   unit->index);
	g_snprintf(unit->imsi, sizeof(unit->imsi), "46000%04u%06u", rng_below(&rng, 10000),
		   unit->index);
}

/* ---- quirks and faults ---- */

static const FaultId exclusive[][3] = {
	{ F_CRCRLF, F_LF_ONLY, F_COUNT },
	{ F_FIXED_BAUD, F_BAUD_9600, F_BAUD_230400 },
	/* Noise at a wrong speed is not the silence after which a host may look for another. */
	{ F_CHATTER, F_BAUD_9600, F_BAUD_230400 },
	{ F_LONG_LINE, F_BAUD_9600, F_BAUD_230400 },
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
	return id == F_SIM_PIN && unit->kind != UNIT_LOCAL;
}

static bool fits(const Unit *unit, FaultId id)
{
	const FaultInfo *info = fault_info(id);
	bool stays = unit->slot->presence == PRESENCE_ANSWER;

	if (((info->flags & FAULT_NOT_ANSWER) && stays) || excluded(unit, id))
		return false;
	if ((info->flags & FAULT_ONLY_ANSWER) && !stays)
		return false;
	switch (info->who) {
	case FOR_LOCAL:
		return unit->kind == UNIT_LOCAL;
	case FOR_HTTP:
		return unit->kind == UNIT_HTTP;
	case FOR_ANY:
	case FOR_QUIRK:
	case FOR_SHAPE:
		return true;
	}
	return false;
}

static void draw_quirks(Unit *unit)
{
	if (fault_info(unit->fault)->flags & FAULT_PLAIN)
		return;
	for (guint id = 0; id < F_COUNT; id++) {
		/* Those that cost real time or a baud scan are rarer. */
		bool slow = id == F_LATE_ANSWER || id == F_BAUD_9600 || id == F_BAUD_230400 ||
			    id == F_SLOW_BOOT;

		if (fault_info(id)->who == FOR_QUIRK && rng_chance(&unit->rng, slow ? 4 : 14) &&
		    fits(unit, (FaultId)id))
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

		if (info->who != FOR_QUIRK && !(info->flags & FAULT_BY_NAME) &&
		    (slow || !(info->flags & FAULT_SLOW)) && fits(unit, (FaultId)i))
			g_array_append_vals(drawable, &i, 1);
	}
	id = g_array_index(drawable, FaultId, rng_below(&unit->rng, drawable->len));
	g_array_free(drawable, TRUE);
	return id;
}

static const PlanModel *model_for(UnitKind kind, Rng *rng)
{
	guint first = rng_below(rng, plan_n_models);

	for (guint i = 0; i < plan_n_models; i++) {
		const PlanModel *model = &plan_models[(first + i) % plan_n_models];

		if (model->kind == kind)
			return model;
	}
	return &plan_models[0];
}

static void set_version(Unit *unit, const char *version)
{
	g_strlcpy(unit->from, version, sizeof(unit->from));
	g_strlcpy(unit->version, version, sizeof(unit->version));
}

static void make_quectel(Unit *unit)
{
	const PlanModel *model = model_for(unit->kind, &unit->rng);

	unit->maker = "Quectel_Ltd";
	g_strlcpy(unit->model, model->model, sizeof(unit->model));
	g_strlcpy(unit->target, model->target, sizeof(unit->target));
	set_version(unit, model->starts[rng_below(&unit->rng, 2)]);
}

/* The last version before the target: what is flashing already has only one step to go. */
static void start_next_to_target(Unit *unit)
{
	for (guint i = 0; i < plan_n_deltas; i++)
		if (!strcmp(plan_deltas[i].head.to, unit->target))
			set_version(unit, plan_deltas[i].head.from);
}

static void apply_shape(Unit *unit)
{
	Slot *slot = unit->slot;

	if (unit->fault == F_FOREIGN || unit->kind == UNIT_FOREIGN) {
		unit->kind = UNIT_FOREIGN;
		unit->fault = F_FOREIGN;
		unit->maker = "SIMCOM_Ltd";
		g_strlcpy(unit->model, "SIMCOM_SIM7100E", sizeof(unit->model));
		set_version(unit, "4534B04SIM7100E");
		unit->target[0] = '\0';
		unit->fixed_baud = 115200;
		slot->presence = PRESENCE_USB;
		slot->shape = &usb_simcom;
	} else if (unit->fault == F_BOOTLOADER || unit->kind == UNIT_BOOT) {
		unit->kind = UNIT_BOOT;
		unit->fault = F_BOOTLOADER;
		unit->imei[0] = unit->model[0] = unit->target[0] = '\0';
		set_version(unit, "");
		slot->presence = PRESENCE_USB;
		slot->shape = &usb_qdl;
	} else if (unit->fault == F_DEAD) {
		slot->presence = PRESENCE_ANSWER;
	}
}

static int draw_vendor_code(Unit *unit)
{
	static const int flash[] = { 6500, 6505, 6508, 6509 };
	static const int download[] = { 6503, 6504, 6502 };

	if (unit->fault >= F_APPLY_6500 && unit->fault <= F_APPLY_6509)
		return 6500 + (int)(unit->fault - F_APPLY_6500);
	if (unit->fault == F_UPDATE_ERROR)
		return flash[rng_below(&unit->rng, G_N_ELEMENTS(flash))];
	if (unit->fault == F_DOWNLOAD_ERROR)
		return download[rng_below(&unit->rng, G_N_ELEMENTS(download))];
	if (unit->fault == F_WORN_OUT)
		return 6508;
	if (unit->fault == F_HTTP_404)
		return 6504;
	return unit->fault == F_HTTP_STALL ? 6503 : 0;
}

static void apply_fault(Unit *unit)
{
	fault_set_add(&unit->has, unit->fault);
	apply_shape(unit);
	unit->vendor_code = draw_vendor_code(unit);
	if (unit_has(unit, F_CURRENT))
		set_version(unit, unit->target);
	if (unit_has(unit, F_ALREADY_UPDATING))
		start_next_to_target(unit);
	if (unit_has(unit, F_NO_PLAN))
		unit->from[strlen(unit->from) - 2] = '9';
	if (unit_has(unit, F_UNKNOWN_MODEL))
		g_strlcpy(unit->model, "MX99", sizeof(unit->model));
	if (unit_has(unit, F_BAD_IMEI))
		unit->imei[14] = unit->imei[14] == '9' ? '0' : (char)(unit->imei[14] + 1);
	if (unit_has(unit, F_ZERO_IMEI))
		g_strlcpy(unit->imei, "000000000000000", sizeof(unit->imei));
	unit->cfun = unit_has(unit, F_CFUN5_BEFORE) ? 5 : unit_has(unit, F_CFUN0_BEFORE) ? 0 : 1;
	unit->dfota_count = unit_has(unit, F_WORN_OUT) ? 800 : rng_below(&unit->rng, 12);
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
}

/* ---- slots and units ---- */

static Slot *new_slot(Rack *rack, guint index, guint per_hub)
{
	static const UsbShape *const adapters[] = { &usb_ftdi, &usb_cp210x, &usb_ch340,
						    &usb_pl2303 };
	Slot *slot = g_new0(Slot, 1);
	Rng rng = rng_fork(rack->seed, 900 + index);
	guint draw = rng_below(&rng, 100);

	slot->rack = rack;
	slot->hub = index / per_hub;
	slot->port = index % per_hub + 1;
	slot->label = slot->hub < 26 ? g_strdup_printf("%c%u", 'A' + slot->hub, slot->port)
				     : g_strdup_printf("%c%c%u", 'A' + slot->hub / 26 - 1,
						       'A' + slot->hub % 26, slot->port);
	slot->path = bus_path(slot->hub, slot->port);
	slot->presence = draw < 40 ? PRESENCE_ANSWER : draw < 75 ? PRESENCE_USB : PRESENCE_DSR;
	slot->shape = adapters[rng_below(&rng, G_N_ELEMENTS(adapters))];
	g_queue_init(&slot->coming);
	g_ptr_array_add(rack->slots, slot);
	return slot;
}

static Unit *new_unit(Rack *rack, Slot *slot, UnitKind kind)
{
	Unit *unit = g_new0(Unit, 1);

	unit->index = rack->units->len + 1;
	unit->slot = slot;
	unit->kind = kind;
	unit->rng = rng_fork(rack->seed, 100000 + unit->index);
	make_identity(unit, rack->seed);
	make_quectel(unit);
	unit->arrive_ms = rng_chance(&unit->rng, 35) ? 0 : rng_between(&unit->rng, 200, ARRIVE_MS);
	g_ptr_array_add(rack->units, unit);
	g_queue_push_tail(&slot->coming, unit);
	return unit;
}

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

/* A fault that was asked for by name makes the unit one that can have it. */
static void give_fault(Unit *unit, FaultId id)
{
	const FaultInfo *info = fault_info(id);

	if ((info->who == FOR_LOCAL && unit->kind == UNIT_HTTP) ||
	    (info->who == FOR_HTTP && unit->kind == UNIT_LOCAL)) {
		unit->kind = info->who == FOR_LOCAL ? UNIT_LOCAL : UNIT_HTTP;
		make_quectel(unit);
	}
	if (unit->fault == F_NONE || fault_info(unit->fault)->who == FOR_QUIRK)
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

/* The neighbour takes the same IMEI, and both are there from the start. */
static void make_duplicates(Rack *rack)
{
	for (guint i = 0; i < rack->units->len; i++) {
		Unit *unit = g_ptr_array_index(rack->units, i);
		Unit *twin = rack->units->len < 2
				     ? unit
				     : g_ptr_array_index(rack->units,
							 i + 1 < rack->units->len ? i + 1 : i - 1);

		if (unit->fault != F_DUPLICATE_IMEI || unit == twin ||
		    unit_has(twin, F_DUPLICATE_IMEI))
			continue;
		twin->has = (FaultSet){ 0 };
		twin->fault = F_DUPLICATE_IMEI;
		if (twin->kind == UNIT_FOREIGN || twin->kind == UNIT_BOOT)
			twin->kind = UNIT_LOCAL;
		make_quectel(twin);
		g_strlcpy(twin->imei, unit->imei, sizeof(twin->imei));
		unit->arrive_ms = twin->arrive_ms = 0;
		i++;
	}
}

static void make_swaps(Rack *rack)
{
	guint n = rack->units->len;

	for (guint i = 0; i < n; i++) {
		Unit *unit = g_ptr_array_index(rack->units, i), *next;

		if (unit->fault != F_SWAP_UPLOAD)
			continue;
		next = new_unit(rack, unit->slot, unit->kind);
		next->late_comer = true;
		apply_fault(next);
	}
}

static bool give_faults(Rack *rack, const char *spec, GError **error)
{
	g_auto(GStrv) items = g_strsplit(spec ? spec : "random", ",", -1);
	FaultMode mode = { .quirks = true };
	guint n = rack->units->len;

	for (char **item = items; *item; item++)
		if (!give_item(rack, g_strstrip(*item), &mode, error))
			return false;
	for (guint i = 0; i < n; i++) {
		Unit *unit = g_ptr_array_index(rack->units, i);

		if (mode.draw && unit->fault == F_NONE && unit->kind <= UNIT_HTTP)
			unit->fault = draw_fault(unit, mode.slow);
	}
	make_duplicates(rack);
	for (guint i = 0; i < n; i++) {
		Unit *unit = g_ptr_array_index(rack->units, i);

		apply_fault(unit);
		if (mode.quirks && unit->kind <= UNIT_HTTP)
			draw_quirks(unit);
		apply_quirks(unit);
	}
	make_swaps(rack);
	return true;
}

/* ---- the mix ---- */

static bool parse_mix(PlanOptions *options, guint *counts, GError **error)
{
	static const char *const names[] = { "local", "http", "foreign", "boot" };
	g_auto(GStrv) items = g_strsplit(options->mix ? options->mix : "", ",", -1);

	for (char **item = items; *item; item++) {
		g_auto(GStrv) parts = g_strsplit(g_strstrip(*item), ":", 2);
		guint kind = 0;

		if (!*parts || !**parts)
			continue;
		if (!strcmp(parts[0], "mm") || !strcmp(parts[0], "now")) {
			options->invite_mm |= *parts[0] == 'm';
			options->now |= *parts[0] == 'n';
			continue;
		}
		while (kind < G_N_ELEMENTS(names) && strcmp(names[kind], parts[0]) != 0)
			kind++;
		if (kind == G_N_ELEMENTS(names) || !parts[1] ||
		    strspn(parts[1], "0123456789") != strlen(parts[1])) {
			g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
				    "\"%s\" is no part of a mix: local:N, http:N, foreign:N, "
				    "boot:N, now, mm",
				    *item);
			return false;
		}
		counts[kind] += (guint)atoi(parts[1]);
	}
	return true;
}

static GArray *draw_kinds(const PlanOptions *options, guint units, const guint *counts, Rng *rng)
{
	GArray *kinds = g_array_new(FALSE, FALSE, sizeof(UnitKind));
	bool named = counts[0] || counts[1] || counts[2] || counts[3];
	UnitKind kind = UNIT_LOCAL;

	for (guint k = 0; k < 4; k++)
		for (guint i = 0; i < counts[k] && kinds->len < units; i++) {
			kind = (UnitKind)k;
			g_array_append_val(kinds, kind);
		}
	while (kinds->len < units) {
		kind = !named && kinds->len % 5 == 4 ? UNIT_HTTP : UNIT_LOCAL;
		g_array_append_val(kinds, kind);
	}
	for (guint i = kinds->len; named && i > 1; i--) {
		guint j = rng_below(rng, i);
		UnitKind *a = &g_array_index(kinds, UnitKind, i - 1),
			 *b = &g_array_index(kinds, UnitKind, j);

		kind = *a;
		*a = *b;
		*b = kind;
	}
	return kinds;
}

static const Family *family_of(const Unit *unit)
{
	if (unit->fault == F_DEAD || unit->kind == UNIT_BOOT)
		return &family_dead;
	return unit->kind == UNIT_FOREIGN ? &family_foreign : &family_quectel;
}

bool plan_make(Rack *rack, PlanOptions *options, GError **error)
{
	guint counts[4] = { 0 }, total = 0, hubs, per_hub;
	Rng rng = rng_fork(rack->seed, 3);
	g_autoptr(GArray) kinds = NULL;

	if (!parse_mix(options, counts, error))
		return false;
	for (guint i = 0; i < 4; i++)
		total += counts[i];
	if (!options->units)
		options->units = total ? total : 8;
	if (total > options->units) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
			    "the mix names %u units, --units says %u", total, options->units);
		return false;
	}
	hubs = MAX(HUBS_MIN, (options->units + PORTS_PER_HUB - 1) / PORTS_PER_HUB);
	per_hub = (options->units + hubs - 1) / hubs;
	kinds = draw_kinds(options, options->units, counts, &rng);
	for (guint i = 0; i < options->units; i++) {
		Unit *unit = new_unit(rack, new_slot(rack, i, per_hub),
				      g_array_index(kinds, UnitKind, i));

		if (options->now)
			unit->arrive_ms = 0;
	}
	rack->hubs = hubs;
	if (!give_faults(rack, options->fault, error))
		return false;
	for (guint i = 0; i < rack->units->len; i++) {
		Unit *unit = g_ptr_array_index(rack->units, i);

		unit->module = module_new(rack, unit, family_of(unit));
		if (unit->kind == UNIT_FOREIGN)
			unit->second = module_new(rack, unit, family_of(unit));
	}
	return true;
}

void plan_free(Rack *rack)
{
	for (guint i = 0; i < rack->units->len; i++) {
		Unit *unit = g_ptr_array_index(rack->units, i);

		if (unit->module)
			module_free(unit->module);
		if (unit->second)
			module_free(unit->second);
		g_free(unit);
	}
	for (guint i = 0; i < rack->slots->len; i++) {
		Slot *slot = g_ptr_array_index(rack->slots, i);

		g_queue_clear(&slot->coming);
		g_free(slot->label);
		g_free(slot->path);
		g_free(slot);
	}
	g_ptr_array_free(rack->units, TRUE);
	g_ptr_array_free(rack->slots, TRUE);
}
