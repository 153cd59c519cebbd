/* SPDX-License-Identifier: Apache-2.0
 *
 * Joins board, views and screen. It does not know the station, nor curses.
 * Facts only mark the screen as dirty; a frame is drawn at most every 50 ms, and only when the last one has left. */
#include "tui/tui.h"

#include <glib/gi18n.h>

#include "tui/bars.h"
#include "tui/prompt.h"
#include "tui/screen.h"
#include "tui/view.h"

#define FRAME_US (G_USEC_PER_SEC / 20)
/* How often a terminal that takes nothing is asked again. */
#define BUSY_US (G_USEC_PER_SEC / 4)

struct _Tui {
	char *station, *line, *version;
	const TuiActs *acts;
	gpointer user;
	Board *board;
	Screen *screen;
	Canvas *canvas;
	Theme theme;
	Keys keys;
	GPtrArray *views; /* the last one is shown */
	Prompt prompt;
	bool dirty, quitting;
	gint64 next_frame_us; /* not before */
};

static void on_key(gpointer user, Key key);

static View *top_view(const Tui *tui)
{
	return g_ptr_array_index(tui->views, tui->views->len - 1);
}

static void leave_view(gpointer data)
{
	View *view = data;

	view->ops->leave(view);
}

static void fit_canvas(Tui *tui)
{
	int cols, rows;

	screen_size(tui->screen, &cols, &rows);
	screen_forget(tui->screen);
	g_clear_pointer(&tui->canvas, canvas_free);
	tui->canvas = canvas_new(cols, rows, tui->theme.symbols->ellipsis);
	tui->dirty = true;
}

Tui *tui_new(const TuiSetup *setup, GError **error)
{
	bool utf8 = g_get_charset(NULL) && !setup->ascii;
	Screen *screen = screen_new(setup->input_fd, utf8, error);
	Tui *tui;

	if (!screen)
		return NULL;
	tui = g_new0(Tui, 1);
	tui->screen = screen;
	tui->station = g_strdup(setup->station);
	tui->line = g_strdup(setup->line);
	tui->version = g_strdup(setup->version);
	tui->acts = setup->acts;
	tui->user = setup->user;
	tui->board = board_new(setup->slots, setup->n_slots, &setup->totals, setup->now_us);
	tui->theme = theme_get(screen_has_colour(screen) && !setup->mono, utf8);
	tui->keys = (Keys){ .tell = on_key, .user = tui };
	tui->views = g_ptr_array_new_with_free_func(leave_view);
	g_ptr_array_add(tui->views, view_grid_new(setup->n_slots));
	fit_canvas(tui);
	return tui;
}

void tui_free(Tui *tui)
{
	const char *bytes;
	gsize len;

	if (!tui)
		return;
	bytes = screen_leave(tui->screen, &len);
	tui->acts->write(tui->user, bytes, len);
	screen_free(tui->screen);
	g_ptr_array_unref(tui->views);
	prompt_clear(&tui->prompt);
	canvas_free(tui->canvas);
	board_free(tui->board);
	g_free(tui->station);
	g_free(tui->line);
	g_free(tui->version);
	g_free(tui);
}

bool tui_event(gpointer reader, const Event *event)
{
	Tui *tui = reader;

	tui->dirty = board_event(tui->board, event) || tui->dirty;
	return true;
}

void tui_totals(Tui *tui, const Totals *totals)
{
	board_set_totals(tui->board, totals);
	tui->dirty = true;
}

static void quit(Tui *tui)
{
	tui->quitting = true;
	tui->acts->quit(tui->user);
}

/* What quitting costs now, as a question; NULL when it costs nothing. */
static char *quit_question(const Tui *tui)
{
	guint danger = tui->acts->in_danger(tui->user),
	      running = board_counters(tui->board).running;

	if (danger)
		return g_strdup_printf(ngettext("%u unit is flashing: it is finished first, "
						"nothing new starts. Quit? y/n",
						"%u units are flashing: they are finished first, "
						"nothing new starts. "
						"Quit? y/n",
						danger),
				       danger);
	if (running)
		return g_strdup_printf(
			ngettext("%u unit is being worked on: it is stopped and counts as bad. "
				 "Quit? y/n",
				 "%u units are being worked on: they are stopped and count as bad. "
				 "Quit? y/n",
				 running),
			running);
	return NULL;
}

