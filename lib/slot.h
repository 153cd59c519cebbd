/* SPDX-License-Identifier: Apache-2.0
 *
 * A place of the fixture, the states it can be in and the order that each state is for the person at the rack.
 * It does not know what runs in it: the station decides, this file only names. */
#pragma once

#include "lib/fault.h"

G_BEGIN_DECLS

#define SLOT_NONE G_MAXUINT16

/* clang-format off */
/* SLOT_STATE(name, text) */
#define SLOT_STATE_LIST(SLOT_STATE)                                                                \
	SLOT_STATE(EMPTY, "empty")                                                                 \
	SLOT_STATE(SETTLING, "settling")                                                           \
	SLOT_STATE(IDENTIFYING, "identifying")                                                     \
	SLOT_STATE(READY, "ready")                                                                 \
	SLOT_STATE(QUEUED, "queued")                                                               \
	SLOT_STATE(RUNNING, "running")                                                             \
	SLOT_STATE(PASSED, "passed")                                                               \
	SLOT_STATE(FAILED, "failed")                                                               \
	SLOT_STATE(PARKED, "parked")
/* clang-format on */

typedef enum {
#define SLOT_STATE(name, text) SLOT_##name,
	SLOT_STATE_LIST(SLOT_STATE)
#undef SLOT_STATE
		N_SLOT_STATES
} SlotState;

typedef enum {
	PRESENCE_AUTO, /* usb for a composite module, answer for an adapter */
	PRESENCE_USB,
	PRESENCE_ANSWER,
	PRESENCE_LINE_CTS,
	PRESENCE_LINE_DSR,
	PRESENCE_LINE_DCD,
	PRESENCE_ALWAYS
} Presence;

typedef enum { POWER_AUTO, POWER_DTR, POWER_RTS } PowerOn;

/* What a slot is by configuration; lives as long as the station. */
typedef struct {
	guint16 id;  /* index, in the order of slots.ini */
	char *label; /* what is printed on the fixture: "A3" */
	char *path;  /* controller and port chain as ID_PATH: "pci-0000:00:14.0-usb-0:4.2.3" */
	Presence presence;
	PowerOn power_on;
	guint power_ms;
	bool dtr, rts; /* resting state of the lines */
	guint line;    /* line of its section in slots.ini */
	/* where it is in the fixture, for the screen */
	guint row, column; /* from 1; 0: not told */
	char *hub;         /* NULL: what its path says */
} SlotConfig;

/* clang-format off */
/* ORDER(name, stable name, words): what the person at the rack is to do with a slot. */
#define ORDER_LIST(ORDER)                                                                          \
	ORDER(INSERT, "insert", N_("insert"))                                                      \
	ORDER(WAIT, "wait", N_("wait"))                                                            \
	ORDER(DO_NOT_TOUCH, "do_not_touch", N_("DO NOT TOUCH"))                                    \
	ORDER(REMOVE_GOOD, "remove_good", N_("remove, good"))                                      \
	ORDER(REMOVE_BAD, "remove_bad", N_("remove, bad"))                                         \
	ORDER(REMOVE_NOT_DONE, "remove_not_done", N_("remove, not done"))                          \
	ORDER(LEAVE_EMPTY, "leave_empty", N_("leave empty"))                                       \
	ORDER(SWITCH_OFF_AND_ON, "switch_off_and_on", N_("switch off and on, do not remove"))
/* clang-format on */

typedef enum {
#define ORDER(name, id, words) ORDER_##name,
	ORDER_LIST(ORDER)
#undef ORDER
		N_ORDERS
} Order;

const char *slot_state_name(SlotState state); /* "running": stable, English */
const char *presence_name(Presence presence); /* "line:dsr" */
const char *order_name(Order order);          /* "remove_good": stable, English */
const char *order_words(Order order);         /* msgid */

/* The order that follows from a slot's state, whether it is in danger, and its verdict. */
Order slot_order(SlotState state, bool danger, Outcome outcome, FaultCode fault);

/* The hub a slot's path hangs on: the path without its last port number. Free with g_free. */
char *slot_hub(const char *path);

G_END_DECLS
