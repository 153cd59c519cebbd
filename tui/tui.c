/* SPDX-License-Identifier: Apache-2.0
 *
 * Joins folds, views and screen. It does not know the station, nor curses.
 * Facts only mark the screen as dirty; a frame is drawn at most every 50 ms, and only when the last one has left. */
#include "tui/tui_private.h"

#include <glib/gi18n.h>

#include "tui/bars.h"

#define FRAME_US (G_USEC_PER_SEC / 20)
/* How often a terminal that takes nothing is asked again. */
#define BUSY_US (G_USEC_PER_SEC / 4)

View *tui_top_view(const Tui *tui)
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

/* A key becomes a character of a scan, or a key. */
static void on_key(gpointer user, Key key)
{
	Tui *tui = user;

	scanner_key(&tui->scanner, tui->now_us, key);
}

static void make_facts(Tui *tui, const TuiSetup *setup)
{
	tui->facts = (Facts){
		.board = board_new(setup->slots, setup->n_slots, &setup->totals, setup->now_us),
		.diary = diary_new(setup->n_slots),
		.pace = pace_new(setup->n_slots),
		.tally = tally_new(setup->slots, setup->n_slots),
	};
}

static void take(char **field, const char *text)
{
	g_free(*field);
	*field = g_strdup(text ? text : "");
}

void tui_configure(Tui *tui, const TuiSetup *setup)
{
	take(&tui->station, setup->station);
	take(&tui->line, setup->line);
	take(&tui->worker_prefix, setup->worker_prefix);
	take(&tui->order_prefix, setup->order_prefix);
	take(&tui->label_prefix, setup->label_prefix);
	tui->bell = setup->bell;
	tui->ask_worker = setup->ask_worker;
	tui->ask_work_order = setup->ask_work_order;
	tui->dirty = true;
}

Tui *tui_new(const TuiSetup *setup, GError **error)
{
	bool utf8 = g_get_charset(NULL) && !setup->ascii;
	Screen *screen = screen_new(setup->input_fd, utf8, setup->colours, error);
	Tui *tui;

	if (!screen)
		return NULL;
	tui = g_new0(Tui, 1);
	tui->screen = screen;
	tui->version = g_strdup(setup->version);
	tui_configure(tui, setup);
	tui->acts = setup->acts;
	tui->user = setup->user;
	tui->now_us = setup->now_us;
	tui->desk = (ViewDesk){ setup->acts->ask, setup->acts->step_name, setup->acts->plan,
				setup->acts->watch, setup->user };
	make_facts(tui, setup);
	tui->theme = theme_get(screen_colours(screen), utf8);
	tui->keys = (Keys){ .tell = on_key, .user = tui };
	tui->scanner = (Scanner){ .key = tui_key, .scan = tui_scan, .user = tui };
	tui->starts = g_array_new(FALSE, TRUE, sizeof(Named));
	tui->views = g_ptr_array_new_with_free_func(leave_view);
	g_ptr_array_add(tui->views, view_grid_new(setup->slots, setup->n_slots));
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
	g_array_unref(tui->starts);
	prompt_clear(&tui->prompt);
	canvas_free(tui->canvas);
	board_free(tui->facts.board);
	diary_free(tui->facts.diary);
	pace_free(tui->facts.pace);
	tally_free(tui->facts.tally);
	g_free(tui->note);
	g_free(tui->station);
	g_free(tui->line);
	g_free(tui->version);
	g_free(tui->worker_prefix);
	g_free(tui->order_prefix);
	g_free(tui->label_prefix);
	g_free(tui);
}

/* ---- what is told ---- */

static bool rings(const Tui *tui, const Event *event)
{
	const Verdict *v = event->body;
	bool good;

	if (event->kind == EV_RECORD_TROUBLE)
		return tui->bell != BELL_OFF && event->num;
	if (event->kind != EV_VISIT_END || !v || tui->bell == BELL_OFF)
		return false;
	good = v->outcome == OUTCOME_PASS || v->outcome == OUTCOME_CURRENT;
	return tui->bell == BELL_VERDICTS || !good;
}

