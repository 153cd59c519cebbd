/* SPDX-License-Identifier: Apache-2.0
 *
 * Text of a statement and the values that go into it. It does not know what the tables mean. */
#include "db/filter.h"

#include <string.h>

/* Fewer digits of a SHA-256 are taken for a name; more than all are one. */
#define SHA_DIGITS     8
#define SHA_DIGITS_ALL 64

void ask_init(Ask *ask)
{
	ask->sql = g_string_new(NULL);
	ask->values = g_array_new(FALSE, FALSE, sizeof(Value));
}

void ask_clear(Ask *ask)
{
	g_string_free(ask->sql, TRUE);
	g_array_unref(ask->values);
}

void ask_add(Ask *ask, const char *sql)
{
	g_string_append(ask->sql, sql);
}

static void add(Ask *ask, const char *term, Value value)
{
	g_string_append(ask->sql, " AND ");
	for (; *term; term++)
		if (*term == '?')
			g_string_append_printf(ask->sql, "?%u", ask->values->len + 1);
		else
			g_string_append_c(ask->sql, *term);
	g_array_append_val(ask->values, value);
}

void ask_text(Ask *ask, const char *term, const char *value)
{
	if (value)
		add(ask, term, value_text(value));
}

bool ask_is_sha(const char *text)
{
	gsize n = text ? strspn(text, "0123456789abcdefABCDEF") : 0;

	return n >= SHA_DIGITS && n <= SHA_DIGITS_ALL && text[n] == '\0';
}

void ask_number(Ask *ask, const char *term, gint64 value)
{
	add(ask, term, value_int(value));
}

SqlRows *ask_run(Ask *ask, Db *db, GError **error)
{
	return sql_ask(db, ask->sql->str, (const Value *)ask->values->data, ask->values->len,
		       error);
}
