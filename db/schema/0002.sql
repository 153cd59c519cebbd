-- SPDX-License-Identifier: Apache-2.0
--
-- Version 2: which configuration was behind an attempt, what counts in yield, sums that answer over a million attempts
-- at once, and a ledger that covers every row. Rows of version 1 keep NULL in what they did not know.

DROP VIEW v_attempts;
DROP VIEW v_visits;
DROP VIEW v_steps;
DROP VIEW v_units;
DROP VIEW v_faults;
DROP TRIGGER ledger_update;
DROP TRIGGER ledger_delete;
-- Parts of an IMEI are looked for in attempt_imei.
DROP INDEX attempt_tail;

-- config: SHA-256 over the configuration files as they were read.
ALTER TABLE attempt ADD COLUMN config TEXT;
-- place_row, place_column: of the slot on the fixture, from 1.
-- zone_min: minutes east of UTC when the visit began. first: 1 when no visit of this IMEI in this work order was before.
-- operation: of its attempts; a visit counts when that is update or check.
ALTER TABLE visit ADD COLUMN zone_min INTEGER;
ALTER TABLE visit ADD COLUMN place_row INTEGER;
ALTER TABLE visit ADD COLUMN place_column INTEGER;
ALTER TABLE visit ADD COLUMN first INTEGER CHECK (first IN (0, 1));
ALTER TABLE visit ADD COLUMN operation TEXT;

CREATE INDEX visit_model ON visit (coalesce(model_name, model), id);
CREATE INDEX visit_worker ON visit (worker, id) WHERE worker IS NOT NULL;
CREATE INDEX attempt_begin ON attempt (begin_us);
CREATE INDEX attempt_fault ON attempt (fault, id) WHERE fault IS NOT NULL;
CREATE INDEX attempt_package ON attempt (package, id) WHERE package IS NOT NULL;
CREATE INDEX attempt_version ON attempt (version_after, id) WHERE version_after IS NOT NULL;
CREATE INDEX attempt_before ON attempt (version_before, id) WHERE version_before IS NOT NULL;
CREATE INDEX event_visit ON event (visit, id) WHERE visit IS NOT NULL;

-- low, high: the rows of setting, event or archive that an entry is about.
ALTER TABLE ledger RENAME TO ledger_1;
DROP INDEX ledger_attempt;
CREATE TABLE ledger (
	seq        INTEGER PRIMARY KEY,
	form       INTEGER NOT NULL,
	kind       TEXT NOT NULL CHECK (kind IN ('begin', 'danger', 'end', 'resolve', 'verdict', 'debt', 'fact', 'log',
	                                         'found', 'order', 'kept', 'archive', 'carry', 'left')),
	visit      INTEGER NOT NULL,
	attempt    INTEGER,
	step       TEXT,
	by_attempt INTEGER,
	imei       TEXT,
	at_us      INTEGER NOT NULL,
	low        INTEGER,
	high       INTEGER,
	digest     TEXT NOT NULL CHECK (length(digest) = 64),
	prev       TEXT NOT NULL CHECK (length(prev) = 64),
	sha        TEXT NOT NULL CHECK (length(sha) = 64)
) STRICT;
INSERT INTO ledger (seq, form, kind, visit, attempt, step, by_attempt, imei, at_us, digest, prev, sha)
	SELECT seq, form, kind, visit, attempt, step, by_attempt, imei, at_us, digest, prev, sha FROM ledger_1;
DROP TABLE ledger_1;
CREATE INDEX ledger_attempt ON ledger (attempt, kind) WHERE attempt IS NOT NULL;
CREATE INDEX ledger_visit ON ledger (visit);
CREATE INDEX ledger_log ON ledger (seq) WHERE kind IN ('log', 'found');
CREATE INDEX ledger_order ON ledger (seq) WHERE kind = 'order';
CREATE INDEX ledger_kept ON ledger (seq) WHERE kind = 'kept';
CREATE INDEX ledger_left ON ledger (seq) WHERE kind = 'left';
CREATE TRIGGER ledger_update BEFORE UPDATE ON ledger BEGIN
	SELECT RAISE(ABORT, 'the ledger is append-only');
