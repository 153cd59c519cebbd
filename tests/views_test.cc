/* SPDX-License-Identifier: Apache-2.0
 *
 * Golden screens of every view, at several sizes and in both languages, after the events of a real run of the simulated rack. No
 * terminal takes part. FOTA_REGOLD=1 writes them anew: then read the difference before it is committed. */
#include <clocale>
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <libintl.h>
#include <sstream>

#include "tests/dashboard_drawing.h"
#include "tests/recorded.h"

namespace
{

std::string read(const std::string &name)
{
	std::ifstream file(std::string(SCREENS_DIR) + "/" + name);
	std::stringstream text;

	text << file.rdbuf();
	return text.str();
}

/* A rack of four hubs with three slots each, as the recorded run had it; the views ask here for what they ask the station for. */
struct Shift {
	Shift() : drawing(12, true, 3)
	{
		std::map<std::string, guint16> slots;
		std::string traffic = read("traffic.txt");

		for (guint16 i = 0; i < 12; i++)
			slots[drawing.fixture.slots()[i]->label] = i;
		Recorded recorded(slots);
		recorded.play(std::string(SCREENS_DIR) + "/shift.ndjson",
			      [this](const Event &event) { drawing.fold(event); });
		drawing.story.now = recorded.now + 2 * G_USEC_PER_SEC;
		drawing.fold_trace(0, traffic);
		drawing.bars.station = "rack";
		drawing.bars.line = "simulated line";
		desk = { ask, step_name, plan, watch, this };
	}
	static guint ask(gpointer, const HistoryQuestion *)
	{
		return 1;
	}
	static const char *step_name(gpointer, const char *, guint ord)
	{
		static const char *const names[] = { "flash",     "return",     "echo-off-again",
						     "same-imei", "same-model", "functional",
						     "version" };

		return ord >= 9 && ord - 9 < G_N_ELEMENTS(names) ? names[ord - 9] : "";
	}
	static char *plan(gpointer, guint)
	{
		return g_strdup("MC65CAR01A02 -> MC65CAR01A03 (mc65-a02-a03)");
	}
	static void watch(gpointer, guint)
	{
	}
	void answer()
	{
		const HistoryRow rows[] = {
			{ "2026-11-20T09:59:49Z", "B3", "860006618352062", "MC65", "MC65CAR01A02",
			  "", "MC65CAR01A03", "open", "", "WO-1001", "7731", 0 },
			{ "2026-11-20T09:59:45Z", "B3", "860006618352062", "MC65", "MC65CAR01A01",
			  "MC65CAR01A02", "MC65CAR01A02", "pass", "", "WO-1001", "7731", 7881 },
			{ "2026-11-20T09:59:44Z", "A2", "860006618352021", "MC65", "MC65CAR01A02",
			  "", "MC65CAR01A03", "fail", "UPDATE_FAILED", "WO-1001", "7731", 5012 },
			{ "2026-11-20T09:59:43Z", "C1", "860006618352070", "Quectel_MX99",
			  "MC65CAR01A02", "", "", "skipped", "UNKNOWN_MODEL", "WO-1001", "7731",
			  0 },
		};
		HistoryAnswer given = { 1, rows, G_N_ELEMENTS(rows), nullptr };

		if (drawing.view->ops->answer)
			drawing.view->ops->answer(drawing.view, &given);
	}

	Drawing drawing;
	ViewDesk desk;
};

struct Language {
	const char *name;
	bool there;
};

void speak(const char *language)
{
	setlocale(LC_ALL, "C.UTF-8");
	setenv("LANGUAGE", language, 1);
	setenv("TZ", "UTC", 1);
	bindtextdomain("fota-station", LOCALE_DIR);
	bind_textdomain_codeset("fota-station", "UTF-8");
	textdomain("fota-station");
}

void golden(Shift &shift, const std::string &view, const std::string &language)
{
	const int sizes[][2] = { { 80, 24 }, { 120, 40 }, { 200, 60 } };

	for (const auto &size : sizes) {
		std::string name = "view-" + view + "-" + std::to_string(size[0]) + "x" +
				   std::to_string(size[1]) + "-" + language + ".txt";
		std::string now = shift.drawing.draw(size[0], size[1]);
		std::stringstream lines(now);
		std::string line;

		if (getenv("FOTA_REGOLD"))
			std::ofstream(std::string(SCREENS_DIR) + "/" + name) << now;
		EXPECT_EQ(now, read(name)) << name;
		while (std::getline(lines, line))
			EXPECT_LE(text_width(line.c_str()), size[0]) << name;
	}
}

class Views : public ::testing::TestWithParam<const char *>
{
      protected:
	void SetUp() override
	{
		speak(GetParam());
	}
};

TEST_P(Views, Grid)
{
	Shift shift;

	golden(shift, "grid", GetParam());
}

TEST_P(Views, Slot)
{
	Shift shift;

	shift.drawing.show(view_slot_new(&shift.desk, &shift.drawing.facts));
	shift.answer();
	golden(shift, "slot", GetParam());
}

TEST_P(Views, Large)
{
	Shift shift;

	shift.drawing.show(view_large_new());
	golden(shift, "large", GetParam());
}

TEST_P(Views, Batch)
{
	Shift shift;

	shift.drawing.show(view_batch_new());
	golden(shift, "batch", GetParam());
}

TEST_P(Views, History)
{
	Shift shift;

	shift.drawing.show(view_history_new(&shift.desk));
	shift.answer();
	golden(shift, "history", GetParam());
}

TEST_P(Views, Events)
{
	Shift shift;

	shift.drawing.show(view_log_new());
	golden(shift, "events", GetParam());
}

TEST_P(Views, Help)
{
	Shift shift;

	shift.drawing.show(view_help_new());
	golden(shift, "help", GetParam());
}

INSTANTIATE_TEST_SUITE_P(Languages, Views, ::testing::Values("en", "zh_CN"),
			 [](const auto &info) { return std::string(info.param); });

/* Every view can be drawn in every size, from every slot. */
TEST(AllViews, AnySizeCanBeDrawn)
{
	Shift shift;

	speak("en");
	for (int which = 0; which < 7; which++) {
		View *views[] = { view_grid_new(shift.drawing.fixture.slots(), 12),
				  view_slot_new(&shift.desk, &shift.drawing.facts),
				  view_large_new(),
				  view_batch_new(),
				  view_history_new(&shift.desk),
				  view_log_new(),
				  view_help_new() };

		for (int i = 0; i < 7; i++)
			if (i != which)
				views[i]->ops->leave(views[i]);
		shift.drawing.show(views[which]);
		shift.answer();
		for (guint slot = 0; slot < 12; slot++) {
			shift.drawing.facts.chosen = slot;
			for (int cols = 1; cols <= 300; cols += cols < 90 ? 7 : 61)
				for (int rows = 1; rows <= 100; rows += rows < 30 ? 3 : 19)
					shift.drawing.draw(cols, rows);
		}
	}
}

} // namespace
