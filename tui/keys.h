/* SPDX-License-Identifier: Apache-2.0
 *
 * From the bytes of a terminal to keys, whatever way they are cut. It does not know what a key is good for.
 * The escape sequences of xterm, tmux, screen, rxvt, the Linux console and the VT100 family are few and do not clash:
 * no terminal description is asked, and nothing ever waits for the rest of a sequence. */
#pragma once

#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

/* A character, or one of the codes below, which lie beyond all characters. */
typedef guint32 Key;

#define KEY_CTRL(letter) ((letter)&0x1f)

enum {
	KEY_CODE_ESCAPE = 27,
	KEY_CODE_UP = 0x110000,
	KEY_CODE_DOWN,
	KEY_CODE_LEFT,
	KEY_CODE_RIGHT,
	KEY_CODE_PAGE_UP,
	KEY_CODE_PAGE_DOWN,
	KEY_CODE_HOME,
	KEY_CODE_END
};

/* How long an ESC may stand alone before it is the key of that name. */
#define KEYS_ESCAPE_US 50000

typedef void (*KeysTell)(gpointer user, Key key);

typedef struct {
	KeysTell tell;
	gpointer user;
	char held[32]; /* an unfinished sequence or character */
	gsize n_held;
	gint64 since_us; /* when its last byte came */
} Keys;

void keys_feed(Keys *keys, gint64 now_us, const char *bytes, gsize len);
/* When keys_tick() is due; G_MAXINT64: never. */
gint64 keys_deadline(const Keys *keys);
/* Gives up waiting for the rest of a sequence when its time is over. */
void keys_tick(Keys *keys, gint64 now_us);

G_END_DECLS
