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
INSERT INTO fault_code VALUES(201,'UNIT_LEFT','fixture','the unit was removed before its verdict','put it in again and leave it until it is done');
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
INSERT INTO attempt VALUES(1,1,'490154203237518','Quectel_MC65','SN1','8901',NULL,1,1,1,'quectel-dfota-local','update','V1','V2','V2','v1-v2','aa11','2024-05','0.1.0',0,NULL,1700000000000000,1000000,500000,1700000000400000,400,'pass',NULL,'verify',NULL,NULL,NULL);
INSERT INTO attempt VALUES(2,2,'490154203237518','Quectel_MC65','SN1','8901',NULL,1,1,1,'quectel-dfota-local','update','V1','V2',NULL,'v1-v2','aa11','2024-05','0.1.0',0,NULL,1700000000400000,1400000,900000,1700000000800000,400,'fail',111,'verify',NULL,NULL,NULL);
INSERT INTO attempt VALUES(3,3,'356938035643809','Quectel_MC65',NULL,NULL,NULL,1,1,1,'quectel-dfota-local','update','V1','V2',NULL,'v1-v2','aa11','2024-05','0.1.0',0,NULL,1700000000800000,1800000,1300000,1700000061000000,NULL,'interrupted',504,'start',NULL,NULL,'interrupted in start');
INSERT INTO attempt VALUES(4,4,'356938035643809','Quectel_MC65','SN1','8901',NULL,1,1,1,'quectel-dfota-local','check','V1','V2','V2','v1-v2','aa11','2024-05','0.1.0',0,3,1700000001000000,2000000,1500000,1700000001000000,0,'pass',NULL,'verify',NULL,NULL,NULL);
INSERT INTO attempt VALUES(5,5,'356938035643809','Quectel_MC65',NULL,NULL,NULL,1,1,1,'quectel-dfota-local','update','V1','V2',NULL,'v1-v2','aa11','2024-05','0.1.0',0,NULL,1700000001000000,2000000,1500000,1700000121200000,NULL,'interrupted',504,'start',NULL,NULL,'interrupted in start');
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
INSERT INTO ledger VALUES(1,1,'begin',1,1,NULL,NULL,'490154203237518',1700000000000000,'1d5eecc625df418ba906dbb88c151aab11f4ea64f153246dcbe2785e5c7fa225','0000000000000000000000000000000000000000000000000000000000000000','a118e9bccbaadc2db1813a3f99533ed1b6b7407067da130b6eca70d5b9055a85');
INSERT INTO ledger VALUES(2,1,'danger',1,1,'start',NULL,'490154203237518',1700000000200000,'1d5eecc625df418ba906dbb88c151aab11f4ea64f153246dcbe2785e5c7fa225','a118e9bccbaadc2db1813a3f99533ed1b6b7407067da130b6eca70d5b9055a85','4b0e2f3163066c9d37a3d4376c8c591323a13d525d8193bce05cd53fd6731c85');
INSERT INTO ledger VALUES(3,1,'end',1,1,NULL,NULL,'490154203237518',1700000000400000,'6dc220d45422b92180fe7d5ce158186a82091df72a551b33e03b09653b98bdbe','4b0e2f3163066c9d37a3d4376c8c591323a13d525d8193bce05cd53fd6731c85','f14458502bf9527d2d556f251d751660bbfbe6e009367b068a5798e940a64cb6');
INSERT INTO ledger VALUES(4,1,'verdict',1,NULL,NULL,NULL,'490154203237518',1700000000400000,'a8424bb7958906eab71d1c002a99211465155b1ed44184ec8a6c0dd1baebccbf','f14458502bf9527d2d556f251d751660bbfbe6e009367b068a5798e940a64cb6','7e5bbd9f96b53f677b4ef9bdc783bb90dcb67f09147ac25c7edd8606fd41456a');
INSERT INTO ledger VALUES(5,1,'begin',2,2,NULL,NULL,'490154203237518',1700000000400000,'001f56aace1b490367a45211bd668bfc3e78ee224e4544e05709e7cedb54464a','7e5bbd9f96b53f677b4ef9bdc783bb90dcb67f09147ac25c7edd8606fd41456a','da0c8c80272a33d10d1f01e922e3e15934b57ce8302fe3849b8d1bbe6b039fbb');
INSERT INTO ledger VALUES(6,1,'danger',2,2,'start',NULL,'490154203237518',1700000000600000,'001f56aace1b490367a45211bd668bfc3e78ee224e4544e05709e7cedb54464a','da0c8c80272a33d10d1f01e922e3e15934b57ce8302fe3849b8d1bbe6b039fbb','11e6d7bbeccaa70983bbf0b6ec02e42a3c1e5b84624b16fd8c0ab1f8e5c537a3');
INSERT INTO ledger VALUES(7,1,'end',2,2,NULL,NULL,'490154203237518',1700000000800000,'7a4050a0b634a80ff22446920cf0c64cf3f9fd3930f7739359220ed97f3f257b','11e6d7bbeccaa70983bbf0b6ec02e42a3c1e5b84624b16fd8c0ab1f8e5c537a3','429b92ac2b00a9ea3c18d1999065a2011f30936e6c6911b464b0f9981c591f74');
INSERT INTO ledger VALUES(8,1,'verdict',2,NULL,NULL,NULL,'490154203237518',1700000000800000,'028fd74f337198a06b610a3bc19fae95d9d095b039ca85a427b0adeca79c2735','429b92ac2b00a9ea3c18d1999065a2011f30936e6c6911b464b0f9981c591f74','11943406e0ad57f865bdadb657d77d59a4100caa1e18d1eb8228602eac6b9d0e');
INSERT INTO ledger VALUES(9,1,'begin',3,3,NULL,NULL,'356938035643809',1700000000800000,'071c6a4b6657579f1430a3b519c38c253f855fe6b88f245b73b2ec2c443a55c5','11943406e0ad57f865bdadb657d77d59a4100caa1e18d1eb8228602eac6b9d0e','ef9eea0b87fed3de5a58efad737b0dfe01a122b6dbc29b8d2b225822e6fed1a4');
INSERT INTO ledger VALUES(10,1,'danger',3,3,'start',NULL,'356938035643809',1700000001000000,'071c6a4b6657579f1430a3b519c38c253f855fe6b88f245b73b2ec2c443a55c5','ef9eea0b87fed3de5a58efad737b0dfe01a122b6dbc29b8d2b225822e6fed1a4','70cd90340c5edc4bfa38101c84bbf5329731cba6a53f47b4eccc55631a87a779');
INSERT INTO ledger VALUES(11,1,'end',3,3,NULL,NULL,'356938035643809',1700000061000000,'eb2a377f1cf66593e29b0736f526180745abc61220a26251f82a1d4f0d97176a','70cd90340c5edc4bfa38101c84bbf5329731cba6a53f47b4eccc55631a87a779','61a5694213324a9015c5f258fd37115f11e2008e101450379603682332c78098');
INSERT INTO ledger VALUES(12,1,'verdict',3,NULL,NULL,NULL,'356938035643809',1700000061000000,'3787f897cc3f6ef97d2846b22e6a7ebfbf4bbe4ca8d18b282142a77323f9e6cd','61a5694213324a9015c5f258fd37115f11e2008e101450379603682332c78098','98de7f9767c13d64a2e28e767d79e1c9e0e83aec1ef6248e5a4712237674c264');
INSERT INTO ledger VALUES(13,1,'begin',4,4,NULL,NULL,'356938035643809',1700000001000000,'c017b5f93e094bab37dbfbb18b3d195534ae8e601be5d28f3396e96a6e568e94','98de7f9767c13d64a2e28e767d79e1c9e0e83aec1ef6248e5a4712237674c264','95627e7724a0df93a84fd7d09b475bf98e5d71d0ed6580a00dd0945639931965');
INSERT INTO ledger VALUES(14,1,'end',4,4,NULL,NULL,'356938035643809',1700000001000000,'d98ebf363b921b48b669805d85135ba1a2cbdcb17addefae56807bba9f68dde1','95627e7724a0df93a84fd7d09b475bf98e5d71d0ed6580a00dd0945639931965','ae082d191b108bec59f715e4e0a677cfa66f3a0182e28803fd62cd710d4f8276');
INSERT INTO ledger VALUES(15,1,'resolve',3,3,NULL,4,'356938035643809',1700000001000000,'d98ebf363b921b48b669805d85135ba1a2cbdcb17addefae56807bba9f68dde1','ae082d191b108bec59f715e4e0a677cfa66f3a0182e28803fd62cd710d4f8276','2bfd5dc104bf73b6512b687224057955557c3c7a366b467d5041f20ecc301621');
INSERT INTO ledger VALUES(16,1,'verdict',4,NULL,NULL,NULL,'356938035643809',1700000001000000,'99d2733b081d2c17210c8839a9c4d23d5039de9b48b2c7726376e4bba6f3230b','2bfd5dc104bf73b6512b687224057955557c3c7a366b467d5041f20ecc301621','49b8f830e13a55fcd0e6fbf459b23aedc538b749105b58353d3daa1b5c7511ec');
INSERT INTO ledger VALUES(17,1,'begin',5,5,NULL,NULL,'356938035643809',1700000001000000,'159f06586bce637e92590dd5d4ab36233640a7cbac9225d51d36deab2bfc7d5c','49b8f830e13a55fcd0e6fbf459b23aedc538b749105b58353d3daa1b5c7511ec','633c709638a9b5568116d8ab6751a2211180b1488007a56b3a31cac1a27a53a0');
INSERT INTO ledger VALUES(18,1,'danger',5,5,'start',NULL,'356938035643809',1700000001200000,'159f06586bce637e92590dd5d4ab36233640a7cbac9225d51d36deab2bfc7d5c','633c709638a9b5568116d8ab6751a2211180b1488007a56b3a31cac1a27a53a0','c6b85b1414cc9b30fbe04c1b8188aab0e11c10190e1ced102a49e640d77f8292');
INSERT INTO ledger VALUES(19,1,'end',5,5,NULL,NULL,'356938035643809',1700000121200000,'705ed79657eb280eaecd271b143a7107e9018ba6a9a4e04114a6526d1d3039f3','c6b85b1414cc9b30fbe04c1b8188aab0e11c10190e1ced102a49e640d77f8292','304415c052b968508652f50c4cdb050d30d9103a87b570cd23b0c18693738379');
INSERT INTO ledger VALUES(20,1,'verdict',5,NULL,NULL,NULL,'356938035643809',1700000121200000,'bc02394598ee3c8214f7a31af842ed242c22469d31aa5bda90e14d03911e87ec','304415c052b968508652f50c4cdb050d30d9103a87b570cd23b0c18693738379','fdc6dd6db047051fa8b28df160e3a288eb542b510f9469bd4991e29cd22ec7df');
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
	a.duration_ms, a.package, a.package_sha256, a.catalogue, a.program, a.serial, a.iccid, a.imsi, a.adopted,
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
