/* SPDX-License-Identifier: Apache-2.0
 *
 * Room set aside on the disk of the record, given up when the disk is full so that what has begun can be finished.
 * It does not know what the room is then used for. */
#pragma once

#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

#define BALLAST_BYTES (1024 * 1024)

/* `path` is the database's; the ballast lies beside it as FILE.ballast. */
bool ballast_there(const char *path);
/* False when there is no room for it: that is an answer, not an error. */
bool ballast_make(const char *path);
/* False when there was none. */
bool ballast_spend(const char *path);

G_END_DECLS
