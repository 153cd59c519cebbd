/* SPDX-License-Identifier: Apache-2.0
 *
 * Bounded output that never waits: a stopped terminal or a full pipe must not stop the rack.
 * It does not know what the bytes say. */
#pragma once

#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

typedef struct _Out Out;

/* Writes to `fd`, which stays the caller's. At most `limit` bytes wait for a reader that does not read. */
Out *out_new(int fd, gsize limit);
/* Gives a slow reader at most two seconds for what is left. */
void out_free(Out *out);
/* Takes all or, when that would be more than the limit, nothing. False: nothing was taken, or nobody reads any more. */
bool out_write(Out *out, const char *bytes, gsize len);
/* Bytes that wait. */
gsize out_waiting(const Out *out);
/* Nobody reads any more (EPIPE, terminal gone). */
bool out_broken(const Out *out);
/* What was refused so far. */
guint64 out_refused(const Out *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Out, out_free)

G_END_DECLS
