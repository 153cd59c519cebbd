/* SPDX-License-Identifier: Apache-2.0
 *
 * Tells a barcode scanner from fingers: at least four printable characters in one burst that Enter ends are a scan, and none
 * of them is ever a key. It does not know what is scanned, nor what a key is good for. */
#pragma once

#include "tui/keys.h"

G_BEGIN_DECLS

/* Characters that are this far apart are fingers'. */
#define SCANNER_GAP_US 30000
#define SCANNER_LEAST  4

typedef struct {
	void (*key)(gpointer user, Key key);
	/* A whole scan; NULL: one that broke off or is too long, nothing of it is to be used. */
	void (*scan)(gpointer user, const char *text);
	gpointer user;
	gunichar held[128];
	guint n_held;
	bool too_long;
	gint64 since_us; /* when the last one came */
} Scanner;

/* What was typed, in its order. Everything that has arrived must have been given before scanner_tick(): a loop that is late must
 * not tear a burst apart. */
void scanner_key(Scanner *scanner, gint64 now_us, Key key);
/* When scanner_tick() is due; G_MAXINT64: never. */
gint64 scanner_deadline(const Scanner *scanner);
void scanner_tick(Scanner *scanner, gint64 now_us);

G_END_DECLS
