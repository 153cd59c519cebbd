/* SPDX-License-Identifier: Apache-2.0
 *
 * The headless front end: reports on standard output, signals, the summary, the exit code. It does not know how a unit is
 * updated. */
#pragma once

#include "station/app.h"
#include "station/batch.h"

G_BEGIN_DECLS

typedef struct {
	BatchRules rules;
	const char *json; /* file, "-" or NULL */
	bool quiet;
} BatchSetup;

/* Returns the exit code; what could not even begin is printed and has its code. */
int batch_front_run(const AppSetup *app_setup, const BatchSetup *setup);

G_END_DECLS
