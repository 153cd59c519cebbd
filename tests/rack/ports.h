/* SPDX-License-Identifier: Apache-2.0 */
/* The ports of a composite module that speak no AT: diagnosis, position, audio. They count what is
 * written to them, and know nothing of the module beside them. */
#pragma once

#include "bus.h"
#include "rack.h"

G_BEGIN_DECLS

typedef struct Ports Ports;

/* All ports of the device but those that `with_at` leaves to a module. */
Ports *ports_new(Rack *rack, Unit *unit, const UsbDevice *device, const UsbShape *shape,
		 bool with_at);
/* Before the device leaves. */
void ports_free(Ports *ports);

G_END_DECLS
