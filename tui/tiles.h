/* SPDX-License-Identifier: Apache-2.0
 *
 * How one slot is drawn, in tiles of every size. It does not know where the tiles are. */
#pragma once

#include "tui/facts.h"
#include "tui/layout.h"
#include "tui/theme.h"

G_BEGIN_DECLS

/* What the tiles of one frame have in common. */
typedef struct {
	Canvas *canvas;
	const Facts *facts;
	const Theme *theme;
	int label_w, order_w; /* see tiles_measure() */
	const char *const
		*hubs; /* name of each slot's hub, where the frames are to tell it; else NULL */
	int marked;    /* slot to be marked as chosen, -1: none */
} Tiles;

/* Fills in how wide labels and orders are. */
void tiles_measure(Tiles *tiles);
/* Clips the canvas to the tile. */
void tiles_draw(const Tiles *tiles, TileKind kind, Rect tile, guint slot);
/* The whole story of one slot in three rows. */
void tiles_panel(const Tiles *tiles, Rect area, guint slot);
/* The order alone: its colour all over the field, hazard stripes where the unit must not be touched, the words on top. */
void tiles_order(const Tiles *tiles, Rect field, Order order, bool centred);

G_END_DECLS