END;
CREATE TRIGGER ledger_delete BEFORE DELETE ON ledger BEGIN
	SELECT RAISE(ABORT, 'the ledger is append-only');
END;

-- The last rows that form 1 of the ledger did not cover one by one; what comes after them is covered.
CREATE TABLE horizon (
	id      INTEGER PRIMARY KEY CHECK (id = 1),
	setting INTEGER NOT NULL,
	event   INTEGER NOT NULL,
	debt    INTEGER NOT NULL
) STRICT;
INSERT INTO horizon SELECT 1, coalesce((SELECT max(id) FROM setting), 0), coalesce((SELECT max(id) FROM event), 0),
	coalesce((SELECT max(attempt) FROM debt), 0);

-- Where older entries of the ledger are: another file of this kind, which has them up to last_seq and ends with an entry of
-- its own, whose hash is head. event, visit, attempt: the highest numbers that were given out; nothing here may have them again.
CREATE TABLE archive (
	id        INTEGER PRIMARY KEY,
	month     TEXT NOT NULL,
	file      TEXT NOT NULL,
	first_seq INTEGER NOT NULL,
	last_seq  INTEGER NOT NULL,
	last_sha  TEXT NOT NULL,
	head      TEXT NOT NULL,
	event     INTEGER NOT NULL,
	visit     INTEGER NOT NULL,
	attempt   INTEGER NOT NULL,
	visits    INTEGER NOT NULL,
	attempts  INTEGER NOT NULL,
	at_us     INTEGER NOT NULL
) STRICT;

-- What archived visits still mean here: who was seen in a work order, and whether it got a good one.
CREATE TABLE kept_unit (
	work_order TEXT NOT NULL,
	imei       TEXT NOT NULL,
	good_first INTEGER NOT NULL CHECK (good_first IN (0, 1)),
	good       INTEGER NOT NULL CHECK (good IN (0, 1)),
	PRIMARY KEY (work_order, imei)
) STRICT, WITHOUT ROWID;

-- Sums over closed visits, attempts and steps. Each is what the view below it says, summed up; '' is for NULL.
CREATE TABLE visit_tally (
	day        TEXT NOT NULL,
	station    TEXT NOT NULL,
	slot       TEXT NOT NULL,
	model      TEXT NOT NULL,
	work_order TEXT NOT NULL,
	operator   TEXT NOT NULL,
	visits     INTEGER NOT NULL,
	good       INTEGER NOT NULL,
	failed     INTEGER NOT NULL,
	skipped    INTEGER NOT NULL,
	first      INTEGER NOT NULL,
	first_good INTEGER NOT NULL,
	PRIMARY KEY (day, station, slot, model, work_order, operator)
) STRICT, WITHOUT ROWID;

CREATE TABLE package_tally (
	day        TEXT NOT NULL,
	station    TEXT NOT NULL,
	slot       TEXT NOT NULL,
	model      TEXT NOT NULL,
	work_order TEXT NOT NULL,
	operator   TEXT NOT NULL,
	package    TEXT NOT NULL,
	sha256     TEXT NOT NULL,
	applied    INTEGER NOT NULL,
	visits     INTEGER NOT NULL,
	good       INTEGER NOT NULL,
	failed     INTEGER NOT NULL,
	skipped    INTEGER NOT NULL,
	first      INTEGER NOT NULL,
	first_good INTEGER NOT NULL,
	PRIMARY KEY (day, station, slot, model, work_order, operator, package, sha256, applied)
) STRICT, WITHOUT ROWID;

