/* SPDX-License-Identifier: Apache-2.0 */
/* AT commands that every simulated module answers in the same way, and the words of common errors.
 * It knows no vendor's own commands. */
#include "module.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
	int code;
	const char *text;
} CmeText;

static const CmeText cme_texts[] = {
	{ 3, "operation not allowed" },
	{ 4, "operation not supported" },
	{ 10, "SIM not inserted" },
	{ 11, "SIM PIN required" },
	{ 16, "incorrect password" },
	{ 30, "no network service" },
	{ 50, "" },
	{ 3765, "invalid input value" },
	{ 3916, "UFS full" },
	{ 3919, "file not found" },
	{ 3921, "file already existed" },
	{ 4009, "time out" },
	{ 4010, "file not found" },
	{ 4012, "file already exist" },
};

const char *cme_text(int code)
{
	for (guint i = 0; i < G_N_ELEMENTS(cme_texts); i++)
		if (cme_texts[i].code == code)
			return cme_texts[i].text;
	return NULL;
}

char *at_arg(const char **args)
{
	const char *p = *args;
	g_autoptr(GString) arg = g_string_new(NULL);
	bool quoted = false;

	if (!p || !*p)
		return NULL;
	for (; *p && (quoted || *p != ','); p++) {
		if (*p == '"')
			quoted = !quoted;
		else
			g_string_append_c(arg, *p);
	}
	*args = *p == ',' ? p + 1 : NULL;
	return g_string_free(g_steal_pointer(&arg), FALSE);
}

bool module_sim_ready(const Module *module)
{
	if (unit_has(module->unit, F_NO_SIM))
		return false;
	return !unit_has(module->unit, F_SIM_PIN) || module->pin_done;
}

const char *module_pin_state(const Module *module)
{
	if (unit_has(module->unit, F_NO_SIM))
		return "NOT INSERTED";
	return module_sim_ready(module) ? "READY" : "SIM PIN";
}

void module_boot_reports(Module *module)
{
	module_report(module, "+CFUN: %u", module->unit->cfun);
	module_report(module, "+CPIN: %s", module_pin_state(module));
	if (module_sim_ready(module) && module->unit->cfun == 1)
		module_report(module, "Call Ready");
}

static int at_echo(Module *module, const AtCommand *command)
{
	module->echo = strcmp(command->args, "0") != 0;
	return AT_OK;
}

static int at_accept(Module *module, const AtCommand *command)
{
	return AT_OK;
}

static int at_cmee(Module *module, const AtCommand *command)
{
	if (command->kind == AT_READ)
		module_info(module, "+CMEE: %u", module->cmee);
	else if (command->kind == AT_TEST)
		module_info(module, "+CMEE: (0,1,2)");
	else if (command->kind == AT_SET && *command->args >= '0' && *command->args <= '2' &&
		 !command->args[1])
		module->cmee = (guint)(*command->args - '0');
	else
		return AT_ERROR;
	return AT_OK;
}

static int at_gsn(Module *module, const AtCommand *command)
{
	if (command->kind == AT_TEST)
		return AT_OK;
	if (!module->unit->imei_told_us)
		module->unit->imei_told_us = clock_now();
	slot_asked(module->unit->slot);
	if (*module->unit->imei_now && unit_has(module->unit, F_PREFIXED_IMEI) &&
	    !g_ascii_strcasecmp(command->name, "+CGSN"))
		module_info(module, "+CGSN: \"%s\"", module->unit->imei_now);
	else
		module_info(module, "%s", module->unit->imei_now);
	return AT_OK;
}

static int at_cimi(Module *module, const AtCommand *command)
{
	if (command->kind == AT_TEST)
		return AT_OK;
	if (unit_has(module->unit, F_NO_SIM))
		return 10;
	if (!module_sim_ready(module))
		return 11;
	module_info(module, "%s", module->unit->imsi);
	return AT_OK;
}

static int at_ccid(Module *module, const AtCommand *command)
{
	if (command->kind == AT_TEST)
		return AT_OK;
	if (unit_has(module->unit, F_NO_SIM))
		return 10;
	if (!g_ascii_strcasecmp(command->name, "+CCID"))
		module_info(module, "+CCID: \"%s\"", module->unit->iccid);
	else
		module_info(module, "%s", module->unit->iccid);
	return AT_OK;
}

static int at_cpin(Module *module, const AtCommand *command)
{
	if (command->kind == AT_TEST)
		return AT_OK;
	if (unit_has(module->unit, F_NO_SIM))
		return 10;
	if (command->kind == AT_READ) {
		module_info(module, "+CPIN: %s", module_pin_state(module));
		return AT_OK;
	}
	if (command->kind != AT_SET || module_sim_ready(module))
		return 3;
	module->pin_done = true;
	return AT_OK;
}

