/* SPDX-License-Identifier: Apache-2.0
 *
 * The file of the record: what is refused and in which words, the one writer, old versions, other readers.
 * It does not know what is written in it. */
#include "tests/db_fixture.h"
#include "tests/ledger_check.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/wait.h>

#include "db/contract.h"
#include "db/sql.h"

static const char *const IMEI = "356938035643809";

class FileTest : public DbTest
{
      protected:
	/* The code and the sentence of a refusal; "opened" when there was none. */
	static std::string refusal(const std::string &path, DbMode mode, int code)
	{
		GError *error = nullptr;
		Db *db = db_open(path.c_str(), mode, &error);
		std::string out = "opened";

		if (!db) {
			EXPECT_EQ(error->domain, DB_ERROR);
			EXPECT_EQ(error->code, code) << error->message;
			out = error->message;
			EXPECT_EQ(out.find('\n'), std::string::npos) << out;
			g_error_free(error);
		}
		db_close(db);
		return out;
	}

	static void put(const std::string &path, const std::string &content)
	{
		ASSERT_TRUE(
			g_file_set_contents(path.c_str(), content.data(), content.size(), nullptr));
	}

	static std::string get(const std::string &path)
	{
		char *content = nullptr;
		gsize len = 0;

		g_file_get_contents(path.c_str(), &content, &len, nullptr);
		std::string out(content ? content : "", len);
		g_free(content);
		return out;
	}

	void execute(const std::string &sql)
	{
		sqlite3 *handle = nullptr;

		sqlite3_open(path.c_str(), &handle);
		EXPECT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
			<< sqlite3_errmsg(handle);
		sqlite3_close(handle);
	}

	/* What this question answers to the user `uid`, of the group of the file; "denied" when it cannot be asked. */
	std::string asked_as(uid_t uid, const std::string &sql)
	{
		int ends[2];
		char answer[256] = "";
		struct stat st;

		EXPECT_EQ(pipe(ends), 0);
		EXPECT_EQ(stat(path.c_str(), &st), 0);
		pid_t child = fork();
		if (child == 0) {
			sqlite3 *handle = nullptr;
			sqlite3_stmt *rows = nullptr;
			std::string out = "denied";

			if (setgroups(0, nullptr) == 0 && setgid(st.st_gid) == 0 &&
			    setuid(uid) == 0 &&
			    sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READONLY, nullptr) ==
				    SQLITE_OK &&
			    sqlite3_prepare_v2(handle, sql.c_str(), -1, &rows, nullptr) ==
				    SQLITE_OK &&
			    sqlite3_step(rows) == SQLITE_ROW)
				out = (const char *)sqlite3_column_text(rows, 0);
			else if (handle)
				out += std::string(": ") + sqlite3_errmsg(handle);
			_exit(write(ends[1], out.data(), out.size()) < 0);
		}
		waitpid(child, nullptr, 0);
		close(ends[1]);
		EXPECT_GE(read(ends[0], answer, sizeof(answer) - 1), 0);
		close(ends[0]);
		return answer;
	}
};

TEST_F(FileTest, AFreshFileIsWhole)
{
	struct stat st;
	mode_t before = umask(0077); /* the strictest umask must not shut the group out */

	start();
	umask(before);
	EXPECT_EQ(asked("PRAGMA application_id"), "1179604033");
	EXPECT_EQ(asked("PRAGMA user_version"), std::to_string(db_schema_version()));
	EXPECT_EQ(asked("PRAGMA journal_mode"), "wal");
	EXPECT_EQ(asked("PRAGMA integrity_check"), "ok");
	EXPECT_EQ(asked("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE "
			"'%STRICT%'"),
		  "0");
	EXPECT_EQ(asked("SELECT name, blame FROM fault_code WHERE code = 504"),
		  "STATION_DIED|station");
	for (const char *end : { "", "-wal", "-shm" }) {
		ASSERT_EQ(stat((path + end).c_str(), &st), 0) << end;
		EXPECT_EQ(st.st_mode & 0777, 0640u) << end;
	}
	EXPECT_NE(access((path + ".new").c_str(), F_OK), 0);
}

TEST_F(FileTest, TheLogStaysAfterACleanStopAndTheFileIsNotWrittenByAnIdleStart)
{
	struct stat st;

	start();
	live(1, 1, IMEI, OUTCOME_PASS);
	flush();
	stop();
	ASSERT_EQ(stat((path + "-wal").c_str(), &st), 0);
	EXPECT_EQ(st.st_size, 0);
	EXPECT_EQ(access((path + "-shm").c_str(), F_OK), 0);
	std::string content = get(path);
	start();
	stop();
	EXPECT_EQ(get(path), content);
}

