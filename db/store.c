/* SPDX-License-Identifier: Apache-2.0
 *
 * Visits, attempts, steps and the rest as rows. It does not know about transactions, queues or full disks. */
#include "db/store.h"

#include "db/debts.h"
#include "db/ledger.h"
#include "db/sql.h"
#include "db/tally.h"
#include "db/transcript.h"

void store_clear(Store *store)
{
	g_clear_pointer(&store->program, g_free);
	g_clear_pointer(&store->worker, g_free);
}

/* An event about something that is not open is a fault of the program: better no record than a wrong one. */
static bool must_change(Db *db, const Event *event, GError **error)
{
	if (sql_changed(db) == 1)
		return true;
	g_set_error(error, DB_ERROR, DB_ERROR_FAILED,
		    "%s: %s for visit %u, attempt %u, which is not open", db_path(db),
		    event_kind_name(event->kind), event->visit, event->job);
	return false;
}

/* Numbers go on after those that retention took away. */
static bool store_log(Db *db, const Event *event, const char *text, GError **error)
{
	return SQL_RUN(db, error,
		       "INSERT INTO event (id, at_us, kind, slot, visit, attempt, num, text)"
		       " VALUES (1 + max(coalesce((SELECT max(id) FROM event), 0),"
		       " coalesce((SELECT max(event) FROM archive), 0)), ?, ?, ?, ?, ?, ?, ?)",
		       value_int(event->wall_us), value_text(event_kind_name(event->kind)),
		       event->slot == SLOT_NONE ? value_null() : value_int(event->slot),
		       value_id(event->visit), value_id(event->job), value_int(event->num),
		       value_text(text));
}

bool store_cover(Db *db, LedgerKind kind, gint64 at_us, GError **error)
{
	LedgerEntry entry = { kind, .at_us = at_us };
	gint64 covered;

	if (!ledger_covered(db, &covered, error) ||
	    !SQL_NUMBER(db, error, &entry.high, "SELECT max(id) FROM event"))
		return false;
	entry.low = covered + 1;
	return entry.high < entry.low || ledger_append(db, &entry, error);
}

static bool on_start(Store *store, Db *db, const Event *event, GError **error)
{
	g_free(store->program);
	store->program = g_strdup(event->text);
	return store_log(db, event, event->text, error);
}

static bool on_worker(Store *store, Db *db, const Event *event, GError **error)
{
	g_free(store->worker);
	store->worker = g_strdup(event->text);
	return store_log(db, event, event->text, error);
}

/* An order taken up again goes on: its quantity counts what was done before. */
static bool change_order(Store *store, Db *db, const Event *event, GError **error)
{
	if (!store_log(db, event, event->text, error) ||
	    !SQL_RUN(
		    db, error,
		    "UPDATE work_order SET end_us = ?1 WHERE end_us IS NULL AND order_no IS NOT ?2",
		    value_int(event->wall_us), value_text(event->text)))
		return false;
	if (!event->text || !*event->text)
		return true;
	return SQL_RUN(db, error,
		       "INSERT INTO work_order (order_no, quantity, worker, begin_us) VALUES (?1, "
		       "?2, ?3, ?4)"
		       " ON CONFLICT DO UPDATE SET quantity = ?2, worker = coalesce(?3, worker),"
		       " end_us = NULL",
		       value_text(event->text), value_int(event->num), value_text(store->worker),
		       value_int(event->wall_us));
}

static bool on_work_order(Store *store, Db *db, const Event *event, GError **error)
{
	LedgerEntry entry = { LEDGER_ORDER, .at_us = event->wall_us };

	return change_order(store, db, event, error) && ledger_append(db, &entry, error);
}

