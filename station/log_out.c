/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of one or several databases as one answer. It does not know what is asked. */
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "station/log.h"

Export *log_table(Log *log, const char *const *columns, const char *const *brief)
{
	g_autoptr(GPtrArray) shown = g_ptr_array_new();
	bool many = log->sources->len > 1;
	Export *e;

	g_ptr_array_set_size(log->names, 0);
	if (many) {
		g_ptr_array_add(log->names, (gpointer) "database");
		g_ptr_array_add(shown, (gpointer) "database");
	}
	for (guint i = 0; columns[i]; i++)
		g_ptr_array_add(log->names, (gpointer)columns[i]);
	g_ptr_array_add(log->names, NULL);
	for (guint i = 0; brief && brief[i]; i++)
		g_ptr_array_add(shown, (gpointer)brief[i]);
	g_ptr_array_add(shown, NULL);
	e = export_new(log->out, log->format, (const char *const *)log->names->pdata,
		       brief ? (const char *const *)shown->pdata : NULL);
	export_set_style(e, &log->style);
	return e;
}

void log_row(Log *log, Export *e, const LogSource *source, const Value *values)
{
	guint n = log->names->len - 1;
	g_autofree Value *all = NULL;

	if (log->sources->len == 1) {
		export_row(e, values);
		return;
	}
	all = g_new(Value, n);
	all[0] = value_text(source ? source->name : NULL);
	memcpy(all + 1, values, (n - 1) * sizeof(Value));
	export_row(e, all);
}

void log_end(Log *log, Export *e)
{
	log->rows = export_end(e);
}

/* ---- several answers in one order ---- */

typedef struct {
	const LogSource *source;
	SqlRows *rows;
	bool here; /* a row stands there that has not been taken */
} Part;

static void part_free(gpointer part)
{
	Part *p = part;

	if (p->rows)
		sql_done(p->rows);
	g_free(p);
}

static bool step(Part *part, GError **error)
{
	g_autoptr(GError) failed = NULL;

	part->here = sql_next(part->rows, &failed);
	if (!failed)
		return true;
	g_propagate_error(error, g_steal_pointer(&failed));
	return false;
}

static bool open_parts(Log *log, const LogList *list, GPtrArray *parts, GError **error)
{
	for (guint i = 0; i < log->sources->len; i++) {
		Part *part = g_new0(Part, 1);

		g_ptr_array_add(parts, part);
		part->source = log->sources->pdata[i];
		part->rows = list->ask(log, part->source->db, error);
		if (!part->rows || !step(part, error))
			return false;
	}
	return true;
}

static guint column_of(SqlRows *rows, const char *name)
{
	guint i = 0;

	while (i + 1 < sql_columns(rows) && strcmp(sql_column_name(rows, i), name) != 0)
		i++;
	return i;
}

/* What is not known comes last. */
static int compare(const Value *a, const Value *b)
{
	if (a->type == VALUE_NULL || b->type == VALUE_NULL)
		return (a->type == VALUE_NULL) - (b->type == VALUE_NULL);
	if (a->type == VALUE_INT && b->type == VALUE_INT)
		return (a->number > b->number) - (a->number < b->number);
	return g_strcmp0(a->text, b->text);
}

/* The part whose row comes next, or NULL at the end. */
static Part *next_part(GPtrArray *parts, const LogList *list)
{
	Part *best = NULL;
	Value best_key = { 0 };

	for (guint i = 0; i < parts->len; i++) {
		Part *part = parts->pdata[i];
		Value key;
		int order;

		if (!part->here)
			continue;
		key = list->key ? sql_value(part->rows, column_of(part->rows, list->key))
				: value_null();
		order = best ? compare(&key, &best_key) : 0;
		if (!best || (list->falling ? order > 0 : order < 0)) {
			best = part;
			best_key = key;
		}
	}
	return best;
}

static void put_down(Log *log, SqlRows *rows, const Value *values)
{
	static const char *const columns[] = { "what", "value", NULL };
	g_autoptr(Export) e = export_new(log->out, EXPORT_TABLE, columns, NULL);
	ExportStyle style = log->style;

	style.width = 0;
	export_set_style(e, &style);
	for (guint i = 0; i < sql_columns(rows); i++) {
		Value row[] = { value_text(sql_column_name(rows, i)), values[i] };

		if (row[1].type != VALUE_NULL)
			export_row(e, row);
	}
	export_end(e);
}

/* `e` NULL: a line per column. False with error. */
static bool put(Log *log, Export *e, const LogList *list, const Part *part, bool *wanted,
		GError **error)
{
	guint n = sql_columns(part->rows);
	g_autofree Value *values = g_new(Value, n);

	for (guint i = 0; i < n; i++)
		values[i] = sql_value(part->rows, i);
	*wanted = true;
	if (list->join && !list->join(log, part->source, values, wanted, error))
		return false;
	if (!*wanted)
		return true;
	if (!e)
		put_down(log, part->rows, values);
	else if (list->bare)
		export_row(e, values);
	else
		log_row(log, e, part->source, values);
	g_string_chunk_clear(log->texts);
	return true;
}

static Export *table_for(Log *log, const LogList *list, SqlRows *rows)
{
	g_autofree const char **names = g_new0(const char *, sql_columns(rows) + 1);
	Export *e;

	for (guint i = 0; i < sql_columns(rows); i++)
		names[i] = sql_column_name(rows, i);
	if (!list->bare)
		return log_table(log, names, list->brief);
	e = export_new(log->out, log->format, names, list->brief);
	export_set_style(e, &log->style);
	return e;
}

bool log_list(Log *log, const LogList *list, GError **error)
{
	g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(part_free);
	bool down = list->down && log->format == EXPORT_TABLE;
	g_autoptr(Export) e = NULL;
	bool wanted;
	Part *part;
	guint64 n = 0;

	if (!open_parts(log, list, parts, error))
		return false;
	if (!down)
		e = table_for(log, list, ((Part *)parts->pdata[0])->rows);
	/* A reader that has gone away is no reason to read on. */
	while (!ferror(log->out) && (part = next_part(parts, list))) {
		if (log->filter.limit > 0 && n == (guint64)log->filter.limit)
			break;
		if (!put(log, e, list, part, &wanted, error) || !step(part, error))
			return false;
		n += wanted;
	}
	if (e)
		log_end(log, e);
	log->rows = n;
	return true;
}

void log_progress(const char *what, guint64 n, guint64 of, gpointer user)
{
	if (!isatty(STDERR_FILENO))
		return;
	if (of > 0)
		fprintf(stderr, "\r%s %3d %%", what, (int)(100 * n / of));
	else
		fprintf(stderr, "\r%s %" G_GUINT64_FORMAT, what, n);
}

void log_progress_end(Log *log)
{
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
}
