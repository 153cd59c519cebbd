/* SPDX-License-Identifier: Apache-2.0
 *
 * Running means per model, procedure and step. It does not know what a step does. */
#include "tui/pace.h"

#include <string.h>

#define STEPS_MAX 64
/* A mean is of about so many of the newest jobs. */
#define MEMORY 20

typedef struct {
	char name[32];
	double mean_ms;
} PaceStep;

/* One procedure with one model. */
typedef struct {
	char model[32], procedure[48];
	guint jobs;
	guint n_steps;
	PaceStep steps[STEPS_MAX];
} Course;

/* The job that runs in one slot. */
typedef struct {
	char procedure[48];
	bool open;
	guint ord; /* of the step that runs */
	gint64 step_us;
	gint64 ms[STEPS_MAX]; /* spent so far */
	char names[STEPS_MAX][32];
	guint n_steps;
} Run;

struct _Pace {
	GPtrArray *courses; /* of Course */
	Run *runs;
	gsize n_slots;
};

Pace *pace_new(gsize n_slots)
{
	Pace *pace = g_new0(Pace, 1);

	pace->courses = g_ptr_array_new_with_free_func(g_free);
	pace->runs = g_new0(Run, n_slots);
	pace->n_slots = n_slots;
	return pace;
}

void pace_free(Pace *pace)
{
	if (!pace)
		return;
	g_ptr_array_unref(pace->courses);
	g_free(pace->runs);
	g_free(pace);
}

static Course *find(const Pace *pace, const char *model, const char *procedure)
{
	for (guint i = 0; i < pace->courses->len; i++) {
		Course *c = g_ptr_array_index(pace->courses, i);

		if (strcmp(c->model, model) == 0 && strcmp(c->procedure, procedure) == 0)
			return c;
	}
	return NULL;
}

static Course *find_or_make(Pace *pace, const char *model, const char *procedure)
{
	Course *c = find(pace, model, procedure);

	if (c)
		return c;
	c = g_new0(Course, 1);
	g_strlcpy(c->model, model, sizeof(c->model));
	g_strlcpy(c->procedure, procedure, sizeof(c->procedure));
	g_ptr_array_add(pace->courses, c);
	return c;
}

void pace_know(Pace *pace, const PaceKnown *known)
{
	Course *c;

	if (!known->model || !known->procedure || !known->step || known->ord >= STEPS_MAX)
		return;
	c = find_or_make(pace, known->model, known->procedure);
	c->jobs = MAX(c->jobs, known->jobs);
	c->n_steps = MAX(c->n_steps, known->ord + 1);
	c->steps[known->ord].mean_ms = known->mean_ms;
	g_strlcpy(c->steps[known->ord].name, known->step, sizeof(c->steps[0].name));
}

/* A job that passed is one more that the means are made of. */
static void learn(Pace *pace, const char *model, const Run *run)
{
	Course *c = find_or_make(pace, model, run->procedure);
	double share;

	c->jobs++;
	share = 1.0 / MIN(c->jobs, MEMORY);
	c->n_steps = MAX(c->n_steps, run->n_steps);
	for (guint i = 0; i < c->n_steps; i++) {
		c->steps[i].mean_ms += ((double)run->ms[i] - c->steps[i].mean_ms) * share;
		if (run->names[i][0])
			g_strlcpy(c->steps[i].name, run->names[i], sizeof(c->steps[i].name));
	}
}

static void job_end(Pace *pace, const Board *board, Run *run, const Event *event)
{
	const Verdict *v = event->body;

	if (run->open && v && v->outcome == OUTCOME_PASS && run->n_steps > 0)
		learn(pace, board_row(board, event->slot)->model, run);
	run->open = false;
}

