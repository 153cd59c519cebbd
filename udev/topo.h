/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a USB device sits, out of the strings that the kernel and udev have for it, and when a
 * device that is still appearing may be believed. Pure: it opens nothing and reads no clock. */
#pragma once

#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

/* Controller and port chain of the USB device that a sysfs path is or belongs to, as udev's ID_PATH
 * names them: "/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1.3/1-1.3:1.0/ttyUSB0" ->
 * "pci-0000:00:14.0-usb-0:1.3". NULL: not below a USB device. Free with g_free. */
char *topo_path_of_sysfs(const char *sysfs);
/* The same out of an ID_PATH, with or without an interface at its end. NULL: not a USB path. Free
 * with g_free. */
char *topo_path_of_id(const char *id_path);
/* Interface number out of a sysfs path ("…/1-1.3:1.2/…" -> 2); -1: there is none in it. */
int topo_interface(const char *sysfs);
/* Whether a slot may be named so; if not, `why` is set to what was expected (a msgid). */
bool topo_slot_path(const char *path, const char **why);

/* A device whose ports never become complete is told as it is after this long. */
#define TOPO_SETTLE_LIMIT_US (10 * G_USEC_PER_SEC)

/* When a device may be believed, in the time base of `last_us` (its last sign of change): a quiet
 * window when all roles that it should have are there, the settle limit otherwise. */
gint64 topo_settled_at(gint64 last_us, gint64 window_us, bool complete);

G_END_DECLS
