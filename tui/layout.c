/* SPDX-License-Identifier: Apache-2.0
 *
 * The arithmetic of the screen. It does not know what is drawn.
 * The largest tile with which all slots are in view at once is taken; only when not even the smallest will do it scrolls. */
#include "tui/layout.h"

#define PANEL_ROWS 3

/* What a kind of tile needs, and beyond what it only grows apart. Widths without label and order. */
typedef struct {
	TileKind kind;
	int least_w, extra_w; /* at least this; at least label, order and this much more */
	int most_w, least_h, most_h;
	bool panel;
} TileSize;

static const TileSize sizes[] = {
	{ TILE_BIG, 38, 4, 76, 10, 16, false },
	{ TILE_MEDIUM, 30, 2, 60, 5, 6, false },
	{ TILE_LINE, 0, 21, 150, 1, 1, true },
	{ TILE_MINI, 0, 2, 40, 1, 1, true },
};

static int ceil_div(int a, int b)
{
	return (a + b - 1) / b;
}

Frame layout_frame(int cols, int rows, int notice_rows)
{
	int header = rows >= 12 ? 2 : 1, keys = rows >= 5 ? 1 : 0;
	int notice = rows >= 8 ? CLAMP(notice_rows, 1, MIN(rows / 4, 4)) : 0;
	Frame frame = { 0 };
	int body;

	/* A long notice takes the place of the keys before it takes any from the slots: the tiles stay where they are. */
	if (notice > 1)
		keys = 0;
	body = MAX(rows - header - notice - keys, 0);
	frame.header = (Rect){ 0, 0, cols, MIN(header, rows) };
	frame.body = (Rect){ 0, header, cols, body };
	frame.notice = (Rect){ 0, header + body, cols, notice };
	frame.keys = (Rect){ 0, header + body + notice, cols, keys };
	return frame;
}

static int least_width(const TileSize *size, int label_w, int order_w)
{
	return MAX(size->least_w, label_w + order_w + size->extra_w);
}

/* Splits the panel off the body, unless that would leave too little for the tiles. */
static void split_panel(Grid *grid, Rect body, const TileSize *size)
{
	grid->tiles = body;
	if (!size->panel || body.h < 3 * PANEL_ROWS)
		return;
	grid->tiles.h -= PANEL_ROWS;
	grid->panel = (Rect){ body.x, body.y + grid->tiles.h, body.w, PANEL_ROWS };
}

/* Tries to get all slots into view with tiles of one size. */
static bool fits(Grid *grid, Rect body, const TileSize *size, int n_slots, int least_w)
{
	int most_cols = body.w / least_w, most_rows;

	*grid = (Grid){ .kind = size->kind };
	split_panel(grid, body, size);
	most_rows = grid->tiles.h / size->least_h;
	/* The smallest is cut rather than given up. */
	if (size->kind == TILE_MINI)
		most_cols = MAX(most_cols, 1);
	if (most_cols < 1 || most_rows < 1 || most_cols * most_rows < n_slots)
		return false;
	/* Lines gain by width, tiles by standing as they do in the fixture: side by side. */
	grid->cols = size->least_h == 1 ? ceil_div(n_slots, most_rows) : most_cols;
	grid->rows = grid->rows_all = ceil_div(n_slots, grid->cols);
	grid->cols = ceil_div(n_slots, grid->rows);
	grid->tile_w = MIN(grid->tiles.w / grid->cols, size->most_w);
	grid->tile_h = MIN(grid->tiles.h / grid->rows, size->most_h);
	return true;
}

Grid layout_grid(Rect body, int n_slots, int label_w, int order_w)
{
	const TileSize *mini = &sizes[G_N_ELEMENTS(sizes) - 1];
	Grid grid;

	n_slots = MAX(n_slots, 1);
	for (guint i = 0; i < G_N_ELEMENTS(sizes); i++)
		if (fits(&grid, body, &sizes[i], n_slots, least_width(&sizes[i], label_w, order_w)))
			return grid;
	grid.tiles.h = MAX(grid.tiles.h - 1, 1);
	grid.mark = (Rect){ body.x, body.y + grid.tiles.h, body.w, 1 };
	grid.cols = CLAMP(body.w / least_width(mini, label_w, order_w), 1, n_slots);
	grid.rows = grid.tiles.h;
	grid.rows_all = ceil_div(n_slots, grid.cols);
	grid.tile_w = MIN(body.w / grid.cols, mini->most_w);
	grid.tile_h = 1;
	return grid;
}

Rect layout_tile(const Grid *grid, int top, int slot)
{
	int row = slot / grid->cols - top, col = slot % grid->cols;

	if (row < 0 || row >= grid->rows)
		return (Rect){ 0 };
	return (Rect){ grid->tiles.x + col * grid->tile_w, grid->tiles.y + row * grid->tile_h,
		       grid->tile_w, grid->tile_h };
}

int layout_scroll(const Grid *grid, int top, int slot)
{
	int row = slot / grid->cols;

	top = CLAMP(top, row - grid->rows + 1, row);
	return CLAMP(top, 0, MAX(grid->rows_all - grid->rows, 0));
}
