/* SPDX-License-Identifier: Apache-2.0
 *
 * A value that prints as *** and is zeroed when freed. It does not know what it opens. */
#pragma once

#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

typedef struct _Secret Secret;

/* NULL or "" makes an empty secret. */
Secret *secret_new(const char *value);
void secret_free(Secret *secret);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Secret, secret_free)

bool secret_empty(const Secret *secret);
/* What may be shown: "***", or "" when it is empty. */
const char *secret_shown(const Secret *secret);
/* The value itself, borrowed: only for the bytes that go to the module. */
const char *secret_reveal(const Secret *secret);

G_END_DECLS
