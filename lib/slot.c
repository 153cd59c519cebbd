/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of what a slot can be, and the order that follows from it. It changes no slot. */
#include "lib/slot.h"

#include <glib/gi18n.h>
#include <string.h>

const char *slot_state_name(SlotState state)
{
	static const char *const names[N_SLOT_STATES] = {
#define SLOT_STATE(name, text) text,
		SLOT_STATE_LIST(SLOT_STATE)
#undef SLOT_STATE
	};

	return names[state];
}

const char *presence_name(Presence presence)
{
	switch (presence) {
	case PRESENCE_AUTO:
		return "auto";
	case PRESENCE_USB:
		return "usb";
	case PRESENCE_ANSWER:
		return "answer";
	case PRESENCE_LINE_CTS:
		return "line:cts";
	case PRESENCE_LINE_DSR:
		return "line:dsr";
	case PRESENCE_LINE_DCD:
		return "line:dcd";
	case PRESENCE_ALWAYS:
		return "always";
	}
	g_assert_not_reached();
}

const char *order_name(Order order)
{
	static const char *const names[N_ORDERS] = {
#define ORDER(name, id, words) id,
		ORDER_LIST(ORDER)
#undef ORDER
	};

	return names[order];
}

const char *order_words(Order order)
{
	static const char *const words[N_ORDERS] = {
#define ORDER(name, id, words) words,
		ORDER_LIST(ORDER)
#undef ORDER
	};

	return words[order];
}

static Order order_of_verdict(Outcome outcome, FaultCode fault)
{
	switch (outcome) {
	case OUTCOME_PASS:
	case OUTCOME_CURRENT:
		return ORDER_REMOVE_GOOD;
	case OUTCOME_SKIPPED:
		return ORDER_REMOVE_NOT_DONE;
	case OUTCOME_FAIL:
		if (fault == FAULT_FLASH_SILENT)
			return ORDER_SWITCH_OFF_AND_ON;
		if (fault == FAULT_NEVER_CAME_BACK)
			return ORDER_LEAVE_EMPTY;
		if (fault == FAULT_UPDATING)
			return ORDER_DO_NOT_TOUCH;
		return ORDER_REMOVE_BAD;
	case OUTCOME_ABORTED:
	case OUTCOME_INTERRUPTED:
		return ORDER_REMOVE_BAD;
	case OUTCOME_NONE:
	case N_OUTCOMES:
		return ORDER_WAIT;
	}
	g_assert_not_reached();
}

Order slot_order(SlotState state, bool danger, Outcome outcome, FaultCode fault)
{
	switch (state) {
	case SLOT_EMPTY:
		return ORDER_INSERT;
	case SLOT_SETTLING:
	case SLOT_IDENTIFYING:
	case SLOT_READY:
	case SLOT_QUEUED:
		return ORDER_WAIT;
	case SLOT_RUNNING:
		return danger ? ORDER_DO_NOT_TOUCH : ORDER_WAIT;
	case SLOT_PASSED:
	case SLOT_FAILED:
		return order_of_verdict(outcome, fault);
	case SLOT_PARKED:
		return ORDER_LEAVE_EMPTY;
	case N_SLOT_STATES:
		break;
	}
	g_assert_not_reached();
}

char *slot_hub(const char *path)
{
	const char *port = strrchr(path, '.');
	const char *chain = strrchr(path, ':');

	/* A port directly on the controller has a chain of one number: its hub is the controller. */
	if (!port || !chain || port < chain)
		port = chain;
	return port ? g_strndup(path, port - path) : g_strdup(path);
}
