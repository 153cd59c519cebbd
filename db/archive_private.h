/* SPDX-License-Identifier: Apache-2.0
 *
 * What the two halves of retention share: which rows go. It does not know who asks. */
#pragma once

#include "db/archive.h"

G_BEGIN_DECLS

typedef struct {
	Db *db;        /* the record */
	char *file;    /* where the month goes */
	char month[8]; /* "2026-08" */
	gint64 until_us;
	gint64 first_seq, last_seq; /* entries that go */
	char last_sha[LEDGER_HASH];
	char head[LEDGER_HASH]; /* of the file, behind its own entries */
	gint64 event;           /* events up to this go */
	gint64 visits, attempts;
	gint64 now_us;
} Month;

/* Runs statements one after the other; `{}` in them is the schema's name before the record's tables. */
bool archive_run(Db *db, const char *const *statements, const char *schema, const Month *month,
		 GError **error);
/* Which visits and settings go, in temp.going and temp.going_setting. */
bool archive_choose(Db *db, const char *schema, const Month *month, GError **error);
/* An entry for each number that the question answers with. */
typedef void (*ArchiveFill)(LedgerEntry *entry, SqlRows *row);
bool archive_enter(Db *db, LedgerKind kind, const char *question, ArchiveFill fill, gint64 now_us,
		   GError **error);
void archive_fill_visit(LedgerEntry *entry, SqlRows *row);   /* visit */
void archive_fill_attempt(LedgerEntry *entry, SqlRows *row); /* visit, attempt, by, at */
void archive_fill_low(LedgerEntry *entry, SqlRows *row);     /* low */

/* The daily sums are those of the rows that are there now. */
bool archive_sum_anew(Db *db, const Month *month, GError **error);
/* Writes the month's file, under its name with .part behind it; verified. */
bool archive_write(Month *month, VerifyProgress progress, gpointer user, GError **error);
/* Takes out of the record what the file has now; inside a transaction. */
bool archive_take_out(const Month *month, GError **error);

G_END_DECLS