TEST_F(FileTest, WhatIsAbsentIsSaidToBe)
{
	EXPECT_NE(refusal(path, DB_READ, DB_ERROR_ABSENT).find("there is no such database"),
		  std::string::npos);
	EXPECT_NE(refusal(dir + "/no/station.db", DB_READ, DB_ERROR_ABSENT)
			  .find(dir + "/no/station.db"),
		  std::string::npos);
	EXPECT_NE(refusal(dir + "/no/station.db", DB_WRITE, DB_ERROR_UNWRITABLE).find("folder"),
		  std::string::npos);
	EXPECT_NE(access(path.c_str(), F_OK), 0); /* asking makes nothing */
	EXPECT_NE(access((path + ".lock").c_str(), F_OK), 0);
}

TEST_F(FileTest, WhatIsNotOursIsRefusedAndNotTouched)
{
	struct {
		std::string content;
		int code;
		const char *words;
	} cases[] = { { "", DB_ERROR_CORRUPT, "is empty" },
		      { "hello", DB_ERROR_FOREIGN, "is not a database" },
		      { std::string(8192, 'x'), DB_ERROR_FOREIGN, "is not a database" },
		      { "SQLite format 3", DB_ERROR_FOREIGN, "is not a database" } };

	for (const auto &c : cases)
		for (DbMode mode : { DB_READ, DB_WRITE }) {
			put(path, c.content);
			EXPECT_NE(refusal(path, mode, c.code).find(path + " " + c.words),
				  std::string::npos)
				<< c.words;
			EXPECT_EQ(get(path), c.content);
		}
	EXPECT_NE(refusal(dir, DB_WRITE, DB_ERROR_FOREIGN).find("is not a file"),
		  std::string::npos);
	EXPECT_NE(refusal(dir, DB_READ, DB_ERROR_FOREIGN).find("is not a file"), std::string::npos);
}

TEST_F(FileTest, AnotherProgramsDatabaseIsRefusedAndNotTouched)
{
	for (const char *sql :
	     { "CREATE TABLE t (x)", "CREATE TABLE t (x); PRAGMA application_id = 7",
	       "PRAGMA application_id = 1179604033" /* ours, but without a schema */ }) {
		g_remove(path.c_str());
		execute(sql);
		std::string content = get(path);

		for (DbMode mode : { DB_READ, DB_WRITE }) {
			EXPECT_NE(refusal(path, mode, DB_ERROR_FOREIGN)
					  .find("database of another program"),
				  std::string::npos)
				<< sql;
			EXPECT_EQ(get(path), content);
		}
	}
}

TEST_F(FileTest, ANewerOneIsRefusedAndNotTouched)
{
	start();
	stop();
	execute("PRAGMA user_version = 99");
	std::string content = get(path);

	for (DbMode mode : { DB_READ, DB_WRITE })
		EXPECT_NE(refusal(path, mode, DB_ERROR_NEWER).find("newer program (schema 99"),
			  std::string::npos);
	EXPECT_EQ(get(path), content);
}

TEST_F(FileTest, DamageIsFound)
{
	start();
	for (guint32 i = 1; i <= 200; i++)
		live(i, i, IMEI, OUTCOME_PASS);
	flush();
	stop();
	std::string whole = get(path);

	put(path, whole.substr(0, whole.size() / 2));
	for (DbMode mode : { DB_READ, DB_WRITE })
		EXPECT_NE(refusal(path, mode, DB_ERROR_CORRUPT).find(path), std::string::npos);
	put(path, whole.substr(0, 8192) + std::string(whole.size() - 8192, '\xa5'));
	EXPECT_NE(refusal(path, DB_WRITE, DB_ERROR_CORRUPT).find(path), std::string::npos);
	/* A reader has no time for all pages: it finds the damage where it reads. */
	GError *error = nullptr;
	Db *read = db_open(path.c_str(), DB_READ, &error);
	gint64 n;
	ASSERT_TRUE(read) << error->message;
	EXPECT_FALSE(sql_number(read, "SELECT count(*) FROM v_attempts", nullptr, 0, &n, &error));
	EXPECT_EQ(error->code, DB_ERROR_CORRUPT) << error->message;
	g_clear_error(&error);
	db_close(read);
	put(path, whole);
	EXPECT_EQ(refusal(path, DB_WRITE, 0), "opened");
}

TEST_F(FileTest, ALogWithoutItsFileIsNotSwallowed)
{
	put(path + "-wal", "records");
	EXPECT_NE(refusal(path, DB_WRITE, DB_ERROR_CORRUPT).find("holds records"),
		  std::string::npos);
	EXPECT_EQ(get(path + "-wal"), "records");
}

