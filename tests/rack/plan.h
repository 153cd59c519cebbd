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
	const char *mix;   /* "local:18,http:4,foreign:1,boot:1,mm" */
	const char *fault; /* "none", "random:all", "upload-stall@A3,current@5" */
	bool invite_mm;    /* "mm" in the mix */
	bool now;          /* "now" in the mix: all are there from the start */
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

char imei_check_digit(const char *imei);
bool imei_valid(const char *imei);

G_END_DECLS
