/* SPDX-License-Identifier: Apache-2.0
 *
 * The examples of the installed data in a folder of their own, which a test may break. It does not know what is wrong with
 * them then. */
#pragma once

#include "station/config.h"

#include "tests/config_fixture.h"

#include <algorithm>

using Texts = std::vector<std::string>;

/* Set by the build: the folder that is installed as the station's data. */
inline std::string data_dir()
{
	const char *data = g_getenv("FOTA_STATION_DATA");

	EXPECT_NE(data, nullptr) << "FOTA_STATION_DATA must name the data folder";
	return data ? data : "";
}

inline std::string read(const std::string &path)
{
	g_autofree char *bytes = nullptr;
	gsize size = 0;

	EXPECT_TRUE(g_file_get_contents(path.c_str(), &bytes, &size, nullptr)) << path;
	return bytes ? std::string(bytes, size) : "";
}

inline std::string line_of(const std::string &text, const std::string &what)
{
	size_t at = text.rfind(what);

	EXPECT_NE(at, std::string::npos) << what;
	return std::to_string(1 + std::count(text.begin(), text.begin() + at, '\n'));
}

/* The examples, copied so that a test may break them. */
class ConfigFolder : public Folder
{
      public:
	ConfigFolder()
	{
		for (const char *name :
		     { "station.ini", "slots.ini", "catalogue.ini", "packages/mc65-a01-a02.pack",
		       "packages/mc65-a02-a03.pack" })
			write(name, read(data_dir() + "/examples/" + name));
		write("secrets.ini", read(data_dir() + "/examples/secrets.ini"), 0600);
	}

	~ConfigFolder()
	{
		config_free(config);
	}

	void change(const std::string &name, const std::string &what, const std::string &with)
	{
		write(name, replaced(read(at(name)), what, with),
		      name == "secrets.ini" ? 0600 : 0644);
	}

	Config *load()
	{
		config_free(config);
		config = config_load(path.c_str(), knows, complaints);
		return config;
	}

	/* Complaints without the folder. */
	Texts said() const
	{
		Texts texts = complaints.all();

		for (std::string &text : texts)
			for (size_t at; (at = text.find(path + "/")) != std::string::npos;)
				text.erase(at, path.size() + 1);
		return texts;
	}

	const ConfigKnows *knows = &test_knows;
	Config *config = nullptr;
	Complaints complaints;
};
