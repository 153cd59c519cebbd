/* SPDX-License-Identifier: Apache-2.0
 *
 * All slots at a glance: tiles as large as the room allows, the order of each in words, symbol and colour.
 * It does not know how the room is divided, nor what the facts mean. */
#include "tui/layout.h"
#include "tui/view.h"
#include "tui/words.h"

#include <glib/gi18n.h>

typedef struct {
	View view;
	int n_slots, selected, top;
	Grid grid; /* as last drawn */
} GridView;

/* What the tiles of one frame have in common. */
typedef struct {
	Canvas *canvas;
	const Board *board;
	const Theme *theme;
	int label_w, order_w;
	int marked; /* slot to be marked as selected, -1: none */
} Draw;

static const Pen plain = { MEANING_PLAIN, false };
static const Pen faint = { MEANING_FAINT, false };
static const Pen strong = { MEANING_PLAIN, true };

static Pen order_pen(Order order)
{
	return (Pen){ theme_order_meaning(order), order != ORDER_INSERT && order != ORDER_WAIT };
}

static bool is_failure(const SlotRow *row)
{
	return row->state == SLOT_FAILED && row->fault != FAULT_NONE;
}

/* The order's field: its colour all over, hazard stripes where the unit must not be touched, the words on top. */
static void draw_order(const Draw *d, Rect field, Order order, bool centred)
{
	const Pen pen = order_pen(order);
	const char *symbol = d->theme->symbols->orders[order], *words = _(order_words(order));
	bool stripes = theme_order_meaning(order) == MEANING_DANGER;
	int w, x = field.x, y = field.y + (field.h - 1) / 2;

	if (3 + text_width(words) > field.w)
		words = theme_order_short(order);
	w = MIN(3 + text_width(words), field.w);
	if (centred)
		x += (field.w - w) / 2;
	canvas_fill(d->canvas, field, pen, stripes ? d->theme->symbols->stripe : ' ');
	if (stripes)
		canvas_fill(d->canvas, (Rect){ x - 1, y, w + 2, 1 }, pen, ' ');
	canvas_text(d->canvas, x, y, 2, pen, symbol);
	canvas_text(d->canvas, x + 3, y, w - 3, pen, words);
}

static void draw_label(const Draw *d, int x, int y, guint slot)
{
	if ((int)slot == d->marked)
		canvas_fill(d->canvas, (Rect){ x, y, 1, 1 }, strong, d->theme->symbols->mark);
	canvas_text(d->canvas, x + 1, y, d->label_w, strong, board_row(d->board, slot)->label);
}

static void draw_bar(const Draw *d, int x, int y, int w, int percent)
{
	int done = w * percent / 100;

	canvas_fill(d->canvas, (Rect){ x, y, done, 1 }, plain, d->theme->symbols->bar_done);
	canvas_fill(d->canvas, (Rect){ x + done, y, w - done, 1 }, faint,
		    d->theme->symbols->bar_rest);
}

static void draw_percent(const Draw *d, int x, int y, const SlotRow *row)
{
	char text[8];

	g_snprintf(text, sizeof(text), "%d%%", row->percent);
	canvas_text_right(d->canvas, x, y, 4, plain, text);
}

static void draw_elapsed(const Draw *d, int x, int y, int w, const SlotRow *row)
{
	g_autofree char *text = words_elapsed(board_elapsed_s(d->board, row));

	canvas_text_right(d->canvas, x, y, w, plain, text);
}

static void draw_versions(const Draw *d, int x, int y, int w, const SlotRow *row)
{
	g_autofree char *text = words_versions(row, d->theme, w);

	canvas_text(d->canvas, x, y, w, plain, text);
}

static void draw_doing(const Draw *d, int x, int y, int w, const SlotRow *row)
{
	g_autofree char *text = words_doing(row, d->theme);

	canvas_text(d->canvas, x, y, w, row->state == SLOT_EMPTY ? faint : plain, text);
}

/* Board, IMEI and time in one row. */
static void draw_unit(const Draw *d, int x, int y, int w, const SlotRow *row)
{
	g_autofree char *imei = words_imei_tail(row, d->theme);
	g_autofree char *unit = g_strjoin(" ", row->model, imei, NULL);

	canvas_text(d->canvas, x, y, w - 8, plain, unit);
	draw_elapsed(d, x + w - 7, y, 7, row);
}

