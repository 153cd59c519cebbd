/* SPDX-License-Identifier: Apache-2.0
 *
 * The verbs of fota-log that add up, over one or several databases: yield, faults, slots, steps. It does not know how the
 * sums of one database come about. */
#include <math.h>
#include <string.h>

#include "station/log_sums.h"

/* Calls `take` with every row that the databases answer. */
typedef void (*Take)(gpointer user, SqlRows *row);

static bool take_all(Log *log, LogQuestion ask, Take take, gpointer user, GError **error)
{
	for (guint i = 0; i < log->sources->len; i++) {
		const LogSource *source = log->sources->pdata[i];
		g_autoptr(SqlRows) rows = ask(log, source->db, error);
		g_autoptr(GError) failed = NULL;

		if (!rows)
			return false;
		while (sql_next(rows, &failed))
			take(user, rows);
		if (failed) {
			g_propagate_error(error, g_steal_pointer(&failed));
			return false;
		}
	}
	return true;
}

static const char *text_of(SqlRows *row, guint column)
{
	const char *text = sql_text(row, column);

	return text ? text : "";
}

/* The answer is one table over all databases: no column says which. */
static Export *sum_table(Log *log, const char *const *columns, const char *const *brief)
{
	Export *e = export_new(log->out, log->format, columns, brief);

	export_set_style(e, &log->style);
	return e;
}

static Value percent(gint64 part, gint64 whole, char text[16])
{
	if (whole == 0)
		return value_null();
	g_ascii_formatd(text, 16, "%.2f", 100.0 * part / whole);
	return (Value){ VALUE_REAL, 0, text, strlen(text) };
}

/* ---- yield ---- */

static SqlRows *ask_yield(Log *log, Db *db, GError **error)
{
	return query_yield(db, log->by, &log->filter, error);
}

static void take_yield(gpointer user, SqlRows *row)
{
	GHashTable *sums = user;
	const char *key = text_of(row, 0);
	YieldSum *sum = g_hash_table_lookup(sums, key);

	if (!sum) {
		sum = g_new0(YieldSum, 1);
		sum->key = g_strdup(key);
		g_hash_table_insert(sums, sum->key, sum);
	}
	for (guint i = 0; i < N_YIELD_COUNTS; i++)
		sum->n[i] += sql_int(row, i + 1);
}

static void yield_free(gpointer sum)
{
	g_free(((YieldSum *)sum)->key);
	g_free(sum);
}

static int by_key(gconstpointer a, gconstpointer b)
{
	return strcmp((*(YieldSum *const *)a)->key, (*(YieldSum *const *)b)->key);
}

GPtrArray *log_sum_yield(Log *log, YieldBy by, GError **error)
{
	g_autoptr(GHashTable) sums = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, NULL);
	GPtrArray *all = g_ptr_array_new_with_free_func(yield_free);
	GHashTableIter iter;
	gpointer sum;
	bool good;

	log->by = by;
	good = take_all(log, ask_yield, take_yield, sums, error);
	g_hash_table_iter_init(&iter, sums);
	while (g_hash_table_iter_next(&iter, NULL, &sum))
		g_ptr_array_add(all, sum);
	g_ptr_array_sort(all, by_key);
	if (good)
		return all;
	g_ptr_array_unref(all);
	return NULL;
}

static void yield_row(Export *e, const char *key, const gint64 *n)
{
	char yield[16], first[16];
	Value row[] = { value_text(key),
			value_int(n[YIELD_VISITS]),
			value_int(n[YIELD_GOOD]),
			value_int(n[YIELD_FAILED]),
			value_int(n[YIELD_SKIPPED]),
			percent(n[YIELD_GOOD], n[YIELD_GOOD] + n[YIELD_FAILED], yield),
			value_int(n[YIELD_FIRST]),
			value_int(n[YIELD_FIRST_GOOD]),
			percent(n[YIELD_FIRST_GOOD], n[YIELD_FIRST], first) };

	export_row(e, row);
}

