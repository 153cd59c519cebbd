/* SPDX-License-Identifier: Apache-2.0
 *
 * fota-log: answers from the record, for people and for programs. It only ever reads, and knows nothing of slots, ports
 * or screens, so that it runs on any desk. */
#include <errno.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "fota-config.h"
#include "station/language.h"
#include "station/log.h"
#include "station/log_pager.h"
#include "station/log_sources.h"

enum {
	EXIT_ANSWERED = 0,
	EXIT_NOTHING = 1,
	EXIT_DIFFERENCE = 2,
	EXIT_USAGE_BAD = 64,
	EXIT_NO_FILE = 66,
	EXIT_BAD_FILE = 73
};

#define LIMIT_NOT_GIVEN G_MININT64

/* What a verb may be told beyond its subject. */
typedef enum {
	BY_IMEI = 1 << 0,
	BY_SLOT = 1 << 1,
	BY_MODEL = 1 << 2,
	BY_VERSION = 1 << 3,
	BY_OUTCOME = 1 << 4,
	BY_FAULT = 1 << 5,
	BY_ORDER = 1 << 6,
	BY_WORKER = 1 << 7,
	BY_PACKAGE = 1 << 8,
	BY_STATION = 1 << 9,
	BY_TIME = 1 << 10,
	BY_LIMIT = 1 << 11,
	WITH_BY = 1 << 12,
	WITH_OUTPUT = 1 << 13,
	WITH_RAW = 1 << 14,
	WITH_HEAD = 1 << 15,
	WITH_PFM = 1 << 16,
	BY_PLACE = BY_SLOT | BY_MODEL | BY_ORDER | BY_WORKER | BY_STATION | BY_TIME,
	BY_ALL = BY_PLACE | BY_IMEI | BY_VERSION | BY_OUTCOME | BY_FAULT | BY_PACKAGE | BY_LIMIT,
} Takes;

typedef enum { SUBJECT_NONE, SUBJECT_MAYBE, SUBJECT_IMEI, SUBJECT_ATTEMPT, SUBJECT_FILE } Subject;

typedef struct {
	const char *name;
	Subject subject;
	guint takes; /* Takes */
	LogVerb run;
	const char *words, *summary;
	guint sources; /* Sources */
} Verb;

static const Verb verbs[] = {
	{ "attempts", SUBJECT_NONE, BY_ALL, log_attempts, "",
	  N_("every hop and try of every visit, newest first") },
	{ "units", SUBJECT_NONE, BY_ALL, log_units, "",
	  N_("one line per IMEI that these attempts were of") },
	{ "unit", SUBJECT_IMEI, 0, log_unit, "IMEI", N_("the whole life of one unit") },
	{ "where", SUBJECT_IMEI, 0, log_where, "IMEI",
	  N_("where it was last, and every version it was good at") },
	{ "show", SUBJECT_ATTEMPT, 0, log_show, "ATTEMPT", N_("all that is known of an attempt") },
	{ "transcript", SUBJECT_ATTEMPT, WITH_RAW, log_transcript, "ATTEMPT",
	  N_("what was said, with times") },
	{ "yield", SUBJECT_NONE, BY_PLACE | BY_PACKAGE | WITH_BY, log_yield, "",
	  N_("yield and first-pass yield") },
	{ "faults", SUBJECT_NONE, BY_PLACE | BY_PACKAGE, log_faults, "",
	  N_("what fails, the most frequent first") },
	{ "slots", SUBJECT_NONE, BY_PLACE, log_slots, "", N_("failures per slot") },
	{ "steps", SUBJECT_NONE, BY_SLOT | BY_MODEL | BY_TIME, log_steps, "",
	  N_("how long steps take, where the time goes first") },
	{ "export", SUBJECT_MAYBE, BY_ALL | WITH_PFM, log_export, "[VIEW]",
	  N_("all columns and rows of a view (attempts) as CSV") },
	{ "report", SUBJECT_NONE, BY_PLACE | WITH_OUTPUT, log_report, "",
	  N_("a page for a manager") },
	{ "verify", SUBJECT_NONE, WITH_HEAD, log_verify, "", N_("is every row as it was written?"),
	  SOURCES_COPIES },
	{ "head", SUBJECT_NONE, 0, log_head, "", N_("the last entry of the ledger"),
	  SOURCES_COPIES | SOURCES_ALONE },
	{ "backup", SUBJECT_FILE, 0, log_backup, "FILE", N_("one file for other desks"),
	  SOURCES_ALONE | SOURCES_OLD },
	{ "schema", SUBJECT_NONE, 0, log_schema, "", N_("the views, for those who know SQL"),
	  SOURCES_ALONE },
};

