/* SPDX-License-Identifier: Apache-2.0
 *
 * The wiring of the station and its loop. It does not know which front end it turns for. */
#include "station/app.h"

#include "db/recover.h"
#include "db/verify.h"
#include "fota-config.h"
#include "lib/driver.h"
#include "lib/english.h"
#include "station/fetch.h"
#include "station/reload.h"

#include <glib-unix.h>
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sysexits.h>

#define RECONCILE_US  (5 * G_USEC_PER_SEC)
#define CHECKPOINT_US (60 * G_USEC_PER_SEC)
/* How often the end is looked at; a deadline that moved with each turn would wake the loop at once. */
#define TICK_US (G_USEC_PER_SEC / 10)
/* How long the end waits for a record that cannot be written. */
#define UNSAVED_US (30 * G_USEC_PER_SEC)
/* Past this size something keeps the write-ahead log from shrinking. */
#define WAL_ALARM (64 * 1024 * 1024)

G_DEFINE_QUARK(fota-app-error-quark, app_error);

typedef struct {
	App *app;
	int signum;
	guint id;
} SignalWatch;

struct _App {
	AppSetup setup;
	guint interrupted; /* attempts that the last run left open */
	Config *config;
	GPtrArray *former; /* configurations that visits went by which began before it */
	Reload *reload;    /* one is being read; NULL: none */
	bool reload_again;
	Db *db;
	Writer *writer;
	Bus *bus;
	PackageServer *packages;
	Station *station;
	Hotplug *hotplug;

	const AppFront *front;
	gpointer user;
	SignalWatch signals[5];
	GSource *timer;
	gint64 reconcile_at, checkpoint_at;
	gint64 over_since;
	bool wal_told;
};

/* ---- building ---- */

static bool override_targets(const AppSetup *setup, Config *config, GError **error)
{
	for (char **t = setup->targets; t && *t; t++) {
		g_auto(GStrv) parts = g_strsplit(*t, "=", 2);

		if (g_strv_length(parts) == 2 &&
		    catalog_set_target(config->catalog, parts[0], parts[1]))
			continue;
		g_set_error(
			error, APP_ERROR, EX_USAGE,
			_("--target %.80s: expected MODEL=VERSION with a model of the catalogue and a version of at most %d letters, digits and signs"),
			*t, CATALOG_VERSION_BYTES);
		return false;
	}
	return true;
}

static void set_config_error(GError **error, GPtrArray *complaints)
{
	g_autofree char *all = NULL;

	g_ptr_array_add(complaints, NULL);
	all = g_strjoinv("\n", (char **)complaints->pdata);
	g_set_error_literal(error, APP_ERROR, EX_CONFIG, all);
}

Config *app_read_config(const AppSetup *setup, GError **error)
{
	g_autoptr(GPtrArray) complaints = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(Config) config = config_load(setup->config_dir, &driver_knows, complaints);

	if (config && complaints->len == 0)
		return override_targets(setup, config, error) ? g_steal_pointer(&config) : NULL;
	set_config_error(error, complaints);
	return NULL;
}

Config *app_check_config(const AppSetup *setup, GError **error)
{
	g_autoptr(Config) config = app_read_config(setup, error);
	g_autoptr(GPtrArray) complaints = g_ptr_array_new_with_free_func(g_free);

	if (!config)
		return NULL;
	fetch_check(config->catalog, complaints);
	if (complaints->len == 0)
		return g_steal_pointer(&config);
	set_config_error(error, complaints);
	return NULL;
}

