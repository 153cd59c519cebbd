/* SPDX-License-Identifier: Apache-2.0
 *
 * One slot in little or much room: its order in words, symbol and colour, then as much of its story as fits. It does not know
 * how the room is divided. */
#include "tui/tiles.h"

#include <glib/gi18n.h>

#include "tui/letters.h"
#include "tui/words.h"

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
void tiles_order(const Tiles *d, Rect field, Order order, bool centred)
{
	const Pen pen = order_pen(order);
	const char *symbol = d->theme->symbols->orders[order], *words = _(order_words(order));
	bool stripes = theme_order_meaning(order) == MEANING_DANGER;
	int w, x = field.x, y = field.y + (field.h - 1) / 2;

	if (3 + text_width(words) > field.w)
		words = theme_order_short(order);
	if (field.w < 3 + text_width(words)) {
		/* Sign first, and as much of the words as there is room for. */
		canvas_fill(d->canvas, field, pen, ' ');
		canvas_text(d->canvas, field.x, y, MIN(2, field.w), pen, symbol);
		canvas_text(d->canvas, field.x + 3, y, field.w - 3, pen, words);
		return;
	}
	w = MIN(3 + text_width(words), field.w);
	if (centred)
		x += (field.w - w) / 2;
	canvas_fill(d->canvas, field, pen, stripes ? d->theme->symbols->stripe : ' ');
	if (stripes)
		canvas_fill(d->canvas, (Rect){ x - 1, y, w + 2, 1 }, pen, ' ');
	canvas_text(d->canvas, x, y, 2, pen, symbol);
	canvas_text(d->canvas, x + 3, y, w - 3, pen, words);
}

static void draw_label(const Tiles *d, int x, int y, guint slot)
{
	if ((int)slot == d->marked)
		canvas_fill(d->canvas, (Rect){ x, y, 1, 1 }, strong, d->theme->symbols->mark);
	canvas_text(d->canvas, x + 1, y, d->label_w, strong,
		    board_row(d->facts->board, slot)->label);
}

static void draw_bar(const Tiles *d, int x, int y, int w, int percent)
{
	int done = w * percent / 100;

	canvas_fill(d->canvas, (Rect){ x, y, done, 1 }, plain, d->theme->symbols->bar_done);
	canvas_fill(d->canvas, (Rect){ x + done, y, w - done, 1 }, faint,
		    d->theme->symbols->bar_rest);
}

static void draw_percent(const Tiles *d, int x, int y, const SlotRow *row)
{
	char text[8];

	g_snprintf(text, sizeof(text), "%d%%", row->percent);
	canvas_text_right(d->canvas, x, y, 4, plain, text);
}

static void draw_versions(const Tiles *d, int x, int y, int w, const SlotRow *row)
{
	g_autofree char *text = words_versions(row, d->theme, w);

	canvas_text(d->canvas, x, y, w, plain, text);
}

static void draw_doing(const Tiles *d, int x, int y, int w, const SlotRow *row)
{
	g_autofree char *text = words_doing(row, d->theme);

	canvas_text(d->canvas, x, y, w, row->state == SLOT_EMPTY ? faint : plain, text);
}

/* What the unit will still need, or else what it has taken. */
static void draw_time(const Tiles *d, int x, int y, int w, guint slot)
{
	const SlotRow *row = board_row(d->facts->board, slot);
	gint64 left = pace_left_s(d->facts->pace, d->facts->board, slot);
	g_autofree char *elapsed = words_elapsed(board_elapsed_s(d->facts->board, row));
	g_autofree char *rest = words_elapsed(left);
	g_autofree char *both = NULL;

	if (left < 0) {
		canvas_text_right(d->canvas, x, y, w, plain, elapsed);
		return;
	}
	both = g_strdup_printf("%s -%s", elapsed, rest);
	canvas_text_right(d->canvas, x, y, w, plain, text_width(both) <= w ? both : elapsed);
}

/* Board, IMEI and time in one row. */
static void draw_unit(const Tiles *d, int x, int y, int w, guint slot)
{
	const SlotRow *row = board_row(d->facts->board, slot);
	g_autofree char *imei = words_imei_tail(row, d->theme);
	g_autofree char *unit = g_strjoin(" ", row->model, imei,
					  row->labelled ? d->theme->symbols->done : NULL, NULL);
	int used = canvas_text(d->canvas, x, y, w - 8, plain, unit);

	draw_time(d, x + used + 1, y, w - used - 1, slot);
}

