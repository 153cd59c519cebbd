/* SPDX-License-Identifier: Apache-2.0 */
/* A foreign client for the rack's own test: prints what libgudev finds at first and hears
 * afterwards, one line each. It knows nothing of the rack. */
#include <gudev/gudev.h>
#include <stdio.h>
#include <stdlib.h>

static void print_device(const char *action, GUdevDevice *device)
{
	const char *path = g_udev_device_get_property(device, "ID_PATH");
	const char *node = g_udev_device_get_device_file(device);
	const char *interface = g_udev_device_get_property(device, "ID_USB_INTERFACE_NUM");
	const char *type = g_udev_device_get_devtype(device);
	g_autoptr(GUdevDevice) usb =
		g_udev_device_get_parent_with_subsystem(device, "usb", "usb_device");
	const char *devnum = usb ? g_udev_device_get_sysfs_attr(usb, "devnum") : NULL;

	printf("%s %s %s %s %s %s %s\n", action, g_udev_device_get_subsystem(device),
	       type ? type : "-", path ? path : "-", node ? node : "-", interface ? interface : "-",
	       devnum ? devnum : "-");
	fflush(stdout);
}

static void on_uevent(GUdevClient *client, const char *action, GUdevDevice *device, gpointer data)
{
	print_device(action, device);
}

static gboolean on_over(gpointer data)
{
	g_main_loop_quit(data);
	return G_SOURCE_REMOVE;
}

int main(int argc, char **argv)
{
	static const char *const subsystems[] = { "tty", "usb", NULL };
	g_autoptr(GUdevClient) client = g_udev_client_new(subsystems);
	g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);

	for (guint i = 0; subsystems[i]; i++) {
		GList *devices = g_udev_client_query_by_subsystem(client, subsystems[i]);

		for (GList *l = devices; l; l = l->next)
			print_device("found", l->data);
		g_list_free_full(devices, g_object_unref);
	}
	g_signal_connect(client, "uevent", G_CALLBACK(on_uevent), NULL);
	g_timeout_add((guint)(argc > 1 ? atoi(argv[1]) : 1000), on_over, loop);
	g_main_loop_run(loop);
	return 0;
}
