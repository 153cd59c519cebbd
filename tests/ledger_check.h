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

	std::string closed(gint64 attempt, int form)
	{
		const char *more = form > 1 ? ", config, mono_us, origin_us" : "";
		const char *id = form > 1 ? "id, " : "";

		return canonical(
			       "SELECT id, visit, imei, model, serial, iccid, imsi, hop, hops, "
			       "try, procedure,"
			       " operation, version_before, target, version_after, package,"
			       " package_sha256, catalogue, program, adopted, external, resolves, "
			       "begin_us, end_us,"
			       " duration_ms, outcome, fault, step, vendor_code, vendor_words, "
			       "detail" +
				       std::string(more) + " FROM attempt WHERE id = ?",
			       attempt) +
		       field("steps",
			     hash(canonical(
				     "SELECT n, ord, name, try, begin_ms, ms, outcome, danger"
				     " FROM step_run WHERE attempt = ? ORDER BY n",
				     attempt))) +
		       field("settings",
			     hash(canonical("SELECT " + std::string(id) +
						    "imei, key, value, at_us FROM setting"
						    " WHERE attempt = ? ORDER BY id",
					    attempt))) +
		       field("transcript", hash(transcript(attempt)));
	}

	struct Entry {
		std::string kind;
		gint64 visit, attempt, by, low, high;
		int form;
	};

	std::string body(const Entry &e)
	{
		if (e.kind == "end" || (e.kind == "carry" && e.attempt))
			return closed(e.attempt, e.form);
		if (e.kind == "resolve")
			return closed(e.by, e.form);
		if (e.kind == "verdict" || e.kind == "carry")
			return canonical(
				"SELECT id, slot_label, slot_path, hub, station, line, work_order,"
				" worker, imei, maker, model, model_name, version, target, retest,"
				" begin_us, end_us, duration_ms, verdict, fault, step, vendor_code,"
				" vendor_words, version_after, detail, good_first" +
					std::string(
						e.form > 1
							? ", mono_us, zone_min, first, operation,"
							  " place_row, place_column"
							: "") +
					" FROM visit WHERE id = ?",
				e.visit);
		if (e.kind == "debt")
			return canonical("SELECT attempt, visit, imei, since_us FROM debt"
					 " WHERE attempt = ?",
					 e.attempt);
		if (e.kind == "fact")
			return canonical("SELECT id, imei, key, value, attempt, at_us FROM setting"
					 " WHERE id = ?",
					 e.low);
		if (e.kind == "log" || e.kind == "found")
			return canonical("SELECT id, at_us, kind, slot, visit, attempt, num, text"
					 " FROM event WHERE id >= ? AND id <= " +
						 std::to_string(e.high) + " ORDER BY id",
					 e.low) +
			       canonical("SELECT setting, event, debt FROM horizon", 0);
		if (e.kind == "order")
			return canonical("SELECT order_no, quantity, worker, begin_us, end_us"
					 " FROM work_order ORDER BY order_no",
					 0);
		if (e.kind == "kept")
			return canonical("SELECT work_order, imei, good_first, good FROM kept_unit"
					 " ORDER BY work_order, imei",
					 0);
		if (e.kind == "archive")
			return canonical("SELECT id, month, file, first_seq, last_seq, last_sha,"
					 " head, event, visit, attempt, visits, attempts, at_us"
					 " FROM archive WHERE id = ?",
					 e.low);
		if (e.kind == "left")
			return "visit=i" + std::to_string(e.visit) + "\n";
		return canonical(
			"SELECT a.id, a.visit, a.hop, a.hops, a.try, a.procedure, a.operation,"
			" a.version_before, a.target, a.package, a.package_sha256, a.catalogue,"
			" a.program, a.adopted, a.external, a.resolves, a.begin_us, v.slot_label, v.slot_path,"
			" v.station, v.line, v.work_order, v.worker, v.retest,"
			" v.begin_us AS visit_begin_us" +
				std::string(e.form > 1 ? ", a.config, a.mono_us, a.origin_us,"
							 " v.mono_us AS visit_mono_us, v.zone_min"
						       : "") +
				" FROM attempt a JOIN visit v ON v.id = a.visit WHERE a.id = ?",
			e.attempt);
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

	std::string one(const std::string &sql, gint64 id = 0)
	{
		std::string field = canonical(sql + " AS x", id);

		return field.substr(2, field.size() - 3);
	}

	/* Only the last entry of a kind that covers a whole table still holds; rows of a visit that left are elsewhere. */
	bool elsewhere(const Entry &e, gint64 seq)
	{
		if (e.kind == "order" || e.kind == "kept")
			return one("SELECT (SELECT max(seq) FROM ledger WHERE kind = '" + e.kind +
				   "')") != "i" + std::to_string(seq);
		return e.kind != "left" &&
		       one("SELECT EXISTS (SELECT 1 FROM ledger WHERE kind = 'left' AND visit = ?)",
			   e.visit) == "i1";
	}

	/* The first entry follows nothing, or the last one of the archive that says so. */
	void begin(gint64 *seq, std::string *prev)
	{
		std::string first = one("SELECT (SELECT min(seq) - 1 FROM ledger)");
		std::string sha = one("SELECT (SELECT last_sha FROM archive WHERE last_seq = "
				      "(SELECT min(seq) - 1 FROM ledger))");

		if (sha == "n")
			return;
		*seq = std::stoll(first.substr(1));
		*prev = sha.substr(sha.find(':') + 1);
	}

	std::string broken()
	{
		sqlite3_stmt *rows = nullptr;
		std::string prev(64, '0'), out;
		gint64 seq = 0;

		begin(&seq, &prev);
		sqlite3_prepare_v2(
			handle,
			"SELECT seq, form, kind, visit, attempt, step, by_attempt, imei, at_us,"
			" digest, prev, sha, low, high FROM ledger ORDER BY seq",
			-1, &rows, nullptr);
		while (out.empty() && sqlite3_step(rows) == SQLITE_ROW) {
			auto text = [&](int i) {
				return std::string((const char *)sqlite3_column_text(rows, i));
			};
			auto number = [&](int i) { return sqlite3_column_int64(rows, i); };
			Entry e = { text(2),    number(3),  number(4),     number(6),
				    number(12), number(13), (int)number(1) };
			std::string sha = hash(
				canonical("SELECT seq, form, kind, visit, attempt, step,"
					  " by_attempt, imei, at_us, " +
						  std::string(e.form > 1 ? "low, high, " : "") +
						  "digest, prev FROM ledger WHERE seq = ?",
					  number(0)));
			bool whole = elsewhere(e, number(0)) || text(9) == hash(body(e));

			if (number(0) != ++seq || text(10) != prev || text(11) != sha || !whole)
				out = "entry " + text(0) + " (" + e.kind + ")";
			prev = text(11);
		}
		sqlite3_finalize(rows);
		return out;
	}
};
