/* SPDX-License-Identifier: Apache-2.0
 *
 * The journal of an attempt as it lies in the record: pieces of text while it runs, one packed piece after.
 * It does not know what the lines say. */
#pragma once

#include "db/db.h"

G_BEGIN_DECLS

/* Adds a piece; call inside a transaction. */
bool transcript_append(Db *db, guint32 attempt, const char *text, gsize len, GError **error);
/* Makes one packed piece of all; call inside a transaction. The text stays the same. */
bool transcript_pack(Db *db, guint32 attempt, GError **error);
/* The whole text, "" where there is none; NULL with error. Free with g_string_free(). */
GString *transcript_read(Db *db, guint32 attempt, GError **error);

G_END_DECLS
