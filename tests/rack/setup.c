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

/* So many of a hundred packages that units fetch are the station's own to serve; the others are
 * somebody else's. */
#define SERVED_PERCENT 70

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
				   "apn_user = somebody\n\n"
				   "[packages]\n"
				   "listen = 127.0.0.1\n"
				   "port = 0\n"
				   "public_address = 127.0.0.1\n";

/* Secrets are long: found in a file, they are what they look like. */
static const char secrets_text[] = "# SPDX-License-Identifier: Apache-2.0\n"
				   "# Written by fota-rack for the rack it simulates.\n\n"
				   "[sim]\n"
				   "pin =\n\n"
				   "[network]\n"
				   "apn_password = %s\n";

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
	g_autofree char *from = g_ascii_strdown(delta->head.from, -1);
	g_autofree char *to = g_ascii_strdown(delta->head.to, -1);

	return g_strdup_printf("%s-%s-%s", model, from, to);
}

/* 8 to 160 KiB: one a whole number of upload blocks, one of an odd size, those that are uploaded with
 * +++ in them. */
static GBytes *make_package(const Rack *rack, const PlanDelta *delta, guint n, bool plus)
{
	Rng rng = rng_fork(rack->seed, 400 + n);
	gsize size = rng_between(&rng, 8 * 1024, n % 2 ? 160 * 1024 : 60 * 1024);

	size = n == 0 ? size / 1024 * 1024 : n == 1 ? size | 1 : size;
	return package_make(&delta->head, size, plus, &rng);
}

/* Where it lies: on the rack's web server, or in a file that the station sends or serves. */
static bool add_content(Rack *rack, const PlanDelta *delta, guint n, const char *folder,
			const SetupText *text, GError **error)
{
	bool upload = delta->kinds & FOR_UPLOAD;
	g_autofree char *name = package_name(delta);
	g_autofree char *file = g_strdup_printf("%s.pack", name);
	g_autoptr(GBytes) bytes = make_package(rack, delta, n, upload);
	g_autofree char *sha = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);
	Rng rng = rng_fork(rack->seed, 500 + n);
	bool served = !upload && !rack->others_serve && rng_chance(&rng, SERVED_PERCENT);
	g_autofree char *url =
		!upload && !served && rack->web ? web_publish(rack->web, file, bytes) : NULL;
	g_autofree char *path = folder ? g_build_filename(folder, "packages", file, NULL) : NULL;

	if (upload || served)
		g_string_append_printf(text->catalogue, "kind = file\nfile = packages/%s\n", file);
	else
		g_string_append_printf(text->catalogue, "kind = url\nurl = %s\n",
				       url ? url : "http://127.0.0.1:9/firmware");
	g_string_append_printf(text->catalogue, "size = %" G_GSIZE_FORMAT "\nsha256 = %s\n",
			       g_bytes_get_size(bytes), sha);
	return !path || g_file_set_contents(path, g_bytes_get_data(bytes, NULL),
					    (gssize)g_bytes_get_size(bytes), error);
}

/* A section for each procedure that takes it. */
static bool add_package(Rack *rack, const PlanDelta *delta, guint n, const char *folder,
			const SetupText *text, GError **error)
{
	g_autofree char *name = package_name(delta);

	for (guint k = 0; k < N_UPDATED; k++) {
		const KindInfo *kind = kind_info((UnitKind)k);

		if (!kind_in((UnitKind)k, delta->kinds) || !plan_has(rack, 1u << k))
			continue;
		g_string_append_printf(text->catalogue,
				       "\n[package %s-%s]\nmodel = %s\nfrom = %s\nto = %s\n"
				       "procedure = %s\n",
				       name, kind->name, delta->head.model, delta->head.from,
				       delta->head.to, kind->procedure);
		if (kind->way == WAY_CLOUD) {
			g_string_append(text->catalogue, "kind = cloud\n");
			if (delta->cloud_version)
				g_string_append_printf(text->catalogue, "cloud_version = %s\n",
						       delta->cloud_version);
		} else if (!add_content(rack, delta, n, folder, text, error)) {
			return false;
		}
	}
	return true;
}

/* A model that is updated in several ways has one target. */
static bool has_target(const SetupText *text, const char *model)
{
	g_autofree char *section = g_strdup_printf("\n[target %s]\n", model);

	return strstr(text->catalogue->str, section);
}

static bool add_family(Rack *rack, const PlanFamily *family, guint first, const char *folder,
		       const SetupText *text, GError **error)
{
	for (guint i = 0; i < family->n_models; i++)
		if (plan_has(rack, family->models[i].kinds) &&
		    !has_target(text, family->models[i].model))
			g_string_append_printf(text->catalogue,
					       "\n[target %s]\nversion = %s\ndowngrade = no\n",
					       family->models[i].model, family->models[i].target);
	for (guint i = 0; i < family->n_deltas; i++)
		if (!add_package(rack, &family->deltas[i], first + i, folder, text, error))
			return false;
	if (family->setup && plan_has(rack, family->kinds))
		family->setup(rack, text);
	return true;
}

static bool make_texts(Rack *rack, const char *folder, const SetupText *text, GError **error)
{
	static const PlanFamily *const families[] = { &plan_quectel, &plan_simcom, &plan_telit };

	for (guint i = 0; i < G_N_ELEMENTS(families); i++)
		if (!add_family(rack, families[i], 100 * i, folder, text, error))
			return false;
	return true;
}

bool setup_write(Rack *rack, const char *folder, GError **error)
{
	g_autoptr(GString) catalogue =
		g_string_new("# SPDX-License-Identifier: Apache-2.0\n"
			     "# Written by fota-rack for the rack it simulates.\n\n"
			     "[catalogue]\nversion = rack\n");
	g_autoptr(GString) station = g_string_new(station_text);
	g_autoptr(GString) secrets = g_string_new(NULL);
	const SetupText text = { station, secrets, catalogue };
	g_autofree char *packages = folder ? g_build_filename(folder, "packages", NULL) : NULL;
	g_autofree char *slots = slots_text(rack);

	g_string_printf(secrets, secrets_text, rack->apn_password);
	if (packages && g_mkdir_with_parents(packages, 0755) != 0) {
		g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "%s: %s", packages,
			    g_strerror(errno));
		return false;
	}
	if (!make_texts(rack, folder, &text, error))
		return false;
	return !folder || (write_text(folder, "station.ini", station->str, 0644, error) &&
			   write_text(folder, "secrets.ini", secrets->str, 0600, error) &&
			   write_text(folder, "slots.ini", slots, 0644, error) &&
			   write_text(folder, "catalogue.ini", catalogue->str, 0644, error));
}
