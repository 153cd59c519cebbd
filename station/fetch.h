/* SPDX-License-Identifier: Apache-2.0
 *
 * Looks at packages that somebody else serves, as a module will: fetches each once and compares size and SHA-256.
 * It does not know what becomes of them. */
#pragma once

#include "lib/catalog.h"

G_BEGIN_DECLS

/* Adds a sentence for each package of kind url that is not what the catalogue says. Blocks; a server that says nothing for
 * 15 s is given up. */
void fetch_check(const Catalog *catalog, GPtrArray *complaints);

G_END_DECLS
