/* SPDX-License-Identifier: Apache-2.0
 *
 * The other direction of a verification: is there a row that the ledger knows nothing of, or a sum that is not the sum? It
 * does not know the ledger's form. */
#pragma once

#include "db/verify.h"

G_BEGIN_DECLS

/* Sets the finding to one sentence about the first such row, and adds remarks. */
bool verify_rows(Db *db, VerifyProgress progress, gpointer user, VerifyResult *result,
		 GError **error);

G_END_DECLS
