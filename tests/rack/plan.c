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
/* So many of a hundred units that can be USB devices themselves are; those that say nothing of their
 * flash, which a station behind a UART has to wait out, all are but where a mix wants it otherwise. */
#define OWN_PERCENT 65

const PlanFamily *plan_family(UnitKind kind)
{
	static const PlanFamily *const families[] = { &plan_quectel, &plan_simcom, &plan_telit };

	for (guint i = 0; i < G_N_ELEMENTS(families); i++)
		if (kind_in(kind, families[i]->kinds))
			return families[i];
	return NULL;
}

bool plan_has(const Rack *rack, guint kinds)
{
	for (guint i = 0; i < rack->units->len; i++) {
		const Unit *unit = g_ptr_array_index(rack->units, i);

		if (kind_in(unit->kind, kinds))
			return true;
	}
	return false;
}

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

static const PlanModel *model_for(const PlanFamily *family, UnitKind kind, Rng *rng)
{
	guint first = rng_below(rng, family->n_models);

	for (guint i = 0; i < family->n_models; i++) {
		const PlanModel *model = &family->models[(first + i) % family->n_models];

		if (kind_in(kind, model->kinds))
			return model;
	}
	return &family->models[0];
}

void plan_set_version(Unit *unit, const char *version)
{
	g_strlcpy(unit->from, version, sizeof(unit->from));
	g_strlcpy(unit->version, version, sizeof(unit->version));
}

void plan_other_version(char *version, const char *digits)
{
	char *at = strchr(version, 'B');

	at = at && g_ascii_isdigit(at[1]) ? at + 1 : version + strlen(version) - 2;
	memcpy(at, digits, 2);
}

void plan_set_own(Unit *unit, bool own)
{
	unit->own = own ? unit->may_own : NULL;
	unit->fixed_baud = unit->own ? 115200 : 0;
	if (unit->own)
		unit->slot->presence = PRESENCE_USB;
}

void plan_make_model(Unit *unit)
{
	const PlanFamily *family = plan_family(unit->kind);
	const PlanModel *model;

	if (!family)
		return;
	model = model_for(family, unit->kind, &unit->rng);
	unit->maker = family->maker;
	g_strlcpy(unit->model, model->model, sizeof(unit->model));
	g_strlcpy(unit->target, model->target, sizeof(unit->target));
	plan_set_version(unit, model->starts[rng_below(&unit->rng, 2)]);
	unit->may_own = model->own;
	if (family->make)
		family->make(unit);
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
	unit->asked = g_ptr_array_new_with_free_func(g_free);
	unit->rng = rng_fork(rack->seed, 100000 + unit->index);
	make_identity(unit, rack->seed);
	plan_make_model(unit);
	unit->arrive_ms = rng_chance(&unit->rng, 35) ? 0 : rng_between(&unit->rng, 200, ARRIVE_MS);
	if (unit->may_own)
		plan_set_own(unit, rng_chance(&unit->rng, OWN_PERCENT) || kind == UNIT_CSCFOTA);
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
	options->all |= !strcmp(word, "all");
	options->url |= !strcmp(word, "url");
	options->presence_turns |= !strcmp(word, "turn");
	return !strcmp(word, "mm") || !strcmp(word, "now") || !strcmp(word, "all") ||
	       !strcmp(word, "url") || !strcmp(word, "turn");
}

static void bad_part(const char *item, GError **error)
{
	g_autoptr(GString) names = g_string_new(NULL);

	for (guint i = 0; i < N_KINDS; i++)
		g_string_append_printf(names, "%s:N, ", kind_info((UnitKind)i)->name);
	g_set_error(
		error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
		"\"%s\" is no part of a mix: %sno-slot:N, all, url, now, usb, answer, dsr, turn, mm",
		item, names->str);
}

