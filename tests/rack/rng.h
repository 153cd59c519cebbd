/* SPDX-License-Identifier: Apache-2.0 */
/* A small stream of numbers that a seed decides: the same seed gives the same rack. It knows
 * nothing of what is drawn with it. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct {
	guint64 state;
} Rng;

static inline guint64 rng_next(Rng *rng)
{
	guint64 z = rng->state += G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* A stream of its own for each use, so that one more draw here changes nothing there. */
static inline Rng rng_fork(guint64 seed, guint64 use)
{
	Rng rng = { seed ^ (use * G_GUINT64_CONSTANT(0xd1342543de82ef95)) };

	rng_next(&rng);
	return rng;
}

static inline guint rng_below(Rng *rng, guint n)
{
	return n ? (guint)(rng_next(rng) % n) : 0;
}

static inline guint rng_between(Rng *rng, guint low, guint high)
{
	return low + rng_below(rng, high - low + 1);
}

static inline bool rng_chance(Rng *rng, guint percent)
{
	return rng_below(rng, 100) < percent;
}
