/* SPDX-License-Identifier: Apache-2.0
 *
 * What the AT channel does with commands, time, payload and secrets. It never sleeps and knows no vendor procedure; what
 * cuts do to a dialogue is tested beside it. */
#include "tests/at_talk.h"

namespace
{

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

TEST(At, MayBeFreedWhenAskedForPayload)
{
	Talk talk;

	talk.react = [](Talk &t, const AtEvent &event) {
		if (event.kind == AT_PROMPT)
			at_write(t.at, reinterpret_cast<const guint8 *>("x"), 1);
		else
			at_free(std::exchange(t.at, nullptr));
	};
	talk.pipe.hold = true;
	talk.send("AT+X", "", true);
	talk.pipe.queued = 5000;
	talk.feed("CONNECT\r\n");
	talk.pipe.drain(5000);
	at_tick(talk.at, talk.now + 5000 * MS);
	EXPECT_EQ(talk.at, nullptr);
	EXPECT_EQ(talk.take(), (Told{ "PROMPT CONNECT", "SENT" }));
}

TEST(At, NeedsNoJournal)
{
	Talk talk;

	at_free(talk.at);
	talk.at = at_new(talk.pipe.transport(), Talk::sink, nullptr, &talk);
	talk.send("AT+X", "", true);
	talk.feed("download\r\n");
	EXPECT_TRUE(at_write(talk.at, reinterpret_cast<const guint8 *>("x"), 1));
	at_free(std::exchange(talk.at, nullptr));
	at_free(nullptr);
	EXPECT_EQ(talk.pipe.take(), "AT+X\rx");
	EXPECT_EQ(talk.journal, "");
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
	talk.feed("AT+CGSN\r\r\n869951030006302\r\n\r\nOK\r\n");
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

TEST(At, ChangesTheSpeedOfItsTransport)
{
	Talk talk;

	at_set_baud(talk.at, 9600);
	EXPECT_EQ(talk.pipe.baud, 9600u);
	EXPECT_EQ(at_baud(talk.at), 9600u);
	talk.pipe.gone = true;
	at_set_baud(talk.at, 115200);
	EXPECT_EQ(at_baud(talk.at), 9600u);
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
	EXPECT_EQ(talk.take(), (Told{ "LINE ?AT+CPIN=\"48213795\"", "REPORT +CPIN: READY",
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
	EXPECT_EQ(talk.take(), (Told{ "TIMEOUT AT+CPIN=***", "LATE AT+CPIN=4821", "LATE 48213795",
				      "LATE OK", "SYNCED" }));
	EXPECT_EQ(talk.journal, ">AT+CPIN=***\r(secret)|>AT\r(secret)|<*28|");
	talk.journal.clear();
	talk.feed("+CPIN: READY\r");
	EXPECT_EQ(talk.journal, "<+CPIN: READY\r|");
}

/* A unit that is slow to answer the ATs of a resync answers the last of them when the next command is out already. */
TEST(At, ALateOkOfAResyncIsNotTheNextCommandsResult)
{
	Talk talk;

	talk.send("AT+CGMM");
	talk.feed("AT\r\r\nOK\r\n");
	talk.feed("AT\r\r\nOK\r\n");
	talk.feed("AT+CGMM\r\r\nQuectel_MC65\r\n\r\nOK\r\n");
	EXPECT_EQ(talk.take(), (Told{ "LATE OK", "LATE OK", "LINE Quectel_MC65", "REPLY+ OK" }));
}

/* A unit that echoes proves which lines belong to a command: those behind its echo. */
TEST(At, NothingBeforeTheEchoIsTheAnswer)
{
	Talk talk;

	talk.send("AT");
	talk.feed("AT\r\r\nOK\r\n");
	talk.take();
	talk.send("AT+CGMI");
	talk.feed("\r\nHELLO\r\n\r\nOK\r\n");
	EXPECT_EQ(talk.take(), (Told{ "STRAY HELLO", "LATE OK" }));
	talk.feed("AT+CGMI\r\r\nQuectel_Ltd\r\n\r\nOK\r\n");
	EXPECT_EQ(talk.take(), (Told{ "LINE Quectel_Ltd", "REPLY+ OK" }));
}

/* One that was told to be quiet, or has stopped by itself, is believed without. */
TEST(At, EchoThatEndsIsNotWaitedFor)
{
	Talk talk;

	talk.send("ATE0");
	talk.feed("ATE0\r\r\nOK\r\n");
	talk.take();
	talk.send("AT+CGMI");
	talk.feed("\r\nQuectel_Ltd\r\n\r\nOK\r\n");
	EXPECT_EQ(talk.take(), (Told{ "LINE Quectel_Ltd", "REPLY+ OK" }));
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
