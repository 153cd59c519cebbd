/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening a tty so that nobody else has it and nothing on its lines moves unasked, and bytes in and out without waiting.
 * It does not know what the bytes mean nor who watches the descriptor. */
#include "lib/serial.h"

#include <errno.h>
#include <fcntl.h>
#include <libserialport.h>
#include <linux/serial.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <glib/gi18n.h>

#include "lib/unit.h"

/* The channel stops at 4 KiB and adds one block at a time: more means that nobody reads what we send. */
#define QUEUE_MAX (64 * 1024)
/* How long a line rests before a pulse on it. */
#define REST_MS 100

struct _Serial {
	Transport transport;
	struct sp_port *port;
	int fd;
	guint baud;
	GByteArray *queue;
	bool gone;
};

G_DEFINE_QUARK(fota-serial-error-quark, serial_error);

/* ---- who the port is ---- */

/* /sys/class/tty/NAME is a link to the device; both its text and a sysfs path have this tail. */
static const char *device_tail(const char *path)
{
	const char *tail = strstr(path, "/devices/");

	return tail ? tail : path;
}

/* The number that the USB device above `sysfs` has now, or 0 when there is none to be read. */
static guint32 attach_now(const char *sysfs)
{
	g_autofree char *dir = g_strdup(sysfs);

	while (strlen(dir) > strlen("/sys/devices")) {
		g_autofree char *file = g_build_filename(dir, "devnum", NULL);
		g_autofree char *text = NULL;
		char *up;

		if (g_file_get_contents(file, &text, NULL, NULL))
			return strtoul(text, NULL, 10);
		up = g_path_get_dirname(dir);
		g_free(dir);
		dir = up;
	}
	return 0;
}

/* A unit that was exchanged within a second may have left its node's name to the next one. */
static bool same_plugging(const Port *port)
{
	g_autofree char *name = g_path_get_basename(port->devnode);
	g_autofree char *entry = g_build_filename("/sys/class/tty", name, NULL);
	g_autofree char *link = NULL;
	guint32 attach;

	if (!port->sysfs[0] || !g_file_test("/sys/class/tty", G_FILE_TEST_IS_DIR))
		return true;
	link = g_file_read_link(entry, NULL);
	if (!link || strcmp(device_tail(link), device_tail(port->sysfs)) != 0)
		return false;
	attach = port->attach ? attach_now(port->sysfs) : 0;
	return attach == 0 || attach == port->attach;
}

static bool has_open(const char *pid, const char *devnode, const char *real)
{
	g_autofree char *dir = g_build_filename("/proc", pid, "fd", NULL);
	g_autoptr(GDir) fds = g_dir_open(dir, 0, NULL);
	const char *fd;

	while (fds && (fd = g_dir_read_name(fds))) {
		g_autofree char *entry = g_build_filename(dir, fd, NULL);
		g_autofree char *link = g_file_read_link(entry, NULL);

		if (link && (strcmp(link, devnode) == 0 || g_strcmp0(link, real) == 0))
			return true;
	}
	return false;
}

/* "ModemManager (pid 812)", or NULL where /proc does not tell. */
static char *find_holder(const char *devnode)
{
	g_autoptr(GDir) processes = g_dir_open("/proc", 0, NULL);
	g_autofree char *real = g_file_read_link(devnode, NULL); /* NULL: it is no link */
	char *holder = NULL;
	const char *pid;

	while (processes && !holder && (pid = g_dir_read_name(processes))) {
		g_autofree char *file = g_build_filename("/proc", pid, "comm", NULL);
		g_autofree char *text = NULL;
		char name[32];

		if (!g_ascii_isdigit(*pid) || !has_open(pid, devnode, real) ||
		    !g_file_get_contents(file, &text, NULL, NULL))
			continue;
		UNIT_SET(name, text, strlen(text));
		holder = g_strdup_printf("%s (pid %s)", name, pid);
	}
	return holder;
}

/* ---- opening ---- */

