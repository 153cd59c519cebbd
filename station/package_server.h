/* SPDX-License-Identifier: Apache-2.0
 *
 * Serves packages over HTTP to the units whose jobs are going on, each under an address of its own, and tells how much of it
 * has arrived there. It does not know jobs nor slots. */
#pragma once

#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

typedef struct {
	const char *listen;         /* IP address to listen on */
	guint port;                 /* 0: any free one */
	const char *public_address; /* name or address that units are told */
	guint public_port;          /* 0: the one listened on */
} PackageServerSetup;

typedef struct _PackageServer PackageServer;
typedef struct _PackageTicket PackageTicket;

/* So many bytes of the package have been acknowledged by whoever fetches it, in all; `whole`: every one. Told from the turn
 * alone; no ticket is opened or closed meanwhile. */
typedef void (*PackageServed)(gpointer user, guint64 bytes, bool whole);

/* Listens. NULL with an error of G_IO_ERROR (G_IO_ERROR_ADDRESS_IN_USE: another program has the port). It lives in the main
 * context that is the thread's default now. */
PackageServer *package_server_new(const PackageServerSetup *setup, GError **error);
/* Every ticket must be closed before. */
void package_server_free(PackageServer *server);
/* The port listened on. */
guint package_server_port(const PackageServer *server);
/* Whether it is such a server that answers at this address. Blocks for at most two seconds. */
bool package_server_is_there(const char *listen, guint port);

/* A new address that nobody can guess, under which `size` bytes are served until the ticket is closed. `data` is borrowed
 * until then; `sha256` (hexadecimal) tells it apart from other content. */
PackageTicket *package_server_open(PackageServer *server, const guint8 *data, guint64 size,
				   const char *sha256, PackageServed served, gpointer user);
/* The address is gone, and who still fetches from it is cut off. */
void package_ticket_close(PackageTicket *ticket);
/* Borrowed from the ticket. */
const char *package_ticket_url(const PackageTicket *ticket);
/* Every byte has been acknowledged. */
bool package_ticket_whole(const PackageTicket *ticket);

/* Tells what has arrived since, and sees to clients that ask for nothing. `now` is monotonic, in microseconds. */
void package_server_turn(PackageServer *server, gint64 now);
/* When the next turn is due; G_MAXINT64: whenever. */
gint64 package_server_deadline(const PackageServer *server);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PackageServer, package_server_free)

G_END_DECLS
