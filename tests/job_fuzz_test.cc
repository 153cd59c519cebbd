/* SPDX-License-Identifier: Apache-2.0
 *
 * The step engine under any sequence of inputs. It knows no vendor and no database. */
#include "lib/job.h"

#include <random>

#include "tests/demo_unit.h"

namespace
{

/* ---- rule 12: any sequence of inputs ---- */

/* Whatever happens, in whatever order: the job ends, never sends the dangerous command twice or unrecorded, and what it says
 * of itself holds together. */
struct Reached {
	guint danger = 0, flash = 0, good = 0, unknown = 0, cancelled = 0, stranger = 0;
};

void fuzz(guint seed, Reached *reached)
{
	static const char *const fragments[] = {
		"\r\nOK\r\n",
		"\r\nERROR\r\n",
		"\r\n> ",
		"\r\nCONNECT\r\n",
		"\r\n+CME ERROR: 6500\r\n",
		"\r\n+DEMO: 7\r\n",
		"\r\n+DEMO: DONE\r\n",
		"\r\n+DEMO: FAILED,3\r\n",
		"\r\nRDY\r\n",
		"A",
		"\r\n490154203237518\r\n",
		"\r\n356136073296560\r\n",
		"\r\nDemo-1\r\n",
		"\r\n+CFUN: 1\r\n",
		"\r\nD02\r\n",
		"\r\nD01\r\n",
		"\r\n89860000000000000001\r\n",
		"\r\n+CFUN: 5\r\n",
		"AT+DEMOGO\r",
		"\xff\xfe\x00~",
		"\r\n",
		"+DEM",
	};
	std::mt19937 rng(seed);
	auto random = [&](guint n) { return (guint)(rng() % n); };
	Demo d;
	JobSpec s = d.spec();
	bool released = false;
	guint good_unit = random(3);

	d.by_hand = true;
	d.delay = random(3) * 700 * MS;
	if (good_unit == 0)
		d.unit = nullptr;
	s.adopted = random(8) == 0;
	released = s.adopted;
	d.begin(s);
	for (guint i = 0; i < 400 && !job_done(d.job); i++) {
		switch (random(12)) {
		case 0:
			if (d.at && random(job_in_danger(d.job) ? 4 : 60) == 0)
				d.detach();
			break;
		case 1:
			if (!d.at || random(job_in_danger(d.job) ? 8 : 60) == 0)
				d.attach();
			break;
		case 2:
			if (random(20) == 0) {
				bool danger = job_in_danger(d.job);

				EXPECT_EQ(!released, job_cancel(d.job, FAULT_STOPPED, d.now));
				EXPECT_TRUE(!danger || !d.result()->cancelled);
			}
			break;
		case 3:
		case 4:
			if (job_held(d.job)) {
				bool taken = random(5) > 0;

				EXPECT_FALSE(d.wire_has("AT+DEMOGO\r"));
				released = taken;
				job_release(d.job, taken, d.now);
			}
			break;
		case 5:
			job_tick(d.job, d.now);
			job_served(d.job, random(2) ? random(10000) : G_MAXUINT64, random(2),
				   d.now);
			job_signals(d.job, random(8), d.now);
			break;
		case 6:
		case 7:
			d.run(random(20000));
			break;
		default:
			if (good_unit < 2 || random(6) == 0)
				d.feed(fragments[random(G_N_ELEMENTS(fragments))]);
			else
				d.run(random(2000));
			break;
		}
	}
	if (!d.at && !job_done(d.job))
		d.attach();
	d.by_hand = false;
	d.run_while([&] { return !job_done(d.job); }, 4000);
	ASSERT_TRUE(job_done(d.job)) << "seed " << seed << ": still in " << job_step_name(d.job);
	EXPECT_GE(1u, d.sent_count("AT+DEMOGO")) << "seed " << seed;
	EXPECT_EQ(0, job_in_danger(d.job));
	EXPECT_EQ(G_MAXINT64, job_deadline(d.job));
	EXPECT_TRUE(!d.wire_has("AT+DEMOGO\r") || d.result()->entered) << "seed " << seed;
	if (d.result()->fault == FAULT_NONE) {
		EXPECT_TRUE(d.result()->version_read) << "seed " << seed;
		EXPECT_STREQ("D02", d.result()->unit.revision) << "seed " << seed;
	} else {
		EXPECT_NE(nullptr, d.result()->step) << "seed " << seed;
	}
	if (d.result()->unknown || d.result()->hands_off) {
		EXPECT_EQ(0u, d.sent_count("AT+DEMODEL")) << "seed " << seed;
	}
	reached->danger += d.result()->entered;
	reached->flash += d.told_count("step flash 1") > 0;
	reached->good += d.result()->fault == FAULT_NONE;
	reached->unknown += d.result()->unknown;
	reached->cancelled += d.result()->cancelled;
	reached->stranger += d.result()->stranger;
	/* After the end nothing is an error and nothing happens. */
	gsize written = d.pipe.written.size();
	job_served(d.job, 10000, true, d.now);

	d.feed("\r\nOK\r\n");
	job_tick(d.job, d.now + 100 * SECOND);
	EXPECT_EQ(written, d.pipe.written.size());
}

TEST(JobFuzz, AnySequenceOfInputsIsLegalAndEnds)
{
	Reached reached;

	for (guint seed = 1; seed <= 20000 && !HasFailure(); seed++)
		fuzz(seed, &reached);
	/* Not all of it ended at the first step. */
	EXPECT_LE(3000u, reached.danger);
	EXPECT_LE(3000u, reached.flash);
	EXPECT_LE(500u, reached.good);
	EXPECT_LE(500u, reached.unknown);
	EXPECT_LE(20u, reached.cancelled);
	EXPECT_LE(20u, reached.stranger);
}

} // namespace
