/* SPDX-License-Identifier: Apache-2.0
 *
 * Plays the unit's side of a transcript against a job: what the journal says was sent must be sent again, what it says was
 * received is received again, and the verdict must be the same. It knows no station; the format is described in
 * tests/transcripts/README.md. */
#pragma once

#include <cinttypes>
#include <set>
#include <sstream>

#include "lib/at_parse.h"
#include "lib/trace.h"
#include "tests/job_bench.h"

class Transcript : public Bench
{
      public:
	/* `whole`: bytes arrive as the transcript has them; else one by one. */
	Transcript(const std::string &file, bool whole) : file(file), whole(whole)
	{
		g_autoptr(GPtrArray) complaints = complaints_new();
		g_autofree char *bytes = nullptr;
		g_autofree char *path =
			g_build_filename(g_getenv("FOTA_STATION_DATA"), "models", nullptr);

		models = models_load(path, &driver_knows, complaints);
		seen_unit.cfun = -1;
		if (g_file_get_contents(file.c_str(), &bytes, nullptr, nullptr))
			text = bytes;
	}
	~Transcript()
	{
		models_free(models);
		secret_free(secret);
	}

	void play()
	{
		ASSERT_NE(nullptr, models);
		ASSERT_NE("", text) << file << " cannot be read";
		ASSERT_FALSE(g_str_has_prefix(text.c_str(), TRACE_CUT))
			<< file << ": its beginning was not kept, so it cannot be played";
		each_line([&](const Line &line) { read_ahead(line); });
		each_line([&](const Line &line) { play_line(line); });
		SCOPED_TRACE(file);
		if (testing::Test::HasFatalFailure())
			return;
		ASSERT_TRUE(judged) << "no line says what the verdict is";
		EXPECT_EQ(sent.size(), heard_count)
			<< "sent and not in the transcript: " << sent.back();
	}

      private:
	struct Line {
		gint64 ms;
		char direction;
		std::string text;
	};

	/* What the clock of a busy station has to say may come this long after it was due, and so behind what came meanwhile. */
	static constexpr gint64 LATE = 50 * MS;

	std::string file, text;
	bool whole;
	gint64 origin = now; /* when the transcript's time 0 is */
	gsize heard_count = 0, payload_seen = 0;
	gint64 answered_at =
		0; /* when the last line came before which nothing was due to be sent */
	bool judged = false;
	bool ended = false; /* a line said what the job's own verdict is */

	/* What the next job is about: the notes before it. */
	Models *models;
	Unit seen_unit = {};
	std::map<std::string, std::string> given; /* "cloud oem" -> value */
	std::string bytes;
	std::set<std::string>
		asked; /* keys of the record of which a note said what it held first */
	Package package = {};
	CloudAccount cloud = {};
	PfmService pfm = {};
	/* Stands for every PIN, password and key: a transcript has their rows as the procedure has them. */
	Secret *secret = secret_new("0000");

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

	void each_line(const std::function<void(const Line &)> &use)
	{
		std::istringstream in(text);
		std::string line;

		for (guint number = 1; std::getline(in, line) && !testing::Test::HasFatalFailure();
		     number++) {
			SCOPED_TRACE(file + ":" + std::to_string(number) + ": " + line);
			Line l = {};
			int rest = 0;

			if (line.empty())
				continue;
			ASSERT_EQ(2, sscanf(line.c_str(), "%" SCNd64 " %c %n", &l.ms, &l.direction,
					    &rest))
				<< "expected: MS DIRECTION TEXT";
			l.text = unescape(line.substr(rest));
			use(l);
		}
	}

	/* Takes the first word off. */
	static std::string word(std::string &rest)
	{
		gsize end = rest.find(' ');
		std::string first = rest.substr(0, end);

		rest.erase(0, end == std::string::npos ? end : end + 1);
		return first;
	}

	/* What the record held must be known before the job asks, and the note of that comes behind the question. */
	void read_ahead(const Line &line)
	{
		std::string rest = line.text, first = word(rest);

		if (line.direction != '=')
			return;
		/* One that says when the record has taken something says it each time. */
		by_hand = by_hand || first == "recorded" || first == "refused";
		if (first != "fact")
			return;
		first = word(rest);
		if (asked.insert(first).second && !rest.empty())
			record[first] = rest;
	}

