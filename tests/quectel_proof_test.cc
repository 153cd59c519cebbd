/* SPDX-License-Identifier: Apache-2.0
 *
 * What Quectel's procedures need beside the update itself: the proof of what came back, the SIM, the network. They know no
 * port, no database and no station. */
#include "lib/job.h"

#include "tests/quectel_unit.h"

namespace
{

const char other_imei[] = "356136073296560";
const char qfdel[] = "AT+QFDEL=\"fota.pack\"";

/* ---- the proof ---- */

class Proof : public QuectelUnit
{
      public:
	void to_return()
	{
		local();
		run_to_step("return");
	}
};

TEST(QuectelProof, AnotherImeiWithTheSameSim)
{
	/* Some answer the one question for the SIM, some the other. */
	for (bool second : { false, true }) {
		Proof q;

		q.to_return();
		q.says["AT+GSN"] = ok(other_imei);
		q.says["AT+CCID"] = second ? lines("ERROR") : ok("+CCID: \"89860000000000000001\"");
		q.says["AT+QCCID"] = ok("89860000000000000001");
		q.run_to_end();
		EXPECT_EQ("IMEI_CHANGED", q.verdict()) << second;
		EXPECT_FALSE(q.result()->stranger);
		EXPECT_EQ(second ? "AT+QCCID" : "AT+CCID", q.sent.back());
		EXPECT_STREQ("IMEI 356136073296560 answers where 490154203237518 was",
			     q.result()->detail);
	}
}

TEST(QuectelProof, AStranger)
{
	for (const std::string &sim : { ok("89860000000000000002"), lines("ERROR"), ok() }) {
		Proof q;

		q.to_return();
		q.says["AT+GSN"] = ok(other_imei);
		q.says["AT+CCID"] = sim;
		q.says["AT+QCCID"] = sim;
		q.run_to_end();
		EXPECT_EQ("UNIT_LEFT", q.verdict()) << sim;
		EXPECT_TRUE(q.result()->stranger);
		EXPECT_TRUE(q.result()->unknown);
		EXPECT_FALSE(q.result()->version_read);
		EXPECT_EQ(0u, q.sent_count("AT+CGMM"));
	}
}

TEST(QuectelProof, WithoutASimAnotherImeiIsAStranger)
{
	Proof q;

	q.iccid = "";
	q.to_return();
	q.says["AT+GSN"] = ok(other_imei);
	q.run_to_end();
	EXPECT_EQ("UNIT_LEFT", q.verdict());
	EXPECT_EQ("AT+GSN", q.sent.back());
}

TEST(QuectelProof, Versions)
{
	struct {
		const char *answer, *verdict;
	} cases[] = {
		{ "Revision: MC65CAR01A02", "good" },
		{ "Revision:MC65CAR01A02", "good" },
		{ "+CGMR: MC65CAR01A02", "good" },
		{ "MC65CAR01A02", "good" },
		{ "Revision: MC65CAR01A01", "WRONG_VERSION" },
		{ "Revision: MC65CAR01A02B", "WRONG_VERSION" },
		{ "Revision: ", "WRONG_VERSION" },
	};

	for (auto &c : cases) {
		Proof q;

		q.to_return();
		q.says["AT+CGMR"] = ok(c.answer);
		q.run_to_end();
		EXPECT_EQ(c.verdict, q.verdict()) << c.answer;
		EXPECT_EQ(qfdel, q.sent.back()) << c.answer;
	}
}

TEST(QuectelProof, TheVersionMayComeLate)
{
	Proof q;

	q.to_return();
	q.once["AT+CGMR"] = { lines("ERROR"), ok("Revision: MC65CAR01A01"), ok("") };
	q.run_to_end();
	EXPECT_EQ("good", q.verdict());
	EXPECT_STREQ("", q.result()->detail);
}

TEST(QuectelProof, FunctionalState)
{
	struct {
		gint8 before;
		const char *after, *verdict;
	} cases[] = {
		{ 1, "+CFUN: 1", "good" },
		{ 0, "+CFUN: 0", "good" },
		{ 4, "+CFUN: 4", "good" },
		{ 0, "+CFUN: 1", "good" },
		{ 1, "+CFUN: 0", "NOT_FUNCTIONAL" },
		{ 1, "+CFUN: 4", "NOT_FUNCTIONAL" },
		{ 1, "+CFUN: 5", "FTM" },
		{ 5, "+CFUN: 5", "FTM" },
		{ -1, "+CFUN: 1", "good" },
		{ -1, "+CFUN: 0", "NOT_FUNCTIONAL" },
	};

	for (auto &c : cases) {
		Proof q;

		q.cfun = c.before;
		q.to_return();
		q.says["AT+CFUN?"] = ok(c.after);
		q.run_to_end();
		EXPECT_EQ(c.verdict, q.verdict()) << (int)c.before << c.after;
	}
}

TEST(QuectelProof, AnotherModel)
{
	Proof q;

	q.to_return();
	q.says["AT+CGMM"] = ok("Quectel_M65");
	q.run_to_end();
	EXPECT_EQ("MODEL_CHANGED", q.verdict());
	EXPECT_STREQ("says it is a Quectel_M65, was a Quectel_MC65", q.result()->detail);
}

/* Who was identified by the short questions is proved by them; where a long one is answered, its answer counts alone. */
TEST(QuectelProof, TheShortQuestions)
{
	for (bool knows : { false, true }) {
		Proof q;
		int asked = 0;

		q.to_return();
		q.says["AT+GMM"] = ok(knows ? "MC65" : "Quectel_MC65");
		q.says["AT+GMR"] = ok(knows ? "MC65" : q.package.to);
		if (!knows)
			q.says["AT+CGMM"] = q.says["AT+CGMR"] = "\r\nERROR\r\n";
		q.unit = [&](const std::string &command) {
			return knows && command == "AT+CGMR" && asked++ < 5 ? ok(q.package.from)
									    : q.answer_to(command);
		};
		q.run_to_end();
		EXPECT_EQ("good", q.verdict()) << knows;
		EXPECT_EQ(knows ? 0u : 1u, q.sent_count("AT+GMR"));
	}
}

/* A hiccup of the first spelling does not make the second one the judge. */
TEST(QuectelProof, TheFirstSpellingIsAskedAgainOnceItIsAnswered)
{
	Proof q;
	int asked = 0;

	q.to_return();
	q.says["AT+GMR"] = ok("MC65");
	q.unit = [&](const std::string &command) {
		if (command != "AT+CGMR")
			return q.answer_to(command);
		return asked++ == 0 ? std::string("\r\nERROR\r\n") : ok(q.package.from);
	};
	q.run_to_end();
	EXPECT_EQ("WRONG_VERSION", q.verdict());
	EXPECT_STREQ(q.package.from, q.result()->unit.revision);
	EXPECT_EQ(1u, q.sent_count("AT+GMR"));
}

/* ---- SIM and network ---- */

class Network : public QuectelUnit
{
      public:
	Network()
	{
		pin = secret_new("73915042");
		password = secret_new("");
		reports_after = { "+QIND: \"FOTA\",\"HTTPSTART\"", "+QIND: \"FOTA\",\"HTTPEND\",0",
				  "+QIND: \"FOTA\",\"END\",0" };
	}

