/* SPDX-License-Identifier: Apache-2.0 */
/* SIMCom's part of the plan: models, deltas, what their faults make of units, and the account at the
 * vendor's cloud. It knows none of their commands. */
#include "plan.h"

static const PlanDelta deltas[] = {
	{ FOR(S7000_HTTP), { "SIM7000E", "1351B04SIM7000E", "1351B06SIM7000E" }, NULL },
	{ FOR(S7000_HTTP), { "SIM7000E", "1351B05SIM7000E", "1351B06SIM7000E" }, NULL },
	{ FOR(S7000_LOCAL), { "SIM7000G", "1529B05SIM7000G", "1529B08SIM7000G" }, NULL },
	{ FOR(S7000_LOCAL), { "SIM7000G", "1529B08SIM7000G", "1529B11SIM7000G" }, NULL },
	{ FOR(S70X0_HTTP), { "SIM7070G", "1951B08SIM7070G", "1951B16SIM7070G" }, NULL },
	{ FOR(S70X0_HTTP), { "SIM7070G", "1951B14SIM7070G", "1951B16SIM7070G" }, NULL },
	{ FOR(S70X0_LOCAL), { "SIM7080G", "1951B02SIM7080G", "1951B14SIM7080G" }, NULL },
	{ FOR(S70X0_LOCAL), { "SIM7080G", "1951B14SIM7080G", "1951B16SIM7080G" }, NULL },
	{ FOR(S70X0_LOCAL), { "SIM7090G", "1951B08SIM7090G", "1951B16SIM7090G" }, NULL },
	{ FOR(S70X0_LOCAL), { "SIM7090G", "1951B12SIM7090G", "1951B16SIM7090G" }, NULL },
	{ FOR(CSCFOTA),
	  { "SIM7600M21", "LE11B02SIM7600M21", "LE11B04SIM7600M21" },
	  "SIM7600M21_LE11_181025_V2.00" },
	{ FOR(CSCFOTA),
	  { "SIM7600M21", "LE11B03SIM7600M21", "LE11B04SIM7600M21" },
	  "SIM7600M21_LE11_181025_V2.00" },
};

static const PlanModel models[] = {
	{ "SIM7000E",
	  FOR(S7000_HTTP),
	  "1351B06SIM7000E",
	  { "1351B04SIM7000E", "1351B05SIM7000E" },
	  &usb_simcom },
	{ "SIM7000G",
	  FOR(S7000_LOCAL),
	  "1529B11SIM7000G",
	  { "1529B05SIM7000G", "1529B08SIM7000G" },
	  &usb_simcom },
	{ "SIM7070G",
	  FOR(S70X0_HTTP),
	  "1951B16SIM7070G",
	  { "1951B08SIM7070G", "1951B14SIM7070G" },
	  &usb_9206 },
	{ "SIM7080G",
	  FOR(S70X0_LOCAL),
	  "1951B16SIM7080G",
	  { "1951B02SIM7080G", "1951B14SIM7080G" },
	  &usb_9206 },
	{ "SIM7090G",
	  FOR(S70X0_LOCAL),
	  "1951B16SIM7090G",
	  { "1951B08SIM7090G", "1951B12SIM7090G" },
	  &usb_9206 },
	{ "SIM7600M21",
	  FOR(CSCFOTA),
	  "LE11B04SIM7600M21",
	  { "LE11B02SIM7600M21", "LE11B03SIM7600M21" },
	  &usb_sim7600 },
};

static int draw_vendor_code(Unit *unit)
{
	static const int fetch[] = { 400, 408, 500, 600, 601, 602, 603, 604, 620, 65535 };
	static const int cloud[] = { 1,   301, 302, 303, 304, 305, 306, 307, 308, 401,
				     402, 403, 404, 405, 501, 502, 503, 504, 505, 506,
				     507, 508, 509, 510, 511, 512, 513, 514 };

	if (unit->fault == F_FETCH_ERROR)
		return fetch[rng_below(&unit->rng, G_N_ELEMENTS(fetch))];
	if (unit->fault == F_CLOUD_ERROR)
		return cloud[rng_below(&unit->rng, G_N_ELEMENTS(cloud))];
	if (unit->fault == F_CLOUD_NO_MATCH)
		return 5;
	if (unit->fault == F_HTTP_404)
		return 404;
	return unit->fault == F_FETCH_206 ? 206 : 0;
}

static void make(Unit *unit)
{
	if (unit->kind == UNIT_CSCFOTA)
		unit->maker = "SIMCOM INCORPORATED";
}

static void apply_fault(Unit *unit)
{
	unit->vendor_code = draw_vendor_code(unit);
}

/* What its composition is when it is put in. */
static void apply_quirks(Unit *unit)
{
	if (unit_has(unit, F_PID_9205) && unit->own)
		unit->own = unit->may_own = &usb_9205;
}

static void setup(const Rack *rack, const SetupText *text)
{
	if (!plan_has(rack, FOR_CSCFOTA))
		return;
	g_string_append(text->catalogue, "\n[cloud SIM7600M21]\noem = SIMCOM\nmodels = 7600M21\n"
					 "product_id = 1540907004\n");
	g_string_append_printf(text->secrets, "\n[cloud SIM7600M21]\nproduct_secret = %s\n",
			       rack->product_secret);
}

const PlanFamily plan_simcom = {
	.kinds = FOR_SIMCOM,
	.maker = "SIMCOM_Ltd",
	.module = &family_simcom,
	.models = models,
	.n_models = G_N_ELEMENTS(models),
	.deltas = deltas,
	.n_deltas = G_N_ELEMENTS(deltas),
	.make = make,
	.apply_fault = apply_fault,
	.apply_quirks = apply_quirks,
	.setup = setup,
};
