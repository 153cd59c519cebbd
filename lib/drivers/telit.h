/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of the Telit driver, shared by its parts: telit_pfm.c (tables), telit_prepare.c (up to the server's request),
 * telit_update.c (the dangerous stretch) and telit_settings.c (what an update erases). Nobody else includes it. */
#pragma once

#include "lib/drivers/telit_parse.h"
#include "lib/ops.h"

G_BEGIN_DECLS

typedef enum { TELIT_SMS, TELIT_COMBINED, TELIT_TCPIP } TelitWay;

#define TELIT_ERASED   "settings" /* the key of what was saved */
#define TELIT_RESTORED "restored" /* what is remembered in place of a set that was restored */

typedef enum { WALK_QUERY, WALK_SET, WALK_READ_BACK } TelitWalk;

typedef struct {
	/* settings */
	char set[1024]; /* what was saved, packed; "": nothing */
	guint walk;     /* which setting is read or restored */
	TelitWalk phase;
	bool got;                     /* its value has been read */
	bool unkept;                  /* it has a value that cannot be given back */
	char now[SETTING_VALUE_SIZE]; /* as read */
	bool restored;

	/* before the update */
	bool prepared; /* old reports are behind us: what says that it begins is meant */
	bool asked;    /* the server's question came before it was waited for */
	bool stale;    /* the server may have this SIM with another unit */

	/* the update */
	bool begun; /* it has said that it downloads, or will */
	bool downloaded, upgraded;
	bool dcd, dcd_known;
	guint moves; /* of its DCD line, once all is downloaded */
	bool beyond; /* at the end of the chain already */
	bool served; /* the server knows that it is done */
	bool failed; /* the module said so */
	bool pin_again;
	bool waited; /* for the server's report: once is enough */
} TelitState;

TelitWay telit_way(Job *job);
OtaEvent telit_event(const Input *in);
/* The server has this unit with this SIM. */
void telit_remember_registration(Job *job);

/* ---- telit_settings.c ---- */

StepAnswer telit_on_save(Job *job, const Input *in);
StepAnswer telit_on_restore(Job *job, const Input *in);
/* It updates or restarts, once more perhaps: whatever was put back is lost again. */
void telit_unrestore(Job *job);
/* The same as telit_on_restore() among the rows that leave clean: a unit without a saved set has nothing to restore. */
StepAnswer telit_on_restore_last(Job *job, const Input *in);

/* ---- telit_prepare.c ---- */

bool telit_begins(Job *job, const char *report);
StepAnswer telit_on_supported(Job *job, const Input *in);
StepAnswer telit_on_service(Job *job, const Input *in);
StepAnswer telit_on_running(Job *job, const Input *in);
StepAnswer telit_on_speed(Job *job, const Input *in);
StepAnswer telit_on_attach(Job *job, const Input *in);
StepAnswer telit_on_class(Job *job, const Input *in);
StepAnswer telit_on_registered(Job *job, const Input *in);
StepAnswer telit_on_card(Job *job, const Input *in);
StepAnswer telit_on_subscriber(Job *job, const Input *in);
StepAnswer telit_on_number(Job *job, const Input *in);
StepAnswer telit_on_registration(Job *job, const Input *in);
StepAnswer telit_on_register(Job *job, const Input *in);
StepAnswer telit_on_server(Job *job, const Input *in);
StepAnswer telit_on_confirmed(Job *job, const Input *in);
StepAnswer telit_on_request(Job *job, const Input *in);
StepAnswer telit_on_notified_request(Job *job, const Input *in);

/* ---- telit_update.c ---- */

StepAnswer telit_on_still_here(Job *job, const Input *in);
StepAnswer telit_on_start(Job *job, const Input *in);
StepAnswer telit_on_download(Job *job, const Input *in);
StepAnswer telit_on_flash(Job *job, const Input *in);
StepAnswer telit_on_tested(Job *job, const Input *in);
StepAnswer telit_on_return(Job *job, const Input *in);
StepAnswer telit_on_again(Job *job, const Input *in);
StepAnswer telit_on_who(Job *job, const Input *in);
StepAnswer telit_on_sim_again(Job *job, const Input *in);
StepAnswer telit_on_pin_again(Job *job, const Input *in);
StepAnswer telit_on_served(Job *job, const Input *in);
StepAnswer telit_on_version(Job *job, const Input *in);
StepAnswer telit_on_release(Job *job, const Input *in);

G_END_DECLS
