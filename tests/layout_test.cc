/* SPDX-License-Identifier: Apache-2.0
 *
 * Sweeps sizes and numbers of slots: no overlap, nothing outside, nothing hidden without a mark. */
#include <gtest/gtest.h>

#include <vector>

#include "tui/layout.h"

namespace
{

const int order_w = 15;

bool within(const Rect &inner, const Rect &outer)
{
	return inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.w <= outer.x + outer.w &&
	       inner.y + inner.h <= outer.y + outer.h;
}

/* Claims the cells of a rectangle; false when one was claimed before. */
bool claim(std::vector<char> &cells, int cols, const Rect &r)
{
	for (int y = r.y; y < r.y + r.h; y++)
		for (int x = r.x; x < r.x + r.w; x++) {
			if (cells[(size_t)y * cols + x])
				return false;
			cells[(size_t)y * cols + x] = 1;
		}
	return true;
}

void check(int cols, int rows, int n, int label_w, int notice_rows,
	   const std::vector<guint16> &hubs)
{
	SCOPED_TRACE(testing::Message()
		     << cols << "x" << rows << ", " << n << " slots, label " << label_w);
	std::vector<char> cells((size_t)cols * rows);
	const Rect all = { 0, 0, cols, rows };
	Frame frame = layout_frame(cols, rows, notice_rows);
	std::vector<Place> places((size_t)n);
	const Rack rack = { n, nullptr, hubs.empty() ? nullptr : hubs.data(),
			    hubs.empty() ? 1 : hubs.back() + 1 };
	Grid grid = layout_grid(frame.body, &rack, label_w, order_w, places.data());

	for (const Rect &r : { frame.header, frame.notice, frame.keys, grid.mark, grid.panel }) {
		ASSERT_TRUE(r.h == 0 || within(r, all));
		ASSERT_TRUE(claim(cells, cols, r));
	}
	int seen = 0;

	for (int i = 0; i < n; i++) {
		Rect tile = layout_tile(&grid, &rack, places.data(), 0, i);

		if (tile.h == 0)
			continue;
		seen++;
		ASSERT_TRUE(within(tile, grid.tiles)) << "slot " << i;
		ASSERT_TRUE(claim(cells, cols, tile)) << "slot " << i;
		/* The mark and the label, whole. */
		ASSERT_GE(tile.w, MIN(1 + label_w, cols)) << "slot " << i;
	}
	ASSERT_EQ(seen<n, grid.mark.h> 0);
	ASSERT_GT(seen, 0);
}

TEST(Layout, SweepOfSizesAndSlots)
{
	for (int n : { 1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 16, 24, 31, 32, 48, 64, 65, 96, 127, 128 })
		for (int cols :
		     { 20, 21, 30, 39, 40, 41, 60, 79, 80, 81, 100, 120, 160, 161, 200, 255, 300 })
			for (int rows = 5; rows <= 100; rows += rows < 30 ? 1 : 7)
				for (int label_w : { 2, 3, 12 }) {
					std::vector<guint16> hubs;

					/* All on one hub, then on hubs of seven. */
					check(cols, rows, n, label_w, label_w % 5, hubs);
					for (int i = 0; i < n; i++)
						hubs.push_back((guint16)(i / 7));
					check(cols, rows, n, label_w, label_w % 5, hubs);
					if (HasFatalFailure())
						return;
				}
}

TEST(Layout, EverySlotCanBeScrolledTo)
{
	for (int rows : { 5, 8, 12, 24 }) {
		Frame frame = layout_frame(80, rows, 1);
		Place places[128];
		const Rack rack = { 128, nullptr, nullptr, 1 };
		Grid grid = layout_grid(frame.body, &rack, 3, order_w, places);
		int top = 0;

		for (int slot : { 0, 1, 64, 127, 126, 3, 127, 0 }) {
			top = layout_scroll(&grid, top, places[slot].row);
			EXPECT_GT(layout_tile(&grid, &rack, places, top, slot).h, 0)
				<< rows << " rows, slot " << slot;
			EXPECT_LE(top, grid.rows_all - grid.rows);
			EXPECT_GE(top, 0);
		}
	}
}

TEST(Layout, ScrollsNoFurtherThanItMust)
{
	Place places[128];
	const Rack rack = { 128, nullptr, nullptr, 1 };
	Grid grid = layout_grid(Rect{ 0, 2, 80, 20 }, &rack, 3, order_w, places);

	ASSERT_GT(grid.mark.h, 0);
	EXPECT_EQ(layout_scroll(&grid, 5, 5), 5);
	EXPECT_EQ(layout_scroll(&grid, 5, 4), 4);
	EXPECT_EQ(layout_scroll(&grid, 0, grid.rows), 1);
}

TEST(Layout, FewSlotsAreLargeManyAreSmall)
{
	const struct {
		int cols, rows, slots;
		TileKind kind;
		bool scrolls;
	} cases[] = {
		{ 80, 24, 1, TILE_HUGE, false },       { 80, 24, 4, TILE_BIG, false },
		{ 80, 24, 8, TILE_MEDIUM, false },     { 80, 24, 24, TILE_LINE, false },
		{ 80, 24, 34, TILE_LINE, false },      { 80, 24, 64, TILE_MINI, false },
		{ 80, 24, 128, TILE_MINI, true },      { 120, 40, 24, TILE_MEDIUM, false },
		{ 120, 40, 128, TILE_MINI, false },    { 200, 60, 8, TILE_HUGE, false },
		{ 200, 60, 24, TILE_BIG, false },      { 200, 60, 128, TILE_LINE, false },
		{ 300, 100, 128, TILE_MEDIUM, false }, { 300, 100, 60, TILE_BIG, false },
	};

	for (const auto &c : cases) {
		Frame frame = layout_frame(c.cols, c.rows, 1);
		std::vector<Place> places((size_t)c.slots);
		const Rack rack = { c.slots, nullptr, nullptr, 1 };
		Grid grid = layout_grid(frame.body, &rack, 3, order_w, places.data());

		EXPECT_EQ(grid.kind, c.kind)
			<< c.cols << "x" << c.rows << ", " << c.slots << " slots";
		EXPECT_EQ(grid.mark.h > 0, c.scrolls)
			<< c.cols << "x" << c.rows << ", " << c.slots << " slots";
	}
}

/* Slots as they stand in the fixture: each at its place, whole, in tiles that are all alike. */
TEST(Layout, TheFixturesOwnArrangement)
{
	for (int across : { 1, 2, 4, 8, 16 })
		for (int down : { 1, 2, 4, 8 })
			for (int cols : { 80, 120, 200, 300 })
				for (int rows : { 24, 40, 60, 100 }) {
					std::vector<Place> own, places((size_t)across * down);
					Frame frame = layout_frame(cols, rows, 1);

					for (int i = 0; i < across * down; i++)
						own.push_back({ (guint16)(i / across),
								(guint16)(i % across) });
					const Rack rack = { across * down, own.data(), nullptr, 1 };
					Grid grid = layout_grid(frame.body, &rack, 3, order_w,
								places.data());

					SCOPED_TRACE(testing::Message()
						     << across << "x" << down << " in " << cols
						     << "x" << rows);
					if (across * 14 > cols || down > rows - 9)
						continue;
					ASSERT_EQ(grid.mark.h, 0);
					for (int i = 0; i < across * down; i++) {
						Rect tile = layout_tile(&grid, &rack, places.data(),
									0, i);

						ASSERT_TRUE(within(tile, grid.tiles)) << i;
						ASSERT_EQ(tile.x,
							  grid.tiles.x +
								  (i % across) * grid.tile_w);
						ASSERT_EQ(tile.y,
							  grid.tiles.y +
								  (i / across) * grid.tile_h);
					}
				}
}

TEST(Layout, ALongNoticeGetsRowsButNeverTheScreen)
{
	EXPECT_EQ(layout_frame(80, 24, 0).notice.h, 1);
	EXPECT_EQ(layout_frame(80, 24, 2).notice.h, 2);
	EXPECT_EQ(layout_frame(80, 24, 2).body.h, layout_frame(80, 24, 1).body.h)
		<< "the tiles stay";
	EXPECT_EQ(layout_frame(80, 24, 50).notice.h, 4);
	EXPECT_EQ(layout_frame(80, 5, 50).notice.h, 0);
}

} // namespace
