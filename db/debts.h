/* SPDX-License-Identifier: Apache-2.0
 *
 * What is remembered of an IMEI beyond its visits: the check it is owed, saved settings, how often it was updated.
 * It does not know how a check is made. */
#pragma once

#include "db/db.h"
#include "lib/event.h"

G_BEGIN_DECLS

/* A dangerous step whose result nobody knows, and what was being done. Strings are the debt's own, NULL when unknown. */
typedef struct {
	guint32 attempt, visit;
	gint64 since_us; /* UTC */
	/* When the first dangerous step began of which this IMEI owes the answer; UTC. */
	gint64 danger_us;
	char *imei, *iccid, *model, *slot_label, *work_order;
	char *procedure, *step, *version_before, *target, *package, *package_sha256;
	char *label; /* IMEI on its label, found to be another unit's during that attempt */
} Debt;

void debt_clear(Debt *debt);

/* The newest check owed to this IMEI, in `debt` (clear it). False when there is none, or with error. */
bool debts_find(Db *db, const char *imei, Debt *debt, GError **error);

/* Tells every open debt, oldest first; it is borrowed for the call. */
typedef void (*DebtReader)(const Debt *debt, gpointer user);
bool debts_each(Db *db, DebtReader read, gpointer user, GError **error);

/* The same for attempts that are open past their point of no return: under way, or left by a station that died. */
bool debts_open(Db *db, DebtReader read, gpointer user, GError **error);

/* The count kept for this IMEI under `key` ("updates"); 0 when there is none. */
bool debts_count(Db *db, const char *imei, const char *key, gint64 *count, GError **error);

/* What was remembered last for this IMEI under `key`; for a count its number. NULL when nothing was, or with error.
 * Free with g_free(). */
char *debts_recall(Db *db, const char *imei, const char *key, GError **error);

/* For those who write rows, inside their transaction. */

/* `attempt` is closed and its result is not known: its IMEI is owed a check. Without an IMEI nobody could ever be
 * recognised as the debtor, so none is noted. One that is noted stays as it is. */
bool debts_make(Db *db, guint32 attempt, gint64 now_us, GError **error);
/* `visit` is closed: so it is with attempts that it left open past their point of no return (another unit came). */
bool debts_make_left(Db *db, guint32 visit, gint64 now_us, GError **error);
/* `by` is closed and says what became of `attempt`: that debt and older ones of the same IMEI are settled. */
bool debts_settle(Db *db, guint32 attempt, guint32 by, gint64 now_us, GError **error);
/* `attempt` is the open one the fact was told in, or 0. */
bool debts_remember(Db *db, const Fact *fact, guint32 attempt, gint64 now_us, GError **error);

G_END_DECLS
