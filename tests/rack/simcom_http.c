/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated SIMCom module's download into its file system, and all the ways in which it tells of
 * it. It does not know whose server it is, nor what the file is for. */
#include <string.h>

#include "simcom.h"

/* What LTE-M brings in each step, and how long a step is. */
#define PIECE        2048
#define PIECE_MS     120
#define URL_MAX_7000 255
#define URL_MAX_70X0 1023
/* After so much silence it gives up by itself. */
#define GIVE_UP_MS   50000
#define CODE_OK      200
#define CODE_PARTIAL 206
#define CODE_NETWORK 601
#define CODE_BUSY    604

static void on_no_network(void *data);

void simcom_fetch_init(Simcom *s)
{
	s->fetch_timer = (RackTimer){ .fn = on_no_network, .data = s };
	s->fetch_all = -1;
}

void simcom_fetch_stop(Simcom *s)
{
	timer_stop(s->module->rack->clock, &s->fetch_timer);
	g_clear_pointer(&s->fetch, fetch_free);
	g_clear_pointer(&s->fetch_url, g_free);
	g_clear_pointer(&s->fetch_path, g_free);
	s->fetch_got = 0;
	s->fetch_all = -1;
}

static void tell(Simcom *s, guint code, gsize n)
{
	simcom_fetch_stop(s);
	if (code != CODE_OK && unit_has(s->module->unit, F_NO_COMMA))
		module_report(s->module, "+HTTPTOFS: %u", code);
	else
		module_report(s->module, "+HTTPTOFS: %u,%" G_GSIZE_FORMAT, code, n);
	rack_changed(s->module->rack);
}

static void on_no_network(void *data)
{
	Simcom *s = data;

	tell(s, s->module->unit->index % 2 ? CODE_NETWORK : CODE_BUSY, 0);
}

static void on_progress(void *owner, gsize got, goffset all)
{
	Simcom *s = owner;

	s->fetch_got = got;
	s->fetch_all = all;
}

/* "/fota/update.zip" is update.zip of folder 1. */
static char *file_name(const char *path)
{
	static const char *const folders[] = { "/custapp/", "/fota/", "/datatx/", "/customer/" };

	for (guint i = 0; i < G_N_ELEMENTS(folders); i++)
		if (g_str_has_prefix(path, folders[i]))
			return g_strdup_printf("%u/%s", i, path + strlen(folders[i]));
	return g_strconcat("9", path, NULL);
}

/* What the code is to be in spite of what the server said; 0: nothing else. */
static guint spoiled_code(const Simcom *s)
{
	const Unit *unit = s->module->unit;

	if (unit_has(unit, F_FETCH_ERROR))
		return (guint)unit->vendor_code;
	if (unit_has(unit, F_FETCH_ERROR_ONCE) && s->fetches == 1)
		return CODE_NETWORK;
	return unit_has(unit, F_FETCH_206) ? CODE_PARTIAL : 0;
}

static void on_done(void *owner, guint status, GBytes *bytes)
{
	Simcom *s = owner;
	const Unit *unit = s->module->unit;
	guint spoiled = status == CODE_OK ? spoiled_code(s) : 0;
	gsize n = bytes ? g_bytes_get_size(bytes) : 0;

	if (status != CODE_OK || (spoiled && spoiled != CODE_PARTIAL)) {
		tell(s, spoiled ? spoiled : status ? status : CODE_NETWORK, 0);
		return;
	}
	if (unit_has(unit, F_FETCH_SHORT) ||
	    (unit_has(unit, F_FETCH_SHORT_ONCE) && s->fetches == 1))
		n -= MIN(n, rng_between(&s->module->rng, 1, 900));
	simcom_store(s, file_name(s->fetch_path), g_bytes_new_from_bytes(bytes, 0, n));
	tell(s, spoiled ? spoiled : CODE_OK, n);
}

static void start(Simcom *s)
{
	const Unit *unit = s->module->unit;
	const FetchPlan plan = {
		.agent = "SIMCOM_MODULE",
		.piece = PIECE,
		.piece_ms = PIECE_MS,
		.stall_at = unit_has(unit, F_HTTP_STALL)    ? 3 * PIECE
			    : unit_has(unit, F_NEVER_READS) ? 1
							    : 0,
		.give_up_ms = unit_has(unit, F_HTTP_STALL) ? GIVE_UP_MS : 0,
		.restart_at = unit_has(unit, F_RANGE_RESTART) ? 2 * PIECE : 0,
		.progress = on_progress,
		.done = on_done,
	};
	g_autofree char *asked = unit_has(unit, F_HTTP_404)
					 ? g_strconcat(s->fetch_url, ".lost", NULL)
					 : g_strdup(s->fetch_url);

	s->fetches++;
	s->fetch = fetch_new(s->module->rack->clock, asked, &plan, s);
}

static bool has_bearer(const Simcom *s)
{
	for (guint i = 0; i < SIMCOM_BEARERS; i++)
		if (s->bearer[i])
			return true;
	return false;
}

static bool busy(const Simcom *s)
{
	return s->fetch || timer_armed(&s->fetch_timer);
}

/* AT+HTTPTOFS="url","path"[,timeout[,retry]] */
int simcom_httptofs(Module *module, const AtCommand *command)
{
	Simcom *s = simcom_of(module);
	const char *rest = command->args;
	g_autofree char *url = NULL, *path = NULL;

	if (s->cloud)
		return AT_ERROR;
	if (command->kind == AT_READ) {
		module_info(module, "%s: %u,\"%s\",\"%s\"",
			    unit_has(module->unit, F_TOFS_FORM) ? "+HTTPTOFSRL" : "+HTTPTOFS",
			    busy(s), s->fetch_url ? s->fetch_url : "",
			    s->fetch_path ? s->fetch_path : "");
		return AT_OK;
	}
	if (command->kind == AT_TEST) {
		module_info(module, "+HTTPTOFS: (1-%u),(1-127),(10-1000),(5-100)",
			    s->s7000 ? URL_MAX_7000 : URL_MAX_70X0);
		return AT_OK;
	}
	url = command->kind == AT_SET ? at_arg(&rest) : NULL;
	path = at_arg(&rest);
	if (!url || !path || !*path || strlen(path) > 127 ||
	    strlen(url) > (s->s7000 ? URL_MAX_7000 : URL_MAX_70X0))
		return AT_ERROR;
	if (busy(s))
		return 3;
	s->fetch_url = g_steal_pointer(&url);
	s->fetch_path = g_steal_pointer(&path);
	if (!has_bearer(s))
		timer_module(module->rack->clock, &s->fetch_timer, 1000);
	else
		start(s);
	return AT_OK;
}

int simcom_httptofsrl(Module *module, const AtCommand *command)
{
	Simcom *s = simcom_of(module);

	if (s->cloud || command->kind == AT_SET)
		return AT_ERROR;
	module_info(module, "%s: %u,%" G_GSIZE_FORMAT ",%" G_GOFFSET_FORMAT,
		    unit_has(module->unit, F_TOFS_FORM) ? "+HTTPTOFS" : "+HTTPTOFSRL", busy(s),
		    s->fetch_got, MAX(s->fetch_all, 0));
	return AT_OK;
}
