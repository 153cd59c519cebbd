/* SPDX-License-Identifier: Apache-2.0
 *
 * A report for somebody who was not there: one page, or the same as text. It does not know how its parts are drawn. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fota-config.h"
#include "station/log_report.h"
#include "station/log_sources.h"

/* More days than this are shown as weeks, more weeks as months. */
#define TREND_DAYS  62
#define TREND_WEEKS 420

static char *local_day(gint64 us)
{
	g_autoptr(GDateTime) at = g_date_time_new_from_unix_local(us / G_USEC_PER_SEC);

	return at ? g_date_time_format(at, "%Y-%m-%d %H:%M") : g_strdup("");
}

/* "2026-11-01 00:00 to 2026-11-07 24:00" in words of days where they are whole. */
static char *period_text(const Log *log, const GPtrArray *days)
{
	const Period *p = &log->filter.period;
	g_autofree char *from = p->from_us == PERIOD_OPEN ? NULL : local_day(p->from_us);
	g_autofree char *to = p->to_us == PERIOD_OPEN ? NULL : local_day(p->to_us);
	const YieldSum *first = days->len ? days->pdata[0] : NULL;
	const YieldSum *last = days->len ? days->pdata[days->len - 1] : NULL;

	return g_strdup_printf(_("%s to %s"),
			       *p->from_day ? p->from_day
			       : from       ? from
			       : first      ? first->key
					    : "-",
			       *p->to_day ? p->to_day
			       : to       ? to
			       : last     ? last->key
					  : "-");
}

static GPtrArray *trend(Log *log, const GPtrArray *days, GError **error)
{
	return log_sum_yield(log,
			     days->len <= TREND_DAYS    ? YIELD_DAY
			     : days->len <= TREND_WEEKS ? YIELD_WEEK
							: YIELD_MONTH,
			     error);
}

static bool gather(Log *log, Report *r, GError **error)
{
	g_autoptr(GPtrArray) days = log_sum_yield(log, YIELD_DAY, error);

	if (!days)
		return false;
	r->period = period_text(log, days);
	r->made_at = local_day(log->now_us);
	log_yield_total(days, r->total);
	r->trend = trend(log, days, error);
	r->faults = r->trend ? log_sum_faults(log, error) : NULL;
	r->steps = r->faults ? log_sum_steps(log, error) : NULL;
	return r->steps;
}

static void report_clear(Report *r)
{
	GPtrArray *all[] = { r->trend, r->faults, r->steps };

	for (guint i = 0; i < G_N_ELEMENTS(all); i++)
		if (all[i])
			g_ptr_array_unref(all[i]);
	g_free(r->period);
	g_free(r->made_at);
}

/* What it is about: everything that was asked for, so that the page explains itself. */
static void describe(Page *page, const Log *log, const Report *r)
{
	g_autoptr(GString) about = g_string_new(NULL);
	const struct {
		const char *name, *value;
	} chosen[] = { { _("slot"), log->filter.slot },
		       { _("model"), log->filter.model },
		       { _("work order"), log->filter.work_order },
		       { _("operator"), log->filter.worker },
		       { _("station"), log->filter.station } };

	for (guint i = 0; i < log->sources->len; i++)
		g_string_append_printf(about, "%s%s", i ? ", " : "",
				       ((LogSource *)log->sources->pdata[i])->name);
	for (guint i = 0; i < G_N_ELEMENTS(chosen); i++)
		if (chosen[i].value)
			g_string_append_printf(about, "; %s %s", chosen[i].name, chosen[i].value);
	page_text(page, _("%s. From %s. Made %s by fota-log %s."), r->period, about->str,
		  r->made_at, FOTA_VERSION);
}