/* Reason and next action come first; the vendor's words and the versions where there is room left. */
static void draw_failure(const Tiles *d, Rect area, const SlotRow *row)
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
static void draw_story(const Tiles *d, Rect area, guint slot)
{
	const SlotRow *row = board_row(d->facts->board, slot);
	int x = area.x, y = area.y, w = area.w, bottom = area.y + area.h;
	g_autofree char *doing = words_doing(row, d->theme);

	if (row->state == SLOT_EMPTY) {
		canvas_wrap(d->canvas, area, faint, doing);
		return;
	}
	draw_unit(d, x, y++, w, slot);
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

static void draw_frame(const Tiles *d, Rect tile, Pen pen)
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

/* In the upper edge of the frame: the label, and the hub where that is to be told. */
static void draw_caption(const Tiles *d, Rect tile, guint slot)
{
	int room = tile.w - d->label_w - 8;

	canvas_fill(d->canvas, (Rect){ tile.x + 2, tile.y, d->label_w + 2, 1 }, plain, ' ');
	draw_label(d, tile.x + 2, tile.y, slot);
	if (d->hubs && room > 8)
		canvas_text_right(d->canvas, tile.x + d->label_w + 6, tile.y, room, faint,
				  d->hubs[slot]);
}

static void draw_big(const Tiles *d, Rect tile, guint slot)
{
	const SlotRow *row = board_row(d->facts->board, slot);
	int story_h = 5, field_h = tile.h - 2 - story_h;

	draw_frame(d, tile, (int)slot == d->marked ? strong : faint);
	draw_caption(d, tile, slot);
	tiles_order(d, (Rect){ tile.x + 1, tile.y + 1, tile.w - 2, field_h }, row->order, true);
	draw_story(d, (Rect){ tile.x + 2, tile.y + 1 + field_h, tile.w - 4, story_h }, slot);
}

static void draw_medium(const Tiles *d, Rect tile, guint slot)
{
	const SlotRow *row = board_row(d->facts->board, slot);
	int x = tile.x + 2 + d->label_w;

	draw_label(d, tile.x, tile.y, slot);
	tiles_order(d, (Rect){ x, tile.y, tile.x + tile.w - 1 - x, 1 }, row->order, false);
	draw_story(d, (Rect){ tile.x + 1, tile.y + 1, tile.w - 2, tile.h - 1 }, slot);
}

/* The label in large letters on the order's colour, its words below it. */
static void draw_huge(const Tiles *d, Rect tile, guint slot)
{
	const SlotRow *row = board_row(d->facts->board, slot);
	int story_h = 5, field_h = tile.h - 2 - story_h;
	Rect field = { tile.x + 1, tile.y + 1, tile.w - 2, field_h };
	const Pen pen = order_pen(row->order);
	int w = letters_width(row->label), y = field.y + MAX((field_h - LETTERS_ROWS - 2) / 2, 0);

	draw_frame(d, tile, (int)slot == d->marked ? strong : faint);
	tiles_order(d, field, row->order, true);
	if (w >= 0 && w + 4 <= field.w && field_h >= LETTERS_ROWS + 2) {
		bool stripes = pen.meaning == MEANING_DANGER;
		int x = field.x + (field.w - w) / 2;

		canvas_fill(d->canvas, field, pen, stripes ? d->theme->symbols->stripe : ' ');
		if (stripes)
			canvas_fill(d->canvas, (Rect){ x - 2, y - 1, w + 4, LETTERS_ROWS + 2 }, pen,
				    ' ');
		letters_draw(d->canvas, x, y, pen, d->theme->symbols->bar_done, row->label);
		tiles_order(d, (Rect){ field.x, y + LETTERS_ROWS + 1, field.w, 1 }, row->order,
			    true);
	}
	draw_caption(d, tile, slot);
	draw_story(d, (Rect){ tile.x + 2, tile.y + 1 + field_h, tile.w - 4, story_h }, slot);
}

/* As wide as the fixture's columns allow. With one row label and sign, with more the words have a row of their own. */
static void draw_small(const Tiles *d, Rect tile, guint slot)
{
	const SlotRow *row = board_row(d->facts->board, slot);
	int w = tile.w - 1, x = tile.x + 2 + d->label_w, y = tile.y, bottom = tile.y + tile.h;
	const Pen pen = order_pen(row->order);
	g_autofree char *doing = words_doing(row, d->theme);
	g_autofree char *imei = words_imei_tail(row, d->theme);

	draw_label(d, tile.x, y, slot);
	if (tile.h < 3) {
		tiles_order(d, (Rect){ x, y, tile.x + w - x, 1 }, row->order, false);
		if (tile.h == 2)
			canvas_text(d->canvas, tile.x + 1, y + 1, w - 1, plain, doing);
		return;
	}
	canvas_text(d->canvas, x, y, 2, pen, d->theme->symbols->orders[row->order]);
	draw_time(d, x + 2, y, tile.x + w - x - 2, slot);
	canvas_fill(d->canvas, (Rect){ tile.x, ++y, w, 1 }, pen, ' ');
	canvas_text(d->canvas, tile.x, y++, w, pen, theme_order_short(row->order));
	if (row->state == SLOT_RUNNING && tile.h >= 4)
		draw_bar(d, tile.x + 1, --bottom, w - 1, row->percent);
	else if (tile.h >= 5 && row->state != SLOT_EMPTY)
		canvas_text(d->canvas, tile.x + 1, y++, w - 1, plain, imei);
	canvas_wrap(d->canvas, (Rect){ tile.x + 1, y, w - 1, bottom - y }, plain, doing);
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
	static const int least[N_COLUMNS] = { 10, 6, 14, 10, 4, 7, 20 };
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

static void draw_column(const Tiles *d, Column column, int x, int y, int w, guint slot)
{
	const SlotRow *row = board_row(d->facts->board, slot);
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
		draw_time(d, x, y, w, slot);
		break;
	case COLUMN_VERSIONS:
		draw_versions(d, x, y, w, row);
		break;
	case N_COLUMNS:
		break;
	}
}

static void draw_line(const Tiles *d, Rect tile, guint slot)
{
	const SlotRow *row = board_row(d->facts->board, slot);
	int x = tile.x + 2 + d->label_w, right = tile.x + tile.w, widths[N_COLUMNS];

	draw_label(d, tile.x, tile.y, slot);
	tiles_order(d, (Rect){ x, tile.y, d->order_w, 1 }, row->order, false);
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
		draw_column(d, i, x, tile.y, widths[i], slot);
		x += widths[i] + 1;
	}
}

