/* SPDX-License-Identifier: Apache-2.0
 *
 * Small parsers over one line each, strict about the shape and lenient about spaces, case and quotes. They know no channel
 * and no procedure: the same line always gives the same answer. */
#include "lib/at_parse.h"

#include <string.h>

/* Part of a line. */
typedef struct {
	const char *at;
	gsize len;
} Span;

const char *at_parse_spaces(const char *p)
{
	while (*p == ' ' || *p == '\t')
		p++;
	return p;
}

const char *at_parse_behind(const char *text, const char *prefix)
{
	gsize len = strlen(prefix);

	text = at_parse_spaces(text);
	return g_ascii_strncasecmp(text, prefix, len) == 0 ? at_parse_spaces(text + len) : NULL;
}

/* Behind whichever of `prefixes` is there, or the whole line. */
static const char *behind_any(const char *text, const char *const *prefixes)
{
	for (; *prefixes; prefixes++) {
		const char *rest = at_parse_behind(text, *prefixes);

		if (rest)
			return rest;
	}
	return at_parse_spaces(text);
}

static Span strip(Span s)
{
	while (s.len > 0 && g_ascii_isspace(s.at[0]))
		s = (Span){ s.at + 1, s.len - 1 };
	while (s.len > 0 && g_ascii_isspace(s.at[s.len - 1]))
		s.len--;
	return s;
}

/* The rest of a line without a pair of quotes around it, and without spaces around both. */
static Span value_of(const char *p)
{
	Span s = strip((Span){ p, strlen(p) });

	if (s.len >= 2 && s.at[0] == '"' && s.at[s.len - 1] == '"')
		s = strip((Span){ s.at + 1, s.len - 2 });
	return s;
}

static bool span_copy(Span s, char *field, gsize size)
{
	if (s.len == 0 || s.len >= size)
		return false;
	memcpy(field, s.at, s.len);
	field[s.len] = '\0';
	return true;
}

static bool span_is_digits(Span s)
{
	for (gsize i = 0; i < s.len; i++)
		if (!g_ascii_isdigit(s.at[i]))
			return false;
	return s.len > 0;
}

static bool span_is_made_of(Span s, const char *others)
{
	for (gsize i = 0; i < s.len; i++)
		if (!g_ascii_isalnum(s.at[i]) && !(s.at[i] && strchr(others, s.at[i])))
			return false;
	return s.len > 0;
}

static bool span_has_digit(Span s)
{
	for (gsize i = 0; i < s.len; i++)
		if (g_ascii_isdigit(s.at[i]))
			return true;
	return false;
}

/* Digits of `base` (10 or 16) at *p, not above `max`; *p is then behind them and the spaces that follow. */
static bool take_number(const char **p, guint base, guint64 max, guint64 *number)
{
	guint64 n = 0;
	const char *begin = *p;

	for (; g_ascii_isxdigit(**p); (*p)++) {
		guint digit = g_ascii_xdigit_value(**p);

		if (digit >= base)
			break;
		if (n > (max - digit) / base || digit > max)
			return false;
		n = n * base + digit;
	}
	if (*p == begin)
		return false;
	*p = at_parse_spaces(*p);
	*number = n;
	return true;
}

static bool take_comma(const char **p)
{
	if (**p != ',')
		return false;
	*p = at_parse_spaces(*p + 1);
	return true;
}

AtResult at_parse_result(const char *text)
{
	static const char *const errors[] = {
		"ERROR",        "NO CARRIER", "NO ANSWER", "NO DIALTONE",
		"NO DIAL TONE", "BUSY",       "ABORTED",   "COMMAND NOT SUPPORT",
	};

	if (g_ascii_strcasecmp(text, "OK") == 0)
		return RESULT_OK;
	for (gsize i = 0; i < G_N_ELEMENTS(errors); i++)
		if (g_ascii_strcasecmp(text, errors[i]) == 0)
			return RESULT_ERROR;
	if (at_parse_behind(text, "+CME ERROR") || at_parse_behind(text, "+CMS ERROR"))
		return RESULT_ERROR;
	return RESULT_NONE;
}

bool at_parse_error(const char *text, char *code, gsize code_size, char *words, gsize words_size)
{
	static const char *const prefixes[] = { "+CME ERROR:", "+CMS ERROR:", "+CME ERROR",
						"+CMS ERROR",  "ERROR",       NULL };
	Span s;

	unit_set(code, code_size, "", 0);
	unit_set(words, words_size, "", 0);
	if (at_parse_result(text) != RESULT_ERROR)
		return false;
	s = value_of(behind_any(text, prefixes));
	if (!span_is_digits(s) || !span_copy(s, code, code_size))
		unit_set(words, words_size, s.at, s.len);
	return true;
}

