/* SPDX-License-Identifier: Apache-2.0
 *
 * Reduces uevents, and now and then a whole enumeration, to what is believed of each slot's path,
 * and reports what changes in that. Both ways go through the same few functions, so that a lost
 * event is only a late one. It opens no port. */
#include "udev/hotplug.h"

#include <stdlib.h>
#include <string.h>

#include <gudev/gudev.h>

#include "udev/topo.h"

typedef enum { BELIEF_ABSENT, BELIEF_SETTLING, BELIEF_PRESENT } Belief;

/* What stands on the path of one slot. */
typedef struct {
	Belief belief; /* as reported; ABSENT with a device: its AT port has left, nothing came since */
	char *sysfs; /* of the USB device; NULL: there is none */
	guint16 vid, pid;
	guint32 attach;
	char product[64];
	GArray *ports;     /* of Port */
	gint64 changed_us; /* last sign of change */
} Place;

struct _Hotplug {
	const Roles *roles;
	guint n_places;
	Place *places;       /* by slot */
	GHashTable *by_path; /* slot's path to its Place */
	gint64 window_us;
	HotplugReported reported;
	gpointer user;
	GUdevClient *client;
	GSource *timer;
};

/* net: only as a sign that a device is still appearing. */
static const char *const subsystems[] = { "usb", "tty", "net", NULL };

static void report(Hotplug *hotplug, const Place *place, HotplugKind kind)
{
	HotplugReport report = {
		.kind = kind,
		.slot = place - hotplug->places,
		.vid = place->vid,
		.pid = place->pid,
		.attach = place->attach,
		.product = place->product,
		.adapter = roles_adapter(hotplug->roles, place->vid, place->pid),
		.boot = roles_has(hotplug->roles, place->vid, place->pid, ROLE_BOOT),
	};

	if (kind == HOTPLUG_PRESENT) {
		report.ports = (const Port *)place->ports->data;
		report.n_ports = place->ports->len;
	}
	hotplug->reported(hotplug->user, &report);
}

/* ---- settling ---- */

static bool has_at_port(const Place *place)
{
	for (guint i = 0; i < place->ports->len; i++)
		if (g_array_index(place->ports, Port, i).role == ROLE_AT)
			return true;
	return false;
}

static gint64 settled_at(const Hotplug *hotplug, const Place *place)
{
	bool complete =
		has_at_port(place) || roles_has(hotplug->roles, place->vid, place->pid, ROLE_BOOT);

	return topo_settled_at(place->changed_us, hotplug->window_us, complete);
}

static void arm(Hotplug *hotplug)
{
	gint64 next = -1;

	for (guint i = 0; i < hotplug->n_places; i++) {
		gint64 at = settled_at(hotplug, &hotplug->places[i]);

		if (hotplug->places[i].belief == BELIEF_SETTLING && (next < 0 || at < next))
			next = at;
	}
	g_source_set_ready_time(hotplug->timer, next);
}

static gboolean on_timer(gpointer user)
{
	Hotplug *hotplug = user;
	gint64 now = g_get_monotonic_time();

	for (guint i = 0; i < hotplug->n_places; i++) {
		Place *place = &hotplug->places[i];

		if (place->belief == BELIEF_SETTLING && settled_at(hotplug, place) <= now) {
			place->belief = BELIEF_PRESENT;
			report(hotplug, place, HOTPLUG_PRESENT);
		}
	}
	arm(hotplug);
	return G_SOURCE_CONTINUE;
}

static gboolean timer_dispatch(GSource *source, GSourceFunc callback, gpointer user)
{
	return callback(user);
}

/* ---- what is seen and what is gone ---- */

/* Something appeared: the quiet window begins anew. What was told as present is told again after
 * it. */
static void changed(Hotplug *hotplug, Place *place)
{
	Belief before = place->belief;

	place->changed_us = g_get_monotonic_time();
	place->belief = BELIEF_SETTLING;
	if (before == BELIEF_ABSENT)
		report(hotplug, place, HOTPLUG_SETTLING);
}

