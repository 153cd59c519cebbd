/* SPDX-License-Identifier: Apache-2.0
 *
 * A job on a channel over memory, with a clock that the test moves and a record that the test keeps: what was sent, what
 * was told, what was held. It does not know the procedures that run on it and never sleeps. */
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "lib/driver.h"
#include "lib/job.h"
#include "tests/mempipe.h"

constexpr gint64 MS = 1000;
constexpr gint64 SECOND = 1000 * MS;

/* What a unit prints: a line, and one with its OK. */
inline std::string lines(const std::string &text)
{
	return "\r\n" + text + "\r\n";
}

inline std::string ok(const std::string &text = "")
{
	return text.empty() ? lines("OK") : lines(text) + lines("OK");
}

/* An event as a test reads it: "step upload 1", "step-end upload 116", "danger apply", "remember IMEI/updates=+1". */
inline std::string event_line(const Event *event)
{
	std::string line = event_kind_name(event->kind);

	if (event->kind == EV_REMEMBER) {
		const Fact *fact = static_cast<const Fact *>(event->body);

		return line + " " + fact->imei + "/" + fact->key + "=" + fact->value;
	}
	if (event->step)
		line += std::string(" ") + event->step;
	return line + " " + std::to_string(event->num);
}

struct Bench {
	MemPipe pipe;
	AtChannel *at = nullptr;
	Job *job = nullptr;
	Bus *bus;
	gint64 now = 1000 * SECOND;

	bool by_hand = false;                      /* the test releases what is held */
	std::map<std::string, std::string> record; /* "owner/key" -> value */
	std::vector<std::string> told;             /* event_line() of each */
	std::vector<std::string> sent;             /* commands, as the journal shows them */
	std::string journal;                       /* all that the tap was told in the clear */
	std::string payload;
	std::vector<gsize> cuts; /* where in the payload one write ended and the next began */
	/* The unit: what it says to a command, "" for nothing. */
	std::function<std::string(const std::string &)> unit;
	gint64 delay = 20 * MS;
	const char *const *reports = nullptr;
	gsize payload_due = 0; /* so much of it has the answer below */
	std::string payload_answer = "\r\nOK\r\n";

	Bench()
	{
		BusClock clock = { clock_of, clock_of, this };

		bus = bus_new(&clock);
		bus_subscribe(bus, "the test", read, this);
		all_reports = driver_all_reports();
		reports = const_cast<const char *const *>(all_reports);
		open();
	}
	~Bench()
	{
		job_free(job);
		at_free(at);
		bus_free(bus);
		g_strfreev(all_reports);
	}
	Bench(const Bench &) = delete;
	Bench &operator=(const Bench &) = delete;

	/* ---- the job ---- */

	void begin(JobSpec spec)
	{
		spec.bus = bus;
		spec.recall = recall;
		spec.user = this;
		job = job_new(&spec);
		job_begin(job, at, now);
	}

	const JobResult *result() const
	{
		return job_result(job);
	}

	/* What the journal's last line would say. */
	std::string verdict() const
	{
		if (!job_done(job))
			return std::string("open in ") + job_step_name(job);
		return result()->fault == FAULT_NONE ? "good" : fault_get(result()->fault)->name;
	}

	void end_job()
	{
		job_free(job);
		job = nullptr;
	}

	/* ---- the port ---- */

	void open()
	{
		at_free(at);
		at = at_new(pipe.transport(), sink, tap, this);
		at_set_reports(at, reports);
	}

	/* The tty is gone: the channel is freed before the job hears of it. */
	void detach()
	{
		at_free(at);
		at = nullptr;
		coming.clear();
		job_detach(job, now);
	}

	void attach()
	{
		open();
		job_attach(job, at, now);
	}

	void feed(const std::string &bytes)
	{
		if (at)
			at_feed(at, reinterpret_cast<const guint8 *>(bytes.data()), bytes.size(),
				now);
	}

	void say(const std::string &line)
	{
		feed("\r\n" + line + "\r\n");
	}

	/* The unit says it after `ms`. */
	void later(gint64 ms, const std::string &bytes)
	{
		auto after = std::find_if(coming.begin(), coming.end(),
					  [&](const Coming &c) { return c.at > now + ms * MS; });

		coming.insert(after, { now + ms * MS, bytes });
	}

	/* Something happens after `ms`, whether or not the port is there then. */
	void happens(gint64 ms, const std::function<void()> &act)
	{
		acts.insert({ now + ms * MS, act });
	}

	/* Whatever was to be said or to happen is not. */
	void nothing_comes()
	{
		heard.clear();
		coming.clear();
		acts.clear();
	}

	bool wire_has(const std::string &text) const
	{
		return pipe.written.find(text) != std::string::npos;
	}

