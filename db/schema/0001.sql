-- SPDX-License-Identifier: Apache-2.0
--
-- Version 1: the first record. Tables belong to the program and may change; the views v_... are what people and
-- scripts may rely on, see docs/schema.md.
--
-- begin_us, end_us, at_us: UTC, microseconds since 1970. mono_us, origin_us: the station's monotonic clock, of use only
-- within one run. Text that nobody knew is NULL, never ''. Codes of faults are those of fault_code.

PRAGMA application_id = 0x464F5441;

CREATE TABLE fault_code (
	code  INTEGER PRIMARY KEY,
	name  TEXT NOT NULL,
	blame TEXT NOT NULL,
	text  TEXT NOT NULL,
	next  TEXT NOT NULL
) STRICT;

CREATE TABLE work_order (
	order_no TEXT PRIMARY KEY,
	quantity INTEGER NOT NULL,
	worker   TEXT,
	begin_us INTEGER NOT NULL,
	end_us   INTEGER
) STRICT, WITHOUT ROWID;

-- One unit's stay in one slot.
CREATE TABLE visit (
	id            INTEGER PRIMARY KEY,
	slot_label    TEXT NOT NULL,
	slot_path     TEXT NOT NULL,
	hub           TEXT,
	station       TEXT,
	line          TEXT,
	work_order    TEXT,
	worker        TEXT,
	imei          TEXT,
	maker         TEXT,
	model         TEXT,
	model_name    TEXT,
	version       TEXT,
	target        TEXT,
	retest        INTEGER NOT NULL CHECK (retest IN (0, 1)),
	begin_us      INTEGER NOT NULL,
	mono_us       INTEGER NOT NULL,
	end_us        INTEGER,
	duration_ms   INTEGER,
	verdict       TEXT CHECK (verdict IN ('pass', 'current', 'fail', 'aborted', 'interrupted', 'skipped')),
	fault         INTEGER,
	step          TEXT,
	vendor_code   TEXT,
	vendor_words  TEXT,
	version_after TEXT,
	detail        TEXT,
	good_first    INTEGER CHECK (good_first IN (0, 1)),
	CHECK ((end_us IS NULL) = (verdict IS NULL))
) STRICT;
CREATE INDEX visit_imei ON visit (imei, id);
CREATE INDEX visit_slot ON visit (slot_label, id);
CREATE INDEX visit_begin ON visit (begin_us);
CREATE INDEX visit_order ON visit (work_order, imei) WHERE work_order IS NOT NULL;
CREATE INDEX visit_open ON visit (id) WHERE end_us IS NULL;

-- One hop and try of a visit.
CREATE TABLE attempt (
	id             INTEGER PRIMARY KEY,
	visit          INTEGER NOT NULL REFERENCES visit (id),
	imei           TEXT,
	model          TEXT,
	serial         TEXT,
	iccid          TEXT,
	imsi           TEXT,
	hop            INTEGER NOT NULL,
	hops           INTEGER NOT NULL,
	try            INTEGER NOT NULL,
	procedure      TEXT NOT NULL,
	operation      TEXT NOT NULL,
	version_before TEXT,
	target         TEXT,
	version_after  TEXT,
	package        TEXT,
	package_sha256 TEXT,
	catalogue      TEXT,
	program        TEXT,
	adopted        INTEGER NOT NULL CHECK (adopted IN (0, 1)),
	external       INTEGER NOT NULL CHECK (external IN (0, 1)),
	resolves       INTEGER REFERENCES attempt (id),
	begin_us       INTEGER NOT NULL,
	mono_us        INTEGER NOT NULL,
	origin_us      INTEGER NOT NULL,
	end_us         INTEGER,
	duration_ms    INTEGER,
	outcome        TEXT CHECK (outcome IN ('pass', 'current', 'fail', 'aborted', 'interrupted', 'skipped')),
	fault          INTEGER,
	step           TEXT,
	vendor_code    TEXT,
	vendor_words   TEXT,
	detail         TEXT,
	CHECK ((end_us IS NULL) = (outcome IS NULL))
) STRICT;
CREATE INDEX attempt_visit ON attempt (visit);
CREATE INDEX attempt_imei ON attempt (imei, id);
CREATE INDEX attempt_tail ON attempt (substr(imei, -6), id);
CREATE INDEX attempt_outcome ON attempt (outcome, id);
CREATE INDEX attempt_resolves ON attempt (resolves) WHERE resolves IS NOT NULL;
CREATE INDEX attempt_open ON attempt (id) WHERE end_us IS NULL;

-- One try of one step; n counts within the attempt, begin_ms since the unit arrived. outcome: 0 good, else a fault's code.
CREATE TABLE step_run (
	attempt  INTEGER NOT NULL REFERENCES attempt (id),
	n        INTEGER NOT NULL,
	ord      INTEGER NOT NULL,
	name     TEXT NOT NULL,
	try      INTEGER NOT NULL,
	begin_ms INTEGER NOT NULL,
	ms       INTEGER,
	outcome  INTEGER,
	danger   INTEGER NOT NULL CHECK (danger IN (0, 1)),
	PRIMARY KEY (attempt, n)
) STRICT, WITHOUT ROWID;

-- The transcript: text in pieces while the attempt runs, one packed (zlib) piece after. size: bytes of text.
CREATE TABLE trace (
	attempt INTEGER NOT NULL REFERENCES attempt (id),
	part    INTEGER NOT NULL,
	packed  INTEGER NOT NULL CHECK (packed IN (0, 1)),
	size    INTEGER NOT NULL,
	bytes   BLOB NOT NULL,
	PRIMARY KEY (attempt, part)
) STRICT;

