/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes cells in four ways. It does not know where the rows come from. */
#include "db/export.h"

#include <glib/gi18n.h>
#include <string.h>

/* So many rows are looked at for the widths of a table; those after them are written as they come. */
#define WIDTH_ROWS 1000

struct _Export {
	FILE *out;
	ExportFormat format;
	GPtrArray *names; /* borrowed strings */
	GArray *shown;    /* guint: columns of the table */
	guint left_out;   /* of these, so many at the end are not shown: no room */
	ExportStyle style;
	GPtrArray *
		held; /* rows (char **) of a table whose widths are not settled; NULL when they are */
	guint *widths;
	bool *right; /* a column of numbers */
	guint64 rows;
};

bool export_format_from_name(const char *name, ExportFormat *format)
{
	static const char *const names[] = { "table", "csv", "json", "ndjson" };

	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		if (strcmp(name, names[i]) == 0) {
			*format = i;
			return true;
		}
	return false;
}

/* In the order of `brief`: the most important first. */
static void choose_shown(Export *e, const char *const *columns, const char *const *brief)
{
	const char *const *wanted = brief ? brief : columns;

	for (guint w = 0; wanted[w]; w++)
		for (guint i = 0; columns[i]; i++)
			if (strcmp(wanted[w], columns[i]) == 0) {
				g_array_append_val(e->shown, i);
				break;
			}
}

Export *export_new(FILE *out, ExportFormat format, const char *const *columns,
		   const char *const *brief)
{
	Export *e = g_new0(Export, 1);

	e->out = out;
	e->format = format;
	e->names = g_ptr_array_new();
	e->shown = g_array_new(FALSE, FALSE, sizeof(guint));
	for (guint i = 0; columns[i]; i++)
		g_ptr_array_add(e->names, (gpointer)columns[i]);
	choose_shown(e, columns, brief);
	e->held = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
	e->widths = g_new0(guint, e->shown->len);
	e->right = g_new(bool, e->shown->len);
	memset(e->right, true, e->shown->len * sizeof(bool));
	return e;
}

void export_free(Export *e)
{
	if (!e)
		return;
	g_ptr_array_unref(e->names);
	g_array_unref(e->shown);
	g_clear_pointer(&e->held, g_ptr_array_unref);
	g_free(e->widths);
	g_free(e->right);
	g_free(e);
}

void export_set_style(Export *e, const ExportStyle *style)
{
	e->style = *style;
}

/* What a cell says, as UTF-8; "" for nothing. */
static char *plain(const Value *value)
{
	switch (value->type) {
	case VALUE_NULL:
		return g_strdup("");
	case VALUE_INT:
		return g_strdup_printf("%" G_GINT64_FORMAT, value->number);
	case VALUE_REAL:
	case VALUE_TEXT:
	case VALUE_BYTES:
		return g_utf8_make_valid(value->text ? value->text : "", value->len);
	}
	g_assert_not_reached();
}

/* Nothing that a terminal would act upon: words of a vendor may hold anything. */
static char *harmless(const Value *value)
{
	g_autofree char *text = plain(value);
	GString *out = g_string_new(NULL);

	for (const char *c = text; *c; c = g_utf8_next_char(c)) {
		gunichar u = g_utf8_get_char(c);

		if (g_unichar_isprint(u) && g_unichar_type(u) != G_UNICODE_FORMAT)
			g_string_append_unichar(out, u);
		else
			g_string_append_printf(out, u < 0x100 ? "\\x%02x" : "\\u%04x", u);
	}
	return g_string_free(out, FALSE);
}

static guint display_width(const char *text)
{
	guint width = 0;

	for (; *text; text = g_utf8_next_char(text)) {
		gunichar u = g_utf8_get_char(text);

		width += g_unichar_iszerowidth(u) ? 0 : g_unichar_iswide(u) ? 2 : 1;
	}
	return width;
}

