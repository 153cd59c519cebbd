/* SPDX-License-Identifier: Apache-2.0
 *
 * SIMCom's transfers against what these modules really say: over HTTP, over the AT port, from the cloud; good, contradictory,
 * broken. They know no port, no database and no station. */
#include "lib/job.h"

#include "tests/simcom_unit.h"

namespace
{

using Lines = std::vector<std::string>;

const char cfstofs[] =
	"AT+HTTPTOFS=\"http://192.0.2.7:8080/d/0123456789abcdef\",\"/fota/update.zip\"";

/* ---- the good ways ---- */

TEST(SimcomLocal, Good)
{
	for (auto family : { SimcomUnit::S7000, SimcomUnit::S7080 }) {
		SimcomUnit s(family);

		s.local();
		s.run_to_end();
		EXPECT_EQ("good", s.verdict());
		EXPECT_EQ(s.package.to, std::string(s.result()->unit.revision));
		EXPECT_EQ((Lines{ "ATE0",
				  "AT+CMEE=1",
				  "AT+CFOTA?",
				  "AT+CFOTA=0",
				  "AT+SIMCOMATI",
				  "AT+CLIST",
				  "AT+CFSTERM",
				  "AT+CFSINIT",
				  "AT+CFSWFILE=1,\"update.zip\",0,10240,5000",
				  "AT+CFSWFILE=1,\"update.zip\",1,10240,5000",
				  "AT+CFSWFILE=1,\"update.zip\",1,4520,5000",
				  "AT+CFSGFIS=1,\"update.zip\"",
				  "AT+CFSTERM",
				  "AT+GSN",
				  "AT+CFOTA=1",
				  "AT",
				  "ATE0",
				  "AT+GSN",
				  "AT+CFOTA?",
				  "AT+CGMM",
				  "AT+CFUN?",
				  "AT+CGMR",
				  "AT+SIMCOMATI",
				  "AT+CFSTERM",
				  "AT+CFSINIT",
				  "AT+CFSDFILE=1,\"update.zip\"",
				  "AT+CFSTERM",
				  "AT+CFOTA=0" }),
			  s.sent);
		EXPECT_TRUE(s.bytes == s.payload);
		EXPECT_EQ(1u, s.told_count("remember 869951037023870/cfota=6"));
		EXPECT_STREQ("", s.result()->vendor_code);
		EXPECT_STREQ("", s.result()->detail);
	}
}

TEST(SimcomHttp, Good)
{
	for (auto family : { SimcomUnit::S7000, SimcomUnit::S7080 }) {
		SimcomUnit s(family);
		bool old = family == SimcomUnit::S7000;
		Lines bearer = old ? Lines{ "AT+CNACT=1,\"CMNET\"" }
				   : Lines{ "AT+CNCFG=${cncfg_args}", "AT+CNACT=0,1" };
		Lines expected = { "ATE0",         "AT+CMEE=1", "AT+CFOTA?", "AT+CFOTA=0",
				   "AT+SIMCOMATI", "AT+CLIST",  "AT+CPIN?",  "AT+CEREG?",
				   "AT+CSQ",       "AT+CNACT?" };

		expected.insert(expected.end(), bearer.begin(), bearer.end());
		for (const char *more :
		     { cfstofs, "AT+GSN", "AT+CFOTA=1", "AT", "ATE0", "AT+GSN", "AT+CFOTA?",
		       "AT+CGMM", "AT+CFUN?", "AT+CGMR", "AT+SIMCOMATI", "AT+CFSTERM", "AT+CFSINIT",
		       "AT+CFSDFILE=1,\"update.zip\"", "AT+CFSTERM", "AT+CFOTA=0",
		       old ? "AT+CNACT=0" : "AT+CNACT=0,0" })
			expected.push_back(more);
		s.http();
		s.run_to_end();
		EXPECT_EQ("good", s.verdict());
		EXPECT_EQ(expected, s.sent);
		EXPECT_EQ("", s.payload);
		EXPECT_EQ(!old, s.wire_has("AT+CNCFG=0,1,\"CMNET\"\r"));
	}
}

TEST(SimcomCloud, Good)
{
	SimcomUnit s(SimcomUnit::M21);

	s.cscfota();
	s.run_to_end();
	EXPECT_EQ("good", s.verdict());
	/* How often it is asked whether it is there depends on how long it takes. */
	s.sent.erase(std::unique(s.sent.begin(), s.sent.end()), s.sent.end());
	EXPECT_EQ((Lines{ "ATE0", "AT+CMEE=1", "AT+CAPFOTA=?", "AT+CPIN?", "AT+CEREG?", "AT+CSQ",
			  "AT+CAPFOTA?", "AT+CAPFOTA=1", "AT+CAPFOTA?", "AT+GSN",
			  "AT+CSCFOTA=${cloud_args}", "AT", "ATE0", "AT+GSN", "AT+CGMM", "AT+CFUN?",
			  "AT+CGMR", "AT+CAPFOTA=0" }),
		  s.sent);
	EXPECT_TRUE(s.wire_has(
		"AT+CSCFOTA=\"SIMCOM\",\"7600M21\",\"1540907004\","
		"\"f9bbb0d76f894da090b6b69253616561\",\"SIM7600M21_LE11_181025_V2.00\"\r"));
	EXPECT_FALSE(s.service);
}

/* The secret is on the wire and nowhere else, also where the module echoes it. */
TEST(SimcomCloud, TheSecretIsShownNowhere)
{
	SimcomUnit s(SimcomUnit::M21);

	s.unit = [&](const std::string &command) {
		if (command == "AT+CSCFOTA=${cloud_args}") {
			std::string wire = s.pipe.written;

			s.ask_cloud();
			return wire.substr(wire.rfind("AT+CSCFOTA")) + "\n" + ok();
		}
		return s.answer_to(command);
	};
	s.cscfota();
	s.run_to_end();
	EXPECT_EQ("good", s.verdict());
	EXPECT_TRUE(s.wire_has(s.secret_text));
	EXPECT_EQ(std::string::npos, s.journal.find(s.secret_text));
	EXPECT_EQ(std::string::npos, s.journal.find("f9bbb0"));
	for (const std::string &line : s.told)
		EXPECT_EQ(std::string::npos, line.find("f9bbb0")) << line;
	EXPECT_EQ(std::string::npos, std::string(s.result()->detail).find("f9bbb0"));
}

/* ---- the bearer ---- */

TEST(SimcomHttp, AContextThatIsUpIsUsedAndLeftUp)
{
	const struct {
		SimcomUnit::Family family;
		const char *answer;
		bool up;
	} cases[] = {
		{ SimcomUnit::S7000, "+CNACT: 1,\"10.94.36.44\"", true },
		/* as the application note has it */
		{ SimcomUnit::S7000, "+CNACT: 0,1,\"10.94.36.44\"", true },
		{ SimcomUnit::S7000, "+CNACT: 1,\"0.0.0.0\"", false },
		{ SimcomUnit::S7080, "+CNACT: 0,1,\"10.52.204.103\"\r\n+CNACT: 1,0,\"0.0.0.0\"",
		  true },
		/* HTTP does not go over that one */
		{ SimcomUnit::S7080, "+CNACT: 0,0,\"0.0.0.0\"\r\n+CNACT: 1,1,\"10.1.2.3\"", false },
	};

	for (auto &c : cases) {
		SimcomUnit s(c.family);

		s.says["AT+CNACT?"] = ok(c.answer);
		s.http();
		s.run_to_end();
		EXPECT_EQ("good", s.verdict()) << c.answer;
		EXPECT_EQ(c.up, !s.wire_has("AT+CNACT=1,") && !s.wire_has("AT+CNACT=0,1"))
			<< c.answer;
		EXPECT_EQ(c.up, !s.wire_has("AT+CNACT=0,0\r") && !s.wire_has("AT+CNACT=0\r"))
			<< c.answer;
	}
}

TEST(SimcomHttp, TheOtherContextWhereTheModelSaysSo)
{
	SimcomUnit s;

	s.model.behaviour |= BEHAVIOUR_PDP_ONE;
	s.unit = [&](const std::string &command) {
		if (command == "AT+CNACT=1,1") {
			s.later(400, lines("+APP PDP: 1,ACTIVE"));
			return ok();
		}
		return s.answer_to(command);
	};
	s.http();
	s.run_to_end();
	EXPECT_EQ("good", s.verdict());
	EXPECT_TRUE(s.wire_has("AT+CNCFG=1,1,\"CMNET\"\r"));
	EXPECT_EQ(1u, s.sent_count("AT+CNACT=1,0"));
}

TEST(SimcomHttp, NameAndPasswordOfTheAccessPointAreSecret)
{
	for (auto family : { SimcomUnit::S7000, SimcomUnit::S7080 }) {
		SimcomUnit s(family);

		s.user = "who";
		s.password = secret_new("Pass-5ecret");
		s.http();
		s.run_to_end();
		EXPECT_EQ("good", s.verdict());
		EXPECT_TRUE(
			s.wire_has(family == SimcomUnit::S7000
					   ? "AT+CNCFG=1,\"CMNET\",\"who\",\"Pass-5ecret\",3\r"
					   : "AT+CNCFG=0,1,\"CMNET\",\"who\",\"Pass-5ecret\",3\r"));
		EXPECT_EQ(std::string::npos, s.journal.find("5ecret"));
	}
}

/* OK is not success, and the report may be lost or come first. */
TEST(SimcomHttp, ActivationsReport)
{
	const struct {
		const char *what, *at_once, *later, *asked, *verdict;
	} cases[] = {
		{ "report before OK", "\r\n+APP PDP: 0,ACTIVE\r\n\r\nOK\r\n", "", "", "good" },
		{ "without index", "\r\nOK\r\n", "+APP PDP: ACTIVE", "", "good" },
		{ "lost report", "\r\nOK\r\n", "", "+CNACT: 0,1,\"10.1.2.3\"", "good" },
		{ "is up already", "\r\n+CME ERROR: operation not allowed\r\n", "",
		  "+CNACT: 0,1,\"10.1.2.3\"", "good" },
		{ "refused", "\r\nERROR\r\n", "", "", "NO_BEARER" },
		{ "goes down", "\r\nOK\r\n", "+APP PDP: 0,DEACTIVE", "", "NO_BEARER" },
		{ "another context", "\r\nOK\r\n", "+APP PDP: 2,ACTIVE", "", "NO_BEARER" },
		{ "never", "\r\nOK\r\n", "", "", "NO_BEARER" },
	};

	for (auto &c : cases) {
		SimcomUnit s;
		guint activations = 0;

		s.unit = [&](const std::string &command) -> std::string {
			if (command == "AT+CNACT=0,1") {
				activations++;
				if (*c.later)
					s.later(300, lines(c.later));
				return c.at_once;
			}
			if (command == "AT+CNACT?" && activations && *c.asked)
				return ok(c.asked);
			return s.answer_to(command);
		};
		s.http();
		s.run_to_end();
		EXPECT_EQ(c.verdict, s.verdict()) << c.what;
		EXPECT_EQ(std::string("good") == c.verdict ? 1u : 3u, activations) << c.what;
	}
}

/* ---- the fetch ---- */

TEST(SimcomHttp, Completions)
{
	const struct {
		const char *line, *verdict, *code;
		guint fetches;
	} cases[] = {
		{ "+HTTPTOFS: 200,25000", "good", "", 1 },
		{ "+HTTPTOFS:200,25000", "good", "", 1 },
		{ "+HTTPTOFS: 200,24999", "DOWNLOAD_FAILED", "", 3 },
		{ "+HTTPTOFS: 200", "DOWNLOAD_FAILED", "", 3 },
		{ "+HTTPTOFS: 206,25000", "DOWNLOAD_FAILED", "206", 3 },
		{ "+HTTPTOFS: 404,0", "PACKAGE_NOT_FOUND", "404", 3 },
		{ "+HTTPTOFS: 408,0", "DOWNLOAD_FAILED", "408", 3 },
		{ "+HTTPTOFS: 500,0", "DOWNLOAD_FAILED", "500", 3 },
		{ "+HTTPTOFS: 600,0", "DOWNLOAD_FAILED", "600", 3 },
		{ "+HTTPTOFS: 601", "NO_SERVER", "601", 3 },
		{ "+HTTPTOFS: 601,0", "NO_SERVER", "601", 3 },
		{ "+HTTPTOFS: 602,0", "NO_MEMORY", "602", 3 },
		{ "+HTTPTOFS: 603,0", "NO_SERVER", "603", 3 },
		{ "+HTTPTOFS: 604,0", "NO_SERVER", "604", 3 },
		{ "+HTTPTOFS: 65535,0", "DOWNLOAD_FAILED", "65535", 3 },
	};

	for (auto &c : cases) {
		SimcomUnit s;

		s.fetched = { c.line };
		s.http();
		s.run_to_end();
		EXPECT_EQ(c.verdict, s.verdict()) << c.line;
		EXPECT_EQ(c.code, std::string(s.result()->vendor_code)) << c.line;
		EXPECT_EQ(c.fetches, s.sent_count(cfstofs)) << c.line;
		EXPECT_EQ(c.fetches == 1, s.sent_count("AT+CFOTA=1") == 1) << c.line;
	}
}

/* The answers of the queries begin as the completion does, and a completion comes in the middle of them. */
TEST(SimcomHttp, QueriesAreNoCompletions)
{
	const struct {
		const char *answer;
		const char *verdict;
	} cases[] = {
		{ "+HTTPTOFS: 0,0,0", "good" },
		{ "+HTTPTOFS: 1,5000,25000", "good" },
		{ "+HTTPTOFSRL: 1,5000,25000", "good" },
		{ "+HTTPTOFSRL: 0,25000,25000", "good" },
		{ "+HTTPTOFS: 1,\"http://192.0.2.7:8080/d/x\",\"/fota/update.zip\"", "good" },
		{ "+HTTPTOFSRL: 1,\"http://192.0.2.7:8080/d/x\",\"/fota/update.zip\"", "good" },
		{ "+HTTPTOFS: 0,\"\",\"\"", "good" },
		{ "+HTTPTOFS: 200,25000", "good" },
	};

	for (auto &c : cases) {
		SimcomUnit s;

		s.unit = [&](const std::string &command) -> std::string {
			if (command == cfstofs) {
				s.later(42000, lines("+HTTPTOFS: 200,25000"));
				return ok();
			}
			if (command == "AT+HTTPTOFSRL?")
				return ok(c.answer);
			return s.answer_to(command);
		};
		s.http();
		s.run_to_end();
		EXPECT_EQ(c.verdict, s.verdict()) << c.answer;
		EXPECT_EQ(1u, s.sent_count(cfstofs)) << c.answer;
		EXPECT_LE(1u, s.sent_count("AT+HTTPTOFSRL?")) << c.answer;
	}
}

TEST(SimcomHttp, ACompletionThatComesTooEarlyIsKept)
{
	SimcomUnit s;

	s.once[cfstofs] = { lines("+HTTPTOFS: 601,0") + ok() };
	s.http();
	s.run_to_end();
	/* The second one is not judged by the first one's words. */
	EXPECT_EQ("good", s.verdict());
	EXPECT_EQ(2u, s.sent_count(cfstofs));
}

TEST(SimcomHttp, ProgressHoldsTheLimitOffAndStandstillDoesNot)
{
	for (bool moves : { true, false }) {
		SimcomUnit s;
		guint len = 0, asked = 0;
		gint64 begun;

		s.unit = [&](const std::string &command) -> std::string {
			if (command == cfstofs) {
				s.later(400 * 1000, lines("+HTTPTOFS: 200,25000"));
				return ok();
			}
			if (command == "AT+HTTPTOFSRL?") {
				asked++;
				len += moves ? 500 : 0;
				return ok("+HTTPTOFSRL: 1," + std::to_string(len) + ",25000");
			}
			return s.answer_to(command);
		};
		s.http();
		s.run_to_step("fetch");
		begun = s.now;
		s.run_to_end();
		EXPECT_EQ(moves ? "good" : "DOWNLOAD_FAILED", s.verdict());
		EXPECT_LT(10u, asked);
		EXPECT_EQ(!moves, s.now - begun < 400 * SECOND);
	}
}

/* Fifteen minutes in all, whatever moves. */
TEST(SimcomHttp, TheFetchHasAnEnd)
{
	SimcomUnit s;
	gint64 begun;

	s.says[cfstofs] = ok();
	s.http();
	s.run_to_step("fetch");
	begun = s.now;
	for (guint n = 1; !job_done(s.job) && n < 100; n++) {
		s.run(20000);
		if (!job_done(s.job))
			job_served(s.job, n * 100, false, s.now);
	}
	s.run_to_end();
	EXPECT_EQ("DOWNLOAD_FAILED", s.verdict());
	EXPECT_NEAR(900, (s.now - begun) / SECOND, 30);
	EXPECT_EQ(0u, s.sent_count("AT+CFOTA=1"));
}

TEST(SimcomHttp, TheServersWordIsProgress)
{
	SimcomUnit s;

	s.says[cfstofs] = ok();
	s.http();
	s.run_to_step("fetch");
	for (guint n = 1; n <= 10; n++) {
		s.run(9000);
		job_served(s.job, n * 2500, n == 10, s.now);
	}
	/* The module is not asked while the server tells. */
	EXPECT_EQ(0u, s.sent_count("AT+HTTPTOFSRL?"));
	EXPECT_LT(0u, s.told_count("progress fetch 29"));
	s.say("+HTTPTOFS: 200,25000");
	s.run_to_end();
	EXPECT_EQ("good", s.verdict());
}

/* ---- the upload ---- */

TEST(SimcomLocal, BlocksAreSmallEnoughForTheSpeed)
{
	const struct {
		guint baud, block;
	} cases[] = { { 115200, 10240 }, { 57600, 10240 }, { 9600, 2400 }, { 4800, 1200 } };

	for (auto &c : cases) {
		SimcomUnit s;

		s.pipe.baud = c.baud;
		s.local();
		s.run_to_end();
		EXPECT_EQ("good", s.verdict()) << c.baud;
		EXPECT_EQ(c.block, s.blocks[0]) << c.baud;
		EXPECT_TRUE(s.bytes == s.payload) << c.baud;
	}
}

TEST(SimcomLocal, APackageOfAnySize)
{
	for (gsize size : { 1u, 255u, 10239u, 10240u, 10241u, 20480u, 4096u, 4097u }) {
		SimcomUnit s(SimcomUnit::S7000, size);

		s.local();
		s.run_to_end();
		EXPECT_EQ("good", s.verdict()) << size;
		EXPECT_TRUE(s.bytes == s.payload) << size;
	}
}

TEST(SimcomLocal, ARefusedBlockBeginsAllAnew)
{
	SimcomUnit s;

	s.once["AT+CFSWFILE=1,\"update.zip\",1,10240,5000"] = { lines(
		"+CME ERROR: operation not allowed") };
	s.local();
	s.run_to_end();
	EXPECT_EQ("good", s.verdict());
	EXPECT_EQ(2u, s.sent_count("AT+CFSWFILE=1,\"update.zip\",0,10240,5000"));
	EXPECT_TRUE(s.bytes == s.payload);
	EXPECT_STREQ("", s.result()->vendor_words);
}

/* It takes the command and asks for nothing. */
TEST(SimcomLocal, AnOkWithoutTheBytesIsNone)
{
	SimcomUnit s;

	s.says["AT+CFSWFILE=1,\"update.zip\",0,10240,5000"] = ok();
	s.says["AT+CFSGFIS=1,\"update.zip\""] = ok("+CFSGFIS: 25000");
	s.local();
	s.run_to_end();
	EXPECT_EQ("UPLOAD_LOST", s.verdict());
	EXPECT_STREQ("OK after 0 of 10240 bytes", s.result()->detail);
	EXPECT_EQ(0u, s.sent_count("AT+CFOTA=1"));
}

TEST(SimcomLocal, WhatStandsThereMustBeAllOfIt)
{
	for (const char *answer : { "+CFSGFIS: 24999", "+CFSGFIS: 0", "" }) {
		SimcomUnit s;

		s.says["AT+CFSGFIS=1,\"update.zip\""] = ok(answer);
		s.local();
		s.run_to_end();
		EXPECT_EQ("UPLOAD_LOST", s.verdict()) << answer;
		EXPECT_EQ(0u, s.sent_count("AT+CFOTA=1"));
		EXPECT_EQ("AT+CFOTA=0", s.sent.back());
	}
}

TEST(SimcomLocal, AFileSystemThatIsOpenIsClosedFirst)
{
	SimcomUnit s;
	bool open = true;

	s.unit = [&](const std::string &command) -> std::string {
		if (command == "AT+CFSTERM") {
			std::string said = open ? ok() : lines("ERROR");

			open = false;
			return said;
		}
		if (command == "AT+CFSINIT") {
			std::string said = open ? lines("+CME ERROR: operation not allowed") : ok();

			open = true;
			return said;
		}
		return s.answer_to(command);
	};
	s.local();
	s.run_to_end();
	EXPECT_EQ("good", s.verdict());
	EXPECT_FALSE(open);
}

} // namespace
