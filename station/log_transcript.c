/* SPDX-License-Identifier: Apache-2.0
 *
 * The journal of an attempt for the eye, for programs, and as a file that a test can play again. It does not know what a
 * unit means by what it says. */
#include <glib/gi18n.h>
#include <string.h>

#include "db/transcript.h"
#include "station/log.h"

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

/* "MS DIR TEXT": where the text begins, or NULL for a line that is none. */
static char *journal_line(char *line, gint64 *ms)
{
	char *rest = NULL;

	*ms = g_ascii_strtoll(line, &rest, 10);
	if (rest == line || rest[0] != ' ' || rest[1] == '\0' || !strchr("><#=", rest[1]) ||
	    rest[2] != ' ')
		return NULL;
	return rest + 1;
}

static bool put_line(Log *log, Export *e, const LogSource *source, char *line)
{
	bool readable = log->format == EXPORT_TABLE;
	gint64 ms;
	char *rest = journal_line(line, &ms);
	char dir[2] = "";
	g_autofree char *seconds = NULL;

	if (!rest)
		return false;
	dir[0] = rest[0];
	if (readable)
		strip_ends(rest + 2);
	if (readable && rest[2] == '\0')
		return true;
	seconds = g_strdup_printf("%3" G_GINT64_FORMAT ".%03d", ms / 1000, (int)(ms % 1000));

	Value row[] = { readable ? value_text(seconds) : value_int(ms), value_text(dir),
			value_text(rest + 2) };

	log_row(log, e, source, row);
	return true;
}

static bool damaged(Log *log, const LogSource *source, guint line, GError **error)
{
	g_set_error(error, DB_ERROR, DB_ERROR_CORRUPT,
		    _("%s: line %u of the transcript of attempt %u is damaged"),
		    db_path(source->db), line, log->attempt);
	return false;
}

static bool put_lines(Log *log, Export *e, const LogSource *source, GError **error)
{
	g_autoptr(GString) text = transcript_read(source->db, log->attempt, error);
	g_auto(GStrv) lines = NULL;

	if (!text)
		return false;
	lines = g_strsplit(text->str, "\n", -1);
	for (guint i = 0; lines[i]; i++)
		if (*lines[i] && !put_line(log, e, source, lines[i]))
			return damaged(log, source, i + 1, error);
	return true;
}

/* ---- as a file for tests/transcripts ---- */

static void note(Log *log, gint64 ms, const char *word, const char *value)
{
	if (value && *value)
		fprintf(log->out, "%" G_GINT64_FORMAT " = %s %s\n", ms, word, value);
}

/* What the unit says of an upload: "+QFUPL: 5000,2040", size and sum of the package. */
static void note_package(Log *log, const char *text)
{
	const char *said = strstr(text, "+QFUPL: ");
	guint64 size, sum;
	char *end;

	if (!said)
		return;
	size = g_ascii_strtoull(said + strlen("+QFUPL: "), &end, 10);
	if (*end != ',')
		return;
	sum = g_ascii_strtoull(end + 1, &end, 16);
	fprintf(log->out, "0 = package %" G_GUINT64_FORMAT " %" G_GINT64_MODIFIER "x\n", size, sum);
}

/* What identification had found and what was to be reached: a test begins with it. */
static void note_start(Log *log, SqlRows *rows, const char *text)
{
	static const char *const words[] = { "unit imei",  "unit iccid",    "unit maker",
					     "unit model", "unit revision", "target" };

	for (guint i = 0; i < G_N_ELEMENTS(words); i++)
		note(log, 0, words[i], sql_text(rows, i));
	note(log, 0, "unit cfun", "1");
	note(log, 0, "unit baud", "115200");
	note_package(log, text);
}

/* Lines that came before the procedure's first step are those of identification. */
static bool raw_lines(Log *log, const LogSource *source, SqlRows *rows, char **lines,
		      GError **error)
{
	const char *procedure = sql_text(rows, 6);
	const char *run = sql_int(rows, 7) ? "adopt" : "run";
	gint64 begin = sql_int(rows, 8);
	bool begun = false, identified = false;

	for (guint i = 0; lines[i]; i++) {
		gint64 ms;
		g_autofree char *line = g_strdup(lines[i]);

		if (!*line)
			continue;
		if (!journal_line(line, &ms))
			return damaged(log, source, i + 1, error);
		if (!begun && !identified && (ms < begin || g_strcmp0(procedure, "none") == 0)) {
			note(log, 0, "run", "identify");
			identified = true;
		}
		if (!begun && ms >= begin && g_strcmp0(procedure, "none") != 0) {
			note(log, ms, run, procedure);
			begun = true;
		}
		fprintf(log->out, "%s\n", lines[i]);
		log->rows++;
	}
	return true;
}

static bool put_raw(Log *log, const LogSource *source, GError **error)
{
	g_autoptr(SqlRows) rows = SQL_ASK(
		source->db, error,
		"SELECT a.imei, a.iccid, v.maker, a.model, a.version_before, a.target, a.procedure,"
		" a.adopted, coalesce((SELECT min(begin_ms) FROM step_run WHERE attempt = a.id), 0)"
		" FROM attempt a JOIN visit v ON v.id = a.visit WHERE a.id = ?",
		value_int(log->attempt));
	g_autoptr(GString) text = NULL;
	g_auto(GStrv) lines = NULL;
	g_autoptr(GError) failed = NULL;

	if (!rows)
		return false;
	if (!sql_next(rows, &failed)) {
		if (!failed)
			return true;
		g_propagate_error(error, g_steal_pointer(&failed));
		return false;
	}
	text = transcript_read(source->db, log->attempt, error);
	if (!text)
		return false;
	note_start(log, rows, text->str);
	lines = g_strsplit(text->str, "\n", -1);
	return raw_lines(log, source, rows, lines, error);
}

bool log_transcript(Log *log, GError **error)
{
	static const char *const readable[] = { "seconds", "dir", "text", NULL };
	static const char *const columns[] = { "ms", "dir", "text", NULL };
	g_autoptr(Export) e = NULL;

	if (!log->raw)
		e = log_table(log, log->format == EXPORT_TABLE ? readable : columns, NULL);
	for (guint i = 0; i < log->sources->len; i++)
		if (log->raw ? !put_raw(log, log->sources->pdata[i], error)
			     : !put_lines(log, e, log->sources->pdata[i], error))
			return false;
	if (e)
		log_end(log, e);
	return true;
}
