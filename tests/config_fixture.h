/* SPDX-License-Identifier: Apache-2.0
 *
 * A folder of configuration that lives as long as a test, and drivers as far as configuration asks
 * about them. It does not know the real drivers. */
#pragma once

#include <glib.h>
#include <glib/gstdio.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lib/ini.h"
#include "lib/knows.h"

inline bool knows_driver(const char *driver)
{
	std::string name = driver;

	/* The last two are those of the installed models. */
	return name == "quectel-dfota" || name == "telit-pfm" || name.rfind("simcom-", 0) == 0;
}

inline bool knows_procedure(const char *driver, const char *procedure)
{
	std::string name = procedure;

	return knows_driver(driver) &&
	       (name == "quectel-dfota-local" || name == "quectel-dfota-http" ||
		name == "test-cloud" || name == "test-pfm" || name == "test-query");
}

inline bool knows_step(const char *, const char *step)
{
	return std::string(step) == "upload" || std::string(step) == "flash";
}

inline guint knows_url_limit(const char *procedure)
{
	return std::string(procedure) == "quectel-dfota-http" ? 255 : 0;
}

inline guint knows_cloud(const char *procedure)
{
	std::string name = procedure;

	return name == "test-cloud" ? 1 : name == "test-pfm" ? 2 | 4 : 0;
}

inline bool knows_updates(const char *procedure)
{
	return std::string(procedure) != "test-query";
}

static const ConfigKnows test_knows = { knows_driver,    knows_procedure, knows_step,
					knows_url_limit, knows_cloud,     knows_updates };

class Folder
{
      public:
	Folder()
	{
		g_autofree char *made = g_dir_make_tmp("fota-test-XXXXXX", nullptr);

		path = made;
	}

	~Folder()
	{
		remove_tree(path);
	}

	std::string at(const std::string &name) const
	{
		return path + "/" + name;
	}

	/* Makes the folders on the way too. */
	std::string write(const std::string &name, const std::string &text, int mode = 0644) const
	{
		std::string file = at(name);
		g_autofree char *dir = g_path_get_dirname(file.c_str());

		EXPECT_EQ(g_mkdir_with_parents(dir, 0755), 0);
		EXPECT_TRUE(g_file_set_contents(file.c_str(), text.data(), text.size(), nullptr));
		EXPECT_EQ(g_chmod(file.c_str(), mode), 0);
		return file;
	}

	std::string path;

      private:
	static void remove_tree(const std::string &what)
	{
		if (g_file_test(what.c_str(), G_FILE_TEST_IS_DIR) &&
		    !g_file_test(what.c_str(), G_FILE_TEST_IS_SYMLINK)) {
			g_autoptr(GDir) dir = g_dir_open(what.c_str(), 0, nullptr);

			while (const char *name = dir ? g_dir_read_name(dir) : nullptr)
				remove_tree(what + "/" + name);
		}
		g_remove(what.c_str());
	}
};

/* Complaints as a test reads them. */
struct Complaints {
	GPtrArray *list = complaints_new();

	~Complaints()
	{
		g_ptr_array_unref(list);
	}

	operator GPtrArray *() const
	{
		return list;
	}

	std::vector<std::string> all() const
	{
		std::vector<std::string> texts;

		for (guint i = 0; i < list->len; i++)
			texts.push_back((const char *)g_ptr_array_index(list, i));
		return texts;
	}
};

inline std::string replaced(std::string text, const std::string &what, const std::string &with)
{
	size_t at = text.find(what);

	EXPECT_NE(at, std::string::npos) << what;
	return at == std::string::npos ? text : text.replace(at, what.size(), with);
}

inline std::string sha256(const std::string &bytes)
{
	g_autofree char *text = g_compute_checksum_for_data(
		G_CHECKSUM_SHA256, (const guchar *)bytes.data(), bytes.size());

	return text;
}
