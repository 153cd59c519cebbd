/* SPDX-License-Identifier: Apache-2.0
 *
 * An AT channel over memory for tests: what it told is kept as text, time passes when the test says so. It knows no
 * dialogue. */
#pragma once

#include <cstring>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "lib/at.h"
#include "tests/mempipe.h"

constexpr gint64 MS = 1000;

inline const char *const kind_names[] = { "LINE", "REPLY", "REPORT",  "PROMPT", "ACK", "SENT",
					  "LATE", "STRAY", "TIMEOUT", "SYNCED", "MUTE" };

/* One channel, its pipe, and all it told, one string per event. */
struct Talk {
	using React = std::function<void(Talk &, const AtEvent &)>;

	MemPipe pipe;
	AtChannel *at;
	gint64 now = 1000 * MS;
	std::vector<std::string> told;
	std::string journal;
	React react;

	Talk()
	{
		at = at_new(pipe.transport(), sink, tap, this);
	}
	~Talk()
	{
		at_free(at);
	}
	Talk(const Talk &) = delete;
	Talk &operator=(const Talk &) = delete;

	static void sink(gpointer user, const AtEvent *event)
	{
		Talk *talk = static_cast<Talk *>(user);
		std::string line = kind_names[event->kind];

		EXPECT_EQ(strlen(event->text), event->len);
		if (event->kind == AT_REPLY)
			line += event->ok ? "+" : "-";
		if (event->len > 0)
			line += std::string(" ") + event->text;
		talk->told.push_back(line);
		if (talk->react)
			talk->react(*talk, *event);
	}

	static void tap(gpointer user, AtTapKind kind, const guint8 *bytes, gsize len, bool secret)
	{
		Talk *talk = static_cast<Talk *>(user);
		std::string text(reinterpret_cast<const char *>(bytes), len);

		if (kind == AT_TAP_IN && secret)
			text = "*" + std::to_string(len);
		if (kind == AT_TAP_OUT && secret)
			text += "(secret)";
		talk->journal += std::string(1, "><="[kind]) + text + "|";
	}

	bool send(const char *command, const char *expect = nullptr, bool prompt = false,
		  guint timeout_ms = 1000)
	{
		AtCommand c = { command, expect, nullptr, timeout_ms, prompt };

		return at_send(at, &c, now);
	}

	bool send_secret(const char *command, const char *shown)
	{
		AtCommand c = { command, nullptr, shown, 1000, false };

		return at_send(at, &c, now);
	}

	void feed(const std::string &bytes)
	{
		at_feed(at, reinterpret_cast<const guint8 *>(bytes.data()), bytes.size(), now);
	}

	/* Time passes; the channel is called only when it asked to be. */
	void wait(gint64 ms)
	{
		gint64 end = now + ms * MS;

		while (at_deadline(at) <= end) {
			now = MAX(now, at_deadline(at));
			at_tick(at, now);
		}
		now = end;
	}

	std::vector<std::string> take()
	{
		return std::exchange(told, {});
	}
};

using Told = std::vector<std::string>;