bool at_parse_imei(const char *text, char imei[16])
{
	static const char *const prefixes[] = { "+CGSN:", "+GSN:", "+QGSN:", "#CGSN:", NULL };
	Span s = value_of(behind_any(text, prefixes));

	return s.len == 15 && span_is_digits(s) && span_copy(s, imei, 16);
}

bool at_parse_iccid(const char *text, char iccid[24])
{
	static const char *const prefixes[] = { "+CCID:", "+ICCID:", "+QCCID:", "#CCID:", NULL };
	Span s = value_of(behind_any(text, prefixes));

	if (s.len > 22)
		return false;
	while (s.len > 0 && g_ascii_toupper(s.at[s.len - 1]) == 'F')
		s.len--;
	for (gsize i = 0; i < s.len; i++)
		if (!g_ascii_isxdigit(s.at[i]))
			return false;
	if (s.len < 18)
		return false;
	for (gsize i = 0; i < s.len; i++)
		iccid[i] = g_ascii_toupper(s.at[i]);
	iccid[s.len] = '\0';
	return true;
}

bool at_parse_imsi(const char *text, char imsi[16])
{
	static const char *const prefixes[] = { "+CIMI:", "#CIMI:", NULL };
	Span s = value_of(behind_any(text, prefixes));

	return s.len >= 14 && span_is_digits(s) && span_copy(s, imsi, 16);
}

bool at_parse_revision(const char *text, char revision[64])
{
	static const char *const prefixes[] = { "Revision:", "+CGMR:", "+GMR:", "#CGMR:", NULL };
	const char *rest = behind_any(text, prefixes);
	bool bare = rest == at_parse_spaces(text);
	Span s = value_of(rest);

	/* A bare line may be a torn echo ("T+CGMR") or words of any kind. */
	if (!span_is_made_of(s, bare ? "._-" : "._- ()/,") || !span_has_digit(s))
		return false;
	return span_copy(s, revision, 64);
}

bool at_parse_name(const char *text, char name[32])
{
	static const char *const prefixes[] = { "+CGMM:", "+GMM:",         "+CGMI:",
						"+GMI:",  "#CGMM:",        "#CGMI:",
						"Model:", "Manufacturer:", NULL };
	Span s = value_of(behind_any(text, prefixes));

	return span_is_made_of(s, "._- ,()/") && !span_is_digits(s) && span_copy(s, name, 32);
}

bool at_parse_labelled(const char *text, const char *label, char *value, gsize size)
{
	const char *rest = at_parse_behind(text, label);

	return rest && *rest == ':' && span_copy(value_of(at_parse_spaces(rest + 1)), value, size);
}

CpinState at_parse_cpin(const char *text)
{
	static const struct {
		const char *word;
		CpinState state;
	} states[] = {
		{ "READY", CPIN_READY },         { "SIM PIN", CPIN_PIN },
		{ "SIM PUK", CPIN_PUK },         { "NOT INSERTED", CPIN_ABSENT },
		{ "NOT READY", CPIN_NOT_READY },
	};
	const char *rest = at_parse_behind(text, "+CPIN:");
	char word[16];

	if (!rest || !span_copy(value_of(rest), word, sizeof(word)))
		return CPIN_UNKNOWN;
	for (gsize i = 0; i < G_N_ELEMENTS(states); i++)
		if (g_ascii_strcasecmp(word, states[i].word) == 0)
			return states[i].state;
	return CPIN_UNKNOWN;
}

bool at_parse_pin_tries(const char *text, guint *tries)
{
	static const char *const prefixes[] = { "#PCT:", "+SPIC:", NULL };
	const char *p = behind_any(text, prefixes);
	guint64 n;

	if (p == at_parse_spaces(text) || !take_number(&p, 10, 99, &n) || (*p && *p != ','))
		return false;
	*tries = n;
	return true;
}

bool at_parse_registration(const char *text, guint *status)
{
	static const char *const prefixes[] = { "+CREG:", "+CGREG:", "+CEREG:", NULL };
	const char *rest = behind_any(text, prefixes), *second;
	guint64 first, number;

	if (rest == at_parse_spaces(text) || !take_number(&rest, 10, 99, &first))
		return false;
	*status = first;
	if (*rest == '\0')
		return true;
	if (!take_comma(&rest) || *rest == '\0')
		return false;
	/* Unsolicited, an area code in quotes or in hexadecimal follows the status. */
	second = rest;
	if (take_number(&second, 10, 99, &number) && (*second == '\0' || *second == ','))
		*status = number;
	return true;
}

