/* SPDX-License-Identifier: Apache-2.0
 *
 * The language drivers are written in: a row of a procedure, what can happen in it, and what its handler may answer.
 * It knows no engine and no vendor. */
#pragma once

#include "lib/fault.h"

G_BEGIN_DECLS

typedef struct _Job Job;

/* What takes payload takes every AT for more of it. Drivers tell their modules to give up sooner than after so much silence, so
 * that one which was left in the middle, also by a station that died, answers again behind it. */
#define TRANSFER_QUIET_MS 6000

typedef enum {
	IN_ENTER,  /* the row (or another try of it) begins; its command has been sent */
	IN_LINE,   /* an information line of the outstanding command */
	IN_REPLY,  /* its final result: `ok` */
	IN_REPORT, /* an unsolicited line */
	IN_PROMPT, /* the module is ready for payload */
	IN_ACK,    /* `n` acknowledgements of payload */
	IN_SENT,   /* there is room for more payload */
	IN_SYNCED, /* the unit answers again after job_sync() */
	IN_MUTE,   /* it did not */
	IN_GONE,   /* the port left the bus (only rows with STEP_LOSSY are told) */
	IN_BACK,   /* it is there again */
	IN_TICK,   /* poll_ms have passed */
	N_INPUTS
} InputKind;

typedef struct {
	InputKind kind;
	const char *text; /* NUL-terminated, control characters removed; "" when there is none */
	bool ok;
	guint n;
} Input;

typedef enum { VERB_WAIT, VERB_NEXT, VERB_AGAIN, VERB_GOTO, VERB_FAIL } StepVerb;

typedef struct {
	StepVerb verb;
	FaultCode fault;
	const char *step;
} StepAnswer;

static inline StepAnswer step_answer(StepVerb verb, FaultCode fault, const char *step)
{
	StepAnswer answer = { verb, fault, step };

	return answer;
}

#define STEP_WAIT step_answer(VERB_WAIT, FAULT_NONE, NULL)
#define STEP_NEXT step_answer(VERB_NEXT, FAULT_NONE, NULL)
/* Another try of the row, if it has one left; else it fails with `fault` (FAULT_NONE: the row's own). */
#define STEP_AGAIN(code) step_answer(VERB_AGAIN, (code), NULL)
#define STEP_GOTO(name)  step_answer(VERB_GOTO, FAULT_NONE, (name))
#define STEP_FAIL(code)  step_answer(VERB_FAIL, (code), NULL)

/* clang-format off */
/* FLAG(name, bit, word printed by explain) */
#define STEP_FLAG_LIST(FLAG)                                                                       \
	/* The unit may leave the bus and come back. */                                            \
	FLAG(LOSSY, 0, "lossy")                                                                    \
	/* Recorded before it acts, never cancelled, silence leads to the RETURN row. */           \
	FLAG(DANGER, 1, "dangerous")                                                               \
	/* Looks for the unit itself, so the channel needs no order before it; where silence leads to. */ \
	FLAG(RETURN, 2, "finds unit")                                                                  \
	/* Never sent twice in one job (a PIN). */                                                 \
	FLAG(ONCE, 3, "once")                                                                      \
	/* Sent, but never written down. */                                                        \
	FLAG(SECRET, 4, "secret")                                                                  \
	/* The command asks for payload. */                                                        \
	FLAG(PROMPT, 5, "payload")                                                                 \
	/* When the tries are used up the next row follows all the same. */                        \
	FLAG(OPTIONAL, 6, "optional")
/* clang-format on */

typedef enum {
#define FLAG(name, bit, word) STEP_##name = 1 << (bit),
	STEP_FLAG_LIST(FLAG)
#undef FLAG
} StepFlags;

/* How a row is judged; with NULL in its place OK is NEXT and ERROR is AGAIN. */
typedef StepAnswer (*StepHandler)(Job *job, const Input *in);

typedef struct {
	const char *name; /* screen, record and log all show this word */
	guint weight;     /* share of the progress bar: a table adds up to 100 */
	guint timeout_s;  /* silence limit; a handler may extend it */
	guint limit_s;    /* limit of the row over all tries, which nothing extends; 0: none */
	guint tries;      /* 1 for DANGER before RETURN */
	guint pause_ms;   /* before another try */
	guint poll_ms;    /* IN_TICK that often; 0: never */
	guint flags;      /* StepFlags */
	const char *
		at; /* sent on entry; ${name} is filled in from the job's values; "A|B": B at the second try */
	const char *expect; /* prefix of the information lines that belong to it */
	FaultCode fault;    /* when the tries are used up */
	StepHandler on;
} Step;

/* One named way of one vendor. */
typedef struct {
	const char *name;    /* "quectel-dfota-local" */
	const char *summary; /* msgid: one line for explain */
	const Step *steps;
	gsize n_steps;
	const Step *leave; /* leave clean: best effort on every way out whose result is known */
	gsize n_leave;
	const char *
		adopt_at; /* row at which a unit that is found updating is taken over; NULL: none */
	guint danger_limit_s; /* the whole dangerous stretch; 0: the procedure has none */
	bool network;         /* uses the radio */
	guint url_max;        /* longest URL it can pass on, in bytes; 0: it takes a file */
} Procedure;

/* Vendor knowledge. */
typedef struct {
	const char *name; /* "quectel-dfota": models name it */
	const char *const
		*reports; /* prefixes of unsolicited lines it understands; NULL-terminated */
	const char *const
		*adopt; /* those which say that the unit is already updating; NULL-terminated */
	const Procedure *const *procedures; /* NULL-terminated; the first one adopts */
	gsize state_size; /* of the driver's own state of one job: zeroed, without pointers */
} Driver;

G_END_DECLS
