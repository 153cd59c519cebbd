/* SPDX-License-Identifier: Apache-2.0
 *
 * Holds characters back until it is known whose they are. It does not know what either of them means. */
#include "tui/scanner.h"

static bool is_text(Key key)
{
	return key >= ' ' && key != 0x7f && key < KEY_CODE_UP && g_unichar_isprint(key);
}

/* Barcodes have control characters between their fields: they do not tear a burst apart. */
static bool is_separator(const Scanner *scanner, Key key)
{
	return scanner->n_held > 0 && key < ' ' && key != '\r' && key != '\n' &&
	       key != KEY_CODE_ESCAPE;
}

/* Too few for a scanner, or too slow: each was a key. A longer burst without its end is nobody's keys. */
static void let_go(Scanner *scanner)
{
	guint n = scanner->n_held;
	bool burst = n >= SCANNER_LEAST || scanner->too_long;

	scanner->n_held = 0;
	scanner->too_long = false;
	if (burst) {
		scanner->scan(scanner->user, NULL);
		return;
	}
	for (guint i = 0; i < n; i++)
		scanner->key(scanner->user, scanner->held[i]);
}

static void end_scan(Scanner *scanner)
{
	g_autofree char *text = g_ucs4_to_utf8(scanner->held, scanner->n_held, NULL, NULL, NULL);

	scanner->n_held = 0;
	scanner->scan(scanner->user, scanner->too_long ? NULL : text);
	scanner->too_long = false;
}

void scanner_key(Scanner *scanner, gint64 now_us, Key key)
{
	if (is_text(key) || is_separator(scanner, key)) {
		scanner->since_us = now_us;
		if (scanner->n_held < G_N_ELEMENTS(scanner->held))
			scanner->held[scanner->n_held++] = is_text(key) ? key : ' ';
		else
			scanner->too_long = true;
		return;
	}
	if ((key == '\r' || key == '\n') && scanner->n_held >= SCANNER_LEAST) {
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
