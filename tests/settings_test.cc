/* SPDX-License-Identifier: Apache-2.0
 *
 * Settings that an update erases: the file, the models' own, values out of hostile answers. They know no module. */
#include "lib/settings.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/config_fixture.h"

namespace
{

using Texts = std::vector<std::string>;

struct Read {
	GPtrArray *complaints = complaints_new();
	Settings *settings = nullptr;
	GPtrArray *list = nullptr;
	Ini *model = nullptr;

	~Read()
	{
		g_clear_pointer(&list, g_ptr_array_unref);
		ini_free(model);
		settings_free(settings);
		g_ptr_array_unref(complaints);
	}

	void file(const std::string &text, const std::string &own = "")
	{
		g_autofree char *dir = g_dir_make_tmp(nullptr, nullptr);
		std::string path = std::string(dir) + "/settings.ini";

		ASSERT_TRUE(g_file_set_contents(path.c_str(), text.c_str(), -1, nullptr));
		settings = settings_load(path.c_str(), complaints);
		model = ini_parse("m.ini", own.c_str(), own.size(), complaints);
		list = settings_of_model(settings, "t", model);
		remove(path.c_str());
		remove(dir);
	}

	const Setting *nth(guint n) const
	{
		return static_cast<const Setting *>(g_ptr_array_index(list, n));
	}

