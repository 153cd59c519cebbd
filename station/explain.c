/* SPDX-License-Identifier: Apache-2.0
 *
 * Step tables as text. It does not know what any step does. */
#include "station/explain.h"

#include "lib/driver.h"

#include <glib/gi18n.h>
#include <string.h>

static char *flag_words(guint flags)
{
	g_autoptr(GString) words = g_string_new(NULL);

#define FLAG(name, bit, word)                                                                      \
	if (flags & STEP_##name)                                                                   \
		g_string_append_printf(words, "%s%s", words->len ? ", " : "", word);
	STEP_FLAG_LIST(FLAG)
#undef FLAG
	return g_string_free(g_steal_pointer(&words), FALSE);
}

static void append_rows(GString *out, const Step *steps, gsize n)
{
	for (gsize i = 0; i < n; i++) {
		const Step *s = &steps[i];
		g_autofree char *flags = flag_words(s->flags);
		g_autofree char *limit =
			s->limit_s ? g_strdup_printf("%u", s->limit_s) : g_strdup("-");

		g_string_append_printf(
			out, "  %2" G_GSIZE_FORMAT "  %-16s %5u  %7u %6s  %5u  %-18s %-32s %s\n",
			i + 1, s->name, s->weight, s->timeout_s, limit, s->tries,
			fault_get(s->fault)->name, s->at ? s->at : "-", flags);
	}
}

static void append_procedure(GString *out, const Procedure *p)
{
	g_string_append_printf(out, "%s\n  %s\n", p->name, _(p->summary));
	if (p->danger_limit_s)
		g_string_append_printf(out, _("  the dangerous stretch may take %u s in all\n"),
				       p->danger_limit_s);
	g_string_append_printf(out, "\n  %2s  %-16s %5s  %7s %6s  %5s  %-18s %-32s %s\n", "#",
			       _("step"), _("share"), _("silence"), _("limit"), _("tries"),
			       _("fault"), _("command"), _("properties"));
	append_rows(out, p->steps, p->n_steps);
	if (p->n_leave > 0) {
		g_string_append_printf(out, "\n  %s\n", _("leave clean:"));
		append_rows(out, p->leave, p->n_leave);
	}
	g_string_append_c(out, '\n');
}

static void append_summaries(GString *out, const char *owner, const Procedure *const *procedures)
{
	for (guint i = 0; procedures[i]; i++)
		g_string_append_printf(out, "%-28s %-16s %s\n", procedures[i]->name, owner,
				       _(procedures[i]->summary));
}

char *explain_list(void)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; driver_list()[i]; i++)
		append_summaries(out, driver_list()[i]->name, driver_list()[i]->procedures);
	append_summaries(out, "-", driver_common_procedures());
	return g_string_free(out, FALSE);
}

char *explain(const char *name)
{
	g_autoptr(GString) out = g_string_new(NULL);
	const Driver *driver = driver_find(name);
	const Procedure *procedure = procedure_find(name, NULL);

	/* A driver may be called as its procedure is. */
	for (guint i = 0; !procedure && driver && driver->procedures[i]; i++)
		append_procedure(out, driver->procedures[i]);
	if (procedure)
		append_procedure(out, procedure);
	return out->len > 0 ? g_string_free(g_steal_pointer(&out), FALSE) : NULL;
}
