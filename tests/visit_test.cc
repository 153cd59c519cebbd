/* SPDX-License-Identifier: Apache-2.0
 *
 * The policy of a visit: every way to a verdict, chains, tries, debts, adoption, limits, stopping. They know no port, no
 * job and no database. */
#include "station/visit.h"

#include <gtest/gtest.h>

#include "tests/catalog_fixture.h"

namespace
{

const char imei[] = "490154203237518";

/* A01 -> A02 -> A03, nothing from A09. The target is A03. */
class Stay : public CatalogFolder
{
      public:
	explicit Stay(const std::string &more = "")
	{
		text += "[target MC65]\nversion = A03\n" + more;
		add({ "one", "A01", "A02" });
		add({ "two", "A02", "A03" });
		open();
		EXPECT_EQ(complaints.all(), std::vector<std::string>{});
		rules.catalog = catalog;
		rules.models = models;
		rules.tries = 3;
	}
	~Stay()
	{
		visit_clear(&visit);
	}

	static Unit unit_with(const char *revision)
	{
		Unit unit = {};

		UNIT_SET(unit.imei, imei, strlen(imei));
		UNIT_SET(unit.maker, "Quectel_Ltd", 11);
		UNIT_SET(unit.model, "Quectel_MC65", 12);
		UNIT_SET(unit.revision, revision, strlen(revision));
		unit.cfun = 1;
		return unit;
	}

	VisitNext seen(const char *revision)
	{
		return seen(unit_with(revision));
	}

	VisitNext seen(const Unit &unit, FaultCode fault = FAULT_NONE)
	{
		return visit_identified(&visit, &unit, fault, &rules);
	}

	/* The job of the present hop ended so. */
	VisitNext done(FaultCode fault, const char *revision, bool entered = true)
	{
		JobResult r = result(fault, revision, entered);

		return visit_job_done(&visit, &r, &rules);
	}

	VisitNext done(const JobResult &r)
	{
		return visit_job_done(&visit, &r, &rules);
	}

	static JobResult result(FaultCode fault, const char *revision, bool entered = true)
	{
		JobResult r = {};

		r.fault = fault;
		r.step = fault ? "step" : nullptr;
		r.unit = unit_with(revision);
		r.entered = entered;
		r.version_read = entered;
		g_strlcpy(r.detail, fault ? "why" : "", sizeof(r.detail));
		return r;
	}

	/* "pass", "fail NO_PLAN" or "open". */
	std::string verdict() const
	{
		if (visit.outcome == OUTCOME_NONE)
			return "open";
		if (visit.fault == FAULT_NONE)
			return outcome_name(visit.outcome);
		return std::string(outcome_name(visit.outcome)) + " " +
		       fault_get(visit.fault)->name;
	}

	void set_update_limit(guint limit)
	{
		const_cast<Model *>(models_nth(models, 0))->update_limit = limit;
	}

	std::string package() const
	{
		const Package *p = visit_package(&visit);

		return p ? p->name : "";
	}

