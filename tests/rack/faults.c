/* SPDX-License-Identifier: Apache-2.0 */
/* All that can be wrong or odd about a unit, in one table, with the verdict that an honest station
 * must reach. It knows no mechanism: each fault is carried out where it happens. */
#include "faults.h"

#include <string.h>

#define ROW(id, name, who, expect, flags, text) { name, who, EXPECT_##expect, flags, text },

static const FaultInfo table[F_COUNT] = { RACK_FAULTS(ROW) };

const FaultInfo *fault_info(FaultId id)
{
	return &table[id];
}

FaultId fault_by_name(const char *name)
{
	for (guint i = 0; i < F_COUNT; i++)
		if (!strcmp(table[i].name, name))
			return (FaultId)i;
	return F_COUNT;
}

const char *expect_name(Expect expect)
{
	switch (expect) {
	case EXPECT_PASS:
		return "pass";
	case EXPECT_CURRENT:
		return "current";
	case EXPECT_FAIL:
		return "fail";
	case EXPECT_SKIPPED:
		return "skipped";
	case EXPECT_NONE:
		return "none";
	}
	return "?";
}

static const char *who_name(FaultFor who)
{
	switch (who) {
	case FOR_ANY:
		return "any";
	case FOR_LOCAL:
		return "local";
	case FOR_HTTP:
		return "http";
	case FOR_SHAPE:
		return "shape";
	case FOR_QUIRK:
		return "quirk";
	}
	return "?";
}

void faults_print(void)
{
	g_print("%-20s %-6s %-8s %-5s %s\n", "name", "units", "expect", "slow", "what");
	for (guint i = 0; i < F_COUNT; i++)
		g_print("%-20s %-6s %-8s %-5s %s\n", table[i].name, who_name(table[i].who),
			expect_name(table[i].expect), table[i].flags & FAULT_SLOW ? "yes" : "-",
			table[i].text);
}
