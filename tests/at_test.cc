/* SPDX-License-Identifier: Apache-2.0
 *
 * Dialogues with a unit in memory: what the AT channel makes of bytes, cuts and time. It never sleeps and knows no vendor
 * procedure. */
#include "lib/at.h"

#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/mempipe.h"

namespace
{

constexpr gint64 MS = 1000;

const char *const kind_names[] = { "LINE", "REPLY", "REPORT",  "PROMPT", "ACK", "SENT",
				   "LATE", "STRAY", "TIMEOUT", "SYNCED", "MUTE" };

/* One channel, its pipe, and all it told, one string per event. */
struct Talk {
	using React = std::function<void(Talk &, const AtEvent &)>;

	MemPipe pipe;
	AtChannel *at;
	gint64 now = 1000 * MS;
	std::vector<std::string> told;
	std::string journal;
	React react;

	Talk()
	{
		at = at_new(pipe.transport(), sink, tap, this);
	}
	~Talk()
	{
		at_free(at);
	}
	Talk(const Talk &) = delete;
	Talk &operator=(const Talk &) = delete;

	static void sink(gpointer user, const AtEvent *event)
	{
		Talk *talk = static_cast<Talk *>(user);
		std::string line = kind_names[event->kind];

		EXPECT_EQ(strlen(event->text), event->len);
		if (event->kind == AT_REPLY)
			line += event->ok ? "+" : "-";
		if (event->len > 0)
			line += std::string(" ") + event->text;
		if (event->secret)
			line += " (secret)";
		talk->told.push_back(line);
		if (talk->react)
			talk->react(*talk, *event);
	}

	static void tap(gpointer user, AtTapKind kind, const guint8 *bytes, gsize len, bool secret)
	{
		Talk *talk = static_cast<Talk *>(user);
		std::string text(reinterpret_cast<const char *>(bytes), len);

		if (kind == AT_TAP_IN && secret)
			text = "*" + std::to_string(len);
		if (kind == AT_TAP_OUT && secret)
			text += "(secret)";
		talk->journal += std::string(1, "><="[kind]) + text + "|";
	}

	bool send(const char *command, const char *expect = nullptr, bool prompt = false,
		  guint timeout_ms = 1000)
	{
		AtCommand c = { command, expect, nullptr, timeout_ms, prompt };

		return at_send(at, &c, now);
	}

	bool send_secret(const char *command, const char *shown)
	{
		AtCommand c = { command, nullptr, shown, 1000, false };

		return at_send(at, &c, now);
	}

	void feed(const std::string &bytes)
	{
		at_feed(at, reinterpret_cast<const guint8 *>(bytes.data()), bytes.size(), now);
	}

	/* Time passes; the channel is called only when it asked to be. */
	void wait(gint64 ms)
	{
		gint64 end = now + ms * MS;

		while (at_deadline(at) <= end) {
			now = MAX(now, at_deadline(at));
			at_tick(at, now);
		}
		now = end;
	}

