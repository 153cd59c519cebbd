/* SPDX-License-Identifier: Apache-2.0
 *
 * Arithmetic over ranges of bytes. It knows no server and no file. */
#include "station/ranges.h"

#include <string.h>

/* A run of digits; past 2^64 it is the largest number. False: there is none. */
static bool take_number(const char **text, guint64 *number)
{
	char *end;

	if (!g_ascii_isdigit(**text))
		return false;
	*number = g_ascii_strtoull(*text, &end, 10);
	*text = end;
	return true;
}

RangeAnswer range_parse(const char *header, guint64 size, guint64 *first, guint64 *end)
{
	bool has_first, has_last;
	guint64 begin = 0, last = 0;

	*first = 0;
	*end = size;
	if (!header || g_ascii_strncasecmp(header, "bytes=", 6) != 0)
		return RANGE_WHOLE;
	header += 6;
	has_first = take_number(&header, &begin);
	if (*header++ != '-')
		return RANGE_WHOLE;
	has_last = take_number(&header, &last);
	if (*header != '\0' || (!has_first && !has_last) || (has_first && has_last && last < begin))
		return RANGE_WHOLE;
	*first = has_first ? begin : size - MIN(last, size);
	if (!has_first)
		return last > 0 ? RANGE_PART : RANGE_NONE;
	if (has_last)
		*end = last < size ? last + 1 : size;
	return *first < *end ? RANGE_PART : RANGE_NONE;
}

static void drop(Ranges *ranges, guint i)
{
	memmove(&ranges->pieces[i], &ranges->pieces[i + 1],
		(ranges->n - i - 1) * sizeof(ranges->pieces[0]));
	ranges->n--;
}

/* Makes room for one more: the smallest piece is forgotten where there is none. */
static void make_room(Ranges *ranges)
{
	guint smallest = 0;

	if (ranges->n < RANGES_MAX)
		return;
	for (guint i = 1; i < ranges->n; i++)
		if (ranges->pieces[i].end - ranges->pieces[i].first <
		    ranges->pieces[smallest].end - ranges->pieces[smallest].first)
			smallest = i;
	drop(ranges, smallest);
}

void ranges_add(Ranges *ranges, guint64 first, guint64 end)
{
	guint at = 0;

	if (first >= end)
		return;
	/* Whatever it touches becomes part of it. */
	for (guint i = 0; i < ranges->n;) {
		if (ranges->pieces[i].end < first || ranges->pieces[i].first > end) {
			i++;
			continue;
		}
		first = MIN(first, ranges->pieces[i].first);
		end = MAX(end, ranges->pieces[i].end);
		drop(ranges, i);
	}
	make_room(ranges);
	while (at < ranges->n && ranges->pieces[at].first < first)
		at++;
	memmove(&ranges->pieces[at + 1], &ranges->pieces[at],
		(ranges->n - at) * sizeof(ranges->pieces[0]));
	ranges->pieces[at].first = first;
	ranges->pieces[at].end = end;
	ranges->n++;
}

guint64 ranges_total(const Ranges *ranges)
{
	guint64 total = 0;

	for (guint i = 0; i < ranges->n; i++)
		total += ranges->pieces[i].end - ranges->pieces[i].first;
	return total;
}
