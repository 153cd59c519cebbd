/* SPDX-License-Identifier: Apache-2.0
 *
 * How long each step of a procedure takes with a model, learned from those that passed, and what that says about the time a unit
 * will still need. It reads neither clock nor record: both are handed in. */
#pragma once

#include "tui/board.h"

G_BEGIN_DECLS

/* What the record knows of one step. */
typedef struct {
	const char *model, *procedure, *step;
	guint ord;
	gint64 mean_ms; /* over all its tries in one job */
	guint jobs;     /* that this was learned from */
} PaceKnown;

typedef struct _Pace Pace;

Pace *pace_new(gsize n_slots);
void pace_free(Pace *pace);
void pace_know(Pace *pace, const PaceKnown *known);
/* `board` has folded the event already. */
void pace_event(Pace *pace, const Board *board, const Event *event);

/* Seconds that the unit in the slot will still need; -1: nobody knows. */
gint64 pace_left_s(const Pace *pace, const Board *board, guint slot);
/* Until all that run and wait have their verdicts; -1: nothing runs, or nobody knows. */
gint64 pace_rack_left_s(const Pace *pace, const Board *board);
/* The step that takes longest of all; false: nothing is known yet. Borrowed until the next call. */
bool pace_slowest(const Pace *pace, PaceKnown *slowest);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pace, pace_free)

G_END_DECLS
