/* SPDX-License-Identifier: Apache-2.0
 *
 * A door to a unit: one tty, and what it is good for. It does not know how the tty was found nor how it is opened. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* clang-format off */
/* ROLE(name, text) */
#define PORT_ROLE_LIST(ROLE)                                                                       \
	ROLE(UNKNOWN, "unknown")                                                                   \
	ROLE(AT, "at")       /* the port the station talks on */                                   \
	ROLE(AT2, "at2")     /* answers AT too, left alone */                                      \
	ROLE(MODEM, "modem")                                                                       \
	ROLE(DIAG, "diag")                                                                         \
	ROLE(NMEA, "nmea")                                                                         \
	ROLE(AUDIO, "audio")                                                                       \
	ROLE(NET, "net")                                                                           \
	ROLE(BOOT, "boot") /* a unit in its bootloader: never opened */
/* clang-format on */

typedef enum {
#define ROLE(name, text) ROLE_##name,
	PORT_ROLE_LIST(ROLE)
#undef ROLE
		N_ROLES
} PortRole;

typedef struct {
	PortRole role;
	guint16 vid, pid;
	guint8 interface_no;
	guint32 attach;   /* which plugging this is (USB devnum): a swap within a second is seen */
	char devnode[64]; /* "/dev/ttyUSB2": good for this plugging only */
	char sysfs[256];  /* the tty's sysfs path, compared again when the port is opened */
} Port;

G_END_DECLS
