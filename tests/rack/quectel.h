/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated Quectel MC65, M65 and M08-R: identity and network in quectel.c, files in
 * quectel_file.c, the update in quectel_dfota.c and its download in quectel_http.c. They share this
 * state and nothing with a station. */
#pragma once

#include "fetch.h"
#include "module.h"
#include "package.h"
#include "plan.h"

G_BEGIN_DECLS

#define QUECTEL_PACKAGE "fota.pack"
/* So many updates a module's flash is good for. */
#define QUECTEL_UPDATES 800

/* The document writes its reports in more than one way; a unit keeps to one of each. */
typedef struct {
	bool http_space; /* "HTTP START" */
	bool percent;    /* 2% */
	bool space;      /* "UPDATING", 2 */
	bool from_zero;
	bool stops_short; /* the last is not 100 */
} Spelling;

typedef struct {
	GByteArray *data;
	char *name;
	gsize size;
	guint timeout_s;
	bool ack;
	bool lost_one;
	guint plus;            /* how many + in a row */
	gint64 last_byte_us;   /* when the last byte came */
	gint64 plus_before_us; /* the pause before the first of them */
} Upload;

typedef struct {
	guint percent;
	bool started; /* it has said START */
	bool over;    /* it has said END */
	bool failed;  /* this run ends with an error */
	int error;
	char to[40];
	guint reboot_at; /* percent at which it reboots, 0: never */
	guint cut_at;    /* percent at which the power goes, 0: never */
} Flash;

typedef struct {
	Module *module;
	Spelling spelling;
	GHashTable *files; /* name -> GBytes: the flash file system, which keeps over power cuts */
	gsize room;
	bool pdp;
	guint pdp_tries, uploads, deletions;
	Upload upload;
	RackTimer upload_timer;
	bool flash_pending; /* kept over power cuts: it goes on by itself */
	Flash flash;
	RackTimer flash_timer, start_timer, network_timer;
	bool start_file; /* from the OK of QFOTADL to the start */
	char *start_url;
	int network_result;
	Fetch *fetch; /* NULL when nothing is fetched */
	guint told_percent;
	RackTimer fetch_timer;
} Quectel;

static inline Quectel *quectel_of(Module *module)
{
	return (Quectel *)module->state;
}

/* quectel_file.c */
int quectel_qfupl(Module *module, const AtCommand *command);
int quectel_qfdel(Module *module, const AtCommand *command);
int quectel_qflst(Module *module, const AtCommand *command);
int quectel_qflds(Module *module, const AtCommand *command);
gsize quectel_data(Module *module, const guint8 *bytes, gsize n);
void quectel_data_moved(Module *module, guint lines);
void quectel_upload_init(Quectel *q);
void quectel_upload_drop(Quectel *q);

/* quectel_dfota.c */
int quectel_qfotadl(Module *module, const AtCommand *command);
void quectel_flash_init(Quectel *q);
/* Applies a package that has been fetched or is in the file system. */
void quectel_flash_package(Module *module, GBytes *package);
/* Goes on where the power was cut. */
void quectel_flash_resume(Module *module);
void quectel_flash_stop(Quectel *q);
void quectel_qind(Module *module, const char *what);
void quectel_qind_number(Module *module, const char *what, guint n, bool percent);

/* quectel_http.c */
void quectel_fetch_init(Quectel *q);
void quectel_fetch(Module *module, const char *url);
void quectel_fetch_stop(Quectel *q);

G_END_DECLS
