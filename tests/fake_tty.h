/* SPDX-License-Identifier: Apache-2.0
 *
 * A pty that passes for a serial port: it has no modem lines and no sysfs entry, so the few system calls that ask for them
 * are answered here. For one test program each: it defines ioctl(), readlink() and __lxstat(). */
#pragma once

#include <cstdarg>
#include <cstring>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <gtest/gtest.h>

#include "lib/serial.h"

namespace
{

struct Wires {
	std::mutex lock;
	std::string sys;                       /* in place of /sys/class/tty/tty-test... */
	std::vector<std::string> calls, moves; /* what was asked for, and what really changed */
	int lines = TIOCM_DTR | TIOCM_RTS | TIOCM_CTS | TIOCM_CD;
	bool refuse_lines = false;

	/* The kernel raises both lines when the port is opened. */
	void plug(const std::string &entries)
	{
		std::lock_guard<std::mutex> guard(lock);

		sys = entries;
		calls.clear();
		moves.clear();
		lines = TIOCM_DTR | TIOCM_RTS | TIOCM_CTS | TIOCM_CD;
		refuse_lines = false;
	}
};

Wires &wires()
{
	static Wires w;

	return w;
}

std::string sys_path(const char *path)
{
	const char *name = strstr(path, "tty-test");
	std::lock_guard<std::mutex> guard(wires().lock);

	if (!name || !g_str_has_prefix(path, "/sys/class/tty/"))
		return path;
	return wires().sys + "/" + name;
}

template <typename F> F real(const char *name)
{
	return reinterpret_cast<F>(dlsym(RTLD_NEXT, name));
}

int move_lines(unsigned long request, int bits)
{
	Wires &w = wires();
	std::lock_guard<std::mutex> guard(w.lock);
	bool on = request == TIOCMBIS;

	if (w.refuse_lines) {
		errno = EPIPE;
		return -1;
	}
	w.calls.push_back(std::string(on ? "+" : "-") + (bits & TIOCM_DTR ? "dtr" : "") +
			  (bits & TIOCM_RTS ? "rts" : ""));
	if (w.lines != (on ? w.lines | bits : w.lines & ~bits))
		w.moves.push_back(w.calls.back());
	w.lines = on ? w.lines | bits : w.lines & ~bits;
	return 0;
}

} // namespace

extern "C" {

int fake_ioctl(int fd, unsigned long request, ...) __asm__("ioctl");
int fake_ioctl(int fd, unsigned long request, ...)
{
	static auto next = real<int (*)(int, unsigned long, ...)>("ioctl");
	struct termios term;
	va_list args;
	void *arg;

	va_start(args, request);
	arg = va_arg(args, void *);
	va_end(args);
	if (request != TIOCMGET && request != TIOCMBIS && request != TIOCMBIC)
		return next(fd, request, arg);
	if (tcgetattr(fd, &term) != 0)
		return -1;
	if (request != TIOCMGET)
		return move_lines(request, *static_cast<int *>(arg));
	std::lock_guard<std::mutex> guard(wires().lock);
	*static_cast<int *>(arg) = wires().lines;
	return 0;
}

ssize_t fake_readlink(const char *path, char *buffer, size_t size) __asm__("readlink");
ssize_t fake_readlink(const char *path, char *buffer, size_t size)
{
	static auto next = real<ssize_t (*)(const char *, char *, size_t)>("readlink");

	return next(sys_path(path).c_str(), buffer, size);
}

int fake_lxstat(int version, const char *path, struct stat *st) __asm__("__lxstat");
int fake_lxstat(int version, const char *path, struct stat *st)
{
	static auto next = real<int (*)(int, const char *, struct stat *)>("__lxstat");

	return next(version, sys_path(path).c_str(), st);
}
}

namespace
{

/* A pty as /dev/tty-testN, with a sysfs entry below a USB device of its own. */
struct Tty {
	std::string dir;
	Port port = {};
	SerialSettings settings = { 115200, true, true, 0, 0 };
	int master;

	Tty()
	{
		g_autofree char *made = g_dir_make_tmp("fota-XXXXXX", nullptr);
		std::string name = "tty-test0";

		dir = made;
		wires().plug(dir + "/class");
		master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
		EXPECT_TRUE(grantpt(master) == 0 && unlockpt(master) == 0);
		fcntl(master, F_SETFL, O_NONBLOCK);
		EXPECT_EQ(g_mkdir_with_parents((dir + "/devices/one/" + name + "/device").c_str(),
					       0700),
			  0);
		EXPECT_EQ(g_mkdir_with_parents(wires().sys.c_str(), 0700), 0);
		EXPECT_EQ(symlink(("../devices/one/" + name).c_str(),
				  (wires().sys + "/" + name).c_str()),
			  0);
		EXPECT_EQ(
			symlink("../../one", (dir + "/devices/one/" + name + "/device/up").c_str()),
			0);
		EXPECT_EQ(symlink(ptsname(master), (dir + "/" + name).c_str()), 0);
		EXPECT_TRUE(g_file_set_contents((dir + "/devices/one/devnum").c_str(), "17\n", -1,
						nullptr));
		g_strlcpy(port.devnode, ("/dev/.." + dir + "/" + name).c_str(),
			  sizeof(port.devnode));
		g_strlcpy(port.sysfs, (dir + "/devices/one/" + name).c_str(), sizeof(port.sysfs));
		port.attach = 17;
	}

	~Tty()
	{
		const char *argv[] = { "rm", "-rf", dir.c_str(), nullptr };

		hang_up();
		g_spawn_sync(nullptr, const_cast<char **>(argv), nullptr, G_SPAWN_SEARCH_PATH,
			     nullptr, nullptr, nullptr, nullptr, nullptr, nullptr);
	}

	Tty(const Tty &) = delete;
	Tty &operator=(const Tty &) = delete;

	void hang_up()
	{
		if (master >= 0)
			close(master);
		master = -1;
	}

	/* The kernel raises both lines at each opening. */
	Serial *open(GError **error = nullptr)
	{
		wires().lines |= TIOCM_DTR | TIOCM_RTS;
		return serial_open(&port, &settings, error);
	}

	/* Everything that has arrived at the unit. */
	std::string heard()
	{
		std::string all;
		char buffer[4096];
		struct pollfd p = { master, POLLIN, 0 };
		ssize_t n;

		while (poll(&p, 1, 50) > 0 && (n = read(master, buffer, sizeof(buffer))) > 0)
			all.append(buffer, (size_t)n);
		return all;
	}

	void say(const std::string &text)
	{
		EXPECT_EQ(write(master, text.data(), text.size()), (ssize_t)text.size());
	}

	bool locked()
	{
		int fd = ::open(ptsname(master), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
		bool is = flock(fd, LOCK_EX | LOCK_NB) != 0;

		close(fd);
		return is;
	}
};

} // namespace