-- good: 1 when the try ended well. about_ms: within 1/32 of every duration that is counted there.
CREATE TABLE step_tally (
	day       TEXT NOT NULL,
	model     TEXT NOT NULL,
	procedure TEXT NOT NULL,
	step      TEXT NOT NULL,
	good      INTEGER NOT NULL,
	about_ms  INTEGER NOT NULL,
	n         INTEGER NOT NULL,
	sum_ms    INTEGER NOT NULL,
	max_ms    INTEGER NOT NULL,
	PRIMARY KEY (day, model, procedure, step, good, about_ms)
) STRICT, WITHOUT ROWID;

-- Durations of low and above, up to the next low, count as about. 16 to each doubling.
CREATE TABLE step_bucket (
	low   INTEGER PRIMARY KEY,
	about INTEGER NOT NULL
) STRICT;
CREATE VIEW step_bucket_anew AS
WITH RECURSIVE
	exact(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM exact WHERE n < 31),
	width(w) AS (SELECT 2 UNION ALL SELECT w * 2 FROM width WHERE w < 67108864),
	part(p) AS (SELECT 16 UNION ALL SELECT p + 1 FROM part WHERE p < 31)
SELECT n AS low, n AS about FROM exact UNION ALL SELECT w * p, w * p + w / 2 FROM width, part;
INSERT INTO step_bucket SELECT * FROM step_bucket_anew;

-- What one closed visit adds to visit_tally. Of a visit whose open question was settled later the one that settled it
-- counts, but the first pass stays what it was. Of version 1 nobody wrote down which visit was the first: the first one
-- that is here.
CREATE VIEW visit_sums AS
SELECT *, visits AND verdict IN ('pass', 'current') AS good, visits AND verdict IN ('fail', 'aborted', 'interrupted') AS failed,
	visits AND verdict = 'skipped' AS skipped, first AND good_first AS first_good
FROM (
	SELECT
		v.id AS visit, v.begin_us, date(v.begin_us / 1000000 + coalesce(v.zone_min, 0) * 60, 'unixepoch') AS day,
		coalesce(v.station, '') AS station, v.slot_label AS slot, coalesce(v.model_name, v.model, '') AS model,
		coalesce(v.work_order, '') AS work_order, coalesce(v.worker, '') AS operator, v.verdict, coalesce(v.good_first, 0) AS good_first,
		NOT EXISTS (SELECT 1 FROM debt d WHERE d.visit = v.id AND d.settled_by IS NOT NULL) AS visits,
		CASE
			WHEN v.imei IS NULL THEN 0
			WHEN v.first IS NOT NULL THEN v.first
			ELSE NOT EXISTS (SELECT 1 FROM visit e WHERE e.imei = v.imei AND e.id < v.id AND e.work_order IS v.work_order)
		END AS first
	FROM visit v
	WHERE v.end_us IS NOT NULL AND coalesce(v.operation, 'update') IN ('update', 'check')
);

-- What one closed attempt adds to package_tally; first: at try 1. applied: a step past the point of no return was entered, by
-- the attempt or by the one that it was the check of; else the package was only to be sent.
CREATE VIEW package_sums AS
SELECT *, visits AND outcome IN ('pass', 'current') AS good, visits AND outcome IN ('fail', 'aborted', 'interrupted') AS failed,
	visits AND outcome = 'skipped' AS skipped, first AND outcome = 'pass' AS first_good
FROM (
	SELECT
		a.id AS attempt, a.begin_us, date(v.begin_us / 1000000 + coalesce(v.zone_min, 0) * 60, 'unixepoch') AS day,
		coalesce(v.station, '') AS station, v.slot_label AS slot, coalesce(v.model_name, v.model, '') AS model,
		coalesce(v.work_order, '') AS work_order, coalesce(v.worker, '') AS operator,
		a.package, coalesce(a.package_sha256, '') AS sha256,
		EXISTS (SELECT 1 FROM step_run s WHERE s.attempt IN (a.id, a.resolves) AND s.danger) AS applied, a.outcome,
		NOT EXISTS (SELECT 1 FROM debt d WHERE d.attempt = a.id AND d.settled_by IS NOT NULL) AS visits,
		a.try = 1 AS first
	FROM attempt a JOIN visit v ON v.id = a.visit
	WHERE a.end_us IS NOT NULL AND v.end_us IS NOT NULL AND a.package IS NOT NULL AND a.operation IN ('update', 'check')
);

