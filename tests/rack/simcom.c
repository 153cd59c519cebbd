/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated SIMCom module's identity, bearer and power. It knows neither files nor updates: those
 * are in the other simcom files. */
#include "simcom.h"

#include <stdlib.h>
#include <string.h>

#define ADDRESS "10.94.36.44"

/* ---- who it is ---- */

/* As it prints it: a final G may be missing. */
static char *revision(const Module *module)
{
	const Unit *unit = module->unit;
	char *text = g_strdup(unit->version);
	gsize n = strlen(text);
	bool drops = unit_has(unit, F_NO_G) || (unit_has(unit, F_G_LOST_AFTER) && unit->flashes);

	if (drops && n && text[n - 1] == 'G')
		text[n - 1] = '\0';
	return text;
}

/* SIM7070, SIM7080 and SIM7090 with or without their last letter. */
static char *model_name(const Module *module)
{
	const Unit *unit = module->unit;
	char *name = g_strdup(unit->model);
	gsize n = strlen(name);

	if (simcom_of(module)->s70x0 && unit->index % 2 && n && name[n - 1] == 'G')
		name[n - 1] = '\0';
	return name;
}

static int at_ati(Module *module, const AtCommand *command)
{
	const Unit *unit = module->unit;
	g_autofree char *text = revision(module);

	if (command->kind != AT_EXEC)
		return AT_ERROR;
	if (simcom_of(module)->cloud)
		module_info(module,
			    "Manufacturer: %s\nModel: SIMCOM_%s\nRevision: %s_V1.0\nIMEI: %s\n"
			    "+GCAP: +CGSM,+FCLASS,+DS",
			    unit->maker, unit->model, unit->model, unit->imei_now);
	else if (simcom_of(module)->s7000)
		module_info(module, "%s R%.4s", unit->model, text);
	else
		module_info(module, "R%.4s.%02u", text, 1 + unit->index % 9);
	return AT_OK;
}

static int at_cgmi(Module *module, const AtCommand *command)
{
	if (command->kind == AT_EXEC)
		module_info(module, "%s", module->unit->maker);
	return AT_OK;
}

static int at_cgmm(Module *module, const AtCommand *command)
{
	g_autofree char *name = model_name(module);

	if (command->kind == AT_EXEC)
		module_info(module, "SIMCOM_%s", name);
	return AT_OK;
}

static int at_cgmr(Module *module, const AtCommand *command)
{
	g_autofree char *text = revision(module);

	if (command->kind != AT_EXEC)
		return AT_OK;
	if (simcom_of(module)->cloud)
		module_info(module, "+CGMR: %s", text);
	else
		module_info(module, "Revision:%s%s", unit_has(module->unit, F_REV_SPACE) ? " " : "",
			    text);
	return AT_OK;
}

static int at_gsv(Module *module, const AtCommand *command)
{
	g_autofree char *text = revision(module), *name = model_name(module);

	if (command->kind == AT_EXEC)
		module_info(module, "%s\nSIMCOM_%s\nRevision:%s", module->unit->maker, name, text);
	return AT_OK;
}

static int at_csub(Module *module, const AtCommand *command)
{
	if (!simcom_of(module)->cloud)
		return AT_ERROR;
	if (command->kind == AT_EXEC)
		module_info(module, "+CSUB: B02V0%u\n+CSUB: MDM9x07_AP_S_22_V1.22_161219",
			    1 + module->unit->index % 4);
	return AT_OK;
}

static int at_simcomati(Module *module, const AtCommand *command)
{
	const Unit *unit = module->unit;
	g_autofree char *text = revision(module), *name = model_name(module);

	if (command->kind != AT_EXEC || unit_has(unit, F_NO_SIMCOMATI))
		return AT_ERROR;
	if (simcom_of(module)->cloud)
		module_info(module,
			    "Manufacturer: %s\nModel: SIMCOM_%s\nRevision: %s\nQCN: \nIMEI: %s\n"
			    "MEID: \n+GCAP: +CGSM\nDeviceInfo: 173,170",
			    unit->maker, unit->model, text, unit->imei_now);
	else
		module_info(
			module,
			"Revision:%s\nCSUB:V0%u\nAPRev:%s,V0%u\nQCN:MDM9206_TX3.0.%s_P1.03_20220415"
			"\nIMEI:%s",
			text, 1 + unit->index % 2, text, 1 + unit->index % 2, name, unit->imei_now);
	return AT_OK;
}

static int at_clist(Module *module, const AtCommand *command)
{
	if (!unit_has(module->unit, F_CLIST_ANSWERS))
		return AT_ERROR;
	module_info(module, "+CFOTA\n+CFSINIT\n+CFSWFILE\n+HTTPTOFS");
	return AT_OK;
}

