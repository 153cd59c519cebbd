/* SPDX-License-Identifier: Apache-2.0
 *
 * What tests of the record share: a folder of their own, a bus with a clock of their own, short ways to tell events and
 * to ask by SQL. It does not know what is tested. */
#pragma once

#include <gtest/gtest.h>

#include <glib.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include "db/db.h"
#include "db/writer.h"
#include "lib/bus.h"

/* "a|b;c|d": columns and rows of an answer by a connection of its own. */
static inline std::string ask(const std::string &path, const std::string &sql)
{
	sqlite3 *handle = nullptr;
	sqlite3_stmt *rows = nullptr;
	std::string out;
	int rc = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr);

	sqlite3_busy_timeout(handle, 2000);
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(handle, sql.c_str(), -1, &rows, nullptr);
	while (rows && (rc = sqlite3_step(rows)) == SQLITE_ROW) {
		out += out.empty() ? "" : ";";
		for (int i = 0; i < sqlite3_column_count(rows); i++) {
			const char *text = (const char *)sqlite3_column_text(rows, i);

			out += std::string(i ? "|" : "") + (text ? text : "-");
		}
	}
	if (rc != SQLITE_OK && rc != SQLITE_DONE)
		out = std::string("error: ") + sqlite3_errmsg(handle);
	sqlite3_finalize(rows);
	sqlite3_close(handle);
	return out;
}

class DbTest : public ::testing::Test
{
      protected:
	std::string dir, path;
	Db *db = nullptr;
	Writer *writer = nullptr;
	Bus *bus = nullptr;
	gint64 now = 1000000;                                  /* monotonic */
	gint64 wall = 1700000000 * G_GINT64_CONSTANT(1000000); /* 2023-11-14T22:13:20Z */

	void SetUp() override
	{
		char *made = g_dir_make_tmp("db-test-XXXXXX", nullptr);

		dir = made;
		path = dir + "/station.db";
		g_free(made);
	}

	void TearDown() override
	{
		stop();
		GDir *list = g_dir_open(dir.c_str(), 0, nullptr);

		for (const char *name = g_dir_read_name(list); name; name = g_dir_read_name(list))
			g_remove((dir + "/" + name).c_str());
		g_dir_close(list);
		g_rmdir(dir.c_str());
	}

	static gint64 read_now(gpointer user)
	{
		return static_cast<DbTest *>(user)->now;
	}

	static gint64 read_wall(gpointer user)
	{
		return static_cast<DbTest *>(user)->wall;
	}

	void start()
	{
		GError *error = nullptr;
		BusClock clock = { read_now, read_wall, this };

		db = db_open(path.c_str(), DB_WRITE, &error);
		ASSERT_TRUE(db) << error->message;
		writer = writer_new(db);
		bus = bus_new(&clock);
		bus_subscribe(bus, "record", writer_read, writer);
	}

	void stop()
	{
		g_clear_pointer(&bus, bus_free);
		g_clear_pointer(&writer, writer_free);
		g_clear_pointer(&db, db_close);
	}

	void pass_time(gint64 ms)
	{
		now += ms * 1000;
		wall += ms * 1000;
	}

	void tell(EventKind kind, guint32 visit, guint32 job, const void *body = nullptr,
		  const char *step = nullptr, gint32 num = 0, const char *text = nullptr)
	{
		Event event = {};

		event.kind = kind;
		event.slot = 3;
		event.visit = visit;
		event.job = job;
		event.step = step;
		event.num = num;
		event.text = text;
		event.body = body;
		bus_emit(bus, event);
	}

	void flush()
	{
		ASSERT_EQ(writer_flush(writer), WRITER_TAKEN) << writer_trouble(writer);
	}

	std::string asked(const std::string &sql) const
	{
		return ask(path, sql);
	}

