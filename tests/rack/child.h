/* SPDX-License-Identifier: Apache-2.0 */
/* The command that runs in the rack: started with the environment that shows it the simulated
 * devices, given the terminal and the signals, and ended with all that it started. It knows nothing
 * of the devices. */
#pragma once

#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

typedef struct Child Child;

/* ended: called once with the exit code to hand on. */
Child *child_start(char **argv, const char *root, void (*ended)(void *data, int code), void *data,
		   GError **error);
/* Ends whatever is left. */
void child_free(Child *child);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Child, child_free)

G_END_DECLS
