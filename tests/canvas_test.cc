/* SPDX-License-Identifier: Apache-2.0
 *
 * Cells, clipping, wide characters, cutting and wrapping; and keys from bytes. No terminal takes part. */
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/canvas_text.h"
#include "tui/canvas.h"
#include "tui/keys.h"
#include "tui/requests.h"

namespace
{

const Pen pen = { MEANING_PLAIN, false };
const Pen other = { MEANING_BAD, true };

class CanvasTest : public ::testing::Test
{
      protected:
	Canvas *canvas = canvas_new(10, 3, 0x2026);

	void TearDown() override
	{
		canvas_free(canvas);
	}
	std::string row(int y)
	{
		return canvas_line(canvas, y);
	}
};

TEST_F(CanvasTest, TextGoesWhereItIsPut)
{
	EXPECT_EQ(canvas_text(canvas, 2, 1, 8, other, "abc"), 3);
	EXPECT_EQ(row(0), "");
	EXPECT_EQ(row(1), "  abc");
	EXPECT_EQ(canvas_cell(canvas, 2, 1)->pen.meaning, MEANING_BAD);
	EXPECT_TRUE(canvas_cell(canvas, 4, 1)->pen.strong);
	EXPECT_EQ(canvas_cell(canvas, 5, 1)->pen.meaning, MEANING_PLAIN);
}

TEST_F(CanvasTest, LongTextEndsWithAnEllipsis)
{
	EXPECT_EQ(canvas_text(canvas, 0, 0, 5, pen, "abcdef"), 5);
	EXPECT_EQ(row(0), "abcd…");
	EXPECT_EQ(canvas_text(canvas, 0, 1, 6, pen, "abcdef"), 6);
	EXPECT_EQ(row(1), "abcdef");
}

TEST_F(CanvasTest, NothingOutsideTheClipChanges)
{
	canvas_clip(canvas, Rect{ 2, 1, 3, 1 });
	for (int y = -2; y < 6; y++)
		canvas_text(canvas, -3, y, 30, other, "0123456789abcdefghi");
	canvas_fill(canvas, Rect{ -5, -5, 40, 6 }, other, '#');
	EXPECT_EQ(row(0), "");
	EXPECT_EQ(row(1), "  567");
	EXPECT_EQ(row(2), "");
	canvas_clip(canvas, Rect{ 20, 20, 5, 5 });
	canvas_fill(canvas, Rect{ 0, 0, 40, 40 }, other, '#');
	EXPECT_EQ(row(1), "  567");
}

TEST_F(CanvasTest, WideCharactersTakeTwoColumns)
{
	EXPECT_EQ(text_width("站点A"), 5);
	EXPECT_EQ(canvas_text(canvas, 0, 0, 10, pen, "站点A"), 5);
	EXPECT_EQ(canvas_cell(canvas, 1, 0)->ch, 0u);
	EXPECT_EQ(canvas_cell(canvas, 4, 0)->ch, (gunichar)'A');
	/* One that does not fit as a whole is not shown in half. */
	EXPECT_EQ(canvas_text(canvas, 0, 1, 4, pen, "站点站"), 3);
	EXPECT_EQ(row(1), "站…");
	EXPECT_EQ(canvas_text(canvas, 9, 2, 4, pen, "站"), 2);
	EXPECT_EQ(canvas_cell(canvas, 9, 2)->ch, (gunichar)' ');
}

TEST_F(CanvasTest, HalfOfAWideCharacterNeverStays)
{
	canvas_text(canvas, 0, 0, 10, pen, "站点站");
	canvas_text(canvas, 1, 0, 1, pen, "x");
	EXPECT_EQ(row(0), " x点站");
	canvas_text(canvas, 2, 0, 1, pen, "y");
	EXPECT_EQ(row(0), " xy 站");
	canvas_text(canvas, 3, 0, 2, pen, "点");
	EXPECT_EQ(row(0), " xy点");
	for (int x = 0; x < 10; x++)
		EXPECT_EQ(canvas_cell(canvas, x, 0)->ch == 0, x == 4) << x;
}

TEST_F(CanvasTest, HostileTextIsShownAsQuestionMarks)
{
	canvas_text(canvas, 0, 0, 10, pen, "a\033[2Jb");
	EXPECT_EQ(row(0), "a?[2Jb");
	canvas_text(canvas, 0, 1, 10, pen, "\xff\xfe\xc3(\xe7\xab");
	EXPECT_EQ(row(1), std::string(3, '?') + "(" + std::string(2, '?'));
	/* Parts of a Korean syllable are one cell pair: the terminal counts the second as none. */
	EXPECT_EQ(text_width("\u1112\u1161\u11ab"), 2);
	/* An accent of its own has no cell; direction marks and control characters of the upper half are not printed. */
	EXPECT_EQ(text_width("e\xcc\x81"), 1);
	canvas_text(canvas, 0, 2, 10, pen, "x\xe2\x80\xaey\xc2\x9bz");
	EXPECT_EQ(row(2), "x?y?z");
	EXPECT_EQ(canvas_text(canvas, 0, 2, 10, pen, nullptr), 0);
	EXPECT_EQ(text_width(nullptr), 0);
}

TEST_F(CanvasTest, RightAligned)
{
	canvas_text_right(canvas, 2, 0, 8, pen, "9:59");
	EXPECT_EQ(row(0), "      9:59");
	canvas_text_right(canvas, 2, 1, 3, pen, "12345");
	EXPECT_EQ(row(1), "  12…");
}

TEST_F(CanvasTest, WrapsBetweenWords)
{
	const struct {
		const char *text;
		int w, rows;
	} cases[] = {
		{ "", 10, 0 },
		{ nullptr, 10, 0 },
		{ "one", 10, 1 },
		{ "one two", 7, 1 },
		{ "one two", 6, 2 },
		{ "one two three", 7, 2 },
		{ "abcdefghijkl", 5, 3 },
		{ "站点站点", 5, 2 },
		{ "站", 1, 1 },
		{ "a b c d", 1, 4 },
		{ "one two", 0, 0 },
		{ "\xff\xff\xff", 2, 2 },
	};

	for (const auto &c : cases)
		EXPECT_EQ(text_rows(c.text, c.w), c.rows)
			<< (c.text ? c.text : "NULL") << " in " << c.w;
	EXPECT_EQ(canvas_wrap(canvas, Rect{ 0, 0, 8, 3 }, pen, "check how it sits"), 3);
	EXPECT_EQ(row(0), "check");
	EXPECT_EQ(row(1), "how it");
	EXPECT_EQ(row(2), "sits");
}

TEST_F(CanvasTest, WrapThatDoesNotFitSaysSo)
{
	EXPECT_EQ(canvas_wrap(canvas, Rect{ 0, 0, 8, 2 }, pen, "check how it sits"), 2);
	EXPECT_EQ(row(0), "check");
	EXPECT_EQ(row(1), "how it …");
	EXPECT_EQ(row(2), "");
}

/* Keys. */

std::vector<Key> pressed(const std::vector<std::string> &pieces, gint64 gap_us)
{
	std::vector<Key> told;
	Keys keys = {};
	gint64 now = 1000;

	keys.tell = [](gpointer user, Key key) {
		static_cast<std::vector<Key> *>(user)->push_back(key);
	};
	keys.user = &told;
	for (const auto &piece : pieces) {
		keys_tick(&keys, now);
		keys_feed(&keys, now, piece.data(), piece.size());
		now += gap_us;
	}
	keys_tick(&keys, now + KEYS_ESCAPE_US);
	EXPECT_EQ(keys_deadline(&keys), G_MAXINT64);
	return told;
}

/* What is told to the terminal's library of a frame: as little as there is to tell. */
TEST(Canvas, OnlyWhatDiffersIsShown)
{
	const Pen plain = {}, strong = { MEANING_PLAIN, true };
	g_autoptr(Canvas) now = canvas_new(20, 2, '~');
	Canvas *before = nullptr;
	int from = -1, to = -1;
	const auto differs = [&](int y) { return canvas_differs(now, before, y, &from, &to); };

	EXPECT_TRUE(differs(1)) << "nothing is known of it";
	EXPECT_EQ(to - from, 20);
	canvas_text(now, 2, 0, 10, plain, "ab漢字ef");
	before = canvas_copy(now, nullptr);
	EXPECT_FALSE(differs(0));
	EXPECT_FALSE(differs(1));
	canvas_text(now, 3, 0, 1, plain, "x");
	EXPECT_TRUE(differs(0));
	EXPECT_EQ(from, 3);
	EXPECT_EQ(to, 4);
	canvas_text(now, 9, 0, 1, strong, "f");
	EXPECT_TRUE(differs(0));
	EXPECT_EQ(to, 10) << "another pen";
	before = canvas_copy(now, before);
	canvas_fill(now, Rect{ 5, 0, 1, 1 }, plain, '-');
	EXPECT_TRUE(differs(0));
	EXPECT_EQ(from, 4) << "half of it cannot stay";
	canvas_text(now, 4, 0, 2, plain, "语");
	before = canvas_copy(now, before);
	canvas_text(now, 5, 0, 2, plain, "语");
	EXPECT_TRUE(differs(0));
	EXPECT_EQ(from, 4);
	EXPECT_EQ(to, 8) << "halves of what was there before, too";
	EXPECT_FALSE(differs(1));
	canvas_free(before);
}

TEST(Keys, SequencesOfTheUsualTerminals)
{
	const struct {
		const char *bytes;
		std::vector<Key> keys;
	} cases[] = {
		{ "q", { 'q' } },
		{ "\033[A", { KEY_CODE_UP } },
		{ "\033OB", { KEY_CODE_DOWN } },
		{ "\033[1;5C", { KEY_CODE_RIGHT } },
		{ "\033[D\033[D", { KEY_CODE_LEFT, KEY_CODE_LEFT } },
		{ "\033[5~", { KEY_CODE_PAGE_UP } },
		{ "\033[6~", { KEY_CODE_PAGE_DOWN } },
		{ "\033[H", { KEY_CODE_HOME } },
		{ "\033[1~", { KEY_CODE_HOME } },
		{ "\033[7~", { KEY_CODE_HOME } },
		{ "\033OF", { KEY_CODE_END } },
		{ "\033[4~", { KEY_CODE_END } },
		{ "\033[8~", { KEY_CODE_END } },
		{ "\033", { KEY_CODE_ESCAPE } },
		{ "\033\033", { KEY_CODE_ESCAPE } },
		/* Nothing that is meant for something else becomes a key: function keys, Alt-q, a mouse, a paste. */
		{ "\033[[A", {} },
		{ "\033[15~", {} },
		{ "\033q", {} },
		{ "\033[200~q", { 'q' } },
		{ "\033[<0;10;10M", {} },
		{ "\xe7\xab\x99", { 0x7ad9 } },
		{ "\x0c", { KEY_CTRL('L') } },
	};

	for (const auto &c : cases) {
		std::string bytes = c.bytes;
		std::vector<std::string> single;

		EXPECT_EQ(pressed({ bytes }, 0), c.keys)
			<< "whole: " << bytes.substr(bytes[0] == 27);
		for (char byte : bytes)
			single.push_back(std::string(1, byte));
		EXPECT_EQ(pressed(single, KEYS_ESCAPE_US / 10), c.keys)
			<< "by byte: " << bytes.substr(bytes[0] == 27);
	}
}

TEST(Keys, AnEscapeThatStandsAloneIsTheKey)
{
	EXPECT_EQ(pressed({ "\033", "[", "A" }, KEYS_ESCAPE_US - 1),
		  std::vector<Key>{ KEY_CODE_UP });
	EXPECT_EQ(pressed({ "\033", "[A" }, KEYS_ESCAPE_US),
		  (std::vector<Key>{ KEY_CODE_ESCAPE, '[', 'A' }));
}

TEST(Keys, AnyBytesEnd)
{
	g_autoptr(GRand) random = g_rand_new_with_seed(7);

	for (int i = 0; i < 200; i++) {
		std::string bytes = "\033[";

		for (int n = g_rand_int_range(random, 0, 200); n > 0; n--)
			bytes += (char)g_rand_int_range(random, 0, 256);
		pressed({ bytes }, 0);
	}
}

TEST(Requests, EveryKeyHasOneMeaning)
{
	for (int id = 0; id < N_REQUESTS; id++)
		EXPECT_EQ(request_of_key(request_get((RequestId)id)->key), id);
	EXPECT_EQ(request_of_key('k'), REQUEST_NONE);
	EXPECT_EQ(request_of_key(KEY_CODE_END + 1), REQUEST_NONE);
}

} // namespace
