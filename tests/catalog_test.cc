/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of models and catalogue: what they answer, what they refuse and in which words, and that a
 * package cannot change once it has been hashed. They do not know how packages are sent. */
#include "tests/catalog_fixture.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/english.h"
#include "tests/in_chinese.h"

using Texts = std::vector<std::string>;

static const TestPackage a1_a2 = { "a1-a2", "A01", "A02" };

/* ---- models ---- */

class ModelFolder : public Folder
{
      public:
	Models *load(const std::string &text)
	{
		write("models/x.ini", text);
		models_free(models);
		models = models_load(at("models").c_str(), &test_knows, complaints);
		return models;
	}

	~ModelFolder()
	{
		models_free(models);
	}

	Texts said() const
	{
		Texts texts = complaints.all();

		for (std::string &text : texts)
			text = text.substr(text.rfind("models/") == std::string::npos
						   ? 0
						   : text.rfind("models/") + 7);
		return texts;
	}

	Models *models = nullptr;
	Complaints complaints;
};

TEST(Model, IsFoundByWhatTheUnitSays)
{
	ModelFolder folder;

	folder.write("models/a.ini", "[model]\nname = MC65G\nmaker = Quectel*\nmatch = "
				     "MC65G*\ndriver = quectel-dfota\n");
	Models *models = folder.load(model_text);

	ASSERT_EQ(folder.said(), Texts{});
	EXPECT_EQ(models_count(models), 2u);
	EXPECT_STREQ(models_nth(models, 0)->name, "MC65G");
	const Model *mc65 = models_find(models, "MC65");

	EXPECT_EQ(models_match(models, "Quectel_MC65", "Quectel_Ltd"), mc65);
	EXPECT_EQ(models_match(models, "QUECTEL_mc65-a", ""), mc65);
	EXPECT_EQ(models_match(models, "mc65", nullptr), mc65);
	EXPECT_STREQ(models_match(models, "MC65G-1", "Quectel")->name, "MC65G");
	EXPECT_EQ(models_match(models, "MC65", "Telit"), nullptr);
	EXPECT_EQ(models_match(models, "XMC65", "Quectel"), nullptr);
	EXPECT_EQ(models_match(models, "", ""), nullptr);
	EXPECT_EQ(models_find(models, "mc65"), nullptr);
	EXPECT_TRUE(model_version_is(mc65, "A01", "A01"));
	EXPECT_FALSE(model_version_is(mc65, "A01", "a01"));
	EXPECT_FALSE(model_version_is(mc65, "A01G", "A01"));
}

TEST(Model, ChangesStepsAndBehaviour)
{
	ModelFolder folder;
	Models *models =
		folder.load(std::string(model_text) +
			    "url_form = table\nupdate_limit = 800\nupdate_warning = 750\n"
			    "[step quectel-dfota-local/flash]\ntimeout_s = 120\npause_ms = 0\n");

	ASSERT_EQ(folder.said(), Texts{});
	const Model *model = models_nth(models, 0);
	const StepOverride *step = model_step(model, "quectel-dfota-local", "flash");

	EXPECT_EQ(model->behaviour, (guint32)BEHAVIOUR_URL_TABLE);
	EXPECT_EQ(model->update_limit, 800u);
	EXPECT_EQ(model->update_warning, 750u);
	ASSERT_NE(step, nullptr);
	EXPECT_EQ(step->timeout_s, 120u);
	EXPECT_EQ(step->pause_ms, 0u);
	EXPECT_EQ(step->tries, STEP_AS_TABLE);
	EXPECT_EQ(step->limit_s, STEP_AS_TABLE);
	EXPECT_EQ(model_step(model, "quectel-dfota-local", "upload"), nullptr);
	EXPECT_EQ(model_step(model, "quectel-dfota-http", "flash"), nullptr);
}

struct Bad {
	const char *name;
	std::string text;
	std::string complaint;
};

static std::string bad_name(const testing::TestParamInfo<Bad> &info)
{
	return info.param.name;
}

class BadModel : public testing::TestWithParam<Bad>
{
};

TEST_P(BadModel, GivesOneSentence)
{
	ModelFolder folder;

	folder.write("models/a.ini",
		     "[model]\nname = M65\nmaker = *\nmatch = M65*\ndriver = quectel-dfota\n");
	folder.load(GetParam().text);
	EXPECT_EQ(folder.said(), Texts{ GetParam().complaint });
}

