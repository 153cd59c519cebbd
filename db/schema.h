/* SPDX-License-Identifier: Apache-2.0
 *
 * The texts of schema/NNNN.sql, put into the program when it is built. It does not know what they say. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* schema_texts[0] makes version 1, every further one the next from the one before. */
extern const char *const schema_texts[];
extern const unsigned schema_count;

G_END_DECLS
