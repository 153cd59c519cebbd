/* SPDX-License-Identifier: Apache-2.0
 *
 * libsoup's server over connections that are accepted, counted and ended here: a client that does nothing, or too slowly,
 * costs no more than its place. It does not know jobs nor slots. */
#include "station/package_server.h"

#include "station/package_url.h"
#include "station/ranges.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <libsoup/soup.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

/* Modules come all at once when a rack is started. */
#define BACKLOG 256
/* Twice a full rack; past that the client that has asked for nothing for longest makes room. */
#define CLIENTS_MAX 256
/* Connections of one job. A unit whose connection broke without a word begins another one; past so many the oldest ends. */
#define TICKET_CLIENTS_MAX 4
/* What the kernel takes for one peer, so that one which reads nothing is not sent a whole package. */
#define SEND_BUFFER (64 * 1024)
#define CHUNK       (16 * 1024)
/* How long a client may take to ask for something. */
#define REQUEST_US (20 * (gint64)G_USEC_PER_SEC)
/* How often what has arrived is looked at. */
#define LOOK_US (G_USEC_PER_SEC / 4)
/* After an accept that failed for want of descriptors. */
#define ACCEPT_AGAIN_US ((gint64)G_USEC_PER_SEC)
#define SERVER_NAME     "fota-station"
/* TCP_CLOSE of the kernel's tcp_states.h. */
#define STATE_CLOSED 7

struct _PackageTicket {
	PackageServer *server;
	char token[PACKAGE_TOKEN_CHARS + 1];
	char *url;
	char *etag;
	const guint8 *data;
	guint64 size;
	Ranges arrived;
	guint64 told;
	PackageServed served;
	gpointer user;
};

/* One connection. What it fetches is counted over a descriptor of our own, which outlives libsoup's: the last bytes are
 * acknowledged after it has closed its own. */
typedef struct {
	PackageServer *server;
	GSocket *socket;
	GSocketAddress *remote; /* by this very object libsoup's messages are known */
	gint64 until;           /* when a client that asks for nothing is ended; 0: not seen yet */
	PackageTicket *ticket;  /* what it fetches; NULL: nothing */
	int fd;                 /* -1: nothing is counted */
	guint64 first, next,
		end; /* of the package: where it began, what is handed to libsoup next, where it ends */
	guint64 before; /* bytes that went over the connection before the first of the package */
	bool counted;   /* `before` is known */
	bool known;     /* libsoup's message tells of it: it is freed when that is gone */
} Client;

struct _PackageServer {
	SoupServer *soup;
	GSocket *listening;
	GSource *accepting; /* NULL: not now */
	gint64 accept_at;   /* when again; 0: not decided yet */
	guint port, public_port;
	char *public_address;
	GHashTable *tickets; /* token -> PackageTicket */
	GPtrArray *clients;  /* of Client; the oldest first */
	gint64 look_at;
};

/* ---- clients ---- */

/* Ends the connection at once, whatever is still to be sent; libsoup then lets go of it. */
static void cut_off(Client *client)
{
	const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
	int fd = client->fd >= 0 ? client->fd : g_socket_get_fd(client->socket);

	if (client->fd < 0 && g_socket_is_closed(client->socket))
		return;
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	shutdown(fd, SHUT_RDWR);
}

static void stop_counting(Client *client)
{
	if (client->fd >= 0)
		close(client->fd);
	client->fd = -1;
	client->ticket = NULL;
}

static void free_client(gpointer data)
{
	Client *client = data;

	cut_off(client);
	stop_counting(client);
	g_object_unref(client->socket);
	g_object_unref(client->remote);
	g_free(client);
}

static Client *client_of(PackageServer *server, SoupServerMessage *message)
{
	GSocketAddress *remote = soup_server_message_get_remote_address(message);

	for (guint i = 0; i < server->clients->len; i++) {
		Client *client = g_ptr_array_index(server->clients, i);

		if (client->remote == remote)
			return client;
	}
	return NULL;
}

/* Bytes that the peer has acknowledged since the connection began, and those that it has not yet. False: the connection is
 * over, and the first of the two is what it came to. */
