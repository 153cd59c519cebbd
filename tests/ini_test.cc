/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of the configuration reader: what it takes, and the one sentence with a line for everything
 * it does not. They do not know what the keys of the station mean. */
#include "tests/config_fixture.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <random>

#include "lib/secret.h"

using Texts = std::vector<std::string>;

static Ini *parse(const std::string &text, GPtrArray *complaints)
{
	return ini_parse("a.ini", text.data(), text.size(), complaints);
}

TEST(Ini, ReadsWhatItIsAskedFor)
{
	Complaints complaints;
	g_autoptr(Ini) ini = parse(
		"# comment\r\n\n[station]\r\nname =  two words \r\nn=7\nflag = on\nother = no\n"
		"word = green\npass = a\\nb = c#\nempty =\n[package x y]\n",
		complaints);
	static const char *const words[] = { "red", "green", nullptr };
	IniSection *s = ini_section(ini, "station");

	EXPECT_STREQ(ini_string(s, "name", ""), "two words");
	EXPECT_EQ(ini_uint(s, "n", 1, 9, 3), 7u);
	EXPECT_EQ(ini_uint(s, "absent", 1, 9, 3), 3u);
	EXPECT_TRUE(ini_bool(s, "flag", false));
	EXPECT_FALSE(ini_bool(s, "other", true));
	EXPECT_EQ(ini_choice(s, "word", words, 0), 1);
	EXPECT_STREQ(ini_string(s, "pass", ""), "a\\nb = c#");
	EXPECT_STREQ(ini_string(s, "empty", "x"), "");
	EXPECT_STREQ(ini_string(nullptr, "name", "fallback"), "fallback");
	EXPECT_EQ(ini_section_line(s), 3u);
	EXPECT_STREQ(ini_key(s, 1), "n");
	EXPECT_EQ(ini_key(s, 8), nullptr);
	EXPECT_STREQ(ini_section_of(ini_nth(ini, 1), "package"), "x y");
	EXPECT_EQ(ini_section_of(ini_nth(ini, 1), "pack"), nullptr);
	EXPECT_EQ(ini_nth(ini, 2), nullptr);
	EXPECT_EQ(ini_section(ini, "none"), nullptr);
	ini_finish(ini, "[station]");
	EXPECT_EQ(complaints.all(), Texts{});
}

struct BadLine {
	const char *name;
	std::string text;
	const char *complaint;
};

class IniLines : public testing::TestWithParam<BadLine>
{
};

/* Asks for everything there is, so that only the broken line is left to complain of. */
TEST_P(IniLines, GiveOneSentenceWithALine)
{
	Complaints complaints;
	g_autoptr(Ini) ini = parse(GetParam().text, complaints);
	IniSection *s = ini_section(ini, "s");

	if (s) {
		ini_string(s, "a", "");
		ini_uint(s, "n", 1, 9, 1);
		ini_bool(s, "b", false);
	}
	ini_finish(ini, "[s]");
	EXPECT_EQ(complaints.all(), Texts{ GetParam().complaint });
}

