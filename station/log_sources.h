/* SPDX-License-Identifier: Apache-2.0
 *
 * Which databases are asked. It does not know what. */
#pragma once

#include "station/log.h"

G_BEGIN_DECLS

/* Errors of this domain are about what was typed. */
#define LOG_USAGE (log_usage_quark())
GQuark log_usage_quark(void);

/* The databases named in `paths` (NULL: the one of station.ini in `config`), of folders all that end in .db, open for
 * reading: an array of LogSource that owns them, NULL with error. Unless `copies`, two that have the same entries are an
 * error: their rows would be counted twice. */
GPtrArray *log_sources_open(char **paths, const char *config, bool copies, GError **error);

G_END_DECLS