/* ---- bearer ---- */

bool simcom_network(const Module *module)
{
	return module_sim_ready(module) && module->unit->cfun == 1 &&
	       !unit_has(module->unit, F_NOT_REGISTERED);
}

/* Whether reports and answers name the context: the series' own way, or the other's. */
static bool indexed(const Simcom *s)
{
	return s->s70x0 != unit_has(s->module->unit, F_CNACT_FORM);
}

static void report_bearer(Simcom *s, guint i)
{
	const char *word = s->bearer[i] ? "ACTIVE" : "DEACTIVE";

	if (s->s70x0 || indexed(s))
		module_report(s->module, "+APP PDP: %u,%s", i, word);
	else
		module_report(s->module, "+APP PDP: %s", word);
}

static void on_bearer(void *data)
{
	Simcom *s = data;
	const Unit *unit = s->module->unit;

	s->bearer[s->bearer_wanted] = simcom_network(s->module) && !unit_has(unit, F_PDP_FAILS) &&
				      (!unit_has(unit, F_PDP_ONCE) || s->bearer_tries > 1);
	report_bearer(s, s->bearer_wanted);
}

/* SIM7070 and relatives print all four contexts, SIM7000 its one. */
static int read_bearers(Simcom *s)
{
	g_autoptr(GString) text = g_string_new(NULL);

	if (s->s7000 && !indexed(s)) {
		module_info(s->module, "+CNACT: %u,\"%s\"", s->bearer[0],
			    s->bearer[0] ? ADDRESS : "0.0.0.0");
		return AT_OK;
	}
	for (guint i = 0; i < (s->s7000 ? 1 : SIMCOM_BEARERS); i++)
		g_string_append_printf(text, "%s+CNACT: %u,%u,\"%s\"", i ? "\n" : "", i,
				       s->bearer[i], s->bearer[i] ? ADDRESS : "0.0.0.0");
	module_info(s->module, "%s", text->str);
	return AT_OK;
}

static int activate(Simcom *s, guint i)
{
	if (s->bearer[i] || timer_armed(&s->bearer_timer))
		return 3;
	if (!simcom_network(s->module))
		return AT_ERROR;
	s->bearer_tries++;
	s->bearer_wanted = i;
	timer_module(s->module->rack->clock, &s->bearer_timer,
		     rng_between(&s->module->rng, 900, 6000));
	return AT_OK;
}

static int deactivate(Simcom *s, guint i)
{
	bool was = s->bearer[i];

	timer_stop(s->module->rack->clock, &s->bearer_timer);
	s->bearer[i] = false;
	if (!was)
		return s->module->unit->index % 2 ? AT_ERROR : AT_OK;
	report_bearer(s, i);
	return AT_OK;
}

/* AT+CNACT=1,"apn" or =0 of SIM7000, AT+CNACT=i,1 or =i,0 of the others. */
static int at_cnact(Module *module, const AtCommand *command)
{
	Simcom *s = simcom_of(module);
	const char *rest = command->args;
	g_autofree char *first = NULL, *second = NULL;

	if (s->cloud)
		return AT_ERROR;
	if (command->kind == AT_READ)
		return read_bearers(s);
	if (command->kind != AT_SET)
		return command->kind == AT_TEST ? AT_OK : AT_ERROR;
	first = at_arg(&rest);
	second = at_arg(&rest);
	if (!first || strlen(first) != 1)
		return AT_ERROR;
	if (s->s7000)
		return *first == '0' ? deactivate(s, 0) : *first == '1' ? activate(s, 0) : AT_ERROR;
	if (*first < '0' || *first > '3' || !second || strlen(second) != 1)
		return AT_ERROR;
	if (*second == '0')
		return deactivate(s, (guint)(*first - '0'));
	return *second == '1' ? activate(s, (guint)(*first - '0')) : AT_ERROR;
}

static int at_cncfg(Module *module, const AtCommand *command)
{
	if (!simcom_of(module)->s70x0)
		return AT_ERROR;
	if (command->kind == AT_SET)
		return command->args[0] >= '0' && command->args[0] <= '3' ? AT_OK : AT_ERROR;
	return AT_OK;
}

static int at_accept(Module *module, const AtCommand *command)
{
	return AT_OK;
}

