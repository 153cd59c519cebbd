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

/* What a station's journal has in the place of what could not be kept. */
#define CUT "0 = cut"

/* As it is; that something is missing in it comes first. */
static bool put_raw(Log *log, const LogSource *source, GError **error)
{
	g_autoptr(GString) text = transcript_read(source->db, log->attempt, error);
	g_auto(GStrv) lines = NULL;
	gint64 ms;

	if (!text)
		return false;
	lines = g_strsplit(text->str, "\n", -1);
	if (g_strv_contains((const char *const *)lines, CUT))
		fprintf(log->out, CUT "\n");
	for (guint i = 0; lines[i]; i++) {
		if (*lines[i] == '\0' || strcmp(lines[i], CUT) == 0)
			continue;
		if (!journal_line(lines[i], &ms))
			return damaged(log, source, i + 1, error);
		fprintf(log->out, "%s\n", lines[i]);
		log->rows++;
	}
	return true;
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
