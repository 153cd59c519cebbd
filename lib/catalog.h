/* SPDX-License-Identifier: Apache-2.0
 *
 * The catalogue: which firmware each model must have, per work order where orders differ, and the
 * packages that lead there. It does not know how a package reaches a module, nor which chain a unit
 * needs. */
#pragma once

#include "lib/model.h"
#include "lib/service.h"

G_BEGIN_DECLS

typedef enum {
	PACKAGE_FILE, /* the station has it: it sends it over the AT port, or serves it */
	PACKAGE_URL,  /* somebody else serves it */
	PACKAGE_CLOUD /* the vendor's own service has it: of its content nothing is known */
} PackageKind;

/* Strings are the catalogue's. */
typedef struct {
	const char *name, *model, *from, *to, *procedure;
	PackageKind kind;
	const char *file; /* PACKAGE_FILE: path; NULL otherwise */
	const char *url;  /* PACKAGE_URL; NULL otherwise */
	const char *
		cloud_version; /* PACKAGE_CLOUD: what the service calls `to`, or NULL; NULL otherwise */
	guint64 size;          /* bytes; PACKAGE_CLOUD: 0 */
	char sha256[65];       /* lower case; PACKAGE_CLOUD: "" */
	bool served;           /* PACKAGE_FILE: units fetch it from the station's own server */
	int fd; /* PACKAGE_FILE: sealed memory file; -1 until it is loaded, and for other kinds */
	const guint8 *data; /* the same bytes, mapped; NULL where fd is -1 */
} Package;

typedef struct _Catalog Catalog;

/* Reads the catalogue, not yet the content of its packages. NULL when the file cannot be read at
 * all. What is wrong is added to `complaints`, what is only odd to `warnings`; `models` must
 * outlive the catalogue. Package files are named from the folder of `path`. */
Catalog *catalog_open(const char *path, const Models *models, const ConfigKnows *knows,
		      GPtrArray *complaints, GPtrArray *warnings);
/* The same warnings once more, for whoever wants them in another language. */
void catalog_warn(const Catalog *catalog, const Models *models, GPtrArray *warnings);
/* Copies and hashes at most 256 KiB of one package into sealed memory, where no later change of the
 * file reaches it; packages of equal content share the memory. True: there is more to do. */
bool catalog_load_step(Catalog *catalog, GPtrArray *complaints);
void catalog_free(Catalog *catalog);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Catalog, catalog_free)

const char *catalog_version(const Catalog *catalog);
/* The firmware that a unit of that model must have in a work order (NULL, or an order that the
 * catalogue does not name: in general). NULL: the catalogue has no target for this model. */
const char *catalog_target(const Catalog *catalog, const char *order, const char *model);
/* A firmware version as modules print them: it is sent back to modules, compared with what they say, and fits a Unit. */
bool catalog_is_version(const char *text);
#define CATALOG_VERSION_BYTES 63
/* For this run the model's target is `version`, whatever the catalogue and the orders say. False:
 * no such model there, or no version. */
bool catalog_set_target(Catalog *catalog, const char *model, const char *version);
/* Packages to an older version may be part of a plan. */
bool catalog_downgrade(const Catalog *catalog, const char *model);
/* The account of that model at its vendor's service, without its secret; NULL: there is none. */
const CloudAccount *catalog_cloud(const Catalog *catalog, const char *model);
bool catalog_has_order(const Catalog *catalog, const char *order);
/* Good units after which the order is complete; 0: no end. */
guint catalog_quantity(const Catalog *catalog, const char *order);

/* Adds "FILE:LINE: …" with the line of the nth package. */
void catalog_complain(const Catalog *catalog, guint n, GPtrArray *complaints, const char *format,
		      ...) G_GNUC_PRINTF(4, 5);
guint catalog_packages(const Catalog *catalog);
const Package *catalog_package(const Catalog *catalog, guint n);

G_END_DECLS
