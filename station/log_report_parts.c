/* SPDX-License-Identifier: Apache-2.0
 *
 * Figures, pictures and tables of a report, one function each. It does not know in which order they stand. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "station/log_plot.h"
#include "station/log_report.h"

#define FAULTS_DRAWN 12
#define STEPS_DRAWN  12
#define UNITS_LISTED 100
#define MAP_COLUMNS  16
#define MAP_ROWS     64

static char *percent(gint64 part, gint64 whole)
{
	return whole ? g_strdup_printf("%.1f %%", 100.0 * part / whole) : g_strdup("-");
}

static char *number(gint64 n)
{
	return g_strdup_printf("%" G_GINT64_FORMAT, n);
}

static char *seconds(gint64 ms)
{
	return g_strdup_printf("%.2f", ms / 1e3);
}

static void figure(Page *page, char *text, const char *what)
{
	page_figure(page, text, what);
	g_free(text);
}

void report_figures(Page *page, const Report *r)
{
	const gint64 *n = r->total;

	page_figures_begin(page);
	figure(page, number(n[YIELD_VISITS]), _("visits"));
	figure(page, number(n[YIELD_GOOD]), _("good"));
	figure(page, number(n[YIELD_FAILED]), _("failed"));
	figure(page, percent(n[YIELD_GOOD], n[YIELD_GOOD] + n[YIELD_FAILED]), _("yield"));
	figure(page, percent(n[YIELD_FIRST_GOOD], n[YIELD_FIRST]), _("first-pass yield"));
	figure(page, number(n[YIELD_FIRST]), _("units seen for the first time"));
	page_figures_end(page);
}

/* One reason why there are no pictures is enough. */
static void draw(Page *page, Report *r, const GString *data, const char *commands, guint height,
		 const char *what)
{
	g_autoptr(GError) why = NULL;
	g_autofree char *svg = NULL;

	if (data->len == 0 || r->no_plots)
		return;
	svg = plot_draw(data, commands, 960, height, &why);
	if (svg)
		page_picture(page, svg, what);
	else
		r->no_plots = g_strdup(why->message);
}

void report_trend(Page *page, Report *r)
{
	static const char commands[] =
		"set style data histograms\nset style histogram rowstacked\nset boxwidth 0.8\n"
		"set y2range [0:100]\nset y2tics\nset border 11\nset yrange [0:*]\nset key outside top center horizontal\n"
		"set ylabel 'visits'\nset y2label 'percent'\nset xtics rotate by -45\n"
		"n = |$d|\nstep = n > 32 ? ceil(n / 31.0) : 1\n"
		"plot $d using 2:xtic(int($0) % int(step) == 0 ? strcol(1) : '') title 'good' lc rgb '#5ba55b',"
		" '' using 3 title 'failed' lc rgb '#cc5544',"
		" '' using 0:4 axes x1y2 with linespoints pt 7 ps 0.4 lw 2 lc rgb '#224488' title 'yield %',"
		" '' using 0:5 axes x1y2 with lines lw 2 dt 2 lc rgb '#888888' title 'first pass %'";
	g_autoptr(GString) data = g_string_new(NULL);

	page_heading(page, _("Yield"));
	for (guint i = 0; i < r->trend->len; i++) {
		const YieldSum *s = r->trend->pdata[i];
		gint64 tried = s->n[YIELD_GOOD] + s->n[YIELD_FAILED];
		double line[] = { s->n[YIELD_GOOD], s->n[YIELD_FAILED],
				  tried ? 100.0 * s->n[YIELD_GOOD] / tried : NAN,
				  s->n[YIELD_FIRST]
					  ? 100.0 * s->n[YIELD_FIRST_GOOD] / s->n[YIELD_FIRST]
					  : NAN };

		plot_line(data, s->key, line, G_N_ELEMENTS(line));
	}
	draw(page, r, data, commands, 340, _("Good and failed visits over time, with yield"));
}

