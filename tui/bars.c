/* SPDX-License-Identifier: Apache-2.0
 *
 * Header, notice and keys. It does not know what the view between them shows. */
#include "tui/bars.h"

#include <glib/gi18n.h>

#include "tui/requests.h"
#include "tui/words.h"

static const Pen title = { MEANING_TITLE, true };
static const Pen plain = { MEANING_PLAIN, false };
static const Pen strong = { MEANING_PLAIN, true };
static const Pen warning = { MEANING_WARNING, true };
static const Pen banner = { MEANING_BANNER, true };
static const Pen danger = { MEANING_DANGER, true };

/* Writes one part of a bar, and two columns of room after it. Returns where the next one begins. */
static int part(Canvas *canvas, int x, int y, Pen pen, const char *text)
{
	x += canvas_text(canvas, x, y, canvas_cols(canvas) - x, pen, text);
	return x + 2;
}

G_GNUC_PRINTF(5, 6)
static int part_printf(Canvas *canvas, int x, int y, Pen pen, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	return part(canvas, x, y, pen, text);
}

static void draw_title(const Bars *bars, Canvas *canvas, Rect row, const Board *board)
{
	g_autofree char *version =
		g_strdup_printf("%s  fota-station %s ", bars->title, bars->version);
	int x = 1;

	canvas_fill(canvas, (Rect){ row.x, row.y, row.w, 1 }, title, ' ');
	x = part(canvas, x, row.y, title, bars->station);
	x = part(canvas, x, row.y, title, bars->line);
	if (*board_worker(board))
		x = part_printf(canvas, x, row.y, title, _("operator %s"), board_worker(board));
	if (*board_work_order(board))
		x = part_printf(canvas, x, row.y, title, _("order %s"), board_work_order(board));
	if (x + text_width(version) <= row.w)
		canvas_text_right(canvas, x, row.y, row.w - x, title, version);
}

static int draw_finishing(const Bars *bars, Canvas *canvas, int x, int y)
{
	if (!bars->finishing)
		return x;
	return part_printf(
		canvas, x, y, danger,
		ngettext(" finishing: %u unit ", " finishing: %u units ", bars->in_danger),
		bars->in_danger);
}

static void draw_counters(const Bars *bars, Canvas *canvas, int y, const Board *board)
{
	Counters c = board_counters(board);
	Pen bad = { c.failed ? MEANING_BAD : MEANING_PLAIN, true };
	int x = draw_finishing(bars, canvas, 1, y);

	x = part_printf(canvas, x, y, strong, _("good %u"), c.good);
	x = part_printf(canvas, x, y, bad, _("failed %u"), c.failed);
	x = part_printf(canvas, x, y, plain, _("running %u"), c.running);
	if (c.yield_permille >= 0)
		x = part_printf(canvas, x, y, plain, _("first pass %d.%d%%"), c.yield_permille / 10,
				c.yield_permille % 10);
	if (c.per_hour >= 0)
		x = part_printf(canvas, x, y, plain, _("%d per hour"), c.per_hour);
	if (c.left >= 0)
		x = part_printf(canvas, x, y, plain, _("%d left"), c.left);
	if (bars->left_s >= 0) {
		g_autofree char *left = words_elapsed(bars->left_s);

		part_printf(canvas, x, y, plain, _("done in %s"), left);
	}
}

typedef struct {
	const char *text;
	Pen pen;
	bool until_seen; /* it stays until somebody says that it was seen */
} Notice;

/* The one thing that matters most: a question, then what goes on, then what is over. */
static Notice notice_of(const Bars *bars, const Board *board)
{
	if (bars->question)
		return (Notice){ bars->question, bars->loud ? banner : danger };
	if (bars->note)
		return (Notice){ bars->note, warning };
	if (*board_record_trouble(board))
		return (Notice){ words_translated(board_record_trouble(board)),
				 { MEANING_BANNER, true } };
	return (Notice){ words_translated(board_trouble(board)), warning, *board_trouble(board) };
}

