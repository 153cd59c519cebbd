/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated Quectel module's download: it really fetches the package over TCP, at the pace of
 * GPRS. It does not know whose server it is. */
#include <string.h>

#include "quectel.h"

/* What GPRS brings in each step, and how long a step is. */
#define PIECE          1024
#define PIECE_MS       130
#define CODE_FAILED    6503
#define CODE_NOT_FOUND 6504
/* After so much silence it gives up by itself. */
#define GIVE_UP_MS 40000

static void on_fetch_timer(void *data);

void quectel_fetch_init(Quectel *q)
{
	q->fetch_timer = (RackTimer){ .fn = on_fetch_timer, .data = q };
}

void quectel_fetch_stop(Quectel *q)
{
	timer_stop(q->module->rack->clock, &q->fetch_timer);
	if (q->fetch)
		g_cancellable_cancel(q->fetch);
	g_clear_object(&q->fetch);
	g_clear_object(&q->body);
	g_clear_object(&q->message);
	g_clear_object(&q->session);
	g_clear_pointer(&q->fetched, g_byte_array_unref);
}

static void fetch_end(Quectel *q, guint code)
{
	Module *module = q->module;
	g_autoptr(GBytes) package = NULL;

	if (q->fetched)
		package = g_byte_array_free_to_bytes(g_steal_pointer(&q->fetched));
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

static void tell_progress(Quectel *q)
{
	goffset all = soup_message_headers_get_content_length(
		soup_message_get_response_headers(q->message));
	guint percent = all > 0 ? (guint)MIN(q->fetched->len * 100 / (guint64)all, 100) : 0;

	if (percent < q->told_percent + 7 && percent != 100)
		return;
	q->told_percent = percent;
	quectel_qind_number(q->module, "DOWNLOADING", percent, true);
}

static void on_piece(GObject *stream, GAsyncResult *result, gpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) piece =
		g_input_stream_read_bytes_finish(G_INPUT_STREAM(stream), result, &error);
	const Unit *unit;
	Quectel *q = data;

	if (!piece && g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return; /* and the module may be gone */
	if (!piece) {
		fetch_end(q, CODE_FAILED);
		return;
	}
	unit = q->module->unit;
	if (g_bytes_get_size(piece) == 0) {
		fetch_end(q, unit_has(unit, F_DOWNLOAD_ERROR) ? (guint)unit->vendor_code : 0);
		return;
	}
	g_byte_array_append(q->fetched, g_bytes_get_data(piece, NULL),
			    (guint)g_bytes_get_size(piece));
	tell_progress(q);
	/* One that stalls reads no more, and says so long after. */
	if (unit_has(unit, F_HTTP_STALL) && q->fetched->len >= 3 * PIECE)
		timer_module(q->module->rack->clock, &q->fetch_timer, GIVE_UP_MS);
	else
		timer_module(q->module->rack->clock, &q->fetch_timer, PIECE_MS);
}

static void on_fetch_timer(void *data)
{
	Quectel *q = data;

	if (unit_has(q->module->unit, F_HTTP_STALL) && q->fetched->len >= 3 * PIECE)
		fetch_end(q, CODE_FAILED);
	else if (q->body)
		g_input_stream_read_bytes_async(q->body, PIECE, G_PRIORITY_DEFAULT, q->fetch,
						on_piece, q);
	else
		fetch_end(q, CODE_FAILED);
}

static void on_response(GObject *session, GAsyncResult *result, gpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GInputStream) body =
		soup_session_send_finish(SOUP_SESSION(session), result, &error);
	Quectel *q = data;
	guint status;

	if (!body && g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return;
	status = body ? soup_message_get_status(q->message) : 0;
	if (status != SOUP_STATUS_OK) {
		fetch_end(q, status == SOUP_STATUS_NOT_FOUND ? CODE_NOT_FOUND : CODE_FAILED);
		return;
	}
	q->body = g_steal_pointer(&body);
	timer_module(q->module->rack->clock, &q->fetch_timer, PIECE_MS);
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
	Quectel *q = quectel_of(module);
	g_autofree char *plain = plain_url(url);
	g_autofree char *asked = unit_has(module->unit, F_HTTP_404)
					 ? g_strconcat(plain, ".lost", NULL)
					 : g_strdup(plain);

	quectel_qind(module, q->spelling.http_space ? "HTTP START" : "HTTPSTART");
	q->told_percent = 0;
	q->message = soup_message_new("GET", asked);
	q->fetch = g_cancellable_new();
	q->fetched = g_byte_array_new();
	if (!q->message || !q->pdp) {
		timer_module(module->rack->clock, &q->fetch_timer, 1000);
		return;
	}
	if (q->spelling.from_zero)
		quectel_qind_number(module, "DOWNLOADING", 0, true);
	soup_message_headers_replace(soup_message_get_request_headers(q->message), "User-Agent",
				     "Quectel-Module");
	/* A module knows nothing of the proxies of the computer that simulates it. */
	q->session = soup_session_new_with_options("proxy-resolver", NULL, NULL);
	soup_session_send_async(q->session, q->message, G_PRIORITY_DEFAULT, q->fetch, on_response,
				q);
}