/* Why a port does not open: its node, and what is known of the reason. Made in English, for the record; see serial_said(). */
static const struct {
	SerialError code;
	const char *format;
} refusals[] = {
	{ SERIAL_ERROR_BUSY,
	  N_("%s is held by %s: end that program, or keep it away from this port") },
	{ SERIAL_ERROR_GONE, N_("%s has left (%s): plug the unit in again") },
	{ SERIAL_ERROR_REFUSED,
	  N_("%s may not be opened (%s): give this user access to it by the station's udev rules "
	     "and group") },
	{ SERIAL_ERROR_REFUSED,
	  N_("%s refuses its settings (%s): check the adapter and its driver") },
};
enum { REFUSAL_BUSY, REFUSAL_GONE, REFUSAL_ACCESS, REFUSAL_SETTINGS };

/* NULL: not a format with two texts in it. */
static char *fill(const char *format, const char *node, const char *reason)
{
	g_auto(GStrv) parts = g_strsplit(format, "%s", -1);

	if (g_strv_length(parts) != 3)
		return NULL;
	return g_strconcat(parts[0], node, parts[1], reason, parts[2], NULL);
}

static guint refusal_of(int code)
{
	switch (code) {
	case EBUSY:
		return REFUSAL_BUSY;
	case ENOENT:
	case ENODEV:
	case ENXIO:
	case EIO:
		return REFUSAL_GONE;
	case EACCES:
	case EPERM:
		return REFUSAL_ACCESS;
	default:
		return REFUSAL_SETTINGS;
	}
}

/* `code` is the errno of a call on the port that failed. The C library's words for it would be in the person's language. */
static void set_open_error(GError **error, const Port *port, int code)
{
	guint refusal = refusal_of(code);
	g_autofree char *holder = refusal == REFUSAL_BUSY ? find_holder(port->devnode) : NULL;
	const char *words = refusal == REFUSAL_BUSY ? N_("another program") : strerrordesc_np(code);
	g_autofree char *sentence = fill(refusals[refusal].format, port->devnode,
					 holder  ? holder
					 : words ? words
						 : "?");

	g_set_error_literal(error, SERIAL_ERROR, refusals[refusal].code, sentence);
}

char *serial_said(const char *sentence)
{
	gsize node = strcspn(sentence, " "), len = strlen(sentence + node);

	for (guint i = 0; i < G_N_ELEMENTS(refusals); i++) {
		g_auto(GStrv) parts = g_strsplit(refusals[i].format, "%s", -1);
		gsize before = strlen(parts[1]), after = strlen(parts[2]);
		g_autofree char *name = NULL, *reason = NULL;

		if (len <= before + after || !g_str_has_prefix(sentence + node, parts[1]) ||
		    !g_str_has_suffix(sentence, parts[2]))
			continue;
		name = g_strndup(sentence, node);
		reason = g_strndup(sentence + node + before, len - before - after);
		return fill(_(refusals[i].format), name, _(reason));
	}
	return NULL;
}

static bool set_line(int fd, int line, bool on)
{
	return ioctl(fd, on ? TIOCMBIS : TIOCMBIC, &line) == 0;
}

/* The kernel raised DTR and RTS inside open(): what the fixture wants comes before anything else. */
static bool rest_lines(int fd, const SerialSettings *settings)
{
	/* In one move where both rest alike: no state in between that the fixture never asked for. */
	if (settings->dtr == settings->rts)
		return set_line(fd, TIOCM_DTR | TIOCM_RTS, settings->dtr);
	return set_line(fd, TIOCM_DTR, settings->dtr) && set_line(fd, TIOCM_RTS, settings->rts);
}

