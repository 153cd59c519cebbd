/* SPDX-License-Identifier: Apache-2.0
 *
 * What a meaning looks like and which characters stand for what: with and without colour, in UTF-8 and in ASCII.
 * It does not know who draws with it, nor how a terminal is told. */
#pragma once

#include "lib/slot.h"
#include "tui/canvas.h"

G_BEGIN_DECLS

/* The eight colours that every colour terminal has, in its order; of one with 256 any number. */
typedef enum {
	COLOUR_DEFAULT = -1,
	COLOUR_BLACK,
	COLOUR_RED,
	COLOUR_GREEN,
	COLOUR_YELLOW,
	COLOUR_BLUE,
	COLOUR_MAGENTA,
	COLOUR_CYAN,
	COLOUR_WHITE
} Colour;

typedef struct {
	int fg, bg; /* Colour, or a number of 256 */
	bool bold, dim, reverse;
} Style;

typedef struct {
	const char *orders[N_ORDERS]; /* at most two columns */
	const char *arrow;            /* from version to version */
	gunichar ellipsis, stripe, bar_done, bar_rest, mark;
	gunichar across, down, top_left, top_right, bottom_left, bottom_right;
	const char *above, *below; /* there is more */
	const char *done, *doing;  /* of a step, one column */
} Symbols;

typedef struct {
	const Symbols *symbols;
	const Style *styles; /* N_MEANINGS */
} Theme;

/* colours: that the terminal can show; fewer than 8: none. */
Theme theme_get(int colours, bool utf8);
Meaning theme_order_meaning(Order order);
/* At most 12 columns in English, translated; the whole words are order_words(). */
const char *theme_order_short(Order order);

G_END_DECLS
