/* SPDX-License-Identifier: Apache-2.0
 *
 * What a Quectel MC65 says, word by word as the application note and captures have it; a test changes what it likes. It is
 * no simulation: it remembers nothing but its version. */
#pragma once

#include "lib/at_parse.h"
#include "tests/job_bench.h"

class QuectelUnit : public Bench
{
      public:
	explicit QuectelUnit(gsize size = 5000)
	{
		bytes.resize(size);
		for (gsize i = 0; i < size; i++)
			bytes[i] = (char)(i * 7 + i / 256);
		package.from = "MC65CAR01A01";
		package.to = "MC65CAR01A02";
		package.url = "http://www.quectel.com:8111/DFOTA/A2B.pack";
		model.name = const_cast<char *>("MC65");
		model.steps = g_ptr_array_new();
		model.update_limit = 800;
		unit = [this](const std::string &command) { return answer_to(command); };
	}
	~QuectelUnit()
	{
		g_ptr_array_unref(model.steps);
		secret_free(pin);
		secret_free(password);
	}

	JobSpec spec(const char *procedure)
	{
		JobSpec s = {};

		package.data = reinterpret_cast<const guint8 *>(bytes.data());
		package.size = bytes.size();
		payload_due = bytes.size();
		if (uploaded.empty())
			uploaded = result_of(bytes.size(), sum());
		payload_answer = acks() + uploaded;
		s.procedure = procedure_find(procedure, &s.driver);
		s.model = &model;
		s.package = &package;
		s.target = package.to;
		s.apn = "CMNET";
		s.apn_user = "";
		s.apn_password = password;
		s.pin = pin;
		UNIT_SET(s.unit.imei, imei, strlen(imei));
		UNIT_SET(s.unit.iccid, iccid, strlen(iccid));
		UNIT_SET(s.unit.model, "Quectel_MC65", 12);
		UNIT_SET(s.unit.revision, package.from, strlen(package.from));
		s.unit.cfun = cfun;
		s.unit.baud = pipe.baud;
		s.slot = 4;
		s.visit = 2;
		s.id = 9;
		return s;
	}

	void local()
	{
		begin(spec("quectel-dfota-local"));
	}

	void http()
	{
		begin(spec("quectel-dfota-http"));
	}

	guint16 sum() const
	{
		Xor16 x = {};

		xor16_feed(&x, reinterpret_cast<const guint8 *>(bytes.data()), bytes.size());
		return x.sum;
	}

	std::string acks() const
	{
		return std::string(bytes.size() / 1024, 'A');
	}

	static std::string result_of(gsize size, guint16 sum)
	{
		g_autofree char *text =
			g_strdup_printf("+QFUPL: %" G_GSIZE_FORMAT ",%x", size, sum);

		return ok(text);
	}

	/* What a command is answered with: first what is queued for it once, then what is set for good, then what a good unit
	 * says. */
	std::string answer_to(const std::string &command)
	{
		auto next = once.find(command);

		if (next != once.end() && !next->second.empty()) {
			std::string said = next->second.front();

			next->second.pop_front();
			return said;
		}
		if (says.count(command))
			return says[command];
		if (g_str_has_prefix(command.c_str(), "AT+QFUPL=")) {
			payload.clear();
			return lines("CONNECT");
		}
		if (g_str_has_prefix(command.c_str(), "AT+QFOTADL=") && command != "AT+QFOTADL=?") {
			update();
			return ok();
		}
		return ok(usual(command));
	}

	std::string usual(const std::string &command) const
	{
		static const std::map<std::string, std::string> answers = {
			{ "AT+IPR?", "+IPR: 115200" },
			{ "AT+QFLDS=\"UFS\"", "+QFLDS: 500000,1000000" },
			{ "AT+CFUN?", "+CFUN: 1" },
			{ "AT+CPIN?", "+CPIN: READY" },
			{ "AT+CGREG?", "+CGREG: 0,1" },
			{ "AT+CSQ", "+CSQ: 25,0" },
			{ "AT+CGMM", "Quectel_MC65" },
		};
		auto found = answers.find(command);

		if (command == "AT+GSN")
			return imei;
		if (command == "AT+CGMR")
			return "Revision: " + revision;
		return found == answers.end() ? "" : found->second;
	}

	/* What follows the OK of AT+QFOTADL, half a second apart. */
	void update()
	{
		gint64 at = 500;

		for (const std::string &line : reports_after) {
			later(at, lines(line));
			at += 500;
		}
		if (updates)
			revision = package.to;
	}

	bool updates = true; /* the version changes */
	std::vector<std::string> reports_after = {
		"+QIND: \"FOTA\",\"START\"",         "+QIND: \"FOTA\",\"UPDATING\", 2%",
		"+QIND: \"FOTA\",\"UPDATING\", 50%", "+QIND: \"FOTA\",\"UPDATING\", 100%",
		"+QIND: \"FOTA\",\"END\",0",         "RDY"
	};
	std::map<std::string, std::string> says;
	std::map<std::string, std::deque<std::string>> once;
	std::string uploaded; /* after the payload; set by spec() to a good result when empty */
	const char *imei = "490154203237518";
	const char *iccid = "89860000000000000001";
	std::string revision = "MC65CAR01A01";
	gint8 cfun = 1;
	std::string bytes;
	Package package = {};
	Model model = {};
	Secret *pin = nullptr, *password = nullptr;
};
