/* SPDX-License-Identifier: Apache-2.0
 *
 * One small fold per kind of event, and the sums of the shift. It does not know when or where any of it is drawn.
 * Events come from the whole program: a missing body or an unknown slot changes nothing, it never stops the station. */
#include "tui/board.h"

#include <string.h>

struct _Board {
	SlotRow *rows;
	guint n_rows;
	Totals totals;          /* units: NULL, they are in the table */
	GHashTable *units;      /* IMEI -> UnitSoFar, of this work order */
	guint first_good, done; /* of them */
	gint64 clock_s;
	char work_order[64], worker[64];
	char trouble[256], record_trouble[256];
};

/* Copies text that may be cut in the middle of a character: what is left over is dropped. */
static void take(char *field, gsize size, const char *text)
{
	const char *end;

	g_strlcpy(field, text ? text : "", size);
	if (text && strlen(text) >= size && !g_utf8_validate(field, -1, &end) && strlen(end) < 4)
		field[end - field] = '\0';
}
#define TAKE(field, text) take((field), sizeof(field), (text))

/* Where somebody has said it in the person's language that is taken. */
static const char *said(const Event *event)
{
	return event->said ? event->said : event->text;
}

static gint64 seconds(gint64 us)
{
	return us / G_USEC_PER_SEC;
}

Board *board_new(const SlotConfig *const *slots, gsize n_slots, const Totals *totals, gint64 now_us)
{
	Board *board = g_new0(Board, 1);

	board->rows = g_new0(SlotRow, n_slots);
	board->n_rows = n_slots;
	board->clock_s = seconds(now_us);
	for (gsize i = 0; i < n_slots; i++)
		TAKE(board->rows[i].label, slots[i]->label);
	board_set_totals(board, totals);
	return board;
}

void board_free(Board *board)
{
	if (!board)
		return;
	g_clear_pointer(&board->units, g_hash_table_unref);
	g_free(board->rows);
	g_free(board);
}

static UnitSoFar *unit_so_far(Board *board, const char *imei, bool good_first)
{
	UnitSoFar *unit = g_hash_table_lookup(board->units, imei);

	if (unit)
		return unit;
	unit = g_new0(UnitSoFar, 1);
	TAKE(unit->imei, imei);
	unit->good_first = good_first;
	board->first_good += good_first;
	g_hash_table_insert(board->units, unit->imei, unit);
	return unit;
}

/* The first visit of an IMEI is the one that counts for the yield, the first good one for the quantity. */
static void count_unit(Board *board, const char *imei, bool good_first, bool good)
{
	UnitSoFar *unit = unit_so_far(board, imei, good && good_first);

	board->done += good && !unit->good;
	unit->good = unit->good || good;
}

void board_set_totals(Board *board, const Totals *totals)
{
	board->totals = *totals;
	board->totals.units = NULL;
	board->first_good = board->done = 0;
	g_clear_pointer(&board->units, g_hash_table_unref);
	board->units = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
	for (gsize i = 0; i < totals->n_units; i++) {
		const UnitSoFar *known = &totals->units[i];

		unit_so_far(board, known->imei, known->good_first);
		count_unit(board, known->imei, false, known->good);
	}
}

static void take_unit(SlotRow *row, const Unit *unit)
{
	const char *model = unit->name[0] ? unit->name : unit->model;

	if (unit->imei[0])
		TAKE(row->imei, unit->imei);
	if (model[0])
		TAKE(row->model, model);
	if (unit->revision[0])
		TAKE(row->version, unit->revision);
}

static void end_job(SlotRow *row)
{
	row->step[0] = '\0';
	row->percent = 0;
	row->try_no = row->hop = row->hops = 0;
}

static void slot_state(SlotRow *row, const Event *event)
{
	const SlotChange *change = event->body;

	if (!change || event->num < 0 || event->num >= N_SLOT_STATES || change->order >= N_ORDERS)
		return;
	row->state = event->num;
	row->told = change->order;
	row->danger = change->order == ORDER_DO_NOT_TOUCH;
	row->parked = change->parked;
	row->there = change->there;
	TAKE(row->why, event->text);
	/* Somebody is there, and it may be somebody else. */
	if (row->state == SLOT_SETTLING)
		row->imei[0] = row->model[0] = row->version[0] = row->target[0] = '\0';
	if (row->state == SLOT_SETTLING || row->state == SLOT_EMPTY)
		row->labelled = false;
}

