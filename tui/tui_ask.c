/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys and the questions that lie between a key and what cannot be undone. It does not know how anything is drawn, nor what the
 * station does. */
#include "tui/tui_private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "tui/words.h"

#define NAMES_MAX 10
/* How long it is said why something was not done, unless a key is pressed before. */
#define NOTE_US (10 * (gint64)G_USEC_PER_SEC)

void tui_note(Tui *tui, char *text)
{
	g_free(tui->note);
	tui->note = text;
	tui->note_until_us = text ? tui->now_us + NOTE_US : G_MAXINT64;
	tui->dirty = true;
}

void tui_ring(Tui *tui)
{
	tui->ring = tui->bell != BELL_OFF;
}

static const SlotRow *chosen_row(const Tui *tui)
{
	return board_row(tui->facts.board, tui->facts.chosen);
}

/* ---- questions ---- */

static void ask_text(Tui *tui, RequestId id, const char *question)
{
	prompt_text(&tui->prompt, id, g_strdup(question));
	tui->dirty = true;
}

static Named name_of(const Tui *tui, guint slot)
{
	const SlotRow *row = board_row(tui->facts.board, slot);
	Named named = { .slot = slot, .visit = row->visit };

	g_strlcpy(named.imei, row->imei, sizeof(named.imei));
	return named;
}

void tui_ask_confirm(Tui *tui, RequestId id, guint slot, char *question)
{
	prompt_confirm(&tui->prompt, id, question);
	tui->named = name_of(tui, slot);
	tui->prompt_label[0] = '\0';
	tui->dirty = true;
}

void tui_ask_first(Tui *tui)
{
	if (tui->prompt.kind != PROMPT_NOTHING || tui->quitting)
		return;
	if (tui->ask_worker) {
		tui->ask_worker = false;
		if (!*board_worker(tui->facts.board))
			ask_text(tui, REQUEST_WORKER,
				 _("Who works here? Type the name, or scan it:"));
	} else if (tui->ask_work_order) {
		tui->ask_work_order = false;
		if (!*board_work_order(tui->facts.board))
			ask_text(tui, REQUEST_WORK_ORDER,
				 _("Which work order? Type its number, or scan it:"));
	}
}

/* Whoever was in it last is not there any more. */
static bool is_empty(const SlotRow *row)
{
	return row->state == SLOT_EMPTY || row->state == SLOT_PARKED;
}

/* "A3 (MC65 …00101)" */
static char *slot_words(const Tui *tui, const SlotRow *row)
{
	g_autofree char *imei = words_imei_tail(row, &tui->theme);

	if (is_empty(row) || (!*row->model && !*imei))
		return g_strdup(row->label);
	return g_strdup_printf("%s (%s %s)", row->label, row->model, imei);
}

/* What quitting costs now. */
static char *quit_question(const Tui *tui)
{
	guint danger = tui->acts->in_danger(tui->user);
	guint running = board_counters(tui->facts.board).running;

	if (danger)
		return g_strdup_printf(ngettext("%u unit is flashing: it is finished first, "
						"nothing new starts. Quit? y/n",
						"%u units are flashing: they are finished first, "
						"nothing new starts. Quit? y/n",
						danger),
				       danger);
	if (running)
		return g_strdup_printf(
			ngettext("%u unit is being worked on: it is stopped and counts as bad. "
				 "Quit? y/n",
				 "%u units are being worked on: they are stopped and count as bad. "
				 "Quit? y/n",
				 running),
			running);
	return g_strdup(_("Quit? y/n"));
}

static char *start_all_question(Tui *tui)
{
	g_autoptr(GString) names = g_string_new(NULL);
	guint n = 0;

	g_array_set_size(tui->starts, 0);
	for (guint i = 0; i < board_n_slots(tui->facts.board); i++) {
		Named named = name_of(tui, i);
		const SlotRow *row = board_row(tui->facts.board, i);

		if (row->state != SLOT_READY)
			continue;
		g_array_append_val(tui->starts, named);
		if (n++ < NAMES_MAX)
			g_string_append_printf(names, "%s%s", n > 1 ? " " : "", row->label);
	}
	if (n == 0) {
		tui_note(tui, g_strdup(_("no unit is ready to be started")));
		return NULL;
	}
	if (n > NAMES_MAX)
		g_string_append(names, " …");
	return g_strdup_printf(ngettext("Start %u unit: %s? y/n", "Start %u units: %s? y/n", n), n,
			       names->str);
}

