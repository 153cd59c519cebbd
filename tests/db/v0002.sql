-- SPDX-License-Identifier: Apache-2.0
--
-- A record as version 2 of the schema left it: what `sqlite3 station.db .dump` says, with the two numbers that it leaves out.
PRAGMA application_id = 0x464F5441;
PRAGMA user_version = 2;
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
INSERT INTO fault_code VALUES(125,'LABEL_MISMATCH','unit','the label on it says another IMEI','remove it and give it to the quality engineer');
INSERT INTO fault_code VALUES(130,'WRONG_VARIANT','unit','the firmware is that of another variant','remove it and give it to the quality engineer');
INSERT INTO fault_code VALUES(131,'RECOVERY_FAILED','unit','the unit failed to recover from an update','remove it and give it to repair');
INSERT INTO fault_code VALUES(132,'SERVICE_FAILED','unit','the unit''s update service failed','retest it once');
INSERT INTO fault_code VALUES(150,'NO_PFM','unit','the firmware does not know the update service','remove it, it needs an update by cable');
INSERT INTO fault_code VALUES(151,'FIRMWARE_TOO_OLD','unit','the firmware is too old for this procedure','remove it, it needs another procedure or an update by cable');
INSERT INTO fault_code VALUES(152,'NOT_FOR_THIS','unit','this operation is not for this model','remove it');
INSERT INTO fault_code VALUES(153,'UPDATING','unit','the unit updates by itself','leave it where it is until it is done');
INSERT INTO fault_code VALUES(154,'SETTINGS_UNKNOWN','unit','nobody knows the settings that it had','remove it and give it to the quality engineer');
INSERT INTO fault_code VALUES(155,'SETTINGS_LOST','unit','its settings could not be restored','remove it, retest it once');
INSERT INTO fault_code VALUES(201,'UNIT_LEFT','fixture','the unit was removed before its verdict','put it into another slot and leave it until it is done');
INSERT INTO fault_code VALUES(202,'PORT_FAILED','fixture','the port of this slot cannot be used','check the adapter of this slot');
INSERT INTO fault_code VALUES(301,'NO_PLAN','package','no packages lead from this version to the target','remove it and tell the test engineer');
INSERT INTO fault_code VALUES(302,'PACKAGE_REJECTED','package','the unit says the package is wrong','remove it and tell the test engineer');
INSERT INTO fault_code VALUES(303,'PACKAGE_TOO_LARGE','package','the package is too large for the unit','remove it and tell the test engineer');
INSERT INTO fault_code VALUES(304,'PACKAGE_NOT_FOUND','package','the unit did not find the package','tell the test engineer');
INSERT INTO fault_code VALUES(310,'NO_CLOUD_ACCOUNT','package','no account of the vendor''s cloud for this model','tell the test engineer');
INSERT INTO fault_code VALUES(311,'CLOUD_REFUSED','package','the vendor''s cloud does not accept what it was told','tell the test engineer');
INSERT INTO fault_code VALUES(312,'CLOUD_NO_VERSION','package','the vendor''s cloud has no update for this unit','remove it and tell the test engineer');
INSERT INTO fault_code VALUES(401,'NO_SIM','network','no usable SIM','check the SIM of this slot');
INSERT INTO fault_code VALUES(402,'SIM_LOCKED','network','the SIM asks for a code that may not be sent','tell the test engineer');
INSERT INTO fault_code VALUES(403,'NOT_REGISTERED','network','no network','check the antenna, then retest');
INSERT INTO fault_code VALUES(404,'NO_BEARER','network','no data connection','check the antenna, then retest');
INSERT INTO fault_code VALUES(405,'DOWNLOAD_FAILED','network','the unit could not fetch the package','retest it, then tell the test engineer');
INSERT INTO fault_code VALUES(410,'NO_SERVER','network','the unit does not reach the server','retest it, then tell the test engineer');
INSERT INTO fault_code VALUES(411,'CLOUD_FAILED','network','the vendor''s cloud failed','retest it, then tell the test engineer');
INSERT INTO fault_code VALUES(420,'NO_SERVICE','network','the station was not told where the update service is','tell the test engineer');
INSERT INTO fault_code VALUES(421,'NO_REGISTRATION','network','the update service did not answer the registration','check the antenna, then retest');
INSERT INTO fault_code VALUES(422,'STALE_REGISTRATION','network','the update service has this SIM with another unit','tell the test engineer: the service must register this unit anew');
INSERT INTO fault_code VALUES(423,'NO_SERVER_REQUEST','network','the update service did not call the unit','tell the test engineer');
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
	good_first    INTEGER CHECK (good_first IN (0, 1)), zone_min INTEGER, place_row INTEGER, place_column INTEGER, first INTEGER CHECK (first IN (0, 1)), operation TEXT,
	CHECK ((end_us IS NULL) = (verdict IS NULL))
) STRICT;
INSERT INTO visit VALUES(1,'A3','pci-0000:00:14.0-usb-0:4.2.3','pci-0000:00:14.0-usb-0:4.2','station-1','line 1','WO7','W12','490154203237518','Quectel','Quectel_MC65','MC65','V1','V2',0,1700000000000000,1000000,1700000000400000,400,'pass',NULL,'verify',NULL,NULL,'V2',NULL,1,60,1,3,1,'update');
INSERT INTO visit VALUES(2,'B1','pci-0000:00:14.0-usb-0:4.2.3','pci-0000:00:14.0-usb-0:4.2','station-1','line 1','WO7','W12','490154203237518','Quectel','Quectel_MC65','MC65','V1','V2',0,1700000000400000,1400000,1700000000800000,400,'fail',119,'verify',NULL,NULL,NULL,NULL,0,60,1,3,0,'update');
INSERT INTO visit VALUES(3,'A3','pci-0000:00:14.0-usb-0:4.2.3','pci-0000:00:14.0-usb-0:4.2','station-1','line 1','WO7','W12','356938035643809','Quectel','Quectel_MC65','MC65','V1','V2',0,1700000000800000,1800000,1700000061000000,NULL,'interrupted',504,'start',NULL,NULL,NULL,'interrupted in start',0,60,1,3,1,'update');
INSERT INTO visit VALUES(4,'A3','pci-0000:00:14.0-usb-0:4.2.3','pci-0000:00:14.0-usb-0:4.2','station-1','line 1','WO7','W12','356938035643809','Quectel','Quectel_MC65','MC65','V1','V2',0,1700000062000000,63000000,1700000062500000,500,'pass',NULL,'verify',NULL,NULL,'V2',NULL,1,60,1,3,0,'check');
INSERT INTO visit VALUES(5,'A3','pci-0000:00:14.0-usb-0:4.2.3','pci-0000:00:14.0-usb-0:4.2','station-1','line 1','WO7','W12','356938035643809','Quectel','Quectel_MC65','MC65','V1','V2',0,1700000062500000,63500000,1700000122700000,NULL,'interrupted',504,'start',NULL,NULL,NULL,'interrupted in start',0,60,1,3,0,'update');
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
	detail         TEXT, config TEXT,
	CHECK ((end_us IS NULL) = (outcome IS NULL))
) STRICT;
INSERT INTO attempt VALUES(1,1,'490154203237518','Quectel_MC65','SN1','8901',NULL,1,1,1,'quectel-dfota-local','update','V1','V2','V2','v1-v2','aa11','2024-05','0.2.0',0,0,NULL,1700000000000000,1000000,500000,1700000000400000,400,'pass',NULL,'verify',NULL,NULL,NULL,'cc33');
INSERT INTO attempt VALUES(2,2,'490154203237518','Quectel_MC65','SN1','8901',NULL,1,1,1,'quectel-dfota-local','update','V1','V2',NULL,'v1-v2','aa11','2024-05','0.2.0',0,0,NULL,1700000000400000,1400000,900000,1700000000800000,400,'fail',119,'verify',NULL,NULL,NULL,'cc33');
INSERT INTO attempt VALUES(3,3,'356938035643809','Quectel_MC65',NULL,NULL,NULL,1,1,1,'quectel-dfota-local','update','V1','V2',NULL,'v1-v2','aa11','2024-05','0.2.0',0,0,NULL,1700000000800000,1800000,1300000,1700000061000000,NULL,'interrupted',504,'start',NULL,NULL,'interrupted in start','cc33');
INSERT INTO attempt VALUES(4,4,'356938035643809','Quectel_MC65','SN1','8901',NULL,1,1,1,'quectel-dfota-local','check','V1','V2','V2','v1-v2','aa11','2024-05','0.2.0',0,0,3,1700000062000000,63000000,62500000,1700000062500000,500,'pass',NULL,'verify',NULL,NULL,NULL,'cc33');
INSERT INTO attempt VALUES(5,5,'356938035643809','Quectel_MC65',NULL,NULL,NULL,1,1,1,'quectel-dfota-local','update','V1','V2',NULL,'v1-v2','aa11','2024-05','0.2.0',0,0,NULL,1700000062500000,63500000,63000000,1700000122700000,NULL,'interrupted',504,'start',NULL,NULL,'interrupted in start','cc33');
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
INSERT INTO setting VALUES(4,'356938035643809','label','356938035643809',NULL,1700000062500000);
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
INSERT INTO debt VALUES(3,3,'356938035643809',1700000061000000,1700000062500000,4);
INSERT INTO debt VALUES(5,5,'356938035643809',1700000122700000,NULL,NULL);
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
INSERT INTO event VALUES(1,1700000000000000,'station-start',3,NULL,NULL,0,'0.2.0');
INSERT INTO event VALUES(2,1700000000000000,'worker',3,NULL,NULL,0,'W12');
INSERT INTO event VALUES(3,1700000000000000,'work-order',3,NULL,NULL,500,'WO7');
INSERT INTO event VALUES(4,1700000122700000,'station-stop',3,NULL,NULL,1,NULL);
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
INSERT INTO ledger VALUES(1,2,'order',0,NULL,NULL,NULL,NULL,1700000000000000,NULL,NULL,'6fbbaacd9cf937784b21aed340cc6f8036056965b368e5da57b4218b03fda4f2','0000000000000000000000000000000000000000000000000000000000000000','05196274bf266480dd7ca2ba3a78354bb4e5ac6e9bd4968fe45c50f5865cad94');
INSERT INTO ledger VALUES(2,2,'begin',1,1,NULL,NULL,'490154203237518',1700000000000000,NULL,NULL,'6d9ac50c7ab713dd64083764c36adf1c5b51feae8617e60197551b8f7d8e7d22','05196274bf266480dd7ca2ba3a78354bb4e5ac6e9bd4968fe45c50f5865cad94','49400849dda54c4362ad656c1d1ae385cb66259a51d1d446b4de600b36288e09');
INSERT INTO ledger VALUES(3,2,'danger',1,1,'start',NULL,'490154203237518',1700000000200000,NULL,NULL,'6d9ac50c7ab713dd64083764c36adf1c5b51feae8617e60197551b8f7d8e7d22','49400849dda54c4362ad656c1d1ae385cb66259a51d1d446b4de600b36288e09','4d59c06ba0975e4808ee154863b1a28d5fe41860db977fd56c8070cb05d6b6f9');
INSERT INTO ledger VALUES(4,2,'end',1,1,NULL,NULL,'490154203237518',1700000000400000,NULL,NULL,'2b2f3d1595f6e25485816588b3cebded33a579d79d20e12939b51847dc745b33','4d59c06ba0975e4808ee154863b1a28d5fe41860db977fd56c8070cb05d6b6f9','e7557b4ad482030b53f2405c6700437a41e7e50434fe21c79674ea6daebf28f6');
INSERT INTO ledger VALUES(5,2,'verdict',1,NULL,NULL,NULL,'490154203237518',1700000000400000,NULL,NULL,'ea363b7b8a45a880657de5f609790b31f00d47ae4c4f24773b293cb696cd2720','e7557b4ad482030b53f2405c6700437a41e7e50434fe21c79674ea6daebf28f6','d41c9a92bdaa83766835298573b41b71ba14c0fac1b367bc3cec16c9bd6dfd4e');
INSERT INTO ledger VALUES(6,2,'log',0,NULL,NULL,NULL,NULL,1700000000400000,1,3,'1eb0c5c482487447f841a81cfcb98fb94a80e55f7d7764b4f4fb0a52d8a9324d','d41c9a92bdaa83766835298573b41b71ba14c0fac1b367bc3cec16c9bd6dfd4e','5d33cedf6877ca8944a2ef7f6d3832bc67fc073e929dd6dc3cb75c8714d1be34');
INSERT INTO ledger VALUES(7,2,'begin',2,2,NULL,NULL,'490154203237518',1700000000400000,NULL,NULL,'871935941f34ed75f955abe8487017a599cb1dc8ec632f7adabbf6f1bff272b1','5d33cedf6877ca8944a2ef7f6d3832bc67fc073e929dd6dc3cb75c8714d1be34','4b8f97e00493eb8bb891676fc3a11e4614e55ffe29612a014d11bdfcd76c0079');
INSERT INTO ledger VALUES(8,2,'danger',2,2,'start',NULL,'490154203237518',1700000000600000,NULL,NULL,'871935941f34ed75f955abe8487017a599cb1dc8ec632f7adabbf6f1bff272b1','4b8f97e00493eb8bb891676fc3a11e4614e55ffe29612a014d11bdfcd76c0079','704b4e789df4502796b81e1568b632dfc254e11ff4497d5c3e028e7271b077af');
INSERT INTO ledger VALUES(9,2,'end',2,2,NULL,NULL,'490154203237518',1700000000800000,NULL,NULL,'073803d169a2b66bd357b0748c0969c4bbb1ee3ac3bb453c013e414342efb2a7','704b4e789df4502796b81e1568b632dfc254e11ff4497d5c3e028e7271b077af','281b8ef8203b396a8db071aa862ade1532bb67493607140508e6311b3551960d');
INSERT INTO ledger VALUES(10,2,'verdict',2,NULL,NULL,NULL,'490154203237518',1700000000800000,NULL,NULL,'389eaf14fce2da5b33d4663c4b7d904f301f5d6d71e2eef25f360dc024f2b6bb','281b8ef8203b396a8db071aa862ade1532bb67493607140508e6311b3551960d','a78998b4e402ff680e23e943adc6e7607ba4720a3fa665aa299d457c6f8d0301');
INSERT INTO ledger VALUES(11,2,'begin',3,3,NULL,NULL,'356938035643809',1700000000800000,NULL,NULL,'37b58086c22734b6313d0abc68aff24145f31b77a6b1e948f3568dd4ebd635c1','a78998b4e402ff680e23e943adc6e7607ba4720a3fa665aa299d457c6f8d0301','653e63cd7a0ce2781da56526998a6a05de8ca63410aaca50d9818335cd162bdf');
INSERT INTO ledger VALUES(12,2,'danger',3,3,'start',NULL,'356938035643809',1700000001000000,NULL,NULL,'37b58086c22734b6313d0abc68aff24145f31b77a6b1e948f3568dd4ebd635c1','653e63cd7a0ce2781da56526998a6a05de8ca63410aaca50d9818335cd162bdf','e0545c85e6e996c0b59aac4b714c832239225d268a825f042a6822ba634994bb');
INSERT INTO ledger VALUES(13,2,'end',3,3,NULL,NULL,'356938035643809',1700000061000000,NULL,NULL,'10f2cd217c5196aaec38f33c6561e767ed959e9a44cb66e61645c0ed5b0c609a','e0545c85e6e996c0b59aac4b714c832239225d268a825f042a6822ba634994bb','19f4a64c67d7f8f29ba1e1d90ffcaf409db5ef19c246d262181d750a5ef1f1e0');
INSERT INTO ledger VALUES(14,2,'debt',3,3,NULL,NULL,'356938035643809',1700000061000000,NULL,NULL,'8a72fd450bb3c53bd8b38309bb3684c7cb3b8b70b2dc0bee79fb86d381905e42','19f4a64c67d7f8f29ba1e1d90ffcaf409db5ef19c246d262181d750a5ef1f1e0','1fdbdc33790b81391e9815e570c8ff30e9c7305fd1a540507dc692e7487863da');
INSERT INTO ledger VALUES(15,2,'verdict',3,NULL,NULL,NULL,'356938035643809',1700000061000000,NULL,NULL,'ee75e1f5782cc5f8c9c5742b89ec8abe650f23c41a7ecb713f69c7c4d88ba706','1fdbdc33790b81391e9815e570c8ff30e9c7305fd1a540507dc692e7487863da','6ed20839bddde455fa327c6ec778424cf8559bfb258c84dce01eb8074a8a6d83');
INSERT INTO ledger VALUES(16,2,'begin',4,4,NULL,NULL,'356938035643809',1700000062000000,NULL,NULL,'c15d558233f8e8e954690ddd7524afbcc93b64613aff4fb26bcb6cff0fb514ca','6ed20839bddde455fa327c6ec778424cf8559bfb258c84dce01eb8074a8a6d83','d2fb978270f39635ed9059a24957f9ca8f7ded78b92ba5fd26b8e0f13454d628');
INSERT INTO ledger VALUES(17,2,'end',4,4,NULL,NULL,'356938035643809',1700000062500000,NULL,NULL,'e44fcfb5be012424351a5a3058652cde86308d5acc26f41d81a73a7f2c72edbb','d2fb978270f39635ed9059a24957f9ca8f7ded78b92ba5fd26b8e0f13454d628','a7a82a5896b424971bd767b30087422cb8380f42fdc860edf1cc51dae2207d9d');
INSERT INTO ledger VALUES(18,2,'resolve',3,3,NULL,4,'356938035643809',1700000062500000,NULL,NULL,'e44fcfb5be012424351a5a3058652cde86308d5acc26f41d81a73a7f2c72edbb','a7a82a5896b424971bd767b30087422cb8380f42fdc860edf1cc51dae2207d9d','2a481536aacef5e89f0dfca8c42a662e3fea829d8ab30ce04252a0cbd16deb98');
INSERT INTO ledger VALUES(19,2,'verdict',4,NULL,NULL,NULL,'356938035643809',1700000062500000,NULL,NULL,'cc504164a56b9005c4ce0718d1ec41b1fe4990b97f9cc99c1fbe72bb9f4ea88b','2a481536aacef5e89f0dfca8c42a662e3fea829d8ab30ce04252a0cbd16deb98','a5e4b5a090983314de9a5fa61723d016f3f0204a0ac846d253661130ccd7b6e9');
INSERT INTO ledger VALUES(20,2,'fact',0,NULL,NULL,NULL,NULL,1700000062500000,4,NULL,'d961286c7b71594331bafe94a294c6f1d7430c2f9e79b7ff510a6d9c98e93b39','a5e4b5a090983314de9a5fa61723d016f3f0204a0ac846d253661130ccd7b6e9','13160369c64dd0bffa441e78519847199bb7f581b2cf0ebd39f8f139c9560e26');
INSERT INTO ledger VALUES(21,2,'begin',5,5,NULL,NULL,'356938035643809',1700000062500000,NULL,NULL,'7c9231cde54646837b00ee48643a7195eefc0d2f7aa13f4dbfe67be8bbb64367','13160369c64dd0bffa441e78519847199bb7f581b2cf0ebd39f8f139c9560e26','cce7d11398143db7e9d507fc65d9d347781ade694ed2541a22b36c8181ed8746');
INSERT INTO ledger VALUES(22,2,'danger',5,5,'start',NULL,'356938035643809',1700000062700000,NULL,NULL,'7c9231cde54646837b00ee48643a7195eefc0d2f7aa13f4dbfe67be8bbb64367','cce7d11398143db7e9d507fc65d9d347781ade694ed2541a22b36c8181ed8746','8816992d4288c887e1d1b66e97a14de6926c630621d0b2ff590fba3c1d3eb2f0');
INSERT INTO ledger VALUES(23,2,'end',5,5,NULL,NULL,'356938035643809',1700000122700000,NULL,NULL,'90330df93c2f65977d0fd40c6020fa55f8c8951f321e46380c0635f185b7aa88','8816992d4288c887e1d1b66e97a14de6926c630621d0b2ff590fba3c1d3eb2f0','009d9ec96ee51d7be64e10c9656c6cb9d963dfadb1f2fae93da3fb29417b74ff');
INSERT INTO ledger VALUES(24,2,'debt',5,5,NULL,NULL,'356938035643809',1700000122700000,NULL,NULL,'2c723595103ae919eefbe49b2764bc988de8a2a097becb38cc91b82069996aa0','009d9ec96ee51d7be64e10c9656c6cb9d963dfadb1f2fae93da3fb29417b74ff','c18b6c34593f0997afd3a5f6e7dbfbbeedad8dc11fe9b153c62d39d610b0718e');
INSERT INTO ledger VALUES(25,2,'verdict',5,NULL,NULL,NULL,'356938035643809',1700000122700000,NULL,NULL,'979c8f4f3390c4322f0e311ea76767ec8a84a9fbfdb51910d8a00a2d90aa5ab8','c18b6c34593f0997afd3a5f6e7dbfbbeedad8dc11fe9b153c62d39d610b0718e','6b0649a20cf67641079656a263905377e641805ba8a7fccf6cb6cf71e08225ee');
INSERT INTO ledger VALUES(26,2,'log',0,NULL,NULL,NULL,NULL,1700000122700000,4,4,'3a56d3fe92690b7ead8116f8c183621a87699e4827f4785fe1554a6f3c119d21','6b0649a20cf67641079656a263905377e641805ba8a7fccf6cb6cf71e08225ee','475bbb74c1771ee949a73726f9169ac0037810afbb54c29690be9b0f0e443d5b');
CREATE TABLE horizon (
	id      INTEGER PRIMARY KEY CHECK (id = 1),
	setting INTEGER NOT NULL,
	event   INTEGER NOT NULL,
	debt    INTEGER NOT NULL
) STRICT;
INSERT INTO horizon VALUES(1,0,0,0);
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
CREATE TABLE kept_unit (
	work_order TEXT NOT NULL,
	imei       TEXT NOT NULL,
	good_first INTEGER NOT NULL CHECK (good_first IN (0, 1)),
	good       INTEGER NOT NULL CHECK (good IN (0, 1)),
	PRIMARY KEY (work_order, imei)
) STRICT, WITHOUT ROWID;
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
INSERT INTO visit_tally VALUES('2023-11-14','station-1','A3','MC65','WO7','W12',3,2,1,0,2,1);
INSERT INTO visit_tally VALUES('2023-11-14','station-1','B1','MC65','WO7','W12',1,0,1,0,0,0);
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
INSERT INTO package_tally VALUES('2023-11-14','station-1','A3','MC65','WO7','W12','v1-v2','aa11',1,3,2,1,0,4,2);
INSERT INTO package_tally VALUES('2023-11-14','station-1','B1','MC65','WO7','W12','v1-v2','aa11',1,1,0,1,0,1,0);
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
INSERT INTO step_tally VALUES('2023-11-14','MC65','quectel-dfota-local','start',1,204,2,400,200);
INSERT INTO step_tally VALUES('2023-11-14','MC65','quectel-dfota-local','upload',1,204,4,800,200);
CREATE TABLE step_bucket (
	low   INTEGER PRIMARY KEY,
	about INTEGER NOT NULL
) STRICT;
INSERT INTO step_bucket VALUES(0,0);
INSERT INTO step_bucket VALUES(1,1);
INSERT INTO step_bucket VALUES(2,2);
INSERT INTO step_bucket VALUES(3,3);
INSERT INTO step_bucket VALUES(4,4);
INSERT INTO step_bucket VALUES(5,5);
INSERT INTO step_bucket VALUES(6,6);
INSERT INTO step_bucket VALUES(7,7);
INSERT INTO step_bucket VALUES(8,8);
INSERT INTO step_bucket VALUES(9,9);
INSERT INTO step_bucket VALUES(10,10);
INSERT INTO step_bucket VALUES(11,11);
INSERT INTO step_bucket VALUES(12,12);
INSERT INTO step_bucket VALUES(13,13);
INSERT INTO step_bucket VALUES(14,14);
INSERT INTO step_bucket VALUES(15,15);
INSERT INTO step_bucket VALUES(16,16);
INSERT INTO step_bucket VALUES(17,17);
INSERT INTO step_bucket VALUES(18,18);
INSERT INTO step_bucket VALUES(19,19);
INSERT INTO step_bucket VALUES(20,20);
INSERT INTO step_bucket VALUES(21,21);
INSERT INTO step_bucket VALUES(22,22);
INSERT INTO step_bucket VALUES(23,23);
INSERT INTO step_bucket VALUES(24,24);
INSERT INTO step_bucket VALUES(25,25);
INSERT INTO step_bucket VALUES(26,26);
INSERT INTO step_bucket VALUES(27,27);
INSERT INTO step_bucket VALUES(28,28);
INSERT INTO step_bucket VALUES(29,29);
INSERT INTO step_bucket VALUES(30,30);
INSERT INTO step_bucket VALUES(31,31);
INSERT INTO step_bucket VALUES(32,33);
INSERT INTO step_bucket VALUES(34,35);
INSERT INTO step_bucket VALUES(36,37);
INSERT INTO step_bucket VALUES(38,39);
INSERT INTO step_bucket VALUES(40,41);
INSERT INTO step_bucket VALUES(42,43);
INSERT INTO step_bucket VALUES(44,45);
INSERT INTO step_bucket VALUES(46,47);
INSERT INTO step_bucket VALUES(48,49);
INSERT INTO step_bucket VALUES(50,51);
INSERT INTO step_bucket VALUES(52,53);
INSERT INTO step_bucket VALUES(54,55);
INSERT INTO step_bucket VALUES(56,57);
INSERT INTO step_bucket VALUES(58,59);
INSERT INTO step_bucket VALUES(60,61);
INSERT INTO step_bucket VALUES(62,63);
INSERT INTO step_bucket VALUES(64,66);
INSERT INTO step_bucket VALUES(68,70);
INSERT INTO step_bucket VALUES(72,74);
INSERT INTO step_bucket VALUES(76,78);
INSERT INTO step_bucket VALUES(80,82);
INSERT INTO step_bucket VALUES(84,86);
INSERT INTO step_bucket VALUES(88,90);
INSERT INTO step_bucket VALUES(92,94);
INSERT INTO step_bucket VALUES(96,98);
INSERT INTO step_bucket VALUES(100,102);
INSERT INTO step_bucket VALUES(104,106);
INSERT INTO step_bucket VALUES(108,110);
INSERT INTO step_bucket VALUES(112,114);
INSERT INTO step_bucket VALUES(116,118);
INSERT INTO step_bucket VALUES(120,122);
INSERT INTO step_bucket VALUES(124,126);
INSERT INTO step_bucket VALUES(128,132);
INSERT INTO step_bucket VALUES(136,140);
INSERT INTO step_bucket VALUES(144,148);
INSERT INTO step_bucket VALUES(152,156);
INSERT INTO step_bucket VALUES(160,164);
INSERT INTO step_bucket VALUES(168,172);
INSERT INTO step_bucket VALUES(176,180);
INSERT INTO step_bucket VALUES(184,188);
INSERT INTO step_bucket VALUES(192,196);
INSERT INTO step_bucket VALUES(200,204);
INSERT INTO step_bucket VALUES(208,212);
INSERT INTO step_bucket VALUES(216,220);
INSERT INTO step_bucket VALUES(224,228);
INSERT INTO step_bucket VALUES(232,236);
INSERT INTO step_bucket VALUES(240,244);
INSERT INTO step_bucket VALUES(248,252);
INSERT INTO step_bucket VALUES(256,264);
INSERT INTO step_bucket VALUES(272,280);
INSERT INTO step_bucket VALUES(288,296);
INSERT INTO step_bucket VALUES(304,312);
INSERT INTO step_bucket VALUES(320,328);
INSERT INTO step_bucket VALUES(336,344);
INSERT INTO step_bucket VALUES(352,360);
INSERT INTO step_bucket VALUES(368,376);
INSERT INTO step_bucket VALUES(384,392);
INSERT INTO step_bucket VALUES(400,408);
INSERT INTO step_bucket VALUES(416,424);
INSERT INTO step_bucket VALUES(432,440);
INSERT INTO step_bucket VALUES(448,456);
INSERT INTO step_bucket VALUES(464,472);
INSERT INTO step_bucket VALUES(480,488);
INSERT INTO step_bucket VALUES(496,504);
INSERT INTO step_bucket VALUES(512,528);
INSERT INTO step_bucket VALUES(544,560);
INSERT INTO step_bucket VALUES(576,592);
INSERT INTO step_bucket VALUES(608,624);
INSERT INTO step_bucket VALUES(640,656);
INSERT INTO step_bucket VALUES(672,688);
INSERT INTO step_bucket VALUES(704,720);
INSERT INTO step_bucket VALUES(736,752);
INSERT INTO step_bucket VALUES(768,784);
INSERT INTO step_bucket VALUES(800,816);
INSERT INTO step_bucket VALUES(832,848);
INSERT INTO step_bucket VALUES(864,880);
INSERT INTO step_bucket VALUES(896,912);
INSERT INTO step_bucket VALUES(928,944);
INSERT INTO step_bucket VALUES(960,976);
INSERT INTO step_bucket VALUES(992,1008);
INSERT INTO step_bucket VALUES(1024,1056);
INSERT INTO step_bucket VALUES(1088,1120);
INSERT INTO step_bucket VALUES(1152,1184);
INSERT INTO step_bucket VALUES(1216,1248);
INSERT INTO step_bucket VALUES(1280,1312);
INSERT INTO step_bucket VALUES(1344,1376);
INSERT INTO step_bucket VALUES(1408,1440);
INSERT INTO step_bucket VALUES(1472,1504);
INSERT INTO step_bucket VALUES(1536,1568);
INSERT INTO step_bucket VALUES(1600,1632);
INSERT INTO step_bucket VALUES(1664,1696);
INSERT INTO step_bucket VALUES(1728,1760);
INSERT INTO step_bucket VALUES(1792,1824);
INSERT INTO step_bucket VALUES(1856,1888);
INSERT INTO step_bucket VALUES(1920,1952);
INSERT INTO step_bucket VALUES(1984,2016);
INSERT INTO step_bucket VALUES(2048,2112);
INSERT INTO step_bucket VALUES(2176,2240);
INSERT INTO step_bucket VALUES(2304,2368);
INSERT INTO step_bucket VALUES(2432,2496);
INSERT INTO step_bucket VALUES(2560,2624);
INSERT INTO step_bucket VALUES(2688,2752);
INSERT INTO step_bucket VALUES(2816,2880);
INSERT INTO step_bucket VALUES(2944,3008);
INSERT INTO step_bucket VALUES(3072,3136);
INSERT INTO step_bucket VALUES(3200,3264);
INSERT INTO step_bucket VALUES(3328,3392);
INSERT INTO step_bucket VALUES(3456,3520);
INSERT INTO step_bucket VALUES(3584,3648);
INSERT INTO step_bucket VALUES(3712,3776);
INSERT INTO step_bucket VALUES(3840,3904);
INSERT INTO step_bucket VALUES(3968,4032);
INSERT INTO step_bucket VALUES(4096,4224);
INSERT INTO step_bucket VALUES(4352,4480);
INSERT INTO step_bucket VALUES(4608,4736);
INSERT INTO step_bucket VALUES(4864,4992);
INSERT INTO step_bucket VALUES(5120,5248);
INSERT INTO step_bucket VALUES(5376,5504);
INSERT INTO step_bucket VALUES(5632,5760);
INSERT INTO step_bucket VALUES(5888,6016);
INSERT INTO step_bucket VALUES(6144,6272);
INSERT INTO step_bucket VALUES(6400,6528);
INSERT INTO step_bucket VALUES(6656,6784);
INSERT INTO step_bucket VALUES(6912,7040);
INSERT INTO step_bucket VALUES(7168,7296);
INSERT INTO step_bucket VALUES(7424,7552);
INSERT INTO step_bucket VALUES(7680,7808);
INSERT INTO step_bucket VALUES(7936,8064);
INSERT INTO step_bucket VALUES(8192,8448);
INSERT INTO step_bucket VALUES(8704,8960);
INSERT INTO step_bucket VALUES(9216,9472);
INSERT INTO step_bucket VALUES(9728,9984);
INSERT INTO step_bucket VALUES(10240,10496);
INSERT INTO step_bucket VALUES(10752,11008);
INSERT INTO step_bucket VALUES(11264,11520);
INSERT INTO step_bucket VALUES(11776,12032);
INSERT INTO step_bucket VALUES(12288,12544);
INSERT INTO step_bucket VALUES(12800,13056);
INSERT INTO step_bucket VALUES(13312,13568);
INSERT INTO step_bucket VALUES(13824,14080);
INSERT INTO step_bucket VALUES(14336,14592);
INSERT INTO step_bucket VALUES(14848,15104);
INSERT INTO step_bucket VALUES(15360,15616);
INSERT INTO step_bucket VALUES(15872,16128);
INSERT INTO step_bucket VALUES(16384,16896);
INSERT INTO step_bucket VALUES(17408,17920);
INSERT INTO step_bucket VALUES(18432,18944);
INSERT INTO step_bucket VALUES(19456,19968);
INSERT INTO step_bucket VALUES(20480,20992);
INSERT INTO step_bucket VALUES(21504,22016);
INSERT INTO step_bucket VALUES(22528,23040);
INSERT INTO step_bucket VALUES(23552,24064);
INSERT INTO step_bucket VALUES(24576,25088);
INSERT INTO step_bucket VALUES(25600,26112);
INSERT INTO step_bucket VALUES(26624,27136);
INSERT INTO step_bucket VALUES(27648,28160);
INSERT INTO step_bucket VALUES(28672,29184);
INSERT INTO step_bucket VALUES(29696,30208);
INSERT INTO step_bucket VALUES(30720,31232);
INSERT INTO step_bucket VALUES(31744,32256);
INSERT INTO step_bucket VALUES(32768,33792);
INSERT INTO step_bucket VALUES(34816,35840);
INSERT INTO step_bucket VALUES(36864,37888);
INSERT INTO step_bucket VALUES(38912,39936);
INSERT INTO step_bucket VALUES(40960,41984);
INSERT INTO step_bucket VALUES(43008,44032);
INSERT INTO step_bucket VALUES(45056,46080);
INSERT INTO step_bucket VALUES(47104,48128);
INSERT INTO step_bucket VALUES(49152,50176);
INSERT INTO step_bucket VALUES(51200,52224);
INSERT INTO step_bucket VALUES(53248,54272);
INSERT INTO step_bucket VALUES(55296,56320);
INSERT INTO step_bucket VALUES(57344,58368);
INSERT INTO step_bucket VALUES(59392,60416);
INSERT INTO step_bucket VALUES(61440,62464);
INSERT INTO step_bucket VALUES(63488,64512);
INSERT INTO step_bucket VALUES(65536,67584);
INSERT INTO step_bucket VALUES(69632,71680);
INSERT INTO step_bucket VALUES(73728,75776);
INSERT INTO step_bucket VALUES(77824,79872);
INSERT INTO step_bucket VALUES(81920,83968);
INSERT INTO step_bucket VALUES(86016,88064);
INSERT INTO step_bucket VALUES(90112,92160);
INSERT INTO step_bucket VALUES(94208,96256);
INSERT INTO step_bucket VALUES(98304,100352);
INSERT INTO step_bucket VALUES(102400,104448);
INSERT INTO step_bucket VALUES(106496,108544);
INSERT INTO step_bucket VALUES(110592,112640);
INSERT INTO step_bucket VALUES(114688,116736);
INSERT INTO step_bucket VALUES(118784,120832);
INSERT INTO step_bucket VALUES(122880,124928);
INSERT INTO step_bucket VALUES(126976,129024);
INSERT INTO step_bucket VALUES(131072,135168);
INSERT INTO step_bucket VALUES(139264,143360);
INSERT INTO step_bucket VALUES(147456,151552);
INSERT INTO step_bucket VALUES(155648,159744);
INSERT INTO step_bucket VALUES(163840,167936);
INSERT INTO step_bucket VALUES(172032,176128);
INSERT INTO step_bucket VALUES(180224,184320);
INSERT INTO step_bucket VALUES(188416,192512);
INSERT INTO step_bucket VALUES(196608,200704);
INSERT INTO step_bucket VALUES(204800,208896);
INSERT INTO step_bucket VALUES(212992,217088);
INSERT INTO step_bucket VALUES(221184,225280);
INSERT INTO step_bucket VALUES(229376,233472);
INSERT INTO step_bucket VALUES(237568,241664);
INSERT INTO step_bucket VALUES(245760,249856);
INSERT INTO step_bucket VALUES(253952,258048);
INSERT INTO step_bucket VALUES(262144,270336);
INSERT INTO step_bucket VALUES(278528,286720);
INSERT INTO step_bucket VALUES(294912,303104);
INSERT INTO step_bucket VALUES(311296,319488);
INSERT INTO step_bucket VALUES(327680,335872);
INSERT INTO step_bucket VALUES(344064,352256);
INSERT INTO step_bucket VALUES(360448,368640);
INSERT INTO step_bucket VALUES(376832,385024);
INSERT INTO step_bucket VALUES(393216,401408);
INSERT INTO step_bucket VALUES(409600,417792);
INSERT INTO step_bucket VALUES(425984,434176);
INSERT INTO step_bucket VALUES(442368,450560);
INSERT INTO step_bucket VALUES(458752,466944);
INSERT INTO step_bucket VALUES(475136,483328);
INSERT INTO step_bucket VALUES(491520,499712);
INSERT INTO step_bucket VALUES(507904,516096);
INSERT INTO step_bucket VALUES(524288,540672);
INSERT INTO step_bucket VALUES(557056,573440);
INSERT INTO step_bucket VALUES(589824,606208);
INSERT INTO step_bucket VALUES(622592,638976);
INSERT INTO step_bucket VALUES(655360,671744);
INSERT INTO step_bucket VALUES(688128,704512);
INSERT INTO step_bucket VALUES(720896,737280);
INSERT INTO step_bucket VALUES(753664,770048);
INSERT INTO step_bucket VALUES(786432,802816);
INSERT INTO step_bucket VALUES(819200,835584);
INSERT INTO step_bucket VALUES(851968,868352);
INSERT INTO step_bucket VALUES(884736,901120);
INSERT INTO step_bucket VALUES(917504,933888);
INSERT INTO step_bucket VALUES(950272,966656);
INSERT INTO step_bucket VALUES(983040,999424);
INSERT INTO step_bucket VALUES(1015808,1032192);
INSERT INTO step_bucket VALUES(1048576,1081344);
INSERT INTO step_bucket VALUES(1114112,1146880);
INSERT INTO step_bucket VALUES(1179648,1212416);
INSERT INTO step_bucket VALUES(1245184,1277952);
INSERT INTO step_bucket VALUES(1310720,1343488);
INSERT INTO step_bucket VALUES(1376256,1409024);
INSERT INTO step_bucket VALUES(1441792,1474560);
INSERT INTO step_bucket VALUES(1507328,1540096);
INSERT INTO step_bucket VALUES(1572864,1605632);
INSERT INTO step_bucket VALUES(1638400,1671168);
INSERT INTO step_bucket VALUES(1703936,1736704);
INSERT INTO step_bucket VALUES(1769472,1802240);
INSERT INTO step_bucket VALUES(1835008,1867776);
INSERT INTO step_bucket VALUES(1900544,1933312);
INSERT INTO step_bucket VALUES(1966080,1998848);
INSERT INTO step_bucket VALUES(2031616,2064384);
INSERT INTO step_bucket VALUES(2097152,2162688);
INSERT INTO step_bucket VALUES(2228224,2293760);
INSERT INTO step_bucket VALUES(2359296,2424832);
INSERT INTO step_bucket VALUES(2490368,2555904);
INSERT INTO step_bucket VALUES(2621440,2686976);
INSERT INTO step_bucket VALUES(2752512,2818048);
INSERT INTO step_bucket VALUES(2883584,2949120);
INSERT INTO step_bucket VALUES(3014656,3080192);
INSERT INTO step_bucket VALUES(3145728,3211264);
INSERT INTO step_bucket VALUES(3276800,3342336);
INSERT INTO step_bucket VALUES(3407872,3473408);
INSERT INTO step_bucket VALUES(3538944,3604480);
INSERT INTO step_bucket VALUES(3670016,3735552);
INSERT INTO step_bucket VALUES(3801088,3866624);
INSERT INTO step_bucket VALUES(3932160,3997696);
INSERT INTO step_bucket VALUES(4063232,4128768);
INSERT INTO step_bucket VALUES(4194304,4325376);
INSERT INTO step_bucket VALUES(4456448,4587520);
INSERT INTO step_bucket VALUES(4718592,4849664);
INSERT INTO step_bucket VALUES(4980736,5111808);
INSERT INTO step_bucket VALUES(5242880,5373952);
INSERT INTO step_bucket VALUES(5505024,5636096);
INSERT INTO step_bucket VALUES(5767168,5898240);
INSERT INTO step_bucket VALUES(6029312,6160384);
INSERT INTO step_bucket VALUES(6291456,6422528);
INSERT INTO step_bucket VALUES(6553600,6684672);
INSERT INTO step_bucket VALUES(6815744,6946816);
INSERT INTO step_bucket VALUES(7077888,7208960);
INSERT INTO step_bucket VALUES(7340032,7471104);
INSERT INTO step_bucket VALUES(7602176,7733248);
INSERT INTO step_bucket VALUES(7864320,7995392);
INSERT INTO step_bucket VALUES(8126464,8257536);
INSERT INTO step_bucket VALUES(8388608,8650752);
INSERT INTO step_bucket VALUES(8912896,9175040);
INSERT INTO step_bucket VALUES(9437184,9699328);
INSERT INTO step_bucket VALUES(9961472,10223616);
INSERT INTO step_bucket VALUES(10485760,10747904);
INSERT INTO step_bucket VALUES(11010048,11272192);
INSERT INTO step_bucket VALUES(11534336,11796480);
INSERT INTO step_bucket VALUES(12058624,12320768);
INSERT INTO step_bucket VALUES(12582912,12845056);
INSERT INTO step_bucket VALUES(13107200,13369344);
INSERT INTO step_bucket VALUES(13631488,13893632);
INSERT INTO step_bucket VALUES(14155776,14417920);
INSERT INTO step_bucket VALUES(14680064,14942208);
INSERT INTO step_bucket VALUES(15204352,15466496);
INSERT INTO step_bucket VALUES(15728640,15990784);
INSERT INTO step_bucket VALUES(16252928,16515072);
INSERT INTO step_bucket VALUES(16777216,17301504);
INSERT INTO step_bucket VALUES(17825792,18350080);
INSERT INTO step_bucket VALUES(18874368,19398656);
INSERT INTO step_bucket VALUES(19922944,20447232);
INSERT INTO step_bucket VALUES(20971520,21495808);
INSERT INTO step_bucket VALUES(22020096,22544384);
INSERT INTO step_bucket VALUES(23068672,23592960);
INSERT INTO step_bucket VALUES(24117248,24641536);
INSERT INTO step_bucket VALUES(25165824,25690112);
INSERT INTO step_bucket VALUES(26214400,26738688);
INSERT INTO step_bucket VALUES(27262976,27787264);
INSERT INTO step_bucket VALUES(28311552,28835840);
INSERT INTO step_bucket VALUES(29360128,29884416);
INSERT INTO step_bucket VALUES(30408704,30932992);
INSERT INTO step_bucket VALUES(31457280,31981568);
INSERT INTO step_bucket VALUES(32505856,33030144);
INSERT INTO step_bucket VALUES(33554432,34603008);
INSERT INTO step_bucket VALUES(35651584,36700160);
INSERT INTO step_bucket VALUES(37748736,38797312);
INSERT INTO step_bucket VALUES(39845888,40894464);
INSERT INTO step_bucket VALUES(41943040,42991616);
INSERT INTO step_bucket VALUES(44040192,45088768);
INSERT INTO step_bucket VALUES(46137344,47185920);
INSERT INTO step_bucket VALUES(48234496,49283072);
INSERT INTO step_bucket VALUES(50331648,51380224);
INSERT INTO step_bucket VALUES(52428800,53477376);
INSERT INTO step_bucket VALUES(54525952,55574528);
INSERT INTO step_bucket VALUES(56623104,57671680);
INSERT INTO step_bucket VALUES(58720256,59768832);
INSERT INTO step_bucket VALUES(60817408,61865984);
INSERT INTO step_bucket VALUES(62914560,63963136);
INSERT INTO step_bucket VALUES(65011712,66060288);
INSERT INTO step_bucket VALUES(67108864,69206016);
INSERT INTO step_bucket VALUES(71303168,73400320);
INSERT INTO step_bucket VALUES(75497472,77594624);
INSERT INTO step_bucket VALUES(79691776,81788928);
INSERT INTO step_bucket VALUES(83886080,85983232);
INSERT INTO step_bucket VALUES(88080384,90177536);
INSERT INTO step_bucket VALUES(92274688,94371840);
INSERT INTO step_bucket VALUES(96468992,98566144);
INSERT INTO step_bucket VALUES(100663296,102760448);
INSERT INTO step_bucket VALUES(104857600,106954752);
INSERT INTO step_bucket VALUES(109051904,111149056);
INSERT INTO step_bucket VALUES(113246208,115343360);
INSERT INTO step_bucket VALUES(117440512,119537664);
INSERT INTO step_bucket VALUES(121634816,123731968);
INSERT INTO step_bucket VALUES(125829120,127926272);
INSERT INTO step_bucket VALUES(130023424,132120576);
INSERT INTO step_bucket VALUES(134217728,138412032);
INSERT INTO step_bucket VALUES(142606336,146800640);
INSERT INTO step_bucket VALUES(150994944,155189248);
INSERT INTO step_bucket VALUES(159383552,163577856);
INSERT INTO step_bucket VALUES(167772160,171966464);
INSERT INTO step_bucket VALUES(176160768,180355072);
INSERT INTO step_bucket VALUES(184549376,188743680);
INSERT INTO step_bucket VALUES(192937984,197132288);
INSERT INTO step_bucket VALUES(201326592,205520896);
INSERT INTO step_bucket VALUES(209715200,213909504);
INSERT INTO step_bucket VALUES(218103808,222298112);
INSERT INTO step_bucket VALUES(226492416,230686720);
INSERT INTO step_bucket VALUES(234881024,239075328);
INSERT INTO step_bucket VALUES(243269632,247463936);
INSERT INTO step_bucket VALUES(251658240,255852544);
INSERT INTO step_bucket VALUES(260046848,264241152);
INSERT INTO step_bucket VALUES(268435456,276824064);
INSERT INTO step_bucket VALUES(285212672,293601280);
INSERT INTO step_bucket VALUES(301989888,310378496);
INSERT INTO step_bucket VALUES(318767104,327155712);
INSERT INTO step_bucket VALUES(335544320,343932928);
INSERT INTO step_bucket VALUES(352321536,360710144);
INSERT INTO step_bucket VALUES(369098752,377487360);
INSERT INTO step_bucket VALUES(385875968,394264576);
INSERT INTO step_bucket VALUES(402653184,411041792);
INSERT INTO step_bucket VALUES(419430400,427819008);
INSERT INTO step_bucket VALUES(436207616,444596224);
INSERT INTO step_bucket VALUES(452984832,461373440);
INSERT INTO step_bucket VALUES(469762048,478150656);
INSERT INTO step_bucket VALUES(486539264,494927872);
INSERT INTO step_bucket VALUES(503316480,511705088);
INSERT INTO step_bucket VALUES(520093696,528482304);
INSERT INTO step_bucket VALUES(536870912,553648128);
INSERT INTO step_bucket VALUES(570425344,587202560);
INSERT INTO step_bucket VALUES(603979776,620756992);
INSERT INTO step_bucket VALUES(637534208,654311424);
INSERT INTO step_bucket VALUES(671088640,687865856);
INSERT INTO step_bucket VALUES(704643072,721420288);
INSERT INTO step_bucket VALUES(738197504,754974720);
INSERT INTO step_bucket VALUES(771751936,788529152);
INSERT INTO step_bucket VALUES(805306368,822083584);
INSERT INTO step_bucket VALUES(838860800,855638016);
INSERT INTO step_bucket VALUES(872415232,889192448);
INSERT INTO step_bucket VALUES(905969664,922746880);
INSERT INTO step_bucket VALUES(939524096,956301312);
INSERT INTO step_bucket VALUES(973078528,989855744);
INSERT INTO step_bucket VALUES(1006632960,1023410176);
INSERT INTO step_bucket VALUES(1040187392,1056964608);
INSERT INTO step_bucket VALUES(1073741824,1107296256);
INSERT INTO step_bucket VALUES(1140850688,1174405120);
INSERT INTO step_bucket VALUES(1207959552,1241513984);
INSERT INTO step_bucket VALUES(1275068416,1308622848);
INSERT INTO step_bucket VALUES(1342177280,1375731712);
INSERT INTO step_bucket VALUES(1409286144,1442840576);
INSERT INTO step_bucket VALUES(1476395008,1509949440);
INSERT INTO step_bucket VALUES(1543503872,1577058304);
INSERT INTO step_bucket VALUES(1610612736,1644167168);
INSERT INTO step_bucket VALUES(1677721600,1711276032);
INSERT INTO step_bucket VALUES(1744830464,1778384896);
INSERT INTO step_bucket VALUES(1811939328,1845493760);
INSERT INTO step_bucket VALUES(1879048192,1912602624);
INSERT INTO step_bucket VALUES(1946157056,1979711488);
INSERT INTO step_bucket VALUES(2013265920,2046820352);
INSERT INTO step_bucket VALUES(2080374784,2113929216);
CREATE INDEX visit_imei ON visit (imei, id);
CREATE INDEX visit_slot ON visit (slot_label, id);
CREATE INDEX visit_begin ON visit (begin_us);
CREATE INDEX visit_order ON visit (work_order, imei) WHERE work_order IS NOT NULL;
CREATE INDEX visit_open ON visit (id) WHERE end_us IS NULL;
CREATE INDEX attempt_visit ON attempt (visit);
CREATE INDEX attempt_imei ON attempt (imei, id);
CREATE INDEX attempt_outcome ON attempt (outcome, id);
CREATE INDEX attempt_resolves ON attempt (resolves) WHERE resolves IS NOT NULL;
CREATE INDEX attempt_open ON attempt (id) WHERE end_us IS NULL;
CREATE INDEX setting_imei ON setting (imei, key, id);
CREATE INDEX setting_attempt ON setting (attempt, id) WHERE attempt IS NOT NULL;
CREATE INDEX debt_open ON debt (imei, attempt) WHERE settled_us IS NULL;
CREATE INDEX debt_imei ON debt (imei);
CREATE INDEX debt_visit ON debt (visit);
CREATE INDEX debt_settled ON debt (settled_by) WHERE settled_by IS NOT NULL;
CREATE TRIGGER attempt_closed BEFORE UPDATE ON attempt WHEN OLD.end_us IS NOT NULL BEGIN
	SELECT RAISE(ABORT, 'a closed attempt is never changed');
