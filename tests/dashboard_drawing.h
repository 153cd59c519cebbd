/* SPDX-License-Identifier: Apache-2.0
 *
 * The dashboard on a canvas alone, after any story. It does not know a terminal. */
#pragma once

#include <string>

#include "tests/canvas_text.h"
#include "tests/dashboard_story.h"
#include "tui/bars.h"
#include "tui/view.h"

/* A shift that has been on for two hours. */
inline Totals totals_at(gint64 now)
{
	return Totals{ 120, 4, now - 7200 * (gint64)G_USEC_PER_SEC, 0, nullptr, 0 };
}

/* Draws as the dashboard does, on a canvas alone. */
struct Drawing {
	Drawing(guint n, bool utf8)
	    : fixture(n), theme(theme_get(false, utf8)),
	      story([this](const Event &event) { board_event(board, &event); })
	{
		Totals totals = totals_at(story.now);

		board = board_new(fixture.slots(), n, &totals, story.now);
		view = view_grid_new(n);
		bars.station = "station-1";
		bars.line = "line 1";
		bars.version = "0.1.0";
		bars.title = "slots";
	}
	~Drawing()
	{
		view->ops->leave(view);
		board_free(board);
	}
	std::string draw(int cols, int rows)
	{
		g_autoptr(Canvas) canvas = canvas_new(cols, rows, theme.symbols->ellipsis);
		Frame frame = layout_frame(cols, rows, bars_notice_rows(&bars, board, cols));

		board_clock(board, story.now);
		bars_draw(&bars, canvas, &frame, board);
		canvas_clip(canvas, frame.body);
		view->ops->draw(view, canvas, frame.body, board, &theme);
		return canvas_string(canvas);
	}

	Fixture fixture;
	Theme theme;
	Board *board;
	View *view;
	Bars bars = {};
	Story story;
};
