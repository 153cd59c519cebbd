/* SPDX-License-Identifier: Apache-2.0
 *
 * From the size of the terminal and the slots of the fixture to rectangles: pure arithmetic.
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
	TILE_SMALL,  /* narrow, one to four rows: for the fixture's own arrangement */
	TILE_MEDIUM, /* a few rows */
	TILE_BIG,    /* a frame with a large field for the order */
	TILE_HUGE    /* and the label in large letters */
} TileKind;

/* Where a tile is, counted in tiles. */
typedef struct {
	guint16 row, col;
} Place;

/* The slots of the fixture. */
typedef struct {
	int n;
	const Place *own; /* as they stand in the fixture; NULL: in their order */
	const guint16 *
		hubs; /* number of each slot's hub, from 0 in order of the slots; NULL: all the same */
	int n_hubs;
} Rack;

/* The tiles of the slots. */
typedef struct {
	TileKind kind;
	int tile_w, tile_h;
	int cols, rows; /* tiles in view */
	int rows_all;   /* tile rows there are; more than `rows`: it scrolls */
	bool rules;     /* a row for the name of a hub is above its first tiles */
	Rect tiles;     /* where they are */
	Rect mark;      /* what cannot be seen is told here; h = 0: everything can */
	Rect panel;     /* the whole story of one slot; h = 0: the tiles tell it */
} Grid;

/* label_w, order_w: columns of the longest label and of the longest order, symbol included. Fills in `places`, one for each
 * slot. */
Grid layout_grid(Rect body, const Rack *rack, int label_w, int order_w, Place *places);
/* Where the tile of a slot is when `top` is the first tile row in view; h = 0: it is not in view. */
Rect layout_tile(const Grid *grid, const Rack *rack, const Place *places, int top, int slot);
/* The first tile row that keeps this one in view, as near to `top` as can be. */
int layout_scroll(const Grid *grid, int top, int row);

G_END_DECLS