	std::vector<std::string> take()
	{
		return std::exchange(told, {});
	}
};

using Told = std::vector<std::string>;

std::string bytes_of(const char *text, gsize len)
{
	return std::string(text, len);
}
#define BYTES(literal) bytes_of(literal, sizeof(literal) - 1)

struct Dialogue {
	const char *name;
	const char *command; /* nullptr: nothing is outstanding */
	const char *expect;
	bool prompt;
	std::string bytes;
	Told told;
	guint acks = 0; /* after a prompt */
};

const char *const reports[] = { "+QIND:", "#OTAEV", "+CFOTA: \"", nullptr };

const Dialogue dialogues[] = {
	{ "echo on",
	  "AT+CGSN",
	  nullptr,
	  false,
	  "AT+CGSN\r\r\n869951030006302\r\n\r\nOK\r\n",
	  { "LINE 869951030006302", "REPLY+ OK" } },
	{ "CR CR LF, nothing between", "AT", nullptr, false, "AT\r\r\nOK\r\n", { "REPLY+ OK" } },
	{ "LF only",
	  "ATI",
	  nullptr,
	  false,
	  "\nSIM7000 R1351\n\nOK\n",
	  { "LINE SIM7000 R1351", "REPLY+ OK" } },
	{ "CR only",
	  "ATI",
	  nullptr,
	  false,
	  "\rSIM7000 R1351\r\rOK\r",
	  { "LINE SIM7000 R1351", "REPLY+ OK" } },
	{ "leading spaces and an inner blank line",
	  "ATI",
	  nullptr,
	  false,
	  " Quectel_Ltd\r\n Quectel_M95\r\n\r\n Revision: M95FAR02A08\r\n\r\nOK\r\n",
	  { "LINE Quectel_Ltd", "LINE Quectel_M95", "LINE Revision: M95FAR02A08", "REPLY+ OK" } },
	{ "lines that look like numeric results",
	  "ATI",
	  nullptr,
	  false,
	  "\r\n332\r\n0\r\n4\r\nOK\r\n",
	  { "LINE 332", "LINE 0", "LINE 4", "REPLY+ OK" } },
	{ "verbose error",
	  "AT+CFSINIT",
	  nullptr,
	  false,
	  "AT+CFSINIT\r\r\n+CME ERROR: operation not allowed\r\n",
	  { "REPLY- +CME ERROR: operation not allowed" } },
	{ "error without words",
	  "AT+CPIN?",
	  "+CPIN:",
	  false,
	  "\r\n+CME ERROR: \r\n",
	  { "REPLY- +CME ERROR:" } },
	{ "+CMS ERROR",
	  "AT+CNMI?",
	  "+CNMI:",
	  false,
	  "\r\n+CMS ERROR: 310\r\n",
	  { "REPLY- +CMS ERROR: 310" } },
	{ "COMMAND NOT SUPPORT",
	  "AT+CLIST",
	  nullptr,
	  false,
	  "\r\nCOMMAND NOT SUPPORT\r\n",
	  { "REPLY- COMMAND NOT SUPPORT" } },
	{ "NO CARRIER",
	  "AT#OTAUPW",
	  nullptr,
	  false,
	  "\r\nNO CARRIER\r\n",
	  { "REPLY- NO CARRIER" } },
	{ "lower-case ok",
	  "at+cgmr",
	  nullptr,
	  false,
	  "at+cgmr\r\r\n10.00.005\r\n\r\nok\r\n",
	  { "LINE 10.00.005", "REPLY+ ok" } },
	{ "report in the middle of an answer",
	  "AT+GSN",
	  nullptr,
	  false,
	  "\r\n+CPIN: READY\r\n\r\n869951030006302\r\n\r\nOK\r\n",
	  { "REPORT +CPIN: READY", "LINE 869951030006302", "REPLY+ OK" } },
	{ "boot reports are nobody's revision",
	  "AT+CGMR",
	  nullptr,
	  false,
	  "\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\nRevision:1529B08SIM7000G\r\n\r\nSMS Ready\r\n\r\nOK\r\n",
	  { "REPORT RDY", "REPORT +CFUN: 1", "LINE Revision:1529B08SIM7000G", "REPORT SMS Ready",
	    "REPLY+ OK" } },
	{ "a report that was asked for is an answer",
	  "AT+CPIN?",
	  "+CPIN:",
	  false,
	  "\r\n+CPIN: READY\r\n\r\nOK\r\n",
	  { "LINE +CPIN: READY", "REPLY+ OK" } },
	{ "reports after OK in one read",
	  "AT",
	  nullptr,
	  false,
	  "\r\nOK\r\n\r\n+CMTI: \"SM\",1\r\n\r\n+CIEV: 2,3\r\n\r\n+CRING: VOICE\r\n",
	  { "REPLY+ OK", "REPORT +CMTI: \"SM\",1", "REPORT +CIEV: 2,3", "STRAY +CRING: VOICE" } },
	{ "three answers to one line",
	  "AT+CSQ;+CGREG?;+CPIN?",
	  "+CSQ:|+CGREG:|+CPIN:",
	  false,
	  "\r\n+CSQ: 25,0\r\n\r\n+CGREG: 0,1\r\n\r\n+CPIN: READY\r\n\r\nOK\r\n",
	  { "LINE +CSQ: 25,0", "LINE +CGREG: 0,1", "LINE +CPIN: READY", "REPLY+ OK" } },
	{ "a known prefix keeps other lines out",
	  "AT+CFOTA?",
	  "+CFOTA:",
	  false,
	  "AT+CFOTA?\r\r\n+CTZV: 1\r\nhello\r\n+CFOTA: 6\r\n\r\nOK\r\n",
	  { "REPORT +CTZV: 1", "STRAY hello", "LINE +CFOTA: 6", "REPLY+ OK" } },
	{ "driver's reports, in any case",
	  nullptr,
	  nullptr,
	  false,
	  "\r\n+QIND: \"FOTA\",\"START\"\r\n\r\n#otaev: Registered\r\n",
	  { "REPORT +QIND: \"FOTA\",\"START\"", "REPORT #otaev: Registered" } },
	{ "results that nobody waits for",
	  nullptr,
	  nullptr,
	  false,
	  "\r\nOK\r\nERROR\r\n",
	  { "STRAY OK", "STRAY ERROR" } },
	{ "NUL, 0xFF and HDLC at boot",
	  nullptr,
	  nullptr,
	  false,
	  BYTES("\0\0\xff\xfe\0~}#\xc0!}%}(} }$#[~\r\n\0\r\nNORMAL POWER "
		"DOWN\r\n\0\0R\0DY\x01\r\n"),
	  { "STRAY ??~}#?!}%}(} }$#[~", "REPORT NORMAL POWER DOWN", "REPORT RDY" } },
	{ "unbalanced quotes",
	  "AT",
	  nullptr,
	  false,
	  "\r\n*PSUTTZ: 21/01/24,23:10:29\",\"+40\",0\r\n\r\nOK\r\n",
	  { "REPORT *PSUTTZ: 21/01/24,23:10:29\",\"+40\",0", "REPLY+ OK" } },
	{ "CONNECT, two acknowledgements, the result at once",
	  "AT+QFUPL=\"fota.pack\",2048,5,1",
	  "+QFUPL:",
	  true,
	  "AT+QFUPL=\"fota.pack\",2048,5,1\r\r\nCONNECT\r\nAA\r\n+QFUPL: 2048,b34a\r\n\r\nOK\r\n",
	  { "PROMPT CONNECT", "ACK", "ACK", "LINE +QFUPL: 2048,b34a", "REPLY+ OK" },
	  2 },
	{ "a short upload ends payload mode",
	  "AT+QFUPL=\"fota.pack\",4096,5,1",
	  "+QFUPL:",
	  true,
	  "\r\nCONNECT\r\nA\r\n+QFUPL: 1100,1f\r\n\r\nAOK\r\nOK\r\n",
	  { "PROMPT CONNECT", "ACK", "LINE +QFUPL: 1100,1f", "STRAY AOK", "REPLY+ OK" },
	  4 },
	{ "an error ends payload mode",
	  "AT+QFUPL=\"fota.pack\",4096,5,1",
	  "+QFUPL:",
	  true,
	  "\r\nCONNECT\r\nA\r\n+CME ERROR: 4009\r\n",
	  { "PROMPT CONNECT", "ACK", "REPLY- +CME ERROR: 4009" },
	  4 },
	{ "a report does not end payload mode",
	  "AT+QFUPL=\"fota.pack\",2048,5,1",
	  "+QFUPL:",
	  true,
	  "\r\nCONNECT\r\nA\r\n+CMTI: \"SM\",1\r\nA\r\n+QFUPL: 2048,1f\r\n\r\nOK\r\n",
	  { "PROMPT CONNECT", "ACK", "REPORT +CMTI: \"SM\",1", "ACK", "LINE +QFUPL: 2048,1f",
	    "REPLY+ OK" },
	  2 },
	{ "a surplus acknowledgement",
	  "AT+QFUPL=\"fota.pack\",1024,5,1",
	  "+QFUPL:",
	  true,
	  "\r\nCONNECT\r\nAA\r\n+QFUPL: 1024,1f\r\n\r\nOK\r\n",
	  { "PROMPT CONNECT", "ACK", "STRAY A", "LINE +QFUPL: 1024,1f", "REPLY+ OK" },
	  1 },
	{ "an error instead of the prompt",
	  "AT+QFUPL=\"fota.pack\",4096,5,1",
	  "+QFUPL:",
	  true,
	  "\r\n+CME ERROR: 3921\r\n",
	  { "REPLY- +CME ERROR: 3921" } },
	{ "angle prompt",
	  "AT+CFTRANRX=\"C:/file\",100",
	  nullptr,
	  true,
	  "\r\n> \r\nOK\r\n",
	  { "PROMPT > ", "REPLY+ OK" } },
	{ "angle prompt with a line end",
	  "AT+CFTRANRX=\"C:/file\",100",
	  nullptr,
	  true,
	  "\r\n>\r\n\r\nOK\r\n",
	  { "PROMPT >", "REPLY+ OK" } },
	{ "an angle is no prompt by itself",
	  "AT+X",
	  nullptr,
	  true,
	  "\r\n>x > \r\n> OK\r\nOK\r\n",
	  { "LINE >x >", "PROMPT > ", "REPLY+ OK", "STRAY OK" } },
	{ "DOWNLOAD",
	  "AT+CFSWFILE=1,\"update.zip\",0,1024,10000",
	  nullptr,
	  true,
	  "\r\nDOWNLOAD\r\n\r\nOK\r\n",
	  { "PROMPT DOWNLOAD", "REPLY+ OK" } },
	{ "a prompt that nobody asked for",
	  "AT+CGMR",
	  nullptr,
	  false,
	  "\r\nCONNECT\r\n> \r\nDOWNLOAD\r\nOK\r\n",
	  { "LINE CONNECT", "LINE >", "LINE DOWNLOAD", "REPLY+ OK" } },
	{ "only the first prompt counts",
	  "AT+X",
	  "+X:",
	  true,
	  "\r\nCONNECT\r\nCONNECT\r\nOK\r\n",
	  { "PROMPT CONNECT", "STRAY CONNECT", "REPLY+ OK" } },
};

Told play(const Dialogue &d, const std::vector<gsize> &cuts)
{
	Talk talk;
	gsize begin = 0;

	at_set_reports(talk.at, reports);
	talk.react = [&](Talk &t, const AtEvent &event) {
		if (event.kind == AT_PROMPT)
			at_raw(t.at, d.acks, 'A');
	};
	if (d.command && !talk.send(d.command, d.expect, d.prompt))
		ADD_FAILURE() << d.command;
	for (gsize cut : cuts) {
		talk.feed(d.bytes.substr(begin, cut - begin));
		begin = cut;
	}
	talk.feed(d.bytes.substr(begin));
	return talk.take();
}

class Dialogues : public testing::TestWithParam<Dialogue>
{
};

TEST_P(Dialogues, WholeAndByteByByte)
{
	const Dialogue &d = GetParam();
	std::vector<gsize> all;

	for (gsize i = 1; i < d.bytes.size(); i++)
		all.push_back(i);
	EXPECT_EQ(play(d, {}), d.told) << d.name;
	EXPECT_EQ(play(d, all), d.told) << d.name;
}

TEST_P(Dialogues, EveryTwoCuts)
{
	const Dialogue &d = GetParam();

	for (gsize i = 0; i <= d.bytes.size(); i++)
		for (gsize j = i; j <= d.bytes.size(); j++)
			ASSERT_EQ(play(d, { i, j }), d.told) << d.name << ": " << i << ", " << j;
}

INSTANTIATE_TEST_SUITE_P(Corpus, Dialogues, testing::ValuesIn(dialogues));

TEST(At, SendsOneCommandAtATime)
{
	Talk talk;

	EXPECT_FALSE(at_busy(talk.at));
	EXPECT_TRUE(talk.send("AT+CGMR"));
	EXPECT_EQ(talk.pipe.take(), "AT+CGMR\r");
	EXPECT_TRUE(at_busy(talk.at));
	EXPECT_FALSE(talk.send("AT+CGSN"));
	talk.feed("\r\nOK\r\n");
	EXPECT_FALSE(at_busy(talk.at));
	EXPECT_TRUE(talk.send("AT+CGSN"));
	EXPECT_EQ(talk.pipe.take(), "AT+CGSN\r");
}

TEST(At, RefusesWhatIsNoCommand)
{
	Talk talk;

	EXPECT_FALSE(talk.send(""));
	EXPECT_FALSE(talk.send("AT\rAT+CFUN=0"));
	EXPECT_FALSE(talk.send("AT\x1b"));
	talk.pipe.gone = true;
	EXPECT_FALSE(talk.send("AT"));
	EXPECT_FALSE(at_busy(talk.at));
	EXPECT_EQ(talk.pipe.take(), "");
}

TEST(At, MaySendFromInsideAnEvent)
{
	Talk talk;

	talk.react = [](Talk &t, const AtEvent &event) {
		if (event.kind == AT_REPLY)
			t.send("AT+CGSN");
	};
	talk.send("ATE0");
	talk.feed("\r\nOK\r\n+CPIN: READY\r\nstray?\r\n");
	EXPECT_EQ(talk.take(), (Told{ "REPLY+ OK", "REPORT +CPIN: READY", "LINE stray?" }));
}

TEST(At, MayBeFreedFromInsideAnEvent)
{
	for (int which = 0; which < 3; which++) {
		Talk talk;
		int told = 0;

		talk.react = [&](Talk &t, const AtEvent &event) {
			told++;
			if (event.kind == AT_PROMPT) {
				at_write(t.at, reinterpret_cast<const guint8 *>("x"), 1);
				return;
			}
			at_free(std::exchange(t.at, nullptr));
		};
		if (which == 0) {
			talk.send("AT");
			talk.feed("OK\r\nRDY\r\nRDY\r\n");
			EXPECT_EQ(told, 1);
		} else if (which == 1) {
			talk.send("AT+X", nullptr, true);
			talk.feed("CONNECT\r\nRDY\r\n");
			EXPECT_EQ(told, 2);
		} else {
			talk.send("AT");
			at_tick(talk.at, talk.now + 1000 * MS);
			EXPECT_EQ(told, 1);
		}
		EXPECT_EQ(talk.at, nullptr);
	}
}

TEST(At, CutsALongLine)
{
	Talk talk;

	talk.send("AT+CGMR");
	talk.feed(std::string(10000, 'x') + "\r\nOK\r\n");
	EXPECT_EQ(talk.take(), (Told{ "LINE " + std::string(AT_LINE_MAX, 'x'), "REPLY+ OK" }));
}

TEST(At, AbandonsAfterItsTime)
{
	Talk talk;

	talk.send("AT+CGMR", nullptr, false, 300);
	EXPECT_EQ(at_deadline(talk.at), talk.now + 300 * MS);
	talk.wait(299);
	EXPECT_TRUE(talk.take().empty());
	talk.wait(1);
	EXPECT_EQ(talk.take(), Told{ "TIMEOUT AT+CGMR" });
	EXPECT_TRUE(at_in_doubt(talk.at));
	EXPECT_FALSE(talk.send("AT+CGSN"));
	EXPECT_EQ(at_deadline(talk.at), G_MAXINT64);
}

TEST(At, LateAnswersNeverReachTheNextCommand)
{
	Talk talk;

	talk.send("AT+CGMR");
	talk.wait(1000);
	talk.take();
	talk.feed("AT+CGMR\r\r\nRevision:1\r\n\r\n+QCOUNT: 1\r\n\r\nRDY\r\n");
	EXPECT_EQ(talk.take(), (Told{ "LATE Revision:1", "LATE +QCOUNT: 1", "REPORT RDY" }));
	EXPECT_FALSE(talk.send("AT+CGSN"));
	talk.feed("\r\nOK\r\n");
	EXPECT_EQ(talk.take(), Told{ "LATE OK" });
	EXPECT_FALSE(at_in_doubt(talk.at));
	EXPECT_TRUE(talk.send("AT+CGSN"));
	talk.feed("\r\n869951030006302\r\n\r\nOK\r\n");
	EXPECT_EQ(talk.take(), (Told{ "LINE 869951030006302", "REPLY+ OK" }));
}

TEST(At, ALatePromptIsNone)
{
	Talk talk;
	guint8 byte = 0;

	talk.send("AT+QFUPL", "+QFUPL:", true);
	talk.wait(1000);
	talk.feed("\r\nCONNECT\r\n> ");
	EXPECT_EQ(talk.take(), (Told{ "TIMEOUT AT+QFUPL", "LATE CONNECT" }));
	EXPECT_FALSE(at_write(talk.at, &byte, 1));
}

TEST(At, ResyncAsksAndBelievesTheFirstOk)
{
	Talk talk;

	at_resync(talk.at, 500, 3, 1000, talk.now);
	EXPECT_TRUE(at_busy(talk.at));
	EXPECT_FALSE(talk.send("ATI"));
	talk.wait(499);
	EXPECT_EQ(talk.pipe.take(), "");
	talk.wait(1);
	EXPECT_EQ(talk.pipe.take(), "AT\r");
	talk.feed("AT\r\r\nOK\r\n");
	EXPECT_EQ(talk.take(), Told{ "SYNCED" });
	EXPECT_TRUE(talk.send("ATI"));
}

TEST(At, ResyncWithoutQuietAsksAtOnceButNotFromInside)
{
	Talk talk;

	at_resync(talk.at, 0, 3, 500, talk.now);
	EXPECT_EQ(talk.pipe.take(), "");
	EXPECT_LE(at_deadline(talk.at), talk.now);
	talk.wait(0);
	EXPECT_EQ(talk.pipe.take(), "AT\r");
}

TEST(At, ResyncWaitsForSilenceButNotForEver)
{
	Talk talk;

	at_resync(talk.at, 500, 3, 1000, talk.now);
	talk.wait(400);
	talk.feed("$GPGGA\r\n");
	talk.wait(499);
	EXPECT_EQ(talk.pipe.take(), "");
	for (int i = 0; i < 100; i++) {
		talk.feed("$GPGGA\r\n");
		talk.wait(100);
	}
	EXPECT_EQ(talk.pipe.take(), "AT\r");
}

TEST(At, ResyncSilenceBeginsWhenThePayloadHasLeft)
{
	Talk talk;

	talk.react = [](Talk &t, const AtEvent &event) {
		if (event.kind == AT_PROMPT)
			at_write(t.at, reinterpret_cast<const guint8 *>("data"), 4);
	};
	talk.pipe.hold = true;
	talk.send("AT+QFUPL", "+QFUPL:", true);
	talk.feed("\r\nCONNECT\r\n");
	talk.pipe.take();
	at_resync(talk.at, 5000, 3, 1000, talk.now);
	talk.wait(5000);
	EXPECT_EQ(talk.pipe.take(), "");
	talk.pipe.drain(talk.pipe.queued);
	talk.pipe.hold = false;
	talk.wait(4999);
	EXPECT_EQ(talk.pipe.take(), "");
	talk.wait(1);
	EXPECT_EQ(talk.pipe.take(), "AT\r");
}

TEST(At, ResyncAfterATimeoutTakesNoForeignOk)
{
	Talk talk;

	talk.send("AT+CFUN=1");
	talk.wait(1000);
	at_resync(talk.at, 500, 3, 1000, talk.now);
	talk.wait(500);
	talk.take();
	/* The first OK is the old command's, the second that of the AT. */
	talk.feed("AT+CFUN=1\r\r\nwords\r\n\r\nOK\r\n");
	talk.wait(900);
	EXPECT_FALSE(talk.send("AT+CGMR"));
	talk.feed("AT\r\r\nOK\r\n");
	talk.wait(999);
	EXPECT_EQ(talk.take(), (Told{ "LATE words", "LATE OK", "LATE OK" }));
	talk.wait(1);
	EXPECT_EQ(talk.take(), Told{ "SYNCED" });
	EXPECT_FALSE(at_in_doubt(talk.at));
	EXPECT_TRUE(talk.send("AT+CGMR"));
}

TEST(At, ResyncSwallowsTheOksOfAllItsAts)
{
	Talk talk;

	at_resync(talk.at, 0, 3, 500, talk.now);
	talk.wait(1100);
	EXPECT_EQ(talk.pipe.take(), "AT\rAT\rAT\r");
	talk.feed("AT\r\r\nOK\r\nAT\r\r\nOK\r\n");
	talk.wait(300);
	talk.feed("\r\n+QIND: \"FOTA\",\"START\"\r\n\r\nRDY\r\nAT\r\r\nOK\r\n");
	talk.wait(499);
	EXPECT_EQ(talk.take(), (Told{ "LATE OK", "LATE OK", "LATE +QIND: \"FOTA\",\"START\"",
				      "REPORT RDY", "LATE OK" }));
	talk.wait(1);
	EXPECT_EQ(talk.take(), Told{ "SYNCED" });
	EXPECT_EQ(talk.pipe.take(), "");
}

TEST(At, EndlessOksDoNotHoldResync)
{
	Talk talk;

	at_resync(talk.at, 0, 2, 500, talk.now);
	talk.wait(600);
	for (int i = 0; i < 100 && at_busy(talk.at); i++) {
		talk.feed("OK\r");
		talk.wait(100);
	}
	EXPECT_EQ(talk.told.back(), "SYNCED");
}

TEST(At, ResyncEndsMute)
{
	Talk talk;

	at_resync(talk.at, 500, 3, 1000, talk.now);
	talk.feed("\r\nERROR\r\n");
	talk.wait(3499);
	EXPECT_EQ(talk.take(), Told{ "LATE ERROR" });
	talk.wait(1);
	EXPECT_EQ(talk.take(), Told{ "MUTE" });
	EXPECT_EQ(talk.pipe.take(), "AT\rAT\rAT\r");
	/* Three answers may still come: no command before another resync. */
	EXPECT_FALSE(at_busy(talk.at));
	EXPECT_TRUE(at_in_doubt(talk.at));
	EXPECT_FALSE(talk.send("AT+CGMR"));
	at_resync(talk.at, 0, 3, 1000, talk.now);
	talk.wait(0);
	talk.feed("\r\nOK\r\n");
	talk.wait(1000);
	EXPECT_EQ(talk.take(), (Told{ "LATE OK", "SYNCED" }));
	EXPECT_TRUE(talk.send("AT+CGMR"));
}

TEST(At, ResyncOnAVanishedPortIsMute)
{
	Talk talk;

	talk.pipe.gone = true;
	at_resync(talk.at, 0, 3, 1000, talk.now);
	EXPECT_TRUE(talk.take().empty());
	talk.wait(0);
	EXPECT_EQ(talk.take(), Told{ "MUTE" });
}

TEST(At, ResyncStartsOver)
{
	Talk talk;

	at_resync(talk.at, 0, 3, 1000, talk.now);
	talk.wait(0);
	at_resync(talk.at, 0, 3, 1000, talk.now);
	talk.wait(0);
	EXPECT_EQ(talk.pipe.take(), "AT\rAT\r");
	talk.feed("OK\r");
	EXPECT_EQ(talk.take(), Told{ "LATE OK" });
	talk.wait(1000);
	EXPECT_EQ(talk.take(), Told{ "SYNCED" });
}

/* A transfer: prompt, then blocks as the channel asks for them. */
struct Upload : Talk {
	std::string block = std::string(3000, 'x');

