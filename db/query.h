/* SPDX-License-Identifier: Apache-2.0
 *
 * The questions that people ask the record. It does not know how the answers are shown. */
#pragma once

#include "db/sql.h"
#include "lib/fault.h"

G_BEGIN_DECLS

typedef struct {
	const char *imei; /* an IMEI or its last digits; NULL: all */
	const char *slot; /* label; NULL: all */
	Outcome outcome;  /* OUTCOME_NONE: all */
	gint64 limit;     /* the newest so many; 0: all */
} AttemptFilter;

/* Each answer is let go with sql_done(); NULL with error. The columns are those of docs/schema.md. */

/* Newest first. */
SqlRows *query_attempts(Db *db, const AttemptFilter *filter, GError **error);
/* The columns of attempts that fit a terminal, ended by NULL. */
const char *const *query_attempts_brief(void);

/* The whole life of one IMEI in order of time: visits, attempts, debts and what settled them, the count of updates. */
SqlRows *query_unit(Db *db, const char *imei, GError **error);
const char *const *query_unit_brief(void);

/* The last entry of the ledger, in one row; of an empty one, number 0 and a hash of zeros. */
SqlRows *query_head(Db *db, GError **error);

G_END_DECLS