static bool look_at_socket(int fd, guint64 *acknowledged, guint64 *waiting)
{
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);
	int queue = 0;

	*acknowledged = *waiting = 0;
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) < 0 ||
	    ioctl(fd, SIOCOUTQ, &queue) < 0)
		return false;
	*acknowledged = info.tcpi_bytes_acked;
	*waiting = queue;
	return info.tcpi_state != STATE_CLOSED;
}

/* All bytes that were ever written to the connection: those acknowledged and those that are not, without any that move from
 * one to the other while they are counted. */
static bool count_written(int fd, guint64 *written)
{
	guint64 before, after, waiting;

	if (!look_at_socket(fd, &after, &waiting))
		return false;
	do {
		before = after;
		*written = before + waiting;
		if (!look_at_socket(fd, &after, &waiting))
			return false;
	} while (before != after);
	return true;
}

/* What has arrived so far. False: nothing more will. */
static bool count_arrived(Client *client)
{
	guint64 acknowledged, waiting;
	bool open = look_at_socket(client->fd, &acknowledged, &waiting);

	/* The last acknowledgement may be that of the end of the connection. */
	if (client->counted && acknowledged > client->before)
		ranges_add(&client->ticket->arrived, client->first,
			   MIN(client->first + acknowledged - client->before, client->next));
	return open && !(g_socket_is_closed(client->socket) && waiting == 0);
}

static void tell(PackageTicket *ticket)
{
	guint64 total = ranges_total(&ticket->arrived);

	if (total == ticket->told)
		return;
	ticket->told = total;
	ticket->served(ticket->user, total, total == ticket->size);
}

/* ---- requests ---- */

static void send_chunk(Client *client, SoupServerMessage *message)
{
	guint64 n = MIN(client->end - client->next, CHUNK);
	g_autoptr(GBytes) chunk = g_bytes_new_static(client->ticket->data + client->next, n);

	client->next += n;
	soup_message_body_append_bytes(soup_server_message_get_response_body(message), chunk);
}

static void on_wrote_headers(SoupServerMessage *message, Client *client)
{
	client->counted = client->fd >= 0 && count_written(client->fd, &client->before);
}

static void on_wrote_chunk(SoupServerMessage *message, Client *client)
{
	/* The ticket may have been closed meanwhile: the connection ends. */
	if (!client->ticket || client->next >= client->end)
		return;
	/* However fast this peer is, the others have their turn between two chunks. */
	soup_server_message_pause(message);
	send_chunk(client, message);
	soup_server_message_unpause(message);
}

/* What is right of every answer. */
static void set_headers(SoupServerMessage *message)
{
	SoupMessageHeaders *headers = soup_server_message_get_response_headers(message);

	soup_message_headers_replace(headers, "Cache-Control", "no-store");
	/* One request per connection: what was acknowledged is then what it is about. */
	soup_message_headers_replace(headers, "Connection", "close");
}

static void refuse(SoupServerMessage *message, guint status)
{
	set_headers(message);
	soup_message_headers_set_content_length(soup_server_message_get_response_headers(message),
						0);
	soup_server_message_set_status(message, status, NULL);
}

/* A Range that was asked of other content than this is none. */
static const char *range_header(SoupServerMessage *message, const PackageTicket *ticket)
{
	SoupMessageHeaders *headers = soup_server_message_get_request_headers(message);
	const char *same = soup_message_headers_get_one(headers, "If-Range");

	if (soup_server_message_get_method(message) == SOUP_METHOD_HEAD ||
	    (same && strcmp(same, ticket->etag) != 0))
		return NULL;
	return soup_message_headers_get_list(headers, "Range");
}

