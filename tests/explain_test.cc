/* SPDX-License-Identifier: Apache-2.0
 *
 * Procedures as text: everything of every table is there, aligned, and nothing secret can be. They know no vendor. */
#include "station/explain.h"

#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "lib/driver.h"

namespace
{

std::string explained(const std::string &name)
{
	g_autofree char *text = explain(name.c_str());

	return text ? text : "";
}

std::vector<std::string> lines_of(const std::string &text)
{
	std::istringstream in(text);
	std::vector<std::string> lines;

	for (std::string line; std::getline(in, line);)
		lines.push_back(line);
	return lines;
}

/* The line of a step: number, name, the rest. */
std::string line_of(const std::string &text, const Step &s)
{
	for (const std::string &line : lines_of(text)) {
		std::istringstream in(line);
		std::string number, name;

		in >> number >> name;
		if (name == s.name && !number.empty() && g_ascii_isdigit(number[0]))
			return line;
	}
	return "";
}

void expect_row(const std::string &text, const Step &s)
{
	std::string line = line_of(text, s);
	std::istringstream in(line);
	std::string number, name, fault;
	guint weight, timeout, tries;
	std::string limit;

	ASSERT_NE("", line) << s.name;
	in >> number >> name >> weight >> timeout >> limit >> tries >> fault;
	EXPECT_EQ(s.weight, weight) << line;
	EXPECT_EQ(s.timeout_s, timeout) << line;
	EXPECT_EQ(s.limit_s ? std::to_string(s.limit_s) : "-", limit) << line;
	EXPECT_EQ(s.tries, tries) << line;
	EXPECT_EQ(fault_get(s.fault)->name, fault) << line;
	EXPECT_NE(std::string::npos, line.find(s.at ? s.at : "-")) << line;
	EXPECT_EQ(!!(s.flags & STEP_DANGER), line.find("dangerous") != std::string::npos) << line;
	EXPECT_EQ(!!(s.flags & STEP_LOSSY), line.find("lossy") != std::string::npos) << line;
	EXPECT_EQ(!!(s.flags & STEP_ONCE), line.find("once") != std::string::npos) << line;
	EXPECT_EQ(!!(s.flags & STEP_SECRET), line.find("secret") != std::string::npos) << line;
}

std::vector<const Procedure *> procedures()
{
	std::vector<const Procedure *> all;

	for (auto d = driver_list(); *d; d++)
		for (auto p = (*d)->procedures; *p; p++)
			all.push_back(*p);
	for (auto p = driver_common_procedures(); *p; p++)
		all.push_back(*p);
	return all;
}

TEST(Explain, EveryRowOfEveryTable)
{
	for (const Procedure *p : procedures()) {
		std::string text = explained(p->name);

		SCOPED_TRACE(p->name);
		EXPECT_EQ(0u, text.find(std::string(p->name) + "\n"));
		EXPECT_NE(std::string::npos, text.find(p->summary));
		for (gsize i = 0; i < p->n_steps; i++)
			expect_row(text, p->steps[i]);
		for (gsize i = 0; i < p->n_leave; i++)
			expect_row(text, p->leave[i]);
		EXPECT_EQ(p->n_leave > 0, text.find("leave clean:") != std::string::npos);
		EXPECT_EQ(p->danger_limit_s > 0, text.find(std::to_string(p->danger_limit_s) +
							   " s in all") != std::string::npos);
	}
}

/* Columns stand under their heads. */
TEST(Explain, ColumnsAreAligned)
{
	for (const Procedure *p : procedures()) {
		std::string text = explained(p->name);
		std::string head;

		for (const std::string &line : lines_of(text))
			if (line.find("silence") != std::string::npos)
				head = line;
		ASSERT_NE("", head) << p->name;
		for (gsize i = 0; i < p->n_steps; i++) {
			std::string line = line_of(text, p->steps[i]);
			gsize fault = head.find("fault"), command = head.find("command");

			EXPECT_EQ(fault, line.find(fault_get(p->steps[i].fault)->name)) << line;
			EXPECT_EQ(' ', line[command - 1]) << line;
			EXPECT_NE(' ', line[command]) << line;
		}
	}
}

TEST(Explain, ADriverIsAllItsProcedures)
{
	for (auto d = driver_list(); *d; d++) {
		std::string text = explained((*d)->name);

		/* A procedure of that name is meant alone. */
		if (procedure_find((*d)->name, nullptr))
			continue;
		for (auto p = (*d)->procedures; *p; p++)
			EXPECT_NE(std::string::npos, text.find(explained((*p)->name)))
				<< (*p)->name;
	}
}

TEST(Explain, TheListHasALineEach)
{
	g_autofree char *text = explain_list();
	std::vector<std::string> lines = lines_of(text);

	ASSERT_EQ(procedures().size(), lines.size());
	for (gsize i = 0; i < lines.size(); i++) {
		EXPECT_EQ(0u, lines[i].find(procedures()[i]->name));
		EXPECT_NE(std::string::npos, lines[i].find(procedures()[i]->summary));
	}
	EXPECT_NE(std::string::npos, lines[0].find("quectel-dfota "));
}

TEST(Explain, UnknownNames)
{
	EXPECT_EQ(nullptr, explain("no such procedure"));
	EXPECT_EQ(nullptr, explain(""));
}

} // namespace
