/* SPDX-License-Identifier: Apache-2.0
 *
 * Keeps the sums that make a million attempts answer at once. It does not know who asks for them. */
#pragma once

#include "db/db.h"

G_BEGIN_DECLS

/* For those who write rows, inside their transaction. */

/* `visit` is about to be closed, its IMEI is known now or stays unknown: settles what it counts as. */
bool tally_visit_closing(Db *db, guint32 visit, const char *imei, GError **error);
/* A visit is closed: adds it, and its closed attempts. */
bool tally_visit_closed(Db *db, guint32 visit, GError **error);
/* An attempt is closed after its visit was: adds it. Before that it waits for the visit, which may learn its model. */
bool tally_attempt_closed(Db *db, guint32 attempt, GError **error);
/* Around a change of what a closed visit and attempt count as: taken out with -1 before, put in with 1 after. */
bool tally_move(Db *db, guint32 visit, guint32 attempt, int sign, GError **error);

G_END_DECLS
