/* SPDX-License-Identifier: Apache-2.0
 *
 * Tells what happens at a rack as the station would tell it: small verbs, each a few events.
 * It does not know who listens. */
#pragma once

#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lib/event.h"

/* The slots of a fixture: A1 … A8, B1 … */
class Fixture
{
      public:
	/* All on one hub, or on hubs of so many; in so many columns, or wherever there is room. */
	explicit Fixture(guint n, guint per_hub = 0, guint columns = 0)
	{
		guint per_letter = per_hub ? per_hub : 8;

		labels.reserve(n);
		hubs.reserve(n);
		for (guint i = 0; i < n; i++) {
			labels.push_back(std::string(1, (char)('A' + i / per_letter)) +
					 std::to_string(i % per_letter + 1));
			hubs.push_back("hub " + std::to_string(per_hub ? i / per_hub + 1 : 1));
		}
		configs.resize(n);
		for (guint i = 0; i < n; i++) {
			configs[i].id = (guint16)i;
			configs[i].label = labels[i].data();
			configs[i].hub = hubs[i].data();
			configs[i].row = columns ? i / columns + 1 : 0;
			configs[i].column = columns ? i % columns + 1 : 0;
			pointers.push_back(&configs[i]);
		}
	}
	const SlotConfig *const *slots() const
	{
		return pointers.data();
	}
	guint size() const
	{
		return (guint)pointers.size();
	}

      private:
	std::vector<std::string> labels, hubs;
	std::vector<SlotConfig> configs;
	std::vector<const SlotConfig *> pointers;
};

class Story
{
      public:
	explicit Story(std::function<void(const Event &)> tell) : tell(std::move(tell))
	{
	}

	gint64 now = 100000 * (gint64)G_USEC_PER_SEC;

	void emit(EventKind kind, guint16 slot, gint32 num = 0, const char *text = nullptr,
		  const void *body = nullptr, const char *step = nullptr)
	{
		Event event = {};

		event.kind = kind;
		event.slot = slot;
		event.num = num;
		event.text = text;
		event.body = body;
		event.step = step;
		event.t_us = now;
		event.wall_us = now + 1763600000 * (gint64)G_USEC_PER_SEC;
		event.visit = slot == SLOT_NONE ? 0 : visit_of(slot);
		tell(event);
	}
	void seconds(double s)
	{
		now += (gint64)(s * G_USEC_PER_SEC);
	}
	void state(guint16 slot, SlotState to, Order order, const char *why = nullptr)
	{
		SlotChange change = { to, to, order };

		emit(EV_SLOT_STATE, slot, to, why, &change);
	}
	Unit unit(guint16 slot) const
	{
		Unit u = {};

		g_snprintf(u.imei, sizeof(u.imei), "8666170500%05u", (unsigned)(slot * 37 + 101));
		g_strlcpy(u.name, "MC65", sizeof(u.name));
		g_strlcpy(u.revision, "MC65CAR01A01", sizeof(u.revision));
		return u;
	}
	void arrive(guint16 slot)
	{
		emit(EV_UNIT_ARRIVED, slot, 0, "0403:6001 /dev/ttyUSB3");
		state(slot, SLOT_SETTLING, ORDER_WAIT);
	}
	void identify(guint16 slot)
	{
		state(slot, SLOT_IDENTIFYING, ORDER_WAIT);
	}
	/* The stay begins: the unit has said who it is. */
	void visit(guint16 slot)
	{
		VisitInfo info = {};
		Unit u = unit(slot);

		visits.resize(MAX(visits.size(), slot + 1u));
		visits[slot] = ++last_visit;
		emit(EV_UNIT_SEEN, slot, 0, nullptr, &u);
		info.unit = u;
		info.target = "MC65CAR01A03";
		emit(EV_VISIT_BEGIN, slot, 0, nullptr, &info);
	}
	void queue(guint16 slot, const char *why)
	{
		state(slot, SLOT_QUEUED, ORDER_WAIT, why);
	}
	void job(guint16 slot, guint hop = 1, guint hops = 1, guint try_no = 1)
	{
		JobInfo info = {};

		info.procedure = "quectel-dfota-local";
		info.operation = "update";
		info.hop = hop;
		info.hops = hops;
		info.try_no = try_no;
		info.version_before = "MC65CAR01A01";
		state(slot, SLOT_RUNNING, ORDER_WAIT);
		emit(EV_JOB_BEGIN, slot, 0, nullptr, &info);
	}
	void step(guint16 slot, const char *name, int try_no = 1)
	{
		static const char *const order[] = { "echo-off", "upload", "flash", "verify" };
		StepInfo info = {};

		info.steps = G_N_ELEMENTS(order);
		for (guint i = 0; i < info.steps; i++)
			if (strcmp(order[i], name) == 0)
				info.ord = i;
		emit(EV_STEP, slot, try_no, nullptr, &info, name);
	}
	void progress(guint16 slot, int percent)
	{
		emit(EV_PROGRESS, slot, percent);
	}
	void danger(guint16 slot)
	{
		StepInfo info = {};

		info.danger = true;
		emit(EV_DANGER, slot, 0, nullptr, &info, "flash");
		state(slot, SLOT_RUNNING, ORDER_DO_NOT_TOUCH);
		step(slot, "flash");
	}
	void end(guint16 slot, Outcome outcome, FaultCode fault = FAULT_NONE, bool first = true,
		 const char *code = nullptr, const char *words = nullptr)
	{
		bool good = outcome == OUTCOME_PASS || outcome == OUTCOME_CURRENT;
		Verdict verdict = {};
		SlotState to = good ? SLOT_PASSED : SLOT_FAILED;

		verdict.outcome = outcome;
		verdict.fault = fault;
		verdict.vendor_code = code;
		verdict.vendor_words = words;
		verdict.unit = unit(slot);
		verdict.version_after = good ? "MC65CAR01A03" : nullptr;
		verdict.good_first = good && first;
		emit(EV_JOB_END, slot, 0, nullptr, &verdict);
		emit(EV_VISIT_END, slot, 0, nullptr, &verdict);
		state(slot, to, slot_order(to, false, outcome, fault));
	}
	void recorded(guint16 slot, Outcome outcome = OUTCOME_PASS)
	{
		emit(EV_RECORDED, slot, outcome);
	}
	void remove(guint16 slot)
	{
		emit(EV_UNIT_GONE, slot);
		state(slot, SLOT_EMPTY, ORDER_INSERT);
	}
	/* A unit that is being worked on, as far as `percent`. */
	void working(guint16 slot, const char *name, int percent, int try_no = 1)
	{
		arrive(slot);
		identify(slot);
		visit(slot);
		job(slot);
		step(slot, name, try_no);
		progress(slot, percent);
	}
	void done(guint16 slot, Outcome outcome, FaultCode fault = FAULT_NONE,
		  const char *code = nullptr, const char *words = nullptr)
	{
		working(slot, "verify", 99);
		seconds(2);
		end(slot, outcome, fault, true, code, words);
		recorded(slot, outcome);
	}
	guint32 visit_of(guint16 slot) const
	{
		return slot < visits.size() ? visits[slot] : 0;
	}

