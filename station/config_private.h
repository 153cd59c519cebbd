/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of the configuration, shared by config.c and config_services.c. Nobody else includes it, and it knows no
 * station. */
#pragma once

#include "lib/ini.h"
#include "station/config.h"

G_BEGIN_DECLS

/* [packages], [pfm] and what of [limits] belongs to them. */
void config_read_services(Config *config, Ini *ini);
/* [cloud MODEL] of secrets.ini, behind the catalogue; `secrets` NULL: there is no such file. */
void config_read_cloud_secrets(Config *config, Ini *secrets);
/* Whether what the packages of the catalogue need is configured; `path` and `ini` are station.ini. */
void config_check_services(Config *config, const ConfigKnows *knows, const char *path, Ini *ini,
			   GPtrArray *complaints);
void config_free_services(Config *config);

G_END_DECLS
