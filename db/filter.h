/* SPDX-License-Identifier: Apache-2.0
 *
 * A question's SQL with its values, put together piece by piece. It does not know what is asked. */
#pragma once

#include "db/query.h"

G_BEGIN_DECLS

typedef struct {
	GString *sql;
	GArray *values; /* Value */
} Ask;

void ask_init(Ask *ask);
void ask_clear(Ask *ask);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Ask, ask_clear)

void ask_add(Ask *ask, const char *sql);
/* Adds " AND term"; each ? of the term is the same value. Nothing when `value` is NULL. */
void ask_text(Ask *ask, const char *term, const char *value);
/* Can this be how a SHA-256 begins? A name may look like one, too. */
bool ask_is_sha(const char *text);
void ask_number(Ask *ask, const char *term, gint64 value);
/* Terms about the visit y: slot, model, work order, operator, station. */
void ask_place(Ask *ask, const Filter *filter);
/* That the package of the attempt x was to be sent. */
void ask_package(Ask *ask, const Filter *filter);
/* Terms that keep `column` in the period. */
void ask_period(Ask *ask, const char *column, const Period *period);
SqlRows *ask_run(Ask *ask, Db *db, GError **error);

G_END_DECLS
