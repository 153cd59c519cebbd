/* SPDX-License-Identifier: Apache-2.0
 *
 * An append-only chain of SHA-256 over what happened to every attempt: who changes a row later breaks it.
 * It does not know who reads it, nor where else its head is kept.
 *
 * Canonical form 1 (docs/ledger.md has the lists of columns): a field is its name, "=", and
 *   n              nothing
 *   i<decimal>     an integer
 *   t<bytes>:<…>   text of that many bytes
 * then a line feed. A digest is the SHA-256, in lower-case hexadecimal, of fields in a fixed order; the hash of an entry
 * is that of its own fields, `prev` (the hash before it, 64 zeros for the first) being the last. */
#pragma once

#include "db/db.h"

G_BEGIN_DECLS

#define LEDGER_FORM 1
#define LEDGER_HASH 65 /* 64 digits and the end of the string */

typedef enum {
	LEDGER_BEGIN,   /* an attempt begins: what it was begun with */
	LEDGER_DANGER,  /* it goes past the point of no return in `step` */
	LEDGER_END,     /* it is closed: the whole row, its steps, settings and transcript */
	LEDGER_RESOLVE, /* what was owed for it is settled `by_attempt` */
	LEDGER_VERDICT, /* the visit is closed: the whole row; attempt is 0 */
	N_LEDGER_KINDS
} LedgerKind;

typedef struct {
	LedgerKind kind;
	guint32 visit, attempt;
	const char *step;
	guint32 by_attempt;
	gint64 at_us; /* UTC */
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

/* What `digest` of such an entry is when made from the rows as they are now. */
bool ledger_digest(Db *db, const LedgerEntry *entry, char digest[LEDGER_HASH], GError **error);

G_END_DECLS