static bool parse_mix(PlanOptions *options, guint *counts, GError **error)
{
	g_auto(GStrv) items = g_strsplit(options->mix ? options->mix : "", ",", -1);

	for (char **item = items; *item; item++) {
		g_auto(GStrv) parts = g_strsplit(g_strstrip(*item), ":", 2);
		UnitKind kind;
		bool stranger;

		if (!*parts || !**parts)
			continue;
		if (parse_word(options, parts[0]))
			continue;
		kind = kind_by_name(parts[0]);
		stranger = !strcmp(parts[0], "no-slot");
		if ((kind == N_KINDS && !stranger) || !parts[1] ||
		    strspn(parts[1], "0123456789") != strlen(parts[1])) {
			bad_part(*item, error);
			return false;
		}
		*(stranger ? &options->strangers : &counts[kind]) += (guint)atoi(parts[1]);
	}
	return true;
}

static GArray *draw_kinds(const PlanOptions *options, guint units, const guint *counts, Rng *rng)
{
	GArray *kinds = g_array_new(FALSE, FALSE, sizeof(UnitKind));
	bool named = false;
	UnitKind kind = UNIT_LOCAL;

	for (guint k = 0; k < N_KINDS; k++)
		for (guint i = 0; i < counts[k] && kinds->len < units; i++) {
			named = true;
			kind = (UnitKind)k;
			g_array_append_val(kinds, kind);
		}
	/* Those that the mix does not name are of all kinds, when it names none. */
	named &= !options->all;
	while (kinds->len < units) {
		kind = named ? UNIT_LOCAL : (UnitKind)(kinds->len % N_UPDATED);
		g_array_append_val(kinds, kind);
	}
	for (guint i = kinds->len; i > 1; i--) {
		guint j = rng_below(rng, i);
		UnitKind *a = &g_array_index(kinds, UnitKind, i - 1),
			 *b = &g_array_index(kinds, UnitKind, j);

		kind = *a;
		*a = *b;
		*b = kind;
	}
	return kinds;
}

static void set_presence(Slot *slot, Unit *unit, guint index, const PlanOptions *options)
{
	static const Presence turn[] = { PRESENCE_USB, PRESENCE_ANSWER, PRESENCE_DSR };

	if (options->presence_named)
		slot->presence = options->presence;
	else if (options->presence_turns)
		slot->presence = turn[index % G_N_ELEMENTS(turn)];
	if (unit->own && slot->presence != PRESENCE_USB)
		plan_set_own(unit, false);
}

static const Family *family_of(const Unit *unit)
{
	if (unit->fault == F_DEAD || unit->fault == F_ALWAYS_MUTE || unit->kind == UNIT_BOOT ||
	    unit->kind == UNIT_BARE)
		return &family_dead;
	if (unit->kind == UNIT_ECHO || unit->kind == UNIT_GNSS)
		return unit->kind == UNIT_ECHO ? &family_echo : &family_gnss;
	return plan_family(unit->kind) ? plan_family(unit->kind)->module : &family_foreign;
}

/* Long and random: found in a file, they are it. */
static void draw_secrets(Rack *rack)
{
	Rng rng = rng_fork(rack->seed, 5);

	for (guint i = 0; i < SECRET_DIGITS; i++)
		rack->apn_password[i] = "0123456789abcdef"[rng_below(&rng, 16)];
	for (guint i = 0; i < SECRET_DIGITS; i++)
		rack->product_secret[i] = "0123456789abcdef"[rng_below(&rng, 16)];
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
	draw_secrets(rack);
	rack->others_serve = options->url;
	kinds = draw_kinds(options, options->units, counts, &rng);
	for (guint i = 0; i < options->units; i++) {
		Slot *slot = new_slot(rack, i, per_hub);
		Unit *unit = plan_add_unit(rack, slot, g_array_index(kinds, UnitKind, i));

		set_presence(slot, unit, i, options);
		if (options->now)
			unit->arrive_ms = 0;
	}
	rack->hubs = hubs;
	if (!plan_give_faults(rack, options->fault, options->strangers, error) ||
	    !troubles_parse(rack, options->trouble, error))
		return false;
	for (guint i = 0; i < rack->units->len; i++) {
		Unit *unit = g_ptr_array_index(rack->units, i);

		unit->now = unit->own;
		unit->module = module_new(rack, unit, family_of(unit));
		if (unit->own && unit->own->second != unit->own->at)
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
		g_ptr_array_unref(unit->asked);
		trouble_free(unit->trouble);
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
