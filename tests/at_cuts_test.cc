/* SPDX-License-Identifier: Apache-2.0
 *
 * Dialogues as modules print them, each fed in every two cuts and byte by byte: the AT channel must tell the same. It knows
 * neither time nor payload. */
#include "tests/at_talk.h"

namespace
{

std::string bytes_of(const char *text, gsize len)
{
	return std::string(text, len);
}
#define BYTES(literal) bytes_of(literal, sizeof(literal) - 1)

struct Dialogue {
	const char *name;
	const char *command; /* nullptr: nothing is outstanding */
	const char *expect;
	bool prompt;
	std::string bytes;
	Told told;
	guint acks = 0; /* after a prompt */
};

const char *const reports[] = { "+QIND:", "#OTAEV", "+CFOTA: \"", nullptr };

const Dialogue dialogues[] = {
	{ "echo on",
	  "AT+CGSN",
	  nullptr,
	  false,
	  "AT+CGSN\r\r\n869951030006302\r\n\r\nOK\r\n",
	  { "LINE 869951030006302", "REPLY+ OK" } },
	{ "CR CR LF, nothing between", "AT", nullptr, false, "AT\r\r\nOK\r\n", { "REPLY+ OK" } },
	{ "LF only",
	  "ATI",
	  nullptr,
	  false,
	  "\nSIM7000 R1351\n\nOK\n",
	  { "LINE SIM7000 R1351", "REPLY+ OK" } },
	{ "CR only",
	  "ATI",
	  nullptr,
	  false,
	  "\rSIM7000 R1351\r\rOK\r",
	  { "LINE SIM7000 R1351", "REPLY+ OK" } },
	{ "leading spaces and an inner blank line",
	  "ATI",
	  nullptr,
	  false,
	  " Quectel_Ltd\r\n Quectel_M95\r\n\r\n Revision: M95FAR02A08\r\n\r\nOK\r\n",
	  { "LINE Quectel_Ltd", "LINE Quectel_M95", "LINE Revision: M95FAR02A08", "REPLY+ OK" } },
	{ "lines that look like numeric results",
	  "ATI",
	  nullptr,
	  false,
	  "\r\n332\r\n0\r\n4\r\nOK\r\n",
	  { "LINE 332", "LINE 0", "LINE 4", "REPLY+ OK" } },
	{ "verbose error",
	  "AT+CFSINIT",
	  nullptr,
	  false,
	  "AT+CFSINIT\r\r\n+CME ERROR: operation not allowed\r\n",
	  { "REPLY- +CME ERROR: operation not allowed" } },
	{ "error without words",
	  "AT+CPIN?",
	  "+CPIN:",
	  false,
	  "\r\n+CME ERROR: \r\n",
	  { "REPLY- +CME ERROR:" } },
	{ "+CMS ERROR",
	  "AT+CNMI?",
	  "+CNMI:",
	  false,
	  "\r\n+CMS ERROR: 310\r\n",
	  { "REPLY- +CMS ERROR: 310" } },
	{ "COMMAND NOT SUPPORT",
	  "AT+CLIST",
	  nullptr,
	  false,
	  "\r\nCOMMAND NOT SUPPORT\r\n",
	  { "REPLY- COMMAND NOT SUPPORT" } },
	{ "NO CARRIER",
	  "AT#OTAUPW",
	  nullptr,
	  false,
	  "\r\nNO CARRIER\r\n",
	  { "REPLY- NO CARRIER" } },
	{ "lower-case ok",
	  "at+cgmr",
	  nullptr,
	  false,
	  "at+cgmr\r\r\n10.00.005\r\n\r\nok\r\n",
	  { "LINE 10.00.005", "REPLY+ ok" } },
	{ "report in the middle of an answer",
	  "AT+GSN",
	  nullptr,
	  false,
	  "\r\n+CPIN: READY\r\n\r\n869951030006302\r\n\r\nOK\r\n",
	  { "REPORT +CPIN: READY", "LINE 869951030006302", "REPLY+ OK" } },
	{ "boot reports are nobody's revision",
	  "AT+CGMR",
	  nullptr,
	  false,
	  "\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\nRevision:1529B08SIM7000G\r\n\r\nSMS Ready\r\n\r\nOK\r\n",
	  { "REPORT RDY", "REPORT +CFUN: 1", "LINE Revision:1529B08SIM7000G", "REPORT SMS Ready",
	    "REPLY+ OK" } },
	{ "a report that was asked for is an answer",
	  "AT+CPIN?",
	  "+CPIN:",
	  false,
	  "\r\n+CPIN: READY\r\n\r\nOK\r\n",
	  { "LINE +CPIN: READY", "REPLY+ OK" } },
	{ "reports after OK in one read",
	  "AT",
	  nullptr,
	  false,
	  "\r\nOK\r\n\r\n+CMTI: \"SM\",1\r\n\r\n+CIEV: 2,3\r\n\r\n+CRING: VOICE\r\n",
	  { "REPLY+ OK", "REPORT +CMTI: \"SM\",1", "REPORT +CIEV: 2,3", "REPORT +CRING: VOICE" } },
	{ "three answers to one line",
	  "AT+CSQ;+CGREG?;+CPIN?",
	  "+CSQ:|+CGREG:|+CPIN:",
	  false,
	  "\r\n+CSQ: 25,0\r\n\r\n+CGREG: 0,1\r\n\r\n+CPIN: READY\r\n\r\nOK\r\n",
	  { "LINE +CSQ: 25,0", "LINE +CGREG: 0,1", "LINE +CPIN: READY", "REPLY+ OK" } },
	{ "a known prefix keeps other lines out",
	  "AT+CFOTA?",
	  "+CFOTA:",
	  false,
	  "AT+CFOTA?\r\r\n+CTZV: 1\r\nhello\r\n+CFOTA: 6\r\n\r\nOK\r\n",
	  { "REPORT +CTZV: 1", "STRAY hello", "LINE +CFOTA: 6", "REPLY+ OK" } },
	{ "driver's reports, in any case",
	  nullptr,
	  nullptr,
	  false,
	  "\r\n+QIND: \"FOTA\",\"START\"\r\n\r\n#otaev: Registered\r\n",
	  { "REPORT +QIND: \"FOTA\",\"START\"", "REPORT #otaev: Registered" } },
	{ "results that nobody waits for",
	  nullptr,
	  nullptr,
	  false,
	  "\r\nOK\r\nERROR\r\n",
	  { "STRAY OK", "STRAY ERROR" } },
	{ "NUL, 0xFF and HDLC at boot",
	  nullptr,
	  nullptr,
	  false,
	  BYTES("\0\0\xff\xfe\0~}#\xc0!}%}(} }$#[~\r\n\0\r\nNORMAL POWER "
		"DOWN\r\n\0\0R\0DY\x01\r\n"),
	  { "STRAY ??~}#?!}%}(} }$#[~", "REPORT NORMAL POWER DOWN", "REPORT RDY" } },
	{ "unbalanced quotes",
	  "AT",
	  nullptr,
	  false,
	  "\r\n*PSUTTZ: 21/01/24,23:10:29\",\"+40\",0\r\n\r\nOK\r\n",
	  { "REPORT *PSUTTZ: 21/01/24,23:10:29\",\"+40\",0", "REPLY+ OK" } },
	{ "CONNECT, two acknowledgements, the result at once",
	  "AT+QFUPL=\"fota.pack\",2048,5,1",
	  "+QFUPL:",
	  true,
	  "AT+QFUPL=\"fota.pack\",2048,5,1\r\r\nCONNECT\r\nAA\r\n+QFUPL: 2048,b34a\r\n\r\nOK\r\n",
	  { "PROMPT CONNECT", "ACK", "ACK", "LINE +QFUPL: 2048,b34a", "REPLY+ OK" },
	  2 },
	{ "a short upload ends payload mode",
	  "AT+QFUPL=\"fota.pack\",4096,5,1",
	  "+QFUPL:",
	  true,
	  "\r\nCONNECT\r\nA\r\n+QFUPL: 1100,1f\r\n\r\nAOK\r\nOK\r\n",
	  { "PROMPT CONNECT", "ACK", "LINE +QFUPL: 1100,1f", "STRAY AOK", "REPLY+ OK" },
	  4 },
	{ "an error ends payload mode",
	  "AT+QFUPL=\"fota.pack\",4096,5,1",
	  "+QFUPL:",
	  true,
	  "\r\nCONNECT\r\nA\r\n+CME ERROR: 4009\r\n",
	  { "PROMPT CONNECT", "ACK", "REPLY- +CME ERROR: 4009" },
	  4 },
	{ "a report does not end payload mode",
	  "AT+QFUPL=\"fota.pack\",2048,5,1",
	  "+QFUPL:",
	  true,
	  "\r\nCONNECT\r\nA\r\n+CMTI: \"SM\",1\r\nA\r\n+QFUPL: 2048,1f\r\n\r\nOK\r\n",
	  { "PROMPT CONNECT", "ACK", "REPORT +CMTI: \"SM\",1", "ACK", "LINE +QFUPL: 2048,1f",
	    "REPLY+ OK" },
	  2 },
	{ "a surplus acknowledgement",
	  "AT+QFUPL=\"fota.pack\",1024,5,1",
	  "+QFUPL:",
	  true,
	  "\r\nCONNECT\r\nAA\r\n+QFUPL: 1024,1f\r\n\r\nOK\r\n",
	  { "PROMPT CONNECT", "ACK", "STRAY A", "LINE +QFUPL: 1024,1f", "REPLY+ OK" },
	  1 },
	{ "an error instead of the prompt",
	  "AT+QFUPL=\"fota.pack\",4096,5,1",
	  "+QFUPL:",
	  true,
	  "\r\n+CME ERROR: 3921\r\n",
	  { "REPLY- +CME ERROR: 3921" } },
	{ "angle prompt",
	  "AT+CFTRANRX=\"C:/file\",100",
	  nullptr,
	  true,
	  "\r\n> \r\nOK\r\n",
	  { "PROMPT > ", "REPLY+ OK" } },
	{ "angle prompt with a line end",
	  "AT+CFTRANRX=\"C:/file\",100",
	  nullptr,
	  true,
	  "\r\n>\r\n\r\nOK\r\n",
	  { "PROMPT >", "REPLY+ OK" } },
	{ "an angle is no prompt by itself",
	  "AT+X",
	  nullptr,
	  true,
	  "\r\n>x > \r\n> OK\r\nOK\r\n",
	  { "LINE >x >", "PROMPT > ", "REPLY+ OK", "STRAY OK" } },
	{ "DOWNLOAD",
	  "AT+CFSWFILE=1,\"update.zip\",0,1024,10000",
	  nullptr,
	  true,
	  "\r\nDOWNLOAD\r\n\r\nOK\r\n",
	  { "PROMPT DOWNLOAD", "REPLY+ OK" } },
	{ "a prompt that nobody asked for",
	  "AT+CGMR",
	  nullptr,
	  false,
	  "\r\nCONNECT\r\n> \r\nDOWNLOAD\r\nOK\r\n",
	  { "LINE CONNECT", "LINE >", "LINE DOWNLOAD", "REPLY+ OK" } },
	{ "only the first prompt counts",
	  "AT+X",
	  "+X:",
	  true,
	  "\r\nCONNECT\r\nCONNECT\r\nOK\r\n",
	  { "PROMPT CONNECT", "STRAY CONNECT", "REPLY+ OK" } },
};

Told play(const Dialogue &d, const std::vector<gsize> &cuts)
{
	Talk talk;
	gsize begin = 0;

	at_set_reports(talk.at, reports);
	talk.react = [&](Talk &t, const AtEvent &event) {
		if (event.kind == AT_PROMPT)
			at_raw(t.at, d.acks, 'A');
	};
	if (d.command && !talk.send(d.command, d.expect, d.prompt))
		ADD_FAILURE() << d.command;
	for (gsize cut : cuts) {
		talk.feed(d.bytes.substr(begin, cut - begin));
		begin = cut;
	}
	talk.feed(d.bytes.substr(begin));
	return talk.take();
}

class Dialogues : public testing::TestWithParam<Dialogue>
{
};

TEST_P(Dialogues, WholeAndByteByByte)
{
	const Dialogue &d = GetParam();
	std::vector<gsize> all;

	for (gsize i = 1; i < d.bytes.size(); i++)
		all.push_back(i);
	EXPECT_EQ(play(d, {}), d.told) << d.name;
	EXPECT_EQ(play(d, all), d.told) << d.name;
}

TEST_P(Dialogues, EveryTwoCuts)
{
	const Dialogue &d = GetParam();

	for (gsize i = 0; i <= d.bytes.size(); i++)
		for (gsize j = i; j <= d.bytes.size(); j++)
			ASSERT_EQ(play(d, { i, j }), d.told) << d.name << ": " << i << ", " << j;
}

INSTANTIATE_TEST_SUITE_P(Corpus, Dialogues, testing::ValuesIn(dialogues));

} // namespace
