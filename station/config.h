/* SPDX-License-Identifier: Apache-2.0
 *
 * Everything that the test engineer has written down: station, slots, secrets, catalogue and
 * models, read and checked as a whole. It does not know what is done with it. */
#pragma once

#include "lib/catalog.h"
#include "lib/secret.h"
#include "lib/slot.h"
#include "udev/roles.h"

G_BEGIN_DECLS

typedef enum { SCAN_OFF, SCAN_OPTIONAL, SCAN_REQUIRED } ScanMode;

typedef struct {
	/* station.ini */
	char *station, *line;
	char *database; /* path, from the folder of station.ini */
	bool auto_start;
	bool ask_worker, ask_work_order; /* nothing starts before they are known */
	ScanMode scan;                   /* a unit's label is compared with its IMEI */
	char *worker_prefix, *order_prefix, *label_prefix; /* of what a scanner reads */
	char *language, *bell, *colour; /* of the dashboard, one of the words of station.ini */
	guint shift_start_min;          /* minutes after local midnight */
	guint max_flashing_per_hub, max_radio; /* 0: no limit */
	guint tries;
	guint settle_ms;
	char *apn, *apn_user; /* apn_user "": none */
	/* the package server: where it listens (port 0: any free one), and where units reach it ("" nowhere; 0: the same port) */
	char *listen, *public_address;
	guint port, public_port;
	char *packages_place; /* FILE:LINE of all that, for complaints */
	guint max_downloads;  /* 0: no limit */
	PfmService pfm;       /* see config_pfm() */
	GPtrArray *clouds;    /* see config_cloud() */
	/* secrets.ini, which may be absent */
	Secret *pin, *apn_password;
	/* slots.ini */
	SlotConfig *slots;
	guint n_slots;
	/* catalogue and installed data */
	Catalog *catalog;
	Models *models;
	Roles *roles;

	GPtrArray *warnings; /* of char *: worth saying, no error */
	char sha256[65];     /* over station.ini, slots.ini and the catalogue */
} Config;

/* Reads station.ini of `dir` and everything it leads to, packages included; models and roles come
 * from the installed data, or from the folder that FOTA_STATION_DATA names. NULL when anything is
 * wrong: then `complaints` has got a sentence with file and line for each. Blocks while packages
 * are read. */
Config *config_load(const char *dir, const ConfigKnows *knows, GPtrArray *complaints);
/* The account of that model at its vendor's service; NULL: none. */
const CloudAccount *config_cloud(const Config *config, const char *model);
/* NULL: none is configured. */
const PfmService *config_pfm(const Config *config);
/* The catalogue has packages that units fetch from this station. */
bool config_serves(const Config *config);
void config_free(Config *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Config, config_free)

G_END_DECLS
