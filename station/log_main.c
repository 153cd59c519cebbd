/* SPDX-License-Identifier: Apache-2.0
 *
 * fota-log: answers from the record, for people and for programs. It only ever reads, and knows nothing of slots, ports
 * or screens, so that it runs on any desk. */
#include <errno.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "db/export.h"
#include "db/query.h"
#include "db/transcript.h"
#include "fota-config.h"

enum {
	EXIT_ANSWERED = 0,
	EXIT_NOTHING = 1,
	EXIT_USAGE_BAD = 64,
	EXIT_NO_FILE = 66,
	EXIT_BAD_FILE = 73
};

/* What a person at a terminal sees of a long list. */
#define SCREENFUL       50
#define LIMIT_NOT_GIVEN G_MININT64

typedef struct {
	char *db, *config;
	char *format_name, *imei, *slot, *outcome_name;
	gint64 limit; /* or LIMIT_NOT_GIVEN */
	ExportFormat format;
	Outcome outcome;
	const char *subject; /* what the command is asked about */
	guint32 attempt;
	gboolean version;
} Options;

typedef struct {
	const char *name;
	bool subject; /* it is followed by one word */
	bool filters; /* --imei, --slot, --outcome, --limit mean something */
	bool (*answer)(Db *db, const Options *options, guint64 *rows, GError **error);
} Command;

static bool answer_attempts(Db *db, const Options *o, guint64 *rows, GError **error)
{
	AttemptFilter filter = { o->imei, o->slot, o->outcome, o->limit };
	g_autoptr(SqlRows) answer = NULL;

	if (o->limit == LIMIT_NOT_GIVEN)
		filter.limit = isatty(STDOUT_FILENO) ? SCREENFUL : 0;
	answer = query_attempts(db, &filter, error);
	return answer &&
	       export_rows(stdout, o->format, answer, query_attempts_brief(), rows, error);
}

static bool answer_unit(Db *db, const Options *o, guint64 *rows, GError **error)
{
	g_autoptr(SqlRows) answer = query_unit(db, o->subject, error);

	return answer && export_rows(stdout, o->format, answer, query_unit_brief(), rows, error);
}

static bool answer_head(Db *db, const Options *o, guint64 *rows, GError **error)
{
	g_autoptr(SqlRows) answer = query_head(db, error);

	return answer && export_rows(stdout, o->format, answer, NULL, rows, error);
}

/* Takes the line ends off that are written as \r and \n; a backslash of the unit's own is written as two. */
static void strip_ends(char *text)
{
	gsize len = strlen(text);

	while (len >= 2 && text[len - 2] == '\\' &&
	       (text[len - 1] == 'r' || text[len - 1] == 'n')) {
		gsize slashes = 1;

		while (slashes < len - 1 && text[len - 2 - slashes] == '\\')
			slashes++;
		if (slashes % 2 == 0)
			return;
		len -= 2;
		text[len] = '\0';
	}
}

/* One line of the journal, "MS DIR TEXT", as a row; false for a line that is none. */
static bool transcript_row(Export *e, char *line, bool readable)
{
	char *rest = NULL;
	gint64 ms = g_ascii_strtoll(line, &rest, 10);
	char dir[2] = "";
	g_autofree char *seconds = NULL;

	if (rest == line || rest[0] != ' ' || !strchr("><#=", rest[1]) || rest[1] == '\0' ||
	    rest[2] != ' ')
		return false;
	dir[0] = rest[1];
	if (readable)
		strip_ends(rest + 3);
	if (readable && rest[3] == '\0')
		return true;
	seconds = g_strdup_printf("%3" G_GINT64_FORMAT ".%03d", ms / 1000, (int)(ms % 1000));

	Value row[] = { readable ? value_text(seconds) : value_int(ms), value_text(dir),
			value_text(rest + 3) };

	export_row(e, row);
	return true;
}

