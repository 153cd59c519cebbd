/* SPDX-License-Identifier: Apache-2.0
 *
 * Terminal, signals and totals for the dashboard. It does not know what is drawn. */
#include "station/dashboard.h"

#include "db/totals.h"
#include "fota-config.h"
#include "lib/driver.h"
#include "station/history.h"
#include "station/language.h"
#include "station/out.h"
#include "tui/tui.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#define FRAME_LIMIT (1024 * 1024)
#define DAY_US      (24 * 3600 * (gint64)G_USEC_PER_SEC)

typedef struct {
	App *app;
	Tui *tui;
	Out *out;
	History *history;
	guint input;
	bool stopping, hung_up;
	bool ended; /* the batch: nothing starts before the next work order */
	gint64 shift_us;
} Front;

static void read_figures(Front *f);
static gint64 shift_began(const Config *config);

/* ---- what the dashboard asks for ---- */

/* Why nothing new starts now; NULL: it may. */
static const char *hold_of(const Front *f)
{
	const Config *config = app_config(f->app);
	const Station *station = app_station(f->app);

	if (f->ended)
		return N_("the batch has ended: the next work order is waited for");
	if (config->ask_worker && !station_worker(station))
		return N_("nobody has said who works here");
	if (config->ask_work_order && !station_work_order(station))
		return N_("the work order is not known yet");
	return NULL;
}

static void quit(Front *f)
{
	f->stopping = true;
	station_stop(app_station(f->app), false, g_get_monotonic_time());
}

static const char *end_batch(Front *f)
{
	f->ended = true;
	station_hold(app_station(f->app), hold_of(f));
	return NULL;
}

static const char *do_act(gpointer user, Act act, guint slot)
{
	Front *f = user;
	Station *station = app_station(f->app);
	gint64 now = g_get_monotonic_time();

	switch (act) {
	case ACT_START:
		return station_start_slot(station, slot, now);
	case ACT_RETEST:
		return station_retest(station, slot, now);
	case ACT_ABORT:
		return station_abort(station, slot, now);
	case ACT_PARK:
		return station_park(station, slot, now);
	case ACT_RELEASE:
		return station_release(station, slot, now);
	case ACT_ACKNOWLEDGE:
		return station_acknowledge(station, slot, now);
	case ACT_END_BATCH:
		return end_batch(f);
	case ACT_QUIT:
		quit(f);
		return NULL;
	case N_ACTS:
		break;
	}
	g_assert_not_reached();
}

static const char *set_worker(gpointer user, const char *name)
{
	Front *f = user;

	if (!station_is_name(name))
		return N_("this is no name: expected at most 60 characters");
	station_set_worker(app_station(f->app), *name ? name : NULL);
	station_hold(app_station(f->app), hold_of(f));
	return NULL;
}

static const char *set_work_order(gpointer user, const char *order)
{
	Front *f = user;

	if (!station_is_name(order))
		return N_("this is no work order: expected at most 60 characters");
	/* Without a number no order has been entered: nothing starts. */
	f->ended = f->ended && !*order;
	station_set_work_order(app_station(f->app), *order ? order : NULL, g_get_monotonic_time());
	station_hold(app_station(f->app), hold_of(f));
	read_figures(f);
	return NULL;
}

static TuiLabel label(gpointer user, const char *imei, guint chosen, guint *slot)
{
	static const TuiLabel answers[] = { [LABEL_MATCHES] = TUI_LABEL_MATCHES,
					    [LABEL_DIFFERS] = TUI_LABEL_DIFFERS,
					    [LABEL_EXPECTED] = TUI_LABEL_EXPECTED,
					    [LABEL_UNKNOWN] = TUI_LABEL_UNKNOWN };
	Front *f = user;

	return answers[station_label(app_station(f->app), imei, chosen, slot,
				     g_get_monotonic_time())];
}

static const char *label_differs(gpointer user, guint slot, const char *unit, const char *label)
{
	Front *f = user;

	return station_label_differs(app_station(f->app), slot, unit, label,
				     g_get_monotonic_time());
}

static guint in_danger(gpointer user)
{
	Front *f = user;

	return station_in_danger(app_station(f->app));
}

static guint open_units(gpointer user)
{
	Front *f = user;

	return station_open(app_station(f->app));
}

/* The shell gets the terminal; the program goes on here when the person comes back. Where there is no shell that could bring
 * it back the kernel ignores this signal. */
static void suspend(gpointer user)
{
	signal(SIGTSTP, SIG_DFL);
	kill(0, SIGTSTP);
	signal(SIGTSTP, SIG_IGN);
}

