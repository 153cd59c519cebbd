/* SPDX-License-Identifier: Apache-2.0
 *
 * Pure parsers of what SIMCom modules print in their updates: one line in, one value out, any garbage survived. They know no
 * channel and no procedure. Sources: SIM7000 and SIM7080 FOTA application notes and AT manuals, the AT manual of SIM7500 and
 * SIM7600, chapter 23. */
#pragma once

#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

/* A line that begins with "+CFOTA:". */
typedef enum {
	CFOTA_NONE,     /* another line, or one that was cut */
	CFOTA_STATUS,   /* "+CFOTA: 6", "+CFOTA:6": number is the flag */
	CFOTA_START,    /* "Start to update" */
	CFOTA_UPDATING, /* "Updating",n: number is the percentage, 0 to 100 */
	CFOTA_DONE,     /* "Update successfully, please wait for reset": the words may be cut */
	CFOTA_FAILED,   /* "Update failed, please wait for reset" */
	CFOTA_OTHER /* words of other families ("FOTA,START", "No update package"): never a report of ours */
} CfotaKind;
CfotaKind simcom_parse_cfota(const char *text, guint *number);

/* What is said of the file that the module fetches. The completion and the answers of two queries share one prefix. */
typedef enum {
	FETCH_NONE,
	FETCH_DONE,     /* "+HTTPTOFS: 200,109285", "+HTTPTOFS: 601": code; len when it says one */
	FETCH_PROGRESS, /* "+HTTPTOFSRL: 1,5000,109285", and as the manual's example has it "+HTTPTOFS: 0,0,0": len so far */
	FETCH_STATE     /* "+HTTPTOFS: 1,\"http://…\",\"/fota/update.zip\"": whether it is busy */
} FetchKind;
typedef struct {
	FetchKind kind;
	guint code; /* DONE: of HTTP, or the module's own from 600 on */
	bool has_len;
	guint64 len, total; /* bytes; total 0: not known */
	bool busy;
} Fetch;
Fetch simcom_parse_fetch(const char *text);

/* "+CNACT: 1,\"10.94.36.44\"" (no index), "+CNACT: 0,1,\"10.94.36.44\"": whether a context is active and has an address. */
typedef struct {
	bool valid;
	bool has_index;
	guint index;
	bool active;
} Bearer;
Bearer simcom_parse_cnact(const char *text);
/* "+APP PDP: ACTIVE", "+APP PDP: 0,ACTIVE", "+APP PDP: DEACTIVE". */
Bearer simcom_parse_app_pdp(const char *text);

/* "+CFSGFIS: 109285". */
bool simcom_parse_cfsgfis(const char *text, guint64 *size);
/* "+CAPFOTA: 1". */
bool simcom_parse_capfota(const char *text, bool *on);
/* "+CSCFOTA: 3". */
bool simcom_parse_cscfota(const char *text, guint *code);

G_END_DECLS
