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

static char *who_names(const FaultInfo *info)
{
	g_autoptr(GString) names = g_string_new(NULL);

	if (info->flags & FAULT_QUIRK)
		g_string_append(names, "quirk ");
	if (info->flags & FAULT_SHAPE)
		g_string_append(names, "shape ");
	if (info->who == FOR_ANY)
		return g_string_free(g_string_append(g_steal_pointer(&names), "any"), FALSE);
	for (guint i = 0; i < N_UPDATED; i++)
		if (kind_in((UnitKind)i, info->who))
			g_string_append_printf(names, "%s ", kind_info((UnitKind)i)->name);
	return g_strchomp(g_string_free(g_steal_pointer(&names), FALSE));
}

void faults_print(void)
{
	g_print("%-24s %-8s %-5s %s\n", "name", "expect", "slow", "what (which units)");
	for (guint i = 0; i < F_COUNT; i++) {
		g_autofree char *names = who_names(&table[i]);

		g_print("%-24s %-8s %-5s %s (%s)\n", table[i].name, expect_name(table[i].expect),
			table[i].flags & FAULT_SLOW ? "yes" : "-", table[i].text, names);
	}
}
