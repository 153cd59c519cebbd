/* SPDX-License-Identifier: Apache-2.0 */
/* What goes wrong at one command: the unit is pulled, says nothing, refuses, talks nonsense or
 * restarts when it is asked that. It knows commands as text and no family. */
#pragma once

#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

typedef struct Rack Rack;
typedef struct Module Module;

typedef enum {
	TROUBLE_UNPLUG,  /* pulled for good */
	TROUBLE_SILENCE, /* that command is never answered */
	TROUBLE_ERROR,   /* that command is always refused */
	TROUBLE_GARBAGE, /* noise instead of an answer to it, always */
	TROUBLE_REBOOT,  /* its power goes once and comes back */
	N_TROUBLES
} TroubleWhat;

typedef struct {
	TroubleWhat what;
	char *command; /* as trouble_head() cuts it */
	bool done;
} Trouble;

/* What a command line asks, without its texts and further parameters: "+CFOTA=1", "+QFUPL=". */
char *trouble_head(const char *body);
/* "silence@+CFOTA=1@3,unplug@E0@4": for the units of these numbers. */
bool troubles_parse(Rack *rack, const char *spec, GError **error);
/* Whether it strikes now: the command is then not run. `body`: behind the AT. */
bool trouble_strikes(Module *module, const char *body);
/* Whether it is that this command is always refused. */
bool trouble_refuses(const Trouble *trouble, const char *command);
void trouble_free(Trouble *trouble);

G_END_DECLS
