/* SPDX-License-Identifier: Apache-2.0
 *
 * The open port of one slot in the main loop: descriptor watches, the AT channel over it, and its journal.
 * It does not know what is said through it. */
#pragma once

#include "lib/at.h"
#include "lib/port_clerk.h"
#include "lib/trace.h"

G_BEGIN_DECLS

typedef struct _Door Door;

typedef struct {
	/* `error` NULL: it is open, and door_at() is there. */
	void (*opened)(gpointer user, const GError *error);
	/* The port hung up: at once. The door has closed itself. */
	void (*gone)(gpointer user);
	void (*at)(gpointer user, const AtEvent *event);
	void (*lines)(gpointer user, const SerialLines *lines);
} DoorUser;

/* `reports` (NULL-terminated prefixes) and `trace` are borrowed. */
Door *door_new(const DoorUser *users, gpointer user, const char *const *reports, Trace *trace);
void door_free(Door *door);

void door_open(Door *door, const Port *port, const SerialSettings *settings);
/* Nothing is told after it. */
void door_close(Door *door);
bool door_opening(const Door *door);
/* NULL while it is not open. */
AtChannel *door_at(Door *door);
/* Asks for the modem lines once; false when not possible now. */
bool door_ask_lines(Door *door);

/* Once per turn of the loop: sends what is queued and lets time pass. */
void door_turn(Door *door, gint64 now);
gint64 door_deadline(const Door *door);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Door, door_free)

G_END_DECLS
