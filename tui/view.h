/* SPDX-License-Identifier: Apache-2.0
 *
 * What every view can be asked for. It does not know which views there are. */
#pragma once

#include "tui/board.h"
#include "tui/requests.h"
#include "tui/theme.h"

G_BEGIN_DECLS

/* What became of a request, as a set of bits; 0: not for this view. */
typedef enum {
	VIEW_HANDLED = 1 << 0,
	VIEW_REDRAW = 1 << 1,
	VIEW_CLOSE = 1 << 2, /* leave it for the view below */
} ViewAnswer;

typedef struct _View View;

typedef struct {
	const char *title; /* msgid */
	/* Draws into `area`; the canvas is clipped to it. */
	void (*draw)(View *view, Canvas *canvas, Rect area, const Board *board, const Theme *theme);
	guint (*request)(View *view, RequestId id);
	void (*leave)(View *view); /* frees it */
} ViewOps;

/* The beginning of each view's own struct. */
struct _View {
	const ViewOps *ops;
};

View *view_grid_new(guint n_slots);
View *view_help_new(void);

G_END_DECLS