-- What one step of a closed attempt adds to step_tally.
CREATE VIEW step_sums AS
SELECT
	s.attempt, a.begin_us, date(v.begin_us / 1000000 + coalesce(v.zone_min, 0) * 60, 'unixepoch') AS day,
	v.slot_label AS slot, coalesce(v.model_name, v.model, '') AS model, a.procedure, s.name AS step, s.outcome IS 0 AS good,
	(SELECT about FROM step_bucket WHERE low <= max(s.ms, 0) ORDER BY low DESC LIMIT 1) AS about_ms, s.ms
FROM step_run s JOIN attempt a ON a.id = s.attempt JOIN visit v ON v.id = a.visit
WHERE a.end_us IS NOT NULL AND v.end_us IS NOT NULL AND s.ms IS NOT NULL;

-- What the tables of sums are when they are made anew from all rows.
CREATE VIEW visit_tally_anew AS
SELECT day, station, slot, model, work_order, operator, sum(visits) AS visits, sum(good) AS good, sum(failed) AS failed,
	sum(skipped) AS skipped, sum(first) AS first, sum(first_good) AS first_good
FROM visit_sums GROUP BY 1, 2, 3, 4, 5, 6;

CREATE VIEW package_tally_anew AS
SELECT day, station, slot, model, work_order, operator, package, sha256, applied, sum(visits) AS visits, sum(good) AS good,
	sum(failed) AS failed, sum(skipped) AS skipped, sum(first) AS first, sum(first_good) AS first_good
FROM package_sums GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;

CREATE VIEW step_tally_anew AS
SELECT day, model, procedure, step, good, about_ms, count(*) AS n, sum(ms) AS sum_ms, max(ms) AS max_ms
FROM step_sums GROUP BY 1, 2, 3, 4, 5, 6;

INSERT INTO visit_tally SELECT * FROM visit_tally_anew;
INSERT INTO package_tally SELECT * FROM package_tally_anew;
INSERT INTO step_tally SELECT * FROM step_tally_anew;

-- The public views, version 2: those of version 1 with new columns at their end, and new ones.

CREATE VIEW v_attempts AS
SELECT
	a.id AS attempt, a.visit,
	strftime('%Y-%m-%dT%H:%M:%fZ', a.begin_us / 1e6, 'unixepoch') AS begin_utc,
	strftime('%Y-%m-%dT%H:%M:%fZ', a.end_us / 1e6, 'unixepoch') AS end_utc,
	v.slot_label AS slot, a.imei, coalesce(v.model_name, a.model) AS model, a.hop, a.hops, a.try,
	a.procedure, a.operation, a.version_before, a.target, a.version_after,
	coalesce(a.outcome, 'open') AS outcome, f.name AS fault, f.blame, a.step, a.vendor_code, a.vendor_words, a.detail,
	a.duration_ms, a.package, a.package_sha256, a.catalogue, a.program, a.serial, a.iccid, a.imsi, a.adopted, a.external,
	a.resolves, d.settled_by AS resolved_by, d.settled_by IS NULL AND a.operation IN ('update', 'check') AS counts,
	v.work_order, v.worker AS operator, v.station, v.line, v.slot_path,
	a.begin_us, a.end_us,
	a.config AS config_sha256, v.zone_min,
	EXISTS (SELECT 1 FROM step_run s WHERE s.attempt IN (a.id, a.resolves) AND s.danger) AS applied
FROM attempt a
JOIN visit v ON v.id = a.visit
LEFT JOIN fault_code f ON f.code = a.fault
LEFT JOIN debt d ON d.attempt = a.id;

