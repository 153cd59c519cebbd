/* SPDX-License-Identifier: Apache-2.0
 *
 * What comes and goes on the USB paths of the slots, out of udev, gathered per USB device and told
 * when it has settled. It knows nothing of units, jobs or visits, and opens no port; devices on
 * other paths it ignores. */
#pragma once

#include "lib/slot.h"
#include "udev/roles.h"

G_BEGIN_DECLS

typedef enum {
	/* First sign of a device on an empty path, or of more ports after it left one of them. */
	HOTPLUG_SETTLING,
	/* Settled: `ports` may be used. Told again when the ports became others since. A device
	 * whose AT port never appeared is told after 10 s without one: foreign, a bootloader, or
	 * held by another driver. */
	HOTPLUG_PRESENT,
	/* The device, or the port that the station talks on, has left: at once, never debounced. */
	HOTPLUG_GONE,
	/* Another device, or another plugging of the same, is where one was, and no leaving was
	 * seen: as GONE followed by SETTLING. */
	HOTPLUG_CHANGED,
} HotplugKind;

/* Everything is borrowed for the call. */
typedef struct {
	HotplugKind kind;
	guint16 slot; /* index into the slots handed in */
	guint16 vid, pid;
	guint32 attach;      /* USB devnum */
	const char *product; /* as the device says it, printable; may be "" */
	bool adapter;        /* a serial adapter: who is behind it is asked over AT */
	bool boot;           /* only the bootloader of a unit: never opened */
	const Port *ports;   /* PRESENT; none otherwise */
	guint n_ports;
} HotplugReport;

typedef struct _Hotplug Hotplug;
typedef void (*HotplugReported)(gpointer user, const HotplugReport *report);

/* `roles` and `slots` must outlive it. Callbacks run in the main context that is the thread default
 * now. */
Hotplug *hotplug_new(const Roles *roles, const SlotConfig *slots, guint n_slots, guint settle_ms,
		     HotplugReported reported, gpointer user);
void hotplug_free(Hotplug *hotplug);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Hotplug, hotplug_free)

/* Enumerates everything and reports what differs from what is believed: called once at the start
 * (what is there already settles like anything else), every few seconds and after stalls, since the
 * kernel's queue of events can overflow. */
void hotplug_reconcile(Hotplug *hotplug);

G_END_DECLS