static void serve(Client *client, SoupServerMessage *message, PackageTicket *ticket)
{
	SoupMessageHeaders *headers = soup_server_message_get_response_headers(message);
	RangeAnswer range = range_parse(range_header(message, ticket), ticket->size, &client->first,
					&client->end);
	g_autofree char *part = NULL;

	if (range == RANGE_NONE) {
		part = g_strdup_printf("bytes */%" G_GUINT64_FORMAT, ticket->size);
		soup_message_headers_replace(headers, "Content-Range", part);
		refuse(message, SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE);
		return;
	}
	set_headers(message);
	if (range == RANGE_PART)
		soup_message_headers_set_content_range(headers, client->first, client->end - 1,
						       ticket->size);
	soup_message_headers_replace(headers, "Accept-Ranges", "bytes");
	soup_message_headers_replace(headers, "ETag", ticket->etag);
	soup_message_headers_set_content_type(headers, "application/octet-stream", NULL);
	soup_message_headers_set_content_length(headers, client->end - client->first);
	soup_server_message_set_status(
		message, range == RANGE_PART ? SOUP_STATUS_PARTIAL_CONTENT : SOUP_STATUS_OK, NULL);
	if (soup_server_message_get_method(message) == SOUP_METHOD_HEAD)
		return;
	client->ticket = ticket;
	client->next = client->first;
	client->known = true;
	client->fd = fcntl(g_socket_get_fd(client->socket), F_DUPFD_CLOEXEC, 3);
	g_signal_connect(message, "wrote-headers", G_CALLBACK(on_wrote_headers), client);
	g_signal_connect(message, "wrote-chunk", G_CALLBACK(on_wrote_chunk), client);
	soup_message_body_set_accumulate(soup_server_message_get_response_body(message), FALSE);
	send_chunk(client, message);
}

/* Headers have been read. A body that nobody asked for is not kept. */
static void on_headers(SoupServer *soup, SoupServerMessage *message, const char *path,
		       GHashTable *query, gpointer user)
{
	const char *method = soup_server_message_get_method(message);

	soup_message_body_set_accumulate(soup_server_message_get_request_body(message), FALSE);
	if (method == SOUP_METHOD_GET || method == SOUP_METHOD_HEAD)
		return;
	soup_message_headers_replace(soup_server_message_get_response_headers(message), "Allow",
				     "GET, HEAD");
	refuse(message, SOUP_STATUS_METHOD_NOT_ALLOWED);
}

static void spare_connections(PackageServer *server, const PackageTicket *ticket)
{
	Client *oldest = NULL;
	guint n = 0;

	for (guint i = 0; i < server->clients->len; i++) {
		Client *client = g_ptr_array_index(server->clients, i);

		if (client->ticket != ticket)
			continue;
		oldest = oldest ? oldest : client;
		n++;
	}
	if (n < TICKET_CLIENTS_MAX)
		return;
	count_arrived(oldest);
	cut_off(oldest);
	stop_counting(oldest);
}

static void on_request(SoupServer *soup, SoupServerMessage *message, const char *path,
		       GHashTable *query, gpointer user)
{
	PackageServer *server = user;
	PackageTicket *ticket =
		*path == '/' ? g_hash_table_lookup(server->tickets, path + 1) : NULL;
	Client *client = client_of(server, message);

	if (!ticket || !client || client->ticket) {
		refuse(message, SOUP_STATUS_NOT_FOUND);
		return;
	}
	spare_connections(server, ticket);
	serve(client, message, ticket);
}

/* ---- connections ---- */

/* Makes a place for one more. False: everybody fetches something. */
static bool make_place(PackageServer *server)
{
	if (server->clients->len < CLIENTS_MAX)
		return true;
	for (guint i = 0; i < server->clients->len; i++) {
		Client *client = g_ptr_array_index(server->clients, i);

		if (client->known)
			continue;
		g_ptr_array_remove_index(server->clients, i);
		return true;
	}
	return false;
}

