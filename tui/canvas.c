/* SPDX-License-Identifier: Apache-2.0
 *
 * Cells, clipping and the width of characters. It does not know what is drawn, nor where it ends up. */
#include "tui/canvas.h"

#include <string.h>

struct _Canvas {
	int cols, rows;
	Rect clip;
	gunichar ellipsis;
	Cell *cells;
};

Canvas *canvas_new(int cols, int rows, gunichar ellipsis)
{
	Canvas *canvas = g_new0(Canvas, 1);

	canvas->cols = MAX(cols, 1);
	canvas->rows = MAX(rows, 1);
	canvas->ellipsis = ellipsis;
	canvas->cells = g_new(Cell, (gsize)canvas->cols * canvas->rows);
	canvas_clear(canvas);
	return canvas;
}

void canvas_free(Canvas *canvas)
{
	if (!canvas)
		return;
	g_free(canvas->cells);
	g_free(canvas);
}

int canvas_cols(const Canvas *canvas)
{
	return canvas->cols;
}

int canvas_rows(const Canvas *canvas)
{
	return canvas->rows;
}

static Cell *cell_at(const Canvas *canvas, int x, int y)
{
	return &canvas->cells[(gsize)y * canvas->cols + x];
}

const Cell *canvas_cell(const Canvas *canvas, int x, int y)
{
	g_assert(x >= 0 && y >= 0 && x < canvas->cols && y < canvas->rows);
	return cell_at(canvas, x, y);
}

static bool same_cell(const Cell *a, const Cell *b)
{
	return a->ch == b->ch && a->pen.meaning == b->pen.meaning && a->pen.strong == b->pen.strong;
}

bool canvas_differs(const Canvas *canvas, const Canvas *before, int y, int *from, int *to)
{
	const Cell *now = cell_at(canvas, 0, y), *was = before ? cell_at(before, 0, y) : NULL;
	int first = 0, last = canvas->cols;

	while (was && first < last && same_cell(&now[first], &was[first]))
		first++;
	while (was && last > first && same_cell(&now[last - 1], &was[last - 1]))
		last--;
	if (first == last)
		return false;
	if (now[first].ch == 0)
		first--;
	if (last < canvas->cols && now[last].ch == 0)
		last++;
	*from = first;
	*to = last;
	return true;
}

Canvas *canvas_copy(const Canvas *canvas, Canvas *used)
{
	bool fits = used && used->cols == canvas->cols && used->rows == canvas->rows;
	Canvas *copy = fits ? used : canvas_new(canvas->cols, canvas->rows, canvas->ellipsis);

	if (used && !fits)
		canvas_free(used);
	memcpy(copy->cells, canvas->cells, sizeof(Cell) * canvas->cols * canvas->rows);
	return copy;
}

void canvas_clear(Canvas *canvas)
{
	const Cell blank = { .ch = ' ' };
	gsize n = (gsize)canvas->cols * canvas->rows;

	for (gsize i = 0; i < n; i++)
		canvas->cells[i] = blank;
	canvas->clip = (Rect){ 0, 0, canvas->cols, canvas->rows };
}

void canvas_clip(Canvas *canvas, Rect clip)
{
	int right = MIN(clip.x + clip.w, canvas->cols), bottom = MIN(clip.y + clip.h, canvas->rows);

	canvas->clip.x = MAX(clip.x, 0);
	canvas->clip.y = MAX(clip.y, 0);
	canvas->clip.w = MAX(right - canvas->clip.x, 0);
	canvas->clip.h = MAX(bottom - canvas->clip.y, 0);
}

static bool inside(const Canvas *canvas, int x, int y)
{
	const Rect *c = &canvas->clip;

	return x >= c->x && x < c->x + c->w && y >= c->y && y < c->y + c->h;
}

static void put_narrow(Canvas *canvas, int x, int y, Pen pen, gunichar ch)
{
	Cell *cell = cell_at(canvas, x, y);

	/* Half of a wide character cannot stay. */
	if (cell->ch == 0 && x > 0)
		cell[-1].ch = ' ';
	if (x + 1 < canvas->cols && cell[1].ch == 0)
		cell[1].ch = ' ';
	cell->ch = ch;
	cell->pen = pen;
}

/* Most text is ASCII, and most of what a frame costs is text. */
static bool is_wide(gunichar ch)
{
	return ch > 0x7e && g_unichar_iswide(ch);
}

static int char_width(gunichar ch)
{
	return is_wide(ch) ? 2 : 1;
}

