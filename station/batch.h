/* SPDX-License-Identifier: Apache-2.0
 *
 * When is a headless run over, and what is its exit code: a fold of the event stream. It does not know how anything is
 * shown, nor what runs. */
#pragma once

#include "lib/bus.h"
#include "station/config.h"

G_BEGIN_DECLS

typedef struct {
	guint expect;      /* units; 0: not said */
	gint64 timeout_us; /* 0: none */
	gint64 settle_us;  /* nothing new for so long: over */
	gint64 first_us;   /* so long the first unit is awaited */
} BatchRules;

typedef struct {
	guint units; /* that had a visit; a unit that was there twice counts once, by its last visit */
	guint by_outcome[N_OUTCOMES];
	guint not_ours;   /* of the skipped: neither parked nor more than the order needs */
	guint unfinished; /* attempts left open */
	bool interrupted; /* a signal, the time-out or a vanished terminal came first */
	bool unsaved;     /* a record could not be written in the end */
} BatchCounts;

typedef struct _Batch Batch;

Batch *batch_new(const BatchRules *rules, gint64 now);
void batch_free(Batch *batch);
/* BusReader. */
bool batch_read(gpointer batch, const Event *event);

/* `open`: slots that have a unit without a verdict. */
bool batch_over(const Batch *batch, guint open, gint64 now);
bool batch_timed_out(const Batch *batch, gint64 now);
gint64 batch_deadline(const Batch *batch, guint open);
void batch_count(const Batch *batch, BatchCounts *counts);

/* The table of exit codes: 0 all good, 1 some not, 2 none came, 3 fewer than expected, 4 interrupted, 73 unsaved. */
int batch_exit(const BatchCounts *counts, guint expect);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Batch, batch_free)

G_END_DECLS
