/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of ranges and of addresses of packages: what a header asks for, the set of bytes against one bit per byte, tokens.
 * They know no server. */
#include "station/package_url.h"
#include "station/ranges.h"

#include <random>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace
{

struct Asked {
	const char *header;
	RangeAnswer answer;
	guint64 first, end;
};

TEST(Range, Parses)
{
	const Asked table[] = {
		{ nullptr, RANGE_WHOLE, 0, 1000 },
		{ "", RANGE_WHOLE, 0, 1000 },
		{ "bytes=0-0", RANGE_PART, 0, 1 },
		{ "bytes=0-999", RANGE_PART, 0, 1000 },
		{ "Bytes=10-19", RANGE_PART, 10, 20 },
		{ "bytes=500-", RANGE_PART, 500, 1000 },
		{ "bytes=999-", RANGE_PART, 999, 1000 },
		{ "bytes=500-99999", RANGE_PART, 500, 1000 },
		{ "bytes=-1", RANGE_PART, 999, 1000 },
		{ "bytes=-1000", RANGE_PART, 0, 1000 },
		{ "bytes=-5000", RANGE_PART, 0, 1000 },
		{ "bytes=0-18446744073709551615", RANGE_PART, 0, 1000 },
		{ "bytes=0-99999999999999999999999", RANGE_PART, 0, 1000 },
		/* Understood, and nothing there. */
		{ "bytes=1000-", RANGE_NONE, 0, 0 },
		{ "bytes=1000-2000", RANGE_NONE, 0, 0 },
		{ "bytes=-0", RANGE_NONE, 0, 0 },
		{ "bytes=99999999999999999999999-", RANGE_NONE, 0, 0 },
		/* Several, and what is none. */
		{ "bytes=0-1,5-6", RANGE_WHOLE, 0, 1000 },
		{ "bytes=0-1, -5", RANGE_WHOLE, 0, 1000 },
		{ "bytes=20-10", RANGE_WHOLE, 0, 1000 },
		{ "bytes=-", RANGE_WHOLE, 0, 1000 },
		{ "bytes=", RANGE_WHOLE, 0, 1000 },
		{ "bytes=5", RANGE_WHOLE, 0, 1000 },
		{ "bytes=--5", RANGE_WHOLE, 0, 1000 },
		{ "bytes=+5-9", RANGE_WHOLE, 0, 1000 },
		{ "bytes=-+5", RANGE_WHOLE, 0, 1000 },
		{ "bytes= 5-9", RANGE_WHOLE, 0, 1000 },
		{ "bytes=5-9 ", RANGE_WHOLE, 0, 1000 },
		{ "bytes=5-9x", RANGE_WHOLE, 0, 1000 },
		{ "bytes=0x5-9", RANGE_WHOLE, 0, 1000 },
		{ "items=5-9", RANGE_WHOLE, 0, 1000 },
		{ "bytes", RANGE_WHOLE, 0, 1000 },
		{ "5-9", RANGE_WHOLE, 0, 1000 },
	};

	for (const Asked &asked : table) {
		guint64 first = 7, end = 7;

		EXPECT_EQ(range_parse(asked.header, 1000, &first, &end), asked.answer)
			<< (asked.header ? asked.header : "none");
		if (asked.answer == RANGE_NONE)
			continue;
		EXPECT_EQ(first, asked.first) << asked.header;
		EXPECT_EQ(end, asked.end) << asked.header;
	}
}

/* Whatever bytes it is made of, it stays within the package. */
TEST(Range, NeverLeavesThePackage)
{
	std::mt19937 rng(3);
	const char letters[] = "bytes=0123456789-,- x";

	for (int i = 0; i < 200000; i++) {
		std::string header = rng() % 2 ? "bytes=" : "";
		guint64 size = 1 + rng() % 100, first, end;

		for (guint n = rng() % 8; n > 0; n--)
			header += letters[rng() % (sizeof(letters) - 1)];
		if (range_parse(header.c_str(), size, &first, &end) == RANGE_NONE)
			continue;
		ASSERT_LT(first, end) << header;
		ASSERT_LE(end, size) << header;
	}
}

TEST(Ranges, AreASetOfBytes)
{
	std::mt19937 rng(7);

	for (int round = 0; round < 500; round++) {
		std::vector<bool> bits(400);
		Ranges ranges = {};
		guint64 before = 0;

		for (int i = 0; i < 30; i++) {
			guint64 first = rng() % 400, end = first + rng() % (400 - first + 1);
			guint64 n = 0;

			ranges_add(&ranges, first, end);
			for (guint64 b = first; b < end; b++)
				bits[b] = true;
			for (bool bit : bits)
				n += bit;
			ASSERT_EQ(ranges_total(&ranges), n);
			ASSERT_GE(n, before);
			before = n;
		}
	}
}

/* More pieces than it holds: it says too little, never too much. */
TEST(Ranges, ForgetRatherThanInvent)
{
	Ranges ranges = {};

	for (guint64 i = 0; i < 1000; i++) {
		ranges_add(&ranges, i * 10, i * 10 + 1 + i % 7);
		ASSERT_LE(ranges.n, (guint)RANGES_MAX);
		ASSERT_LE(ranges_total(&ranges), (i + 1) * 7);
	}
	ranges_add(&ranges, 0, 10000);
	EXPECT_EQ(ranges_total(&ranges), 10000u);
	EXPECT_EQ(ranges.n, 1u);
	ranges_add(&ranges, 5, 5);
	ranges_add(&ranges, 9, 3);
	EXPECT_EQ(ranges_total(&ranges), 10000u);
}

TEST(PackageUrl, KnowsHosts)
{
	for (const char *good : { "192.0.2.7", "fota.example", "a", "a-b.c1", "2001:db8::7",
				  "localhost", "1a", "xn--tst-qla.example" })
		EXPECT_TRUE(package_url_host(good)) << good;
	for (const char *bad :
	     { "", "192.0.2", "192.0.2.700", "a b", "http://a", "a/b", "a:80", "a.", ".a", "a..b",
	       "-a", "a_b", "[2001:db8::7]", "a\"b", "ä.example" })
		EXPECT_FALSE(package_url_host(bad)) << bad;
	EXPECT_FALSE(package_url_host(std::string(254, 'a').c_str()));
}

TEST(PackageUrl, Spells)
{
	g_autofree char *v4 = package_url("192.0.2.7", 8480, "TOKEN");
	g_autofree char *v6 = package_url("2001:db8::7", 1, "TOKEN");
	g_autofree char *longest = package_url("h", 65535, nullptr);

	EXPECT_STREQ(v4, "http://192.0.2.7:8480/TOKEN");
	EXPECT_STREQ(v6, "http://[2001:db8::7]:1/TOKEN");
	EXPECT_EQ(strlen(longest), strlen("http://h:65535/") + PACKAGE_TOKEN_CHARS);
}

/* Each bit of the random bytes counts. */
TEST(PackageUrl, TokensTellEveryBitApart)
{
	std::set<std::string> seen;
	char token[PACKAGE_TOKEN_CHARS + 1];

	for (guint bit = 0; bit < 160; bit++) {
		guint8 random[20] = {};

		random[bit / 8] = 1 << bit % 8;
		package_token(random, token);
		ASSERT_EQ(strlen(token), (size_t)PACKAGE_TOKEN_CHARS);
		ASSERT_EQ(strspn(token, "abcdefghijklmnopqrstuvwxyz234567"), strlen(token));
		seen.insert(token);
	}
	EXPECT_EQ(seen.size(), 160u);
}

} // namespace
