/* SPDX-License-Identifier: Apache-2.0
 *
 * Everything that a key can ask for: one table makes the enum, the keys, the hints below the screen and the help.
 * It does not know who answers a request. */
#pragma once

#include "tui/keys.h"

G_BEGIN_DECLS

typedef enum {
	REQUEST_HINTED = 1 << 0,  /* named at the bottom of the screen */
	REQUEST_CONFIRM = 1 << 1, /* asks before it is done, while anything depends on it */
} RequestFlags;

/* clang-format off */
/* REQUEST(name, key, name of the key, help, flags) */
#define REQUEST_LIST(REQUEST)                                                                      \
	REQUEST(UP, KEY_CODE_UP, N_("Up"), N_("select the slot above"), 0)                         \
	REQUEST(DOWN, KEY_CODE_DOWN, N_("Down"), N_("select the slot below"), 0)                   \
	REQUEST(LEFT, KEY_CODE_LEFT, N_("Left"), N_("select the slot before"), 0)                  \
	REQUEST(RIGHT, KEY_CODE_RIGHT, N_("Right"), N_("select the next slot"), 0)                 \
	REQUEST(PAGE_UP, KEY_CODE_PAGE_UP, N_("PgUp"), N_("a screen up"), 0)                       \
	REQUEST(PAGE_DOWN, KEY_CODE_PAGE_DOWN, N_("PgDn"), N_("a screen down"), 0)                 \
	REQUEST(FIRST, KEY_CODE_HOME, N_("Home"), N_("the first slot"), 0)                         \
	REQUEST(LAST, KEY_CODE_END, N_("End"), N_("the last slot"), 0)                             \
	REQUEST(START, 's', "s", N_("start the units that are ready"), 0)                          \
	REQUEST(HELP, '?', "?", N_("help"), REQUEST_HINTED)                                        \
	REQUEST(BACK, KEY_CODE_ESCAPE, N_("Esc"), N_("back to the slots"), 0)                      \
	REQUEST(REPAINT, KEY_CTRL('L'), "Ctrl-L", N_("draw the screen anew"), 0)                   \
	REQUEST(QUIT, 'q', "q", N_("quit"), REQUEST_HINTED | REQUEST_CONFIRM)
/* clang-format on */

typedef enum {
	REQUEST_NONE = -1,
#define REQUEST(name, key, key_name, help, flags) REQUEST_##name,
	REQUEST_LIST(REQUEST)
#undef REQUEST
		N_REQUESTS
} RequestId;

typedef struct {
	Key key;
	const char *key_name; /* msgid */
	const char *help;     /* msgid */
	guint flags;
} Request;

/* The table, in the order in which the help shows it. */
const Request *request_get(RequestId id);
/* REQUEST_NONE when the key stands for nothing. */
RequestId request_of_key(Key key);

G_END_DECLS
