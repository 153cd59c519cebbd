/* SPDX-License-Identifier: Apache-2.0
 *
 * What the dashboard's figures begin with, against units whose lives are told here. They know no screen. */
#include "tests/db_fixture.h"

#include "db/totals.h"

namespace
{

class Figures : public DbTest
{
      protected:
	/* "A3:NO_ANSWER:2 A3::1", in order of the answer. */
	std::string faults(const char *order, gint64 since = 0)
	{
		g_autoptr(GError) error = nullptr;
		g_autoptr(GArray) rows = totals_faults(db, order, since, &error);
		std::string text;

		EXPECT_NE(rows, nullptr) << error->message;
		for (guint i = 0; rows && i < rows->len; i++) {
			const TotalsFault *f = &g_array_index(rows, TotalsFault, i);

			text += std::string(f->slot) + ":" + fault_get(f->fault)->name + ":" +
				std::to_string(f->visits) + " ";
		}
		return text;
	}
	/* "…01 good; …02 first good; " */
	std::string units(const char *order)
	{
		g_autoptr(GError) error = nullptr;
		g_autoptr(GArray) rows = totals_units(db, order, 0, &error);
		std::string text;

		EXPECT_NE(rows, nullptr) << error->message;
		for (guint i = 0; rows && i < rows->len; i++) {
			const TotalsUnit *u = &g_array_index(rows, TotalsUnit, i);

			text += std::string("…") + (u->imei + 13) +
				(u->good_first ? " first" : "") + (u->good ? " good; " : "; ");
		}
		return text;
	}
	/* "upload 200 of 3, …" */
	std::string paces()
	{
		g_autoptr(GError) error = nullptr;
		g_autoptr(GArray) rows = totals_paces(db, &error);
		std::string text;

		EXPECT_NE(rows, nullptr) << error->message;
		for (guint i = 0; rows && i < rows->len; i++) {
			const TotalsPace *p = &g_array_index(rows, TotalsPace, i);

			text += std::string(p->model) + " " + p->procedure + " " +
				std::to_string(p->ord) + " " + p->step + " " +
				std::to_string(p->mean_ms) + " of " + std::to_string(p->jobs) +
				"; ";
		}
		return text;
	}
};

/* What a station that starts anew counts on from. */
TEST_F(Figures, FirstPassFollowsTheFirstVisit)
{
	start();
	live(1, 1, "860000000000001", OUTCOME_FAIL, FAULT_NO_ANSWER);
	live(2, 2, "860000000000001", OUTCOME_PASS);
	live(3, 3, "860000000000002", OUTCOME_PASS);
	live(4, 4, "860000000000002", OUTCOME_FAIL, FAULT_NO_ANSWER);
	flush();
	EXPECT_EQ(units("WO7"), "…01 good; …02 first good; ");
	asked("DROP TRIGGER visit_closed");
	asked("UPDATE visit SET work_order = NULL");
	EXPECT_EQ(units(nullptr), "…01 good; …02 first good; ");
}

TEST_F(Figures, FaultsAndSlotsOfAWorkOrder)
{
	start();
	live(1, 1, "860000000000001", OUTCOME_PASS);
	live(2, 2, "860000000000002", OUTCOME_FAIL, FAULT_NO_ANSWER);
	live(3, 3, "860000000000003", OUTCOME_FAIL, FAULT_NO_ANSWER);
	live(4, 4, "860000000000004", OUTCOME_FAIL, FAULT_UPLOAD_LOST, "B1");
	live(5, 5, "860000000000005", OUTCOME_SKIPPED, FAULT_UNKNOWN_MODEL, "B1");
	flush();
	EXPECT_EQ(faults("WO7"), "A3::1 A3:NO_ANSWER:2 B1:UPLOAD_LOST:1 ");
	EXPECT_EQ(faults("another"), "");
	EXPECT_EQ(faults(nullptr), faults("WO7")) << "everything since then";
	EXPECT_EQ(faults(nullptr, wall + 1000000), "");
}

TEST_F(Figures, PacesOfWhatPassed)
{
	start();
	EXPECT_EQ(paces(), "");
	for (guint32 n = 1; n <= 3; n++) {
		Verdict v = verdict("860000000000001", OUTCOME_PASS);

		visit_begin(n, "860000000000001");
		job_begin(n, n);
		step(n, n, 0, "upload", false, 100 * n);
		/* A step of which one job in three needed a second try. */
		step(n, n, 2, "flash", true, 1000);
		if (n == 3)
			step(n, n, 2, "flash", true, 3000);
		tell(EV_JOB_END, n, n, &v);
		tell(EV_VISIT_END, n, 0, &v);
	}
	/* What failed says nothing about how long it takes. */
	live(4, 4, "860000000000004", OUTCOME_FAIL, FAULT_NO_ANSWER);
	flush();
	EXPECT_EQ(paces(), "MC65 quectel-dfota-local 0 upload 200 of 3; "
			   "MC65 quectel-dfota-local 2 flash 2000 of 3; ");
}

} // namespace
