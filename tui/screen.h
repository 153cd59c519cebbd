/* SPDX-License-Identifier: Apache-2.0
 *
 * A terminal: its modes, its size, and the bytes that bring it from what it shows to what a canvas holds.
 * It does not know what is drawn, and it writes nothing: the bytes are handed to the caller, so a terminal that
 * takes none (Ctrl-S, a dead line) can never stop the rack. */
#pragma once

#include "tui/canvas.h"
#include "tui/theme.h"

G_BEGIN_DECLS

typedef enum {
	SCREEN_ERROR_NO_TERMINAL, /* not a terminal, or one that cannot show a dashboard */
	SCREEN_ERROR_SYSTEM
} ScreenError;

#define SCREEN_ERROR (screen_error_quark())
GQuark screen_error_quark(void);

typedef struct _Screen Screen;

/* `colours`: show at most so many. `fd` is the terminal, open for reading for the life of the screen; its modes are changed until screen_free().
 * `utf8`: what it can show. One screen at a time: curses knows no more. */
Screen *screen_new(int fd, bool utf8, int colours, GError **error);
/* Puts the terminal's modes back. screen_leave() comes before. */
void screen_free(Screen *screen);

/* 256, 8 or 0. */
int screen_colours(const Screen *screen);
/* What the terminal says now; from now on the next canvas shown must have this size. */
void screen_size(Screen *screen, int *cols, int *rows);

/* The bytes that make the terminal show the canvas, none when it already does; borrowed until the next call. They must
 * reach the terminal whole: after a loss screen_forget() comes next. */
const char *screen_show(Screen *screen, const Canvas *canvas, const Theme *theme, gsize *len);
/* The terminal may show anything: the next canvas is sent whole. */
void screen_forget(Screen *screen);
/* The terminal's modes are put back for a while, after screen_leave(); and taken again. */
void screen_pause(Screen *screen);
void screen_resume(Screen *screen);
/* The bytes that give the terminal back as it was. */
const char *screen_leave(Screen *screen, gsize *len);

/* What has been typed, up to `size` bytes, without ever waiting; 0: nothing, -1: the terminal is gone. */
gssize screen_read(Screen *screen, char *bytes, gsize size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Screen, screen_free)

G_END_DECLS
