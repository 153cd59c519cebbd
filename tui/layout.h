/* SPDX-License-Identifier: Apache-2.0
 *
 * From the size of the terminal and the number of slots to rectangles: pure arithmetic.
 * It does not know what is drawn into them. */
#pragma once

#include "tui/canvas.h"

G_BEGIN_DECLS

/* The parts of every screen, from top to bottom. A part there is no room for has h = 0. */
typedef struct {
	Rect header, body, notice, keys;
} Frame;

/* notice_rows: how many the notice would like. */
Frame layout_frame(int cols, int rows, int notice_rows);

typedef enum {
	TILE_MINI,   /* one row: label and order */
	TILE_LINE,   /* one row with as many columns as there is room for */
	TILE_MEDIUM, /* a few rows */
	TILE_BIG     /* a frame with a large field for the order */
} TileKind;

/* The tiles of the slots, row by row in the fixture's order. */
typedef struct {
	TileKind kind;
	int tile_w, tile_h;
	int cols, rows; /* tiles in view */
	int rows_all;   /* tile rows there are; more than `rows`: it scrolls */
	Rect tiles;     /* where they are */
	Rect mark;      /* what cannot be seen is told here; h = 0: everything can */
	Rect panel;     /* the whole story of one slot; h = 0: the tiles tell it */
} Grid;

/* label_w, order_w: columns of the longest label and of the longest order, symbol included. */
Grid layout_grid(Rect body, int n_slots, int label_w, int order_w);
/* Where the tile of a slot is when `top` is the first tile row in view; h = 0: it is not in view. */
Rect layout_tile(const Grid *grid, int top, int slot);
/* The first tile row that keeps the slot in view, as near to `top` as can be. */
int layout_scroll(const Grid *grid, int top, int slot);

G_END_DECLS
