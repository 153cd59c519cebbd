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
	{ TILE_HUGE, 46, 4, 110, 15, 30, false }, { TILE_BIG, 38, 4, 76, 10, 16, false },
	{ TILE_MEDIUM, 30, 2, 60, 5, 6, false },  { TILE_LINE, 0, 21, 150, 1, 1, true },
	{ TILE_MINI, 0, 2, 40, 1, 1, true },
};

/* As the slots stand in the fixture: columns are not given up for wider tiles, and a tile that is high may be narrow. The words
 * may be cut, the sign may not. */
static const TileSize own_sizes[] = {
	{ TILE_HUGE, 46, 4, 110, 15, 30, false }, { TILE_HUGE, 24, -4, 110, 15, 30, false },
	{ TILE_BIG, 38, 4, 76, 10, 16, false },   { TILE_BIG, 24, -4, 76, 10, 16, false },
	{ TILE_MEDIUM, 30, 2, 60, 5, 7, false },  { TILE_SMALL, 14, -6, 60, 3, 5, true },
	{ TILE_SMALL, 9, -12, 60, 1, 5, true },
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

static int hub_of(const Rack *rack, int slot)
{
	return rack->hubs ? rack->hubs[slot] : 0;
}

/* Tile rows that the slots take in so many columns when every hub begins a row; fills in `places` where they are. Slots of a
 * hub stand together. */
static int place_by_hub(const Rack *rack, int cols, Place *places)
{
	int row = 0, n;

	for (int hub = 0; hub < MAX(rack->n_hubs, 1); hub++) {
		n = 0;
		for (int i = 0; i < rack->n; i++) {
			if (hub_of(rack, i) != hub)
				continue;
			places[i] = (Place){ row + n / cols, n % cols };
			n++;
		}
		row += ceil_div(n, cols);
	}
	return row;
}

/* One after the other, hub after hub. */
static int place_in_order(const Rack *rack, int cols, Place *places)
{
	int n = 0;

	for (int hub = 0; hub < MAX(rack->n_hubs, 1); hub++)
		for (int i = 0; i < rack->n; i++)
			if (hub_of(rack, i) == hub) {
				places[i] = (Place){ n / cols, n % cols };
				n++;
			}
	return ceil_div(n, cols);
}

static void finish(Grid *grid, const TileSize *size, int cols, int rows, int rule_rows)
{
	grid->cols = cols;
	grid->rows = grid->rows_all = rows;
	grid->rules = rule_rows > 0;
	grid->tile_w = MIN(grid->tiles.w / cols, size->most_w);
	grid->tile_h = MIN((grid->tiles.h - rule_rows) / rows, size->most_h);
}

static int largest_hub(const Rack *rack)
{
	int most = 0;

	for (int hub = 0; hub < rack->n_hubs; hub++) {
		int n = 0;

		for (int i = 0; i < rack->n; i++)
			n += hub_of(rack, i) == hub;
		most = MAX(most, n);
	}
	return most;
}

/* Each hub on rows of its own, with or without its name above them. */
static bool fits_by_hub(Grid *grid, Rect body, const TileSize *size, const Rack *rack, int least_w,
			Place *places)
{
	int most_cols = MIN(body.w / least_w, largest_hub(rack));

	if (rack->n_hubs < 2)
		return false;
	*grid = (Grid){ .kind = size->kind };
	split_panel(grid, body, size);
	for (int rules = rack->n_hubs; rules >= 0; rules -= rack->n_hubs)
		/* Lines gain by width, tiles by standing side by side. */
		for (int i = 1; i <= most_cols; i++) {
			int cols = size->least_h == 1 ? i : most_cols;
			int rows = place_by_hub(rack, cols, places);

			if (rows * size->least_h + rules <= grid->tiles.h) {
				finish(grid, size, cols, rows, rules);
				return true;
			}
			if (size->least_h > 1)
				break;
		}
	return false;
}

/* Tries to get all slots into view with tiles of one size. */
static bool fits(Grid *grid, Rect body, const TileSize *size, const Rack *rack, int least_w,
		 Place *places)
{
	int most_cols = body.w / least_w, most_rows, cols;

	*grid = (Grid){ .kind = size->kind };
	split_panel(grid, body, size);
	most_rows = grid->tiles.h / size->least_h;
	/* The smallest is cut rather than given up. */
	if (size->kind == TILE_MINI)
		most_cols = MAX(most_cols, 1);
	if (most_cols < 1 || most_rows < 1 || most_cols * most_rows < rack->n)
		return false;
	cols = size->least_h == 1 ? ceil_div(rack->n, most_rows) : most_cols;
	cols = ceil_div(rack->n, ceil_div(rack->n, cols));
	finish(grid, size, cols, place_in_order(rack, cols, places), 0);
	return true;
}

static bool fits_own(Grid *grid, Rect body, const TileSize *size, const Rack *rack, int least_w,
		     Place *places)
{
	int cols = 0, rows = 0;

	for (int i = 0; i < rack->n; i++) {
		places[i] = rack->own[i];
		cols = MAX(cols, rack->own[i].col + 1);
		rows = MAX(rows, rack->own[i].row + 1);
	}
	*grid = (Grid){ .kind = size->kind };
	split_panel(grid, body, size);
	if (cols * least_w > body.w || rows * size->least_h > grid->tiles.h)
		return false;
	finish(grid, size, cols, rows, 0);
	return true;
}

/* Not even the smallest tiles are all in view. */
static Grid scrolled(Rect body, const Rack *rack, int least_w, Place *places)
{
	const TileSize *mini = &sizes[G_N_ELEMENTS(sizes) - 1];
	Grid grid = { .kind = TILE_MINI };

	split_panel(&grid, body, mini);
	grid.tiles.h = MAX(grid.tiles.h - 1, 1);
	grid.mark = (Rect){ body.x, body.y + grid.tiles.h, body.w, 1 };
	grid.cols = CLAMP(body.w / least_w, 1, rack->n);
	grid.rows = grid.tiles.h;
	grid.rows_all = place_in_order(rack, grid.cols, places);
	grid.tile_w = MIN(body.w / grid.cols, mini->most_w);
	grid.tile_h = 1;
	return grid;
}

Grid layout_grid(Rect body, const Rack *rack, int label_w, int order_w, Place *places)
{
	Grid grid;

	for (guint i = 0; rack->own && i < G_N_ELEMENTS(own_sizes); i++)
		if (fits_own(&grid, body, &own_sizes[i], rack,
			     least_width(&own_sizes[i], label_w, order_w), places))
			return grid;
	for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
		int least_w = least_width(&sizes[i], label_w, order_w);

		if (fits_by_hub(&grid, body, &sizes[i], rack, least_w, places))
			return grid;
		if (!fits(&grid, body, &sizes[i], rack, least_w, places))
			continue;
		/* Tiles that are a little smaller but stand hub by hub are found faster. */
		if (i + 1 < G_N_ELEMENTS(sizes) && sizes[i + 1].least_h > 1 &&
		    fits_by_hub(&grid, body, &sizes[i + 1], rack,
				least_width(&sizes[i + 1], label_w, order_w), places))
			return grid;
		fits(&grid, body, &sizes[i], rack, least_w, places);
		return grid;
	}
	return scrolled(body, rack, least_width(&sizes[G_N_ELEMENTS(sizes) - 1], label_w, order_w),
			places);
}

Rect layout_tile(const Grid *grid, const Rack *rack, const Place *places, int top, int slot)
{
	int row = places[slot].row - top, col = places[slot].col;
	int rules = grid->rules ? hub_of(rack, slot) + 1 : 0;

	if (row < 0 || row >= grid->rows)
		return (Rect){ 0 };
	return (Rect){ grid->tiles.x + col * grid->tile_w,
		       grid->tiles.y + row * grid->tile_h + rules, grid->tile_w, grid->tile_h };
}

int layout_scroll(const Grid *grid, int top, int row)
{
	top = CLAMP(top, row - grid->rows + 1, row);
	return CLAMP(top, 0, MAX(grid->rows_all - grid->rows, 0));
}
