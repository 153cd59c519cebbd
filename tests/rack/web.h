/* SPDX-License-Identifier: Apache-2.0 */
/* The server of somebody else, where packages of kind url lie: plain HTTP on the loopback. It knows
 * names and bytes. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct Web Web;

Web *web_new(GError **error);
void web_free(Web *web);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Web, web_free)
/* Gives the package a URL. */
char *web_publish(Web *web, const char *name, GBytes *bytes);

G_END_DECLS