/* A unit is known better with time, but never becomes another one: what is there stays. */
static bool on_unit_seen(Store *store, Db *db, const Event *event, GError **error)
{
	const Unit *u = event->body;
	g_autofree char *text = g_strdup_printf("%s %s %s", u->imei, u->model, u->revision);

	return store_log(db, event, g_strstrip(text), error) &&
	       SQL_RUN(db, error,
		       "UPDATE visit SET imei = coalesce(imei, ?2), maker = coalesce(maker, ?3),"
		       " model = coalesce(model, ?4), model_name = coalesce(model_name, ?5),"
		       " version = coalesce(version, ?6) WHERE id = ?1 AND end_us IS NULL",
		       value_int(event->visit), value_text(u->imei), value_text(u->maker),
		       value_text(u->model), value_text(u->name), value_text(u->revision)) &&
	       SQL_RUN(db, error,
		       "UPDATE attempt SET imei = coalesce(imei, ?2), model = coalesce(model, ?3),"
		       " serial = coalesce(serial, ?4), iccid = coalesce(iccid, ?5),"
		       " imsi = coalesce(imsi, ?6) WHERE visit = ?1 AND end_us IS NULL",
		       value_int(event->visit), value_text(u->imei), value_text(u->model),
		       value_text(u->serial), value_text(u->iccid), value_text(u->imsi));
}

/* Minutes east of UTC where this is written, then. */
static gint64 zone_minutes(gint64 wall_us)
{
	g_autoptr(GDateTime) local = g_date_time_new_from_unix_local(wall_us / G_USEC_PER_SEC);

	return local ? g_date_time_get_utc_offset(local) / G_USEC_PER_SEC / 60 : 0;
}

static bool on_visit_begin(Store *store, Db *db, const Event *event, GError **error)
{
	const VisitInfo *v = event->body;

	return SQL_RUN(
		db, error,
		"INSERT INTO visit (id, slot_label, slot_path, hub, station, line, work_order, "
		"worker,"
		" imei, maker, model, model_name, version, target, retest, begin_us, mono_us, zone_min, place_row, place_column)"
		" VALUES (?, coalesce(?, ''), coalesce(?, ''), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
		"?, ?, ?, ?, ?)",
		value_int(event->visit), value_text(v->slot_label), value_text(v->slot_path),
		value_text(v->hub), value_text(v->station), value_text(v->line),
		value_text(v->work_order), value_text(v->worker), value_text(v->unit.imei),
		value_text(v->unit.maker), value_text(v->unit.model), value_text(v->unit.name),
		value_text(v->unit.revision), value_text(v->target), value_int(v->retest),
		value_int(event->wall_us), value_int(event->t_us),
		value_int(zone_minutes(event->wall_us)), value_id(v->row), value_id(v->column));
}

static bool on_visit_end(Store *store, Db *db, const Event *event, GError **error)
{
	const Verdict *v = event->body;
	LedgerEntry entry = { LEDGER_VERDICT, event->visit, .at_us = event->wall_us };

	return tally_visit_closing(db, event->visit, v->unit.imei, error) &&
	       SQL_RUN(db, error,
		       "UPDATE visit SET end_us = ?2, duration_ms = (?3 - mono_us) / 1000, verdict "
		       "= ?4,"
		       " fault = ?5, step = ?6, vendor_code = ?7, vendor_words = ?8, version_after "
		       "= ?9,"
		       " detail = ?10, good_first = ?11, imei = coalesce(imei, ?12),"
		       " maker = coalesce(maker, ?13), model = coalesce(model, ?14),"
		       " model_name = coalesce(model_name, ?15), target = coalesce(target, ?16)"
		       " WHERE id = ?1 AND end_us IS NULL",
		       value_int(event->visit), value_int(event->wall_us), value_int(event->t_us),
		       value_text(outcome_name(v->outcome)), value_id(v->fault),
		       value_text(v->step), value_text(v->vendor_code), value_text(v->vendor_words),
		       value_text(v->version_after), value_text(v->detail),
		       value_int(v->good_first), value_text(v->unit.imei),
		       value_text(v->unit.maker), value_text(v->unit.model),
		       value_text(v->unit.name), value_text(v->target)) &&
	       must_change(db, event, error) && ledger_append(db, &entry, error) &&
	       debts_make_left(db, event->visit, event->wall_us, error) &&
	       tally_visit_closed(db, event->visit, error);
}

