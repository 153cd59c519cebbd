/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of typed cells as text: a table for the eye, CSV, JSON. It does not know where the rows come from. */
#pragma once

#include <stdio.h>

#include "db/sql.h"

G_BEGIN_DECLS

typedef enum {
	EXPORT_TABLE, /* aligned, with the columns of `brief`, in that order; cuts nothing */
	EXPORT_CSV,   /* RFC 4180, with a line of names */
	EXPORT_JSON,  /* one array, an object per line */
	EXPORT_NDJSON /* an object per line */
} ExportFormat;

/* False for a name that is none of table, csv, json, ndjson. */
bool export_format_from_name(const char *name, ExportFormat *format);

typedef struct _Export Export;

/* `columns` ends with NULL; `brief` (of the same end) names those that a table shows, NULL for all. Both and `out` are
 * borrowed. Bytes that are not UTF-8 are shown as replacement characters, control characters never reach a terminal. */
Export *export_new(FILE *out, ExportFormat format, const char *const *columns,
		   const char *const *brief);
void export_free(Export *e);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Export, export_free)

/* How a table looks; without it as wide as it is, plain, times in UTC. */
typedef struct {
	guint width; /* of the terminal: columns at the end that do not fit are left out, and it is said; 0: all */
	bool colour;
	bool local; /* columns ..._utc in the zone of who reads */
} ExportStyle;

void export_set_style(Export *e, const ExportStyle *style);

/* One value per column. */
void export_row(Export *e, const Value *values);
/* Writes what is still held back and ends the text. How many rows there were; errors of the file are `out`'s. */
guint64 export_end(Export *e);

G_END_DECLS