static const AtRow rows[] = {
	{ "I", AT_QUERY, at_ati },
	{ "+CGMI", AT_QUERY, at_cgmi },
	{ "+GMI", AT_QUERY, at_cgmi },
	{ "+CGMM", AT_QUERY, at_cgmm },
	{ "+GMM", AT_QUERY, at_cgmm },
	{ "+CGMR", AT_QUERY, at_cgmr },
	{ "+GMR", AT_QUERY, at_cgmr },
	{ "+GSV", AT_QUERY, at_gsv },
	{ "+CSUB", AT_QUERY, at_csub },
	{ "+SIMCOMATI", AT_QUERY, at_simcomati },
	{ "+CLIST", AT_QUERY, at_clist },
	{ "+CEREG", AT_QUERY, at_registration },
	{ "+CGDCONT", 0, at_accept },
	{ "+CNACT", AT_QUERY, at_cnact },
	{ "+CNCFG", 0, at_cncfg },
	{ "+CFSINIT", 0, simcom_cfsinit },
	{ "+CFSTERM", 0, simcom_cfsterm },
	{ "+CFSWFILE", 0, simcom_cfswfile },
	{ "+CFSGFIS", AT_QUERY, simcom_cfsgfis },
	{ "+CFSDFILE", 0, simcom_cfsdfile },
	{ "+CFSGFRS", AT_QUERY, simcom_cfsgfrs },
	{ "+HTTPTOFS", AT_QUERY, simcom_httptofs },
	{ "+HTTPTOFSRL", AT_QUERY, simcom_httptofsrl },
	{ "+CFOTA", AT_QUERY, simcom_cfota },
	{ "+CAPFOTA", AT_QUERY, simcom_capfota },
	{ "+CSCFOTA", 0, simcom_cscfota },
};

/* ---- life ---- */

static gpointer simcom_create(Module *module)
{
	Simcom *s;

	/* The second AT port of one that has a state already. */
	if (module->unit->module)
		return NULL;
	s = g_new0(Simcom, 1);
	s->module = module;
	s->s7000 = kind_in(module->unit->kind, FOR_S7000);
	s->s70x0 = kind_in(module->unit->kind, FOR_S70X0);
	s->cloud = kind_in(module->unit->kind, FOR_CSCFOTA);
	s->bearer_timer = (RackTimer){ .fn = on_bearer, .data = s };
	simcom_file_init(s);
	simcom_fetch_init(s);
	simcom_flash_init(s);
	simcom_cloud_init(s);
	return s;
}

static void simcom_stop(Simcom *s)
{
	simcom_file_stop(s);
	simcom_fetch_stop(s);
	simcom_flash_stop(s);
	simcom_cloud_stop(s);
	timer_stop(s->module->rack->clock, &s->bearer_timer);
	memset(s->bearer, 0, sizeof(s->bearer));
}

static void simcom_destroy(gpointer state)
{
	Simcom *s = state;

	if (!s)
		return;
	simcom_stop(s);
	g_hash_table_destroy(s->files);
	g_byte_array_unref(s->write.data);
	g_free(s);
}

static bool simcom_power_on(Module *module)
{
	Simcom *s = module->state;

	if (!s)
		return false;
	s->bearer[0] = unit_has(module->unit, F_CNACT_ACTIVE) && simcom_network(module) &&
		       !unit_has(module->unit, F_PDP_FAILS);
	s->cfs_open = unit_has(module->unit, F_CFS_LEFT_OPEN) && !s->writes;
	if (!s->flash_pending)
		return false;
	simcom_flash_resume(s);
	return true;
}

static void simcom_power_off(Module *module)
{
	if (module->state)
		simcom_stop(module->state);
}

static void simcom_booted(Module *module)
{
	if (!unit_has(module->unit, F_NO_RDY))
		module_line(module, "RDY");
}

/* One that finds its host's speed out says less. */
static void simcom_settled(Module *module)
{
	bool cloud = simcom_of(module)->cloud;

	if (unit_has(module->unit, F_NO_RDY))
		return;
	if (module->unit->fixed_baud)
		module_report(module, "+CFUN: %u", module->unit->cfun);
	module_report(module, "+CPIN: %s", module_pin_state(module));
	if (!simcom_network(module))
		return;
	module_report(module, cloud ? "SMS DONE" : "SMS Ready");
	module_report(module, cloud ? "PB DONE" : "*PSUTTZ: 21/01/24,23:10:29\",\"+40\",0");
	if (!cloud)
		module_report(module, "DST: 1");
}

const Family family_simcom = {
	.name = "simcom",
	.rows = rows,
	.n_rows = G_N_ELEMENTS(rows),
	.create = simcom_create,
	.destroy = simcom_destroy,
	.power_on = simcom_power_on,
	.power_off = simcom_power_off,
	.data = simcom_data,
	.booted = simcom_booted,
	.settled = simcom_settled,
};
