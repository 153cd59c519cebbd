/* SPDX-License-Identifier: Apache-2.0
 *
 * The dashboard as a whole on a real terminal emulator behind a pseudo terminal, with a station behind it that only writes down
 * what it is asked. It does not know what any test wants; time is invented. */
#pragma once

#include <clocale>
#include <cstdlib>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

#include "tests/dashboard_drawing.h"
#include "tests/emulator.h"
#include "tui/tui.h"

class Dashboard : public ::testing::Test
{
      protected:
	void SetUp() override
	{
		setlocale(LC_ALL, "C.UTF-8");
		setenv("TERM", "xterm-256color", 1);
	}
	void start(guint n, int cols, int rows, bool ascii = false, int colours = 256)
	{
		/* One that was started before ends first. */
		g_clear_pointer(&tui, tui_free);
		fixture = std::make_unique<Fixture>(n);
		emulator = std::make_unique<Emulator>(cols, rows);
		open(ascii, colours);
	}
	void open(bool ascii = false, int colours = 256)
	{
		TuiSetup setup = {};
		GError *error = nullptr;

		setup.input_fd = emulator->slave();
		setup.station = "station-1";
		setup.line = "line 1";
		setup.version = "0.1.0";
		setup.slots = fixture->slots();
		setup.n_slots = fixture->size();
		setup.totals = totals_at(story.now);
		setup.ascii = ascii;
		setup.colours = colours;
		setup.worker_prefix = "OP:";
		setup.order_prefix = "WO:";
		setup.ask_worker = ask_worker;
		setup.bell = bell;
		setup.acts = &acts;
		setup.user = this;
		setup.now_us = story.now;
		tui = tui_new(&setup, &error);
		ASSERT_NE(tui, nullptr) << error->message;
	}
	void TearDown() override
	{
		tui_free(tui);
	}
	/* Time passes, and the loop does what is due. */
	void pass(double s)
	{
		story.seconds(s);
		tui_tick(tui, story.now);
	}
	void type(const std::string &keys)
	{
		emulator->type(keys);
		ASSERT_TRUE(tui_input(tui, story.now));
		pass(0.06);
	}
	std::string last_rows(int n)
	{
		std::string text = emulator->text();
		size_t at = text.size() - 1;

		while (n-- > 0)
			at = text.rfind('\n', at - 1);
		return text.substr(at + 1);
	}

	static const char *act(gpointer user, Act what, guint slot)
	{
		Dashboard *self = static_cast<Dashboard *>(user);

		self->done.push_back({ what, slot });
		self->quits += what == ACT_QUIT;
		return self->refusal;
	}
	static const char *worker(gpointer user, const char *name)
	{
		Dashboard *self = static_cast<Dashboard *>(user);

		self->workers.push_back(name);
		self->story.emit(EV_WORKER, SLOT_NONE, 0, name);
		return nullptr;
	}
	static const char *work_order(gpointer user, const char *order)
	{
		Dashboard *self = static_cast<Dashboard *>(user);

		self->orders.push_back(order);
		self->story.emit(EV_WORK_ORDER, SLOT_NONE, 0, order);
		return nullptr;
	}
	static TuiLabel label(gpointer user, const char *imei, guint chosen, guint *slot)
	{
		Dashboard *self = static_cast<Dashboard *>(user);

		self->labels.push_back(imei);
		*slot = self->label_answer == TUI_LABEL_MATCHES ? 5 : chosen;
		return chosen == G_MAXUINT ? TUI_LABEL_EXPECTED : self->label_answer;
	}
	static const char *label_differs(gpointer user, guint slot, const char *unit,
					 const char *imei)
	{
		Dashboard *self = static_cast<Dashboard *>(user);

		self->mismatches.push_back(std::to_string(slot) + " " + unit + " " + imei);
		return self->refusal;
	}
	static guint open_units(gpointer user)
	{
		return static_cast<Dashboard *>(user)->open_count;
	}
	static void suspend(gpointer user)
	{
		static_cast<Dashboard *>(user)->suspends++;
	}
	static guint ask(gpointer user, const HistoryQuestion *question)
	{
		Dashboard *self = static_cast<Dashboard *>(user);
		std::string asked;

		for (const char *part : { question->imei, question->slot, question->work_order,
					  question->since, question->until })
			asked += std::string(part ? part : "-") + " ";
		self->asked_record.push_back(asked);
		return (guint)self->asked_record.size();
	}
	static const char *step_name(gpointer, const char *, guint ord)
	{
		static const char *const names[] = { "echo-off", "upload", "flash", "verify" };

		return ord < G_N_ELEMENTS(names) ? names[ord] : nullptr;
	}
	static char *plan(gpointer, guint)
	{
		return g_strdup("MC65CAR01A01 -> MC65CAR01A03 (mc65-a01-a03)");
	}
	static void watch(gpointer user, guint slot)
	{
		static_cast<Dashboard *>(user)->watched = slot;
	}
	static guint in_danger(gpointer user)
	{
		return static_cast<Dashboard *>(user)->danger;
	}
	static bool write(gpointer user, const char *bytes, gsize len)
	{
		Dashboard *self = static_cast<Dashboard *>(user);

		self->asked++;
		if (self->busy || (self->lossy && len))
			return false;
		self->bells += len == 1 && *bytes == '\a';
		self->sent += len;
		self->frames += len > 0;
		if (len)
			self->emulator->print(bytes, len);
		return true;
	}

	const TuiActs acts = { act,       worker,     work_order, label, label_differs,
			       in_danger, open_units, suspend,    write, ask,
			       step_name, plan,       watch };
	struct Done {
		Act act;
		guint slot;
	};
	std::vector<Done> done;
	std::vector<std::string> workers, orders, labels, mismatches, asked_record;
	TuiLabel label_answer = TUI_LABEL_MATCHES;
	const char *refusal = nullptr;
	guint open_count = 0, watched = G_MAXUINT;
	int suspends = 0;
	bool ask_worker = false;
	Bell bell = BELL_OFF;
	int bells = 0;
	std::unique_ptr<Fixture> fixture;
	std::unique_ptr<Emulator> emulator;
	Tui *tui = nullptr;
	guint danger = 0;
	int quits = 0, asked = 0, frames = 0;
	bool busy = false, lossy = false;
	gsize sent = 0;
	Story story{ [this](const Event &event) { tui_event(tui, &event); } };
};