static bool answer_transcript(Db *db, const Options *o, guint64 *rows, GError **error)
{
	static const char *const readable[] = { "seconds", "dir", "text", NULL };
	static const char *const columns[] = { "ms", "dir", "text", NULL };
	bool table = o->format == EXPORT_TABLE;
	g_autoptr(GString) text = transcript_read(db, o->attempt, error);
	g_autoptr(Export) e = NULL;
	g_auto(GStrv) lines = NULL;

	if (!text)
		return false;
	e = export_new(stdout, o->format, table ? readable : columns, NULL);
	lines = g_strsplit(text->str, "\n", -1);
	for (guint i = 0; lines[i]; i++)
		if (*lines[i] && !transcript_row(e, lines[i], table)) {
			g_set_error(error, DB_ERROR, DB_ERROR_CORRUPT,
				    _("%s: line %u of the transcript of attempt %u is damaged"),
				    db_path(db), i + 1, o->attempt);
			return false;
		}
	*rows = export_end(e);
	return true;
}

static const Command commands[] = {
	{ "attempts", false, true, answer_attempts },
	{ "unit", true, false, answer_unit },
	{ "transcript", true, false, answer_transcript },
	{ "head", false, false, answer_head },
};

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

	return absent ? EXIT_NO_FILE : EXIT_BAD_FILE;
}

static bool digits(const char *text, gsize most)
{
	gsize n = strspn(text, "0123456789");

	return n > 0 && n <= most && text[n] == '\0';
}

/* Everything that was typed is judged before any file is touched. 0, or the exit code after a sentence. */
static int check_options(Options *o, const Command *command)
{
	guint64 attempt = 0;

	if (o->format_name && !export_format_from_name(o->format_name, &o->format))
		return complain(EXIT_USAGE_BAD,
				_("--format %s: expected table, csv, json or ndjson"),
				o->format_name);
	if (!command->filters &&
	    (o->imei || o->slot || o->outcome_name || o->limit != LIMIT_NOT_GIVEN))
		return complain(EXIT_USAGE_BAD,
				_("%s takes no --imei, --slot, --outcome or --limit"),
				command->name);
	if (o->imei && !digits(o->imei, 15))
		return complain(EXIT_USAGE_BAD, _("--imei %s: expected an IMEI or its last digits"),
				o->imei);
	if (o->limit < 1 && o->limit != LIMIT_NOT_GIVEN)
		return complain(EXIT_USAGE_BAD, _("--limit %d: expected a number from 1"),
				(int)o->limit);
	o->outcome = outcome_from_name(o->outcome_name);
	if (o->outcome_name && o->outcome == OUTCOME_NONE)
		return complain(EXIT_USAGE_BAD,
				_("--outcome %s: expected pass, current, fail, aborted, "
				  "interrupted or skipped"),
				o->outcome_name);
	if (command->answer == answer_unit && !digits(o->subject, 15))
		return complain(EXIT_USAGE_BAD, _("unit %s: expected an IMEI"), o->subject);
	if (command->answer == answer_transcript &&
	    !g_ascii_string_to_unsigned(o->subject, 10, 1, G_MAXUINT32, &attempt, NULL))
		return complain(EXIT_USAGE_BAD,
				_("transcript %s: expected the number of an attempt"), o->subject);
	o->attempt = attempt;
	return 0;
}

/* The key `database` of station.ini, from the folder of that file. NULL with error. */
static char *configured_db(const char *config, GError **error)
{
	g_autofree char *ini = g_build_filename(config, "station.ini", NULL);
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autofree char *name = NULL;

	if (!g_key_file_load_from_file(file, ini, G_KEY_FILE_NONE, error)) {
		g_prefix_error(error, _("%s: "), ini);
		return NULL;
	}
	name = g_key_file_get_string(file, "station", "database", NULL);
	return g_canonicalize_filename(name && *name ? name : "station.db", config);
}

/* A reader that went away (EPIPE) has got what it wanted. */
static int check_output(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return EXIT_ANSWERED;
	if (errno == EPIPE)
		return EXIT_ANSWERED;
	return complain(EXIT_BAD_FILE, _("the answer cannot be written: %s"), g_strerror(errno));
}