static void fault_table(Page *page, const Report *r, gint64 all)
{
	static const char *const names[] = { N_("fault"),   N_("attempts"), N_("units"),
					     N_("percent"), N_("blame"),    N_("what it is"),
					     NULL };
	const char *shown[G_N_ELEMENTS(names)] = { NULL };

	for (guint i = 0; names[i]; i++)
		shown[i] = _(names[i]);
	page_table_begin(page, shown);
	for (guint i = 0; i < r->faults->len; i++) {
		const FaultSum *f = r->faults->pdata[i];
		g_autofree char *attempts = number(f->attempts);
		g_autofree char *units = number(g_hash_table_size(f->imeis));
		g_autofree char *share = percent(f->attempts, all);
		const char *cells[] = { f->fault, attempts, units,
					share,    f->blame, *f->text ? _(f->text) : "",
					NULL };

		page_table_row(page, cells);
	}
	page_table_end(page);
}

void report_faults(Page *page, Report *r)
{
	static const char commands[] =
		"set style data histograms\nset boxwidth 0.8\nset yrange [0:*]\nset y2range [0:100]\nset y2tics\n"
		"set border 11\nunset key\nset ylabel 'attempts'\nset y2label 'percent, cumulated'\n"
		"set xtics rotate by -30\n"
		"plot $d using 2:xtic(1) lc rgb '#cc5544',"
		" '' using 0:3 axes x1y2 with linespoints pt 7 ps 0.5 lw 2 lc rgb '#224488'";
	g_autoptr(GString) data = g_string_new(NULL);
	gint64 all = 0, upto = 0;

	page_heading(page, _("What fails"));
	for (guint i = 0; i < r->faults->len; i++)
		all += ((FaultSum *)r->faults->pdata[i])->attempts;
	for (guint i = 0; i < r->faults->len && i < FAULTS_DRAWN; i++) {
		const FaultSum *f = r->faults->pdata[i];
		double line[2];

		upto += f->attempts;
		line[0] = f->attempts;
		line[1] = 100.0 * upto / all;
		plot_line(data, f->fault, line, G_N_ELEMENTS(line));
	}
	if (all == 0)
		page_text(page, "%s", _("Nothing failed."));
	else
		draw(page, r, data, commands, 340, _("Faults by how often they ended an attempt"));
	if (all > 0)
		fault_table(page, r, all);
}

static void step_row(Page *page, const StepSum *s)
{
	g_autofree char *n = number(s->n);
	g_autofree char *p50 = seconds(log_step_percentile(s, 50));
	g_autofree char *p95 = seconds(log_step_percentile(s, 95));
	g_autofree char *longest = seconds(s->max_ms);
	g_autofree char *failed = number(s->failed);
	const char *cells[] = {
		s->step, s->procedure, s->model, n, p50, p95, longest, failed, NULL
	};

	page_table_row(page, cells);
}

void report_durations(Page *page, Report *r)
{
	static const char commands[] =
		"set style data histograms\nset style histogram clustered gap 1\nset yrange [0:*]\n"
		"set key outside top center horizontal\nset ylabel 'seconds'\nset xtics rotate by -30\n"
		"plot $d using 2:xtic(1) title 'half take at most' lc rgb '#7799cc',"
		" '' using 3 title '95 of 100 take at most' lc rgb '#224488'";
	const char *const names[] = { _("step"),       _("procedure"),    _("model"),
				      _("good tries"), _("half, s"),      _("95 %, s"),
				      _("longest, s"), _("failed tries"), NULL };
	g_autoptr(GString) data = g_string_new(NULL);

	page_heading(page, _("Where the time goes"));
	for (guint i = 0; i < r->steps->len && i < STEPS_DRAWN; i++) {
		const StepSum *s = r->steps->pdata[i];
		g_autofree char *label = g_strdup_printf("%s %s", s->model, s->step);
		double line[] = { log_step_percentile(s, 50) / 1e3,
				  log_step_percentile(s, 95) / 1e3 };

		plot_line(data, label, line, G_N_ELEMENTS(line));
	}
	draw(page, r, data, commands, 360, _("Durations of the steps that take most of the time"));
	page_table_begin(page, names);
	for (guint i = 0; i < r->steps->len && i < STEPS_DRAWN; i++)
		step_row(page, r->steps->pdata[i]);
	page_table_end(page);
}

