/* SPDX-License-Identifier: Apache-2.0
 *
 * Every form in which people type a time, in a zone that has summer time. It does not know what is asked about them. */
#include <gtest/gtest.h>

#include <string>

#include "db/period.h"

namespace
{

/* 2026-11-20 14:30:00 in Berlin, a Friday. */
const gint64 NOW = 1795181400 * G_GINT64_CONSTANT(1000000);

std::string stamp(gint64 us)
{
	g_autoptr(GDateTime) at = g_date_time_new_from_unix_local(us / G_USEC_PER_SEC);
	g_autofree char *text =
		us == PERIOD_OPEN ? g_strdup("open") : g_date_time_format(at, "%Y-%m-%d %H:%M:%S");

	return text;
}

std::string parsed(const char *text)
{
	Period p;

	if (!period_parse(text, NOW, &p))
		return "none";
	return stamp(p.from_us) + " to " + stamp(p.to_us) + " [" + p.from_day + "," + p.to_day +
	       "]";
}

class PeriodTest : public ::testing::Test
{
	void SetUp() override
	{
		/* Spelt out: a small machine has no names of zones. */
		g_setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", TRUE);
		tzset();
	}
};

TEST_F(PeriodTest, WordsAndDatesAreWholeDaysHere)
{
	EXPECT_EQ(stamp(NOW), "2026-11-20 14:30:00");
	EXPECT_EQ(parsed("today"),
		  "2026-11-20 00:00:00 to 2026-11-21 00:00:00 [2026-11-20,2026-11-20]");
	EXPECT_EQ(parsed("Yesterday"),
		  "2026-11-19 00:00:00 to 2026-11-20 00:00:00 [2026-11-19,2026-11-19]");
	EXPECT_EQ(parsed("this week"),
		  "2026-11-16 00:00:00 to 2026-11-23 00:00:00 [2026-11-16,2026-11-22]");
	EXPECT_EQ(parsed("last week"),
		  "2026-11-09 00:00:00 to 2026-11-16 00:00:00 [2026-11-09,2026-11-15]");
	EXPECT_EQ(parsed("last month"),
		  "2026-10-01 00:00:00 to 2026-11-01 00:00:00 [2026-10-01,2026-10-31]");
	EXPECT_EQ(parsed("2026-10-25"),
		  "2026-10-25 00:00:00 to 2026-10-26 00:00:00 [2026-10-25,2026-10-25]");
	EXPECT_EQ(parsed("2026-02"),
		  "2026-02-01 00:00:00 to 2026-03-01 00:00:00 [2026-02-01,2026-02-28]");
	EXPECT_EQ(parsed("2026"),
		  "2026-01-01 00:00:00 to 2027-01-01 00:00:00 [2026-01-01,2026-12-31]");
	EXPECT_EQ(parsed("2026-11-01..2026-11-07"),
		  "2026-11-01 00:00:00 to 2026-11-08 00:00:00 [2026-11-01,2026-11-07]");
	EXPECT_EQ(parsed("2026-10..today"),
		  "2026-10-01 00:00:00 to 2026-11-21 00:00:00 [2026-10-01,2026-11-20]");
}

TEST_F(PeriodTest, MomentsAndSpansAreNot)
{
	EXPECT_EQ(parsed("last 8h"), "2026-11-20 06:30:00 to 2026-11-20 14:30:00 [,]");
	EXPECT_EQ(parsed("8h"), "2026-11-20 06:30:00 to 2026-11-20 14:30:00 [,]");
	EXPECT_EQ(parsed("last 90m"), "2026-11-20 13:00:00 to 2026-11-20 14:30:00 [,]");
	EXPECT_EQ(parsed("7d"), "2026-11-13 14:30:00 to 2026-11-20 14:30:00 [,]");
	EXPECT_EQ(parsed("2026-11-20T10:00"), "2026-11-20 10:00:00 to 2026-11-20 10:01:00 [,]");
	EXPECT_EQ(parsed("2026-11-20 10:00"), "2026-11-20 10:00:00 to 2026-11-20 10:01:00 [,]");
	EXPECT_EQ(parsed("2026-11-20T10:00:05Z"), "2026-11-20 11:00:05 to 2026-11-20 11:00:06 [,]");
	EXPECT_EQ(parsed("2026-11-20T10:00..2026-11-20T12:30"),
		  "2026-11-20 10:00:00 to 2026-11-20 12:31:00 [,]");
	EXPECT_EQ(parsed("2026-11-19..2026-11-20T12:30"),
		  "2026-11-19 00:00:00 to 2026-11-20 12:31:00 [2026-11-19,]");
}

TEST_F(PeriodTest, EverythingElseIsNone)
{
	for (const char *text : { "",
				  "tomorrowish",
				  "2026-13",
				  "2026-02-30",
				  "2026-11-1",
				  "20261120",
				  "8",
				  "8x",
				  "-8h",
				  "last",
				  "last h",
				  "999999999h",
				  "..",
				  "today..",
				  "..today",
				  "today..yesterday",
				  "2026-11-20T25:00",
				  "2026-11-20T",
				  "%s%n",
				  "\xff\xfe",
				  "0000-00-00" })
		EXPECT_EQ(parsed(text), "none") << text;
}

} // namespace