static const Bad bad_models[] = {
	{ "NoModel", "# nothing\n",
	  "x.ini:1: section [model] is missing, expected [model], [step PROCEDURE/STEP] or [setting NAME]" },
	{ "NoName", replaced(model_text, "name = MC65\n", ""),
	  "x.ini:1: name is missing in [model], expected name = …" },
	{ "Driver", replaced(model_text, "quectel-dfota", "quektel"),
	  "x.ini:5: driver is \"quektel\", expected one that this program has" },
	{ "Twice", replaced(model_text, "name = MC65", "name = M65"),
	  "x.ini:2: model M65 is in another file too, expected once" },
	{ "Rival", replaced(model_text, "MC65*, MC65*", "MC65*, m65*"),
	  "x.ini:4: model M65 matches the same units, expected other patterns" },
	{ "Behaviour", std::string(model_text) + "url_form = other\n",
	  "x.ini:6: url_form is \"other\", expected one of: example, table" },
	{ "Rule", std::string(model_text) + "version_rule = loose\n",
	  "x.ini:6: version_rule is \"loose\", expected one of: exact, simcom-suffix, simcom-g" },
	{ "UnknownKey", std::string(model_text) + "colour = red\n",
	  "x.ini:6: unknown key colour in [model], expected one of: name, maker, match, driver, "
	  "url_form, bearer, pdp, recovery, version_rule, csub, qcn, "
	  "update_limit, update_warning, url_max, pfm_from, settings" },
	{ "Step", std::string(model_text) + "[step quectel-dfota-local/fly]\ntries = 1\n",
	  "x.ini:6: driver quectel-dfota has no step quectel-dfota-local/fly, expected "
	  "PROCEDURE/STEP as explain lists "
	  "them" },
	{ "Procedure", std::string(model_text) + "[step telit-pfm-sms/flash]\n",
	  "x.ini:6: driver quectel-dfota has no step telit-pfm-sms/flash, expected PROCEDURE/STEP "
	  "as explain lists them" },
	{ "Tries", std::string(model_text) + "[step quectel-dfota-local/upload]\ntries = 0\n",
	  "x.ini:7: tries is \"0\", expected a whole number from 1 to 20" },
	{ "SerialShape", std::string(model_text) + "[setting serial]\nquery = AT+EGMR=0,5\n",
	  "x.ini:6: setting serial has no query or no shape, expected both" },
	{ "SerialQuery",
	  std::string(model_text) + "[setting serial]\nquery = EGMR\nshape = +EGMR: %\n",
	  "x.ini:7: query is \"EGMR\", expected ASCII text; AT… in query and set, one % for the "
	  "value in shape and set" },
	{ "SerialSet",
	  std::string(model_text) +
		  "[setting serial]\nquery = AT+EGMR=0,5\nshape = +EGMR: %\nset = AT+EGMR=1,5,%\n",
	  "x.ini:9: unknown key set in [setting serial], expected one of: query, shape" },
};

INSTANTIATE_TEST_SUITE_P(Table, BadModel, testing::ValuesIn(bad_models), bad_name);

TEST(Model, NeedsAFolderWithModels)
{
	Folder folder;
	Complaints complaints;
	g_autoptr(Models) empty = models_load(folder.path.c_str(), &test_knows, complaints);

	EXPECT_EQ(models_count(empty), 0u);
	EXPECT_EQ(complaints.all(),
		  Texts{ folder.path + ": has no models, expected at least one .ini file" });
	EXPECT_EQ(models_load(folder.at("none").c_str(), &test_knows, complaints), nullptr);
	EXPECT_EQ(complaints.all().size(), 2u);
}

/* ---- catalogue ---- */

/* Wherever a version comes from: it is sent to modules inside quotes. */
TEST(Catalog, WhatIsAVersion)
{
	const std::string longest(CATALOG_VERSION_BYTES, 'A');

	for (const std::string &good :
	     { std::string("MC65CAR01A03"), std::string("1951B16(G)"), longest })
		EXPECT_TRUE(catalog_is_version(good.c_str())) << good;
	for (const std::string &bad : { std::string(), std::string("a\"b"), std::string("a b"),
					std::string("a\nb"), std::string("a\\b"), longest + "A" })
		EXPECT_FALSE(catalog_is_version(bad.c_str())) << bad;
}

