/* SPDX-License-Identifier: Apache-2.0
 *
 * Everything that a key can ask for: one table makes the enum, the keys, the hints below the screen and the help.
 * It does not know who answers a request. */
#pragma once

#include "tui/keys.h"

G_BEGIN_DECLS

typedef enum {
	REQUEST_CONFIRM = 1 << 0,    /* asks before it is done */
	REQUEST_ABOUT_SLOT = 1 << 1, /* is about the chosen slot, which the question names */
	REQUEST_FIRST_HINT = 1 << 2, /* its hint comes first where there is no room for all */
} RequestFlags;

/* clang-format off */
/* REQUEST(name, key, name of the key, hint below the screen or NULL, help, flags) */
#define REQUEST_LIST(REQUEST)                                                                      \
	REQUEST(UP, KEY_CODE_UP, N_("Up"), NULL, N_("choose the slot above; scroll"), 0)           \
	REQUEST(DOWN, KEY_CODE_DOWN, N_("Down"), NULL, N_("choose the slot below; scroll"), 0)     \
	REQUEST(LEFT, KEY_CODE_LEFT, N_("Left"), NULL, N_("choose the slot before"), 0)            \
	REQUEST(RIGHT, KEY_CODE_RIGHT, N_("Right"), NULL, N_("choose the next slot"), 0)           \
	REQUEST(PAGE_UP, KEY_CODE_PAGE_UP, N_("PgUp"), NULL, N_("a screen up"), 0)                 \
	REQUEST(PAGE_DOWN, KEY_CODE_PAGE_DOWN, N_("PgDn"), NULL, N_("a screen down"), 0)           \
	REQUEST(FIRST, KEY_CODE_HOME, N_("Home"), NULL, N_("the first slot, the top"), 0)          \
	REQUEST(LAST, KEY_CODE_END, N_("End"), NULL, N_("the last slot, the end"), 0)              \
	REQUEST(HELP, '?', "?", N_("help"), N_("this help"), REQUEST_FIRST_HINT)                                    \
	REQUEST(SLOT, '\r', N_("Enter"), N_("slot"), N_("all about the chosen slot"), REQUEST_FIRST_HINT)           \
	REQUEST(LARGE, 'z', "z", N_("large"), N_("the chosen slot in large letters"), 0)           \
	REQUEST(BATCH, 'b', "b", N_("batch"), N_("counters, faults, what takes long"), 0)          \
	REQUEST(HISTORY, 'h', "h", N_("history"), N_("ask the record about a unit, an order, a day"), 0) \
	REQUEST(LOG, 'l', "l", N_("events"), N_("what has happened"), 0)                           \
	REQUEST(SEARCH, '/', "/", NULL, N_("search in the history or in the events"), 0)           \
	REQUEST(FILTER, 'f', "f", NULL, N_("events: all, only trouble, only this slot"), 0)        \
	REQUEST(BACK, KEY_CODE_ESCAPE, N_("Esc"), NULL, N_("back to the slots"), 0)                \
	REQUEST(START, 's', "s", N_("start"), N_("start the unit in the chosen slot"), REQUEST_CONFIRM | REQUEST_ABOUT_SLOT | REQUEST_FIRST_HINT) \
	REQUEST(START_ALL, 'S', "S", NULL, N_("start all units that are ready"), REQUEST_CONFIRM)  \
	REQUEST(RETEST, 'r', "r", N_("retest"), N_("begin a new visit of a unit that has its verdict"), REQUEST_CONFIRM | REQUEST_ABOUT_SLOT | REQUEST_FIRST_HINT) \
	REQUEST(ABORT, 'x', "x", N_("abort"), N_("stop what is done in the chosen slot, while that is safe"), REQUEST_CONFIRM | REQUEST_ABOUT_SLOT | REQUEST_FIRST_HINT) \
	REQUEST(PARK, 'p', "p", N_("park"), N_("put nothing into this slot any more, or use it again"), REQUEST_CONFIRM | REQUEST_ABOUT_SLOT | REQUEST_FIRST_HINT) \
	REQUEST(ACKNOWLEDGE, 'a', "a", N_("seen"), N_("the trouble is seen, the empty slot may be used again"), REQUEST_CONFIRM | REQUEST_ABOUT_SLOT | REQUEST_FIRST_HINT) \
	REQUEST(END_BATCH, 'e', "e", NULL, N_("end the batch: what runs is finished, nothing new starts"), REQUEST_CONFIRM) \
	REQUEST(WORKER, 'o', "o", N_("operator"), N_("who works at the rack"), 0)                  \
	REQUEST(WORK_ORDER, 'w', "w", N_("order"), N_("the work order that units are counted for"), 0) \
	REQUEST(SUSPEND, KEY_CTRL('Z'), "Ctrl-Z", NULL, N_("leave the terminal to the shell for a while, when no unit is open"), 0) \
	REQUEST(REPAINT, KEY_CTRL('L'), "Ctrl-L", NULL, N_("draw the screen anew"), 0)             \
	REQUEST(QUIT, 'q', "q", N_("quit"), N_("finish what is dangerous, then end"), REQUEST_CONFIRM | REQUEST_FIRST_HINT)
/* clang-format on */

typedef enum {
	REQUEST_NONE = -1,
#define REQUEST(name, key, key_name, hint, help, flags) REQUEST_##name,
	REQUEST_LIST(REQUEST)
#undef REQUEST
		N_REQUESTS
} RequestId;

typedef struct {
	Key key;
	const char *key_name; /* msgid */
	const char *hint;     /* msgid: a word for the bottom of the screen; NULL: none */
	const char *help;     /* msgid */
	guint flags;
} Request;

/* The table, in the order in which the help shows it. */
const Request *request_get(RequestId id);
/* REQUEST_NONE when the key stands for nothing. */
RequestId request_of_key(Key key);

G_END_DECLS
