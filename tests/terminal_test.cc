/* SPDX-License-Identifier: Apache-2.0
 *
 * The dashboard as a whole on a real terminal emulator behind a pseudo terminal: what arrives must be what was drawn.
 * Time is invented. */
#include <gtest/gtest.h>

#include <clocale>
#include <cstdlib>
#include <memory>

#include "tests/dashboard_terminal.h"
#include "tui/screen.h"

namespace
{

TEST_F(Dashboard, IsOnEveryTerminalWhatTheCanvasSays)
{
	for (const char *term :
	     { "xterm-256color", "xterm", "tmux-256color", "tmux", "screen", "linux", "vt100" })
		for (guint n : { 8u, 24u, 128u }) {
			Drawing drawing(n, true);

			setenv("TERM", term, 1);
			tui_free(g_steal_pointer(&tui));
			story.now = drawing.story.now;
			start(n, 80, 24);
			pass(0);
			/* In several frames: the differences must add up to the whole. */
			for (guint told : { n / 2, n, n / 3 }) {
				story_busy_rack(story, told);
				pass(0.1);
				story_busy_rack(drawing.story, told);
				drawing.story.seconds(0.1);
			}
			EXPECT_EQ(emulator->text(), drawing.draw(80, 24))
				<< term << ", " << n << " slots";
		}
}

TEST_F(Dashboard, WideCharactersStandWhereTheTerminalPutsThem)
{
	Drawing drawing(8, true);

	start(8, 80, 24);
	for (Story *s : { &story, &drawing.story }) {
		story_busy_rack(*s, 8);
		s->emit(EV_WORKER, SLOT_NONE, 0, "操作员");
		s->queue(5, "此集线器上有三个单元正在写入");
	}
	tui_tick(tui, story.now);
	EXPECT_EQ(emulator->text(), drawing.draw(80, 24));
}

/* Where a text stands on the emulator's screen, as a cell. */
VTermScreenCell cell_of(const Emulator &emulator, const std::string &text, const char *words)
{
	size_t at = text.find(words), line = text.rfind('\n', at);
	int y = 0, x;

	EXPECT_NE(at, std::string::npos) << words << "\n" << text;
	for (size_t i = 0; i < at; i++)
		y += text[i] == '\n';
	x = (int)g_utf8_strlen(text.c_str() + line + 1, (gssize)(at - line - 1));
	return emulator.cell(x, y);
}

TEST_F(Dashboard, ColourSupportsTheOrder)
{
	const struct {
		const char *words;
		int of_8, of_256;
	} cases[] = { { "DO NOT TOUCH", 3, 220 },
		      { "remove, good", 2, 43 },
		      { "remove, bad", 1, 130 },
		      { "leave empty", 5, 176 } };

	for (int colours : { 8, 256 }) {
		tui_free(g_steal_pointer(&tui));
		start(12, 120, 40, false, colours);
		story_busy_rack(story, 12);
		pass(0.1);
		for (const auto &c : cases) {
			VTermScreenCell cell = cell_of(*emulator, emulator->text(), c.words);

			EXPECT_TRUE(VTERM_COLOR_IS_INDEXED(&cell.bg)) << c.words;
			EXPECT_EQ(cell.bg.indexed.idx, colours == 8 ? c.of_8 : c.of_256) << c.words;
			EXPECT_FALSE(cell.attrs.bold && cell.fg.indexed.idx == 0)
				<< c.words << ": grey is no black";
		}
	}
	VTermScreenCell title = emulator->cell(119, 0), counters = emulator->cell(119, 1);
	EXPECT_FALSE(VTERM_COLOR_IS_DEFAULT_BG(&title.bg));
	EXPECT_TRUE(VTERM_COLOR_IS_DEFAULT_BG(&counters.bg));
}

TEST_F(Dashboard, WithoutColourTheOrderIsStillMarked)
{
	for (const char *term : { "xterm-256color", "vt100" }) {
		setenv("TERM", term, 1);
		tui_free(g_steal_pointer(&tui));
		start(12, 120, 40, false, 0);
		story_busy_rack(story, 12);
		pass(0);
		for (int y = 0; y < 40; y++)
			for (int x = 0; x < 120; x++) {
				VTermScreenCell cell = emulator->cell(x, y);

				ASSERT_TRUE(VTERM_COLOR_IS_DEFAULT_FG(&cell.fg))
					<< term << " " << x << "," << y;
				ASSERT_TRUE(VTERM_COLOR_IS_DEFAULT_BG(&cell.bg))
					<< term << " " << x << "," << y;
			}
		EXPECT_TRUE(cell_of(*emulator, emulator->text(), "DO NOT TOUCH").attrs.reverse)
			<< term;
		EXPECT_TRUE(cell_of(*emulator, emulator->text(), "remove, bad").attrs.reverse)
			<< term;
		EXPECT_FALSE(cell_of(*emulator, emulator->text(), "remove, good").attrs.reverse)
			<< term;
	}
}

TEST_F(Dashboard, AsciiIsAllThatIsSentWhereNothingElseCanBeShown)
{
	start(8, 80, 24, true);
	story_busy_rack(story, 8);
	story.emit(EV_WORKER, SLOT_NONE, 0, "操作员");
	pass(0);
	std::string text = emulator->text();
	for (char c : text)
		ASSERT_TRUE(c == '\n' || (c >= ' ' && c <= '~')) << text;
	EXPECT_NE(text.find("operator ? ? ?"), std::string::npos) << text;
}

TEST_F(Dashboard, NothingIsSentWhileNothingChanges)
{
	start(8, 80, 24);
	pass(0);
	gsize before = sent;
	int asked_before = asked;

	for (int i = 0; i < 100; i++)
		pass(0.5);
	EXPECT_LE(sent - before, 40u) << "the units per hour, once";
	EXPECT_LE(asked - asked_before, 4) << "nor is anything drawn";
	story.progress(0, 0);
	EXPECT_GT(tui_deadline(tui), story.now) << "no change, no frame";
	EXPECT_GT(tui_deadline(tui), story.now + 5 * G_USEC_PER_SEC);
}

TEST_F(Dashboard, AtMostTwentyFramesASecond)
{
	start(128, 200, 60);
	story_busy_rack(story, 128);
	pass(0);
	frames = 0;
	for (int i = 0; i < 1000; i++) {
		story.progress((guint16)(i % 128), i % 100);
		pass(0.001);
	}
	EXPECT_LE(frames, 20);
	EXPECT_GE(frames, 19);
}

TEST_F(Dashboard, ClocksCostLittle)
{
	start(128, 200, 60);
	for (guint16 slot = 0; slot < 128; slot++)
		story.working(slot, "upload", 10);
	pass(0);
	pass(1);
	gsize before = sent;
	int frames_before = frames;

	for (int i = 0; i < 100; i++) {
		EXPECT_GE(tui_deadline(tui), story.now);
		pass(0.1);
	}
	EXPECT_LE(frames - frames_before, 11) << "all clocks advance together";
	EXPECT_LE((sent - before) / 10, 128 * 12u) << "bytes per second";
}

TEST_F(Dashboard, ATerminalThatTakesNothingIsLeftAlone)
{
	start(8, 80, 24);
	pass(0);
	busy = true;
	asked = 0;
	for (int i = 0; i < 1000; i++) {
		story.progress(0, i % 100);
		pass(0.001);
	}
	EXPECT_LE(asked, 5);
	busy = false;
	story_busy_rack(story, 8);
	pass(0);
	Drawing drawing(8, true);
	story_busy_rack(drawing.story, 8);
	EXPECT_EQ(emulator->text(), drawing.draw(80, 24));
}

TEST_F(Dashboard, ALostFrameIsMadeGood)
{
	start(8, 80, 24);
	pass(0);
	lossy = true;
	story_busy_rack(story, 8);
	pass(0);
	lossy = false;
	pass(1);
	Drawing drawing(8, true);
	story_busy_rack(drawing.story, 8);
	drawing.story.seconds(1);
	EXPECT_EQ(emulator->text(), drawing.draw(80, 24));
}

TEST_F(Dashboard, FollowsTheSizeOfTheTerminal)
{
	const int sizes[][2] = { { 120, 40 }, { 20, 5 },  { 300, 100 },
				 { 1, 1 },    { 80, 24 }, { 81, 23 } };
	Drawing drawing(24, true);

	start(24, 80, 24);
	story_busy_rack(story, 24);
	story_busy_rack(drawing.story, 24);
	for (const auto &size : sizes) {
		pass(0.1);
		drawing.story.seconds(0.1);
		emulator->resize(size[0], size[1]);
		tui_resize(tui);
		pass(0.1);
		drawing.story.seconds(0.1);
		EXPECT_EQ(emulator->text(), drawing.draw(size[0], size[1]))
			<< size[0] << "x" << size[1];
	}
}

TEST_F(Dashboard, HelpComesAndGoes)
{
	start(8, 80, 24);
	pass(0);
	std::string before = emulator->text();

	for (const char *back : { "?", "\033\033" }) {
		type("?");
		EXPECT_NE(emulator->text().find("take it out, into the box for good units"),
			  std::string::npos);
		type("?");
		EXPECT_EQ(emulator->text(), before) << "one help is enough";
		type("?");
		type(back);
		EXPECT_EQ(emulator->text(), before);
	}
	type("?");
	type("\033");
	pass(0.06);
	pass(0.06);
	EXPECT_EQ(emulator->text(), before) << "a single Esc, by its time";
}

TEST_F(Dashboard, QuitAsksWhileUnitsFlash)
{
	start(8, 80, 24);
	story_busy_rack(story, 8);
	danger = 3;
	pass(0);
	type("q");
	EXPECT_NE(last_rows(2).find("3 units are flashing: they are finished first, nothing new "
				    "starts. Quit? y/n"),
		  std::string::npos)
		<< emulator->text();
	for (const char *no : { "n", "N", "\033\033" }) {
		type(no);
		EXPECT_EQ(emulator->text().find("Quit?"), std::string::npos) << no;
		type("q");
	}
	for (const char *nothing : { "\r", " ", "q", "?", "\033[A", "yyyy\r", "yyyyyyyy" }) {
		type(nothing);
		EXPECT_NE(emulator->text().find("Quit?"), std::string::npos)
			<< "neither yes nor no";
	}
	EXPECT_EQ(quits, 0);
	type("y");
	EXPECT_EQ(quits, 1);
	EXPECT_NE(emulator->text().find("finishing: 3 units"), std::string::npos);
	type("qy");
	type("qy");
	EXPECT_EQ(quits, 1) << "once";
	danger = 1;
	story.end(1, OUTCOME_PASS);
	pass(0.1);
	EXPECT_NE(emulator->text().find("finishing: 1 unit "), std::string::npos);
}

TEST_F(Dashboard, QuitAsksWhileUnitsAreWorkedOn)
{
	start(8, 80, 24);
	story.working(0, "upload", 10);
	pass(0);
	type("q");
	EXPECT_EQ(quits, 0);
	EXPECT_NE(last_rows(2).find("1 unit is being worked on"), std::string::npos)
		<< emulator->text();
	type("y");
	EXPECT_EQ(quits, 1);
}

TEST_F(Dashboard, QuitAsksEvenWhenNothingDependsOnIt)
{
	start(8, 80, 24);
	story.done(0, OUTCOME_PASS);
	pass(0);
	type("q");
	EXPECT_EQ(quits, 0);
	type("y");
	EXPECT_EQ(quits, 1);
}

TEST_F(Dashboard, AQuestionIsShownInANarrowTerminalToo)
{
	start(8, 40, 14);
	danger = 2;
	pass(0);
	type("q");
	EXPECT_NE(emulator->text().find("Quit? y/n"), std::string::npos) << emulator->text();
}

TEST_F(Dashboard, GivesTheTerminalBackAsItWas)
{
	struct termios before = {}, during = {}, after = {};
	struct sigaction action;

	fixture = std::make_unique<Fixture>(8);
	emulator = std::make_unique<Emulator>(80, 24);
	ASSERT_EQ(tcgetattr(emulator->slave(), &before), 0);
	emulator->print("left alone", 10);
	open();
	pass(0);
	tcgetattr(emulator->slave(), &during);
	EXPECT_EQ(during.c_lflag & (ICANON | ECHO | ISIG), 0u)
		<< "keys would halt units in mid-flash";
	EXPECT_EQ(during.c_iflag & IXON, 0u) << "Ctrl-S would halt the screen";
	for (int signal : { SIGINT, SIGTERM, SIGTSTP, SIGWINCH }) {
		sigaction(signal, nullptr, &action);
		EXPECT_EQ(action.sa_handler, SIG_DFL) << "signals are the station's";
	}
	EXPECT_EQ(emulator->text().find("left alone"), std::string::npos);
	tui_free(g_steal_pointer(&tui));
	tcgetattr(emulator->slave(), &after);
	EXPECT_EQ(memcmp(&before, &after, sizeof(before)), 0);
	EXPECT_NE(emulator->text().find("left alone"), std::string::npos) << emulator->text();
}

TEST_F(Dashboard, KeysWithoutATerminalBehindThem)
{
	start(8, 80, 24);
	pass(0);
	EXPECT_TRUE(tui_input(tui, story.now)) << "nothing typed, and no waiting for it";
	emulator->hang_up();
	EXPECT_FALSE(tui_input(tui, story.now));
	busy = true; /* nobody is left to write to */
}

TEST_F(Dashboard, ATerminalOfNoUseIsRefusedWithASentence)
{
	const struct {
		const char *term;
		bool terminal;
	} cases[] = { { "no-such-terminal", true },
		      { "", true },
		      { nullptr, true },
		      { "dumb", true },
		      { "xterm", false } };

	for (const auto &c : cases) {
		Emulator terminal(80, 24);
		int pipe_fds[2];
		TuiSetup setup = {};
		g_autoptr(GError) error = nullptr;

		ASSERT_EQ(pipe(pipe_fds), 0);
		if (c.term)
			setenv("TERM", c.term, 1);
		else
			unsetenv("TERM");
		setup.input_fd = c.terminal ? terminal.slave() : pipe_fds[0];
		setup.acts = &acts;
		EXPECT_EQ(tui_new(&setup, &error), nullptr);
		EXPECT_TRUE(g_error_matches(error, SCREEN_ERROR, SCREEN_ERROR_NO_TERMINAL));
		EXPECT_NE(std::string(error->message).find("fota-station batch"),
			  std::string::npos);
		close(pipe_fds[0]);
		close(pipe_fds[1]);
	}
}

} // namespace
