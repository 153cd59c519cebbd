/* SPDX-License-Identifier: Apache-2.0
 *
 * Locale and catalogue of messages. It does not know which languages there are: each is a file. */
#include "station/language.h"

#include <libintl.h>
#include <locale.h>
#include <string.h>

#include "fota-config.h"

/* What the environment asks for, in the order in which the C library looks. */
static const char *wanted(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		const char *value = g_getenv(names[i]);

		if (value && *value)
			return value;
	}
	return "";
}

/* Messages alone: "zh_CN.UTF-8" as "zh_CN". */
static void speak(const char *locale)
{
	g_autofree char *language = g_strndup(locale, strcspn(locale, ".@"));

	g_setenv("LANGUAGE", language, TRUE);
}

static void bind_catalogue(void)
{
	const char *folder = g_getenv("FOTA_STATION_LOCALE");

	bindtextdomain(GETTEXT_PACKAGE, folder ? folder : FOTA_LOCALEDIR);
	bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
	textdomain(GETTEXT_PACKAGE);
}

void language_begin(void)
{
	/* A locale that was never generated here is no reason to show question marks. */
	if (!setlocale(LC_ALL, "")) {
		setlocale(LC_ALL, "C.UTF-8");
		if (!g_getenv("LANGUAGE"))
			speak(wanted());
	}
	bind_catalogue();
}

void language_set(const char *language)
{
	if (strcmp(language, "auto") == 0)
		return;
	speak(language);
	/* Without any locale nothing is translated, whatever the language. */
	if (strcmp(setlocale(LC_MESSAGES, NULL), "C") == 0 ||
	    strcmp(setlocale(LC_MESSAGES, NULL), "POSIX") == 0)
		setlocale(LC_ALL, "C.UTF-8");
	bind_catalogue();
}
