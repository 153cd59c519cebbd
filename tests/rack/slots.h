/* SPDX-License-Identifier: Apache-2.0 */
/* The hands at the rack: who is plugged in when, who is pulled, whose power is cut. They know no
 * protocol. */
#pragma once

#include "rack.h"

G_BEGIN_DECLS

void slots_start(Rack *rack);
void slots_stop(Rack *rack);

G_END_DECLS