static speed_t speed_of(guint baud)
{
	static const struct {
		guint baud;
		speed_t speed;
	} speeds[] = {
		{ 4800, B4800 },     { 9600, B9600 },     { 19200, B19200 },
		{ 38400, B38400 },   { 57600, B57600 },   { 115200, B115200 },
		{ 230400, B230400 }, { 460800, B460800 }, { 921600, B921600 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(speeds); i++)
		if (speeds[i].baud == baud)
			return speeds[i].speed;
	return B0;
}

/* 8N1 without flow control; modem lines neither stop us (CLOCAL) nor move when this program dies (HUPCL, which sp_open()
 * switches on). By hand, because every setter of libserialport moves DTR and RTS too, and this is called while a unit
 * flashes. False with errno. */
static bool set_shape(int fd, guint baud)
{
	speed_t speed = speed_of(baud);
	struct termios term;

	if (speed == B0) {
		errno = EINVAL;
		return false;
	}
	if (tcgetattr(fd, &term) != 0)
		return false;
	term.c_cflag &= ~(CSIZE | PARENB | CSTOPB | CRTSCTS | HUPCL);
	term.c_cflag |= CS8 | CLOCAL | CREAD;
	term.c_iflag &= ~(IXON | IXOFF | IXANY | INPCK);
	return cfsetspeed(&term, speed) == 0 && tcsetattr(fd, TCSANOW, &term) == 0;
}

/* libserialport 0.1.1 does not lock. flock() keeps out who locks too, TIOCEXCL everybody without privilege. Whoever holds the
 * port shall not lose its lines for our attempt: HUPCL is put back off. False with errno. */
static bool lock_port(int fd)
{
	struct termios term;

	if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
		return false;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return ioctl(fd, TIOCEXCL) == 0;
	if (tcgetattr(fd, &term) == 0) {
		term.c_cflag &= ~HUPCL;
		tcsetattr(fd, TCSANOW, &term);
	}
	errno = EBUSY;
	return false;
}

/* Otherwise closing waits up to 30 s for a dead port to send. Not every driver knows it and most ask for a privilege that a
 * hardened service lacks: then the clerk waits, nobody else. */
static void drop_closing_wait(int fd)
{
	struct serial_struct serial;

	if (ioctl(fd, TIOCGSERIAL, &serial) != 0 || serial.closing_wait == ASYNC_CLOSING_WAIT_NONE)
		return;
	serial.closing_wait = ASYNC_CLOSING_WAIT_NONE;
	if (ioctl(fd, TIOCSSERIAL, &serial) != 0)
		g_debug("closing_wait stays as it is: %s", g_strerror(errno));
}

/* The line has rested for a while before: what the kernel raised in open() is no part of the pulse. Ends early when the port
 * leaves. */
static bool pulse(int fd, const SerialSettings *settings)
{
	int line = settings->pulse == 'd' ? TIOCM_DTR : TIOCM_RTS;
	bool rest = settings->pulse == 'd' ? settings->dtr : settings->rts;
	struct pollfd hang_up = { .fd = fd };

	if (!settings->pulse)
		return true;
	poll(&hang_up, 1, REST_MS);
	if (!set_line(fd, line, !rest))
		return false;
	poll(&hang_up, 1, (int)MIN(settings->pulse_ms, G_MAXINT));
	return set_line(fd, line, rest);
}

/* False with errno. */
static bool configure(Serial *serial, const SerialSettings *settings)
{
	int fd = serial->fd;

	if (!lock_port(fd) || !rest_lines(fd, settings) || !set_shape(fd, settings->baud))
		return false;
	serial->baud = settings->baud;
	drop_closing_wait(fd);
	return pulse(fd, settings);
}

/* ---- transport ---- */

static Serial *of(Transport *transport)
{
	return (Serial *)transport;
}

static SerialResult flush(Serial *serial)
{
	while (!serial->gone && serial->queue->len > 0) {
		int n = sp_nonblocking_write(serial->port, serial->queue->data, serial->queue->len);

		if (n > 0) {
			g_byte_array_remove_range(serial->queue, 0, (guint)n);
			continue;
		}
		if (n == 0 || sp_last_error_code() == EAGAIN || sp_last_error_code() == EINTR)
			return SERIAL_AGAIN;
		serial->gone = true;
	}
	return serial->gone ? SERIAL_GONE : SERIAL_OK;
}

static bool queue_bytes(Transport *transport, const guint8 *bytes, gsize len)
{
	Serial *serial = of(transport);

	if (serial->gone || len > QUEUE_MAX - serial->queue->len)
		return false;
	g_byte_array_append(serial->queue, bytes, (guint)len);
	return flush(serial) != SERIAL_GONE;
}

static gsize count_queued(Transport *transport)
{
	return of(transport)->queue->len;
}

static bool set_baud(Transport *transport, guint baud)
{
	Serial *serial = of(transport);

	if (serial->gone || !set_shape(serial->fd, baud))
		return false;
	serial->baud = baud;
	return true;
}

static guint get_baud(Transport *transport)
{
	return of(transport)->baud;
}

static const TransportOps serial_ops = { queue_bytes, count_queued, set_baud, get_baud };

/* ---- the public calls ---- */

static void serial_free(Serial *serial)
{
	g_byte_array_unref(serial->queue);
	sp_free_port(serial->port);
	g_free(serial);
}

Serial *serial_open(const Port *port, const SerialSettings *settings, GError **error)
{
	Serial *serial = g_new0(Serial, 1);
	int code = 0;

	serial->transport.ops = &serial_ops;
	serial->queue = g_byte_array_new();
	serial->fd = -1;
	if (!same_plugging(port))
		code = ENODEV;
	else if (sp_get_port_by_name(port->devnode, &serial->port) != SP_OK)
		code = ENOENT;
	else if (sp_open(serial->port, SP_MODE_READ_WRITE) != SP_OK)
		code = sp_last_error_code();
	else if (sp_get_port_handle(serial->port, &serial->fd) != SP_OK)
		code = EBADF;
	else if (!configure(serial, settings))
		code = errno;
	if (!code && !same_plugging(port))
		code = ENODEV;
	if (!code)
		return serial;
	if (serial->fd >= 0)
		sp_close(serial->port);
	serial_free(serial);
	set_open_error(error, port, code);
	return NULL;
}

void serial_close(Serial *serial)
{
	if (!serial)
		return;
	/* Nothing of ours is to reach whoever is there next, nor shall closing wait for it. */
	tcflush(serial->fd, TCIOFLUSH);
	sp_close(serial->port);
	serial_free(serial);
}

Transport *serial_transport(Serial *serial)
{
	return &serial->transport;
}

int serial_fd(const Serial *serial)
{
	return serial->fd;
}

bool serial_check(Serial *serial)
{
	struct pollfd hang_up = { .fd = serial->fd };
	struct termios term;

	if (serial->gone)
		return false;
	if (poll(&hang_up, 1, 0) > 0 && hang_up.revents & (POLLHUP | POLLERR | POLLNVAL))
		serial->gone = true;
	else if (tcgetattr(serial->fd, &term) != 0)
		serial->gone = true;
	return !serial->gone;
}

SerialResult serial_readable(Serial *serial, guint8 *buffer, gsize size, gsize *len)
{
	int n = sp_nonblocking_read(serial->port, buffer, size);

	*len = n > 0 ? (gsize)n : 0;
	if (n > 0)
		return SERIAL_OK;
	if (n < 0 && sp_last_error_code() != EAGAIN && sp_last_error_code() != EINTR)
		serial->gone = true;
	return serial_check(serial) ? SERIAL_AGAIN : SERIAL_GONE;
}

SerialResult serial_writable(Serial *serial)
{
	return flush(serial);
}

bool serial_read_lines(Serial *serial, SerialLines *lines)
{
	enum sp_signal signals;

	if (sp_get_signals(serial->port, &signals) != SP_OK) {
		/* An adapter without such lines is no adapter that is gone. */
		*lines = (SerialLines){ 0 };
		return errno == ENOTTY || errno == EINVAL;
	}
	*lines = (SerialLines){
		.cts = signals & SP_SIG_CTS,
		.dsr = signals & SP_SIG_DSR,
		.dcd = signals & SP_SIG_DCD,
		.ri = signals & SP_SIG_RI,
	};
	return true;
}
