/* SPDX-License-Identifier: Apache-2.0
 *
 * What each parser makes of the lines that the vendors document, that modules really print, and that nobody should.
 * It needs no channel: tables of line and value. */
#include "lib/at_parse.h"

#include <string>

#include <gtest/gtest.h>

namespace
{

const char *const NOT = nullptr; /* the parser must refuse the line */

struct Row {
	const char *line;
	const char *value;
};

template <typename Parser> void check(const Row &row, Parser parse, char *field)
{
	bool taken = parse(row.line, field);

	EXPECT_EQ(taken, row.value != NOT) << row.line;
	if (taken && row.value) {
		EXPECT_STREQ(field, row.value) << row.line;
	}
}

TEST(AtParse, Result)
{
	for (const char *line : { "OK", "ok", "Ok" })
		EXPECT_EQ(at_parse_result(line), RESULT_OK) << line;
	for (const char *line : { "ERROR", "error", "+CME ERROR: 10",
				  "+CME ERROR: SIM not inserted", "+CME ERROR: ", "+CMS ERROR: 310",
				  "NO CARRIER", "COMMAND NOT SUPPORT", "BUSY", "+CME ERROR" })
		EXPECT_EQ(at_parse_result(line), RESULT_ERROR) << line;
	for (const char *line :
	     { "", "OKAY", "OK 1", "+CPIN: READY", "0", "4", "CONNECT", "ERRORS" })
		EXPECT_EQ(at_parse_result(line), RESULT_NONE) << line;
}

TEST(AtParse, Error)
{
	const struct {
		const char *line, *code, *words;
	} rows[] = {
		{ "+CME ERROR: 6507", "6507", "" },
		{ "+CME ERROR:3921", "3921", "" },
		{ "+cme error: 10", "10", "" },
		{ "+CMS ERROR: 310", "310", "" },
		{ "+CME ERROR: SIM not inserted", "", "SIM not inserted" },
		{ "+CME ERROR: operation not allowed", "", "operation not allowed" },
		{ "+CME ERROR: ", "", "" },
		{ "+CME ERROR", "", "" },
		{ "ERROR", "", "" },
		{ "NO CARRIER", "", "NO CARRIER" },
		{ "COMMAND NOT SUPPORT", "", "COMMAND NOT SUPPORT" },
		{ "+CME ERROR: 10 SIM", "", "10 SIM" },
		{ "+CME ERROR: 1234567890123456", "", "1234567890123456" },
	};
	char code[16], words[64];

	for (auto &row : rows) {
		EXPECT_TRUE(at_parse_error(row.line, code, sizeof(code), words, sizeof(words)))
			<< row.line;
		EXPECT_STREQ(code, row.code) << row.line;
		EXPECT_STREQ(words, row.words) << row.line;
	}
	for (const char *line : { "OK", "", "+CME", "RDY" })
		EXPECT_FALSE(at_parse_error(line, code, sizeof(code), words, sizeof(words)))
			<< line;
	std::string endless = "+CME ERROR: " + std::string(1000, 'x');
	EXPECT_TRUE(at_parse_error(endless.c_str(), code, sizeof(code), words, sizeof(words)));
	EXPECT_EQ(words, std::string(63, 'x'));
}

TEST(AtParse, Imei)
{
	const Row rows[] = {
		{ "869951030006302", "869951030006302" },
		{ "+CGSN: 869951030006302", "869951030006302" },
		{ "+CGSN: \"869951030006302\"", "869951030006302" },
		{ "+GSN:869951030006302", "869951030006302" },
		{ "+QGSN: \"865734020000749\"", "865734020000749" },
		{ "\"869951030006302\" ", "869951030006302" },
		{ "000000000000000", "000000000000000" },
		{ "86995103000630", NOT },
		{ "8699510300063021", NOT },
		{ "86995103000630A", NOT },
		{ "+CPIN: READY", NOT },
		{ "+CIMI: 869951030006302", NOT },
		{ "\"869951030006302", NOT },
		{ "AT+CGSN", NOT },
		{ "", NOT },
	};
	char field[16];

	for (auto &row : rows)
		check(row, at_parse_imei, field);
}

TEST(AtParse, Iccid)
{
	const Row rows[] = {
		{ "89860012345678901234", "89860012345678901234" },
		{ "8986001234567890123F", "8986001234567890123" },
		{ "8986001234567890123f", "8986001234567890123" },
		{ "898600123456789012FF", "898600123456789012" },
		{ "+CCID: 89860012345678901234", "89860012345678901234" },
		{ "+CCID: \"89860012345678901234\"", "89860012345678901234" },
		{ "+QCCID: 898600a2345678901234", "898600A2345678901234" },
		{ "+QCCID: 8986001234567890123F", "8986001234567890123" },
		{ "+ICCID: 89860012345678901234", "89860012345678901234" },
		{ "#CCID: 89860012345678901234", "89860012345678901234" },
		{ "8986001234567890123456", "8986001234567890123456" },
		{ "89860012345678901234567", NOT },
		{ "89860012345678901", NOT },
		{ "FFFFFFFFFFFFFFFFFFFF", NOT },
		{ "8986001234567890123G", NOT },
		{ "+CME ERROR: 10", NOT },
		{ "", NOT },
	};
	char field[24];

	for (auto &row : rows)
		check(row, at_parse_iccid, field);
}

TEST(AtParse, Imsi)
{
	const Row rows[] = {
		{ "460001234567890", "460001234567890" },
		{ "46000123456789", "46000123456789" },
		{ "+CIMI: 460001234567890", "460001234567890" },
		{ "#CIMI: 460001234567890", "460001234567890" },
		{ "\"460001234567890\"", "460001234567890" },
		{ "4600012345678", NOT },
		{ "4600012345678901", NOT },
		{ "46000123456789x", NOT },
		{ "+CPIN: READY", NOT },
	};
	char field[16];

	for (auto &row : rows)
		check(row, at_parse_imsi, field);
}

TEST(AtParse, Revision)
{
	const std::string longest(63, '1'), too_long(64, '1');
	const Row rows[] = {
		{ "Revision: MC60CAR01A01", "MC60CAR01A01" },
		{ "Revision:1529B08SIM7000G", "1529B08SIM7000G" },
		{ "  revision:  1951B16SIM7080  ", "1951B16SIM7080" },
		{ "+CGMR: LE11B01SIM7600C", "LE11B01SIM7600C" },
		{ "+GMR: LE11B01SIM7600C", "LE11B01SIM7600C" },
		{ "#CGMR: 12.00.004", "12.00.004" },
		{ "10.00.005", "10.00.005" },
		{ "SIM7600M21_LE11_181025_V2.00", "SIM7600M21_LE11_181025_V2.00" },
		{ "\"1951B16SIM7080\"", "1951B16SIM7080" },
		{ "Revision: M0B.700001 (2020)", "M0B.700001 (2020)" },
		{ longest.c_str(), longest.c_str() },
		{ too_long.c_str(), NOT },
		{ "Revision:", NOT },
		{ "Revision: ", NOT },
		{ "Revision: \"\"", NOT },
		{ "T+CGMR", NOT },
		{ "AT+CGMR", NOT },
		{ "SIM7000 R1351", NOT },
		{ "+QIND: \"FOTA\",\"END\",0", NOT },
		{ "Revision", NOT },
		{ "???1", NOT },
		{ "", NOT },
	};
	char field[64];

	for (auto &row : rows)
		check(row, at_parse_revision, field);
}

TEST(AtParse, Name)
{
	const Row rows[] = {
		{ "SIMCOM_SIM7080G", "SIMCOM_SIM7080G" },
		{ "+CGMM: SIMCOM_SIM7600C", "SIMCOM_SIM7600C" },
		{ "#CGMM: HE910-EUD", "HE910-EUD" },
		{ "Quectel_Ltd", "Quectel_Ltd" },
		{ "SIMCOM INCORPORATED", "SIMCOM INCORPORATED" },
		{ "+CGMI: \"Telit\"", "Telit" },
		{ "SimTech, Incorporated", "SimTech, Incorporated" },
		{ "+CGMI: \" Telit \"", "Telit" },
		{ "Model: SIMCOM_SIM7600C", "SIMCOM_SIM7600C" },
		{ " Manufacturer:SIMCOM INCORPORATED", "SIMCOM INCORPORATED" },
		{ "Revision: MTK 0828", NOT },
		{ "869951030006302", NOT },
		{ "T+CGMM", NOT },
		{ "+CPIN: READY", NOT },
		{ "0123456789012345678901234567890x", NOT },
		{ "", NOT },
	};
	char field[32];

	for (auto &row : rows)
		check(row, at_parse_name, field);
}

TEST(AtParse, Labelled)
{
	const struct {
		const char *line, *label, *value;
	} rows[] = {
		{ "Revision: MC60CAR01A01", "Revision", "MC60CAR01A01" },
		{ "Revision:1529B08SIM7000G", "revision", "1529B08SIM7000G" },
		{ "QCN:MDM9206_TX3.0.SIM7000G_P1.03", "QCN", "MDM9206_TX3.0.SIM7000G_P1.03" },
		{ "CSUB:V01", "CSUB", "V01" },
		{ "QCIMGBOOTTYPE : 1", "QCIMGBOOTTYPE", "1" },
		{ "APRev:1529B08SIM7000,V01", "Rev", NOT },
		{ "Revision MC60", "Revision", NOT },
		{ "Revision:", "Revision", NOT },
		{ "Revision: 0123456789012345678901234567890x", "Revision", NOT },
		{ "Quectel_MC60", "Revision", NOT },
	};
	char field[32];

	for (auto &row : rows)
		check(
			{ row.line, row.value },
			[&](const char *line, char *value) {
				return at_parse_labelled(line, row.label, value, sizeof(field));
			},
			field);
}

TEST(AtParse, Cpin)
{
	const struct {
		const char *line;
		CpinState state;
	} rows[] = {
		{ "+CPIN: READY", CPIN_READY },
		{ "+CPIN:READY", CPIN_READY },
		{ "+cpin: ready", CPIN_READY },
		{ "+CPIN: \"READY\"", CPIN_READY },
		{ "+CPIN: SIM PIN", CPIN_PIN },
		{ "+CPIN: SIM PUK", CPIN_PUK },
		{ "+CPIN: NOT INSERTED", CPIN_ABSENT },
		{ "+CPIN: NOT READY", CPIN_NOT_READY },
		{ "+CPIN: SIM PIN2", CPIN_UNKNOWN },
		{ "+CPIN: SIM PUK2", CPIN_UNKNOWN },
		{ "+CPIN: PH-SIM PIN", CPIN_UNKNOWN },
		{ "+CPIN: PH-NETSUB PIN AND MUCH MORE", CPIN_UNKNOWN },
		{ "+CPIN: ", CPIN_UNKNOWN },
		{ "READY", CPIN_UNKNOWN },
	};

	for (auto &row : rows)
		EXPECT_EQ(at_parse_cpin(row.line), row.state) << row.line;
}

TEST(AtParse, Registration)
{
	const struct {
		const char *line;
		int status; /* -1: refused */
	} rows[] = {
		{ "+CGREG: 0,1", 1 },
		{ "+CREG: 0, 5", 5 },
		{ "+CEREG: 2,1,\"00C3\",\"0A7F2B01\",7", 1 },
		{ "+CREG: 1", 1 },
		{ "+CREG: 5,\"00C3\",\"7F2B\"", 5 },
		{ "+CREG: 5,00C3,7F2B", 5 },
		{ "+CREG: 1,1234,5678", 1 },
		{ "+CREG:0,2", 2 },
		{ "+CREG: ", -1 },
		{ "+CREG: 0,", -1 },
		{ "+CREG: x", -1 },
		{ "+CREG: 0;1", -1 },
		{ "+CREG: 99999999999999999999", -1 },
		{ "0,1", -1 },
		{ "+CSQ: 0,1", -1 },
	};

	for (auto &row : rows) {
		guint status = 77;

		EXPECT_EQ(at_parse_registration(row.line, &status), row.status >= 0) << row.line;
		if (row.status >= 0) {
			EXPECT_EQ(status, (guint)row.status) << row.line;
		}
	}
}

TEST(AtParse, Csq)
{
	guint rssi = 0, ber = 0;

	EXPECT_TRUE(at_parse_csq("+CSQ: 25,0", &rssi, &ber));
	EXPECT_EQ(rssi, 25u);
	EXPECT_EQ(ber, 0u);
	EXPECT_TRUE(at_parse_csq("+CSQ:99, 99", &rssi, &ber));
	EXPECT_EQ(rssi, 99u);
	EXPECT_EQ(ber, 99u);
	for (const char *line : { "+CSQ: 25", "+CSQ: 25,", "+CSQ: 25,0,1", "+CSQ: -1,0", "25,0",
				  "+CSQ: 200,0", "+CSQ: 4294967297,0" })
		EXPECT_FALSE(at_parse_csq(line, &rssi, &ber)) << line;
}

TEST(AtParse, FirstNumber)
{
	guint n = 0;

	EXPECT_TRUE(at_parse_cfun("+CFUN: 5", &n));
	EXPECT_EQ(n, 5u);
	EXPECT_TRUE(at_parse_cfun("+CFUN: 1,0", &n));
	EXPECT_EQ(n, 1u);
	EXPECT_TRUE(at_parse_ipr("+IPR: 115200", &n));
	EXPECT_EQ(n, 115200u);
	EXPECT_TRUE(at_parse_ipr("+IPR:0", &n));
	EXPECT_EQ(n, 0u);
	for (const char *line : { "+CFUN: ", "+CFUN: x", "+CFUN: 1x", "+CFUN: 4294967296", "1" })
		EXPECT_FALSE(at_parse_cfun(line, &n)) << line;
	EXPECT_FALSE(at_parse_ipr("+IPR: (),(0,4800)", &n));
	EXPECT_FALSE(at_parse_ipr("+CFUN: 1", &n));
}

TEST(AtParse, Qflds)
{
	guint64 room = 0;

	EXPECT_TRUE(at_parse_qflds("+QFLDS: 1228800,1310720", &room));
	EXPECT_EQ(room, 1228800u);
	EXPECT_TRUE(at_parse_qflds("+QFLDS:0 , 1", &room));
	EXPECT_EQ(room, 0u);
	for (const char *line :
	     { "+QFLDS: 1228", "+QFLDS: ,1", "+QFLDS: 99999999999999999999,1", "" })
		EXPECT_FALSE(at_parse_qflds(line, &room)) << line;
}

TEST(AtParse, Qfupl)
{
	const struct {
		const char *line;
		guint64 size;
		guint16 sum;
	} rows[] = {
		{ "+QFUPL: 156104,4300", 156104, 0x4300 }, { "+QFUPL: 1675,372", 1675, 0x372 },
		{ "+QFUPL: 1188,2d13", 1188, 0x2d13 },     { "+QFUPL: 2048,B34A", 2048, 0xb34a },
		{ "+QFUPL: 1,0000b34a", 1, 0xb34a },       { "+QFUPL: 0,0", 0, 0 },
	};
	guint64 size;
	guint16 sum;

	for (auto &row : rows) {
		EXPECT_TRUE(at_parse_qfupl(row.line, &size, &sum)) << row.line;
		EXPECT_EQ(size, row.size) << row.line;
		EXPECT_EQ(sum, row.sum) << row.line;
	}
	for (const char *line : { "+QFUPL: 1675", "+QFUPL: 1675,", "+QFUPL: 1675,12345",
				  "+QFUPL: 1675,37G", "+QFUPL: 16A5,1", "+QFUPL: ", "1675,372" })
		EXPECT_FALSE(at_parse_qfupl(line, &size, &sum)) << line;
}

TEST(AtParse, Qind)
{
	const struct {
		const char *line;
		QindKind kind;
		int number; /* -1: none */
	} rows[] = {
		{ "+QIND: \"FOTA\",\"HTTPSTART\"", QIND_HTTPSTART, -1 },
		{ "+QIND: \"FOTA\",\"HTTP START\"", QIND_HTTPSTART, -1 },
		{ "+QIND: \"FOTA\",\"DOWNLOADING\",0%", QIND_DOWNLOADING, 0 },
		{ "+QIND: \"FOTA\",\"DOWNLOADING\",100", QIND_DOWNLOADING, 100 },
		{ "+QIND: \"FOTA\",\"HTTPEND\",0", QIND_HTTPEND, 0 },
		{ "+QIND: \"FOTA\",\"HTTPEND\",6503", QIND_HTTPEND, 6503 },
		{ "+QIND: \"FOTA\",\"START\"", QIND_START, -1 },
		{ "+QIND: \"FOTA\", \"START\"", QIND_START, -1 },
		{ "+QIND: \"FOTA\",\"UPDATING\",2%", QIND_UPDATING, 2 },
		{ "+QIND: \"FOTA\",\"UPDATING\", 2%", QIND_UPDATING, 2 },
		{ "+QIND: \"FOTA\", \"UPDATING\", 100 %", QIND_UPDATING, 100 },
		{ "+QIND: \"FOTA\" , \"UPDATING\" , 7", QIND_UPDATING, 7 },
		{ "+qind:\"fota\",\"updating\",7", QIND_UPDATING, 7 },
		{ "+QIND: \"FOTA\",\"END\",0", QIND_END, 0 },
		{ "+QIND: \"FOTA\", \"END\", 6507", QIND_END, 6507 },
		{ "+QIND: \"FOTA\",\"HTTPSSTART\"", QIND_OTHER, -1 },
		{ "+QIND: \"FOTA\",\"RESTORE\",5", QIND_OTHER, 5 },
		{ "+QIND: \"FOTA\",\"UPDATING\",101", QIND_NONE, 0 },
		{ "+QIND: \"csq\",25,99", QIND_NONE, 0 },
		{ "+QIND: SMS DONE", QIND_NONE, 0 },
		{ "+PDP DEACT", QIND_NONE, 0 },
		{ "+QIND: \"FOTA\",\"THIS IS A VERY LONG WORD\",1", QIND_NONE, 0 },
		{ "+QIND: \"FOTA\",\"END\",99999999999", QIND_NONE, 0 },
		{ "+QIND: \"FOTA\",\"END\",0x", QIND_NONE, 0 },
	};

	for (auto &row : rows) {
		guint number = 77;
		bool has = true;

		EXPECT_EQ(at_parse_qind(row.line, &number, &has), row.kind) << row.line;
		if (row.kind == QIND_NONE)
			continue;
		EXPECT_EQ(has, row.number >= 0) << row.line;
		EXPECT_EQ(number, row.number >= 0 ? (guint)row.number : 0) << row.line;
	}
}

/* A line that was cut anywhere before its end must not become another report. */
TEST(AtParse, TruncatedQindIsNoReport)
{
	for (std::string whole : { "+QIND: \"FOTA\",\"UPDATING\",7%", "+QIND: \"FOTA\",\"END\",0",
				   "+QIND: \"FOTA\",\"HTTP START\"" }) {
		gsize end = whole.find_last_of("\"07");

		for (gsize n = 0; n < end; n++) {
			guint number;
			bool has;

			EXPECT_EQ(at_parse_qind(whole.substr(0, n).c_str(), &number, &has),
				  QIND_NONE)
				<< whole.substr(0, n);
		}
	}
}

TEST(AtParse, Xor16)
{
	/* Quectel GSM FILE AT Commands, 2.2.3: the example, with an odd byte at its end. */
	const guint8 example[] = { 0x23, 0x13, 0x65, 0xB6, 0x76, 0x88, 0xA3, 0xEF, 0x55 };

	for (gsize i = 0; i <= sizeof(example); i++) {
		for (gsize j = i; j <= sizeof(example); j++) {
			Xor16 x = {};

			xor16_feed(&x, example, i);
			xor16_feed(&x, example + i, j - i);
			xor16_feed(&x, example + j, sizeof(example) - j);
			EXPECT_EQ(x.sum, 0xC6C2) << i << ", " << j;
		}
	}
}

} // namespace