	Upload()
	{
		send("AT+CFSWFILE=1", nullptr, true);
		feed("\r\nDOWNLOAD\r\n");
		told.clear();
		pipe.take();
		pipe.hold = true;
	}

	bool write()
	{
		return at_write(at, reinterpret_cast<const guint8 *>(block.data()), block.size());
	}
};

TEST(At, AsksForMorePayloadOncePerWrite)
{
	Upload talk;

	EXPECT_TRUE(talk.write());
	EXPECT_TRUE(talk.take().empty()) << "never from inside at_write()";
	EXPECT_LE(at_deadline(talk.at), talk.now);
	at_tick(talk.at, talk.now);
	at_tick(talk.at, talk.now);
	EXPECT_EQ(talk.take(), Told{ "SENT" });
	EXPECT_TRUE(talk.write());
	at_tick(talk.at, talk.now);
	EXPECT_TRUE(talk.take().empty()) << "6000 bytes are queued";
	talk.pipe.drain(1904);
	at_drained(talk.at, talk.now);
	EXPECT_TRUE(talk.take().empty()) << "4096 bytes are queued";
	talk.pipe.drain(1);
	at_drained(talk.at, talk.now);
	at_drained(talk.at, talk.now);
	EXPECT_EQ(talk.take(), Told{ "SENT" });
}

TEST(At, PayloadFromInsideSentStillComesOneByOne)
{
	Upload talk;
	int blocks = 0;

	talk.pipe.hold = false;
	talk.react = [&](Talk &, const AtEvent &event) {
		if (event.kind == AT_SENT && ++blocks < 5)
			talk.write();
	};
	talk.write();
	talk.feed("\r");
	EXPECT_EQ(blocks, 1);
	talk.feed("\n\r\n\r\n");
	EXPECT_EQ(blocks, 5);
}

TEST(At, OnlySilenceLimitsATransfer)
{
	Upload talk;

	for (int i = 0; i < 5; i++) {
		talk.wait(900);
		talk.write();
		talk.pipe.drain(3000);
	}
	talk.wait(900);
	at_drained(talk.at, talk.now);
	talk.wait(999);
	EXPECT_EQ(talk.take(), (Told{ "SENT", "SENT", "SENT", "SENT", "SENT" }));
	talk.wait(1);
	EXPECT_EQ(talk.take(), Told{ "TIMEOUT AT+CFSWFILE=1" });
	EXPECT_FALSE(talk.write());
}

TEST(At, PromptAndAcknowledgementsAreNoSilence)
{
	Talk talk;

	talk.send("AT+QFUPL", "+QFUPL:", true);
	talk.wait(900);
	talk.feed("\r\nCONNECT\r\n");
	at_raw(talk.at, 3, 'A');
	talk.wait(900);
	talk.feed("A");
	talk.wait(999);
	EXPECT_EQ(talk.take(), (Told{ "PROMPT CONNECT", "ACK" }));
	talk.wait(1);
	EXPECT_EQ(talk.take(), Told{ "TIMEOUT AT+QFUPL" });
}

TEST(At, NobodyIsAskedForPayloadAfterTheResult)
{
	Upload talk;

	talk.write();
	talk.write();
	talk.pipe.drain(1000);
	at_drained(talk.at, talk.now);
	talk.feed("OK\r");
	talk.pipe.drain(5000);
	at_drained(talk.at, talk.now);
	EXPECT_EQ(talk.take(), Told{ "REPLY+ OK" });
}

TEST(At, AResultInMidTransferLeavesDoubt)
{
	Upload talk;

	talk.write();
	talk.feed("\r\n+CME ERROR: operation not allowed\r\n");
	EXPECT_EQ(talk.take(), (Told{ "SENT", "REPLY- +CME ERROR: operation not allowed" }));
	EXPECT_TRUE(at_in_doubt(talk.at));
	EXPECT_FALSE(talk.send("AT"));
	EXPECT_FALSE(talk.write());
}

TEST(At, NoPayloadWithoutAPrompt)
{
	Talk talk;
	guint8 byte = 0;

	EXPECT_FALSE(at_write(talk.at, &byte, 1));
	talk.send("AT+QFUPL", nullptr, true);
	EXPECT_FALSE(at_write(talk.at, &byte, 1));
	EXPECT_EQ(talk.pipe.take(), "AT+QFUPL\r");
}

TEST(At, AbandonedTransferIsInDoubtUntilItsResult)
{
	Upload talk;

	at_raw(talk.at, 4, 'A');
	at_abandon(talk.at, talk.now);
	EXPECT_TRUE(talk.take().empty());
	EXPECT_TRUE(at_in_doubt(talk.at));
	EXPECT_FALSE(talk.write());
	talk.feed("A\r\n+QFUPL: 100,5\r\n\r\nOK\r\n");
	EXPECT_EQ(talk.take(), (Told{ "LATE A", "LATE +QFUPL: 100,5", "LATE OK" }));
	EXPECT_FALSE(at_in_doubt(talk.at));
}

TEST(At, SecretsStayOutOfTheJournal)
{
	Talk talk;

	EXPECT_TRUE(talk.send_secret("AT+CPIN=\"48213795\"", "AT+CPIN=\"***\""));
	EXPECT_EQ(talk.pipe.take(), "AT+CPIN=\"48213795\"\r");
	talk.feed("?AT+CPIN=\"48213795\"\r\r\n+CPIN: READY\r\n");
	talk.feed("\r\nOK\r\n");
	talk.feed("\r\nRDY\r\n");
	EXPECT_EQ(talk.journal, ">AT+CPIN=\"***\"\r(secret)|<*36|<*6|<\r\nRDY\r\n|");
	EXPECT_EQ(talk.take(), (Told{ "LINE ?AT+CPIN=\"48213795\" (secret)", "REPORT +CPIN: READY",
				      "REPLY+ OK", "REPORT RDY" }));
}

TEST(At, SecretsStaySecretWhileInDoubt)
{
	Talk talk;

	talk.send_secret("AT+CPIN=48213795", "AT+CPIN=***");
	talk.wait(1000);
	at_resync(talk.at, 0, 3, 1000, talk.now);
	talk.wait(0);
	talk.feed("AT+CPIN=4821\r\n48213795\r\nOK\r\n");
	talk.wait(1000);
	EXPECT_EQ(talk.take(), (Told{ "TIMEOUT AT+CPIN=***", "LATE AT+CPIN=4821 (secret)",
				      "LATE 48213795 (secret)", "LATE OK (secret)", "SYNCED" }));
	EXPECT_EQ(talk.journal, ">AT+CPIN=***\r(secret)|>AT\r(secret)|<*28|");
	talk.journal.clear();
	talk.feed("+CPIN: READY\r");
	EXPECT_EQ(talk.journal, "<+CPIN: READY\r|");
}

TEST(At, TheJournalSeesPayloadAndAnswersInOrder)
{
	Talk talk;

	talk.react = [](Talk &t, const AtEvent &event) {
		if (event.kind == AT_PROMPT)
			at_write(t.at, reinterpret_cast<const guint8 *>("x"), 1);
	};
	talk.send("AT+W", nullptr, true);
	talk.feed("\r\n> ");
	talk.feed("\r\nOK\r\n");
	EXPECT_EQ(talk.journal, ">AT+W\r|<\r\n> |=x|<\r\nOK\r\n|");
}

} // namespace
