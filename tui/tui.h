/* SPDX-License-Identifier: Apache-2.0
 *
 * The dashboard: the stack of views, the keys, and when a frame is due.
 * It does not know the station: it is told facts, is handed time and bytes, and asks through a table of functions. */
#pragma once

#include "tui/board.h"

G_BEGIN_DECLS

/* What the dashboard can ask of the station. `user` is TuiSetup's. */
typedef struct {
	/* The operator has confirmed: start nothing new, finish what is dangerous, then end. Called once. */
	void (*quit)(gpointer user);
	/* Start the units that wait for the operator; where they start by themselves there are none. */
	void (*start)(gpointer user);
	/* How many units are in a dangerous step now. */
	guint (*in_danger)(gpointer user);
	/* Takes all of the bytes for the terminal, or none and returns false; never waits. With len 0 it is only asked
	 * whether it would: a frame is not drawn while an earlier one has not left. */
	bool (*write)(gpointer user, const char *bytes, gsize len);
} TuiActs;

/* Everything that a dashboard begins with. Borrowed for the call, but for `acts` and `user`: those must outlive it. */
typedef struct {
	int input_fd; /* the terminal: keys, modes and size */
	const char *station, *line, *version;
	const SlotConfig *const *slots;
	gsize n_slots;
	Totals totals;
	bool ascii, mono; /* not even where the locale or the terminal could do more */
	const TuiActs *acts;
	gpointer user;
	gint64 now_us; /* monotonic, as everywhere here */
} TuiSetup;

typedef struct _Tui Tui;

/* The locale must have been set (setlocale, bindtextdomain) before. The first frame is sent at the first tui_tick(). */
Tui *tui_new(const TuiSetup *setup, GError **error);
/* Hands out the bytes that restore the terminal through `write`, then restores its modes. */
void tui_free(Tui *tui);

/* A BusReader: subscribe it with the Tui as reader. */
bool tui_event(gpointer tui, const Event *event);
/* New figures from the record: at a change of work order (after EV_WORK_ORDER), at a new shift. */
void tui_totals(Tui *tui, const Totals *totals);

/* `input_fd` is readable. Returns false when the terminal is gone: watch it no more. */
bool tui_input(Tui *tui, gint64 now_us);
/* The terminal has another size (SIGWINCH). */
void tui_resize(Tui *tui);
/* Draws what is due. Call it at tui_deadline() or at any other time, best once per turn of the loop. */
void tui_tick(Tui *tui, gint64 now_us);
/* When tui_tick() has something to do; G_MAXINT64: not before the next event or key. */
gint64 tui_deadline(const Tui *tui);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tui, tui_free)

G_END_DECLS