	guint sent_count(const std::string &command) const
	{
		return std::count(sent.begin(), sent.end(), command);
	}

	guint told_count(const std::string &line) const
	{
		return std::count(told.begin(), told.end(), line);
	}

	/* ---- time ---- */

	void run(gint64 ms)
	{
		spin([] { return true; }, now + ms * MS);
	}

	/* As long as `goes_on` and at most `limit_s`. */
	void run_while(const std::function<bool()> &goes_on, gint64 limit_s = 4000)
	{
		spin(goes_on, now + limit_s * SECOND);
	}

	void run_to_step(const std::string &name)
	{
		run_while([&] { return !job_done(job) && job_step_name(job) != name; });
		EXPECT_EQ(name, job_step_name(job));
	}

	void run_to_held()
	{
		by_hand = true;
		run_while([&] { return !job_done(job) && !job_held(job); });
		EXPECT_TRUE(job_held(job));
	}

	void run_to_end(gint64 limit_s = 4000)
	{
		run_while([&] { return !job_done(job); }, limit_s);
		EXPECT_TRUE(job_done(job)) << "still in " << job_step_name(job);
	}

      private:
	struct Coming {
		gint64 at;
		std::string bytes;
	};
	std::deque<std::string> heard;
	std::deque<Coming> coming;
	std::multimap<gint64, std::function<void()>> acts;
	char **all_reports;

	static gint64 clock_of(gpointer user)
	{
		return static_cast<Bench *>(user)->now;
	}

	static bool read(gpointer user, const Event *event)
	{
		Bench *b = static_cast<Bench *>(user);

		if (event->kind == EV_REMEMBER) {
			const Fact *fact = static_cast<const Fact *>(event->body);

			b->record[std::string(fact->imei) + "/" + fact->key] = fact->value;
		}
		b->told.push_back(event_line(event));
		return true;
	}

	static const char *recall(gpointer user, const char *owner, const char *key)
	{
		Bench *b = static_cast<Bench *>(user);
		auto found = b->record.find(std::string(owner) + "/" + key);

		return found == b->record.end() ? nullptr : found->second.c_str();
	}

	static void sink(gpointer user, const AtEvent *event)
	{
		Bench *b = static_cast<Bench *>(user);

		if (b->job)
			job_at(b->job, event, b->now);
	}

	static void tap(gpointer user, AtTapKind kind, const guint8 *bytes, gsize len, bool secret)
	{
		Bench *b = static_cast<Bench *>(user);
		std::string text(reinterpret_cast<const char *>(bytes), len);

		if (kind == AT_TAP_PAYLOAD) {
			b->payload += text;
			b->cuts.push_back(b->payload.size());
			if (b->payload.size() == b->payload_due)
				b->later(b->delay / MS, b->payload_answer);
			return;
		}
		if (kind == AT_TAP_OUT || !secret)
			b->journal += text;
		if (kind != AT_TAP_OUT)
			return;
		text.pop_back(); /* the CR */
		b->sent.push_back(text);
		b->heard.push_back(text);
	}

	/* Ends also where time would stand still. */
	void spin(const std::function<bool()> &goes_on, gint64 end)
	{
		guint turns = 0;

		while (goes_on() && turn(end))
			if (turns++ > 100000) {
				ADD_FAILURE() << "goes in circles in " << job_step_name(job);
				return;
			}
	}

	void answer()
	{
		while (!heard.empty()) {
			std::string said = unit ? unit(heard.front()) : "";

			heard.pop_front();
			if (!said.empty())
				later(delay / MS, said);
		}
	}

	/* One turn of the station's loop. False: `end` is reached. */
	bool turn(gint64 end)
	{
		gint64 next = G_MAXINT64;

		answer();
		if (at)
			next = std::min(next, at_deadline(at));
		if (job)
			next = std::min(next, job_deadline(job));
		if (!coming.empty())
			next = std::min(next, coming.front().at);
		if (!acts.empty())
			next = std::min(next, acts.begin()->first);
		if (job && job_held(job) && !by_hand)
			next = now;
		if (next > now && now >= end)
			return false;
		now = std::max(now, std::min(next, end));
		if (!coming.empty() && coming.front().at <= now) {
			std::string bytes = coming.front().bytes;

			coming.pop_front();
			feed(bytes);
		}
		if (!acts.empty() && acts.begin()->first <= now) {
			auto act = acts.begin()->second;

			acts.erase(acts.begin());
			act();
		}
		if (at && at_deadline(at) <= now)
			at_tick(at, now);
		if (job && job_deadline(job) <= now)
			job_tick(job, now);
		if (job && job_held(job) && !by_hand)
			job_release(job, true, now);
		return true;
	}
};
