/* SPDX-License-Identifier: Apache-2.0
 *
 * Prints procedures as the tables they are. It does not know what any step does. */
#pragma once

#include "lib/step.h"

G_BEGIN_DECLS

/* Every procedure with its summary, a line each. Free with g_free. */
char *explain_list(void);
/* Every table of a driver, or the one of a procedure. NULL: there is none of that name. Free with g_free. */
char *explain(const char *name);

G_END_DECLS