static bool on_job_begin(Store *store, Db *db, const Event *event, GError **error)
{
	const JobInfo *j = event->body;
	LedgerEntry entry = { LEDGER_BEGIN, event->visit, event->job, .at_us = event->wall_us };

	return SQL_RUN(db, error,
		       "INSERT INTO attempt (id, visit, imei, model, hop, hops, try, procedure, operation,"
		       " version_before, target, package, package_sha256, catalogue, program, adopted,"
		       " resolves, begin_us, mono_us, origin_us, external, config)"
		       " SELECT ?1, id, imei, model, ?3, ?4, ?5, coalesce(?6, 'none'),"
		       " coalesce(?7, 'update'), ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20"
		       " FROM visit WHERE id = ?2 AND end_us IS NULL",
		       value_int(event->job), value_int(event->visit), value_int(j->hop),
		       value_int(j->hops), value_int(j->try_no), value_text(j->procedure),
		       value_text(j->operation), value_text(j->version_before),
		       value_text(j->target), value_text(j->package), value_text(j->sha256),
		       value_text(j->catalogue), value_text(store->program), value_int(j->adopted),
		       value_id(j->resolves), value_int(event->wall_us), value_int(event->t_us),
		       value_int(j->begun_us ? j->begun_us : event->t_us), value_int(j->external),
		       value_text(j->config)) &&
	       must_change(db, event, error) && ledger_append(db, &entry, error);
}

static bool close_attempt(Db *db, const Event *event, const Verdict *v, GError **error)
{
	return SQL_RUN(db, error,
		       "UPDATE attempt SET end_us = ?2, duration_ms = (?3 - mono_us) / 1000, "
		       "outcome = ?4,"
		       " fault = ?5, step = ?6, vendor_code = ?7, vendor_words = ?8, version_after "
		       "= ?9,"
		       " detail = ?10, imei = coalesce(imei, ?11), model = coalesce(model, ?12),"
		       " serial = coalesce(?13, serial), iccid = coalesce(?14, iccid),"
		       " imsi = coalesce(?15, imsi) WHERE id = ?1 AND end_us IS NULL",
		       value_int(event->job), value_int(event->wall_us), value_int(event->t_us),
		       value_text(outcome_name(v->outcome)), value_id(v->fault),
		       value_text(v->step), value_text(v->vendor_code), value_text(v->vendor_words),
		       value_text(v->version_after), value_text(v->detail),
		       value_text(v->unit.imei), value_text(v->unit.model),
		       value_text(v->unit.serial), value_text(v->unit.iccid),
		       value_text(v->unit.imsi)) &&
	       must_change(db, event, error);
}

/* A check that could not tell what the unit has now has settled nothing. */
static bool settles(const Verdict *v)
{
	bool good = v->outcome == OUTCOME_PASS || v->outcome == OUTCOME_CURRENT;

	return !v->unknown && (good || (v->version_after && *v->version_after));
}

static bool on_job_end(Store *store, Db *db, const Event *event, GError **error)
{
	const Verdict *v = event->body;
	LedgerEntry entry = { LEDGER_END, event->visit, event->job, .at_us = event->wall_us };
	gint64 resolves;

	if (!close_attempt(db, event, v, error) || !transcript_pack(db, event->job, error) ||
	    !ledger_append(db, &entry, error) || !tally_attempt_closed(db, event->job, error) ||
	    !SQL_NUMBER(db, error, &resolves, "SELECT resolves FROM attempt WHERE id = ?",
			value_int(event->job)))
		return false;
	if (resolves != 0 && settles(v) &&
	    !debts_settle(db, resolves, event->job, event->wall_us, error))
		return false;
	return !v->unknown || debts_make(db, event->job, event->wall_us, error);
}

