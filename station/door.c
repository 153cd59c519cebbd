/* SPDX-License-Identifier: Apache-2.0
 *
 * Watches, clerk, channel and journal of one port. It does not know what is said through it. */
#include "station/door.h"

#include <glib-unix.h>

#define READ_SIZE 4096

struct _Door {
	DoorUser users;
	gpointer user;
	const char *const *reports;
	Trace *trace;
	PortClerk *clerk;
	Serial *serial;
	AtChannel *at;
	guint in_watch, out_watch;
	bool opening, asking_lines;
	bool closed_meanwhile; /* closed while the clerk was opening */
};

static void close_now(Door *door)
{
	g_clear_handle_id(&door->in_watch, g_source_remove);
	g_clear_handle_id(&door->out_watch, g_source_remove);
	g_clear_pointer(&door->at, at_free);
	if (door->serial)
		port_clerk_close(door->clerk, g_steal_pointer(&door->serial));
}

static void hang_up(Door *door)
{
	close_now(door);
	door->users.gone(door->user);
}

static void on_at(gpointer user, const AtEvent *event)
{
	Door *door = user;

	door->users.at(door->user, event);
}

static void on_tap(gpointer user, AtTapKind kind, const guint8 *bytes, gsize len, bool secret)
{
	Door *door = user;

	trace_bytes(door->trace, kind, bytes, len, secret, g_get_monotonic_time());
}

static gboolean on_readable(gint fd, GIOCondition condition, gpointer user)
{
	Door *door = user;
	guint8 buffer[READ_SIZE];
	gsize len = 0;
	SerialResult result = serial_readable(door->serial, buffer, sizeof(buffer), &len);

	if (len > 0)
		at_feed(door->at, buffer, len, g_get_monotonic_time());
	if (result != SERIAL_GONE)
		return G_SOURCE_CONTINUE;
	door->in_watch = 0;
	hang_up(door);
	return G_SOURCE_REMOVE;
}

static gboolean on_writable(gint fd, GIOCondition condition, gpointer user)
{
	Door *door = user;

	/* door_turn() writes: here the loop is only woken. */
	door->out_watch = 0;
	return G_SOURCE_REMOVE;
}

static void on_opened(gpointer user, Serial *serial, const GError *error)
{
	Door *door = user;

	door->opening = false;
	if (door->closed_meanwhile) {
		door->closed_meanwhile = false;
		if (serial)
			port_clerk_close(door->clerk, serial);
		return;
	}
	if (!serial) {
		door->users.opened(door->user, error);
		return;
	}
	door->serial = serial;
	door->at = at_new(serial_transport(serial), on_at, on_tap, door);
	at_set_reports(door->at, door->reports);
	door->in_watch =
		g_unix_fd_add(serial_fd(serial), G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, door);
	door->users.opened(door->user, NULL);
}

static void on_lines(gpointer user, const SerialLines *lines)
{
	Door *door = user;

	door->asking_lines = false;
	if (!door->serial)
		return;
	if (lines)
		door->users.lines(door->user, lines);
	else
		hang_up(door);
}

Door *door_new(const DoorUser *users, gpointer user, const char *const *reports, Trace *trace)
{
	Door *door = g_new0(Door, 1);

	door->users = *users;
	door->user = user;
	door->reports = reports;
	door->trace = trace;
	door->clerk = port_clerk_new();
	return door;
}

void door_free(Door *door)
{
	if (!door)
		return;
	close_now(door);
	port_clerk_free(door->clerk);
	g_free(door);
}

void door_open(Door *door, const Port *port, const SerialSettings *settings)
{
	g_assert(!door->serial && !door->opening);
	door->opening = true;
	port_clerk_open(door->clerk, port, settings, on_opened, door);
}

void door_close(Door *door)
{
	if (door->opening)
		door->closed_meanwhile = true;
	close_now(door);
}

bool door_opening(const Door *door)
{
	return door->opening;
}

AtChannel *door_at(Door *door)
{
	return door->at;
}

bool door_ask_lines(Door *door)
{
	if (!door->serial || door->asking_lines || port_clerk_busy(door->clerk))
		return false;
	door->asking_lines = true;
	port_clerk_lines(door->clerk, door->serial, on_lines, door);
	return true;
}

void door_turn(Door *door, gint64 now)
{
	gsize before;

	if (!door->at)
		return;
	if (at_deadline(door->at) <= now)
		at_tick(door->at, now);
	/* What an event caused may have closed the door. */
	if (!door->serial || (before = transport_queued(serial_transport(door->serial))) == 0)
		return;
	switch (serial_writable(door->serial)) {
	case SERIAL_OK:
		break;
	case SERIAL_AGAIN:
		if (!door->out_watch)
			door->out_watch =
				g_unix_fd_add(serial_fd(door->serial), G_IO_OUT, on_writable, door);
		break;
	case SERIAL_GONE:
		hang_up(door);
		return;
	}
	if (transport_queued(serial_transport(door->serial)) < before)
		at_drained(door->at, now);
}

gint64 door_deadline(const Door *door)
{
	return door->at ? at_deadline(door->at) : G_MAXINT64;
}
