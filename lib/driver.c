/* SPDX-License-Identifier: Apache-2.0
 *
 * The static list of drivers: greppable, no plug-ins. It does not know what any of them does. */
#include "lib/driver.h"

#include "lib/drivers/drivers.h"
#include "lib/identify.h"
#include "lib/ops.h"

#include <string.h>

static const Driver *const drivers[] = {
	&quectel_dfota_driver,
	&telit_pfm_driver,
	&simcom_cfota_driver,
	&simcom_cscfota_driver,
	NULL,
};

/* Procedures that belong to no vendor. */
static const Procedure *const common[] = {
	&identify_procedure,
	&check_procedure,
	NULL,
};

const Driver *const *driver_list(void)
{
	return drivers;
}

const Procedure *const *driver_common_procedures(void)
{
	return common;
}

const Driver *driver_find(const char *name)
{
	for (guint i = 0; drivers[i]; i++)
		if (g_strcmp0(drivers[i]->name, name) == 0)
			return drivers[i];
	return NULL;
}

static const Procedure *find_in(const Procedure *const *list, const char *name)
{
	for (guint i = 0; list[i]; i++)
		if (g_strcmp0(list[i]->name, name) == 0)
			return list[i];
	return NULL;
}

const Procedure *procedure_find(const char *name, const Driver **driver)
{
	const Procedure *found = find_in(common, name);

	if (driver)
		*driver = NULL;
	for (guint i = 0; !found && drivers[i]; i++) {
		found = find_in(drivers[i]->procedures, name);
		if (found && driver)
			*driver = drivers[i];
	}
	return found;
}

const Step *procedure_step(const Procedure *procedure, const char *name)
{
	for (gsize i = 0; i < procedure->n_steps; i++)
		if (strcmp(procedure->steps[i].name, name) == 0)
			return &procedure->steps[i];
	for (gsize i = 0; i < procedure->n_leave; i++)
		if (strcmp(procedure->leave[i].name, name) == 0)
			return &procedure->leave[i];
	return NULL;
}

/* A number at the end of a prefix ends there: 3 is not 301. */
static bool begins_with(const char *line, const char *prefix)
{
	gsize len = strlen(prefix);

	return g_ascii_strncasecmp(line, prefix, len) == 0 &&
	       !(len > 0 && g_ascii_isdigit(prefix[len - 1]) && g_ascii_isdigit(line[len]));
}

static bool begins_with_one_of(const char *line, const char *const *prefixes)
{
	for (guint i = 0; prefixes[i]; i++)
		if (begins_with(line, prefixes[i]))
			return true;
	return false;
}

bool driver_understands(const Driver *driver, const char *line)
{
	return begins_with_one_of(line, driver->reports);
}

bool driver_adopts(const Driver *driver, const char *line)
{
	return begins_with_one_of(line, driver->adopt);
}

const Driver *driver_adopting(const char *line)
{
	for (guint i = 0; drivers[i]; i++)
		if (driver_adopts(drivers[i], line))
			return drivers[i];
	return NULL;
}

const Driver *driver_asking(const char *line)
{
	for (guint i = 0; drivers[i]; i++)
		if (drivers[i]->question && g_ascii_strncasecmp(line, drivers[i]->question,
								strlen(drivers[i]->question)) == 0)
			return drivers[i];
	return NULL;
}

const Driver *driver_moving_dcd(void)
{
	for (guint i = 0; drivers[i]; i++)
		if (drivers[i]->dcd_moves)
			return drivers[i];
	return NULL;
}

GStrv driver_all_reports(void)
{
	g_autoptr(GStrvBuilder) all = g_strv_builder_new();

	for (guint i = 0; drivers[i]; i++)
		g_strv_builder_addv(all, (const char **)drivers[i]->reports);
	return g_strv_builder_end(all);
}

/* ---- for readers of files ---- */

static bool knows_driver(const char *name)
{
	return driver_find(name) != NULL;
}

static bool knows_procedure(const char *driver, const char *procedure)
{
	const Driver *d = driver_find(driver);

	return d && find_in(d->procedures, procedure);
}

static bool knows_step(const char *procedure, const char *step)
{
	const Procedure *p = procedure_find(procedure, NULL);

	return p && procedure_step(p, step);
}

static guint knows_url_limit(const char *procedure)
{
	const Procedure *p = procedure_find(procedure, NULL);

	return p ? p->url_max : 0;
}

static guint knows_cloud(const char *procedure)
{
	const Procedure *p = procedure_find(procedure, NULL);

	return p ? p->cloud : 0;
}

static bool knows_updates(const char *procedure)
{
	const Procedure *p = procedure_find(procedure, NULL);

	return p && !p->operation;
}

const ConfigKnows driver_knows = {
	.driver = knows_driver,
	.procedure = knows_procedure,
	.step = knows_step,
	.url_limit = knows_url_limit,
	.cloud = knows_cloud,
	.updates = knows_updates,
};
