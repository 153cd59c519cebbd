/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of the dashboard, shared by its parts: tui.c (life, frames), tui_ask.c (keys, questions) and tui_scan.c (scans). Nobody else
 * includes it. */
#pragma once

#include "tui/prompt.h"
#include "tui/scanner.h"
#include "tui/screen.h"
#include "tui/tui.h"
#include "tui/view.h"

G_BEGIN_DECLS

/* Whom a question has named. */
typedef struct {
	guint slot;
	guint32 visit;
	char imei[16];
} Named;

struct _Tui {
	char *station, *line, *version;
	char *worker_prefix, *order_prefix, *label_prefix;
	const TuiActs *acts;
	gpointer user;
	ViewDesk desk;
	Facts facts;
	Screen *screen;
	Canvas *canvas;
	Theme theme;
	Keys keys;
	Scanner scanner;
	GPtrArray *views; /* the last one is shown */
	Prompt prompt;
	Named named;    /* slot that the question is about, and who was in it */
	GArray *starts; /* of Named: all that are to be started */
	char prompt_label
		[16]; /* IMEI on the label that the question is about; "": it is not about one */
	char *note;   /* why something was not done; until the next key */
	gint64 note_until_us;
	bool ask_worker, ask_work_order; /* not asked yet */
	Bell bell;
	bool ring;
	bool dirty, quitting;
	gint64 now_us, next_frame_us; /* not before */
};

/* ---- tui.c ---- */

View *tui_top_view(const Tui *tui);

/* ---- tui_ask.c ---- */

void tui_key(gpointer tui, Key key);
/* Says so below the screen until the next key; `text` is the screen's from now on, NULL: nothing. */
void tui_note(Tui *tui, char *text);
/* Rings where the bell is not off. */
void tui_ring(Tui *tui);
void tui_ask_confirm(Tui *tui, RequestId id, guint slot, char *question);
void tui_take_text(Tui *tui, RequestId id, const char *typed);
void tui_answered(Tui *tui, bool yes);
/* Asks what must be known before anything else, one after the other. */
void tui_ask_first(Tui *tui);

/* ---- tui_scan.c ---- */

void tui_scan(gpointer tui, const char *text, bool whole);

G_END_DECLS