/* Reason and next action come first; the vendor's words and the versions where there is room left. */
static void draw_failure(const Draw *d, Rect area, const SlotRow *row)
{
	g_autofree char *fault = words_fault(row, true);

	if (text_rows(fault, area.w) > area.h) {
		g_free(fault);
		fault = words_fault(row, false);
	}
	if (text_rows(fault, area.w) < area.h) {
		draw_versions(d, area.x, area.y++, area.w, row);
		area.h--;
	}
	canvas_wrap(d->canvas, area, plain, fault);
}

/* What a tile of several rows says below its order. */
static void draw_story(const Draw *d, Rect area, const SlotRow *row)
{
	int x = area.x, y = area.y, w = area.w, bottom = area.y + area.h;
	g_autofree char *doing = words_doing(row, d->theme);

	if (row->state == SLOT_EMPTY) {
		canvas_wrap(d->canvas, area, faint, doing);
		return;
	}
	draw_unit(d, x, y++, w, row);
	if (is_failure(row)) {
		draw_failure(d, (Rect){ x, y, w, bottom - y }, row);
		return;
	}
	draw_versions(d, x, y++, w, row);
	if (row->state != SLOT_RUNNING) {
		canvas_wrap(d->canvas, (Rect){ x, y, w, bottom - y }, plain, doing);
		return;
	}
	canvas_text(d->canvas, x, y++, w, plain, doing);
	draw_bar(d, x, y, w - 5, row->percent);
	draw_percent(d, x + w - 4, y, row);
}

static void draw_frame(const Draw *d, Rect tile, Pen pen)
{
	const Symbols *s = d->theme->symbols;
	int right = tile.x + tile.w - 1, bottom = tile.y + tile.h - 1;

	canvas_fill(d->canvas, (Rect){ tile.x, tile.y, tile.w, 1 }, pen, s->across);
	canvas_fill(d->canvas, (Rect){ tile.x, bottom, tile.w, 1 }, pen, s->across);
	canvas_fill(d->canvas, (Rect){ tile.x, tile.y, 1, tile.h }, pen, s->down);
	canvas_fill(d->canvas, (Rect){ right, tile.y, 1, tile.h }, pen, s->down);
	canvas_fill(d->canvas, (Rect){ tile.x, tile.y, 1, 1 }, pen, s->top_left);
	canvas_fill(d->canvas, (Rect){ right, tile.y, 1, 1 }, pen, s->top_right);
	canvas_fill(d->canvas, (Rect){ tile.x, bottom, 1, 1 }, pen, s->bottom_left);
	canvas_fill(d->canvas, (Rect){ right, bottom, 1, 1 }, pen, s->bottom_right);
}

static void draw_big(const Draw *d, Rect tile, guint slot)
{
	const SlotRow *row = board_row(d->board, slot);
	int story_h = 5, field_h = tile.h - 2 - story_h;

	draw_frame(d, tile, faint);
	canvas_fill(d->canvas, (Rect){ tile.x + 2, tile.y, d->label_w + 2, 1 }, plain, ' ');
	draw_label(d, tile.x + 2, tile.y, slot);
	draw_order(d, (Rect){ tile.x + 1, tile.y + 1, tile.w - 2, field_h }, row->order, true);
	draw_story(d, (Rect){ tile.x + 2, tile.y + 1 + field_h, tile.w - 4, story_h }, row);
}

static void draw_medium(const Draw *d, Rect tile, guint slot)
{
	const SlotRow *row = board_row(d->board, slot);
	int x = tile.x + 2 + d->label_w;

	draw_label(d, tile.x, tile.y, slot);
	draw_order(d, (Rect){ x, tile.y, tile.x + tile.w - 1 - x, 1 }, row->order, false);
	draw_story(d, (Rect){ tile.x + 1, tile.y + 1, tile.w - 2, 4 }, row);
}

/* The columns of a line, from left to right. */
typedef enum {
	COLUMN_MODEL,
	COLUMN_IMEI,
	COLUMN_DOING,
	COLUMN_BAR,
	COLUMN_PERCENT,
	COLUMN_TIME,
	COLUMN_VERSIONS,
	N_COLUMNS
} Column;