bool log_yield(Log *log, GError **error)
{
	const char *columns[] = { yield_column(log->by),
				  "visits",
				  "good",
				  "failed",
				  "skipped",
				  "yield_percent",
				  "units",
				  "first_good",
				  "first_pass_percent",
				  NULL };
	g_autoptr(GPtrArray) sums = NULL;
	g_autoptr(Export) e = NULL;
	gint64 total[N_YIELD_COUNTS] = { 0 };

	if (log->by == YIELD_PACKAGE) {
		columns[1] = "attempts";
		columns[6] = "first_tries";
	}
	sums = log_sum_yield(log, log->by, error);
	if (!sums)
		return false;
	e = sum_table(log, columns, NULL);
	for (guint i = 0; i < sums->len; i++) {
		YieldSum *sum = sums->pdata[i];

		for (guint k = 0; k < N_YIELD_COUNTS; k++)
			total[k] += sum->n[k];
		yield_row(e, sum->key, sum->n);
	}
	/* For the eye; a program can add. */
	if (log->format == EXPORT_TABLE && sums->len > 1)
		yield_row(e, "total", total);
	log_end(log, e);
	return true;
}

/* ---- faults ---- */

static SqlRows *ask_faults(Log *log, Db *db, GError **error)
{
	return query_faults(db, &log->filter, error);
}

static void fault_free(gpointer sum)
{
	FaultSum *f = sum;

	g_free(f->fault);
	g_free(f->blame);
	g_free(f->text);
	g_hash_table_unref(f->imeis);
	g_free(f);
}

static void take_fault(gpointer user, SqlRows *row)
{
	GHashTable *sums = user;
	const char *fault = text_of(row, 0);
	FaultSum *sum = g_hash_table_lookup(sums, fault);

	if (!sum) {
		sum = g_new0(FaultSum, 1);
		sum->fault = g_strdup(fault);
		sum->blame = g_strdup(text_of(row, 1));
		sum->text = g_strdup(text_of(row, 2));
		sum->imeis = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
		g_hash_table_insert(sums, sum->fault, sum);
	}
	sum->attempts += sql_int(row, 4);
	if (sql_text(row, 3))
		g_hash_table_add(sum->imeis, g_strdup(sql_text(row, 3)));
}

static int by_attempts(gconstpointer a, gconstpointer b)
{
	const FaultSum *x = *(FaultSum *const *)a, *y = *(FaultSum *const *)b;

	if (x->attempts != y->attempts)
		return x->attempts < y->attempts ? 1 : -1;
	return strcmp(x->fault, y->fault);
}

GPtrArray *log_sum_faults(Log *log, GError **error)
{
	g_autoptr(GHashTable) sums = g_hash_table_new(g_str_hash, g_str_equal);
	GPtrArray *all = g_ptr_array_new_with_free_func(fault_free);
	GHashTableIter iter;
	gpointer sum;
	bool good = take_all(log, ask_faults, take_fault, sums, error);

	g_hash_table_iter_init(&iter, sums);
	while (g_hash_table_iter_next(&iter, NULL, &sum))
		g_ptr_array_add(all, sum);
	g_ptr_array_sort(all, by_attempts);
	if (good)
		return all;
	g_ptr_array_unref(all);
	return NULL;
}

bool log_faults(Log *log, GError **error)
{
	static const char *const columns[] = {
		"fault", "attempts", "units", "percent", "cumulated_percent", "blame", "text", NULL
	};
	g_autoptr(GPtrArray) sums = log_sum_faults(log, error);
	g_autoptr(Export) e = NULL;
	gint64 all = 0, upto = 0;

	if (!sums)
		return false;
	for (guint i = 0; i < sums->len; i++)
		all += ((FaultSum *)sums->pdata[i])->attempts;
	e = sum_table(log, columns, NULL);
	for (guint i = 0; i < sums->len; i++) {
		FaultSum *sum = sums->pdata[i];
		char share[16], shares[16];

		upto += sum->attempts;

		Value row[] = { value_text(sum->fault),
				value_int(sum->attempts),
				value_int(g_hash_table_size(sum->imeis)),
				percent(sum->attempts, all, share),
				percent(upto, all, shares),
				value_text(sum->blame),
				value_text(sum->text) };

		export_row(e, row);
	}
	log_end(log, e);
	return true;
}

/* ---- slots ---- */

static SqlRows *ask_slot_faults(Log *log, Db *db, GError **error)
{
	return query_slot_faults(db, &log->filter, error);
}

typedef struct {
	char *fault;
	gint64 attempts;
} Worst;

