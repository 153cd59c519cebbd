/* SPDX-License-Identifier: Apache-2.0
 *
 * The serial port over a pty: opening, locking, half writes, hang-up. One of the few tests that use the real clock. */
#include "lib/serial.h"

#include <signal.h>
#include <sys/wait.h>

#include "tests/fake_tty.h"
#include "tests/in_chinese.h"

namespace
{

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
	EXPECT_EQ(wires().moves, (std::vector<std::string>{ "-dtrrts", "+rts", "-rts" }));
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

/* The record stays English; whoever looks at the screen may not be. */
TEST(Serial, RefusesInEnglishAndSaysItInTheLanguageOfTheScreen)
{
	Tty tty;
	InChinese chinese(LOCALE_DIR);
	const std::string node = tty.port.devnode;

	unlink(tty.port.devnode);
	expect_refusal(tty, SERIAL_ERROR_GONE,
		       " has left (No such file or directory): plug the unit in again");
	for (const auto &[sentence, said] : {
		     std::pair{ node + " has left (No such device): plug the unit in again",
				node + " 已离开（No such device）：请重新插入模块" },
		     std::pair{ node + " is held by another program: end that program, or keep it "
				       "away from this port",
				node + " 被 另一个程序 占用：请结束那个程序，或让它离开此端口" },
	     }) {
		g_autofree char *text = serial_said(sentence.c_str());

		EXPECT_EQ(std::string(text ? text : ""), said);
	}
	EXPECT_EQ(serial_said("the module says nothing"), nullptr);
	EXPECT_EQ(serial_said(""), nullptr);
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

} // namespace
