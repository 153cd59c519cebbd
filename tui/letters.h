/* SPDX-License-Identifier: Apache-2.0
 *
 * Letters five rows high, to be read from two metres. It does not know what they say. */
#pragma once

#include "tui/canvas.h"

G_BEGIN_DECLS

#define LETTERS_ROWS 5

/* Columns that the text takes; -1: not every character of it can be written so. */
int letters_width(const char *text);
void letters_draw(Canvas *canvas, int x, int y, Pen pen, gunichar block, const char *text);

G_END_DECLS
