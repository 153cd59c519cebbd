/* SPDX-License-Identifier: Apache-2.0 */
/* The module's side of SIMCom's update cloud: AT+CAPFOTA, AT+CSCFOTA and the codes that it reports.
 * It knows what the cloud has, and nothing of how a flash goes. */
#include <string.h>

#include "simcom.h"

#define CODE_CHECKED    2
#define CODE_DOWNLOADED 3
#define CODE_PARTIAL    4
#define CODE_NO_MATCH   5
#define CODE_PLATFORM   402
#define CODE_DEVICE     401
#define CODE_NO_SERVER  503

static void on_cloud(void *data);

void simcom_cloud_init(Simcom *s)
{
	s->cloud_timer = (RackTimer){ .fn = on_cloud, .data = s };
	/* Whoever told it to update before had it open. */
	s->capfota = unit_has(s->module->unit, F_CAPFOTA_ON) ||
		     unit_has(s->module->unit, F_ALREADY_UPDATING);
}

void simcom_cloud_stop(Simcom *s)
{
	timer_stop(s->module->rack->clock, &s->cloud_timer);
	s->cloud_step = 0;
}

static void report(Simcom *s, int code)
{
	bool progress = code >= CODE_CHECKED && code <= CODE_PARTIAL;

	if (!progress || !unit_has(s->module->unit, F_NO_REPORTS))
		module_report(s->module, "+CSCFOTA: %d", code);
}

/* What leads from its version to what the cloud calls `wanted`; NULL when it has nothing. */
static const char *cloud_target(const Unit *unit, const char *wanted)
{
	for (guint i = 0; i < plan_simcom.n_deltas; i++) {
		const PlanDelta *delta = &plan_simcom.deltas[i];

		if (!strcmp(delta->head.model, unit->model) &&
		    !strcmp(delta->head.from, unit->version) &&
		    !g_strcmp0(delta->cloud_version, wanted))
			return delta->head.to;
	}
	return NULL;
}

static void on_cloud(void *data)
{
	Simcom *s = data;
	Module *module = s->module;

	switch (s->cloud_step++) {
	case 0:
		/* What it can know at once. */
		if (s->cloud_code && s->cloud_code != 306) {
			report(s, s->cloud_code);
			s->cloud_step = 0;
			return;
		}
		report(s, CODE_CHECKED);
		timer_module(module->rack->clock, &s->cloud_timer, 9000);
		return;
	case 1:
		if (unit_has(module->unit, F_CLOUD_PARTIAL))
			report(s, CODE_PARTIAL);
		timer_module(module->rack->clock, &s->cloud_timer, 9000);
		return;
	case 2:
		report(s, s->cloud_code ? s->cloud_code : CODE_DOWNLOADED);
		if (s->cloud_code)
			s->cloud_step = 0;
		else
			timer_module(module->rack->clock, &s->cloud_timer, 1500);
		return;
	default:
		s->cloud_step = 0;
		simcom_flash_begin(s, s->flash.to);
	}
}

int simcom_capfota(Module *module, const AtCommand *command)
{
	Simcom *s = simcom_of(module);

	if (!s->cloud || unit_has(module->unit, F_CAPFOTA_UNKNOWN))
		return AT_ERROR;
	if (command->kind == AT_TEST)
		module_info(module, "+CAPFOTA: (0-1)");
	else if (command->kind == AT_READ)
		module_info(module, "+CAPFOTA: %u", s->capfota);
	else if (command->kind == AT_SET &&
		 (!strcmp(command->args, "0") || !strcmp(command->args, "1")))
		s->capfota = *command->args == '1';
	else
		return AT_ERROR;
	return AT_OK;
}

static int judge_request(Simcom *s, char **args)
{
	const Unit *unit = s->module->unit;
	const char *to = cloud_target(unit, args[4]);

	if (unit->vendor_code)
		return unit->vendor_code;
	if (!simcom_network(s->module))
		return CODE_NO_SERVER;
	if (strcmp(args[0], "SIMCOM") != 0 || strcmp(args[1], "7600M21") != 0)
		return CODE_DEVICE;
	if (strcmp(args[2], "1540907004") != 0 ||
	    strcmp(args[3], s->module->rack->product_secret) != 0)
		return CODE_PLATFORM;
	if (!to)
		return CODE_NO_MATCH;
	g_strlcpy(s->flash.to, to, sizeof(s->flash.to));
	return 0;
}

int simcom_cscfota(Module *module, const AtCommand *command)
{
	Simcom *s = simcom_of(module);
	const char *rest = command->args;
	g_auto(GStrv) args = g_new0(char *, 6);

	if (!s->cloud || !s->capfota || command->kind != AT_SET || s->cloud_step ||
	    timer_armed(&s->cloud_timer) || s->flash_pending) {
		/* That it refuses is all that it says of an update under way. */
		module->unit->heard |= s->flash_pending;
		return AT_ERROR;
	}
	for (guint i = 0; i < 5; i++) {
		args[i] = at_arg(&rest);
		if (!args[i] || !*args[i])
			return AT_ERROR;
	}
	module->unit->danger_us = clock_now();
	s->cloud_code = judge_request(s, args);
	timer_module(module->rack->clock, &s->cloud_timer, rng_between(&module->rng, 1500, 5000));
	rack_changed(module->rack);
	return unit_has(module->unit, F_LOST_OK) ? AT_SILENT : AT_OK;
}
