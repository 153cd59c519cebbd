/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of the catalogue, shared by catalog.c (content, questions) and catalog_read.c (sections). Nobody else includes
 * it, and it knows no file. */
#pragma once

#include "lib/catalog.h"
#include "lib/ini.h"
#include "lib/sealed.h"

G_BEGIN_DECLS

#define PACKAGE_SIZE_MAX (64 * 1024 * 1024)

typedef struct {
	const char *model, *version;
	bool downgrade;
	const IniSection *section;
	const char *key; /* where it is written */
} Target;

typedef struct {
	const char *name;
	guint quantity;
	GArray *targets; /* of Target */
} WorkOrder;

typedef struct {
	Package package;
	const IniSection *section;
} Entry;

typedef struct {
	const char *model;
	CloudAccount account;
} Cloud;

/* What a loaded package points to. */
typedef struct {
	int fd;
	void *data;
	gsize size;
} Content;

struct _Catalog {
	Ini *ini; /* its strings are the catalogue's */
	char *dir;
	const char *version;
	GArray *targets;      /* of Target */
	GArray *overrides;    /* of Target: what whoever started the run wants instead */
	GPtrArray *orders;    /* of WorkOrder */
	GArray *clouds;       /* of Cloud */
	GPtrArray *packages;  /* of Entry */
	GPtrArray *paths;     /* of char *: the files of packages */
	GHashTable *contents; /* SHA-256 to Content */
	guint loaded;         /* packages before this one are */
	SealedCopy *copy;     /* of the one that is being loaded */
};

/* Takes every section of the catalogue in; what is wrong is complained of, what is odd added to `warnings`. */
void catalog_read_sections(Catalog *catalog, const Models *models, const ConfigKnows *knows,
			   GPtrArray *warnings);

G_END_DECLS
