/* SPDX-License-Identifier: Apache-2.0
 *
 * Who may run next: limits, places, order. They know no slot and no job. */
#include "station/schedule.h"

#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace
{

const ScheduleLimits no_limits = { 0, 0, 0, -1 };

ScheduleEntry waits(const char *hub, gint64 since, bool radio = false)
{
	return { hub, radio, false, false, since };
}

ScheduleEntry runs(const char *hub, bool radio = false)
{
	return { hub, radio, false, true, 0 };
}

int next(const std::vector<ScheduleEntry> &entries, const ScheduleLimits &limits)
{
	return schedule_next(entries.data(), entries.size(), &limits);
}

ScheduleAnswer may(const std::vector<ScheduleEntry> &entries, guint which,
		   const ScheduleLimits &limits)
{
	return schedule_may(entries.data(), entries.size(), which, &limits);
}

TEST(Schedule, NobodyWaits)
{
	EXPECT_EQ(-1, schedule_next(nullptr, 0, &no_limits));
	EXPECT_EQ(-1, next({ runs("a"), runs("b") }, no_limits));
}

TEST(Schedule, FirstComeFirstServed)
{
	EXPECT_EQ(1, next({ waits("a", 30), waits("b", 10), waits("c", 20) }, no_limits));
	/* At the same time: the order of the fixture. */
	EXPECT_EQ(0, next({ waits("a", 10), waits("b", 10) }, no_limits));
	EXPECT_EQ(2, next({ runs("a"), runs("b"), waits("a", 5) }, no_limits));
}

TEST(Schedule, AHubTakesSoMany)
{
	ScheduleLimits limits = { 2, 0, 0, -1 };

	EXPECT_EQ(2, next({ runs("a"), runs("b"), waits("a", 1) }, limits));
	EXPECT_EQ(-1, next({ runs("a"), runs("a"), waits("a", 1) }, limits));
	EXPECT_EQ(SCHEDULE_HUB_FULL, may({ runs("a"), runs("a"), waits("a", 1) }, 2, limits));
	/* Who may not is passed over by who may. */
	EXPECT_EQ(3, next({ runs("a"), runs("a"), waits("a", 1), waits("b", 2) }, limits));
}

TEST(Schedule, WhoWasCountedTakesNoPlace)
{
	const ScheduleLimits full = { 0, 0, 0, 0 };
	ScheduleEntry again = waits("a", 20);

	again.counted = true;
	EXPECT_EQ(-1, next({ waits("a", 10) }, full));
	EXPECT_EQ(1, next({ waits("a", 10), again }, full));
}

TEST(Schedule, OnlySoManyOnTheAir)
{
	ScheduleLimits limits = { 0, 1, 0, -1 };

	EXPECT_EQ(-1, next({ runs("a", true), waits("b", 1, true) }, limits));
	EXPECT_EQ(SCHEDULE_RADIO_FULL, may({ runs("a", true), waits("b", 1, true) }, 1, limits));
	/* Without the radio it does not count, and is not counted. */
	EXPECT_EQ(1, next({ runs("a", true), waits("b", 1) }, limits));
	EXPECT_EQ(1, next({ runs("a"), waits("b", 1, true) }, limits));
	EXPECT_EQ(2, next({ runs("a", true), waits("b", 1, true), waits("c", 2) }, limits));
}

TEST(Schedule, OnlySoManyDownloads)
{
	ScheduleLimits limits = { 0, 0, 2, -1 };
	ScheduleEntry fetches = runs("a", true), waiting = waits("b", 1, true),
		      other = waits("c", 2, true);

	fetches.download = waiting.download = true;
	EXPECT_EQ(1, next({ fetches, waiting }, limits));
	EXPECT_EQ(2, next({ fetches, fetches, other, waiting }, limits));
	EXPECT_EQ(-1, next({ fetches, fetches, waiting }, limits));
	EXPECT_EQ(SCHEDULE_DOWNLOADS_FULL, may({ fetches, fetches, waiting }, 2, limits));
	/* Who has all of it makes room. */
	EXPECT_EQ(2, next({ fetches, runs("a", true), waiting }, limits));
}

TEST(Schedule, PlacesOfTheWorkOrder)
{
	EXPECT_EQ(0, next({ waits("a", 1) }, { 0, 0, 0, 1 }));
	EXPECT_EQ(-1, next({ waits("a", 1) }, { 0, 0, 0, 0 }));
	EXPECT_EQ(SCHEDULE_NO_PLACE, may({ waits("a", 1) }, 0, { 0, 0, 0, 0 }));
	EXPECT_EQ(SCHEDULE_GO, may({ waits("a", 1) }, 0, { 0, 0, 0, -1 }));
	/* No place is the reason that is said, whatever else is full. */
	EXPECT_EQ(SCHEDULE_NO_PLACE,
		  may({ runs("a", true), waits("a", 1, true) }, 1, { 1, 1, 1, 0 }));
	EXPECT_EQ(SCHEDULE_HUB_FULL,
		  may({ runs("a", true), waits("a", 1, true) }, 1, { 1, 1, 1, -1 }));
}

/* Let go one after another: no limit is ever passed, nobody is forgotten who may, and whoever goes first came first among
 * those who may. */
TEST(Schedule, NeverPassesALimitAndForgetsNobody)
{
	static const char *const hubs[] = { "a", "b", "c", "d" };
	std::mt19937 rng(4);

	for (int round = 0; round < 2000; round++) {
		std::vector<ScheduleEntry> entries(rng() % 24);
		ScheduleLimits limits = { (guint)(rng() % 4), (guint)(rng() % 4),
					  (guint)(rng() % 4), (gint64)(rng() % 6) - 1 };
		int which;

		for (ScheduleEntry &e : entries)
			e = waits(hubs[rng() % 4], rng() % 10, rng() % 2), e.download = rng() % 2;
		while ((which = next(entries, limits)) >= 0) {
			ASSERT_FALSE(entries[which].running);
			for (gsize i = 0; i < entries.size(); i++)
				ASSERT_TRUE(entries[i].running ||
					    entries[i].since >= entries[which].since ||
					    may(entries, i, limits) != SCHEDULE_GO);
			entries[which].running = true;
			limits.places_left -= limits.places_left > 0;
		}
		for (const char *hub : hubs) {
			guint n = 0;

			for (const ScheduleEntry &e : entries)
				n += e.running && g_str_equal(e.hub, hub);
			ASSERT_TRUE(limits.max_per_hub == 0 || n <= limits.max_per_hub);
		}
		guint downloads = 0;

		for (const ScheduleEntry &e : entries)
			downloads += e.running && e.download;
		ASSERT_TRUE(limits.max_downloads == 0 || downloads <= limits.max_downloads);
		for (gsize i = 0; i < entries.size(); i++)
			ASSERT_TRUE(entries[i].running || may(entries, i, limits) != SCHEDULE_GO);
	}
}

} // namespace
