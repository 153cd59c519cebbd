/* SPDX-License-Identifier: Apache-2.0
 *
 * fota-station: options, commands, exit codes. It does not know how any command does its work. */
#include "db/archive.h"
#include "db/debts.h"
#include "db/recover.h"
#include "fota-config.h"
#include "station/batch_front.h"
#include "station/dashboard.h"
#include "station/explain.h"
#include "station/language.h"

#include <glib/gi18n.h>
#include <signal.h>
#include <string.h>
#include <sysexits.h>

typedef struct {
	char *config_dir, *database, *work_order, *worker, *operation;
	char **targets;
	gboolean version;
	/* batch */
	int expect;
	char *timeout, *settle, *json;
	gboolean quiet;
	/* what is left of the command line */
	int argc;
	char **argv;
} Options;

typedef struct {
	const char *name;
	const char *arguments; /* shown in the help */
	const char *summary;   /* msgid */
	int (*run)(Options *options);
	int min_arguments, max_arguments;
	bool batch; /* takes the options of a batch */
} Command;

static int usage(const char *format, ...) G_GNUC_PRINTF(1, 2);

static int usage(const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	g_printerr("fota-station: %s; see fota-station --help\n", text);
	return EX_USAGE;
}

static int fail(const GError *error)
{
	g_printerr("%s\n", error->message);
	if (error->domain == APP_ERROR)
		return error->code;
	return EX_CANTCREAT;
}

static AppSetup setup_of(const Options *o)
{
	return (AppSetup){ .config_dir = o->config_dir,
			   .database = o->database,
			   .work_order = o->work_order,
			   .worker = o->worker,
			   .operation = o->operation,
			   .targets = o->targets };
}

/* "90", "90s", "10m", "2h" in microseconds; -1: none of these. */
static gint64 parse_duration(const char *text)
{
	static const struct {
		const char *unit;
		gint64 seconds;
	} units[] = { { "", 1 }, { "s", 1 }, { "m", 60 }, { "h", 3600 } };
	char *end;
	guint64 n =
		g_ascii_isdigit(*text) ? g_ascii_strtoull(text, &end, 10) : (end = (char *)text, 0);

	for (gsize i = 0; end != text && n < 1000000 && i < G_N_ELEMENTS(units); i++)
		if (strcmp(end, units[i].unit) == 0)
			return n * units[i].seconds * G_USEC_PER_SEC;
	return -1;
}

/* ---- commands ---- */

static int run_dashboard(Options *o)
{
	AppSetup setup = setup_of(o);

	setup.by_hand = true;
	return dashboard_run(&setup);
}

/* The options by which whatever is run is recorded, or 0. */
static int check_names(const Options *o)
{
	const struct {
		const char *option, *value;
	} names[] = { { "--work-order", o->work_order }, { "--operator", o->worker } };

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		if (names[i].value && !station_is_name(names[i].value))
			return usage(_("%s: expected one line of at most %d characters"),
				     names[i].option, STATION_NAME_CHARS);
	return 0;
}

static int run_batch(Options *o)
{
	AppSetup setup = setup_of(o);
	BatchSetup batch = { .json = o->json, .quiet = o->quiet };
	gint64 timeout = o->timeout ? parse_duration(o->timeout) : 0;
	gint64 settle = o->settle ? parse_duration(o->settle) : 30 * G_USEC_PER_SEC;

	if (timeout < 0 || settle < 0)
		return usage(
			_("%s is no duration: expected a number of seconds, or one with s, m or h behind it"),
			timeout < 0 ? o->timeout : o->settle);
	if (o->timeout && timeout == 0)
		return usage(_("--timeout %s: expected a longer time, or no --timeout"),
			     o->timeout);
	if (o->expect < 0)
		return usage(_("--expect %d: expected a number of units"), o->expect);
	batch.rules = (BatchRules){ .expect = o->expect,
				    .timeout_us = timeout,
				    .settle_us = settle,
				    .first_us = 120 * G_USEC_PER_SEC };
	return batch_front_run(&setup, &batch);
}

static int run_check(Options *o)
{
	AppSetup setup = setup_of(o);
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = app_check_config(&setup, &error);

	if (!config || !app_check_packages(config, &error))
		return fail(error);
	for (guint i = 0; i < config->warnings->len; i++)
		g_print("%s\n", (char *)g_ptr_array_index(config->warnings, i));
	g_print(_("%s is good: %u slots, %u packages, catalogue %s\n"), o->config_dir,
		config->n_slots, catalog_packages(config->catalog),
		catalog_version(config->catalog));
	return 0;
}