typedef struct {
	char **dbs;
	char *config, *format, *imei, *slot, *model, *firmware, *outcome, *fault, *work_order;
	char *worker, *package, *station, *date, *since, *until, *by, *output, *head, *colour;
	gint64 limit;
	gboolean raw, pfm, no_pager, version;
} Options;

static int complain(int code, const char *format, ...) G_GNUC_PRINTF(2, 3);

static int complain(int code, const char *format, ...)
{
	va_list args;

	fputs("fota-log: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return code;
}

static int code_of(const GError *error)
{
	bool absent = g_error_matches(error, DB_ERROR, DB_ERROR_ABSENT) ||
		      g_error_matches(error, DB_ERROR, DB_ERROR_UNREADABLE);

	if (error->domain == LOG_USAGE)
		return EXIT_USAGE_BAD;
	return absent ? EXIT_NO_FILE : EXIT_BAD_FILE;
}

static bool digits(const char *text, gsize most)
{
	gsize n = strspn(text, "0123456789");

	return n > 0 && n <= most && text[n] == '\0';
}

static int need_word(const char *option, const char *text, const char *expected)
{
	return complain(EXIT_USAGE_BAD, _("--%s %s: expected %s"), option, text, expected);
}

/* Which of the options that were typed this verb does not take; NULL when it takes all. */
static const char *not_taken(const Options *o, const Verb *verb)
{
	const struct {
		bool given;
		Takes needs;
		const char *name;
	} given[] = {
		{ o->imei, BY_IMEI, "imei" },
		{ o->slot, BY_SLOT, "slot" },
		{ o->model, BY_MODEL, "model" },
		{ o->firmware, BY_VERSION, "firmware" },
		{ o->outcome, BY_OUTCOME, "outcome" },
		{ o->fault, BY_FAULT, "fault" },
		{ o->work_order, BY_ORDER, "work-order" },
		{ o->worker, BY_WORKER, "operator" },
		{ o->package, BY_PACKAGE, "package" },
		{ o->station, BY_STATION, "station" },
		{ o->date, BY_TIME, "date" },
		{ o->since, BY_TIME, "since" },
		{ o->until, BY_TIME, "until" },
		{ o->limit != LIMIT_NOT_GIVEN, BY_LIMIT, "limit" },
		{ o->by, WITH_BY, "by" },
		{ o->output, WITH_OUTPUT, "output" },
		{ o->raw, WITH_RAW, "raw" },
		{ o->head, WITH_HEAD, "head" },
		{ o->pfm, WITH_PFM, "pfm" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(given); i++)
		if (given[i].given && !(verb->takes & given[i].needs))
			return given[i].name;
	return NULL;
}

static int check_times(const Options *o, Log *log)
{
	Period since = PERIOD_ALL, until = PERIOD_ALL;

	if (o->date && (o->since || o->until))
		return complain(EXIT_USAGE_BAD,
				_("--date says both ends: no --since or --until with it"));
	if (o->date && !period_parse(o->date, log->now_us, &log->filter.period))
		return need_word("date", o->date, period_forms());
	if (o->since && !period_parse(o->since, log->now_us, &since))
		return need_word("since", o->since, period_forms());
	if (o->until && !period_parse(o->until, log->now_us, &until))
		return need_word("until", o->until, period_forms());
	if (o->date)
		return 0;
	log->filter.period = since;
	log->filter.period.to_us = until.to_us;
	memcpy(log->filter.period.to_day, until.to_day, sizeof(until.to_day));
	if (since.from_us != PERIOD_OPEN && until.to_us != PERIOD_OPEN &&
	    since.from_us >= until.to_us)
		return complain(EXIT_USAGE_BAD, _("--since %s is after --until %s"), o->since,
				o->until);
	return 0;
}

static int check_outcome(const Options *o, Log *log)
{
	if (!o->outcome)
		return 0;
	log->filter.open = strcmp(o->outcome, "open") == 0;
	log->filter.outcome = outcome_from_name(o->outcome);
	if (!log->filter.open && log->filter.outcome == OUTCOME_NONE)
		return need_word("outcome", o->outcome,
				 _("pass, current, fail, aborted, interrupted, skipped or open"));
	return 0;
}

static bool known_fault(const char *name)
{
	for (const Fault *f = fault_list(); f->code != FAULT_NONE; f++)
		if (strcmp(f->name, name) == 0)
			return true;
	return false;
}

static int check_filter(const Options *o, const Verb *verb, Log *log)
{
	const char *wrong = not_taken(o, verb);

	if (wrong)
		return complain(EXIT_USAGE_BAD, _("%s takes no --%s"), verb->name, wrong);
	if (o->imei && !digits(o->imei, 15))
		return need_word("imei", o->imei, _("an IMEI or a part of one"));
	if (o->limit < 1 && o->limit != LIMIT_NOT_GIVEN)
		return complain(EXIT_USAGE_BAD, _("--limit %lld: expected a number from 1"),
				(long long)o->limit);
	if (o->fault && !known_fault(o->fault))
		return need_word("fault", o->fault,
				 _("a name of docs/faults.md, such as NO_ANSWER"));
	if (o->head && strspn(o->head, "0123456789abcdef") != 64)
		return need_word("head", o->head, _("64 digits as fota-log head prints them"));
	log->by = o->by ? yield_by_name(o->by) : YIELD_DAY;
	if (log->by == N_YIELDS)
		return need_word(
			"by", o->by,
			"day, week, month, slot, model, work-order, operator, station or package");
	log->filter = (Filter){ .imei = o->imei,
				.slot = o->slot,
				.model = o->model,
				.version = o->firmware,
				.fault = o->fault,
				.work_order = o->work_order,
				.worker = o->worker,
				.package = o->package,
				.station = o->station,
				.period = PERIOD_ALL,
				.limit = o->limit == LIMIT_NOT_GIVEN ? 0 : o->limit };
	log->limit_given = o->limit != LIMIT_NOT_GIVEN;
	return 0;
}

static int check_subject(const Verb *verb, Log *log, int n, char **words)
{
	bool needed = verb->subject != SUBJECT_NONE && verb->subject != SUBJECT_MAYBE;
	guint64 attempt = 0;

	log->subject = n > 1 ? words[1] : NULL;
	if (n > 2 || (n == 2 && verb->subject == SUBJECT_NONE))
		return complain(EXIT_USAGE_BAD,
				verb->subject == SUBJECT_NONE
					? _("%s: expected nothing after it; see --help")
					: _("%s: expected one word after it; see --help"),
				verb->name);
	if (!log->subject)
		return needed ? complain(EXIT_USAGE_BAD,
					 _("%s: expected one word after it; see --help"),
					 verb->name)
			      : 0;
	if (verb->subject == SUBJECT_IMEI && !digits(log->subject, 15))
		return complain(EXIT_USAGE_BAD, _("%s %s: expected an IMEI"), verb->name,
				log->subject);
	if (verb->subject == SUBJECT_ATTEMPT &&
	    !g_ascii_string_to_unsigned(log->subject, 10, 1, G_MAXUINT32, &attempt, NULL))
		return complain(EXIT_USAGE_BAD, _("%s %s: expected the number of an attempt"),
				verb->name, log->subject);
	if (verb->subject == SUBJECT_MAYBE && !log_export_known(log->subject))
		return complain(EXIT_USAGE_BAD,
				_("%s %s: there is no such view; fota-log schema lists them"),
				verb->name, log->subject);
	if (verb->subject == SUBJECT_MAYBE && !log_export_filters(log->subject) &&
	    (!filter_is_empty(&log->filter) || log->limit_given))
		return complain(EXIT_USAGE_BAD, _("%s %s: expected no filter with this view"),
				verb->name, log->subject);
	log->attempt = attempt;
	return 0;
}

/* The report is a page; everything else is a table for the eye or rows for a program. */
static int check_format(const Options *o, const Verb *verb, Log *log)
{
	bool text = verb->run == log_report && o->format && strcmp(o->format, "text") == 0;

	log->format_given = o->format;
	if (verb->run == log_report && o->format && !text && strcmp(o->format, "html") != 0)
		return need_word("format", o->format, _("html or text for a report"));
	if (verb->run == log_report)
		log->raw = text;
	else if (o->format && !export_format_from_name(o->format, &log->format))
		return need_word("format", o->format, _("table, csv, json or ndjson"));
	if (o->colour && strcmp(o->colour, "auto") != 0 && strcmp(o->colour, "always") != 0 &&
	    strcmp(o->colour, "never") != 0)
		return need_word("colour", o->colour, _("auto, always or never"));
	return 0;
}

/* Everything that was typed is judged before any file is touched. 0, or the exit code after a sentence. */
static int check_options(const Options *o, const Verb *verb, Log *log, int n, char **words)
{
	int bad = check_format(o, verb, log);

	if (!bad)
		bad = check_filter(o, verb, log);
	if (!bad)
		bad = check_outcome(o, log);
	if (!bad)
		bad = check_times(o, log);
	if (!bad)
		bad = check_subject(verb, log, n, words);
	log->output = o->output;
	log->head = o->head;
	log->pfm = o->pfm;
	if (o->raw)
		log->raw = true;
	return bad;
}

/* A reader that went away (EPIPE) has got what it wanted. */
static int check_output(FILE *out)
{
	if (fflush(out) == 0 && !ferror(out))
		return EXIT_ANSWERED;
	if (errno == EPIPE)
		return EXIT_ANSWERED;
	return complain(EXIT_BAD_FILE, _("the answer cannot be written: %s"), g_strerror(errno));
}

static void set_style(const Options *o, Log *log)
{
	const char *no_colour = g_getenv("NO_COLOR");
	bool automatic = !o->colour || strcmp(o->colour, "auto") == 0;
	bool table = log->format == EXPORT_TABLE;

	log->on_terminal = isatty(STDOUT_FILENO);
	log->style.local = table;
	log->style.width = log->on_terminal && table ? log_terminal_width() : 0;
	log->style.colour = automatic ? log->on_terminal && !(no_colour && *no_colour)
				      : strcmp(o->colour, "always") == 0;
}

static int run_verb(const Verb *verb, const Options *o, Log *log)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(LogPager) pager = NULL;
	bool good;
	int bad;

	log->sources = log_sources_open(o->dbs, o->config ? o->config : FOTA_SYSCONFDIR,
					verb->sources, &error);
	if (!log->sources)
		return complain(code_of(error), "%s", error->message);
	set_style(o, log);
	if (log->on_terminal && log->format == EXPORT_TABLE && !o->no_pager &&
	    verb->run != log_backup && verb->run != log_verify && verb->run != log_report)
		pager = log_pager_start();
	log->out = pager ? log_pager_file(pager) : stdout;
	good = verb->run(log, &error);
	bad = check_output(log->out);
	if (!good)
		return complain(code_of(error), "%s", error->message);
	if (bad)
		return bad;
	if (log->difference)
		return EXIT_DIFFERENCE;
	if (log->rows > 0)
		return EXIT_ANSWERED;
	return complain(EXIT_NOTHING, _("%s: nothing matches"),
			db_path(((LogSource *)log->sources->pdata[0])->db));
}

static int run_words(const Options *o, int n, char **words)
{
	Log log = { .names = g_ptr_array_new(),
		    .texts = g_string_chunk_new(1024),
		    .now_us = g_get_real_time() };
	g_autoptr(GString) names = g_string_new(NULL);
	const Verb *verb = NULL;
	int code;

	for (guint i = 0; i < G_N_ELEMENTS(verbs); i++) {
		if (n > 0 && strcmp(words[0], verbs[i].name) == 0)
			verb = &verbs[i];
		g_string_append_printf(names, "%s%s",
				       i == 0                         ? ""
				       : i + 1 == G_N_ELEMENTS(verbs) ? " or "
								      : ", ",
				       verbs[i].name);
	}
	if (!verb)
		code = n == 0 ? complain(EXIT_USAGE_BAD, _("expected %s; see --help"), names->str)
			      : complain(EXIT_USAGE_BAD, _("%s: expected %s; see --help"), words[0],
					 names->str);
	else
		code = check_options(o, verb, &log, n, words);
	if (verb && !code) {
		log.verb = verb->name;
		code = run_verb(verb, o, &log);
	}
	g_ptr_array_unref(log.names);
	g_string_chunk_free(log.texts);
	g_clear_pointer(&log.sources, g_ptr_array_unref);
	return code;
}

static void options_clear(Options *o)
{
	char **texts[] = { &o->config,   &o->format,  &o->imei,  &o->slot,       &o->model,
			   &o->firmware, &o->outcome, &o->fault, &o->work_order, &o->worker,
			   &o->package,  &o->station, &o->date,  &o->since,      &o->until,
			   &o->by,       &o->output,  &o->head,  &o->colour };

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		g_free(*texts[i]);
	g_strfreev(o->dbs);
}

static char *summary(void)
{
	GString *text = g_string_new(_("Answers from the station's record.\n\nCommands:\n"));

	for (guint i = 0; i < G_N_ELEMENTS(verbs); i++)
		g_string_append_printf(text, "  %-10s %-8s %s\n", verbs[i].name, verbs[i].words,
				       _(verbs[i].summary));
	return g_string_free(text, FALSE);
}

static GOptionContext *make_context(Options *o)
{
	const GOptionEntry entries[] = {
		{ "db", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->dbs,
		  N_("a database, or a folder of them; may be given more than once"), N_("FILE") },
		{ "config", 0, 0, G_OPTION_ARG_FILENAME, &o->config,
		  N_("folder of station.ini, which names the database"), N_("DIR") },
		{ "format", 0, 0, G_OPTION_ARG_STRING, &o->format,
		  N_("table, csv, json or ndjson (table); a report: html or text"), N_("FORMAT") },
		{ "imei", 0, 0, G_OPTION_ARG_STRING, &o->imei, N_("this IMEI, or part of one"),
		  N_("IMEI") },
		{ "slot", 0, 0, G_OPTION_ARG_STRING, &o->slot, N_("in this slot"), N_("LABEL") },
		{ "model", 0, 0, G_OPTION_ARG_STRING, &o->model, N_("of this model"), N_("MODEL") },
		{ "firmware", 0, 0, G_OPTION_ARG_STRING, &o->firmware,
		  N_("with this version before or after"), N_("VERSION") },
		{ "outcome", 0, 0, G_OPTION_ARG_STRING, &o->outcome,
		  N_("pass, current, fail, aborted, interrupted, skipped or open"), N_("OUTCOME") },
		{ "fault", 0, 0, G_OPTION_ARG_STRING, &o->fault, N_("with this fault"),
		  N_("FAULT") },
		{ "work-order", 0, 0, G_OPTION_ARG_STRING, &o->work_order, N_("of this work order"),
		  N_("W") },
		{ "operator", 0, 0, G_OPTION_ARG_STRING, &o->worker, N_("with this operator"),
		  N_("O") },
		{ "package", 0, 0, G_OPTION_ARG_STRING, &o->package,
		  N_("that were to get this package, of units and yield that got it: its name, or how its SHA-256 begins"),
		  N_("P") },
		{ "station", 0, 0, G_OPTION_ARG_STRING, &o->station, N_("at this station"),
		  N_("S") },
		{ "date", 0, 0, G_OPTION_ARG_STRING, &o->date,
		  N_("today, yesterday, 2026-11-01, 2026-11-01..2026-11-07, last 8h, this week"),
		  N_("WHEN") },
		{ "since", 0, 0, G_OPTION_ARG_STRING, &o->since, N_("from the beginning of that"),
		  N_("WHEN") },
		{ "until", 0, 0, G_OPTION_ARG_STRING, &o->until, N_("to the end of that"),
		  N_("WHEN") },
		{ "limit", 0, 0, G_OPTION_ARG_INT64, &o->limit,
		  N_("the newest so many (50 on a terminal, else all)"), N_("N") },
		{ "by", 0, 0, G_OPTION_ARG_STRING, &o->by,
		  N_("yield by day, week, month, slot, model, work-order, operator, station, package"),
		  N_("WHAT") },
		{ "raw", 0, 0, G_OPTION_ARG_NONE, &o->raw,
		  N_("a transcript that a test can play again"), NULL },
		{ "pfm", 0, 0, G_OPTION_ARG_NONE, &o->pfm,
		  N_("export: IMEI, ICCID, number, model, version for Telit's service"), NULL },
		{ "head", 0, 0, G_OPTION_ARG_STRING, &o->head,
		  N_("verify: this head, kept elsewhere, must be in the ledger"), N_("HASH") },
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output, N_("report: into this file"),
		  N_("FILE") },
		{ "colour", 0, 0, G_OPTION_ARG_STRING, &o->colour, N_("auto, always or never"),
		  N_("WHEN") },
		{ "no-pager", 0, 0, G_OPTION_ARG_NONE, &o->no_pager,
		  N_("long tables go to the terminal as they are"), NULL },
		{ "version", 0, 0, G_OPTION_ARG_NONE, &o->version, N_("print the version"), NULL },
		{ NULL }
	};
	g_autofree char *text = summary();
	GOptionContext *context = g_option_context_new(N_("COMMAND"));

	g_option_context_set_summary(context, text);
	g_option_context_set_translation_domain(context, GETTEXT_PACKAGE);
	g_option_context_add_main_entries(context, entries, GETTEXT_PACKAGE);
	return context;
}

int main(int argc, char **argv)
{
	Options o = { .limit = LIMIT_NOT_GIVEN };
	g_autoptr(GOptionContext) context = NULL;
	g_autoptr(GError) error = NULL;
	int code;

	language_begin();
	signal(SIGPIPE, SIG_IGN);
	context = make_context(&o);
	if (!g_option_context_parse(context, &argc, &argv, &error))
		code = complain(EXIT_USAGE_BAD, _("%s; see --help"), error->message);
	else if (o.version)
		code = printf("fota-log %s\n", FOTA_VERSION) > 0 ? check_output(stdout)
								 : EXIT_BAD_FILE;
	else
		code = run_words(&o, argc - 1, argv + 1);
	options_clear(&o);
	return code;
}
