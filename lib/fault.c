/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables behind fault.h. It does not know who asks. */
#include "lib/fault.h"

#include <glib/gi18n.h>

static const Fault faults[] = {
#define FAULT(name, code, blame, transient, text, next)                                            \
	{ FAULT_##name, #name, BLAME_##blame, transient, text, next },
	FAULT_LIST(FAULT)
#undef FAULT
		{ FAULT_NONE, "", BLAME_STATION, false, "", "" },
};

static const char *const outcomes[N_OUTCOMES] = {
	"", "pass", "current", "fail", "aborted", "interrupted", "skipped",
};

const Fault *fault_get(FaultCode code)
{
	const Fault *f = faults;

	while (f->code != FAULT_NONE && f->code != code)
		f++;
	return f;
}

const Fault *fault_list(void)
{
	return faults;
}

const char *outcome_name(Outcome outcome)
{
	return outcomes[outcome];
}

Outcome outcome_from_name(const char *name)
{
	for (int i = OUTCOME_PASS; i < N_OUTCOMES; i++)
		if (g_strcmp0(name, outcomes[i]) == 0)
			return i;
	return OUTCOME_NONE;
}

const char *blame_name(Blame blame)
{
	switch (blame) {
	case BLAME_UNIT:
		return "unit";
	case BLAME_FIXTURE:
		return "fixture";
	case BLAME_PACKAGE:
		return "package";
	case BLAME_NETWORK:
		return "network";
	case BLAME_STATION:
		return "station";
	}
	g_assert_not_reached();
}
