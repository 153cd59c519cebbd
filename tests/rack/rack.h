/* SPDX-License-Identifier: Apache-2.0 */
/* The rack as a whole: what every part may ask of it. It knows slots and units, and no protocol. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "bus.h"
#include "clock.h"
#include "sysfs.h"
#include "unit.h"

G_BEGIN_DECLS

typedef struct Web Web;
typedef struct Rack Rack;

typedef enum {
	PRESENCE_ANSWER, /* the adapter stays, the module behind it comes and goes */
	PRESENCE_USB,    /* the adapter comes with the module, or the module is a USB device */
	PRESENCE_DSR     /* the adapter stays, DSR tells that a module is there */
} Presence;

struct Slot {
	Rack *rack;
	char *label; /* "A3" */
	char *path;  /* as ID_PATH has it */
	guint hub, port;
	Presence presence;
	const UsbShape *shape; /* what is plugged into the port */
	UsbDevice *device;     /* NULL when nothing is */
	Unit *unit;            /* who is there now */
	GQueue coming;         /* of Unit: who comes, in order */
	RackTimer arrive, leave;
	guint next_ms;   /* after a leaving: when the next one comes, 0: never */
	bool comes_back; /* it is the same one */
};

struct Rack {
	guint64 seed;
	RackClock *clock;
	gint64 began_us;
	Sysfs *sysfs;
	LineSet *lines;
	Bus *bus;
	Web *web;
	guint hubs;
	GPtrArray *slots; /* of Slot */
	GPtrArray *units; /* of Unit, late comers at the end */
	char *truth_file;
	RackTimer truth_timer;
};

const char *presence_name(Presence presence);

/* Something worth knowing happened to a unit: the truth is written again soon. */
void rack_changed(Rack *rack);

/* Acts of the person at the rack, done as soon as the caller has returned: take the unit out, in
 * then_ms another one (0: none); or cut the unit's power for a while. */
void slot_pull(Slot *slot, guint then_ms);
void slot_power_cut(Slot *slot, guint off_ms);

G_END_DECLS