/* UTC as the views write it, as the clock on the wall shows it, with its zone. NULL when it is no time. */
static char *local_time(const char *utc)
{
	g_autoptr(GDateTime) when = g_date_time_new_from_iso8601(utc, NULL);
	g_autoptr(GDateTime) here = when ? g_date_time_to_local(when) : NULL;

	return here ? g_date_time_format(here, "%Y-%m-%d %H:%M:%S%:::z") : NULL;
}

static const char *column_name(const Export *e, guint shown)
{
	return e->names->pdata[g_array_index(e->shown, guint, shown)];
}

static char *table_cell(const Export *e, guint shown, const Value *value)
{
	char *here = NULL;

	if (e->style.local && value->type == VALUE_TEXT &&
	    g_str_has_suffix(column_name(e, shown), "_utc"))
		here = local_time(value->text);
	return here ? here : harmless(value);
}

/* The colour of an end, by its word: the words themselves say the same. */
static const char *colour_of(const Export *e, guint shown, const char *text)
{
	static const struct {
		const char *word, *colour;
	} ends[] = { { "pass", "32" },        { "current", "32" }, { "fail", "31" },
		     { "interrupted", "33" }, { "aborted", "33" }, { "open", "36" } };
	const char *name = column_name(e, shown);

	if (!e->style.colour ||
	    !(g_str_has_suffix(name, "outcome") || g_str_has_suffix(name, "verdict")))
		return NULL;
	for (guint i = 0; i < G_N_ELEMENTS(ends); i++)
		if (strcmp(text, ends[i].word) == 0)
			return ends[i].colour;
	return NULL;
}

/* Blanks are written only before a word, so that no line ends in them. */
static void table_line(Export *e, char **cells, const char *colour)
{
	guint blanks = 0;

	for (guint i = 0; i < e->shown->len - e->left_out; i++) {
		guint width = display_width(cells[i]);
		guint gap = e->widths[i] > width ? e->widths[i] - width : 0;
		const char *ink = colour ? colour : colour_of(e, i, cells[i]);

		blanks += e->right[i] ? gap : 0;
		if (*cells[i]) {
			fprintf(e->out, "%*s", (int)blanks, "");
			fprintf(e->out, ink ? "\033[%sm%s\033[0m" : "%s%s", ink ? ink : "",
				cells[i]);
			blanks = 0;
		}
		blanks += e->right[i] ? 2 : gap + 2;
	}
	fputc('\n', e->out);
}

static void widen(Export *e, char **cells)
{
	for (guint i = 0; cells[i]; i++)
		e->widths[i] = MAX(e->widths[i], display_width(cells[i]));
}

/* Columns at the end go until the rest fits; the first one stays. */
static void fit(Export *e)
{
	guint total = 0;

	for (guint i = 0; i < e->shown->len; i++)
		total += e->widths[i] + (i ? 2 : 0);
	for (; e->style.width > 0 && total > e->style.width && e->left_out + 1 < e->shown->len;
	     e->left_out++)
		total -= e->widths[e->shown->len - e->left_out - 1] + 2;
}

/* The widths are settled: writes the names and what was held back. Without a row there is no table. */
static void table_settle(Export *e)
{
	g_auto(GStrv) names = g_new0(char *, e->shown->len + 1);

	if (e->held->len > 0) {
		for (guint i = 0; i < e->shown->len; i++) {
			gsize cut = e->style.local && g_str_has_suffix(column_name(e, i), "_utc")
					    ? 4
					    : 0;

			names[i] = g_strndup(column_name(e, i), strlen(column_name(e, i)) - cut);
		}
		widen(e, names);
		fit(e);
		table_line(e, names, e->style.colour ? "1" : NULL);
	}
	for (guint i = 0; i < e->held->len; i++)
		table_line(e, e->held->pdata[i], NULL);
	g_clear_pointer(&e->held, g_ptr_array_unref);
}

