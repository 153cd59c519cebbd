/* SPDX-License-Identifier: Apache-2.0
 *
 * An ordered list of readers. It does not know what the facts mean. */
#include "lib/bus.h"

#include "lib/english.h"

#include <glib/gi18n.h>

typedef struct {
	const char *name;
	BusReader read;
	gpointer reader;
	bool broken;
} Subscriber;

struct _Bus {
	BusClock clock;
	GArray *subscribers;
	guint64 seq;
	bool emitting;
};

Bus *bus_new(const BusClock *clock)
{
	Bus *bus = g_new0(Bus, 1);

	bus->clock = *clock;
	bus->subscribers = g_array_new(FALSE, TRUE, sizeof(Subscriber));
	return bus;
}

void bus_free(Bus *bus)
{
	if (!bus)
		return;
	g_array_unref(bus->subscribers);
	g_free(bus);
}

void bus_subscribe(Bus *bus, const char *name, BusReader read, gpointer reader)
{
	Subscriber s = { .name = name, .read = read, .reader = reader };

	g_array_append_val(bus->subscribers, s);
}

/* Returns the name of a reader that broke on this event, or NULL. */
static const char *deliver(Bus *bus, Event *event)
{
	const char *broken = NULL;

	event->seq = ++bus->seq;
	event->t_us = bus->clock.monotonic_us(bus->clock.user);
	event->wall_us = bus->clock.wall_us(bus->clock.user);
	bus->emitting = true;
	for (guint i = 0; i < bus->subscribers->len; i++) {
		Subscriber *s = &g_array_index(bus->subscribers, Subscriber, i);

		if (s->broken || s->read(s->reader, event))
			continue;
		s->broken = true;
		broken = s->name;
	}
	bus->emitting = false;
	return broken;
}

void bus_emit(Bus *bus, Event event)
{
	static const char format[] = N_("%s can no longer be written to and is switched off");
	const char *broken;

	g_assert(!bus->emitting);
	broken = deliver(bus, &event);
	/* Ends at the latest when every reader is broken. */
	while (broken) {
		g_autofree char *text = g_strdup_printf(format, broken);
		g_autofree char *said = g_strdup_printf(_(format), _(broken));
		Event trouble = {
			.kind = EV_TROUBLE, .slot = SLOT_NONE, .text = text, .said = said
		};

		broken = deliver(bus, &trouble);
	}
}

void bus_trouble(Bus *bus, const char *format, ...)
{
	g_autofree char *text = NULL, *said = NULL;
	va_list args;

	va_start(args, format);
	english_twice(format, args, &text, &said);
	va_end(args);
	bus_emit(bus, (Event){ .kind = EV_TROUBLE, .slot = SLOT_NONE, .text = text, .said = said });
}