static void visit_begin(SlotRow *row, const Event *event)
{
	const VisitInfo *info = event->body;

	if (!info)
		return;
	row->visit = event->visit;
	row->open = true;
	row->counts = false;
	row->retest = info->retest;
	row->recorded = false;
	row->begun_s = seconds(event->t_us);
	row->outcome = OUTCOME_NONE;
	row->fault = FAULT_NONE;
	row->vendor[0] = row->imei[0] = row->model[0] = row->version[0] = '\0';
	TAKE(row->target, info->target);
	take_unit(row, &info->unit);
	end_job(row);
}

static void take_verdict(SlotRow *row, const Verdict *verdict)
{
	const char *code = verdict->vendor_code, *words = verdict->vendor_words;
	g_autofree char *vendor =
		g_strjoin(code && words ? " " : "", code ? code : "", words ? words : "", NULL);

	row->outcome = verdict->outcome;
	row->fault = verdict->fault;
	TAKE(row->vendor, vendor);
	take_unit(row, &verdict->unit);
	if (verdict->version_after)
		TAKE(row->version, verdict->version_after);
}

static void visit_end(Board *board, SlotRow *row, const Event *event)
{
	const Verdict *verdict = event->body;
	bool good;

	if (!verdict || verdict->outcome >= N_OUTCOMES)
		return;
	good = verdict->outcome == OUTCOME_PASS || verdict->outcome == OUTCOME_CURRENT;
	row->open = row->danger = false;
	row->ended_s = seconds(event->t_us);
	end_job(row);
	take_verdict(row, verdict);
	/* Not one of ours, never begun, or asked for something else than an update: neither good nor failed, and no part of
	 * the yield. */
	if (verdict->outcome == OUTCOME_SKIPPED || !row->counts)
		return;
	if (good)
		board->totals.good++;
	else
		board->totals.failed++;
	if (verdict->unit.imei[0])
		count_unit(board, verdict->unit.imei, verdict->good_first, good);
}

static void job_begin(SlotRow *row, const Event *event)
{
	const JobInfo *info = event->body;

	if (!info)
		return;
	end_job(row);
	row->counts = row->counts || g_strcmp0(info->operation, "update") == 0 ||
		      g_strcmp0(info->operation, "check") == 0;
	row->hop = info->hop;
	row->hops = info->hops;
	row->try_no = info->try_no;
	if (info->begun_us > 0)
		row->begun_s = seconds(info->begun_us);
	if (info->version_before && *info->version_before)
		TAKE(row->version, info->version_before);
}

static void job_end(SlotRow *row, const Event *event)
{
	const Verdict *verdict = event->body;

	/* While the result of a dangerous step is unknown the unit must not be touched: the next order says what to do. */
	if (!verdict || verdict->unknown)
		return;
	row->danger = false;
	end_job(row);
	if (verdict->version_after)
		TAKE(row->version, verdict->version_after);
}

static void step(SlotRow *row, const Event *event)
{
	TAKE(row->step, event->step);
	row->try_no = MAX(event->num, 0);
}

/* Its own label: one of another unit is remembered as well. */
static bool is_label(const Fact *fact)
{
	return fact && g_strcmp0(fact->key, "label") == 0 &&
	       g_strcmp0(fact->value, fact->imei) == 0;
}

static void slot_event(Board *board, SlotRow *row, const Event *event)
{
	switch (event->kind) {
	case EV_SLOT_STATE:
		slot_state(row, event);
		break;
	case EV_UNIT_SEEN:
		if (event->body)
			take_unit(row, event->body);
		break;
	case EV_VISIT_BEGIN:
		visit_begin(row, event);
		break;
	case EV_VISIT_END:
		visit_end(board, row, event);
		break;
	case EV_JOB_BEGIN:
		job_begin(row, event);
		break;
	case EV_JOB_END:
		job_end(row, event);
		break;
	case EV_STEP:
		step(row, event);
		break;
	case EV_DANGER:
		row->danger = true;
		break;
	case EV_PROGRESS:
		row->percent = CLAMP(event->num, 0, 100);
		break;
	case EV_REMEMBER:
		row->labelled = row->labelled || is_label(event->body);
		break;
	case EV_RECORDED:
		row->recorded = row->recorded || event->visit == row->visit;
		break;
	case EV_TROUBLE:
		TAKE(row->why, said(event));
		break;
	default:
		break;
	}
}