static char *start_question(Tui *tui, const SlotRow *row)
{
	g_autofree char *slot = slot_words(tui, row);
	/* Before its visit begins only the plan says where it goes. */
	g_autofree char *versions = *row->target ? words_versions(row, &tui->theme, 60)
						 : tui->acts->plan(tui->user, tui->facts.chosen);

	if (row->state != SLOT_READY) {
		tui_note(tui, g_strdup_printf(_("%s: there is no unit in it that is ready"), slot));
		return NULL;
	}
	return g_strdup_printf(_("Start %s, %s? y/n"), slot, versions);
}

static char *retest_question(Tui *tui, const SlotRow *row)
{
	g_autofree char *slot = slot_words(tui, row);

	if (is_empty(row)) {
		tui_note(tui, g_strdup_printf("%s: %s", slot, _("there is no unit in it")));
		return NULL;
	}
	return g_strdup_printf(_("Retest %s? Its verdict stays in the record, a new visit begins. "
				 "y/n"),
			       slot);
}

static char *abort_question(Tui *tui, const SlotRow *row)
{
	g_autofree char *slot = slot_words(tui, row);

	if (row->danger) {
		tui_note(
			tui,
			g_strdup_printf(
				_("%s is not stopped: it is past the point of no return, stopping it now "
				  "may destroy it; it goes on to its verdict"),
				slot));
		return NULL;
	}
	if (row->state != SLOT_RUNNING && row->state != SLOT_READY && row->state != SLOT_QUEUED) {
		tui_note(tui, g_strdup_printf(_("%s: nothing is being done in it"), slot));
		return NULL;
	}
	return g_strdup_printf(_("Abort %s? It counts as bad. y/n"), slot);
}

static char *acknowledge_question(Tui *tui, const SlotRow *row)
{
	g_autofree char *slot = slot_words(tui, row);
	g_autofree char *fault = words_fault(row, false);

	if (row->state != SLOT_FAILED) {
		if (!*board_trouble(tui->facts.board))
			tui_note(tui, g_strdup_printf(_("%s: there is no failure to acknowledge"),
						      slot));
		board_trouble_seen(tui->facts.board);
		return NULL;
	}
	/* A refused PIN is seen while its unit is there: others wait for that. */
	if (row->there && row->fault != FAULT_SIM_LOCKED) {
		tui_note(tui,
			 g_strdup_printf("%s: %s", slot, _("its unit is still in it: remove it")));
		return NULL;
	}
	return g_strdup_printf(_("%s: %s. Seen? y/n"), slot, fault);
}

static char *end_batch_question(const Tui *tui)
{
	const char *order = board_work_order(tui->facts.board);

	if (!*order)
		return g_strdup(
			_("End the batch? What runs is finished, nothing new starts until a work "
			  "order is entered. y/n"));
	return g_strdup_printf(
		_("End the batch of work order %s? What runs is finished and counts for it, "
		  "nothing new starts until the next order is entered. y/n"),
		order);
}

/* NULL: nothing is to be asked, and nothing to be done. */
static char *question_of(Tui *tui, RequestId id)
{
	const SlotRow *row = chosen_row(tui);
	g_autofree char *slot = slot_words(tui, row);

	switch (id) {
	case REQUEST_START:
		return start_question(tui, row);
	case REQUEST_START_ALL:
		return start_all_question(tui);
	case REQUEST_RETEST:
		return retest_question(tui, row);
	case REQUEST_ABORT:
		return abort_question(tui, row);
	case REQUEST_PARK:
		return g_strdup_printf(
			row->parked ? _("Use slot %s again? y/n")
				    : _("Park slot %s? Nothing is to be put in any more. y/n"),
			slot);
	case REQUEST_ACKNOWLEDGE:
		return acknowledge_question(tui, row);
	case REQUEST_END_BATCH:
		return end_batch_question(tui);
	case REQUEST_QUIT:
		return quit_question(tui);
	default:
		return NULL;
	}
}

