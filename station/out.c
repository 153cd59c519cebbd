/* SPDX-License-Identifier: Apache-2.0
 *
 * A buffer, a non-blocking descriptor and a watch. It does not know what the bytes say. */
#include "station/out.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#define LAST_MS 2000

struct _Out {
	int fd;
	bool own_fd;
	GByteArray *waiting;
	gsize limit;
	guint watch;
	bool broken;
	guint64 refused;
};

/* O_NONBLOCK belongs to the open file, which the shell that started us may share: so the pipe or terminal is opened once more.
 * A regular file never makes anybody wait. */
static int open_again(int fd)
{
	g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
	struct stat st;

	if (fstat(fd, &st) != 0 || S_ISREG(st.st_mode))
		return -1;
	return open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
}

Out *out_new(int fd, gsize limit)
{
	Out *out = g_new0(Out, 1);

	out->fd = open_again(fd);
	out->own_fd = out->fd >= 0;
	if (!out->own_fd)
		out->fd = fd;
	out->limit = limit;
	out->waiting = g_byte_array_new();
	return out;
}

static void drain(Out *out)
{
	while (out->waiting->len > 0 && !out->broken) {
		ssize_t n = write(out->fd, out->waiting->data, MIN(out->waiting->len, 65536));

		if (n > 0)
			g_byte_array_remove_range(out->waiting, 0, n);
		else if (n < 0 && errno == EINTR)
			continue;
		else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return;
		else
			out->broken = true;
	}
	if (out->broken)
		g_byte_array_set_size(out->waiting, 0);
}

static gboolean on_writable(gint fd, GIOCondition condition, gpointer user)
{
	Out *out = user;

	drain(out);
	if (out->waiting->len > 0)
		return G_SOURCE_CONTINUE;
	out->watch = 0;
	return G_SOURCE_REMOVE;
}

bool out_write(Out *out, const char *bytes, gsize len)
{
	if (out->broken || out->waiting->len + len > out->limit) {
		out->refused++;
		return false;
	}
	g_byte_array_append(out->waiting, (const guint8 *)bytes, len);
	drain(out);
	if (out->waiting->len > 0 && !out->watch)
		out->watch =
			g_unix_fd_add(out->fd, G_IO_OUT | G_IO_ERR | G_IO_HUP, on_writable, out);
	return !out->broken;
}

gsize out_waiting(const Out *out)
{
	return out->waiting->len;
}

bool out_broken(const Out *out)
{
	return out->broken;
}

guint64 out_refused(const Out *out)
{
	return out->refused;
}

void out_free(Out *out)
{
	gint64 until = g_get_monotonic_time() + LAST_MS * 1000;

	if (!out)
		return;
	while (out->waiting->len > 0 && !out->broken && g_get_monotonic_time() < until) {
		struct pollfd p = { .fd = out->fd, .events = POLLOUT };

		poll(&p, 1, 100);
		drain(out);
	}
	g_clear_handle_id(&out->watch, g_source_remove);
	g_byte_array_unref(out->waiting);
	if (out->own_fd)
		close(out->fd);
	g_free(out);
}
