/* SPDX-License-Identifier: Apache-2.0
 *
 * A unit that the demo driver updates, well by default, and tables of a test's own. It does not know what is tested. */
#pragma once

#include "lib/ops.h"
#include "tests/demo_driver.h"
#include "tests/job_bench.h"

static const char imei[] = "490154203237518";
static const char other_imei[] = "356136073296560";
static const char iccid[] = "89860000000000000001";

/* ---- tables of a test's own ---- */

inline Step row(const char *name, const char *at = nullptr, StepHandler on = nullptr)
{
	Step s = {};

	s.name = name;
	s.timeout_s = 5;
	s.tries = 1;
	s.at = at;
	s.fault = FAULT_NO_ANSWER;
	s.on = on;
	return s;
}

struct Table {
	std::vector<Step> steps, leave;
	Procedure procedure = {};

	explicit Table(std::vector<Step> rows, std::vector<Step> leave_rows = {})
	    : steps(std::move(rows)), leave(std::move(leave_rows))
	{
		procedure.name = "table";
		procedure.summary = "";
		procedure.steps = steps.data();
		procedure.n_steps = steps.size();
		procedure.leave = leave.data();
		procedure.n_leave = leave.size();
		procedure.danger_limit_s = 900;
	}

	JobSpec spec()
	{
		JobSpec s = {};

		s.procedure = &procedure;
		s.id = 7;
		s.visit = 3;
		UNIT_SET(s.unit.imei, imei, strlen(imei));
		return s;
	}
};

/* Danger and return as every procedure has them, with nothing to flash. */
inline std::vector<Step> with_danger(std::vector<Step> before, std::vector<Step> danger)
{
	static const Step verify[] = { OPS_VERIFY_ROWS };

	for (Step &s : danger) {
		s.flags |= STEP_DANGER | STEP_LOSSY;
		before.push_back(s);
	}
	before.insert(before.end(), std::begin(verify), std::end(verify));
	return before;
}

/* ---- the demo unit ---- */

class Demo : public Bench
{
      public:
	Demo()
	{
		reports = demo_driver.reports;
		at_set_reports(at, reports);
		unit = [this](const std::string &command) { return demo_answer(command); };
		package.data = reinterpret_cast<const guint8 *>(bytes.data());
		package.size = bytes.size();
		package.from = "D01";
		package.to = "D02";
		payload_due = bytes.size();
		model.name = const_cast<char *>("Demo");
		model.steps = g_ptr_array_new();
	}
	~Demo()
	{
		g_ptr_array_unref(model.steps);
	}

	JobSpec spec()
	{
		JobSpec s = {};

		s.procedure = &demo_procedure;
		s.driver = &demo_driver;
		s.model = &model;
		s.package = &package;
		s.target = "D02";
		UNIT_SET(s.unit.imei, imei, strlen(imei));
		UNIT_SET(s.unit.iccid, iccid, strlen(iccid));
		UNIT_SET(s.unit.model, "Demo-1", 6);
		UNIT_SET(s.unit.revision, "D01", 3);
		s.unit.cfun = 1;
		s.unit.baud = 115200;
		s.slot = 2;
		s.visit = 3;
		s.id = 7;
		return s;
	}

	void begin_demo()
	{
		begin(spec());
	}

	std::string demo_answer(const std::string &command)
	{
		if (says.count(command))
			return says[command];
		if (g_str_has_prefix(command.c_str(), "AT+DEMOPUT="))
			return "\r\n> ";
		if (command == "AT+DEMOGO") {
			if (flashes)
				flash();
			return ok();
		}
		if (command == "AT+GSN")
			return ok(imei);
		if (command == "AT+CGMM")
			return ok("Demo-1");
		if (command == "AT+CFUN?")
			return ok("+CFUN: 1");
		if (command == "AT+CGMR")
			return ok(revision);
		return ok();
	}

	void flash()
	{
		later(1000, lines("+DEMO: 1"));
		later(5000, lines("+DEMO: 50"));
		later(9000, lines("+DEMO: DONE"));
		revision = "D02";
	}

	std::map<std::string, std::string> says; /* instead of what a good unit says */
	bool flashes = true;
	std::string revision = "D01";
	std::string bytes = std::string(10000, 'x');
	Package package = {};
	Model model = {};
};

/* Notes every input of the row. */
inline StepAnswer noting(Job *job, const Input *in)
{
	static const char *const names[N_INPUTS] = { "ENTER",  "LINE", "REPLY", "REPORT",
						     "PROMPT", "ACK",  "SENT",  "SYNCED",
						     "MUTE",   "GONE", "BACK",  "TICK" };
	Bench *b = static_cast<Bench *>(job_spec(job)->user);

	b->told.push_back(std::string(names[in->kind]) + (*in->text ? " " : "") + in->text);
	return in->kind == IN_REPLY ? (in->ok ? STEP_NEXT : STEP_AGAIN(FAULT_NONE)) : STEP_WAIT;
}