/* ---- the fixture ---- */

typedef struct {
	char *slot;
	guint row, column; /* from 0 */
	bool told;
	gint64 seen_us;
} Place;

static void place_free(gpointer place)
{
	g_free(((Place *)place)->slot);
	g_free(place);
}

/* "B12" is row B, column 12, where nobody said another place. */
static void place_by_label(Place *place, GPtrArray *letters)
{
	gsize n = strcspn(place->slot, "0123456789");
	g_autofree char *letter = g_strndup(place->slot, n);
	guint row = 0;

	while (row < letters->len && strcmp(letters->pdata[row], letter) != 0)
		row++;
	if (row == letters->len)
		g_ptr_array_add(letters, g_steal_pointer(&letter));
	place->row = row;
	place->column = MIN(g_ascii_strtoull(place->slot + n, NULL, 10), 100000);
	place->column -= place->column > 0;
}

static int by_place(gconstpointer a, gconstpointer b)
{
	const Place *x = *(Place *const *)a, *y = *(Place *const *)b;

	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	return x->column < y->column ? -1 : x->column > y->column;
}

static int by_slot(gconstpointer a, gconstpointer b)
{
	return strcmp((*(Place *const *)a)->slot, (*(Place *const *)b)->slot);
}

/* Of two slots at one place, which only a changed fixture can have, the newest is drawn last. */
static int by_seen(gconstpointer a, gconstpointer b)
{
	gint64 x = (*(Place *const *)a)->seen_us, y = (*(Place *const *)b)->seen_us;

	return x == y ? by_slot(a, b) : x < y ? -1 : 1;
}

/* Places that nobody told: a row for each letter; labels that only count, in lines of a width that fits a page. */
static void place_all_by_label(GPtrArray *places)
{
	g_autoptr(GPtrArray) letters = g_ptr_array_new_with_free_func(g_free);
	bool wide = false;

	for (guint i = 0; i < places->len; i++) {
		place_by_label(places->pdata[i], letters);
		wide = wide || ((Place *)places->pdata[i])->column >= MAP_COLUMNS;
	}
	if (!wide && letters->len <= MAP_ROWS)
		return;
	g_ptr_array_sort(places, by_place);
	for (guint i = 0; i < places->len; i++) {
		((Place *)places->pdata[i])->row = i / MAP_COLUMNS;
		((Place *)places->pdata[i])->column = i % MAP_COLUMNS;
	}
}

/* The fixture of one station, by slots: as its newest visit has each, in whatever file that is. */
static void take_place(GHashTable *fixtures, SqlRows *row)
{
	const char *station = sql_text(row, 0) ? sql_text(row, 0) : "", *slot = sql_text(row, 1);
	GHashTable *fixture = g_hash_table_lookup(fixtures, station);
	const Place *known = fixture ? g_hash_table_lookup(fixture, slot) : NULL;
	Place *place;

	if (known && known->seen_us >= sql_int(row, 4))
		return;
	if (!fixture) {
		fixture = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, place_free);
		g_hash_table_insert(fixtures, g_strdup(station), fixture);
	}
	place = g_new0(Place, 1);
	place->slot = g_strdup(slot);
	place->row = CLAMP(sql_int(row, 2), 1, MAP_ROWS) - 1;
	place->column = CLAMP(sql_int(row, 3), 1, MAP_ROWS) - 1;
	place->told = sql_int(row, 2) > 0;
	place->seen_us = sql_int(row, 4);
	g_hash_table_replace(fixture, place->slot, place);
}

static bool read_fixtures(const Log *log, GHashTable *fixtures, GError **error)
{
	for (guint i = 0; i < log->sources->len; i++) {
		g_autoptr(SqlRows) rows =
			query_places(((LogSource *)log->sources->pdata[i])->db, error);
		g_autoptr(GError) failed = NULL;

		if (!rows)
			return false;
		while (sql_next(rows, &failed))
			take_place(fixtures, rows);
		if (failed) {
			g_propagate_error(error, g_steal_pointer(&failed));
			return false;
		}
	}
	return true;
}