static int at_csq(Module *module, const AtCommand *command)
{
	if (command->kind == AT_TEST)
		module_info(module, "+CSQ: (0-31,99),(0-7,99)");
	else if (module->unit->cfun != 1)
		module_info(module, "+CSQ: 99,99");
	else
		module_info(module, "+CSQ: %u,0", rng_between(&module->rng, 14, 29));
	return AT_OK;
}

int at_registration(Module *module, const AtCommand *command)
{
	guint state = 1;

	if (command->kind == AT_SET)
		return AT_OK;
	if (command->kind == AT_TEST) {
		module_info(module, "%s: (0-2)", command->name);
		return AT_OK;
	}
	if (!module_sim_ready(module) || module->unit->cfun != 1)
		state = 0;
	else if (unit_has(module->unit, F_NOT_REGISTERED))
		state = 2;
	else if (module->unit->index % 3 == 0)
		state = 5; /* roaming is as good as home */
	module_info(module, "%s: 0,%u", command->name, state);
	return AT_OK;
}

static int at_cfun(Module *module, const AtCommand *command)
{
	Unit *unit = module->unit;
	int wanted;

	if (command->kind == AT_READ)
		module_info(module, "+CFUN: %u", unit->cfun);
	else if (command->kind == AT_TEST)
		module_info(module, "+CFUN: (0,1,4),(0,1)");
	if (command->kind != AT_SET)
		return command->kind == AT_EXEC ? AT_ERROR : AT_OK;
	wanted = atoi(command->args);
	/* Factory test mode is left by nothing that a command can do. */
	if (unit->cfun == 5 || (wanted != 0 && wanted != 1 && wanted != 4))
		return AT_ERROR;
	unit->cfun = (guint)wanted;
	if (strchr(command->args, ',') && strchr(command->args, ',')[1] == '1') {
		module_reboot(module, 500);
		return AT_SILENT;
	}
	if (wanted == 1)
		module_report(module, "+CPIN: %s", module_pin_state(module));
	return AT_OK;
}

static int at_ipr(Module *module, const AtCommand *command)
{
	guint64 baud;

	if (command->kind == AT_READ) {
		module_info(module, "+IPR: %u", module->unit->fixed_baud);
		return AT_OK;
	}
	if (command->kind == AT_TEST) {
		module_info(module, "+IPR: (),(0,4800,9600,19200,38400,57600,115200,230400)");
		return AT_OK;
	}
	if (command->kind != AT_SET)
		return AT_ERROR;
	baud = g_ascii_strtoull(command->args, NULL, 10);
	if (baud > 460800 || (baud && baud < 4800))
		return 3;
	module->unit->fixed_baud = (guint)baud;
	rack_changed(module->rack);
	return AT_OK;
}

static int at_ifc(Module *module, const AtCommand *command)
{
	if (command->kind == AT_READ)
		module_info(module, "+IFC: 0,0");
	else if (command->kind == AT_TEST)
		module_info(module, "+IFC: (0-2),(0-2)");
	return AT_OK;
}

static int at_cops(Module *module, const AtCommand *command)
{
	if (command->kind == AT_READ)
		module_info(module, module_sim_ready(module) && module->unit->cfun == 1
					    ? "+COPS: 0,0,\"CHINA MOBILE\""
					    : "+COPS: 0");
	return AT_OK;
}

const AtRow at_common_rows[] = {
	{ "E", 0, at_echo },
	{ "V", 0, at_accept },
	{ "Q", 0, at_accept },
	{ "X", 0, at_accept },
	{ "Z", 0, at_accept },
	{ "&F", 0, at_accept },
	{ "&C", 0, at_accept },
	{ "&D", 0, at_accept },
	{ "&W", 0, at_accept },
	{ "+CMEE", 0, at_cmee },
	{ "+GSN", AT_QUERY, at_gsn },
	{ "+CGSN", AT_QUERY, at_gsn },
	{ "+CIMI", AT_QUERY, at_cimi },
	{ "+CCID", AT_QUERY, at_ccid },
	{ "+QCCID", AT_QUERY, at_ccid },
	{ "+CPIN", AT_QUERY, at_cpin },
	{ "+CSQ", AT_QUERY, at_csq },
	{ "+CREG", AT_QUERY, at_registration },
	{ "+CGREG", AT_QUERY, at_registration },
	{ "+CFUN", AT_QUERY, at_cfun },
	{ "+IPR", AT_QUERY, at_ipr },
	{ "+IFC", AT_QUERY, at_ifc },
	{ "+COPS", AT_QUERY, at_cops },
};

const guint at_common_n = G_N_ELEMENTS(at_common_rows);
