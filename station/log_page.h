/* SPDX-License-Identifier: Apache-2.0
 *
 * A page of HTML that needs nothing beside it: headings, tables, pictures, a map of a fixture. It does not know what is
 * reported. */
#pragma once

#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

typedef struct {
	GString *html;
} Page;

Page *page_new(const char *title);
/* Ends the page and gives its text, to be freed. */
char *page_end(Page *page);

/* All texts are escaped. */
void page_heading(Page *page, const char *text);
void page_text(Page *page, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* A number to be seen from afar. */
void page_figure(Page *page, const char *number, const char *what);
void page_figures_begin(Page *page);
void page_figures_end(Page *page);
/* `svg` NULL: nothing. */
void page_picture(Page *page, const char *svg, const char *what_it_shows);

/* Cells ended by NULL, an empty one is "". */
void page_table_begin(Page *page, const char *const *names);
void page_table_row(Page *page, const char *const *cells);
void page_table_end(Page *page);

typedef struct {
	char *label, *first, *second; /* lines of text; NULL label: no place there */
	double share;                 /* 0 to 1: how red */
	bool marked;
} PagePlace;

/* `places` of `rows` times `columns`. */
void page_map(Page *page, const PagePlace *places, guint rows, guint columns);

G_END_DECLS
