/* SPDX-License-Identifier: Apache-2.0
 *
 * One unit's stay in one slot: what is to be done with it, hop by hop and try by try, and what its verdict is.
 * Pure: it knows no port, no clock, no database and no screen. */
#pragma once

#include "lib/job.h"
#include "lib/plan.h"

G_BEGIN_DECLS

typedef struct {
	Unit unit;          /* as last read */
	const Model *model; /* NULL while unknown */
	const char *
		target; /* version it is to have in the end; borrowed from the catalogue; NULL: none */
	Plan *plan;     /* NULL while none is made, and while a check runs */
	guint hop;      /* index into the plan */
	guint try_no;     /* of this hop, from 1 */
	bool tried_again; /* some hop needed more than one try */
	bool once_sent;   /* a PIN was sent and not accepted: none again in this visit */
	bool adopted;     /* the running job is one that the station did not start */
	bool to_check; /* it was at its target when it was identified: it is good when a check says so */
	bool operates; /* an operation is to be run, or was, in the place of an update */
	bool no_more;  /* asked to stop: what runs is finished, nothing follows */
	char mislabel
		[16]; /* IMEI on its label, which is another unit's; "": not that anybody knows */
	Outcome outcome; /* OUTCOME_NONE while open */
	FaultCode fault;
	char detail[200];
} Visit;

/* What is to be done next. */
typedef enum {
	VISIT_RUN, /* the hop `hop`, try `try_no` of the plan; the operation, where it `operates` */
	VISIT_DONE,  /* `outcome` and `fault` say it */
	VISIT_CHECK, /* the same, once its driver's check has found nothing else */
	VISIT_REPLACED, /* another unit is there: the visit ends UNIT_LEFT, a dangerous attempt of it stays open */
} VisitNext;

/* What the station is at, as far as a verdict depends on it. */
typedef struct {
	const Catalog *catalog;
	const Models *models;
	const char *work_order; /* NULL: none */
	guint tries;            /* jobs that one hop may have while its fault is a transient one */
	bool duplicate;         /* the same IMEI sits in another slot */
	bool owed;              /* a check comes before anything else */
	bool unrestored;        /* what an update has erased of it is not known to be there again */
	gint64 updates;         /* of this IMEI so far */
	const char *
		operates; /* driver whose units have an operation run in the place of an update; NULL: none */
} VisitRules;

void visit_clear(Visit *visit);

/* A unit has been identified (`fault` none), or could not be. */
VisitNext visit_identified(Visit *visit, const Unit *unit, FaultCode fault,
			   const VisitRules *rules);

/* What one job's result is as an outcome of its attempt: the row that is written, not yet the visit's verdict. */
Outcome visit_attempt_outcome(const JobResult *result);

/* A job of this visit is done. */
VisitNext visit_job_done(Visit *visit, const JobResult *result, const VisitRules *rules);

/* What comes next is not a hop: a check, after which the plan is made anew from what the unit says it is. */
void visit_begin_check(Visit *visit);

/* The package of the present hop; NULL when there is no plan. */
const Package *visit_package(const Visit *visit);
guint visit_hops(const Visit *visit);
/* First visit good at try 1 of every hop. */
bool visit_good_first(const Visit *visit);

G_END_DECLS
