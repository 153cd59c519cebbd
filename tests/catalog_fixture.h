/* SPDX-License-Identifier: Apache-2.0
 *
 * Models and a catalogue out of a few strings. It does not know the catalogue that is shipped. */
#pragma once

#include "lib/catalog.h"
#include "tests/config_fixture.h"

static const char model_text[] =
	"[model]\nname = MC65\nmaker = Quectel*\nmatch = Quectel_MC65*, MC65*\n"
	"driver = quectel-dfota\n";

struct TestPackage {
	std::string name, from, to;
	std::string bytes = "24 bytes of a delta here";
	std::string procedure = "quectel-dfota-local";

	std::string section() const
	{
		return "[package " + name + "]\nmodel = MC65\nfrom = " + from + "\nto = " + to +
		       "\nprocedure = " + procedure + "\nkind = file\nfile = " + name +
		       ".pack\nsize = " + std::to_string(bytes.size()) +
		       "\nsha256 = " + sha256(bytes) + "\n";
	}
};

class CatalogFolder : public Folder
{
      public:
	CatalogFolder()
	{
		write("models/mc65.ini", model_text);
		models = models_load(at("models").c_str(), &test_knows, complaints);
		EXPECT_EQ(complaints.all(), std::vector<std::string>{});
	}

	~CatalogFolder()
	{
		catalog_free(catalog);
		models_free(models);
	}

	void add(const TestPackage &package)
	{
		write(package.name + ".pack", package.bytes);
		text += package.section();
	}

	/* Opens and loads; what was wrong is in `complaints` and `warnings`. */
	const Catalog *open()
	{
		catalog = catalog_open(write("catalogue.ini", text).c_str(), models, &test_knows,
				       complaints, warnings);
		while (catalog && catalog_load_step(catalog, complaints))
			;
		return catalog;
	}

	std::string text = "[catalogue]\nversion = 7\n";
	Models *models = nullptr;
	Catalog *catalog = nullptr;
	Complaints complaints, warnings;
};
