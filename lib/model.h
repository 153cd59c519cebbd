/* SPDX-License-Identifier: Apache-2.0
 *
 * The models of data/models: how each is recognised, which driver speaks to it, and in what it
 * differs from its family. It does not know the drivers: whether a driver or a step exists is asked
 * of whoever loads it. */
#pragma once

#include "lib/knows.h"
#include "lib/settings.h"

G_BEGIN_DECLS

/* BEHAVIOUR(name, key, usual, special): a key of a model's file with two words; the special one
 * sets the bit. */
/* clang-format off */
#define BEHAVIOUR_LIST(BEHAVIOUR)                                                                  \
	/* QFOTADL takes the address as the vendor's parameter table spells it (HTTP://host/port/path), \
	 * not as the example does (http://host:port/path). */                                     \
	BEHAVIOUR(URL_TABLE, "url_form", "example", "table")                                       \
	/* Contexts are counted, and AT+CNCFG has the access point, not AT+CNACT. */               \
	BEHAVIOUR(BEARER_CNCFG, "bearer", "cnact", "cncfg")                                        \
	/* Which of those contexts the module fetches over. */                                     \
	BEHAVIOUR(PDP_ONE, "pdp", "0", "1")                                                        \
	/* AT+CFOTA? knows 2 to 5 as well: what becomes of a recovery. */                          \
	BEHAVIOUR(RECOVERY, "recovery", "none", "states")
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

typedef enum {
	VERSION_EXACT,
	VERSION_SIMCOM_SUFFIX, /* every character, and one number with other letters behind it is another variant's */
	VERSION_SIMCOM_G, /* the same, but a G at the end may come or go */
} VersionRule;

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
	char *csub, *qcn; /* globs on what AT+SIMCOMATI says after the update; NULL: not compared */
	guint url_max;    /* longest URL it takes, in bytes; 0: as long as the procedure's */
	GPtrArray *steps; /* of StepOverride */
	GPtrArray *settings; /* of Setting: what an update erases; NULL: nothing is known of that */
	Setting *serial;     /* how it is asked for its serial number; NULL: it is not */
	char *pfm_from; /* Telit: the oldest firmware that its update service is for, "10.00.xx7"; NULL: not said */
} Model;

typedef struct _Models Models;

/* Reads every .ini file of `dir`, and settings.ini beside it. NULL only when the folder cannot be read; everything wrong is
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
/* Whether it is the wanted one's number with the letters of another variant. */
bool model_version_is_variant(const Model *model, const char *version, const char *target);
/* Whether what the unit says of itself fits a pattern of its model's file; without regard to case. */
bool model_fits(const char *pattern, const char *text);
/* The URL as this model wants it spelt; NULL: it is none. Free with g_free. */
char *model_url(const Model *model, const char *url);
/* The longest URL in bytes that it takes, of those that a procedure with this limit can send. */
guint model_url_limit(const Model *model, guint limit);
/* NULL: the step is not overridden. */
const StepOverride *model_step(const Model *model, const char *procedure, const char *step);

G_END_DECLS
