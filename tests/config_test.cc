/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of the whole configuration: the examples load with the installed data as they are, and
 * each mistake in a file gives one sentence with its line. They do not know what a station does
 * with it. */
#include "tests/config_folder.h"

TEST(Config, ExamplesLoadAsTheyAre)
{
	ConfigFolder folder;
	Config *config = folder.load();

	ASSERT_EQ(folder.said(), Texts{});
	ASSERT_NE(config, nullptr);
	EXPECT_STREQ(config->station, "station-1");
	EXPECT_STREQ(config->line, "line 1");
	EXPECT_EQ(config->database, folder.at("station.db"));
	EXPECT_TRUE(config->auto_start);
	EXPECT_EQ(config->shift_start_min, 6u * 60);
	EXPECT_EQ(config->max_flashing_per_hub, 0u);
	EXPECT_EQ(config->max_radio, 0u);
	EXPECT_EQ(config->tries, 2u);
	EXPECT_EQ(config->settle_ms, 1500u);
	EXPECT_STREQ(config->apn, "internet");
	EXPECT_STREQ(config->apn_user, "");
	EXPECT_TRUE(secret_empty(config->pin));
	EXPECT_TRUE(secret_empty(config->apn_password));
	ASSERT_EQ(config->n_slots, 3u);
	EXPECT_STREQ(config->slots[0].label, "A1");
	EXPECT_STREQ(config->slots[0].path, "pci-0000:00:14.0-usb-0:1.1");
	EXPECT_EQ(config->slots[0].presence, PRESENCE_ANSWER);
	EXPECT_EQ(config->slots[0].power_on, POWER_AUTO);
	EXPECT_TRUE(config->slots[0].dtr && config->slots[0].rts);
	EXPECT_EQ(config->slots[2].id, 2u);
	EXPECT_EQ(config->slots[2].presence, PRESENCE_USB);
	EXPECT_EQ(std::to_string(config->slots[2].line),
		  line_of(read(folder.at("slots.ini")), "[A3]"));
	EXPECT_STREQ(catalog_target(config->catalog, "WO-1001", "MC65"), "MC65CAR01A02");
	EXPECT_EQ(catalog_packages(config->catalog), 2u);
	EXPECT_GE(catalog_package(config->catalog, 0)->fd, 0);
	EXPECT_LE(3u, models_count(config->models));
	EXPECT_TRUE(roles_adapter(config->roles, 0x0403, 0x6001));
	EXPECT_EQ(config->warnings->len, 0u);
}

/* "A key that is left out has the value shown": an example without any key is the same
 * configuration. */
TEST(Config, ExampleShowsTheDefaults)
{
	ConfigFolder shown, bare;
	const Config *a = shown.load();

	bare.write("station.ini", "");
	g_remove(bare.at("secrets.ini").c_str());
	const Config *b = bare.load();

	ASSERT_NE(a, nullptr);
	ASSERT_NE(b, nullptr) << testing::PrintToString(bare.said());
	EXPECT_STREQ(a->station, b->station);
	EXPECT_STREQ(a->line, b->line);
	EXPECT_EQ(b->database, bare.at("station.db"));
	EXPECT_EQ(a->auto_start, b->auto_start);
	EXPECT_EQ(a->shift_start_min, b->shift_start_min);
	EXPECT_EQ(a->max_flashing_per_hub, b->max_flashing_per_hub);
	EXPECT_EQ(a->max_radio, b->max_radio);
	EXPECT_EQ(a->tries, b->tries);
	EXPECT_EQ(a->settle_ms, b->settle_ms);
	EXPECT_STREQ(a->apn, b->apn);
	EXPECT_STREQ(a->apn_user, b->apn_user);
}