static void welcome(PackageServer *server, GSocket *socket)
{
	g_autoptr(GSocketAddress) remote = g_socket_get_remote_address(socket, NULL);
	g_autoptr(GSocketAddress) local = g_socket_get_local_address(socket, NULL);
	g_autoptr(GSocketConnection) connection = NULL;
	Client *client;

	/* Gone again already, or one too many: closed with its last reference. */
	if (!remote || !local || !make_place(server))
		return;
	g_socket_set_option(socket, SOL_SOCKET, SO_SNDBUF, SEND_BUFFER, NULL);
	connection = g_socket_connection_factory_create_connection(socket);
	client = g_new0(Client, 1);
	client->server = server;
	client->socket = g_object_ref(socket);
	client->remote = g_object_ref(remote);
	client->fd = -1;
	g_ptr_array_add(server->clients, client);
	if (!soup_server_accept_iostream(server->soup, G_IO_STREAM(connection), local, remote,
					 NULL))
		g_ptr_array_remove(server->clients, client);
}

static gboolean on_accept(GSocket *listening, GIOCondition condition, gpointer user)
{
	PackageServer *server = user;
	g_autoptr(GError) error = NULL;
	g_autoptr(GSocket) socket = g_socket_accept(listening, NULL, &error);

	if (socket) {
		welcome(server, socket);
		return G_SOURCE_CONTINUE;
	}
	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) ||
	    g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED))
		return G_SOURCE_CONTINUE;
	/* No descriptors: whoever waits is not lost, and asking again at once would only burn time. */
	g_clear_pointer(&server->accepting, g_source_unref);
	server->accept_at = 0;
	return G_SOURCE_REMOVE;
}

static void accept_from_now(PackageServer *server)
{
	server->accepting = g_socket_create_source(server->listening, G_IO_IN, NULL);
	g_source_set_callback(server->accepting, (GSourceFunc)(gpointer)on_accept, server, NULL);
	g_source_attach(server->accepting, g_main_context_get_thread_default());
}

/* ---- the server ---- */

static bool listen_on(PackageServer *server, const PackageServerSetup *setup, GError **error)
{
	g_autoptr(GSocketAddress) wanted =
		g_inet_socket_address_new_from_string(setup->listen, setup->port);
	g_autoptr(GSocketAddress) got = NULL;

	if (!wanted) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "%s is no IP address",
			    setup->listen);
		return false;
	}
	server->listening = g_socket_new(g_socket_address_get_family(wanted), G_SOCKET_TYPE_STREAM,
					 G_SOCKET_PROTOCOL_TCP, error);
	if (!server->listening)
		return false;
	g_socket_set_blocking(server->listening, FALSE);
	g_socket_set_listen_backlog(server->listening, BACKLOG);
	if (!g_socket_bind(server->listening, wanted, TRUE, error) ||
	    !g_socket_listen(server->listening, error))
		return false;
	got = g_socket_get_local_address(server->listening, error);
	if (!got)
		return false;
	server->port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(got));
	return true;
}

PackageServer *package_server_new(const PackageServerSetup *setup, GError **error)
{
	g_autoptr(PackageServer) server = g_new0(PackageServer, 1);

	server->tickets = g_hash_table_new(g_str_hash, g_str_equal);
	server->clients = g_ptr_array_new_with_free_func(free_client);
	if (!listen_on(server, setup, error))
		return NULL;
	server->public_address = g_strdup(setup->public_address);
	server->public_port = setup->public_port > 0 ? setup->public_port : server->port;
	server->soup = soup_server_new("server-header", SERVER_NAME, NULL);
	soup_server_add_early_handler(server->soup, NULL, on_headers, server, NULL);
	soup_server_add_handler(server->soup, NULL, on_request, server, NULL);
	accept_from_now(server);
	return g_steal_pointer(&server);
}

void package_server_free(PackageServer *server)
{
	if (!server)
		return;
	if (server->accepting) {
		g_source_destroy(server->accepting);
		g_source_unref(server->accepting);
	}
	if (server->soup)
		soup_server_disconnect(server->soup);
	g_clear_object(&server->soup);
	g_ptr_array_unref(server->clients);
	g_clear_object(&server->listening);
	g_warn_if_fail(g_hash_table_size(server->tickets) == 0);
	g_hash_table_unref(server->tickets);
	g_free(server->public_address);
	g_free(server);
}

guint package_server_port(const PackageServer *server)
{
	return server->port;
}