static bool is_number(const Value *value)
{
	return value->type == VALUE_INT || value->type == VALUE_REAL || value->type == VALUE_NULL;
}

/* Rows of a name and its value. */
static void name_local_times(char **cells)
{
	for (guint i = 1; cells[i]; i++) {
		char *here = g_str_has_suffix(cells[i - 1], "_utc") ? local_time(cells[i]) : NULL;

		if (!here)
			continue;
		cells[i - 1][strlen(cells[i - 1]) - strlen("_utc")] = '\0';
		g_free(cells[i]);
		cells[i] = here;
	}
}

static void table_row(Export *e, const Value *values)
{
	g_auto(GStrv) cells = g_new0(char *, e->shown->len + 1);

	for (guint i = 0; i < e->shown->len; i++) {
		const Value *value = &values[g_array_index(e->shown, guint, i)];

		cells[i] = table_cell(e, i, value);
		if (e->held)
			e->right[i] = e->right[i] && is_number(value);
	}
	if (e->style.local)
		name_local_times(cells);
	if (!e->held) {
		table_line(e, cells, NULL);
		return;
	}
	widen(e, cells);
	g_ptr_array_add(e->held, g_steal_pointer(&cells));
	if (e->held->len == WIDTH_ROWS)
		table_settle(e);
}

static void csv_cell(FILE *out, const char *text)
{
	if (!strpbrk(text, ",\"\r\n")) {
		fputs(text, out);
		return;
	}
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

static void csv_names(Export *e)
{
	for (guint i = 0; i < e->names->len; i++) {
		fputs(i ? "," : "", e->out);
		csv_cell(e->out, e->names->pdata[i]);
	}
	fputs("\r\n", e->out);
}

static void csv_row(Export *e, const Value *values)
{
	if (e->rows == 0)
		csv_names(e);
	for (guint i = 0; i < e->names->len; i++) {
		g_autofree char *text = plain(&values[i]);

		fputs(i ? "," : "", e->out);
		csv_cell(e->out, text);
	}
	fputs("\r\n", e->out);
}

static void json_text(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fprintf(out, "\\%c", *text);
		else if ((guchar)*text < 0x20 || *text == 0x7f)
			fprintf(out, "\\u%04x", *text);
		else
			fputc(*text, out);
	}
	fputc('"', out);
}

static void json_object(Export *e, const Value *values)
{
	fputc('{', e->out);
	for (guint i = 0; i < e->names->len; i++) {
		g_autofree char *text = plain(&values[i]);

		fputs(i ? "," : "", e->out);
		json_text(e->out, e->names->pdata[i]);
		fputc(':', e->out);
		if (values[i].type == VALUE_NULL)
			fputs("null", e->out);
		else if (values[i].type == VALUE_INT || values[i].type == VALUE_REAL)
			fputs(text, e->out);
		else
			json_text(e->out, text);
	}
	fputc('}', e->out);
}

void export_row(Export *e, const Value *values)
{
	switch (e->format) {
	case EXPORT_TABLE:
		table_row(e, values);
		break;
	case EXPORT_CSV:
		csv_row(e, values);
		break;
	case EXPORT_JSON:
		fputs(e->rows ? ",\n" : "[\n", e->out);
		json_object(e, values);
		break;
	case EXPORT_NDJSON:
		json_object(e, values);
		fputc('\n', e->out);
		break;
	}
	e->rows++;
}

guint64 export_end(Export *e)
{
	if (e->format == EXPORT_TABLE && e->held)
		table_settle(e);
	if (e->left_out > 0)
		fprintf(e->out, _("(%u more columns: --format csv)\n"), e->left_out);
	if (e->format == EXPORT_CSV && e->rows == 0)
		csv_names(e);
	if (e->format == EXPORT_JSON)
		fputs(e->rows ? "\n]\n" : "[]\n", e->out);
	return e->rows;
}
