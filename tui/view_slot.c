/* SPDX-License-Identifier: Apache-2.0
 *
 * All about the chosen slot: the unit, its plan, the steps with their times, what is said on its port as it is said, and who
 * was there today. It does not know how any of it came about. */
#include <glib/gi18n.h>
#include <string.h>

#include "tui/rows.h"
#include "tui/tiles.h"
#include "tui/view.h"
#include "tui/words.h"

#define STEPS_W 36

typedef struct {
	View view;
	const ViewDesk *desk;
	guint slot;  /* that was asked about */
	guint visit; /* which was the newest then */
	guint token;
	Rows *rows;
} SlotView;

static const Pen plain = { MEANING_PLAIN, false };
static const Pen faint = { MEANING_FAINT, false };
static const Pen title = { MEANING_PLAIN, true };

static void ask(SlotView *view, const Facts *facts)
{
	const SlotRow *row = board_row(facts->board, facts->chosen);
	HistoryQuestion question = { .slot = row->label, .since = "today", .limit = 50 };

	view->slot = facts->chosen;
	view->visit = row->open ? 0 : row->visit;
	view->desk->watch(view->desk->user, facts->chosen);
	rows_clear(view->rows);
	view->token = view->desk->ask(view->desk->user, &question);
}

static void draw_head(Tiles *d, Rect area, const Facts *facts, const SlotView *view)
{
	const SlotRow *row = board_row(facts->board, facts->chosen);
	g_autofree char *doing =
		row->state == SLOT_FAILED ? words_fault(row, true) : words_doing(row, d->theme);
	g_autofree char *elapsed = words_elapsed(board_elapsed_s(facts->board, row));
	g_autofree char *left =
		words_elapsed(pace_left_s(facts->pace, facts->board, facts->chosen));
	g_autofree char *versions = words_versions(row, d->theme, area.w);
	g_autofree char *plan = view->desk->plan(view->desk->user, facts->chosen);
	g_autofree char *unit = g_strdup_printf("%s  %s  %s  %s%s%s%s%s", row->model, row->imei,
						versions, elapsed, *left ? _("  remaining ") : "",
						left, row->labelled ? _("  label fits") : "",
						row->retest ? _("  retest") : "");
	const DiaryJob *job = diary_job(facts->diary, facts->chosen);
	g_autofree char *what = g_strdup_printf(_("plan: %s"), *plan ? plan : "-");
	g_autofree char *how = g_strdup_printf(_("%s, part %u of %u, try %u, %s"), job->procedure,
					       MAX(job->hop, 1), MAX(job->hops, 1),
					       MAX(job->try_no, 1), job->package);
	int x = area.x + 2 + d->label_w, order_w = 3 + text_width(_(order_words(row->order)));

	canvas_text(d->canvas, area.x + 1, area.y, d->label_w, title, row->label);
	tiles_order(d, (Rect){ x, area.y, order_w, 1 }, row->order, false);
	canvas_text(d->canvas, x + order_w + 1, area.y, area.w - (x + order_w + 1 - area.x), plain,
		    doing);
	if (row->parked)
		canvas_text_right(d->canvas, area.x, area.y, area.w - 1, title, _("parked"));
	if (row->state == SLOT_EMPTY || row->state == SLOT_PARKED)
		return;
	canvas_text(d->canvas, area.x + 1, area.y + 1, area.w - 2, plain, unit);
	canvas_text(d->canvas, area.x + 1, area.y + 2, area.w - 2, plain, what);
	if (*job->procedure)
		canvas_text(d->canvas, area.x + 1, area.y + 3, area.w - 2, faint, how);
}

static void draw_title(Tiles *d, Rect area, const char *words)
{
	canvas_fill(d->canvas, (Rect){ area.x, area.y, area.w, 1 }, faint,
		    d->theme->symbols->across);
	canvas_text(d->canvas, area.x + 1, area.y, area.w - 2, title, words);
}

/* "12.3 s", "1:03" */
static char *took(gint64 ms)
{
	return ms < 60000 ? g_strdup_printf(_("%d.%d s"), (int)(ms / 1000), (int)(ms / 100 % 10))
			  : words_elapsed(ms / 1000);
}

static void draw_step(Tiles *d, int x, int y, int w, const DiaryStep *step, gint64 now_s, bool open,
		      bool gone_on)
{
	bool goes_on = step->took_ms < 0 && open;
	bool bad = step->took_ms >= 0 && step->fault != FAULT_NONE;
	gint64 ms =
		goes_on ? MAX(now_s * G_USEC_PER_SEC - step->begun_us, 0) / 1000 : step->took_ms;
	g_autofree char *time = ms < 0    ? g_strdup("")
				: goes_on ? words_elapsed(ms / 1000)
					  : took(ms);
	g_autofree char *tries =
		step->try_no > 1
			? g_strdup_printf(_("%s, try %u"), words_step(step->name), step->try_no)
			: g_strdup(words_step(step->name));
	Pen pen = step->danger && goes_on ? (Pen){ MEANING_DANGER, true }
		  : goes_on               ? title
		  : bad && !gone_on       ? (Pen){ MEANING_WARNING, true }
		  : bad                   ? faint
					  : plain;
	/* What failed and was gone on from is no failure: another try follows, or it was not needed. */
	const char *sign = goes_on           ? d->theme->symbols->doing
			   : bad && !gone_on ? d->theme->symbols->orders[ORDER_REMOVE_BAD]
			   : bad             ? d->theme->symbols->orders[ORDER_REMOVE_NOT_DONE]
					     : d->theme->symbols->done;

	canvas_text(d->canvas, x, y, 2, pen, sign);
	canvas_text(d->canvas, x + 3, y, w - 12, pen, tries);
	canvas_text_right(d->canvas, x + w - 9, y, 8, pen, time);
}

