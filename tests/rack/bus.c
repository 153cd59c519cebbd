/* SPDX-License-Identifier: Apache-2.0 */
/* The USB side of the rack: controllers, hubs, and what is plugged into their ports, from the sysfs
 * entry down to the tty's pty. It knows shapes of USB devices and not what speaks behind them. */
#include "bus.h"

#include <gio/gio.h>
#include <string.h>

/* A root hub has fourteen ports at most and a bus 127 addresses: ten full hubs of eight fit, the
 * eleventh is on the next controller. */
#define HUBS_PER_BUS 10
#define BUSES_MAX    4
/* Minor numbers of cdc_acm are their own: in one table with the others, they begin here. */
#define ACM_BASE 65536

static const char *const controllers[BUSES_MAX] = { "0000:00:14.0", "0000:00:1a.0", "0000:00:1d.0",
						    "0000:00:1c.4" };

struct UsbDevice {
	guint bus;
	guint devnum;
	const UsbShape *shape;
	GPtrArray *parts; /* of SysDevice, parents first */
	Line *lines[USB_INTERFACES_MAX];
	char *ttys[USB_INTERFACES_MAX];
	char *ptys[USB_INTERFACES_MAX];
	int minors[USB_INTERFACES_MAX];
	bool keeps_names;
};

struct Bus {
	Sysfs *sysfs;
	LineSet *lines;
	GPtrArray *fixed;                             /* of SysDevice: controllers and hubs */
	SysDevice *hubs[HUBS_PER_BUS * BUSES_MAX][2]; /* of them: each hub and its interface */
	guint devnum[BUSES_MAX];
	/* minor -> pty: "" while plugged, else the pty that somebody may still hold open */
	GHashTable *minors;
	bool modem_manager;
};

static guint bus_number(guint hub)
{
	return hub / HUBS_PER_BUS + 1;
}

static const char *controller_of(guint hub)
{
	return controllers[(hub / HUBS_PER_BUS) % BUSES_MAX];
}

char *bus_path(guint hub, guint port)
{
	return g_strdup_printf("pci-%s-usb-0:%u.%u", controller_of(hub), hub % HUBS_PER_BUS + 1,
			       port);
}

static guint next_devnum(Bus *bus, guint number)
{
	guint *last = &bus->devnum[number - 1];

	*last = *last >= 127 ? 64 : *last + 1;
	return *last;
}

static char *root_path(guint hub)
{
	return g_strdup_printf("/devices/pci0000:00/%s/usb%u", controller_of(hub), bus_number(hub));
}

static void add_usb_attrs(SysDevice *part, const UsbShape *shape, guint number, guint devnum,
			  const char *serial, guint klass)
{
	sys_attr(part, "busnum=%u", number);
	sys_attr(part, "devnum=%u", devnum);
	sys_attr(part, "idVendor=%04x", shape->vid);
	sys_attr(part, "idProduct=%04x", shape->pid);
	sys_attr(part, "bcdDevice=%04x", shape->revision);
	sys_attr(part, "bDeviceClass=%02x", klass);
	sys_attr(part, "bDeviceSubClass=00");
	sys_attr(part, "bDeviceProtocol=00");
	sys_attr(part, "bNumConfigurations=1");
	sys_attr(part, "bConfigurationValue=1");
	sys_attr(part, "bNumInterfaces=%2u", shape->n_interfaces);
	sys_attr(part, "speed=%s", klass == 9 ? "480" : "12");
	sys_attr(part, "version= 2.00");
	sys_attr(part, "power/control=on");
	sys_attr(part, "product=%s", shape->product);
	if (shape->manufacturer)
		sys_attr(part, "manufacturer=%s", shape->manufacturer);
	if (serial)
		sys_attr(part, "serial=%s", serial);
}

/* Spaces and commas as udev's usb_id writes them. */
static char *udev_name(const char *text)
{
	return g_strdelimit(g_strdup(text ? text : ""), " ,", '_');
}

