/* SPDX-License-Identifier: Apache-2.0
 *
 * Who changes, removes, adds or moves a row is found; and nothing is found where nobody did: see archive_test for
 * archives. It does not know how rows come about. */
#include "tests/verify_fixture.h"

#include "tests/in_chinese.h"

#include <algorithm>
#include <random>

#include "db/backup.h"

TEST_F(VerifyTest, NothingIsFoundWhereNothingWasDone)
{
	start();
	EXPECT_EQ(finding(path), "");
	fill();
	EXPECT_EQ(finding(path), "");
	EXPECT_EQ(result.entries, result.last_seq);
	EXPECT_EQ(std::string(result.head),
		  asked("SELECT sha FROM ledger ORDER BY seq DESC LIMIT 1"));
	EXPECT_EQ(after("SELECT 1"), "");
}

/* Each column of a random row of each table, altered by itself. */
TEST_F(VerifyTest, EveryAlteredColumnIsFound)
{
	std::mt19937 random(20240517);
	int altered = 0;

	start();
	fill();
	std::string tables = asked("SELECT name FROM sqlite_master WHERE type = 'table'") + ";";

	for (size_t at = 0, end; (end = tables.find(';', at)) != std::string::npos; at = end + 1) {
		std::string table = tables.substr(at, end - at);
		std::string columns =
			asked("SELECT name FROM pragma_table_info('" + table + "')") + ";";
		int rows = std::stoi(asked("SELECT count(*) FROM " + table));
		std::string key = asked("SELECT group_concat(name) FROM pragma_table_info('" +
					table + "') WHERE pk > 0");

		for (size_t a = 0, e; rows && (e = columns.find(';', a)) != std::string::npos;
		     a = e + 1) {
			std::string column = columns.substr(a, e - a);
			std::string row = "(" + key + ") = (SELECT " + key + " FROM " + table +
					  " ORDER BY " + key + " LIMIT 1 OFFSET " +
					  std::to_string(random() % rows) + ")";
			std::string sql =
				"UPDATE " + table + " SET " + column + " = CASE typeof(" + column +
				") WHEN 'text' THEN 'z' || substr(" + column +
				", 2) WHEN 'blob' THEN x'7a' WHEN 'integer' THEN " + column +
				" + 1000 ELSE (SELECT CASE type WHEN 'INTEGER' THEN 1 ELSE 'z' END"
				" FROM pragma_table_info('" +
				table + "') WHERE name = '" + column + "') END WHERE " + row;

			EXPECT_NE(after(sql), "") << table << "." << column << ": " << sql;
			altered++;
		}
	}
	EXPECT_GT(altered, 100);
}

TEST_F(VerifyTest, TheFirstOneIsNamed)
{
	start();
	fill();
	EXPECT_NE(after("UPDATE attempt SET detail = 'x' WHERE id = 2;"
			"UPDATE attempt SET detail = 'x' WHERE id = 4")
			  .find("(end of attempt 2, IMEI 490154203237518"),
		  std::string::npos)
		<< after("UPDATE attempt SET detail = 'x' WHERE id = 2");
	EXPECT_NE(after("UPDATE visit SET slot_label = 'x' WHERE id = 1")
			  .find("entry 2 (begin of attempt 1"),
		  std::string::npos);
}

