/* SPDX-License-Identifier: Apache-2.0
 *
 * Pure parsers of what Telit modules print for Premium FOTA Management: one line in, one value out, any garbage survived. They
 * know no channel and no procedure. Source: application note 80000NT10013a Rev.13 and AT commands reference guides. */
#pragma once

#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

/* What follows "#OTAEV:". Compared without case and by its beginning: the documents spell the same report in different ways. */
typedef enum {
	OTAEV_NONE,       /* another line */
	OTAEV_REGISTERED, /* "Registered" */
	OTAEV_QUESTION,   /* "Do you want to upgrade the firmware?" */
	OTAEV_AUTOMATIC,  /* "Automatic Fw Upgrade Requested" */
	OTAEV_TIMEOUT,    /* "User Answer Timeout" */
	OTAEV_START,      /* "Start Fw Download" */
	OTAEV_COMPLETE,   /* "Fw Download Complete" */
	OTAEV_FAILED,     /* "OTA FW Upgrade Failed" */
	OTAEV_UPGRADED,   /* "Module Upgraded To New FW" */
	OTAEV_SERVED,     /* "Server notified about success[f]ul[l] FW Upgrade" */
	OTAEV_NOTIFIED,   /* "Notified" */
	OTAEV_OTHER /* words of other services ("#918", "#DREL"), provisioning, or a line that was cut */
} OtaEvent;
OtaEvent telit_parse_otaev(const char *text);

/* Whether `version` ("10.00.006", "16.00.152.2") is `from` ("10.00.xx7", "12.00.xx.2") or newer: the first two groups must be equal,
 * then the fourth group counts, or where there is none the last digit of the third; xx is any. */
bool telit_version_from(const char *version, const char *from);

/* "#OTAIPUPD: 1": an update is running. */
bool telit_parse_running(const char *text, bool *running);
/* "#AUTOATT: 1" */
bool telit_parse_autoatt(const char *text, bool *on);
/* "+CGCLASS: \"B\"", quoted or bare: "A", "B", "CG" or "CC". */
bool telit_parse_cgclass(const char *text, char value[4]);
/* "+CNUM: \"\",\"+39335475718\",145": the first number, digits with or without a plus. */
bool telit_parse_cnum(const char *text, char number[24]);

G_END_DECLS
