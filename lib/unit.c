/* SPDX-License-Identifier: Apache-2.0
 *
 * Rules about what a module says of itself. It does not know how the words were obtained. */
#include "lib/unit.h"

#include <string.h>

/* 3GPP TS 23.003 annex B: from the right, every second digit doubled, digit sum divisible by ten. */
bool unit_imei_valid(const char *imei)
{
	guint sum = 0;
	bool same = true;

	if (strlen(imei) != 15)
		return false;
	for (guint i = 0; i < 15; i++) {
		guint digit = imei[i] - '0';

		if (!g_ascii_isdigit(imei[i]))
			return false;
		same = same && imei[i] == imei[0];
		if (i % 2 == 1)
			digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
		sum += digit;
	}
	return sum % 10 == 0 && !same;
}

void unit_set(char *field, gsize size, const char *text, gsize len)
{
	gsize n = 0;

	for (gsize i = 0; i < len && n + 1 < size; i++)
		if (g_ascii_isprint(text[i]))
			field[n++] = text[i];
	field[n] = '\0';
}
