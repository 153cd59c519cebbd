/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated SIM7000, SIM7070, SIM7080, SIM7090 and SIM7600M21: identity and bearer in simcom.c,
 * files in simcom_file.c, downloads in simcom_http.c, updates in simcom_flash.c. They share this state
 * and nothing with a station. */
#pragma once

#include "fetch.h"
#include "module.h"
#include "package.h"
#include "plan.h"

G_BEGIN_DECLS

/* Only this name in this folder is an update. */
#define SIMCOM_FOLDER  1
#define SIMCOM_PACKAGE "update.zip"
#define SIMCOM_PATH    "/fota/update.zip"
#define SIMCOM_BEARERS 4

/* What AT+CFOTA? says. */
enum {
	STATUS_UPDATING = 1,
	STATUS_MODEM = 2, /* of SIM7000 alone, up to 5 */
	STATUS_MODEM_FAILED = 3,
	STATUS_AP = 4,
	STATUS_AP_FAILED = 5,
	STATUS_GOOD = 6,
	STATUS_BAD = 7,
	STATUS_CLEAN = 8
};

typedef enum {
	STAGE_NONE,
	STAGE_LEAVE,   /* the OK is out, it restarts into its updater */
	STAGE_WRITE,   /* it writes */
	STAGE_BETWEEN, /* it is back for a while, and not done */
	STAGE_LOADER,  /* it is a bootloader for a while */
	STAGE_RESTART  /* it is done, and restarts */
} Stage;

typedef struct {
	Stage stage;
	guint percent;
	bool told;    /* it has said that it starts */
	bool failed;  /* this run ends badly */
	bool between; /* it has been back once */
	bool loader;  /* it has been a bootloader */
	guint cut_at, reboot_at;
	guint after; /* the status that it ends with */
	char to[40]; /* "" when nothing is to be written */
} SimcomFlash;

typedef struct {
	GByteArray *data;
	char *name;
	gsize size;
	guint folder;
	bool append;
} SimcomWrite;

typedef struct {
	Module *module;
	bool s7000, s70x0, cloud; /* which series */
	GHashTable *files;        /* "1/update.zip" -> GBytes: keeps over power cuts */
	bool cfs_open;
	guint writes, uploads;
	SimcomWrite write;
	RackTimer write_timer;
	bool bearer[SIMCOM_BEARERS];
	guint bearer_tries, bearer_wanted;
	RackTimer bearer_timer;
	Fetch *fetch; /* NULL when nothing is fetched */
	char *fetch_url, *fetch_path;
	gsize fetch_got;
	goffset fetch_all;
	guint fetches;
	RackTimer fetch_timer;
	guint status;
	bool flash_pending; /* kept over power cuts: it goes on by itself */
	SimcomFlash flash;
	RackTimer flash_timer, status_timer, cloud_timer;
	bool capfota;
	guint cloud_step; /* how far its vendor's service has got */
	int cloud_code;   /* what that ends with, 0: it is done */
} Simcom;

/* Both AT ports of a composite module are one module. */
static inline Simcom *simcom_of(const Module *module)
{
	return (Simcom *)module->unit->module->state;
}

/* simcom.c */
bool simcom_network(const Module *module);

/* simcom_file.c */
int simcom_cfsinit(Module *module, const AtCommand *command);
int simcom_cfsterm(Module *module, const AtCommand *command);
int simcom_cfswfile(Module *module, const AtCommand *command);
int simcom_cfsgfis(Module *module, const AtCommand *command);
int simcom_cfsdfile(Module *module, const AtCommand *command);
int simcom_cfsgfrs(Module *module, const AtCommand *command);
gsize simcom_data(Module *module, const guint8 *bytes, gsize n);
void simcom_file_init(Simcom *s);
void simcom_file_stop(Simcom *s);
/* Takes both. */
void simcom_store(Simcom *s, char *name, GBytes *bytes);

/* simcom_http.c */
int simcom_httptofs(Module *module, const AtCommand *command);
int simcom_httptofsrl(Module *module, const AtCommand *command);
void simcom_fetch_init(Simcom *s);
void simcom_fetch_stop(Simcom *s);

/* simcom_flash.c */
int simcom_cfota(Module *module, const AtCommand *command);
void simcom_flash_init(Simcom *s);
void simcom_flash_stop(Simcom *s);
/* Goes on where the power was cut. */
void simcom_flash_resume(Simcom *s);
/* Writes what leads to this version, "" when there is nothing that fits. */
void simcom_flash_begin(Simcom *s, const char *to);
/* Of its own accord, when it still can. */
void simcom_flash_say(Simcom *s, const char *text);

/* simcom_cloud.c */
int simcom_capfota(Module *module, const AtCommand *command);
int simcom_cscfota(Module *module, const AtCommand *command);
void simcom_cloud_init(Simcom *s);
void simcom_cloud_stop(Simcom *s);

G_END_DECLS
