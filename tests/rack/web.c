/* SPDX-License-Identifier: Apache-2.0 */
/* The server of somebody else, where packages of kind url lie: plain HTTP on the loopback. It knows
 * names and bytes. */
#include "web.h"

#include <libsoup/soup.h>

struct Web {
	SoupServer *server;
	GHashTable *files; /* "/firmware/x.pack" -> GBytes */
	guint port;
};

static void on_request(SoupServer *server, SoupServerMessage *message, const char *path,
		       GHashTable *query, gpointer data)
{
	Web *web = data;
	GBytes *bytes = g_hash_table_lookup(web->files, path);
	const char *method = soup_server_message_get_method(message);

	if (method != SOUP_METHOD_GET && method != SOUP_METHOD_HEAD) {
		soup_server_message_set_status(message, SOUP_STATUS_METHOD_NOT_ALLOWED, NULL);
		return;
	}
	if (!bytes) {
		soup_server_message_set_status(message, SOUP_STATUS_NOT_FOUND, NULL);
		return;
	}
	soup_server_message_set_status(message, SOUP_STATUS_OK, NULL);
	soup_message_headers_set_content_type(soup_server_message_get_response_headers(message),
					      "application/octet-stream", NULL);
	soup_message_body_append_bytes(soup_server_message_get_response_body(message), bytes);
}

Web *web_new(GError **error)
{
	g_autoptr(SoupServer) server = soup_server_new("server-header", "fota-rack", NULL);
	GSList *uris;
	Web *web;

	if (!soup_server_listen_local(server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, error))
		return NULL;
	uris = soup_server_get_uris(server);
	web = g_new0(Web, 1);
	web->port = (guint)g_uri_get_port(uris->data);
	g_slist_free_full(uris, (GDestroyNotify)g_uri_unref);
	web->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					   (GDestroyNotify)g_bytes_unref);
	soup_server_add_handler(server, NULL, on_request, web, NULL);
	web->server = g_steal_pointer(&server);
	return web;
}

void web_free(Web *web)
{
	soup_server_disconnect(web->server);
	g_object_unref(web->server);
	g_hash_table_destroy(web->files);
	g_free(web);
}

char *web_publish(Web *web, const char *name, GBytes *bytes)
{
	g_autofree char *path = g_strdup_printf("/firmware/%s", name);
	char *url = g_strdup_printf("http://127.0.0.1:%u%s", web->port, path);

	g_hash_table_insert(web->files, g_steal_pointer(&path), g_bytes_ref(bytes));
	return url;
}
