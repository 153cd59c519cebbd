/* SPDX-License-Identifier: Apache-2.0
 *
 * The dashboard: the stack of views, the keys, and when a frame is due.
 * It does not know the station: it is told facts, is handed time and bytes, and asks through a table of functions. */
#pragma once

#include "tui/facts.h"

G_BEGIN_DECLS

/* What a person can ask of the station once the question was answered with yes. */
typedef enum {
	ACT_START,
	ACT_RETEST,
	ACT_ABORT,
	ACT_PARK,
	ACT_RELEASE,
	ACT_ACKNOWLEDGE,
	ACT_END_BATCH,
	ACT_QUIT, /* start nothing new, finish what is dangerous, then end; once */
	N_ACTS
} Act;

typedef enum {
	TUI_LABEL_MATCHES,  /* the unit in `slot` says so, too */
	TUI_LABEL_DIFFERS,  /* the unit in `slot`, the chosen one, says another IMEI */
	TUI_LABEL_EXPECTED, /* the next unit that comes is compared with it */
	TUI_LABEL_UNKNOWN
} TuiLabel;

/* What the dashboard can ask of the station. `user` is TuiSetup's. */
typedef struct {
	/* `slot` where the act is about one. NULL: done, or begun; else why not, as a msgid. */
	const char *(*act)(gpointer user, Act act, guint slot);
	/* Who works, and for which order; "" for none. NULL, or why not, as a msgid. */
	const char *(*worker)(gpointer user, const char *name);
	const char *(*work_order)(gpointer user, const char *order);
	/* A unit's label was scanned. `chosen`: the slot that is chosen, G_MAXUINT: it is not of that one. */
	TuiLabel (*label)(gpointer user, const char *imei, guint chosen, guint *slot);
	/* The person says that `label` is on the unit with the IMEI `unit` in that slot. NULL, or why nothing was done, as a
	 * msgid. */
	const char *(*label_differs)(gpointer user, guint slot, const char *unit,
				     const char *label);
	/* How many units are in a dangerous step now, and how many have no verdict yet. */
	guint (*in_danger)(gpointer user);
	guint (*open)(gpointer user);
	/* Stops the program until the shell lets it go on. */
	void (*suspend)(gpointer user);
	/* Takes all of the bytes for the terminal, or none and returns false; never waits. With len 0 it is only asked
	 * whether it would: a frame is not drawn while an earlier one has not left. */
	bool (*write)(gpointer user, const char *bytes, gsize len);
	/* For views, see ViewDesk. */
	guint (*ask)(gpointer user, const HistoryQuestion *question);
	const char *(*step_name)(gpointer user, const char *procedure, guint ord);
	char *(*plan)(gpointer user, guint slot);
	void (*watch)(gpointer user, guint slot);
} TuiActs;

typedef enum { BELL_OFF, BELL_FAILURES, BELL_VERDICTS } Bell;

/* Everything that a dashboard begins with. Borrowed for the call, but for `acts` and `user`: those must outlive it. */
typedef struct {
	int input_fd; /* the terminal: keys, modes and size */
	const char *station, *line, *version;
	const SlotConfig *const *slots;
	gsize n_slots;
	Totals totals;
	bool ascii;  /* not even where the locale could do more */
	int colours; /* at most so many; 0: none */
	Bell bell;
	bool ask_worker, ask_work_order;                         /* before anything else */
	const char *worker_prefix, *order_prefix, *label_prefix; /* of scans */
	const TuiActs *acts;
	gpointer user;
	gint64 now_us; /* monotonic, as everywhere here */
} TuiSetup;

typedef struct _Tui Tui;

/* The locale must have been set (setlocale, bindtextdomain) before. The first frame is sent at the first tui_tick(). */
Tui *tui_new(const TuiSetup *setup, GError **error);
/* Hands out the bytes that restore the terminal through `write`, then restores its modes. */
void tui_free(Tui *tui);

/* What of the setup may be another one while it runs: names, bell, prefixes, what is asked first. */
void tui_configure(Tui *tui, const TuiSetup *setup);

/* A BusReader: subscribe it with the Tui as reader. */
bool tui_event(gpointer tui, const Event *event);
/* New figures from the record: at a change of work order (after EV_WORK_ORDER), at a new shift. */
void tui_totals(Tui *tui, const Totals *totals);
void tui_tally(Tui *tui, const TallyKnown *known, gsize n);
/* How long a step has taken before. */
void tui_pace(Tui *tui, const PaceKnown *known);
/* The answer to what was asked with `ask`. */
void tui_history(Tui *tui, const HistoryAnswer *answer);

/* `input_fd` is readable. Returns false when the terminal is gone: watch it no more. */
bool tui_input(Tui *tui, gint64 now_us);
/* The terminal has another size (SIGWINCH). */
void tui_resize(Tui *tui);
/* Draws what is due. Call it at tui_deadline() or at any other time, best once per turn of the loop, after tui_input(). */
void tui_tick(Tui *tui, gint64 now_us);
/* When tui_tick() has something to do; G_MAXINT64: not before the next event or key. */
gint64 tui_deadline(const Tui *tui);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tui, tui_free)

G_END_DECLS
