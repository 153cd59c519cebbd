/* SPDX-License-Identifier: Apache-2.0 */
/* Serial lines: a pty with a speed, with time for every byte, with garbage when the two ends
 * disagree about the speed, and with modem lines. They know nothing of what the bytes say. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "clock.h"
#include "rng.h"

G_BEGIN_DECLS

typedef struct LineSet LineSet;
typedef struct Line Line;

/* What the module's end is told; every call may be missing. */
typedef struct {
	void (*bytes)(void *owner, const guint8 *data, gsize n);
	void (*moved)(void *owner, guint lines); /* DTR or RTS, by the host or by its last close */
	void (*closed)(void *owner);
} LineOps;

/* The speed at which a module listens that has not found out its host's speed yet: it hears every
 * speed right. */
#define LINE_ANY_SPEED 0

LineSet *line_set_new(RackClock *clock, const char *root, GError **error);
void line_set_free(LineSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LineSet, line_set_free)

Line *line_new(LineSet *set, guint64 seed, GError **error);
/* Hangs the tty up for whoever has it open. */
void line_free(Line *line);

void line_attach(Line *line, const LineOps *ops, void *owner);
void line_detach(Line *line);
const char *line_pty(const Line *line);

void line_set_speed(Line *line, guint baud);
/* What the host has set, 0 when that is no speed. */
guint line_host_speed(const Line *line);
bool line_is_open(Line *line);
/* Queued behind what is still going out; lost when nobody has the tty open by then. */
void line_send(Line *line, const guint8 *data, gsize n);
/* Milliseconds of module time until the queue is out. */
double line_backlog_ms(const Line *line);
void line_drop_output(Line *line);

/* TIOCM_ bits: inputs are the module's to set, outputs the host's. */
void line_set_inputs(Line *line, guint mask, guint value);
guint line_outputs(const Line *line);
/* How often the host moved DTR or RTS since the tty exists. */
guint line_moves(const Line *line);
/* How often an output (TIOCM_DTR or TIOCM_RTS) was off and on again, and how long the last time. */
guint line_pulses(const Line *line, guint output);
guint line_pulse_ms(const Line *line, guint output);
/* How often a host opened it. */
guint line_opens(const Line *line);

G_END_DECLS
