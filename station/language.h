/* SPDX-License-Identifier: Apache-2.0
 *
 * In which language the program speaks to people. It does not know what it says. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* As the environment says: once, before anything is said. Where its locale was never generated on this machine, a language that
 * there is a translation for is spoken all the same. */
void language_begin(void);
/* Another one from now on ("zh_CN"); "auto": as it is. */
void language_set(const char *language);

G_END_DECLS
