/* SPDX-License-Identifier: Apache-2.0
 *
 * The serial port and its clerk over a pty: opening, locking, half writes, hang-up, threads. A pty has no modem lines and no
 * sysfs entry: the few system calls that ask for them are answered here. One of the few tests that use the real clock. */
#include "lib/port_clerk.h"

#include <atomic>
#include <cstdarg>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <gtest/gtest.h>

/* ---- what stands between libserialport and the kernel ---- */

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

std::string read_some(Serial *serial, SerialResult expected)
{
	guint8 buffer[256];
	gsize len = 0;
	struct pollfd p = { serial_fd(serial), POLLIN, 0 };

	poll(&p, 1, expected == SERIAL_OK ? 1000 : 0);
	EXPECT_EQ(serial_readable(serial, buffer, sizeof(buffer), &len), expected);
	return std::string(reinterpret_cast<char *>(buffer), len);
}

bool put(Serial *serial, const std::string &text)
{
	return transport_write(serial_transport(serial),
			       reinterpret_cast<const guint8 *>(text.data()), text.size());
}

TEST(Serial, OpensRawAndKeepsItsHandsOffTheLines)
{
	Tty tty;
	g_autoptr(GError) error = nullptr;
	Serial *serial = tty.open(&error);
	struct termios term;
	int exclusive = 0;

	ASSERT_TRUE(serial) << error->message;
	EXPECT_EQ(tcgetattr(serial_fd(serial), &term), 0);
	EXPECT_EQ(term.c_cflag & (CSIZE | CLOCAL | CREAD), (tcflag_t)(CS8 | CLOCAL | CREAD));
	EXPECT_EQ(term.c_cflag & (HUPCL | CRTSCTS | PARENB | CSTOPB), 0u);
	EXPECT_EQ(term.c_lflag & (ICANON | ECHO | ISIG), 0u);
	EXPECT_EQ(term.c_iflag & (ICRNL | INLCR | IGNCR | IXON | IXOFF), 0u);
	EXPECT_EQ(term.c_oflag & OPOST, 0u);
	EXPECT_EQ(cfgetospeed(&term), (speed_t)B115200);
	EXPECT_EQ(transport_baud(serial_transport(serial)), 115200u);
	EXPECT_TRUE(fcntl(serial_fd(serial), F_GETFD) & FD_CLOEXEC);
	EXPECT_TRUE(fcntl(serial_fd(serial), F_GETFL) & O_NONBLOCK);
	EXPECT_EQ(ioctl(serial_fd(serial), TIOCGEXCL, &exclusive), 0);
	EXPECT_EQ(exclusive, 1);
	EXPECT_TRUE(tty.locked());
	serial_close(serial);
	EXPECT_FALSE(tty.locked());
	EXPECT_EQ(wires().moves, std::vector<std::string>());
}

TEST(Serial, RestingLinesComeFirstThenThePulse)
{
	Tty tty;
	gint64 begin = g_get_monotonic_time();

	tty.settings = { 9600, true, false, 'd', 60 };
	Serial *serial = tty.open();

	ASSERT_TRUE(serial);
	EXPECT_GE(g_get_monotonic_time() - begin, 60000);
	EXPECT_EQ(wires().moves, (std::vector<std::string>{ "-rts", "-dtr", "+dtr" }));
	serial_close(serial);
	wires().moves.clear();
	tty.settings = { 9600, false, false, 'r', 1 };
	serial = tty.open();
	ASSERT_TRUE(serial);
	EXPECT_EQ(wires().moves, (std::vector<std::string>{ "-dtr", "-rts", "+rts", "-rts" }));
	serial_close(serial);
}

TEST(Serial, CarriesBytesBothWays)
{
	Tty tty;
	Serial *serial = tty.open();

	ASSERT_TRUE(serial);
	EXPECT_TRUE(put(serial, "AT\r"));
	EXPECT_EQ(tty.heard(), "AT\r");
	EXPECT_EQ(read_some(serial, SERIAL_AGAIN), "");
	tty.say(std::string("\r\nOK\r\n\0\xff\x11\x13", 10));
	EXPECT_EQ(read_some(serial, SERIAL_OK), std::string("\r\nOK\r\n\0\xff\x11\x13", 10));
	EXPECT_EQ(read_some(serial, SERIAL_AGAIN), "");
	EXPECT_TRUE(serial_check(serial));
	serial_close(serial);
}