static bool on_step(Store *store, Db *db, const Event *event, GError **error)
{
	const StepInfo *s = event->body;

	return SQL_RUN(db, error,
		       "INSERT INTO step_run (attempt, n, ord, name, try, begin_ms, danger) SELECT "
		       "id,"
		       " (SELECT coalesce(max(n), 0) + 1 FROM step_run WHERE attempt = ?1), ?2,"
		       " coalesce(?3, ''), ?4, (?5 - origin_us) / 1000, ?6"
		       " FROM attempt WHERE id = ?1 AND end_us IS NULL",
		       value_int(event->job), value_int(s->ord), value_text(event->step),
		       value_int(s->try_no), value_int(event->t_us), value_int(s->danger)) &&
	       must_change(db, event, error);
}

/* Of a step that was never entered nothing is known, and nothing is written. */
static bool on_step_end(Store *store, Db *db, const Event *event, GError **error)
{
	const StepInfo *s = event->body;

	return SQL_RUN(db, error,
		       "UPDATE step_run SET ms = ?4, outcome = ?5 WHERE attempt = ?1 AND ms IS NULL"
		       " AND EXISTS (SELECT 1 FROM attempt WHERE id = ?1 AND end_us IS NULL)"
		       " AND n = (SELECT max(n) FROM step_run WHERE attempt = ?1 AND ord = ?2 AND "
		       "name = ?3)",
		       value_int(event->job), value_int(s->ord), value_text(event->step),
		       value_int(s->took_ms), value_int(event->num));
}

/* Past this entry the attempt is dangerous: should the station die, its unit is owed a check. */
static bool on_danger(Store *store, Db *db, const Event *event, GError **error)
{
	LedgerEntry entry = { LEDGER_DANGER, event->visit, event->job, event->step,
			      .at_us = event->wall_us };
	gint64 open;

	if (!SQL_NUMBER(
		    db, error, &open,
		    "SELECT count(*) FROM attempt WHERE id = ?1 AND visit = ?2 AND end_us IS NULL",
		    value_int(event->job), value_int(event->visit)))
		return false;
	if (open == 1)
		return ledger_append(db, &entry, error);
	g_set_error(error, DB_ERROR, DB_ERROR_FAILED,
		    "%s: danger for attempt %u, which is not open", db_path(db), event->job);
	return false;
}

/* In an attempt that is closed the fact stands on its own: a closed row's settings are in the ledger. */
static bool on_remember(Store *store, Db *db, const Event *event, GError **error)
{
	gint64 open;

	return SQL_NUMBER(db, error, &open,
			  "SELECT id FROM attempt WHERE id = ? AND end_us IS NULL",
			  value_int(event->job)) &&
	       debts_remember(db, event->body, open, event->wall_us, error);
}

bool store_event(Store *store, Db *db, const Event *event, GError **error)
{
	static bool (*const by_kind[N_EVENTS])(Store *, Db *, const Event *, GError **) = {
		[EV_STATION_START] = on_start,
		[EV_WORK_ORDER] = on_work_order,
		[EV_WORKER] = on_worker,
		[EV_UNIT_SEEN] = on_unit_seen,
		[EV_VISIT_BEGIN] = on_visit_begin,
		[EV_VISIT_END] = on_visit_end,
		[EV_JOB_BEGIN] = on_job_begin,
		[EV_JOB_END] = on_job_end,
		[EV_STEP] = on_step,
		[EV_STEP_END] = on_step_end,
		[EV_DANGER] = on_danger,
		[EV_REMEMBER] = on_remember,
	};

	if (by_kind[event->kind])
		return by_kind[event->kind](store, db, event, error);
	return store_log(db, event, event->text, error);
}
