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
	IN_SIGNALS, /* a modem line has moved (only rows with STEP_SIGNALS are told); `n`: LINE_… bits that are on */
	IN_SERVED, /* the unit has acknowledged `n` bytes of its package in all; `ok`: the whole of it */
	N_INPUTS
} InputKind;

/* IN_SIGNALS. */
enum { LINE_CTS = 1, LINE_DSR = 2, LINE_DCD = 4 };

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
	FLAG(OPTIONAL, 6, "optional")                                                              \
	/* Its handler is told when modem lines move. */                                           \
	FLAG(SIGNALS, 7, "signals")                                                                \
	/* The procedure's forbidden commands are refused, whoever wants to send them. */          \
	FLAG(FORBID, 8, "inhibits")                                                                \
	/* Its command is sent only when its handler asks for it at IN_ENTER: job_send_own(). */   \
	FLAG(IF_NEEDED, 9, "if needed")
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

/* What must be configured where a vendor's own service has the packages. */
enum {
	CLOUD_ACCOUNT = 1, /* [cloud MODEL] of the catalogue, and its secret */
	CLOUD_NUMBER = 2,  /* number of [pfm] */
	CLOUD_ADDRESS = 4  /* address and port of [pfm] */
};

/* One named way of one vendor. */
typedef struct {
	const char *name;    /* "quectel-dfota-local" */
	const char *summary; /* msgid: one line for explain */
	const Step *steps;
	gsize n_steps;
	const Step *leave; /* leave clean: best effort on every way out whose result is known */
	gsize n_leave;
	/* What it is for: NULL is an update. "register", "test" and "query" change no version, count as no unit and leave it
	 * ready. */
	const char *operation;
	const char *const *
		forbid; /* commands refused in rows with STEP_FORBID: prefixes; NULL-terminated, or NULL */
	const char *
		adopt_at; /* row at which a unit that is found updating is taken over; NULL: none */
	guint danger_limit_s; /* the whole dangerous stretch; 0: the procedure has none */
	/* In its dangerous stretch the unit fetches its package by itself and answers meanwhile: that it still has its old version
	 * says nothing as long as that may last. */
	bool fetches;
	bool network;  /* uses the radio */
	guint url_max; /* longest URL it can pass on, in bytes; 0: it takes no URL */
	/* CLOUD_… bits: the vendor's own service has the package, and is told that of the configuration; 0 and no URL: a file
	 * goes over the AT port. */
	guint cloud;
} Procedure;

/* Vendor knowledge. */
typedef struct {
	const char *name; /* "quectel-dfota": models name it */
	const char *const
		*reports; /* prefixes of unsolicited lines it understands; NULL-terminated */
	const char *const
		*adopt; /* those which say that the unit is already updating; NULL-terminated */
	const Procedure *const *procedures; /* NULL-terminated; the first one adopts */
	/* A report heard while the unit is still prepared says that it begins now, unasked. NULL: what is said before the command
	 * says nothing. */
	bool (*begins)(Job *job, const char *report);
	gsize state_size; /* of the driver's own state of one job: zeroed, without pointers */
	bool dcd_moves; /* DCD goes up and down while its modules flash: such a unit is taken over */
	const char *
		pin_tries; /* asks how many tries a SIM has left ("AT#PCT", "AT+SPIC"); NULL: cannot be asked */
	/* A report that asks for leave to update, and what says no to it when no job waits for it; NULL: there is none. */
	const char *question, *no;
	/* The key under which it remembers what an update erases of a unit, and the value that says that all of it is there again:
	 * with another one the unit is not good before the check says so. NULL: it remembers no such thing. */
	const char *erased, *restored;
	/* Reads back what a unit is that is owed an answer, with what this vendor's update leaves to be done; NULL: the common
	 * check does. */
	const Procedure *check;
} Driver;

G_END_DECLS