/* ---- acts ---- */

static Act act_of(const Tui *tui, RequestId id)
{
	switch (id) {
	case REQUEST_START:
		return ACT_START;
	case REQUEST_RETEST:
		return ACT_RETEST;
	case REQUEST_ABORT:
		return ACT_ABORT;
	case REQUEST_PARK:
		return board_row(tui->facts.board, tui->named.slot)->parked ? ACT_RELEASE
									    : ACT_PARK;
	case REQUEST_ACKNOWLEDGE:
		return ACT_ACKNOWLEDGE;
	case REQUEST_END_BATCH:
		return ACT_END_BATCH;
	case REQUEST_QUIT:
		return ACT_QUIT;
	default:
		return N_ACTS;
	}
}

static void note_slot(Tui *tui, guint slot, const char *why)
{
	tui_note(tui, g_strdup_printf("%s: %s", board_row(tui->facts.board, slot)->label, _(why)));
}

/* Whoever was named in the question may have left since. */
static bool is_another(const Tui *tui, const Named *named)
{
	const SlotRow *row = board_row(tui->facts.board, named->slot);

	return row->visit != named->visit || strcmp(row->imei, named->imei) != 0;
}

/* Who has become ready since was not asked about. */
static void start_named(Tui *tui)
{
	for (guint i = 0; i < tui->starts->len; i++) {
		const Named *named = &g_array_index(tui->starts, Named, i);
		const char *why = is_another(tui, named)
					  ? N_("another unit is there now, nothing was done")
					  : tui->acts->act(tui->user, ACT_START, named->slot);

		if (why)
			note_slot(tui, named->slot, why);
	}
}

static void do_act(Tui *tui, RequestId id)
{
	bool about_slot = request_get(id)->flags & REQUEST_ABOUT_SLOT;
	Act act = act_of(tui, id);
	const char *why;

	if (id == REQUEST_START_ALL)
		start_named(tui);
	if (act == N_ACTS)
		return;
	if (act == ACT_QUIT)
		tui->quitting = true;
	if (act == ACT_ACKNOWLEDGE)
		board_trouble_seen(tui->facts.board);
	why = about_slot && is_another(tui, &tui->named)
		      ? N_("another unit is there now, nothing was done")
		      : tui->acts->act(tui->user, act, tui->named.slot);
	if (why && about_slot)
		note_slot(tui, tui->named.slot, why);
	else if (why)
		tui_note(tui, g_strdup(_(why)));
	if (act == ACT_END_BATCH && !why)
		ask_text(tui, REQUEST_WORK_ORDER,
			 _("Which work order comes next? Type its number, or scan it:"));
}

static void yes_label(Tui *tui)
{
	const char *why = tui->acts->label_differs(tui->user, tui->named.slot, tui->named.imei,
						   tui->prompt_label);

	if (why)
		note_slot(tui, tui->named.slot, why);
}

/* It is the label of a unit that is not in yet. */
static void no_label(Tui *tui)
{
	guint slot;

	tui->acts->label(tui->user, tui->prompt_label, G_MAXUINT, &slot);
	tui_note(tui, g_strdup_printf(_("the label %s is kept for the unit that is put in next"),
				      tui->prompt_label));
}

void tui_take_text(Tui *tui, RequestId id, const char *typed)
{
	g_autofree char *text = g_strstrip(g_strdup(typed));
	View *view = tui_top_view(tui);
	const char *why = NULL;

	if (id == REQUEST_WORKER)
		why = tui->acts->worker(tui->user, text);
	else if (id == REQUEST_WORK_ORDER)
		why = tui->acts->work_order(tui->user, text);
	else if (view->ops->text)
		view->ops->text(view, text);
	if (why)
		tui_note(tui, g_strdup(_(why)));
}