TEST(Config, ReadsWhatIsWritten)
{
	ConfigFolder folder;

	folder.change("station.ini", "database = station.db", "database = /var/lib/fota/record.db");
	folder.change("station.ini", "start = auto", "start = manual");
	folder.change("station.ini", "06:00", "21:45");
	folder.change("slots.ini", "power_on = auto", "power_on = rts:250");
	folder.change("slots.ini", "dtr = on", "dtr = off");
	folder.change("slots.ini", "presence = answer", "presence = line:dsr");
	folder.change("secrets.ini", "pin =", "pin = 48151623");
	folder.change("secrets.ini", "apn_password =", "apn_password = hunter2 = $");
	const Config *config = folder.load();

	ASSERT_EQ(folder.said(), Texts{});
	EXPECT_STREQ(config->database, "/var/lib/fota/record.db");
	EXPECT_FALSE(config->auto_start);
	EXPECT_EQ(config->shift_start_min, 21u * 60 + 45);
	EXPECT_EQ(config->slots[0].presence, PRESENCE_LINE_DSR);
	EXPECT_EQ(config->slots[0].power_on, POWER_RTS);
	EXPECT_EQ(config->slots[0].power_ms, 250u);
	EXPECT_FALSE(config->slots[0].dtr);
	EXPECT_TRUE(config->slots[0].rts);
	EXPECT_STREQ(secret_reveal(config->pin), "48151623");
	EXPECT_STREQ(secret_reveal(config->apn_password), "hunter2 = $");
}

TEST(Config, SumFollowsEveryFileButTheSecrets)
{
	ConfigFolder folder;
	std::string first = folder.load()->sha256;

	EXPECT_EQ(first.size(), 64u);
	folder.change("secrets.ini", "pin =", "pin = 1234");
	EXPECT_EQ(folder.load()->sha256, first);
	for (const char *name : { "station.ini", "slots.ini", "catalogue.ini" }) {
		folder.write(name, read(folder.at(name)) + "# more\n");
		std::string next = folder.load()->sha256;

		EXPECT_NE(next, first) << name;
		first = next;
	}
}

/* `what` is replaced by `with` in `file`; the complaint is about the line of the last `where` in it
 * then ("@" in its place). */
struct Bad {
	const char *name, *file, *what, *with, *where, *complaint;
};

class BadConfig : public testing::TestWithParam<Bad>
{
};

TEST_P(BadConfig, GivesOneSentence)
{
	const Bad &bad = GetParam();
	ConfigFolder folder;

	folder.change(bad.file, bad.what, bad.with);
	EXPECT_EQ(folder.load(), nullptr);
	EXPECT_EQ(folder.said(), Texts{ replaced(bad.complaint, "@",
						 line_of(read(folder.at(bad.file)), bad.where)) });
}