	/* Before the first job and between two the station only asks whether somebody is there. */
	bool idle() const
	{
		return !job || (ended && job_done(job));
	}

	void play_line(const Line &line)
	{
		switch (line.direction) {
		case '>':
			if (!idle())
				expect_sent(line);
			return;
		case '<':
			if (!idle())
				receive(line);
			return;
		case '#':
			expect_payload(line.text);
			return;
		case '=':
			note(line);
			return;
		default:
			FAIL() << "unknown direction " << line.direction;
		}
	}

	/* The station takes its own time; what the unit says next comes as long after it as it did then. */
	void expect_sent(const Line &line)
	{
		run_while([&] { return sent.size() == heard_count && !job_done(job); }, 1500);
		ASSERT_LT(heard_count, sent.size()) << "nothing is sent any more: " << verdict();
		ASSERT_EQ(line.text, sent[heard_count] + "\r");
		heard_count++;
		origin = now - line.ms * MS;
	}

	void run_until(gint64 ms)
	{
		gint64 at = origin + ms * MS;

		if (now < at - LATE)
			run((at - LATE - now) / MS);
		now = std::max(now, at);
	}

	static bool is_masked(const std::string &said)
	{
		return g_regex_match_simple("^<[0-9]+ bytes>$", said.c_str(), GRegexCompileFlags(),
					    GRegexMatchFlags());
	}

	void receive(const Line &line)
	{
		const bool masked = is_masked(line.text);
		gsize before = sent.size();

		run_until(line.ms);
		ASSERT_EQ(sent.size(), before) << "sent too early: " << sent.back();
		/* What came in one piece is several lines here; the first of them may be the answer that was waited for. */
		ASSERT_TRUE(before == heard_count || now - answered_at <= LATE)
			<< "sent too early: " << sent.back();
		/* Of what was not written down only that it was no result is known. */
		if (whole || masked) {
			feed(masked ? "\r\n" : line.text);
		} else {
			for (char byte : line.text)
				feed(std::string(1, byte));
		}
		if (before == heard_count)
			answered_at = now;
	}

	void expect_payload(const std::string &words)
	{
		gsize n = 0;

		ASSERT_EQ(1, sscanf(words.c_str(), "%" G_GSIZE_FORMAT " bytes of payload", &n));
		run(0);
		ASSERT_EQ(n, payload.size() - payload_seen);
		payload_seen = payload.size();
	}

	void note(const Line &line)
	{
		using Note = void (Transcript::*)(std::string);
		/* What the next job is about; what happens to the one that runs; what it must say. */
		static const std::map<std::string, Note> given_before = {
			{ "unit", &Transcript::set_unit },
			{ "package", &Transcript::make_package },
			{ "speed", &Transcript::set_speed },
			{ "channel", &Transcript::set_channel },
			{ "fact", &Transcript::know },
		};
		static const std::map<std::string, Note> happens = {
			{ "gone", &Transcript::go },
			{ "back", &Transcript::come },
			{ "heard", &Transcript::hear },
			{ "served", &Transcript::serve },
			{ "lines", &Transcript::move_lines },
			{ "cancel", &Transcript::cancel },
			{ "recorded", &Transcript::record_takes },
			{ "refused", &Transcript::record_refuses },
			{ "lost", &Transcript::lose },
			{ "bootloader", &Transcript::find_bootloader },
			{ "forget", &Transcript::forget },
		};
		static const std::map<std::string, Note> expected = {
			{ "baud", &Transcript::expect_baud },
			{ "step", &Transcript::expect_step },
			{ "ended", &Transcript::expect_end },
			{ "version", &Transcript::expect_version },
			{ "vendor", &Transcript::expect_vendor },
			{ "unknown", &Transcript::expect_unknown },
		};
		static const std::set<std::string> values = { "from",     "url",     "target",
							      "model",    "further", "apn",
							      "apn_user", "left",    "was" };
		static const std::set<std::string> groups = { "cloud", "pfm", "secret" };
		std::string rest = line.text, first = word(rest);

		if (first == "run" || first == "adopt") {
			start(line.ms, rest, first == "adopt");
		} else if (given_before.count(first)) {
			(this->*given_before.at(first))(rest);
		} else if (happens.count(first)) {
			ASSERT_NE(nullptr, job) << "no line says what is run";
			run_until(line.ms);
			(this->*happens.at(first))(rest);
		} else if (expected.count(first)) {
			if (job)
				(this->*expected.at(first))(rest);
		} else if (values.count(first)) {
			given[first] = rest;
		} else if (groups.count(first)) {
			std::string key = word(rest);

			given[first + " " + key] = rest;
		} else if (outcome_from_name(first.c_str()) != OUTCOME_NONE) {
			expect_verdict(first, rest);
		} else {
			FAIL() << "unknown note " << first;
		}
	}

