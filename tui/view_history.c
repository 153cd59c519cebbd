/* SPDX-License-Identifier: Apache-2.0
 *
 * What the record says about a unit, a work order or a day. It does not know how the record is asked: the answer comes when it
 * comes, and whoever looks elsewhere meanwhile misses nothing. */
#include <glib/gi18n.h>
#include <string.h>

#include "tui/rows.h"
#include "tui/view.h"

#define LIMIT 500

typedef struct {
	View view;
	const ViewDesk *desk;
	char *asked; /* as typed */
	guint token;
	bool by_imei; /* an order's number may be digits, too: it is asked for where no unit has them */
	Rows *rows;
	guint top, page;
} HistoryView;

static bool is_day(const char *text)
{
	return strlen(text) == 10 && text[4] == '-' && text[7] == '-' &&
	       strspn(text, "0123456789-") == 10;
}

static bool is_imei(const char *text)
{
	gsize len = strlen(text);

	return len >= 3 && len <= 15 && strspn(text, "0123456789") == len;
}

static void send(HistoryView *view, const HistoryQuestion *question)
{
	view->by_imei = question->imei != NULL;
	view->top = 0;
	rows_clear(view->rows);
	view->token = view->desk->ask(view->desk->user, question);
}

/* "today": what has happened since midnight. */
static void ask(HistoryView *view, const char *text)
{
	HistoryQuestion question = { .limit = LIMIT };

	g_free(view->asked);
	view->asked = g_strdup(text);
	if (strcmp(text, "today") == 0)
		question.since = text;
	else if (is_day(text))
		question.since = question.until = text;
	else if (is_imei(text))
		question.imei = text;
	else if (*text)
		question.work_order = text;
	send(view, &question);
}

static void history_draw(View *base, Canvas *canvas, Rect area, const Facts *facts,
			 const Theme *theme)
{
	HistoryView *view = (HistoryView *)base;
	bool today = strcmp(view->asked, "today") == 0;
	g_autofree char *head = g_strdup_printf(_("visits: %s   (%u)   / asks for another"),
						today          ? _("today")
						: *view->asked ? view->asked
							       : _("all"),
						rows_n(view->rows));

	view->page = MAX(area.h - 1, 1);
	view->top = MIN(view->top,
			rows_n(view->rows) > view->page ? rows_n(view->rows) - view->page : 0);
	canvas_text(canvas, area.x + 1, area.y, area.w - 2, (Pen){ MEANING_PLAIN, true }, head);
	rows_draw(view->rows, canvas, (Rect){ area.x, area.y + 1, area.w, area.h - 1 }, theme,
		  view->top);
}

static guint history_request(View *base, Facts *facts, RequestId id)
{
	HistoryView *view = (HistoryView *)base;

	switch (id) {
	case REQUEST_UP:
		view->top -= view->top > 0;
		break;
	case REQUEST_DOWN:
		view->top++;
		break;
	case REQUEST_PAGE_UP:
		view->top -= MIN(view->top, view->page);
		break;
	case REQUEST_PAGE_DOWN:
		view->top += view->page;
		break;
	case REQUEST_FIRST:
		view->top = 0;
		break;
	case REQUEST_LAST:
		view->top = rows_n(view->rows);
		break;
	case REQUEST_SEARCH:
		return VIEW_HANDLED | VIEW_PROMPT;
	case REQUEST_HISTORY:
		return VIEW_HANDLED | VIEW_CLOSE;
	default:
		return 0;
	}
	return VIEW_HANDLED | VIEW_REDRAW;
}

static void history_text(View *base, const char *text)
{
	ask((HistoryView *)base, text);
}

static void history_answer(View *base, const HistoryAnswer *answer)
{
	HistoryView *view = (HistoryView *)base;

	if (answer->token != view->token)
		return;
	if (view->by_imei && answer->n_rows == 0 && !answer->trouble)
		send(view, &(HistoryQuestion){ .work_order = view->asked, .limit = LIMIT });
	else
		rows_set(view->rows, answer);
}

static void history_leave(View *base)
{
	HistoryView *view = (HistoryView *)base;

	rows_free(view->rows);
	g_free(view->asked);
	g_free(view);
}

View *view_history_new(const ViewDesk *desk)
{
	static const ViewOps ops = {
		.title = N_("history"),
		.prompt = N_(
			"Ask about an IMEI or its last digits, a work order, or a day (2026-11-20):"),
		.draw = history_draw,
		.request = history_request,
		.text = history_text,
		.answer = history_answer,
		.leave = history_leave,
	};
	HistoryView *view = g_new0(HistoryView, 1);

	view->view.ops = &ops;
	view->desk = desk;
	view->rows = rows_new();
	ask(view, "today");
	return &view->view;
}
