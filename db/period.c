/* SPDX-License-Identifier: Apache-2.0
 *
 * Words and dates to spans of time in the local zone. It does not know what the time is: that is handed in. */
#include "db/period.h"

#include <stdio.h>
#include <string.h>

typedef enum { UNIT_DAY, UNIT_WEEK, UNIT_MONTH, UNIT_YEAR } CalendarUnit;

static GDateTime *midnight(GDateTime *any)
{
	return g_date_time_new_local(g_date_time_get_year(any), g_date_time_get_month(any),
				     g_date_time_get_day_of_month(any), 0, 0, 0);
}

static GDateTime *first_of(GDateTime *any, CalendarUnit unit)
{
	g_autoptr(GDateTime) day = midnight(any);

	switch (unit) {
	case UNIT_DAY:
		return g_date_time_ref(day);
	case UNIT_WEEK:
		return g_date_time_add_days(day, 1 - g_date_time_get_day_of_week(day));
	case UNIT_MONTH:
		return g_date_time_add_days(day, 1 - g_date_time_get_day_of_month(day));
	case UNIT_YEAR:
		return g_date_time_new_local(g_date_time_get_year(day), 1, 1, 0, 0, 0);
	}
	g_assert_not_reached();
}

static GDateTime *later(GDateTime *from, CalendarUnit unit, int n)
{
	switch (unit) {
	case UNIT_DAY:
		return g_date_time_add_days(from, n);
	case UNIT_WEEK:
		return g_date_time_add_weeks(from, n);
	case UNIT_MONTH:
		return g_date_time_add_months(from, n);
	case UNIT_YEAR:
		return g_date_time_add_years(from, n);
	}
	g_assert_not_reached();
}

static void set_day(char day[11], GDateTime *when)
{
	g_autofree char *text = g_date_time_format(when, "%Y-%m-%d");

	g_strlcpy(day, text, 11);
}

static gint64 micros(GDateTime *when)
{
	return g_date_time_to_unix(when) * G_USEC_PER_SEC + g_date_time_get_microsecond(when);
}

/* The calendar unit that begins with `from`, whole days both ends. */
static bool whole(GDateTime *from, CalendarUnit unit, Period *period)
{
	g_autoptr(GDateTime) to = from ? later(from, unit, 1) : NULL;
	g_autoptr(GDateTime) last = to ? g_date_time_add_days(to, -1) : NULL;

	if (!last)
		return false;
	period->from_us = micros(from);
	period->to_us = micros(to);
	set_day(period->from_day, from);
	set_day(period->to_day, last);
	return true;
}

static bool parse_word(const char *text, GDateTime *now, Period *period)
{
	static const struct {
		const char *word;
		CalendarUnit unit;
		int back;
	} words[] = {
		{ "today", UNIT_DAY, 0 },        { "yesterday", UNIT_DAY, 1 },
		{ "this week", UNIT_WEEK, 0 },   { "last week", UNIT_WEEK, 1 },
		{ "this month", UNIT_MONTH, 0 }, { "last month", UNIT_MONTH, 1 },
		{ "this year", UNIT_YEAR, 0 },   { "last year", UNIT_YEAR, 1 },
	};

	for (guint i = 0; i < G_N_ELEMENTS(words); i++)
		if (g_ascii_strcasecmp(text, words[i].word) == 0) {
			g_autoptr(GDateTime) this = first_of(now, words[i].unit);
			g_autoptr(GDateTime) from = later(this, words[i].unit, -words[i].back);

			return whole(from, words[i].unit, period);
		}
	return false;
}

/* "last 8h", "8h": from then to now. */
static bool parse_ago(const char *text, gint64 now_us, Period *period)
{
	static const struct {
		const char *unit;
		gint64 seconds;
	} units[] = { { "m", 60 }, { "h", 3600 }, { "d", 86400 }, { "w", 7 * 86400 } };
	gint64 n = 0;
	char *end = NULL;

	if (g_ascii_strncasecmp(text, "last ", 5) == 0)
		text += 5;
	if (!g_ascii_isdigit(*text) || strlen(text) > 8)
		return false;
	n = g_ascii_strtoll(text, &end, 10);
	for (guint i = 0; i < G_N_ELEMENTS(units); i++)
		if (strcmp(end, units[i].unit) == 0) {
			*period = PERIOD_ALL;
			period->from_us = now_us - n * units[i].seconds * G_USEC_PER_SEC;
			period->to_us = now_us + 1;
			return true;
		}
	return false;
}

static bool digits(const char *text, const char *pattern)
{
	for (; *pattern; text++, pattern++)
		if (*pattern == '0' ? !g_ascii_isdigit(*text) : *text != *pattern)
			return false;
	return *text == '\0';
}

static bool parse_date(const char *text, Period *period)
{
	static const struct {
		const char *pattern;
		CalendarUnit unit;
	} forms[] = { { "0000", UNIT_YEAR },
		      { "0000-00", UNIT_MONTH },
		      { "0000-00-00", UNIT_DAY } };
	int year = 0, month = 1, day = 1;

	for (guint i = 0; i < G_N_ELEMENTS(forms); i++)
		if (digits(text, forms[i].pattern) &&
		    sscanf(text, "%4d-%2d-%2d", &year, &month, &day) >= 1) {
			g_autoptr(GDateTime) from =
				g_date_time_new_local(year, month, day, 0, 0, 0);

			return whole(from, forms[i].unit, period);
		}
	return false;
}

/* A moment: 2026-11-20T14:30, with seconds or without, with a zone or without. As an end it is included to its minute or
 * second. */
static bool parse_stamp(const char *text, Period *period)
{
	g_autofree char *iso = g_strdup(text);
	g_autofree char *padded = NULL;
	g_autoptr(GTimeZone) here = g_time_zone_new_local();
	g_autoptr(GDateTime) when = NULL;
	bool minute = digits(text, "0000-00-00T00:00") || digits(text, "0000-00-00 00:00");

	if (strlen(iso) > 10 && iso[10] == ' ')
		iso[10] = 'T';
	padded = minute ? g_strconcat(iso, ":00", NULL) : g_strdup(iso);
	when = g_date_time_new_from_iso8601(padded, here);
	if (!when)
		return false;
	*period = PERIOD_ALL;
	period->from_us = micros(when);
	period->to_us = period->from_us + (minute ? 60 : 1) * G_USEC_PER_SEC;
	return true;
}

static bool parse_one(const char *text, gint64 now_us, Period *period)
{
	g_autoptr(GDateTime) now = g_date_time_new_from_unix_local(now_us / G_USEC_PER_SEC);

	*period = PERIOD_ALL;
	return parse_word(text, now, period) || parse_ago(text, now_us, period) ||
	       parse_date(text, period) || parse_stamp(text, period);
}

bool period_parse(const char *text, gint64 now_us, Period *period)
{
	const char *dots = strstr(text, "..");
	g_autofree char *first = dots ? g_strndup(text, dots - text) : NULL;
	Period last;

	if (!dots)
		return parse_one(text, now_us, period);
	if (!parse_one(first, now_us, period) || !parse_one(dots + 2, now_us, &last) ||
	    last.to_us <= period->from_us)
		return false;
	period->to_us = last.to_us;
	memcpy(period->to_day, last.to_day, sizeof(period->to_day));
	return true;
}

const char *period_forms(void)
{
	return "today, yesterday, 2026-11-01, 2026-11-01..2026-11-07, 2026-11, 2026-11-01T14:30, "
	       "last 8h, last 7d, last week, this month";
}
