/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs a batch: wires the reports, ends when the batch is over, prints the summary. It does not know how a unit is updated. */
#include "station/batch_front.h"

#include "db/ledger.h"
#include "station/report_json.h"
#include "station/report_text.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#define OUT_LIMIT (8 * 1024 * 1024)

typedef struct {
	App *app;
	const BatchSetup *setup;
	Batch *batch;
	Out *text_out, *json_out;
	int json_fd;
	ReportText text;
	ReportJson json;
	bool stopping, interrupted;
} Front;

/* What has no verdict now, or has not even come, will not get the one it would have got. */
static void stop(Front *f, gint64 now, bool finish_running)
{
	f->interrupted = station_open(app_station(f->app)) > 0;
	f->stopping = true;
	station_stop(app_station(f->app), finish_running, now);
}

static void on_signal(gpointer user, int signum)
{
	Front *f = user;

	/* A terminal that is gone is no reason to give up what runs. */
	if (signum == SIGWINCH)
		return;
	if (!f->stopping)
		stop(f, g_get_monotonic_time(), signum == SIGHUP);
	else if (signum != SIGHUP)
		station_stop(app_station(f->app), false, g_get_monotonic_time());
}

static void on_reloaded(gpointer user, const char *refusal)
{
	if (refusal)
		g_printerr("%s\n", refusal);
}

static void on_turn(gpointer user, gint64 now)
{
	Front *f = user;

	if (!f->stopping && batch_timed_out(f->batch, now))
		stop(f, now, false);
}

static gint64 next_deadline(gpointer user)
{
	Front *f = user;

	if (f->stopping)
		return G_MAXINT64;
	return batch_deadline(f->batch, station_open(app_station(f->app)));
}

static bool is_over(gpointer user, gint64 now)
{
	Front *f = user;

	return f->stopping || batch_over(f->batch, station_open(app_station(f->app)), now);
}

static BatchCounts count(Front *f)
{
	const StationUnfinished *list;
	BatchCounts counts = { 0 };

	batch_count(f->batch, &counts);
	counts.unfinished = station_unfinished(app_station(f->app), &list);
	counts.interrupted = f->interrupted;
	counts.unsaved = writer_kept(app_writer(f->app)) > 0 &&
			 writer_flush(app_writer(f->app)) != WRITER_TAKEN;
	return counts;
}

static int exit_code(gpointer user)
{
	Front *f = user;
	BatchCounts counts = count(f);

	return batch_exit(&counts, f->setup->rules.expect);
}

/* ---- the summary ---- */

