/* SPDX-License-Identifier: Apache-2.0 */
/* What the adapters and composite modules of the rack look like on USB. It knows descriptors only.
 * */
#include "bus.h"

const UsbShape usb_ftdi = {
	"ftdi",     0x0403,
	0x6001,     0x0600,
	"FTDI",     "FT232R USB UART",
	"A502%04u", { { 0xff, 0xff, 0xff, "ftdi_sio", true } },
	1,
};

const UsbShape usb_cp210x = {
	"cp210x",
	0x10c4,
	0xea60,
	0x0100,
	"Silicon Labs",
	"CP2102 USB to UART Bridge Controller",
	"0001",
	{ { 0xff, 0x00, 0x00, "cp210x", true } },
	1,
};

const UsbShape usb_ch340 = {
	"ch340", 0x1a86,       0x7523, 0x0264,
	NULL,    "USB Serial", NULL,   { { 0xff, 0x01, 0x02, "ch341-uart", true } },
	1,
};

const UsbShape usb_pl2303 = {
	"pl2303",
	0x067b,
	0x2303,
	0x0300,
	"Prolific Technology Inc.",
	"USB-Serial Controller",
	NULL,
	{ { 0xff, 0x00, 0x00, "pl2303", true } },
	1,
};

/* DIAG, NMEA, AT, modem, audio, and an interface that no serial driver takes; all units say the
 * same serial number. */
const UsbShape usb_simcom = {
	"simcom",
	0x1e0e,
	0x9001,
	0x0318,
	"SimTech, Incorporated",
	"SimTech SIM7000",
	"1234567890ABCDEF",
	{ { 0xff, 0xff, 0xff, "option", true },
	  { 0xff, 0x00, 0x00, "option", true },
	  { 0xff, 0x00, 0x00, "option", true },
	  { 0xff, 0x00, 0x00, "option", true },
	  { 0xff, 0x00, 0x00, "option", true },
	  { 0xff, 0xff, 0xff, NULL, false } },
	6,
};

const UsbShape usb_qdl = {
	"qdl",
	0x05c6,
	0x9008,
	0x0000,
	"Qualcomm CDMA Technologies MSM",
	"QHSUSB__BULK",
	NULL,
	{ { 0xff, 0xff, 0xff, "qcserial", true } },
	1,
};
