/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs one fuzz target over the files of the folders it is given, so that a corpus is a test with any compiler.
 * It knows no target. */
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv)
{
	int files = 0;

	for (int i = 1; i < argc; i++) {
		for (const auto &entry : std::filesystem::directory_iterator(argv[i])) {
			std::ifstream in(entry.path(), std::ios::binary);
			std::string bytes((std::istreambuf_iterator<char>(in)),
					  std::istreambuf_iterator<char>());

			printf("%s\n", entry.path().filename().c_str());
			fflush(stdout);
			LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t *>(bytes.data()),
					       bytes.size());
			files++;
		}
	}
	printf("%d inputs\n", files);
	return files > 0 ? 0 : 1;
}
