/* SPDX-License-Identifier: Apache-2.0
 *
 * What SIMCom modules say, word by word as the application notes, the AT manuals and captures have it; a test changes what it
 * likes. It is no simulation: it remembers its version, its flag and whether its service is on, nothing else. */
#pragma once

#include "tests/job_bench.h"

class SimcomUnit : public Bench
{
      public:
	enum Family { S7000, S7080, M21 };

	explicit SimcomUnit(Family family = S7080, gsize size = 25000) : family(family)
	{
		bytes.resize(size);
		for (gsize i = 0; i < size; i++)
			bytes[i] = (char)(i * 7 + i / 256);
		model.steps = g_ptr_array_new();
		cloud.oem = "SIMCOM";
		cloud.models = "7600M21";
		cloud.product_id = "1540907004";
		cloud.secret = secret = secret_new(secret_text);
		package.url = "http://192.0.2.7:8080/d/0123456789abcdef";
		name_it();
		unit = [this](const std::string &command) { return answer_to(command); };
	}
	~SimcomUnit()
	{
		g_ptr_array_unref(model.steps);
		secret_free(pin);
		secret_free(password);
		secret_free(secret);
	}

	JobSpec spec(const char *procedure)
	{
		JobSpec s = {};

		package.data = reinterpret_cast<const guint8 *>(bytes.data());
		package.size = bytes.size();
		s.procedure = procedure_find(procedure, &s.driver);
		s.model = &model;
		s.package = &package;
		s.target = package.to;
		s.cloud = &cloud;
		s.apn = "CMNET";
		s.apn_user = user;
		s.apn_password = password;
		s.pin = pin;
		UNIT_SET(s.unit.imei, imei, strlen(imei));
		UNIT_SET(s.unit.iccid, iccid, strlen(iccid));
		UNIT_SET(s.unit.model, cgmm, strlen(cgmm));
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
		begin(spec("simcom-cfota-local"));
	}

	void http()
	{
		begin(spec("simcom-cfota-http"));
	}

	void cscfota()
	{
		begin(spec("simcom-cscfota"));
	}

	/* The update by name: "local", "http", "cscfota". */
	void run_way(const std::string &way)
	{
		begin(spec(way == "cscfota" ? "simcom-cscfota" : ("simcom-cfota-" + way).c_str()));
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
		if (g_str_has_prefix(command.c_str(), "AT+CFSWFILE="))
			return take_block(command);
		if (g_str_has_prefix(command.c_str(), "AT+HTTPTOFS="))
			return fetch();
		if (g_str_has_prefix(command.c_str(), "AT+CNACT=") && command.back() != '0') {
			later(500,
			      lines(family == S7000 ? "+APP PDP: ACTIVE" : "+APP PDP: 0,ACTIVE"));
			return ok();
		}
		if (command == "AT+CFOTA=0")
			flag = 8;
		if (command == "AT+CFOTA=1") {
			update();
			return ok();
		}
		if (g_str_has_prefix(command.c_str(), "AT+CSCFOTA=")) {
			ask_cloud();
			return ok();
		}
		if (g_str_has_prefix(command.c_str(), "AT+CAPFOTA=") && command != "AT+CAPFOTA=?")
			service = command.back() == '1';
		return ok(usual(command));
	}

	std::string usual(const std::string &command)
	{
		static const std::map<std::string, std::string> answers = {
			{ "AT+CFUN?", "+CFUN: 1" },        { "AT+CPIN?", "+CPIN: READY" },
			{ "AT+CEREG?", "+CEREG: 0,1" },    { "AT+CGREG?", "+CGREG: 0,1" },
			{ "AT+CSQ", "+CSQ: 25,0" },        { "AT+CAPFOTA=?", "+CAPFOTA: (0-1)" },
			{ "AT+SPIC", "+SPIC: 3,10,0,10" },
		};
		auto found = answers.find(command);

		if (command == "AT+GSN")
			return imei_now;
		if (command == "AT+CGMM")
			return cgmm_now;
		if (command == "AT+CGMR")
			return (family == M21 ? "+CGMR: " : "Revision:") + revision;
		if (command == "AT+CFOTA?")
			return "+CFOTA: " + std::to_string(flag);
		if (command == "AT+CAPFOTA?")
			return std::string("+CAPFOTA: ") + (service ? "1" : "0");
		if (command == "AT+SIMCOMATI")
			return "Revision:" + revision + "\r\nCSUB:" + csub + "\r\nQCN:" + qcn +
			       "\r\nIMEI:" + imei_now;
		if (command == "AT+CNACT?")
			return family == S7000
				       ? "+CNACT: 0,\"0.0.0.0\""
				       : "+CNACT: 0,0,\"0.0.0.0\"\r\n+CNACT: 1,0,\"0.0.0.0\"";
		if (g_str_has_prefix(command.c_str(), "AT+CFSGFIS="))
			return "+CFSGFIS: " + std::to_string(payload.size());
		return found == answers.end() ? "" : found->second;
	}

