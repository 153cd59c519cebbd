/* SPDX-License-Identifier: Apache-2.0
 *
 * What has happened, the newest first: all of it, only trouble, or one slot's; and what of it holds a word that is looked for. It
 * does not know why it happened. */
#include <glib/gi18n.h>
#include <string.h>

#include "tui/view.h"
#include "tui/words.h"

typedef enum { FILTER_ALL, FILTER_TROUBLE, FILTER_SLOT, N_FILTERS } Filter;

typedef struct {
	View view;
	Filter filter;
	char *looked_for; /* case-folded; "" for nothing */
	guint top, page, found;
} LogView;

static char *kind_words(const DiaryEntry *e)
{
	switch (e->kind) {
	case EV_STATION_START:
		return g_strdup_printf(_("the station starts, version %s"), e->text);
	case EV_RELOADED:
		return g_strdup_printf(_("the configuration was read anew: %s"), e->text);
	case EV_WORK_ORDER:
		return g_strdup_printf(_("work order %s"), *e->text ? e->text : "-");
	case EV_WORKER:
		return g_strdup_printf(_("operator %s"), *e->text ? e->text : "-");
	case EV_UNIT_SEEN:
		return g_strdup_printf(_("unit %s"), e->text);
	case EV_UNIT_GONE:
		return g_strdup(_("the unit is gone"));
	case EV_JOB_BEGIN:
		return g_strdup_printf(_("begins %s"), e->text);
	case EV_STEP:
		return g_strdup_printf(_("step %s"), words_step(e->text));
	case EV_DANGER:
		return g_strdup(_("past the point of no return"));
	case EV_VISIT_END:
		return words_outcome(e->outcome, e->fault);
	default:
		return g_strdup(words_translated(e->text));
	}
}

/* Time, slot and words, as they are searched and shown. */
static char *entry_words(const Facts *facts, const DiaryEntry *e)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(e->wall_us / G_USEC_PER_SEC);
	g_autofree char *stamp = time ? g_date_time_format(time, "%T") : g_strdup("");
	g_autofree char *words = kind_words(e);
	bool has_slot = e->slot < board_n_slots(facts->board);
	const char *detail = e->kind == EV_VISIT_END && *e->text ? e->text : "";

	return g_strdup_printf("%s  %-6s  %s%s%s", stamp,
			       has_slot ? board_row(facts->board, e->slot)->label : "", words,
			       *detail ? " - " : "", detail);
}

static bool passes(const LogView *view, const Facts *facts, const DiaryEntry *e)
{
	g_autofree char *words = NULL, *folded = NULL;

	if (view->filter == FILTER_TROUBLE && e->level < LEVEL_WARNING)
		return false;
	if (view->filter == FILTER_SLOT && e->slot != facts->chosen)
		return false;
	if (!*view->looked_for)
		return true;
	words = entry_words(facts, e);
	folded = g_utf8_casefold(words, -1);
	return strstr(folded, view->looked_for) != NULL;
}

static void draw_head(const LogView *view, Canvas *canvas, Rect area, const Facts *facts)
{
	g_autofree char *slot =
		g_strdup_printf(_("only slot %s"), board_row(facts->board, facts->chosen)->label);
	const char *filter = view->filter == FILTER_ALL       ? _("everything")
			     : view->filter == FILTER_TROUBLE ? _("only trouble")
							      : slot;
	g_autofree char *head = g_strdup_printf(_("events: %s (f changes it)   with: %s (/ asks)"),
						filter, *view->looked_for ? view->looked_for : "-");

	canvas_text(canvas, area.x + 1, area.y, area.w - 2, (Pen){ MEANING_PLAIN, true }, head);
}

static void log_draw(View *base, Canvas *canvas, Rect area, const Facts *facts, const Theme *theme)
{
	LogView *view = (LogView *)base;
	guint n = diary_entries(facts->diary), skipped = 0;
	int y = area.y + 1;

	view->page = MAX(area.h - 1, 1);
	draw_head(view, canvas, area, facts);
	for (guint i = 0; i < n && y < area.y + area.h; i++) {
		const DiaryEntry *e = diary_entry(facts->diary, i);
		g_autofree char *words = NULL;

		if (!passes(view, facts, e) || skipped++ < view->top)
			continue;
		words = entry_words(facts, e);
		canvas_text(canvas, area.x + 1, y++, area.w - 2,
			    e->level >= LEVEL_WARNING ? (Pen){ MEANING_WARNING, true }
			    : e->level == LEVEL_INFO  ? (Pen){ MEANING_PLAIN, false }
						      : (Pen){ MEANING_PLAIN, true },
			    words);
	}
	view->found = skipped;
	if (y == area.y + 1)
		canvas_text(canvas, area.x + 1, y, area.w - 2, (Pen){ MEANING_FAINT, false },
			    _("nothing is known"));
}

/* All that pass, not only those that were in view. */
static guint count(const LogView *view, const Facts *facts)
{
	guint found = 0;

	for (guint i = 0; i < diary_entries(facts->diary); i++)
		found += passes(view, facts, diary_entry(facts->diary, i));
	return found;
}

static guint log_request(View *base, Facts *facts, RequestId id)
{
	LogView *view = (LogView *)base;
	guint n;

	switch (id) {
	case REQUEST_UP:
		view->top -= view->top > 0;
		break;
	case REQUEST_DOWN:
		view->top += view->top + 1 < view->found;
		break;
	case REQUEST_PAGE_UP:
		view->top -= MIN(view->top, view->page);
		break;
	case REQUEST_PAGE_DOWN:
		view->top += view->found > view->top + view->page ? view->page : 0;
		break;
	case REQUEST_FIRST:
		view->top = 0;
		break;
	case REQUEST_LAST:
		n = count(view, facts);
		view->top = n > view->page ? n - view->page : 0;
		break;
	case REQUEST_FILTER:
		view->filter = (view->filter + 1) % N_FILTERS;
		view->top = 0;
		break;
	case REQUEST_SEARCH:
		return VIEW_HANDLED | VIEW_PROMPT;
	case REQUEST_LOG:
		return VIEW_HANDLED | VIEW_CLOSE;
	default:
		return 0;
	}
	return VIEW_HANDLED | VIEW_REDRAW;
}

static void log_text(View *base, const char *text)
{
	LogView *view = (LogView *)base;

	g_free(view->looked_for);
	view->looked_for = g_utf8_casefold(text, -1);
	view->top = 0;
}

static void log_leave(View *base)
{
	g_free(((LogView *)base)->looked_for);
	g_free(base);
}

View *view_log_new(void)
{
	static const ViewOps ops = { .title = N_("events"),
				     .prompt = N_("Show the events with this word in them:"),
				     .draw = log_draw,
				     .request = log_request,
				     .text = log_text,
				     .leave = log_leave };
	LogView *view = g_new0(LogView, 1);

	view->view.ops = &ops;
	view->looked_for = g_strdup("");
	return &view->view;
}
