/* SPDX-License-Identifier: Apache-2.0
 *
 * What a Telit module says, word by word as the application note and captures have it, with settings that are set and lost; a test
 * changes what it likes. It is no simulation: it knows no network and no server. */
#pragma once

#include <cstring>

#include "tests/job_bench.h"

class TelitUnit : public Bench
{
      public:
	explicit TelitUnit(const char *the_way = "telit-pfm-sms") : way(the_way)
	{
		g_autoptr(GPtrArray) complaints = complaints_new();
		g_autoptr(Ini) own = ini_parse("model.ini", "", 0, complaints);
		g_autofree char *path =
			g_build_filename(g_getenv("FOTA_STATION_DATA"), "settings.ini", nullptr);

		settings_file = settings_load(path, complaints);
		EXPECT_EQ(0u, complaints->len);
		package.from = from = "10.00.005";
		package.to = to = "10.00.006";
		model.name = const_cast<char *>("GE865");
		model.pfm_from = const_cast<char *>("10.00.xx3");
		model.steps = g_ptr_array_new();
		model.settings = settings_of_model(settings_file, "telit", own);
		pfm.bearer = PFM_BEARER_GPRS;
		pfm.number = "+390404192000";
		pfm.address = "pfm.example.com";
		pfm.port = 10510;
		pfm.wait_s = 3600;
		password = secret_new("");
		reports_after = usual_reports();
		unit = [this](const std::string &command) { return answer_to(command); };
	}
	~TelitUnit()
	{
		g_ptr_array_unref(model.steps);
		if (model.settings)
			g_ptr_array_unref(model.settings);
		settings_free(settings_file);
		secret_free(pin);
		secret_free(password);
	}

	static std::vector<std::string> usual_reports()
	{
		return { "#OTAEV: Start Fw Download", "#OTAEV: Fw Download Complete",
			 "#OTAEV: Module Upgraded To New FW" };
	}

	JobSpec spec()
	{
		JobSpec s = {};

		s.procedure = procedure_find(way, &s.driver);
		s.model = &model;
		s.package = &package;
		s.target = target;
		s.apn = "ibox.tim.it";
		s.apn_user = "";
		s.apn_password = password;
		s.pin = pin;
		s.pfm = has_pfm ? &pfm : nullptr;
		UNIT_SET(s.unit.imei, imei, strlen(imei));
		UNIT_SET(s.unit.iccid, iccid, strlen(iccid));
		UNIT_SET(s.unit.model, "GE865-QUAD", 10);
		UNIT_SET(s.unit.revision, revision.c_str(), revision.size());
		s.unit.cfun = cfun;
		s.unit.baud = pipe.baud;
		s.slot = 4;
		s.visit = 2;
		s.id = 9;
		return s;
	}

	void start()
	{
		begin(spec());
	}

	/* The whole of it. */
	void go()
	{
		start();
		run_to_end();
	}

	/* A command that sets something: remembered and read back. */
	bool set(const std::string &command)
	{
		gsize equals = command.find('=');
		std::string name = command.substr(2, equals == std::string::npos ? 2 : equals - 2);

		if (command == "ATE0" || command == "ATE1") {
			echo = command == "ATE1";
			return true;
		}
		if (equals == std::string::npos || equals + 1 == command.size() ||
		    !settings.count(name))
			return false;
		settings[name] = command.substr(equals + 1);
		/* Its first field is an answer. */
		if (name == "#OTASUAN" && settings[name][0] == ',')
			settings[name] = settings[name].substr(1);
		return true;
	}

	std::string answer_to(const std::string &command)
	{
		auto next = once.find(command);
		bool echoes = echo;
		std::string said;

		if (frozen)
			return "";
		if (next != once.end() && !next->second.empty()) {
			said = next->second.front();
			next->second.pop_front();
			return said;
		}
		if (says.count(command))
			said = says[command];
		else if (command == "AT#OTASUAN=1" || command == "AT#OTAIPUPD")
			said = accepted();
		else if (is_registration(command))
			said = registered();
		else if (set(command))
			said = ok();
		else
			said = ok(usual(command));
		return echoes ? command + "\r" + said : said;
	}