static void add_usb_properties(SysDevice *part, const UsbShape *shape, const char *serial)
{
	g_autofree char *model = udev_name(shape->product);
	g_autofree char *hex = g_strdup_printf("%04x", shape->vid);
	g_autofree char *vendor = udev_name(shape->manufacturer ? shape->manufacturer : hex);
	g_autoptr(GString) interfaces = g_string_new(":");

	for (guint i = 0; i < shape->n_interfaces; i++) {
		const UsbInterface *itf = &shape->interfaces[i];
		g_autofree char *one =
			g_strdup_printf("%02x%02x%02x:", itf->klass, itf->subclass, itf->protocol);

		if (!strstr(interfaces->str, one))
			g_string_append(interfaces, one);
	}
	sys_udev(part, "ID_BUS=usb");
	sys_udev(part, "ID_MODEL=%s", model);
	sys_udev(part, "ID_MODEL_ID=%04x", shape->pid);
	sys_udev(part, "ID_VENDOR=%s", vendor);
	sys_udev(part, "ID_VENDOR_ID=%04x", shape->vid);
	sys_udev(part, "ID_REVISION=%04x", shape->revision);
	sys_udev(part, "ID_USB_INTERFACES=%s", interfaces->str);
	if (serial) {
		sys_udev(part, "ID_SERIAL=%s_%s_%s", vendor, model, serial);
		sys_udev(part, "ID_SERIAL_SHORT=%s", serial);
	} else {
		sys_udev(part, "ID_SERIAL=%s_%s", vendor, model);
	}
}

static void add_path_properties(SysDevice *part, const char *path)
{
	g_autofree char *tag = g_strdelimit(g_strdup(path), ":.", '_');

	sys_udev(part, "ID_PATH=%s", path);
	sys_udev(part, "ID_PATH_TAG=%s", tag);
}

static SysDevice *new_usb_device(Bus *bus, guint number, guint devnum, const char *path,
				 const UsbShape *shape, const char *serial, guint klass)
{
	SysDevice *part = sys_device_new(path, "bus/usb");
	g_autofree char *node = g_strdup_printf("bus/usb/%03u/%03u", number, devnum);

	sys_kernel(part, "DEVTYPE=usb_device");
	sys_device_node(part, node, 189, (number - 1) * 128 + devnum - 1);
	sys_kernel(part, "DRIVER=usb");
	sys_kernel(part, "PRODUCT=%x/%x/%x", shape->vid, shape->pid, shape->revision);
	sys_kernel(part, "TYPE=%u/0/0", klass);
	sys_kernel(part, "BUSNUM=%03u", number);
	sys_kernel(part, "DEVNUM=%03u", devnum);
	sys_attr(part, "driver->/bus/usb/drivers/usb");
	add_usb_attrs(part, shape, number, devnum, serial, klass);
	add_usb_properties(part, shape, serial);
	if (bus->modem_manager)
		sys_udev(part, "ID_MM_DEVICE_PROCESS=1");
	return part;
}

static SysDevice *new_interface(const char *parent, const UsbShape *shape, guint number,
				const char *path)
{
	const UsbInterface *itf = &shape->interfaces[number];
	g_autofree char *base = g_path_get_basename(parent);
	g_autofree char *full = g_strdup_printf("%s/%s:1.%u", parent, base, number);
	g_autofree char *id_path = g_strdup_printf("%s:1.%u", path, number);
	SysDevice *part = sys_device_new(full, "bus/usb");

	sys_kernel(part, "DEVTYPE=usb_interface");
	if (itf->driver)
		sys_kernel(part, "DRIVER=%s", itf->driver);
	sys_kernel(part, "PRODUCT=%x/%x/%x", shape->vid, shape->pid, shape->revision);
	sys_kernel(part, "TYPE=0/0/0");
	sys_kernel(part, "INTERFACE=%u/%u/%u", itf->klass, itf->subclass, itf->protocol);
	sys_kernel(part, "MODALIAS=usb:v%04Xp%04Xd%04Xdc00dsc00dp00ic%02Xisc%02Xip%02Xin%02X",
		   shape->vid, shape->pid, shape->revision, itf->klass, itf->subclass,
		   itf->protocol, number);
	sys_attr(part, "bInterfaceNumber=%02x", number);
	sys_attr(part, "bInterfaceClass=%02x", itf->klass);
	sys_attr(part, "bInterfaceSubClass=%02x", itf->subclass);
	sys_attr(part, "bInterfaceProtocol=%02x", itf->protocol);
	sys_attr(part, "bNumEndpoints=%02x", itf->tty ? 3 : 2);
	if (itf->driver)
		sys_attr(part, "driver->/bus/usb/drivers/%s", itf->driver);
	add_path_properties(part, id_path);
	return part;
}

static void appear(Bus *bus, GPtrArray *parts, SysDevice *part, const char *target)
{
	sysfs_add(bus->sysfs, part, target);
	sysfs_announce(bus->sysfs, part, "add");
	g_ptr_array_add(parts, part);
}

