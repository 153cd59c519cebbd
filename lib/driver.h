/* SPDX-License-Identifier: Apache-2.0
 *
 * The list of drivers, and the look-ups over it. It does not know what any of them does. */
#pragma once

#include "lib/knows.h"
#include "lib/step.h"

G_BEGIN_DECLS

/* NULL-terminated. */
const Driver *const *driver_list(void);
/* NULL when there is none of that name. */
const Driver *driver_find(const char *name);
/* The procedure of that name over all drivers (also "identify" and "check", whose driver is NULL), or NULL. */
const Procedure *procedure_find(const char *name, const Driver **driver);
/* The row of that name, or NULL. */
const Step *procedure_step(const Procedure *procedure, const char *name);
/* Whether one of the driver's `reports` prefixes begins `line`. */
bool driver_understands(const Driver *driver, const char *line);
/* Whether one of the driver's `adopt` prefixes begins `line`. */
bool driver_adopts(const Driver *driver, const char *line);
/* The driver one of whose `adopt` prefixes begins `line`, or NULL. */
const Driver *driver_adopting(const char *line);
/* The driver whose question `line` is, or NULL. */
const Driver *driver_asking(const char *line);
/* The driver of the modules whose DCD moves while they flash, or NULL. */
const Driver *driver_moving_dcd(void);
/* Every report prefix of every driver, NULL-terminated: what a channel must know before any driver is chosen. Free with
 * g_strfreev. */
GStrv driver_all_reports(void);
/* "identify" and "check": procedures that belong to no vendor. NULL-terminated. */
const Procedure *const *driver_common_procedures(void);

/* The same look-ups as questions, for readers of files that name drivers, procedures and steps. */
extern const ConfigKnows driver_knows;

G_END_DECLS
