/* SPDX-License-Identifier: Apache-2.0
 *
 * Are the tables, views, indices and triggers of a file those of a version of the schema? It does not know what is in
 * them. */
#pragma once

#include "db/sql.h"

G_BEGIN_DECLS

/* False with error when it cannot be told. */
bool shape_is_ours(Db *db, guint version, bool *ours, GError **error);

G_END_DECLS
