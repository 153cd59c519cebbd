/* SPDX-License-Identifier: Apache-2.0
 *
 * Rings of entries and lines. It does not know what any of it is good for. */
#include "tui/diary.h"

#include <stdlib.h>
#include <string.h>

#define ENTRIES_MAX 1000
#define LINES_MAX   128
#define STEPS_MAX   64

typedef struct {
	DiaryJob job;
	DiaryStep steps[STEPS_MAX];
	guint n_steps;
	DiaryLine *lines; /* a ring, made when the first one comes */
	guint n_lines, next_line;
} SlotDiary;

struct _Diary {
	SlotDiary *slots;
	gsize n_slots;
	DiaryEntry *entries;
	guint n_entries, next_entry;
};

Diary *diary_new(gsize n_slots)
{
	Diary *diary = g_new0(Diary, 1);

	diary->slots = g_new0(SlotDiary, n_slots);
	diary->n_slots = n_slots;
	diary->entries = g_new0(DiaryEntry, ENTRIES_MAX);
	return diary;
}

void diary_free(Diary *diary)
{
	if (!diary)
		return;
	for (gsize i = 0; i < diary->n_slots; i++)
		g_free(diary->slots[i].lines);
	g_free(diary->slots);
	g_free(diary->entries);
	g_free(diary);
}

/* Cut in the middle of a character it is cut before it. */
static void copy(char *field, gsize size, const char *text)
{
	const char *end;

	g_strlcpy(field, text ? text : "", size);
	if (!g_utf8_validate(field, -1, &end) && field + strlen(field) - end < 4)
		field[end - field] = '\0';
}
#define COPY(field, text) copy((field), sizeof(field), (text))

/* ---- the log ---- */

static bool is_logged(const Event *event)
{
	switch (event->kind) {
	case EV_STATION_START:
	case EV_RELOADED:
	case EV_TROUBLE:
	case EV_WORK_ORDER:
	case EV_WORKER:
	case EV_UNIT_SEEN:
	case EV_UNIT_GONE:
	case EV_VISIT_END:
	case EV_JOB_BEGIN:
	case EV_STEP:
	case EV_DANGER:
	case EV_RECORD_TROUBLE:
		return true;
	default:
		return false;
	}
}

static const char *text_of(const Event *event)
{
	const Unit *unit = event->body;
	const JobInfo *job = event->body;
	const Verdict *verdict = event->body;

	switch (event->kind) {
	case EV_UNIT_SEEN:
		return unit ? unit->imei : NULL;
	case EV_JOB_BEGIN:
		return job ? job->procedure : NULL;
	case EV_VISIT_END:
		return verdict ? verdict->detail : NULL;
	case EV_STEP:
	case EV_DANGER:
		return event->step;
	default:
		return event->said ? event->said : event->text;
	}
}

static void log_event(Diary *diary, const Event *event)
{
	DiaryEntry *entry = &diary->entries[diary->next_entry];

	diary->next_entry = (diary->next_entry + 1) % ENTRIES_MAX;
	diary->n_entries = MIN(diary->n_entries + 1, ENTRIES_MAX);
	*entry = (DiaryEntry){ .wall_us = event->wall_us,
			       .kind = event->kind,
			       .level = event_kind_level(event->kind),
			       .slot = event->slot };
	COPY(entry->text, text_of(event));
	if (event->kind == EV_VISIT_END && event->body) {
		const Verdict *v = event->body;

		entry->outcome = v->outcome;
		entry->fault = v->fault;
		if (v->outcome != OUTCOME_PASS && v->outcome != OUTCOME_CURRENT)
			entry->level = LEVEL_WARNING;
	}
}

/* ---- steps ---- */

static void job_begin(SlotDiary *slot, const JobInfo *info)
{
	if (!info)
		return;
	slot->n_steps = 0;
	slot->job = (DiaryJob){
		.hop = info->hop, .hops = info->hops, .try_no = info->try_no, .open = true
	};
	COPY(slot->job.procedure, info->procedure);
	COPY(slot->job.operation, info->operation);
	COPY(slot->job.package, info->package);
	COPY(slot->job.target, info->target);
}

static void step_begin(SlotDiary *slot, const Event *event)
{
	const StepInfo *info = event->body;
	DiaryStep *step;

	if (!info || !event->step)
		return;
	/* A procedure in circles has more tries than anybody reads: the last ones stay. */
	if (slot->n_steps == STEPS_MAX)
		memmove(&slot->steps[0], &slot->steps[1], --slot->n_steps * sizeof(slot->steps[0]));
	step = &slot->steps[slot->n_steps++];
	*step = (DiaryStep){ .ord = info->ord,
			     .try_no = MAX(event->num, 1),
			     .begun_us = event->t_us,
			     .took_ms = -1,
			     .danger = info->danger };
	COPY(step->name, event->step);
	slot->job.steps = info->steps;
}