static bool write_frame(gpointer user, const char *bytes, gsize len)
{
	Front *f = user;

	return len == 0 ? out_waiting(f->out) == 0 && !out_broken(f->out)
			: out_write(f->out, bytes, len);
}

/* What fota-log is asked: its newest visits that fit. */
static guint ask(gpointer user, const HistoryQuestion *q)
{
	Front *f = user;
	g_autoptr(GDateTime) now = g_date_time_new_now_local();
	g_autofree char *today = g_date_time_format(now, "%F");
	g_autofree char *limit = g_strdup_printf("%u", q->limit);
	const char *since = g_strcmp0(q->since, "today") == 0 ? today : q->since;
	const char *const pairs[][2] = {
		{ "--imei", q->imei }, { "--slot", q->slot },   { "--work-order", q->work_order },
		{ "--since", since },  { "--until", q->until }, { "--limit", limit }
	};
	g_autoptr(GPtrArray) filters = g_ptr_array_new();

	for (guint i = 0; i < G_N_ELEMENTS(pairs); i++)
		if (pairs[i][1]) {
			g_ptr_array_add(filters, (gpointer)pairs[i][0]);
			g_ptr_array_add(filters, (gpointer)pairs[i][1]);
		}
	g_ptr_array_add(filters, NULL);
	return history_ask(f->history, (const char *const *)filters->pdata);
}

static void tell_history(gpointer user, guint token, const HistoryVisit *visits, guint n,
			 const char *trouble)
{
	Front *f = user;
	g_autofree HistoryRow *rows = g_new0(HistoryRow, n);

	for (guint i = 0; i < n; i++)
		rows[i] = (HistoryRow){ visits[i].begin,          visits[i].slot,
					visits[i].imei,           visits[i].model,
					visits[i].version_before, visits[i].version_after,
					visits[i].target,         visits[i].outcome,
					visits[i].fault,          visits[i].work_order,
					visits[i].worker,         visits[i].duration_ms };
	tui_history(f->tui, &(HistoryAnswer){ token, rows, n, trouble });
}

static const char *step_name(gpointer user, const char *procedure, guint ord)
{
	const Procedure *p = procedure_find(procedure, NULL);

	return p && ord < p->n_steps ? p->steps[ord].name : NULL;
}

static char *plan(gpointer user, guint slot)
{
	Front *f = user;

	return station_plan(app_station(f->app), slot);
}

static void watch(gpointer user, guint slot)
{
	Front *f = user;

	station_watch(app_station(f->app), slot);
}

static const TuiActs acts = {
	.act = do_act,
	.worker = set_worker,
	.work_order = set_work_order,
	.label = label,
	.label_differs = label_differs,
	.in_danger = in_danger,
	.open = open_units,
	.suspend = suspend,
	.write = write_frame,
	.ask = ask,
	.step_name = step_name,
	.plan = plan,
	.watch = watch,
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

	if (f->hung_up)
		return;
	if (g_get_real_time() - f->shift_us >= DAY_US) {
		f->shift_us = shift_began(app_config(f->app));
		read_figures(f);
	}
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

/* ---- figures of the shift and of the work order ---- */

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

static bool read_totals(Front *f, Totals *totals, GArray **units, GError **error)
{
	App *app = f->app;
	const char *order = station_work_order(app_station(app));
	g_autoptr(GArray) rows = NULL;
	gint64 good, failed;

	if (!totals_shift(app_db(app), f->shift_us, &good, &failed, error))
		return false;
	rows = totals_units(app_db(app), order, f->shift_us, error);
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
		.since_us = g_get_monotonic_time() - (g_get_real_time() - f->shift_us),
		.quantity = catalog_quantity(app_config(app)->catalog, order),
		.units = (const UnitSoFar *)(gpointer)(*units)->data,
		.n_units = (*units)->len,
	};
	return true;
}

static bool tell_tally(Front *f, GError **error)
{
	g_autoptr(GArray) faults = totals_faults(
		app_db(f->app), station_work_order(app_station(f->app)), f->shift_us, error);
	g_autofree TallyKnown *known = NULL;

	if (!faults)
		return false;
	known = g_new0(TallyKnown, faults->len);
	for (guint i = 0; i < faults->len; i++) {
		const TotalsFault *t = &g_array_index(faults, TotalsFault, i);

		known[i] = (TallyKnown){ .fault = t->fault, .visits = t->visits };
		g_strlcpy(known[i].slot, t->slot, sizeof(known[i].slot));
	}
	tui_tally(f->tui, known, faults->len);
	return true;
}