bool package_server_is_there(const char *listen, guint port)
{
	bool any = strcmp(listen, "0.0.0.0") == 0, any6 = strcmp(listen, "::") == 0;
	g_autofree char *url = package_url(any ? "127.0.0.1" : any6 ? "::1" : listen, port, NULL);
	g_autoptr(SoupSession) session = soup_session_new();
	g_autoptr(SoupMessage) message = soup_message_new(SOUP_METHOD_HEAD, url);
	g_autoptr(GInputStream) stream = NULL;
	const char *name;

	if (!message)
		return false;
	soup_session_set_timeout(session, 2);
	soup_session_set_proxy_resolver(session, NULL);
	stream = soup_session_send(session, message, NULL, NULL);
	if (!stream)
		return false;
	name = soup_message_headers_get_one(soup_message_get_response_headers(message), "Server");
	return g_strcmp0(name, SERVER_NAME) == 0;
}

/* ---- tickets ---- */

PackageTicket *package_server_open(PackageServer *server, const guint8 *data, guint64 size,
				   const char *sha256, PackageServed served, gpointer user)
{
	PackageTicket *ticket = g_new0(PackageTicket, 1);
	guint8 random[20];

	/* So few bytes come whole or, before the kernel has gathered enough of them, late. */
	while (getrandom(random, sizeof(random), 0) != sizeof(random))
		;
	package_token(random, ticket->token);
	ticket->server = server;
	ticket->url = package_url(server->public_address, server->public_port, ticket->token);
	ticket->etag = g_strdup_printf("\"%s\"", sha256);
	ticket->data = data;
	ticket->size = size;
	ticket->served = served;
	ticket->user = user;
	g_hash_table_insert(server->tickets, ticket->token, ticket);
	return ticket;
}

void package_ticket_close(PackageTicket *ticket)
{
	if (!ticket)
		return;
	for (guint i = 0; i < ticket->server->clients->len; i++) {
		Client *client = g_ptr_array_index(ticket->server->clients, i);

		if (client->ticket != ticket)
			continue;
		cut_off(client);
		stop_counting(client);
	}
	g_hash_table_remove(ticket->server->tickets, ticket->token);
	g_free(ticket->url);
	g_free(ticket->etag);
	g_free(ticket);
}

const char *package_ticket_url(const PackageTicket *ticket)
{
	return ticket->url;
}

bool package_ticket_whole(const PackageTicket *ticket)
{
	return ticket->told == ticket->size;
}

/* ---- the turn ---- */

/* True: its place is free. */
static bool client_turn(Client *client, gint64 now)
{
	bool closed = g_socket_is_closed(client->socket);

	if (client->until == 0)
		client->until = now + REQUEST_US;
	/* Once libsoup has closed its descriptor, ours alone keeps the connection: until everything has arrived. */
	if (client->ticket && client->fd >= 0 && !count_arrived(client)) {
		/* With an end of its own where everything has arrived. */
		if (!closed)
			cut_off(client);
		stop_counting(client);
	}
	if (closed)
		return client->fd < 0;
	return !client->known && now >= client->until;
}

static void tell_all(PackageServer *server)
{
	GHashTableIter iter;
	gpointer ticket;

	g_hash_table_iter_init(&iter, server->tickets);
	while (g_hash_table_iter_next(&iter, NULL, &ticket))
		tell(ticket);
}

void package_server_turn(PackageServer *server, gint64 now)
{
	if (!server->accepting && server->accept_at == 0)
		server->accept_at = now + ACCEPT_AGAIN_US;
	else if (!server->accepting && now >= server->accept_at)
		accept_from_now(server);
	if (server->clients->len == 0 || now < server->look_at)
		return;
	server->look_at = now + LOOK_US;
	for (guint i = server->clients->len; i-- > 0;)
		if (client_turn(g_ptr_array_index(server->clients, i), now))
			g_ptr_array_remove_index(server->clients, i);
	tell_all(server);
}

gint64 package_server_deadline(const PackageServer *server)
{
	gint64 at = server->accepting ? G_MAXINT64 : server->accept_at;

	return server->clients->len > 0 ? MIN(at, server->look_at) : at;
}
