/* SPDX-License-Identifier: Apache-2.0 */
/* A module's download: a package really fetched over TCP, at the pace of a radio, with a connection
 * that may be dropped and a reader that may stop. It does not know whose module and whose server. */
#include "fetch.h"

#include <gio/gio.h>
#include <libsoup/soup.h>

struct Fetch {
	RackClock *clock;
	FetchPlan plan;
	void *owner;
	char *url;
	GCancellable *cancel;
	SoupSession *session;
	SoupMessage *message;
	GInputStream *body;
	GByteArray *bytes;
	goffset all;
	RackTimer timer;
	bool restarted;
};

static void start(Fetch *fetch);

static void drop(Fetch *fetch)
{
	timer_stop(fetch->clock, &fetch->timer);
	if (fetch->cancel)
		g_cancellable_cancel(fetch->cancel);
	g_clear_object(&fetch->cancel);
	g_clear_object(&fetch->body);
	g_clear_object(&fetch->message);
	g_clear_object(&fetch->session);
}

void fetch_free(Fetch *fetch)
{
	drop(fetch);
	g_byte_array_unref(fetch->bytes);
	g_free(fetch->url);
	g_free(fetch);
}

static void finish(Fetch *fetch, guint status)
{
	g_autoptr(GBytes) bytes = status == SOUP_STATUS_OK
					  ? g_bytes_new(fetch->bytes->data, fetch->bytes->len)
					  : NULL;

	drop(fetch);
	fetch->plan.done(fetch->owner, status, bytes);
}

static bool stalls(const Fetch *fetch)
{
	return fetch->plan.stall_at && fetch->bytes->len >= fetch->plan.stall_at;
}

static void next_piece(Fetch *fetch)
{
	if (!stalls(fetch))
		timer_module(fetch->clock, &fetch->timer, fetch->plan.piece_ms);
	else if (fetch->plan.give_up_ms > 0)
		timer_module(fetch->clock, &fetch->timer, fetch->plan.give_up_ms);
}

static void on_piece(GObject *stream, GAsyncResult *result, gpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) piece =
		g_input_stream_read_bytes_finish(G_INPUT_STREAM(stream), result, &error);
	Fetch *fetch = data;

	if (!piece && g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return; /* and the module may be gone */
	if (!piece || g_bytes_get_size(piece) == 0) {
		finish(fetch, piece ? SOUP_STATUS_OK : 0);
		return;
	}
	g_byte_array_append(fetch->bytes, g_bytes_get_data(piece, NULL),
			    (guint)g_bytes_get_size(piece));
	if (fetch->plan.progress)
		fetch->plan.progress(fetch->owner, fetch->bytes->len, fetch->all);
	if (fetch->plan.restart_at && !fetch->restarted &&
	    fetch->bytes->len >= fetch->plan.restart_at) {
		fetch->restarted = true;
		drop(fetch);
		timer_module(fetch->clock, &fetch->timer, 2000);
		return;
	}
	next_piece(fetch);
}

static void on_timer(void *data)
{
	Fetch *fetch = data;

	if (stalls(fetch))
		finish(fetch, 0);
	else if (fetch->body)
		g_input_stream_read_bytes_async(fetch->body, fetch->plan.piece, G_PRIORITY_DEFAULT,
						fetch->cancel, on_piece, fetch);
	else if (fetch->restarted && !fetch->message)
		start(fetch);
	else
		finish(fetch, 0);
}

/* A server that knows no ranges begins anew. */
static void take_response(Fetch *fetch, guint status)
{
	SoupMessageHeaders *headers = soup_message_get_response_headers(fetch->message);
	goffset length = soup_message_headers_get_encoding(headers) == SOUP_ENCODING_CONTENT_LENGTH
				 ? soup_message_headers_get_content_length(headers)
				 : -1;

	if (status == SOUP_STATUS_PARTIAL_CONTENT) {
		fetch->all = length < 0 ? -1 : length + fetch->bytes->len;
		return;
	}
	g_byte_array_set_size(fetch->bytes, 0);
	fetch->all = length;
}

static void on_response(GObject *session, GAsyncResult *result, gpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GInputStream) body =
		soup_session_send_finish(SOUP_SESSION(session), result, &error);
	Fetch *fetch = data;
	guint status;

	if (!body && g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return;
	status = body ? soup_message_get_status(fetch->message) : 0;
	if (status != SOUP_STATUS_OK && status != SOUP_STATUS_PARTIAL_CONTENT) {
		finish(fetch, status);
		return;
	}
	take_response(fetch, status);
	fetch->body = g_steal_pointer(&body);
	if (fetch->plan.progress)
		fetch->plan.progress(fetch->owner, fetch->bytes->len, fetch->all);
	next_piece(fetch);
}

static void start(Fetch *fetch)
{
	SoupMessageHeaders *headers;

	fetch->message = soup_message_new("GET", fetch->url);
	fetch->cancel = g_cancellable_new();
	if (!fetch->message) {
		timer_module(fetch->clock, &fetch->timer, 1000);
		return;
	}
	headers = soup_message_get_request_headers(fetch->message);
	soup_message_headers_replace(headers, "User-Agent", fetch->plan.agent);
	if (fetch->restarted)
		soup_message_headers_set_range(headers, fetch->bytes->len, -1);
	/* A module knows nothing of the proxies of the computer that simulates it, asks for the whole
	 * package as it is, and keeps no connection. */
	fetch->session = soup_session_new_with_options("proxy-resolver", NULL, NULL);
	soup_session_remove_feature_by_type(fetch->session, SOUP_TYPE_CONTENT_DECODER);
	soup_session_send_async(fetch->session, fetch->message, G_PRIORITY_DEFAULT, fetch->cancel,
				on_response, fetch);
}

Fetch *fetch_new(RackClock *clock, const char *url, const FetchPlan *plan, void *owner)
{
	Fetch *fetch = g_new0(Fetch, 1);

	fetch->clock = clock;
	fetch->plan = *plan;
	fetch->owner = owner;
	fetch->url = g_strdup(url);
	fetch->bytes = g_byte_array_new();
	fetch->all = -1;
	fetch->timer = (RackTimer){ .fn = on_timer, .data = fetch };
	start(fetch);
	return fetch;
}
