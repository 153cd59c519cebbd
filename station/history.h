/* SPDX-License-Identifier: Apache-2.0
 *
 * Asks the record by running fota-log beside the station, and hands out the answer when it has come: a slow query, or a database of
 * a million attempts, never keeps the loop waiting. It does not know who asks, nor how the answer is shown. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One visit, as it is counted now. Nothing is NULL. */
typedef struct {
	const char *begin; /* UTC, ISO 8601 */
	const char *slot, *imei, *model, *version_before, *version_after, *target;
	const char *outcome, *fault; /* stable names */
	const char *work_order, *worker;
	gint64 duration_ms;
} HistoryVisit;

/* `trouble`: why there is no answer, for a person; NULL: there is one. Everything is borrowed for the call. */
typedef void (*HistoryTell)(gpointer user, guint token, const HistoryVisit *visits, guint n,
			    const char *trouble);

typedef struct _History History;

/* `database` is the file. */
History *history_new(const char *database, HistoryTell tell, gpointer user);
/* Nothing is told after it. */
void history_free(History *history);

/* `filters` of fota-log, NULL-terminated: which visits. Whatever was asked before is not waited for any more. Returns the
 * token of the answer, which is told later, also where the program cannot be run. */
guint history_ask(History *history, const char *const *filters);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(History, history_free)

G_END_DECLS