void tui_answered(Tui *tui, bool yes)
{
	Prompt prompt = tui->prompt;

	tui->prompt = (Prompt){ 0 };
	if (prompt.kind == PROMPT_TEXT && yes)
		tui_take_text(tui, prompt.request, prompt.text->str);
	else if (prompt.kind == PROMPT_CONFIRM && *tui->prompt_label)
		yes ? yes_label(tui) : no_label(tui);
	else if (prompt.kind == PROMPT_CONFIRM && yes)
		do_act(tui, prompt.request);
	tui->prompt_label[0] = '\0';
	prompt_clear(&prompt);
	tui->dirty = true;
}

/* ---- keys ---- */

static void open_view(Tui *tui, View *view)
{
	g_ptr_array_set_size(tui->views, 1);
	g_ptr_array_add(tui->views, view);
	tui->dirty = true;
}

static void suspend(Tui *tui)
{
	guint open = tui->acts->open(tui->user);
	const char *bytes;
	gsize len;

	if (open) {
		tui_note(
			tui,
			g_strdup_printf(
				ngettext(
					"not suspended: %u unit has no verdict yet, and nobody would "
					"look after it",
					"not suspended: %u units have no verdict yet, and nobody would "
					"look after them",
					open),
				open));
		return;
	}
	bytes = screen_leave(tui->screen, &len);
	tui->acts->write(tui->user, bytes, len);
	screen_pause(tui->screen);
	tui->acts->suspend(tui->user);
	screen_resume(tui->screen);
	tui_resize(tui);
}

static void do_request(Tui *tui, RequestId id)
{
	switch (id) {
	case REQUEST_HELP:
		g_ptr_array_add(tui->views, view_help_new());
		break;
	case REQUEST_SLOT:
		open_view(tui, view_slot_new(&tui->desk, &tui->facts));
		break;
	case REQUEST_LARGE:
		open_view(tui, view_large_new());
		break;
	case REQUEST_BATCH:
		open_view(tui, view_batch_new());
		break;
	case REQUEST_HISTORY:
		open_view(tui, view_history_new(&tui->desk));
		break;
	case REQUEST_LOG:
		open_view(tui, view_log_new());
		break;
	case REQUEST_BACK:
		if (tui->views->len > 1)
			g_ptr_array_set_size(tui->views, tui->views->len - 1);
		break;
	case REQUEST_WORKER:
		ask_text(tui, id, _("Who works here? Type the name, or scan it:"));
		break;
	case REQUEST_WORK_ORDER:
		ask_text(tui, id, _("Which work order? Type its number, or scan it:"));
		break;
	case REQUEST_REPAINT:
		screen_forget(tui->screen);
		break;
	case REQUEST_SUSPEND:
		suspend(tui);
		break;
	default:
		return;
	}
	tui->dirty = true;
}

static void on_request(Tui *tui, RequestId id)
{
	View *view = tui_top_view(tui);
	guint answer = view->ops->request(view, &tui->facts, id);
	char *question;

	if (answer & VIEW_REDRAW)
		tui->dirty = true;
	if (answer & VIEW_PROMPT)
		ask_text(tui, id, _(view->ops->prompt));
	if (answer & VIEW_CLOSE) {
		g_ptr_array_remove_index(tui->views, tui->views->len - 1);
		tui->dirty = true;
	}
	if (answer & VIEW_HANDLED)
		return;
	if (!(request_get(id)->flags & REQUEST_CONFIRM)) {
		do_request(tui, id);
		return;
	}
	if (tui->quitting) {
		tui_note(tui, g_strdup(_("the station is stopping: nothing new begins")));
		return;
	}
	question = question_of(tui, id);
	tui->dirty = true;
	if (question)
		tui_ask_confirm(tui, id, tui->facts.chosen, question);
}

void tui_key(gpointer user, Key key)
{
	Tui *tui = user;
	RequestId id;

	if (tui->note)
		tui_note(tui, NULL);
	if (tui->prompt.kind != PROMPT_NOTHING) {
		PromptAnswer answer = prompt_key(&tui->prompt, key);

		tui->dirty = true;
		if (answer != PROMPT_PENDING)
			tui_answered(tui, answer == PROMPT_YES);
		return;
	}
	/* Ctrl-C is what people press to end a program. */
	id = request_of_key(key == KEY_CTRL('C') ? 'q' : key);
	if (id != REQUEST_NONE)
		on_request(tui, id);
}
