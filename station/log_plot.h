/* SPDX-License-Identifier: Apache-2.0
 *
 * Pictures for a report, drawn by gnuplot as SVG. It does not know what the numbers are about. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A line of data for a plot: `label` may be anything, what is no plain letter or digit of it is shown as a dot. */
void plot_line(GString *data, const char *label, const double *numbers, guint n);

/* Runs gnuplot over `data` (block $d) and `commands`; SVG of that size to be freed, or NULL with error. */
char *plot_draw(const GString *data, const char *commands, guint width, guint height,
		GError **error);

G_END_DECLS