TEST_F(VerifyTest, RemovedInsertedAndReorderedRowsAreFound)
{
	const char *const changes[] = {
		"DELETE FROM step_run WHERE attempt = 1 AND n = 2",
		"DELETE FROM trace WHERE attempt = 1",
		"DELETE FROM setting WHERE id = 1",
		"DELETE FROM setting WHERE attempt IS NULL",
		"DELETE FROM event WHERE id = 2",
		"DELETE FROM debt WHERE attempt = 5",
		"DELETE FROM counter",
		"DELETE FROM registration",
		"DELETE FROM work_order",
		"DELETE FROM visit_tally",
		"DELETE FROM package_tally",
		"DELETE FROM step_tally",
		"DELETE FROM ledger WHERE seq = 7",
		"DELETE FROM ledger WHERE seq = 1",
		"DELETE FROM attempt WHERE id = 2",
		"DELETE FROM trace WHERE attempt = 2; DELETE FROM step_run WHERE attempt = 2;"
		"DELETE FROM setting WHERE attempt = 2; DELETE FROM attempt WHERE id = 2;"
		"DELETE FROM visit WHERE id = 2; DELETE FROM ledger WHERE visit = 2",
		"INSERT INTO step_run VALUES (1, 3, 2, 'x', 1, 900, 1, 0, 0)",
		"INSERT INTO step_run VALUES (99, 3, 2, 'x', 1, 900, 1, 0, 0)",
		"INSERT INTO trace VALUES (4, 2, 0, 1, x'41')",
		"INSERT INTO trace VALUES (1, 2, 0, 0, x'')",
		"INSERT INTO setting VALUES (-1, 'x', 'y', 'z', NULL, 1)",
		"INSERT INTO counter VALUES ('1', 'updates', 0)",
		"INSERT INTO setting VALUES (99, 'x', 'y', 'z', NULL, 1)",
		"INSERT INTO setting VALUES (99, 'x', 'y', 'z', 1, 1)",
		"INSERT INTO event VALUES (0, 1, 'x', NULL, NULL, NULL, 0, NULL)",
		"INSERT INTO counter VALUES ('1', 'updates', 1)",
		"INSERT INTO registration VALUES ('1', '2', 3)",
		"INSERT INTO debt VALUES (1, 1, '490154203237518', 1, NULL, NULL)",
		"INSERT INTO kept_unit VALUES ('WO7', '1', 1, 1)",
		"INSERT INTO archive VALUES (1, '2020-01', 'x.db', 1, 1, 'x', 'x', 0, 0, 0, 0, 0, 0)",
		"INSERT INTO visit_tally VALUES ('2020-01-01', '', 'A', '', '', '', 1, 1, 0, 0, 1, 1)",
		"CREATE TABLE visit_copy AS SELECT * FROM visit WHERE id = 1; UPDATE visit_copy SET id = 9;"
		"INSERT INTO visit SELECT * FROM visit_copy; DROP TABLE visit_copy",
		"CREATE TABLE a_copy AS SELECT * FROM attempt WHERE id = 1; UPDATE a_copy SET id = 9;"
		"INSERT INTO attempt SELECT * FROM a_copy; DROP TABLE a_copy",
		"UPDATE ledger SET seq = 1000 WHERE seq = 5; UPDATE ledger SET seq = 5 WHERE seq = 6;"
		"UPDATE ledger SET seq = 6 WHERE seq = 1000",
		"UPDATE step_run SET n = 10 WHERE attempt = 1 AND n = 1; UPDATE step_run SET n = 1 WHERE"
		" attempt = 1 AND n = 2; UPDATE step_run SET n = 2 WHERE attempt = 1 AND n = 10",
		"DROP VIEW v_yield_day; CREATE VIEW v_yield_day AS SELECT '2024-01-01' AS day",
		"DROP INDEX attempt_imei",
	};

	start();
	fill();
	for (const char *change : changes)
		EXPECT_NE(after(change), "") << change;
}

/* An order put in before there was one is in no entry either. */
TEST_F(VerifyTest, AWorkOrderThatNobodyBeganIsFound)
{
	start();
	live(1, 1, OTHER, OUTCOME_PASS);
	flush();
	EXPECT_NE(after("INSERT INTO work_order VALUES ('WO9', 5, NULL, 1, NULL)"), "");
}

/* What was cut off at the end cannot be seen in the file alone, but against a head kept elsewhere. */
TEST_F(VerifyTest, AHeadKeptElsewhereFindsWhatWasCutOff)
{
	start();
	live(1, 1, OTHER, OUTCOME_PASS);
	flush();
	std::string early = asked("SELECT sha FROM ledger ORDER BY seq DESC LIMIT 1");

	live(2, 2, OTHER, OUTCOME_PASS);
	flush();
	std::string late = asked("SELECT sha FROM ledger ORDER BY seq DESC LIMIT 1");

	EXPECT_EQ(finding(path, early.c_str()), "");
	EXPECT_TRUE(result.head_found);
	EXPECT_EQ(finding(path, late.c_str()), "");
	EXPECT_TRUE(result.head_found);
	EXPECT_EQ(finding(path, std::string(64, 'a').c_str()), "");
	EXPECT_FALSE(result.head_found);
}