TEST(Serial, KeepsWhatCameBeforeItWasOpened)
{
	Tty tty;
	Serial *first = tty.open();

	ASSERT_TRUE(first);
	/* A pty drops its input when its last user goes: keep it in use, as a real port is by its driver. */
	int keep = open(ptsname(tty.master), O_RDWR | O_NOCTTY);
	tty.say("RDY\r");
	Serial *second = nullptr;
	{
		/* Opened again without closing: only the lock is given up. */
		flock(serial_fd(first), LOCK_UN);
		ioctl(serial_fd(first), TIOCNXCL);
		second = tty.open();
	}
	ASSERT_TRUE(second);
	EXPECT_EQ(read_some(second, SERIAL_OK), "RDY\r");
	serial_close(second);
	serial_close(first);
	close(keep);
}

TEST(Serial, HalfWritesStayQueuedInOrder)
{
	Tty tty;
	Serial *serial = tty.open();
	std::string sent, got, block(4096, '?');

	ASSERT_TRUE(serial);
	for (int i = 0; i < 12; i++) {
		block.assign(4096, (char)('a' + i));
		EXPECT_TRUE(put(serial, block));
		sent += block;
	}
	EXPECT_GT(transport_queued(serial_transport(serial)), 0u);
	EXPECT_EQ(serial_writable(serial), SERIAL_AGAIN);
	for (int i = 0; i < 1000 && got.size() < sent.size(); i++) {
		got += tty.heard();
		serial_writable(serial);
	}
	EXPECT_EQ(got, sent);
	EXPECT_EQ(serial_writable(serial), SERIAL_OK);
	EXPECT_EQ(transport_queued(serial_transport(serial)), 0u);
	serial_close(serial);
}

TEST(Serial, AFullQueueRefuses)
{
	Tty tty;
	Serial *serial = tty.open();
	std::string block(4096, 'x');
	int taken = 0;

	ASSERT_TRUE(serial);
	while (taken < 100 && put(serial, block))
		taken++;
	EXPECT_GE(taken, 16);
	EXPECT_LT(taken, 100);
	EXPECT_LE(transport_queued(serial_transport(serial)), 65536u);
	EXPECT_TRUE(serial_check(serial));
	serial_close(serial);
}

TEST(Serial, ReadingTellsTheHangUp)
{
	Tty tty;
	Serial *serial = tty.open();
	SerialLines lines;

	ASSERT_TRUE(serial);
	tty.hang_up();
	EXPECT_EQ(read_some(serial, SERIAL_GONE), "");
	EXPECT_FALSE(serial_check(serial));
	EXPECT_FALSE(put(serial, "AT\r"));
	EXPECT_FALSE(transport_set_baud(serial_transport(serial), 9600));
	EXPECT_FALSE(serial_read_lines(serial, &lines));
	serial_close(serial);
}

TEST(Serial, WritingTellsTheHangUp)
{
	Tty tty;
	Serial *serial = tty.open();

	ASSERT_TRUE(serial);
	tty.hang_up();
	EXPECT_FALSE(put(serial, "AT\r"));
	EXPECT_EQ(serial_writable(serial), SERIAL_GONE);
	serial_close(serial);
}

TEST(Serial, CheckingTellsTheHangUp)
{
	Tty tty;
	Serial *serial = tty.open();

	ASSERT_TRUE(serial);
	EXPECT_TRUE(serial_check(serial));
	tty.hang_up();
	EXPECT_FALSE(serial_check(serial));
	serial_close(serial);
}

