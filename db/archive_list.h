/* SPDX-License-Identifier: Apache-2.0
 *
 * The archives that a record names. It does not know where they are now, nor what is in them. */
#pragma once

#include "db/verify.h"

G_BEGIN_DECLS

typedef struct {
	char *path;      /* beside the record */
	gint64 last_seq; /* of the record's entries; those after it are the archive's own */
	char last_sha[LEDGER_HASH];
	char head[LEDGER_HASH]; /* of the archive's last entry */
} ArchiveNamed;

/* ArchiveNamed, the oldest first; NULL with error. */
GArray *archive_list(Db *db, GError **error);

/* Is `db` this archive, to its last entry? False with error. */
bool archive_is(Db *db, const ArchiveNamed *named, bool *is, GError **error);

G_END_DECLS
