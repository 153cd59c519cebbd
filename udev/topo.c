/* SPDX-License-Identifier: Apache-2.0
 *
 * Cuts sysfs paths and ID_PATHs into controller, port chain and interface. It opens nothing and
 * reads no clock. */
#include "udev/topo.h"

#include <stdio.h>
#include <string.h>

#include <glib/gi18n.h>

#define USB "-usb-0:"

/* Length of a port chain ("4.2.3") at the start of `text`; 0: there is none. */
static gsize chain_length(const char *text)
{
	gsize len = 0;

	for (;;) {
		gsize n = strspn(text + len, G_CSET_DIGITS);

		if (n == 0)
			return 0;
		len += n;
		if (text[len] != '.')
			return len;
		len++;
	}
}

/* "1-4.2.3": a USB device's name in sysfs; gives its port chain, or NULL. */
static const char *device_chain(const char *name)
{
	gsize bus = strspn(name, G_CSET_DIGITS);
	const char *chain = name + bus + 1;

	return bus > 0 && name[bus] == '-' && chain_length(chain) > 0 ? chain : NULL;
}

/* "0000:00:14.0" */
static bool is_pci(const char *name)
{
	gsize domain = strspn(name, G_CSET_DIGITS "abcdef");
	guint bus, device, function;
	int end = 0;

	return domain >= 4 &&
	       sscanf(name + domain, ":%2x:%2x.%1x%n", &bus, &device, &function, &end) == 3 &&
	       name[domain + end] == '\0';
}

/* Index of the root hub ("usb1") in the parts of a sysfs path; 0: none. */
static guint find_root_hub(char *const *parts)
{
	for (guint i = 0; parts[i]; i++)
		if (g_str_has_prefix(parts[i], "usb") && parts[i][3] != '\0' &&
		    parts[i][3 + strspn(parts[i] + 3, G_CSET_DIGITS)] == '\0')
			return i;
	return 0;
}

/* The controller as udev's path_id names it: the nearest PCI device, and below a platform device
 * the nearest of those. */
static char *controller_name(char *const *parts, guint root)
{
	const char *pci = NULL, *platform = NULL;
	bool below_platform = false;

	for (guint i = 0; i < root; i++) {
		if (is_pci(parts[i]))
			pci = parts[i];
		else if (below_platform && !g_str_has_prefix(parts[i], "pci"))
			platform = parts[i];
		below_platform = below_platform || strcmp(parts[i], "platform") == 0;
	}
	if (pci && platform)
		return g_strconcat("platform-", platform, "-pci-", pci, NULL);
	if (pci)
		return g_strconcat("pci-", pci, NULL);
	return platform ? g_strconcat("platform-", platform, NULL) : NULL;
}

char *topo_path_of_sysfs(const char *sysfs)
{
	g_auto(GStrv) parts = g_strsplit(sysfs, "/", -1);
	guint root = find_root_hub(parts);
	g_autofree char *controller = controller_name(parts, root);
	const char *chain = NULL;

	for (guint i = root; root > 0 && parts[i]; i++) {
		const char *found = device_chain(parts[i]);

		if (found && found[chain_length(found)] == '\0')
			chain = found;
	}
	return controller && chain ? g_strconcat(controller, USB, chain, NULL) : NULL;
}

/* Where the port chain of an ID_PATH begins; NULL: not a USB path. */
static const char *id_chain(const char *id_path)
{
	const char *usb = g_strrstr(id_path, USB);
	const char *chain = usb ? usb + strlen(USB) : NULL;
	gsize len = chain ? chain_length(chain) : 0;

	return len > 0 && usb > id_path && (chain[len] == '\0' || chain[len] == ':') ? chain : NULL;
}

char *topo_path_of_id(const char *id_path)
{
	const char *chain = id_chain(id_path);

	return chain ? g_strndup(id_path, chain - id_path + chain_length(chain)) : NULL;
}

int topo_interface(const char *sysfs)
{
	g_auto(GStrv) parts = g_strsplit(sysfs, "/", -1);
	int interface_no = -1;

	for (guint i = 0; parts[i]; i++) {
		const char *chain = device_chain(parts[i]);
		const char *colon = chain ? chain + chain_length(chain) : NULL;
		guint configuration, number;
		int end = 0;

		if (colon && sscanf(colon, ":%3u.%3u%n", &configuration, &number, &end) == 2 &&
		    colon[end] == '\0')
			interface_no = number;
	}
	return interface_no;
}

bool topo_slot_path(const char *path, const char **why)
{
	const char *chain = id_chain(path);

	if (chain && chain[chain_length(chain)] == '\0')
		return true;
	if (chain)
		*why = N_("the path of the USB device, without the interface at its end");
	else if (device_chain(path))
		*why = N_("a path like pci-0000:00:14.0-usb-0:4.2.3: a bus number changes from "
			  "boot to boot");
	else if (strstr(path, "tty"))
		*why = N_("a path like pci-0000:00:14.0-usb-0:4.2.3: a tty name goes to whichever "
			  "unit comes next");
	else
		*why = N_("a path like pci-0000:00:14.0-usb-0:4.2.3, as udev's ID_PATH has it");
	return false;
}

gint64 topo_settled_at(gint64 last_us, gint64 window_us, bool complete)
{
	return last_us + (complete ? window_us : MAX(window_us, TOPO_SETTLE_LIMIT_US));
}
