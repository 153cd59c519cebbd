/* SPDX-License-Identifier: Apache-2.0
 *
 * What a Telit update erases: read and remembered before anything is changed, set and read back after it. A set that was saved
 * and not restored is never overwritten, whoever died meanwhile. It does not know the update. */
#include "lib/drivers/telit.h"

#include <string.h>

/* The port's speed is kept over an update, but the station fixes it: it is put back last. */
static Setting speed = { .name = (char *)"+IPR",
			 .query = (char *)"AT+IPR?",
			 .shape = (char *)"+IPR: %",
			 .set = (char *)"AT+IPR=%" };

/* NULL: all have had their turn. */
static const Setting *nth(Job *job, guint n)
{
	const GPtrArray *settings = job_model(job) ? job_model(job)->settings : NULL;
	guint count = settings ? settings->len : 0;

	if (n < count)
		return g_ptr_array_index(settings, n);
	return n == count ? &speed : NULL;
}

static bool is_echo(const Setting *setting)
{
	return strcmp(setting->name, "E") == 0;
}

/* "+CREG:" of "+CREG: %,": a report is an answer when it was asked for. */
static bool ask(Job *job, const Setting *setting)
{
	g_autofree char *expect = g_strndup(setting->shape, strcspn(setting->shape, ": %"));
	g_autofree char *prefix = g_strconcat(expect, ":", NULL);
	TelitState *t = job_state(job);

	t->got = t->unkept = false;
	return job_send(job, setting->query, strchr(setting->shape, ':') ? prefix : NULL);
}

static void take(Job *job, const Input *in)
{
	TelitState *t = job_state(job);
	const Setting *setting = nth(job, t->walk);

	if (in->kind != IN_LINE || !setting)
		return;
	if (setting_take(setting, in->text, t->now))
		t->got = true;
	else if (setting_answers(setting, in->text))
		t->unkept = true;
}

/* ---- saving ---- */

static bool can_be_saved(const Setting *setting)
{
	return *setting->query && !is_echo(setting);
}

/* Asks for the next one that can be asked for. False: there is none left. */
static bool ask_next(Job *job)
{
	TelitState *t = job_state(job);
	const Setting *setting;

	while ((setting = nth(job, t->walk)) && !can_be_saved(setting))
		t->walk++;
	return setting && ask(job, setting);
}

/* False: the update would lose the setting for good. */
static bool keep(Job *job)
{
	TelitState *t = job_state(job);
	const Setting *setting = nth(job, t->walk);

	if (*setting->set == '\0' || (!t->got && !t->unkept))
		return true;
	if (t->got && setting_pack(t->set, sizeof(t->set), setting->name, t->now))
		return true;
	job_detail(job, "%s has a value that is too long, or that cannot be sent back to it",
		   setting->name);
	return false;
}

/* The set that an attempt before this one has left, if it was not restored. */
static bool recall_set(Job *job)
{
	TelitState *t = job_state(job);
	const char *set = job_recall(job, job_unit(job)->imei, TELIT_ERASED);

	if (!set || !strchr(set, '='))
		return false;
	g_strlcpy(t->set, set, sizeof(t->set));
	return true;
}

/* The row's own AT is over: it has told whether the unit echoes. */
static StepAnswer begin_saving(Job *job)
{
	TelitState *t = job_state(job);

	job_mark(job, 1);
	if (recall_set(job))
		return STEP_NEXT;
	t->walk = 0;
	t->set[0] = '\0';
	setting_pack(t->set, sizeof(t->set), "E", job_echo(job) ? "1" : "0");
	return ask_next(job) ? STEP_WAIT : STEP_AGAIN(FAULT_NONE);
}

StepAnswer telit_on_save(Job *job, const Input *in)
{
	TelitState *t = job_state(job);

	if (!job_marks(job))
		return in->kind != IN_REPLY ? STEP_WAIT
		       : in->ok             ? begin_saving(job)
					    : STEP_AGAIN(FAULT_NONE);
	take(job, in);
	if (in->kind != IN_REPLY)
		return STEP_WAIT;
	/* What the firmware does not know cannot be lost. */
	if (in->ok && !keep(job))
		return STEP_FAIL(FAULT_SETTINGS_UNKNOWN);
	t->walk++;
	job_extend(job, 0);
	if (ask_next(job))
		return STEP_WAIT;
	job_remember(job, job_unit(job)->imei, TELIT_ERASED, t->set);
	return STEP_NEXT;
}

/* ---- restoring ---- */

/* What the unit was, in `value`; false: nothing is known of this one. */
static bool wanted(Job *job, const Setting *setting, char value[SETTING_VALUE_SIZE])
{
	TelitState *t = job_state(job);

	return *setting->set && setting_unpack(t->set, setting->name, value);
}

