/* SPDX-License-Identifier: Apache-2.0
 *
 * The one identification, before any driver is chosen: finds the unit's speed and asks who it is. Queries only, echo and
 * error mode as found: a stranger is left as it was. */
#pragma once

#include "lib/step.h"

G_BEGIN_DECLS

extern const Procedure identify_procedure;

/* The speeds at which a unit is looked for when it does not answer at 115200 bit/s, in this order. */
#define IDENTIFY_SPEEDS 8
extern const guint identify_speeds[IDENTIFY_SPEEDS];

G_END_DECLS
