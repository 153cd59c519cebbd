/* SPDX-License-Identifier: Apache-2.0
 *
 * Every transcript in tests/transcripts, or in the folder that TRANSCRIPTS names, is played, once as it was received and once
 * byte by byte: the verdict is the same. It does not know where they come from; one from a factory becomes a test by being put
 * there. */
#include "tests/transcript.h"

namespace
{

class Transcripts : public testing::TestWithParam<std::string>
{
};

std::set<std::string> transcripts()
{
	const char *folder = g_getenv("TRANSCRIPTS") ? g_getenv("TRANSCRIPTS") : TRANSCRIPTS_DIR;
	g_autoptr(GDir) dir = g_dir_open(folder, 0, nullptr);
	std::set<std::string> files;

	while (const char *name = dir ? g_dir_read_name(dir) : nullptr)
		if (g_str_has_suffix(name, ".txt"))
			files.insert(std::string(folder) + "/" + name);
	return files;
}

std::string name_of(const testing::TestParamInfo<std::string> &info)
{
	g_autofree char *name = g_path_get_basename(info.param.c_str());

	*strrchr(name, '.') = '\0';
	return g_strcanon(name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS, '_');
}

INSTANTIATE_TEST_SUITE_P(All, Transcripts, testing::ValuesIn(transcripts()), name_of);

TEST_P(Transcripts, EndsAsItEnded)
{
	Transcript(GetParam(), true).play();
}

TEST_P(Transcripts, DoesNotDependOnHowBytesWereCut)
{
	Transcript(GetParam(), false).play();
}

} // namespace