static void draw_mini(const Tiles *d, Rect tile, guint slot)
{
	int x = tile.x + 2 + d->label_w;

	draw_label(d, tile.x, tile.y, slot);
	tiles_order(d, (Rect){ x, tile.y, MIN(d->order_w, tile.x + tile.w - x), 1 },
		    board_row(d->facts->board, slot)->order, false);
}

/* The whole story of the selected slot, where the tiles are too small to tell it. */
void tiles_panel(const Tiles *d, Rect area, guint slot)
{
	const SlotRow *row = board_row(d->facts->board, slot);
	g_autofree char *doing =
		is_failure(row) ? words_fault(row, true) : words_doing(row, d->theme);
	g_autofree char *elapsed = words_elapsed(board_elapsed_s(d->facts->board, row));
	g_autofree char *versions = words_versions(row, d->theme, area.w);
	g_autofree char *unit = NULL;
	int x = area.x + 2 + d->label_w;
	int order_w = 3 + text_width(_(order_words(row->order)));

	canvas_fill(d->canvas, (Rect){ area.x, area.y, area.w, 1 }, faint,
		    d->theme->symbols->across);
	draw_label(d, area.x, area.y + 1, slot);
	tiles_order(d, (Rect){ x, area.y + 1, order_w, 1 }, row->order, false);
	canvas_text(d->canvas, x + order_w + 1, area.y + 1, area.w - (x + order_w + 1 - area.x),
		    plain, doing);
	if (row->state == SLOT_EMPTY)
		return;
	unit = g_strdup_printf("%s  %s  %s  %s", row->model, row->imei, versions, elapsed);
	canvas_text(d->canvas, x, area.y + 2, area.w - (x - area.x), plain, unit);
}

void tiles_draw(const Tiles *d, TileKind kind, Rect tile, guint slot)
{
	canvas_clip(d->canvas, tile);
	switch (kind) {
	case TILE_MINI:
		draw_mini(d, tile, slot);
		break;
	case TILE_LINE:
		draw_line(d, tile, slot);
		break;
	case TILE_SMALL:
		draw_small(d, tile, slot);
		break;
	case TILE_HUGE:
		draw_huge(d, tile, slot);
		break;
	case TILE_MEDIUM:
		draw_medium(d, tile, slot);
		break;
	case TILE_BIG:
		draw_big(d, tile, slot);
		break;
	}
}

void tiles_measure(Tiles *d)
{
	for (guint i = 0; i < board_n_slots(d->facts->board); i++)
		d->label_w = MAX(d->label_w, text_width(board_row(d->facts->board, i)->label));
	d->label_w = CLAMP(d->label_w, 2, 12);
	for (int order = 0; order < N_ORDERS; order++)
		d->order_w = MAX(d->order_w, 3 + text_width(theme_order_short(order)));
}
