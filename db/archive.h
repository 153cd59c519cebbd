/* SPDX-License-Identifier: Apache-2.0
 *
 * Retention: whole months leave the record for files of their own, which are verified like the record itself. It does not
 * know who wants the room. */
#pragma once

#include "db/verify.h"

G_BEGIN_DECLS

/* "2026-09". */
bool archive_is_month(const char *text);

/* Moves every whole month before `month` ("2026-09", local) out of the record, which must be open for writing with nothing
 * under way, into files beside it: NAME-2026-08.db. What is still owed or under way stays, and so do counts and settings.
 * `made` is how many files; after an error those that were made are whole. */
bool archive_months(Db *db, const char *month, gint64 now_us, VerifyProgress progress,
		    gpointer user, guint *made, GError **error);

/* A run that died behind its commit left a file without its name: it gets it. Whoever opens the record for writing does that. */
bool archive_finish(Db *db, GError **error);

G_END_DECLS
