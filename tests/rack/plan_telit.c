/* SPDX-License-Identifier: Apache-2.0 */
/* Telit's part of the plan: models, deltas, what their faults make of units, and the account at the
 * vendor's service. It knows none of their commands. */
#include "plan.h"

#include <string.h>

#include "telit.h"

/* Where one model is updated in several ways, the version says in which. */
static const PlanDelta deltas[] = {
	{ FOR(TELIT_SMS), { "HE910", "12.00.004", "12.00.005" }, NULL },
	{ FOR(TELIT_SMS), { "HE910", "12.00.005", "12.00.026" }, NULL },
	{ FOR(TELIT_SMS), { "GE864", "10.00.005", "10.00.006" }, NULL },
	{ FOR(TELIT_SMS), { "GE864", "10.00.004", "10.00.006" }, NULL },
	{ FOR(TELIT_COMBINED), { "HE910", "12.00.014", "12.00.026" }, NULL },
	{ FOR(TELIT_COMBINED), { "HE910", "12.00.015", "12.00.026" }, NULL },
	{ FOR(TELIT_COMBINED), { "HE910", "12.00.011", "12.00.026" }, NULL },
	{ FOR(TELIT_COMBINED), { "GE865", "10.00.003", "10.00.006" }, NULL },
	{ FOR(TELIT_COMBINED), { "GE865", "10.00.005", "10.00.006" }, NULL },
	{ FOR(TELIT_COMBINED), { "GE865", "10.00.001", "10.00.006" }, NULL },
	{ FOR(TELIT_TCPIP), { "HE910", "12.00.024", "12.00.026" }, NULL },
	{ FOR(TELIT_TCPIP), { "HE910", "12.00.025", "12.00.026" }, NULL },
	{ FOR(TELIT_TCPIP), { "HE910", "12.00.021", "12.00.026" }, NULL },
	{ FOR(TELIT_TCPIP), { "GE910", "13.00.002", "13.00.003" }, NULL },
	{ FOR(TELIT_TCPIP), { "GE910", "13.00.003", "13.00.004" }, NULL },
	{ FOR(TELIT_TCPIP), { "GE910", "13.00.001", "13.00.004" }, NULL },
	{ FOR(TELIT_TCPIP), { "GL868", "10.00.004", "10.00.006" }, NULL },
	{ FOR(TELIT_TCPIP), { "GL868", "10.00.005", "10.00.006" }, NULL },
	{ FOR(TELIT_TCPIP), { "GL868", "10.00.001", "10.00.006" }, NULL },
};

static const PlanModel models[] = {
	{ "HE910", FOR(TELIT_SMS), "12.00.026", { "12.00.004", "12.00.005" }, &usb_he910 },
	{ "GE864", FOR(TELIT_SMS), "10.00.006", { "10.00.004", "10.00.005" }, NULL },
	{ "HE910", FOR(TELIT_COMBINED), "12.00.026", { "12.00.014", "12.00.015" }, &usb_he910 },
	{ "GE865", FOR(TELIT_COMBINED), "10.00.006", { "10.00.003", "10.00.005" }, NULL },
	{ "HE910", FOR(TELIT_TCPIP), "12.00.026", { "12.00.024", "12.00.025" }, &usb_he910 },
	{ "GE910", FOR(TELIT_TCPIP), "13.00.004", { "13.00.002", "13.00.003" }, &usb_ge910 },
	{ "GL868", FOR(TELIT_TCPIP), "10.00.006", { "10.00.004", "10.00.005" }, NULL },
};

/* Some have a seventh pair of interfaces. */
static void make(Unit *unit)
{
	if (unit->may_own == &usb_he910 && rng_chance(&unit->rng, 40))
		unit->may_own = &usb_he910_7;
}

static void apply_fault(Unit *unit)
{
	if (unit_has(unit, F_TOO_OLD))
		unit->from[strlen(unit->from) - 1] = '1';
	if (unit_has(unit, F_PFM_BEGINS)) {
		fault_set_add(&unit->has, F_PFM_KNOWN);
		fault_set_add(&unit->has, F_PFM_AUTOMATIC);
	}
	if (unit_has(unit, F_PIN_ONE_LEFT) || unit_has(unit, F_PIN_WRONG))
		fault_set_add(&unit->has, F_SIM_PIN);
}

static void setup(const Rack *rack, const SetupText *text)
{
	g_string_append(text->station, "\n[pfm]\n"
				       "bearer = gprs\n"
				       "number = +390404192000\n"
				       "address = 192.0.2.7\n"
				       "port = 6001\n"
				       "preprovisioned = no\n"
				       "pfm_after = keep\n"
				       "wait_minutes = 3\n");
	g_string_replace(text->secrets, "\npin =\n", "\npin = " TELIT_PIN "\n", 1);
}

const PlanFamily plan_telit = {
	.kinds = FOR_TELIT,
	.maker = "Telit",
	.module = &family_telit,
	.models = models,
	.n_models = G_N_ELEMENTS(models),
	.deltas = deltas,
	.n_deltas = G_N_ELEMENTS(deltas),
	.make = make,
	.apply_fault = apply_fault,
	.setup = setup,
};
