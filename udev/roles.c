/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads data/roles.ini into a table by vid:pid. It does not know where the devices are. */
#include "udev/roles.h"

#include <string.h>

#include <glib/gi18n.h>

#include "lib/ini.h"

#define INTERFACES_MAX 32
#define SECTIONS       "[VID:PID] with four hexadecimal digits each, or several of them"

typedef struct {
	bool adapter;
	guint8 roles[INTERFACES_MAX]; /* PortRole */
} Device;

struct _Roles {
	GHashTable *by_id; /* vid and pid as one number to Device, which several of them share */
	GPtrArray *devices;
};

void roles_free(Roles *roles)
{
	if (!roles)
		return;
	g_hash_table_unref(roles->by_id);
	g_ptr_array_unref(roles->devices);
	g_free(roles);
}

static gpointer id_key(guint16 vid, guint16 pid)
{
	return GUINT_TO_POINTER((guint)vid << 16 | pid);
}

static bool read_hex(const char *text, guint16 *value)
{
	g_autofree char *four = g_strndup(text, 4);
	guint64 number;

	if (!g_ascii_string_to_unsigned(four, 16, 0, G_MAXUINT16, &number, NULL) ||
	    strlen(four) != 4)
		return false;
	*value = number;
	return true;
}

static void read_ids(Roles *roles, IniSection *section, Device *device)
{
	g_auto(GStrv) ids = g_strsplit(ini_section_name(section), " ", -1);

	for (guint i = 0; ids[i]; i++) {
		guint16 vid, pid;

		if (strlen(ids[i]) != 9 || ids[i][4] != ':' || !read_hex(ids[i], &vid) ||
		    !read_hex(ids[i] + 5, &pid))
			ini_complain(section, NULL, _("\"%s\" is no vid:pid, expected %s"), ids[i],
				     SECTIONS);
		else if (!g_hash_table_insert(roles->by_id, id_key(vid, pid), device))
			ini_complain(section, NULL,
				     _("%s is in another section too, expected once"), ids[i]);
	}
}

static void read_device(Roles *roles, IniSection *section)
{
	static const char *const words[] = {
#define ROLE(name, text) text,
		PORT_ROLE_LIST(ROLE)
#undef ROLE
			NULL
	};
	Device *device = g_new0(Device, 1);
	const char *key;

	g_ptr_array_add(roles->devices, device);
	read_ids(roles, section, device);
	device->adapter = ini_bool(section, "adapter", false);
	for (guint i = 0; (key = ini_key(section, i)); i++) {
		guint64 number;

		if (g_ascii_string_to_unsigned(key, 10, 0, INTERFACES_MAX - 1, &number, NULL))
			device->roles[number] = ini_choice(section, key, words, ROLE_UNKNOWN);
	}
}

Roles *roles_load(const char *path, GPtrArray *complaints)
{
	g_autoptr(Ini) ini = ini_load(path, complaints);
	IniSection *section;
	Roles *roles;

	if (!ini)
		return NULL;
	roles = g_new0(Roles, 1);
	roles->by_id = g_hash_table_new(NULL, NULL);
	roles->devices = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; (section = ini_nth(ini, i)); i++)
		read_device(roles, section);
	ini_finish(ini, SECTIONS);
	return roles;
}

static const Device *find_device(const Roles *roles, guint16 vid, guint16 pid)
{
	return g_hash_table_lookup(roles->by_id, id_key(vid, pid));
}

PortRole roles_of(const Roles *roles, guint16 vid, guint16 pid, guint8 interface_no)
{
	const Device *device = find_device(roles, vid, pid);

	return device && interface_no < INTERFACES_MAX ? device->roles[interface_no] : ROLE_UNKNOWN;
}

bool roles_adapter(const Roles *roles, guint16 vid, guint16 pid)
{
	const Device *device = find_device(roles, vid, pid);

	return device && device->adapter;
}

bool roles_has(const Roles *roles, guint16 vid, guint16 pid, PortRole role)
{
	const Device *device = find_device(roles, vid, pid);

	return device && memchr(device->roles, role, INTERFACES_MAX);
}