/* NULL without an error: there is nothing to serve. */
static PackageServer *open_packages(const Config *config, GError **error)
{
	const PackageServerSetup setup = { .listen = config->listen,
					   .port = config->port,
					   .public_address = config->public_address,
					   .public_port = config->public_port };
	g_autoptr(GError) trouble = NULL;
	PackageServer *server;
	bool taken;

	if (!config_serves(config))
		return NULL;
	server = package_server_new(&setup, &trouble);
	if (server)
		return server;
	taken = g_error_matches(trouble, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
	g_set_error(
		error, APP_ERROR, taken ? EX_TEMPFAIL : EX_CONFIG,
		taken ? _("%s: port %u of %s is held by another program: expected a free one, to "
			  "serve packages (%s)")
		      : _("%s: packages cannot be served at port %u of %s: expected an address "
			  "of this computer and a port that this user may have (%s)"),
		config->packages_place, config->port, config->listen, trouble->message);
	return NULL;
}

bool app_check_packages(const Config *config, GError **error)
{
	g_autoptr(GError) trouble = NULL;
	g_autoptr(PackageServer) server = open_packages(config, &trouble);

	if (server || !trouble ||
	    (trouble->code == EX_TEMPFAIL && package_server_is_there(config->listen, config->port)))
		return true;
	g_set_error_literal(error, APP_ERROR, EX_CONFIG, trouble->message);
	return false;
}

static gint64 bus_monotonic(gpointer user)
{
	return g_get_monotonic_time();
}

static gint64 bus_wall(gpointer user)
{
	return g_get_real_time();
}

int app_exit_of_db_error(const GError *error)
{
	return g_error_matches(error, DB_ERROR, DB_ERROR_LOCKED) ? EX_TEMPFAIL : EX_CANTCREAT;
}

static bool open_record(App *app, const char *path, GError **error)
{
	g_autoptr(GError) trouble = NULL;

	app->db = db_open(path, DB_WRITE, &trouble);
	if (app->db && recover_run(app->db, g_get_real_time(), &app->interrupted, &trouble))
		return true;
	g_set_error_literal(error, APP_ERROR, app_exit_of_db_error(trouble), trouble->message);
	return false;
}

/* The record keeps them in English; the screen has got its language after the configuration was read. */
static void tell_warnings(App *app)
{
	const Config *config = app->config;
	g_autoptr(GPtrArray) said = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) english = g_ptr_array_new_with_free_func(g_free);
	locale_t before;

	catalog_warn(config->catalog, config->models, said);
	before = english_begin();
	catalog_warn(config->catalog, config->models, english);
	english_end(before);
	for (guint i = 0; i < english->len; i++)
		bus_emit(app->bus, (Event){ .kind = EV_TROUBLE,
					    .slot = SLOT_NONE,
					    .text = g_ptr_array_index(english, i),
					    .said = g_ptr_array_index(said, i) });
}

/* It was found in English: for the screen it is looked for once more. */
static void tell_doubt(App *app)
{
	static const char format[] = N_("%s is not as it was written: %s; see fota-log verify");
	const char *path = db_path(app->db), *doubt = db_doubt(app->db);
	g_autofree char *again = NULL, *text = NULL, *said = NULL;
	g_autoptr(GError) error = NULL;

	if (!doubt)
		return;
	if (!verify_tail(app->db, VERIFY_AT_START, &again, &error))
		bus_trouble(app->bus, "%s", error->message);
	text = g_strdup_printf(format, path, doubt);
	said = g_strdup_printf(_(format), path, again ? again : doubt);
	bus_emit(app->bus,
		 (Event){ .kind = EV_TROUBLE, .slot = SLOT_NONE, .text = text, .said = said });
}

void app_tell_start(App *app)
{
	const AppSetup *setup = &app->setup;
	guint interrupted = app->interrupted;
	guint quantity = catalog_quantity(app->config->catalog, setup->work_order);

	bus_emit(app->bus,
		 (Event){ .kind = EV_STATION_START, .slot = SLOT_NONE, .text = FOTA_VERSION });
	if (setup->work_order)
		bus_emit(app->bus, (Event){ .kind = EV_WORK_ORDER,
					    .slot = SLOT_NONE,
					    .text = setup->work_order,
					    .num = quantity });
	if (setup->worker)
		bus_emit(app->bus,
			 (Event){ .kind = EV_WORKER, .slot = SLOT_NONE, .text = setup->worker });
	if (interrupted > 0)
		bus_trouble(
			app->bus,
			"%u attempts were interrupted when the station stopped last; their units are checked when they return",
			interrupted);
	tell_doubt(app);
	tell_warnings(app);
}

/* What is registered, tested or asked in the place of an update. False: there is no such operation. */
static bool find_operation(const AppSetup *setup, const Procedure **operation, GError **error)
{
	*operation = setup->operation ? procedure_find(setup->operation, NULL) : NULL;
	if (!setup->operation || (*operation && (*operation)->operation &&
				  strcmp((*operation)->operation, "check") != 0))
		return true;
	g_set_error(error, APP_ERROR, EX_USAGE,
		    _("--operation %s: expected a procedure that registers, tests or asks, as "
		      "fota-station explain lists them"),
		    setup->operation);
	return false;
}

static bool allows_front(const AppSetup *setup, const Config *config, GError **error)
{
	if (config->scan != SCAN_REQUIRED || setup->by_hand)
		return true;
	g_set_error(
		error, APP_ERROR, EX_CONFIG,
		_("%s/station.ini: scan is \"required\" and nobody scans labels in a batch: expected off or "
		  "optional, or the dashboard"),
		setup->config_dir);
	return false;
}

static bool starts_by_hand(const AppSetup *setup, const Config *config)
{
	return setup->by_hand && !config->auto_start;
}

