/* SPDX-License-Identifier: Apache-2.0 */
/* What DTR and RTS do to a module in its fixture: one of them may be its power key, and both may
 * have to rest off. It knows no protocol and no slot's presence. */
#pragma once

#include "module.h"

G_BEGIN_DECLS

/* Power is there: it starts, or waits for its key. */
void key_power(Module *module);
/* The host moved a line. */
void key_moved(Module *module, guint lines);
void key_init(Module *module);
void key_stop(Module *module);

G_END_DECLS