static void forget(Place *place)
{
	g_clear_pointer(&place->sysfs, g_free);
	g_array_set_size(place->ports, 0);
	place->belief = BELIEF_ABSENT;
}

static void gone(Hotplug *hotplug, Place *place)
{
	bool told = place->belief != BELIEF_ABSENT;

	place->belief = BELIEF_ABSENT;
	if (told)
		report(hotplug, place, HOTPLUG_GONE);
}

static void device_gone(Hotplug *hotplug, Place *place)
{
	gone(hotplug, place);
	forget(place);
}

static guint32 attribute(GUdevDevice *usb, const char *name, guint base)
{
	const char *text = g_udev_device_get_sysfs_attr(usb, name);

	return text ? strtoul(text, NULL, base) : 0;
}

/* The device's own name for itself is a stranger's text. */
static void set_product(Place *place, GUdevDevice *usb)
{
	const char *text = g_udev_device_get_sysfs_attr(usb, "product");
	gsize n = 0;

	for (; text && *text && n + 1 < sizeof(place->product); text++)
		if (g_ascii_isprint(*text))
			place->product[n++] = *text;
	place->product[n] = '\0';
}

static void device_seen(Hotplug *hotplug, Place *place, GUdevDevice *usb)
{
	guint16 vid = attribute(usb, "idVendor", 16);
	guint16 pid = attribute(usb, "idProduct", 16);
	guint32 attach = attribute(usb, "devnum", 10);
	bool there = place->sysfs != NULL;
	Belief before = place->belief;

	if (there && place->vid == vid && place->pid == pid && place->attach == attach)
		return;
	forget(place);
	place->sysfs = g_strdup(g_udev_device_get_sysfs_path(usb));
	place->vid = vid;
	place->pid = pid;
	place->attach = attach;
	set_product(place, usb);
	if (there && before != BELIEF_ABSENT) {
		place->belief = BELIEF_SETTLING;
		report(hotplug, place, HOTPLUG_CHANGED);
	}
	changed(hotplug, place);
}

static guint find_port(const Place *place, const char *sysfs)
{
	for (guint i = 0; i < place->ports->len; i++)
		if (strcmp(g_array_index(place->ports, Port, i).sysfs, sysfs) == 0)
			return i;
	return G_MAXUINT;
}

static void port_seen(Hotplug *hotplug, Place *place, GUdevDevice *tty)
{
	const char *sysfs = g_udev_device_get_sysfs_path(tty);
	const char *node = g_udev_device_get_device_file(tty);
	int interface_no = topo_interface(sysfs);
	Port port = { .vid = place->vid, .pid = place->pid, .attach = place->attach };

	if (!node || interface_no < 0 || find_port(place, sysfs) != G_MAXUINT)
		return;
	port.interface_no = interface_no;
	port.role = roles_of(hotplug->roles, port.vid, port.pid, port.interface_no);
	/* A name too long to be kept whole could be taken for another's. */
	if (g_strlcpy(port.devnode, node, sizeof(port.devnode)) >= sizeof(port.devnode) ||
	    g_strlcpy(port.sysfs, sysfs, sizeof(port.sysfs)) >= sizeof(port.sysfs))
		return;
	g_array_append_val(place->ports, port);
	changed(hotplug, place);
}

static void port_gone(Hotplug *hotplug, Place *place, guint n)
{
	bool at = g_array_index(place->ports, Port, n).role == ROLE_AT;

	g_array_remove_index(place->ports, n);
	if (at)
		gone(hotplug, place);
	else if (place->belief != BELIEF_ABSENT)
		changed(hotplug, place);
}

/* ---- uevents ---- */

