/* SPDX-License-Identifier: Apache-2.0
 *
 * Carries each Event to its readers in the order in which they subscribed. It does not know what the facts mean. */
#pragma once

#include "lib/event.h"

G_BEGIN_DECLS

typedef struct _Bus Bus;

/* Returns false when the reader is in trouble; it is then told no more, and one TROUBLE event says so.
 * The event and all it points to are borrowed for the call. Emitting from inside is a programming error. */
typedef bool (*BusReader)(gpointer reader, const Event *event);

/* Where the bus takes its two clocks from. */
typedef struct {
	gint64 (*monotonic_us)(gpointer user);
	gint64 (*wall_us)(gpointer user);
	gpointer user;
} BusClock;

Bus *bus_new(const BusClock *clock);
void bus_free(Bus *bus);
/* `name` is borrowed for the life of the bus: a static string, marked for translation. */
void bus_subscribe(Bus *bus, const char *name, BusReader read, gpointer reader);
/* Fills in seq and both times, then tells every reader. */
void bus_emit(Bus *bus, Event event);
/* Trouble of the station itself: English for the record, and in the person's language for the screen. */
void bus_trouble(Bus *bus, const char *format, ...) G_GNUC_PRINTF(2, 3);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Bus, bus_free)

G_END_DECLS
