/* SPDX-License-Identifier: Apache-2.0
 *
 * What a unit is owed whose last attempt ended without an answer: to be listened to as long as it may be at it still, then to be
 * asked what it is. It does not know what follows from the answer. */
#include "station/station_private.h"

#include "lib/ops.h"

#include <string.h>

bool slot_is_checked(const Slot *slot)
{
	return slot->job_id && slot->job &&
	       g_strcmp0(job_procedure(slot->job)->operation, "check") == 0;
}

/* Its label was found to be another unit's while that happened of which it owes the answer. */
static void keep_label(Slot *slot)
{
	if (slot->owed && slot->debt.label)
		g_strlcpy(slot->visit.mislabel, slot->debt.label, sizeof(slot->visit.mislabel));
}

void slot_find_debt(Slot *slot, const char *imei)
{
	g_autoptr(GError) error = NULL;

	if (slot->owed)
		debt_clear(&slot->debt);
	slot->owed = *imei && debts_find(slot->station->setup.db, imei, &slot->debt, &error);
	if (error)
		slot_trouble(slot, "what is owed to %s cannot be read: %s", imei, error->message);
	keep_label(slot);
}

/* A unit whose last attempt ended without an answer, or which is not good by its version alone, says first what became of it. */
void slot_check(Slot *slot)
{
	const Driver *driver = slot->visit.model ? driver_find(slot->visit.model->driver) : NULL;
	const Procedure *check = driver && driver->check ? driver->check : &check_procedure;
	JobSpec spec;

	slot_set(slot, CAUSE_IDENTIFIED, NULL);
	slot_set(slot, CAUSE_START, NULL);
	slot_set(slot, CAUSE_GO, NULL);
	/* The check is no hop: the plan is made again from what it finds. */
	visit_begin_check(&slot->visit);
	slot_begin_attempt(slot, check->name, "check", NULL, slot->owed ? slot->debt.attempt : 0);
	spec = slot_job_spec(slot, check, driver);
	/* The unit's own target, which may be further than the hop's that was under way: short of it nothing is good. */
	spec.target = slot->visit.target || !slot->owed ? slot->visit.target : slot->debt.target;
	slot->job = job_new(&spec);
	slot->job_waits = true;
}

/* How much longer the unit may be at what was begun; 0 when it cannot be. A clock that was put back makes nothing shorter. */
static gint64 may_last_us(const Debt *debt, const Procedure *procedure)
{
	gint64 limit, gone;

	if (!procedure || !procedure->adopt_at)
		return 0;
	limit = procedure->danger_limit_s * SECOND_US;
	gone = MAX(g_get_real_time() - debt->danger_us, 0);
	return MAX(limit - gone, 0);
}

/* It may flash, or fetch its package and answer meanwhile: nothing is begun, nothing but a look is sent, and its old version is no
 * answer before its own time is over. */
static bool start_listening(Slot *slot)
{
	const Driver *driver = NULL;
	const Procedure *procedure =
		slot->debt.procedure ? procedure_find(slot->debt.procedure, &driver) : NULL;
	gint64 left_us = may_last_us(&slot->debt, procedure);
	JobSpec spec;

	if (left_us == 0 ||
	    (slot->visit.model && strcmp(slot->visit.model->driver, driver->name) != 0))
		return false;
	slot_set(slot, CAUSE_ADOPTED, NULL);
	visit_begin_check(&slot->visit);
	slot->visit.adopted = true;
	slot_begin_attempt(slot, procedure->name, "check", NULL, slot->debt.attempt);
	spec = slot_job_spec(slot, procedure, driver);
	spec.models = slot->goes_by->models;
	spec.adopted = true;
	spec.left_us = left_us;
	spec.was = slot->debt.version_before;
	spec.target = slot->debt.target;
	if (g_strcmp0(slot->visit.target, spec.target) != 0)
		spec.further = slot->visit.target;
	slot->job = job_new(&spec);
	slot->job_waits = true;
	return true;
}

void slot_settle(Slot *slot)
{
	if (!start_listening(slot))
		slot_check(slot);
}

/* The station died while the unit in this slot was past its point of no return. Whoever is there is not asked who it is: it may
 * be frozen, or away. */
void slot_take_up(Slot *slot)
{
	Unit *unit = &slot->visit.unit;
	const Debt *debt = &slot->debt;
	const Config *config;
	const char *baud;

	slot_forget_unit(slot);
	config = slot->goes_by;
	slot->visit_us = slot->arrived_us = slot->station->now;
	UNIT_SET(unit->imei, debt->imei, strlen(debt->imei));
	if (debt->iccid)
		UNIT_SET(unit->iccid, debt->iccid, strlen(debt->iccid));
	slot->visit.model = debt->model ? models_find(config->models, debt->model) : NULL;
	if (slot->visit.model) {
		UNIT_SET(unit->name, debt->model, strlen(debt->model));
		slot->visit.target = catalog_target(config->catalog,
						    slot->station->setup.work_order, debt->model);
	}
	if (debt->version_before)
		UNIT_SET(unit->revision, debt->version_before, strlen(debt->version_before));
	baud = slot_recall(slot, debt->imei, JOB_BAUD_FACT);
	unit->baud = baud ? (guint)g_ascii_strtoull(baud, NULL, 10) : 0;
	keep_label(slot);
	if (start_listening(slot)) {
		slot_emit(slot, (Event){ .kind = EV_UNIT_SEEN, .body = unit });
		return;
	}
	/* Its time is over: it says who it is like any other. */
	slot->owed = false;
	debt_clear(&slot->debt);
	slot_forget_unit(slot);
}