/* Their widths in a line of w columns, 0 for those that there is no room for; the last one that stretches takes the rest. */
static void line_columns(int w, int widths[N_COLUMNS])
{
	static const int least[N_COLUMNS] = { 10, 6, 14, 10, 4, 6, 20 };
	static const Column by_weight[N_COLUMNS] = { COLUMN_IMEI,  COLUMN_PERCENT, COLUMN_TIME,
						     COLUMN_DOING, COLUMN_MODEL,   COLUMN_VERSIONS,
						     COLUMN_BAR };

	for (int i = 0; i < N_COLUMNS; i++)
		widths[i] = 0;
	for (int i = 0; i < N_COLUMNS && w > least[by_weight[i]]; i++) {
		widths[by_weight[i]] = least[by_weight[i]];
		w -= least[by_weight[i]] + 1;
	}
	if (widths[COLUMN_VERSIONS])
		widths[COLUMN_VERSIONS] += w;
	else if (widths[COLUMN_DOING])
		widths[COLUMN_DOING] += w;
}

static void draw_column(const Draw *d, Column column, int x, int y, int w, const SlotRow *row)
{
	g_autofree char *imei = NULL;

	switch (column) {
	case COLUMN_MODEL:
		canvas_text(d->canvas, x, y, w, plain, row->model);
		break;
	case COLUMN_IMEI:
		imei = words_imei_tail(row, d->theme);
		canvas_text(d->canvas, x, y, w, plain, imei);
		break;
	case COLUMN_DOING:
		draw_doing(d, x, y, w, row);
		break;
	case COLUMN_BAR:
		if (row->state == SLOT_RUNNING)
			draw_bar(d, x, y, w, row->percent);
		break;
	case COLUMN_PERCENT:
		if (row->state == SLOT_RUNNING)
			draw_percent(d, x, y, row);
		break;
	case COLUMN_TIME:
		draw_elapsed(d, x, y, w, row);
		break;
	case COLUMN_VERSIONS:
		draw_versions(d, x, y, w, row);
		break;
	case N_COLUMNS:
		break;
	}
}

static void draw_line(const Draw *d, Rect tile, guint slot)
{
	const SlotRow *row = board_row(d->board, slot);
	int x = tile.x + 2 + d->label_w, right = tile.x + tile.w, widths[N_COLUMNS];

	draw_label(d, tile.x, tile.y, slot);
	draw_order(d, (Rect){ x, tile.y, d->order_w, 1 }, row->order, false);
	x += d->order_w + 1;
	if (row->state == SLOT_EMPTY) {
		draw_doing(d, x, tile.y, right - x, row);
		return;
	}
	line_columns(right - x, widths);
	for (int i = 0; i < N_COLUMNS; i++) {
		if (!widths[i])
			continue;
		if (is_failure(row) && i >= COLUMN_DOING) {
			draw_doing(d, x, tile.y, right - x, row);
			return;
		}
		draw_column(d, i, x, tile.y, widths[i], row);
		x += widths[i] + 1;
	}
}

static void draw_mini(const Draw *d, Rect tile, guint slot)
{
	int x = tile.x + 2 + d->label_w;

	draw_label(d, tile.x, tile.y, slot);
	draw_order(d, (Rect){ x, tile.y, MIN(d->order_w, tile.x + tile.w - x), 1 },
		   board_row(d->board, slot)->order, false);
}

/* The whole story of the selected slot, where the tiles are too small to tell it. */
static void draw_panel(const Draw *d, Rect area, guint slot)
{
	const SlotRow *row = board_row(d->board, slot);
	g_autofree char *doing =
		is_failure(row) ? words_fault(row, true) : words_doing(row, d->theme);
	g_autofree char *elapsed = words_elapsed(board_elapsed_s(d->board, row));
	g_autofree char *versions = words_versions(row, d->theme, area.w);
	g_autofree char *unit = NULL;
	int x = area.x + 2 + d->label_w;
	int order_w = 3 + text_width(_(order_words(row->order)));

	canvas_fill(d->canvas, (Rect){ area.x, area.y, area.w, 1 }, faint,
		    d->theme->symbols->across);
	draw_label(d, area.x, area.y + 1, slot);
	draw_order(d, (Rect){ x, area.y + 1, order_w, 1 }, row->order, false);
	canvas_text(d->canvas, x + order_w + 1, area.y + 1, area.w - (x + order_w + 1 - area.x),
		    plain, doing);
	if (row->state == SLOT_EMPTY)
		return;
	unit = g_strdup_printf("%s  %s  %s  %s", row->model, row->imei, versions, elapsed);
	canvas_text(d->canvas, x, area.y + 2, area.w - (x - area.x), plain, unit);
}

