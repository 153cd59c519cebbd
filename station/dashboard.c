/* SPDX-License-Identifier: Apache-2.0
 *
 * Terminal, signals and totals for the dashboard. It does not know what is drawn. */
#include "station/dashboard.h"

#include "db/totals.h"
#include "fota-config.h"
#include "station/out.h"
#include "tui/tui.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <sysexits.h>
#include <unistd.h>

#define FRAME_LIMIT (1024 * 1024)

typedef struct {
	App *app;
	Tui *tui;
	Out *out;
	guint input;
	bool stopping, hung_up;
} Front;

/* ---- what the dashboard asks for ---- */

static void quit(gpointer user)
{
	Front *f = user;

	f->stopping = true;
	station_stop(app_station(f->app), false, g_get_monotonic_time());
}

static void start(gpointer user)
{
	Front *f = user;

	station_start(app_station(f->app), g_get_monotonic_time());
}

static guint in_danger(gpointer user)
{
	Front *f = user;

	return station_in_danger(app_station(f->app));
}

static bool write_frame(gpointer user, const char *bytes, gsize len)
{
	Front *f = user;

	return len == 0 ? out_waiting(f->out) == 0 && !out_broken(f->out)
			: out_write(f->out, bytes, len);
}

static const TuiActs acts = {
	.quit = quit, .start = start, .in_danger = in_danger, .write = write_frame
};

/* ---- the loop ---- */

/* The terminal is gone: what runs goes on to its verdict, nothing new starts. */
static void hang_up(Front *f)
{
	g_clear_handle_id(&f->input, g_source_remove);
	if (f->hung_up)
		return;
	f->hung_up = true;
	if (!f->stopping)
		station_stop(app_station(f->app), true, g_get_monotonic_time());
	f->stopping = true;
}

static gboolean on_input(gint fd, GIOCondition condition, gpointer user)
{
	Front *f = user;

	if (tui_input(f->tui, g_get_monotonic_time()))
		return G_SOURCE_CONTINUE;
	f->input = 0;
	hang_up(f);
	return G_SOURCE_REMOVE;
}

static void on_signal(gpointer user, int signum)
{
	Front *f = user;

	if (signum == SIGWINCH)
		tui_resize(f->tui);
	else if (signum == SIGHUP)
		hang_up(f);
	else
		quit(f);
}

static void on_turn(gpointer user, gint64 now)
{
	Front *f = user;

	if (!f->hung_up)
		tui_tick(f->tui, now);
}

static gint64 next_deadline(gpointer user)
{
	Front *f = user;

	return f->hung_up ? G_MAXINT64 : tui_deadline(f->tui);
}

static bool is_over(gpointer user, gint64 now)
{
	return ((Front *)user)->stopping;
}

static int exit_code(gpointer user)
{
	Front *f = user;
	const StationUnfinished *list;

	if (writer_kept(app_writer(f->app)) > 0 && writer_flush(app_writer(f->app)) != WRITER_TAKEN)
		return EX_CANTCREAT;
	return f->hung_up || station_unfinished(app_station(f->app), &list) > 0 ? 4 : 0;
}

/* ---- totals of the shift ---- */

/* UTC, microseconds: when the present shift began by the local clock. */
static gint64 shift_began(const Config *config)
{
	g_autoptr(GDateTime) now = g_date_time_new_now_local();
	g_autoptr(GDateTime) start = g_date_time_new_local(
		g_date_time_get_year(now), g_date_time_get_month(now),
		g_date_time_get_day_of_month(now), config->shift_start_min / 60,
		config->shift_start_min % 60, 0);
	g_autoptr(GDateTime) before = NULL;

	if (g_date_time_compare(start, now) <= 0)
		return g_date_time_to_unix(start) * G_USEC_PER_SEC;
	before = g_date_time_add_days(start, -1);
	return g_date_time_to_unix(before) * G_USEC_PER_SEC;
}

static bool read_totals(App *app, const AppSetup *setup, Totals *totals, GArray **units,
			GError **error)
{
	gint64 since = shift_began(app_config(app)), good, failed;
	g_autoptr(GArray) rows = NULL;

	if (!totals_shift(app_db(app), since, &good, &failed, error))
		return false;
	rows = totals_units(app_db(app), setup->work_order, since, error);
	if (!rows)
		return false;
	*units = g_array_new(FALSE, TRUE, sizeof(UnitSoFar));
	for (guint i = 0; i < rows->len; i++) {
		const TotalsUnit *row = &g_array_index(rows, TotalsUnit, i);
		UnitSoFar u = { .good_first = row->good_first, .good = row->good };

		g_strlcpy(u.imei, row->imei, sizeof(u.imei));
		g_array_append_val(*units, u);
	}
	*totals = (Totals){
		.good = good,
		.failed = failed,
		.since_us = g_get_monotonic_time() - (g_get_real_time() - since),
		.quantity = catalog_quantity(app_config(app)->catalog, setup->work_order),
		.units = (const UnitSoFar *)(gpointer)(*units)->data,
		.n_units = (*units)->len,
	};
	return true;
}

/* ---- life ---- */

static Tui *make_tui(Front *f, const AppSetup *setup, GError **error)
{
	const Config *config = app_config(f->app);
	g_autofree const SlotConfig **slots = g_new(const SlotConfig *, config->n_slots);
	g_autoptr(GArray) units = NULL;
	TuiSetup t = { .input_fd = STDIN_FILENO,
		       .station = config->station,
		       .line = config->line,
		       .version = FOTA_VERSION,
		       .slots = slots,
		       .n_slots = config->n_slots,
		       .acts = &acts,
		       .user = f,
		       .now_us = g_get_monotonic_time() };

	for (guint i = 0; i < config->n_slots; i++)
		slots[i] = &config->slots[i];
	if (!read_totals(f->app, setup, &t.totals, &units, error))
		return NULL;
	return tui_new(&t, error);
}

int dashboard_run(const AppSetup *setup)
{
	static const AppFront front = { .turn = on_turn,
					.deadline = next_deadline,
					.signal = on_signal,
					.over = is_over,
					.exit_code = exit_code };
	g_autoptr(GError) error = NULL;
	g_autoptr(App) app = NULL;
	Front f = { 0 };
	int code;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		g_printerr(
			"%s\n",
			_("fota-station: the dashboard needs a terminal: run it in one, or use fota-station batch"));
		return EX_USAGE;
	}
	app = app_new(setup, &error);
	if (!app) {
		g_printerr("%s\n", error->message);
		return error->domain == APP_ERROR ? error->code : EX_CANTCREAT;
	}
	f.app = app;
	f.out = out_new(STDOUT_FILENO, FRAME_LIMIT);
	f.tui = make_tui(&f, setup, &error);
	if (!f.tui) {
		out_free(f.out);
		g_printerr("%s\n", error->message);
		return error->domain == DB_ERROR ? EX_CANTCREAT : EX_USAGE;
	}
	bus_subscribe(app_bus(app), "the dashboard", tui_event, f.tui);
	app_tell_start(app);
	f.input = g_unix_fd_add(STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, on_input, &f);
	code = app_run(app, &front, &f);
	g_clear_handle_id(&f.input, g_source_remove);
	tui_free(f.tui);
	out_free(f.out);
	return code;
}
