/* SPDX-License-Identifier: Apache-2.0
 *
 * The dashboard on a canvas alone, after any story. It does not know a terminal. */
#pragma once

#include <libintl.h>
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
	Drawing(guint n, bool utf8, guint per_hub = 0, guint columns = 0)
	    : fixture(n, per_hub, columns), theme(theme_get(0, utf8)),
	      story([this](const Event &event) { fold(event); })
	{
		Totals totals = totals_at(story.now);

		facts.board = board_new(fixture.slots(), n, &totals, story.now);
		facts.diary = diary_new(n);
		facts.pace = pace_new(n);
		facts.tally = tally_new(fixture.slots(), n);
		view = view_grid_new(fixture.slots(), n);
		bars.left_s = -1;
		bars.station = "station-1";
		bars.line = "line 1";
		bars.version = "0.1.0";
		bars.title = gettext(view->ops->title);
	}
	~Drawing()
	{
		view->ops->leave(view);
		board_free(facts.board);
		diary_free(facts.diary);
		pace_free(facts.pace);
		tally_free(facts.tally);
	}
	Drawing(const Drawing &) = delete;
	Drawing &operator=(const Drawing &) = delete;

	void fold(const Event &event)
	{
		board_event(facts.board, &event);
		diary_event(facts.diary, &event);
		pace_event(facts.pace, facts.board, &event);
		if (event.kind == EV_VISIT_END && event.slot < fixture.size())
			tally_event(facts.tally, &event);
	}
	/* The journal of a slot. */
	void fold_trace(guint16 slot, const std::string &text)
	{
		Event event = {};

		event.kind = EV_TRACE;
		event.slot = slot;
		event.text = text.c_str();
		event.num = (gint32)text.size();
		fold(event);
	}
	/* Another view on the same facts. */
	void show(View *other)
	{
		view->ops->leave(view);
		view = other;
		bars.title = gettext(view->ops->title);
	}
	Canvas *canvas(int cols, int rows)
	{
		Canvas *canvas = canvas_new(cols, rows, theme.symbols->ellipsis);
		Frame frame = layout_frame(cols, rows, bars_notice_rows(&bars, facts.board, cols));

		board_clock(facts.board, story.now);
		bars.left_s = pace_rack_left_s(facts.pace, facts.board);
		bars_draw(&bars, canvas, &frame, facts.board);
		canvas_clip(canvas, frame.body);
		view->ops->draw(view, canvas, frame.body, &facts, &theme);
		return canvas;
	}
	std::string draw(int cols, int rows)
	{
		g_autoptr(Canvas) drawn = canvas(cols, rows);

		return canvas_string(drawn);
	}

	Fixture fixture;
	Theme theme;
	Facts facts = {};
	View *view;
	Bars bars = {};
	Story story;
};
