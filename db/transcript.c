/* SPDX-License-Identifier: Apache-2.0
 *
 * Pieces of text, plain or through zlib. It does not know what the lines say. */
#include "db/transcript.h"

#include <gio/gio.h>

#include "db/sql.h"

/* Below this zlib's own head and tail eat the gain. */
#define PACK_BYTES 256
/* More than any journal of an attempt: a damaged size must not take all memory. */
#define MOST_BYTES (256 * 1024 * 1024)

/* Runs all of `in` through `converter` into a buffer of `most` bytes, of which one must be left over. Returns the length,
 * or -1 with error. */
static gssize convert(GConverter *converter, const char *in, gsize len, char *out, gsize most,
		      GError **error)
{
	gsize used = 0, done = 0;

	while (done < most) {
		gsize read = 0, written = 0;
		GConverterResult result = g_converter_convert(
			converter, in + used, len - used, out + done, most - done,
			G_CONVERTER_INPUT_AT_END, &read, &written, error);

		if (result == G_CONVERTER_ERROR)
			return -1;
		used += read;
		done += written;
		if (result == G_CONVERTER_FINISHED)
			return done;
	}
	g_set_error_literal(error, DB_ERROR, DB_ERROR_MISSING, "more bytes than expected");
	return -1;
}

static bool put(Db *db, guint32 attempt, bool packed, gsize size, const char *bytes, gsize len,
		GError **error)
{
	return SQL_RUN(
		db, error,
		"INSERT INTO trace (attempt, part, packed, size, bytes) VALUES (?1,"
		" (SELECT coalesce(max(part), 0) + 1 FROM trace WHERE attempt = ?1), ?2, ?3, ?4)",
		value_int(attempt), value_int(packed), value_int(size), value_bytes(bytes, len));
}

bool transcript_append(Db *db, guint32 attempt, const char *text, gsize len, GError **error)
{
	g_autoptr(GConverter) zlib = NULL;
	g_autofree char *packed = NULL;
	gssize n;

	if (len < PACK_BYTES)
		return put(db, attempt, false, len, text, len, error);
	zlib = G_CONVERTER(g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB, -1));
	/* zlib promises never to grow by more than this. */
	packed = g_malloc(len + len / 1000 + 64);
	n = convert(zlib, text, len, packed, len + len / 1000 + 64, error);
	return n >= 0 && put(db, attempt, true, len, packed, n, error);
}

bool transcript_pack(Db *db, guint32 attempt, GError **error)
{
	g_autoptr(GString) text = NULL;
	gint64 parts;

	if (!SQL_NUMBER(db, error, &parts, "SELECT count(*) FROM trace WHERE attempt = ?",
			value_int(attempt)))
		return false;
	if (parts < 2)
		return true;
	text = transcript_read(db, attempt, error);
	return text &&
	       SQL_RUN(db, error, "DELETE FROM trace WHERE attempt = ?", value_int(attempt)) &&
	       transcript_append(db, attempt, text->str, text->len, error);
}

static bool take_part(GString *text, SqlRows *rows, gint64 part, GError **error)
{
	Value bytes = sql_value(rows, 2);
	gint64 size = sql_int(rows, 1);
	gsize before = text->len;
	g_autoptr(GConverter) zlib = NULL;

	if (sql_int(rows, 3) != part || size < 1 ||
	    (sql_int(rows, 0) == 0 && (gsize)size != bytes.len)) {
		g_set_error_literal(error, DB_ERROR, DB_ERROR_MISSING,
				    "a piece of a transcript is not there, or of another size");
		return false;
	}
	if (sql_int(rows, 0) == 0) {
		g_string_append_len(text, bytes.text, bytes.len);
		return true;
	}
	if (size > MOST_BYTES) {
		g_set_error(error, DB_ERROR, DB_ERROR_MISSING,
			    "a transcript of %" G_GINT64_FORMAT " bytes", size);
		return false;
	}
	zlib = G_CONVERTER(g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB));
	g_string_set_size(text, before + size + 1);
	if (convert(zlib, bytes.text ? bytes.text : "", bytes.len, text->str + before, size + 1,
		    error) == size) {
		g_string_truncate(text, before + size);
		return true;
	}
	g_clear_error(error);
	g_set_error_literal(error, DB_ERROR, DB_ERROR_MISSING, "a transcript does not unpack");
	return false;
}

GString *transcript_read(Db *db, guint32 attempt, GError **error)
{
	g_autoptr(SqlRows) rows = SQL_ASK(
		db, error,
		"SELECT packed, size, bytes, part FROM trace WHERE attempt = ? ORDER BY part",
		value_int(attempt));
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GError) failed = NULL;

	if (!rows)
		return NULL;
	for (gint64 part = 1; sql_next(rows, &failed); part++)
		if (!take_part(text, rows, part, &failed))
			break;
	if (failed) {
		g_propagate_error(error, g_steal_pointer(&failed));
		return NULL;
	}
	return g_steal_pointer(&text);
}