static void json_summary(Front *f, const BatchCounts *counts, int code, const char *head)
{
	g_autoptr(JsonBuilder) b = json_builder_new();
	const StationUnfinished *list;
	guint n = station_unfinished(app_station(f->app), &list);
	const struct {
		const char *key;
		gint64 value;
	} numbers[] = {
		{ "v", 1 },
		{ "exit", code },
		{ "expected", f->setup->rules.expect },
		{ "units", counts->units },
		{ "pass", counts->by_outcome[OUTCOME_PASS] },
		{ "current", counts->by_outcome[OUTCOME_CURRENT] },
		{ "fail", counts->by_outcome[OUTCOME_FAIL] },
		{ "skipped", counts->by_outcome[OUTCOME_SKIPPED] },
		{ "aborted", counts->by_outcome[OUTCOME_ABORTED] },
		{ "interrupted", counts->by_outcome[OUTCOME_INTERRUPTED] },
	};

	json_builder_begin_object(b);
	json_builder_set_member_name(b, "type");
	json_builder_add_string_value(b, "summary");
	for (guint i = 0; i < G_N_ELEMENTS(numbers); i++) {
		json_builder_set_member_name(b, numbers[i].key);
		json_builder_add_int_value(b, numbers[i].value);
	}
	json_builder_set_member_name(b, "not_finished");
	json_builder_begin_array(b);
	for (guint i = 0; i < n; i++) {
		json_builder_begin_object(b);
		json_builder_set_member_name(b, "slot");
		json_builder_add_string_value(b, list[i].slot);
		json_builder_set_member_name(b, "imei");
		json_builder_add_string_value(b, list[i].imei);
		json_builder_set_member_name(b, "step");
		json_builder_add_string_value(b, list[i].step ? list[i].step : "");
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
	json_builder_set_member_name(b, "head");
	json_builder_add_string_value(b, head);
	report_json_line(f->json_out, b);
}

static void text_summary(Front *f, const BatchCounts *counts, int code, const char *head)
{
	g_autoptr(GString) line = g_string_new(NULL);

	if (f->setup->quiet && code == 0)
		return;
	if (counts->units > 0)
		g_string_append_printf(line, _("%u units:"), counts->units);
	else
		g_string_append(line, _("no units"));
	for (int i = OUTCOME_PASS; i < N_OUTCOMES; i++)
		if (counts->by_outcome[i] > 0)
			g_string_append_printf(line, " %u %s", counts->by_outcome[i],
					       outcome_name(i));
	g_string_append_printf(line, _("; exit %d; head %s\n"), code, head);
	out_write(f->text_out, line->str, line->len);
}

static void summarise(Front *f, int code)
{
	g_autoptr(GError) error = NULL;
	LedgerHead head = { 0 };
	BatchCounts counts = count(f);

	if (!ledger_head(app_db(f->app), &head, &error))
		g_printerr("fota-station: %s\n", error->message);
	text_summary(f, &counts, code, head.sha);
	if (f->json_out)
		json_summary(f, &counts, code, head.sha);
}

/* ---- life ---- */

static bool open_reports(Front *f)
{
	bool json_on_stdout = g_strcmp0(f->setup->json, "-") == 0;

	f->json_fd = -1;
	if (json_on_stdout)
		f->json_fd = STDOUT_FILENO;
	else if (f->setup->json)
		f->json_fd = open(f->setup->json, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (f->setup->json && f->json_fd < 0) {
		g_printerr(
			_("fota-station: %s cannot be written: %s; choose another file for --json\n"),
			f->setup->json, g_strerror(errno));
		return false;
	}
	if (f->json_fd >= 0)
		f->json_out = out_new(f->json_fd, OUT_LIMIT);
	f->text_out = out_new(json_on_stdout ? STDERR_FILENO : STDOUT_FILENO, OUT_LIMIT);
	return true;
}

static bool is_not_whole(const Out *out)
{
	return out_broken(out) || out_refused(out) > 0;
}

static void close_reports(Front *f)
{
	if (f->json_out && is_not_whole(f->json_out))
		g_printerr(_(
			"fota-station: the JSON report is not whole: what it was written to is full, gone or too slow; the "
			"record is\n"));
	if (is_not_whole(f->text_out))
		g_printerr(_(
			"fota-station: the report is not whole: what it was written to is full, gone or too slow; the record "
			"is\n"));
	g_free(f->text.good);
	out_free(f->json_out);
	out_free(f->text_out);
	if (f->json_fd > STDERR_FILENO)
		close(f->json_fd);
}

/* The reports are opened before the station, so that they hear how it starts. */
int batch_front_run(const AppSetup *app_setup, const BatchSetup *setup)
{
	static const AppFront front = { .turn = on_turn,
					.deadline = next_deadline,
					.signal = on_signal,
					.reloaded = on_reloaded,
					.over = is_over,
					.exit_code = exit_code };
	g_autoptr(GError) error = NULL;
	Front f = { .setup = setup, .json_fd = -1 };
	int code;

	f.app = app_new(app_setup, &error);
	if (!f.app) {
		g_printerr("%s\n", error->message);
		return error->domain == APP_ERROR ? error->code : EX_CANTCREAT;
	}
	if (!open_reports(&f)) {
		app_free(f.app);
		return EX_USAGE;
	}
	f.batch = batch_new(&setup->rules, g_get_monotonic_time());
	f.text = (ReportText){ .out = f.text_out,
			       .slots = app_config(f.app)->slots,
			       .quiet = setup->quiet,
			       .good = g_new0(Unit, app_config(f.app)->n_slots) };
	f.json = (ReportJson){ .out = f.json_out, .slots = app_config(f.app)->slots };
	bus_subscribe(app_bus(f.app), N_("the batch"), batch_read, f.batch);
	if (f.json_out)
		bus_subscribe(app_bus(f.app), N_("the JSON report"), report_json_read, &f.json);
	bus_subscribe(app_bus(f.app), N_("the report"), report_text_read, &f.text);
	app_tell_start(f.app);
	code = app_run(f.app, &front, &f);
	summarise(&f, code);
	close_reports(&f);
	app_free(f.app);
	batch_free(f.batch);
	return code;
}
