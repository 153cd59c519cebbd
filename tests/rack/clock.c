/* SPDX-License-Identifier: Apache-2.0 */
/* The rack's time: timers in one heap behind one source of the main loop, and the factor that
 * shortens module time. It does not know what the timers are for. */
#include "clock.h"

struct RackClock {
	double speed;
	GPtrArray *heap; /* of RackTimer, from index 1 */
	GSource *source;
};

typedef struct {
	GSource base;
	RackClock *clock;
} ClockSource;

gint64 clock_now(void)
{
	return g_get_monotonic_time();
}

double clock_speed(const RackClock *clock)
{
	return clock->speed;
}

gint64 clock_module_us(const RackClock *clock, double ms)
{
	return (gint64)(ms * 1000.0 / clock->speed);
}

static RackTimer *heap_get(RackClock *clock, guint i)
{
	return g_ptr_array_index(clock->heap, i);
}

static void heap_put(RackClock *clock, guint i, RackTimer *timer)
{
	g_ptr_array_index(clock->heap, i) = timer;
	timer->pos = i;
}

static void heap_up(RackClock *clock, guint i)
{
	RackTimer *timer = heap_get(clock, i);

	while (i > 1 && heap_get(clock, i / 2)->due > timer->due) {
		heap_put(clock, i, heap_get(clock, i / 2));
		i /= 2;
	}
	heap_put(clock, i, timer);
}

static void heap_down(RackClock *clock, guint i)
{
	RackTimer *timer = heap_get(clock, i);
	guint child;

	while ((child = 2 * i) < clock->heap->len) {
		if (child + 1 < clock->heap->len &&
		    heap_get(clock, child + 1)->due < heap_get(clock, child)->due)
			child++;
		if (heap_get(clock, child)->due >= timer->due)
			break;
		heap_put(clock, i, heap_get(clock, child));
		i = child;
	}
	heap_put(clock, i, timer);
}

static void source_rearm(RackClock *clock)
{
	g_source_set_ready_time(clock->source, clock->heap->len > 1 ? heap_get(clock, 1)->due : -1);
}

static void heap_remove(RackClock *clock, RackTimer *timer)
{
	guint i = timer->pos;
	RackTimer *last = heap_get(clock, clock->heap->len - 1);

	g_ptr_array_set_size(clock->heap, (gint)clock->heap->len - 1);
	timer->pos = 0;
	if (last == timer)
		return;
	heap_put(clock, i, last);
	heap_up(clock, i);
	heap_down(clock, last->pos);
}

void timer_stop(RackClock *clock, RackTimer *timer)
{
	if (!timer->pos)
		return;
	heap_remove(clock, timer);
	source_rearm(clock);
}

void timer_at(RackClock *clock, RackTimer *timer, gint64 due)
{
	if (timer->pos)
		heap_remove(clock, timer);
	timer->due = due;
	g_ptr_array_add(clock->heap, timer);
	timer->pos = clock->heap->len - 1;
	heap_up(clock, timer->pos);
	source_rearm(clock);
}

void timer_module(RackClock *clock, RackTimer *timer, double ms)
{
	timer_at(clock, timer, clock_now() + clock_module_us(clock, ms));
}

void timer_real(RackClock *clock, RackTimer *timer, double ms)
{
	timer_at(clock, timer, clock_now() + (gint64)(ms * 1000.0));
}

static gboolean clock_dispatch(GSource *source, GSourceFunc callback, gpointer data)
{
	RackClock *clock = ((ClockSource *)source)->clock;
	gint64 now = clock_now();

	while (clock->heap->len > 1 && heap_get(clock, 1)->due <= now) {
		RackTimer *timer = heap_get(clock, 1);

		heap_remove(clock, timer);
		timer->fn(timer->data);
	}
	source_rearm(clock);
	return G_SOURCE_CONTINUE;
}

RackClock *clock_new(double speed)
{
	static GSourceFuncs funcs = { .dispatch = clock_dispatch };
	RackClock *clock = g_new0(RackClock, 1);

	clock->speed = speed;
	clock->heap = g_ptr_array_new();
	g_ptr_array_add(clock->heap, NULL);
	clock->source = g_source_new(&funcs, sizeof(ClockSource));
	((ClockSource *)clock->source)->clock = clock;
	g_source_attach(clock->source, NULL);
	return clock;
}

void clock_free(RackClock *clock)
{
	g_source_destroy(clock->source);
	g_source_unref(clock->source);
	g_ptr_array_free(clock->heap, TRUE);
	g_free(clock);
}