static const BadLine bad_lines[] = {
	{ "Text", "[s]\nhello\n",
	  "a.ini:2: cannot read \"hello\", expected [section], key = value or # comment" },
	{ "OpenSection", "[s]\n[t\n",
	  "a.ini:2: cannot read \"[t\", expected [section], key = value or # comment" },
	{ "EmptySection", "[s]\n[]\n",
	  "a.ini:2: cannot read \"[]\", expected [section], key = value or # comment" },
	{ "KeyWithSpace", "[s]\na b = 1\n",
	  "a.ini:2: cannot read \"a b\", expected [section], key = value or # comment" },
	{ "NoKey", "[s]\n= 1\n",
	  "a.ini:2: cannot read \"\", expected [section], key = value or # comment" },
	{ "NoSection", "a = 1\n[s]\n",
	  "a.ini:1: key a stands before any section, expected [section] first" },
	{ "SectionTwice", "[s]\na = 1\n[s]\na = 2\n",
	  "a.ini:3: section [s] is there twice, first in line 1; expected once" },
	{ "KeyTwice", "[s]\na = 1\n\na = 2\n",
	  "a.ini:4: key a is there twice in [s], first in line 2; expected once" },
	{ "UnknownSection", "[s]\n[t]\nx = 1\n", "a.ini:2: unknown section [t], expected [s]" },
	{ "UnknownKey", "[s]\nx = 1\n", "a.ini:2: unknown key x in [s], expected one of: a, n, b" },
	{ "NoNumber", "[s]\nn = many\n",
	  "a.ini:2: n is \"many\", expected a whole number from 1 to 9" },
	{ "Negative", "[s]\nn = -1\n",
	  "a.ini:2: n is \"-1\", expected a whole number from 1 to 9" },
	{ "TooMuch", "[s]\nn = 99999999999999999999999\n",
	  "a.ini:2: n is \"99999999999999999999999\", expected a whole number from 1 to 9" },
	{ "EmptyNumber", "[s]\nn =\n", "a.ini:2: n is \"\", expected a whole number from 1 to 9" },
	{ "NoBool", "[s]\nb = maybe\n",
	  "a.ini:2: b is \"maybe\", expected one of: off, on, no, yes" },
	{ "NoUtf8", "[s]\na = \xff\n", "a.ini:2: byte 0xff is not UTF-8, expected UTF-8 text" },
	{ "Nul", std::string("[s]\na = \0\n", 9),
	  "a.ini:2: byte 0x00 is not UTF-8, expected UTF-8 text" },
	{ "Escape", "[s]\na = \x1b[2J\n", "a.ini:2: control character 0x1b, expected text" },
	{ "C1Escape",
	  "[s]\na = \xc2\x9b"
	  "2J\n",
	  "a.ini:2: control character 0x9b, expected text" },
	{ "ByteOrderMark", "\xef\xbb\xbf[s]\n",
	  "a.ini:1: cannot read \"\xef\xbb\xbf[s]\", expected [section], key = value or # "
	  "comment" },
	{ "LongValue", "[s]\nn = " + std::string(500, 'x') + "\n",
	  "a.ini:2: n is \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…\", "
	  "expected a whole number "
	  "from 1 to 9" },
};

INSTANTIATE_TEST_SUITE_P(Bad, IniLines, testing::ValuesIn(bad_lines),
			 [](const testing::TestParamInfo<BadLine> &info) {
				 return std::string(info.param.name);
			 });

TEST(Ini, SaysEverythingThatIsWrong)
{
	Complaints complaints;
	g_autoptr(Ini) ini = parse("junk\n[s]\nx = 1\nn = 77\n[t]\n", complaints);

	ini_uint(ini_section(ini, "s"), "n", 1, 9, 1);
	EXPECT_EQ(ini_required(ini_section(ini, "s"), "a"), nullptr);
	ini_finish(ini, "[s]");
	EXPECT_EQ(complaints.all(),
		  (Texts{
			  "a.ini:1: cannot read \"junk\", expected [section], key = value or # "
			  "comment",
			  "a.ini:4: n is \"77\", expected a whole number from 1 to 9",
			  "a.ini:2: a is missing in [s], expected a = …",
			  "a.ini:3: unknown key x in [s], expected one of: n, a",
			  "a.ini:5: unknown section [t], expected [s]",
		  }));
}

TEST(Ini, BoundsTheKeysOfASection)
{
	Complaints complaints;
	std::string text = "[s]\n";

	for (int i = 0; i < 300; i++)
		text += "k" + std::to_string(i) + " = 1\n";
	g_autoptr(Ini) ini = parse(text, complaints);

	EXPECT_NE(ini_key(ini_section(ini, "s"), 255), nullptr);
	EXPECT_EQ(ini_key(ini_section(ini, "s"), 256), nullptr);
	EXPECT_EQ(complaints.all()[0], "a.ini:258: more keys in [s], expected at most 256");
}

TEST(Ini, TakesOnlyFiles)
{
	Folder folder;
	Complaints complaints;
	std::string pipe = folder.at("pipe");
	std::string huge = folder.at("huge");

	ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
	folder.write("huge", "[s]\n");
	ASSERT_EQ(truncate(huge.c_str(), 4 * 1024 * 1024 + 1), 0);
	EXPECT_EQ(ini_load(folder.at("none").c_str(), complaints), nullptr);
	EXPECT_EQ(ini_load(folder.path.c_str(), complaints), nullptr);
	EXPECT_EQ(ini_load(pipe.c_str(), complaints), nullptr);
	EXPECT_EQ(ini_load(huge.c_str(), complaints), nullptr);
	EXPECT_EQ(complaints.all(),
		  (Texts{
			  folder.at("none") + ":1: cannot be opened (No such file or directory), "
					      "expected a readable file",
			  folder.path + ":1: is no file, expected a text file",
			  pipe + ":1: is no file, expected a text file",
			  huge + ":1: has 4194305 bytes, expected at most 4194304",
		  }));
}