	/* Without the folder. */
	Texts said() const
	{
		Texts all;

		for (guint i = 0; i < complaints->len; i++) {
			std::string text = static_cast<char *>(g_ptr_array_index(complaints, i));
			gsize at = text.find("settings.ini");

			all.push_back(at == std::string::npos ? text : text.substr(at));
		}
		return all;
	}
};

TEST(Settings, TheInstalledFile)
{
	g_autoptr(GPtrArray) complaints = complaints_new();
	g_autoptr(Ini) model = ini_parse("m.ini", "", 0, complaints);
	g_autofree char *path =
		g_build_filename(g_getenv("FOTA_STATION_DATA"), "settings.ini", nullptr);
	g_autoptr(Settings) settings = settings_load(path, complaints);
	g_autoptr(GPtrArray) list = settings_of_model(settings, "telit", model);

	EXPECT_EQ(0u, complaints->len);
	ASSERT_NE(nullptr, list);
	EXPECT_EQ(15u, list->len);
}

TEST(Settings, AsUsualAndOtherwise)
{
	Read r;

	r.file("[settings t]\nlist = +CMEE, #QSS, &C\n[setting t/#QSS]\nshape = #QSS: %,\n",
	       "[setting &C]\nquery = AT&V0?\nshape = &C%\nset = AT&C%\n");
	EXPECT_EQ(Texts{}, r.said());
	ASSERT_EQ(3u, r.list->len);
	EXPECT_STREQ("AT+CMEE?", r.nth(0)->query);
	EXPECT_STREQ("+CMEE: %", r.nth(0)->shape);
	EXPECT_STREQ("AT+CMEE=%", r.nth(0)->set);
	EXPECT_STREQ("#QSS: %,", r.nth(1)->shape);
	EXPECT_STREQ("AT&V0?", r.nth(2)->query);
}

/* What is read is also given back. */
TEST(Settings, WhatAModelsFileNamesCanBeSet)
{
	Read r, bad;

	r.file("[settings t]\nlist = &C\n", "[setting &C]\nquery = AT&V\nshape = &C%\n"
					    "[setting &D]\nquery = AT&V\nshape = &D%\n");
	EXPECT_EQ(Texts{}, r.said());
	ASSERT_EQ(2u, r.list->len);
	EXPECT_STREQ("AT&C%", r.nth(0)->set);
	EXPECT_STREQ("AT&D%", r.nth(1)->set);
	bad.file("[settings t]\nlist = +CMEE\n", "[setting +X]\nquery = AT+X?\nshape = +X: %\n");
	EXPECT_EQ((Texts{ "m.ini:1: setting +X has no set, expected how it is given back; only "
			  "serial is just read" }),
		  bad.said());
}

TEST(Settings, WithoutAModelsWordNothingIsAskedWithAnd)
{
	Read r;

	r.file("[settings t]\nlist = &K\n");
	EXPECT_STREQ("", r.nth(0)->query);
}

/* Every command of the table that the vendor keeps, listed, is a complaint with its line. */
TEST(Settings, WhatIsKeptMayNotBeListed)
{
	Read r, own;

	r.file("[settings t]\nlist = +CMEE, +ipr\n[kept t]\na = #BND, +IPR\n");
	EXPECT_EQ((Texts{ "settings.ini:2: +ipr is kept over an update, expected only what an "
			  "update erases" }),
		  r.said());
	own.file("[settings t]\nlist = +CMEE\n[kept t]\na = #BND\n",
		 "[model]\nname = x\n\n[setting #BND]\nquery = AT#BND?\nshape = #BND: %\n"
		 "set = AT#BND=%\n");
	EXPECT_EQ((Texts{ "m.ini:4: #BND is kept over an update, expected only what an update "
			  "erases" }),
		  own.said());
}

TEST(Settings, Table91IsKeptWhole)
{
	const std::vector<const char *> table = {
		"#ESCRIPT",      "#STARTMODESCR", "#CMUXSCR", "#BND",         "#AUTOBND",
		"#ENS",          "#SMSMODE",      "#SELINT",  "#COPSMODE",    "#ENHSIM",
		"+COPS",         "#SMSATRUNCFG",  "#SMSATWL", "#TCPATRUNCFG", "#TCPATRUNFRWL",
		"#TCPATRUNAUTH", "+CGDCONT",      "#GSMCONT", "#DNS",         "#SGACTCFG",
		"#SKTSAV",       "#SKTRST",       "#SCFG",    "#SCFGEXT",     "+IPR",
		"#STIA",         "#PORTCFG",      "+WS46",    "#ENAEVMONI",   "#ENAEVMONICFG",
		"#EVMONI"
	};
	g_autofree char *path =
		g_build_filename(g_getenv("FOTA_STATION_DATA"), "settings.ini", nullptr);

	for (const char *name : table) {
		g_autoptr(GPtrArray) complaints = complaints_new();
		g_autoptr(Settings) settings = settings_load(path, complaints);
		std::string text = std::string("[setting ") + name +
				   "]\nquery = ATX?\nshape = X: %\nset = ATX=%\n";
		g_autoptr(Ini) model = ini_parse("m.ini", text.c_str(), text.size(), complaints);
		g_autoptr(GPtrArray) list = settings_of_model(settings, "telit", model);

		EXPECT_TRUE(list) << name;
		EXPECT_EQ(1u, complaints->len) << name;
	}
}

TEST(Settings, BadFiles)
{
	struct {
		const char *text, *said;
	} cases[] = {
		{ "[settings t]\n", "settings.ini:1: list is missing in [settings t]" },
		{ "[settings t]\nlist = +A\n[setting t/+A]\nset = AT+A=1\n",
		  "settings.ini:4: set is \"AT+A=1\"" },
		{ "[settings t]\nlist = +A\n[setting t/+A]\nquery = +A?\n",
		  "settings.ini:4: query is \"+A?\"" },
		{ "[settings t]\nlist = +A\n[setting t/+A]\nshape = +A: %%\n",
		  "settings.ini:4: shape is \"+A: %%\"" },
		{ "[settings t]\nlist = +A\n[setting t/+B]\nshape = +B: %\n",
		  "settings.ini:3: unknown section" },
	};

	for (auto &c : cases) {
		Read r;

		r.file(c.text);
		ASSERT_EQ(1u, r.said().size()) << c.text;
		EXPECT_EQ(0u, r.said()[0].find(c.said)) << r.said()[0];
	}
}

TEST(Settings, Values)
{
	struct {
		const char *shape, *line, *value; /* "": none */
		bool unkept = false;
	} cases[] = {
		{ "+CMEE: %", "+CMEE: 2", "2" },
		{ "+CMEE: %", "+cmee:2 ", "2" },
		{ "+CNMI: %", "+CNMI: 2,1,0,0,0", "2,1,0,0,0" },
		{ "+CSCS: %", "+CSCS: \"8859-1\"", "\"8859-1\"" },
		{ "#QSS: %,", "#QSS: 2,3", "2" },
		{ "#QSS: %,", "#QSS: 2", "2" },
		{ "#OTASUAN: ,%", "#OTASUAN: ,2,1", "2,1" },
		/* the first field would be an answer */
		{ "#OTASUAN: ,%", "#OTASUAN: 1,2,1", "" },
		{ "+CMEE: %", "+CMEE:", "" },
		{ "+CMEE: %", "+CREG: 1", "" },
		{ "+CMEE: %", "", "" },
		/* what would be another command, or no end of this one */
		{ "+CMEE: %", "+CMEE: 1;D123", "", true },
		{ "+CSCS: %", "+CSCS: \"GSM", "", true },
		{ "+CSCS: %", "+CSCS: 1=2", "", true },
		{ "+CMEE: %", "+CMEE: 0|E=1", "", true },
		{ "+CMEE: %", "+CMEE: 000000000000000000000000000000000000000000000000000000", "",
		  true },
	};

	for (auto &c : cases) {
		Setting *s = setting_new("x", "AT", c.shape, "AT=%");
		char value[SETTING_VALUE_SIZE] = "";
		bool good = setting_take(s, c.line, value);

		EXPECT_EQ(*c.value != '\0', good) << c.line;
		EXPECT_EQ(good || c.unkept, setting_answers(s, c.line)) << c.line;
		if (good) {
			EXPECT_STREQ(c.value, value) << c.line;
		}
		setting_free(s);
	}
}

TEST(Settings, PackedAndUnpacked)
{
	char packed[32] = "", value[SETTING_VALUE_SIZE];

	EXPECT_TRUE(setting_pack(packed, sizeof(packed), "E", "1"));
	EXPECT_TRUE(setting_pack(packed, sizeof(packed), "+CNMI", "2,1,0"));
	EXPECT_STREQ("E=1|+CNMI=2,1,0", packed);
	EXPECT_FALSE(setting_pack(packed, sizeof(packed), "+CSCS", "\"much too long\""));
	EXPECT_STREQ("E=1|+CNMI=2,1,0", packed);
	EXPECT_TRUE(setting_unpack(packed, "+CNMI", value));
	EXPECT_STREQ("2,1,0", value);
	EXPECT_TRUE(setting_unpack(packed, "E", value));
	EXPECT_FALSE(setting_unpack(packed, "+CN", value));
	EXPECT_FALSE(setting_unpack("", "E", value));
	EXPECT_FALSE(setting_unpack("E=1;ATD", "E", value));
	EXPECT_FALSE(setting_unpack("restored", "E", value));
}

} // namespace
