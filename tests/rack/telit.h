/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated Telit modules and the update service behind them: identity and SIM in telit.c, the
 * settings that an update erases in telit_settings.c, service and reports in telit_pfm.c, download
 * and flash in telit_flash.c. They share this state and nothing with a station. */
#pragma once

#include "module.h"
#include "plan.h"

G_BEGIN_DECLS

/* What the rack's SIMs ask for, where they ask, and how often it may be wrong. */
#define TELIT_PIN   "73190528"
#define TELIT_TRIES 3

/* The document and the command references write these in more than one way; a unit keeps to one of
 * each. */
typedef struct {
	const char *upgraded, *notified;
} TelitWords;

typedef enum {
	PFM_IDLE,
	PFM_ASKING,     /* waits for the answer of its user */
	PFM_CONNECTING, /* accepted: on its way to the server */
	PFM_DOWNLOADING,
	PFM_CHECKING,
	PFM_FLASHING, /* kept over power cuts: it goes on by itself */
	PFM_NOTIFYING /* upgraded, the server does not know it yet */
} PfmPhase;

typedef struct {
	guint percent;
	guint cut_at;    /* percent at which the power goes, 0: never */
	guint reboot_at; /* percent at which it restarts, 0: never */
	bool away;       /* not on its bus while it flashes */
	char to[40];
} TelitFlash;

typedef struct {
	char *now, *found; /* as it is, and as it came */
	bool put_back;     /* the value that it came with was set again after the update */
} Setting;

typedef struct {
	Module *module; /* whose port the reports go to */
	guint ports;    /* that share this */
	Rng rng;
	TelitWords words;
	Setting *settings;
	bool settings_read; /* somebody asked for them before an update */

	/* the service, as the module's memory has it */
	char *number;             /* of the server, "" where it is not in use */
	char registered_imsi[20]; /* "": not registered */
	guint bearer;             /* 0: not told yet */
	bool address, update_address;
	guint mode, flush; /* of #OTASUAN */
	GQueue buffered;   /* of char: reports that were not forwarded */

	PfmPhase phase;
	bool automatic, by_ip, simulated; /* this update: unasked, from here, only for show */
	bool postponed;                   /* the question comes again until it is answered */
	guint requests, rejections;       /* how often the server has asked, and was told no */
	guint downloads, registrations;
	guint pin_left, pin_wrong; /* tries, and those that were wrong */
	guint found_baud;          /* as it came */
	TelitFlash flash;
	bool told; /* it has said that it is upgraded */
	bool has_dcd, dcd;
	guint edges_seen; /* of DCD, while somebody had its tty open */

	RackTimer registration, server, answer, work, dcd_timer, notify, speak, join;
	gint64 notify_until; /* in real time */
} Telit;

static inline Telit *telit_of(const Module *module)
{
	return (Telit *)module->state;
}

/* telit_settings.c */
void telit_settings_init(Telit *t);
void telit_settings_free(Telit *t);
/* What an update does to them. */
void telit_settings_lose(Telit *t);
/* At power-on: as its profile has them. */
void telit_settings_load(Telit *t, Module *module);
/* Which are not what they were when it came, for a person; "" when all are. */
char *telit_settings_lost(const Telit *t);
const char *telit_setting(const Telit *t, const char *name);
void telit_setting_set(Telit *t, const char *name, const char *value);
int telit_at_setting(Module *module, const AtCommand *command);
int telit_at_echo(Module *module, const AtCommand *command);
int telit_at_cmee(Module *module, const AtCommand *command);

/* telit_pfm.c */
void telit_pfm_init(Telit *t);
void telit_pfm_free(Telit *t);
void telit_pfm_stop(Telit *t);
/* It is up again, its SIM may be ready: the service begins to work. */
void telit_pfm_up(Telit *t);
/* Whether all is there that a download needs. */
bool telit_may_start(const Telit *t);
void telit_event(Telit *t, const char *text);
bool telit_online(const Telit *t);
/* The server asks once more, if it has anything for this unit. */
void telit_server_soon(Telit *t);
/* After an update that failed, when whoever is in charge has had time to set things right. */
void telit_server_later(Telit *t);
const PlanDelta *telit_delta(const Unit *unit);
int telit_at_otasuan(Module *module, const AtCommand *command);
int telit_at_otasnap(Module *module, const AtCommand *command);
int telit_at_otasnapipcfg(Module *module, const AtCommand *command);
int telit_at_otasnapip(Module *module, const AtCommand *command);
int telit_at_otaipcfg(Module *module, const AtCommand *command);
int telit_at_otaipupd(Module *module, const AtCommand *command);

/* telit_flash.c */
void telit_flash_init(Telit *t);
void telit_flash_stop(Telit *t);
/* The request was accepted. */
void telit_start(Telit *t);
/* After a power cut: true when it goes on flashing. */
bool telit_resume(Telit *t);
/* After a boot: what there is to tell of an update. */
void telit_flash_up(Telit *t);
/* Whether the commands that the document inhibits are inhibited now. */
bool telit_inhibits(const Telit *t);

/* The next argument of a command, quotes taken off; NULL when there is none. */
char *telit_arg(const char **args);

G_END_DECLS
