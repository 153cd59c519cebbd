/* SPDX-License-Identifier: Apache-2.0
 *
 * The record as the station writes it: opening, rows, group commits, recovery, debts, the ledger.
 * It does not know the queries of fota-log: see query_test. */
#include "tests/db_fixture.h"

#include "db/debts.h"
#include "db/recover.h"

static const char *const IMEI = "356938035643809";
static const char *const OTHER = "490154203237518";

TEST_F(DbTest, AWholeLifeBecomesRows)
{
	start();
	tell(EV_STATION_START, 0, 0, nullptr, nullptr, 0, "0.1.0");
	tell(EV_WORKER, 0, 0, nullptr, nullptr, 0, "W12");
	tell(EV_WORK_ORDER, 0, 0, nullptr, nullptr, 500, "WO7");
	live(1, 1, IMEI, OUTCOME_PASS);
	EXPECT_EQ(asked("SELECT count(*) FROM visit"), "0"); /* nothing before the flush */
	flush();
	EXPECT_EQ(asked("SELECT id, slot_label, imei, model, model_name, target, verdict, fault, "
			"work_order,"
			" worker, station, good_first, duration_ms, version_after FROM visit"),
		  "1|A3|356938035643809|Quectel_MC65|MC65|V2|pass|-|WO7|W12|station-1|1|400|V2");
	EXPECT_EQ(asked("SELECT id, visit, imei, serial, iccid, imsi, hop, hops, try, procedure, "
			"operation,"
			" version_before, target, version_after, package, package_sha256, "
			"catalogue, program,"
			" adopted, resolves, duration_ms, outcome, fault, step FROM attempt"),
		  "1|1|356938035643809|SN1|8901|-|1|1|1|quectel-dfota-local|update|V1|V2|V2|v1-v2|"
		  "aa11|"
		  "2024-05|0.1.0|0|-|400|pass|-|verify");
	EXPECT_EQ(asked("SELECT attempt, n, ord, name, try, begin_ms, ms, outcome, danger FROM "
			"step_run"),
		  "1|1|0|upload|1|500|200|0|0;1|2|1|start|1|700|200|0|1");
	EXPECT_EQ(asked("SELECT kind, attempt FROM ledger ORDER BY seq"),
		  "begin|1;danger|1;end|1;verdict|-");
	EXPECT_EQ(asked("SELECT kind, text FROM event ORDER BY id"),
		  "station-start|0.1.0;worker|W12;work-order|WO7");
	EXPECT_EQ(asked("SELECT order_no, quantity, worker, end_us FROM work_order"),
		  "WO7|500|W12|-");
	EXPECT_EQ(asked("SELECT value FROM counter"), "1");
}