static bool to_be_removed(const SlotRow *row)
{
	return row->order == ORDER_REMOVE_GOOD || row->order == ORDER_REMOVE_BAD ||
	       row->order == ORDER_REMOVE_NOT_DONE;
}

/* What cannot be seen, and whether somebody has to go and look. */
static void draw_mark(const Draw *d, const GridView *view)
{
	const Grid *grid = &view->grid;
	int above = view->top * grid->cols;
	int below = MAX(view->n_slots - (view->top + grid->rows) * grid->cols, 0), waiting = 0;
	g_autofree char *text = NULL;

	for (int i = 0; i < view->n_slots; i++)
		if (i < above || i >= view->n_slots - below)
			waiting += to_be_removed(board_row(d->board, i));
	text = g_strdup_printf(_("%s %d above  %s %d below  (%d of them to be removed)"),
			       d->theme->symbols->above, above, d->theme->symbols->below, below,
			       waiting);
	canvas_text(d->canvas, grid->mark.x + 1, grid->mark.y, grid->mark.w - 1,
		    (Pen){ MEANING_KEY, true }, text);
}

static void draw_tile(const Draw *d, TileKind kind, Rect tile, guint slot)
{
	canvas_clip(d->canvas, tile);
	switch (kind) {
	case TILE_MINI:
		draw_mini(d, tile, slot);
		break;
	case TILE_LINE:
		draw_line(d, tile, slot);
		break;
	case TILE_MEDIUM:
		draw_medium(d, tile, slot);
		break;
	case TILE_BIG:
		draw_big(d, tile, slot);
		break;
	}
}

static void measure(Draw *d)
{
	for (guint i = 0; i < board_n_slots(d->board); i++)
		d->label_w = MAX(d->label_w, text_width(board_row(d->board, i)->label));
	d->label_w = CLAMP(d->label_w, 2, 12);
	for (int order = 0; order < N_ORDERS; order++)
		d->order_w = MAX(d->order_w, 3 + text_width(theme_order_short(order)));
}

static void grid_draw(View *view, Canvas *canvas, Rect area, const Board *board, const Theme *theme)
{
	GridView *grid = (GridView *)view;
	Draw d = { .canvas = canvas, .board = board, .theme = theme, .marked = -1 };

	measure(&d);
	grid->grid = layout_grid(area, grid->n_slots, d.label_w, d.order_w);
	grid->top = layout_scroll(&grid->grid, grid->top, grid->selected);
	if (grid->grid.panel.h || grid->grid.mark.h)
		d.marked = grid->selected;
	for (int i = 0; i < grid->n_slots; i++) {
		Rect tile = layout_tile(&grid->grid, grid->top, i);

		if (tile.h)
			draw_tile(&d, grid->grid.kind, tile, i);
	}
	canvas_clip(canvas, area);
	if (grid->grid.mark.h)
		draw_mark(&d, grid);
	if (grid->grid.panel.h)
		draw_panel(&d, grid->grid.panel, grid->selected);
}

static guint grid_request(View *view, RequestId id)
{
	GridView *grid = (GridView *)view;
	int cols = MAX(grid->grid.cols, 1), page = MAX(grid->grid.rows, 1) * cols,
	    to = grid->selected;

	switch (id) {
	case REQUEST_UP:
		to -= cols;
		break;
	case REQUEST_DOWN:
		to += cols;
		break;
	case REQUEST_LEFT:
		to--;
		break;
	case REQUEST_RIGHT:
		to++;
		break;
	case REQUEST_PAGE_UP:
		to = MAX(to - page, 0);
		break;
	case REQUEST_PAGE_DOWN:
		to = MIN(to + page, grid->n_slots - 1);
		break;
	case REQUEST_FIRST:
		to = 0;
		break;
	case REQUEST_LAST:
		to = grid->n_slots - 1;
		break;
	default:
		return 0;
	}
	if (to < 0 || to >= grid->n_slots || to == grid->selected)
		return VIEW_HANDLED;
	grid->selected = to;
	return VIEW_HANDLED | VIEW_REDRAW;
}

static void grid_leave(View *view)
{
	g_free(view);
}

View *view_grid_new(guint n_slots)
{
	static const ViewOps ops = { N_("slots"), grid_draw, grid_request, grid_leave };
	GridView *grid = g_new0(GridView, 1);

	grid->view.ops = &ops;
	grid->n_slots = n_slots;
	return &grid->view;
}