END;
CREATE TRIGGER visit_closed BEFORE UPDATE ON visit WHEN OLD.end_us IS NOT NULL BEGIN
	SELECT RAISE(ABORT, 'a closed visit is never changed');
END;
CREATE INDEX visit_model ON visit (coalesce(model_name, model), id);
CREATE INDEX visit_worker ON visit (worker, id) WHERE worker IS NOT NULL;
CREATE INDEX attempt_begin ON attempt (begin_us);
CREATE INDEX attempt_fault ON attempt (fault, id) WHERE fault IS NOT NULL;
CREATE INDEX attempt_package ON attempt (package, id) WHERE package IS NOT NULL;
CREATE INDEX attempt_version ON attempt (version_after, id) WHERE version_after IS NOT NULL;
CREATE INDEX attempt_before ON attempt (version_before, id) WHERE version_before IS NOT NULL;
CREATE INDEX event_visit ON event (visit, id) WHERE visit IS NOT NULL;
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
CREATE VIEW step_bucket_anew AS
WITH RECURSIVE
	exact(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM exact WHERE n < 31),
	width(w) AS (SELECT 2 UNION ALL SELECT w * 2 FROM width WHERE w < 67108864),
	part(p) AS (SELECT 16 UNION ALL SELECT p + 1 FROM part WHERE p < 31)
