/* SPDX-License-Identifier: Apache-2.0
 *
 * The record as one file that needs nothing beside it, made while the line runs. It does not know where the file goes then. */
#pragma once

#include "db/verify.h"

G_BEGIN_DECLS

/* Writes `file`, which must not be there yet; whole or not at all. The line is not held up. */
bool backup_make(Db *db, const char *file, VerifyProgress progress, gpointer user, GError **error);

G_END_DECLS
