/* SPDX-License-Identifier: Apache-2.0
 *
 * Sentences for the record, which stays English whatever language the screen has. It does not know what is said. */
#pragma once

#include <glib.h>
#include <locale.h>
#include <stdarg.h>

G_BEGIN_DECLS

/* What this thread says is English from here on; what it returns is for english_end(). */
locale_t english_begin(void);
void english_end(locale_t before);
/* One sentence twice: `text` in English, `said` in the language of the screen, as far as the catalogue of messages has
 * `format`. Both are the caller's; `args` is used up. */
void english_twice(const char *format, va_list args, char **text, char **said) G_GNUC_PRINTF(1, 0);

G_END_DECLS
