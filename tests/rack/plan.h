/* SPDX-License-Identifier: Apache-2.0 */
/* Which units come to which slots, with which faults and quirks: all of it from the seed and the
 * command line. It plans, and does nothing. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "package.h"
#include "rack.h"

G_BEGIN_DECLS

typedef struct {
	guint units;       /* 0: as many as the mix names, or 8 */
	const char *mix;   /* "local:18,http:4,foreign:1,boot:1,no-slot:1,mm" */
	const char *fault; /* "none", "random:all", "upload-stall@A3,current@5" */
	bool invite_mm;    /* "mm" in the mix */
	bool now;          /* "now" in the mix: all are there from the start */
	guint strangers;   /* "no-slot:2": units in no slot */
	/* "usb", "answer" or "dsr" in the mix: all slots are so; "turn": one after the other */
	bool presence_named, presence_turns;
	Presence presence;
} PlanOptions;

/* The deltas that exist in this world, and the version each model is to end at. */
typedef struct {
	UnitKind kind;
	PackageHead head;
} PlanDelta;

extern const PlanDelta plan_deltas[];
extern const guint plan_n_deltas;

typedef struct {
	const char *model;
	UnitKind kind;
	const char *target;
	const char *starts[2];
} PlanModel;

extern const PlanModel plan_models[];
extern const guint plan_n_models;

bool plan_make(Rack *rack, PlanOptions *options, GError **error);
void plan_free(Rack *rack);

/* plan_faults.c: the faults of all units, their quirks, who comes after them, and so many strangers
 * in no slot. */
bool plan_give_faults(Rack *rack, const char *spec, guint strangers, GError **error);
/* One more unit of this slot, or one more slot, on a hub of its own. */
Unit *plan_add_unit(Rack *rack, Slot *slot, UnitKind kind);
Slot *plan_add_slot(Rack *rack);
/* A model and a version for a unit of its kind. */
void plan_make_quectel(Unit *unit);
void plan_set_version(Unit *unit, const char *version);

char imei_check_digit(const char *imei);
bool imei_valid(const char *imei);

G_END_DECLS
