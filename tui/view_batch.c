/* SPDX-License-Identifier: Apache-2.0
 *
 * How the batch is doing: counters, the Pareto of faults as bars, what takes longest, and the slots that fail more than others.
 * It does not know where the figures come from. */
#include <glib/gi18n.h>

#include "tui/view.h"
#include "tui/words.h"

#define SLOTS_MAX 64

static const Pen plain = { MEANING_PLAIN, false };
static const Pen faint = { MEANING_FAINT, false };
static const Pen strong = { MEANING_PLAIN, true };

typedef struct {
	Canvas *canvas;
	const Facts *facts;
	const Theme *theme;
	Rect area;
	int y; /* the next free row */
} Draw;

G_GNUC_PRINTF(3, 4)
static void line(Draw *d, const char *name, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	if (d->y >= d->area.y + d->area.h)
		return;
	canvas_text(d->canvas, d->area.x + 1, d->y, 26, faint, name);
	canvas_text(d->canvas, d->area.x + 28, d->y++, d->area.w - 29, strong, text);
}

static void heading(Draw *d, const char *words)
{
	d->y++;
	if (d->y >= d->area.y + d->area.h)
		return;
	canvas_fill(d->canvas, (Rect){ d->area.x, d->y, d->area.w, 1 }, faint,
		    d->theme->symbols->across);
	canvas_text(d->canvas, d->area.x + 2, d->y++, d->area.w - 4, strong, words);
}

static void draw_counters(Draw *d)
{
	const Board *board = d->facts->board;
	Counters c = board_counters(board);
	PaceKnown slowest;
	gint64 left = pace_rack_left_s(d->facts->pace, board);
	g_autofree char *left_words = words_elapsed(left);

	line(d, _("work order"), "%s", *board_work_order(board) ? board_work_order(board) : "-");
	line(d, _("operator"), "%s", *board_worker(board) ? board_worker(board) : "-");
	line(d, _("good / failed / running"), "%u / %u / %u", c.good, c.failed, c.running);
	if (c.yield_permille >= 0)
		line(d, _("first pass yield"), "%d.%d%%", c.yield_permille / 10,
		     c.yield_permille % 10);
	if (c.per_hour >= 0)
		line(d, _("units per hour"), "%d", c.per_hour);
	if (c.left >= 0)
		line(d, _("quantity left"), "%d", c.left);
	if (left >= 0)
		line(d, _("rack done in"), "%s", left_words);
	if (pace_slowest(d->facts->pace, &slowest))
		line(d, _("slowest step"), _("%s: %d.%d s on average (%s, %s)"),
		     words_step(slowest.step), (int)(slowest.mean_ms / 1000),
		     (int)(slowest.mean_ms / 100 % 10), slowest.model, slowest.procedure);
}

/* The most frequent first; each bar in proportion to the first, with its share of all. */
static void draw_pareto(Draw *d, int rows)
{
	guint n = tally_faults(d->facts->tally), all = 0, sum = 0;
	int bar_w = CLAMP(d->area.w / 3, 8, 60), text_w = d->area.w - bar_w - 18;

	heading(d, _("faults, the most frequent first"));
	for (guint i = 0; i < n; i++)
		all += tally_fault(d->facts->tally, i)->visits;
	if (n == 0 && d->y < d->area.y + d->area.h)
		canvas_text(d->canvas, d->area.x + 1, d->y++, d->area.w - 2, faint, _("none"));
	for (guint i = 0; i < n && (int)i < rows && d->y < d->area.y + d->area.h; i++, d->y++) {
		const TallyFault *f = tally_fault(d->facts->tally, i);
		int w = MAX((int)(bar_w * f->visits / tally_fault(d->facts->tally, 0)->visits), 1);
		char numbers[32];

		sum += f->visits;
		g_snprintf(numbers, sizeof(numbers), "%u  %3u%%", f->visits, sum * 100 / all);
		canvas_text(d->canvas, d->area.x + 1, d->y, text_w, plain,
			    _(fault_get(f->fault)->text));
		canvas_fill(d->canvas, (Rect){ d->area.x + 2 + text_w, d->y, w, 1 },
			    (Pen){ MEANING_WARNING, false }, d->theme->symbols->bar_done);
		canvas_text_right(d->canvas, d->area.x + d->area.w - 14, d->y, 13, plain, numbers);
	}
}

/* Slots with failures, the worst first. */
static guint worst_slots(const Facts *facts, guint *slots)
{
	guint n = 0;

	for (guint i = 0; i < board_n_slots(facts->board); i++) {
		guint failed = tally_slot(facts->tally, i)->failed, at;

		if (failed == 0)
			continue;
		at = MIN(n, SLOTS_MAX - 1);
		while (at > 0 && tally_slot(facts->tally, slots[at - 1])->failed < failed) {
			slots[at] = slots[at - 1];
			at--;
		}
		if (n < SLOTS_MAX || at < SLOTS_MAX - 1)
			slots[at] = i;
		n = MIN(n + 1, SLOTS_MAX);
	}
	return n;
}

static void draw_slots(Draw *d)
{
	guint slots[SLOTS_MAX], n = worst_slots(d->facts, slots);
	int x = d->area.x + 1, w = 24;

	heading(d, _("slots that failed, of so many visits"));
	if (n == 0 && d->y < d->area.y + d->area.h)
		canvas_text(d->canvas, x, d->y, d->area.w - 2, faint, _("none"));
	for (guint i = 0; i < n && d->y < d->area.y + d->area.h; i++) {
		const TallySlot *t = tally_slot(d->facts->tally, slots[i]);
		g_autofree char *text = g_strdup_printf(_("%s: %u of %u"),
							board_row(d->facts->board, slots[i])->label,
							t->failed, t->visits);

		canvas_text(d->canvas, x, d->y, w - 2, plain, text);
		x += w;
		if (x + w > d->area.x + d->area.w) {
			x = d->area.x + 1;
			d->y++;
		}
	}
}

static void batch_draw(View *view, Canvas *canvas, Rect area, const Facts *facts,
		       const Theme *theme)
{
	Draw d = { .canvas = canvas, .facts = facts, .theme = theme, .area = area, .y = area.y };

	draw_counters(&d);
	draw_pareto(&d, MAX(area.y + area.h - d.y - 6, 3));
	draw_slots(&d);
}

static guint batch_request(View *view, Facts *facts, RequestId id)
{
	return id == REQUEST_BATCH ? VIEW_HANDLED | VIEW_CLOSE : 0;
}

static void batch_leave(View *view)
{
	g_free(view);
}

View *view_batch_new(void)
{
	static const ViewOps ops = { .title = N_("batch"),
				     .draw = batch_draw,
				     .request = batch_request,
				     .leave = batch_leave };
	View *view = g_new0(View, 1);

	view->ops = &ops;
	return view;
}