TEST_F(FileTest, ASecondWriterIsRefusedByEveryName)
{
	std::string other = dir + "/link.db";

	start();
	ASSERT_EQ(symlink("station.db", other.c_str()), 0);
	for (const std::string &name : { path, other, dir + "/./station.db" })
		EXPECT_NE(refusal(name, DB_WRITE, DB_ERROR_LOCKED)
				  .find("in use by another station (process " +
					std::to_string(getpid()) + ")"),
			  std::string::npos);
	EXPECT_EQ(refusal(path, DB_READ, 0), "opened");
	stop();
	EXPECT_EQ(refusal(other, DB_WRITE, 0), "opened");
	EXPECT_NE(access((other + ".lock").c_str(), F_OK), 0);
}

TEST_F(FileTest, ALockDiesWithItsHolder)
{
	start();
	stop();
	pid_t child = fork();
	if (child == 0) {
		db_open(path.c_str(), DB_WRITE, nullptr);
		kill(getpid(), SIGKILL);
	}
	waitpid(child, nullptr, 0);
	EXPECT_EQ(refusal(path, DB_WRITE, 0), "opened");
}

TEST_F(FileTest, AFolderThatCannotBeWrittenIsSaidToBe)
{
	if (geteuid() == 0)
		GTEST_SKIP() << "root may write everywhere";
	ASSERT_EQ(chmod(dir.c_str(), 0500), 0);
	EXPECT_NE(refusal(path, DB_WRITE, DB_ERROR_UNWRITABLE), "opened");
	ASSERT_EQ(chmod(dir.c_str(), 0700), 0);
	start();
	stop();
	ASSERT_EQ(chmod(path.c_str(), 0440), 0);
	EXPECT_NE(refusal(path, DB_WRITE, DB_ERROR_UNWRITABLE).find("cannot be written"),
		  std::string::npos);
	ASSERT_EQ(chmod(path.c_str(), 0), 0);
	EXPECT_NE(refusal(path, DB_READ, DB_ERROR_UNREADABLE), "opened");
}

TEST_F(FileTest, AnotherUserReadsDuringTheRunAndAfterIt)
{
	if (geteuid() != 0)
		GTEST_SKIP() << "only root can become another user";
	ASSERT_EQ(chmod(dir.c_str(), 0755), 0);
	for (std::string up = dir; up.size() > 1; up = up.substr(0, up.rfind('/')))
		if (struct stat st; stat(up.c_str(), &st) != 0 || !(st.st_mode & S_IXOTH))
			GTEST_SKIP() << up << " is closed to other users";
	start();
	live(1, 1, IMEI, OUTCOME_PASS);
	flush();
	EXPECT_EQ(asked_as(65534, "SELECT verdict FROM visit"), "pass");
	live(2, 2, IMEI, OUTCOME_PASS);
	flush();
	EXPECT_EQ(asked_as(65534, "SELECT count(*) FROM v_visits"), "2");
	stop();
	EXPECT_EQ(asked_as(65534, "SELECT count(*) FROM v_visits"), "2");
	EXPECT_EQ(asked_as(65534, "DELETE FROM event").substr(0, 6), "denied");
}

TEST_F(FileTest, TheShellReadsWhileTheLineRuns)
{
	char *out = nullptr;
	int status = 0;
	char *argv[] = { (char *)"sqlite3", (char *)"-readonly", (char *)path.c_str(),
			 (char *)"SELECT imei, outcome FROM v_attempts", nullptr };

	start();
	live(1, 1, IMEI, OUTCOME_PASS);
	flush();
	if (!g_spawn_sync(nullptr, argv, nullptr, G_SPAWN_SEARCH_PATH, nullptr, nullptr, &out,
			  nullptr, &status, nullptr))
		GTEST_SKIP() << "no sqlite3 shell here";
	EXPECT_STREQ(out, "356938035643809|pass\n");
	g_free(out);
}

TEST_F(FileTest, ACheckpointBringsTheRecordIntoTheFile)
{
	GError *error = nullptr;
	gint64 wal = -1;

	start();
	std::string before = get(path);
	live(1, 1, IMEI, OUTCOME_PASS);
	flush();
	EXPECT_EQ(get(path), before); /* a commit alone writes only the log */
	ASSERT_TRUE(db_checkpoint(db, &wal, &error));
	EXPECT_GT(wal, 0);
	EXPECT_NE(get(path), before);
}

