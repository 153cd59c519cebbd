/* SPDX-License-Identifier: Apache-2.0
 *
 * Do docs/faults.md and docs/events.md say what the program says? The tables there are compared with the lists in lib and
 * with what the JSON report really writes; it does not know why anything is in them. */
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "station/report_json.h"

static std::string page(const std::string &name)
{
	std::ifstream file(std::string(DOCS_DIR) + "/" + name);
	std::stringstream text;

	text << file.rdbuf();
	return text.str();
}

/* Cells of the table rows whose first cell is in backticks, by it. */
static std::vector<std::vector<std::string>> rows(const std::string &text)
{
	std::vector<std::vector<std::string>> all;
	std::stringstream in(text);

	for (std::string line; std::getline(in, line);) {
		std::vector<std::string> cells;
		std::stringstream row(line);

		if (line.rfind("| ", 0) != 0)
			continue;
		for (std::string cell; std::getline(row, cell, '|');) {
			g_autofree char *stripped = g_strdup(cell.c_str());

			cells.push_back(g_strstrip(stripped));
		}
		all.push_back(cells);
	}
	return all;
}

TEST(Docs, FaultsAreTheClosedList)
{
	std::string expected;

	for (const Fault *f = fault_list(); f->code != FAULT_NONE; f++)
		expected += "| " + std::to_string(f->code) + " | `" + f->name + "` | " +
			    blame_name(f->blame) + " | " + (f->transient ? "yes" : "no") + " | " +
			    f->text + " | " + f->next + " |\n";
	EXPECT_NE(page("faults.md").find("\n" + expected + "\n"), std::string::npos)
		<< "the table in docs/faults.md should be\n"
		<< expected;
}

/* One event of a kind with every field that it can have. */
struct Full {
	Unit unit = {};
	SlotChange change = { SLOT_EMPTY, SLOT_SETTLING, ORDER_WAIT };
	VisitInfo visit = {};
	JobInfo job = {};
	StepInfo step = { 1, 2, 3, true, true, 4 };
	Verdict verdict = {};
	Fact fact = { "imei", "key", "value" };

	Full()
	{
		for (char *field : { unit.imei, unit.iccid, unit.imsi, unit.serial, unit.maker,
				     unit.model, unit.revision, unit.name })
			strcpy(field, "x");
		visit = { "A1",    "path",   "hub",    "station", "line",
			  "order", "worker", "target", unit,      true };
		job = { "procedure", "update", 1,           2,    3,    "before", "target",
			"package",   "sha",    "catalogue", true, true, 4,        5 };
		verdict.outcome = OUTCOME_FAIL;
		verdict.fault = FAULT_NO_ANSWER;
		verdict.step = verdict.vendor_code = verdict.vendor_words = "x";
		verdict.version_after = verdict.detail = "x";
		verdict.unit = unit;
	}

	const void *body(EventKind kind) const
	{
		switch (kind) {
		case EV_SLOT_STATE:
			return &change;
		case EV_UNIT_SEEN:
			return &unit;
		case EV_VISIT_BEGIN:
			return &visit;
		case EV_JOB_BEGIN:
			return &job;
		case EV_VISIT_END:
		case EV_JOB_END:
			return &verdict;
		case EV_STEP:
		case EV_STEP_END:
		case EV_DANGER:
			return &step;
		case EV_REMEMBER:
			return &fact;
		default:
			return nullptr;
		}
	}
};

/* The keys that the JSON report writes for a kind, in order. */
static std::vector<std::string> written_keys(EventKind kind)
{
	static char label[] = "A1";
	SlotConfig slot = {};
	Full full;
	Event event = {};
	FILE *file = tmpfile();
	std::vector<std::string> keys;

	slot.label = label;
	event.kind = kind;
	event.visit = event.job = 1;
	event.num = FAULT_NO_ANSWER;
	event.step = event.text = "x";
	event.body = full.body(kind);
	{
		g_autoptr(Out) out = out_new(fileno(file), 65536);
		ReportJson report = {};

		report.out = out;
		report.slots = &slot;
		report_json_read(&report, &event);
	}
	g_autofree char *line = nullptr;
	gsize size = 0;

	rewind(file);
	if (getline(&line, &size, file) > 0) {
		g_autoptr(JsonNode) root = json_from_string(line, nullptr);
		g_autoptr(GList) members = json_object_get_members(json_node_get_object(root));

		for (GList *m = members; m; m = m->next)
			keys.push_back(static_cast<const char *>(m->data));
	}
	fclose(file);
	return keys;
}

/* The words in backticks of a cell. */
static std::set<std::string> quoted(const std::string &cell)
{
	std::set<std::string> words;
	gsize from = 0, to;

	while ((from = cell.find('`', from)) != std::string::npos &&
	       (to = cell.find('`', from + 1)) != std::string::npos) {
		words.insert(cell.substr(from + 1, to - from - 1));
		from = to + 1;
	}
	return words;
}

static const char *level_word(EventLevel level)
{
	switch (level) {
	case LEVEL_DEBUG:
		return "debug";
	case LEVEL_INFO:
		return "info";
	case LEVEL_NOTICE:
		return "notice";
	case LEVEL_WARNING:
		return "warning";
	}
	return "";
}

/* docs/events.md: | `kind` | level | recorded | meaning | keys | */
TEST(Docs, EventsAreAllThereWithTheirKeys)
{
	const std::set<std::string> common = { "type", "v",     "seq",     "time", "t_us",
					       "slot", "visit", "attempt", "step", "text" };
	std::vector<std::vector<std::string>> table = rows(page("events.md"));

	for (int k = 0; k < N_EVENTS; k++) {
		EventKind kind = static_cast<EventKind>(k);
		std::string name = "`" + std::string(event_kind_name(kind)) + "`";
		std::set<std::string> own;
		bool found = false;

		for (const std::string &key : written_keys(kind))
			if (!common.count(key))
				own.insert(key);
		for (const std::vector<std::string> &row : table) {
			if (row.size() < 6 || row[1] != name)
				continue;
			found = true;
			EXPECT_EQ(row[2], level_word(event_kind_level(kind))) << name;
			EXPECT_EQ(row[3], event_kind_stored(kind) ? "yes" : "no") << name;
			EXPECT_EQ(quoted(row[5]), own) << name;
		}
		EXPECT_TRUE(found) << "docs/events.md has no row for " << name;
	}
}

TEST(Docs, TheCommonKeysAreExplained)
{
	std::vector<std::vector<std::string>> table = rows(page("events.md"));
	std::set<std::string> explained;

	for (const std::vector<std::string> &row : table)
		if (row.size() > 2)
			for (const std::string &word : quoted(row[1]))
				explained.insert(word);
	for (int k = 0; k < N_EVENTS; k++)
		for (const std::string &key : written_keys(static_cast<EventKind>(k)))
			EXPECT_TRUE(explained.count(key))
				<< "docs/events.md does not explain " << key;
}
