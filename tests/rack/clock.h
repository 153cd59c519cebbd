/* SPDX-License-Identifier: Apache-2.0 */
/* The rack's time: timers in one heap behind one source of the main loop, and the factor that
 * shortens module time. It does not know what the timers are for. */
#pragma once

#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

typedef struct RackClock RackClock;

/* Lives inside its owner; zeroed is a stopped timer. */
typedef struct {
	gint64 due; /* monotonic microseconds */
	guint pos;  /* place in the heap, 0 when stopped */
	void (*fn)(void *data);
	void *data;
} RackTimer;

RackClock *clock_new(double speed);
void clock_free(RackClock *clock);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RackClock, clock_free)

gint64 clock_now(void);
/* Real microseconds that a module's milliseconds take: only what the module does is divided by
 * --speed. */
gint64 clock_module_us(const RackClock *clock, double ms);
double clock_speed(const RackClock *clock);

void timer_at(RackClock *clock, RackTimer *timer, gint64 due);
/* After so many milliseconds of module time, or of real time. */
void timer_module(RackClock *clock, RackTimer *timer, double ms);
void timer_real(RackClock *clock, RackTimer *timer, double ms);
void timer_stop(RackClock *clock, RackTimer *timer);

static inline bool timer_armed(const RackTimer *timer)
{
	return timer->pos != 0;
}

G_END_DECLS
