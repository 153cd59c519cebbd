/* SPDX-License-Identifier: Apache-2.0 */
/* The files that a station needs for this rack: its configuration, its slots, its catalogue and the
 * packages. They say what a person would have written, and nothing of what is wrong with which
 * unit. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "rack.h"

G_BEGIN_DECLS

/* Makes the packages, publishes those that are fetched, and writes all files when there is a folder
 * for them. */
bool setup_write(Rack *rack, const char *folder, GError **error);

G_END_DECLS
