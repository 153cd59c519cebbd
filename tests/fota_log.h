/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs fota-log. It does not know what is asked. */
#pragma once

#include <gtest/gtest.h>

#include <glib.h>
#include <string>
#include <sys/wait.h>
#include <vector>

/* `program` is where it was built. The exit code; a signal is below zero. */
static inline int fota_log(const char *program, std::vector<std::string> words, std::string *out,
			   std::string *err)
{
	std::vector<char *> argv = { (char *)program };
	char *o = nullptr, *e = nullptr;
	int status = 0;

	for (std::string &w : words)
		argv.push_back(&w[0]);
	argv.push_back(nullptr);
	EXPECT_TRUE(g_spawn_sync(nullptr, argv.data(), nullptr, G_SPAWN_DEFAULT, nullptr, nullptr,
				 &o, &e, &status, nullptr));
	*out = o;
	*err = e;
	g_free(o);
	g_free(e);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}
