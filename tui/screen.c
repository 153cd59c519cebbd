/* SPDX-License-Identifier: Apache-2.0
 *
 * Curses, behind a file in memory: it finds the differences and knows the terminal's language, and nothing else.
 * It does not know what is drawn. Curses touches neither the terminal's modes, nor its size, nor its input: its writes
 * and its waits would stop the whole rack with the terminal. */
#include "tui/screen.h"

#define NCURSES_WIDECHAR 1
#include <ncurses.h>
#include <term.h>

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

G_DEFINE_QUARK(fota-screen-error, screen_error);

struct _Screen {
	int fd;
	bool utf8, forgotten;
	int colours;           /* 256, 8 or 0 */
	struct termios before; /* the terminal's modes as they were found */
	bool raw;
	SCREEN *curses;
	FILE *in, *out; /* what curses believes to be the terminal */
	GByteArray *bytes;
	GString *run;
	Canvas *shown; /* what curses has been told; NULL: nothing that counts */
};

/* Keys come one by one and are not echoed; what is sent arrives as it is, and nothing stops it. Reading never waits.
 * No key is a signal: it would halt or kill the station in mid-flash, and a scanner may end its lines with Ctrl-C. */
static bool set_modes(Screen *screen, GError **error)
{
	struct termios modes;

	if (tcgetattr(screen->fd, &screen->before) < 0) {
		g_set_error(error, SCREEN_ERROR, SCREEN_ERROR_NO_TERMINAL,
			    _("the dashboard needs a terminal: use `fota-station batch` to work "
			      "without one"));
		return false;
	}
	modes = screen->before;
	modes.c_iflag &= ~(ICRNL | INLCR | IGNCR | IXON | IXOFF | ISTRIP);
	modes.c_oflag &= ~OPOST;
	modes.c_lflag &= ~(ICANON | ECHO | ECHONL | IEXTEN | ISIG);
	modes.c_cc[VMIN] = 0;
	modes.c_cc[VTIME] = 0;
	if (tcsetattr(screen->fd, TCSANOW, &modes) < 0) {
		g_set_error(error, SCREEN_ERROR, SCREEN_ERROR_SYSTEM,
			    _("cannot set the terminal's modes: %s"), g_strerror(errno));
		return false;
	}
	screen->raw = true;
	return true;
}

static FILE *memory_file(void)
{
	int fd = memfd_create("screen", MFD_CLOEXEC);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w+");

	if (fd >= 0 && !file)
		close(fd);
	return file;
}

/* Curses installs handlers for these wherever the default stands: they are the station's, not the screen's. */
static SCREEN *new_terminal(const char *term, FILE *out, FILE *in)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGTSTP, SIGWINCH };
	struct sigaction before[G_N_ELEMENTS(signals)];
	SCREEN *curses;

	for (guint i = 0; i < G_N_ELEMENTS(signals); i++)
		sigaction(signals[i], NULL, &before[i]);
	curses = newterm(term, out, in);
	for (guint i = 0; i < G_N_ELEMENTS(signals); i++)
		sigaction(signals[i], &before[i], NULL);
	return curses;
}

/* Whether the system knows the terminal, and the terminal can put text where it is wanted. */
static bool is_usable(const char *term, int fd)
{
	int status;
	const char *cup;

	if (!term || !*term || setupterm(term, fd, &status) != OK)
		return false;
	cup = tigetstr("cup");
	del_curterm(cur_term);
	return cup && cup != (const char *)-1;
}

static bool start_curses(Screen *screen, GError **error)
{
	const char *term = getenv("TERM");

	screen->in = fopen("/dev/null", "re");
	screen->out = memory_file();
	if (!screen->in || !screen->out) {
		g_set_error(error, SCREEN_ERROR, SCREEN_ERROR_SYSTEM,
			    _("cannot make room for the screen: %s"), g_strerror(errno));
		return false;
	}
	if (is_usable(term, fileno(screen->out)))
		screen->curses = new_terminal(term, screen->out, screen->in);
	if (!screen->curses) {
		g_set_error(
			error, SCREEN_ERROR, SCREEN_ERROR_NO_TERMINAL,
			_("no dashboard can be shown on a terminal of the type TERM=%s: set TERM "
			  "to what it is, or use `fota-station batch`"),
			term ? term : "");
		return false;
	}
	return true;
}

/* Curses wants small numbers for pairs of colours: a meaning's is its own number and one. */
static void start_colours(Screen *screen, int most)
{
	bool defaults;
	Theme theme;

	if (most < 8 || !has_colors() || start_color() != OK || COLORS < 8 ||
	    COLOR_PAIRS <= N_MEANINGS)
		return;
	screen->colours = COLORS >= 256 && most >= 256 ? 256 : 8;
	theme = theme_get(screen->colours, true);
	defaults = use_default_colors() == OK;
	for (int i = 0; i < N_MEANINGS; i++) {
		int fg = theme.styles[i].fg, bg = theme.styles[i].bg;

		init_pair(i + 1, fg == COLOUR_DEFAULT && !defaults ? COLOR_WHITE : fg,
			  bg == COLOUR_DEFAULT && !defaults ? COLOR_BLACK : bg);
	}
}

