/* SPDX-License-Identifier: Apache-2.0
 *
 * Every transcript in tests/transcripts is played, once as it was received and once byte by byte: the verdict is the same.
 * A transcript from a factory becomes a test by being put there. */
#include "tests/transcript.h"

#include <set>

namespace
{

std::set<std::string> transcripts()
{
	g_autoptr(GDir) dir = g_dir_open(TRANSCRIPTS_DIR, 0, nullptr);
	std::set<std::string> files;

	while (const char *name = dir ? g_dir_read_name(dir) : nullptr)
		if (g_str_has_suffix(name, ".txt"))
			files.insert(std::string(TRANSCRIPTS_DIR "/") + name);
	return files;
}

TEST(Transcripts, ThereAreSome)
{
	EXPECT_LE(10u, transcripts().size());
}

TEST(Transcripts, EndAsTheyEnded)
{
	for (const std::string &file : transcripts())
		Transcript(file, true).play();
}

TEST(Transcripts, DoNotDependOnHowBytesWereCut)
{
	for (const std::string &file : transcripts())
		Transcript(file, false).play();
}

} // namespace