/* Not one of them was ever written by the program, however well it is chained. */
TEST_F(VerifyTest, EntriesThatNobodyWroteAreFound)
{
	const std::string zeros = "'" + std::string(64, '0') + "'";
	const std::string values = ", NULL, NULL, NULL, NULL, 1, NULL, NULL, " + zeros + ", " +
				   zeros + ", " + zeros + ")";
	const std::string alter =
		"; UPDATE attempt SET outcome = 'pass', fault = NULL WHERE id = 2";

	start();
	fill();
	EXPECT_NE(after("INSERT INTO ledger VALUES (-1, 2, 'left', 2" + values + alter)
			  .find("before number 1"),
		  std::string::npos);
	EXPECT_NE(after("INSERT INTO ledger VALUES (0, 2, 'verdict', 9" + values), "");
	EXPECT_NE(after("INSERT INTO ledger SELECT seq + 5, form, kind, visit, attempt, step,"
			" by_attempt, imei, at_us, low, high, digest, prev, sha FROM ledger"
			" WHERE seq = (SELECT max(seq) FROM ledger)")
			  .find("is not there"),
		  std::string::npos);
	stop();
	append(path, { LEDGER_LEFT, 2 });
	EXPECT_EQ(finding(path), "visit 2 is here, and an entry says that it stands elsewhere");
	execute(path, unguarded(path, "SELECT 1" + alter));
	EXPECT_NE(finding(path), "");
	start();
	ASSERT_NE(db_doubt(db), nullptr);
	EXPECT_NE(std::string(db_doubt(db)).find("1 visits are said to stand in other files"),
		  std::string::npos)
		<< db_doubt(db);
	stop();
	execute(path, unguarded(path, "DELETE FROM ledger WHERE kind = 'left'"));
	execute(path, unguarded(path, "INSERT INTO ledger VALUES (-1, 2, 'left', 2" + values));
	start();
	ASSERT_NE(db_doubt(db), nullptr);
	EXPECT_NE(std::string(db_doubt(db)).find("before number 1"), std::string::npos);
}

/* What the station writes is in an entry as soon as it is there, so whatever is in none was put in: behind a stop, behind a death,
 * while it runs. */
TEST_F(VerifyTest, EventsThatTheStationDidNotWriteAreFound)
{
	const std::string insert = "INSERT INTO event (at_us, kind, num, text) VALUES (1, '";
	const std::string start_row = insert + "station-start', 0, '" FOTA_VERSION "');";

	start();
	fill();
	EXPECT_NE(after(insert + "trouble', 0, 'x')").find("is in no entry"), std::string::npos);
	EXPECT_NE(after(start_row + insert + "trouble', 0, 'x')"), "");
	tell(EV_STATION_START, 0, 0, nullptr, nullptr, 0, FOTA_VERSION);
	tell(EV_TROUBLE, 0, 0, nullptr, nullptr, 0, "y");
	flush();
	EXPECT_EQ(finding(path), "");
	EXPECT_NE(after(insert + "trouble', 0, 'x')"), "");
	EXPECT_NE(after("UPDATE event SET text = 'z' WHERE text = 'y'"), "");
	EXPECT_NE(after("DELETE FROM event WHERE text = 'y'"), "");
	/* It died, and starts again. */
	stop();
	start();
	EXPECT_EQ(db_doubt(db), nullptr);
	stop();
	execute(path, start_row + insert + "trouble', 0, 'x')");
	start();
	EXPECT_NE(db_doubt(db), nullptr);
	tell(EV_STATION_START, 0, 0, nullptr, nullptr, 0, FOTA_VERSION);
	flush();
	tell(EV_STATION_STOP, 0, 0, nullptr, nullptr, 0);
	flush();
	EXPECT_NE(finding(path).find("were put in by somebody else"), std::string::npos)
		<< finding(path);
	/* And nobody changes a row behind it unseen. */
	live(6, 6, OTHER, OUTCOME_PASS);
	flush();
	EXPECT_EQ(result.finding, nullptr);
	EXPECT_NE(after("UPDATE attempt SET detail = 'x' WHERE id = 6").find("not as they were"),
		  std::string::npos);
}

/* The texts of faults are the program's; those of another version are no difference. */
TEST_F(VerifyTest, TextsOfAnotherVersionAreARemark)
{
	start();
	fill();
	EXPECT_NE(after("UPDATE fault_code SET text = 'x' WHERE code = 111"), "");
	EXPECT_NE(after("DELETE FROM fault_code WHERE code = 201"), "");
	tell(EV_STATION_START, 0, 0, nullptr, nullptr, 0, "9.9.9");
	tell(EV_STATION_STOP, 0, 0, nullptr, nullptr, 0);
	flush();
	EXPECT_EQ(after("UPDATE fault_code SET text = 'x' WHERE code = 111"), "");
	ASSERT_NE(result.remark, nullptr);
	EXPECT_NE(std::string(result.remark).find("another version"), std::string::npos);
	EXPECT_NE(after("UPDATE fault_code SET name = 'x' WHERE code = 111"), "");
}

