/* SPDX-License-Identifier: Apache-2.0
 *
 * What stands around every view: header, notice and keys. It does not know which view is shown between them. */
#pragma once

#include "tui/layout.h"
#include "tui/board.h"
#include "tui/theme.h"

G_BEGIN_DECLS

/* What the bars show beside the facts of the board. Everything is borrowed. */
typedef struct {
	const char *station, *line, *version;
	const char *title;    /* of the view, translated */
	const char *question; /* waits for an answer; NULL: nothing is asked */
	const char *typed;    /* what has been typed so far; NULL: y or n is waited for */
	bool loud;            /* the question is an alarm */
	const char *note;     /* why something was not done; NULL: nothing */
	gint64 left_s;        /* until the whole rack is done; -1: nobody knows */
	bool finishing;       /* the operator has quit */
	guint in_danger;      /* units that are waited for then */
} Bars;

/* Rows that the notice takes when it is `w` columns wide. */
int bars_notice_rows(const Bars *bars, const Board *board, int w);
void bars_draw(const Bars *bars, Canvas *canvas, const Frame *frame, const Board *board);

G_END_DECLS