void pace_event(Pace *pace, const Board *board, const Event *event)
{
	const JobInfo *job = event->body;
	const StepInfo *step = event->body;
	Run *run;

	if (event->slot >= pace->n_slots || !event->body)
		return;
	run = &pace->runs[event->slot];
	switch (event->kind) {
	case EV_JOB_BEGIN:
		*run = (Run){ .open = true, .step_us = event->t_us };
		g_strlcpy(run->procedure, job->procedure ? job->procedure : "",
			  sizeof(run->procedure));
		break;
	case EV_STEP:
		run->ord = MIN(step->ord, STEPS_MAX - 1);
		run->step_us = event->t_us;
		run->n_steps = MAX(run->n_steps, run->ord + 1);
		g_strlcpy(run->names[run->ord], event->step ? event->step : "",
			  sizeof(run->names[0]));
		break;
	case EV_STEP_END:
		if (step->ord < STEPS_MAX)
			run->ms[step->ord] += MAX(step->took_ms, 0);
		run->step_us = event->t_us;
		break;
	case EV_JOB_END:
		job_end(pace, board, run, event);
		break;
	default:
		break;
	}
}

static double course_ms(const Course *c, guint from)
{
	double ms = 0;

	for (guint i = from; i < c->n_steps; i++)
		ms += c->steps[i].mean_ms;
	return ms;
}

gint64 pace_left_s(const Pace *pace, const Board *board, guint slot)
{
	const SlotRow *row = board_row(board, slot);
	const Run *run = &pace->runs[slot];
	const Course *c;
	double spent, left;

	if (row->state != SLOT_RUNNING || !run->open)
		return -1;
	c = find(pace, row->model, run->procedure);
	if (!c || c->jobs == 0 || course_ms(c, 0) < 1000)
		return -1;
	spent = (double)run->ms[run->ord] +
		(double)MAX(board_now_s(board) * G_USEC_PER_SEC - run->step_us, 0) / 1000;
	left = course_ms(c, run->ord + 1);
	if (run->ord < c->n_steps)
		left += MAX(c->steps[run->ord].mean_ms - spent, 0);
	if (row->hops > row->hop)
		left += course_ms(c, 0) * (row->hops - row->hop);
	return (gint64)(left / 1000 + 0.999);
}

/* What a unit of this model takes as a whole, by the procedure that is known best; 0: nobody knows. */
static double whole_ms(const Pace *pace, const char *model)
{
	const Course *best = NULL;

	for (guint i = 0; i < pace->courses->len; i++) {
		const Course *c = g_ptr_array_index(pace->courses, i);

		if (strcmp(c->model, model) == 0 && (!best || c->jobs > best->jobs))
			best = c;
	}
	return best ? course_ms(best, 0) : 0;
}

gint64 pace_rack_left_s(const Pace *pace, const Board *board)
{
	gint64 longest = -1;
	double waiting = 0;
	guint running = 0;

	for (guint i = 0; i < board_n_slots(board); i++) {
		const SlotRow *row = board_row(board, i);

		running += row->state == SLOT_RUNNING;
		if (row->state == SLOT_RUNNING)
			longest = MAX(longest, pace_left_s(pace, board, i));
		else if (row->state == SLOT_QUEUED)
			waiting += whole_ms(pace, row->model);
	}
	if (running == 0 || longest < 0)
		return -1;
	/* Who waits takes the places of those that run. */
	return longest + (gint64)(waiting / 1000 / running);
}

bool pace_slowest(const Pace *pace, PaceKnown *slowest)
{
	*slowest = (PaceKnown){ 0 };
	for (guint i = 0; i < pace->courses->len; i++) {
		const Course *c = g_ptr_array_index(pace->courses, i);

		for (guint k = 0; c->jobs > 0 && k < c->n_steps; k++)
			if (c->steps[k].mean_ms > (double)slowest->mean_ms)
				*slowest = (PaceKnown){ .model = c->model,
							.procedure = c->procedure,
							.step = c->steps[k].name,
							.ord = k,
							.mean_ms = (gint64)c->steps[k].mean_ms,
							.jobs = c->jobs };
	}
	return slowest->step != NULL;
}