/* Borrowed from the fixture; one place that nobody told makes all of them go by their labels. */
static GPtrArray *places_of(GHashTable *fixture)
{
	GPtrArray *places = g_ptr_array_new();
	GHashTableIter iter;
	gpointer place;
	bool told = true;

	g_hash_table_iter_init(&iter, fixture);
	while (g_hash_table_iter_next(&iter, NULL, &place)) {
		g_ptr_array_add(places, place);
		told = told && ((Place *)place)->told;
	}
	g_ptr_array_sort(places, told ? by_seen : by_slot);
	if (!told)
		place_all_by_label(places);
	return places;
}

static const YieldSum *sum_of(const GPtrArray *slots, const char *station, const char *slot)
{
	g_autofree char *key = g_strdup_printf("%s\t%s", station, slot);

	for (guint i = 0; i < slots->len; i++)
		if (strcmp(((YieldSum *)slots->pdata[i])->key, key) == 0)
			return slots->pdata[i];
	return NULL;
}

static void fill_place(PagePlace *cell, const Place *place, const YieldSum *s, const gint64 *total)
{
	gint64 tried = s ? s->n[YIELD_GOOD] + s->n[YIELD_FAILED] : 0;

	g_free(cell->label);
	g_free(cell->first);
	g_free(cell->second);
	cell->label = g_strdup(place->slot);
	cell->first =
		tried ? g_strdup_printf(_("%d of %d failed"), (int)s->n[YIELD_FAILED], (int)tried)
		      : g_strdup("-");
	cell->second = tried ? percent(s->n[YIELD_FAILED], tried) : g_strdup("");
	cell->share = tried ? (double)s->n[YIELD_FAILED] / tried : 0;
	cell->marked = s && log_slot_excess(s, total) > LOG_SUSPECT;
}

/* Of one station's slots: another's are of another fixture. */
static void station_total(const GPtrArray *slots, const char *station, gint64 *total)
{
	g_autofree char *prefix = g_strdup_printf("%s\t", station);

	for (guint i = 0; i < slots->len; i++) {
		const YieldSum *s = slots->pdata[i];

		for (guint k = 0; k < N_YIELD_COUNTS && g_str_has_prefix(s->key, prefix); k++)
			total[k] += s->n[k];
	}
}

static void map_of(Page *page, const char *station, const GPtrArray *places, const GPtrArray *slots)
{
	g_autofree PagePlace *cells = NULL;
	gint64 total[N_YIELD_COUNTS] = { 0 };
	guint rows = 0, columns = 0;

	station_total(slots, station, total);
	for (guint i = 0; i < places->len; i++) {
		rows = MAX(rows, ((Place *)places->pdata[i])->row + 1);
		columns = MAX(columns, ((Place *)places->pdata[i])->column + 1);
	}
	cells = g_new0(PagePlace, rows * columns);
	for (guint i = 0; i < places->len; i++) {
		const Place *place = places->pdata[i];

		fill_place(&cells[place->row * columns + place->column], place,
			   sum_of(slots, station, place->slot), total);
	}
	page_map(page, cells, rows, columns);
	for (guint i = 0; i < rows * columns; i++) {
		g_free(cells[i].label);
		g_free(cells[i].first);
		g_free(cells[i].second);
	}
}

static gint by_text(gconstpointer a, gconstpointer b)
{
	return strcmp(a, b);
}

/* A map per station, however many files its months are in. */
bool report_map(Page *page, Log *log, GError **error)
{
	g_autoptr(GHashTable) fixtures = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
							       (GDestroyNotify)g_hash_table_unref);
	g_autoptr(GPtrArray) slots = log_sum_yield(log, YIELD_PLACE, error);
	g_autoptr(GList) stations = NULL;

	page_heading(page, _("The fixture"));
	page_text(
		page, "%s",
		_("Failures per slot. A red frame marks a slot that fails more often than the others, beyond chance: look at its adapter and cable."));
	if (!slots || !read_fixtures(log, fixtures, error))
		return false;
	stations = g_list_sort(g_hash_table_get_keys(fixtures), by_text);
	for (GList *l = stations; l; l = l->next) {
		g_autoptr(GPtrArray) places = places_of(g_hash_table_lookup(fixtures, l->data));

		if (stations->next)
			page_text(page, "%s", (const char *)l->data);
		map_of(page, l->data, places, slots);
	}
	return true;
}

