/* SPDX-License-Identifier: Apache-2.0
 *
 * Plays the unit's side of a transcript against a job: what the journal says was sent must be sent again, what it says was
 * received is received again, and the verdict must be the same. The format is described in tests/transcripts/README.md. */
#pragma once

#include <cinttypes>
#include <sstream>

#include "lib/at_parse.h"
#include "tests/job_bench.h"

class Transcript : public Bench
{
      public:
	/* `whole`: bytes arrive as the transcript has them; else one by one. */
	Transcript(const std::string &file, bool whole) : file(file), whole(whole)
	{
		g_autofree char *bytes = nullptr;

		model.name = const_cast<char *>("MC65");
		model.steps = g_ptr_array_new();
		seen_unit.cfun = -1;
		if (g_file_get_contents(file.c_str(), &bytes, nullptr, nullptr))
			text = bytes;
	}
	~Transcript()
	{
		g_ptr_array_unref(model.steps);
		secret_free(pin);
		secret_free(password);
		secret_free(product);
	}

	void play()
	{
		std::istringstream in(text);
		std::string line;

		ASSERT_NE("", text) << file << " cannot be read";
		for (number = 1; std::getline(in, line) && !testing::Test::HasFatalFailure();
		     number++) {
			SCOPED_TRACE(file + ":" + std::to_string(number) + ": " + line);
			if (!line.empty())
				play_line(line);
		}
		SCOPED_TRACE(file);
		if (testing::Test::HasFatalFailure())
			return;
		ASSERT_TRUE(judged) << "no line says what the verdict is";
		EXPECT_EQ(sent.size(), heard_count)
			<< "sent and not in the transcript: " << sent.back();
	}

      private:
	std::string file, text;
	bool whole;
	guint number = 0;
	gint64 origin = now; /* when the transcript's time 0 is */
	gsize heard_count = 0, payload_seen = 0;
	bool judged = false;

	Unit seen_unit = {};
	Package package = {};
	Model model = {};
	std::string bytes, url, target, apn, apn_user;
	Secret *pin = nullptr, *password = nullptr, *product = nullptr;
	std::string oem, cloud_models, product_id, cloud_version;
	CloudAccount cloud = {};

	static std::string unescape(const std::string &line)
	{
		std::string out;

		for (gsize i = 0; i < line.size(); i++) {
			if (line[i] != '\\' || i + 1 == line.size()) {
				out += line[i];
				continue;
			}
			switch (line[++i]) {
			case 'r':
				out += '\r';
				break;
			case 'n':
				out += '\n';
				break;
			case 'x':
				out += (char)std::stoi(line.substr(i + 1, 2), nullptr, 16);
				i += 2;
				break;
			default:
				out += line[i];
				break;
			}
		}
		return out;
	}

	void play_line(const std::string &line)
	{
		gint64 ms = 0;
		char direction = 0;
		int rest = 0;

		ASSERT_EQ(2, sscanf(line.c_str(), "%" SCNd64 " %c %n", &ms, &direction, &rest))
			<< "expected: MS DIRECTION TEXT";
		switch (direction) {
		case '>':
			expect_sent(ms, unescape(line.substr(rest)));
			return;
		case '<':
			receive(ms, unescape(line.substr(rest)));
			return;
		case '#':
			expect_payload(line.substr(rest));
			return;
		case '=':
			note(ms, line.substr(rest));
			return;
		default:
			FAIL() << "unknown direction " << direction;
		}
	}

	/* The station takes its own time; what the unit says next comes as long after it as it did then. */
	void expect_sent(gint64 ms, const std::string &command)
	{
		ASSERT_NE(nullptr, job) << "no line says what is run";
		run_while([&] { return sent.size() == heard_count && !job_done(job); }, 1500);
		ASSERT_LT(heard_count, sent.size()) << "nothing is sent any more: " << verdict();
		ASSERT_EQ(command, sent[heard_count] + "\r");
		heard_count++;
		origin = now - ms * MS;
	}

	void receive(gint64 ms, const std::string &said)
	{
		run((origin + ms * MS - now) / MS);
		ASSERT_EQ(sent.size(), heard_count) << "sent too early: " << sent.back();
		if (whole) {
			feed(said);
			return;
		}
		for (char byte : said)
			feed(std::string(1, byte));
	}

	void expect_payload(const std::string &words)
	{
		gsize n = 0;

		ASSERT_EQ(1, sscanf(words.c_str(), "%" G_GSIZE_FORMAT " bytes of payload", &n));
		run(0);
		ASSERT_EQ(n, payload.size() - payload_seen);
		payload_seen = payload.size();
	}

