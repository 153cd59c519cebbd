/* SPDX-License-Identifier: Apache-2.0
 *
 * Pure parsers of what modules print: one line or one byte string in, one value out, any garbage survived.
 * They know no channel and no procedure; `text` is one line without its line end, NUL-terminated. */
#pragma once

#include "lib/unit.h"

G_BEGIN_DECLS

/* For parsers of one vendor's lines: behind the spaces there; behind `prefix`, compared without case, and the spaces around it,
 * or NULL when the line does not begin so. */
const char *at_parse_spaces(const char *text);
const char *at_parse_behind(const char *text, const char *prefix);

/* Is the line the final result of a command? Without case: a Telit prints "ok" too. ITU-T V.250, 5.7.1; 3GPP TS 27.007, 9;
 * "COMMAND NOT SUPPORT" is SIMCom's. */
typedef enum { RESULT_NONE, RESULT_OK, RESULT_ERROR } AtResult;
AtResult at_parse_result(const char *text);

/* "+CME ERROR: 6507", "+CMS ERROR: 310", "+CME ERROR: SIM not inserted", "+CME ERROR: ", "ERROR", "NO CARRIER": fills `code`
 * ("6507", "" when the words come instead) and `words` ("", or what stands there verbosely). False: not a failing result.
 * 3GPP TS 27.007, 9. */
bool at_parse_error(const char *text, char *code, gsize code_size, char *words, gsize words_size);

/* Exactly 15 digits, bare, quoted, or behind "+CGSN:", "+GSN:", "+QGSN:". The check digit is not judged here. */
bool at_parse_imei(const char *text, char imei[16]);
/* 18 to 22 hexadecimal digits, bare, quoted, or behind "+CCID:", "+ICCID:", "+QCCID:", "#CCID:"; letters become capitals,
 * padding Fs are dropped. */
bool at_parse_iccid(const char *text, char iccid[24]);
/* 14 or 15 digits, bare, quoted or behind "+CIMI:", "#CIMI:". */
bool at_parse_imsi(const char *text, char imsi[16]);
/* AT+CGMR, AT+GMR: "Revision: X", "Revision:X" (SIM7000 AT manual and live units), "+CGMR: X" (SIM7600), "#CGMR: X" (Telit)
 * or bare: then letters, digits, '.', '_' and '-' with a digit among them. A longer one is refused, never cut. Not for the
 * lines of ATI, where the model is bare too: at_parse_labelled(). */
bool at_parse_revision(const char *text, char revision[64]);
/* AT+CGMM, AT+CGMI: bare or behind "+CGMM:", "+CGMI:", "Model:", "Manufacturer:"; "Revision:" lines are refused (Quectel's
 * AT+CGMI prints the platform there: MC60 AT manual, 2.2). */
bool at_parse_name(const char *text, char name[32]);
/* A line of ATI or AT+SIMCOMATI, "Revision: MC60CAR01A01" or "QCN:MDM9206_TX3.0", when `label` ("Revision", without colon
 * and without case) is its label. False: another label, nothing behind it, or more than `size` holds. */
bool at_parse_labelled(const char *text, const char *label, char *value, gsize size);

/* "+CPIN: READY". 3GPP TS 27.007, 8.3; NOT INSERTED and NOT READY are SIMCom's. What asks for anything but the first PIN or
 * its PUK (PIN2, a network lock) is UNKNOWN: no PIN of ours belongs there. */
typedef enum {
	CPIN_UNKNOWN,
	CPIN_READY,
	CPIN_PIN,
	CPIN_PUK,
	CPIN_ABSENT,
	CPIN_NOT_READY
} CpinState;
CpinState at_parse_cpin(const char *text);
/* "#PCT: 3" (Telit), "+SPIC: 3,10,0,10" (SIMCom): how often the code that the SIM asks for may still be entered. */
bool at_parse_pin_tries(const char *text, guint *tries);
/* +CREG, +CGREG, +CEREG as an answer ("0,1", more fields may follow) or unsolicited ("1"): the status. False: another line. */
bool at_parse_registration(const char *text, guint *status);
/* "+CSQ: 25,0". 3GPP TS 27.007, 8.5. */
bool at_parse_csq(const char *text, guint *rssi, guint *ber);
/* "+CFUN: 1", "+CFUN: 1,0". 3GPP TS 27.007, 8.2. */
bool at_parse_cfun(const char *text, guint *cfun);
/* "+IPR: 115200"; 0 is adaptive. ITU-T V.250, 6.2.10. */
bool at_parse_ipr(const char *text, guint *ipr);

/* Quectel GSM FILE AT Commands, 2.2: "+QFLDS: free,total". */
bool at_parse_qflds(const char *text, guint64 *free_bytes);
/* "+QFUPL: 1675,372": decimal size and hexadecimal sum of any case and width. */
bool at_parse_qfupl(const char *text, guint64 *size, guint16 *sum);

/* Quectel MC65&M65&M08-R DFOTA application note, 3.1 to 4.2: every spelling of +QIND: "FOTA",… that it prints. */
typedef enum {
	QIND_NONE, /* no report of an update, or a truncated one: one that lacks its number, too */
	QIND_HTTPSTART,
	QIND_DOWNLOADING, /* number: percent */
	QIND_HTTPEND,     /* number: error, 0 good */
	QIND_START,
	QIND_UPDATING, /* number: percent */
	QIND_END,      /* number: error, 0 good */
	QIND_OTHER     /* an update report of another word */
} QindKind;
QindKind at_parse_qind(const char *text, guint *number, bool *has_number);

/* XOR of big-endian 16-bit words; the odd byte at the end is the high one (QFILE, 2.2.3). Zero it, feed any cuts, read sum. */
typedef struct {
	guint16 sum;
	bool odd;
} Xor16;
void xor16_feed(Xor16 *x, const guint8 *bytes, gsize len);

G_END_DECLS
