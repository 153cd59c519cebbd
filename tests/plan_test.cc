/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of the plan: the cheapest chain against trying all of them, and the sentence where there is
 * none. They do not know slots or jobs. */
#include "tests/catalog_fixture.h"

#include <algorithm>
#include <random>

#include "lib/plan.h"

using Names = std::vector<std::string>;

static Names names_of(const Plan *plan)
{
	Names names;

	for (guint i = 0; i < plan->n_hops; i++)
		names.push_back(plan->hops[i]->name);
	return names;
}

class PlanFolder : public CatalogFolder
{
      public:
	explicit PlanFolder(const std::vector<TestPackage> &packages, bool downgrade = false)
	{
		text += std::string("[target MC65]\nversion = A99\ndowngrade = ") +
			(downgrade ? "yes" : "no") + "\n";
		for (const TestPackage &package : packages)
			add(package);
		open();
		EXPECT_EQ(complaints.all(), Names{});
	}

	Names hops(const char *from, const char *to)
	{
		g_autoptr(Plan) plan = plan_make(catalog, models_nth(models, 0), from, to);

		EXPECT_EQ(plan->refusal, nullptr);
		return names_of(plan);
	}

	std::string refusal(const char *from, const char *to)
	{
		g_autoptr(Plan) plan = plan_make(catalog, models_nth(models, 0), from, to);

		EXPECT_EQ(plan->n_hops, 0u);
		return plan->refusal ? plan->refusal : "";
	}
};

TEST(Plan, TakesFewestHopsThenFewestBytesThenNames)
{
	PlanFolder folder({
		{ "small-12", "A01", "A02", "1" },
		{ "small-23", "A02", "A03", "1" },
		{ "large-13", "A01", "A03", std::string(100, 'x') },
		{ "z-34", "A03", "A04", "same" },
		{ "b-35", "A03", "A05", "12" },
		{ "a-36", "A03", "A06", "12" },
		{ "x-57", "A05", "A07", "12" },
		{ "z-67", "A06", "A07", "12" },
		{ "x-47", "A04", "A07", "1" },
	});

	EXPECT_EQ(folder.hops("A01", "A02"), Names{ "small-12" });
	EXPECT_EQ(folder.hops("A01", "A03"), Names{ "large-13" });
	EXPECT_EQ(folder.hops("A02", "A04"), (Names{ "small-23", "z-34" }));
	EXPECT_EQ(folder.hops("A03", "A07"),
		  (Names{ "a-36", "z-67" })); /* the other way of 4 bytes begins with b */
	EXPECT_EQ(folder.hops("A01", "A07"), (Names{ "large-13", "a-36", "z-67" }));
}

/* Nobody knows how large it is, nor whether it is there. */
TEST(Plan, PrefersWhatItHasToWhatAVendorHas)
{
	CatalogFolder folder;

	folder.text +=
		"[package a]\nmodel = MC65\nfrom = A01\nto = A02\nprocedure = test-pfm\nkind = "
		"cloud\n";
	folder.add({ "b", "A01", "A02", std::string(1000, 'x') });
	g_autoptr(Plan) plan = plan_make(folder.open(), models_nth(folder.models, 0), "A01", "A02");

	EXPECT_EQ(folder.complaints.all(), Names{});
	EXPECT_EQ(names_of(plan), Names{ "b" });
}

TEST(Plan, TakesNothingAtTheTarget)
{
	PlanFolder folder({ { "a", "A01", "A02" } });

	EXPECT_EQ(folder.hops("A02", "A02"), Names{});
	EXPECT_EQ(folder.hops("A77", "A77"), Names{});
}

TEST(Plan, GoesBackOnlyWhereThatIsAllowed)
{
	std::vector<TestPackage> packages = { { "back", "A10", "A9" }, { "on", "A9", "A11" } };

	EXPECT_EQ(PlanFolder(packages).refusal("A10", "A9"),
		  "A9 is older than A10, and the catalogue allows no downgrade of MC65");
	EXPECT_EQ(PlanFolder(packages).refusal("A10", "A11"),
		  "no package for MC65 starts from A10; packages start from A9");
	EXPECT_EQ(PlanFolder(packages, true).hops("A10", "A9"), Names{ "back" });
	EXPECT_EQ(PlanFolder(packages, true).hops("A10", "A11"), (Names{ "back", "on" }));
}

