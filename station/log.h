/* SPDX-License-Identifier: Apache-2.0
 *
 * What the verbs of fota-log share: what was typed, the databases that are asked, where the answer goes. It knows nothing
 * of slots, ports or screens. */
#pragma once

#include <stdio.h>

#include "db/export.h"
#include "db/query.h"

G_BEGIN_DECLS

typedef struct {
	Db *db;
	const char *name; /* as it is called in the column `database` */
} LogSource;

typedef struct {
	GPtrArray *sources;         /* LogSource, at least one */
	const char *verb, *subject; /* subject: NULL without one */
	guint32 attempt;            /* subject of those verbs that ask about one */
	Filter filter;
	bool limit_given;
	YieldBy by;
	const char *output, *head;
	bool raw, pfm;
	gint64 now_us;

	ExportFormat format;
	bool format_given;
	ExportStyle style;
	FILE *out;
	bool on_terminal;

	guint64 rows;     /* how many the answer had */
	bool difference;  /* verify found one */
	GPtrArray *names; /* columns of the answer, borrowed strings */
	GStringChunk *texts;
} Log;

typedef bool (*LogVerb)(Log *log, GError **error);

/* One database's part of an answer; NULL with error. */
typedef SqlRows *(*LogQuestion)(Log *log, Db *db, GError **error);

/* The answer's table with these columns, a column `database` before them when several are asked. */
Export *log_table(Log *log, const char *const *columns, const char *const *brief);
/* A row of it. */
void log_row(Log *log, Export *e, const LogSource *source, const Value *values);
void log_end(Log *log, Export *e);

/* What the other databases know of the row's unit: it is changed, or left out because the line of another one stands for it.
 * Texts that it gets belong to log->texts. False with error. */
typedef bool (*LogJoin)(Log *log, const LogSource *source, Value *row, bool *wanted,
			GError **error);

typedef struct {
	LogQuestion ask;
	const char *const *brief;
	/* How the answers of several databases are put in one order; each must be in it. */
	const char *key;
	bool falling;
	bool down;    /* in a table: a line per column instead of a line per row */
	LogJoin join; /* NULL: every row stands for itself */
	bool bare;    /* no column says which database */
} LogList;

bool log_list(Log *log, const LogList *list, GError **error);

/* Tells how far a long work is, on a terminal; `of` 0: not known. */
void log_progress(const char *what, guint64 n, guint64 of, gpointer log);
void log_progress_end(Log *log);

/* log_list.c */
bool log_attempts(Log *log, GError **error);
bool log_unit(Log *log, GError **error);
bool log_show(Log *log, GError **error);
bool log_export(Log *log, GError **error);
bool log_head(Log *log, GError **error);
bool log_schema(Log *log, GError **error);
/* Whether there is such a view to export; whether a filter means something for it. */
bool log_export_known(const char *view);
bool log_export_filters(const char *view);
/* What a person at a terminal sees of a long list. */
void log_default_limit(Log *log);
/* log_units.c */
bool log_units(Log *log, GError **error);
bool log_where(Log *log, GError **error);
/* log_transcript.c */
bool log_transcript(Log *log, GError **error);
/* log_sums.c */
bool log_yield(Log *log, GError **error);
bool log_faults(Log *log, GError **error);
bool log_slots(Log *log, GError **error);
bool log_steps(Log *log, GError **error);
/* log_keep.c */
bool log_verify(Log *log, GError **error);
bool log_backup(Log *log, GError **error);
/* log_report.c */
bool log_report(Log *log, GError **error);

G_END_DECLS
