/* SPDX-License-Identifier: Apache-2.0
 *
 * An append-only chain of SHA-256 over what happened to every attempt: who changes a row later breaks it.
 * It does not know who reads it, nor where else its head is kept.
 *
 * Canonical text (docs/ledger.md has the lists of columns of each form): a field is its name, "=", and
 *   n              nothing
 *   i<decimal>     an integer
 *   t<bytes>:<…>   text of that many bytes
 * then a line feed. A digest is the SHA-256, in lower-case hexadecimal, of fields in a fixed order; the hash of an entry
 * is that of its own fields, `prev` (the hash before it, 64 zeros for the first) being the last. */
#pragma once

#include "db/sql.h"

G_BEGIN_DECLS

#define LEDGER_FORM 2
#define LEDGER_HASH 65 /* 64 digits and the end of the string */

typedef enum {
	LEDGER_BEGIN,   /* an attempt begins: what it was begun with */
	LEDGER_DANGER,  /* it goes past the point of no return in `step` */
	LEDGER_END,     /* it is closed: the whole row, its steps, settings and transcript */
	LEDGER_RESOLVE, /* what was owed for it is settled `by_attempt` */
	LEDGER_VERDICT, /* the visit is closed: the whole row; attempt is 0 */
	LEDGER_DEBT,    /* a check is owed for `attempt` */
	LEDGER_FACT,    /* a setting that belongs to no open attempt: row `low` */
	LEDGER_LOG,     /* rows `low` to `high` of event */
	LEDGER_FOUND,   /* the same, of those that the station did not write */
	LEDGER_ORDER,   /* all work orders as they are now */
	LEDGER_KEPT,    /* all that is kept of archived visits, as it is now */
	LEDGER_ARCHIVE, /* row `low` of archive */
	LEDGER_CARRY,   /* a closed attempt, or a visit, whose own entries are in an archive */
	LEDGER_LEFT,    /* in an archive: the rows of this visit are not here */
	N_LEDGER_KINDS
} LedgerKind;

typedef struct {
	LedgerKind kind;
	guint32 visit, attempt;
	const char *step;
	guint32 by_attempt;
	gint64 at_us; /* UTC */
	gint64 low, high;
	guint form; /* 0: the newest */
} LedgerEntry;

typedef struct {
	gint64 seq; /* 0: nothing was ever written */
	gint64 at_us;
	char sha[LEDGER_HASH];
} LedgerHead;

const char *ledger_kind_name(LedgerKind kind);

/* Adds an entry; call inside the transaction that writes the rows, after them. */
bool ledger_append(Db *db, const LedgerEntry *entry, GError **error);

/* The last entry: kept elsewhere it proves that nothing was cut off. */
bool ledger_head(Db *db, LedgerHead *head, GError **error);

/* The last event that an entry covers, here or in an archive. */
bool ledger_covered(Db *db, gint64 *event, GError **error);

/* What `digest` of such an entry is when made from the rows as they are now. */
bool ledger_digest(Db *db, const LedgerEntry *entry, char digest[LEDGER_HASH], GError **error);

/* The columns of an entry that its hash covers, in order, ended by NULL; those of form 1 are its first and last. */
const char *const *ledger_columns(guint form);
/* The hash of a row that has these columns. */
void ledger_hash(SqlRows *row, guint form, char hash[LEDGER_HASH]);
/* False for a name that is none. */
bool ledger_kind_from_name(const char *name, LedgerKind *kind);

G_END_DECLS
