/* SPDX-License-Identifier: Apache-2.0
 *
 * Recomputes the ledger from docs/ledger.md alone, by other code than the station's. It knows no index nor writer. */
#pragma once

#include <glib.h>
#include <sqlite3.h>
#include <string>
#include <zlib.h>

/* "" when the chain and all it covers are whole, else the first entry that is not. */
class LedgerCheck
{
	sqlite3 *handle = nullptr;

	static std::string hash(const std::string &text)
	{
		char *hex = g_compute_checksum_for_data(G_CHECKSUM_SHA256,
							(const guchar *)text.data(), text.size());
		std::string out = hex;

		g_free(hex);
		return out;
	}

	static std::string field(const std::string &name, const std::string &value)
	{
		return name + "=t" + std::to_string(value.size()) + ":" + value + "\n";
	}

	/* Canonical fields of all rows, up to `count` columns of each. */
	std::string canonical(const std::string &sql, gint64 id, int count = 1000)
	{
		sqlite3_stmt *rows = nullptr;
		std::string out;

		sqlite3_prepare_v2(handle, sql.c_str(), -1, &rows, nullptr);
		sqlite3_bind_int64(rows, 1, id);
		while (sqlite3_step(rows) == SQLITE_ROW)
			for (int i = 0; i < sqlite3_column_count(rows) && i < count; i++) {
				std::string name = sqlite3_column_name(rows, i);
				const char *text = (const char *)sqlite3_column_text(rows, i);

				if (!text)
					out += name + "=n\n";
				else if (sqlite3_column_type(rows, i) == SQLITE_INTEGER)
					out += name + "=i" + text + "\n";
				else
					out += field(name, std::string(text, sqlite3_column_bytes(
										     rows, i)));
			}
		sqlite3_finalize(rows);
		return out;
	}

	std::string transcript(gint64 attempt)
	{
		sqlite3_stmt *rows = nullptr;
		std::string out;

		sqlite3_prepare_v2(
			handle,
			"SELECT packed, size, bytes FROM trace WHERE attempt = ? ORDER BY part", -1,
			&rows, nullptr);
		sqlite3_bind_int64(rows, 1, attempt);
		while (sqlite3_step(rows) == SQLITE_ROW) {
			std::string raw((const char *)sqlite3_column_blob(rows, 2),
					sqlite3_column_bytes(rows, 2));
			std::string text(sqlite3_column_int64(rows, 1), '\0');
			uLongf n = text.size();

			if (sqlite3_column_int(rows, 0))
				uncompress((Bytef *)&text[0], &n, (const Bytef *)raw.data(),
					   raw.size());
			out += sqlite3_column_int(rows, 0) ? text : raw;
		}
		sqlite3_finalize(rows);
		return out;
	}

	std::string closed(gint64 attempt)
	{
		return canonical(
			       "SELECT id, visit, imei, model, serial, iccid, imsi, hop, hops, "
			       "try, procedure,"
			       " operation, version_before, target, version_after, package,"
			       " package_sha256, catalogue, program, adopted, external, resolves, "
			       "begin_us, end_us,"
			       " duration_ms, outcome, fault, step, vendor_code, vendor_words, "
			       "detail"
			       " FROM attempt WHERE id = ?",
			       attempt) +
		       field("steps",
			     hash(canonical(
				     "SELECT n, ord, name, try, begin_ms, ms, outcome, danger"
				     " FROM step_run WHERE attempt = ? ORDER BY n",
				     attempt))) +
		       field("settings",
			     hash(canonical("SELECT imei, key, value, at_us FROM setting"
					    " WHERE attempt = ? ORDER BY id",
					    attempt))) +
		       field("transcript", hash(transcript(attempt)));
	}

	std::string body(const std::string &kind, gint64 visit, gint64 attempt, gint64 by)
	{
		if (kind == "end")
			return closed(attempt);
		if (kind == "resolve")
			return closed(by);
		if (kind == "verdict")
			return canonical(
				"SELECT id, slot_label, slot_path, hub, station, line, work_order,"
				" worker, imei, maker, model, model_name, version, target, retest,"
				" begin_us, end_us, duration_ms, verdict, fault, step, vendor_code,"
				" vendor_words, version_after, detail, good_first FROM visit"
				" WHERE id = ?",
				visit);
		return canonical(
			"SELECT a.id, a.visit, a.hop, a.hops, a.try, a.procedure, a.operation,"
			" a.version_before, a.target, a.package, a.package_sha256, a.catalogue,"
			" a.program, a.adopted, a.external, a.resolves, a.begin_us, v.slot_label, v.slot_path,"
			" v.station, v.line, v.work_order, v.worker, v.retest,"
			" v.begin_us AS visit_begin_us FROM attempt a JOIN visit v"
			" ON v.id = a.visit WHERE a.id = ?",
			attempt);
	}

      public:
	explicit LedgerCheck(const std::string &path)
	{
		sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr);
	}

	~LedgerCheck()
	{
		sqlite3_close(handle);
	}

	LedgerCheck(const LedgerCheck &) = delete;
	LedgerCheck &operator=(const LedgerCheck &) = delete;

	std::string broken()
	{
		sqlite3_stmt *rows = nullptr;
		std::string prev(64, '0'), out;
		gint64 seq = 0;

		sqlite3_prepare_v2(
			handle,
			"SELECT seq, form, kind, visit, attempt, step, by_attempt, imei, at_us,"
			" digest, prev, sha FROM ledger ORDER BY seq",
			-1, &rows, nullptr);
		while (out.empty() && sqlite3_step(rows) == SQLITE_ROW) {
			auto text = [&](int i) {
				return std::string((const char *)sqlite3_column_text(rows, i));
			};
			std::string sha =
				hash(canonical("SELECT seq, form, kind, visit, attempt, step,"
					       " by_attempt, imei, at_us, digest, prev FROM ledger"
					       " WHERE seq = ?",
					       sqlite3_column_int64(rows, 0)));
			std::string digest = hash(body(text(2), sqlite3_column_int64(rows, 3),
						       sqlite3_column_int64(rows, 4),
						       sqlite3_column_int64(rows, 6)));

			if (sqlite3_column_int64(rows, 0) != ++seq || text(10) != prev ||
			    text(11) != sha || text(9) != digest)
				out = "entry " + text(0) + " (" + text(2) + ")";
			prev = text(11);
		}
		sqlite3_finalize(rows);
		return out;
	}
};