	Visit visit = {};
	VisitRules rules = {};
};

/* ---- who it is ---- */

TEST(Visit, AUnitToUpdate)
{
	Stay s;

	EXPECT_EQ(VISIT_RUN, s.seen("A01"));
	EXPECT_EQ("open", s.verdict());
	EXPECT_EQ("one", s.package());
	EXPECT_EQ(2u, visit_hops(&s.visit));
	EXPECT_EQ(1u, s.visit.try_no);
	EXPECT_STREQ("A03", s.visit.target);
	EXPECT_STREQ("MC65", s.visit.unit.name);
}

TEST(Visit, WhatIsNotOursIsSkipped)
{
	Stay s;
	Unit unit = Stay::unit_with("A01");

	UNIT_SET(unit.model, "SIMCOM_SIM7080", 14);
	EXPECT_EQ(VISIT_DONE, s.seen(unit));
	EXPECT_EQ("skipped UNKNOWN_MODEL", s.verdict());
	EXPECT_STREQ("Quectel_Ltd SIMCOM_SIM7080", s.visit.detail);
	EXPECT_EQ(VISIT_DONE, s.seen(unit, FAULT_NO_IDENTITY));
	EXPECT_EQ("skipped NO_IDENTITY", s.verdict());
	EXPECT_EQ("", s.package());
	EXPECT_EQ(0u, visit_hops(&s.visit));
}

/* The first that is wrong is what is said, and nothing is begun. */
/* An operation has nothing to do with versions, targets or plans, and counts as nothing. */
TEST(Visit, AnOperation)
{
	struct {
		FaultCode fault;
		Outcome outcome;
	} cases[] = { { FAULT_NONE, OUTCOME_PASS },
		      { FAULT_NO_SERVER_REQUEST, OUTCOME_FAIL },
		      { FAULT_NO_ANSWER, OUTCOME_FAIL } };

	for (auto &c : cases)
		for (const char *version : { "A01", "A03", "A09" }) {
			Stay s;

			s.rules.operates = "quectel-dfota";
			EXPECT_EQ(VISIT_RUN, s.seen(version));
			EXPECT_TRUE(s.visit.operates);
			EXPECT_EQ(nullptr, visit_package(&s.visit));
			EXPECT_EQ(VISIT_DONE, s.done(c.fault, version, false));
			EXPECT_EQ(c.outcome, s.visit.outcome);
			EXPECT_EQ(c.fault, s.visit.fault);
			EXPECT_FALSE(visit_good_first(&s.visit));
		}
}

TEST(Visit, AnOperationOfAnotherDriver)
{
	Stay s;

	s.rules.operates = "telit-pfm";
	EXPECT_EQ(VISIT_DONE, s.seen("A01"));
	EXPECT_EQ(OUTCOME_SKIPPED, s.visit.outcome);
	EXPECT_EQ(FAULT_NOT_FOR_THIS, s.visit.fault);
}

/* What is owed comes first. */
TEST(Visit, AnOperationAfterACheck)
{
	Stay s;

	s.rules.operates = "quectel-dfota";
	EXPECT_EQ(VISIT_RUN, s.seen("A01"));
	s.visit.operates = false;
	EXPECT_EQ(VISIT_RUN, s.done(FAULT_WRONG_VERSION, "A01"));
	EXPECT_TRUE(s.visit.operates);
	EXPECT_EQ(VISIT_DONE, s.done(FAULT_NONE, "A01", false));
	EXPECT_EQ(OUTCOME_PASS, s.visit.outcome);
}

/* The vendor's server went on: the end of the chain is the end of it. */
TEST(Visit, AHopThatReachedTheTarget)
{
	Stay s;

	EXPECT_EQ(VISIT_RUN, s.seen("A01"));
	EXPECT_EQ(VISIT_DONE, s.done(FAULT_NONE, "A03"));
	EXPECT_EQ(OUTCOME_PASS, s.visit.outcome);
}

TEST(Visit, UnitsThatAreNotFit)
{
	struct {
		const char *what, *verdict;
		std::function<void(Stay &, Unit &)> spoil;
	} cases[] = {
		{ "identification failed", "fail NO_ANSWER", nullptr },
		{ "blank", "fail BAD_IMEI", [](Stay &, Unit &u) { u.imei[0] = '\0'; } },
		{ "zeros", "fail BAD_IMEI",
		  [](Stay &, Unit &u) { UNIT_SET(u.imei, "000000000000000", 15); } },
		{ "check digit", "fail BAD_IMEI",
		  [](Stay &, Unit &u) { UNIT_SET(u.imei, "490154203237519", 15); } },
		{ "twin", "fail DUPLICATE_IMEI",
		  [](Stay &s, Unit &) { s.rules.duplicate = true; } },
		{ "test mode", "fail FTM", [](Stay &, Unit &u) { u.cfun = 5; } },
		{ "no chain", "fail NO_PLAN",
		  [](Stay &, Unit &u) { UNIT_SET(u.revision, "A09", 3); } },
	};

	for (auto &c : cases) {
		for (const char *revision : { "A01", "A03" }) {
			Stay s;
			Unit unit = Stay::unit_with(revision);

			if (c.spoil)
				c.spoil(s, unit);
			EXPECT_EQ(VISIT_DONE, s.seen(unit, c.spoil ? FAULT_NONE : FAULT_NO_ANSWER))
				<< c.what;
			EXPECT_EQ(c.verdict, s.verdict()) << c.what;
		}
	}
}

TEST(Visit, NoPlanSaysWhy)
{
	Stay s;

	s.seen("A09");
	EXPECT_NE(nullptr, strstr(s.visit.detail, "A09")) << s.visit.detail;
	EXPECT_EQ("", s.package());
}

TEST(Visit, WithoutATargetThereIsNoPlan)
{
	CatalogFolder folder;
	Visit visit = {};
	VisitRules rules = {};
	Unit unit = Stay::unit_with("A01");

	rules.catalog = folder.open();
	rules.models = folder.models;
	EXPECT_EQ(VISIT_DONE, visit_identified(&visit, &unit, FAULT_NONE, &rules));
	EXPECT_EQ(FAULT_NO_PLAN, visit.fault);
	visit_clear(&visit);
}

/* What an update somewhere else went wrong with is no package that is missing. */
TEST(Visit, FirmwareOfAnotherVariantIsNoMissingPackage)
{
	for (const char *revision : { "1529B11SIM7000", "1529B10SIM7000" }) {
		CatalogFolder folder;
		Visit visit = {};
		VisitRules rules = {};
		Unit unit = Stay::unit_with(revision);

		folder.text += "[target MC65]\nversion = 1529B11SIM7000G\n";
		rules.catalog = folder.open();
		rules.models = folder.models;
		const_cast<Model *>(models_nth(folder.models, 0))->version_rule =
			VERSION_SIMCOM_SUFFIX;
		EXPECT_EQ(VISIT_DONE, visit_identified(&visit, &unit, FAULT_NONE, &rules));
		EXPECT_EQ(g_str_has_prefix(revision, "1529B11") ? FAULT_WRONG_VARIANT
								: FAULT_NO_PLAN,
			  visit.fault);
		visit_clear(&visit);
	}
}

/* ---- at the target already ---- */

TEST(Visit, CurrentNeedsAllButTheUpdate)
{
	struct {
		int cfun;
		const char *verdict;
	} cases[] = {
		{ 1, "current" },
		{ 0, "current" },
		{ 4, "current" },
		{ 5, "fail FTM" },
		{ 7, "fail NOT_FUNCTIONAL" },
		{ -1, "fail NOT_FUNCTIONAL" },
	};

	for (auto &c : cases) {
		Stay s;
		Unit unit = Stay::unit_with("A03");

		unit.cfun = c.cfun;
		EXPECT_EQ(VISIT_DONE, s.seen(unit));
		EXPECT_EQ(c.verdict, s.verdict()) << c.cfun;
		EXPECT_EQ(s.visit.fault == FAULT_NONE, visit_good_first(&s.visit));
	}
}

/* ---- chains ---- */

TEST(Visit, AChainGoesHopByHop)
{
	Stay s;

	s.seen("A01");
	EXPECT_EQ(VISIT_RUN, s.done(FAULT_NONE, "A02"));
	EXPECT_EQ("two", s.package());
	EXPECT_EQ(1u, s.visit.try_no);
	EXPECT_EQ("open", s.verdict());
	EXPECT_EQ(VISIT_DONE, s.done(FAULT_NONE, "A03"));
	EXPECT_EQ("pass", s.verdict());
	EXPECT_TRUE(visit_good_first(&s.visit));
	EXPECT_STREQ("", s.visit.detail);
}

/* Whatever a hop's job said: nothing but the target's own version is good. */
TEST(Visit, NothingButTheTargetIsGood)
{
	Stay s;

	s.seen("A02");
	EXPECT_EQ(VISIT_DONE, s.done(FAULT_NONE, "A02"));
	EXPECT_EQ("fail WRONG_VERSION", s.verdict());
	EXPECT_FALSE(visit_good_first(&s.visit));
}

TEST(Visit, AFaultInTheMiddleOfAChainEndsIt)
{
	Stay s;

	s.seen("A01");
	s.done(FAULT_NONE, "A02");
	EXPECT_EQ(VISIT_DONE, s.done(FAULT_UPDATE_FAILED, "A02"));
	EXPECT_EQ("fail UPDATE_FAILED", s.verdict());
	EXPECT_STREQ("why", s.visit.detail);
	EXPECT_STREQ("A02", s.visit.unit.revision);
	/* The visit was about the unit's target all the time. */
	EXPECT_STREQ("A03", s.visit.target);
	EXPECT_FALSE(visit_good_first(&s.visit));
}

/* The next visit plans what is left. */
TEST(Visit, AChainThatBrokeOffIsFinishedByTheNextVisit)
{
	Stay s;

	s.seen("A01");
	s.done(FAULT_NONE, "A02");
	s.done(FAULT_UPDATE_FAILED, "A02");
	visit_clear(&s.visit);
	EXPECT_EQ(VISIT_RUN, s.seen("A02"));
	EXPECT_EQ(1u, visit_hops(&s.visit));
	EXPECT_EQ("two", s.package());
	EXPECT_EQ(VISIT_DONE, s.done(FAULT_NONE, "A03"));
	EXPECT_EQ("pass", s.verdict());
	EXPECT_TRUE(visit_good_first(&s.visit));
}

/* A hop that left the unit at some other version than both of its own: nothing is tried on it in this visit. */
TEST(Visit, AHopThatLedSomewhereElseEndsTheChain)
{
	for (const char *revision : { "A02", "A03", "A09", "" }) {
		Stay s;

		s.seen("A01");
		EXPECT_EQ(VISIT_DONE, s.done(FAULT_WRONG_VERSION, revision)) << revision;
		EXPECT_EQ("fail WRONG_VERSION", s.verdict());
	}
}

/* Good at the target alone; also in the middle, where the job is happy with its hop. */
TEST(Visit, AChainIsGoodAtItsEndAlone)
{
	Stay s;

	s.seen("A01");
	EXPECT_EQ(VISIT_RUN, s.done(FAULT_NONE, "A02"));
	EXPECT_EQ(OUTCOME_NONE, s.visit.outcome);
	EXPECT_EQ(VISIT_DONE, s.done(FAULT_NONE, "A02"));
	EXPECT_EQ("fail WRONG_VERSION", s.verdict());
}

TEST(Visit, AChainGoesBackOnlyWhereThatIsAllowed)
{
	for (bool allowed : { false, true }) {
		CatalogFolder folder;
		Visit visit = {};
		VisitRules rules = {};
		Unit unit = Stay::unit_with("A05");

		folder.text += std::string("[target MC65]\nversion = A03\ndowngrade = ") +
			       (allowed ? "yes\n" : "no\n");
		folder.add({ "back", "A05", "A01" });
		folder.add({ "one", "A01", "A02" });
		folder.add({ "two", "A02", "A03" });
		rules.catalog = folder.open();
		rules.models = folder.models;
		EXPECT_EQ(allowed ? VISIT_RUN : VISIT_DONE,
			  visit_identified(&visit, &unit, FAULT_NONE, &rules));
		EXPECT_EQ(allowed ? FAULT_NONE : FAULT_NO_PLAN, visit.fault);
		EXPECT_EQ(allowed ? 3u : 0u, visit_hops(&visit));
		visit_clear(&visit);
	}
}

/* ---- tries ---- */

TEST(Visit, TransientFaultsAreTriedAgainUpToALimit)
{
	Stay s;

	s.seen("A02");
	EXPECT_EQ(VISIT_RUN, s.done(FAULT_UPLOAD_LOST, "A02", false));
	EXPECT_EQ(2u, s.visit.try_no);
	EXPECT_EQ(VISIT_RUN, s.done(FAULT_UPLOAD_LOST, "A02", false));
	EXPECT_EQ(3u, s.visit.try_no);
	EXPECT_EQ(VISIT_DONE, s.done(FAULT_UPLOAD_LOST, "A02", false));
	EXPECT_EQ("fail UPLOAD_LOST", s.verdict());
}

TEST(Visit, GoodAtTheSecondTryIsGoodButNotFirst)
{
	Stay s;

	s.seen("A01");
	s.done(FAULT_UPLOAD_LOST, "A01", false);
	EXPECT_EQ(VISIT_RUN, s.done(FAULT_NONE, "A02"));
	EXPECT_EQ(1u, s.visit.try_no);
	EXPECT_EQ(VISIT_DONE, s.done(FAULT_NONE, "A03"));
	EXPECT_EQ("pass", s.verdict());
	EXPECT_STREQ("", s.visit.detail);
	EXPECT_FALSE(visit_good_first(&s.visit));
}

TEST(Visit, EveryHopHasItsOwnTries)
{
	Stay s;

	s.seen("A01");
	for (int i = 0; i < 2; i++)
		EXPECT_EQ(VISIT_RUN, s.done(FAULT_NO_ANSWER, "A01", false));
	EXPECT_EQ(VISIT_RUN, s.done(FAULT_NONE, "A02"));
	for (int i = 0; i < 2; i++)
		EXPECT_EQ(VISIT_RUN, s.done(FAULT_NO_ANSWER, "A02", false));
	EXPECT_EQ(VISIT_DONE, s.done(FAULT_NO_ANSWER, "A02", false));
}

TEST(Visit, OnlyTransientFaultsAreTriedAgain)
{
	for (const Fault *f = fault_list(); f->code != FAULT_NONE; f++) {
		Stay s;

		s.seen("A02");
		EXPECT_EQ(f->transient ? VISIT_RUN : VISIT_DONE, s.done(f->code, "A02", false))
			<< f->name;
	}
}

/* After a dangerous step only when the unit is known to be what it was. */
TEST(Visit, AfterADangerousStepOnlyWhatChangedNothingIsTriedAgain)
{
	Stay same, other, unread, unknown;
	JobResult r;

	same.seen("A02");
	EXPECT_EQ(VISIT_RUN, same.done(FAULT_DOWNLOAD_FAILED, "A02"));
	other.seen("A01");
	EXPECT_EQ(VISIT_DONE, other.done(FAULT_DOWNLOAD_FAILED, "A02"));
	unread.seen("A02");
	r = Stay::result(FAULT_DOWNLOAD_FAILED, "A02");
	r.version_read = false;
	EXPECT_EQ(VISIT_DONE, unread.done(r));
	unknown.seen("A02");
	r = Stay::result(FAULT_NO_ANSWER, "A02");
	r.unknown = true;
	EXPECT_EQ(VISIT_DONE, unknown.done(r));
	EXPECT_EQ("fail NO_ANSWER", unknown.verdict());
}

/* ---- limits of updates ---- */

TEST(Visit, AChainStartsOnlyWhereItsUpdatesAreLeft)
{
	struct {
		gint64 updates;
		const char *revision;
		VisitNext next;
	} cases[] = {
		{ 798, "A01", VISIT_RUN },  { 799, "A01", VISIT_DONE }, { 799, "A02", VISIT_RUN },
		{ 800, "A02", VISIT_DONE }, { 800, "A03", VISIT_DONE },
	};

	for (auto &c : cases) {
		Stay s;

		s.set_update_limit(800);
		s.rules.updates = c.updates;
		EXPECT_EQ(c.next, s.seen(c.revision)) << c.updates << c.revision;
		if (std::string(c.revision) == "A03")
			EXPECT_EQ("current", s.verdict());
		else
			EXPECT_EQ(c.next == VISIT_RUN ? "open" : "fail UPDATE_LIMIT", s.verdict());
	}
}

/* A try that reached its dangerous step has counted: the next one is asked for anew, with what of the chain is left. */
TEST(Visit, AnotherTryNeedsItsUpdatesToo)
{
	struct {
		gint64 before, after;
		const char *revision;
		VisitNext next;
	} cases[] = {
		{ 797, 798, "A01", VISIT_RUN },  { 798, 799, "A01", VISIT_DONE },
		{ 798, 798, "A01", VISIT_RUN },  { 798, 799, "A02", VISIT_RUN },
		{ 799, 800, "A02", VISIT_DONE }, { 799, 799, "A02", VISIT_RUN },
	};

	for (auto &c : cases) {
		Stay s;

		s.set_update_limit(800);
		s.rules.updates = c.before;
		EXPECT_EQ(VISIT_RUN, s.seen(c.revision));
		s.rules.updates = c.after;
		EXPECT_EQ(c.next, s.done(FAULT_DOWNLOAD_FAILED, c.revision))
			<< c.after << c.revision;
		EXPECT_EQ(c.next == VISIT_RUN ? "open" : "fail UPDATE_LIMIT", s.verdict());
		EXPECT_EQ(c.next == VISIT_RUN ? 2u : 1u, s.visit.try_no);
	}
}

/* In the middle of a chain what is left counts, not the whole. */
TEST(Visit, AnotherTryInTheMiddleOfAChain)
{
	Stay s;

	s.set_update_limit(800);
	s.rules.updates = 798;
	EXPECT_EQ(VISIT_RUN, s.seen("A01"));
	s.rules.updates = 799;
	EXPECT_EQ(VISIT_RUN, s.done(FAULT_NONE, "A02"));
	EXPECT_EQ(VISIT_RUN, s.done(FAULT_UPLOAD_LOST, "A02", false));
	s.rules.updates = 800;
	EXPECT_EQ(VISIT_DONE, s.done(FAULT_DOWNLOAD_FAILED, "A02"));
	EXPECT_EQ("fail UPDATE_LIMIT", s.verdict());
	EXPECT_STREQ("A02", s.visit.unit.revision);
	EXPECT_STREQ("A03", s.visit.target);
}

TEST(Visit, WithoutALimitAnyNumber)
{
	Stay s;

	s.set_update_limit(0);
	s.rules.updates = 100000;
	EXPECT_EQ(VISIT_RUN, s.seen("A01"));
}

/* ---- targets ---- */

TEST(Visit, AWorkOrderMayHaveItsOwnTarget)
{
	Stay s("[order B7]\nMC65 = A02\n");

	s.rules.work_order = "B7";
	EXPECT_EQ(VISIT_RUN, s.seen("A01"));
	EXPECT_STREQ("A02", s.visit.target);
	EXPECT_EQ(VISIT_DONE, s.done(FAULT_NONE, "A02"));
	EXPECT_EQ("pass", s.verdict());
}

/* ---- strangers, cancelling, stopping ---- */

TEST(Visit, AStrangerEndsTheVisitAndBeginsItsOwn)
{
	Stay s;
	JobResult r = Stay::result(FAULT_UNIT_LEFT, "A02");

	s.seen("A02");
	r.stranger = true;
	r.unknown = true;
	EXPECT_EQ(VISIT_REPLACED, s.done(r));
	EXPECT_EQ("fail UNIT_LEFT", s.verdict());
}

TEST(Visit, Cancelled)
{
	struct {
		FaultCode fault;
		const char *verdict;
		Outcome attempt;
	} cases[] = {
		{ FAULT_STOPPED, "aborted STOPPED", OUTCOME_ABORTED },
		{ FAULT_DUPLICATE_IMEI, "fail DUPLICATE_IMEI", OUTCOME_FAIL },
	};

	for (auto &c : cases) {
		Stay s;
		JobResult r = Stay::result(c.fault, "A02", false);

		s.seen("A02");
		r.cancelled = true;
		EXPECT_EQ(VISIT_DONE, s.done(r));
		EXPECT_EQ(c.verdict, s.verdict());
		EXPECT_EQ(c.attempt, visit_attempt_outcome(&r));
	}
}

TEST(Visit, OutcomesOfAttempts)
{
	JobResult good = Stay::result(FAULT_NONE, "A02"), bad = Stay::result(FAULT_STOPPED, "A02");

	EXPECT_EQ(OUTCOME_PASS, visit_attempt_outcome(&good));
	EXPECT_EQ(OUTCOME_FAIL, visit_attempt_outcome(&bad));
}

/* What runs is finished, nothing follows: no hop, no try, no plan made anew. */
TEST(Visit, AskedToStop)
{
	Stay chain, retry, last, adopted, good;

	chain.seen("A01");
	chain.visit.no_more = true;
	EXPECT_EQ(VISIT_DONE, chain.done(FAULT_NONE, "A02"));
	EXPECT_EQ("aborted STOPPED", chain.verdict());

	retry.seen("A02");
	retry.visit.no_more = true;
	EXPECT_EQ(VISIT_DONE, retry.done(FAULT_UPLOAD_LOST, "A02", false));
	EXPECT_EQ("fail UPLOAD_LOST", retry.verdict());

	last.seen("A02");
	last.visit.no_more = true;
	EXPECT_EQ(VISIT_DONE, last.done(FAULT_NONE, "A03"));
	EXPECT_EQ("pass", last.verdict());

	adopted.visit.adopted = true;
	adopted.visit.no_more = true;
	EXPECT_EQ(VISIT_DONE, adopted.done(FAULT_NONE, "A02"));
	EXPECT_EQ("aborted STOPPED", adopted.verdict());

	good.visit.adopted = true;
	good.visit.no_more = true;
	EXPECT_EQ(VISIT_DONE, good.done(FAULT_NONE, "A03"));
	EXPECT_EQ("pass", good.verdict());
}

/* ---- adopted ---- */

TEST(Visit, AnAdoptedUnitAtTheTargetPasses)
{
	Stay s;

	s.visit.adopted = true;
	EXPECT_EQ(VISIT_DONE, s.done(FAULT_NONE, "A03"));
	EXPECT_EQ("pass", s.verdict());
	EXPECT_STREQ("A03", s.visit.target);
	EXPECT_FALSE(s.visit.adopted);
}

/* Good or not, what it was to become is known as soon as its model is. */
TEST(Visit, AnAdoptedUnitsTargetIsKnownWithItsModel)
{
	Stay good, bad, silent;
	JobResult r = Stay::result(FAULT_UPDATE_FAILED, "A02");

	good.visit.adopted = bad.visit.adopted = silent.visit.adopted = true;
	good.done(FAULT_NONE, "A02");
	EXPECT_STREQ("A03", good.visit.target);
	bad.done(r);
	EXPECT_EQ("fail UPDATE_FAILED", bad.verdict());
	EXPECT_STREQ("A03", bad.visit.target);
	r.unit.model[0] = '\0';
	silent.done(r);
	EXPECT_EQ(nullptr, silent.visit.target);
}

TEST(Visit, AnAdoptedUnitElsewhereGoesOnFromThere)
{
	Stay s;

	s.visit.adopted = true;
	EXPECT_EQ(VISIT_RUN, s.done(FAULT_NONE, "A02"));
	EXPECT_EQ("two", s.package());
	EXPECT_FALSE(s.visit.adopted);
	EXPECT_EQ(VISIT_DONE, s.done(FAULT_NONE, "A03"));
	EXPECT_EQ("pass", s.verdict());
}

TEST(Visit, AnAdoptedUnitIsJudgedLikeAnyOther)
{
	struct {
		const char *verdict;
		std::function<void(Stay &, JobResult &)> spoil;
	} cases[] = {
		{ "skipped UNKNOWN_MODEL",
		  [](Stay &, JobResult &r) { UNIT_SET(r.unit.model, "X1", 2); } },
		{ "fail BAD_IMEI", [](Stay &, JobResult &r) { r.unit.imei[0] = '\0'; } },
		{ "fail DUPLICATE_IMEI", [](Stay &s, JobResult &) { s.rules.duplicate = true; } },
		{ "fail NO_PLAN",
		  [](Stay &, JobResult &r) { UNIT_SET(r.unit.revision, "A09", 3); } },
		{ "fail UPDATE_FAILED",
		  [](Stay &, JobResult &r) { r.fault = FAULT_UPDATE_FAILED; } },
		{ "fail FLASH_SILENT",
		  [](Stay &, JobResult &r) { r.fault = FAULT_FLASH_SILENT, r.unknown = true; } },
		/* Transient, but the station cannot try what it did not start. */
		{ "fail DOWNLOAD_FAILED",
		  [](Stay &, JobResult &r) { r.fault = FAULT_DOWNLOAD_FAILED; } },
	};

	for (auto &c : cases) {
		Stay s;
		JobResult r = Stay::result(FAULT_NONE, "A02");

		s.visit.adopted = true;
		c.spoil(s, r);
		EXPECT_EQ(VISIT_DONE, s.done(r)) << c.verdict;
		EXPECT_EQ(c.verdict, s.verdict());
	}
}

/* ---- debts ---- */

/* What an old debt hoped for may be far from what the unit is to have now. */
TEST(Visit, ACheckThatFindsWhatWasHopedForIsNoVerdictYet)
{
	Stay s;

	EXPECT_EQ(VISIT_RUN, s.seen("A02"));
	visit_begin_check(&s.visit);
	EXPECT_EQ("", s.package());
	EXPECT_EQ(VISIT_RUN, s.done(FAULT_NONE, "A02", false));
	EXPECT_EQ("two", s.package());
	EXPECT_EQ(VISIT_DONE, s.done(FAULT_NONE, "A03"));
	EXPECT_EQ("pass", s.verdict());
}

TEST(Visit, ACheckAtTheTargetPasses)
{
	Stay s;

	EXPECT_EQ(VISIT_DONE, s.seen("A03"));
	EXPECT_EQ("current", s.verdict());
	visit_begin_check(&s.visit);
	EXPECT_EQ("open", s.verdict());
	EXPECT_EQ(VISIT_DONE, s.done(FAULT_NONE, "A03", false));
	EXPECT_EQ("pass", s.verdict());
}

/* The update did not take: that is an answer too, and a new attempt is allowed. */
TEST(Visit, ACheckThatFindsAnotherVersionGoesOnFromThere)
{
	Stay s;
	JobResult r = Stay::result(FAULT_WRONG_VERSION, "A02", false);

	s.seen("A02");
	visit_begin_check(&s.visit);
	r.version_read = true;
	EXPECT_EQ(VISIT_RUN, s.done(r));
	EXPECT_EQ("two", s.package());
}

TEST(Visit, ACheckWithoutAnAnswerIsAFaultAndNotTriedAgain)
{
	for (FaultCode fault : { FAULT_NO_ANSWER, FAULT_WRONG_VERSION, FAULT_NOT_FUNCTIONAL }) {
		Stay s;

		s.seen("A03");
		visit_begin_check(&s.visit);
		EXPECT_EQ(VISIT_DONE, s.done(fault, "A03", false));
		EXPECT_EQ(std::string("fail ") + fault_get(fault)->name, s.verdict());
	}
}

/* What its version does not tell is asked of it before it is good. */
TEST(Visit, WhatIsNotGoodByItsVersionAloneIsCheckedFirst)
{
	static char csub[] = "B01*", qcn[] = "Q*";
	struct {
		bool unrestored;
		char *csub, *qcn;
		bool owed, check;
	} cases[] = { { false, nullptr, nullptr, false, false },
		      { true, nullptr, nullptr, false, true },
		      { false, csub, nullptr, false, true },
		      { false, nullptr, qcn, false, true },
		      { true, csub, qcn, true, false } };

	for (auto &c : cases) {
		Stay s;
		Model *model = const_cast<Model *>(models_nth(s.models, 0));

		model->csub = g_strdup(c.csub);
		model->qcn = g_strdup(c.qcn);
		s.rules.unrestored = c.unrestored;
		s.rules.owed = c.owed;
		EXPECT_EQ(c.check ? VISIT_CHECK : VISIT_DONE, s.seen("A03"));
		EXPECT_EQ(c.check, s.visit.to_check);
		visit_begin_check(&s.visit);
		EXPECT_EQ("open", s.verdict());
		EXPECT_EQ(VISIT_DONE, s.done(FAULT_NONE, "A03", false));
		EXPECT_EQ(c.check ? "current" : "pass", s.verdict());
	}
}

TEST(Visit, WhatTheCheckOfACurrentUnitFindsIsItsVerdict)
{
	for (FaultCode fault : { FAULT_SETTINGS_LOST, FAULT_WRONG_VARIANT, FAULT_NO_ANSWER }) {
		Stay s;

		s.rules.unrestored = true;
		EXPECT_EQ(VISIT_CHECK, s.seen("A03"));
		visit_begin_check(&s.visit);
		EXPECT_EQ(VISIT_DONE, s.done(fault, "A03", false));
		EXPECT_EQ(std::string("fail ") + fault_get(fault)->name, s.verdict());
	}
}

/* Another version is no target: nothing but the update is needed. */
TEST(Visit, AUnitToUpdateNeedsNoCheckFirst)
{
	Stay s;
	Unit unit = Stay::unit_with("A03");

	s.rules.unrestored = true;
	EXPECT_EQ(VISIT_RUN, s.seen("A01"));
	EXPECT_FALSE(s.visit.to_check);
	unit.cfun = 7;
	EXPECT_EQ(VISIT_DONE, s.seen(unit));
	EXPECT_EQ("fail NOT_FUNCTIONAL", s.verdict());
	EXPECT_FALSE(s.visit.to_check);
}

/* A PIN that was accepted may be sent again by the next hop; after one that was not, none is. */
TEST(Visit, ThePinOfALaterHop)
{
	for (bool open : { false, true }) {
		Stay s;
		JobResult r = Stay::result(FAULT_NONE, "A02");

		s.seen("A01");
		r.once_sent = open;
		EXPECT_EQ(VISIT_RUN, s.done(r));
		EXPECT_EQ(open, s.visit.once_sent);
		r.once_sent = false;
		s.done(r);
		EXPECT_EQ(open, s.visit.once_sent);
	}
}

TEST(Visit, ClearForgetsEverything)
{
	Stay s;
	Visit empty = {};

	s.seen("A01");
	visit_clear(&s.visit);
	EXPECT_EQ(0, memcmp(&empty, &s.visit, sizeof(empty)));
	EXPECT_EQ(nullptr, visit_package(&s.visit));
}

} // namespace