	/* ---- what the next job is about ---- */

	/* After an identification it is what that must have found. */
	void set_unit(std::string value)
	{
		const std::string key = word(value);
		const Unit *found = job && job_done(job) ? &result()->unit : nullptr;
		const struct {
			const char *key;
			gsize offset, size;
		} fields[] = {
			{ "imei", G_STRUCT_OFFSET(Unit, imei), sizeof(Unit::imei) },
			{ "iccid", G_STRUCT_OFFSET(Unit, iccid), sizeof(Unit::iccid) },
			{ "imsi", G_STRUCT_OFFSET(Unit, imsi), sizeof(Unit::imsi) },
			{ "serial", G_STRUCT_OFFSET(Unit, serial), sizeof(Unit::serial) },
			{ "maker", G_STRUCT_OFFSET(Unit, maker), sizeof(Unit::maker) },
			{ "model", G_STRUCT_OFFSET(Unit, model), sizeof(Unit::model) },
			{ "revision", G_STRUCT_OFFSET(Unit, revision), sizeof(Unit::revision) },
		};

		for (auto &f : fields) {
			if (key != f.key)
				continue;
			unit_set(&G_STRUCT_MEMBER(char, &seen_unit, f.offset), f.size, value.data(),
				 value.size());
			if (found) {
				EXPECT_EQ(value, &G_STRUCT_MEMBER(const char, found, f.offset));
			}
			return;
		}
		if (key == "cfun")
			seen_unit.cfun = std::stoi(value);
		else if (key == "baud")
			seen_unit.baud = std::stoul(value);
		else
			FAIL() << "unknown key of a unit: " << key;
	}

	void set_speed(std::string value)
	{
		pipe.baud = std::stoul(value);
		if (pipe.baud != 0 || job)
			return;
		at_free(at);
		at = nullptr;
	}

	/* How an earlier job left it; after one that was played it is so by itself. */
	void set_channel(std::string how)
	{
		const AtCommand ask = { .command = "AT" };

		if (job)
			return;
		if (how == "echo") {
			at_send(at, &ask, now);
			feed("AT\r\r\nOK\r\n");
		} else {
			at_resync(at, 0, 0, 0, now);
			at_tick(at, now);
		}
		heard_count = sent.size();
	}

	/* Read ahead. */
	void know(std::string)
	{
	}

