/* SPDX-License-Identifier: Apache-2.0
 *
 * Text of a page, escaped where it comes from the record. It does not know what is reported. */
#include "station/log_page.h"

#include <string.h>

static const char style[] =
	"body{font:15px/1.45 system-ui,sans-serif;margin:2em auto;max-width:62em;padding:0 1em;color:#222}"
	"p,td,small{overflow-wrap:anywhere}h1{font-size:1.6em;margin-bottom:.2em}h2{font-size:1.2em;margin-top:2em;border-bottom:1px solid #ccc}"
	"table{border-collapse:collapse;margin:.8em 0}th,td{padding:.2em .7em;text-align:left;border-bottom:1px solid #e4e4e4;"
	"font-variant-numeric:tabular-nums}th{background:#f3f3f3}td.n{text-align:right}"
	".figures{display:flex;flex-wrap:wrap;gap:1em;margin:1em 0}.figure{border:1px solid #ddd;border-radius:6px;padding:.6em 1.2em}"
	".figure b{display:block;font-size:1.8em}img{width:100%;height:auto}"
	"td:first-child{white-space:nowrap}"
	".map td{border:2px solid #fff;text-align:center;min-width:3.2em;padding:.3em;font-size:12px}.map td.no{background:none}"
	".map td.marked{outline:3px solid #a00}.map small{display:block}"
	"@media print{body{margin:0;max-width:none;font-size:11px}h2{break-after:avoid}"
	"table,img,.figures{break-inside:avoid}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}";

static void add_escaped(Page *page, const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);

	/* A reference to a control character is no character of HTML. */
	for (char *c = valid; *c; c++)
		if ((guchar)*c < 0x20 || *c == 0x7f)
			*c = ' ';

	g_autofree char *escaped = g_markup_escape_text(valid, -1);

	g_string_append(page->html, escaped);
}

Page *page_new(const char *title)
{
	Page *page = g_new0(Page, 1);

	page->html =
		g_string_new("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
			     "<meta name=\"viewport\" content=\"width=device-width\"><title>");
	add_escaped(page, title);
	g_string_append_printf(page->html, "</title><style>%s</style></head><body>\n<h1>", style);
	add_escaped(page, title);
	g_string_append(page->html, "</h1>\n");
	return page;
}

char *page_end(Page *page)
{
	char *text;

	g_string_append(page->html, "</body></html>\n");
	text = g_string_free(page->html, FALSE);
	g_free(page);
	return text;
}

void page_heading(Page *page, const char *text)
{
	g_string_append(page->html, "<h2>");
	add_escaped(page, text);
	g_string_append(page->html, "</h2>\n");
}

void page_text(Page *page, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	g_string_append(page->html, "<p>");
	add_escaped(page, text);
	g_string_append(page->html, "</p>\n");
}

void page_figures_begin(Page *page)
{
	g_string_append(page->html, "<div class=\"figures\">");
}

void page_figures_end(Page *page)
{
	g_string_append(page->html, "</div>\n");
}

void page_figure(Page *page, const char *number, const char *what)
{
	g_string_append(page->html, "<div class=\"figure\"><b>");
	add_escaped(page, number);
	g_string_append(page->html, "</b>");
	add_escaped(page, what);
	g_string_append(page->html, "</div>");
}

void page_picture(Page *page, const char *svg, const char *what_it_shows)
{
	g_autofree char *base64 = NULL;

	if (!svg)
		return;
	base64 = g_base64_encode((const guchar *)svg, strlen(svg));
	g_string_append_printf(page->html, "<img src=\"data:image/svg+xml;base64,%s\" alt=\"",
			       base64);
	add_escaped(page, what_it_shows);
	g_string_append(page->html, "\">\n");
}

void page_table_begin(Page *page, const char *const *names)
{
	g_string_append(page->html, "<table><thead><tr>");
	for (guint i = 0; names[i]; i++) {
		g_string_append(page->html, "<th>");
		add_escaped(page, names[i]);
		g_string_append(page->html, "</th>");
	}
	g_string_append(page->html, "</tr></thead><tbody>\n");
}

static bool is_number(const char *text)
{
	return *text && strlen(text) < 12 && strspn(text, "0123456789.%- ") == strlen(text);
}

void page_table_row(Page *page, const char *const *cells)
{
	g_string_append(page->html, "<tr>");
	for (guint i = 0; cells[i]; i++) {
		g_string_append(page->html, is_number(cells[i]) ? "<td class=\"n\">" : "<td>");
		add_escaped(page, cells[i]);
		g_string_append(page->html, "</td>");
	}
	g_string_append(page->html, "</tr>\n");
}

void page_table_end(Page *page)
{
	g_string_append(page->html, "</tbody></table>\n");
}

static void add_place(Page *page, const PagePlace *place)
{
	/* From a light green over white to red, readable in black on all of it. */
	int fade = CLAMP((int)(place->share * 255), 0, 200);

	if (!place->label) {
		g_string_append(page->html, "<td class=\"no\"></td>");
		return;
	}
	g_string_append_printf(page->html, "<td%s style=\"background:rgb(%d,%d,%d)\"><b>",
			       place->marked ? " class=\"marked\"" : "", fade ? 255 : 214,
			       fade ? 235 - fade * 3 / 4 : 240, fade ? 220 - fade * 3 / 4 : 214);
	add_escaped(page, place->label);
	g_string_append(page->html, "</b><small>");
	add_escaped(page, place->first);
	g_string_append(page->html, "</small><small>");
	add_escaped(page, place->second);
	g_string_append(page->html, "</small></td>");
}

void page_map(Page *page, const PagePlace *places, guint rows, guint columns)
{
	g_string_append(page->html, "<table class=\"map\">");
	for (guint r = 0; r < rows; r++) {
		g_string_append(page->html, "<tr>");
		for (guint c = 0; c < columns; c++)
			add_place(page, &places[r * columns + c]);
		g_string_append(page->html, "</tr>\n");
	}
	g_string_append(page->html, "</table>\n");
}