/* "prefix N" at the end of the line, or followed by more fields. */
static bool first_number(const char *text, const char *prefix, guint *number)
{
	const char *rest = at_parse_behind(text, prefix);
	guint64 n;

	if (!rest || !take_number(&rest, 10, G_MAXUINT, &n) || (*rest != '\0' && *rest != ','))
		return false;
	*number = n;
	return true;
}

bool at_parse_csq(const char *text, guint *rssi, guint *ber)
{
	const char *rest = at_parse_behind(text, "+CSQ:");
	guint64 first, second;

	if (!rest || !take_number(&rest, 10, 199, &first) || !take_comma(&rest) ||
	    !take_number(&rest, 10, 99, &second) || *rest != '\0')
		return false;
	*rssi = first;
	*ber = second;
	return true;
}

bool at_parse_cfun(const char *text, guint *cfun)
{
	return first_number(text, "+CFUN:", cfun);
}

bool at_parse_ipr(const char *text, guint *ipr)
{
	return first_number(text, "+IPR:", ipr);
}

bool at_parse_qflds(const char *text, guint64 *free_bytes)
{
	const char *rest = at_parse_behind(text, "+QFLDS:");
	guint64 room, total;

	if (!rest || !take_number(&rest, 10, G_MAXUINT64, &room) || !take_comma(&rest) ||
	    !take_number(&rest, 10, G_MAXUINT64, &total))
		return false;
	*free_bytes = room;
	return true;
}

bool at_parse_qfupl(const char *text, guint64 *size, guint16 *sum)
{
	const char *rest = at_parse_behind(text, "+QFUPL:");
	guint64 bytes, xor;

	if (!rest || !take_number(&rest, 10, G_MAXUINT64, &bytes) || !take_comma(&rest) ||
	    !take_number(&rest, 16, G_MAXUINT16, &xor) || *rest != '\0')
		return false;
	*size = bytes;
	*sum = xor;
	return true;
}

/* "WORD" in quotes at *p, its spaces left out: the document has "HTTP START" and "HTTPSTART". */
static bool take_word(const char **p, char *word, gsize size)
{
	gsize n = 0;

	if (**p != '"')
		return false;
	for ((*p)++; **p != '"'; (*p)++) {
		if (**p == ' ')
			continue;
		if (!g_ascii_isalpha(**p) || n + 1 >= size)
			return false;
		word[n++] = **p;
	}
	word[n] = '\0';
	*p = at_parse_spaces(*p + 1);
	return n > 0;
}

static QindKind qind_kind(const char *word, bool has_number, guint64 number)
{
	static const struct {
		const char *word;
		QindKind kind;
		guint max; /* of the number that belongs to it; 0: none */
	} kinds[] = {
		{ "HTTPSTART", QIND_HTTPSTART, 0 },     { "DOWNLOADING", QIND_DOWNLOADING, 100 },
		{ "HTTPEND", QIND_HTTPEND, G_MAXUINT }, { "START", QIND_START, 0 },
		{ "UPDATING", QIND_UPDATING, 100 },     { "END", QIND_END, G_MAXUINT },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (g_ascii_strcasecmp(word, kinds[i].word) != 0)
			continue;
		if (kinds[i].max > 0 && (!has_number || number > kinds[i].max))
			return QIND_NONE;
		return kinds[i].kind;
	}
	return QIND_OTHER;
}

QindKind at_parse_qind(const char *text, guint *number, bool *has_number)
{
	const char *rest = at_parse_behind(text, "+QIND:");
	char word[16];
	guint64 n = 0;
	bool has = false;

	*number = 0;
	*has_number = false;
	if (!rest || !take_word(&rest, word, sizeof(word)) ||
	    g_ascii_strcasecmp(word, "FOTA") != 0 || !take_comma(&rest) ||
	    !take_word(&rest, word, sizeof(word)))
		return QIND_NONE;
	if (take_comma(&rest)) {
		has = take_number(&rest, 10, G_MAXUINT, &n);
		if (has && *rest == '%')
			rest = at_parse_spaces(rest + 1);
		if (!has)
			return QIND_NONE;
	}
	if (*rest != '\0')
		return QIND_NONE;
	*number = n;
	*has_number = has;
	return qind_kind(word, has, n);
}

void xor16_feed(Xor16 *x, const guint8 *bytes, gsize len)
{
	for (gsize i = 0; i < len; i++) {
		x->sum ^= x->odd ? bytes[i] : bytes[i] << 8;
		x->odd = !x->odd;
	}
}
