/* SPDX-License-Identifier: Apache-2.0
 *
 * Telit's parsers, line by line. They know no channel and no procedure. */
#include "lib/drivers/telit_parse.h"

#include <string>

#include <gtest/gtest.h>

namespace
{

TEST(TelitParse, Reports)
{
	struct {
		const char *line;
		OtaEvent event;
	} cases[] = {
		{ "#OTAEV: Registered", OTAEV_REGISTERED },
		{ "#OTAEV:Registered", OTAEV_REGISTERED },
		{ " #otaev:  registered", OTAEV_REGISTERED },
		{ "#OTAEV: Do you want to upgrade the firmware?", OTAEV_QUESTION },
		{ "#OTAEV: DO YOU WANT TO UPGRADE", OTAEV_QUESTION },
		{ "#OTAEV: Automatic Fw Upgrade Requested", OTAEV_AUTOMATIC },
		{ "#OTAEV: automatic  FW  upgrade requested", OTAEV_AUTOMATIC },
		{ "#OTAEV: User Answer Timeout", OTAEV_TIMEOUT },
		{ "#OTAEV: Start Fw Download", OTAEV_START },
		{ "#OTAEV: Start FW Download", OTAEV_START },
		{ "#OTAEV: Fw Download Complete", OTAEV_COMPLETE },
		{ "#OTAEV: FW Download Completed", OTAEV_COMPLETE },
		{ "#OTAEV: OTA FW Upgrade Failed", OTAEV_FAILED },
		{ "#OTAEV: Ota Fw Upgrade Failed", OTAEV_FAILED },
		{ "#OTAEV: Module Upgraded To New FW", OTAEV_UPGRADED },
		{ "#OTAEV: Module Upgraded To New Fw", OTAEV_UPGRADED },
		{ "#OTAEV: Server notified about successfull FW Upgrade", OTAEV_SERVED },
		{ "#OTAEV: Server notified about successful FW Upgrade", OTAEV_SERVED },
		{ "#OTAEV: Server notified about successfull FW Upgrade ", OTAEV_SERVED },
		{ "#OTAEV: Notified", OTAEV_NOTIFIED },
		{ "#OTAEV: #918", OTAEV_OTHER },
		{ "#OTAEV: #DREL", OTAEV_OTHER },
		{ "#OTAEV: Provisioned", OTAEV_OTHER },
		{ "#OTAEV: Fw Down", OTAEV_OTHER },
		{ "#OTAEV:", OTAEV_OTHER },
		{ "#OTAEV", OTAEV_NONE },
		{ "#OTASUAN: ,2,1", OTAEV_NONE },
		{ "", OTAEV_NONE },
		{ "Registered", OTAEV_NONE },
	};

	for (auto &c : cases)
		EXPECT_EQ(c.event, telit_parse_otaev(c.line)) << c.line;
}

/* xx is any; the fourth group counts, or the last digit of the third. */
TEST(TelitParse, Versions)
{
	struct {
		const char *version, *from;
		bool good;
	} cases[] = {
		{ "10.00.003", "10.00.xx3", true },
		{ "10.00.002", "10.00.xx3", false },
		{ "10.00.993", "10.00.xx3", true },
		{ "10.00.990", "10.00.xx3", false },
		{ "10.00.005.2", "10.00.xx3", false },
		{ "10.00.001.3", "10.00.xx3", true },
		{ "10.01.009", "10.00.xx3", false },
		{ "11.00.009", "10.00.xx3", false },
		{ "12.00.003.2", "12.00.xx.2", true },
		{ "12.00.003.1", "12.00.xx.2", false },
		{ "12.00.002", "12.00.xx.2", true },
		{ "12.00.001", "12.00.xx.2", false },
		{ "10.00.772", "10.00.77.2", true },
		{ "10.00.77.1", "10.00.77.2", false },
		{ "12.00.224-B023", "12.00.xx4", true },
		{ "12.00", "12.00.xx4", false },
		{ "", "10.00.xx3", false },
		{ "10.00.003", "", false },
		{ "10.00.0039999999999999999999", "10.00.xx3", true },
		{ "10.00.3.", "10.00.xx3", true },
		{ "a.b.c", "10.00.xx3", false },
	};

	for (auto &c : cases)
		EXPECT_EQ(c.good, telit_version_from(c.version, c.from))
			<< c.version << " " << c.from;
}

TEST(TelitParse, Flags)
{
	struct {
		const char *line;
		int value; /* -1: none */
	} cases[] = {
		{ "#AUTOATT: 1", 1 },    { "#AUTOATT:0", 0 },
		{ "#autoatt: 1 ", 1 },   { "#AUTOATT: 2", -1 },
		{ "#AUTOATT: 1,0", -1 }, { "#AUTOATT:", -1 },
		{ "#OTAIPUPD: 1", -1 },  { "", -1 },
	};
	bool on;

	for (auto &c : cases) {
		EXPECT_EQ(c.value >= 0, telit_parse_autoatt(c.line, &on)) << c.line;
		if (c.value >= 0) {
			EXPECT_EQ(c.value == 1, on) << c.line;
		}
	}
	EXPECT_TRUE(telit_parse_running("#OTAIPUPD: 1", &on) && on);
	EXPECT_TRUE(telit_parse_running("#OTAIPUPD: 0", &on) && !on);
	EXPECT_FALSE(telit_parse_running("#OTAIPUPD: (0-1)", &on));
}

TEST(TelitParse, Classes)
{
	struct {
		const char *line, *value;
	} cases[] = {
		{ "+CGCLASS: \"B\"", "B" }, { "+CGCLASS: B", "B" },     { "+cgclass:\"cc\"", "CC" },
		{ "+CGCLASS: CG ", "CG" },  { "+CGCLASS: \"A\"", "A" }, { "+CGCLASS: \"BX\"", "" },
		{ "+CGCLASS: ", "" },       { "+CGCLASS: \"", "" },     { "+CGCLASS", "" },
	};

	for (auto &c : cases) {
		char value[4] = "";

		EXPECT_EQ(*c.value != '\0', telit_parse_cgclass(c.line, value)) << c.line;
		EXPECT_STREQ(c.value, value) << c.line;
	}
}

TEST(TelitParse, Numbers)
{
	struct {
		const char *line, *value;
	} cases[] = {
		{ "+CNUM: \"\",\"+39335475718\",145", "+39335475718" },
		{ "+CNUM: \"Line 1, own\",\"39335475718\",129", "39335475718" },
		{ "+CNUM: ,\"+39335475718\",145", "+39335475718" },
		{ "+CNUM: \"\",\"\",129", "" },
		{ "+CNUM: \"\",\"+39;ATD\",129", "" },
		{ "+CNUM: \"\",\"+39335475718", "" },
		{ "+CNUM: \"", "" },
		{ "+CNUM:", "" },
		{ "+CNUM: \"\",\"12345678901234567890123456\",129", "" },
	};

	for (auto &c : cases) {
		char value[24] = "";

		EXPECT_EQ(*c.value != '\0', telit_parse_cnum(c.line, value)) << c.line;
		EXPECT_STREQ(c.value, value) << c.line;
	}
}

} // namespace
