/* SPDX-License-Identifier: Apache-2.0
 *
 * One run of gnuplot: script in, SVG out. It does not know what the numbers are about. */
#include "station/log_plot.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* Names come from the record, and gnuplot takes some characters for commands. */
static void add_label(GString *data, const char *label)
{
	g_string_append_c(data, '"');
	for (; *label; label = g_utf8_next_char(label)) {
		gunichar c = g_utf8_get_char(label);

		g_string_append_unichar(
			data, g_unichar_isalnum(c) || (c < 0x80 && strchr(" -_.:+/", c)) ? c : '.');
	}
	g_string_append_c(data, '"');
}

void plot_line(GString *data, const char *label, const double *numbers, guint n)
{
	g_autofree char *valid = g_utf8_make_valid(label, -1);
	char text[G_ASCII_DTOSTR_BUF_SIZE];

	add_label(data, valid);
	for (guint i = 0; i < n; i++)
		g_string_append_printf(
			data, " %s",
			isnan(numbers[i]) ? "NaN" : g_ascii_dtostr(text, sizeof(text), numbers[i]));
	g_string_append_c(data, '\n');
}

char *plot_draw(const GString *data, const char *commands, guint width, guint height,
		GError **error)
{
	g_autofree char *script = g_strdup_printf(
		"set terminal svg size %u,%u dynamic noenhanced font 'sans-serif,13'\n"
		"set encoding utf8\nset style fill solid 0.9 noborder\nset border 3\n"
		"set tics nomirror out scale 0.5\nset grid ytics lc rgb '#dddddd' lt 1\n"
		"$d << EOD\n%sEOD\n%s\n",
		width, height, data->str, commands);
	/* Nobody's own settings: the picture is the same at every desk. */
	g_autoptr(GSubprocess) gnuplot =
		g_subprocess_new(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
					 G_SUBPROCESS_FLAGS_STDERR_PIPE,
				 error, "gnuplot", "-d", NULL);
	char *svg = NULL;
	g_autofree char *words = NULL;

	if (!gnuplot || !g_subprocess_communicate_utf8(gnuplot, script, NULL, &svg, &words, error))
		return NULL;
	if (g_subprocess_get_successful(gnuplot) && svg && strstr(svg, "</svg>"))
		return svg;
	g_free(svg);
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, _("gnuplot could not draw: %s"),
		    words ? g_strstrip(words) : "");
	return NULL;
}