static void disappear(Bus *bus, SysDevice *part)
{
	if (!strcmp(part->subsystem, "bus/usb"))
		sysfs_announce(bus->sysfs, part, "unbind");
	sysfs_remove(bus->sysfs, part);
	sysfs_announce(bus->sysfs, part, "remove");
}

static void add_controller(Bus *bus, guint hub)
{
	static const UsbShape root = { "root",
				       0x1d6b,
				       0x0002,
				       0x0601,
				       "Linux xhci-hcd",
				       "xHCI Host Controller",
				       NULL,
				       { { 9, 0, 0, "hub", false } },
				       .n_interfaces = 1 };
	g_autofree char *pci = g_strdup_printf("/devices/pci0000:00/%s", controller_of(hub));
	g_autofree char *path = root_path(hub);
	SysDevice *part = sys_device_new(pci, "bus/pci");
	guint number = bus_number(hub);

	sys_kernel(part, "DRIVER=xhci_hcd");
	sys_kernel(part, "PCI_CLASS=C0330");
	sys_kernel(part, "PCI_ID=8086:A36D");
	sys_kernel(part, "PCI_SLOT_NAME=%s", controller_of(hub));
	sys_attr(part, "class=0x0c0330");
	sys_attr(part, "vendor=0x8086");
	sys_attr(part, "device=0xa36d");
	sys_attr(part, "driver->/bus/pci/drivers/xhci_hcd");
	sys_udev(part, "ID_PATH=pci-%s", controller_of(hub));
	appear(bus, bus->fixed, part, NULL);
	part = new_usb_device(bus, number, next_devnum(bus, number), path, &root,
			      controller_of(hub), 9);
	sys_attr(part, "maxchild=14");
	sys_udev(part, "ID_PATH=pci-%s-usb-0", controller_of(hub));
	appear(bus, bus->fixed, part, NULL);
}

static void add_hub(Bus *bus, guint hub, guint ports)
{
	static const UsbShape shape = { "hub",
					0x0424,
					0x2514,
					0x0bb3,
					"Microchip",
					"USB2.0 Hub",
					NULL,
					{ { 9, 0, 2, "hub", false } },
					.n_interfaces = 1 };
	guint number = bus_number(hub), port = hub % HUBS_PER_BUS + 1;
	g_autofree char *root = root_path(hub);
	g_autofree char *path = g_strdup_printf("%s/%u-%u", root, number, port);
	g_autofree char *id_path = g_strdup_printf("pci-%s-usb-0:%u", controller_of(hub), port);
	SysDevice *part =
		new_usb_device(bus, number, next_devnum(bus, number), path, &shape, NULL, 9);

	sys_attr(part, "maxchild=%u", ports);
	sys_attr(part, "devpath=%u", port);
	add_path_properties(part, id_path);
	appear(bus, bus->fixed, part, NULL);
	bus->hubs[hub][0] = part;
	bus->hubs[hub][1] = new_interface(path, &shape, 0, id_path);
	appear(bus, bus->fixed, bus->hubs[hub][1], NULL);
}

Bus *bus_new(Sysfs *sysfs, LineSet *lines, guint hubs, guint ports, GError **error)
{
	Bus *bus;

	if (hubs > HUBS_PER_BUS * BUSES_MAX) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
			    "too many units: the rack has room for %u hubs",
			    HUBS_PER_BUS * BUSES_MAX);
		return NULL;
	}
	bus = g_new0(Bus, 1);
	bus->sysfs = sysfs;
	bus->lines = lines;
	bus->fixed = g_ptr_array_new_with_free_func((GDestroyNotify)sys_device_free);
	bus->minors = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	for (guint hub = 0; hub < hubs; hub++) {
		if (hub % HUBS_PER_BUS == 0)
			add_controller(bus, hub);
		add_hub(bus, hub, ports);
	}
	return bus;
}

void bus_free(Bus *bus)
{
	g_ptr_array_free(bus->fixed, TRUE);
	g_hash_table_destroy(bus->minors);
	g_free(bus);
}

void bus_invite_modem_manager(Bus *bus)
{
	bus->modem_manager = true;
}

