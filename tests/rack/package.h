/* SPDX-License-Identifier: Apache-2.0 */
/* Delta packages of the rack's own format: what each leads from and to, and bytes that prove that
 * it arrived whole. It knows neither modules nor files. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "rng.h"

G_BEGIN_DECLS

typedef struct {
	char model[24];
	char from[40];
	char to[40];
} PackageHead;

/* size is raised to what the head needs; the bytes contain "+++" when the caller wants it. */
GBytes *package_make(const PackageHead *head, gsize size, bool plus, Rng *rng);
/* false: no package, or a damaged one. */
bool package_read(GBytes *package, PackageHead *head);

G_END_DECLS