static int answer(const Command *command, const Options *o)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *folder =
		g_canonicalize_filename(o->config ? o->config : FOTA_SYSCONFDIR, NULL);
	g_autofree char *path = o->db ? g_strdup(o->db) : configured_db(folder, &error);
	g_autoptr(Db) db = NULL;
	guint64 rows = 0;
	int bad;

	if (!path)
		return complain(EXIT_NO_FILE,
				_("%s; name the database with --db or its folder with --config"),
				error->message);
	db = db_open(path, DB_READ, &error);
	if (!db || !command->answer(db, o, &rows, &error))
		return complain(code_of(error), "%s", error->message);
	bad = check_output();
	if (bad || rows > 0)
		return bad;
	return complain(EXIT_NOTHING, _("%s: nothing matches"), path);
}

static int run_command(Options *o, int n, char **words)
{
	const Command *command = NULL;
	int bad;

	for (guint i = 0; n > 0 && i < G_N_ELEMENTS(commands); i++)
		if (strcmp(words[0], commands[i].name) == 0)
			command = &commands[i];
	if (n == 0)
		return complain(EXIT_USAGE_BAD,
				_("expected attempts, unit, transcript or head; see --help"));
	if (!command)
		return complain(EXIT_USAGE_BAD,
				_("%s: expected attempts, unit, transcript or head; see --help"),
				words[0]);
	if (n != (command->subject ? 2 : 1))
		return complain(EXIT_USAGE_BAD,
				command->subject ? _("%s: expected one word after it; see --help")
						 : _("%s: expected nothing after it; see --help"),
				words[0]);
	o->subject = command->subject ? words[1] : NULL;
	bad = check_options(o, command);
	return bad ? bad : answer(command, o);
}

static void options_clear(Options *o)
{
	g_free(o->db);
	g_free(o->config);
	g_free(o->format_name);
	g_free(o->imei);
	g_free(o->slot);
	g_free(o->outcome_name);
}

int main(int argc, char **argv)
{
	Options o = { .limit = LIMIT_NOT_GIVEN };
	const GOptionEntry entries[] = {
		{ "db", 0, 0, G_OPTION_ARG_FILENAME, &o.db, N_("the database"), N_("FILE") },
		{ "config", 0, 0, G_OPTION_ARG_FILENAME, &o.config,
		  N_("folder of station.ini, which names the database (" FOTA_SYSCONFDIR ")"),
		  N_("DIR") },
		{ "format", 0, 0, G_OPTION_ARG_STRING, &o.format_name,
		  N_("table, csv, json or ndjson (table)"), N_("FORMAT") },
		{ "imei", 0, 0, G_OPTION_ARG_STRING, &o.imei,
		  N_("attempts: of this IMEI or its last digits"), N_("IMEI") },
		{ "slot", 0, 0, G_OPTION_ARG_STRING, &o.slot, N_("attempts: in this slot"),
		  N_("LABEL") },
		{ "outcome", 0, 0, G_OPTION_ARG_STRING, &o.outcome_name,
		  N_("attempts: pass, current, fail, aborted, interrupted or skipped"),
		  N_("OUTCOME") },
		{ "limit", 0, 0, G_OPTION_ARG_INT64, &o.limit,
		  N_("attempts: the newest so many (50 on a terminal, else all)"), N_("N") },
		{ "version", 0, 0, G_OPTION_ARG_NONE, &o.version, N_("print the version"), NULL },
		{ NULL }
	};
	g_autoptr(GOptionContext) context = NULL;
	g_autoptr(GError) error = NULL;
	int code;

	setlocale(LC_ALL, "");
	bindtextdomain(GETTEXT_PACKAGE, FOTA_LOCALEDIR);
	bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
	textdomain(GETTEXT_PACKAGE);
	signal(SIGPIPE, SIG_IGN);
	context = g_option_context_new(N_("attempts | unit IMEI | transcript ATTEMPT | head"));
	g_option_context_set_summary(context, N_("Answers from the station's record."));
	g_option_context_set_translation_domain(context, GETTEXT_PACKAGE);
	g_option_context_add_main_entries(context, entries, GETTEXT_PACKAGE);
	if (!g_option_context_parse(context, &argc, &argv, &error))
		code = complain(EXIT_USAGE_BAD, _("%s; see --help"), error->message);
	else if (o.version)
		code = printf("fota-log %s\n", FOTA_VERSION) > 0 ? check_output() : EXIT_BAD_FILE;
	else
		code = run_command(&o, argc - 1, argv + 1);
	options_clear(&o);
	return code;
}
