/* SPDX-License-Identifier: Apache-2.0
 *
 * What a vendor's own update service must be told: accounts, addresses, numbers. Plain data: it knows neither where they are
 * configured nor which command carries them. */
#pragma once

#include "lib/secret.h"

G_BEGIN_DECLS

/* SIMCom's FOTA cloud: the first four parameters of AT+CSCFOTA, in its order. Printable ASCII without quotes. */
typedef struct {
	const char *oem, *models, *product_id;
	const Secret *secret;
} CloudAccount;

typedef enum {
	PFM_BEARER_CSD = 1,
	PFM_BEARER_GPRS = 2
} PfmBearer; /* as AT#OTASNAPIPCFG counts them */

/* Telit's Premium FOTA Management. Strings "" where not configured. */
typedef struct {
	PfmBearer bearer;
	const char *number;  /* the server's telephone number, international: SMS protocol */
	const char *address; /* the server's address: combined and TCP/IP protocols */
	guint port;
	bool preprovisioned; /* units are known to the server already: none is registered */
	bool release; /* pfm_after = release: the unit is taken out of the service after its update */
	guint wait_s; /* how long an update that the server starts is waited for */
} PfmService;

G_END_DECLS