TEST(Serial, ChangesSpeed)
{
	Tty tty;
	Serial *serial = tty.open();
	struct termios term;

	ASSERT_TRUE(serial);
	wires().calls.clear();
	EXPECT_TRUE(transport_set_baud(serial_transport(serial), 921600));
	EXPECT_EQ(transport_baud(serial_transport(serial)), 921600u);
	EXPECT_EQ(tcgetattr(serial_fd(serial), &term), 0);
	EXPECT_EQ(cfgetospeed(&term), (speed_t)B921600);
	EXPECT_EQ(term.c_cflag & (HUPCL | CLOCAL), (tcflag_t)CLOCAL);
	EXPECT_TRUE(wires().calls.empty());
	EXPECT_FALSE(transport_set_baud(serial_transport(serial), 12345));
	EXPECT_EQ(transport_baud(serial_transport(serial)), 921600u);
	serial_close(serial);
}

TEST(Serial, ReadsTheModemLines)
{
	Tty tty;
	Serial *serial = tty.open();
	SerialLines lines;

	ASSERT_TRUE(serial);
	EXPECT_TRUE(serial_read_lines(serial, &lines));
	EXPECT_TRUE(lines.cts && lines.dcd);
	EXPECT_FALSE(lines.dsr || lines.ri);
	wires().lines = TIOCM_DSR | TIOCM_RI;
	EXPECT_TRUE(serial_read_lines(serial, &lines));
	EXPECT_TRUE(lines.dsr && lines.ri);
	EXPECT_FALSE(lines.cts || lines.dcd);
	serial_close(serial);
}

void expect_refusal(Tty &tty, SerialError code, const std::string &words)
{
	g_autoptr(GError) error = nullptr;
	Serial *serial = tty.open(&error);

	EXPECT_FALSE(serial);
	if (serial) {
		serial_close(serial);
		return;
	}
	EXPECT_TRUE(g_error_matches(error, SERIAL_ERROR, code)) << error->message;
	EXPECT_NE(std::string(error->message).find(words), std::string::npos) << error->message;
	EXPECT_NE(std::string(error->message).find(tty.port.devnode), std::string::npos);
}

TEST(Serial, NamesWhoHoldsThePort)
{
	Tty tty;
	int ready[2];
	char byte = 0;
	pid_t child;

	ASSERT_EQ(pipe(ready), 0);
	child = fork();
	if (child == 0) {
		int fd = open(ptsname(tty.master), O_RDWR | O_NOCTTY);

		byte = flock(fd, LOCK_EX | LOCK_NB) == 0;
		if (write(ready[1], &byte, 1) == 1)
			pause();
		_exit(0);
	}
	ASSERT_EQ(read(ready[0], &byte, 1), 1);
	EXPECT_EQ(byte, 1);
	expect_refusal(tty, SERIAL_ERROR_BUSY,
		       std::string("held by ") + program_invocation_short_name + " (pid " +
			       std::to_string(child) + ")");
	kill(child, SIGKILL);
	waitpid(child, nullptr, 0);
	Serial *serial = tty.open();
	EXPECT_TRUE(serial) << "the refused attempt left nothing open";
	serial_close(serial);
	close(ready[0]);
	close(ready[1]);
}

TEST(Serial, RefusesItsOwnSecondOpening)
{
	Tty tty;
	Serial *serial = tty.open();
	struct termios term;

	ASSERT_TRUE(serial);
	ioctl(serial_fd(serial),
	      TIOCNXCL); /* else only a privileged second opening gets that far */
	expect_refusal(tty, SERIAL_ERROR_BUSY, "(pid " + std::to_string(getpid()) + ")");
	EXPECT_TRUE(serial_check(serial));
	EXPECT_EQ(tcgetattr(serial_fd(serial), &term), 0);
	EXPECT_EQ(term.c_cflag & HUPCL, 0u);
	EXPECT_EQ(cfgetospeed(&term), (speed_t)B115200);
	serial_close(serial);
}

TEST(Serial, RefusesWhatIsNotThere)
{
	Tty tty;

	unlink((tty.dir + "/tty-test0").c_str());
	expect_refusal(tty, SERIAL_ERROR_GONE, "has left");
}

