/* SPDX-License-Identifier: Apache-2.0
 *
 * What a canvas shows, as text without colours. It does not know what was drawn. */
#pragma once

#include <string>

#include "tui/canvas.h"

/* One row, without the blanks at its end. */
inline std::string canvas_line(const Canvas *canvas, int y)
{
	std::string line;

	for (int x = 0; x < canvas_cols(canvas); x++) {
		gunichar ch = canvas_cell(canvas, x, y)->ch;
		char utf8[6];

		if (ch != 0)
			line.append(utf8, (gsize)g_unichar_to_utf8(ch, utf8));
	}
	line.erase(line.find_last_not_of(' ') + 1);
	return line;
}

inline std::string canvas_string(const Canvas *canvas)
{
	std::string text;

	for (int y = 0; y < canvas_rows(canvas); y++)
		text += canvas_line(canvas, y) + "\n";
	return text;
}