SELECT n AS low, n AS about FROM exact UNION ALL SELECT w * p, w * p + w / 2 FROM width, part;
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
CREATE VIEW step_sums AS
SELECT
	s.attempt, a.begin_us, date(v.begin_us / 1000000 + coalesce(v.zone_min, 0) * 60, 'unixepoch') AS day,
	v.slot_label AS slot, coalesce(v.model_name, v.model, '') AS model, a.procedure, s.name AS step, s.outcome IS 0 AS good,
	(SELECT about FROM step_bucket WHERE low <= max(s.ms, 0) ORDER BY low DESC LIMIT 1) AS about_ms, s.ms
FROM step_run s JOIN attempt a ON a.id = s.attempt JOIN visit v ON v.id = a.visit
WHERE a.end_us IS NOT NULL AND v.end_us IS NOT NULL AND s.ms IS NOT NULL;
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
CREATE VIEW v_faults AS
SELECT f.name AS fault, f.blame, f.text, count(*) AS attempts, count(DISTINCT a.imei) AS units
FROM attempt a
JOIN fault_code f ON f.code = a.fault
WHERE a.fault IS NOT NULL AND a.operation IN ('update', 'check')
	AND NOT EXISTS (SELECT 1 FROM debt d WHERE d.attempt = a.id AND d.settled_by IS NOT NULL)
GROUP BY f.code;
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
COMMIT;