/* ---- units ---- */

static SqlRows *ask_suspects(Log *log, Db *db, GError **error)
{
	return query_suspects(db, &log->filter, error);
}

/* Of several databases another may know better: a unit that came again elsewhere was not left where this one saw it. */
static bool was_last(Log *log, const LogSource *source, Value *row, bool *last, GError **error)
{
	*last = true;
	for (guint i = 0; *last && i < log->sources->len; i++) {
		const LogSource *other = log->sources->pdata[i];
		bool came = false;

		if (other != source &&
		    !query_came_after(other->db, row[0].text, row[3].text, &came, error))
			return false;
		*last = !came;
	}
	return true;
}

bool report_units_text(Log *log, GError **error)
{
	static const char *const brief[] = { "imei",  "model", "slot",    "begin_utc", "verdict",
					     "fault", "owed",  "station", NULL };
	const LogList list = { ask_suspects, brief, "begin_utc", true, false, was_last };

	fprintf(log->out, "\n%s\n", _("Units to look for"));
	log->filter.limit = UNITS_LISTED;
	return log_list(log, &list, error);
}

static const char *known(SqlRows *rows, guint column)
{
	const char *text = sql_text(rows, column);

	return text ? text : "";
}

static void unit_row(Page *page, SqlRows *rows)
{
	g_autoptr(GDateTime) at = g_date_time_new_from_iso8601(known(rows, 3), NULL);
	g_autoptr(GDateTime) here = at ? g_date_time_to_local(at) : NULL;
	g_autofree char *when = here ? g_date_time_format(here, "%Y-%m-%d %H:%M") : g_strdup("");
	g_autofree char *what = g_strdup_printf("%s: %s", known(rows, 5), known(rows, 6));
	const char *cells[] = { known(rows, 0),
				known(rows, 1),
				known(rows, 9),
				known(rows, 2),
				when,
				*known(rows, 5) ? what : known(rows, 4),
				sql_int(rows, 8) ? _("put it in again, it is checked")
						 : known(rows, 7),
				NULL };

	page_table_row(page, cells);
}

static bool unit_rows(Page *page, Log *log, const LogSource *source, guint *n, GError **error)
{
	g_autoptr(SqlRows) rows = query_suspects(source->db, &log->filter, error);
	g_autoptr(GError) failed = NULL;

	if (!rows)
		return false;
	while (sql_next(rows, &failed)) {
		Value row[] = { sql_value(rows, 0), sql_value(rows, 1), sql_value(rows, 2),
				sql_value(rows, 3) };
		bool last;

		if (!was_last(log, source, row, &last, &failed))
			break;
		if (last)
			unit_row(page, rows);
		*n += last;
	}
	if (!failed)
		return true;
	g_propagate_error(error, g_steal_pointer(&failed));
	return false;
}

bool report_units(Page *page, Log *log, GError **error)
{
	const char *const names[] = { _("IMEI"),       _("model"),
				      _("station"),    _("slot"),
				      _("last seen"),  _("what happened"),
				      _("what to do"), NULL };
	guint n = 0;

	page_heading(page, _("Units to look for"));
	page_text(page, "%s",
		  _("Units whose last visit was not good; those that are owed a check first."));
	log->filter.limit = UNITS_LISTED;
	page_table_begin(page, names);
	for (guint i = 0; i < log->sources->len; i++)
		if (!unit_rows(page, log, log->sources->pdata[i], &n, error))
			return false;
	page_table_end(page);
	if (n == 0)
		page_text(page, "%s", _("None."));
	if (n >= UNITS_LISTED)
		page_text(page, _("The newest %d; fota-log units --outcome fail lists all."),
			  UNITS_LISTED);
	return true;
}