	std::string usual(const std::string &command) const
	{
		static const std::map<std::string, std::string> answers = {
			{ "AT+CFUN?", "+CFUN: 1" },
			{ "AT+CPIN?", "+CPIN: READY" },
			{ "AT#PCT", "#PCT: 3" },
			{ "AT+CGREG?", "+CGREG: 0,1" },
			{ "AT+CREG?", "+CREG: 0,5" },
			{ "AT+CSQ", "+CSQ: 25,0" },
			{ "AT+CGMM", "GE865-QUAD" },
			{ "AT#OTAIPUPD?", "#OTAIPUPD: 0" },
			{ "AT#CCID", "#CCID: 8939000000000000001F" },
			{ "AT+CIMI", "222015602527490" },
			{ "AT+CNUM", "+CNUM: \"\",\"+39335475718\",145" },
		};
		auto found = answers.find(command);

		if (command == "AT+GSN" || command == "AT+CGSN")
			return imei;
		if (command == "AT+CGMR")
			return revision;
		if (found != answers.end())
			return found->second;
		return command.back() == '?' ? read(command.substr(2, command.size() - 3)) : "";
	}

	/* What AT+NAME? answers: some with a second field that is no setting. */
	std::string read(const std::string &name) const
	{
		auto found = settings.find(name);
		std::string rest;

		if (found == settings.end())
			return "";
		if (name == "#QSS" || name == "#SIMDET")
			rest = ",1";
		return name + ": " + (name == "#OTASUAN" ? "," : "") + found->second + rest;
	}

	static bool is_registration(const std::string &command)
	{
		return (command.rfind("AT#OTASNAP=", 0) == 0 && command != "AT#OTASNAP=\"\"") ||
		       command.rfind("AT#OTASNAPIP=", 0) == 0;
	}

	/* The server knows the unit a little later, and calls it. */
	std::string registered()
	{
		if (registers) {
			later(4000, lines("#OTAEV: Registered"));
			if (calls)
				later(9000, lines(call));
		}
		return ok();
	}

	/* What follows the OK of the yes, some seconds apart; the reboot loses what is not kept. */
	std::string accepted()
	{
		gint64 at = 2000;

		for (const std::string &line : reports_after) {
			later(at, lines(line));
			at += 3000;
		}
		if (serves)
			later(at, lines(served));
		if (updates)
			reboot();
		return lose_ok ? "" : ok();
	}

	void reboot()
	{
		revision = to;
		echo = true;
		for (auto &s : settings)
			if (s.first != "+IPR")
				s.second = factory.at(s.first);
	}

	const char *way;
	const std::map<std::string, std::string> factory = {
		{ "+CMEE", "0" },       { "+CNMI", "0,0,0,0,0" }, { "+CMGF", "0" },
		{ "+CSCS", "\"IRA\"" }, { "#QSS", "0" },          { "#SIMDET", "2" },
		{ "#OTASUAN", "0,0" },  { "+CGCLASS", "\"B\"" },  { "#AUTOATT", "1" },
		{ "+IPR", "115200" },
	};
	std::map<std::string, std::string> settings = {
		{ "+CMEE", "2" },       { "+CNMI", "2,1,0,0,0" }, { "+CMGF", "1" },
		{ "+CSCS", "\"GSM\"" }, { "#QSS", "2" },          { "#SIMDET", "1" },
		{ "#OTASUAN", "1,0" },  { "+CGCLASS", "\"B\"" },  { "#AUTOATT", "1" },
		{ "+IPR", "115200" },
	};
	bool echo = true;
	bool frozen = false;
	bool registers = true, calls = true, serves = true, updates = true, lose_ok = false;
	std::string call = "#OTAEV: Do you want to upgrade the firmware?";
	std::string served = "#OTAEV: Server notified about successfull FW Upgrade";
	std::vector<std::string> reports_after;
	std::map<std::string, std::string> says;
	std::map<std::string, std::deque<std::string>> once;
	const char *imei = "359180085703723";
	const char *iccid = "8939000000000000001";
	const char *from, *to;
	const char *target = "10.00.006";
	std::string revision = "10.00.005";
	gint8 cfun = 1;
	bool has_pfm = true;
	PfmService pfm = {};
	Package package = {};
	Model model = {};
	Settings *settings_file = nullptr;
	Secret *pin = nullptr, *password = nullptr;
};