static void worst_free(gpointer worst)
{
	g_free(((Worst *)worst)->fault);
	g_free(worst);
}

static void take_worst(gpointer user, SqlRows *row)
{
	g_autofree char *place = g_strdup_printf("%s\t%s", text_of(row, 0), text_of(row, 1));
	Worst *worst = g_hash_table_lookup(user, place);

	if (worst && worst->attempts >= sql_int(row, 3))
		return;
	worst = g_new0(Worst, 1);
	worst->fault = g_strdup(text_of(row, 2));
	worst->attempts = sql_int(row, 3);
	g_hash_table_replace(user, g_steal_pointer(&place), worst);
}

/* How many standard deviations this slot's failures lie above what the others would have had in as many visits. */
double log_slot_excess(const YieldSum *slot, const gint64 *all)
{
	gint64 failed = slot->n[YIELD_FAILED], tried = failed + slot->n[YIELD_GOOD];
	gint64 rest = all[YIELD_FAILED] + all[YIELD_GOOD] - tried;
	double rate, expected;

	if (tried == 0 || rest <= 0)
		return 0;
	/* One failure more than was seen: of a few visits nothing is certain. */
	rate = (all[YIELD_FAILED] - failed + 1.0) / (rest + 2.0);
	expected = rate * tried;
	return (failed - expected) / sqrt(expected * (1 - rate));
}

static int by_failed(gconstpointer a, gconstpointer b)
{
	const YieldSum *x = *(YieldSum *const *)a, *y = *(YieldSum *const *)b;

	if (x->n[YIELD_FAILED] != y->n[YIELD_FAILED])
		return x->n[YIELD_FAILED] < y->n[YIELD_FAILED] ? 1 : -1;
	return strcmp(x->key, y->key);
}

void log_yield_total(const GPtrArray *sums, gint64 *total)
{
	for (guint i = 0; i < sums->len; i++)
		for (guint k = 0; k < N_YIELD_COUNTS; k++)
			total[k] += ((const YieldSum *)sums->pdata[i])->n[k];
}

bool log_slots(Log *log, GError **error)
{
	static const char *const columns[] = { "slot",    "failed",      "visits",
					       "good",    "skipped",     "yield_percent",
					       "suspect", "worst_fault", "worst_attempts",
					       "station", NULL };
	g_autoptr(GHashTable) worst =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, worst_free);
	g_autoptr(GPtrArray) sums = log_sum_yield(log, YIELD_PLACE, error);
	g_autoptr(Export) e = NULL;
	gint64 all[N_YIELD_COUNTS] = { 0 };

	if (!sums || !take_all(log, ask_slot_faults, take_worst, worst, error))
		return false;
	log_yield_total(sums, all);
	g_ptr_array_sort(sums, by_failed);
	e = sum_table(log, columns, NULL);
	for (guint i = 0; i < sums->len; i++) {
		const YieldSum *s = sums->pdata[i];
		const Worst *w = g_hash_table_lookup(worst, s->key);
		const char *tab = strchr(s->key, '\t');
		g_autofree char *station = g_strndup(s->key, tab - s->key);
		char yield[16];
		Value row[] = {
			value_text(tab + 1),
			value_int(s->n[YIELD_FAILED]),
			value_int(s->n[YIELD_VISITS]),
			value_int(s->n[YIELD_GOOD]),
			value_int(s->n[YIELD_SKIPPED]),
			percent(s->n[YIELD_GOOD], s->n[YIELD_GOOD] + s->n[YIELD_FAILED], yield),
			value_text(log_slot_excess(s, all) > LOG_SUSPECT ? "yes" : NULL),
			value_text(w ? w->fault : NULL),
			w ? value_int(w->attempts) : value_null(),
			value_text(station),
		};

		export_row(e, row);
	}
	log_end(log, e);
	return true;
}

/* ---- steps ---- */

static SqlRows *ask_steps(Log *log, Db *db, GError **error)
{
	return query_steps(db, &log->filter, error);
}

typedef struct {
	gint64 about, n;
} Bucket;

static void step_free(gpointer sum)
{
	StepSum *s = sum;

	g_free(s->key);
	g_free(s->model);
	g_free(s->procedure);
	g_free(s->step);
	g_array_unref(s->buckets);
	g_free(s);
}

