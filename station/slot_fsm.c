/* SPDX-License-Identifier: Apache-2.0
 *
 * The transition table of a slot. Every state has a row and every cause a column: a late event is never an error. */
#include "station/slot_fsm.h"

#define STAY (-1)

/* clang-format off */
static const gint8 table[N_SLOT_STATES][N_CAUSES] = {
#define ROW(state, arrived, settled, identified, start, go, passed, failed, left, good, bad, adopted, replaced, parked, released) \
	[SLOT_##state] = { arrived, settled, identified, start, go, passed, failed, left, good, bad, adopted, replaced, parked, released }
#define S(name) SLOT_##name
#define _ STAY
	/*               arrived      settled         identified  start      go          passed     failed     left      same good  same bad   adopted     replaced     park       release */
	ROW(EMPTY,       S(SETTLING), S(IDENTIFYING), _,          _,         _,          _,         S(FAILED), _,        _,         _,         S(RUNNING), _,           S(PARKED), _),
	ROW(SETTLING,    _,           S(IDENTIFYING), _,          _,         _,          _,         S(FAILED), S(EMPTY), _,         _,         S(RUNNING), _,           _,         _),
	ROW(IDENTIFYING, _,           _,              S(READY),   _,         _,          S(PASSED), S(FAILED), S(EMPTY), S(PASSED), S(FAILED), S(RUNNING), _,           _,         _),
	ROW(READY,       _,           _,              _,          S(QUEUED), _,          S(PASSED), S(FAILED), S(EMPTY), _,         _,         S(RUNNING), S(SETTLING), _,         _),
	ROW(QUEUED,      _,           _,              _,          _,         S(RUNNING), S(PASSED), S(FAILED), S(EMPTY), _,         _,         S(RUNNING), S(SETTLING), _,         _),
	ROW(RUNNING,     _,           _,              S(READY),   _,         _,          S(PASSED), S(FAILED), _,        _,         _,         _,          S(SETTLING), _,         _),
	ROW(PASSED,      S(SETTLING), S(IDENTIFYING), _,          _,         _,          _,         _,         S(EMPTY), _,         _,         S(RUNNING), S(SETTLING), _,         _),
	ROW(FAILED,      S(SETTLING), S(IDENTIFYING), _,          _,         _,          _,         _,         S(EMPTY), _,         _,         S(RUNNING), S(SETTLING), _,         _),
	ROW(PARKED,      _,           _,              _,          _,         _,          _,         S(FAILED), _,        _,         _,         S(RUNNING), _,           _,         S(EMPTY)),
#undef _
#undef S
#undef ROW
};
/* clang-format on */

const char *slot_cause_name(SlotCause cause)
{
	static const char *const names[N_CAUSES] = {
#define CAUSE(name, text) text,
		SLOT_CAUSE_LIST(CAUSE)
#undef CAUSE
	};

	return names[cause];
}

SlotState slot_fsm_next(SlotState state, SlotCause cause)
{
	return table[state][cause] == STAY ? state : (SlotState)table[state][cause];
}
