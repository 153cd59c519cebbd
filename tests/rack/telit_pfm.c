/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated Telit module's side of the update service, and the server's: registration, requests
 * and their answers, reports in every spelling. It does not know how a firmware is flashed. */
#include <stdlib.h>
#include <string.h>

#include "telit.h"

#define CME_NOT_ALLOWED 3
#define CME_PARAMETER   50
/* The host's own limit, which no speed shortens. */
#define ANSWER_MS      60000
#define BUFFER_MAX     12
#define REJECTIONS_MAX 4
#define REQUESTS_MAX   12
#define QUESTION       "Do you want to upgrade the firmware?"

static void on_registration(void *data);
static void on_server(void *data);
static void on_answer(void *data);

char *telit_arg(const char **args)
{
	const char *p = *args;
	g_autoptr(GString) arg = g_string_new(NULL);
	bool quoted = false;

	if (!p)
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

/* ---- reports ---- */

static void forward(Telit *t, const char *text)
{
	Module *module = t->module;
	bool open = module->line && line_is_open(module->line);
	bool updates = module->unit->flashes || module->unit->flashing;

	/* At another speed it is noise, and so is what comes in the middle of the first AT. */
	if (open && (module->unit->own || line_host_speed(module->line) == module->baud) &&
	    (module->now == MODULE_UPDATER ||
	     (module->now == MODULE_READY && module->commands && !module->busy)))
		module->unit->heard |= updates;
	/* Before the first AT it may be heard of a module of a fixed speed, when nothing else is on the line just then. */
	else if (open && module->unit->fixed_baud)
		module->unit->half_seen |= updates;
	module_report(module, "#OTAEV: %s", text);
}

void telit_event(Telit *t, const char *text)
{
	if (t->mode) {
		forward(t, text);
		return;
	}
	g_queue_push_tail(&t->buffered, g_strdup(text));
	if (t->buffered.length > BUFFER_MAX)
		g_free(g_queue_pop_head(&t->buffered));
}

/* What modules of the OMA kind say under the same prefix. */
static void noise(Telit *t)
{
	static const char *const words[] = { "#918", "#DREL", "#907", "Provisioned" };

	if (unit_has(t->module->unit, F_OMA_NOISE))
		telit_event(t, words[rng_below(&t->rng, G_N_ELEMENTS(words))]);
}

/* ---- the server's records ---- */

static bool server_knows(const Telit *t)
{
	const Unit *unit = t->module->unit;
	const char *imei = g_hash_table_lookup(t->module->rack->pfm, unit->imsi);

	return imei && !strcmp(imei, unit->imei);
}

static void server_registers(Telit *t)
{
	Unit *unit = t->module->unit;

	g_hash_table_replace(t->module->rack->pfm, g_strdup(unit->imsi), g_strdup(unit->imei));
	g_strlcpy(t->registered_imsi, unit->imsi, sizeof(t->registered_imsi));
	t->registrations++;
	unit->registered = true;
	rack_changed(t->module->rack);
}

static bool has_network(const Telit *t)
{
	const Module *module = t->module;

	return module_sim_ready(module) && module->unit->cfun == 1 &&
	       !unit_has(module->unit, F_NOT_REGISTERED);
}

bool telit_online(const Telit *t)
{
	ModuleState now = t->module->now;

	return (now == MODULE_READY || now == MODULE_LISTENING) && has_network(t);
}

const PlanDelta *telit_delta(const Unit *unit)
{
	const PlanFamily *family = plan_family(unit->kind);

	for (guint i = 0; i < family->n_deltas; i++)
		if (!strcmp(family->deltas[i].head.model, unit->model) &&
		    !strcmp(family->deltas[i].head.from, unit->version))
			return &family->deltas[i];
	return NULL;
}

/* ---- registration ---- */

static void registration_in(Telit *t, guint low_ms, guint high_ms)
{
	timer_module(t->module->rack->clock, &t->registration,
		     rng_between(&t->rng, low_ms, high_ms));
}

/* The network's side of it needs all that the update itself will need. */
static bool bearer_works(const Telit *t)
{
	const char *class = telit_setting(t, "+CGCLASS");

	if (t->bearer == 1)
		return strcmp(class, "\"CG\"") != 0;
	return strcmp(class, "\"CC\"") != 0 && !strcmp(telit_setting(t, "#AUTOATT"), "1");
}

static void on_registration(void *data)
{
	Telit *t = data;
	const Unit *unit = t->module->unit;

	if (!telit_online(t)) {
		registration_in(t, 4000, 9000);
		return;
	}
	/* Over IP it is tried once: the host is to give the command again. */
	if (t->by_ip && !bearer_works(t))
		return;
	/* It knows this SIM from before: what became of it in another module it does not know. */
	if (!strcmp(t->registered_imsi, unit->imsi) && !server_knows(t))
		return;
	server_registers(t);
	telit_event(t, "Registered");
	noise(t);
	telit_server_soon(t);
}

/* A SIM that the server has not heard of is told to it without anybody asking. */
static void register_by_itself(Telit *t)
{
	if (*t->number && strcmp(t->registered_imsi, t->module->unit->imsi) != 0)
		registration_in(t, 4000, 9000);
}

int telit_at_otasnap(Module *module, const AtCommand *command)
{
	Telit *t = telit_of(module);
	const char *rest = command->args;
	g_autofree char *number = NULL;

	if (command->kind == AT_READ)
		module_info(module, "#OTASNAP: \"%s\"", t->number);
	if (command->kind != AT_SET)
		return command->kind == AT_EXEC ? AT_ERROR : AT_OK;
	number = telit_arg(&rest);
	if (strspn(number, "+0123456789") != strlen(number))
		return CME_PARAMETER;
	g_free(t->number);
	t->number = g_steal_pointer(&number);
	t->by_ip = false;
	if (*t->number)
		registration_in(t, 3000, 9000);
	else
		timer_stop(module->rack->clock, &t->registration);
	return AT_OK;
}

int telit_at_otasnapipcfg(Module *module, const AtCommand *command)
{
	Telit *t = telit_of(module);
	const char *rest = command->args;
	g_autofree char *bearer = NULL, *apn = NULL;

	if (command->kind == AT_READ && t->bearer)
		module_info(module, "#OTASNAPIPCFG: %u,\"\"", t->bearer);
	if (command->kind != AT_SET)
		return command->kind == AT_EXEC ? AT_ERROR : AT_OK;
	bearer = telit_arg(&rest);
	apn = telit_arg(&rest);
	if (!apn || (strcmp(bearer, "1") != 0 && strcmp(bearer, "2") != 0))
		return CME_PARAMETER;
	t->bearer = (guint)atoi(bearer);
	return AT_OK;
}

/* <port>,<address>[,<number>] */
static bool is_address(const char *args)
{
	g_autofree char *port = telit_arg(&args), *address = telit_arg(&args);
	int n = atoi(port);

	return n > 0 && n < 65536 && strspn(port, "0123456789") == strlen(port) && address &&
	       *address;
}

int telit_at_otasnapip(Module *module, const AtCommand *command)
{
	Telit *t = telit_of(module);

	if (command->kind != AT_SET)
		return command->kind == AT_EXEC ? AT_ERROR : AT_OK;
	if (!is_address(command->args))
		return CME_PARAMETER;
	if (!t->bearer)
		return CME_NOT_ALLOWED;
	t->address = t->by_ip = true;
	registration_in(t, 3000, 9000);
	return AT_OK;
}

int telit_at_otaipcfg(Module *module, const AtCommand *command)
{
	Telit *t = telit_of(module);

	if (command->kind != AT_SET)
		return command->kind == AT_EXEC ? AT_ERROR : AT_OK;
	if (!is_address(command->args))
		return CME_PARAMETER;
	t->update_address = true;
	return AT_OK;
}

/* ---- the server asks ---- */

static bool server_starts(const Unit *unit)
{
	return unit->kind != UNIT_TELIT_TCPIP && !unit_has(unit, F_SERVER_SILENT);
}

void telit_server_soon(Telit *t)
{
	if (server_starts(t->module->unit))
		timer_module(t->module->rack->clock, &t->server, rng_between(&t->rng, 2000, 9000));
}

void telit_server_later(Telit *t)
{
	if (server_starts(t->module->unit))
		timer_real(t->module->rack->clock, &t->server, rng_between(&t->rng, 12000, 25000));
}

static void ask(Telit *t)
{
	telit_event(t, QUESTION);
	timer_real(t->module->rack->clock, &t->answer,
		   t->postponed ? rng_between(&t->rng, 5000, 15000) : ANSWER_MS);
}

static void begin(Telit *t)
{
	timer_stop(t->module->rack->clock, &t->answer);
	t->postponed = false;
	telit_start(t);
}

static void on_server(void *data)
{
	Telit *t = data;
	const Unit *unit = t->module->unit;
	bool only = unit_has(unit, F_SERVER_QUERY) || unit_has(unit, F_SERVER_TEST);

	if (t->phase != PFM_IDLE || !telit_online(t) || !server_knows(t)) {
		timer_real(t->module->rack->clock, &t->server, rng_between(&t->rng, 700, 2000));
		return;
	}
	if (t->requests >= REQUESTS_MAX || (!only && !telit_delta(unit)))
		return;
	t->requests++;
	t->automatic = t->simulated = false;
	if (unit_has(unit, F_SERVER_QUERY)) {
		telit_event(t, "Notified");
		return;
	}
	t->simulated = unit_has(unit, F_SERVER_TEST);
	if (unit_has(unit, F_PFM_AUTOMATIC)) {
		t->automatic = true;
		telit_event(t, "Automatic Fw Upgrade Requested");
		begin(t);
		return;
	}
	t->phase = PFM_ASKING;
	ask(t);
}

static void on_answer(void *data)
{
	Telit *t = data;

	if (t->phase != PFM_ASKING)
		return;
	if (t->postponed) {
		ask(t);
		return;
	}
	t->phase = PFM_IDLE;
	telit_event(t, "User Answer Timeout");
	telit_server_soon(t);
}

/* ---- the user answers ---- */

static void set_mode(Telit *t, guint mode, guint flush)
{
	char value[8];
	char *text;

	g_snprintf(value, sizeof(value), "%u,%u", mode, flush);
	t->mode = mode;
	t->flush = flush;
	telit_setting_set(t, "#OTASUAN", value);
	while (mode && (text = g_queue_pop_head(&t->buffered))) {
		if (flush)
			forward(t, text);
		g_free(text);
	}
}

static int answer(Telit *t, const char *response)
{
	if (t->phase != PFM_ASKING)
		return CME_NOT_ALLOWED;
	if (!strcmp(response, "1")) {
		begin(t);
		return unit_has(t->module->unit, F_LOST_OK) ? AT_SILENT : AT_OK;
	}
	t->postponed = !strcmp(response, "2");
	if (t->postponed) {
		timer_real(t->module->rack->clock, &t->answer, rng_between(&t->rng, 5000, 15000));
		return AT_OK;
	}
	timer_stop(t->module->rack->clock, &t->answer);
	t->phase = PFM_IDLE;
	/* It asks again some time, but does not go on for ever. */
	if (++t->rejections < REJECTIONS_MAX)
		timer_real(t->module->rack->clock, &t->server, rng_between(&t->rng, 4000, 9000));
	return AT_OK;
}

static bool one_of(const char *text, const char *allowed)
{
	return strlen(text) == 1 && strchr(allowed, *text);
}

int telit_at_otasuan(Module *module, const AtCommand *command)
{
	Telit *t = telit_of(module);
	const char *rest = command->args;
	g_autofree char *response = NULL, *mode = NULL, *flush = NULL;

	if (command->kind == AT_READ)
		module_info(module, "#OTASUAN: ,%u,%u", t->mode, t->flush);
	else if (command->kind == AT_TEST)
		module_info(module, "#OTASUAN: (0,1),(0-2),(0,1)");
	if (command->kind != AT_SET)
		return command->kind == AT_EXEC ? AT_ERROR : AT_OK;
	response = telit_arg(&rest);
	mode = telit_arg(&rest);
	flush = telit_arg(&rest);
	if ((*response && !one_of(response, "012")) || (mode && *mode && !one_of(mode, "012")) ||
	    (flush && *flush && !one_of(flush, "01")))
		return CME_PARAMETER;
	if (mode && *mode)
		set_mode(t, (guint)atoi(mode), flush ? (guint)atoi(flush) : 0);
	return *response ? answer(t, response) : mode ? AT_OK : AT_ERROR;
}

int telit_at_otaipupd(Module *module, const AtCommand *command)
{
	Telit *t = telit_of(module);

	if (command->kind == AT_READ)
		module_info(module, "#OTAIPUPD: %d", t->phase > PFM_ASKING);
	if (command->kind != AT_EXEC)
		return command->kind == AT_SET ? AT_ERROR : AT_OK;
	if (t->phase != PFM_IDLE || !t->bearer || (!t->address && !t->update_address) ||
	    !module_sim_ready(module))
		return CME_NOT_ALLOWED;
	t->automatic = t->simulated = false;
	begin(t);
	return unit_has(module->unit, F_LOST_OK) ? AT_SILENT : AT_OK;
}

bool telit_may_start(const Telit *t)
{
	return has_network(t) && server_knows(t) &&
	       (t->simulated || telit_delta(t->module->unit)) && bearer_works(t) &&
	       !unit_has(t->module->unit, F_PFM_NO_CONTEXT);
}

/* ---- life ---- */

/* From the life before: a server's number that is still known, and reports that nobody took. */
static void remember(Telit *t)
{
	const Unit *unit = t->module->unit;
	bool known = unit_has(unit, F_PFM_KNOWN) && !unit_has(unit, F_PFM_STALE);

	if (known || unit_has(unit, F_PFM_STALE)) {
		g_free(t->number);
		t->number = g_strdup("+390404192000");
		g_strlcpy(t->registered_imsi, unit->imsi, sizeof(t->registered_imsi));
	}
	if (known)
		g_hash_table_replace(t->module->rack->pfm, g_strdup(unit->imsi),
				     g_strdup(unit->imei));
	if (!unit_has(unit, F_OLD_REPORTS))
		return;
	t->mode = t->flush = 0;
	g_queue_push_tail(&t->buffered, g_strdup(t->words.upgraded));
	g_queue_push_tail(&t->buffered, g_strdup(t->words.notified));
}

void telit_pfm_init(Telit *t)
{
	Rack *rack = t->module->rack;

	t->registration = (RackTimer){ .fn = on_registration, .data = t };
	t->server = (RackTimer){ .fn = on_server, .data = t };
	t->answer = (RackTimer){ .fn = on_answer, .data = t };
	t->number = g_strdup("");
	t->mode = rng_chance(&t->rng, 60) ? 0 : rng_between(&t->rng, 1, 2);
	if (unit_has(t->module->unit, F_PFM_BEGINS))
		t->mode = 2;
	t->flush = t->mode == 2;
	g_queue_init(&t->buffered);
	if (!rack->pfm)
		rack->pfm = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	remember(t);
}

void telit_pfm_free(Telit *t)
{
	g_queue_clear_full(&t->buffered, g_free);
	g_free(t->number);
}

void telit_pfm_stop(Telit *t)
{
	RackClock *clock = t->module->rack->clock;

	timer_stop(clock, &t->registration);
	timer_stop(clock, &t->server);
	timer_stop(clock, &t->answer);
	t->postponed = false;
	if (t->phase == PFM_ASKING)
		t->phase = PFM_IDLE;
}

void telit_pfm_up(Telit *t)
{
	register_by_itself(t);
	if (server_knows(t))
		telit_server_soon(t);
}
