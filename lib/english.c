/* SPDX-License-Identifier: Apache-2.0
 *
 * The C library's locale of one thread, and sentences in two languages. It does not know what is said in them. */
#include "lib/english.h"

#include <glib/gi18n.h>

locale_t english_begin(void)
{
	locale_t english = newlocale(LC_ALL_MASK, "C", (locale_t)0);

	/* Without memory for it the sentence is the screen's: better than none. */
	return uselocale(english);
}

void english_end(locale_t before)
{
	locale_t english = uselocale(before);

	if (english != LC_GLOBAL_LOCALE && english != before)
		freelocale(english);
}

void english_twice(const char *format, va_list args, char **text, char **said)
{
	va_list again;

	va_copy(again, args);
	*text = g_strdup_vprintf(format, args);
	*said = g_strdup_vprintf(_(format), again);
	va_end(again);
}
