/* SPDX-License-Identifier: Apache-2.0
 *
 * The other direction of a verification: is there a row that the ledger knows nothing of, or a sum that is not the sum? It
 * does not know the ledger's form. */
#pragma once

#include "db/verify.h"

G_BEGIN_DECLS

/* Is every table, view, index and trigger the one of this program? */
bool verify_schema(Db *db, char **finding, GError **error);

/* `finding`: one sentence about the first such row, to be freed; NULL when there is none. */
bool verify_rows(Db *db, VerifyProgress progress, gpointer user, char **finding, GError **error);

G_END_DECLS
