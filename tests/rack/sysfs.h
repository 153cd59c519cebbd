/* SPDX-License-Identifier: Apache-2.0 */
/* A sysfs tree, udev's database and udev's messages, written below a folder that umockdev's preload
 * shows to clients as the system's own. It knows devices as paths, attributes and properties, and
 * not what they are. */
#pragma once

#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

typedef struct Sysfs Sysfs;

typedef struct {
	char *path;      /* "/devices/pci0000:00/..." */
	char *subsystem; /* where the link points, "bus/usb" or "class/tty" */
	char *devname;   /* "ttyUSB0", "bus/usb/001/004" or NULL */
	guint major, minor;
	GPtrArray *attrs;  /* "name=value", a "name->target" is a link */
	GPtrArray *kernel; /* properties of the kernel, "KEY=value" */
	GPtrArray *udev;   /* properties that udev adds */
} SysDevice;

SysDevice *sys_device_new(const char *path, const char *subsystem);
void sys_device_free(SysDevice *device);
void sys_device_node(SysDevice *device, const char *devname, guint major, guint minor);
void sys_attr(SysDevice *device, const char *format, ...) G_GNUC_PRINTF(2, 3);
void sys_kernel(SysDevice *device, const char *format, ...) G_GNUC_PRINTF(2, 3);
void sys_udev(SysDevice *device, const char *format, ...) G_GNUC_PRINTF(2, 3);

Sysfs *sysfs_new(GError **error);
/* Removes the whole tree. */
void sysfs_free(Sysfs *sysfs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sysfs, sysfs_free)

const char *sysfs_root(const Sysfs *sysfs);
/* target: what a device node is a link to, NULL for a plain file. */
void sysfs_add(Sysfs *sysfs, const SysDevice *device, const char *target);
void sysfs_remove(Sysfs *sysfs, const SysDevice *device);
/* action: "add", "bind", "change", "unbind", "remove"; no listener loses one, however slowly it
 * reads. */
void sysfs_announce(Sysfs *sysfs, const SysDevice *device, const char *action);

G_END_DECLS
