/* SPDX-License-Identifier: Apache-2.0
 *
 * Fields between commas, each a number or something in quotes, and what they mean where. It knows no channel and no
 * procedure: the same line always gives the same answer. */
#include "lib/drivers/simcom_parse.h"

#include "lib/at_parse.h"

#include <string.h>

#define FIELDS_MAX 4

typedef struct {
	bool number;       /* else text */
	guint64 value;     /* of a number */
	const char *begin; /* of text, without its quotes; not terminated */
	gsize len;
} Field;

static bool take_number(const char **p, guint64 *number)
{
	guint64 n = 0;
	const char *begin = *p;

	for (; g_ascii_isdigit(**p); (*p)++) {
		if (*p - begin > 15)
			return false;
		n = n * 10 + (guint64)(**p - '0');
	}
	*number = n;
	return *p > begin;
}

/* In quotes, or bare up to the next comma. Quotes that are never closed make no field: the line was cut. */
static bool take_text(const char **p, Field *field)
{
	const char *end;

	if (**p == '"') {
		end = strchr(*p + 1, '"');
		if (!end)
			return false;
		*field = (Field){ .begin = *p + 1, .len = end - *p - 1 };
		*p = end + 1;
		return true;
	}
	*field = (Field){ .begin = *p, .len = strcspn(*p, ",\"") };
	*p += field->len;
	while (field->len > 0 && g_ascii_isspace(field->begin[field->len - 1]))
		field->len--;
	return field->len > 0;
}

/* All fields of a line behind its prefix. 0: it is no such line. */
static guint fields_of(const char *text, const char *prefix, Field fields[FIELDS_MAX])
{
	const char *p = at_parse_behind(text, prefix);
	guint n = 0;

	while (p && n < FIELDS_MAX) {
		Field *field = &fields[n];

		*field = (Field){ .number = g_ascii_isdigit(*p) };
		if (field->number ? !take_number(&p, &field->value) : !take_text(&p, field))
			return 0;
		n++;
		p = at_parse_spaces(p);
		if (*p == '\0')
			return n;
		if (*p != ',')
			return 0;
		p = at_parse_spaces(p + 1);
	}
	return 0;
}

static bool begins(const Field *field, const char *word)
{
	gsize len = strlen(word);

	return field->len >= len && g_ascii_strncasecmp(field->begin, word, len) == 0;
}

static bool is_word(const Field *field, const char *word)
{
	return !field->number && field->len == strlen(word) && begins(field, word);
}

/* The comma of the last two is inside their quotes, and the line may end before it does. */
static CfotaKind words_of_end(const char *text)
{
	const char *p = at_parse_behind(text, "+CFOTA:");

	if (!p || *p != '"')
		return CFOTA_NONE;
	if (at_parse_behind(p, "\"Update success"))
		return CFOTA_DONE;
	return at_parse_behind(p, "\"Update fail") ? CFOTA_FAILED : CFOTA_NONE;
}

CfotaKind simcom_parse_cfota(const char *text, guint *number)
{
	Field fields[FIELDS_MAX];
	CfotaKind end = words_of_end(text);
	guint n = fields_of(text, "+CFOTA:", fields);

	*number = 0;
	if (end != CFOTA_NONE)
		return end;
	if (n == 0)
		return CFOTA_NONE;
	if (fields[0].number) {
		*number = MIN(fields[0].value, G_MAXUINT);
		return n == 1 ? CFOTA_STATUS : CFOTA_OTHER;
	}
	if (is_word(&fields[0], "Start to update") && n == 1)
		return CFOTA_START;
	if (!is_word(&fields[0], "Updating"))
		return CFOTA_OTHER;
	if (n != 2 || !fields[1].number || fields[1].value > 100)
		return CFOTA_NONE;
	*number = fields[1].value;
	return CFOTA_UPDATING;
}

static Fetch progress_of(const Field *fields)
{
	return (Fetch){ .kind = FETCH_PROGRESS,
			.busy = fields[0].value == 1,
			.has_len = true,
			.len = fields[1].value,
			.total = fields[2].value };
}

Fetch simcom_parse_fetch(const char *text)
{
	Field f[FIELDS_MAX];
	guint n = fields_of(text, "+HTTPTOFSRL:", f);

	if (n == 0)
		n = fields_of(text, "+HTTPTOFS:", f);
	if (n == 0 || !f[0].number)
		return (Fetch){ .kind = FETCH_NONE };
	if (n == 3 && f[0].value <= 1 && f[1].number && f[2].number)
		return progress_of(f);
	if (n >= 2 && f[0].value <= 1 && !f[1].number)
		return (Fetch){ .kind = FETCH_STATE, .busy = f[0].value == 1 };
	if (n > 2 || f[0].value < 100 || f[0].value > 65535 || (n == 2 && !f[1].number) ||
	    at_parse_behind(text, "+HTTPTOFSRL:"))
		return (Fetch){ .kind = FETCH_NONE };
	return (Fetch){ .kind = FETCH_DONE,
			.code = f[0].value,
			.has_len = n == 2,
			.len = n == 2 ? f[1].value : 0 };
}

static bool is_address(const Field *field)
{
	return !field->number && field->len > 0 && !is_word(field, "0.0.0.0") &&
	       !is_word(field, "::");
}

Bearer simcom_parse_cnact(const char *text)
{
	Field f[FIELDS_MAX];
	guint n = fields_of(text, "+CNACT:", f);

	if (n == 2 && f[0].number && !f[1].number)
		return (Bearer){ .valid = true, .active = f[0].value == 1 && is_address(&f[1]) };
	if (n == 3 && f[0].number && f[1].number && !f[2].number)
		return (Bearer){ .valid = true,
				 .has_index = true,
				 .index = MIN(f[0].value, G_MAXUINT),
				 .active = f[1].value == 1 && is_address(&f[2]) };
	return (Bearer){ .valid = false };
}

Bearer simcom_parse_app_pdp(const char *text)
{
	Field f[FIELDS_MAX];
	guint n = fields_of(text, "+APP PDP:", f);
	const Field *word = n > 0 ? &f[n - 1] : NULL;

	if (n == 0 || n > 2 || (n == 2 && !f[0].number) ||
	    !(is_word(word, "ACTIVE") || is_word(word, "DEACTIVE")))
		return (Bearer){ .valid = false };
	return (Bearer){ .valid = true,
			 .has_index = n == 2,
			 .index = n == 2 ? MIN(f[0].value, G_MAXUINT) : 0,
			 .active = is_word(word, "ACTIVE") };
}

/* A line of one number. */
static bool only_number(const char *text, const char *prefix, guint64 max, guint64 *number)
{
	Field f[FIELDS_MAX];

	if (fields_of(text, prefix, f) != 1 || !f[0].number || f[0].value > max)
		return false;
	*number = f[0].value;
	return true;
}

bool simcom_parse_cfsgfis(const char *text, guint64 *size)
{
	return only_number(text, "+CFSGFIS:", G_MAXUINT64, size);
}

bool simcom_parse_capfota(const char *text, bool *on)
{
	guint64 number;

	if (!only_number(text, "+CAPFOTA:", 1, &number))
		return false;
	*on = number == 1;
	return true;
}

bool simcom_parse_cscfota(const char *text, guint *code)
{
	guint64 number;

	if (!only_number(text, "+CSCFOTA:", 9999, &number))
		return false;
	*code = number;
	return true;
}
