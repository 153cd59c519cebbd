/* SPDX-License-Identifier: Apache-2.0
 *
 * Header, notice and keys. It does not know what the view between them shows. */
#include "tui/bars.h"

#include <glib/gi18n.h>

#include "tui/requests.h"

static const Pen title = { MEANING_TITLE, true };
static const Pen plain = { MEANING_PLAIN, false };
static const Pen strong = { MEANING_PLAIN, true };
static const Pen warning = { MEANING_WARNING, true };
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
		part_printf(canvas, x, y, plain, _("%d left"), c.left);
}

typedef struct {
	const char *text;
	Pen pen;
} Notice;

/* The one thing that matters most: a question, then what goes on, then what is over. */
static Notice notice_of(const Bars *bars, const Board *board)
{
	if (bars->question)
		return (Notice){ bars->question, danger };
	if (*board_record_trouble(board))
		return (Notice){ board_record_trouble(board), { MEANING_BANNER, true } };
	return (Notice){ board_trouble(board), warning };
}

int bars_notice_rows(const Bars *bars, const Board *board, int w)
{
	return text_rows(notice_of(bars, board).text, w - 4);
}

static void draw_notice(const Bars *bars, Canvas *canvas, Rect area, const Board *board)
{
	Notice notice = notice_of(bars, board);

	if (!*notice.text)
		return;
	canvas_fill(canvas, area, notice.pen, ' ');
	canvas_text(canvas, area.x, area.y, 2, notice.pen, "!!");
	canvas_wrap(canvas, (Rect){ area.x + 3, area.y, area.w - 4, area.h }, notice.pen,
		    notice.text);
}

static void draw_keys(const Bars *bars, Canvas *canvas, Rect row)
{
	const Pen key = { MEANING_KEY, true };
	int x = 1;

	if (bars->question) {
		x = part(canvas, x, row.y, key, "y") - 1;
		x = part(canvas, x, row.y, plain, _("yes"));
		x = part(canvas, x, row.y, key, "n") - 1;
		part(canvas, x, row.y, plain, _("no"));
		return;
	}
	for (int id = 0; id < N_REQUESTS; id++) {
		const Request *request = request_get(id);

		if (!(request->flags & REQUEST_HINTED))
			continue;
		x = part(canvas, x, row.y, key, _(request->key_name)) - 1;
		x = part(canvas, x, row.y, plain, _(request->help));
	}
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
		draw_notice(bars, canvas, frame->notice, board);
	if (frame->keys.h)
		draw_keys(bars, canvas, frame->keys);
}
