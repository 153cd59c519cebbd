/* SPDX-License-Identifier: Apache-2.0
 *
 * The help: what each order on the screen means, and the keys. It does not know what the slots are doing. */
#include "tui/view.h"

#include <glib/gi18n.h>

typedef struct {
	View view;
	int top;  /* first line in view */
	int most; /* of top, as last drawn */
} HelpView;

/* What the person at the rack is to do, one sentence for each order. */
static const char *const order_help[N_ORDERS] = {
	[ORDER_INSERT] = N_("put the next unit in"),
	[ORDER_WAIT] = N_("the unit is being worked on, leave it in"),
	[ORDER_DO_NOT_TOUCH] = N_("do not pull it out: it writes its flash"),
	[ORDER_REMOVE_GOOD] = N_("take it out, into the box for good units"),
	[ORDER_REMOVE_BAD] = N_("take it out, into the box for bad units"),
	[ORDER_REMOVE_NOT_DONE] = N_("take it out, nothing was done with it"),
	[ORDER_LEAVE_EMPTY] = N_("put nothing in here"),
	[ORDER_SWITCH_OFF_AND_ON] = N_("switch it off and on, but leave it in"),
};

static int draw_orders(Canvas *canvas, Rect area, int y, const Theme *theme)
{
	const Pen plain = { MEANING_PLAIN, false };

	for (int order = 0; order < N_ORDERS; order++, y++) {
		const Pen pen = { theme_order_meaning(order), true };

		canvas_fill(canvas, (Rect){ area.x + 1, y, 36, 1 }, pen, ' ');
		canvas_text(canvas, area.x + 2, y, 2, pen, theme->symbols->orders[order]);
		canvas_text(canvas, area.x + 5, y, 32, pen, _(order_words(order)));
		canvas_text(canvas, area.x + 39, y, area.w - 39, plain, _(order_help[order]));
	}
	return y;
}

static void draw_keys(Canvas *canvas, Rect area, int y)
{
	for (int id = 0; id < N_REQUESTS; id++, y++) {
		const Request *request = request_get(id);

		canvas_text(canvas, area.x + 2, y, 8, (Pen){ MEANING_KEY, true },
			    _(request->key_name));
		canvas_text(canvas, area.x + 11, y, area.w - 11, (Pen){ MEANING_PLAIN, false },
			    _(request->help));
	}
}

static void help_draw(View *view, Canvas *canvas, Rect area, const Facts *facts, const Theme *theme)
{
	HelpView *help = (HelpView *)view;
	int y;

	help->most = MAX(N_ORDERS + 1 + N_REQUESTS - area.h, 0);
	help->top = CLAMP(help->top, 0, help->most);
	y = draw_orders(canvas, area, area.y - help->top, theme);
	draw_keys(canvas, area, y + 1);
	if (help->top < help->most)
		canvas_text_right(canvas, area.x, area.y + area.h - 1, area.w - 1,
				  (Pen){ MEANING_KEY, true }, theme->symbols->below);
	if (help->top > 0)
		canvas_text_right(canvas, area.x, area.y, area.w - 1, (Pen){ MEANING_KEY, true },
				  theme->symbols->above);
}

static guint help_request(View *view, Facts *facts, RequestId id)
{
	HelpView *help = (HelpView *)view;

	switch (id) {
	case REQUEST_UP:
	case REQUEST_PAGE_UP:
		help->top -= id == REQUEST_UP ? 1 : 10;
		break;
	case REQUEST_DOWN:
	case REQUEST_PAGE_DOWN:
		help->top += id == REQUEST_DOWN ? 1 : 10;
		break;
	case REQUEST_FIRST:
		help->top = 0;
		break;
	case REQUEST_LAST:
		help->top = help->most;
		break;
	case REQUEST_HELP:
	case REQUEST_BACK:
		return VIEW_HANDLED | VIEW_CLOSE;
	default:
		return 0;
	}
	return VIEW_HANDLED | VIEW_REDRAW;
}

static void help_leave(View *view)
{
	g_free(view);
}

View *view_help_new(void)
{
	static const ViewOps ops = {
		.title = N_("help"), .draw = help_draw, .request = help_request, .leave = help_leave
	};
	HelpView *help = g_new0(HelpView, 1);

	help->view.ops = &ops;
	return &help->view;
}
