/* SPDX-License-Identifier: Apache-2.0
 *
 * What the two files of SIMCom's CFOTA share: the state of a job, and the handlers of the transfer. Nobody else includes it: to
 * the rest of the program the driver is a table. */
#pragma once

#include "lib/ops.h"

G_BEGIN_DECLS

typedef struct {
	guint before; /* AT+CFOTA? before anything was done; 0: it did not say */
	bool said;    /* it did, be it 0 */
	bool cleared; /* AT+CFOTA=0 was taken: what the flag says later is of this update */
	guint status; /* AT+CFOTA? after the update */
	bool idle;    /* it has said so: only then it is tidied up */
	bool begun;   /* a sign that it took AT+CFOTA=1: a report, or it left */
	bool applied; /* this job told it to update; else it was found so: it is listened to, not asked */
	bool inventory; /* it knows AT+SIMCOMATI */
	bool active;    /* a context is up */
	bool ours;      /* and it is this job that put it up */
	bool stored;    /* there may be a package in its file system */
	guint uploads;  /* how often one was begun */
	gsize sent;     /* payload bytes handed over */
	gsize block;    /* where the block ends that is under way */
	guint64 size;   /* what the module says it has */
	guint64 len;    /* bytes fetched, as said last */
	gint64 heard_ms; /* of this row: when the package server, or the updater, last said something */
	bool chatters; /* and it has said something else since */
	guint early;   /* the code of a completion that came before its OK; 0: none */
	guint64 early_len;
	bool early_has_len;
} CfotaState;

/* Whether a context with an address is up. */
StepAnswer simcom_on_bearer(Job *job, const Input *in);
StepAnswer simcom_on_apn(Job *job, const Input *in);
StepAnswer simcom_on_activate(Job *job, const Input *in);
StepAnswer simcom_on_fetch(Job *job, const Input *in);
/* What this job put up is taken down. */
StepAnswer simcom_on_disconnect(Job *job, const Input *in);

/* Sub-version and calibration are those of the model's file. */
StepAnswer simcom_on_variant(Job *job, const Input *in);

StepAnswer simcom_on_upload(Job *job, const Input *in);
StepAnswer simcom_on_size(Job *job, const Input *in);

G_END_DECLS
