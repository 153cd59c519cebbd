/* SPDX-License-Identifier: Apache-2.0 */
/* fota-rack: runs any command in an environment where hubs, serial adapters, ttys and hotplug look
 * real to it, with simulated modules behind them. This file reads the command line and puts the
 * parts together. */
#include <gio/gio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "child.h"
#include "plan.h"
#include "setup.h"
#include "slots.h"
#include "truth.h"
#include "web.h"

#define EXIT_BAD_USAGE 64
#define TRUTH_MS       50

typedef struct {
	PlanOptions plan;
	gint units;
	gint64 seed;
	double speed;
	gboolean list;
	char *mix, *fault, *trouble, *truth, *setup;
	char **command;
} Options;

typedef struct {
	Rack rack;
	GMainLoop *loop;
	int code;
} App;

static bool parse_options(Options *o, int *argc, char ***argv, GError **error)
{
	const GOptionEntry entries[] = {
		{ "units", 0, 0, G_OPTION_ARG_INT, &o->units,
		  "How many units (8, or as the mix says)", "N" },
		{ "mix", 0, 0, G_OPTION_ARG_STRING, &o->mix,
		  "Which kinds: local:18,telit-sms:4,foreign:1,no-slot:1 (a wrong one lists them); "
		  "all, now, usb, answer, dsr, turn; mm invites ModemManager",
		  "SPEC" },
		{ "fault", 0, 0, G_OPTION_ARG_STRING, &o->fault,
		  "none, random (default), random:all, clean (no quirks), or name, name@A3, name@5 "
		  "in a list",
		  "SPEC" },
		{ "trouble", 0, 0, G_OPTION_ARG_STRING, &o->trouble,
		  "What happens at a command: unplug, silence, error, garbage or reboot, "
		  "@COMMAND@NUMBER of a unit, in a list",
		  "SPEC" },
		{ "seed", 0, 0, G_OPTION_ARG_INT64, &o->seed, "Decides all that is drawn (1)",
		  "S" },
		{ "speed", 0, 0, G_OPTION_ARG_DOUBLE, &o->speed, "Divides what modules take (1)",
		  "X" },
		{ "truth", 0, 0, G_OPTION_ARG_FILENAME, &o->truth,
		  "Where to write what really happened", "FILE" },
		{ "setup", 0, 0, G_OPTION_ARG_FILENAME, &o->setup,
		  "Where to write a matching configuration", "DIR" },
		{ "list-faults", 0, 0, G_OPTION_ARG_NONE, &o->list, "Print all faults", NULL },
		{ G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &o->command, NULL,
		  "-- COMMAND…" },
		{ NULL },
	};
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);

	g_option_context_set_summary(context, "Runs COMMAND in a simulated rack of modules.");
	g_option_context_set_strict_posix(context, TRUE);
	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, argc, argv, error))
		return false;
	if (o->units < 0 || o->units > 320 || o->speed <= 0 || o->speed > 1000) {
		g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
			    "--units is 1 to 320, --speed more than 0 and at most 1000");
		return false;
	}
	o->plan = (PlanOptions){
		.units = (guint)o->units, .mix = o->mix, .fault = o->fault, .trouble = o->trouble
	};
	return true;
}

static void options_clear(Options *o)
{
	g_free(o->mix);
	g_free(o->fault);
	g_free(o->trouble);
	g_free(o->truth);
	g_free(o->setup);
	g_strfreev(o->command);
}

static void write_truth(void *data)
{
	Rack *rack = data;
	g_autoptr(GError) error = NULL;

	if (rack->truth_file && !truth_write(rack, rack->truth_file, &error))
		g_printerr("fota-rack: %s\n", error->message);
}

void rack_changed(Rack *rack)
{
	if (rack->truth_file && !timer_armed(&rack->truth_timer))
		timer_real(rack->clock, &rack->truth_timer, TRUTH_MS);
}

static void on_ended(void *data, int code)
{
	App *app = data;

	app->code = code;
	g_main_loop_quit(app->loop);
}

static bool build(Rack *rack, Options *options, GError **error)
{
	guint per_hub = 8;

	rack->seed = (guint64)options->seed;
	rack->clock = clock_new(options->speed);
	rack->began_us = clock_now();
	rack->slots = g_ptr_array_new();
	rack->units = g_ptr_array_new();
	rack->truth_timer = (RackTimer){ .fn = write_truth, .data = rack };
	rack->truth_file = options->truth;
	if (!plan_make(rack, &options->plan, error))
		return false;
	rack->web = web_new(error);
	if (!rack->web || !setup_write(rack, options->setup, error))
		return false;
	if (!options->command)
		return true;
	rack->sysfs = sysfs_new(error);
	rack->lines =
		rack->sysfs ? line_set_new(rack->clock, sysfs_root(rack->sysfs), error) : NULL;
	rack->bus = rack->lines ? bus_new(rack->sysfs, rack->lines, rack->hubs + rack->hubs_added,
					  per_hub, error)
				: NULL;
	if (rack->bus && options->plan.invite_mm)
		bus_invite_modem_manager(rack->bus);
	return rack->bus != NULL;
}

static void tear_down(Rack *rack)
{
	if (rack->bus)
		slots_stop(rack);
	plan_free(rack);
	timer_stop(rack->clock, &rack->truth_timer);
	g_clear_pointer(&rack->bus, bus_free);
	g_clear_pointer(&rack->lines, line_set_free);
	g_clear_pointer(&rack->sysfs, sysfs_free);
	g_clear_pointer(&rack->web, web_free);
	g_clear_pointer(&rack->pfm, g_hash_table_unref);
	clock_free(rack->clock);
}

static int run(App *app, Options *options, GError **error)
{
	Child *child;

	slots_start(&app->rack);
	app->loop = g_main_loop_new(NULL, FALSE);
	child = child_start(options->command, sysfs_root(app->rack.sysfs), on_ended, app, error);
	if (child) {
		g_main_loop_run(app->loop);
		/* As things stand when the command ends, before anything is taken apart. */
		write_truth(&app->rack);
		child_free(child);
	}
	g_main_loop_unref(app->loop);
	return child ? app->code : EXIT_FAILURE;
}

static void raise_limits(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

int main(int argc, char **argv)
{
	Options options = { .seed = 1, .speed = 1 };
	App app = { .code = EXIT_FAILURE };
	g_autoptr(GError) error = NULL;

	if (!parse_options(&options, &argc, &argv, &error)) {
		g_printerr("fota-rack: %s\n", error->message);
		options_clear(&options);
		return EXIT_BAD_USAGE;
	}
	if (options.list) {
		faults_print();
		options_clear(&options);
		return EXIT_SUCCESS;
	}
	if (!options.command && !options.setup) {
		g_printerr("fota-rack: nothing to do: give a COMMAND behind --, or --setup DIR\n");
		return EXIT_BAD_USAGE;
	}
	raise_limits();
	if (!build(&app.rack, &options, &error))
		app.code = EXIT_BAD_USAGE;
	else
		app.code = options.command ? run(&app, &options, &error) : EXIT_SUCCESS;
	if (error)
		g_printerr("fota-rack: %s\n", error->message);
	tear_down(&app.rack);
	options_clear(&options);
	return app.code;
}
