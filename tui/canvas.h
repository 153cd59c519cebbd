/* SPDX-License-Identifier: Apache-2.0
 *
 * A grid of cells that views draw on: each holds a character, what it means, and whether it is emphasised.
 * It does not know which colour a meaning has, nor that there is a terminal. */
#pragma once

#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

typedef struct {
	int x, y, w, h;
} Rect;

typedef enum {
	MEANING_PLAIN,
	MEANING_FAINT, /* there, but not for the eye to rest on */
	MEANING_TITLE,
	MEANING_KEY,    /* something to press */
	MEANING_INSERT, /* room for a unit */
	MEANING_BUSY,   /* being worked on, may be touched at the price of a failed unit */
	MEANING_DANGER, /* must not be touched */
	MEANING_GOOD,
	MEANING_BAD,
	MEANING_ODD,     /* neither good nor bad: not done, parked */
	MEANING_WARNING, /* trouble that is over, or that concerns one slot */
	MEANING_BANNER,  /* trouble that goes on */
	N_MEANINGS
} Meaning;

/* What is drawn with. */
typedef struct {
	Meaning meaning;
	bool strong;
} Pen;

typedef struct {
	gunichar ch; /* 0: the right half of the wide character before it */
	Pen pen;
} Cell;

typedef struct _Canvas Canvas;

/* `ellipsis` ends a text that is cut; one column wide. */
Canvas *canvas_new(int cols, int rows, gunichar ellipsis);
void canvas_free(Canvas *canvas);
int canvas_cols(const Canvas *canvas);
int canvas_rows(const Canvas *canvas);
/* x and y must lie inside. */
const Cell *canvas_cell(const Canvas *canvas, int x, int y);

/* The cells `from` to before `to` of row y are all in which it is not as it was before, wide characters whole; false: none are.
 * `before` has the same size; NULL: nothing is known of it. */
bool canvas_differs(const Canvas *canvas, const Canvas *before, int y, int *from, int *to);
/* A copy, to be freed, which may be given back to be used again; NULL: a new one. */
Canvas *canvas_copy(const Canvas *canvas, Canvas *used);

/* Blanks every cell and lets the whole canvas be drawn on. */
void canvas_clear(Canvas *canvas);
/* From now on nothing outside `clip` is changed. */
void canvas_clip(Canvas *canvas, Rect clip);

void canvas_fill(Canvas *canvas, Rect area, Pen pen, gunichar ch);
/* Writes one line, at most `w` columns; cut with an ellipsis when it is longer. What cannot be printed (control
 * characters, bytes that are not UTF-8) becomes '?'. Returns the columns used. `text` may be NULL. */
int canvas_text(Canvas *canvas, int x, int y, int w, Pen pen, const char *text);
/* The same, ending at column x + w. */
int canvas_text_right(Canvas *canvas, int x, int y, int w, Pen pen, const char *text);
/* Writes over several rows, broken between words (between wide characters too). Returns the rows used. */
int canvas_wrap(Canvas *canvas, Rect area, Pen pen, const char *text);

/* Columns that one line of text takes, rows that wrapped text takes. */
int text_width(const char *text);
int text_rows(const char *text, int w);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Canvas, canvas_free)

G_END_DECLS
