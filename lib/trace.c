/* SPDX-License-Identifier: Apache-2.0
 *
 * Lines of text out of bytes and times. It does not know what the bytes mean, and secret bytes are never written down. */
#include "lib/trace.h"

#include <stdarg.h>
#include <string.h>

#define KEPT_MAX (64 * 1024)

struct _Trace {
	gint64 origin;
	GString *text;
	/* The line being gathered: bytes of one direction until a line feed, the other direction or a pause. */
	GString *line;
	char direction;
	bool secret;
	gsize bytes;             /* of a secret line */
	gint64 line_at, last_at; /* of its first and its last byte */
	bool cut;                /* the beginning of `text` was not kept */
	/* Payload being gathered: counted and summed, not written down. */
	guint64 payload;
	gint64 payload_at;
};

#define PAUSE_US (200 * G_GINT64_CONSTANT(1000))

Trace *trace_new(void)
{
	Trace *t = g_new0(Trace, 1);

	t->text = g_string_new(NULL);
	t->line = g_string_new(NULL);
	return t;
}

void trace_free(Trace *t)
{
	if (!t)
		return;
	g_string_free(t->text, TRUE);
	g_string_free(t->line, TRUE);
	g_free(t);
}

void trace_restart(Trace *t, gint64 now)
{
	g_string_truncate(t->text, 0);
	g_string_truncate(t->line, 0);
	t->payload = 0;
	t->cut = false;
	t->origin = now;
}

gint64 trace_origin(const Trace *t)
{
	return t->origin;
}

static void append(Trace *t, gint64 at, char direction, const char *text)
{
	g_string_append_printf(t->text, "%" G_GINT64_FORMAT " %c %s\n", (at - t->origin) / 1000,
			       direction, text);
	if (t->text->len > KEPT_MAX) {
		const char *cut = memchr(t->text->str + t->text->len - KEPT_MAX, '\n', KEPT_MAX);

		g_string_erase(t->text, 0, cut + 1 - t->text->str);
		t->cut = true;
	}
}

/* An answer that cannot hold what was sent: a whole line that is a result, whose number, if it has one, is shorter than any
 * PIN. Without it nobody could play the journal again. */
static bool is_bare_result(const char *line)
{
	gsize len = strcspn(line, "\\"); /* behind it: its ends, escaped */
	g_autofree char *said = g_strndup(line, len);

	if (line[len] == '\0' || strspn(line + len, "\\rn") != strlen(line + len))
		return false;
	return g_regex_match_simple("^(|OK|ERROR|\\+CM[ES] ERROR:? ?[0-9]{1,3})$", said,
				    G_REGEX_CASELESS, 0);
}

static void end_line(Trace *t)
{
	if (t->secret && t->line->len > 0 && !is_bare_result(t->line->str))
		g_string_printf(t->line, "<%" G_GSIZE_FORMAT " bytes>", t->bytes);
	if (t->line->len > 0)
		append(t, t->line_at, t->direction, t->line->str);
	t->bytes = 0;
	g_string_truncate(t->line, 0);
}

static void end_payload(Trace *t)
{
	g_autofree char *text = NULL;

	if (t->payload == 0)
		return;
	text = g_strdup_printf("%" G_GUINT64_FORMAT " bytes of payload", t->payload);
	append(t, t->payload_at, '#', text);
	t->payload = 0;
}

static void append_escaped(GString *line, guint8 byte)
{
	if (byte == '\r')
		g_string_append(line, "\\r");
	else if (byte == '\n')
		g_string_append(line, "\\n");
	else if (byte == '\\')
		g_string_append(line, "\\\\");
	else if (g_ascii_isprint(byte))
		g_string_append_c(line, byte);
	else
		g_string_append_printf(line, "\\x%02x", byte);
}

static void gather(Trace *t, char direction, const guint8 *bytes, gsize len, bool secret,
		   gint64 now)
{
	if (direction != t->direction || secret != t->secret || now - t->last_at > PAUSE_US)
		end_line(t);
	t->direction = direction;
	t->secret = secret;
	t->last_at = now;
	for (gsize i = 0; i < len; i++) {
		if (t->line->len == 0)
			t->line_at = now;
		append_escaped(t->line, bytes[i]);
		t->bytes++;
		if (bytes[i] == '\n' || bytes[i] == '\r' || t->line->len > AT_LINE_MAX)
			if (i + 1 == len || (bytes[i + 1] != '\n' && bytes[i + 1] != '\r'))
				end_line(t);
	}
}

void trace_bytes(Trace *t, AtTapKind kind, const guint8 *bytes, gsize len, bool secret, gint64 now)
{
	if (kind == AT_TAP_PAYLOAD) {
		end_line(t);
		if (t->payload == 0)
			t->payload_at = now;
		t->payload += len;
		return;
	}
	if (kind == AT_TAP_OUT)
		end_payload(t);
	gather(t, kind == AT_TAP_OUT ? '>' : '<', bytes, len, secret && kind == AT_TAP_IN, now);
}

void trace_note(Trace *t, gint64 now, const char *format, ...)
{
	g_autofree char *text = NULL;
	g_autoptr(GString) line = g_string_new(NULL);
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	end_line(t);
	end_payload(t);
	for (const char *c = text; *c; c++)
		append_escaped(line, *c);
	append(t, now, '=', line->str);
}

char *trace_take(Trace *t, gint64 now, gsize *len)
{
	char *taken;

	/* An unfinished line waits for its rest, unless nothing comes. */
	if (t->line->len > 0 && now - t->last_at > PAUSE_US)
		end_line(t);
	if (t->cut)
		g_string_prepend(t->text, TRACE_CUT "\n");
	t->cut = false;
	*len = t->text->len;
	if (t->text->len == 0)
		return NULL;
	taken = g_string_free(t->text, FALSE);
	t->text = g_string_new(NULL);
	return taken;
}