/* A start looks at the newest rows, says what it finds, and lets the line go on. */
TEST_F(VerifyTest, AStartLooksAtTheNewestRows)
{
	start();
	fill();
	EXPECT_EQ(db_doubt(db), nullptr);
	stop();
	start();
	EXPECT_EQ(db_doubt(db), nullptr);
	stop();
	execute(path, unguarded(path, "UPDATE attempt SET detail = 'x' WHERE id = 4"));
	{
		InChinese chinese(LOCALE_DIR);

		ASSERT_STRNE(gettext("%s was changed"), "%s was changed");
		start();
	}
	ASSERT_NE(db_doubt(db), nullptr);
	EXPECT_NE(std::string(db_doubt(db)).find(": the rows that it covers are not as they were"),
		  std::string::npos)
		<< "the record is English: " << db_doubt(db);
	EXPECT_NE(std::string(db_doubt(db)).find("end of attempt 4"), std::string::npos)
		<< db_doubt(db);
	live(6, 6, OTHER, OUTCOME_PASS);
	flush();
}

/* ---- the schema of before, and time ---- */

TEST_F(VerifyTest, AMigratedRecordIsWholeAndEveryAlteredRowOfItIsFound)
{
	char *dump = nullptr;

	ASSERT_TRUE(g_file_get_contents(DB_DUMPS "/v0001.sql", &dump, nullptr, nullptr));
	execute(path, dump);
	g_free(dump);
	start();
	EXPECT_EQ(finding(path), "");
	live(6, 6, OTHER, OUTCOME_PASS);
	tell(EV_STATION_STOP, 0, 0, nullptr, nullptr, 0);
	flush();
	EXPECT_EQ(finding(path), "");
	for (const char *change :
	     { "UPDATE attempt SET config = 'x' WHERE id = 1",
	       "UPDATE visit SET zone_min = 60 WHERE id = 1",
	       "UPDATE visit SET first = 0 WHERE id = 1",
	       "UPDATE visit SET operation = 'x' WHERE id = 1",
	       "UPDATE visit SET place_row = 1 WHERE id = 1",
	       "UPDATE ledger SET low = 1 WHERE seq = 3",
	       "UPDATE attempt SET outcome = 'pass' WHERE id = 2", "UPDATE horizon SET event = 9" })
		EXPECT_NE(after(change), "") << change;
}

/* The clock on the wall goes back an hour, then ahead a year: numbers tell the order, durations are right. */
TEST_F(VerifyTest, AClockThatJumpsReordersNothing)
{
	const gint64 HOUR = 3600 * G_GINT64_CONSTANT(1000000);

	start();
	live(1, 1, OTHER, OUTCOME_PASS);
	wall -= HOUR;
	live(2, 2, IMEI, OUTCOME_PASS);
	visit_begin(3, THIRD);
	job_begin(3, 3);
	pass_time(500);
	wall += 365 * 24 * HOUR;
	Verdict v = verdict(THIRD, OUTCOME_PASS);
	tell(EV_JOB_END, 3, 3, &v);
	tell(EV_VISIT_END, 3, 0, &v);
	wall -= 365 * 24 * HOUR;
	live(4, 4, OTHER, OUTCOME_PASS);
	flush();
	EXPECT_EQ(asked("SELECT duration_ms FROM v_visits ORDER BY visit"), "400;400;500;400");
	EXPECT_EQ(asked("SELECT attempt FROM ledger WHERE kind = 'end' ORDER BY seq"), "1;2;3;4");
	EXPECT_EQ(finding(path), "");
}

/* ---- a copy for other desks ---- */

TEST_F(VerifyTest, ABackupIsTheRecordOfOneMomentInOneFile)
{
	std::string file = dir + "/backup.db";
	GError *error = nullptr;

	start();
	fill();
	Db *read = db_open(path.c_str(), DB_READ, &error);
	ASSERT_TRUE(backup_make(read, file.c_str(), nullptr, nullptr, &error)) << error->message;
	live(6, 6, OTHER, OUTCOME_PASS);
	flush();
	EXPECT_EQ(finding(file), "");
	EXPECT_EQ(ask(file, "SELECT count(*) FROM visit"), "5");
	EXPECT_EQ(ask(file, "PRAGMA journal_mode"), "delete");
	EXPECT_NE(access((file + "-wal").c_str(), F_OK), 0);
	EXPECT_NE(access((file + ".part").c_str(), F_OK), 0);
	/* What is there is never replaced. */
	EXPECT_FALSE(backup_make(read, file.c_str(), nullptr, nullptr, &error));
	EXPECT_NE(std::string(error->message).find("there is such a file already"),
		  std::string::npos);
	g_clear_error(&error);
	EXPECT_FALSE(backup_make(read, (dir + "/no/b.db").c_str(), nullptr, nullptr, &error));
	g_clear_error(&error);
	db_close(read);
	EXPECT_EQ(ask(file, "SELECT count(*) FROM visit"), "5");
	/* It can take the record's place. */
	stop();
	path = file;
	start();
	EXPECT_EQ(asked("PRAGMA journal_mode"), "wal");
	stop();
}
