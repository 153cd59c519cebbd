/* SPDX-License-Identifier: Apache-2.0
 *
 * The front end on a terminal: wires the dashboard to the station and the loop. It does not know what is drawn. */
#pragma once

#include "station/app.h"

G_BEGIN_DECLS

/* Returns the exit code; what could not even begin is printed and has its code. */
int dashboard_run(const AppSetup *setup);

G_END_DECLS
