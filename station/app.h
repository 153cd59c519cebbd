/* SPDX-License-Identifier: Apache-2.0
 *
 * Builds the station out of its parts, turns it in the main loop and takes it down in reverse order. It does not know which
 * front end it turns for. */
#pragma once

#include "station/station.h"

G_BEGIN_DECLS

/* The code of an error of this domain is the exit code (sysexits.h). */
#define APP_ERROR (app_error_quark())
GQuark app_error_quark(void);

typedef struct {
	const char *config_dir;
	const char *database; /* NULL: the key of station.ini */
	const char *work_order, *worker;
	char **targets; /* MODEL=VERSION, or NULL */
	const char *
		operation; /* procedure that every unit of its driver has run in the place of an update, or NULL */
	bool by_hand; /* there is somebody who can start units, where the configuration wants that */
} AppSetup;

typedef struct _App App;

/* Reads the configuration alone. NULL with an error whose message has a line for each complaint. Free with config_free. */
Config *app_read_config(const AppSetup *setup, GError **error);

/* The same, and every package that somebody else serves is fetched and compared. Blocks. */
Config *app_check_config(const AppSetup *setup, GError **error);

/* Whether the package server could listen as it is configured, or does so already in a station that runs. */
bool app_check_packages(const Config *config, GError **error);

/* Configuration, record, bus, station: everything but the hotplug, which begins with app_run(). What `setup` points to must
 * outlive it. */
App *app_new(const AppSetup *setup, GError **error);
/* Of a DB_ERROR: another station at the same record is told apart from a record that is no good. */
int app_exit_of_db_error(const GError *error);
/* Tells the readers, once all have subscribed, how the station starts: version, work order, what the last run left open. */
void app_tell_start(App *app);
void app_free(App *app);

const Config *app_config(const App *app);
Bus *app_bus(App *app);
Db *app_db(App *app);
Station *app_station(App *app);
Writer *app_writer(App *app);

/* What turns with the station. */
typedef struct {
	void (*turn)(gpointer user, gint64 now);
	gint64 (*deadline)(gpointer user);
	/* A signal arrived: SIGINT, SIGTERM, SIGHUP or SIGWINCH. */
	void (*signal)(gpointer user, int signum);
	/* SIGUSR1 was followed and app_config() is another one; or was not, and `refusal` is one sentence of several why. */
	void (*reloaded)(gpointer user, const char *refusal);
	/* The loop may end. */
	bool (*over)(gpointer user, gint64 now);
	/* The exit code, to be recorded. */
	int (*exit_code)(gpointer user);
} AppFront;

/* Returns the exit code. */
int app_run(App *app, const AppFront *front, gpointer user);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(App, app_free)

G_END_DECLS
