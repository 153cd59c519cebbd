/* SPDX-License-Identifier: Apache-2.0
 *
 * All slots at a glance, as they stand in the fixture or hub by hub. It does not know how a tile is drawn, nor how the room is
 * divided. */
#include <glib/gi18n.h>

#include "tui/tiles.h"
#include "tui/view.h"

typedef struct {
	View view;
	Rack rack;
	Place *own, *places;
	guint16 *hubs;
	GPtrArray *hub_names; /* of char * */
	const char **names;   /* of each slot's hub */
	int top;
	Grid grid; /* as last drawn */
} GridView;

static const Pen faint = { MEANING_FAINT, false };

static bool to_be_removed(const SlotRow *row)
{
	return row->order == ORDER_REMOVE_GOOD || row->order == ORDER_REMOVE_BAD ||
	       row->order == ORDER_REMOVE_NOT_DONE;
}

/* What cannot be seen, and whether somebody has to go and look. */
static void draw_mark(const Tiles *d, const GridView *view)
{
	const Grid *grid = &view->grid;
	int above = 0, below = 0, waiting = 0;
	g_autofree char *text = NULL;

	for (int i = 0; i < view->rack.n; i++) {
		bool is_above = view->places[i].row < view->top;
		bool is_below = view->places[i].row >= view->top + grid->rows;

		above += is_above;
		below += is_below;
		if (is_above || is_below)
			waiting += to_be_removed(board_row(d->facts->board, i));
	}
	text = g_strdup_printf(_("%s %d above  %s %d below  (%d of them to be removed)"),
			       d->theme->symbols->above, above, d->theme->symbols->below, below,
			       waiting);
	canvas_text(d->canvas, grid->mark.x + 1, grid->mark.y, grid->mark.w - 1,
		    (Pen){ MEANING_KEY, true }, text);
}

/* The name of a hub stands above its first tiles. */
static void draw_rules(const Tiles *d, const GridView *view)
{
	const Grid *grid = &view->grid;

	for (int hub = 0; hub < view->rack.n_hubs; hub++) {
		int slot = 0;
		Rect rule;

		while (slot < view->rack.n - 1 && view->hubs[slot] != hub)
			slot++;
		rule = layout_tile(grid, &view->rack, view->places, view->top, slot);
		rule = (Rect){ grid->tiles.x, rule.y - 1, grid->tiles.w, 1 };
		canvas_fill(d->canvas, rule, faint, d->theme->symbols->across);
		canvas_text(d->canvas, rule.x + 2, rule.y, rule.w - 4, faint,
			    g_ptr_array_index(view->hub_names, hub));
	}
}

static int slot_at(const GridView *view, int row, int col)
{
	for (int i = 0; i < view->rack.n; i++)
		if (view->places[i].row == row && view->places[i].col == col)
			return i;
	return -1;
}

static bool differ(const GridView *view, int slot, int other)
{
	return other >= 0 && view->hubs[other] != view->hubs[slot];
}

/* A line between hubs has the last row of a tile that has one to spare: no word stands in it. */
static bool line_below(const GridView *view, int slot, const Rect *tile)
{
	const Place *place = &view->places[slot];

	return !view->grid.rules && tile->h > 5 &&
	       differ(view, slot, slot_at(view, place->row + 1, place->col));
}

/* Lines between neighbours that are on different hubs. */
static void draw_boundaries(const Tiles *d, const GridView *view)
{
	const Grid *grid = &view->grid;

	for (int i = 0; view->hubs && i < view->rack.n; i++) {
		Rect tile = layout_tile(grid, &view->rack, view->places, view->top, i);
		int right = slot_at(view, view->places[i].row, view->places[i].col + 1);

		if (tile.h == 0)
			continue;
		if (differ(view, i, right))
			canvas_fill(d->canvas, (Rect){ tile.x + tile.w - 1, tile.y, 1, tile.h },
				    faint, d->theme->symbols->down);
		if (line_below(view, i, &tile))
			canvas_fill(d->canvas, (Rect){ tile.x, tile.y + tile.h - 1, tile.w, 1 },
				    faint, d->theme->symbols->across);
	}
}

static void grid_draw(View *view, Canvas *canvas, Rect area, const Facts *facts, const Theme *theme)
{
	GridView *grid = (GridView *)view;
	bool framed;
	Tiles d = {
		.canvas = canvas, .facts = facts, .theme = theme, .marked = (int)facts->chosen
	};

	tiles_measure(&d);
	grid->grid = layout_grid(area, &grid->rack, d.label_w, d.order_w, grid->places);
	framed = grid->grid.kind == TILE_BIG || grid->grid.kind == TILE_HUGE;
	if (framed && !grid->grid.rules && grid->rack.n_hubs > 1)
		d.hubs = grid->names;
	grid->top = layout_scroll(&grid->grid, grid->top, grid->places[facts->chosen].row);
	for (int i = 0; i < grid->rack.n; i++) {
		Rect tile = layout_tile(&grid->grid, &grid->rack, grid->places, grid->top, i);

		if (!framed && line_below(grid, i, &tile))
			tile.h--;
		if (tile.h)
			tiles_draw(&d, grid->grid.kind, tile, i);
	}
	canvas_clip(canvas, area);
	if (grid->grid.rules)
		draw_rules(&d, grid);
	if (!framed)
		draw_boundaries(&d, grid);
	if (grid->grid.mark.h)
		draw_mark(&d, grid);
	if (grid->grid.panel.h)
		tiles_panel(&d, grid->grid.panel, facts->chosen);
}