	static Unit unit(const char *imei, const char *version = "V1")
	{
		Unit u = {};

		UNIT_SET(u.imei, imei, strlen(imei));
		UNIT_SET(u.maker, "Quectel", 7);
		UNIT_SET(u.model, "Quectel_MC65", 12);
		UNIT_SET(u.name, "MC65", 4);
		UNIT_SET(u.serial, "SN1", 3);
		UNIT_SET(u.iccid, "8901", 4);
		UNIT_SET(u.revision, version, strlen(version));
		return u;
	}

	void visit_begin(guint32 visit, const char *imei, const char *slot = "A3")
	{
		VisitInfo info = {};

		info.slot_label = slot;
		info.slot_path = "pci-0000:00:14.0-usb-0:4.2.3";
		info.hub = "pci-0000:00:14.0-usb-0:4.2";
		info.station = "station-1";
		info.line = "line 1";
		info.work_order = "WO7";
		info.worker = "W12";
		info.target = "V2";
		info.row = 1;
		info.column = 3;
		info.unit = unit(imei);
		tell(EV_VISIT_BEGIN, visit, 0, &info);
	}

	void job_begin(guint32 visit, guint32 job, gint64 resolves = 0, guint try_no = 1)
	{
		JobInfo info = {};

		info.procedure = "quectel-dfota-local";
		info.operation = resolves ? "check" : "update";
		info.hop = info.hops = 1;
		info.try_no = try_no;
		info.version_before = "V1";
		info.target = "V2";
		info.package = "v1-v2";
		info.sha256 = "aa11";
		info.catalogue = "2024-05";
		info.config = "cc33";
		info.resolves = resolves;
		info.begun_us = now - 500000;
		tell(EV_JOB_BEGIN, visit, job, &info);
	}

	void step(guint32 visit, guint32 job, guint ord, const char *name, bool danger = false,
		  gint64 took_ms = 200, FaultCode fault = FAULT_NONE)
	{
		StepInfo info = {};

		info.ord = ord;
		info.steps = 3;
		info.try_no = 1;
		info.danger = info.lossy = danger;
		tell(EV_STEP, visit, job, &info, name, 1);
		if (danger)
			tell(EV_DANGER, visit, job, &info, name);
		if (took_ms < 0)
			return;
		pass_time(took_ms);
		info.took_ms = took_ms;
		tell(EV_STEP_END, visit, job, &info, name, fault);
	}

	void trace(guint32 visit, guint32 job, const std::string &text)
	{
		tell(EV_TRACE, visit, job, nullptr, nullptr, (gint32)text.size(), text.data());
	}

	Verdict verdict(const char *imei, Outcome outcome, FaultCode fault = FAULT_NONE,
			const char *after = "V2")
	{
		Verdict v = {};

		v.outcome = outcome;
		v.fault = fault;
		v.step = "verify";
		v.version_after = after;
		v.unit = unit(imei, after ? after : "");
		v.good_first = outcome == OUTCOME_PASS;
		return v;
	}

	/* One unit's whole life in one slot, ended as given. */
	void live(guint32 visit, guint32 job, const char *imei, Outcome outcome,
		  FaultCode fault = FAULT_NONE, const char *slot = "A3")
	{
		Verdict v = verdict(imei, outcome, fault, fault ? nullptr : "V2");

		visit_begin(visit, imei, slot);
		job_begin(visit, job);
		step(visit, job, 0, "upload");
		trace(visit, job, "500 > AT+QFOTADL=1\\r\n");
		Fact fact = { imei, "updates", "+1" };
		tell(EV_REMEMBER, visit, job, &fact);
		step(visit, job, 1, "start", true);
		trace(visit, job, "700 < OK\n");
		tell(EV_JOB_END, visit, job, &v);
		tell(EV_VISIT_END, visit, 0, &v);
	}

	/* Past the point of no return, and no word since. */
	void live_into_danger(guint32 visit, guint32 job, const char *imei)
	{
		visit_begin(visit, imei);
		job_begin(visit, job);
		step(visit, job, 0, "upload");
		step(visit, job, 1, "start", true, -1);
	}
};