App *app_new(const AppSetup *setup, GError **error)
{
	g_autoptr(App) app = g_new0(App, 1);
	const Procedure *operation;
	const BusClock clock = { .monotonic_us = bus_monotonic, .wall_us = bus_wall };

	app->setup = *setup;
	if (!find_operation(setup, &operation, error))
		return NULL;
	app->config = app_check_config(setup, error);
	if (!app->config ||
	    !open_record(app, setup->database ? setup->database : app->config->database, error))
		return NULL;
	if (!allows_front(setup, app->config, error))
		return NULL;
	app->packages = open_packages(app->config, error);
	if (!app->packages && config_serves(app->config))
		return NULL;
	app->former = g_ptr_array_new_with_free_func((GDestroyNotify)config_free);
	app->writer = writer_new(app->db);
	app->bus = bus_new(&clock);
	bus_subscribe(app->bus, N_("the record"), writer_read, app->writer);
	app->station = station_new(&(StationSetup){ .config = app->config,
						    .bus = app->bus,
						    .db = app->db,
						    .writer = app->writer,
						    .packages = app->packages,
						    .work_order = setup->work_order,
						    .worker = setup->worker,
						    .operation = operation,
						    .by_hand = starts_by_hand(setup, app->config),
						    .by_person = setup->by_hand },
				   error);
	if (!app->station)
		return NULL;
	return g_steal_pointer(&app);
}

void app_free(App *app)
{
	if (!app)
		return;
	reload_end(app->reload);
	hotplug_free(app->hotplug);
	station_free(app->station);
	package_server_free(app->packages);
	if (app->writer)
		writer_flush(app->writer);
	bus_free(app->bus);
	writer_free(app->writer);
	db_close(app->db);
	config_free(app->config);
	if (app->former)
		g_ptr_array_unref(app->former);
	g_free(app);
}

const Config *app_config(const App *app)
{
	return app->config;
}

Bus *app_bus(App *app)
{
	return app->bus;
}

Db *app_db(App *app)
{
	return app->db;
}

Station *app_station(App *app)
{
	return app->station;
}

Writer *app_writer(App *app)
{
	return app->writer;
}

/* ---- another configuration ---- */

/* `said` and `text` have a line for each complaint, the same number of them. */
static void refuse(App *app, const char *said, const char *text)
{
	static const char format[] = N_("not reloaded: %s");
	g_auto(GStrv) said_lines = g_strsplit(said, "\n", -1);
	g_auto(GStrv) lines = g_strsplit(text ? text : said, "\n", -1);

	for (guint i = 0; lines[i] && said_lines[i]; i++) {
		g_autofree char *english = g_strdup_printf(format, lines[i]);
		g_autofree char *sentence = g_strdup_printf(_(format), said_lines[i]);

		bus_emit(app->bus, (Event){ .kind = EV_TROUBLE,
					    .slot = SLOT_NONE,
					    .text = english,
					    .said = sentence });
		app->front->reloaded(app->user, sentence);
	}
}

/* Why the configuration that was read cannot be taken; what it needs is open then. */
static bool may_take(App *app, const Config *config, GError **error)
{
	const char *fixed = reload_obstacle(app->config, config);

	if (fixed) {
		g_set_error(error, APP_ERROR, EX_CONFIG,
			    _("%s/%s cannot change while the station runs: start it anew for that"),
			    app->setup.config_dir, fixed);
		return false;
	}
	if (!allows_front(&app->setup, config, error))
		return false;
	if (!app->packages)
		app->packages = open_packages(config, error);
	return app->packages || !config_serves(config);
}

/* The places and their roles are the same, and whoever looks at them goes on with those of the start. */
static void take(App *app, Config *config)
{
	SlotConfig *slots = config->slots;
	Roles *roles = config->roles;

	config->slots = app->config->slots;
	config->roles = app->config->roles;
	app->config->slots = slots;
	app->config->roles = roles;
	g_ptr_array_add(app->former, app->config);
	app->config = config;
	station_reload(app->station, config, app->packages, starts_by_hand(&app->setup, config),
		       g_get_monotonic_time());
	tell_warnings(app);
	app->front->reloaded(app->user, NULL);
}

static void read_anew(App *app);

static void on_read(gpointer user, Config *read, const char *said, const char *text)
{
	App *app = user;
	g_autoptr(Config) config = read;
	g_autoptr(GError) error = NULL, english = NULL;
	locale_t before;

	if (!config) {
		refuse(app, said, text);
	} else if (!may_take(app, config, &error)) {
		before = english_begin();
		may_take(app, config, &english);
		english_end(before);
		refuse(app, error->message, english ? english->message : NULL);
	} else {
		take(app, g_steal_pointer(&config));
	}
	g_clear_pointer(&app->reload, reload_end);
	if (app->reload_again)
		read_anew(app);
}

/* What changes while it is being read is read once more. */
static void read_anew(App *app)
{
	app->reload_again = app->reload != NULL;
	if (!app->reload)
		app->reload = reload_begin(&app->setup, on_read, app);
}