static void step_end(SlotDiary *slot, const Event *event)
{
	const StepInfo *info = event->body;
	DiaryStep *step = slot->n_steps ? &slot->steps[slot->n_steps - 1] : NULL;

	if (!info || !step || g_strcmp0(step->name, event->step) != 0)
		return;
	step->took_ms = info->took_ms;
	step->fault = event->num;
}

/* ---- the port ---- */

/* Takes the line ends off that are written as \r and \n. What is left has so many bytes. */
static gsize strip_ends(char *text)
{
	gsize len = strlen(text);

	while (len >= 2 && text[len - 2] == '\\' &&
	       (text[len - 1] == 'r' || text[len - 1] == 'n') && (len < 3 || text[len - 3] != '\\'))
		len -= 2;
	text[len] = '\0';
	return len;
}

static void add_line(SlotDiary *slot, const char *line, gsize len)
{
	g_autofree char *text = g_strndup(line, len);
	char *rest = NULL;
	gint64 ms = g_ascii_strtoll(text, &rest, 10);
	DiaryLine *entry;

	if (rest == text || rest[0] != ' ' || !rest[1] || !strchr("><#=", rest[1]) ||
	    rest[2] != ' ')
		return;
	if (strip_ends(rest + 3) == 0)
		return;
	if (!slot->lines)
		slot->lines = g_new0(DiaryLine, LINES_MAX);
	entry = &slot->lines[slot->next_line];
	slot->next_line = (slot->next_line + 1) % LINES_MAX;
	slot->n_lines = MIN(slot->n_lines + 1, LINES_MAX);
	*entry = (DiaryLine){ .ms = ms, .dir = rest[1] };
	COPY(entry->text, rest + 3);
}

static void trace(SlotDiary *slot, const Event *event)
{
	const char *p = event->text, *end = p ? p + MAX(event->num, 0) : NULL;

	while (p && p < end) {
		const char *stop = memchr(p, '\n', end - p);

		stop = stop ? stop : end;
		add_line(slot, p, stop - p);
		p = stop + 1;
	}
}

/* ---- both ---- */

static bool slot_event(SlotDiary *slot, const Event *event)
{
	switch (event->kind) {
	case EV_SLOT_STATE:
		/* Somebody else is there: what was said before was not said to him. */
		if (event->num == SLOT_SETTLING || event->num == SLOT_IDENTIFYING)
			slot->n_lines = slot->n_steps = 0;
		return false;
	case EV_JOB_BEGIN:
		job_begin(slot, event->body);
		return true;
	case EV_JOB_END:
		slot->job.open = false;
		return true;
	case EV_STEP:
		step_begin(slot, event);
		return true;
	case EV_STEP_END:
		step_end(slot, event);
		return true;
	case EV_TRACE:
		trace(slot, event);
		return true;
	default:
		return false;
	}
}

bool diary_event(Diary *diary, const Event *event)
{
	bool changed = is_logged(event);

	if (changed)
		log_event(diary, event);
	if (event->slot < diary->n_slots)
		changed = slot_event(&diary->slots[event->slot], event) || changed;
	return changed;
}

guint diary_entries(const Diary *diary)
{
	return diary->n_entries;
}

const DiaryEntry *diary_entry(const Diary *diary, guint i)
{
	g_assert(i < diary->n_entries);
	return &diary->entries[(diary->next_entry + ENTRIES_MAX - 1 - i) % ENTRIES_MAX];
}

const DiaryJob *diary_job(const Diary *diary, guint slot)
{
	g_assert(slot < diary->n_slots);
	return &diary->slots[slot].job;
}

guint diary_steps(const Diary *diary, guint slot)
{
	g_assert(slot < diary->n_slots);
	return diary->slots[slot].n_steps;
}

const DiaryStep *diary_step(const Diary *diary, guint slot, guint i)
{
	g_assert(slot < diary->n_slots && i < diary->slots[slot].n_steps);
	return &diary->slots[slot].steps[i];
}

guint diary_lines(const Diary *diary, guint slot)
{
	g_assert(slot < diary->n_slots);
	return diary->slots[slot].n_lines;
}

const DiaryLine *diary_line(const Diary *diary, guint slot, guint i)
{
	const SlotDiary *s = &diary->slots[slot];

	g_assert(slot < diary->n_slots && i < s->n_lines);
	return &s->lines[(s->next_line + LINES_MAX - 1 - i) % LINES_MAX];
}
