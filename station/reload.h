/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads the configuration anew while the station runs. It does not know who goes by the old one, nor how long. */
#pragma once

#include "station/app.h"

G_BEGIN_DECLS

typedef struct _Reload Reload;

/* What was read, the receiver's from now on; or NULL, and `said` has got a line for each complaint in the person's language,
 * `text` the same in English. */
typedef void (*ReloadDone)(gpointer user, Config *config, const char *said, const char *text);

/* Packages are read as at a start, which takes its time: in a thread of its own. `done` is called by the main loop, once.
 * Everything is borrowed and must outlive it. */
Reload *reload_begin(const AppSetup *setup, ReloadDone done, gpointer user);
/* Waits for the thread; from now on `done` is not called. */
void reload_end(Reload *reload);

/* What cannot change while a station runs, "FILE: KEY"; NULL: it can be taken. */
const char *reload_obstacle(const Config *now, const Config *next);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Reload, reload_end)

G_END_DECLS
