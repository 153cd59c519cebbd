/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of a configuration that is read anew: in a thread, with every complaint in two languages, and what of it cannot change.
 * They do not know who goes by it. */
#include "tests/config_folder.h"

#include "lib/driver.h"
#include "station/reload.h"

namespace
{

class Reloaded : public testing::Test
{
      protected:
	ConfigFolder folder;
	AppSetup setup = {};
	GMainLoop *loop = g_main_loop_new(nullptr, FALSE);
	Config *config = nullptr;
	std::string said, text;

	Reloaded()
	{
		folder.knows = &driver_knows;
		setup.config_dir = folder.path.c_str();
	}
	~Reloaded() override
	{
		config_free(config);
		g_main_loop_unref(loop);
	}
	static void done(gpointer user, Config *config, const char *said, const char *text)
	{
		Reloaded *self = static_cast<Reloaded *>(user);

		self->config = config;
		self->said = said ? said : "";
		self->text = text ? text : "";
		g_main_loop_quit(self->loop);
	}
	void read()
	{
		Reload *reload = reload_begin(&setup, done, this);

		g_main_loop_run(loop);
		reload_end(reload);
	}
};

TEST_F(Reloaded, IsReadBesideTheLoop)
{
	read();
	ASSERT_NE(config, nullptr) << said;
	EXPECT_GT(config->n_slots, 0u);
	EXPECT_EQ(reload_obstacle(config, config), nullptr);
}

TEST_F(Reloaded, AMistakeIsToldAsAtAStart)
{
	folder.write("station.ini", "[station]\nname = x\nrubbish\n");
	read();
	EXPECT_EQ(config, nullptr);
	EXPECT_NE(said.find(folder.at("station.ini") + ":3:"), std::string::npos) << said;
	EXPECT_EQ(said, text);
}

TEST_F(Reloaded, NobodyIsToldAfterItsEnd)
{
	reload_end(reload_begin(&setup, done, this));
	EXPECT_FALSE(g_main_context_pending(nullptr));
	EXPECT_EQ(config, nullptr);
}

TEST_F(Reloaded, WhatCannotChangeIsNamed)
{
	const Config *now = folder.load();

	ASSERT_NE(now, nullptr);
	read();
	ASSERT_NE(config, nullptr) << said;

	const struct {
		const char *obstacle;
		char **text;
		guint *number;
	} cases[] = {
		{ "station.ini: database", &config->database, nullptr },
		{ "station.ini: settle_ms", nullptr, &config->settle_ms },
		{ "station.ini: language", &config->language, nullptr },
		{ "station.ini: colour", &config->colour, nullptr },
		{ "station.ini: listen", &config->listen, nullptr },
		{ "station.ini: port", nullptr, &config->port },
		{ "station.ini: public_address", &config->public_address, nullptr },
		{ "station.ini: public_port", nullptr, &config->public_port },
		{ "slots.ini", &config->slots[0].label, nullptr },
		{ "slots.ini", &config->slots[0].path, nullptr },
		{ "slots.ini", nullptr, &config->n_slots },
	};
	char other[] = "something else";

	EXPECT_EQ(reload_obstacle(now, config), nullptr);
	for (const auto &c : cases) {
		char *was = c.text ? *c.text : nullptr;

		if (c.text)
			*c.text = other;
		else
			--*c.number;
		EXPECT_STREQ(reload_obstacle(now, config), c.obstacle);
		if (c.text)
			*c.text = was;
		else
			++*c.number;
	}
	config->tries++;
	EXPECT_EQ(reload_obstacle(now, config), nullptr);
}

} // namespace
