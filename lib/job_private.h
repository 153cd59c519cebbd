/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of a Job, shared by the engine (job.c: inputs and time; job_rows.c: rows; job_values.c: what rows fill in) and
 * by what handlers may do with it (job_hands.c). Nobody else includes it. */
#pragma once

#include "lib/job.h"

G_BEGIN_DECLS

#define SECOND G_GINT64_CONSTANT(1000000) /* wide enough for what it is multiplied with */
#define NEVER  G_MAXINT64

/* An input with its own copy of the text: what waits for its turn. Free with g_free. */
typedef struct {
	Input input;
	char text[];
} Message;

Message *message_new(const Input *in);

typedef enum {
	PHASE_NEW,
	PHASE_ROW, /* a try of a row is under way */
	PHASE_RESYNC, /* the channel is in doubt: it is put in order before the try's command is sent */
	PHASE_PAUSE, /* between two tries */
	PHASE_HELD,  /* before the first dangerous row: waits for the record */
	PHASE_DONE
} Phase;

struct _Job {
	JobSpec spec;
	JobResult result;
	gpointer state;
	AtChannel *at;

	Phase phase;
	const Step *table; /* the procedure's rows, then its leave rows */
	gsize n_rows;
	guint row;
	Step step; /* the present row with the model's own limits */
	guint try_no, entries;
	guint spelling;    /* of the row's command is asked: see command_of_try() */
	bool first_known;  /* the unit answers its first spelling */
	guint64 sent_once; /* bit per row with STEP_ONCE that has been sent */
	bool danger;       /* a dangerous row has been released */
	bool by_itself;    /* the unit was heard to update before it was told to */
	bool leaving;
	bool unsaved; /* a remembered fact waits for the record: the next row is held */

	gint64 now;
	gint64 row_begun, try_begun;
	gint64 silence_at, limit_at, tick_at, resume_at, danger_at;
	gint64 over_at; /* until then what an earlier station began may go on unheard; 0: nothing was begun, or it is heard */

	guint marks;
	guint percent;
	guint64 served; /* bytes of the package that the unit has acknowledged to the package server */
	bool trying;    /* a try was told to begin and not yet to end */
	bool answered;    /* the row's command has its final result */
	bool in_transfer; /* the unit may still take payload */
	FaultCode doomed;
	FaultCode suspect; /* a dangerous row before the flash went silent */

	GQueue inbox; /* Message: what waits for its turn */
	GQueue kept;  /* char *: reports that came before the row's own final result */
	bool draining;
};

/* ---- job_rows.c ---- */

/* -1: there is none. */
int rows_find(const Job *job, const char *name);
int rows_return(const Job *job);
/* A dangerous row is under way, and what it does cannot be taken back. */
bool rows_in_danger(const Job *job);
void rows_enter(Job *job, guint row);
/* The present row, tried anew: told, then the channel put in order where it must be, then sent. */
void rows_begin_try(Job *job);
void rows_send(Job *job);
/* Sends the command of the present try. False: it may not be sent, the detail says why. */
bool rows_send_own(Job *job);
/* How many commands the row names: "AT+CGMR|AT+GMR" are 2. */
guint rows_spellings(const Job *job);
/* The present row forbids this command. */
bool rows_forbid(const Job *job, const char *command);
/* Reports that were kept are told the row that is now entered. */
void rows_offer_kept(Job *job);
StepAnswer rows_ask(Job *job, const Input *in);
void rows_decide(Job *job, StepAnswer answer);
/* Another try, if the row has one left. */
void rows_try_failed(Job *job, FaultCode fault);
/* Every try that was told to begin is told to end, once, whatever ends it. */
void rows_end_try(Job *job, FaultCode fault);
void rows_silence(Job *job);
void rows_danger_limit(Job *job);
void rows_restart_return(Job *job);
/* The verdict, then leaving clean; a leave row that fails is only left behind. */
void rows_fail(Job *job, FaultCode fault);
/* Nothing more, not even leaving clean. */
void rows_done(Job *job);

/* ---- job_hands.c ---- */

/* Emits for this job; jobs without an id (identification) leave no trace in the record. */
void job_emit(Job *job, Event event);

/* ---- job_values.c ---- */

/* `text` with every ${name} filled in. NULL: a value holds what may not stand inside quotes. Free with g_free. */
char *job_fill_in(const Job *job, const char *text);

G_END_DECLS
