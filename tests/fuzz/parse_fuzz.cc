/* SPDX-License-Identifier: Apache-2.0
 *
 * Any line through every parser: nothing is read or written out of bounds, and what a parser accepts it accepts again.
 * It does not know which lines are right. */
#include "lib/at_parse.h"
#include "lib/drivers/simcom_parse.h"
#include "lib/drivers/telit_parse.h"
#include "lib/settings.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <memory>

namespace
{

void require(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "broken promise: %s\n", what);
	abort();
}

/* Parses into a block of exactly the promised size, so that a sanitizer sees one byte too many. */
template <typename Parser> void check_field(const char *text, gsize size, bool stable, Parser parse)
{
	std::unique_ptr<char[]> field(new char[size]), again(new char[size]);

	if (!parse(text, field.get()))
		return;
	require(memchr(field.get(), '\0', size), "not terminated");
	require(field[0], "accepted, but empty");
	if (!stable)
		return;
	require(parse(field.get(), again.get()), "its own result refused");
	require(strcmp(field.get(), again.get()) == 0, "its own result changed");
}

void check_identity(const char *text)
{
	check_field(text, 16, true, at_parse_imei);
	check_field(text, 24, true, at_parse_iccid);
	check_field(text, 16, true, at_parse_imsi);
	/* Behind a prefix spaces are welcome, bare they are not. */
	check_field(text, 64, false, at_parse_revision);
	check_field(text, 32, true, at_parse_name);
	for (gsize size : { 1, 2, 32 })
		check_field(text, size, false, [size](const char *line, char *value) {
			return at_parse_labelled(line, "Revision", value, size);
		});
}

void check_error(const char *text)
{
	std::unique_ptr<char[]> code(new char[4]), words(new char[8]);
	bool failed = at_parse_error(text, code.get(), 4, words.get(), 8);

	require(memchr(code.get(), '\0', 4) && memchr(words.get(), '\0', 8), "not terminated");
	require(failed == (at_parse_result(text) == RESULT_ERROR), "error and result disagree");
	require(!failed || !*code.get() || !*words.get(), "a code and words");
}

void check_numbers(const char *text)
{
	guint a = 0, b = 0;
	guint64 n;
	guint16 sum;
	bool has;

	at_parse_cpin(text);
	require(!at_parse_registration(text, &a) || a < 100, "registration");
	require(!at_parse_csq(text, &a, &b) || (a < 200 && b < 100), "csq");
	at_parse_cfun(text, &a);
	at_parse_ipr(text, &a);
	at_parse_qflds(text, &n);
	at_parse_qfupl(text, &n, &sum);
	switch (at_parse_qind(text, &a, &has)) {
	case QIND_DOWNLOADING:
	case QIND_UPDATING:
		require(has && a <= 100, "percent");
		break;
	case QIND_HTTPEND:
	case QIND_END:
		require(has, "no error number");
		break;
	case QIND_NONE:
	case QIND_HTTPSTART:
	case QIND_START:
	case QIND_OTHER:
		require(has || a == 0, "number");
		break;
	}
}

void check_simcom(const char *text)
{
	guint number = 0;
	guint64 size;
	bool on;
	CfotaKind kind = simcom_parse_cfota(text, &number);
	Fetch f = simcom_parse_fetch(text);

	require(kind != CFOTA_UPDATING || number <= 100, "percent of the updater");
	require(f.kind != FETCH_DONE || (f.code >= 100 && f.code <= 65535), "code of a fetch");
	require(f.kind != FETCH_DONE || f.has_len || f.len == 0, "length of a fetch");
	require(simcom_parse_cnact(text).valid + simcom_parse_app_pdp(text).valid < 2,
		"two bearers");
	simcom_parse_cfsgfis(text, &size);
	simcom_parse_capfota(text, &on);
	require(!simcom_parse_cscfota(text, &number) || number <= 9999, "code of the cloud");
}

void check_telit(const char *text)
{
	char value[SETTING_VALUE_SIZE], name[24] = "", kind[4] = "";
	static char setting_name[] = "+CREG", shape[] = "+CREG: %,", set[] = "AT+CREG=%";
	const Setting setting = { setting_name, set, shape, set };
	bool on;

	require(telit_parse_otaev(text) <= OTAEV_OTHER, "a report of no kind");
	telit_version_from(text, "10.00.xx3");
	telit_version_from(text, text);
	telit_parse_running(text, &on);
	telit_parse_autoatt(text, &on);
	require(!telit_parse_cgclass(text, kind) || strlen(kind) <= 2, "a class");
	require(!telit_parse_cnum(text, name) || strlen(name) >= 4, "a number");
	require(!setting_take(&setting, text, value) || !strpbrk(value, ";=|\r\n"), "a setting");
	setting_unpack(text, "E", value);
}

void check_sum(const uint8_t *data, size_t size)
{
	Xor16 whole = {}, cut = {};
	size_t at = size > 0 ? data[0] % size : 0;

	xor16_feed(&whole, data, size);
	xor16_feed(&cut, data, at);
	xor16_feed(&cut, data + at, size - at);
	require(whole.sum == cut.sum && whole.odd == cut.odd, "a sum that depends on cuts");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* A copy of exactly this size, with its end. */
	std::unique_ptr<char[]> text(new char[size + 1]);

	if (size > 0)
		memcpy(text.get(), data, size);
	text[size] = '\0';
	check_identity(text.get());
	check_error(text.get());
	check_numbers(text.get());
	check_simcom(text.get());
	check_telit(text.get());
	check_sum(data, size);
	return 0;
}
