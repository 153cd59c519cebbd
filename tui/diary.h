/* SPDX-License-Identifier: Apache-2.0
 *
 * What has been told lately: the log of events, and of each slot the steps and what was said on its port. It does not know
 * how it is shown, and everything in it is bounded: the oldest is forgotten. */
#pragma once

#include "lib/event.h"

G_BEGIN_DECLS

typedef struct {
	gint64 wall_us;
	EventKind kind;
	EventLevel level;
	guint16 slot;
	Outcome outcome;
	FaultCode fault;
	char text[200]; /* as it was told */
} DiaryEntry;

/* One try of one step of the job that runs, or ran last. */
typedef struct {
	char name[32];
	guint ord, try_no;
	gint64 begun_us;
	gint64 took_ms; /* -1: it goes on */
	FaultCode fault;
	bool danger;
} DiaryStep;

/* One line of the port's journal. */
typedef struct {
	gint64 ms; /* since the unit came */
	char dir;  /* > sent, < received, # payload, = note */
	char text[160];
} DiaryLine;

/* The job that runs in a slot, or ran last. */
typedef struct {
	char procedure[48], operation[16];
	char package[96], target[64];
	guint hop, hops, try_no, steps;
	bool open;
} DiaryJob;

typedef struct _Diary Diary;

Diary *diary_new(gsize n_slots);
void diary_free(Diary *diary);

/* Returns whether a person would notice. */
bool diary_event(Diary *diary, const Event *event);

guint diary_entries(const Diary *diary);
/* The newest is 0. */
const DiaryEntry *diary_entry(const Diary *diary, guint i);

const DiaryJob *diary_job(const Diary *diary, guint slot);
guint diary_steps(const Diary *diary, guint slot);
const DiaryStep *diary_step(const Diary *diary, guint slot, guint i);
guint diary_lines(const Diary *diary, guint slot);
/* The newest is 0. */
const DiaryLine *diary_line(const Diary *diary, guint slot, guint i);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Diary, diary_free)

G_END_DECLS