/* All ptys that any process holds open: their ttys' numbers are not given out again. */
static GHashTable *open_ptys(void)
{
	GHashTable *found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GDir) proc = g_dir_open("/proc", 0, NULL);
	const char *pid, *name;

	while (proc && (pid = g_dir_read_name(proc))) {
		g_autofree char *folder = g_build_filename("/proc", pid, "fd", NULL);
		g_autoptr(GDir) fds = g_ascii_isdigit(*pid) ? g_dir_open(folder, 0, NULL) : NULL;

		while (fds && (name = g_dir_read_name(fds))) {
			g_autofree char *link = g_build_filename(folder, name, NULL);
			g_autofree char *target = g_file_read_link(link, NULL);
			char *deleted = target ? strstr(target, " (deleted)") : NULL;

			if (deleted)
				*deleted = '\0';
			if (target && g_str_has_prefix(target, "/dev/pts/"))
				g_hash_table_add(found, g_steal_pointer(&target));
		}
	}
	return found;
}

/* The lowest number that is neither in use nor of a pulled tty which somebody still has open, as
 * the kernel does it. */
static guint take_minor(Bus *bus, guint first, GHashTable **open)
{
	guint minor = first;
	const char *pty;

	for (;; minor++) {
		if (!g_hash_table_lookup_extended(bus->minors, GUINT_TO_POINTER(minor), NULL,
						  (gpointer *)&pty))
			break;
		if (!*pty)
			continue;
		if (!*open)
			*open = open_ptys();
		if (!g_hash_table_contains(*open, pty))
			break;
	}
	g_hash_table_insert(bus->minors, GUINT_TO_POINTER(minor), g_strdup(""));
	return minor;
}

static void add_serial_layer(Bus *bus, UsbDevice *device, guint i, const char *parent,
			     const char *tty)
{
	const UsbInterface *itf = &device->shape->interfaces[i];
	g_autofree char *path = g_strdup_printf("%s/%s", parent, tty);
	SysDevice *part = sys_device_new(path, "bus/usb-serial");

	sys_kernel(part, "DRIVER=%s", itf->driver);
	sys_attr(part, "port_number=0");
	sys_attr(part, "driver->/bus/usb-serial/drivers/%s", itf->driver);
	if (!strcmp(itf->driver, "ftdi_sio"))
		sys_attr(part, "latency_timer=16");
	appear(bus, device->parts, part, NULL);
}

static void add_tty(Bus *bus, UsbDevice *device, guint i, const char *parent, const char *id_path,
		    const char *serial)
{
	const UsbInterface *itf = &device->shape->interfaces[i];
	bool acm = !strcmp(itf->driver, "cdc_acm");
	g_autofree char *holder =
		acm ? g_strdup(parent) : g_strdup_printf("%s/%s", parent, device->ttys[i]);
	g_autofree char *path = g_strdup_printf("%s/tty/%s", holder, device->ttys[i]);
	g_autofree char *full = g_strdup_printf("%s:1.%u", id_path, i);
	SysDevice *part = sys_device_new(path, "class/tty");

	sys_device_node(part, device->ttys[i], acm ? 166 : 188,
			(guint)device->minors[i] - (acm ? ACM_BASE : 0));
	sys_attr(part, "device->%s", holder);
	add_usb_properties(part, device->shape, serial);
	sys_udev(part, "ID_TYPE=generic");
	sys_udev(part, "ID_USB_INTERFACE_NUM=%02x", i);
	sys_udev(part, "ID_USB_DRIVER=%s", itf->driver);
	add_path_properties(part, full);
	sys_udev(part, "DEVLINKS=/dev/serial/by-path/%s-port0", full);
	sys_udev(part, "TAGS=:systemd:");
	if (bus->modem_manager) {
		sys_udev(part, "ID_MM_CANDIDATE=1");
		sys_udev(part, "ID_MM_DEVICE_PROCESS=1");
	}
	appear(bus, device->parts, part, device->ptys[i]);
}

static bool make_lines(Bus *bus, UsbDevice *device, guint64 seed)
{
	g_autoptr(GHashTable) open = NULL;

	for (guint i = 0; i < device->shape->n_interfaces; i++) {
		const UsbInterface *itf = &device->shape->interfaces[i];
		g_autoptr(GError) error = NULL;
		bool acm = itf->driver && !strcmp(itf->driver, "cdc_acm");

		device->minors[i] = -1;
		if (!itf->tty)
			continue;
		device->lines[i] = line_new(bus->lines, seed + i, &error);
		if (!device->lines[i]) {
			g_warning("%s", error->message);
			return false;
		}
		device->minors[i] = (int)take_minor(bus, acm ? ACM_BASE : 0, &open);
		device->ttys[i] = g_strdup_printf("tty%s%d", acm ? "ACM" : "USB",
						  device->minors[i] - (acm ? ACM_BASE : 0));
		device->ptys[i] = g_strdup(line_pty(device->lines[i]));
	}
	return true;
}

