/* SPDX-License-Identifier: Apache-2.0
 *
 * What each USB interface of a known device is good for, from data/roles.ini. It does not know
 * which module it is: one vid:pid serves several families, and behind an adapter it says nothing at
 * all. */
#pragma once

#include "lib/port.h"

#include <stdbool.h>

G_BEGIN_DECLS

typedef struct _Roles Roles;

/* NULL when the file cannot be read at all; everything wrong is added to `complaints`. */
Roles *roles_load(const char *path, GPtrArray *complaints);
void roles_free(Roles *roles);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Roles, roles_free)

/* ROLE_UNKNOWN for a device or interface that the file does not name: never opened. */
PortRole roles_of(const Roles *roles, guint16 vid, guint16 pid, guint8 interface_no);
/* A serial adapter that stays in the fixture, with the module behind it. */
bool roles_adapter(const Roles *roles, guint16 vid, guint16 pid);
/* A device that has an interface of this role when it is complete. */
bool roles_has(const Roles *roles, guint16 vid, guint16 pid, PortRole role);

G_END_DECLS
