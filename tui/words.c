/* SPDX-License-Identifier: Apache-2.0
 *
 * Sentences made from a slot's row. It does not know where they are put. */
#include "tui/words.h"

#include <glib/gi18n.h>
#include <string.h>

#define IMEI_TAIL 5

/* Texts from elsewhere in the program may be in the catalogue of translations, or not; "" is not to be looked up. */
const char *words_translated(const char *text)
{
	return *text ? _(text) : "";
}

static char *running_words(const SlotRow *row)
{
	GString *words = g_string_new(words_step(row->step));

	if (row->hops > 1)
		g_string_append_printf(words, _(", part %u of %u"), row->hop, row->hops);
	if (row->try_no > 1)
		g_string_append_printf(words, _(", try %u"), row->try_no);
	return g_string_free(words, FALSE);
}

static char *passed_words(const SlotRow *row)
{
	if (!row->recorded)
		return g_strdup(_("not recorded"));
	return g_strdup(row->outcome == OUTCOME_CURRENT ? _("was up to date") : _("updated"));
}

char *words_imei_tail(const SlotRow *row, const Theme *theme)
{
	gsize len = strlen(row->imei);
	char ellipsis[7] = "";

	if (len <= IMEI_TAIL)
		return g_strdup(row->imei);
	g_unichar_to_utf8(theme->symbols->ellipsis, ellipsis);
	return g_strconcat(ellipsis, row->imei + len - IMEI_TAIL, NULL);
}

/* The last unit's verdict, for whoever holds it in the hand and wonders. */
static char *last_words(const SlotRow *row, const Theme *theme)
{
	g_autofree char *imei = words_imei_tail(row, theme);
	g_autofree char *fault = words_fault(row, false);

	switch (row->outcome) {
	case OUTCOME_PASS:
	case OUTCOME_CURRENT:
		if (!imei[0])
			break;
		return g_strdup_printf(
			row->recorded ? _("last: good %s") : _("last: %s, not recorded"), imei);
	case OUTCOME_FAIL:
	case OUTCOME_ABORTED:
	case OUTCOME_INTERRUPTED:
		return g_strdup_printf(_("last: bad %s: %s"), imei, fault);
	case OUTCOME_SKIPPED:
		return g_strdup_printf(_("last: not done %s: %s"), imei, fault);
	case OUTCOME_NONE:
	case N_OUTCOMES:
		break;
	}
	return g_strdup("");
}

char *words_doing(const SlotRow *row, const Theme *theme)
{
	switch (row->state) {
	case SLOT_EMPTY:
		return last_words(row, theme);
	case SLOT_SETTLING:
		return g_strdup(_("arriving"));
	case SLOT_IDENTIFYING:
		return g_strdup(_("identifying"));
	case SLOT_READY:
		return g_strdup(_("ready: s starts it"));
	case SLOT_QUEUED:
		if (row->why[0])
			return g_strdup_printf(_("queued: %s"), words_translated(row->why));
		return g_strdup(_("queued"));
	case SLOT_RUNNING:
		return running_words(row);
	case SLOT_PASSED:
		return passed_words(row);
	case SLOT_FAILED:
		return words_fault(row, false);
	case SLOT_PARKED:
		return g_strdup(_("parked"));
	case N_SLOT_STATES:
		break;
	}
	g_assert_not_reached();
}

char *words_fault(const SlotRow *row, bool full)
{
	const Fault *fault = fault_get(row->fault);
	const char *text = words_translated(fault->text), *next = words_translated(fault->next);

	if (fault->code == FAULT_NONE)
		return g_strdup("");
	if (full && row->vendor[0])
		return g_strdup_printf("%s (%s): %s", text, row->vendor, next);
	return g_strdup_printf("%s: %s", text, next);
}

char *words_outcome(Outcome outcome, FaultCode fault)
{
	const char *text = words_translated(fault_get(fault)->text);

	switch (outcome) {
	case OUTCOME_PASS:
		return g_strdup(_("good, updated"));
	case OUTCOME_CURRENT:
		return g_strdup(_("good, was up to date"));
	case OUTCOME_FAIL:
		return g_strdup_printf(_("bad: %s"), text);
	case OUTCOME_ABORTED:
		return g_strdup(_("bad: aborted"));
	case OUTCOME_INTERRUPTED:
		return g_strdup(_("bad: interrupted"));
	case OUTCOME_SKIPPED:
		return g_strdup_printf(_("not done: %s"), text);
	case OUTCOME_NONE:
	case N_OUTCOMES:
		break;
	}
	return g_strdup(_("still open"));
}

char *words_versions(const SlotRow *row, const Theme *theme, int w)
{
	g_autofree char *both = NULL;

	if (!row->target[0] || strcmp(row->version, row->target) == 0)
		return g_strdup(row->version);
	both = g_strdup_printf("%s %s %s", row->version, theme->symbols->arrow, row->target);
	if (row->version[0] && text_width(both) <= w)
		return g_steal_pointer(&both);
	/* Where it goes matters more than where it comes from. */
	return g_strdup_printf("%s %s", theme->symbols->arrow, row->target);
}

char *words_elapsed(gint64 seconds)
{
	int s = seconds % 60, m = seconds / 60 % 60;

	if (seconds < 0)
		return g_strdup("");
	if (seconds < 3600)
		return g_strdup_printf("%d:%02d", m, s);
	return g_strdup_printf("%" G_GINT64_FORMAT ":%02d:%02d", seconds / 3600, m, s);
}
