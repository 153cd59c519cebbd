/* SPDX-License-Identifier: Apache-2.0
 *
 * Golden screens: what the dashboard shows after a story, as text. No terminal takes part; time is invented.
 * FOTA_REGOLD=1 writes the golden screens anew: then read the difference before it is committed. */
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/dashboard_drawing.h"

namespace
{

std::string golden(const std::string &name, const std::string &now)
{
	std::string path = std::string(SCREENS_DIR) + "/" + name + ".txt";

	if (getenv("FOTA_REGOLD"))
		std::ofstream(path) << now;
	std::ifstream file(path);
	std::stringstream text;

	text << file.rdbuf();
	return text.str();
}

TEST(GoldenScreens, BusyRack)
{
	const int sizes[][2] = { { 80, 24 }, { 120, 40 }, { 200, 60 } };

	for (bool utf8 : { true, false })
		for (const auto &size : sizes)
			for (guint n : { 1u, 8u, 24u, 128u }) {
				Drawing drawing(n, utf8);
				std::string name = std::to_string(size[0]) + "x" +
						   std::to_string(size[1]) + "-" +
						   std::to_string(n) + (utf8 ? "-utf8" : "-ascii");

				story_busy_rack(drawing.story, n);
				std::string now = drawing.draw(size[0], size[1]);
				EXPECT_EQ(now, golden(name, now)) << name;
				for (char c : now)
					ASSERT_TRUE(utf8 || c == '\n' || (c >= ' ' && c <= '~'))
						<< name;
			}
}

/* The line between two hubs takes nothing of what is to be done with a failed unit above it. */
TEST(GoldenScreens, HubsAreApart)
{
	Drawing drawing(24, true, 6);

	story_busy_rack(drawing.story, 24);
	drawing.story.done(3, OUTCOME_FAIL, FAULT_NO_ANSWER);
	std::string now = drawing.draw(120, 40);
	EXPECT_EQ(now, golden("hubs", now));
}

/* A small fixture in its own arrangement fills the screen. */
TEST(GoldenScreens, AFixtureOfEight)
{
	Drawing drawing(8, true, 4, 4);

	story_busy_rack(drawing.story, 8);
	std::string now = drawing.draw(120, 40);
	EXPECT_EQ(now, golden("fixture", now));
}

TEST(GoldenScreens, Empty)
{
	Drawing drawing(8, true);
	std::string now = drawing.draw(80, 24);

	EXPECT_EQ(now, golden("empty", now));
}

TEST(GoldenScreens, Help)
{
	Drawing drawing(8, true);

	drawing.show(view_help_new());
	std::string now = drawing.draw(80, 24);
	EXPECT_EQ(now, golden("help", now));
}

TEST(GoldenScreens, RecordTroubleIsABanner)
{
	Drawing drawing(8, false);

	story_busy_rack(drawing.story, 8);
	drawing.story.emit(EV_TROUBLE, 2, 0, "the port is held by another program");
	drawing.story.emit(EV_RECORD_TROUBLE, SLOT_NONE, 1,
			   "nothing can be written to the record: the disk is full; no unit is "
			   "started until there is "
			   "room, those that flash are finished");
	std::string now = drawing.draw(80, 24);
	EXPECT_EQ(now, golden("record-trouble", now));
	drawing.story.emit(EV_RECORD_TROUBLE, SLOT_NONE, 0, "there is room again");
	now = drawing.draw(80, 24);
	EXPECT_NE(now.find("A3: the port is held by another program"), std::string::npos) << now;
}

/* Two rows of it hide the keys: it says itself which one takes it away. */
TEST(GoldenScreens, TroubleThatHidesTheKeysNamesItsOwn)
{
	Drawing drawing(8, false);

	story_busy_rack(drawing.story, 8);
	drawing.story.emit(EV_TROUBLE, 2, 0, "the port is held by another program");
	std::string now = drawing.draw(80, 24);
	EXPECT_EQ(now.find("(a: seen)"), std::string::npos) << now;
	drawing.story.emit(EV_TROUBLE, 2, 0,
			   "the port is held by another program, which is to be ended before "
			   "anything else is done here");
	now = drawing.draw(80, 24);
	EXPECT_NE(now.find("here (a: seen)"), std::string::npos) << now;
	/* No room: the sentence itself is worth more. */
	drawing.story.emit(EV_TROUBLE, 2, 0, std::string(143, 'x').c_str());
	now = drawing.draw(80, 24);
	EXPECT_EQ(now.find("(a: seen)"), std::string::npos) << now;
	EXPECT_NE(now.find("xxx"), std::string::npos) << now;
	/* What goes on is not taken away by being seen. */
	drawing.story.emit(EV_RECORD_TROUBLE, SLOT_NONE, 1,
			   "nothing can be written to the record: the disk is full; no unit is "
			   "started until there is room");
	now = drawing.draw(80, 24);
	EXPECT_EQ(now.find("(a: seen)"), std::string::npos) << now;
}

TEST(GoldenScreens, SelectionScrolls)
{
	Drawing drawing(128, true);

	story_busy_rack(drawing.story, 128);
	drawing.draw(80, 24);
	drawing.view->ops->request(drawing.view, &drawing.facts, REQUEST_LAST);
	drawing.draw(80, 24);
	drawing.view->ops->request(drawing.view, &drawing.facts, REQUEST_PAGE_UP);
	drawing.view->ops->request(drawing.view, &drawing.facts, REQUEST_LEFT);
	std::string now = drawing.draw(80, 24);
	EXPECT_EQ(now, golden("scrolled", now));
}

TEST(GoldenScreens, WideCharactersKeepTheColumns)
{
	Drawing drawing(8, true);

	story_busy_rack(drawing.story, 8);
	drawing.bars.station = "一号站";
	drawing.bars.line = "生产线";
	drawing.story.emit(EV_WORKER, SLOT_NONE, 0, "操作员");
	drawing.story.queue(5, "此集线器上有三个单元正在写入");
	std::string now = drawing.draw(80, 24);
	EXPECT_EQ(now, golden("wide", now));
}

TEST(GoldenScreens, AnySizeCanBeDrawn)
{
	for (guint n : { 1u, 8u, 128u }) {
		Drawing drawing(n, true);

		story_busy_rack(drawing.story, n);
		for (int cols = 1; cols <= 300; cols += cols < 90 ? 1 : 23)
			for (int rows = 1; rows <= 100; rows += rows < 30 ? 1 : 9)
				drawing.draw(cols, rows);
	}
}

/* A bar that has grown in each of 128 tiles is a small part of the screen. */
TEST(GoldenScreens, AFrameIsWhatHasChanged)
{
	Drawing drawing(128, true);
	int from, to, cells = 0;

	for (guint16 slot = 0; slot < 128; slot++)
		drawing.story.working(slot, "upload", 10);
	g_autoptr(Canvas) before = drawing.canvas(300, 100);
	for (guint16 slot = 0; slot < 128; slot++)
		drawing.story.progress(slot, 11);
	g_autoptr(Canvas) now = drawing.canvas(300, 100);
	for (int y = 0; y < 100; y++)
		if (canvas_differs(now, before, y, &from, &to))
			cells += to - from;
	EXPECT_GT(cells, 0);
	EXPECT_LE(cells, 300 * 100 / 4);
}

/* Every order in words, in every kind of tile. */
TEST(GoldenScreens, EveryOrderIsInWords)
{
	const int sizes[][2] = { { 300, 100 }, { 120, 40 }, { 80, 20 }, { 40, 13 } };

	for (const auto &size : sizes)
		for (int order = 0; order < N_ORDERS; order++) {
			Drawing drawing(8, true);

			for (guint16 slot = 0; slot < 8; slot++) {
				drawing.story.visit(slot);
				drawing.story.recorded(slot);
				drawing.story.state(slot, SLOT_RUNNING, (Order)order);
			}
			std::string now = drawing.draw(size[0], size[1]);
			bool whole = now.find(order_words((Order)order)) != std::string::npos;
			bool brief = now.find(theme_order_short((Order)order)) != std::string::npos;

			EXPECT_TRUE(whole || brief) << order_name((Order)order) << "\n" << now;
			EXPECT_NE(now.find(drawing.theme.symbols->orders[order]), std::string::npos)
				<< now;
		}
}

} // namespace
