/* SPDX-License-Identifier: Apache-2.0
 *
 * Trouble is told twice: in English for the record, in the person's language for the screen. It does not know who shows it. */
#include "lib/bus.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/in_chinese.h"
#include "tests/telit_unit.h"

namespace
{

struct Told {
	std::string text, said;
};

/* What has been told as trouble. */
using Heard = std::vector<Told>;

bool hear(gpointer user, const Event *event)
{
	if (event->kind == EV_TROUBLE)
		static_cast<Heard *>(user)->push_back(
			{ event->text, event->said ? event->said : "" });
	return true;
}

bool refuse(gpointer user, const Event *event)
{
	return false;
}

gint64 no_time(gpointer user)
{
	return 0;
}

class Said : public testing::Test
{
      protected:
	Said()
	{
		const BusClock clock = { no_time, no_time, nullptr };

		bus = bus_new(&clock);
		bus_subscribe(bus, "the test", hear, &heard);
	}
	~Said() override
	{
		bus_free(bus);
	}

	InChinese chinese{ LOCALE_DIR };
	Bus *bus;
	Heard heard;
};

TEST_F(Said, TroubleOfTheStation)
{
	bus_trouble(bus, "the disk is nearly full: nothing new starts until there is room on it");
	bus_trouble(bus, "%s", "what somebody else says");
	ASSERT_EQ(heard.size(), 2u);
	EXPECT_EQ(heard[0].text,
		  "the disk is nearly full: nothing new starts until there is room on it");
	EXPECT_NE(heard[0].said.find("磁盘"), std::string::npos) << heard[0].said;
	EXPECT_EQ(heard[1].text, "what somebody else says");
	EXPECT_EQ(heard[1].said, "what somebody else says");
}

TEST_F(Said, AReaderThatIsSwitchedOff)
{
	bus_subscribe(bus, "the record", refuse, nullptr);
	bus_emit(bus, (Event){});
	ASSERT_EQ(heard.size(), 1u);
	EXPECT_EQ(heard[0].text, "the record can no longer be written to and is switched off");
	EXPECT_EQ(heard[0].said, "记录 无法再写入，已停用");
}

TEST_F(Said, WarningOfADriver)
{
	TelitUnit t("telit-pfm-sms-test");

	bus_subscribe(t.bus, "the test of words", hear, &heard);
	t.target = nullptr;
	t.calls = false;
	t.start();
	t.run_to_step("request");
	t.say("#OTAEV: Do you want to upgrade?");
	t.run_to_end();
	ASSERT_EQ(heard.size(), 1u);
	EXPECT_EQ(heard[0].text, std::string("the server was to test only, and has updated IMEI ") +
					 t.result()->unit.imei);
	EXPECT_NE(heard[0].said.find("服务器"), std::string::npos) << heard[0].said;
	EXPECT_NE(heard[0].said.find(t.result()->unit.imei), std::string::npos);
}

} // namespace