TEST(Plan, SaysWhyThereIsNone)
{
	PlanFolder folder({ { "a", "A01", "A02" }, { "b", "A03", "A04" } });
	PlanFolder empty({});
	PlanFolder many({ { "1", "A1", "B" },
			  { "2", "A2", "B" },
			  { "3", "A3", "B" },
			  { "4", "A4", "B" },
			  { "5", "A5", "B" },
			  { "6", "A6", "B" },
			  { "7", "A7", "B" } });

	EXPECT_EQ(folder.refusal("A00", "A02"),
		  "no package for MC65 starts from A00; packages start from A01, A03");
	EXPECT_EQ(folder.refusal("A01", "A04"), "no chain of packages for MC65 leads from A01 to "
						"A04; packages start from A01, A03");
	EXPECT_EQ(folder.refusal("A01", nullptr), "the catalogue has no target for MC65");
	EXPECT_EQ(empty.refusal("A01", "A02"), "the catalogue has no package for MC65");
	EXPECT_EQ(many.refusal("A0", "B"), "no package for MC65 starts from A0; packages start "
					   "from A1, A2, A3, A4, A5 and 2 more");
}

TEST(Plan, ComparesVersionsInNaturalOrder)
{
	static const char *const ordered[] = { "",
					       "10.00.003",
					       "10.00.005",
					       "10.00.010",
					       "10.1.0",
					       "13.00.001",
					       "1351B06SIM7000E",
					       "1529B08SIM7000G",
					       "1529B11SIM7000",
					       "1529B11SIM7000G",
					       "MC65CAR01A01",
					       "MC65CAR01A02",
					       "MC65CAR01A10",
					       "MC65CAR2A01",
					       "MC65CAR99999999999999999999998",
					       "MC65CAR99999999999999999999999" };

	for (guint i = 0; i < G_N_ELEMENTS(ordered); i++)
		for (guint j = 0; j < G_N_ELEMENTS(ordered); j++) {
			int order = plan_version_compare(ordered[i], ordered[j]);

			EXPECT_EQ((order > 0) - (order < 0), (i > j) - (i < j))
				<< ordered[i] << " " << ordered[j];
		}
	EXPECT_EQ(plan_version_compare("A01", "A1"), 0);
}

/* ---- against trying everything ---- */

struct Chain {
	bool found = false;
	size_t bytes = 0;
	Names names;

	bool worse_than(const Chain &other) const
	{
		if (!found || names.size() != other.names.size())
			return !found || names.size() > other.names.size();
		return bytes != other.bytes ? bytes > other.bytes : names > other.names;
	}
};

static void try_all(const std::vector<TestPackage> &packages, const std::string &at,
		    const std::string &to, Chain so_far, std::vector<std::string> seen, Chain *best)
{
	if (at == to) {
		so_far.found = true;
		if (best->worse_than(so_far))
			*best = so_far;
		return;
	}
	seen.push_back(at);
	for (const TestPackage &package : packages) {
		Chain longer = so_far;

		if (package.from != at ||
		    std::find(seen.begin(), seen.end(), package.to) != seen.end())
			continue;
		longer.bytes += package.bytes.size();
		longer.names.push_back(package.name);
		try_all(packages, package.to, to, longer, seen, best);
	}
}

TEST(Plan, AgreesWithTryingEverything)
{
	std::mt19937 random(20261120);
	guint planned = 0, refused = 0;

	for (guint round = 0; round < 60; round++) {
		std::vector<TestPackage> packages;
		guint versions = 2 + random() % 5;

		for (guint i = 0; i < random() % 13; i++) {
			std::string from = "V" + std::to_string(random() % versions);
			std::string to = "V" + std::to_string(random() % versions);
			bool twin = std::any_of(
				packages.begin(), packages.end(),
				[&](const TestPackage &p) { return p.from == from && p.to == to; });

			if (from != to && !twin)
				packages.push_back({ "p" + std::to_string(random() % 1000) + "-" +
							     std::to_string(i),
						     from, to,
						     std::string(1 + random() % 3, 'x') });
		}
		PlanFolder folder(packages, true);

		for (guint from = 0; from < versions; from++)
			for (guint to = 0; to < versions; to++) {
				std::string a = "V" + std::to_string(from),
					    b = "V" + std::to_string(to);
				Chain best;

				try_all(packages, a, b, {}, {}, &best);
				g_autoptr(Plan) plan =
					plan_make(folder.catalog, models_nth(folder.models, 0),
						  a.c_str(), b.c_str());

				EXPECT_EQ(plan->refusal == nullptr, best.found) << a << " " << b;
				EXPECT_EQ(names_of(plan), best.names) << a << " " << b;
				(best.found ? planned : refused)++;
			}
	}
	EXPECT_GT(planned, 200u);
	EXPECT_GT(refused, 200u);
}