TEST(Ini, NeverShowsASecret)
{
	Folder folder;
	Complaints complaints;
	std::string path =
		folder.write("secrets.ini", "[sim]\npin = 48151623\nhunter2 hunter2\n", 0600);
	g_autoptr(Ini) ini = ini_load_secret(path.c_str(), complaints);

	EXPECT_EQ(ini_uint(ini_section(ini, "sim"), "pin", 1, 9, 0), 0u);
	EXPECT_EQ(complaints.all(),
		  (Texts{
			  path + ":3: cannot read \"***\", expected [section], key = value or # "
				 "comment",
			  path + ":2: pin is \"***\", expected a whole number from 1 to 9",
		  }));
}

TEST(Ini, RefusesSecretsThatOthersMayTouch)
{
	Folder folder;

	for (int mode : { 0640, 0604, 0620, 0777 }) {
		Complaints complaints;
		std::string path = folder.write("secrets.ini", "[sim]\n", mode);

		EXPECT_EQ(ini_load_secret(path.c_str(), complaints), nullptr);
		ASSERT_EQ(complaints.all().size(), 1u);
		EXPECT_NE(complaints.all()[0].find("expected 0600: others may touch the secrets"),
			  std::string::npos);
	}
}

TEST(Ini, RefusesSecretsOfAnotherUser)
{
	Folder folder;
	Complaints complaints;
	std::string path = folder.write("secrets.ini", "[sim]\n", 0600);

	if (geteuid() != 0 || chown(path.c_str(), 12345, (gid_t)-1) != 0)
		GTEST_SKIP() << "needs root to give a file away";
	EXPECT_EQ(ini_load_secret(path.c_str(), complaints), nullptr);
	EXPECT_EQ(complaints.all(),
		  Texts{ path + ":1: belongs to user 12345, expected user 0 or root" });
}

TEST(Secret, PrintsAsStars)
{
	g_autoptr(Secret) secret = secret_new("48151623");
	g_autoptr(Secret) none = secret_new(nullptr);

	EXPECT_STREQ(secret_shown(secret), "***");
	EXPECT_STREQ(secret_reveal(secret), "48151623");
	EXPECT_FALSE(secret_empty(secret));
	EXPECT_STREQ(secret_shown(none), "");
	EXPECT_STREQ(secret_reveal(none), "");
	EXPECT_TRUE(secret_empty(none));
}

/* Whatever a file holds: no crash, and each complaint is one line of text that names a line of the
 * file. */
TEST(Ini, SurvivesAnyBytes)
{
	static const char seed[] = "[s]\na = 1\n# c\nn = 7\n[package x]\nb = on\n[s]\n=\n";
	static const char *const words[] = { "1", "2", nullptr };
	std::mt19937 random(7);

	for (guint round = 0; round < 3000; round++) {
		Complaints complaints;
		std::string text(seed, sizeof(seed) - 1);

		for (guint i = 0; i < 1 + random() % 6; i++)
			text[random() % text.size()] =
				random() % 3 ? "[]=\n# \r\t"[random() % 8] : random() % 256;
		g_autoptr(Ini) ini = parse(text, complaints);

		for (guint i = 0; IniSection *s = ini_nth(ini, i); i++) {
			ini_section_of(s, "package");
			ini_uint(s, "n", 1, 9, 1);
			ini_bool(s, "b", false);
			ini_choice(s, "a", words, 0);
			ini_required(s, "z");
		}
		ini_finish(ini, "[s]");
		for (const std::string &said : complaints.all()) {
			guint line = 0;

			EXPECT_EQ(sscanf(said.c_str(), "a.ini:%u: ", &line), 1) << said;
			EXPECT_GE(line, 1u);
			EXPECT_LE(line, 1 + std::count(text.begin(), text.end(), '\n'));
			EXPECT_TRUE(g_utf8_validate(said.c_str(), -1, nullptr));
			EXPECT_EQ(said.find_first_of("\n\r\x1b"), std::string::npos) << said;
		}
	}
}
