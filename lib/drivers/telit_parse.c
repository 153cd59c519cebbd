/* SPDX-License-Identifier: Apache-2.0
 *
 * Small parsers over one line each, strict about the shape and lenient about spaces, case and quotes. They know no channel and
 * no procedure: the same line always gives the same answer. */
#include "lib/drivers/telit_parse.h"

#include "lib/at_parse.h"

#include <stdlib.h>
#include <string.h>

/* A space in `words` is any number of them, none too. */
static bool begins_with_words(const char *text, const char *words)
{
	for (; *words; words++) {
		if (*words == ' ') {
			text = at_parse_spaces(text);
			continue;
		}
		if (g_ascii_tolower(*text) != *words)
			return false;
		text++;
	}
	return true;
}

OtaEvent telit_parse_otaev(const char *text)
{
	static const struct {
		const char *words; /* in small letters, as far as all spellings agree */
		OtaEvent event;
	} events[] = {
		{ "registered", OTAEV_REGISTERED },
		{ "do you want to", OTAEV_QUESTION },
		{ "automatic fw upgrade", OTAEV_AUTOMATIC },
		{ "automatic firmware upgrade", OTAEV_AUTOMATIC },
		{ "user answer timeout", OTAEV_TIMEOUT },
		{ "user answer time out", OTAEV_TIMEOUT },
		{ "start fw download", OTAEV_START },
		{ "start firmware download", OTAEV_START },
		{ "fw download complete", OTAEV_COMPLETE },
		{ "firmware download complete", OTAEV_COMPLETE },
		{ "ota fw upgrade fail", OTAEV_FAILED },
		{ "ota firmware upgrade fail", OTAEV_FAILED },
		{ "module upgraded", OTAEV_UPGRADED },
		{ "server notified", OTAEV_SERVED },
		{ "notified", OTAEV_NOTIFIED },
	};
	const char *rest = at_parse_behind(text, "#OTAEV:");

	if (!rest)
		return OTAEV_NONE;
	for (gsize i = 0; i < G_N_ELEMENTS(events); i++)
		if (begins_with_words(rest, events[i].words))
			return events[i].event;
	return OTAEV_OTHER;
}

/* ---- versions ---- */

/* The digits (or x, any digit) at *p up to the next dot or the end of them; *p is then behind the dot. False: there are none. */
static bool take_group(const char **p, const char **group, gsize *len)
{
	*group = *p;
	*len = 0;
	while (g_ascii_isdigit((*p)[*len]) || (*p)[*len] == 'x')
		(*len)++;
	*p += *len + ((*p)[*len] == '.');
	return *len > 0;
}

typedef struct {
	char family[8];
	guint number;
} TelitVersion;

static bool read_version(const char *text, TelitVersion *version)
{
	const char *p = at_parse_spaces(text), *first, *second, *third, *fourth;
	gsize first_len, second_len, third_len, fourth_len;

	if (!take_group(&p, &first, &first_len) || !take_group(&p, &second, &second_len) ||
	    first_len + second_len + 2 > sizeof(version->family))
		return false;
	g_snprintf(version->family, sizeof(version->family), "%.*s.%.*s", (int)first_len, first,
		   (int)second_len, second);
	if (!take_group(&p, &third, &third_len))
		return false;
	version->number = third[third_len - 1] == 'x' ? 0 : third[third_len - 1] - '0';
	if (p[-1] == '.' && take_group(&p, &fourth, &fourth_len))
		version->number = strtoul(fourth, NULL, 10);
	return true;
}

bool telit_version_from(const char *version, const char *from)
{
	TelitVersion v, f;

	return read_version(version, &v) && read_version(from, &f) &&
	       strcmp(v.family, f.family) == 0 && v.number >= f.number;
}

/* ---- answers ---- */

static bool take_flag(const char *p, bool *on)
{
	if (!p || (*p != '0' && *p != '1') || *at_parse_spaces(p + 1))
		return false;
	*on = *p == '1';
	return true;
}

bool telit_parse_running(const char *text, bool *running)
{
	return take_flag(at_parse_behind(text, "#OTAIPUPD:"), running);
}

bool telit_parse_autoatt(const char *text, bool *on)
{
	return take_flag(at_parse_behind(text, "#AUTOATT:"), on);
}

bool telit_parse_cgclass(const char *text, char value[4])
{
	static const char *const classes[] = { "A", "B", "CG", "CC" };
	const char *p = at_parse_behind(text, "+CGCLASS:");

	for (gsize i = 0; p && i < G_N_ELEMENTS(classes); i++) {
		gsize quote = *p == '"', len = strlen(classes[i]);

		if (g_ascii_strncasecmp(p + quote, classes[i], len) != 0 ||
		    *at_parse_spaces(p + quote + len + (quote && p[1 + len] == '"')))
			continue;
		g_strlcpy(value, classes[i], 4);
		return true;
	}
	return false;
}

bool telit_parse_cnum(const char *text, char number[24])
{
	const char *p = at_parse_behind(text, "+CNUM:");
	gsize len;

	/* The name may be anything but a quote; the number is the second field. */
	if (p && *p == '"')
		p = strchr(p + 1, '"');
	p = p ? strchr(p, ',') : NULL;
	if (!p)
		return false;
	p = at_parse_spaces(p + 1);
	if (*p++ != '"')
		return false;
	len = (*p == '+') + strspn(p + (*p == '+'), G_CSET_DIGITS);
	if (len < 4 || len >= 24 || p[len] != '"')
		return false;
	memcpy(number, p, len);
	number[len] = '\0';
	return true;
}