/* Returns whether it was one of those that the header or the notices show. */
static bool station_event(Board *board, const Event *event)
{
	g_autofree char *sentence = NULL;

	switch (event->kind) {
	case EV_WORK_ORDER:
		TAKE(board->work_order, event->text);
		board->totals.quantity = MAX(event->num, 0);
		return true;
	case EV_WORKER:
		TAKE(board->worker, event->text);
		return true;
	case EV_TROUBLE:
		if (event->slot < board->n_rows)
			sentence = g_strdup_printf("%s: %s", board->rows[event->slot].label,
						   said(event) ? said(event) : "");
		TAKE(board->trouble, sentence ? sentence : said(event));
		return true;
	case EV_RECORD_TROUBLE:
		TAKE(board->record_trouble, event->num ? said(event) : "");
		return true;
	default:
		return false;
	}
}

/* Good is good when it is written down; whoever is in danger is not to be touched, whatever else was said. */
static Order order_shown(const SlotRow *row)
{
	if (row->danger)
		return ORDER_DO_NOT_TOUCH;
	if (row->told == ORDER_DO_NOT_TOUCH)
		return ORDER_WAIT;
	if (row->told == ORDER_REMOVE_GOOD && !row->recorded)
		return ORDER_WAIT;
	return row->told;
}

bool board_event(Board *board, const Event *event)
{
	bool changed = station_event(board, event);
	SlotRow *row, before;

	if (event->slot >= board->n_rows)
		return changed;
	row = &board->rows[event->slot];
	before = *row;
	slot_event(board, row, event);
	row->order = order_shown(row);
	return changed || memcmp(&before, row, sizeof(before)) != 0;
}

static bool any_open(const Board *board)
{
	for (guint i = 0; i < board->n_rows; i++)
		if (board->rows[i].open)
			return true;
	return false;
}

bool board_clock(Board *board, gint64 now_us)
{
	int rate;

	if (seconds(now_us) == board->clock_s)
		return false;
	rate = board_counters(board).per_hour;
	board->clock_s = seconds(now_us);
	return any_open(board) || board_counters(board).per_hour != rate;
}

gint64 board_deadline(const Board *board)
{
	if (any_open(board))
		return (board->clock_s + 1) * G_USEC_PER_SEC;
	if (board->totals.good + board->totals.failed > 0)
		return (board->clock_s / 60 + 1) * 60 * G_USEC_PER_SEC;
	return G_MAXINT64;
}

guint board_n_slots(const Board *board)
{
	return board->n_rows;
}

const SlotRow *board_row(const Board *board, guint slot)
{
	g_assert(slot < board->n_rows);
	return &board->rows[slot];
}

gint64 board_elapsed_s(const Board *board, const SlotRow *row)
{
	/* A stay whose beginning was not told has no time. */
	if (row->begun_s == 0)
		return -1;
	if (row->open)
		return MAX(board->clock_s - row->begun_s, 0);
	if (row->state == SLOT_PASSED || row->state == SLOT_FAILED)
		return MAX(row->ended_s - row->begun_s, 0);
	return -1;
}

Counters board_counters(const Board *board)
{
	const Totals *t = &board->totals;
	guint units = g_hash_table_size(board->units);
	gint64 shift_s = board->clock_s - seconds(t->since_us);
	Counters c = { .good = t->good,
		       .failed = t->failed,
		       .yield_permille = -1,
		       .per_hour = -1,
		       .left = -1 };

	for (guint i = 0; i < board->n_rows; i++)
		c.running += board->rows[i].state == SLOT_RUNNING;
	if (units > 0)
		c.yield_permille = (guint64)board->first_good * 1000 / units;
	if (shift_s >= 60)
		c.per_hour = (guint64)(t->good + t->failed) * 3600 / shift_s;
	if (t->quantity > 0)
		c.left = t->quantity - MIN(board->done, t->quantity);
	return c;
}

gint64 board_now_s(const Board *board)
{
	return board->clock_s;
}

const char *board_work_order(const Board *board)
{
	return board->work_order;
}

const char *board_worker(const Board *board)
{
	return board->worker;
}

const char *board_trouble(const Board *board)
{
	return board->trouble;
}

void board_trouble_seen(Board *board)
{
	board->trouble[0] = '\0';
}

const char *board_record_trouble(const Board *board)
{
	return board->record_trouble;
}