static bool tell_paces(Front *f, GError **error)
{
	g_autoptr(GArray) paces = totals_paces(app_db(f->app), error);

	for (guint i = 0; paces && i < paces->len; i++) {
		const TotalsPace *p = &g_array_index(paces, TotalsPace, i);

		tui_pace(f->tui, &(PaceKnown){ p->model, p->procedure, p->step, p->ord, p->mean_ms,
					       p->jobs });
	}
	return paces != NULL;
}

/* Another work order, or another shift: what is on disk and what is not yet would be counted twice, so the former is complete
 * first. */
static void read_figures(Front *f)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GArray) units = NULL;
	Totals totals;

	writer_flush(app_writer(f->app));
	if (read_totals(f, &totals, &units, &error)) {
		tui_totals(f->tui, &totals);
		tell_tally(f, &error);
	}
	if (error)
		bus_trouble(app_bus(f->app), "%s", error->message);
}

/* ---- life ---- */

/* What the configuration says about the screen. */
static void configure(TuiSetup *t, const Config *config)
{
	t->station = config->station;
	t->line = config->line;
	t->colours = strcmp(config->colour, "none") == 0 ? 0
		     : strcmp(config->colour, "8") == 0  ? 8
							 : 256;
	t->bell = strcmp(config->bell, "off") == 0        ? BELL_OFF
		  : strcmp(config->bell, "failures") == 0 ? BELL_FAILURES
							  : BELL_VERDICTS;
	t->ask_worker = config->ask_worker;
	t->ask_work_order = config->ask_work_order;
	t->worker_prefix = config->worker_prefix;
	t->order_prefix = config->order_prefix;
	t->label_prefix = config->label_prefix;
}

/* The shift and the quantity may be others, too. */
static void on_reloaded(gpointer user, const char *refusal)
{
	Front *f = user;
	TuiSetup t = { 0 };

	if (refusal)
		return;
	configure(&t, app_config(f->app));
	tui_configure(f->tui, &t);
	f->shift_us = shift_began(app_config(f->app));
	read_figures(f);
	station_hold(app_station(f->app), hold_of(f));
}

static Tui *make_tui(Front *f, GError **error)
{
	const Config *config = app_config(f->app);
	g_autofree const SlotConfig **slots = g_new(const SlotConfig *, config->n_slots);
	g_autoptr(GArray) units = NULL;
	TuiSetup t = { .input_fd = STDIN_FILENO,
		       .version = FOTA_VERSION,
		       .slots = slots,
		       .n_slots = config->n_slots,
		       .acts = &acts,
		       .user = f,
		       .now_us = g_get_monotonic_time() };

	for (guint i = 0; i < config->n_slots; i++)
		slots[i] = &config->slots[i];
	configure(&t, config);
	f->shift_us = shift_began(config);
	if (!read_totals(f, &t.totals, &units, error))
		return NULL;
	f->tui = tui_new(&t, error);
	if (f->tui && tell_tally(f, error) && tell_paces(f, error))
		return f->tui;
	tui_free(g_steal_pointer(&f->tui));
	return NULL;
}

static void front_clear(Front *f)
{
	g_clear_handle_id(&f->input, g_source_remove);
	history_free(f->history);
	tui_free(f->tui);
	out_free(f->out);
}

int dashboard_run(const AppSetup *setup)
{
	static const AppFront front = { .turn = on_turn,
					.deadline = next_deadline,
					.signal = on_signal,
					.reloaded = on_reloaded,
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
	language_set(app_config(app)->language);
	f.app = app;
	f.out = out_new(STDOUT_FILENO, FRAME_LIMIT);
	f.history = history_new(db_path(app_db(app)), tell_history, &f);
	if (!make_tui(&f, &error)) {
		front_clear(&f);
		g_printerr("%s\n", error->message);
		return error->domain == DB_ERROR ? EX_CANTCREAT : EX_USAGE;
	}
	/* Stopping the program would leave units alone that flash: Ctrl-Z is a key, and asks first. */
	signal(SIGTSTP, SIG_IGN);
	bus_subscribe(app_bus(app), N_("the dashboard"), tui_event, f.tui);
	station_hold(app_station(app), hold_of(&f));
	app_tell_start(app);
	f.input = g_unix_fd_add(STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, on_input, &f);
	code = app_run(app, &front, &f);
	front_clear(&f);
	return code;
}