Screen *screen_new(int fd, bool utf8, int colours, GError **error)
{
	g_autoptr(Screen) screen = g_new0(Screen, 1);

	screen->fd = fd;
	screen->utf8 = utf8;
	screen->bytes = g_byte_array_new();
	screen->run = g_string_new(NULL);
	if (!start_curses(screen, error) || !set_modes(screen, error))
		return NULL;
	typeahead(-1);
	nonl();
	leaveok(stdscr, TRUE);
	scrollok(stdscr, FALSE);
	curs_set(0);
	start_colours(screen, colours);
	return g_steal_pointer(&screen);
}

void screen_free(Screen *screen)
{
	if (!screen)
		return;
	if (screen->curses)
		delscreen(screen->curses);
	if (screen->raw)
		tcsetattr(screen->fd, TCSANOW, &screen->before);
	g_clear_pointer(&screen->in, fclose);
	g_clear_pointer(&screen->out, fclose);
	g_byte_array_unref(screen->bytes);
	g_string_free(screen->run, TRUE);
	g_clear_pointer(&screen->shown, canvas_free);
	g_free(screen);
}

int screen_colours(const Screen *screen)
{
	return screen->colours;
}

void screen_pause(Screen *screen)
{
	tcsetattr(screen->fd, TCSADRAIN, &screen->before);
}

void screen_resume(Screen *screen)
{
	/* It was a terminal all the time; one that has gone meanwhile is noticed by reading. */
	set_modes(screen, NULL);
	screen_forget(screen);
}

void screen_size(Screen *screen, int *cols, int *rows)
{
	struct winsize size = { 0 };

	/* A serial line knows no size: then it is what terminals have always been. */
	if (ioctl(screen->fd, TIOCGWINSZ, &size) < 0 || !size.ws_col || !size.ws_row)
		size = (struct winsize){ .ws_col = 80, .ws_row = 24 };
	*cols = MIN(size.ws_col, 500);
	*rows = MIN(size.ws_row, 200);
	resizeterm(*rows, *cols);
}

/* Takes what curses has written out of the file. */
static const char *drain(Screen *screen, gsize *len)
{
	int fd = fileno(screen->out);
	off_t size;

	fflush(screen->out);
	size = lseek(fd, 0, SEEK_END);
	g_byte_array_set_size(screen->bytes, MAX(size, 0));
	*len = size > 0 ? MAX(pread(fd, screen->bytes->data, size, 0), 0) : 0;
	if (ftruncate(fd, 0) == 0)
		lseek(fd, 0, SEEK_SET);
	return (const char *)screen->bytes->data;
}

static void set_pen(const Screen *screen, Pen pen, const Theme *theme)
{
	const Style *style = &theme->styles[pen.meaning];
	bool colour = style->fg != COLOUR_DEFAULT || style->bg != COLOUR_DEFAULT;
	attr_t attr = A_NORMAL;

	/* Bold black is a dark grey on many terminals: the one thing that must be read would be hard to read. */
	if ((style->bold || pen.strong) && style->fg != COLOUR_BLACK && style->fg != 16)
		attr |= A_BOLD;
	if (style->dim && !pen.strong)
		attr |= A_DIM;
	if (style->reverse)
		attr |= A_REVERSE;
	attr_set(attr, colour && screen->colours ? pen.meaning + 1 : 0, NULL);
}

/* A terminal that cannot show a character shows a question mark, of the same width. */
static void add_cell(GString *run, const Cell *cell, bool utf8)
{
	if (cell->ch == 0)
		return;
	if (utf8 || cell->ch < 0x7f)
		g_string_append_unichar(run, cell->ch);
	else
		g_string_append(run, g_unichar_iswide(cell->ch) ? "? " : "?");
}

static bool same_pen(Pen a, Pen b)
{
	return a.meaning == b.meaning && a.strong == b.strong;
}

static void show_row(Screen *screen, const Canvas *canvas, const Theme *theme, int y)
{
	int x, end;

	if (!canvas_differs(canvas, screen->shown, y, &x, &end))
		return;
	while (x < end) {
		const Pen pen = canvas_cell(canvas, x, y)->pen;
		int begin = x;

		g_string_truncate(screen->run, 0);
		for (; x < end && same_pen(canvas_cell(canvas, x, y)->pen, pen); x++)
			add_cell(screen->run, canvas_cell(canvas, x, y), screen->utf8);
		set_pen(screen, pen, theme);
		mvaddstr(y, begin, screen->run->str);
	}
}

const char *screen_show(Screen *screen, const Canvas *canvas, const Theme *theme, gsize *len)
{
	if (screen->forgotten)
		g_clear_pointer(&screen->shown, canvas_free);
	for (int y = 0; y < canvas_rows(canvas); y++)
		show_row(screen, canvas, theme, y);
	screen->shown = canvas_copy(canvas, screen->shown);
	if (screen->forgotten)
		clearok(curscr, TRUE);
	screen->forgotten = false;
	refresh();
	return drain(screen, len);
}

void screen_forget(Screen *screen)
{
	screen->forgotten = true;
}

const char *screen_leave(Screen *screen, gsize *len)
{
	endwin();
	return drain(screen, len);
}

gssize screen_read(Screen *screen, char *bytes, gsize size)
{
	struct pollfd poll_fd = { .fd = screen->fd, .events = POLLIN };
	gssize n = read(screen->fd, bytes, size);

	if (n > 0)
		return n;
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	/* Nothing to read is what a terminal says that has gone, too. */
	return poll(&poll_fd, 1, 0) > 0 && (poll_fd.revents & (POLLHUP | POLLERR | POLLNVAL)) ? -1
											      : 0;
}
