/* SPDX-License-Identifier: Apache-2.0
 *
 * Everything that views show: folds of the event stream, the slot that is chosen, and answers from the record. It does not
 * know which view shows what. */
#pragma once

#include "tui/board.h"
#include "tui/diary.h"
#include "tui/pace.h"
#include "tui/requests.h"
#include "tui/tally.h"

G_BEGIN_DECLS

/* What is asked of the record; NULL or 0: anything. */
typedef struct {
	const char *imei; /* or its last digits */
	const char *slot, *work_order;
	const char *since, *until; /* days: "2026-11-20" */
	guint limit;
} HistoryQuestion;

/* One visit, newest first; how it ended as far as that is known now. Nothing is NULL. */
typedef struct {
	const char *begin; /* UTC: "2026-11-20T06:00:01Z" */
	const char *slot, *imei, *model, *version_before, *version_after, *target;
	const char *outcome, *fault; /* stable names */
	const char *work_order, *worker;
	gint64 duration_ms;
} HistoryRow;

/* What comes back; `trouble` NULL: it was answered. Borrowed for the call. */
typedef struct {
	guint token;
	const HistoryRow *rows;
	guint n_rows;
	const char *trouble;
} HistoryAnswer;

typedef struct {
	Board *board;
	Diary *diary;
	Pace *pace;
	Tally *tally;
	guint chosen; /* slot */
} Facts;

/* Where one slot is shown at a time: the one before or behind it is chosen. False: the request is another. */
bool facts_step(Facts *facts, RequestId id);

G_END_DECLS
