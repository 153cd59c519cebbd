/* SPDX-License-Identifier: Apache-2.0
 *
 * From a unit's version to the target: the cheapest chain of packages, or one sentence saying why
 * there is none. It does not know slots, jobs or how often a unit may be updated. */
#pragma once

#include "lib/catalog.h"

G_BEGIN_DECLS

typedef struct {
	const Package **hops; /* borrowed from the catalogue */
	guint n_hops;         /* 0 without `refusal`: already at the target */
	char *refusal; /* NULL, or why there is no plan: one English sentence for the record */
} Plan;

/* Fewest hops, then fewest bytes, then the names in order. `target` NULL: the catalogue has none,
 * which is a refusal. Never NULL. */
Plan *plan_make(const Catalog *catalog, const Model *model, const char *version,
		const char *target);
void plan_free(Plan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Plan, plan_free)

/* Natural order: runs of digits compare as numbers, everything else byte by byte. Negative: `a` is
 * older. */
int plan_version_compare(const char *a, const char *b);

G_END_DECLS
