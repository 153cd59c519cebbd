/* SPDX-License-Identifier: Apache-2.0 */
/* The USB side of the rack: controllers, hubs, and what is plugged into their ports, from the sysfs
 * entry down to the tty's pty. It knows shapes of USB devices and not what speaks behind them. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "line.h"
#include "sysfs.h"

G_BEGIN_DECLS

#define USB_INTERFACES_MAX 8
/* Where a composite module speaks AT. */
#define INTERFACE_AT    2
#define INTERFACE_MODEM 3

typedef struct {
	guint8 klass, subclass, protocol;
	const char *driver; /* NULL: no driver binds, no tty appears */
	bool tty;
} UsbInterface;

typedef struct {
	const char *name;
	guint16 vid, pid;
	guint16 revision;
	const char *manufacturer, *product;
	const char *serial; /* NULL: none; with a %u in it: one of its own for each unit */
	UsbInterface interfaces[USB_INTERFACES_MAX];
	guint n_interfaces;
} UsbShape;

extern const UsbShape usb_ftdi, usb_cp210x, usb_ch340, usb_pl2303, usb_simcom, usb_qdl;

typedef struct Bus Bus;
typedef struct UsbDevice UsbDevice;

Bus *bus_new(Sysfs *sysfs, LineSet *lines, guint hubs, guint ports, GError **error);
void bus_free(Bus *bus);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Bus, bus_free)
/* The properties that make ModemManager look at ports which it leaves alone by itself. */
void bus_invite_modem_manager(Bus *bus);

/* "pci-0000:00:14.0-usb-0:1.3" for hub 0, port 3. */
char *bus_path(guint hub, guint port);

/* NULL when no pty can be had. unique: makes the serial number, seed: the noise of its lines. */
UsbDevice *bus_plug(Bus *bus, guint hub, guint port, const UsbShape *shape, guint unique,
		    guint64 seed);
void bus_unplug(Bus *bus, UsbDevice *device);
/* The numbers of its ttys are not given out again: what comes after it has other names. */
void bus_keep_names(UsbDevice *device);
/* The hub itself leaves, after all that was behind it. */
void bus_unplug_hub(Bus *bus, guint hub);
/* NULL when the interface has no tty. */
Line *usb_line(const UsbDevice *device, guint interface);
/* "ttyUSB3", NULL when the interface has no tty. */
const char *usb_tty(const UsbDevice *device, guint interface);

G_END_DECLS