	/* The SIM wants its PIN. */
	void locked(const std::string &reply)
	{
		says["AT+CPIN?"] = ok("+CPIN: SIM PIN");
		says["AT+CPIN=${pin}"] = reply;
	}

	guint pins() const
	{
		guint n = 0;

		for (gsize at = 0; (at = pipe.written.find("AT+CPIN=", at)) != std::string::npos;
		     at++)
			n++;
		return n;
	}
};

TEST(QuectelSim, APinIsSentOnceAndRemembered)
{
	Network q;

	q.locked(ok());
	q.http();
	q.run_to_end();
	EXPECT_EQ("good", q.verdict());
	EXPECT_EQ(1u, q.pins());
	EXPECT_TRUE(q.wire_has("AT+CPIN=\"73915042\"\r"));
	EXPECT_EQ(std::string::npos, q.journal.find("73915042"));
	EXPECT_EQ("accepted", q.record["89860000000000000001/pin"]);
	EXPECT_EQ(1u, q.told_count("remember 89860000000000000001/pin=sent"));
}

TEST(QuectelSim, ThatAPinIsSentIsOnDiskBeforeItIsSent)
{
	Network q;

	q.locked(ok());
	q.by_hand = true;
	q.http();
	q.run_to_held();
	EXPECT_STREQ("pin", job_step_name(q.job));
	EXPECT_EQ("sent", q.record["89860000000000000001/pin"]);
	EXPECT_EQ(0u, q.pins());
	job_release(q.job, false, q.now);
	q.run_to_end();
	EXPECT_EQ("NO_RECORD", q.verdict());
	EXPECT_EQ(0u, q.pins());
}

TEST(QuectelSim, ARefusedPinIsNeverSentAgain)
{
	for (const std::string &reply :
	     { lines("+CME ERROR: 16"), lines("ERROR"), std::string() }) {
		Network q;

		q.locked(reply);
		q.http();
		q.run_to_end();
		EXPECT_EQ("SIM_LOCKED", q.verdict()) << reply;
		EXPECT_STREQ("pin", q.result()->step);
		EXPECT_EQ(1u, q.pins());
		EXPECT_EQ("sent", q.record["89860000000000000001/pin"]);
		/* Not in another try either. */
		q.end_job();
		q.http();
		q.run_to_end();
		EXPECT_EQ("SIM_LOCKED", q.verdict());
		EXPECT_STREQ("sim", q.result()->step);
		EXPECT_EQ(1u, q.pins());
	}
}

TEST(QuectelSim, NoPinOrNoNameOrAPukIsNoReasonToTry)
{
	Network none, nameless, puk, puk_after, absent, null;

	g_clear_pointer(&none.pin, secret_free);
	none.pin = secret_new("");
	g_clear_pointer(&null.pin, secret_free);
	nameless.iccid = "";
	for (Network *q : { &none, &nameless, &null })
		q->locked(ok());
	puk.says["AT+CPIN?"] = ok("+CPIN: SIM PUK");
	puk_after.says["AT+CPIN?"] = ok("+CPIN: SIM PIN2");
	absent.says["AT+CPIN?"] = lines("+CME ERROR: 10");
	for (Network *q : { &none, &nameless, &puk, &puk_after, &absent, &null }) {
		q->http();
		q->run_to_end();
		EXPECT_EQ(0u, q->pins());
	}
	EXPECT_EQ("SIM_LOCKED", none.verdict());
	EXPECT_EQ("SIM_LOCKED", null.verdict());
	EXPECT_EQ("SIM_LOCKED", nameless.verdict());
	EXPECT_EQ("SIM_LOCKED", puk.verdict());
	EXPECT_EQ("NO_SIM", puk_after.verdict());
	EXPECT_EQ("NO_SIM", absent.verdict());
	EXPECT_STREQ("10", absent.result()->vendor_code);
}

TEST(QuectelSim, ASimMayTakeItsTime)
{
	Network q;

	q.once["AT+CPIN?"] = { lines("+CME ERROR: 14"), ok("+CPIN: NOT READY"), ok() };
	q.http();
	q.run_to_end();
	EXPECT_EQ("good", q.verdict());
	EXPECT_STREQ("", q.result()->vendor_code);
}

TEST(QuectelNetwork, Registration)
{
	struct {
		const char *answer, *verdict;
	} cases[] = {
		{ "+CGREG: 0,1", "good" },
		{ "+CGREG: 0,5", "good" },
		{ "+CGREG: 2,1,\"1816\",\"12B5\"", "good" },
		{ "+CGREG: 0,2", "NOT_REGISTERED" },
		{ "+CGREG: 0,3", "NOT_REGISTERED" },
		{ "+CGREG: 0,0", "NOT_REGISTERED" },
	};

	for (auto &c : cases) {
		Network q;
		gint64 begun = q.now;

		q.says["AT+CGREG?"] = ok(c.answer);
		q.http();
		q.run_to_end();
		EXPECT_EQ(c.verdict, q.verdict()) << c.answer;
		if (q.result()->fault != FAULT_NONE) {
			EXPECT_STREQ(c.answer, q.result()->detail);
			EXPECT_LE(120 * SECOND, q.now - begun);
			EXPECT_GE(130 * SECOND, q.now - begun);
		}
	}
}

TEST(QuectelNetwork, NoDataConnection)
{
	for (const char *command :
	     { "AT+QIFGCNT=0", "AT+QICSGP=1,${apn_args}", "AT+QIREGAPP", "AT+QIACT" }) {
		Network q;

		q.says[command] = lines("+CME ERROR: 3");
		q.http();
		q.run_to_end();
		EXPECT_EQ("NO_BEARER", q.verdict()) << command;
		EXPECT_STREQ("3", q.result()->vendor_code);
		EXPECT_EQ(2u, q.sent_count(command));
		EXPECT_EQ("AT+QIDEACT", q.sent.back());
		EXPECT_FALSE(q.result()->entered);
	}
}

TEST(QuectelNetwork, TheRadioIsPutBackAsItWas)
{
	for (int found : { 0, 4 }) {
		for (bool good : { true, false }) {
			Network q;
			std::string back = "AT+CFUN=" + std::to_string(found);

			q.cfun = found;
			if (!good)
				q.says["AT+QIACT"] = lines("ERROR");
			q.http();
			q.run_to_end();
			EXPECT_EQ(good ? "good" : "NO_BEARER", q.verdict());
			EXPECT_EQ(1u, q.sent_count("AT+CFUN=1"));
			EXPECT_EQ(back, q.sent.back());
		}
	}
}

TEST(QuectelNetwork, FactoryTestModeIsNotTouched)
{
	Network q;

	q.cfun = 5;
	q.http();
	q.run_to_end();
	EXPECT_EQ("FTM", q.verdict());
	EXPECT_FALSE(q.result()->entered);
}

TEST(QuectelNetwork, ADownloadThatStallsIsReadBack)
{
	Network q;

	q.reports_after = { "+QIND: \"FOTA\",\"HTTPSTART\"",
			    "+QIND: \"FOTA\",\"DOWNLOADING\",20%" };
	q.updates = false;
	q.http();
	q.run_to_end();
	EXPECT_EQ("DOWNLOAD_FAILED", q.verdict());
	EXPECT_TRUE(q.result()->version_read);
	EXPECT_EQ(1u, q.told_count("step-end download 405"));
}

TEST(QuectelNetwork, ThePasswordIsNeverWrittenDown)
{
	Network q;
	JobSpec s;

	g_clear_pointer(&q.password, secret_free);
	q.password = secret_new("hunter2hunter2");
	s = q.spec("quectel-dfota-http");
	s.apn_user = "me";
	q.begin(s);
	q.run_to_end();
	EXPECT_EQ("good", q.verdict());
	EXPECT_TRUE(q.wire_has("AT+QICSGP=1,\"CMNET\",\"me\",\"hunter2hunter2\"\r"));
	EXPECT_EQ(std::string::npos, q.journal.find("hunter2"));
}

/* The serial number, where the model's file says how it is asked for: read before the danger, and asked again of whoever comes
 * back with another IMEI and no SIM to tell. */
TEST(QuectelProof, AnotherImeiWithTheSameSerialNumber)
{
	const struct {
		const char *iccid, *before, *after, *verdict;
	} table[] = {
		{ "", "D12345", "D12345", "IMEI_CHANGED" },
		{ "", "D12345", "D12346", "UNIT_LEFT" },
		{ "", nullptr, "D12345", "UNIT_LEFT" },
		{ "89860000000000000001", "D12345", "D12345", "IMEI_CHANGED" },
		{ "89860000000000000001", "D12345", nullptr, "UNIT_LEFT" },
	};

	for (const auto &row : table) {
		Proof q;
		const std::string question = "AT+EGMR=0,5";
		auto said = [](const char *serial) {
			return serial ? ok(std::string("+EGMR: \"") + serial + "\"")
				      : lines("ERROR");
		};

		q.iccid = row.iccid;
		q.model.serial = setting_new("serial", question.c_str(), "+EGMR: \"%\"", "");
		q.says[question] = said(row.before);
		q.says["AT+CCID"] = ok("89860000000000000002");
		q.to_return();
		EXPECT_STREQ(row.before ? "D12345" : "", job_unit(q.job)->serial);
		q.says["AT+GSN"] = ok(other_imei);
		q.says[question] = said(row.after);
		q.run_to_end();
		EXPECT_EQ(row.verdict, q.verdict()) << row.iccid;
		EXPECT_EQ(row.before ? 2u : 1u, q.sent_count(question));
		EXPECT_EQ(0u, q.sent_count("AT+CGMM"));
		setting_free(q.model.serial);
	}
}

} // namespace