static void put(Canvas *canvas, int x, int y, Pen pen, gunichar ch)
{
	bool wide = is_wide(ch);

	if (wide && inside(canvas, x, y) && inside(canvas, x + 1, y)) {
		put_narrow(canvas, x, y, pen, ' ');
		put_narrow(canvas, x + 1, y, pen, ' ');
		cell_at(canvas, x, y)->ch = ch;
		cell_at(canvas, x + 1, y)->ch = 0;
		return;
	}
	if (inside(canvas, x, y))
		put_narrow(canvas, x, y, pen, wide ? ' ' : ch);
	if (wide && inside(canvas, x + 1, y))
		put_narrow(canvas, x + 1, y, pen, ' ');
}

void canvas_fill(Canvas *canvas, Rect area, Pen pen, gunichar ch)
{
	const Rect *c = &canvas->clip;
	int left = MAX(area.x, c->x), right = MIN(area.x + area.w, c->x + c->w);
	int top = MAX(area.y, c->y), bottom = MIN(area.y + area.h, c->y + c->h);

	for (int y = top; y < bottom; y++)
		for (int x = left; x < right; x++)
			put_narrow(canvas, x, y, pen, ch);
}

/* The next character as it is shown, 0 at the end. Marks that combine with the one before have no cell of their own. */
static gunichar next_char(const char **text)
{
	while (**text) {
		if (**text >= ' ' && **text <= '~')
			return *(*text)++;

		gunichar ch = g_utf8_get_char_validated(*text, -1);

		if (ch == (gunichar)-1 || ch == (gunichar)-2) {
			(*text)++;
			return '?';
		}
		*text = g_utf8_next_char(*text);
		if (!g_unichar_isprint(ch) && !g_unichar_ismark(ch))
			return '?';
		if (!g_unichar_ismark(ch) && !g_unichar_iszerowidth(ch))
			return ch;
	}
	return 0;
}

int text_width(const char *text)
{
	int width = 0;
	gunichar ch;

	while (text && (ch = next_char(&text)))
		width += char_width(ch);
	return width;
}

/* Writes up to `end` (NULL: all), cut to w columns without an ellipsis; returns the columns used. */
static int write_run(Canvas *canvas, int x, int y, int w, Pen pen, const char *text,
		     const char *end)
{
	int used = 0;
	gunichar ch;

	while ((!end || text < end) && (ch = next_char(&text)) && used + char_width(ch) <= w) {
		put(canvas, x + used, y, pen, ch);
		used += char_width(ch);
	}
	return used;
}

int canvas_text(Canvas *canvas, int x, int y, int w, Pen pen, const char *text)
{
	int used;

	if (!text || w <= 0)
		return 0;
	if (text_width(text) <= w)
		return write_run(canvas, x, y, w, pen, text, NULL);
	used = write_run(canvas, x, y, w - 1, pen, text, NULL);
	put(canvas, x + used, y, pen, canvas->ellipsis);
	return used + 1;
}

int canvas_text_right(Canvas *canvas, int x, int y, int w, Pen pen, const char *text)
{
	int width = MIN(text_width(text), w);

	return canvas_text(canvas, x + w - width, y, width, pen, text);
}

/* Where the line that begins at `text` ends when it may take w columns; the next one begins at *next. */
static const char *break_line(const char *text, int w, const char **next)
{
	const char *end = text, *p = text;
	int width = 0;

	*next = NULL;
	while (*p) {
		const char *at = p;
		gunichar ch = next_char(&p);

		if (!ch) {
			end = *next = p;
			break;
		}
		if (ch == ' ') {
			end = at;
			*next = p;
		} else if (is_wide(ch) && at > text && width <= w) {
			end = *next = at;
		}
		width += char_width(ch);
		if (width > w) {
			/* A word longer than the line is cut; at least one character goes, or it would never end. */
			if (!*next)
				end = *next = at > text ? at : p;
			return end;
		}
	}
	*next = p;
	return p;
}

int text_rows(const char *text, int w)
{
	int rows = 0;

	while (text && *text && w > 0) {
		break_line(text, w, &text);
		rows++;
	}
	return rows;
}

int canvas_wrap(Canvas *canvas, Rect area, Pen pen, const char *text)
{
	int row = 0;

	while (text && *text && row < area.h && area.w > 0) {
		const char *next, *end = break_line(text, area.w, &next);

		if (*next && row == area.h - 1)
			canvas_text(canvas, area.x, area.y + row, area.w, pen, text);
		else
			write_run(canvas, area.x, area.y + row, area.w, pen, text, end);
		text = next;
		row++;
	}
	return row;
}
