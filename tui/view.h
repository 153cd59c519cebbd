/* SPDX-License-Identifier: Apache-2.0
 *
 * What every view can be asked for, and what a view may ask for. It does not know which views there are. */
#pragma once

#include "tui/facts.h"
#include "tui/requests.h"
#include "tui/theme.h"

G_BEGIN_DECLS

/* What became of a request, as a set of bits; 0: not for this view. */
typedef enum {
	VIEW_HANDLED = 1 << 0,
	VIEW_REDRAW = 1 << 1,
	VIEW_CLOSE = 1 << 2, /* leave it for the view below */
	VIEW_PROMPT =
		1 << 3, /* ask the person for the text that `prompt` names, then call `text` */
} ViewAnswer;

typedef struct _View View;

/* How a view asks the rest of the program. Borrowed: it outlives the views. */
typedef struct {
	/* Asks the record; the answer comes later, with the token that is returned. */
	guint (*ask)(gpointer user, const HistoryQuestion *question);
	/* Name of a procedure's nth row, NULL past the last. */
	const char *(*step_name)(gpointer user, const char *procedure, guint ord);
	/* "A01 -> A02 (package)"; free with g_free; "" without a plan. */
	char *(*plan)(gpointer user, guint slot);
	/* The journal of this slot is wanted at once; G_MAXUINT: of none. */
	void (*watch)(gpointer user, guint slot);
	gpointer user;
} ViewDesk;

typedef struct {
	const char *title;  /* msgid */
	const char *prompt; /* msgid: what is asked before `text`; NULL: nothing ever is */
	/* Draws into `area`; the canvas is clipped to it. */
	void (*draw)(View *view, Canvas *canvas, Rect area, const Facts *facts, const Theme *theme);
	/* May change which slot is chosen. */
	guint (*request)(View *view, Facts *facts, RequestId id);
	void (*text)(View *view, const char *text); /* NULL without `prompt` */
	void (*answer)(View *view,
		       const HistoryAnswer *answer); /* NULL: it never asks the record */
	void (*leave)(View *view);                   /* frees it */
} ViewOps;

/* The beginning of each view's own struct. */
struct _View {
	const ViewOps *ops;
};

View *view_grid_new(const SlotConfig *const *slots, guint n_slots);
View *view_slot_new(const ViewDesk *desk, const Facts *facts);
View *view_large_new(void);
View *view_batch_new(void);
View *view_history_new(const ViewDesk *desk);
View *view_log_new(void);
View *view_help_new(void);

G_END_DECLS
