-- SPDX-License-Identifier: Apache-2.0
--
-- A record as version 1 of the schema left it: what `sqlite3 station.db .dump` says, with the two numbers that it leaves out.
PRAGMA application_id = 0x464F5441;
PRAGMA user_version = 1;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE fault_code (
	code  INTEGER PRIMARY KEY,
	name  TEXT NOT NULL,
	blame TEXT NOT NULL,
	text  TEXT NOT NULL,
	next  TEXT NOT NULL
) STRICT;
INSERT INTO fault_code VALUES(101,'NO_ANSWER','unit','the unit stopped answering','check how it sits in the fixture, then retest');
INSERT INTO fault_code VALUES(102,'NO_IDENTITY','unit','the unit does not say what it is','remove it and give it to repair');
INSERT INTO fault_code VALUES(103,'UNKNOWN_MODEL','unit','this model is not in the catalogue','remove it, it does not belong to this order');
INSERT INTO fault_code VALUES(104,'IN_BOOTLOADER','unit','only the bootloader of the unit is there','remove it and give it to repair');
INSERT INTO fault_code VALUES(105,'BAD_IMEI','unit','the IMEI is blank or invalid','remove it and give it to repair');
INSERT INTO fault_code VALUES(106,'DUPLICATE_IMEI','unit','another unit here has the same IMEI','remove both and give them to the quality engineer');
INSERT INTO fault_code VALUES(107,'IMEI_CHANGED','unit','the IMEI is not what it was before the update','remove it and give it to the quality engineer');
INSERT INTO fault_code VALUES(108,'MODEL_CHANGED','unit','the model is not what it was before the update','remove it and give it to the quality engineer');
INSERT INTO fault_code VALUES(109,'FTM','unit','the unit is in factory test mode','remove it and give it to repair');
INSERT INTO fault_code VALUES(110,'NOT_FUNCTIONAL','unit','the unit is not in normal operation','remove it and give it to repair');
INSERT INTO fault_code VALUES(111,'WRONG_VERSION','unit','the version read back is not the target','remove it, retest it once');
INSERT INTO fault_code VALUES(112,'UPDATE_LIMIT','unit','the unit has used up its updates','remove it, its flash may not be written again');
INSERT INTO fault_code VALUES(113,'NO_DFOTA','unit','the firmware does not know the update command','remove it, it needs an update by cable');
INSERT INTO fault_code VALUES(114,'NO_SPACE','unit','no room for the package in the unit','remove it and give it to repair');
INSERT INTO fault_code VALUES(115,'FILE_ERROR','unit','the unit''s file system refused','retest it once');
INSERT INTO fault_code VALUES(116,'UPLOAD_LOST','unit','the transfer of the package broke off','check how it sits in the fixture, then retest');
INSERT INTO fault_code VALUES(117,'UPLOAD_DAMAGED','fixture','the package did not arrive as it was sent','check the cable of this slot, then retest');
INSERT INTO fault_code VALUES(118,'COMMAND_REFUSED','unit','the unit refused a command','retest it once');
INSERT INTO fault_code VALUES(119,'UPDATE_FAILED','unit','the unit could not update itself','remove it, retest it once');
INSERT INTO fault_code VALUES(120,'FLASH_WRITE','unit','the unit could not write its flash','remove it and give it to repair');
INSERT INTO fault_code VALUES(121,'NO_MEMORY','unit','the unit ran out of memory','switch it off and on, then retest');
INSERT INTO fault_code VALUES(122,'FLASH_SILENT','unit','no word since the update began','switch it off and on, do not remove it');
INSERT INTO fault_code VALUES(123,'NEVER_CAME_BACK','unit','the unit left to update and did not return','leave the slot empty and find the unit');
INSERT INTO fault_code VALUES(124,'NO_START','unit','the unit did not begin the update','retest it once');
INSERT INTO fault_code VALUES(201,'UNIT_LEFT','fixture','the unit was removed before its verdict','put it into another slot and leave it until it is done');
INSERT INTO fault_code VALUES(202,'PORT_FAILED','fixture','the port of this slot cannot be used','check the adapter of this slot');
INSERT INTO fault_code VALUES(301,'NO_PLAN','package','no packages lead from this version to the target','remove it and tell the test engineer');
INSERT INTO fault_code VALUES(302,'PACKAGE_REJECTED','package','the unit says the package is wrong','remove it and tell the test engineer');
INSERT INTO fault_code VALUES(303,'PACKAGE_TOO_LARGE','package','the package is too large for the unit','remove it and tell the test engineer');
INSERT INTO fault_code VALUES(304,'PACKAGE_NOT_FOUND','package','the unit did not find the package','tell the test engineer');
INSERT INTO fault_code VALUES(401,'NO_SIM','network','no usable SIM','check the SIM of this slot');
INSERT INTO fault_code VALUES(402,'SIM_LOCKED','network','the SIM asks for a code that may not be sent','tell the test engineer');
INSERT INTO fault_code VALUES(403,'NOT_REGISTERED','network','no network','check the antenna, then retest');
INSERT INTO fault_code VALUES(404,'NO_BEARER','network','no data connection','check the antenna, then retest');
INSERT INTO fault_code VALUES(405,'DOWNLOAD_FAILED','network','the unit could not fetch the package','retest it, then tell the test engineer');
INSERT INTO fault_code VALUES(501,'PORT_BUSY','station','another program holds the port','tell the test engineer');
INSERT INTO fault_code VALUES(502,'NO_RECORD','station','the record could not be written','stop the line and tell the test engineer');
INSERT INTO fault_code VALUES(503,'STOPPED','station','stopped before it began','retest it');
INSERT INTO fault_code VALUES(504,'STATION_DIED','station','the station stopped in the middle','put it in again, it will be checked');
INSERT INTO fault_code VALUES(505,'LOOP','station','the procedure went in circles','tell the test engineer');
INSERT INTO fault_code VALUES(506,'SLOT_PARKED','station','this slot is parked','use another slot');
INSERT INTO fault_code VALUES(507,'QUANTITY_REACHED','station','the quantity of the work order is reached','remove it, it is not needed');
CREATE TABLE work_order (
	order_no TEXT PRIMARY KEY,
	quantity INTEGER NOT NULL,
	worker   TEXT,
	begin_us INTEGER NOT NULL,
	end_us   INTEGER
) STRICT, WITHOUT ROWID;
INSERT INTO work_order VALUES('WO7',500,'W12',1700000000000000,NULL);
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
INSERT INTO visit VALUES(1,'A3','pci-0000:00:14.0-usb-0:4.2.3','pci-0000:00:14.0-usb-0:4.2','station-1','line 1','WO7','W12','490154203237518','Quectel','Quectel_MC65','MC65','V1','V2',0,1700000000000000,1000000,1700000000400000,400,'pass',NULL,'verify',NULL,NULL,'V2',NULL,1);
INSERT INTO visit VALUES(2,'A3','pci-0000:00:14.0-usb-0:4.2.3','pci-0000:00:14.0-usb-0:4.2','station-1','line 1','WO7','W12','490154203237518','Quectel','Quectel_MC65','MC65','V1','V2',0,1700000000400000,1400000,1700000000800000,400,'fail',111,'verify',NULL,NULL,NULL,NULL,0);
INSERT INTO visit VALUES(3,'A3','pci-0000:00:14.0-usb-0:4.2.3','pci-0000:00:14.0-usb-0:4.2','station-1','line 1','WO7','W12','356938035643809','Quectel','Quectel_MC65','MC65','V1','V2',0,1700000000800000,1800000,1700000061000000,NULL,'interrupted',504,'start',NULL,NULL,NULL,'interrupted in start',0);
INSERT INTO visit VALUES(4,'B1','pci-0000:00:14.0-usb-0:4.2.3','pci-0000:00:14.0-usb-0:4.2','station-1','line 1','WO7','W12','356938035643809','Quectel','Quectel_MC65','MC65','V1','V2',0,1700000001000000,2000000,1700000001000000,0,'pass',NULL,'verify',NULL,NULL,'V2',NULL,1);
INSERT INTO visit VALUES(5,'A3','pci-0000:00:14.0-usb-0:4.2.3','pci-0000:00:14.0-usb-0:4.2','station-1','line 1','WO7','W12','356938035643809','Quectel','Quectel_MC65','MC65','V1','V2',0,1700000001000000,2000000,1700000121200000,NULL,'interrupted',504,'start',NULL,NULL,NULL,'interrupted in start',0);
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
INSERT INTO attempt VALUES(1,1,'490154203237518','Quectel_MC65','SN1','8901',NULL,1,1,1,'quectel-dfota-local','update','V1','V2','V2','v1-v2','aa11','2024-05','0.1.0',0,0,NULL,1700000000000000,1000000,500000,1700000000400000,400,'pass',NULL,'verify',NULL,NULL,NULL);
INSERT INTO attempt VALUES(2,2,'490154203237518','Quectel_MC65','SN1','8901',NULL,1,1,1,'quectel-dfota-local','update','V1','V2',NULL,'v1-v2','aa11','2024-05','0.1.0',0,0,NULL,1700000000400000,1400000,900000,1700000000800000,400,'fail',111,'verify',NULL,NULL,NULL);
INSERT INTO attempt VALUES(3,3,'356938035643809','Quectel_MC65',NULL,NULL,NULL,1,1,1,'quectel-dfota-local','update','V1','V2',NULL,'v1-v2','aa11','2024-05','0.1.0',0,0,NULL,1700000000800000,1800000,1300000,1700000061000000,NULL,'interrupted',504,'start',NULL,NULL,'interrupted in start');
INSERT INTO attempt VALUES(4,4,'356938035643809','Quectel_MC65','SN1','8901',NULL,1,1,1,'quectel-dfota-local','check','V1','V2','V2','v1-v2','aa11','2024-05','0.1.0',0,0,3,1700000001000000,2000000,1500000,1700000001000000,0,'pass',NULL,'verify',NULL,NULL,NULL);
INSERT INTO attempt VALUES(5,5,'356938035643809','Quectel_MC65',NULL,NULL,NULL,1,1,1,'quectel-dfota-local','update','V1','V2',NULL,'v1-v2','aa11','2024-05','0.1.0',0,0,NULL,1700000001000000,2000000,1500000,1700000121200000,NULL,'interrupted',504,'start',NULL,NULL,'interrupted in start');
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
INSERT INTO step_run VALUES(1,1,0,'upload',1,500,200,0,0);
INSERT INTO step_run VALUES(1,2,1,'start',1,700,200,0,1);
INSERT INTO step_run VALUES(2,1,0,'upload',1,500,200,0,0);
INSERT INTO step_run VALUES(2,2,1,'start',1,700,200,0,1);
INSERT INTO step_run VALUES(3,1,0,'upload',1,500,200,0,0);
INSERT INTO step_run VALUES(3,2,1,'start',1,700,NULL,NULL,1);
INSERT INTO step_run VALUES(5,1,0,'upload',1,500,200,0,0);
INSERT INTO step_run VALUES(5,2,1,'start',1,700,NULL,NULL,1);
CREATE TABLE trace (
	attempt INTEGER NOT NULL REFERENCES attempt (id),
	part    INTEGER NOT NULL,
	packed  INTEGER NOT NULL CHECK (packed IN (0, 1)),
	size    INTEGER NOT NULL,
	bytes   BLOB NOT NULL,
	PRIMARY KEY (attempt, part)
) STRICT;
INSERT INTO trace VALUES(1,1,0,30,X'353030203e2041542b51464f5441444c3d315c720a373030203c204f4b0a');
INSERT INTO trace VALUES(2,1,0,30,X'353030203e2041542b51464f5441444c3d315c720a373030203c204f4b0a');
INSERT INTO trace VALUES(3,1,0,21,X'373030203e2041542b51464f5441444c3d315c720a');
CREATE TABLE setting (
	id      INTEGER PRIMARY KEY,
	imei    TEXT NOT NULL,
	key     TEXT NOT NULL,
	value   TEXT,
	attempt INTEGER REFERENCES attempt (id),
	at_us   INTEGER NOT NULL
) STRICT;
INSERT INTO setting VALUES(1,'490154203237518','updates','+1',1,1700000000200000);
INSERT INTO setting VALUES(2,'490154203237518','updates','+1',2,1700000000600000);
INSERT INTO setting VALUES(3,'356938035643809','registration','240080000000001',3,1700000001000000);
CREATE TABLE counter (
	imei  TEXT NOT NULL,
	key   TEXT NOT NULL,
	value INTEGER NOT NULL,
	PRIMARY KEY (imei, key)
) STRICT, WITHOUT ROWID;
INSERT INTO counter VALUES('490154203237518','updates',2);
CREATE TABLE registration (
	imei  TEXT PRIMARY KEY,
	imsi  TEXT NOT NULL,
	at_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO registration VALUES('356938035643809','240080000000001',1700000001000000);
CREATE TABLE debt (
	attempt    INTEGER PRIMARY KEY REFERENCES attempt (id),
	visit      INTEGER NOT NULL REFERENCES visit (id),
	imei       TEXT NOT NULL,
	since_us   INTEGER NOT NULL,
	settled_us INTEGER,
	settled_by INTEGER REFERENCES attempt (id),
	CHECK ((settled_us IS NULL) = (settled_by IS NULL))
) STRICT;
INSERT INTO debt VALUES(3,3,'356938035643809',1700000061000000,1700000001000000,4);
INSERT INTO debt VALUES(5,5,'356938035643809',1700000121200000,NULL,NULL);
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
INSERT INTO event VALUES(1,1700000000000000,'station-start',3,NULL,NULL,0,'0.1.0');
INSERT INTO event VALUES(2,1700000000000000,'worker',3,NULL,NULL,0,'W12');
INSERT INTO event VALUES(3,1700000000000000,'work-order',3,NULL,NULL,500,'WO7');
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
INSERT INTO ledger VALUES(1,1,'begin',1,1,NULL,NULL,'490154203237518',1700000000000000,'87d55fc1bde7a5947dbb87c8f200b5afb8d2ac6d8be9df44441a202e9b81b0db','0000000000000000000000000000000000000000000000000000000000000000','3bebec95e1b89668269656f30968c13b58d3bad3d0ad97cc10a3721658f1ba87');
INSERT INTO ledger VALUES(2,1,'danger',1,1,'start',NULL,'490154203237518',1700000000200000,'87d55fc1bde7a5947dbb87c8f200b5afb8d2ac6d8be9df44441a202e9b81b0db','3bebec95e1b89668269656f30968c13b58d3bad3d0ad97cc10a3721658f1ba87','3b71cc1f72c16ce80b184224108926f8cfed4b24359c579286043181bbf93929');
INSERT INTO ledger VALUES(3,1,'end',1,1,NULL,NULL,'490154203237518',1700000000400000,'46424f2bc61cf8bda753b16803c84917708347806f10c9119a663aea5bccade5','3b71cc1f72c16ce80b184224108926f8cfed4b24359c579286043181bbf93929','c8f91ce92326893740e6ed91f49971cc147b9e94fb664e68e7446f61b3b09022');
INSERT INTO ledger VALUES(4,1,'verdict',1,NULL,NULL,NULL,'490154203237518',1700000000400000,'a8424bb7958906eab71d1c002a99211465155b1ed44184ec8a6c0dd1baebccbf','c8f91ce92326893740e6ed91f49971cc147b9e94fb664e68e7446f61b3b09022','7d9c67e3827b505855c2c45e1a10dbe70a5ea621cd45037a80c071c250d17ee2');
INSERT INTO ledger VALUES(5,1,'begin',2,2,NULL,NULL,'490154203237518',1700000000400000,'d03e2dd1c836474ce83ba44e872bdb890e8a9c52f98081a6ae9addb2cc211982','7d9c67e3827b505855c2c45e1a10dbe70a5ea621cd45037a80c071c250d17ee2','417bd1986db7ed807c2b3ad62c30b30d9bc54c8a0ca9000c3a54e1804acca669');
INSERT INTO ledger VALUES(6,1,'danger',2,2,'start',NULL,'490154203237518',1700000000600000,'d03e2dd1c836474ce83ba44e872bdb890e8a9c52f98081a6ae9addb2cc211982','417bd1986db7ed807c2b3ad62c30b30d9bc54c8a0ca9000c3a54e1804acca669','efa316a22b2ecab2dbfade82ea70937ba2853b6b4666b90206059283838c87c1');
INSERT INTO ledger VALUES(7,1,'end',2,2,NULL,NULL,'490154203237518',1700000000800000,'133dc3e68dee76769bcac0b6a4f5c207b46506ba667221383e674db4d3ed9e72','efa316a22b2ecab2dbfade82ea70937ba2853b6b4666b90206059283838c87c1','25d4a063fff3dff340cabd2053ea9dfff99ba7360260034af616e33a57f6e1b5');
INSERT INTO ledger VALUES(8,1,'verdict',2,NULL,NULL,NULL,'490154203237518',1700000000800000,'028fd74f337198a06b610a3bc19fae95d9d095b039ca85a427b0adeca79c2735','25d4a063fff3dff340cabd2053ea9dfff99ba7360260034af616e33a57f6e1b5','a3276dfc9dfec8c19641b18c18bc0350a0a024de1482664ce319037966be3983');
INSERT INTO ledger VALUES(9,1,'begin',3,3,NULL,NULL,'356938035643809',1700000000800000,'9ca39de553eb87e9a4c4e07eeec1d1777827cccc86d47829873266d69c75cd9e','a3276dfc9dfec8c19641b18c18bc0350a0a024de1482664ce319037966be3983','82a6aefbd1bd5607f6f2da7905a202b6f43a4caccd250ecad5615bc87f4347e0');
INSERT INTO ledger VALUES(10,1,'danger',3,3,'start',NULL,'356938035643809',1700000001000000,'9ca39de553eb87e9a4c4e07eeec1d1777827cccc86d47829873266d69c75cd9e','82a6aefbd1bd5607f6f2da7905a202b6f43a4caccd250ecad5615bc87f4347e0','36e0c08705e6b39565a414a1abb2ff4a39d71b0b542fc2af3691c5185f8514de');
INSERT INTO ledger VALUES(11,1,'end',3,3,NULL,NULL,'356938035643809',1700000061000000,'3e0f67f2dff06c58b642021a25dd510d2b105d7470f562d3e5bd98621d1025e1','36e0c08705e6b39565a414a1abb2ff4a39d71b0b542fc2af3691c5185f8514de','93420dbb6599edfbddcd56d8f623853127c26be305bbe918f5d108a7a3a587aa');
INSERT INTO ledger VALUES(12,1,'verdict',3,NULL,NULL,NULL,'356938035643809',1700000061000000,'3787f897cc3f6ef97d2846b22e6a7ebfbf4bbe4ca8d18b282142a77323f9e6cd','93420dbb6599edfbddcd56d8f623853127c26be305bbe918f5d108a7a3a587aa','c884547aa8a90de7504df4355c5616a3df9ae0b8ce5eb9b1068aee7e192a5eb6');
INSERT INTO ledger VALUES(13,1,'begin',4,4,NULL,NULL,'356938035643809',1700000001000000,'31835e9e08600670c0bd17375bfa94c6911dcc06f87c5cd977bd195caca4d51e','c884547aa8a90de7504df4355c5616a3df9ae0b8ce5eb9b1068aee7e192a5eb6','1c08afc943267e22fc8dde830ec3025ca8e956df74be4670aea3d231ac6653cd');
INSERT INTO ledger VALUES(14,1,'end',4,4,NULL,NULL,'356938035643809',1700000001000000,'b270be1c0431d742b4fbc6a8d70a75ec062a74a9e7ff4ac9163000dfbb2e3921','1c08afc943267e22fc8dde830ec3025ca8e956df74be4670aea3d231ac6653cd','6dae2410d682c6fdcef721977006194c835f9995ebedcf1f5c368cac959bf500');
INSERT INTO ledger VALUES(15,1,'resolve',3,3,NULL,4,'356938035643809',1700000001000000,'b270be1c0431d742b4fbc6a8d70a75ec062a74a9e7ff4ac9163000dfbb2e3921','6dae2410d682c6fdcef721977006194c835f9995ebedcf1f5c368cac959bf500','c17a718790c77e382a07b08db5359cce94b08eb1d8e6c95345393990d0432e2a');
INSERT INTO ledger VALUES(16,1,'verdict',4,NULL,NULL,NULL,'356938035643809',1700000001000000,'99d2733b081d2c17210c8839a9c4d23d5039de9b48b2c7726376e4bba6f3230b','c17a718790c77e382a07b08db5359cce94b08eb1d8e6c95345393990d0432e2a','ef084f27db25c977cb2e12174ca2061e97bcdc551309f598e8767b0d21dd8d61');
INSERT INTO ledger VALUES(17,1,'begin',5,5,NULL,NULL,'356938035643809',1700000001000000,'fad485de2376687584afac78207cf2d09c363b171e1e90faf227b74d32ce5b84','ef084f27db25c977cb2e12174ca2061e97bcdc551309f598e8767b0d21dd8d61','ebe698f6c19591af36f5e1bbef029d7d70858312e677dca6cf6e649eb866583c');
INSERT INTO ledger VALUES(18,1,'danger',5,5,'start',NULL,'356938035643809',1700000001200000,'fad485de2376687584afac78207cf2d09c363b171e1e90faf227b74d32ce5b84','ebe698f6c19591af36f5e1bbef029d7d70858312e677dca6cf6e649eb866583c','a22739a71845139d8b7a14a7c504a763ac5cd8b1cc407893c6d1bd296b3f2fd9');
INSERT INTO ledger VALUES(19,1,'end',5,5,NULL,NULL,'356938035643809',1700000121200000,'b22562df942acb66af5f70493e685f5e8752a346813c242d266a62f1057675c3','a22739a71845139d8b7a14a7c504a763ac5cd8b1cc407893c6d1bd296b3f2fd9','83191d9a809dbcfef0893565416e36ddb3e1b3b6f0b0ee7b487bd2d53314c6be');
INSERT INTO ledger VALUES(20,1,'verdict',5,NULL,NULL,NULL,'356938035643809',1700000121200000,'bc02394598ee3c8214f7a31af842ed242c22469d31aa5bda90e14d03911e87ec','83191d9a809dbcfef0893565416e36ddb3e1b3b6f0b0ee7b487bd2d53314c6be','512913bb7509ec762ea39241b8ff3ad1c728dbf9d387698b466d207e93aa615b');
CREATE INDEX visit_imei ON visit (imei, id);
CREATE INDEX visit_slot ON visit (slot_label, id);
CREATE INDEX visit_begin ON visit (begin_us);
CREATE INDEX visit_order ON visit (work_order, imei) WHERE work_order IS NOT NULL;
CREATE INDEX visit_open ON visit (id) WHERE end_us IS NULL;
CREATE INDEX attempt_visit ON attempt (visit);
CREATE INDEX attempt_imei ON attempt (imei, id);
CREATE INDEX attempt_tail ON attempt (substr(imei, -6), id);
CREATE INDEX attempt_outcome ON attempt (outcome, id);
CREATE INDEX attempt_resolves ON attempt (resolves) WHERE resolves IS NOT NULL;
CREATE INDEX attempt_open ON attempt (id) WHERE end_us IS NULL;
CREATE INDEX setting_imei ON setting (imei, key, id);
CREATE INDEX setting_attempt ON setting (attempt, id) WHERE attempt IS NOT NULL;
CREATE INDEX debt_open ON debt (imei, attempt) WHERE settled_us IS NULL;
CREATE INDEX debt_imei ON debt (imei);
CREATE INDEX debt_visit ON debt (visit);
CREATE INDEX debt_settled ON debt (settled_by) WHERE settled_by IS NOT NULL;
CREATE INDEX ledger_attempt ON ledger (attempt, kind);
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
CREATE VIEW v_faults AS
SELECT f.name AS fault, f.blame, f.text, count(*) AS attempts, count(DISTINCT a.imei) AS units
FROM attempt a
JOIN fault_code f ON f.code = a.fault
LEFT JOIN debt d ON d.attempt = a.id
WHERE d.settled_by IS NULL
GROUP BY f.code;
COMMIT;
