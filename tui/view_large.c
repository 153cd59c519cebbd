/* SPDX-License-Identifier: Apache-2.0
 *
 * One slot in letters that can be read from across the aisle. It does not know the other slots. */
#include <glib/gi18n.h>

#include "tui/letters.h"
#include "tui/tiles.h"
#include "tui/view.h"
#include "tui/words.h"

/* In large letters, or in plain ones where they do not fit or are of another alphabet. Returns the row below. */
static int draw_words(Canvas *canvas, Rect area, int y, Pen pen, gunichar block, const char *text)
{
	int w = letters_width(text), plain_w = MIN(text_width(text), area.w);

	if (w >= 0 && w <= area.w && y + LETTERS_ROWS <= area.y + area.h) {
		letters_draw(canvas, area.x + (area.w - w) / 2, y, pen, block, text);
		return y + LETTERS_ROWS + 1;
	}
	canvas_text(canvas, area.x + (area.w - plain_w) / 2, y, plain_w, pen, text);
	return y + 2;
}

static void large_draw(View *view, Canvas *canvas, Rect area, const Facts *facts,
		       const Theme *theme)
{
	const SlotRow *row = board_row(facts->board, facts->chosen);
	const Pen pen = { theme_order_meaning(row->order), true };
	g_autofree char *doing =
		row->state == SLOT_FAILED ? words_fault(row, false) : words_doing(row, theme);
	g_autofree char *elapsed = words_elapsed(board_elapsed_s(facts->board, row));
	g_autofree char *left =
		words_elapsed(pace_left_s(facts->pace, facts->board, facts->chosen));
	g_autofree char *unit = g_strdup_printf("%s %s %s%s%s", row->model, row->imei, elapsed,
						*left ? "  -" : "", left);
	bool stripes = pen.meaning == MEANING_DANGER;
	gunichar block = theme->symbols->bar_done;
	Rect inner = { area.x + 2, area.y + 1, area.w - 4, area.h - 4 };
	int y = area.y + MAX((area.h - 2 * LETTERS_ROWS - 5) / 2, 1);

	canvas_fill(canvas, area, pen, stripes ? theme->symbols->stripe : ' ');
	canvas_fill(canvas, (Rect){ inner.x, inner.y, inner.w, area.h - 2 }, pen, ' ');
	y = draw_words(canvas, inner, y, pen, block, row->label);
	y = draw_words(canvas, inner, y, pen, block, theme_order_short(row->order));
	canvas_text(canvas, inner.x, inner.y, 2, pen, theme->symbols->orders[row->order]);
	if (row->state == SLOT_EMPTY)
		unit[0] = '\0';
	canvas_wrap(canvas, (Rect){ inner.x + 1, area.y + area.h - 3, inner.w - 2, 1 }, pen, doing);
	canvas_text(canvas, inner.x + 1, area.y + area.h - 2, inner.w - 2, pen, unit);
}

static guint large_request(View *view, Facts *facts, RequestId id)
{
	if (id == REQUEST_LARGE)
		return VIEW_HANDLED | VIEW_CLOSE;
	return facts_step(facts, id) ? VIEW_HANDLED | VIEW_REDRAW : 0;
}

static void large_leave(View *view)
{
	g_free(view);
}

View *view_large_new(void)
{
	static const ViewOps ops = { .title = N_("large"),
				     .draw = large_draw,
				     .request = large_request,
				     .leave = large_leave };
	View *view = g_new0(View, 1);

	view->ops = &ops;
	return view;
}
