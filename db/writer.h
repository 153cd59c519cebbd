/* SPDX-License-Identifier: Apache-2.0
 *
 * Keeps every stored event until it is on the disk: a reader of the bus that never fails and never waits.
 * It does not know what the events are for, nor when it is asked to write. */
#pragma once

#include "db/db.h"
#include "lib/event.h"

G_BEGIN_DECLS

typedef struct _Writer Writer;

typedef enum {
	WRITER_TAKEN, /* all that was told is on the disk */
	WRITER_LATER, /* busy or full: kept, ask again */
	WRITER_NO     /* cannot be written, see writer_trouble(); kept */
} WriterAnswer;

/* The database is borrowed and must be open for writing. */
Writer *writer_new(Db *db);
/* What is still kept is lost: flush before. */
void writer_free(Writer *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Writer, writer_free)

/* A BusReader: copies the event and all it points to. A TRACE belongs to the open attempt it names in `job`; told for
 * none, or for a closed one, it is not kept. */
bool writer_read(gpointer writer, const Event *event);

/* Writes all that is kept in one transaction. Does not touch the disk when nothing is. */
WriterAnswer writer_flush(Writer *writer);

/* Why the last flush was not TAKEN, one sentence; NULL after one that was. Borrowed until the next flush. */
const char *writer_trouble(const Writer *writer);

/* How many events are kept. */
guint writer_kept(const Writer *writer);

G_END_DECLS