	void note(gint64 ms, const std::string &line)
	{
		std::istringstream in(line);
		std::string word, first, second, rest;

		in >> word >> first;
		std::getline(in, second);
		second.erase(0, second.find_first_not_of(' '));
		if (word == "run" || word == "adopt")
			start(ms, first, word == "adopt");
		else if (word == "unit")
			set_unit(first, second);
		else if (word == "package")
			make_package(std::stoul(first), second);
		else if (word == "url")
			url = first;
		else if (word == "target")
			target = first;
		else if (word == "model")
			set_model(first, second);
		else if (word == "apn")
			apn = first, apn_user = second;
		else if (word == "secret")
			set_secret(first, second);
		else if (word == "cloud")
			set_cloud(first, second);
		else if (word == "fact")
			record[first] = second;
		else if (word == "gone")
			run((origin + ms * MS - now) / MS), detach();
		else if (word == "back")
			run((origin + ms * MS - now) / MS), attach();
		else if (word == "speed")
			pipe.baud = std::stoul(first);
		else if (word == "baud")
			EXPECT_EQ(std::stoul(first), pipe.baud);
		else if (word == "step")
			EXPECT_EQ(first, job_step_name(job));
		else if (word == "version")
			EXPECT_EQ(first, result()->unit.revision);
		else if (word == "vendor")
			expect_vendor(first, second);
		else if (word == "unknown")
			EXPECT_TRUE(result()->unknown);
		else if (outcome_from_name(word.c_str()) != OUTCOME_NONE)
			expect_verdict(word, first);
		else
			FAIL() << "unknown note " << word;
	}

	void set_unit(const std::string &key, const std::string &value)
	{
		const struct {
			const char *key;
			char *field;
			gsize size;
		} fields[] = {
			{ "imei", seen_unit.imei, sizeof(seen_unit.imei) },
			{ "iccid", seen_unit.iccid, sizeof(seen_unit.iccid) },
			{ "model", seen_unit.model, sizeof(seen_unit.model) },
			{ "maker", seen_unit.maker, sizeof(seen_unit.maker) },
			{ "revision", seen_unit.revision, sizeof(seen_unit.revision) },
		};

		for (auto &f : fields)
			if (key == f.key)
				return unit_set(f.field, f.size, value.data(), value.size());
		if (key == "cfun")
			seen_unit.cfun = std::stoi(value);
		else if (key == "baud")
			pipe.baud = seen_unit.baud = std::stoul(value);
		else
			FAIL() << "unknown key of a unit: " << key;
	}

	void set_model(const std::string &key, const std::string &value)
	{
		if (key == "update_limit")
			model.update_limit = std::stoul(value);
		else if (key == "url_form" && value == "table")
			model.behaviour |= BEHAVIOUR_URL_TABLE;
		else if (key == "bearer" && value == "cncfg")
			model.behaviour |= BEHAVIOUR_BEARER_CNCFG;
		else if (key == "recovery" && value == "states")
			model.behaviour |= BEHAVIOUR_RECOVERY;
		else if (key == "version_rule" && value == "simcom-suffix")
			model.version_rule = VERSION_SIMCOM_SUFFIX;
		else if (key == "version_rule" && value == "simcom-g")
			model.version_rule = VERSION_SIMCOM_G;
		else
			FAIL() << "unknown key of a model: " << key;
	}

	void set_secret(const std::string &key, const std::string &value)
	{
		Secret **secret = key == "pin" ? &pin : key == "product" ? &product : &password;

		secret_free(*secret);
		*secret = secret_new(value.c_str());
	}

	void set_cloud(const std::string &name, const std::string &rest)
	{
		std::istringstream in(rest);

		oem = name;
		in >> cloud_models >> product_id >> cloud_version;
		cloud = { oem.c_str(), cloud_models.c_str(), product_id.c_str(), product };
		package.cloud_version = cloud_version.c_str();
	}

	/* The real package is not in the journal, but its size and its sum are: any bytes of that size and sum will do. */
	void make_package(gsize size, const std::string &sum)
	{
		Xor16 x = {};
		guint16 wanted;

		bytes.resize(size);
		for (gsize i = 0; i < size; i++)
			bytes[i] = (char)(i * 7 + i / 256);
		xor16_feed(&x, reinterpret_cast<const guint8 *>(bytes.data()), size);
		if (sum.empty() || size < 2)
			return;
		wanted = std::stoul(sum, nullptr, 16);
		bytes[0] ^= (char)((wanted ^ x.sum) >> 8);
		bytes[1] ^= (char)(wanted ^ x.sum);
	}

	/* Whoever ran before said who the unit is. */
	void start(gint64 ms, const std::string &procedure, bool found_updating)
	{
		JobSpec s = {};

		if (job) {
			run_to_end();
			ASSERT_EQ("good", verdict());
			seen_unit = result()->unit;
			end_job();
		}
		s.procedure = procedure_find(procedure.c_str(), &s.driver);
		ASSERT_NE(nullptr, s.procedure) << "there is no procedure " << procedure;
		package.data = reinterpret_cast<const guint8 *>(bytes.data());
		package.size = bytes.size();
		package.url = url.c_str();
		s.package = bytes.empty() && url.empty() && oem.empty() ? nullptr : &package;
		s.cloud = oem.empty() ? nullptr : &cloud;
		s.model = found_updating || !s.driver ? nullptr : &model;
		s.target = target.empty() ? nullptr : target.c_str();
		s.unit = seen_unit;
		s.apn = apn.c_str();
		s.apn_user = apn_user.c_str();
		s.apn_password = password;
		s.pin = pin;
		s.adopted = found_updating;
		s.id = procedure == "identify" ? 0 : 1;
		origin = now - ms * MS;
		begin(s);
	}

	void expect_vendor(const std::string &code, const std::string &words)
	{
		EXPECT_EQ(code, result()->vendor_code);
		EXPECT_EQ(words, result()->vendor_words);
	}

	void expect_verdict(const std::string &outcome, const std::string &fault)
	{
		run_to_end();
		EXPECT_EQ(outcome == "pass" ? "good" : fault, verdict());
		judged = true;
	}
};