static StepSum *step_sum(GHashTable *sums, SqlRows *row)
{
	g_autofree char *key =
		g_strdup_printf("%s\t%s\t%s", text_of(row, 0), text_of(row, 1), text_of(row, 2));
	StepSum *sum = g_hash_table_lookup(sums, key);

	if (sum)
		return sum;
	sum = g_new0(StepSum, 1);
	sum->model = g_strdup(text_of(row, 0));
	sum->procedure = g_strdup(text_of(row, 1));
	sum->step = g_strdup(text_of(row, 2));
	sum->buckets = g_array_new(FALSE, FALSE, sizeof(Bucket));
	sum->key = g_steal_pointer(&key);
	g_hash_table_insert(sums, sum->key, sum);
	return sum;
}

static void take_step(gpointer user, SqlRows *row)
{
	StepSum *sum = step_sum(user, row);
	Bucket bucket = { sql_int(row, 4), sql_int(row, 5) };

	if (!sql_int(row, 3)) {
		sum->failed += bucket.n;
		return;
	}
	sum->n += bucket.n;
	sum->total_ms += sql_int(row, 6);
	sum->max_ms = MAX(sum->max_ms, sql_int(row, 7));
	g_array_append_val(sum->buckets, bucket);
}

static int by_about(gconstpointer a, gconstpointer b)
{
	gint64 x = ((const Bucket *)a)->about, y = ((const Bucket *)b)->about;

	return (x > y) - (x < y);
}

gint64 log_step_percentile(const StepSum *sum, guint percent)
{
	gint64 upto = 0;

	for (guint i = 0; i < sum->buckets->len; i++) {
		const Bucket *bucket = &g_array_index(sum->buckets, Bucket, i);

		upto += bucket->n;
		if (upto * 100 >= sum->n * percent)
			return MIN(bucket->about, sum->max_ms);
	}
	return 0;
}

static int by_total(gconstpointer a, gconstpointer b)
{
	const StepSum *x = *(StepSum *const *)a, *y = *(StepSum *const *)b;

	if (x->total_ms != y->total_ms)
		return x->total_ms < y->total_ms ? 1 : -1;
	return strcmp(x->key, y->key);
}

GPtrArray *log_sum_steps(Log *log, GError **error)
{
	g_autoptr(GHashTable) sums = g_hash_table_new(g_str_hash, g_str_equal);
	GPtrArray *all = g_ptr_array_new_with_free_func(step_free);
	GHashTableIter iter;
	gpointer sum;
	bool good = take_all(log, ask_steps, take_step, sums, error);

	g_hash_table_iter_init(&iter, sums);
	while (g_hash_table_iter_next(&iter, NULL, &sum)) {
		g_array_sort(((StepSum *)sum)->buckets, by_about);
		g_ptr_array_add(all, sum);
	}
	g_ptr_array_sort(all, by_total);
	if (good)
		return all;
	g_ptr_array_unref(all);
	return NULL;
}

/* Of no good try nothing is known. */
static Value duration(const StepSum *sum, gint64 ms)
{
	return sum->n > 0 ? value_int(ms) : value_null();
}

/* Where the time goes: the steps that took most of it first. */
bool log_steps(Log *log, GError **error)
{
	static const char *const columns[] = { "step",   "procedure", "model",    "n",
					       "p50_ms", "p95_ms",    "max_ms",   "failed",
					       "p90_ms", "p99_ms",    "total_ms", NULL };
	g_autoptr(GPtrArray) sums = log_sum_steps(log, error);
	g_autoptr(Export) e = NULL;

	if (!sums)
		return false;
	e = sum_table(log, columns, NULL);
	for (guint i = 0; i < sums->len; i++) {
		const StepSum *s = sums->pdata[i];
		Value row[] = { value_text(s->step),
				value_text(s->procedure),
				value_text(s->model),
				value_int(s->n),
				duration(s, log_step_percentile(s, 50)),
				duration(s, log_step_percentile(s, 95)),
				duration(s, s->max_ms),
				value_int(s->failed),
				duration(s, log_step_percentile(s, 90)),
				duration(s, log_step_percentile(s, 99)),
				value_int(s->total_ms) };

		export_row(e, row);
	}
	log_end(log, e);
	return true;
}
