/* SPDX-License-Identifier: Apache-2.0 */
/* A simulated module: power, boot, speed detection and the AT command line, as far as all vendors
 * share them. What a command does and what an update is, the family knows. */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>

#include "rack.h"

G_BEGIN_DECLS

typedef enum {
	MODULE_OFF,
	MODULE_BOOTING,
	MODULE_LISTENING, /* waits for an AT to find the host's speed */
	MODULE_READY,
	MODULE_DATA,    /* takes raw bytes: the family has them */
	MODULE_UPDATER, /* another program runs: nothing is answered */
	MODULE_HUNG
} ModuleState;

typedef enum { AT_EXEC, AT_READ, AT_TEST, AT_SET } AtKind;

typedef enum {
	AT_OK = 0,
	AT_ERROR = -1,
	AT_LATER = -2, /* the handler calls module_finish() */
	AT_SILENT = -3 /* no final result at all */
} AtResult;            /* positive: a +CME ERROR of that number */

typedef struct {
	const char *name; /* "+QFUPL", or "I" for ATI */
	AtKind kind;
	const char *args; /* behind the = */
} AtCommand;

enum {
	AT_QUERY = 1 << 0 /* changes nothing: may be left without an answer, or be answered late */
};

typedef struct {
	const char *name;
	guint flags;
	int (*run)(Module *module, const AtCommand *command);
} AtRow;

typedef struct {
	const char *name;
	const AtRow *rows;
	guint n_rows;
	gpointer (*create)(Module *module);
	void (*destroy)(gpointer state);
	/* Power is there: true when the family goes on by itself (an update that was cut), false
	 * for a normal boot. */
	bool (*power_on)(Module *module);
	void (*power_off)(Module *module);
	/* Raw bytes in MODULE_DATA; says how many it took, one at least. */
	gsize (*data)(Module *module, const guint8 *bytes, gsize n);
	void (*moved)(Module *module, guint lines);
	/* It has booted, whether it knows its host's speed or not; may be missing. */
	void (*up)(Module *module);
	/* Asked before a command runs: AT_OK lets it, all else is its result; may be missing. */
	int (*gate)(Module *module, const AtCommand *command);
	/* What it says when it has booted, and when it has been ready for a while; missing: RDY, then
	 * +CFUN, +CPIN and Call Ready. */
	void (*booted)(Module *module);
	void (*settled)(Module *module);
	/* Whether what this family's units must also be for a good verdict is so; may be missing. */
	bool (*good)(const Unit *unit);
	/* Whether somebody could know what its update has erased; missing: nothing is erased. */
	bool (*known)(const Unit *unit);
	/* Members of its own for the truth; may be missing. */
	void (*tell)(const Unit *unit, JsonBuilder *json);
} Family;

extern const Family family_quectel, family_simcom, family_telit, family_foreign, family_dead,
	family_echo, family_gnss;

struct Module {
	Rack *rack;
	Unit *unit;
	const Family *family;
	gpointer state; /* the family's */
	Line *line;     /* where it speaks AT; NULL when not connected */
	ModuleState now;
	Rng rng;
	const char *eol;

	guint baud; /* its present speed, 0 while it listens */
	bool echo;
	guint cmee;
	bool pin_done;

	GString *command;    /* the line that is being typed */
	GByteArray *waiting; /* typed while a command runs */
	guint8 last;         /* the byte before, to find AT among noise */
	char **parts;        /* the commands of the line that runs */
	guint part;
	GString *answer;
	bool busy, in_bytes;
	guint commands; /* how many it has run since power-on */
	guint queries;
	bool once_done[2]; /* silent-once, late-answer */
	GQueue reports;    /* of char: wait for the end of a command */
	GByteArray *held;  /* behind a report in two pieces */
	GString *stray;    /* what the host says while it flashes */

	guint pulses; /* of its power key's line, when they were looked at last */

	RackTimer boot, think, chatter, second_half, after_sync, rest;
};

Module *module_new(Rack *rack, Unit *unit, const Family *family);
void module_free(Module *module);

void module_connect(Module *module, Line *line);
void module_disconnect(Module *module);
void module_power_on(Module *module);
void module_power_off(Module *module);
/* Restarts it, with the boot that its kind of unit takes. */
void module_reboot(Module *module, double off_ms);
void module_set_speed(Module *module, guint baud);

/* For commands: an information text of one or more lines, as one block. */
void module_info(Module *module, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* The end of a command that answered AT_LATER. */
void module_finish(Module *module, int result);
/* Of its own accord: after the running command, unless this module has no manners. */
void module_report(Module *module, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* At once, whatever runs. */
void module_line(Module *module, const char *format, ...) G_GNUC_PRINTF(2, 3);
void module_raw(Module *module, const void *bytes, gsize n);
/* What comes out at boot, and of an ear at the wrong speed. */
void module_garbage(Module *module);

/* flashed.c: a flash went through that leads to this version. */
void unit_flashed(Unit *unit, const char *to);

/* What comes between while it flashes; true when it does not go on by itself now. *cut_at is the
 * percentage at which the power goes, 0: never (again). */
bool flash_loses_power(Unit *unit, guint *cut_at, guint percent);
bool flash_meets_hands(Unit *unit, guint percent);

/* Answers that all families give in the same way. */
extern const AtRow at_common_rows[];
extern const guint at_common_n;
/* What such a command answers of any family. */
int at_common(Module *module, const AtCommand *command);
/* The next argument of a command, quotes taken off; NULL when there is none. */
char *at_arg(const char **args);
int at_registration(Module *module, const AtCommand *command);
const char *cme_text(int code);
const char *module_pin_state(const Module *module);
bool module_sim_ready(const Module *module);
void module_boot_reports(Module *module);

G_END_DECLS
