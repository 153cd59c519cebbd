/* SPDX-License-Identifier: Apache-2.0
 *
 * What a scanner has read: a name, a work order, the label of a unit. It does not know how a scan is told from keys, nor what
 * the station does. */
#include "tui/tui_private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "lib/unit.h"

#define IMEI_DIGITS 15

/* The first valid IMEI in the text of a label, which may have more on it. */
static bool find_imei(const char *text, char imei[IMEI_DIGITS + 1])
{
	for (const char *p = text; *p; p++) {
		gsize n = strspn(p, "0123456789");

		if (n == IMEI_DIGITS) {
			g_strlcpy(imei, p, IMEI_DIGITS + 1);
			if (unit_imei_valid(imei))
				return true;
		}
		if (n > 0)
			p += n - 1;
	}
	return false;
}

static void ask_about_label(Tui *tui, guint slot, const char *imei)
{
	const SlotRow *row = board_row(tui->facts.board, slot);

	tui_ask_confirm(
		tui, REQUEST_SLOT, slot,
		g_strdup_printf(
			_("WRONG LABEL? It says %s, the unit in %s says %s. Is it the label on the "
			  "unit in %s? y: the unit fails. n: it belongs to another one"),
			imei, row->label, row->imei, row->label));
	g_strlcpy(tui->prompt_label, imei, sizeof(tui->prompt_label));
	tui_ring(tui);
}

static void scan_label(Tui *tui, const char *text)
{
	char imei[IMEI_DIGITS + 1];
	guint slot = 0;

	if (!find_imei(text, imei)) {
		tui_ring(tui);
		tui_note(
			tui,
			g_strdup_printf(
				_("the scanned text \"%.40s\" is not used: expected an IMEI of 15 digits, "
				  "or %s or %s before a name or number"),
				text, tui->worker_prefix, tui->order_prefix));
		return;
	}
	switch (tui->acts->label(tui->user, imei, tui->facts.chosen, &slot)) {
	case TUI_LABEL_MATCHES:
		tui->facts.chosen = slot;
		tui_note(tui, g_strdup_printf(_("%s: the label fits, IMEI %s"),
					      board_row(tui->facts.board, slot)->label, imei));
		break;
	case TUI_LABEL_DIFFERS:
		ask_about_label(tui, slot, imei);
		break;
	case TUI_LABEL_EXPECTED:
		tui_note(tui,
			 g_strdup_printf(_("the label %s is kept for the unit that is put in next"),
					 imei));
		break;
	case TUI_LABEL_UNKNOWN:
		tui_note(tui, g_strdup_printf(_("no unit here has the IMEI %s"), imei));
		break;
	}
}

static const char *after_prefix(const char *text, const char *prefix)
{
	return *prefix && g_str_has_prefix(text, prefix) ? text + strlen(prefix) : NULL;
}

/* The label of a unit is neither a name nor the number of an order. */
static bool is_misplaced(const Tui *tui, const char *text)
{
	char imei[IMEI_DIGITS + 1];

	return (tui->prompt.request == REQUEST_WORKER ||
		tui->prompt.request == REQUEST_WORK_ORDER) &&
	       find_imei(text, imei);
}

static void type(Tui *tui, const char *text)
{
	for (; *text; text = g_utf8_next_char(text))
		prompt_key(&tui->prompt, g_utf8_get_char(text));
	tui->dirty = true;
}

/* A scan is never an answer to yes or no; while a text is asked for it is that text. */
void tui_scan(gpointer user, const char *text, bool whole)
{
	Tui *tui = user;
	const char *worker = after_prefix(text, tui->worker_prefix);
	const char *order = after_prefix(text, tui->order_prefix);
	bool expected = tui->prompt.kind == PROMPT_TEXT && !worker && !order;

	/* Pasted, or typed by a machine that leaves Enter to the person. */
	if (!whole && expected) {
		type(tui, text);
		return;
	}
	if (!whole || tui->prompt.kind == PROMPT_CONFIRM) {
		tui_ring(tui);
		tui_note(tui,
			 g_strdup(whole ? _("answer the question first, then scan again")
					: _("a scan without an end was not used: scan again")));
		return;
	}
	tui_note(tui, NULL);
	if (expected && is_misplaced(tui, text)) {
		tui_ring(tui);
		tui_note(tui, g_strdup(_("that is the label of a unit: it is not used here")));
		return;
	}
	if (expected) {
		g_string_assign(tui->prompt.text, text);
		tui_answered(tui, true);
		return;
	}
	/* What was being asked for was scanned, or something else is more urgent to the person. */
	if (worker || order)
		prompt_clear(&tui->prompt);
	if (worker)
		tui_take_text(tui, REQUEST_WORKER, worker);
	else if (order)
		tui_take_text(tui, REQUEST_WORK_ORDER, order);
	else if (g_str_has_prefix(text, tui->label_prefix))
		scan_label(tui, text + strlen(tui->label_prefix));
	else
		tui_note(
			tui,
			g_strdup_printf(
				_("the scanned text \"%.40s\" is not used: expected %s, %s or %s before "
				  "it"),
				text, tui->worker_prefix, tui->order_prefix, tui->label_prefix));
}