static const Bad bad_configs[] = {
	{ "BrokenLine", "station.ini", "name = station-1", "name station-1", "name station-1",
	  "station.ini:@: cannot read \"name station-1\", expected [section], key = value or # "
	  "comment" },
	{ "UnknownKey", "station.ini", "name = station-1", "nmae = station-1", "nmae = station-1",
	  "station.ini:@: unknown key nmae in [station], expected one of: catalogue, database, "
	  "name, line, start, "
	  "shift_start, ask_operator, ask_work_order" },
	{ "UnknownSection", "station.ini", "[limits]", "[limit]", "[limit]",
	  "station.ini:@: unknown section [limit], expected [station], [limits], [network], "
	  "[packages], [pfm], [scanner] or [screen]" },
	{ "EmptyName", "station.ini", "station-1", "",
	  "name =", "station.ini:@: name is empty, expected a name" },
	{ "Start", "station.ini", "start = auto", "start = soon", "start = soon",
	  "station.ini:@: start is \"soon\", expected one of: manual, auto" },
	{ "Scan", "station.ini", "scan = off", "scan = always", "scan = always",
	  "station.ini:@: scan is \"always\", expected one of: off, optional, required" },
	{ "Bell", "station.ini", "bell = failures", "bell = loud", "bell = loud",
	  "station.ini:@: bell is \"loud\", expected one of: off, failures, verdicts" },
	{ "Language", "station.ini", "language = auto", "language = klingon", "language = klingon",
	  "station.ini:@: language is \"klingon\", expected one of: auto, en, zh_CN" },
	{ "Colour", "station.ini", "colour = auto", "colour = pink", "colour = pink",
	  "station.ini:@: colour is \"pink\", expected one of: auto, 256, 8, none" },
	{ "Prefixes", "station.ini",
	  "work_order_prefix = WO:", "work_order_prefix = OP:", "operator_prefix = OP:",
	  "station.ini:@: operator_prefix and work_order_prefix cannot be told apart, expected two that "
	  "differ" },
	{ "PlaceTwice", "slots.ini", "column = 2", "column = 1", "row = 1",
	  "slots.ini:@: row 1, column 1 is slot A1 already, expected one slot per place" },
	{ "HalfAPlace", "slots.ini", "row = 2\ncolumn = 1", "row = 2", "row = 2",
	  "slots.ini:@: only one of row and column is there, expected both or neither" },
	{ "NoPlace", "slots.ini", "row = 2\ncolumn = 1", "", "[A3]",
	  "slots.ini:@: slot A3 has no row and column, other slots have: expected them for all or for "
	  "none" },
	{ "Time", "station.ini", "06:00", "24:00", "24:00",
	  "station.ini:@: shift_start is \"24:00\", expected a time from 00:00 to 23:59" },
	{ "TimeForm", "station.ini", "06:00", "6:00 ", "6:00 ",
	  "station.ini:@: shift_start is \"6:00\", expected a time from 00:00 to 23:59" },
	{ "Tries", "station.ini", "tries = 2", "tries = 0", "tries = 0",
	  "station.ini:@: tries is \"0\", expected a whole number from 1 to 10" },
	{ "Settle", "station.ini", "settle_ms = 1500", "settle_ms = 1.5s", "settle_ms = 1.5s",
	  "station.ini:@: settle_ms is \"1.5s\", expected a whole number from 100 to 60000" },
	{ "Apn", "station.ini", "apn = internet", "apn = inter\"net", "apn = inter\"net",
	  "station.ini:@: apn cannot be sent, expected at most 100 ASCII characters, no quote or "
	  "backslash" },
	{ "NoCatalogue", "station.ini", "catalogue.ini\n#", "none.ini\n#", "# SPDX",
	  "none.ini:@: cannot be opened (No such file or directory), expected a readable file" },
	{ "BusNumber", "slots.ini", "pci-0000:00:14.0-usb-0:1.1", "1-4.2.3", "1-4.2.3",
	  "slots.ini:@: path is \"1-4.2.3\", expected a path like pci-0000:00:14.0-usb-0:4.2.3: a "
	  "bus number changes from boot "
	  "to boot" },
	{ "TtyName", "slots.ini", "pci-0000:00:14.0-usb-0:1.1", "/dev/ttyUSB2", "/dev/ttyUSB2",
	  "slots.ini:@: path is \"/dev/ttyUSB2\", expected a path like "
	  "pci-0000:00:14.0-usb-0:4.2.3: a tty name goes to "
	  "whichever unit comes next" },
	{ "Interface", "slots.ini", "usb-0:1.1", "usb-0:1.1:1.2", "usb-0:1.1:1.2",
	  "slots.ini:@: path is \"pci-0000:00:14.0-usb-0:1.1:1.2\", expected the path of the USB "
	  "device, without the interface "
	  "at its end" },
	{ "PathTwice", "slots.ini", "usb-0:1.2", "usb-0:1.1", "usb-0:1.1",
	  "slots.ini:@: path pci-0000:00:14.0-usb-0:1.1 is slot A1 already, expected one slot per "
	  "path" },
	{ "LabelTwice", "slots.ini", "[A2]", "[A1]", "[A1]",
	  "slots.ini:@: section [A1] is there twice, first in line 5; expected once" },
	{ "LongLabel", "slots.ini", "[A2]", "[the second from the left]",
	  "[the second from the left]",
	  "slots.ini:@: label the second from the left is too long, expected at most 16 "
	  "characters" },
	{ "NoPath", "slots.ini", "path = pci-0000:00:14.0-usb-0:1.2\n", "", "[A2]",
	  "slots.ini:@: path is missing in [A2], expected path = …" },
	{ "Presence", "slots.ini", "presence = answer", "presence = line:ri", "presence = line:ri",
	  "slots.ini:@: presence is \"line:ri\", expected one of: auto, usb, answer, line:cts, "
	  "line:dsr, line:dcd, always" },
	{ "Power", "slots.ini", "power_on = auto", "power_on = dtr", "power_on = dtr",
	  "slots.ini:@: power_on is \"dtr\", expected auto, dtr:MS or rts:MS with 1 to 10000 "
	  "milliseconds" },
	{ "PowerTime", "slots.ini", "power_on = auto", "power_on = dtr:0", "power_on = dtr:0",
	  "slots.ini:@: power_on is \"dtr:0\", expected auto, dtr:MS or rts:MS with 1 to 10000 "
	  "milliseconds" },
	{ "Rest", "slots.ini", "dtr = on", "dtr = high", "dtr = high",
	  "slots.ini:@: dtr is \"high\", expected one of: off, on, no, yes" },
	{ "Pin", "secrets.ini", "pin =", "pin = 12a4", "pin = 12",
	  "secrets.ini:@: pin is ***, expected 4 to 8 digits" },
	{ "Password", "secrets.ini", "apn_password =", "apn_password = a\"b", "apn_password = a\"b",
	  "secrets.ini:@: apn_password cannot be sent, expected at most 100 ASCII characters, no "
	  "quote or backslash" },
	{ "MissingPackage", "catalogue.ini", "mc65-a01-a02.pack", "mc65-a01-a09.pack",
	  "mc65-a01-a09.pack",
	  "catalogue.ini:@: file packages/mc65-a01-a09.pack cannot be opened: No such file or "
	  "directory, expected a package" },
	{ "WrongHash", "catalogue.ini", "b02b37ad", "b02b37ae", "b02b37ae",
	  "catalogue.ini:@: file packages/mc65-a01-a02.pack has SHA-256 "
	  "b02b37adb6654c2f30218a8a801bbd02f3aba62bdf23ed588125ebbf54bb091b, expected sha256 = "
	  "b02b37aeb6654c2f30218a8a801bbd02f3aba62bdf23ed588125ebbf54bb091b" },
	{ "WrongSize", "catalogue.ini", "size = 24", "size = 23", "size = 23",
	  "catalogue.ini:@: file packages/mc65-a01-a02.pack has 24 bytes, expected size = 23" },
};

