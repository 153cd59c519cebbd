/* SPDX-License-Identifier: Apache-2.0 */
/* The files that a station needs for this rack: its configuration, its slots, its catalogue and the
 * packages. They say what a person would have written, and nothing of what is wrong with which
 * unit. */
#include "setup.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "plan.h"
#include "web.h"

static const char station_text[] = "# SPDX-License-Identifier: Apache-2.0\n"
				   "# Written by fota-rack for the rack it simulates.\n\n"
				   "[station]\n"
				   "name = rack\n"
				   "line = simulated line\n"
				   "database = station.db\n"
				   "catalogue = catalogue.ini\n"
				   "start = auto\n"
				   "shift_start = 06:00\n\n"
				   "[limits]\n"
				   "max_flashing_per_hub = 0\n"
				   "max_radio = 0\n"
				   "tries = 2\n"
				   "settle_ms = 1500\n\n"
				   "[network]\n"
				   "apn = internet\n"
				   "apn_user =\n";

static const char secrets_text[] = "# SPDX-License-Identifier: Apache-2.0\n"
				   "# Written by fota-rack for the rack it simulates.\n\n"
				   "[sim]\n"
				   "pin =\n\n"
				   "[network]\n"
				   "apn_password =\n";

static bool write_text(const char *folder, const char *name, const char *text, int mode,
		       GError **error)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);

	return g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, mode,
					error);
}

static char *slots_text(const Rack *rack)
{
	GString *text = g_string_new("# SPDX-License-Identifier: Apache-2.0\n"
				     "# Written by fota-rack for the rack it simulates.\n");

	for (guint i = 0; i < rack->slots->len; i++) {
		const Slot *slot = g_ptr_array_index(rack->slots, i);

		if (slot->unnamed)
			continue;
		g_string_append_printf(text, "\n[%s]\npath = %s\npresence = %s\n", slot->label,
				       slot->path, presence_name(slot->presence));
		if (slot->key)
			g_string_append_printf(text, "power_on = %s:600\n",
					       slot->key == 'd' ? "dtr" : "rts");
		if (!slot->rest)
			g_string_append(text, "dtr = off\nrts = off\n");
	}
	return g_string_free(text, FALSE);
}

static char *package_name(const PlanDelta *delta)
{
	g_autofree char *model = g_ascii_strdown(delta->head.model, -1);
	g_autofree char *from =
		g_ascii_strdown(delta->head.from + strlen(delta->head.from) - 3, -1);
	g_autofree char *to = g_ascii_strdown(delta->head.to + strlen(delta->head.to) - 3, -1);

	return g_strdup_printf("%s-%s-%s", model, from, to);
}

/* 8 to 160 KiB: one a whole number of upload blocks, one of an odd size, all local ones with +++ in
 * them. */
static GBytes *make_package(const Rack *rack, guint i)
{
	Rng rng = rng_fork(rack->seed, 400 + i);
	gsize size = rng_between(&rng, 8 * 1024, i % 2 ? 160 * 1024 : 60 * 1024);

	size = i == 0 ? size / 1024 * 1024 : i == 1 ? size | 1 : size;
	return package_make(&plan_deltas[i].head, size, plan_deltas[i].kind == UNIT_LOCAL, &rng);
}

static bool add_package(Rack *rack, guint i, const char *folder, GString *catalogue, GError **error)
{
	const PlanDelta *delta = &plan_deltas[i];
	g_autofree char *name = package_name(delta);
	g_autofree char *file = g_strdup_printf("%s.pack", name);
	g_autoptr(GBytes) bytes = make_package(rack, i);
	g_autofree char *sha = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);
	g_autofree char *url =
		delta->kind == UNIT_HTTP && rack->web ? web_publish(rack->web, file, bytes) : NULL;
	g_autofree char *path = folder ? g_build_filename(folder, "packages", file, NULL) : NULL;

	g_string_append_printf(catalogue, "\n[package %s]\nmodel = %s\nfrom = %s\nto = %s\n", name,
			       delta->head.model, delta->head.from, delta->head.to);
	if (delta->kind == UNIT_HTTP)
		g_string_append_printf(catalogue,
				       "procedure = quectel-dfota-http\nkind = url\nurl = %s\n",
				       url ? url : "http://127.0.0.1:9/firmware");
	else
		g_string_append_printf(
			catalogue,
			"procedure = quectel-dfota-local\nkind = file\nfile = packages/%s\n", file);
	g_string_append_printf(catalogue, "size = %" G_GSIZE_FORMAT "\nsha256 = %s\n",
			       g_bytes_get_size(bytes), sha);
	return !path || g_file_set_contents(path, g_bytes_get_data(bytes, NULL),
					    (gssize)g_bytes_get_size(bytes), error);
}

bool setup_write(Rack *rack, const char *folder, GError **error)
{
	g_autoptr(GString) catalogue =
		g_string_new("# SPDX-License-Identifier: Apache-2.0\n"
			     "# Written by fota-rack for the rack it simulates.\n\n"
			     "[catalogue]\nversion = rack\n");
	g_autofree char *packages = folder ? g_build_filename(folder, "packages", NULL) : NULL;
	g_autofree char *slots = slots_text(rack);

	if (packages && g_mkdir_with_parents(packages, 0755) != 0) {
		g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "%s: %s", packages,
			    g_strerror(errno));
		return false;
	}
	for (guint i = 0; i < plan_n_models; i++)
		g_string_append_printf(catalogue, "\n[target %s]\nversion = %s\ndowngrade = no\n",
				       plan_models[i].model, plan_models[i].target);
	for (guint i = 0; i < plan_n_deltas; i++)
		if (!add_package(rack, i, folder, catalogue, error))
			return false;
	return !folder || (write_text(folder, "station.ini", station_text, 0644, error) &&
			   write_text(folder, "secrets.ini", secrets_text, 0600, error) &&
			   write_text(folder, "slots.ini", slots, 0644, error) &&
			   write_text(folder, "catalogue.ini", catalogue->str, 0644, error));
}
