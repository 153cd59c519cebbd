/* SPDX-License-Identifier: Apache-2.0 */
/* Quectel's part of the plan: models, deltas, and what their faults make of units. It knows none of
 * their commands. */
#include "plan.h"

static const PlanDelta deltas[] = {
	{ FOR_LOCAL, { "MC65", "MC65CAR01A01", "MC65CAR01A02" }, NULL },
	{ FOR_LOCAL, { "MC65", "MC65CAR01A02", "MC65CAR01A03" }, NULL },
	{ FOR_LOCAL, { "M08-R", "M08RCAR01A01", "M08RCAR01A03" }, NULL },
	{ FOR_LOCAL, { "M08-R", "M08RCAR01A02", "M08RCAR01A03" }, NULL },
	{ FOR_HTTP, { "M65", "M65MAR01A01", "M65MAR01A03" }, NULL },
	{ FOR_HTTP, { "M65", "M65MAR01A02", "M65MAR01A03" }, NULL },
};

static const PlanModel models[] = {
	{ "MC65", FOR_LOCAL, "MC65CAR01A03", { "MC65CAR01A01", "MC65CAR01A02" }, NULL },
	{ "M08-R", FOR_LOCAL, "M08RCAR01A03", { "M08RCAR01A01", "M08RCAR01A02" }, NULL },
	{ "M65", FOR_HTTP, "M65MAR01A03", { "M65MAR01A01", "M65MAR01A02" }, NULL },
};

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
	unit->vendor_code = draw_vendor_code(unit);
	unit->dfota_count = unit_has(unit, F_WORN_OUT) ? 800 : rng_below(&unit->rng, 12);
}

const PlanFamily plan_quectel = {
	.kinds = FOR_QUECTEL,
	.maker = "Quectel_Ltd",
	.module = &family_quectel,
	.models = models,
	.n_models = G_N_ELEMENTS(models),
	.deltas = deltas,
	.n_deltas = G_N_ELEMENTS(deltas),
	.apply_fault = apply_fault,
};