/* What was done, what is being done, what comes: as much of the end as there is room for. */
static void draw_steps(Tiles *d, Rect area, const Facts *facts, const SlotView *view)
{
	const DiaryJob *job = diary_job(facts->diary, facts->chosen);
	guint n = diary_steps(facts->diary, facts->chosen);
	guint last = n ? diary_step(facts->diary, facts->chosen, n - 1)->ord + 1 : 0;
	guint coming =
		job->open && job->steps > last ? MIN(job->steps - last, (guint)area.h / 2) : 0;
	guint room = MAX(area.h - 1 - (int)coming, 1), first = n > room ? n - room : 0;
	int y = area.y + 1;

	draw_title(d, area, _("steps"));
	for (guint i = first; i < n && y < area.y + area.h; i++)
		draw_step(d, area.x + 1, y++, area.w - 1,
			  diary_step(facts->diary, facts->chosen, i), board_now_s(facts->board),
			  job->open && i == n - 1, i < n - 1);
	for (guint ord = last; ord < last + coming && y < area.y + area.h; ord++) {
		const char *name = view->desk->step_name(view->desk->user, job->procedure, ord);

		if (!name)
			return;
		canvas_text(d->canvas, area.x + 4, y++, area.w - 5, faint, words_step(name));
	}
}

static void draw_traffic(Tiles *d, Rect area, const Facts *facts)
{
	guint n = diary_lines(facts->diary, facts->chosen),
	      shown = MIN(n, (guint)MAX(area.h - 1, 0));

	draw_title(d, area, _("AT traffic"));
	for (guint i = 0; i < shown; i++) {
		const DiaryLine *line = diary_line(facts->diary, facts->chosen, shown - 1 - i);
		g_autofree char *time =
			g_strdup_printf("%d.%03d", (int)(line->ms / 1000), (int)(line->ms % 1000));
		char dir[2] = { line->dir, '\0' };
		Pen pen = line->dir == '>' ? title : line->dir == '<' ? plain : faint;

		canvas_text_right(d->canvas, area.x, area.y + 1 + (int)i, 8, faint, time);
		canvas_text(d->canvas, area.x + 9, area.y + 1 + (int)i, 1, pen, dir);
		canvas_text(d->canvas, area.x + 11, area.y + 1 + (int)i, area.w - 11, pen,
			    line->text);
	}
}

static void slot_draw(View *base, Canvas *canvas, Rect area, const Facts *facts, const Theme *theme)
{
	SlotView *view = (SlotView *)base;
	const SlotRow *row = board_row(facts->board, facts->chosen);
	Tiles d = { .canvas = canvas, .facts = facts, .theme = theme, .marked = -1 };
	int history_h = CLAMP(area.h / 4, 3, 10), h = area.h - 4 - history_h;
	int steps_w = area.w >= 2 * STEPS_W ? STEPS_W : area.w / 2;

	/* Another slot, or its visit has ended: there is more to tell of today. */
	if (view->slot != facts->chosen ||
	    (!row->open && row->recorded && view->visit != row->visit))
		ask(view, facts);
	tiles_measure(&d);
	draw_head(&d, area, facts, view);
	if (h < 2)
		return;
	draw_steps(&d, (Rect){ area.x, area.y + 4, steps_w, h }, facts, view);
	draw_traffic(&d, (Rect){ area.x + steps_w, area.y + 4, area.w - steps_w, h }, facts);
	draw_title(&d, (Rect){ area.x, area.y + 4 + h, area.w, 1 }, _("in this slot today"));
	rows_draw(view->rows, canvas, (Rect){ area.x, area.y + 5 + h, area.w, history_h - 1 },
		  theme, 0);
}

static guint slot_request(View *base, Facts *facts, RequestId id)
{
	if (id == REQUEST_SLOT)
		return VIEW_HANDLED | VIEW_CLOSE;
	if (!facts_step(facts, id))
		return 0;
	ask((SlotView *)base, facts);
	return VIEW_HANDLED | VIEW_REDRAW;
}

static void slot_answer(View *base, const HistoryAnswer *answer)
{
	SlotView *view = (SlotView *)base;

	if (answer->token == view->token)
		rows_set(view->rows, answer);
}

static void slot_leave(View *base)
{
	SlotView *view = (SlotView *)base;

	view->desk->watch(view->desk->user, G_MAXUINT);
	rows_free(view->rows);
	g_free(view);
}

View *view_slot_new(const ViewDesk *desk, const Facts *facts)
{
	static const ViewOps ops = { .title = N_("slot"),
				     .draw = slot_draw,
				     .request = slot_request,
				     .answer = slot_answer,
				     .leave = slot_leave };
	SlotView *view = g_new0(SlotView, 1);

	view->view.ops = &ops;
	view->desk = desk;
	view->rows = rows_new();
	ask(view, facts);
	return &view->view;
}
