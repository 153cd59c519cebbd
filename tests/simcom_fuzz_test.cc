/* SPDX-License-Identifier: Apache-2.0
 *
 * SIMCom's procedures under any sequence of inputs: each job ends, sends its dangerous command once and only when that is
 * recorded, and is good only with the target's version read. It does not know what should have come of each sequence. */
#include "lib/job.h"

#include <random>

#include "tests/simcom_unit.h"

namespace
{

struct Reached {
	guint danger = 0, good = 0, unknown = 0, failed = 0;
};

const char *const fragments[] = {
	"\r\nOK\r\n",
	"\r\nERROR\r\n",
	"\r\n+CME ERROR: operation not allowed\r\n",
	"\r\nDOWNLOAD\r\n",
	"\r\n+CFOTA: 1\r\n",
	"\r\n+CFOTA: 3\r\n",
	"\r\n+CFOTA: 6\r\n",
	"\r\n+CFOTA: \"Start to update\"\r\n",
	"\r\n+CFOTA: \"Updating\",33\r\n",
	"\r\n+CFOTA: \"Update successfully, please wait for reset\"\r\n",
	"\r\n+CFOTA: \"Update failed, please wait for reset\"\r\n",
	"\r\n+CFOTA: FOTA,START\r\n",
	"\r\n+HTTPTOFS: 200,3000\r\n",
	"\r\n+HTTPTOFS: 601,0\r\n",
	"\r\n+HTTPTOFS: 0,0,0\r\n",
	"\r\n+HTTPTOFSRL: 1,99,3000\r\n",
	"\r\n+APP PDP: 0,ACTIVE\r\n",
	"\r\n+APP PDP: DEACTIVE\r\n",
	"\r\n+CNACT: 0,1,\"10.1.2.3\"\r\n",
	"\r\n+CFSGFIS: 3000\r\n",
	"\r\n+CAPFOTA: 1\r\n",
	"\r\n+CSCFOTA: 2\r\n",
	"\r\n+CSCFOTA: 3\r\n",
	"\r\n+CSCFOTA: 514\r\n",
	"\r\nRDY\r\n",
	"\r\n+CFUN: 5\r\n",
	"\r\n356136073296560\r\n",
	"\xff\xfe\x00~",
	"+CFO",
	"\r\n",
};

void fuzz(guint seed, Reached *reached)
{
	const struct {
		const char *procedure, *danger;
		SimcomUnit::Family family;
	} ways[] = {
		{ "simcom-cfota-local", "AT+CFOTA=1", SimcomUnit::S7000 },
		{ "simcom-cfota-http", "AT+CFOTA=1", SimcomUnit::S7080 },
		{ "simcom-cscfota", "AT+CSCFOTA=${cloud_args}", SimcomUnit::M21 },
	};
	std::mt19937 rng(seed);
	auto random = [&](guint n) { return (guint)(rng() % n); };
	auto &way = ways[seed % G_N_ELEMENTS(ways)];
	SimcomUnit s(way.family, 3000);
	JobSpec spec = s.spec(way.procedure);
	guint willing = random(4);

	s.by_hand = true;
	s.updates = random(4) > 0;
	s.leaves = random(3);
	s.delay = random(3) * 700 * MS;
	if (willing == 0)
		s.unit = nullptr;
	spec.adopted = random(10) == 0;
	if (spec.adopted)
		spec.model = nullptr, spec.package = nullptr, spec.target = nullptr;
	s.begin(spec);
	for (guint i = 0; i < 300 && !job_done(s.job); i++) {
		switch (random(12)) {
		case 0:
			if (s.at && random(job_in_danger(s.job) ? 6 : 80) == 0)
				s.detach();
			break;
		case 1:
			if (!s.at)
				s.attach();
			break;
		case 2:
			if (job_held(s.job))
				job_release(s.job, random(12) > 0, s.now);
			break;
		case 3:
			job_served(s.job, random(4000), random(2), s.now);
			break;
		case 4:
			if (random(40) == 0 && job_in_danger(s.job))
				job_bootloader(s.job, s.now);
			break;
		case 5:
			if (random(willing ? 6 : 1) == 0)
				s.feed(fragments[random(G_N_ELEMENTS(fragments))]);
			break;
		default:
			s.run(random(i % 10 == 0 ? 30000 : 3000));
			break;
		}
	}
	if (!s.at && !job_done(s.job))
		s.attach();
	s.by_hand = false;
	s.run_while([&] { return !job_done(s.job); }, 12000);
	ASSERT_TRUE(job_done(s.job)) << "seed " << seed << ": still in " << job_step_name(s.job);
	EXPECT_GE(1u, s.sent_count(way.danger)) << "seed " << seed;
	EXPECT_TRUE(!s.sent_count(way.danger) || s.result()->entered) << "seed " << seed;
	EXPECT_EQ(std::string::npos, s.journal.find(s.secret_text)) << "seed " << seed;
	if (s.result()->fault == FAULT_NONE) {
		EXPECT_TRUE(s.result()->version_read) << "seed " << seed;
		EXPECT_EQ(spec.adopted ? s.revision : s.package.to, s.result()->unit.revision)
			<< "seed " << seed;
	} else {
		EXPECT_NE(nullptr, s.result()->step) << "seed " << seed;
	}
	reached->danger += s.result()->entered;
	reached->good += s.result()->fault == FAULT_NONE;
	reached->unknown += s.result()->unknown;
	reached->failed += s.result()->fault != FAULT_NONE && s.result()->version_read;
}

TEST(SimcomFuzz, AnySequenceOfInputsIsLegalAndEnds)
{
	Reached reached;

	for (guint seed = 1; seed <= 9000 && !HasFailure(); seed++)
		fuzz(seed, &reached);
	/* Not all of it ended at the first step. */
	EXPECT_LE(1000u, reached.danger);
	EXPECT_LE(300u, reached.good);
	EXPECT_LE(100u, reached.unknown);
	EXPECT_LE(300u, reached.failed);
}

} // namespace
