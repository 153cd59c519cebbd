/* SPDX-License-Identifier: Apache-2.0
 *
 * Which databases are asked. It does not know what. */
#pragma once

#include "station/log.h"

G_BEGIN_DECLS

/* Errors of this domain are about what was typed. */
#define LOG_USAGE (log_usage_quark())
GQuark log_usage_quark(void);

/* Which databases a verb can do with, beyond its own. */
typedef enum {
	SOURCES_COPIES =
		1
		<< 0, /* two with the same entries; else an error: their rows would be counted twice */
	SOURCES_ALONE = 1 << 1, /* no archives */
	SOURCES_OLD = 1 << 2,   /* one of an older schema */
} Sources;

/* The databases named in `paths`, of folders all that end in .db; without any the one of station.ini in `config` and the
 * archives that it names. An array of LogSource that owns them, open for reading; NULL with error. That archives are not
 * among them is said. */
GPtrArray *log_sources_open(char **paths, const char *config, guint sources, GError **error);

G_END_DECLS