-- verdict: as it was recorded; final_verdict: after the check that was owed.
CREATE VIEW v_visits AS
SELECT
	v.id AS visit,
	strftime('%Y-%m-%dT%H:%M:%fZ', v.begin_us / 1e6, 'unixepoch') AS begin_utc,
	strftime('%Y-%m-%dT%H:%M:%fZ', v.end_us / 1e6, 'unixepoch') AS end_utc,
	v.slot_label AS slot, v.imei, coalesce(v.model_name, v.model) AS model, v.version, v.target, v.version_after,
	coalesce(v.verdict, 'open') AS verdict, f.name AS fault, f.blame, v.step, v.vendor_code, v.vendor_words, v.detail,
	coalesce(r.outcome, v.verdict, 'open') AS final_verdict,
	CASE WHEN r.id IS NULL THEN f.name ELSE rf.name END AS final_fault, r.id AS resolved_by,
	v.good_first, v.retest, v.duration_ms,
	v.work_order, v.worker AS operator, v.station, v.line, v.slot_path, v.hub,
	v.begin_us, v.end_us,
	r.id IS NULL AND coalesce(v.operation, 'update') IN ('update', 'check') AS counts,
	v.first, v.operation, v.zone_min, v.place_row, v.place_column
FROM visit v
LEFT JOIN fault_code f ON f.code = v.fault
LEFT JOIN attempt r ON r.id = (SELECT d.settled_by FROM debt d WHERE d.visit = v.id ORDER BY d.attempt DESC LIMIT 1)
LEFT JOIN fault_code rf ON rf.code = r.fault;

CREATE VIEW v_steps AS
SELECT
	s.attempt, s.n, s.ord, s.name AS step, s.try, s.begin_ms, s.ms,
	CASE s.outcome WHEN 0 THEN 'good' ELSE f.name END AS outcome, s.danger
FROM step_run s
LEFT JOIN fault_code f ON f.code = s.outcome;

-- One row per IMEI. debts: checks still owed.
CREATE VIEW v_units AS
SELECT
	u.imei, coalesce(l.model_name, l.model) AS model, u.visits,
	(SELECT count(*) FROM attempt a WHERE a.imei = u.imei) AS attempts,
	coalesce((SELECT c.value FROM counter c WHERE c.imei = u.imei AND c.key = 'updates'), 0) AS updates,
	(SELECT count(*) FROM debt d WHERE d.imei = u.imei AND d.settled_us IS NULL) AS debts,
	strftime('%Y-%m-%dT%H:%M:%fZ', u.first_us / 1e6, 'unixepoch') AS first_utc,
	strftime('%Y-%m-%dT%H:%M:%fZ', l.begin_us / 1e6, 'unixepoch') AS last_utc,
	l.slot_label AS last_slot, coalesce(l.version_after, l.version) AS last_version,
	coalesce(l.verdict, 'open') AS last_verdict,
	l.station AS last_station, l.work_order AS last_work_order, l.end_us IS NULL AS present
FROM (SELECT imei, count(*) AS visits, min(begin_us) AS first_us, max(id) AS last
      FROM visit WHERE imei IS NOT NULL GROUP BY imei) u
JOIN visit l ON l.id = u.last;

-- How often each fault was the end of an attempt that counts.
CREATE VIEW v_faults AS
SELECT f.name AS fault, f.blame, f.text, count(*) AS attempts, count(DISTINCT a.imei) AS units
FROM attempt a
JOIN fault_code f ON f.code = a.fault
WHERE a.fault IS NOT NULL AND a.operation IN ('update', 'check')
	AND NOT EXISTS (SELECT 1 FROM debt d WHERE d.attempt = a.id AND d.settled_by IS NOT NULL)
GROUP BY f.code;

-- yield: good of good and failed visits. units: IMEIs whose first visit in its work order this was; first_good: those good
-- at try 1 of every hop.
CREATE VIEW v_yield_day AS
SELECT day, nullif(station, '') AS station, sum(visits) AS visits, sum(good) AS good, sum(failed) AS failed, sum(skipped) AS skipped,
	round(100.0 * sum(good) / nullif(sum(good) + sum(failed), 0), 2) AS yield_percent,
	sum(first) AS units, sum(first_good) AS first_good, round(100.0 * sum(first_good) / nullif(sum(first), 0), 2) AS first_pass_percent
