/* SPDX-License-Identifier: Apache-2.0
 *
 * The clerk over a pty: answers in the right context, calls in order, and freedom at any moment. One of the few tests that
 * use the real clock. */
#include "lib/port_clerk.h"

#include <atomic>

#include "tests/fake_tty.h"

namespace
{

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
