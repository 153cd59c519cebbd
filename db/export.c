/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes cells in four ways. It does not know where the rows come from. */
#include "db/export.h"

#include <string.h>

/* So many rows are looked at for the widths of a table; those after them are written as they come. */
#define WIDTH_ROWS 1000

struct _Export {
	FILE *out;
	ExportFormat format;
	GPtrArray *names; /* borrowed strings */
	GArray *shown;    /* guint: columns of the table */
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

Export *export_new(FILE *out, ExportFormat format, const char *const *columns,
		   const char *const *brief)
{
	Export *e = g_new0(Export, 1);

	e->out = out;
	e->format = format;
	e->names = g_ptr_array_new();
	e->shown = g_array_new(FALSE, FALSE, sizeof(guint));
	for (guint i = 0; columns[i]; i++) {
		g_ptr_array_add(e->names, (gpointer)columns[i]);
		if (!brief || g_strv_contains(brief, columns[i]))
			g_array_append_val(e->shown, i);
	}
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

/* What a cell says, as UTF-8; "" for nothing. */
static char *plain(const Value *value)
{
	switch (value->type) {
	case VALUE_NULL:
		return g_strdup("");
	case VALUE_INT:
		return g_strdup_printf("%" G_GINT64_FORMAT, value->number);
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

/* Blanks are written only before a word, so that no line ends in them. */
static void table_line(Export *e, char **cells)
{
	guint blanks = 0;

	for (guint i = 0; cells[i]; i++) {
		guint width = display_width(cells[i]);
		guint gap = e->widths[i] > width ? e->widths[i] - width : 0;

		blanks += e->right[i] ? gap : 0;
		if (*cells[i]) {
			fprintf(e->out, "%*s%s", (int)blanks, "", cells[i]);
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

/* The widths are settled: writes the names and what was held back. Without a row there is no table. */
static void table_settle(Export *e)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	if (e->held->len > 0) {
		for (guint i = 0; i < e->shown->len; i++)
			g_ptr_array_add(names, e->names->pdata[g_array_index(e->shown, guint, i)]);
		g_ptr_array_add(names, NULL);
		widen(e, (char **)names->pdata);
		table_line(e, (char **)names->pdata);
	}
	for (guint i = 0; i < e->held->len; i++)
		table_line(e, e->held->pdata[i]);
	g_clear_pointer(&e->held, g_ptr_array_unref);
}

static void table_row(Export *e, const Value *values)
{
	g_auto(GStrv) cells = g_new0(char *, e->shown->len + 1);

	for (guint i = 0; i < e->shown->len; i++) {
		const Value *value = &values[g_array_index(e->shown, guint, i)];

		cells[i] = harmless(value);
		if (e->held)
			e->right[i] = e->right[i] &&
				      (value->type == VALUE_INT || value->type == VALUE_NULL);
	}
	if (!e->held) {
		table_line(e, cells);
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
		else if (values[i].type == VALUE_INT)
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
	if (e->format == EXPORT_CSV && e->rows == 0)
		csv_names(e);
	if (e->format == EXPORT_JSON)
		fputs(e->rows ? "\n]\n" : "[]\n", e->out);
	return e->rows;
}

bool export_rows(FILE *out, ExportFormat format, SqlRows *rows, const char *const *brief,
		 guint64 *n, GError **error)
{
	guint columns = sql_columns(rows);
	g_autofree const char **names = g_new0(const char *, columns + 1);
	g_autofree Value *values = g_new(Value, columns);
	g_autoptr(GError) failed = NULL;
	g_autoptr(Export) e = NULL;

	for (guint i = 0; i < columns; i++)
		names[i] = sql_column_name(rows, i);
	e = export_new(out, format, names, brief);
	/* A reader that has gone away is no reason to read on. */
	while (!ferror(out) && sql_next(rows, &failed)) {
		for (guint i = 0; i < columns; i++)
			values[i] = sql_value(rows, i);
		export_row(e, values);
	}
	if (failed) {
		g_propagate_error(error, g_steal_pointer(&failed));
		return false;
	}
	*n = export_end(e);
	return true;
}
