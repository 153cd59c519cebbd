/* SPDX-License-Identifier: Apache-2.0 */
/* What really happened, written for whoever wants to judge a station. It knows nothing of what the
 * station said. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "rack.h"

G_BEGIN_DECLS

/* How often a port of its device was opened that nobody may open: since the device is there. */
guint truth_wrong_opens(const Unit *unit);
/* At its target, with its own IMEI, working: whatever its fault was to be. */
bool truth_good(const Unit *unit);
/* One JSON object per line and unit, in place of the old file at once. */
bool truth_write(Rack *rack, const char *path, GError **error);

G_END_DECLS
