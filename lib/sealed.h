/* SPDX-License-Identifier: Apache-2.0
 *
 * Copies a file, slice by slice and hashing as it goes, into memory that nobody can change
 * afterwards: what was hashed is what will be sent. It does not know what the bytes are nor what
 * their hash should be. */
#pragma once

#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

typedef struct _SealedCopy SealedCopy;

/* Opens a regular file of at most `size_max` bytes. NULL with `error` set (G_FILE_ERROR). */
SealedCopy *sealed_copy_new(const char *path, guint64 size_max, GError **error);
void sealed_copy_free(SealedCopy *copy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SealedCopy, sealed_copy_free)

/* How large the file was when it was opened; the copy fails if it turns out otherwise. */
guint64 sealed_copy_size(const SealedCopy *copy);

typedef enum { SEALED_MORE, SEALED_DONE, SEALED_FAILED } SealedState;

/* Copies at most `slice` bytes. */
SealedState sealed_copy_step(SealedCopy *copy, gsize slice, GError **error);

/* When done: 64 hexadecimal digits in lower case, and the sealed descriptor, which the caller owns
 * from then on. */
const char *sealed_copy_sha256(const SealedCopy *copy);
int sealed_copy_take(SealedCopy *copy);

G_END_DECLS