static void drop_former(App *app)
{
	for (guint i = app->former->len; i > 0; i--)
		if (!station_goes_by(app->station, g_ptr_array_index(app->former, i - 1)))
			g_ptr_array_remove_index(app->former, i - 1);
}

/* ---- the loop ---- */

static gboolean on_signal(gpointer user)
{
	SignalWatch *watch = user;

	if (watch->signum == SIGUSR1)
		read_anew(watch->app);
	else
		watch->app->front->signal(watch->app->user, watch->signum);
	return G_SOURCE_CONTINUE;
}

static void watch_signals(App *app)
{
	static const int signums[G_N_ELEMENTS(app->signals)] = { SIGINT, SIGTERM, SIGHUP, SIGWINCH,
								 SIGUSR1 };

	signal(SIGPIPE, SIG_IGN);
	for (guint i = 0; i < G_N_ELEMENTS(signums); i++) {
		app->signals[i] = (SignalWatch){ .app = app, .signum = signums[i] };
		app->signals[i].id = g_unix_signal_add(signums[i], on_signal, &app->signals[i]);
	}
}

/* The turn that follows every dispatch does the work. */
static gboolean on_timer(GSource *source, GSourceFunc callback, gpointer user)
{
	return G_SOURCE_CONTINUE;
}

/* One timer for the earliest of all deadlines. */
static GSource *timer_new(void)
{
	static GSourceFuncs funcs = { .dispatch = on_timer };
	GSource *timer = g_source_new(&funcs, sizeof(GSource));

	g_source_set_ready_time(timer, -1);
	g_source_attach(timer, NULL);
	return timer;
}

static void checkpoint(App *app)
{
	g_autoptr(GError) error = NULL;
	gint64 wal = 0;

	if (!db_checkpoint(app->db, &wal, &error) &&
	    !g_error_matches(error, DB_ERROR, DB_ERROR_BUSY))
		bus_trouble(app->bus, "%s", error->message);
	if (wal > WAL_ALARM && !app->wal_told)
		bus_trouble(
			app->bus,
			"a reader has kept the database open for long and its log cannot shrink: end queries that hang");
	app->wal_told = wal > WAL_ALARM;
}

/* Work that is done now and then. The kernel's queue of hotplug events can overflow. */
static void housekeeping(App *app, gint64 now)
{
	if (now >= app->reconcile_at) {
		hotplug_reconcile(app->hotplug);
		drop_former(app);
		app->reconcile_at = now + RECONCILE_US;
	}
	if (now >= app->checkpoint_at) {
		checkpoint(app);
		app->checkpoint_at = now + CHECKPOINT_US;
	}
}

/* Over, and everything is on disk; or over for so long with a record that cannot be written that waiting helps nobody. */
static bool may_end(App *app, gint64 now)
{
	if (!app->front->over(app->user, now)) {
		app->over_since = 0;
		return false;
	}
	if (station_idle(app->station))
		return true;
	if (app->over_since == 0)
		app->over_since = now;
	return station_only_unrecorded(app->station) && now - app->over_since >= UNSAVED_US;
}

int app_run(App *app, const AppFront *front, gpointer user)
{
	gint64 now = g_get_monotonic_time();
	int code;

	app->front = front;
	app->user = user;
	watch_signals(app);
	app->timer = timer_new();
	app->hotplug = hotplug_new(app->config->roles, app->config->slots, app->config->n_slots,
				   app->config->settle_ms, station_hotplug, app->station);
	hotplug_reconcile(app->hotplug);
	app->reconcile_at = now + RECONCILE_US;
	app->checkpoint_at = now + CHECKPOINT_US;
	while (!may_end(app, now)) {
		/* Over, and waiting for a record that cannot be written: the front end has nothing more to decide. */
		gint64 front_due =
			app->over_since ? (now / TICK_US + 1) * TICK_US : front->deadline(user);
		gint64 due = MIN(MIN(station_deadline(app->station), front_due), app->reconcile_at);

		g_source_set_ready_time(app->timer, MAX(due, 0));
		g_main_context_iteration(NULL, TRUE);
		now = g_get_monotonic_time();
		housekeeping(app, now);
		station_turn(app->station, now);
		front->turn(user, now);
	}
	for (guint i = 0; i < G_N_ELEMENTS(app->signals); i++)
		g_source_remove(app->signals[i].id);
	/* Nobody follows it any more, and the record is still to be closed. */
	signal(SIGUSR1, SIG_IGN);
	g_source_destroy(app->timer);
	g_source_unref(app->timer);
	code = front->exit_code(user);
	bus_emit(app->bus, (Event){ .kind = EV_STATION_STOP, .slot = SLOT_NONE, .num = code });
	return writer_flush(app->writer) == WRITER_TAKEN ? code : EX_CANTCREAT;
}
