/* SPDX-License-Identifier: Apache-2.0 */
/* Serial lines: a pty with a speed, with time for every byte, with garbage when the two ends
 * disagree about the speed, and with modem lines. They know nothing of what the bytes say. */
#include "line.h"

#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lines_page.h"

/* Bytes are moved in pieces of this length of real time: short enough to be unseen, long enough to
 * cost little. */
#define QUANTUM_US 4000
#define PIECE_MAX  4096
/* How often a host's DTR and RTS are looked at. */
#define LINES_MS  20
#define BAUD_MAX  4000000
#define OUTPUTS   (TIOCM_DTR | TIOCM_RTS)
#define CBAUDRATE (CBAUD | CBAUDEX)

struct LineSet {
	RackClock *clock;
	LinesEntry *page;
	int epoll;
	guint source;
	GPtrArray *lines;
	RackTimer look;
};

struct Line {
	LineSet *set;
	const LineOps *ops;
	void *owner;
	int master;
	guint number; /* of the pty */
	char pty[32];
	guint speed;
	Rng noise;
	GByteArray *out;
	gsize out_at;
	gint64 out_free, in_free; /* when the wire is free again, each way */
	RackTimer out_timer, in_timer;
	bool was_open;
	guint seen_moves, seen_opens;
};

static void line_in(void *data);
static void line_out(void *data);

static LinesEntry *line_entry(const Line *line)
{
	return &line->set->page[line->number];
}

const char *line_pty(const Line *line)
{
	return line->pty;
}

guint line_host_speed(const Line *line)
{
	struct termios2 tio;

	if (ioctl(line->master, TCGETS2, &tio) != 0)
		return 0;
	return tio.c_ospeed <= BAUD_MAX ? tio.c_ospeed : 0;
}

static bool line_drops_on_close(const Line *line)
{
	struct termios2 tio;

	return ioctl(line->master, TCGETS2, &tio) == 0 && (tio.c_cflag & HUPCL);
}

bool line_is_open(Line *line)
{
	struct pollfd fd = { .fd = line->master, .events = POLLOUT };

	return poll(&fd, 1, 0) >= 0 && !(fd.revents & POLLHUP);
}

/* A last close is seen by the wake-up that the kernel sends for it, or at the next look at the
 * line. */
static void line_check_closed(Line *line)
{
	bool open = line_is_open(line);

	if (open == line->was_open)
		return;
	line->was_open = open;
	if (open)
		return;
	ioctl(line->master, TCFLSH, TCOFLUSH);
	if (line_drops_on_close(line)) {
		LinesEntry *entry = line_entry(line);
		guint old = __atomic_fetch_and(&entry->lines, ~(guint)OUTPUTS, __ATOMIC_ACQ_REL);

		if (old & OUTPUTS)
			__atomic_add_fetch(&entry->moves, 1, __ATOMIC_ACQ_REL);
	}
	if (line->ops && line->ops->closed)
		line->ops->closed(line->owner);
}

static void line_check_moves(Line *line)
{
	LinesEntry *entry = line_entry(line);
	guint moves = __atomic_load_n(&entry->moves, __ATOMIC_ACQUIRE);

	if (moves == line->seen_moves)
		return;
	line->seen_moves = moves;
	if (line->ops && line->ops->moved)
		line->ops->moved(line->owner, line_outputs(line));
}

static void set_look(void *data)
{
	LineSet *set = data;

	for (guint i = 0; i < set->lines->len; i++) {
		Line *line = g_ptr_array_index(set->lines, i);
		guint opens = __atomic_load_n(&line_entry(line)->opens, __ATOMIC_ACQUIRE);

		/* Costs a system call only where something can have changed. */
		if (opens != line->seen_opens) {
			line->seen_opens = opens;
			line_check_closed(line);
		}
		line_check_moves(line);
	}
	timer_real(set->clock, &set->look, LINES_MS);
}

/* What comes out of a receiver that samples at the wrong speed: too fast, and every bit is seen
 * several times; too slow, and several bits become one. */
static GByteArray *garble(Line *line, const guint8 *data, gsize n, guint from, guint to)
{
	static const guint8 typical[] = { 0x00, 0xff, 0x80, 0xf8, 0xe0, 0xfe, 0xc0, 0x1c };
	GByteArray *out = g_byte_array_new();
	gsize count = (gsize)((double)n * to / MAX(from, 1u));

	for (gsize i = 0; i < CLAMP(count, 1, 4 * n); i++) {
		guint8 byte = rng_chance(&line->noise, 60)
				      ? typical[rng_below(&line->noise, G_N_ELEMENTS(typical))]
				      : (guint8)(rng_next(&line->noise) | 0x80);

		byte ^= data[i % n] & 1;
		g_byte_array_append(out, &byte, 1);
	}
	return out;
}

