/* SPDX-License-Identifier: Apache-2.0
 *
 * Text of a statement and the values that go into it. It does not know what is asked. */
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

void ask_place(Ask *ask, const Filter *f)
{
	ask_text(ask, "y.slot_label = ?", f->slot);
	ask_text(ask, "coalesce(y.model_name, y.model) = ?", f->model);
	ask_text(ask, "y.work_order = ?", f->work_order);
	ask_text(ask, "y.worker = ?", f->worker);
	ask_text(ask, "y.station = ?", f->station);
}

/* The sums know which names go with a SHA-256: of attempts only names have an index. */
void ask_package(Ask *ask, const Filter *f)
{
	ask_text(ask,
		 ask_is_sha(f->package)
			 ? "(x.package = ? OR (x.package IN (SELECT package FROM package_tally"
			   " WHERE sha256 LIKE ? || '%') AND x.package_sha256 LIKE ? || '%'))"
			 : "x.package = ?",
		 f->package);
}

void ask_period(Ask *ask, const char *column, const Period *period)
{
	g_autofree char *from = g_strconcat(column, " >= ?", NULL);
	g_autofree char *to = g_strconcat(column, " < ?", NULL);

	if (period->from_us != PERIOD_OPEN)
		ask_number(ask, from, period->from_us);
	if (period->to_us != PERIOD_OPEN)
		ask_number(ask, to, period->to_us);
}

SqlRows *ask_run(Ask *ask, Db *db, GError **error)
{
	return sql_ask(db, ask->sql->str, (const Value *)ask->values->data, ask->values->len,
		       error);
}
