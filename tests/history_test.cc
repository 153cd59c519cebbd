/* SPDX-License-Identifier: Apache-2.0
 *
 * A record that cannot be asked: whoever asked hears of it, and only who still waits. It does not know what an answer looks like. */
#include "station/history.h"

#include <string>

#include <gtest/gtest.h>

namespace
{

struct Heard {
	guint times, token;
	std::string trouble;
};

void hear(gpointer user, guint token, const HistoryVisit *visits, guint n, const char *trouble)
{
	Heard *heard = static_cast<Heard *>(user);

	heard->times++;
	heard->token = token;
	heard->trouble = trouble ? trouble : "";
}

TEST(History, AProgramThatIsNotThereIsToldOnceTheTokenIsKnown)
{
	const char *const filters[] = { nullptr };
	Heard heard = {};

	setenv("PATH", "/nonexistent", 1);
	History *history = history_new("/nonexistent/station.db", hear, &heard);
	history_ask(history, filters);
	guint token = history_ask(history, filters);
	EXPECT_NE(token, 0u);
	EXPECT_EQ(heard.times, 0u) << "nobody knows the token yet";
	while (g_main_context_iteration(nullptr, false))
		;
	EXPECT_EQ(heard.times, 1u) << "nobody waits for the first";
	EXPECT_EQ(heard.token, token);
	EXPECT_NE(heard.trouble.find("the record cannot be asked"), std::string::npos);
	history_ask(history, filters);
	history_free(history);
	while (g_main_context_iteration(nullptr, false))
		;
	EXPECT_EQ(heard.times, 1u) << "nothing is told after the end";
}

} // namespace