TEST(Catalog, AnswersPerModelAndOrder)
{
	CatalogFolder folder;

	folder.text += "[target MC65]\nversion = A02\ndowngrade = yes\n[order WO-1]\nMC65 = "
		       "A03\nquantity = 500\n"
		       "[order WO-2]\n";
	folder.add(a1_a2);
	folder.add({ "a2-a3", "A02", "A03" });
	const Catalog *catalog = folder.open();

	ASSERT_EQ(folder.complaints.all(), Texts{});
	EXPECT_EQ(folder.warnings.all(), Texts{});
	EXPECT_STREQ(catalog_version(catalog), "7");
	EXPECT_STREQ(catalog_target(catalog, nullptr, "MC65"), "A02");
	EXPECT_STREQ(catalog_target(catalog, "WO-1", "MC65"), "A03");
	EXPECT_STREQ(catalog_target(catalog, "WO-2", "MC65"), "A02");
	EXPECT_STREQ(catalog_target(catalog, "WO-9", "MC65"), "A02");
	EXPECT_EQ(catalog_target(catalog, nullptr, "M65"), nullptr);
	EXPECT_TRUE(catalog_downgrade(catalog, "MC65"));
	EXPECT_FALSE(catalog_downgrade(catalog, "M65"));
	EXPECT_EQ(catalog_quantity(catalog, "WO-1"), 500u);
	EXPECT_EQ(catalog_quantity(catalog, "WO-2"), 0u);
	EXPECT_TRUE(catalog_has_order(catalog, "WO-1"));
	EXPECT_FALSE(catalog_has_order(catalog, nullptr));
	ASSERT_EQ(catalog_packages(catalog), 2u);
	EXPECT_STREQ(catalog_package(catalog, 1)->name, "a2-a3");
}

