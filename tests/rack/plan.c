/* SPDX-License-Identifier: Apache-2.0 */
/* Which units come to which slots, with which faults and quirks: all of it from the seed and the
 * command line. It plans, and does nothing. */
#include "plan.h"

#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "module.h"

#define HUBS_MIN      4
#define PORTS_PER_HUB 8
#define ARRIVE_MS     6000
/* local, http, foreign, boot */
#define N_KINDS 4

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

void plan_set_version(Unit *unit, const char *version)
{
	g_strlcpy(unit->from, version, sizeof(unit->from));
	g_strlcpy(unit->version, version, sizeof(unit->version));
}

void plan_make_quectel(Unit *unit)
{
	const PlanModel *model = model_for(unit->kind, &unit->rng);

	unit->maker = "Quectel_Ltd";
	g_strlcpy(unit->model, model->model, sizeof(unit->model));
	g_strlcpy(unit->target, model->target, sizeof(unit->target));
	plan_set_version(unit, model->starts[rng_below(&unit->rng, 2)]);
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
	slot->rest = TIOCM_DTR | TIOCM_RTS;
	g_queue_init(&slot->coming);
	g_ptr_array_add(rack->slots, slot);
	return slot;
}

/* Behind the hubs of the units, so that no path depends on it. */
Slot *plan_add_slot(Rack *rack)
{
	guint index = rack->hubs * PORTS_PER_HUB + rack->added++;

	rack->hubs_added = rack->added / PORTS_PER_HUB + 1;
	return new_slot(rack, index, PORTS_PER_HUB);
}

Unit *plan_add_unit(Rack *rack, Slot *slot, UnitKind kind)
{
	Unit *unit = g_new0(Unit, 1);

	unit->index = rack->units->len + 1;
	unit->slot = slot;
	unit->kind = kind;
	unit->rng = rng_fork(rack->seed, 100000 + unit->index);
	make_identity(unit, rack->seed);
	plan_make_quectel(unit);
	unit->arrive_ms = rng_chance(&unit->rng, 35) ? 0 : rng_between(&unit->rng, 200, ARRIVE_MS);
	g_ptr_array_add(rack->units, unit);
	g_queue_push_tail(&slot->coming, unit);
	return unit;
}

/* ---- the mix ---- */

static bool parse_word(PlanOptions *options, const char *word)
{
	static const struct {
		const char *word;
		Presence presence;
	} kinds[] = { { "usb", PRESENCE_USB },
		      { "answer", PRESENCE_ANSWER },
		      { "dsr", PRESENCE_DSR } };

	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
		if (!strcmp(word, kinds[i].word)) {
			options->presence_named = true;
			options->presence = kinds[i].presence;
			return true;
		}
	options->invite_mm |= !strcmp(word, "mm");
	options->now |= !strcmp(word, "now");
	options->presence_turns |= !strcmp(word, "turn");
	return !strcmp(word, "mm") || !strcmp(word, "now") || !strcmp(word, "turn");
}

static bool parse_mix(PlanOptions *options, guint *counts, GError **error)
{
	static const char *const names[] = { "local", "http", "foreign", "boot", "no-slot" };
	g_auto(GStrv) items = g_strsplit(options->mix ? options->mix : "", ",", -1);

	for (char **item = items; *item; item++) {
		g_auto(GStrv) parts = g_strsplit(g_strstrip(*item), ":", 2);
		guint kind = 0;

		if (!*parts || !**parts)
			continue;
		if (parse_word(options, parts[0]))
			continue;
		while (kind < G_N_ELEMENTS(names) && strcmp(names[kind], parts[0]) != 0)
			kind++;
		if (kind == G_N_ELEMENTS(names) || !parts[1] ||
		    strspn(parts[1], "0123456789") != strlen(parts[1])) {
			g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
				    "\"%s\" is no part of a mix: local:N, http:N, foreign:N, "
				    "boot:N, no-slot:N, now, usb, answer, dsr, turn, mm",
				    *item);
			return false;
		}
		*(kind < N_KINDS ? &counts[kind] : &options->strangers) += (guint)atoi(parts[1]);
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

static void set_presence(Slot *slot, guint index, const PlanOptions *options)
{
	static const Presence turn[] = { PRESENCE_USB, PRESENCE_ANSWER, PRESENCE_DSR };

	if (options->presence_named)
		slot->presence = options->presence;
	else if (options->presence_turns)
		slot->presence = turn[index % G_N_ELEMENTS(turn)];
}

static const Family *family_of(const Unit *unit)
{
	if (unit->fault == F_DEAD || unit->fault == F_ALWAYS_MUTE || unit->kind == UNIT_BOOT)
		return &family_dead;
	return unit->kind == UNIT_FOREIGN ? &family_foreign : &family_quectel;
}

bool plan_make(Rack *rack, PlanOptions *options, GError **error)
{
	guint counts[N_KINDS] = { 0 }, total = 0, hubs, per_hub;
	Rng rng = rng_fork(rack->seed, 3);
	g_autoptr(GArray) kinds = NULL;

	if (!parse_mix(options, counts, error))
		return false;
	for (guint i = 0; i < N_KINDS; i++)
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
		Slot *slot = new_slot(rack, i, per_hub);
		Unit *unit = plan_add_unit(rack, slot, g_array_index(kinds, UnitKind, i));

		set_presence(slot, i, options);
		if (options->now)
			unit->arrive_ms = 0;
	}
	rack->hubs = hubs;
	if (!plan_give_faults(rack, options->fault, options->strangers, error))
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