      private:
	std::function<void(const Event &)> tell;
	std::vector<guint32> visits;
	guint32 last_visit = 0;
};

/* One slot in each of the conditions that a rack knows, over and over. */
inline void story_busy_rack(Story &story, guint n_slots)
{
	story.emit(EV_WORKER, SLOT_NONE, 0, "7731");
	story.emit(EV_WORK_ORDER, SLOT_NONE, 500, "WO-1001");
	for (guint i = 0; i < n_slots; i++) {
		guint16 slot = (guint16)i;

		story.seconds(1);
		switch ((i + 1) % 13) {
		case 0:
			break;
		case 1:
			story.working(slot, "upload", (int)(i * 7 % 100));
			break;
		case 2:
			story.working(slot, "upload", 60);
			story.danger(slot);
			story.progress(slot, 72);
			break;
		case 3:
			story.done(slot, OUTCOME_PASS);
			break;
		case 4:
			story.done(slot, OUTCOME_FAIL, FAULT_PACKAGE_REJECTED, "6507",
				   "Package error");
			break;
		case 5:
			story.arrive(slot);
			break;
		case 6:
			story.arrive(slot);
			story.identify(slot);
			story.visit(slot);
			story.queue(slot, "3 units of this hub are flashing");
			break;
		case 7:
			story.done(slot, OUTCOME_SKIPPED, FAULT_UNKNOWN_MODEL);
			break;
		case 8:
			story.state(slot, SLOT_PARKED, ORDER_LEAVE_EMPTY);
			break;
		case 9:
			story.working(slot, "verify", 99);
			story.end(slot, OUTCOME_PASS);
			break;
		case 10:
			story.done(slot, OUTCOME_FAIL, FAULT_FLASH_SILENT);
			break;
		case 11:
			story.working(slot, "upload", 12, 2);
			break;
		case 12:
			story.done(slot, OUTCOME_FAIL, FAULT_NO_ANSWER);
			story.remove(slot);
			break;
		}
	}
	story.seconds(83);
}
