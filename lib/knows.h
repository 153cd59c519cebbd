/* SPDX-License-Identifier: Apache-2.0
 *
 * What the drivers offer, as questions: readers of files that name drivers, procedures and steps
 * ask them. It does not know the drivers, so that those readers need not either. */
#pragma once

#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

typedef struct {
	bool (*driver)(const char *driver);
	/* `procedure` is one of that driver. */
	bool (*procedure)(const char *driver, const char *procedure);
	bool (*step)(const char *procedure, const char *step);
	/* Longest URL in bytes that the procedure can send to a module; 0: it fetches from no
	 * URL. */
	guint (*url_limit)(const char *procedure);
	/* What must be configured for the vendor's service that has its packages (CLOUD_… of step.h); 0: there is none. */
	guint (*cloud)(const char *procedure);
	/* It brings a package to a unit; others register, test or ask. */
	bool (*updates)(const char *procedure);
} ConfigKnows;

G_END_DECLS