/* The slot `by` further in the order of rows and columns; the first or last one beyond them. */
static int along(const GridView *view, int from, int by)
{
	int step = by < 0 ? -1 : 1, to = from;

	for (; by != 0; by -= step) {
		int best = -1;

		for (int i = 0; i < view->rack.n; i++) {
			int key = view->places[i].row * 65536 + view->places[i].col;
			int here = view->places[to].row * 65536 + view->places[to].col;
			int so_far =
				best < 0 ? 0
					 : view->places[best].row * 65536 + view->places[best].col;

			if ((key - here) * step > 0 && (best < 0 || (so_far - key) * step > 0))
				best = i;
		}
		if (best < 0)
			break;
		to = best;
	}
	return to;
}

/* The slot so many tile rows away that is nearest to the same column; the same slot when there is none. */
static int across(const GridView *view, int from, int rows)
{
	int want = CLAMP(view->places[from].row + rows, 0, MAX(view->grid.rows_all - 1, 0)),
	    best = from;
	int distance = G_MAXINT;

	for (int i = 0; i < view->rack.n; i++) {
		int off = ABS(view->places[i].row - want) * 65536 +
			  ABS(view->places[i].col - view->places[from].col);
		bool onward = rows < 0 ? view->places[i].row < view->places[from].row
				       : view->places[i].row > view->places[from].row;

		if (onward && off < distance) {
			distance = off;
			best = i;
		}
	}
	return best;
}

static guint grid_request(View *view, Facts *facts, RequestId id)
{
	GridView *grid = (GridView *)view;
	int page = MAX(grid->grid.rows, 1), to = (int)facts->chosen;

	switch (id) {
	case REQUEST_UP:
		to = across(grid, to, -1);
		break;
	case REQUEST_DOWN:
		to = across(grid, to, 1);
		break;
	case REQUEST_LEFT:
		to = along(grid, to, -1);
		break;
	case REQUEST_RIGHT:
		to = along(grid, to, 1);
		break;
	case REQUEST_PAGE_UP:
		to = across(grid, to, -page);
		break;
	case REQUEST_PAGE_DOWN:
		to = across(grid, to, page);
		break;
	case REQUEST_FIRST:
		to = along(grid, to, -grid->rack.n);
		break;
	case REQUEST_LAST:
		to = along(grid, to, grid->rack.n);
		break;
	default:
		return 0;
	}
	if (to == (int)facts->chosen)
		return VIEW_HANDLED;
	facts->chosen = to;
	return VIEW_HANDLED | VIEW_REDRAW;
}

static void grid_leave(View *view)
{
	GridView *grid = (GridView *)view;

	g_ptr_array_unref(grid->hub_names);
	g_free(grid->names);
	g_free(grid->hubs);
	g_free(grid->own);
	g_free(grid->places);
	g_free(grid);
}

static void know_hub(GridView *grid, const SlotConfig *slot, guint i)
{
	g_autofree char *by_path = slot->path && !slot->hub ? slot_hub(slot->path) : NULL;
	const char *name = slot->hub ? slot->hub : by_path ? by_path : "";
	guint hub = 0;

	while (hub < grid->hub_names->len &&
	       g_strcmp0(name, g_ptr_array_index(grid->hub_names, hub)) != 0)
		hub++;
	if (hub == grid->hub_names->len)
		g_ptr_array_add(grid->hub_names, g_strdup(name));
	grid->hubs[i] = hub;
}

View *view_grid_new(const SlotConfig *const *slots, guint n_slots)
{
	static const ViewOps ops = { .title = N_("slots"),
				     .draw = grid_draw,
				     .request = grid_request,
				     .leave = grid_leave };
	GridView *grid = g_new0(GridView, 1);

	grid->view.ops = &ops;
	grid->hub_names = g_ptr_array_new_with_free_func(g_free);
	grid->hubs = g_new0(guint16, n_slots);
	grid->own = g_new0(Place, n_slots);
	grid->places = g_new0(Place, n_slots);
	for (guint i = 0; i < n_slots; i++) {
		know_hub(grid, slots[i], i);
		grid->own[i] = (Place){ MAX(slots[i]->row, 1) - 1, MAX(slots[i]->column, 1) - 1 };
	}
	grid->names = g_new0(const char *, n_slots);
	for (guint i = 0; i < n_slots; i++)
		grid->names[i] = g_ptr_array_index(grid->hub_names, grid->hubs[i]);
	grid->rack = (Rack){ .n = (int)n_slots,
			     .own = n_slots && slots[0]->row ? grid->own : NULL,
			     .hubs = grid->hubs,
			     .n_hubs = (int)grid->hub_names->len };
	return &grid->view;
}