static bool is_same_file(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* A record that was asked must not be written over, nor what lives beside it: a file's name is soon mistyped. */
static bool is_record(const Log *log, const char *output)
{
	static const char *const ends[] = { "",      "-wal",     "-shm", "-journal",
					    ".lock", ".ballast", ".part" };
	g_autofree char *name = g_path_get_basename(output);
	g_autofree char *folder = g_path_get_dirname(output);

	for (guint i = 0; i < log->sources->len; i++) {
		const char *path = db_path(((LogSource *)log->sources->pdata[i])->db);
		g_autofree char *here = g_path_get_dirname(path);

		for (guint k = 0; k < G_N_ELEMENTS(ends); k++) {
			g_autofree char *file = g_strconcat(path, ends[k], NULL);
			g_autofree char *theirs = g_path_get_basename(file);

			/* also a name that is free just now */
			if (is_same_file(output, file) ||
			    (strcmp(name, theirs) == 0 && is_same_file(folder, here)))
				return true;
		}
	}
	return false;
}

/* Where a report is written: `part` becomes `name` when all of it is there. */
typedef struct {
	FILE *file;
	const char *name; /* NULL: standard output, of which main() sees to the end */
	char *part;       /* NULL: what is no plain file is written to as it is */
} Output;

static void fail_output(const Output *out, GError **error)
{
	if (error && !*error)
		g_set_error(error, DB_ERROR, DB_ERROR_UNWRITABLE,
			    _("%s: the report cannot be written: %s"), out->name,
			    g_strerror(errno));
}

static FILE *open_part(Output *out)
{
	int fd;

	out->part = g_strconcat(out->name, ".XXXXXX", NULL);
	fd = g_mkstemp_full(out->part, O_WRONLY | O_CLOEXEC, 0666);
	if (fd < 0)
		g_clear_pointer(&out->part, g_free);
	return fd < 0 ? NULL : fdopen(fd, "w");
}

static bool open_output(Log *log, Output *out, GError **error)
{
	struct stat st;

	*out = (Output){ .file = log->out, .name = log->output };
	if (!out->name)
		return true;
	if (is_record(log, out->name)) {
		g_set_error(error, LOG_USAGE, 0,
			    _("%s is the record itself: give another name for the report"),
			    out->name);
		return false;
	}
	out->file = lstat(out->name, &st) == 0 && !S_ISREG(st.st_mode) ? fopen(out->name, "w")
								       : open_part(out);
	if (!out->file)
		fail_output(out, error);
	return out->file;
}

/* True when all of it is there; else what was there before still is. */
static bool close_output(Output *out, bool good, GError **error)
{
	if (!out->name)
		return good;
	if (fclose(out->file) != 0 || (good && out->part && g_rename(out->part, out->name) != 0))
		good = false;
	if (!good)
		fail_output(out, error);
	if (!good && out->part)
		g_unlink(out->part);
	g_free(out->part);
	return good;
}

static bool write_page(Log *log, const char *html, GError **error)
{
	Output out;

	return open_output(log, &out, error) &&
	       close_output(&out, fputs(html, out.file) >= 0, error);
}

static bool make_page(Log *log, Report *r, GError **error)
{
	Page *page = page_new(_("Firmware updates"));
	g_autofree char *html = NULL;
	bool good;

	describe(page, log, r);
	report_figures(page, r);
	report_trend(page, r);
	report_faults(page, r);
	report_durations(page, r);
	good = report_map(page, log, error) && report_units(page, log, error);
	html = page_end(page);
	if (r->no_plots)
		fprintf(stderr,
			_("fota-log: the report has no pictures: %s; install gnuplot-nox\n"),
			r->no_plots);
	g_clear_pointer(&r->no_plots, g_free);
	return good && write_page(log, html, error);
}

/* The same tables as their verbs print, one after the other. */
static bool make_text(Log *log, Report *r, GError **error)
{
	static const struct {
		const char *title;
		LogVerb verb;
	} parts[] = { { N_("Yield"), log_yield },
		      { N_("What fails"), log_faults },
		      { N_("Slots"), log_slots },
		      { N_("Where the time goes"), log_steps } };
	FILE *terminal = log->out;
	Output out;
	bool good = true;

	if (!open_output(log, &out, error))
		return false;
	log->out = out.file;
	log->by = YIELD_DAY;
	fprintf(log->out, _("Firmware updates, %s\n"), r->period);
	for (guint i = 0; good && i < G_N_ELEMENTS(parts); i++) {
		fprintf(log->out, "\n%s\n", _(parts[i].title));
		good = parts[i].verb(log, error);
	}
	if (good)
		good = report_units_text(log, error);
	log->out = terminal;
	return close_output(&out, good, error);
}

bool log_report(Log *log, GError **error)
{
	Report r = { 0 };
	bool good;

	if (!log->raw && !log->output && isatty(STDOUT_FILENO)) {
		g_set_error_literal(
			error, LOG_USAGE, 0,
			_("a page on the terminal helps nobody: expected -o FILE, or --format text"));
		return false;
	}
	good = gather(log, &r, error) &&
	       (log->raw ? make_text(log, &r, error) : make_page(log, &r, error));
	log->rows = r.total[YIELD_VISITS] + r.total[YIELD_SKIPPED];
	report_clear(&r);
	return good;
}