	/* The real package is not in the journal, but its size and its sum are: any bytes of that size and sum will do. */
	void make_package(std::string sum)
	{
		gsize size = std::stoul(word(sum));
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

	/* "" for what no note gave. */
	const char *value(const std::string &key)
	{
		auto found = given.find(key);

		return found == given.end() ? "" : found->second.c_str();
	}

	bool has(const char *group)
	{
		auto first = given.lower_bound(group);

		return first != given.end() && first->first.rfind(group, 0) == 0;
	}

	const Secret *secret_of(const std::string &which)
	{
		return given.count("secret " + which) ? secret : nullptr;
	}

	void read_given()
	{
		cloud = { value("cloud oem"), value("cloud models"), value("cloud product"),
			  secret_of("product") };
		pfm = { .bearer = (PfmBearer)atoi(value("pfm bearer")),
			.number = value("pfm number"),
			.address = value("pfm address"),
			.port = (guint)atoi(value("pfm port")),
			.preprovisioned = atoi(value("pfm preprovisioned")) != 0,
			.release = atoi(value("pfm release")) != 0,
			.wait_s = (guint)atoi(value("pfm wait")) };
		package.data = reinterpret_cast<const guint8 *>(bytes.data());
		package.size = bytes.size();
		package.url = value("url");
		package.cloud_version = value("cloud version");
		package.from = value("from");
		package.to = value("target");
	}

	const Model *model_given()
	{
		return given.count("model")
			       ? models_find(models, value("model"))
			       : models_match(models, seen_unit.model, seen_unit.maker);
	}

	/* Whoever ran before said who the unit is. */
	void start(gint64 ms, const std::string &procedure, bool found_updating)
	{
		JobSpec s = {};

		/* An update that nobody here began ends the identification, however far that is. */
		if (job && !found_updating) {
			run_to_end();
			ASSERT_EQ("good", verdict());
			seen_unit = result()->unit;
		}
		end_job();
		s.procedure = procedure_find(procedure.c_str(), &s.driver);
		ASSERT_NE(nullptr, s.procedure) << "there is no procedure " << procedure;
		read_given();
		s.package =
			s.driver && !s.procedure->operation && !found_updating ? &package : nullptr;
		s.url = *package.url ? package.url : nullptr;
		s.cloud = has("cloud ") ? &cloud : nullptr;
		s.pfm = has("pfm ") ? &pfm : nullptr;
		s.models = found_updating ? models : nullptr;
		/* One that an earlier station left is known by the record. */
		s.left_us = given.count("left") ? std::stoll(value("left")) * SECOND : 0;
		s.was = given.count("was") ? value("was") : nullptr;
		s.model = (found_updating && !given.count("model")) || !s.driver ? nullptr
										 : model_given();
		s.target = given.count("target") ? value("target") : nullptr;
		s.further = given.count("further") ? value("further") : nullptr;
		s.unit = seen_unit;
		s.apn = value("apn");
		s.apn_user = value("apn_user");
		s.apn_password = secret_of("password");
		s.pin = secret_of("pin");
		s.adopted = found_updating;
		s.id = procedure == "identify" ? 0 : 1;
		ended = false;
		origin = now - ms * MS;
		begin(s);
	}

	/* ---- what happens to the one that runs ---- */

	void go(std::string)
	{
		detach();
	}

	void come(std::string)
	{
		attach();
	}

	void hear(std::string report)
	{
		AtEvent event = { .kind = AT_REPORT, .text = report.c_str(), .len = report.size() };

		job_at(job, &event, now);
	}

	void serve(std::string all)
	{
		guint64 n = std::stoull(word(all));

		job_served(job, n, all == "whole", now);
	}

	void move_lines(std::string names)
	{
		guint on = 0;

		while (!names.empty()) {
			std::string name = word(names);

			on |= name == "CTS" ? LINE_CTS : name == "DSR" ? LINE_DSR : LINE_DCD;
		}
		job_signals(job, on, now);
	}

	void cancel(std::string fault)
	{
		const Fault *f = fault_list();

		while (f->code != FAULT_NONE && fault != f->name)
			f++;
		job_cancel(job, f->code, now);
	}

	void record_takes(std::string)
	{
		ASSERT_TRUE(job_held(job)) << verdict();
		job_release(job, true, now);
	}

	void record_refuses(std::string)
	{
		ASSERT_TRUE(job_held(job)) << verdict();
		job_release(job, false, now);
	}

	void lose(std::string)
	{
		job_lost(job, now);
	}

	void find_bootloader(std::string)
	{
		job_bootloader(job, now);
	}

	void forget(std::string)
	{
		job_forget_pin(job);
	}

	/* ---- what it must say ---- */

	void expect_baud(std::string n)
	{
		EXPECT_EQ(std::stoul(n), pipe.baud);
	}

	void expect_step(std::string name)
	{
		EXPECT_EQ(name, job_step_name(job));
	}

	/* "good", or its fault. */
	void expect_end(std::string fault)
	{
		run_to_end();
		EXPECT_EQ(fault, verdict());
		ended = true;
	}

	void expect_version(std::string version)
	{
		EXPECT_EQ(version, result()->unit.revision);
	}

	void expect_vendor(std::string words)
	{
		EXPECT_EQ(word(words), result()->vendor_code);
		EXPECT_EQ(words, result()->vendor_words);
	}

	void expect_unknown(std::string)
	{
		EXPECT_TRUE(result()->unknown);
	}

	/* The station's verdict, which is the job's own where no line before said otherwise. */
	void expect_verdict(const std::string &outcome, const std::string &fault)
	{
		judged = true;
		if (!ended && job)
			expect_end(outcome == "pass" ? "good" : fault);
	}
};
