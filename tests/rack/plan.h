/* SPDX-License-Identifier: Apache-2.0 */
/* Which units come to which slots, with which faults and quirks: all of it from the seed and the
 * command line. It plans, and does nothing. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "module.h"
#include "package.h"
#include "rack.h"

G_BEGIN_DECLS

typedef struct {
	guint units;         /* 0: as many as the mix names, or 8 */
	const char *mix;     /* "local:18,telit-sms:4,foreign:1,no-slot:1,mm,all" */
	const char *fault;   /* "none", "random:all", "upload-stall@A3,current@5" */
	const char *trouble; /* "silence@+CFOTA=1@3" */
	bool invite_mm;      /* "mm" in the mix */
	bool now;            /* "now" in the mix: all are there from the start */
	bool url;            /* "url" in the mix: others serve what units fetch */
	bool all;            /* "all" in the mix: units that it does not name are of every kind */
	guint strangers;     /* "no-slot:2": units in no slot */
	/* "usb", "answer" or "dsr" in the mix: all slots are so; "turn": one after the other */
	bool presence_named, presence_turns;
	Presence presence;
} PlanOptions;

/* The deltas that exist in this world, and the version each model is to end at. */
typedef struct {
	guint kinds; /* FOR_ bits */
	PackageHead head;
	const char
		*cloud_version; /* how the vendor's service calls what it leads to; may be NULL */
} PlanDelta;

typedef struct {
	const char *model; /* as the catalogue names it */
	guint kinds;       /* FOR_ bits */
	const char *target;
	const char *starts[2];
	const UsbShape *own; /* the USB device that it can be, NULL: it has a UART only */
} PlanModel;

/* Files of a configuration that a family adds its own sections to. */
typedef struct {
	GString *station, *secrets, *catalogue;
} SetupText;

/* What a family of modules adds to the plan. */
typedef struct {
	guint kinds; /* FOR_ bits */
	const char *maker;
	const Family *module;
	const PlanModel *models;
	guint n_models;
	const PlanDelta *deltas;
	guint n_deltas;
	/* What else a new unit's own stream of numbers decides; may be missing, as all that follow. */
	void (*make)(Unit *unit);
	/* What its fault makes of it before it is put in. */
	void (*apply_fault)(Unit *unit);
	void (*apply_quirks)(Unit *unit);
	/* Sections of its own, written when the rack has such units. */
	void (*setup)(const Rack *rack, const SetupText *text);
} PlanFamily;

extern const PlanFamily plan_quectel, plan_simcom, plan_telit;
/* NULL for kinds that nobody updates. */
const PlanFamily *plan_family(UnitKind kind);
/* Whether one of these units is in the rack. */
bool plan_has(const Rack *rack, guint kinds);

bool plan_make(Rack *rack, PlanOptions *options, GError **error);
void plan_free(Rack *rack);

/* plan_faults.c: the faults of all units, their quirks, who comes after them, and so many strangers
 * in no slot. */
bool plan_give_faults(Rack *rack, const char *spec, guint strangers, GError **error);
/* One more unit of this slot, or one more slot, on a hub of its own. */
Unit *plan_add_unit(Rack *rack, Slot *slot, UnitKind kind);
Slot *plan_add_slot(Rack *rack);
/* A model and a version for a unit of its kind. */
void plan_make_model(Unit *unit);
/* Makes it a USB device itself, or what sits behind the slot's adapter. */
void plan_set_own(Unit *unit, bool own);
/* A version that nobody has, with these two digits for its number. */
void plan_other_version(char *version, const char *digits);
void plan_set_version(Unit *unit, const char *version);

char imei_check_digit(const char *imei);
bool imei_valid(const char *imei);

G_END_DECLS