static void usb_device_free(Bus *bus, UsbDevice *device)
{
	for (guint i = 0; i < USB_INTERFACES_MAX; i++) {
		if (device->lines[i])
			line_free(device->lines[i]);
		g_free(device->ttys[i]);
		g_free(device->ptys[i]);
	}
	g_ptr_array_free(device->parts, TRUE);
	g_free(device);
}

static void announce_bound(Bus *bus, UsbDevice *device)
{
	for (guint i = device->parts->len; i > 0; i--) {
		SysDevice *part = g_ptr_array_index(device->parts, i - 1);

		if (!strcmp(part->subsystem, "bus/usb"))
			sysfs_announce(bus->sysfs, part, "bind");
	}
}

UsbDevice *bus_plug(Bus *bus, guint hub, guint port, const UsbShape *shape, const char *imei,
		    guint64 seed)
{
	UsbDevice *device = g_new0(UsbDevice, 1);
	guint number = bus_number(hub);
	g_autofree char *root = root_path(hub);
	g_autofree char *hub_name = g_strdup_printf("%u-%u", number, hub % HUBS_PER_BUS + 1);
	g_autofree char *path = g_strdup_printf("%s/%s/%s.%u", root, hub_name, hub_name, port);
	g_autofree char *id_path = bus_path(hub, port);
	g_auto(GStrv) around = shape->serial ? g_strsplit(shape->serial, "%04u", 2) : NULL;
	g_autofree char *serial =
		!around     ? NULL
		: around[1] ? g_strdup_printf("%s%04u%s", around[0], hub * 100 + port, around[1])
		: !strcmp(shape->serial, "%s") ? g_strdup(imei)
					       : g_strdup(shape->serial);
	SysDevice *part;

	device->bus = number;
	device->shape = shape;
	device->parts = g_ptr_array_new_with_free_func((GDestroyNotify)sys_device_free);
	if (!make_lines(bus, device, seed)) {
		usb_device_free(bus, device);
		return NULL;
	}
	device->devnum = next_devnum(bus, number);
	part = new_usb_device(bus, number, device->devnum, path, shape, serial, 0);
	sys_attr(part, "devpath=%u.%u", hub % HUBS_PER_BUS + 1, port);
	add_path_properties(part, id_path);
	appear(bus, device->parts, part, NULL);
	for (guint i = 0; i < shape->n_interfaces; i++) {
		g_autofree char *parent = g_strdup_printf("%s/%s.%u:1.%u", path, hub_name, port, i);

		appear(bus, device->parts, new_interface(path, shape, i, id_path), NULL);
		if (!device->lines[i])
			continue;
		if (strcmp(shape->interfaces[i].driver, "cdc_acm") != 0)
			add_serial_layer(bus, device, i, parent, device->ttys[i]);
		add_tty(bus, device, i, parent, id_path, serial);
	}
	announce_bound(bus, device);
	return device;
}

void bus_unplug(Bus *bus, UsbDevice *device)
{
	for (guint i = 0; i < USB_INTERFACES_MAX; i++) {
		if (!device->lines[i])
			continue;
		g_hash_table_insert(bus->minors, GINT_TO_POINTER(device->minors[i]),
				    g_strdup(device->keeps_names ? "" : device->ptys[i]));
		line_free(g_steal_pointer(&device->lines[i]));
	}
	/* As the kernel does it: children first, each let go by its driver while it can still be
	 * seen. */
	for (guint i = device->parts->len; i > 0; i--)
		disappear(bus, g_ptr_array_index(device->parts, i - 1));
	usb_device_free(bus, device);
}

void bus_keep_names(UsbDevice *device)
{
	device->keeps_names = true;
}

void bus_unplug_hub(Bus *bus, guint hub)
{
	for (guint i = 2; i > 0; i--)
		if (bus->hubs[hub][i - 1]) {
			disappear(bus, bus->hubs[hub][i - 1]);
			g_ptr_array_remove(bus->fixed, bus->hubs[hub][i - 1]);
			bus->hubs[hub][i - 1] = NULL;
		}
}

Line *usb_line(const UsbDevice *device, guint interface)
{
	return interface < USB_INTERFACES_MAX ? device->lines[interface] : NULL;
}

const char *usb_tty(const UsbDevice *device, guint interface)
{
	return interface < USB_INTERFACES_MAX ? device->ttys[interface] : NULL;
}