static double byte_us(const Line *line, guint baud)
{
	return 10e6 / MAX(baud, 50u) / clock_speed(line->set->clock);
}

static gsize piece_size(const Line *line, guint baud)
{
	return (gsize)CLAMP(QUANTUM_US / byte_us(line, baud), 1, PIECE_MAX);
}

/* Reads no faster than the wire carries; what waits, waits in the kernel as it would in the
 * adapter. */
static void line_in(void *data)
{
	Line *line = data;
	gint64 now = clock_now();
	guint host = line_host_speed(line);
	guint8 piece[PIECE_MAX];
	ssize_t n;

	if (now < line->in_free) {
		timer_at(line->set->clock, &line->in_timer, line->in_free);
		return;
	}
	n = read(line->master, piece, piece_size(line, host));
	line_check_closed(line);
	if (n <= 0)
		return;
	line->in_free =
		MAX(line->in_free, now - QUANTUM_US) + (gint64)((double)n * byte_us(line, host));
	timer_at(line->set->clock, &line->in_timer, MAX(line->in_free, now));
	if (!line->ops || !line->ops->bytes)
		return;
	if (line->speed == LINE_ANY_SPEED || line->speed == host) {
		line->ops->bytes(line->owner, piece, (gsize)n);
	} else {
		g_autoptr(GByteArray) noise = garble(line, piece, (gsize)n, host, line->speed);

		line->ops->bytes(line->owner, noise->data, noise->len);
	}
}

static void write_all(Line *line, const guint8 *data, gsize n)
{
	/* What does not fit is lost, as in a receiver that nobody empties. */
	if (write(line->master, data, n) < 0 && errno != EAGAIN && errno != EIO)
		g_debug("%s: %s", line->pty, g_strerror(errno));
}

static void line_out(void *data)
{
	Line *line = data;
	gint64 now = clock_now();
	gsize left = line->out->len - line->out_at;
	guint speed = line->speed ? line->speed : line_host_speed(line);
	gsize n = MIN(left, piece_size(line, speed));

	if (!left)
		return;
	line_check_closed(line);
	if (line->was_open) {
		guint host = line_host_speed(line);
		const guint8 *from = line->out->data + line->out_at;

		if (host == speed) {
			write_all(line, from, n);
		} else {
			g_autoptr(GByteArray) noise = garble(line, from, n, speed, host);

			write_all(line, noise->data, noise->len);
		}
	}
	line->out_at += n;
	line->out_free =
		MAX(line->out_free, now - QUANTUM_US) + (gint64)((double)n * byte_us(line, speed));
	if (line->out_at == line->out->len) {
		g_byte_array_set_size(line->out, 0);
		line->out_at = 0;
	} else {
		timer_at(line->set->clock, &line->out_timer, MAX(line->out_free, now + 1000));
	}
}

void line_send(Line *line, const guint8 *data, gsize n)
{
	g_byte_array_append(line->out, data, (guint)n);
	if (timer_armed(&line->out_timer))
		return;
	if (line->out_free > clock_now())
		timer_at(line->set->clock, &line->out_timer, line->out_free);
	else
		line_out(line);
}

double line_backlog_ms(const Line *line)
{
	gint64 rest = MAX(line->out_free - clock_now(), 0);
	double bytes = (double)(line->out->len - line->out_at);

	return (bytes * byte_us(line, line->speed ? line->speed : 115200) + (double)rest) / 1000.0 *
	       clock_speed(line->set->clock);
}

void line_drop_output(Line *line)
{
	g_byte_array_set_size(line->out, 0);
	line->out_at = 0;
	timer_stop(line->set->clock, &line->out_timer);
}

void line_set_speed(Line *line, guint baud)
{
	line->speed = baud;
}