int bars_notice_rows(const Bars *bars, const Board *board, int w)
{
	int typed = bars->typed ? text_width(bars->typed) + 2 : 0;

	/* What is being typed is never cut off. */
	return text_rows(notice_of(bars, board).text, w - 4) + (typed > 0 ? 1 : 0);
}

/* What has taken the place of the keys says which key gives it back, where that costs no row more. */
static char *with_key(const Notice *notice, const Frame *frame)
{
	const Request *seen = request_get(REQUEST_ACKNOWLEDGE);
	g_autofree char *more =
		g_strdup_printf("%s (%s: %s)", notice->text, _(seen->key_name), _(seen->hint));
	int w = frame->notice.w - 4;

	if (notice->until_seen && !frame->keys.h &&
	    text_rows(more, w) <= MAX(text_rows(notice->text, w), frame->notice.h))
		return g_steal_pointer(&more);
	return g_strdup(notice->text);
}

static void draw_notice(const Bars *bars, Canvas *canvas, const Frame *frame, const Board *board)
{
	const Rect area = frame->notice;
	Notice notice = notice_of(bars, board);
	g_autofree char *text = NULL;

	if (!*notice.text)
		return;
	canvas_fill(canvas, area, notice.pen, ' ');
	canvas_text(canvas, area.x, area.y, 2, notice.pen, "!!");
	if (bars->typed) {
		int used = canvas_text(canvas, area.x + 3, area.y, area.w - 4, notice.pen,
				       notice.text);
		int y = area.h > 1 ? area.y + 1 : area.y, x = area.h > 1 ? area.x + 3 : used + 4;

		x += canvas_text(canvas, x, y, area.w - 2 - x, notice.pen, bars->typed);
		canvas_text(canvas, x, y, 1, notice.pen, "_");
		return;
	}
	text = with_key(&notice, frame);
	canvas_wrap(canvas, (Rect){ area.x + 3, area.y, area.w - 4, area.h }, notice.pen, text);
}

/* As many hints as there is room for. Returns where the next one begins. */
static int draw_hints(Canvas *canvas, int x, Rect row, bool first)
{
	const Pen key = { MEANING_KEY, true };

	for (int id = 0; id < N_REQUESTS; id++) {
		const Request *request = request_get(id);

		if (!request->hint || !!(request->flags & REQUEST_FIRST_HINT) != first ||
		    x + text_width(_(request->key_name)) + text_width(_(request->hint)) >= row.w)
			continue;
		x = part(canvas, x, row.y, key, _(request->key_name)) - 1;
		x = part(canvas, x, row.y, plain, _(request->hint));
	}
	return x;
}

static void draw_keys(const Bars *bars, Canvas *canvas, Rect row)
{
	const Pen key = { MEANING_KEY, true };
	int x = 1;

	if (bars->typed) {
		x = part(canvas, x, row.y, key, _("Enter")) - 1;
		x = part(canvas, x, row.y, plain, _("that is it"));
		x = part(canvas, x, row.y, key, _("Esc")) - 1;
		part(canvas, x, row.y, plain, _("leave it"));
		return;
	}
	if (bars->question) {
		x = part(canvas, x, row.y, key, "y") - 1;
		x = part(canvas, x, row.y, plain, _("yes"));
		x = part(canvas, x, row.y, key, "n") - 1;
		part(canvas, x, row.y, plain, _("no"));
		return;
	}
	x = draw_hints(canvas, x, row, true);
	draw_hints(canvas, x, row, false);
}

void bars_draw(const Bars *bars, Canvas *canvas, const Frame *frame, const Board *board)
{
	if (frame->header.h >= 1)
		draw_title(bars, canvas, frame->header, board);
	if (frame->header.h >= 2)
		draw_counters(bars, canvas, frame->header.y + 1, board);
	else if (frame->header.h == 1)
		draw_finishing(bars, canvas, 0, frame->header.y);
	if (frame->notice.h)
		draw_notice(bars, canvas, frame, board);
	if (frame->keys.h)
		draw_keys(bars, canvas, frame->keys);
}
