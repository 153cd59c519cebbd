/* SPDX-License-Identifier: Apache-2.0 */
/* The USB side of the rack: controllers, hubs, and what is plugged into their ports, from the sysfs
 * entry down to the tty's pty. It knows shapes of USB devices and not what speaks behind them. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "line.h"
#include "sysfs.h"

G_BEGIN_DECLS

#define USB_INTERFACES_MAX 14

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
	/* NULL: none; with a %04u in it: one of its own for each port; "%s": the unit's IMEI */
	const char *serial;
	UsbInterface interfaces[USB_INTERFACES_MAX];
	guint n_interfaces;
	guint at, second; /* which speak AT; the same: one alone does */
	guint nmea;       /* which one streams what it receives, 0: none; all others say nothing */
} UsbShape;

extern const UsbShape usb_ftdi, usb_cp210x, usb_ch340, usb_pl2303, usb_he910, usb_he910_7,
	usb_ge910, usb_qdl;
/* SIMCom: SIM7000 (and a SIM7100, which nobody here updates), SIM7600, and both compositions of
 * SIM7070, SIM7080 and SIM7090. */
extern const UsbShape usb_simcom, usb_sim7600, usb_9206, usb_9205;
/* A receiver of satellites. */
extern const UsbShape usb_gnss;

typedef struct Bus Bus;
typedef struct UsbDevice UsbDevice;

Bus *bus_new(Sysfs *sysfs, LineSet *lines, guint hubs, guint ports, GError **error);
void bus_free(Bus *bus);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Bus, bus_free)
/* The properties that make ModemManager look at ports which it leaves alone by itself. */
void bus_invite_modem_manager(Bus *bus);

/* "pci-0000:00:14.0-usb-0:1.3" for hub 0, port 3. */
char *bus_path(guint hub, guint port);

/* NULL when no pty can be had. imei: of the unit that comes with it, where there is one; seed: the
 * noise of its lines. */
UsbDevice *bus_plug(Bus *bus, guint hub, guint port, const UsbShape *shape, const char *imei,
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