void line_set_inputs(Line *line, guint mask, guint value)
{
	LinesEntry *entry = line_entry(line);
	guint old = __atomic_load_n(&entry->lines, __ATOMIC_ACQUIRE);

	while (!__atomic_compare_exchange_n(&entry->lines, &old, (old & ~mask) | (value & mask), 0,
					    __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		;
}

guint line_outputs(const Line *line)
{
	return __atomic_load_n(&line_entry(line)->lines, __ATOMIC_ACQUIRE) & OUTPUTS;
}

guint line_moves(const Line *line)
{
	return __atomic_load_n(&line_entry(line)->moves, __ATOMIC_ACQUIRE);
}

guint line_pulses(const Line *line, guint output)
{
	return __atomic_load_n(&line_entry(line)->pulses[output == TIOCM_RTS], __ATOMIC_ACQUIRE);
}

guint line_pulse_ms(const Line *line, guint output)
{
	return __atomic_load_n(&line_entry(line)->off_ms[output == TIOCM_RTS], __ATOMIC_ACQUIRE);
}

guint line_opens(const Line *line)
{
	/* It was opened once before any host could see it. */
	return __atomic_load_n(&line_entry(line)->opens, __ATOMIC_ACQUIRE) - 1;
}

void line_attach(Line *line, const LineOps *ops, void *owner)
{
	line->ops = ops;
	line->owner = owner;
}

void line_detach(Line *line)
{
	line->ops = NULL;
	line->owner = NULL;
	line_drop_output(line);
}

static gboolean set_ready(gint fd, GIOCondition condition, gpointer data)
{
	struct epoll_event events[64];
	int n = epoll_wait(fd, events, G_N_ELEMENTS(events), 0);

	for (int i = 0; i < n; i++) {
		Line *line = events[i].data.ptr;

		if (!timer_armed(&line->in_timer))
			line_in(line);
		if (events[i].events & EPOLLHUP)
			line_check_closed(line);
	}
	return G_SOURCE_CONTINUE;
}

LineSet *line_set_new(RackClock *clock, const char *root, GError **error)
{
	g_autofree char *path = g_build_filename(root, LINES_PAGE_FILE, NULL);
	gsize size = LINES_PAGE_MAX * sizeof(LinesEntry);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	void *map = MAP_FAILED;
	LineSet *set;

	if (fd >= 0 && ftruncate(fd, (off_t)size) == 0)
		map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED) {
		g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "%s: %s", path,
			    g_strerror(errno));
		return NULL;
	}
	close(fd);
	set = g_new0(LineSet, 1);
	set->clock = clock;
	set->page = map;
	set->epoll = epoll_create1(EPOLL_CLOEXEC);
	set->source = g_unix_fd_add(set->epoll, G_IO_IN, set_ready, NULL);
	set->lines = g_ptr_array_new();
	set->look.fn = set_look;
	set->look.data = set;
	timer_real(clock, &set->look, LINES_MS);
	return set;
}

void line_set_free(LineSet *set)
{
	timer_stop(set->clock, &set->look);
	g_source_remove(set->source);
	close(set->epoll);
	munmap(set->page, LINES_PAGE_MAX * sizeof(LinesEntry));
	g_ptr_array_free(set->lines, TRUE);
	g_free(set);
}

/* Opened and closed once, so that the kernel counts the slave as closed, with the settings of a new
 * serial port. */
static bool open_once(Line *line)
{
	int fd = open(line->pty, O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios2 tio;

	if (fd < 0)
		return false;
	if (ioctl(fd, TCGETS2, &tio) == 0) {
		tio.c_cflag = (tio.c_cflag & ~(tcflag_t)CBAUDRATE) | B9600 | HUPCL;
		tio.c_ispeed = tio.c_ospeed = 9600;
		ioctl(fd, TCSETS2, &tio);
	}
	return close(fd) == 0;
}

Line *line_new(LineSet *set, guint64 seed, GError **error)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLHUP | EPOLLET };
	Line *line = g_new0(Line, 1);

	line->set = set;
	line->noise = rng_fork(seed, 0x11e);
	line->out = g_byte_array_new();
	line->out_timer = (RackTimer){ .fn = line_out, .data = line };
	line->in_timer = (RackTimer){ .fn = line_in, .data = line };
	line->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (line->master < 0 || unlockpt(line->master) != 0 ||
	    ioctl(line->master, TIOCGPTN, &line->number) != 0 || line->number >= LINES_PAGE_MAX ||
	    ptsname_r(line->master, line->pty, sizeof(line->pty)) != 0 || !open_once(line)) {
		g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "no pty: %s",
			    g_strerror(errno));
		if (line->master >= 0)
			close(line->master);
		g_byte_array_unref(line->out);
		g_free(line);
		return NULL;
	}
	*line_entry(line) = (LinesEntry){ .used = 1, .opens = 1, .closing_wait = 3000 };
	event.data.ptr = line;
	epoll_ctl(set->epoll, EPOLL_CTL_ADD, line->master, &event);
	g_ptr_array_add(set->lines, line);
	return line;
}

void line_free(Line *line)
{
	__atomic_store_n(&line_entry(line)->used, 0, __ATOMIC_RELEASE);
	timer_stop(line->set->clock, &line->out_timer);
	timer_stop(line->set->clock, &line->in_timer);
	g_ptr_array_remove_fast(line->set->lines, line);
	epoll_ctl(line->set->epoll, EPOLL_CTL_DEL, line->master, NULL);
	close(line->master);
	g_byte_array_unref(line->out);
	g_free(line);
}
