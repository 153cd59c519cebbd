/* SPDX-License-Identifier: Apache-2.0
 *
 * Which slot is chosen, one after the other. It does not know how it is shown. */
#include "tui/facts.h"

bool facts_step(Facts *facts, RequestId id)
{
	guint n = board_n_slots(facts->board);

	switch (id) {
	case REQUEST_UP:
	case REQUEST_LEFT:
	case REQUEST_PAGE_UP:
		facts->chosen = facts->chosen ? facts->chosen - 1 : n - 1;
		return true;
	case REQUEST_DOWN:
	case REQUEST_RIGHT:
	case REQUEST_PAGE_DOWN:
		facts->chosen = (facts->chosen + 1) % n;
		return true;
	default:
		return false;
	}
}
