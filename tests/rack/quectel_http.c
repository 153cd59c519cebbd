/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated Quectel module's download and what it reports of it. It does not know whose server it
 * is, nor how bytes are fetched. */
#include <string.h>

#include "quectel.h"

/* What GPRS brings in each step, and how long a step is. */
#define PIECE          1024
#define PIECE_MS       130
#define CODE_FAILED    6503
#define CODE_NOT_FOUND 6504
/* After so much silence it gives up by itself. */
#define GIVE_UP_MS 40000

static void on_start(void *data);

void quectel_fetch_init(Quectel *q)
{
	q->fetch_timer = (RackTimer){ .fn = on_start, .data = q };
}

void quectel_fetch_stop(Quectel *q)
{
	timer_stop(q->module->rack->clock, &q->fetch_timer);
	g_clear_pointer(&q->fetch, fetch_free);
}

static void fetch_end(Quectel *q, guint code, GBytes *package)
{
	Module *module = q->module;

	quectel_fetch_stop(q);
	quectel_qind_number(module, "HTTPEND", code, false);
	q->pdp = false;
	module_line(module, "+PDP DEACT");
	if (code == 0 && package)
		quectel_flash_package(module, package);
	else
		module->unit->flashing = false;
	rack_changed(module->rack);
}

static void on_progress(void *owner, gsize got, goffset all)
{
	Quectel *q = owner;
	guint percent = all > 0 ? (guint)MIN(got * 100 / (guint64)all, 100) : 0;

	if (percent < q->told_percent + 7 && percent != 100)
		return;
	q->told_percent = percent;
	quectel_qind_number(q->module, "DOWNLOADING", percent, true);
}

static void on_done(void *owner, guint status, GBytes *bytes)
{
	Quectel *q = owner;
	const Unit *unit = q->module->unit;
	guint code = status == 200 ? 0 : status == 404 ? CODE_NOT_FOUND : CODE_FAILED;

	if (status == 200 && unit_has(unit, F_DOWNLOAD_ERROR))
		code = (guint)unit->vendor_code;
	fetch_end(q, code, bytes);
}

/* Without a context nothing comes. */
static void on_start(void *data)
{
	fetch_end(data, CODE_FAILED, NULL);
}

/* Both forms of the document: "http://host:port/path" of the example, and "HTTP://host/port/path"
 * of the table. */
static char *plain_url(const char *url)
{
	g_auto(GStrv) parts = g_strsplit(url + strlen("http://"), "/", 3);
	char *end = NULL;
	guint64 port = 0;

	if (parts[0] && parts[1] && parts[2] && !strchr(parts[0], ':'))
		port = g_ascii_strtoull(parts[1], &end, 10);
	if (port > 0 && port < 65536 && end && !*end)
		return g_strdup_printf("http://%s:%s/%s", parts[0], parts[1], parts[2]);
	return g_strconcat("http://", url + strlen("http://"), NULL);
}

void quectel_fetch(Module *module, const char *url)
{
	const FetchPlan plan = { .agent = "Quectel-Module",
				 .piece = PIECE,
				 .piece_ms = PIECE_MS,
				 .stall_at = unit_has(module->unit, F_HTTP_STALL) ? 3 * PIECE : 0,
				 .give_up_ms = GIVE_UP_MS,
				 .progress = on_progress,
				 .done = on_done };
	Quectel *q = quectel_of(module);
	g_autofree char *plain = plain_url(url);
	g_autofree char *asked = unit_has(module->unit, F_HTTP_404)
					 ? g_strconcat(plain, ".lost", NULL)
					 : g_strdup(plain);

	quectel_qind(module, q->spelling.http_space ? "HTTP START" : "HTTPSTART");
	q->told_percent = 0;
	if (!q->pdp) {
		timer_module(module->rack->clock, &q->fetch_timer, 1000);
		return;
	}
	q->fetch = fetch_new(module->rack->clock, asked, &plan, q);
}
