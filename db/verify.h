/* SPDX-License-Identifier: Apache-2.0
 *
 * Is every row as it was written? The whole ledger against the rows it covers, and every row against the ledger. It does
 * not know what the rows mean. */
#pragma once

#include "db/ledger.h"

G_BEGIN_DECLS

typedef struct {
	gint64 entries, first_seq, last_seq; /* of the ledger in this file */
	char before
		[LEDGER_HASH]; /* the hash that its first entry follows: 64 zeros at the very beginning */
	char head[LEDGER_HASH];
	char *finding; /* the first thing that is not as it was written, one sentence; NULL: none */
	char *put_in; /* that somebody else's events are in it, one sentence; NULL: none. A difference, but of no row of the
			* station's: everything else is compared all the same */
	bool unproved;   /* nothing is wrong here, but another file has to prove the rest */
	char *remark;    /* what is no difference, NULL: nothing */
	bool head_found; /* the wanted head is one of the entries */
} VerifyResult;

/* What a record says of an archive of its, and where visits stand that left it. */
typedef struct {
	gint64 last_seq; /* entries after this one are the archive's own */
	Db *const *others;
	guint n_others;
} VerifyArchive;

void verify_clear(VerifyResult *result);
/* `finding` and `put_in` as one sentence, to be freed; NULL when there is neither. */
char *verify_difference(const VerifyResult *result);
/* Adds a sentence, which it frees. */
void verify_remark(VerifyResult *result, char *sentence);

/* `of` 0: not known. */
typedef void (*VerifyProgress)(const char *what, guint64 n, guint64 of, gpointer user);

/* False with error when it cannot be told. `archive` is NULL for a record, and for a file of which no record at hand tells
 * that it is an archive. `head` (NULL: none) is looked for among the entries. */
bool verify_run(Db *db, const VerifyArchive *archive, const char *head, VerifyProgress progress,
		gpointer user, VerifyResult *result, GError **error);

/* How many entries a start has time for. */
#define VERIFY_AT_START 2000

/* The last `n` entries alone, and the rows they cover. `finding` as above, to be freed. */
bool verify_tail(Db *db, guint n, char **finding, GError **error);

/* The hash of entry `seq` in this file; "" when it is not here. */
bool verify_entry(Db *db, gint64 seq, char sha[LEDGER_HASH], GError **error);

G_END_DECLS
