/* SPDX-License-Identifier: Apache-2.0
 *
 * What every step table must hold to, of every driver there is and of the procedures that belong to none. It does not know
 * what any step does. */
#include "lib/driver.h"

#include <functional>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "lib/job.h"
#include "lib/ops.h"
#include "tests/demo_driver.h"

namespace
{

struct Named {
	const Procedure *procedure;
	const Driver *driver; /* NULL: common */
};

std::vector<Named> all_procedures()
{
	std::vector<Named> all;

	for (auto d = driver_list(); *d; d++)
		for (auto p = (*d)->procedures; *p; p++)
			all.push_back({ *p, *d });
	for (auto p = driver_common_procedures(); *p; p++)
		all.push_back({ *p, nullptr });
	all.push_back({ &demo_procedure, &demo_driver });
	return all;
}

/* Tells which procedure and row a failure is about. */
void each_row(const std::function<void(const Named &, const Step &, gsize)> &check)
{
	for (const Named &n : all_procedures())
		for (gsize i = 0; i < n.procedure->n_steps; i++) {
			SCOPED_TRACE(std::string(n.procedure->name) + ", " +
				     n.procedure->steps[i].name);
			check(n, n.procedure->steps[i], i);
		}
}

void each_leave_row(const std::function<void(const Named &, const Step &)> &check)
{
	for (const Named &n : all_procedures())
		for (gsize i = 0; i < n.procedure->n_leave; i++) {
			SCOPED_TRACE(std::string(n.procedure->name) + ", " +
				     n.procedure->leave[i].name);
			check(n, n.procedure->leave[i]);
		}
}

int first_row(const Procedure *p, guint flag)
{
	for (gsize i = 0; i < p->n_steps; i++)
		if (p->steps[i].flags & flag)
			return i;
	return -1;
}

int row_named(const Procedure *p, const std::string &name)
{
	for (gsize i = 0; i < p->n_steps; i++)
		if (name == p->steps[i].name)
			return i;
	return -1;
}

int first_row_with(const Procedure *p, int from, StepHandler handler)
{
	for (gsize i = from; i < p->n_steps; i++)
		if (p->steps[i].on == handler)
			return i;
	return -1;
}

bool dangerous(const Step &s)
{
	return s.flags & STEP_DANGER;
}

bool fault_exists(FaultCode code)
{
	return code != FAULT_NONE && fault_get(code)->code == code;
}

bool name_is_stable(const std::string &name)
{
	return !name.empty() &&
	       name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
}

/* Every ${name} in `text`. */
std::set<std::string> values_in(const char *text)
{
	std::set<std::string> names;
	std::string rest = text ? text : "";

	for (gsize at; (at = rest.find("${")) != std::string::npos;) {
		gsize end = rest.find('}', at);

		EXPECT_NE(std::string::npos, end) << text;
		names.insert(rest.substr(at + 2, end - at - 2));
		rest = rest.substr(end == std::string::npos ? rest.size() : end);
	}
	return names;
}

bool table_has_value(const Procedure *p, const std::string &name)
{
	for (gsize i = 0; i < p->n_steps; i++)
		if (values_in(p->steps[i].at).count(name))
			return true;
	return false;
}

TEST(Drivers, ThereAreSome)
{
	EXPECT_LE(5u, all_procedures().size());
}

TEST(Drivers, NamesOfProceduresAreUniqueAndFound)
{
	std::set<std::string> names, drivers;

	for (const Named &n : all_procedures()) {
		EXPECT_TRUE(names.insert(n.procedure->name).second) << n.procedure->name;
		EXPECT_TRUE(name_is_stable(n.procedure->name)) << n.procedure->name;
		EXPECT_STRNE("", n.procedure->summary);
	}
	for (auto d = driver_list(); *d; d++) {
		EXPECT_TRUE(drivers.insert((*d)->name).second) << (*d)->name;
		/* explain takes either: a driver may be called as its own first procedure. */
		bool own = (*d)->procedures[0]->name == std::string((*d)->name);

		EXPECT_EQ(own ? 1u : 0u, names.count((*d)->name)) << (*d)->name;
		EXPECT_EQ(*d, driver_find((*d)->name));
		EXPECT_NE(nullptr, (*d)->procedures[0]);
	}
}

TEST(Drivers, WeightsAddToHundred)
{
	for (const Named &n : all_procedures()) {
		guint sum = 0;

		for (gsize i = 0; i < n.procedure->n_steps; i++)
			sum += n.procedure->steps[i].weight;
		EXPECT_EQ(100u, sum) << n.procedure->name;
	}
	each_leave_row([](const Named &, const Step &s) { EXPECT_EQ(0u, s.weight); });
}

/* Models override rows by name, the record and the screen tell them by name. */
TEST(Drivers, NamesOfRowsAreUniqueAlsoAcrossTheLeaveRows)
{
	for (const Named &n : all_procedures()) {
		std::set<std::string> names;

		for (gsize i = 0; i < n.procedure->n_steps; i++)
			EXPECT_TRUE(names.insert(n.procedure->steps[i].name).second)
				<< n.procedure->name << ": " << n.procedure->steps[i].name;
		for (gsize i = 0; i < n.procedure->n_leave; i++)
			EXPECT_TRUE(names.insert(n.procedure->leave[i].name).second)
				<< n.procedure->name << ": " << n.procedure->leave[i].name;
		for (const std::string &name : names)
			EXPECT_TRUE(name_is_stable(name)) << n.procedure->name << ": " << name;
	}
}

TEST(Drivers, EveryRowCanEndAndHasAFault)
{
	auto check = [](const Step &s) {
		EXPECT_LT(0u, s.timeout_s);
		EXPECT_LT(0u, s.tries);
		EXPECT_TRUE(fault_exists(s.fault)) << s.fault;
		EXPECT_TRUE(s.at || s.on);
		/* Without a pause five quick errors are five tries. */
		EXPECT_TRUE(s.tries == 1 || s.pause_ms > 0);
		EXPECT_FALSE(s.expect && !s.at);
		/* Somebody must ask for it,. */
		EXPECT_TRUE(!(s.flags & STEP_IF_NEEDED) || (s.at && s.on));
	};

	each_row([&](const Named &, const Step &s, gsize) { check(s); });
	each_leave_row([&](const Named &, const Step &s) {
		check(s);
		EXPECT_FALSE(s.flags & (STEP_DANGER | STEP_RETURN | STEP_LOSSY | STEP_ONCE));
	});
}

/* The engine keeps a bit per row. */
TEST(Drivers, TablesAreShort)
{
	for (const Named &n : all_procedures()) {
		EXPECT_LT(0u, n.procedure->n_steps);
		EXPECT_GT(64u, n.procedure->n_steps);
	}
}

TEST(Drivers, EveryValueIsKnownAndThere)
{
	each_row([&](const Named &n, const Step &s, gsize) {
		for (const std::string &name : values_in(s.at)) {
			EXPECT_TRUE(job_value_known(name.c_str())) << name;
			EXPECT_TRUE(name != "pin" || (s.flags & STEP_SECRET));
			EXPECT_TRUE(name != "apn_args" || (s.flags & STEP_SECRET));
			EXPECT_TRUE(name != "cncfg_args" || (s.flags & STEP_SECRET));
			EXPECT_TRUE(name != "cloud_args" || (s.flags & STEP_SECRET));
			EXPECT_TRUE(name != "pin" || (s.flags & STEP_ONCE));
			EXPECT_TRUE(name != "url" || n.procedure->url_max > 0);
		}
	});
	/* Rows that run on every way out cannot count on a package. */
	each_leave_row([](const Named &, const Step &s) { EXPECT_TRUE(values_in(s.at).empty()); });
}

TEST(Drivers, CommandsCanBeSent)
{
	auto check = [](const Step &s, bool once) {
		if (!s.at)
			return;
		g_auto(GStrv) alternatives = g_strsplit(s.at, "|", -1);

		for (char **at = alternatives; *at; at++) {
			EXPECT_TRUE(g_str_has_prefix(*at, "AT")) << *at;
			for (char *c = *at; *c; c++)
				EXPECT_TRUE(g_ascii_isprint(*c));
		}
		/* A PIN or the update itself has no second spelling. */
		EXPECT_TRUE(g_strv_length(alternatives) == 1 || !once);
		EXPECT_LE(g_strv_length(alternatives), s.tries) << s.at;
	};

	each_row([&](const Named &n, const Step &s, gsize i) {
		bool no_return = dangerous(s) && (int)i < first_row(n.procedure, STEP_RETURN);

		check(s, no_return || (s.flags & STEP_ONCE));
	});
	each_leave_row([&](const Named &, const Step &s) { check(s, false); });
}

/* ---- danger ---- */

TEST(Drivers, OneStretchOfDangerToTheEnd)
{
	for (const Named &n : all_procedures()) {
		int first = first_row(n.procedure, STEP_DANGER);

		EXPECT_EQ(first >= 0, n.procedure->danger_limit_s > 0) << n.procedure->name;
		for (gsize i = MAX(first, 0); first >= 0 && i < n.procedure->n_steps; i++)
			EXPECT_TRUE(dangerous(n.procedure->steps[i]))
				<< n.procedure->name << ": " << n.procedure->steps[i].name;
	}
}

TEST(Drivers, TheFirstDangerousRowSendsTheCommand)
{
	each_row([](const Named &n, const Step &s, gsize i) {
		if (!dangerous(s) || s.at)
			return;
		ASSERT_LT(0u, i);
		EXPECT_TRUE(dangerous(n.procedure->steps[i - 1]));
	});
}

TEST(Drivers, NothingDangerousIsTriedTwice)
{
	each_row([](const Named &n, const Step &s, gsize i) {
		if (dangerous(s) && (int)i < first_row(n.procedure, STEP_RETURN)) {
			EXPECT_EQ(1u, s.tries);
			EXPECT_FALSE(s.flags & STEP_OPTIONAL);
		}
	});
}

/* "version" is the row that reads back. */
TEST(Drivers, EveryDangerReturnsAndEndsInAVersionReadBack)
{
	/* Without the last three a Telit's last reports are lost, and its SIM asks nobody for its PIN. */
	const std::set<std::string> harmless = {
		"", "ATE0", OPS_ASK_IMEI, "AT+CMEE=1", "AT#OTASUAN=,2,1", "AT+CPIN?",
	};

	for (const Named &n : all_procedures()) {
		const Procedure *p = n.procedure;
		int danger = first_row(p, STEP_DANGER), back = first_row(p, STEP_RETURN);
		int version = row_named(p, "version"), who = first_row_with(p, back, op_same_imei);

		if (danger < 0)
			continue;
		SCOPED_TRACE(p->name);
		EXPECT_LT(danger, back);
		EXPECT_LT(back, who);
		EXPECT_LT(who, row_named(p, "same-model"));
		EXPECT_LT(who, row_named(p, "functional"));
		EXPECT_LT(who, version);
		ASSERT_LE(0, version);
		EXPECT_FALSE(p->steps[version].flags & STEP_OPTIONAL);
		EXPECT_STREQ("return", p->steps[back].name); /* handlers go there by name */
		/* Before it is known who is there nothing but these is said. */
		for (int i = back; i <= who; i++)
			EXPECT_EQ(1u, harmless.count(p->steps[i].at ? p->steps[i].at : ""))
				<< p->steps[i].at;
	}
}

TEST(Drivers, WhatMayLeaveTheBusIsAwaited)
{
	for (const Named &n : all_procedures()) {
		int lossy = first_row(n.procedure, STEP_LOSSY);
		int danger = first_row(n.procedure, STEP_DANGER);

		/* Every row from the first danger on may lose its port, none before it. */
		EXPECT_EQ(danger, lossy) << n.procedure->name;
		for (gsize i = MAX(lossy, 0); lossy >= 0 && i < n.procedure->n_steps; i++)
			EXPECT_TRUE(n.procedure->steps[i].flags & STEP_LOSSY)
				<< n.procedure->name << ": " << n.procedure->steps[i].name;
	}
}

TEST(Drivers, TheUnitIsAskedItsNameRightBeforeTheDanger)
{
	for (const Named &n : all_procedures()) {
		int danger = first_row(n.procedure, STEP_DANGER);

		if (danger < 0)
			continue;
		ASSERT_LT(0, danger);
		EXPECT_STREQ("still-here", n.procedure->steps[danger - 1].name)
			<< n.procedure->name;
	}
}

TEST(Drivers, AdoptionBeginsInTheDangerBehindTheCommand)
{
	for (const Named &n : all_procedures()) {
		const Procedure *p = n.procedure;
		int row;

		if (!p->adopt_at)
			continue;
		SCOPED_TRACE(p->name);
		row = row_named(p, p->adopt_at);
		ASSERT_LE(0, row);
		EXPECT_TRUE(dangerous(p->steps[row]));
		EXPECT_EQ(nullptr, p->steps[row].at);
		EXPECT_LT(row, first_row(p, STEP_RETURN));
	}
}

TEST(Drivers, WhoeverAdoptsKnowsHowAndHearsIt)
{
	for (auto d = driver_list(); *d; d++) {
		ASSERT_NE(nullptr, (*d)->reports) << (*d)->name;
		ASSERT_NE(nullptr, (*d)->adopt) << (*d)->name;
		EXPECT_TRUE(!(*d)->adopt[0] || (*d)->procedures[0]->adopt_at) << (*d)->name;
		/* A prefix that is no report never gets through the channel. */
		for (auto adopt = (*d)->adopt; *adopt; adopt++) {
			bool heard = false;

			for (auto report = (*d)->reports; *report; report++)
				heard = heard || g_str_has_prefix(*adopt, *report);
			EXPECT_TRUE(heard) << *adopt;
			EXPECT_EQ(*d, driver_adopting(*adopt));
		}
	}
	EXPECT_EQ(nullptr, driver_adopting("RDY"));
	EXPECT_EQ(nullptr, driver_adopting(""));
}

TEST(Drivers, NoRowSendsWhatItForbids)
{
	each_row([](const Named &n, const Step &s, gsize) {
		if (!(s.flags & STEP_FORBID))
			return;
		ASSERT_NE(nullptr, n.procedure->forbid);
		for (auto f = n.procedure->forbid; *f; f++) {
			EXPECT_TRUE(g_str_has_prefix(*f, "AT"));
			EXPECT_FALSE(s.at && g_str_has_prefix(s.at, *f)) << s.at;
		}
	});
}

TEST(Drivers, OperationsAreNamed)
{
	const std::set<std::string> known = { "register", "test", "query", "check" };

	for (const Named &n : all_procedures()) {
		std::string operation = n.procedure->operation ? n.procedure->operation : "check";

		EXPECT_EQ(1u, known.count(operation)) << n.procedure->name;
	}
	for (auto d = driver_list(); *d; d++) {
		EXPECT_EQ(nullptr, (*d)->procedures[0]->operation) << (*d)->name;
		if ((*d)->check) {
			EXPECT_STREQ("check", (*d)->check->operation);
			EXPECT_EQ((*d)->check, procedure_find((*d)->check->name, nullptr));
		}
	}
}

TEST(Drivers, AddressesFit)
{
	for (const Named &n : all_procedures()) {
		EXPECT_EQ(n.procedure->url_max > 0, table_has_value(n.procedure, "url"))
			<< n.procedure->name;
		EXPECT_GE(1023u, n.procedure->url_max) << n.procedure->name;
		if (n.procedure->url_max > 0) {
			EXPECT_TRUE(n.procedure->network) << n.procedure->name;
			EXPECT_FALSE(table_has_value(n.procedure, "size")) << n.procedure->name;
		}
	}
	/* Vendor's limit: DFOTA application note, 3.1. */
	EXPECT_EQ(255u, driver_knows.url_limit("quectel-dfota-http"));
	EXPECT_EQ(0u, driver_knows.url_limit("quectel-dfota-local"));
	/* SIM7080 AT manual, AT+HTTPTOFS; the model's file has what the SIM7000 takes. */
	EXPECT_EQ(1023u, driver_knows.url_limit("simcom-cfota-http"));
	EXPECT_EQ(0u, driver_knows.url_limit("no such procedure"));
}

/* ---- the look-ups ---- */

TEST(Drivers, AreFoundByName)
{
	const Driver *driver = nullptr;

	for (const Named &n : all_procedures()) {
		if (n.driver == &demo_driver)
			continue;
		EXPECT_EQ(n.procedure, procedure_find(n.procedure->name, &driver));
		EXPECT_EQ(n.driver, driver);
		for (gsize i = 0; i < n.procedure->n_leave; i++)
			EXPECT_EQ(&n.procedure->leave[i],
				  procedure_step(n.procedure, n.procedure->leave[i].name));
	}
	each_row([](const Named &n, const Step &s, gsize) {
		EXPECT_EQ(&s, procedure_step(n.procedure, s.name));
	});
	EXPECT_EQ(nullptr, procedure_find("no such procedure", &driver));
	EXPECT_EQ(nullptr, procedure_step(&demo_procedure, "no such step"));
	EXPECT_EQ(nullptr, driver_find("no such driver"));
	EXPECT_EQ(nullptr, driver_find("demo"));
}

TEST(Drivers, AnswerWhatReadersOfFilesAsk)
{
	EXPECT_TRUE(driver_knows.driver("quectel-dfota"));
	EXPECT_FALSE(driver_knows.driver("quectel-dfota-local"));
	EXPECT_TRUE(driver_knows.procedure("quectel-dfota", "quectel-dfota-http"));
	EXPECT_FALSE(driver_knows.procedure("quectel-dfota", "identify"));
	EXPECT_FALSE(driver_knows.procedure("no such driver", "quectel-dfota-http"));
	EXPECT_TRUE(driver_knows.step("quectel-dfota-local", "upload"));
	EXPECT_TRUE(driver_knows.step("quectel-dfota-local", "delete-package"));
	EXPECT_FALSE(driver_knows.step("quectel-dfota-http", "upload"));
	EXPECT_FALSE(driver_knows.step("no such procedure", "upload"));
}

TEST(Drivers, AllReportsAreThoseOfAll)
{
	g_auto(GStrv) all = driver_all_reports();
	guint n = 0;

	for (auto d = driver_list(); *d; d++)
		for (auto report = (*d)->reports; *report; report++, n++)
			EXPECT_TRUE(g_strv_contains(all, *report)) << *report;
	EXPECT_EQ(n, g_strv_length(all));
}

} // namespace