TEST(Serial, RefusesAnotherPlugging)
{
	{
		Tty tty;

		tty.port.attach = 18;
		expect_refusal(tty, SERIAL_ERROR_GONE, "has left");
		EXPECT_TRUE(wires().calls.empty());
	}
	{
		Tty tty;

		strcat(tty.port.sysfs, "1");
		expect_refusal(tty, SERIAL_ERROR_GONE, "has left");
		EXPECT_TRUE(wires().calls.empty());
	}
	{
		Tty tty;

		unlink((wires().sys + "/tty-test0").c_str());
		expect_refusal(tty, SERIAL_ERROR_GONE, "has left");
	}
}

TEST(Serial, OpensWithoutKnowingThePlugging)
{
	Tty tty;

	tty.port.sysfs[0] = '\0';
	tty.port.attach = 0;
	Serial *serial = tty.open();
	EXPECT_TRUE(serial);
	serial_close(serial);
}

TEST(Serial, RefusesAPortWhoseLinesDoNotMove)
{
	Tty tty;

	wires().refuse_lines = true;
	expect_refusal(tty, SERIAL_ERROR_REFUSED, "refuses its settings");
	EXPECT_FALSE(tty.locked());
}

TEST(Serial, RefusesWhatIsNoTty)
{
	Tty tty;

	unlink((tty.dir + "/tty-test0").c_str());
	ASSERT_TRUE(g_file_set_contents((tty.dir + "/tty-test0").c_str(), "x", 1, nullptr));
	expect_refusal(tty, SERIAL_ERROR_REFUSED, "refuses its settings");
}

/* ---- the clerk ---- */

struct Desk {
	PortClerk *clerk = port_clerk_new();
	Serial *serial = nullptr;
	std::string told;

	~Desk()
	{
		if (serial)
			port_clerk_close(clerk, serial);
		port_clerk_free(clerk);
		/* Answers that were on their way are dropped now, none comes later. */
		while (g_main_context_iteration(g_main_context_get_thread_default(), FALSE))
			;
	}

	static void opened(gpointer user, Serial *serial, const GError *error)
	{
		Desk *desk = static_cast<Desk *>(user);

		desk->told += serial ? "opened " : "failed ";
		EXPECT_NE(serial == nullptr, error == nullptr);
		desk->serial = serial;
	}

	static void lines(gpointer user, const SerialLines *lines)
	{
		Desk *desk = static_cast<Desk *>(user);

		desk->told += !lines ? "gone " : lines->cts ? "cts " : "none ";
	}

	void open(Tty &tty)
	{
		port_clerk_open(clerk, &tty.port, &tty.settings, opened, this);
	}

	void run()
	{
		while (port_clerk_busy(clerk))
			g_main_context_iteration(g_main_context_get_thread_default(), TRUE);
	}
};

/* The clerk's thread needs a moment; nothing here may take a second. */
bool soon(const std::function<bool()> &done)
{
	for (int i = 0; i < 500; i++) {
		if (done())
			return true;
		poll(nullptr, 0, 10);
	}
	return false;
}

TEST(PortClerk, OpensReadsAndCloses)
{
	Tty tty;
	Desk desk;

	EXPECT_FALSE(port_clerk_busy(desk.clerk));
	desk.open(tty);
	EXPECT_TRUE(port_clerk_busy(desk.clerk));
	EXPECT_EQ(desk.told, "") << "never from inside the call";
	desk.run();
	EXPECT_EQ(desk.told, "opened ");
	ASSERT_TRUE(desk.serial);
	port_clerk_lines(desk.clerk, desk.serial, Desk::lines, &desk);
	desk.run();
	EXPECT_EQ(desk.told, "opened cts ");
	EXPECT_TRUE(tty.locked());
	port_clerk_close(desk.clerk, std::exchange(desk.serial, nullptr));
	desk.run();
	EXPECT_FALSE(tty.locked());
	EXPECT_EQ(desk.told, "opened cts ");
}