FROM visit_tally GROUP BY 1, 2;

CREATE VIEW v_yield_slot AS
SELECT slot, nullif(station, '') AS station, sum(visits) AS visits, sum(good) AS good, sum(failed) AS failed, sum(skipped) AS skipped,
	round(100.0 * sum(good) / nullif(sum(good) + sum(failed), 0), 2) AS yield_percent,
	sum(first) AS units, sum(first_good) AS first_good, round(100.0 * sum(first_good) / nullif(sum(first), 0), 2) AS first_pass_percent
FROM visit_tally GROUP BY 1, 2;

CREATE VIEW v_yield_model AS
SELECT nullif(model, '') AS model, nullif(station, '') AS station, sum(visits) AS visits, sum(good) AS good, sum(failed) AS failed, sum(skipped) AS skipped,
	round(100.0 * sum(good) / nullif(sum(good) + sum(failed), 0), 2) AS yield_percent,
	sum(first) AS units, sum(first_good) AS first_good, round(100.0 * sum(first_good) / nullif(sum(first), 0), 2) AS first_pass_percent
FROM visit_tally GROUP BY 1, 2;

CREATE VIEW v_yield_work_order AS
SELECT nullif(work_order, '') AS work_order, nullif(station, '') AS station, sum(visits) AS visits, sum(good) AS good, sum(failed) AS failed, sum(skipped) AS skipped,
	round(100.0 * sum(good) / nullif(sum(good) + sum(failed), 0), 2) AS yield_percent,
	sum(first) AS units, sum(first_good) AS first_good, round(100.0 * sum(first_good) / nullif(sum(first), 0), 2) AS first_pass_percent
FROM visit_tally GROUP BY 1, 2;

CREATE VIEW v_yield_package AS
SELECT package, nullif(sha256, '') AS package_sha256, nullif(station, '') AS station, sum(visits) AS attempts, sum(good) AS good,
	sum(failed) AS failed, sum(skipped) AS skipped,
	round(100.0 * sum(good) / nullif(sum(good) + sum(failed), 0), 2) AS yield_percent,
	sum(first) AS first_tries, sum(first_good) AS first_good,
	round(100.0 * sum(first_good) / nullif(sum(first), 0), 2) AS first_pass_percent
FROM package_tally WHERE applied GROUP BY 1, 2, 3;

-- Durations of good tries; percentiles are within 1/32.
CREATE VIEW v_step_times AS
SELECT
	model, procedure, step, total AS n, failed,
	min(CASE WHEN total > 0 AND upto >= 0.50 * total THEN about_ms END) AS p50_ms,
	min(CASE WHEN total > 0 AND upto >= 0.90 * total THEN about_ms END) AS p90_ms,
	min(CASE WHEN total > 0 AND upto >= 0.95 * total THEN about_ms END) AS p95_ms,
	min(CASE WHEN total > 0 AND upto >= 0.99 * total THEN about_ms END) AS p99_ms,
	max(CASE WHEN total > 0 THEN max_ms END) AS max_ms, sum(sum_ms) AS total_ms
FROM (
	SELECT *, sum(n) OVER (PARTITION BY model, procedure, step ORDER BY about_ms) AS upto,
		sum(n) OVER (PARTITION BY model, procedure, step) AS total,
		sum(bad) OVER (PARTITION BY model, procedure, step) AS failed
	FROM (
		SELECT nullif(model, '') AS model, procedure, step, about_ms, sum(n * good) AS n, sum(n * (1 - good)) AS bad,
			sum(sum_ms * good) AS sum_ms, max(max_ms * good) AS max_ms
		FROM step_tally GROUP BY 1, 2, 3, 4
	)
)
GROUP BY 1, 2, 3;