static StepAnswer restored(Job *job)
{
	TelitState *t = job_state(job);

	t->restored = true;
	/* The next hop loses them again: one set serves the whole chain. */
	if (!job_spec(job)->further || t->beyond)
		job_remember(job, job_unit(job)->imei, TELIT_ERASED, TELIT_RESTORED);
	return STEP_NEXT;
}

void telit_unrestore(Job *job)
{
	TelitState *t = job_state(job);

	if (!t->restored)
		return;
	t->restored = false;
	job_remember(job, job_unit(job)->imei, TELIT_ERASED, t->set);
}

static StepAnswer lost(Job *job, const char *name)
{
	TelitState *t = job_state(job);
	char value[SETTING_VALUE_SIZE];

	setting_unpack(t->set, name, value);
	job_detail(job, "%s reads %s, was %s", name, t->got ? t->now : "nothing", value);
	return STEP_AGAIN(FAULT_SETTINGS_LOST);
}

static bool send_set(Job *job, const Setting *setting)
{
	char value[SETTING_VALUE_SIZE];
	g_autofree char *command = NULL;
	TelitState *t = job_state(job);

	wanted(job, setting, value);
	command = setting_command(setting, value);
	t->phase = WALK_SET;
	return job_send(job, command, NULL);
}

/* The next setting that is known: its question is sent, of the echo the command itself. */
static StepAnswer next_setting(Job *job)
{
	TelitState *t = job_state(job);
	char value[SETTING_VALUE_SIZE];
	const Setting *setting;

	while ((setting = nth(job, t->walk)) && !wanted(job, setting, value))
		t->walk++;
	if (!setting)
		return restored(job);
	job_extend(job, 0);
	t->phase = WALK_QUERY;
	if (is_echo(setting) ? send_set(job, setting) : ask(job, setting))
		return STEP_WAIT;
	return STEP_AGAIN(FAULT_NO_ANSWER);
}

static bool is_as_wanted(Job *job, const Setting *setting)
{
	TelitState *t = job_state(job);
	char value[SETTING_VALUE_SIZE];

	wanted(job, setting, value);
	if (is_echo(setting)) {
		t->got = true;
		g_strlcpy(t->now, job_echo(job) ? "1" : "0", sizeof(t->now));
	}
	return t->got && strcmp(t->now, value) == 0;
}

static StepAnswer on_restored_reply(Job *job, const Input *in)
{
	TelitState *t = job_state(job);
	const Setting *setting = nth(job, t->walk);

	job_extend(job, 0);
	if (t->phase == WALK_SET) {
		if (!in->ok)
			op_note_refusal(job, in->text);
		t->phase = WALK_READ_BACK;
		return ask(job, setting) ? STEP_WAIT : STEP_AGAIN(FAULT_NO_ANSWER);
	}
	if (is_as_wanted(job, setting)) {
		t->walk++;
		return next_setting(job);
	}
	if (t->phase == WALK_READ_BACK)
		return lost(job, setting->name);
	return send_set(job, setting) ? STEP_WAIT : STEP_AGAIN(FAULT_NO_ANSWER);
}

static StepAnswer restore(Job *job, const Input *in)
{
	TelitState *t = job_state(job);

	/* Without its list nothing is put back, and the set stays as it is for who knows it. */
	if (!job_model(job))
		return STEP_FAIL(FAULT_SETTINGS_UNKNOWN);
	if (in->kind == IN_ENTER) {
		t->walk = 0;
		return next_setting(job);
	}
	take(job, in);
	return in->kind == IN_REPLY ? on_restored_reply(job, in) : STEP_WAIT;
}

/* Nothing is known of a unit that was found updating; of one that is owed an answer it may have been restored before the
 * station died. */
static StepAnswer no_set(Job *job)
{
	const char *last = job_recall(job, job_unit(job)->imei, TELIT_ERASED);

	if (!job_spec(job)->adopted && last)
		return STEP_NEXT;
	job_detail(job, "nobody has read the settings of IMEI %s before this update",
		   job_unit(job)->imei);
	return STEP_FAIL(FAULT_SETTINGS_UNKNOWN);
}

StepAnswer telit_on_restore(Job *job, const Input *in)
{
	TelitState *t = job_state(job);

	if (t->restored)
		return STEP_NEXT;
	if (in->kind == IN_ENTER && *t->set == '\0' && !recall_set(job))
		return no_set(job);
	return restore(job, in);
}

StepAnswer telit_on_restore_last(Job *job, const Input *in)
{
	TelitState *t = job_state(job);

	if (t->restored || (in->kind == IN_ENTER && *t->set == '\0' && !recall_set(job)))
		return STEP_NEXT;
	return restore(job, in);
}
