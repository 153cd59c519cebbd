/* SPDX-License-Identifier: Apache-2.0
 *
 * Tells a barcode scanner from fingers: at least four printable characters in one burst that Enter (or ETX) ends are a scan, and none
 * of them is ever a key. It does not know what is scanned, nor what a key is good for. */
#pragma once

#include "tui/keys.h"

G_BEGIN_DECLS

/* Characters that are this far apart are fingers'. */
#define SCANNER_GAP_US 30000
#define SCANNER_LEAST  4
/* What some scanners send before a scan, or behind it. */
#define SCANNER_FRAME KEY_CTRL('C')

typedef struct {
	void (*key)(gpointer user, Key key);
	/* A scan; `whole` false: it has no end, or is too long for `text`. */
	void (*scan)(gpointer user, const char *text, bool whole);
	gpointer user;
	gunichar held[128];
	guint n_held;
	bool too_long;
	gint64 since_us; /* when the last one came */
	gint64 ended_us; /* when the last scan ended */
} Scanner;

/* What was typed, in its order. Everything that has arrived must have been given before scanner_tick(): a loop that is late must
 * not tear a burst apart. */
void scanner_key(Scanner *scanner, gint64 now_us, Key key);
/* When scanner_tick() is due; G_MAXINT64: never. */
gint64 scanner_deadline(const Scanner *scanner);
void scanner_tick(Scanner *scanner, gint64 now_us);

G_END_DECLS