static Place *find_place(const Hotplug *hotplug, GUdevDevice *device)
{
	const char *id = g_udev_device_get_property(device, "ID_PATH");
	g_autofree char *by_id = id ? topo_path_of_id(id) : NULL;
	g_autofree char *by_sysfs = NULL;
	Place *place = by_id ? g_hash_table_lookup(hotplug->by_path, by_id) : NULL;

	if (place)
		return place;
	by_sysfs = topo_path_of_sysfs(g_udev_device_get_sysfs_path(device));
	return by_sysfs ? g_hash_table_lookup(hotplug->by_path, by_sysfs) : NULL;
}

static bool is_usb_device(GUdevDevice *device)
{
	return g_strcmp0(g_udev_device_get_devtype(device), "usb_device") == 0;
}

static void removed(Hotplug *hotplug, Place *place, GUdevDevice *device)
{
	const char *devnum = g_udev_device_get_property(device, "DEVNUM");
	guint n;

	if (is_usb_device(device)) {
		/* Late news of the plugging before this one. */
		if (place->sysfs && (!devnum || strtoul(devnum, NULL, 10) == place->attach))
			device_gone(hotplug, place);
		return;
	}
	n = find_port(place, g_udev_device_get_sysfs_path(device));
	if (n != G_MAXUINT)
		port_gone(hotplug, place, n);
}

/* The USB device that something belongs to. NULL when that has left meanwhile: then the kernel's
 * next parent is the hub above it. */
static GUdevDevice *usb_device_of(GUdevDevice *device)
{
	g_autoptr(GUdevDevice) usb = NULL;
	g_autofree char *wanted = NULL;
	g_autofree char *found = NULL;

	if (is_usb_device(device))
		return g_object_ref(device);
	usb = g_udev_device_get_parent_with_subsystem(device, "usb", "usb_device");
	if (!usb)
		return NULL;
	wanted = topo_path_of_sysfs(g_udev_device_get_sysfs_path(device));
	found = topo_path_of_sysfs(g_udev_device_get_sysfs_path(usb));
	return g_strcmp0(wanted, found) == 0 ? g_steal_pointer(&usb) : NULL;
}

static void seen(Hotplug *hotplug, Place *place, GUdevDevice *device)
{
	g_autoptr(GUdevDevice) usb = usb_device_of(device);

	if (!usb || !g_udev_device_get_sysfs_attr(usb, "idVendor"))
		return;
	device_seen(hotplug, place, usb);
	if (g_strcmp0(g_udev_device_get_subsystem(device), "tty") == 0)
		port_seen(hotplug, place, device);
}

static void on_uevent(GUdevClient *client, const char *action, GUdevDevice *device, gpointer user)
{
	Hotplug *hotplug = user;
	Place *place = find_place(hotplug, device);

	if (!place)
		return;
	if (strcmp(action, "remove") == 0) {
		removed(hotplug, place, device);
	} else {
		seen(hotplug, place, device);
		/* Interfaces still being bound, or a network interface, are no port, but a sign
		 * that more comes. */
		if (place->belief == BELIEF_SETTLING)
			place->changed_us = g_get_monotonic_time();
	}
	arm(hotplug);
}

/* ---- enumeration ---- */

/* What the path names is believed already, and still the same plugging. Costs no question to
 * udev. */
static bool known(const Hotplug *hotplug, const char *sysfs)
{
	g_autofree char *path = topo_path_of_sysfs(sysfs);
	const Place *place = path ? g_hash_table_lookup(hotplug->by_path, path) : NULL;
	g_autofree char *file = NULL;
	g_autofree char *devnum = NULL;

	if (!place || g_strcmp0(place->sysfs, sysfs) != 0)
		return place && find_port(place, sysfs) != G_MAXUINT;
	file = g_build_filename(sysfs, "devnum", NULL);
	return g_file_get_contents(file, &devnum, NULL, NULL) &&
	       strtoul(devnum, NULL, 10) == place->attach;
}

