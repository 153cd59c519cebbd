/* SPDX-License-Identifier: Apache-2.0
 *
 * Attempts from the record as lines of a table. It does not know who asked for them. */
#pragma once

#include "tui/facts.h"
#include "tui/theme.h"

G_BEGIN_DECLS

typedef struct _Rows Rows;

Rows *rows_new(void);
void rows_free(Rows *rows);
/* Nothing is known yet. */
void rows_clear(Rows *rows);
/* Copies what it says. */
void rows_set(Rows *rows, const HistoryAnswer *answer);
guint rows_n(const Rows *rows);
/* From row `top` on; says so when there is nothing, or why. */
void rows_draw(const Rows *rows, Canvas *canvas, Rect area, const Theme *theme, guint top);

G_END_DECLS