static int run_slots(Options *o)
{
	AppSetup setup = setup_of(o);
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = NULL;

	if (strcmp(o->argv[0], "list") != 0)
		return usage(_("slots %s is not known: expected slots list"), o->argv[0]);
	config = app_read_config(&setup, &error);
	if (!config)
		return fail(error);
	for (guint i = 0; i < config->n_slots; i++)
		g_print("%-8s %-10s %s\n", config->slots[i].label,
			presence_name(config->slots[i].presence), config->slots[i].path);
	return 0;
}

static int run_explain(Options *o)
{
	g_autofree char *text = o->argc > 0 ? explain(o->argv[0]) : explain_list();

	if (!text)
		return usage(
			_("there is no procedure or driver %s: fota-station explain lists them"),
			o->argv[0]);
	g_print("%s", text);
	return 0;
}

static void print_debt(const Debt *debt, gpointer user)
{
	g_autoptr(GDateTime) since =
		g_date_time_new_from_unix_local(debt->since_us / G_USEC_PER_SEC);
	g_autofree char *stamp = since ? g_date_time_format(since, "%F %T") : g_strdup("-");
	guint *n = user;

	g_print(_("IMEI %s: attempt %u in slot %s since %s, step %s, %s to %s: put it in again, it is checked\n"),
		debt->imei ? debt->imei : "-", debt->attempt,
		debt->slot_label ? debt->slot_label : "-", stamp, debt->step ? debt->step : "-",
		debt->version_before ? debt->version_before : "-",
		debt->target ? debt->target : "-");
	*n += 1;
}

static int run_reconcile(Options *o)
{
	AppSetup setup = setup_of(o);
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = o->database ? NULL : app_read_config(&setup, &error);
	g_autoptr(Db) db = NULL;
	guint n = 0;

	if (!o->database && !config)
		return fail(error);
	db = db_open(o->database ? o->database : config->database, DB_READ, &error);
	if (!db || !debts_each(db, print_debt, &n, &error) ||
	    !debts_open(db, print_debt, &n, &error))
		return fail(error);
	if (n == 0)
		g_print("%s\n", _("nothing is open"));
	return n > 0;
}

/* With nothing under way: what a station that died has left open is closed first. */
static int archive(Db *db, const char *month)
{
	g_autoptr(GError) error = NULL;
	guint made = 0;

	if (recover_run(db, g_get_real_time(), NULL, &error) &&
	    archive_months(db, month, g_get_real_time(), NULL, NULL, &made, &error))
		g_print(_("%u months before %s are in files of their own beside %s\n"), made, month,
			db_path(db));
	return error ? fail(error) : 0;
}

static int run_archive(Options *o)
{
	AppSetup setup = setup_of(o);
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = o->database ? NULL : app_read_config(&setup, &error);
	g_autoptr(Db) db = NULL;

	if (!o->database && !config)
		return fail(error);
	if (!archive_is_month(o->argv[0]))
		return usage(_("archive %s: expected a month such as 2026-09"), o->argv[0]);
	db = db_open(o->database ? o->database : config->database, DB_WRITE, &error);
	if (db)
		return archive(db, o->argv[0]);
	g_printerr("%s\n", error->message);
	return app_exit_of_db_error(error);
}

static const Command commands[] = {
	{ "dashboard", "", N_("the dashboard on this terminal (what happens without a command)"),
	  run_dashboard, 0, 0, false },
	{ "batch", "", N_("updates what is there and what comes, then ends with one exit code"),
	  run_batch, 0, 0, true },
	{ "check", "",
	  N_("reads configuration, catalogue and packages; says what is wrong with file and line"),
	  run_check, 0, 0, false },
	{ "slots", "list", N_("the slots of the fixture"), run_slots, 1, 1, false },
	{ "explain", "[PROCEDURE]", N_("lists the procedures, or prints one as a table"),
	  run_explain, 0, 1, false },
	{ "reconcile", "", N_("which units are owed a check; exit 0 none, 1 some"), run_reconcile,
	  0, 0, false },
	{ "archive", "MONTH",
	  N_("moves whole months before this one (2026-09) into files of their own"), run_archive,
	  1, 1, false },
};

/* ---- command line ---- */

static char *command_summary(void)
{
	GString *text = g_string_new(_("Commands:\n"));

	for (gsize i = 0; i < G_N_ELEMENTS(commands); i++)
		g_string_append_printf(text, "  %-10s %-12s %s\n", commands[i].name,
				       commands[i].arguments, _(commands[i].summary));
	return g_string_free(text, FALSE);
}

