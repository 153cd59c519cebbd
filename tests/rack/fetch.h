/* SPDX-License-Identifier: Apache-2.0 */
/* A module's download: a package really fetched over TCP, at the pace of a radio, with a connection
 * that may be dropped and a reader that may stop. It does not know whose module and whose server. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "clock.h"

G_BEGIN_DECLS

typedef struct Fetch Fetch;

typedef struct {
	const char *agent;
	guint piece, piece_ms; /* so many bytes, so often, in module time */
	gsize stall_at;        /* reads no more after so many bytes; 0: never */
	double give_up_ms;     /* and gives up so much later; 0: never */
	gsize restart_at;      /* drops the connection there and asks for the rest; 0: never */
	void (*progress)(void *owner, gsize got, goffset all); /* all: -1 when not known */
	/* The last call. status: of HTTP, 0 without an answer; bytes: what came, NULL unless 200. */
	void (*done)(void *owner, guint status, GBytes *bytes);
} FetchPlan;

/* url may be one that cannot be fetched. plan is copied. */
Fetch *fetch_new(RackClock *clock, const char *url, const FetchPlan *plan, void *owner);
/* Also from inside done. */
void fetch_free(Fetch *fetch);

G_END_DECLS
