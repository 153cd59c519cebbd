/* SPDX-License-Identifier: Apache-2.0
 *
 * Holds characters back until it is known whose they are. It does not know what either of them means. */
#include "tui/scanner.h"

static bool is_text(Key key)
{
	return key >= ' ' && key != 0x7f && key < KEY_CODE_UP && g_unichar_isprint(key);
}

static bool is_end(Key key)
{
	return key == '\r' || key == '\n' || key == SCANNER_FRAME;
}

/* Barcodes have control characters between their fields: they do not tear a burst apart. */
static bool is_separator(const Scanner *scanner, Key key)
{
	return scanner->n_held > 0 && key < ' ' && !is_end(key) && key != KEY_CODE_ESCAPE;
}

/* Alone it is a key: it is held back like any other. */
static bool is_frame(const Scanner *scanner, Key key)
{
	return scanner->n_held == 0 && key == SCANNER_FRAME;
}

static char *text_of(const Scanner *scanner, guint n)
{
	guint from = scanner->held[0] == SCANNER_FRAME;

	return g_ucs4_to_utf8(scanner->held + from, n - from, NULL, NULL, NULL);
}

/* Too few for a scanner, or too slow: each was a key. A longer burst without its end is nobody's keys. */
static void let_go(Scanner *scanner)
{
	guint n = scanner->n_held;
	bool burst = n >= SCANNER_LEAST;

	scanner->n_held = 0;
	scanner->too_long = false;
	if (burst) {
		g_autofree char *text = text_of(scanner, n);

		scanner->scan(scanner->user, text, false);
		return;
	}
	for (guint i = 0; i < n; i++)
		scanner->key(scanner->user, scanner->held[i]);
}

static void end_scan(Scanner *scanner)
{
	g_autofree char *text = text_of(scanner, scanner->n_held);
	bool whole = !scanner->too_long;

	scanner->n_held = 0;
	scanner->too_long = false;
	scanner->ended_us = scanner->since_us;
	scanner->scan(scanner->user, text, whole);
}

void scanner_key(Scanner *scanner, gint64 now_us, Key key)
{
	/* CR LF, or CR and ETX: one end. */
	if (is_end(key) && scanner->n_held == 0 && scanner->ended_us > 0 &&
	    now_us - scanner->ended_us < SCANNER_GAP_US)
		return;
	if (is_text(key) || is_separator(scanner, key) || is_frame(scanner, key)) {
		bool kept = is_text(key) || is_frame(scanner, key);

		scanner->since_us = now_us;
		if (scanner->n_held < G_N_ELEMENTS(scanner->held))
			scanner->held[scanner->n_held++] = kept ? key : ' ';
		else
			scanner->too_long = true;
		return;
	}
	if (is_end(key) && scanner->n_held >= SCANNER_LEAST) {
		scanner->since_us = now_us;
		end_scan(scanner);
		return;
	}
	let_go(scanner);
	scanner->key(scanner->user, key);
}

gint64 scanner_deadline(const Scanner *scanner)
{
	return scanner->n_held ? scanner->since_us + SCANNER_GAP_US : G_MAXINT64;
}

void scanner_tick(Scanner *scanner, gint64 now_us)
{
	if (now_us >= scanner_deadline(scanner))
		let_go(scanner);
}