TEST(PortClerk, TellsFailures)
{
	Tty tty;
	Desk desk;

	desk.open(tty);
	desk.run();
	tty.hang_up();
	port_clerk_lines(desk.clerk, desk.serial, Desk::lines, &desk);
	desk.run();
	EXPECT_EQ(desk.told, "opened gone ");
	port_clerk_close(desk.clerk, std::exchange(desk.serial, nullptr));
	unlink((tty.dir + "/tty-test0").c_str());
	desk.open(tty);
	desk.run();
	EXPECT_EQ(desk.told, "opened gone failed ");
}

TEST(PortClerk, DoesCallsInOrder)
{
	Tty tty;
	Desk desk;

	desk.open(tty);
	desk.run();
	/* Opening again works only because closing comes first. */
	port_clerk_lines(desk.clerk, desk.serial, Desk::lines, &desk);
	port_clerk_close(desk.clerk, std::exchange(desk.serial, nullptr));
	desk.open(tty);
	desk.run();
	EXPECT_EQ(desk.told, "opened cts opened ");
}

TEST(PortClerk, AnswersInItsOwnContext)
{
	g_autoptr(GMainContext) context = g_main_context_new();

	g_main_context_push_thread_default(context);
	{
		Tty tty;
		Desk desk;

		desk.open(tty);
		EXPECT_FALSE(g_main_context_iteration(nullptr, FALSE));
		desk.run();
		EXPECT_EQ(desk.told, "opened ");
		EXPECT_FALSE(g_main_context_iteration(nullptr, FALSE));
	}
	g_main_context_pop_thread_default(context);
}

TEST(PortClerk, FreedWhileOpeningClosesThePort)
{
	Tty tty;

	tty.settings = { 115200, true, true, 'd', 100 };
	{
		Desk desk;

		desk.open(tty);
		EXPECT_TRUE(soon([&] { return tty.locked(); }));
	}
	EXPECT_TRUE(tty.locked()) << "the call is still running";
	EXPECT_TRUE(soon([&] { return !tty.locked(); }));
	EXPECT_FALSE(g_main_context_iteration(nullptr, FALSE)) << "no answer comes";
}

TEST(PortClerk, FreedWhileTheAnswerIsOnItsWay)
{
	Tty tty;
	{
		Desk desk;

		desk.open(tty);
		EXPECT_TRUE(soon([&] { return g_main_context_pending(nullptr); }));
	}
	EXPECT_TRUE(soon([&] { return !tty.locked(); }));
	EXPECT_FALSE(g_main_context_iteration(nullptr, FALSE));
}

TEST(PortClerk, FreedWithCallsWaiting)
{
	Tty tty;
	Tty slow;

	wires().plug(tty.dir + "/class");
	{
		Desk desk;

		desk.open(tty);
		desk.run();
		ASSERT_TRUE(desk.serial);
		slow.port.sysfs[0] = '\0';
		wires().plug(slow.dir + "/class");
		slow.settings = { 115200, true, true, 'd', 100 };
		desk.open(slow);
		EXPECT_TRUE(soon([&] { return slow.locked(); }));
		port_clerk_close(desk.clerk, std::exchange(desk.serial, nullptr));
		desk.open(slow);
		EXPECT_TRUE(tty.locked());
	}
	EXPECT_TRUE(soon([&] { return !tty.locked() && !slow.locked(); }));
	EXPECT_FALSE(g_main_context_iteration(nullptr, FALSE));
}

/* Whatever moment the clerk is freed at, nothing is used after it and no port stays open. */
TEST(PortClerk, FreedAtAnyMoment)
{
	Tty tty;
	int free_in_a_row = 0;

	for (int i = 0; i < 200; i++) {
		Desk desk;

		desk.open(tty);
		for (int spin = 0; spin < i * 200; spin++)
			std::atomic_thread_fence(std::memory_order_seq_cst);
		if (i % 3 == 0)
			g_main_context_iteration(nullptr, FALSE);
	}
	EXPECT_TRUE(soon([&] {
		free_in_a_row = tty.locked() ? 0 : free_in_a_row + 1;
		return free_in_a_row > 10;
	}));
}

} // namespace
