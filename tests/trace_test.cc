/* SPDX-License-Identifier: Apache-2.0
 *
 * The journal: lines, times, escapes, payload, secrets and what is forgotten. They know no channel. */
#include "lib/trace.h"

#include <string>

#include <gtest/gtest.h>

namespace
{

constexpr gint64 MS = 1000;

struct Journal {
	Trace *t = trace_new();
	gint64 now = 5000 * MS;

	Journal()
	{
		trace_restart(t, now);
	}
	~Journal()
	{
		trace_free(t);
	}
	Journal(const Journal &) = delete;
	Journal &operator=(const Journal &) = delete;

	void bytes(AtTapKind kind, const std::string &text, bool secret = false)
	{
		trace_bytes(t, kind, reinterpret_cast<const guint8 *>(text.data()), text.size(),
			    secret, now);
	}
	void in(const std::string &text, bool secret = false)
	{
		bytes(AT_TAP_IN, text, secret);
	}
	void out(const std::string &text)
	{
		bytes(AT_TAP_OUT, text);
	}
	void payload(const std::string &text)
	{
		bytes(AT_TAP_PAYLOAD, text);
	}
	void wait(gint64 ms)
	{
		now += ms * MS;
	}
	std::string take()
	{
		gsize len = 99;
		g_autofree char *text = trace_take(t, now, &len);

		EXPECT_EQ(text ? strlen(text) : 0, len);
		return text ? text : "";
	}
};

TEST(Trace, ADialogue)
{
	Journal j;

	EXPECT_EQ(j.now, trace_origin(j.t));
	EXPECT_EQ("", j.take());
	j.wait(20);
	j.out("AT+GSN\r");
	j.wait(15);
	j.in("\r\n490154203237518\r\n\r\nOK\r\n");
	j.wait(1);
	trace_note(j.t, j.now, "%s %s", "pass", "");
	EXPECT_EQ("20 > AT+GSN\\r\n"
		  "35 < \\r\\n\n"
		  "35 < 490154203237518\\r\\n\\r\\n\n"
		  "35 < OK\\r\\n\n"
		  "36 = pass \n",
		  j.take());
	EXPECT_EQ("", j.take());
}

TEST(Trace, EveryByteIsEscaped)
{
	Journal j;

	j.in(std::string("a\\b\"\t\0\x7f\xff\n", 9));
	EXPECT_EQ("0 < a\\\\b\"\\x09\\x00\\x7f\\xff\\n\n", j.take());
}

/* Half a line waits for its rest, and comes alone when nothing follows; its time is that of its first byte. */
TEST(Trace, UnfinishedLines)
{
	Journal j;

	j.in("+CG");
	EXPECT_EQ("", j.take());
	j.wait(100);
	j.in("REG: 0,1\r\n");
	EXPECT_EQ("0 < +CGREG: 0,1\\r\\n\n", j.take());
	j.in("> ");
	j.wait(300);
	EXPECT_EQ("100 < > \n", j.take());
	j.in("A");
	j.wait(250);
	j.in("B");
	j.wait(250);
	EXPECT_EQ("400 < A\n650 < B\n", j.take());
}

/* Slow, but without a pause: at 1200 bit/s a line takes longer than that. */
TEST(Trace, ALongLineIsOneLine)
{
	Journal j;
	std::string expected;

	for (int i = 0; i < 40; i++) {
		j.in("x");
		expected += "x";
		j.wait(8);
	}
	j.in("\r\n");
	EXPECT_EQ("0 < " + expected + "\\r\\n\n", j.take());
}

TEST(Trace, TheOtherDirectionEndsALine)
{
	Journal j;

	j.in("> ");
	j.out("AT\r");
	EXPECT_EQ("0 < > \n0 > AT\\r\n", j.take());
}

TEST(Trace, PayloadIsCountedNotWritten)
{
	Journal j;

	j.in("CONNECT\r\n");
	j.wait(10);
	j.payload(std::string(4096, 'x'));
	j.wait(100);
	j.in("AAAA");
	j.payload(std::string(904, 'y'));
	j.wait(100);
	j.in("\r\n+QFUPL: 5000,1\r\n\r\nOK\r\n");
	j.wait(5);
	j.out("AT\r");
	EXPECT_EQ("0 < CONNECT\\r\\n\n"
		  "110 < AAAA\n"
		  "210 < \\r\\n\n"
		  "210 < +QFUPL: 5000,1\\r\\n\\r\\n\n"
		  "210 < OK\\r\\n\n"
		  "10 # 5000 bytes of payload\n"
		  "215 > AT\\r\n",
		  j.take());
	j.payload("abc");
	trace_note(j.t, j.now, "fail");
	EXPECT_EQ("215 # 3 bytes of payload\n215 = fail\n", j.take());
}

TEST(Trace, SecretBytesAreOnlyCounted)
{
	Journal j;

	j.in("half");
	j.in("AT+CPIN=\"73915042\"\r\r\nOK\r\n", true);
	EXPECT_EQ("0 < half\n0 < <21 bytes>\n0 < OK\\r\\n\n", j.take());
}

/* What is no more than a result is written down, or nobody could play the journal again; a number as long as a PIN is not. */
TEST(Trace, ABareResultIsNoSecret)
{
	const struct {
		const char *said;
		bool shown;
	} rows[] = {
		{ "OK", true },
		{ "ERROR", true },
		{ "ok", true },
		{ "+CME ERROR:16", true },
		{ "+CME ERROR: 16", true },
		{ "+CMS ERROR: 321", true },
		{ "+CME ERROR: 7391", false },
		{ "+CME ERROR: ", false },
		{ "+CME ERROR: incorrect password", false },
		{ "OK 7391", false },
		{ "OKAY", false },
		{ "7391", false },
		{ "+CPIN: READY", false },
	};

	for (auto &row : rows) {
		Journal j;
		std::string said = row.said;

		j.in("\r\n", true);
		j.in(said + "\r\n", true);
		j.in("clear\r\n");
		EXPECT_EQ("0 < \\r\\n\n0 < " +
				  (row.shown ? said + "\\r\\n"
					     : "<" + std::to_string(said.size() + 2) + " bytes>") +
				  "\n0 < clear\\r\\n\n",
			  j.take())
			<< said;
	}
}

/* A secret that comes in pieces is no result. */
TEST(Trace, PiecesOfASecretAreOnlyCounted)
{
	Journal j;

	j.in("+CME ERROR: 7", true);
	j.wait(250);
	j.in("391\r\n", true);
	EXPECT_EQ("0 < <13 bytes>\n250 < <5 bytes>\n", j.take());
}

TEST(Trace, NotesAreEscapedToo)
{
	Journal j;

	trace_note(j.t, j.now, "a\nb\x01%s", "\\");
	EXPECT_EQ("0 = a\\nb\\x01\\\\\n", j.take());
}

TEST(Trace, AnotherUnitBeginsAnew)
{
	Journal j;

	j.out("AT\r");
	j.in("half");
	j.payload("xx");
	j.wait(1000);
	trace_restart(j.t, j.now);
	j.wait(2);
	j.in("OK\r\n");
	trace_note(j.t, j.now, "x");
	EXPECT_EQ("2 < OK\\r\\n\n2 = x\n", j.take());
}

/* While nobody takes it only the newest is kept, from the beginning of a line on. */
TEST(Trace, KeepsTheNewest)
{
	Journal j;
	std::string text;

	for (int i = 0; i < 20000; i++) {
		j.in("line " + std::to_string(i) + "\r\n");
		j.wait(1);
	}
	text = j.take();
	EXPECT_EQ(0u, text.rfind(TRACE_CUT "\n", 0)) << "it says so in its first line";
	text.erase(0, strlen(TRACE_CUT "\n"));
	EXPECT_GE(64u * 1024, text.size());
	EXPECT_LE(63u * 1024, text.size());
	EXPECT_EQ(0u, text.find_first_of("0123456789"));
	EXPECT_NE(std::string::npos, text.find(" < line 19999\\r\\n\n"));
	EXPECT_EQ(std::string::npos, text.find("line 10\\r"));
	j.in("next\r\n");
	EXPECT_EQ(std::string::npos, j.take().find(TRACE_CUT)) << "from then on nothing is missing";
}

TEST(Trace, ALineWithoutEndIsCut)
{
	Journal j;

	j.in(std::string(300000, '\xff'));
	j.wait(1000);
	EXPECT_GE(64u * 1024 + 1, j.take().size());
}

} // namespace