static void do_request(Tui *tui, RequestId id)
{
	switch (id) {
	case REQUEST_HELP:
		g_ptr_array_add(tui->views, view_help_new());
		break;
	case REQUEST_REPAINT:
		screen_forget(tui->screen);
		break;
	case REQUEST_START:
		if (!tui->quitting)
			tui->acts->start(tui->user);
		break;
	case REQUEST_QUIT:
		if (!tui->quitting)
			quit(tui);
		break;
	default:
		return;
	}
	tui->dirty = true;
}

static void on_request(Tui *tui, RequestId id)
{
	View *view = top_view(tui);
	guint answer = view->ops->request(view, id);
	char *question = NULL;

	if (answer & VIEW_REDRAW)
		tui->dirty = true;
	if (answer & VIEW_CLOSE) {
		g_ptr_array_remove_index(tui->views, tui->views->len - 1);
		tui->dirty = true;
	}
	if (answer & VIEW_HANDLED)
		return;
	if ((request_get(id)->flags & REQUEST_CONFIRM) && !tui->quitting)
		question = quit_question(tui);
	if (!question) {
		do_request(tui, id);
		return;
	}
	prompt_ask(&tui->prompt, id, question);
	tui->dirty = true;
}

static void on_key(gpointer user, Key key)
{
	Tui *tui = user;
	RequestId id = tui->prompt.request;

	if (!tui->prompt.question) {
		id = request_of_key(key);
		if (id != REQUEST_NONE)
			on_request(tui, id);
		return;
	}
	switch (prompt_key(&tui->prompt, key)) {
	case PROMPT_PENDING:
		return;
	case PROMPT_YES:
		do_request(tui, id);
		break;
	case PROMPT_NO:
		break;
	}
	tui->dirty = true;
}

bool tui_input(Tui *tui, gint64 now_us)
{
	char bytes[256];
	gssize n = screen_read(tui->screen, bytes, sizeof(bytes));

	if (n > 0)
		keys_feed(&tui->keys, now_us, bytes, n);
	return n >= 0;
}

void tui_resize(Tui *tui)
{
	fit_canvas(tui);
}

static void draw(Tui *tui)
{
	View *view = top_view(tui);
	Bars bars = {
		.station = tui->station,
		.line = tui->line,
		.version = tui->version,
		.title = _(view->ops->title),
		.question = tui->prompt.question,
		.finishing = tui->quitting,
		.in_danger = tui->quitting ? tui->acts->in_danger(tui->user) : 0,
	};
	int cols = canvas_cols(tui->canvas);
	Frame frame = layout_frame(cols, canvas_rows(tui->canvas),
				   bars_notice_rows(&bars, tui->board, cols));

	canvas_clear(tui->canvas);
	bars_draw(&bars, tui->canvas, &frame, tui->board);
	canvas_clip(tui->canvas, frame.body);
	view->ops->draw(view, tui->canvas, frame.body, tui->board, &tui->theme);
}

static void send_frame(Tui *tui, gint64 now_us)
{
	const char *bytes;
	gsize len;

	if (!tui->acts->write(tui->user, "", 0)) {
		tui->next_frame_us = now_us + BUSY_US;
		return;
	}
	draw(tui);
	bytes = screen_show(tui->screen, tui->canvas, &tui->theme, &len);
	tui->dirty = false;
	tui->next_frame_us = now_us + FRAME_US;
	if (len == 0 || tui->acts->write(tui->user, bytes, len))
		return;
	screen_forget(tui->screen);
	tui->dirty = true;
}

void tui_tick(Tui *tui, gint64 now_us)
{
	keys_tick(&tui->keys, now_us);
	tui->dirty = board_clock(tui->board, now_us) || tui->dirty;
	if (tui->dirty && now_us >= tui->next_frame_us)
		send_frame(tui, now_us);
}

gint64 tui_deadline(const Tui *tui)
{
	gint64 due = MIN(keys_deadline(&tui->keys), board_deadline(tui->board));

	return tui->dirty ? MIN(due, tui->next_frame_us) : due;
}
