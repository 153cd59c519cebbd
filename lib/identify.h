/* SPDX-License-Identifier: Apache-2.0
 *
 * The one identification, before any driver is chosen: finds the unit's speed and asks who it is. Queries only, echo and
 * error mode as found: a stranger is left as it was. */
#pragma once

#include "lib/step.h"

G_BEGIN_DECLS

extern const Procedure identify_procedure;

G_END_DECLS
