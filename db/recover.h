/* SPDX-License-Identifier: Apache-2.0
 *
 * At the start: what the last run left open is closed, once. It does not know why that run ended. */
#pragma once

#include "db/db.h"

G_BEGIN_DECLS

/* Closes open attempts and visits as interrupted, STATION_DIED, where they were; an attempt past its point of no return
 * becomes a debt. All in one transaction. `closed` (may be NULL) is the number of attempts. `now_us` is UTC. */
bool recover_run(Db *db, gint64 now_us, guint *closed, GError **error);

G_END_DECLS
