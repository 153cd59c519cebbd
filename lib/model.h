/* SPDX-License-Identifier: Apache-2.0
 *
 * The models of data/models: how each is recognised, which driver speaks to it, and in what it
 * differs from its family. It does not know the drivers: whether a driver or a step exists is asked
 * of whoever loads it. */
#pragma once

#include "lib/knows.h"

G_BEGIN_DECLS

/* BEHAVIOUR(name, key, usual, special): a key of a model's file with two words; the special one
 * sets the bit. */
/* clang-format off */
#define BEHAVIOUR_LIST(BEHAVIOUR)                                                                  \
	/* QFOTADL takes the address as the vendor's parameter table spells it (HTTP://host/port/path), \
	 * not as the example does (http://host:port/path). */                                     \
	BEHAVIOUR(URL_TABLE, "url_form", "example", "table")
/* clang-format on */

enum {
#define BEHAVIOUR(name, key, usual, special) BEHAVIOUR_INDEX_##name,
	BEHAVIOUR_LIST(BEHAVIOUR)
#undef BEHAVIOUR
		N_BEHAVIOURS
};

typedef enum {
#define BEHAVIOUR(name, key, usual, special) BEHAVIOUR_##name = 1u << BEHAVIOUR_INDEX_##name,
	BEHAVIOUR_LIST(BEHAVIOUR)
#undef BEHAVIOUR
} Behaviour;

typedef enum { VERSION_EXACT } VersionRule;

#define STEP_AS_TABLE G_MAXUINT /* not overridden: the step table's own value holds */

typedef struct {
	char *procedure, *step;
	guint timeout_s, limit_s, tries, pause_ms; /* or STEP_AS_TABLE */
} StepOverride;

typedef struct {
	char *name;        /* "MC65" */
	char *maker;       /* glob on AT+CGMI, "Quectel*" */
	char **match;      /* globs on AT+CGMM, "Quectel_MC65*" */
	char *driver;      /* "quectel-dfota" */
	guint32 behaviour; /* BEHAVIOUR_… */
	VersionRule version_rule;
	guint update_limit;   /* updates that a unit may have in its life; 0: no limit */
	guint update_warning; /* from this many on there is a warning; 0: none */
	GPtrArray *steps;     /* of StepOverride */
} Model;

typedef struct _Models Models;

/* Reads every .ini file of `dir`. NULL only when the folder cannot be read; everything wrong is
 * added to `complaints`. */
Models *models_load(const char *dir, const ConfigKnows *knows, GPtrArray *complaints);
void models_free(Models *models);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Models, models_free)

/* The model of what AT+CGMM and AT+CGMI say, without regard to case; the longest pattern wins. An
 * empty `maker` (not every firmware answers) is not compared. NULL: none of ours. Borrowed. */
const Model *models_match(const Models *models, const char *cgmm, const char *maker);
const Model *models_find(const Models *models, const char *name);
guint models_count(const Models *models);
const Model *models_nth(const Models *models, guint n);

/* Whether a version read from the unit is the wanted one, as the model's rule says. */
bool model_version_is(const Model *model, const char *version, const char *target);
/* NULL: the step is not overridden. */
const StepOverride *model_step(const Model *model, const char *procedure, const char *step);

G_END_DECLS
