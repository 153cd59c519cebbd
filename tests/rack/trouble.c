/* SPDX-License-Identifier: Apache-2.0 */
/* What goes wrong at one command: the unit is pulled, says nothing, refuses, talks nonsense or
 * restarts when it is asked that. It knows commands as text and no family. */
#include "trouble.h"

#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>

#include "module.h"
#include "rack.h"

#define OFF_MS 3000

static const char *const names[N_TROUBLES] = { "unplug", "silence", "error", "garbage", "reboot" };

char *trouble_head(const char *body)
{
	return g_ascii_strup(body, (gssize)strcspn(body, "\", "));
}

bool trouble_refuses(const Trouble *trouble, const char *command)
{
	return trouble && trouble->what == TROUBLE_ERROR && !strcmp(trouble->command, command);
}

void trouble_free(Trouble *trouble)
{
	if (trouble)
		g_free(trouble->command);
	g_free(trouble);
}

static bool parse_one(Rack *rack, const char *item)
{
	g_auto(GStrv) parts = g_strsplit(item, "@", 3);
	guint what = 0, index = 0;
	Unit *unit;

	if (g_strv_length(parts) == 3)
		index = (guint)atoi(parts[2]);
	if (index < 1 || index > rack->units->len)
		return false;
	while (what < N_TROUBLES && strcmp(names[what], parts[0]) != 0)
		what++;
	if (what == N_TROUBLES)
		return false;
	unit = g_ptr_array_index(rack->units, index - 1);
	trouble_free(unit->trouble);
	unit->trouble = g_new0(Trouble, 1);
	unit->trouble->what = (TroubleWhat)what;
	unit->trouble->command = g_ascii_strup(parts[1], -1);
	return true;
}

bool troubles_parse(Rack *rack, const char *spec, GError **error)
{
	g_auto(GStrv) items = g_strsplit(spec ? spec : "", ",", -1);

	for (char **item = items; *item; item++)
		if (**item && !parse_one(rack, *item)) {
			g_set_error(
				error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
				"\"%s\" is no trouble: unplug, silence, error, garbage or reboot, "
				"then @COMMAND@NUMBER of a unit",
				*item);
			return false;
		}
	return true;
}

bool trouble_strikes(Module *module, const char *body)
{
	Unit *unit = module->unit;
	Trouble *trouble = unit->trouble;
	g_autofree char *head = NULL;

	if (!trouble || trouble->done)
		return false;
	head = trouble_head(body);
	if (strcmp(head, trouble->command) != 0)
		return false;
	unit->troubled++;
	switch (trouble->what) {
	case TROUBLE_UNPLUG:
		trouble->done = true;
		slot_pull(unit->slot, 0);
		break;
	case TROUBLE_REBOOT:
		trouble->done = true;
		slot_power_cut(unit->slot, OFF_MS);
		break;
	case TROUBLE_ERROR:
		module_line(module, "ERROR");
		break;
	case TROUBLE_GARBAGE:
		module_garbage(module);
		break;
	case TROUBLE_SILENCE:
	case N_TROUBLES:
		break;
	}
	rack_changed(module->rack);
	return true;
}
