/* SPDX-License-Identifier: Apache-2.0
 *
 * One event becomes its rows. It does not know about transactions, queues or full disks. */
#pragma once

#include "db/db.h"
#include "db/ledger.h"
#include "lib/event.h"

G_BEGIN_DECLS

/* What earlier events said and later rows need. Zeroed at first; store_clear() frees. */
typedef struct {
	char *program; /* version of the station */
	char *worker;
} Store;

void store_clear(Store *store);

/* Writes the event's rows and ledger entries; call inside a transaction. Kinds without rows of their own become a
 * row of `event`; a TRACE is the writer's.
 * False with error: also when the event cannot be true, such as the end of what never began. */
bool store_event(Store *store, Db *db, const Event *event, GError **error);

/* One ledger entry of this kind for all events that are in none yet; nothing when there are none. In the same transaction. */
bool store_cover(Db *db, LedgerKind kind, gint64 at_us, GError **error);

G_END_DECLS
