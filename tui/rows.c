/* SPDX-License-Identifier: Apache-2.0
 *
 * A table of visits. It does not know where they come from. */
#include "tui/rows.h"

#include <glib/gi18n.h>
#include <string.h>

#include "tui/words.h"

typedef struct {
	char when[20]; /* local: "2026-11-20 06:00:01" */
	char slot[24], imei[16], model[24], versions[80], order[32], worker[24];
	Outcome outcome;
	FaultCode fault;
	gint64 duration_ms;
} Line;

struct _Rows {
	GArray *lines;
	char *trouble;
	bool known;
};

Rows *rows_new(void)
{
	Rows *rows = g_new0(Rows, 1);

	rows->lines = g_array_new(FALSE, TRUE, sizeof(Line));
	return rows;
}

void rows_free(Rows *rows)
{
	g_array_unref(rows->lines);
	g_free(rows->trouble);
	g_free(rows);
}

void rows_clear(Rows *rows)
{
	g_array_set_size(rows->lines, 0);
	g_clear_pointer(&rows->trouble, g_free);
	rows->known = false;
}

static void local_time(char *field, gsize size, const char *utc)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(utc, NULL);
	g_autoptr(GDateTime) local = time ? g_date_time_to_local(time) : NULL;
	g_autofree char *text = local ? g_date_time_format(local, "%F %T") : g_strdup(utc);

	g_strlcpy(field, text, size);
}

static FaultCode fault_of_name(const char *name)
{
	for (const Fault *f = fault_list(); f->code != FAULT_NONE; f++)
		if (strcmp(f->name, name) == 0)
			return f->code;
	return FAULT_NONE;
}

void rows_set(Rows *rows, const HistoryAnswer *answer)
{
	rows_clear(rows);
	rows->known = true;
	rows->trouble = g_strdup(answer->trouble);
	for (guint i = 0; i < answer->n_rows; i++) {
		const HistoryRow *r = &answer->rows[i];
		Line line = { .outcome = outcome_from_name(r->outcome),
			      .fault = fault_of_name(r->fault),
			      .duration_ms = r->duration_ms };

		local_time(line.when, sizeof(line.when), r->begin);
		g_strlcpy(line.slot, r->slot, sizeof(line.slot));
		g_strlcpy(line.imei, r->imei, sizeof(line.imei));
		g_strlcpy(line.model, r->model, sizeof(line.model));
		g_strlcpy(line.order, r->work_order, sizeof(line.order));
		g_strlcpy(line.worker, r->worker, sizeof(line.worker));
		g_strlcpy(line.versions, *r->version_after ? r->version_after : r->version_before,
			  sizeof(line.versions));
		g_array_append_val(rows->lines, line);
	}
}

guint rows_n(const Rows *rows)
{
	return rows->lines->len;
}

static Pen pen_of(Outcome outcome)
{
	switch (outcome) {
	case OUTCOME_PASS:
	case OUTCOME_CURRENT:
		return (Pen){ MEANING_PLAIN, false };
	case OUTCOME_SKIPPED:
	case OUTCOME_NONE:
		return (Pen){ MEANING_FAINT, false };
	default:
		return (Pen){ MEANING_WARNING, true };
	}
}

static void draw_line(Canvas *canvas, Rect row, const Line *line, const Theme *theme)
{
	g_autofree char *outcome = words_outcome(line->outcome, line->fault);
	g_autofree char *took = words_elapsed(line->duration_ms / 1000);
	const Pen pen = pen_of(line->outcome);
	const struct {
		const char *text;
		int w, from; /* only in so many columns */
	} columns[] = { { line->when, 19, 0 },    { line->slot, 6, 0 },
			{ line->imei, 15, 0 },    { line->model, 10, 110 },
			{ took, 7, 0 },           { line->versions, 20, 110 },
			{ line->order, 14, 150 }, { line->worker, 10, 150 } };
	int x = row.x + 1;
	const char *sign =
		line->outcome == OUTCOME_PASS || line->outcome == OUTCOME_CURRENT
			? theme->symbols->orders[ORDER_REMOVE_GOOD]
		: line->outcome == OUTCOME_SKIPPED ? theme->symbols->orders[ORDER_REMOVE_NOT_DONE]
		: line->outcome == OUTCOME_NONE    ? theme->symbols->orders[ORDER_WAIT]
						   : theme->symbols->orders[ORDER_REMOVE_BAD];

	for (guint i = 0; i < G_N_ELEMENTS(columns); i++) {
		if (row.w < columns[i].from)
			continue;
		canvas_text(canvas, x, row.y, columns[i].w, pen, columns[i].text);
		x += columns[i].w + 1;
	}
	canvas_text(canvas, x, row.y, 2, pen, sign);
	canvas_text(canvas, x + 3, row.y, row.x + row.w - x - 4, pen, outcome);
}

void rows_draw(const Rows *rows, Canvas *canvas, Rect area, const Theme *theme, guint top)
{
	const Pen faint = { MEANING_FAINT, false };

	if (rows->trouble || rows->lines->len == 0) {
		canvas_wrap(canvas, (Rect){ area.x + 1, area.y, area.w - 2, area.h }, faint,
			    rows->trouble ? rows->trouble
			    : rows->known ? _("nothing is known")
					  : _("the record is being asked"));
		return;
	}
	for (guint i = top; i < rows->lines->len && (int)(i - top) < area.h; i++)
		draw_line(canvas, (Rect){ area.x, area.y + (int)(i - top), area.w, 1 },
			  &g_array_index(rows->lines, Line, i), theme);
	if (top + area.h < rows->lines->len)
		canvas_text_right(canvas, area.x, area.y + area.h - 1, area.w - 1,
				  (Pen){ MEANING_KEY, true }, theme->symbols->below);
}