static GOptionContext *make_context(Options *o)
{
	const GOptionEntry general[] = {
		{ "config", 0, 0, G_OPTION_ARG_FILENAME, &o->config_dir,
		  N_("folder of station.ini"), N_("DIR") },
		{ "db", 0, 0, G_OPTION_ARG_FILENAME, &o->database,
		  N_("database instead of the one in station.ini"), N_("FILE") },
		{ "work-order", 0, 0, G_OPTION_ARG_STRING, &o->work_order,
		  N_("work order that units are counted for"), N_("W") },
		{ "operator", 0, 0, G_OPTION_ARG_STRING, &o->worker, N_("who works at the rack"),
		  N_("O") },
		{ "target", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o->targets,
		  N_("another target for a model, in this run"), N_("MODEL=VERSION") },
		{ "operation", 0, 0, G_OPTION_ARG_STRING, &o->operation,
		  N_("have every unit registered, tested or asked, not updated"), N_("PROCEDURE") },
		{ "version", 0, 0, G_OPTION_ARG_NONE, &o->version, N_("print the version"), NULL },
		{ NULL }
	};
	const GOptionEntry batch[] = {
		{ "expect", 0, 0, G_OPTION_ARG_INT, &o->expect,
		  N_("end when so many units have a verdict"), N_("N") },
		{ "timeout", 0, 0, G_OPTION_ARG_STRING, &o->timeout,
		  N_("end after so long (90, 90s, 10m, 2h)"), N_("T") },
		{ "settle", 0, 0, G_OPTION_ARG_STRING, &o->settle,
		  N_("end when nothing new has come for so long (30s)"), N_("T") },
		{ "json", 0, 0, G_OPTION_ARG_FILENAME, &o->json,
		  N_("write an object per event there; - is standard output"), N_("FILE") },
		{ "quiet", 0, 0, G_OPTION_ARG_NONE, &o->quiet, N_("print only what failed"), NULL },
		{ NULL }
	};
	g_autofree char *summary = command_summary();
	GOptionContext *context = g_option_context_new(_("[COMMAND]"));
	GOptionGroup *group = g_option_group_new("batch", _("Options of batch:"),
						 _("Show the options of batch"), NULL, NULL);

	g_option_group_add_entries(group, batch);
	g_option_group_set_translation_domain(group, GETTEXT_PACKAGE);
	g_option_context_set_summary(context, summary);
	g_option_context_add_main_entries(context, general, GETTEXT_PACKAGE);
	g_option_context_add_group(context, group);
	return context;
}

static const Command *find_command(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(commands); i++)
		if (strcmp(name, commands[i].name) == 0)
			return &commands[i];
	return NULL;
}

static bool used_batch_options(const Options *o)
{
	return o->expect || o->timeout || o->settle || o->json || o->quiet;
}

static int run(Options *o, int argc, char **argv)
{
	const Command *command = argc > 1 ? find_command(argv[1]) : &commands[0];
	int code;

	if (o->version) {
		g_print("fota-station %s\n", FOTA_VERSION);
		return 0;
	}
	if (!command)
		return usage(_("%s is no command"), argv[1]);
	o->argc = argc > 2 ? argc - 2 : 0;
	o->argv = argv + 2;
	if (o->argc < command->min_arguments || o->argc > command->max_arguments)
		return usage(_("%s: expected fota-station %s %s"), command->name, command->name,
			     command->arguments);
	if (!command->batch && used_batch_options(o))
		return usage(_("%s takes none of the options of batch"), command->name);
	code = check_names(o);
	return code ? code : command->run(o);
}

static void free_options(Options *o)
{
	g_free(o->config_dir);
	g_free(o->database);
	g_free(o->work_order);
	g_free(o->worker);
	g_free(o->operation);
	g_free(o->timeout);
	g_free(o->settle);
	g_free(o->json);
	g_strfreev(o->targets);
}

int main(int argc, char **argv)
{
	Options o = { 0 };
	g_autoptr(GOptionContext) context = NULL;
	g_autoptr(GError) error = NULL;
	int code;

	/* A file that may not grow any more is a full disk: whoever writes to it is told. */
	signal(SIGXFSZ, SIG_IGN);
	/* The default would kill a station in mid-flash; what it asks for is done once there is a loop. */
	signal(SIGUSR1, SIG_IGN);
	language_begin();
	context = make_context(&o);
	if (!g_option_context_parse(context, &argc, &argv, &error)) {
		code = usage("%s", error->message);
	} else {
		if (!o.config_dir)
			o.config_dir = g_strdup(FOTA_SYSCONFDIR);
		code = run(&o, argc, argv);
	}
	free_options(&o);
	return code;
}