	/* "AT+CFSWFILE=1,\"update.zip\",MODE,SIZE,MS" */
	std::string take_block(const std::string &command)
	{
		guint mode = 9, size = 0, ms = 0;

		EXPECT_EQ(3, sscanf(command.c_str(), "AT+CFSWFILE=1,\"update.zip\",%u,%u,%u", &mode,
				    &size, &ms));
		EXPECT_TRUE(size > 0 && size <= 10240) << command;
		EXPECT_TRUE(ms >= 100 && ms <= 10000) << command;
		if (mode == 0)
			payload.clear();
		payload_due = payload.size() + size;
		payload_answer = ok();
		blocks.push_back(size);
		return lines("DOWNLOAD");
	}

	std::string fetch()
	{
		if (fetched.empty())
			fetched = { "+HTTPTOFS: 200," + std::to_string(bytes.size()) };
		for (const std::string &line : fetched)
			later(3000, lines(line));
		return ok();
	}

	/* What follows the OK of AT+CFOTA=1. */
	void update()
	{
		gint64 at = 500;

		flag = 1;
		for (const std::string &line : reports_after) {
			later(at, lines(line));
			at += 500;
		}
		for (guint i = 0; i < leaves; i++) {
			happens(at + i * 40000, [this] { detach(); });
			happens(at + i * 40000 + 20000, [this] { attach(); });
		}
		happens(at, [this] { become(); });
	}

	/* What follows the OK of AT+CSCFOTA. */
	void ask_cloud()
	{
		gint64 at = 2000;
		bool good = false;

		for (guint code : codes) {
			later(at, lines("+CSCFOTA: " + std::to_string(code)));
			at += 20000;
			good = good || code == 3;
		}
		if (!good)
			return;
		for (guint i = 0; i < leaves; i++) {
			happens(at + i * 120000, [this] { detach(); });
			happens(at + i * 120000 + 90000, [this] { attach(); });
		}
		happens(at, [this] { become(); });
	}

	void become()
	{
		if (updates)
			revision = package.to;
		flag = flag_after;
		if (imei_after)
			imei_now = imei_after;
	}

	Family family;
	bool updates = true; /* the version changes */
	guint leaves = 1;    /* how often the device is off the bus */
	std::vector<std::string> reports_after;
	std::vector<std::string> fetched; /* what is said some seconds after AT+HTTPTOFS */
	std::vector<guint> codes = { 2, 4, 3 };
	guint flag = 6; /* last year's */
	guint flag_after = 6;
	bool service = false;
	std::map<std::string, std::string> says;
	std::map<std::string, std::deque<std::string>> once;
	const char *imei = "869951037023870";
	std::string imei_now = imei;
	const char *imei_after = nullptr;
	const char *iccid = "89860000000000000001";
	const char *cgmm = "SIMCOM_SIM7080G";
	std::string cgmm_now;
	std::string revision, csub = "B16V01", qcn = "SIM7080G_P1.03_20210823";
	gint8 cfun = 1;
	std::string bytes;
	std::vector<guint> blocks;
	Package package = {};
	Model model = {};
	CloudAccount cloud = {};
	const char *secret_text = "f9bbb0d76f894da090b6b69253616561";
	const char *user = "";
	Secret *pin = nullptr, *password = nullptr, *secret = nullptr;

      private:
	void name_it()
	{
		switch (family) {
		case S7000:
			model.name = const_cast<char *>("SIM7000");
			model.behaviour = BEHAVIOUR_RECOVERY;
			model.version_rule = VERSION_SIMCOM_SUFFIX;
			cgmm = "SIMCOM_SIM7000G";
			package.from = "1529B08SIM7000G";
			package.to = "1529B11SIM7000G";
			break;
		case S7080:
			model.name = const_cast<char *>("SIM7080");
			model.behaviour = BEHAVIOUR_BEARER_CNCFG;
			model.version_rule = VERSION_SIMCOM_G;
			package.from = "1951B14SIM7080";
			package.to = "1951B16SIM7080G";
			break;
		case M21:
			model.name = const_cast<char *>("SIM7600M21");
			cgmm = "SIMCOM_SIM7600M21";
			package.from = "LE11B01SIM7600M21";
			package.to = "LE11B02SIM7600M21";
			package.cloud_version = "SIM7600M21_LE11_181025_V2.00";
			break;
		}
		revision = package.from;
		cgmm_now = cgmm;
	}
};
