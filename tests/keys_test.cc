/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys, scans and questions on the whole dashboard behind a terminal emulator: what reaches the station, and what never may. The
 * station is one that writes down what it is asked. */
#include <glib/gi18n.h>
#include <random>

#include "tests/dashboard_terminal.h"

namespace
{

const char *const label_of_a1 = "866617050000101";
const char *const good_label = "356938035643809";

class Keyboard : public Dashboard
{
      protected:
	/* A scanner types as fast as the line goes, and ends with Enter. */
	void scan(const std::string &text)
	{
		type(text + "\r");
	}
	bool shows(const std::string &words)
	{
		return emulator->text().find(words) != std::string::npos;
	}
	void busy(guint n = 8)
	{
		start(n, 80, 24);
		story_busy_rack(story, n);
		pass(0.1);
	}
};

TEST_F(Keyboard, EveryActNamesItsSlotAndAsksFirst)
{
	const struct {
		const char *key;
		int slot;
		const char *question;
		Act act;
	} cases[] = {
		{ "s", 5, "Start A6 (MC65 …00286), MC65CAR01A01 → MC65CAR01A03? y/n", ACT_START },
		{ "S", 5, "Start 1 unit: A6? y/n", ACT_START },
		{ "r", 3, "Retest A4 (MC65 …00212)?", ACT_RETEST },
		{ "x", 0, "Abort A1 (MC65 …00101)?", ACT_ABORT },
		{ "p", 4, "Park slot A5?", ACT_PARK },
		{ "a", 3, "A4 (MC65 …00212): the unit says the package is wrong", ACT_ACKNOWLEDGE },
		{ "e", 0, "End the batch of work order WO-1001?", ACT_END_BATCH },
		{ "q", 0, "Quit? y/n", ACT_QUIT }
	};

	for (const auto &c : cases) {
		busy();
		story.state(5, SLOT_READY, ORDER_WAIT);
		for (int i = 0; i < c.slot; i++)
			type("\033[C");
		for (const char *no : { "n", "\033\033" }) {
			type(c.key);
			EXPECT_TRUE(shows(c.question)) << c.key << "\n" << emulator->text();
			type(no);
			EXPECT_TRUE(done.empty()) << c.key;
			EXPECT_FALSE(shows("y/n")) << c.key;
		}
		type(c.key);
		type("y");
		ASSERT_EQ(done.size(), 1u) << c.key;
		EXPECT_EQ(done[0].act, c.act);
		if (c.act != ACT_QUIT && c.act != ACT_END_BATCH) {
			EXPECT_EQ(done[0].slot, (guint)c.slot) << c.key;
		}
		done.clear();
		tui_free(g_steal_pointer(&tui));
	}
	start(8, 80, 24);
}

TEST_F(Keyboard, AbortIsRefusedPastThePointOfNoReturn)
{
	busy();
	type("\033[C");
	type("x");
	EXPECT_TRUE(shows("past the point of no return")) << emulator->text();
	type("y");
	EXPECT_TRUE(done.empty());
	EXPECT_FALSE(shows("point of no return")) << "seen with the next key";
}

TEST_F(Keyboard, WhoeverLeftMeanwhileIsNotMeant)
{
	busy();
	type("x");
	EXPECT_TRUE(shows("Abort A1"));
	story.end(0, OUTCOME_PASS);
	story.remove(0);
	story.working(0, "upload", 3);
	type("y");
	EXPECT_TRUE(done.empty());
	EXPECT_TRUE(shows("A1: another unit is there now, nothing was done")) << emulator->text();
}

/* All that are ready are those that the question named. */
TEST_F(Keyboard, WhoBecameReadySinceIsNotStarted)
{
	busy();
	story.identify(6);
	story.state(5, SLOT_READY, ORDER_WAIT);
	story.state(6, SLOT_READY, ORDER_WAIT);
	type("S");
	EXPECT_TRUE(shows("Start 2 units: A6 A7? y/n")) << emulator->text();
	story.remove(5);
	story.working(5, "upload", 3);
	story.state(4, SLOT_READY, ORDER_WAIT);
	type("y");
	ASSERT_EQ(done.size(), 1u);
	EXPECT_EQ(done[0].act, ACT_START);
	EXPECT_EQ(done[0].slot, 6u);
	EXPECT_TRUE(shows("A6: another unit is there now")) << emulator->text();
}

/* Before its visit a unit's target is known by its plan alone. */
TEST_F(Keyboard, AStartNamesWhereItGoes)
{
	start(8, 80, 24);
	story.arrive(0);
	story.identify(0);
	story.state(0, SLOT_READY, ORDER_WAIT);
	pass(0.1);
	type("s");
	EXPECT_TRUE(shows("MC65CAR01A01 -> MC65CAR01A03 (mc65-a01-a03)? y/n")) << emulator->text();
}

TEST_F(Keyboard, WhatCannotBeIsSaidAtOnce)
{
	SlotChange failed = { SLOT_RUNNING, SLOT_FAILED, ORDER_REMOVE_BAD, false, true };

	busy();
	story.done(0, OUTCOME_FAIL, FAULT_NO_ANSWER);
	story.emit(EV_SLOT_STATE, 0, SLOT_FAILED, nullptr, &failed);
	type("a");
	EXPECT_TRUE(shows("its unit is still in it: remove it")) << emulator->text();
	story.remove(0);
	type("r");
	EXPECT_TRUE(shows("A1: there is no unit in it")) << emulator->text();
	type("p");
	EXPECT_TRUE(shows("Park slot A1? ")) << "nobody else is named\n" << emulator->text();
	type("n");
	type("q");
	type("y");
	type("s");
	EXPECT_TRUE(shows("the station is stopping")) << emulator->text();
	EXPECT_EQ(done.size(), 1u);
}

TEST_F(Keyboard, TheEndOfTheEventsIsTheFirstOfThem)
{
	busy(24);
	type("l");
	EXPECT_FALSE(shows("operator 7731\n")) << emulator->text();
	type("\033[F");
	EXPECT_TRUE(shows("operator 7731\n")) << emulator->text();
	type("\033[H");
	EXPECT_FALSE(shows("operator 7731\n"));
}

TEST_F(Keyboard, WhatTheStationRefusesIsSaid)
{
	busy();
	refusal = "there is no unit in it";
	type("r");
	type("y");
	EXPECT_TRUE(shows("A1: there is no unit in it")) << emulator->text();
}

TEST_F(Keyboard, AParkedSlotIsUsedAgainWithTheSameKey)
{
	SlotChange change = { SLOT_EMPTY, SLOT_PARKED, ORDER_LEAVE_EMPTY, true };

	start(8, 80, 24);
	story.emit(EV_SLOT_STATE, 0, SLOT_PARKED, nullptr, &change);
	type("p");
	EXPECT_TRUE(shows("Use slot A1 again?")) << emulator->text();
	type("y");
	ASSERT_EQ(done.size(), 1u);
	EXPECT_EQ(done[0].act, ACT_RELEASE);
}

TEST_F(Keyboard, NothingIsStoppedForTheShellWhileAUnitIsOpen)
{
	busy();
	open_count = 3;
	type("\032");
	EXPECT_EQ(suspends, 0);
	EXPECT_TRUE(shows("not suspended: 3 units have no verdict yet")) << emulator->text();
	open_count = 0;
	type("\032");
	EXPECT_EQ(suspends, 1);
	EXPECT_TRUE(shows("DO NOT TOUCH")) << "drawn anew";
}

/* ---- operator and work order ---- */

TEST_F(Keyboard, OperatorAndWorkOrderAreTyped)
{
	start(8, 80, 24);
	pass(0);
	type("o");
	EXPECT_TRUE(shows("Who works here?"));
	type("s");
	type("q");
	type("é");
	type("\177");
	EXPECT_TRUE(shows("sq_")) << emulator->text();
	type("\r");
	ASSERT_EQ(workers.size(), 1u);
	EXPECT_EQ(workers[0], "sq");
	EXPECT_TRUE(shows("operator sq"));
	type("w");
	type("1");
	type("\033\033");
	EXPECT_TRUE(orders.empty());
	EXPECT_TRUE(done.empty());
}

TEST_F(Keyboard, OperatorIsAskedAtStartWhenConfigured)
{
	ask_worker = true;
	start(8, 80, 24);
	pass(0);
	EXPECT_TRUE(shows("Who works here?")) << emulator->text();
	scan("OP:7731");
	ASSERT_EQ(workers.size(), 1u);
	EXPECT_EQ(workers[0], "7731");
	EXPECT_FALSE(shows("Who works here?"));
}

TEST_F(Keyboard, TheLabelOfAUnitIsNoWorkOrder)
{
	start(8, 80, 24);
	pass(0);
	type("w");
	scan(std::string("IMEI:") + good_label);
	EXPECT_TRUE(orders.empty());
	EXPECT_TRUE(shows("Which work order?"));
	EXPECT_TRUE(shows("that is the label of a unit")) << emulator->text();
	scan("WO-5");
	ASSERT_EQ(orders.size(), 1u);
	EXPECT_EQ(orders[0], "WO-5");
}

TEST_F(Keyboard, WhatWasNotDoneIsSaidForAWhile)
{
	busy();
	type("\033[C");
	type("x");
	pass(5);
	EXPECT_TRUE(shows("point of no return"));
	EXPECT_LE(tui_deadline(tui), story.now + 10 * G_USEC_PER_SEC);
	pass(6);
	EXPECT_FALSE(shows("point of no return"));
}

/* ---- scans ---- */

TEST_F(Keyboard, AScanIsNeverAKey)
{
	busy();
	for (const char *text :
	     { "qyqyqy", "ssyy", "Sy Sy", "xyxyxy", "eyey", "rypypy", "123qy", "yyyy" }) {
		scan(text);
		EXPECT_TRUE(done.empty()) << text;
		EXPECT_FALSE(shows("y/n")) << text;
		/* One that breaks off is none either. */
		type(text);
		EXPECT_TRUE(done.empty()) << text;
		EXPECT_FALSE(shows("y/n")) << text;
	}
	EXPECT_EQ(quits, 0);
}

TEST_F(Keyboard, AScanThatALateLoopReadsInPiecesIsOneScan)
{
	start(8, 80, 24);
	pass(0);
	emulator->type("OP:7");
	ASSERT_TRUE(tui_input(tui, story.now));
	/* The loop was late by far more than the gap, and reads what has come before it looks at its clock. */
	story.seconds(0.5);
	emulator->type("731\r");
	ASSERT_TRUE(tui_input(tui, story.now));
	tui_tick(tui, story.now);
	ASSERT_EQ(workers.size(), 1u);
	EXPECT_EQ(workers[0], "7731");
}

TEST_F(Keyboard, ASingleKeyWaitsUntilItCannotBeAScan)
{
	start(8, 80, 24);
	pass(0);
	emulator->type("q");
	ASSERT_TRUE(tui_input(tui, story.now));
	EXPECT_LE(tui_deadline(tui), story.now + 30000);
	pass(0.02);
	EXPECT_FALSE(shows("Quit?"));
	pass(0.011);
	pass(0.05);
	EXPECT_TRUE(shows("Quit?"));
}

/* Some scanners put control characters around what they read: none of them is ever a key. */
TEST_F(Keyboard, AScanMayBeFramed)
{
	const char *const scans[] = { "OP:Anna\003", "\002OP:Anna\003", "\003OP:Anna\r",
				      "OP:Anna\r\n", "OP:Anna\r\003",   "OP:Anna\003\r" };

	busy();
	for (const char *scan : scans) {
		workers.clear();
		type(scan);
		ASSERT_EQ(workers.size(), 1u) << scan;
		EXPECT_EQ(workers[0], "Anna");
		pass(0.1);
		EXPECT_FALSE(shows("Quit?")) << scan;
		EXPECT_TRUE(shows(" slots ")) << "no other view\n" << emulator->text();
	}
	type("\003");
	EXPECT_TRUE(shows("Quit? y/n")) << emulator->text();
	EXPECT_EQ(quits, 0);
	type("n\r");
	pass(0.1);
	EXPECT_FALSE(shows("Quit?"));
}

TEST_F(Keyboard, WhatIsPastedIntoATextIsTyped)
{
	busy();
	type("h");
	type("/");
	type(label_of_a1);
	EXPECT_TRUE(shows(label_of_a1)) << emulator->text();
	type("\r");
	EXPECT_EQ(asked_record.back(), std::string(label_of_a1) + " - - - - ");
}

TEST_F(Keyboard, ABellThatIsOffRingsForNoScan)
{
	for (Bell b : { BELL_OFF, BELL_FAILURES }) {
		bell = b;
		busy();
		bells = 0;
		label_answer = TUI_LABEL_DIFFERS;
		scan("no label at all");
		scan(good_label);
		EXPECT_TRUE(shows("WRONG LABEL?"));
		scan(good_label);
		EXPECT_EQ(bells > 0, b != BELL_OFF);
	}
}

TEST_F(Keyboard, PrefixesTellWhatWasScanned)
{
	busy();
	scan("OP:Anna");
	scan("WO:WO-2002");
	ASSERT_EQ(workers.size(), 1u);
	ASSERT_EQ(orders.size(), 1u);
	EXPECT_EQ(workers[0], "Anna");
	EXPECT_EQ(orders[0], "WO-2002");
	EXPECT_TRUE(labels.empty());
	scan("hello there");
	EXPECT_TRUE(shows("the scanned text \"hello there\" is not used")) << emulator->text();
}

TEST_F(Keyboard, ALabelSelectsItsSlot)
{
	busy();
	label_answer = TUI_LABEL_MATCHES;
	scan(std::string("MC65;IMEI:") + good_label + ";SN:123456");
	ASSERT_EQ(labels.size(), 1u);
	EXPECT_EQ(labels[0], good_label);
	EXPECT_TRUE(shows("A6: the label fits")) << emulator->text();
	EXPECT_TRUE(shows("►A6")) << emulator->text();
	scan("356938035643808");
	EXPECT_EQ(labels.size(), 1u) << "no valid IMEI";
}

TEST_F(Keyboard, AWrongLabelIsLoudAndAsksWhichUnitItIsOn)
{
	busy();
	label_answer = TUI_LABEL_DIFFERS;
	scan(good_label);
	EXPECT_TRUE(shows("WRONG LABEL?")) << emulator->text();
	EXPECT_TRUE(shows(label_of_a1));
	scan("yyyyyy");
	EXPECT_TRUE(mismatches.empty()) << "a scan is no answer";
	EXPECT_TRUE(shows("answer the question first")) << emulator->text();
	EXPECT_TRUE(shows("WRONG LABEL?"));
	type("y");
	ASSERT_EQ(mismatches.size(), 1u);
	EXPECT_EQ(mismatches[0], std::string("0 ") + label_of_a1 + " " + good_label);
	scan(good_label);
	type("n");
	EXPECT_EQ(mismatches.size(), 1u);
	EXPECT_TRUE(shows("is kept for the unit that is put in next")) << emulator->text();
	EXPECT_TRUE(done.empty());
	/* Somebody else is there when the answer comes: the station says so, and so does the screen. */
	refusal = N_("another unit is there now, nothing was done");
	scan(good_label);
	story.remove(0);
	story.working(0, "upload", 10);
	type("y");
	EXPECT_EQ(mismatches.back(), std::string("0 ") + label_of_a1 + " " + good_label);
	EXPECT_TRUE(shows("A1: another unit is there now")) << emulator->text();
}

/* ---- views ---- */

TEST_F(Keyboard, TheSlotsViewShowsStepsTrafficAndToday)
{
	const char *trace = "12 > AT\\r\n40 < \\r\\nOK\\r\\n\n";
	const HistoryRow row = { "2026-11-20T06:00:01Z",
				 "A1",
				 label_of_a1,
				 "MC65",
				 "MC65CAR01A01",
				 "MC65CAR01A03",
				 "",
				 "pass",
				 "",
				 "WO-1001",
				 "7731",
				 61000 };
	HistoryAnswer answer = { 0, &row, 1, nullptr };

	busy();
	story.emit(EV_TRACE, 0, (gint32)strlen(trace), trace);
	type("\r");
	EXPECT_EQ(watched, 0u);
	EXPECT_TRUE(shows("plan: MC65CAR01A01 -> MC65CAR01A03 (mc65-a01-a03)")) << emulator->text();
	EXPECT_TRUE(shows("►  upload"));
	EXPECT_TRUE(shows("   0.012 > AT\n")) << emulator->text();
	EXPECT_TRUE(shows("   0.040 < \\r\\nOK\n")) << emulator->text();
	ASSERT_EQ(asked_record.size(), 1u);
	EXPECT_EQ(asked_record[0], "- A1 - today - ");
	EXPECT_TRUE(shows("the record is being asked"));
	answer.token = 7;
	tui_history(tui, &answer);
	pass(0.1);
	EXPECT_TRUE(shows("the record is being asked")) << "the answer to another question";
	answer.token = 1;
	tui_history(tui, &answer);
	pass(0.1);
	EXPECT_TRUE(shows("good, updated")) << emulator->text();
	type("\033[C");
	EXPECT_EQ(watched, 1u);
	type("\033\033");
	EXPECT_EQ(watched, G_MAXUINT);
}

TEST_F(Keyboard, TheHistoryIsAskedAboutUnitsOrdersAndDays)
{
	const struct {
		const char *typed, *asked;
	} cases[] = { { "43809", "43809 - - - - " },
		      { "WO-7", "- - WO-7 - - " },
		      { "2026-11-19", "- - - 2026-11-19 2026-11-19 " } };

	start(8, 80, 24);
	pass(0);
	type("h");
	ASSERT_EQ(asked_record.size(), 1u);
	EXPECT_EQ(asked_record[0], "- - - today - ");
	for (const auto &c : cases) {
		type("/");
		for (const char *p = c.typed; *p; p++)
			type(std::string(1, *p));
		type("\r");
		EXPECT_EQ(asked_record.back(), c.asked);
	}
	HistoryAnswer answer = { 4, nullptr, 0, "the record cannot be asked: no such file" };
	tui_history(tui, &answer);
	pass(0.1);
	EXPECT_TRUE(shows("the record cannot be asked: no such file")) << emulator->text();
}

TEST_F(Keyboard, DigitsThatNoUnitHasAreTheNumberOfAnOrder)
{
	start(8, 80, 24);
	pass(0);
	type("h");
	type("/");
	for (const char *digit : { "4", "7", "1", "1", "\r" })
		type(digit);
	ASSERT_EQ(asked_record.size(), 2u);
	EXPECT_EQ(asked_record[1], "4711 - - - - ");
	HistoryAnswer nothing = { 2, nullptr, 0, nullptr };
	tui_history(tui, &nothing);
	ASSERT_EQ(asked_record.size(), 3u);
	EXPECT_EQ(asked_record[2], "- - 4711 - - ");
	nothing.token = 3;
	tui_history(tui, &nothing);
	pass(0.1);
	EXPECT_EQ(asked_record.size(), 3u) << "asked once";
	EXPECT_TRUE(shows("nothing is known")) << emulator->text();
}

TEST_F(Keyboard, EventsAreFilteredAndSearched)
{
	busy();
	story.emit(EV_TROUBLE, 2, 0, "the port is held by another program");
	story.emit(EV_TROUBLE, SLOT_NONE, 0, "something else");
	type("l");
	EXPECT_TRUE(shows("the port is held by another program"));
	EXPECT_TRUE(shows("step upload")) << emulator->text();
	type("f");
	EXPECT_TRUE(shows("the port is held by another program"));
	EXPECT_FALSE(shows("step upload")) << emulator->text();
	type("f");
	EXPECT_TRUE(shows("only slot A1"));
	EXPECT_FALSE(shows("the port is held by another program"));
	type("f");
	type("a");
	type("/");
	for (char c : std::string("HELD"))
		type(std::string(1, c));
	type("\r");
	EXPECT_TRUE(shows("the port is held by another program")) << emulator->text();
	EXPECT_FALSE(shows("step upload"));
}

TEST_F(Keyboard, TheBatchCountsFaultsAndSlots)
{
	const TallyKnown known[] = { { "A2", FAULT_NO_ANSWER, 4 }, { "A2", FAULT_NONE, 6 } };

	busy();
	tui_tally(tui, known, 2);
	story.done(2, OUTCOME_FAIL, FAULT_UPLOAD_LOST);
	type("b");
	EXPECT_TRUE(shows("the unit stopped answering")) << emulator->text();
	EXPECT_TRUE(shows("4   80%"));
	EXPECT_TRUE(shows("1  100%"));
	EXPECT_TRUE(shows("A2: 4 of 10"));
	EXPECT_TRUE(shows("A3: 1 of 1"));
	EXPECT_TRUE(shows("first pass yield"));
}

TEST_F(Keyboard, RemainingTimeIsLearned)
{
	start(2, 80, 24);
	/* One that passed: 10 s of upload, 20 s of flash. */
	for (guint16 slot : { 0, 1 }) {
		StepInfo upload = { 1, 4, 1, false, false, 10000 },
			 flash = { 2, 4, 1, true, true, 20000 };

		story.arrive(slot);
		story.identify(slot);
		story.visit(slot);
		story.job(slot);
		story.step(slot, "upload");
		if (slot == 1)
			break;
		story.seconds(10);
		story.emit(EV_STEP_END, slot, 0, nullptr, &upload, "upload");
		story.step(slot, "flash");
		story.seconds(20);
		story.emit(EV_STEP_END, slot, 0, nullptr, &flash, "flash");
		story.end(slot, OUTCOME_PASS);
		story.recorded(slot);
	}
	pass(4);
	EXPECT_TRUE(shows("0:04 -0:26")) << emulator->text();
	EXPECT_TRUE(shows("done in 0:26")) << emulator->text();
}

TEST_F(Keyboard, TheBellRingsAsConfigured)
{
	const struct {
		Bell bell;
		int good, failed;
	} cases[] = { { BELL_OFF, 0, 0 }, { BELL_FAILURES, 0, 1 }, { BELL_VERDICTS, 1, 1 } };

	for (const auto &c : cases) {
		bell = c.bell;
		start(2, 80, 24);
		pass(0.1);
		bells = 0;
		story.done(0, OUTCOME_PASS);
		pass(0.1);
		EXPECT_EQ(bells, c.good);
		story.done(1, OUTCOME_FAIL, FAULT_NO_ANSWER);
		pass(0.1);
		EXPECT_EQ(bells, c.good + c.failed);
		pass(5);
		EXPECT_EQ(bells, c.good + c.failed) << "once";
		tui_free(g_steal_pointer(&tui));
	}
	start(2, 80, 24);
}

/* ---- a whole shift, and keys of all kinds ---- */

TEST_F(Keyboard, AWholeShift)
{
	ask_worker = true;
	start(8, 80, 24);
	pass(0);
	scan("OP:7731");
	scan("WO:WO-1001");
	for (int round = 0; round < 20; round++)
		for (guint16 slot = 0; slot < 8; slot++) {
			story.working(slot, "upload", 10);
			pass(0.3);
			if (slot == 3) {
				emulator->resize(round % 2 ? 80 : 133, round % 2 ? 24 : 43);
				tui_resize(tui);
			}
			story.danger(slot);
			type("\033[C");
			type(slot % 2 ? "\r" : "b");
			pass(1);
			type("\033\033");
			if ((round + slot) % 9 == 0)
				story.end(slot, OUTCOME_FAIL, FAULT_UPDATE_FAILED);
			else
				story.end(slot, OUTCOME_PASS);
			story.recorded(slot);
			pass(0.2);
			if ((round + slot) % 9 == 0) {
				type("r");
				type("y");
			}
			story.remove(slot);
		}
	EXPECT_EQ(workers.size(), 1u);
	EXPECT_EQ(orders.size(), 1u);
	EXPECT_TRUE(shows("good 263")) << emulator->text();
	EXPECT_TRUE(shows("failed 21"));
	type("e");
	type("y");
	EXPECT_EQ(done.back().act, ACT_END_BATCH);
	EXPECT_TRUE(shows("Which work order comes next?")) << emulator->text();
	scan("WO-1002");
	EXPECT_EQ(orders.back(), "WO-1002");
	type("q");
	type("y");
	EXPECT_EQ(quits, 1);
}

/* Whatever is typed: nothing is done but what a question on the screen has named and a lone y behind it has confirmed, and
 * nothing falls over. */
TEST_F(Keyboard, RandomKeysDoNothingUnconfirmed)
{
	const std::string keys = "?zbhl/fsSrxpaeowqnYN \r\t\033\177\001\003\014\032"
				 "0123456789OP:WOé漢";
	const char *const sequences[] = { "\033[A",   "\033[B",  "\033[C",      "\033[D",
					  "\033[5~",  "\033[6~", "\033[H",      "\033[F",
					  "\033\033", "\033OP",  "\033[<0;1;1M" };
	std::mt19937 dice(20261120);
	int confirmed = 0, cols = 80, rows = 24;

	busy(24);
	for (int i = 0; i < 20000; i++) {
		std::string typed, asked;
		guint what = dice() % 100;
		bool answer = what >= 96;

		if (answer) {
			/* A person reads first: what is shown is what is confirmed. */
			pass(0.1);
			asked = emulator->text();
			asked.erase(0, asked.rfind("!!"));
			/* Where the question has no room nobody says yes to it. */
			answer = asked.find("y/n") != std::string::npos ||
				 asked.find("WRONG LABEL?") != std::string::npos;
			typed = answer ? "y" : "n";
		} else if (what < 68) {
			typed = std::string(1, keys[dice() % keys.size()]);
		} else if (what < 88) {
			typed = sequences[dice() % G_N_ELEMENTS(sequences)];
		} else if (what < 89) {
			label_answer = dice() % 2 ? TUI_LABEL_DIFFERS : TUI_LABEL_MATCHES;
			typed = std::string(good_label) + "\r";
		} else {
			/* What a scanner types, separators and broken bytes included. */
			for (guint n = 12 + dice() % 40; n > 0; n--)
				typed += (char)(dice() % 10  ? 'y'
						: dice() % 2 ? 0x1d
							     : 0x80 | dice());
		}
		if (!answer && (typed == "y" || typed == "Y"))
			typed = "n";
		emulator->type(typed);
		ASSERT_TRUE(tui_input(tui, story.now));
		pass(answer || dice() % 3 ? 0.06 : 0.01);
		if (i % 500 == 0) {
			cols = 20 + (int)(dice() % 200);
			rows = 5 + (int)(dice() % 60);
			emulator->resize(cols, rows);
			tui_resize(tui);
		}
		for (const Done &d : done) {
			std::string label = std::string(1, (char)('A' + d.slot / 8)) +
					    std::to_string(d.slot % 8 + 1);

			confirmed++;
			ASSERT_TRUE(answer) << "act " << d.act << " after " << i << " keys";
			ASSERT_TRUE(d.act == ACT_QUIT || d.act == ACT_END_BATCH ||
				    asked.find(label) != std::string::npos ||
				    asked.find("…") != std::string::npos)
				<< "act " << d.act << " in " << label << ": " << asked;
		}
		ASSERT_TRUE(mismatches.empty() || answer) << i;
		if (quits || i % 50 == 0) {
			if (quits) {
				tui_free(g_steal_pointer(&tui));
				start(24, cols, rows);
			}
			quits = 0;
			story_busy_rack(story, 24);
		}
		done.clear();
		mismatches.clear();
	}
	EXPECT_GT(confirmed, 100);
}

} // namespace