-- What must be known of an IMEI later; the newest row of a key counts.
CREATE TABLE setting (
	id      INTEGER PRIMARY KEY,
	imei    TEXT NOT NULL,
	key     TEXT NOT NULL,
	value   TEXT,
	attempt INTEGER REFERENCES attempt (id),
	at_us   INTEGER NOT NULL
) STRICT;
CREATE INDEX setting_imei ON setting (imei, key, id);
CREATE INDEX setting_attempt ON setting (attempt, id) WHERE attempt IS NOT NULL;

-- Counts that outlive every other row of an IMEI.
CREATE TABLE counter (
	imei  TEXT NOT NULL,
	key   TEXT NOT NULL,
	value INTEGER NOT NULL,
	PRIMARY KEY (imei, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE registration (
	imei  TEXT PRIMARY KEY,
	imsi  TEXT NOT NULL,
	at_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The check that an IMEI is owed because the result of a dangerous step is not known.
CREATE TABLE debt (
	attempt    INTEGER PRIMARY KEY REFERENCES attempt (id),
	visit      INTEGER NOT NULL REFERENCES visit (id),
	imei       TEXT NOT NULL,
	since_us   INTEGER NOT NULL,
	settled_us INTEGER,
	settled_by INTEGER REFERENCES attempt (id),
	CHECK ((settled_us IS NULL) = (settled_by IS NULL))
) STRICT;
CREATE INDEX debt_open ON debt (imei, attempt) WHERE settled_us IS NULL;
CREATE INDEX debt_imei ON debt (imei);
CREATE INDEX debt_visit ON debt (visit);
CREATE INDEX debt_settled ON debt (settled_by) WHERE settled_by IS NOT NULL;

CREATE TABLE event (
	id      INTEGER PRIMARY KEY,
	at_us   INTEGER NOT NULL,
	kind    TEXT NOT NULL,
	slot    INTEGER,
	visit   INTEGER,
	attempt INTEGER,
	num     INTEGER NOT NULL,
	text    TEXT
) STRICT;

-- Chained by SHA-256, see docs/ledger.md. attempt and visit are numbers, not references: the chain outlives its rows.
CREATE TABLE ledger (
	seq        INTEGER PRIMARY KEY,
	form       INTEGER NOT NULL,
	kind       TEXT NOT NULL CHECK (kind IN ('begin', 'danger', 'end', 'resolve', 'verdict')),
	visit      INTEGER NOT NULL,
	attempt    INTEGER,
	step       TEXT,
	by_attempt INTEGER,
	imei       TEXT,
	at_us      INTEGER NOT NULL,
	digest     TEXT NOT NULL CHECK (length(digest) = 64),
	prev       TEXT NOT NULL CHECK (length(prev) = 64),
	sha        TEXT NOT NULL CHECK (length(sha) = 64)
) STRICT;
CREATE INDEX ledger_attempt ON ledger (attempt, kind);

-- Against accidents; against intent there is the chain.
CREATE TRIGGER ledger_update BEFORE UPDATE ON ledger BEGIN
	SELECT RAISE(ABORT, 'the ledger is append-only');
END;
CREATE TRIGGER ledger_delete BEFORE DELETE ON ledger BEGIN
	SELECT RAISE(ABORT, 'the ledger is append-only');
END;
CREATE TRIGGER attempt_closed BEFORE UPDATE ON attempt WHEN OLD.end_us IS NOT NULL BEGIN
	SELECT RAISE(ABORT, 'a closed attempt is never changed');
END;
CREATE TRIGGER visit_closed BEFORE UPDATE ON visit WHEN OLD.end_us IS NOT NULL BEGIN
	SELECT RAISE(ABORT, 'a closed visit is never changed');
END;

-- A resolved attempt is there but does not count (counts = 0): the one that settled it does.
CREATE VIEW v_attempts AS
SELECT
	a.id AS attempt, a.visit,
	strftime('%Y-%m-%dT%H:%M:%fZ', a.begin_us / 1e6, 'unixepoch') AS begin_utc,
	strftime('%Y-%m-%dT%H:%M:%fZ', a.end_us / 1e6, 'unixepoch') AS end_utc,
	v.slot_label AS slot, a.imei, coalesce(v.model_name, a.model) AS model, a.hop, a.hops, a.try,
	a.procedure, a.operation, a.version_before, a.target, a.version_after,
	coalesce(a.outcome, 'open') AS outcome, f.name AS fault, f.blame, a.step, a.vendor_code, a.vendor_words, a.detail,
	a.duration_ms, a.package, a.package_sha256, a.catalogue, a.program, a.serial, a.iccid, a.imsi, a.adopted, a.external,
	a.resolves, d.settled_by AS resolved_by, d.settled_by IS NULL AS counts,
	v.work_order, v.worker AS operator, v.station, v.line, v.slot_path,
	a.begin_us, a.end_us
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
	v.begin_us, v.end_us
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
	coalesce(l.verdict, 'open') AS last_verdict
FROM (SELECT imei, count(*) AS visits, min(begin_us) AS first_us, max(id) AS last
      FROM visit WHERE imei IS NOT NULL GROUP BY imei) u
JOIN visit l ON l.id = u.last;

-- How often each fault was the end of an attempt that counts.
CREATE VIEW v_faults AS
SELECT f.name AS fault, f.blame, f.text, count(*) AS attempts, count(DISTINCT a.imei) AS units
FROM attempt a
JOIN fault_code f ON f.code = a.fault
LEFT JOIN debt d ON d.attempt = a.id
WHERE d.settled_by IS NULL
GROUP BY f.code;