TEST(Catalog, SealsWhatItHashed)
{
	CatalogFolder folder;
	std::string bytes(700000, 'x');

	folder.add({ "big", "A01", "A02", bytes });
	const Package *package = catalog_package(folder.open(), 0);

	ASSERT_EQ(folder.complaints.all(), Texts{});
	folder.write("big.pack", std::string(bytes.size(), 'y'));
	ASSERT_GE(package->fd, 0);
	EXPECT_EQ(std::string((const char *)package->data, package->size), bytes);
	EXPECT_EQ(write(package->fd, "z", 1), -1);
	EXPECT_EQ(ftruncate(package->fd, 3), -1);
	EXPECT_EQ(mmap(nullptr, 10, PROT_READ | PROT_WRITE, MAP_SHARED, package->fd, 0),
		  MAP_FAILED);
	EXPECT_EQ(fcntl(package->fd, F_GET_SEALS),
		  F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
}

TEST(Catalog, LoadsInSlicesAndSharesEqualContent)
{
	CatalogFolder folder;
	std::string bytes(1024 * 1024, 'x');
	guint steps = 0;

	folder.add({ "one", "A01", "A02", bytes });
	folder.add({ "two", "A02", "A03", bytes });
	folder.add({ "other", "A03", "A04" });
	folder.catalog =
		catalog_open(folder.write("catalogue.ini", folder.text).c_str(), folder.models,
			     &test_knows, folder.complaints, folder.warnings);
	EXPECT_EQ(catalog_package(folder.catalog, 0)->fd, -1);
	while (catalog_load_step(folder.catalog, folder.complaints))
		steps++;
	ASSERT_EQ(folder.complaints.all(), Texts{});
	EXPECT_GE(steps, 9u);
	const Package *one = catalog_package(folder.catalog, 0),
		      *two = catalog_package(folder.catalog, 1);

	EXPECT_GE(one->fd, 0);
	EXPECT_EQ(one->fd, two->fd);
	EXPECT_EQ(one->data, two->data);
	EXPECT_NE(one->fd, catalog_package(folder.catalog, 2)->fd);
}

TEST(Catalog, RefusesAFileThatChangesWhileItIsRead)
{
	CatalogFolder folder;
	std::string bytes(600000, 'x');

	folder.add({ "grows", "A01", "A02", bytes });
	folder.catalog =
		catalog_open(folder.write("catalogue.ini", folder.text).c_str(), folder.models,
			     &test_knows, folder.complaints, folder.warnings);
	EXPECT_TRUE(catalog_load_step(folder.catalog, folder.complaints));
	ASSERT_EQ(truncate(folder.at("grows.pack").c_str(), 300000), 0);
	while (catalog_load_step(folder.catalog, folder.complaints))
		;
	EXPECT_EQ(folder.complaints.all(),
		  Texts{ folder.at("catalogue.ini") + ":9: file " + folder.at("grows.pack") +
			 " changed while it was read, expected a package" });
}

TEST(Catalog, WarnsOfTargetsThatNothingLeadsTo)
{
	CatalogFolder folder;

	folder.add(a1_a2);
	folder.text += "[target MC65]\nversion = A09\n[order WO-1]\nquantity = 1\nMC65 = A08\n";
	folder.open();
	EXPECT_EQ(folder.complaints.all(), Texts{});
	EXPECT_EQ(folder.warnings.all(),
		  (Texts{
			  folder.at("catalogue.ini") + ":13: no package leads to A09, the target "
						       "of MC65; expected at least one",
			  folder.at("catalogue.ini") + ":16: no package leads to A08, the target "
						       "of MC65; expected at least one",
		  }));
	/* The screen's language is not the record's. */
	InChinese chinese(LOCALE_DIR);
	Complaints said, recorded;
	catalog_warn(folder.catalog, folder.models, said);
	locale_t before = english_begin();
	catalog_warn(folder.catalog, folder.models, recorded);
	english_end(before);
	EXPECT_EQ(recorded.all(), folder.warnings.all());
	EXPECT_EQ(said.all().size(), 2u);
	EXPECT_NE(said.all(), recorded.all());
}

/* Line 3 of the catalogue is the section of the package a1-a2. */
class BadCatalog : public testing::TestWithParam<Bad>
{
};

TEST_P(BadCatalog, GivesOneSentence)
{
	CatalogFolder folder;

	folder.add(a1_a2);
	folder.text = GetParam().text;
	folder.open();
	ASSERT_EQ(folder.complaints.all().size(), 1u)
		<< testing::PrintToString(folder.complaints.all());
	std::string said = folder.complaints.all()[0];

	for (size_t at; (at = said.find(folder.path + "/")) != std::string::npos;)
		said.erase(at, folder.path.size() + 1);
	EXPECT_EQ(said, GetParam().complaint);
}

static const std::string head = "[catalogue]\nversion = 7\n";
static const std::string good = head + a1_a2.section();
static const std::string web = replaced(replaced(replaced(good, "kind = file", "kind = url"),
						 "file = a1-a2.pack", "url = http://example/p"),
					"dfota-local", "dfota-http");

static const std::string account = "[cloud MC65]\noem = OEM7\nmodels = M1\nproduct_id = 154090\n";
static const std::string cloud = head +
				 "[package c]\nmodel = MC65\nfrom = A01\nto = A02\nprocedure = "
				 "test-cloud\nkind = cloud\ncloud_version = C2\n" +
				 account;

static const Bad bad_catalogs[] = {
	{ "NoHead", a1_a2.section(),
	  "catalogue.ini:1: section [catalogue] is missing, expected it with a version" },
	{ "NoVersion", replaced(good, "version = 7\n", ""),
	  "catalogue.ini:1: version is missing in [catalogue], expected version = …" },
	{ "TargetModel", good + "[target MC66]\nversion = A02\n",
	  "catalogue.ini:12: unknown model MC66, expected one of the models folder" },
	{ "TargetVersion", good + "[target MC65]\nversion = A\"02\n",
	  "catalogue.ini:13: version is no version, expected at most 63 letters, digits and "
	  "signs" },
	{ "Downgrade", good + "[target MC65]\nversion = A02\ndowngrade = perhaps\n",
	  "catalogue.ini:14: downgrade is \"perhaps\", expected one of: off, on, no, yes" },
	{ "OrderModel", good + "[order W]\nMC66 = A02\n",
	  "catalogue.ini:13: unknown model MC66, expected quantity or one of the models folder" },
	{ "Quantity", good + "[order W]\nquantity = all\n",
	  "catalogue.ini:13: quantity is \"all\", expected a whole number from 0 to 10000000" },
	{ "Model", replaced(good, "MC65", "MC66"),
	  "catalogue.ini:4: unknown model MC66, expected one of the models folder" },
	{ "SameVersion", replaced(good, "to = A02", "to = A01"),
	  "catalogue.ini:6: to is A01 like from, expected another version" },
	{ "Procedure", replaced(good, "quectel-dfota-local", "telit-pfm-sms"),
	  "catalogue.ini:7: procedure is \"telit-pfm-sms\", expected one of driver quectel-dfota" },
	{ "Kind", replaced(good, "kind = file", "kind = tape"),
	  "catalogue.ini:8: kind is \"tape\", expected one of: file, url, cloud" },
	{ "FileForCloud", replaced(good, "quectel-dfota-local", "test-cloud") + account,
	  "catalogue.ini:8: kind is file, which test-cloud cannot use; expected kind = cloud" },
	{ "CloudForWeb",
	  replaced(replaced(cloud, "test-cloud", "quectel-dfota-http"), "cloud_version = C2\n", ""),
	  "catalogue.ini:8: kind is cloud, which quectel-dfota-http cannot use; expected kind = "
	  "file or url" },
	{ "Operation", replaced(good, "quectel-dfota-local", "test-query"),
	  "catalogue.ini:7: procedure is \"test-query\", which takes no package; expected one "
	  "that updates" },
	{ "NoCloudVersion", replaced(cloud, "cloud_version = C2\n", ""),
	  "catalogue.ini:3: cloud_version is missing in [package c], expected cloud_version = …" },
	{ "CloudWithFile", replaced(cloud, "kind = cloud\n", "kind = cloud\nfile = a1-a2.pack\n"),
	  "catalogue.ini:9: unknown key file in [package c], expected one of: model, procedure, "
	  "from, to, kind, cloud_version" },
	{ "NoAccount", replaced(cloud, account, ""),
	  "catalogue.ini:7: test-cloud needs an account, expected a section [cloud MC65]" },
	{ "NoOem", replaced(cloud, "oem = OEM7\n", ""),
	  "catalogue.ini:10: oem is missing in [cloud MC65], expected oem = …" },
	{ "ProductIdWithASpace", replaced(cloud, "154090", "154 090"),
	  "catalogue.ini:13: product_id cannot be sent, expected at most 100 ASCII characters, no "
	  "space, quote or backslash" },
	{ "AccountModel", good + replaced(account, "MC65", "MC66"),
	  "catalogue.ini:12: unknown model MC66, expected one of the models folder" },
	{ "WebForFile", replaced(web, "dfota-http", "dfota-local"),
	  "catalogue.ini:8: kind is url, which quectel-dfota-local cannot use; expected kind = "
	  "file" },
	{ "Https", replaced(web, "http://example", "https://example"),
	  "catalogue.ini:9: url is \"https://example/p\", expected http:// and no spaces, quotes "
	  "or backslashes" },
	{ "UrlQuote", replaced(web, "example/p", "example/\"p"),
	  "catalogue.ini:9: url is \"http://example/\"p\", expected http:// and no spaces, quotes "
	  "or backslashes" },
	{ "UrlLong", replaced(web, "example/p", std::string(249, 'p')),
	  "catalogue.ini:9: url has 256 bytes, expected at most 255 for quectel-dfota-http" },
	{ "NoFile", replaced(good, "a1-a2.pack", "a9.pack"),
	  "catalogue.ini:9: file a9.pack cannot be opened: No such file or directory, expected a "
	  "package" },
	{ "Folder", replaced(good, "file = a1-a2.pack", "file = models"),
	  "catalogue.ini:9: file models is no file, expected a package" },
	{ "Size", replaced(good, "size = 24", "size = 25"),
	  "catalogue.ini:10: file a1-a2.pack has 24 bytes, expected size = 25" },
	{ "NoSize", replaced(good, "size = 24\n", ""),
	  "catalogue.ini:3: size is missing in [package a1-a2], expected size = …" },
	{ "Hash", replaced(good, sha256(a1_a2.bytes), std::string(64, '0')),
	  "catalogue.ini:11: file a1-a2.pack has SHA-256 " + sha256(a1_a2.bytes) +
		  ", expected sha256 = " + std::string(64, '0') },
	{ "ShortHash", replaced(good, sha256(a1_a2.bytes), "abc"),
	  "catalogue.ini:11: sha256 is \"abc\", expected 64 hexadecimal digits" },
	{ "Twins", good + replaced(a1_a2.section(), "a1-a2]", "again]"),
	  "catalogue.ini:12: package again is for the same model, versions and procedure as a1-a2, "
	  "expected one" },
	{ "Section", good + "[packages x]\n",
	  "catalogue.ini:12: unknown section [packages x], expected [catalogue], [target MODEL], "
	  "[order NUMBER], [package NAME] or [cloud MODEL]" },
	{ "Key", good + "url = http://example/p\n",
	  "catalogue.ini:12: unknown key url in [package a1-a2], expected one of: model, "
	  "procedure, from, to, kind, file, size, sha256" },
};

INSTANTIATE_TEST_SUITE_P(Table, BadCatalog, testing::ValuesIn(bad_catalogs), bad_name);

TEST(Catalog, TakesAUrl)
{
	CatalogFolder folder;

	folder.text = replaced(web, "example/p", std::string(248, 'p'));
	const Package *package = catalog_package(folder.open(), 0);

	ASSERT_EQ(folder.complaints.all(), Texts{});
	EXPECT_EQ(package->kind, PACKAGE_URL);
	EXPECT_EQ(std::string(package->url), "http://" + std::string(248, 'p'));
	EXPECT_EQ(package->fd, -1);
	EXPECT_EQ(package->data, nullptr);
	EXPECT_EQ(package->file, nullptr);
}

TEST(Catalog, TakesAFileThatUnitsFetch)
{
	CatalogFolder folder;

	folder.add(a1_a2);
	folder.text = replaced(good, "dfota-local", "dfota-http");
	const Package *package = catalog_package(folder.open(), 0);

	ASSERT_EQ(folder.complaints.all(), Texts{});
	EXPECT_EQ(package->kind, PACKAGE_FILE);
	EXPECT_TRUE(package->served);
	EXPECT_GE(package->fd, 0);
}

TEST(Catalog, TakesWhatAVendorHas)
{
	CatalogFolder folder;

	folder.text = cloud + "[package p]\nmodel = MC65\nfrom = A02\nto = A03\nprocedure = "
			      "test-pfm\nkind = cloud\n";
	const Catalog *catalog = folder.open();

	ASSERT_EQ(folder.complaints.all(), Texts{});
	const Package *package = catalog_package(catalog, 0);
	EXPECT_EQ(package->kind, PACKAGE_CLOUD);
	EXPECT_STREQ(package->cloud_version, "C2");
	EXPECT_STREQ(package->to, "A02");
	EXPECT_EQ(package->size, 0u);
	EXPECT_STREQ(package->sha256, "");
	EXPECT_EQ(package->fd, -1);
	EXPECT_FALSE(package->served);
	EXPECT_EQ(catalog_package(catalog, 1)->cloud_version, nullptr);
	ASSERT_NE(catalog_cloud(catalog, "MC65"), nullptr);
	EXPECT_STREQ(catalog_cloud(catalog, "MC65")->oem, "OEM7");
	EXPECT_STREQ(catalog_cloud(catalog, "MC65")->product_id, "154090");
	EXPECT_EQ(catalog_cloud(catalog, "MC65")->secret, nullptr);
	EXPECT_EQ(catalog_cloud(catalog, "M65"), nullptr);
}

/* What is sent counts, not what is written: the table's form names the port. */
TEST(Catalog, MeasuresAUrlAsTheModelWantsIt)
{
	std::string longest = replaced(web, "example/p", "h/" + std::string(246, 'p'));
	CatalogFolder example, table, shorter;

	example.text = table.text = longest;
	shorter.text = replaced(longest, "h/ppp", "h/");
	const_cast<Model *>(models_nth(table.models, 0))->behaviour = BEHAVIOUR_URL_TABLE;
	const_cast<Model *>(models_nth(shorter.models, 0))->behaviour = BEHAVIOUR_URL_TABLE;
	example.open();
	EXPECT_EQ(example.complaints.all(), Texts{});
	table.open();
	EXPECT_EQ(table.complaints.all(),
		  Texts{ table.at("catalogue.ini") + ":9: url has 258 bytes, expected at most 255 "
						     "for quectel-dfota-http" });
	shorter.open();
	EXPECT_EQ(shorter.complaints.all(), Texts{});
}

TEST(Catalog, MeasuresAUrlAgainstTheModelsOwnLimit)
{
	CatalogFolder folder;

	folder.text = web;
	const_cast<Model *>(models_nth(folder.models, 0))->url_max = 15;
	folder.open();
	EXPECT_EQ(folder.complaints.all(),
		  Texts{ folder.at("catalogue.ini") + ":9: url has 16 bytes, expected at most 15 "
						      "for quectel-dfota-http" });
}
