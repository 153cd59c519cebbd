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

#define SECRET_DIGITS 32

typedef struct Web Web;
typedef struct Rack Rack;
typedef struct Ports Ports;

typedef enum {
	PRESENCE_ANSWER, /* the adapter stays, the module behind it comes and goes */
	PRESENCE_USB,    /* the adapter comes with the module, or the module is a USB device */
	PRESENCE_DSR,    /* the adapter stays, DSR tells that a module is there */
	PRESENCE_ALWAYS  /* the module is never taken out */
} Presence;

struct Slot {
	Rack *rack;
	char *label; /* "A3" */
	char *path;  /* as ID_PATH has it */
	guint hub, port;
	Presence presence;
	bool unnamed;          /* slots.ini does not know it: it is no slot at all */
	guint rest;            /* TIOCM_ bits that are on while nothing happens */
	char key;              /* 'd' DTR, 'r' RTS is the power key, 0: none */
	const UsbShape *shape; /* what is plugged into the port */
	UsbDevice *device;     /* NULL when nothing is */
	Ports *ports;          /* of a composite device that speak no AT, NULL: there are none */
	Unit *unit;            /* who is there now */
	GQueue coming;         /* of Unit: who comes, in order */
	RackTimer arrive, leave, look;
	guint next_ms;   /* after a leaving: when the next one comes, 0: never */
	bool comes_back; /* it is the same one */
	Slot *comes_to;  /* and it comes to this slot, NULL: to the same */
	bool other_name; /* its tty comes back under another name */
	bool whole_hub;  /* its hub leaves with it */
	bool handled;    /* what the person at the rack was to do here is done */
};

struct Rack {
	guint64 seed;
	GHashTable *pfm;   /* IMSI -> IMEI, as Telit's service has them; NULL without such units */
	bool others_serve; /* every package that units fetch is somebody else's to serve */
	char apn_password[SECRET_DIGITS + 1];
	char product_secret[SECRET_DIGITS + 1]; /* of the account at SIMCom's cloud */
	RackClock *clock;
	gint64 began_us;
	Sysfs *sysfs;
	LineSet *lines;
	Bus *bus;
	Web *web;
	guint hubs;       /* of the units' slots */
	guint hubs_added; /* and of what was added to them */
	guint added;
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
/* The same, and its tty comes back under another name; or its power comes back in another slot. */
void slot_power_cut_renamed(Slot *slot, guint off_ms);
void slot_move(Slot *slot, Slot *to, guint off_ms);
/* The unit there, which is a USB device itself, leaves the bus by itself, or appears there with this
 * composition: its AT ports are the module's again only when it is a module's. */
void slot_leave_bus(Slot *slot, bool other_name);
void slot_join_bus(Slot *slot, const UsbShape *shape);
/* Who is to come to this slot comes now. */
void slot_put_in(Slot *slot);
/* With the next unit that uploads, or with all units behind its hub and the hub: as soon as each of
 * them does. */
void slot_pull_together(Slot *slot, bool whole_hub);
/* The unit there was given a command: who waits for its verdict waits on. */
void slot_talked(Slot *slot);
/* It was asked for its IMEI. */
void slot_asked(Slot *slot);

G_END_DECLS
