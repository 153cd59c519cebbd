/* SPDX-License-Identifier: Apache-2.0
 *
 * Brings a file to the newest schema. It does not know how the file was opened. */
#pragma once

#include "db/db.h"

G_BEGIN_DECLS

/* False with a sentence; the file is then of the version that it came to. */
bool migrate(Db *db, GError **error);

G_END_DECLS