INSTANTIATE_TEST_SUITE_P(Table, BadConfig, testing::ValuesIn(bad_configs),
			 [](const testing::TestParamInfo<Bad> &info) {
				 return std::string(info.param.name);
			 });

TEST(Config, RefusesSecretsOpenToOthers)
{
	ConfigFolder folder;

	g_chmod(folder.at("secrets.ini").c_str(), 0640);
	EXPECT_EQ(folder.load(), nullptr);
	EXPECT_EQ(folder.said(), Texts{ "secrets.ini:1: has mode 0640, expected 0600: others may "
					"touch the secrets" });
}

TEST(Config, CollectsEverythingAcrossFiles)
{
	ConfigFolder folder;

	folder.change("station.ini", "tries = 2", "tries = 0");
	folder.change("slots.ini", "[A2]", "[A1]");
	folder.change("catalogue.ini", "size = 24", "size = 23");
	g_chmod(folder.at("secrets.ini").c_str(), 0644);
	EXPECT_EQ(folder.load(), nullptr);
	EXPECT_EQ(folder.said().size(), 4u) << testing::PrintToString(folder.said());
}

TEST(Config, NamesTheFileOfAMissingFolder)
{
	Complaints complaints;

	EXPECT_EQ(config_load("/nowhere", &test_knows, complaints), nullptr);
	EXPECT_EQ(complaints.all(), Texts{ "/nowhere/station.ini:1: cannot be opened (No such file "
					   "or directory), expected "
					   "a readable file" });
}

TEST(Config, NeedsASlot)
{
	ConfigFolder folder;

	folder.write("slots.ini", "# none yet\n");
	EXPECT_EQ(folder.load(), nullptr);
	EXPECT_EQ(folder.said(),
		  Texts{ "slots.ini:1: names no slot, expected a section [LABEL] for each" });
}
