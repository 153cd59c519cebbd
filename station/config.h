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

typedef struct {
	/* station.ini */
	char *station, *line;
	char *database; /* path, from the folder of station.ini */
	bool auto_start;
	guint shift_start_min;                 /* minutes after local midnight */
	guint max_flashing_per_hub, max_radio; /* 0: no limit */
	guint tries;
	guint settle_ms;
	char *apn, *apn_user; /* apn_user "": none */
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
void config_free(Config *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Config, config_free)

G_END_DECLS
