/* SPDX-License-Identifier: Apache-2.0
 *
 * The grammar of escape sequences, as far as keys use it. It does not know what a key is good for. */
#include "tui/keys.h"

#include <stdlib.h>
#include <string.h>

/* The last byte of `ESC [ x` and `ESC O x`. */
static Key key_of_letter(char letter)
{
	switch (letter) {
	case 'A':
		return KEY_CODE_UP;
	case 'B':
		return KEY_CODE_DOWN;
	case 'C':
		return KEY_CODE_RIGHT;
	case 'D':
		return KEY_CODE_LEFT;
	case 'H':
		return KEY_CODE_HOME;
	case 'F':
		return KEY_CODE_END;
	default:
		return 0;
	}
}

/* The number of `ESC [ n ~`. */
static Key key_of_number(int number)
{
	switch (number) {
	case 1:
	case 7:
		return KEY_CODE_HOME;
	case 4:
	case 8:
		return KEY_CODE_END;
	case 5:
		return KEY_CODE_PAGE_UP;
	case 6:
		return KEY_CODE_PAGE_DOWN;
	default:
		return 0;
	}
}

static void tell(Keys *keys, Key key)
{
	keys->n_held = 0;
	if (key)
		keys->tell(keys->user, key);
}

/* ESC and what came after it: complete, or to be waited for. */
static void sequence(Keys *keys)
{
	const char *held = keys->held;
	gsize n = keys->n_held;
	char last = held[n - 1];

	if (n == 1)
		return;
	if (n == 2) {
		/* ESC ESC is the key twice, ESC x is Alt-x: neither is anything here but must not be taken for x. */
		if (last != '[' && last != 'O')
			tell(keys, last == KEY_CODE_ESCAPE ? KEY_CODE_ESCAPE : 0);
		return;
	}
	if (held[1] == 'O') {
		tell(keys, key_of_letter(last));
		return;
	}
	/* The Linux console's function keys are `ESC [ [ x`. */
	if (n == 3 && last == '[')
		return;
	if (last < 0x40 && last >= 0x20)
		return;
	/* Whatever has a modifier (`ESC [ 1 ; 5 A`) is the key all the same. */
	tell(keys, last == '~'      ? key_of_number(atoi(held + 2))
		   : held[2] == '[' ? 0
				    : key_of_letter(last));
}

static void character(Keys *keys)
{
	gunichar ch = g_utf8_get_char_validated(keys->held, keys->n_held);

	if (ch == (gunichar)-2)
		return;
	tell(keys, ch == (gunichar)-1 ? 0 : ch);
}

void keys_feed(Keys *keys, gint64 now_us, const char *bytes, gsize len)
{
	keys->since_us = now_us;
	for (gsize i = 0; i < len; i++) {
		/* A broken character or a sequence longer than any key's is nothing that was pressed. */
		if (keys->n_held == sizeof(keys->held) - 1)
			keys->n_held = 0;
		keys->held[keys->n_held++] = bytes[i];
		keys->held[keys->n_held] = '\0';
		if (keys->held[0] == KEY_CODE_ESCAPE)
			sequence(keys);
		else
			character(keys);
	}
}

gint64 keys_deadline(const Keys *keys)
{
	return keys->n_held ? keys->since_us + KEYS_ESCAPE_US : G_MAXINT64;
}

void keys_tick(Keys *keys, gint64 now_us)
{
	if (now_us >= keys_deadline(keys))
		tell(keys,
		     keys->n_held == 1 && keys->held[0] == KEY_CODE_ESCAPE ? KEY_CODE_ESCAPE : 0);
}