static void look_at(Hotplug *hotplug, const char *sysfs)
{
	g_autoptr(GUdevDevice) device = g_udev_client_query_by_sysfs_path(hotplug->client, sysfs);
	Place *place = device ? find_place(hotplug, device) : NULL;

	/* What udev has not finished with will have an event of its own, and its permissions
	 * then. */
	if (place && g_udev_device_get_is_initialized(device))
		seen(hotplug, place, device);
}

/* Takes the USB devices or ttys of a folder of links for seen, and adds their sysfs paths to
 * `found`. A full rack has hundreds of them: only what is new is looked at. */
static void enumerate(Hotplug *hotplug, const char *folder, GHashTable *found)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *link = g_build_filename(folder, name, NULL);
		g_autofree char *target = strchr(name, ':') ? NULL : g_file_read_link(link, NULL);
		const char *tail = target ? strstr(target, "/devices/") : NULL;
		char *sysfs;

		if (!tail || !strstr(tail, "/usb"))
			continue;
		sysfs = g_strconcat("/sys", tail, NULL);
		g_hash_table_add(found, sysfs);
		if (!known(hotplug, sysfs))
			look_at(hotplug, sysfs);
	}
}

void hotplug_reconcile(Hotplug *hotplug)
{
	g_autoptr(GHashTable) found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	enumerate(hotplug, "/sys/bus/usb/devices", found);
	enumerate(hotplug, "/sys/class/tty", found);
	for (guint i = 0; i < hotplug->n_places; i++) {
		Place *place = &hotplug->places[i];

		if (place->sysfs && !g_hash_table_contains(found, place->sysfs)) {
			device_gone(hotplug, place);
			continue;
		}
		for (guint n = place->ports->len; n-- > 0;)
			if (!g_hash_table_contains(found,
						   g_array_index(place->ports, Port, n).sysfs))
				port_gone(hotplug, place, n);
	}
	arm(hotplug);
}

/* ---- life ---- */

Hotplug *hotplug_new(const Roles *roles, const SlotConfig *slots, guint n_slots, guint settle_ms,
		     HotplugReported reported, gpointer user)
{
	static const GSourceFuncs timer = { .dispatch = timer_dispatch };
	Hotplug *hotplug = g_new0(Hotplug, 1);

	hotplug->roles = roles;
	hotplug->n_places = n_slots;
	hotplug->places = g_new0(Place, n_slots);
	hotplug->by_path = g_hash_table_new(g_str_hash, g_str_equal);
	hotplug->window_us = (gint64)settle_ms * 1000;
	hotplug->reported = reported;
	hotplug->user = user;
	for (guint i = 0; i < n_slots; i++) {
		hotplug->places[i].ports = g_array_new(FALSE, FALSE, sizeof(Port));
		g_hash_table_insert(hotplug->by_path, slots[i].path, &hotplug->places[i]);
	}
	hotplug->client = g_udev_client_new(subsystems);
	g_signal_connect(hotplug->client, "uevent", G_CALLBACK(on_uevent), hotplug);
	hotplug->timer = g_source_new((GSourceFuncs *)&timer, sizeof(GSource));
	/* After the events that are waiting: nothing is told as present that has left meanwhile. */
	g_source_set_priority(hotplug->timer, G_PRIORITY_DEFAULT + 10);
	g_source_set_callback(hotplug->timer, on_timer, hotplug, NULL);
	g_source_attach(hotplug->timer, g_main_context_get_thread_default());
	return hotplug;
}

void hotplug_free(Hotplug *hotplug)
{
	if (!hotplug)
		return;
	g_source_destroy(hotplug->timer);
	g_source_unref(hotplug->timer);
	g_signal_handlers_disconnect_by_data(hotplug->client, hotplug);
	g_object_unref(hotplug->client);
	g_hash_table_unref(hotplug->by_path);
	for (guint i = 0; i < hotplug->n_places; i++) {
		g_free(hotplug->places[i].sysfs);
		g_array_unref(hotplug->places[i].ports);
	}
	g_free(hotplug->places);
	g_free(hotplug);
}