bool tui_event(gpointer reader, const Event *event)
{
	Tui *tui = reader;
	/* What only the views of one slot and of events show is no reason to draw the others. */
	bool shows_diary = tui->views->len > 1;
	bool changed = board_event(tui->facts.board, event);

	changed = (diary_event(tui->facts.diary, event) && shows_diary) || changed;
	pace_event(tui->facts.pace, tui->facts.board, event);
	if (event->kind == EV_VISIT_END && event->slot < board_n_slots(tui->facts.board) &&
	    board_row(tui->facts.board, event->slot)->counts)
		tally_event(tui->facts.tally, event);
	tui->ring = rings(tui, event) || tui->ring;
	tui->dirty = changed || tui->ring || tui->dirty;
	return true;
}

void tui_totals(Tui *tui, const Totals *totals)
{
	board_set_totals(tui->facts.board, totals);
	tui->dirty = true;
}

void tui_tally(Tui *tui, const TallyKnown *known, gsize n)
{
	tally_set(tui->facts.tally, known, n);
	tui->dirty = true;
}

void tui_pace(Tui *tui, const PaceKnown *known)
{
	pace_know(tui->facts.pace, known);
	tui->dirty = true;
}

void tui_history(Tui *tui, const HistoryAnswer *answer)
{
	for (guint i = 0; i < tui->views->len; i++) {
		View *view = g_ptr_array_index(tui->views, i);

		if (view->ops->answer)
			view->ops->answer(view, answer);
	}
	tui->dirty = true;
}

/* ---- the terminal ---- */

bool tui_input(Tui *tui, gint64 now_us)
{
	char bytes[256];
	gssize n;

	tui->now_us = now_us;
	/* All that is there: a scan must not be torn apart by a loop that was late. */
	while ((n = screen_read(tui->screen, bytes, sizeof(bytes))) > 0)
		keys_feed(&tui->keys, now_us, bytes, n);
	return n >= 0;
}

void tui_resize(Tui *tui)
{
	fit_canvas(tui);
}

static void draw(Tui *tui)
{
	View *view = tui_top_view(tui);
	const char *question = tui->prompt.question;
	/* Why something was not done while a question waits for its answer. */
	g_autofree char *both =
		question && tui->note ? g_strdup_printf("%s - %s", tui->note, question) : NULL;
	Bars bars = {
		.station = tui->station,
		.line = tui->line,
		.version = tui->version,
		.title = _(view->ops->title),
		.question = both ? both : question,
		.typed = tui->prompt.kind == PROMPT_TEXT ? tui->prompt.text->str : NULL,
		.loud = *tui->prompt_label,
		.note = tui->note,
		.finishing = tui->quitting,
		.in_danger = tui->quitting ? tui->acts->in_danger(tui->user) : 0,
		.left_s = pace_rack_left_s(tui->facts.pace, tui->facts.board),
	};
	int cols = canvas_cols(tui->canvas);
	Frame frame = layout_frame(cols, canvas_rows(tui->canvas),
				   bars_notice_rows(&bars, tui->facts.board, cols));

	canvas_clear(tui->canvas);
	bars_draw(&bars, tui->canvas, &frame, tui->facts.board);
	canvas_clip(tui->canvas, frame.body);
	view->ops->draw(view, tui->canvas, frame.body, &tui->facts, &tui->theme);
}

static void ring(Tui *tui)
{
	if (tui->ring)
		tui->acts->write(tui->user, "\a", 1);
	tui->ring = false;
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
	ring(tui);
	if (len == 0 || tui->acts->write(tui->user, bytes, len))
		return;
	screen_forget(tui->screen);
	tui->dirty = true;
}

void tui_tick(Tui *tui, gint64 now_us)
{
	tui->now_us = now_us;
	keys_tick(&tui->keys, now_us);
	scanner_tick(&tui->scanner, now_us);
	tui_ask_first(tui);
	if (tui->note && now_us >= tui->note_until_us) {
		g_clear_pointer(&tui->note, g_free);
		tui->dirty = true;
	}
	tui->dirty = board_clock(tui->facts.board, now_us) || tui->dirty;
	if (tui->dirty && now_us >= tui->next_frame_us)
		send_frame(tui, now_us);
}

gint64 tui_deadline(const Tui *tui)
{
	gint64 due = MIN(keys_deadline(&tui->keys), scanner_deadline(&tui->scanner));

	due = MIN(due, board_deadline(tui->facts.board));
	due = MIN(due, tui->note ? tui->note_until_us : G_MAXINT64);
	return tui->dirty ? MIN(due, tui->next_frame_us) : due;
}