/* A reader in the middle of its answer neither stops nor is stopped. */
TEST_F(FileTest, ALongReaderStopsNobody)
{
	sqlite3 *reader = nullptr;
	sqlite3_stmt *rows = nullptr;
	GError *error = nullptr;

	start();
	live(1, 1, IMEI, OUTCOME_PASS);
	live(2, 2, IMEI, OUTCOME_PASS);
	flush();
	sqlite3_open_v2(path.c_str(), &reader, SQLITE_OPEN_READONLY, nullptr);
	sqlite3_prepare_v2(reader, "SELECT id FROM visit", -1, &rows, nullptr);
	ASSERT_EQ(sqlite3_step(rows), SQLITE_ROW);
	live(3, 3, IMEI, OUTCOME_PASS);
	flush();
	EXPECT_TRUE(db_checkpoint(db, nullptr, &error));
	EXPECT_EQ(sqlite3_step(rows), SQLITE_ROW);
	EXPECT_EQ(sqlite3_step(rows), SQLITE_DONE);
	sqlite3_finalize(rows);
	sqlite3_close(reader);
	EXPECT_EQ(asked("SELECT count(*) FROM visit"), "3");
}

/* What only says that it is schema 1, as one of before its release does, is left as it is. */
TEST_F(FileTest, AnotherSchemaOfTheSameNumberIsRefusedAndNotTouched)
{
	std::string dump = get(DB_DUMPS "/v0001.sql");
	const std::string column =
		"\texternal       INTEGER NOT NULL CHECK (external IN (0, 1)),\n";
	size_t at = dump.find(column);

	ASSERT_NE(at, std::string::npos);
	dump.erase(at, column.size());
	for (const char *value : { "'0.1.0',0,0,", " a.adopted, a.external," })
		while ((at = dump.find(value)) != std::string::npos)
			dump.replace(at, strlen(value),
				     value[0] == ' ' ? " a.adopted," : "'0.1.0',0,");
	execute(dump);
	std::string before = get(path);
	EXPECT_NE(refusal(path, DB_WRITE, DB_ERROR_FOREIGN).find("not those of schema 1"),
		  std::string::npos);
	EXPECT_EQ(get(path), before);
}

/* Every version that was ever released becomes the newest one, with its rows. */
TEST_F(FileTest, EveryKeptVersionMigratesToTheFreshSchema)
{
	const char *schema =
		"SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name";
	guint versions = 0;

	start();
	std::string fresh = asked(schema);
	stop();
	for (;; versions++) {
		char *name = g_strdup_printf(DB_DUMPS "/v%04u.sql", versions + 1);
		std::string dump = get(name);

		g_free(name);
		if (dump.empty())
			break;
		for (const char *end : { "", "-wal", "-shm" })
			g_remove((path + end).c_str());
		execute(dump);
		std::string attempts = asked("SELECT count(*), sum(id) FROM attempt");
		start();
		EXPECT_EQ(asked(schema), fresh);
		EXPECT_EQ(asked("PRAGMA user_version"), std::to_string(db_schema_version()));
		EXPECT_EQ(asked("PRAGMA integrity_check"), "ok");
		EXPECT_EQ(asked("PRAGMA foreign_key_check"), "");
		EXPECT_EQ(asked("SELECT count(*), sum(id) FROM attempt"), attempts);
		EXPECT_EQ(asked("SELECT final_verdict FROM v_visits ORDER BY visit"),
			  "pass;fail;pass;pass;interrupted");
		EXPECT_EQ(LedgerCheck(path).broken(), "");
		stop();
	}
	EXPECT_EQ(versions, db_schema_version());
}

/* The views are the contract: the page and the program say the same of each, in the order of its columns. */
TEST_F(FileTest, TheViewsAreTheContract)
{
	std::string page = get(DB_DOCS "/schema.md"), made, views, promised;

	start();
	for (const ContractColumn *c = contract_columns; c->view; c++) {
		if (!c->column) {
			made += std::string(made.empty() ? "" : "\n") + "## " + c->view + ": " +
				c->meaning + "\n| column | |\n|---|---|\n";
			promised += (promised.empty() ? "" : ";") + std::string(c->view);
			views = "";
			continue;
		}
		made += std::string("| `") + c->column + "` | " + c->meaning + " |\n";
		views += (views.empty() ? "" : ",") + std::string(c->column);
		if (c[1].column)
			continue;
		EXPECT_EQ(asked("SELECT group_concat(name) FROM pragma_table_info('" +
				std::string(c->view) + "')"),
			  views)
			<< c->view;
	}
	EXPECT_EQ(asked("SELECT name FROM sqlite_master WHERE type = 'view' AND name GLOB 'v_*'"
			" ORDER BY rowid"),
		  promised);
	EXPECT_NE(page.find("\n" + made), std::string::npos)
		<< "the tables in docs/schema.md should be\n"
		<< made;
	EXPECT_NE(page.find("This is version " + std::to_string(CONTRACT_VERSION)),
		  std::string::npos);
}
