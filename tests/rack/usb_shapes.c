/* SPDX-License-Identifier: Apache-2.0 */
/* What the adapters and composite modules of the rack look like on USB. It knows descriptors only.
 * */
#include "bus.h"

const UsbShape usb_ftdi = {
	"ftdi",
	0x0403,
	0x6001,
	0x0600,
	"FTDI",
	"FT232R USB UART",
	"A502%04u",
	{ { 0xff, 0xff, 0xff, "ftdi_sio", true } },
	.n_interfaces = 1,
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
	.n_interfaces = 1,
};

const UsbShape usb_ch340 = {
	"ch340",
	0x1a86,
	0x7523,
	0x0264,
	NULL,
	"USB Serial",
	NULL,
	{ { 0xff, 0x01, 0x02, "ch341-uart", true } },
	.n_interfaces = 1,
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
	.n_interfaces = 1,
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
	.n_interfaces = 6,
	.at = 2,
	.second = 3,
	.nmea = 1,
};

/* The same with a network interface. */
const UsbShape usb_sim7600 = {
	"sim7600",
	0x1e0e,
	0x9001,
	0x0318,
	"SimTech, Incorporated",
	"SimTech, Incorporated",
	"0123456789ABCDEF",
	{ { 0xff, 0xff, 0xff, "option", true },
	  { 0xff, 0x00, 0x00, "option", true },
	  { 0xff, 0x00, 0x00, "option", true },
	  { 0xff, 0x00, 0x00, "option", true },
	  { 0xff, 0x00, 0x00, "option", true },
	  { 0xff, 0xff, 0xff, "qmi_wwan", false } },
	.n_interfaces = 6,
	.at = 2,
	.second = 3,
	.nmea = 1,
};

/* DIAG, NMEA, AT, log, DAM, modem: as they leave the factory. */
const UsbShape usb_9206 = {
	"sim7080",
	0x1e0e,
	0x9206,
	0x0000,
	"SIMCOM",
	"SIMCOM SIM7080",
	"1234567890ABCDEF",
	{ { 0xff, 0xff, 0xff, "option", true },
	  { 0xff, 0x00, 0x00, "option", true },
	  { 0xff, 0x00, 0x00, "option", true },
	  { 0xff, 0xff, 0xff, "option", true },
	  { 0xff, 0xff, 0xff, "option", true },
	  { 0xff, 0x00, 0x00, "option", true } },
	.n_interfaces = 6,
	.at = 2,
	.second = 5,
	.nmea = 1,
};

/* DIAG, NMEA, AT, modem, network. */
const UsbShape usb_9205 = {
	"sim7080-9205",
	0x1e0e,
	0x9205,
	0x0000,
	"SIMCOM",
	"SIMCOM SIM7080",
	"1234567890ABCDEF",
	{ { 0xff, 0xff, 0xff, "option", true },
	  { 0xff, 0x00, 0x00, "option", true },
	  { 0xff, 0x00, 0x00, "option", true },
	  { 0xff, 0x00, 0x00, "option", true },
	  { 0x02, 0x06, 0x00, "cdc_ether", false } },
	.n_interfaces = 5,
	.at = 2,
	.second = 3,
	.nmea = 1,
};

/* Communication and data interfaces in pairs; the first has the tty. */
#define ACM                                                                                        \
	{ 0x02, 0x02, 0x01, "cdc_acm", true },                                                     \
	{                                                                                          \
		0x0a, 0x00, 0x00, "cdc_acm", false                                                 \
	}

/* AT, trace, trace, second AT, trace, NMEA. */
const UsbShape usb_he910 = {
	"he910", 0x1bc7,      0x0021, 0x1730,
	"Telit", "6 CDC-ACM", "%s",   { ACM, ACM, ACM, ACM, ACM, ACM },
	12,      0,           6,      10,
};

const UsbShape usb_he910_7 = {
	"he910-7", 0x1bc7,      0x0021, 0x1730,
	"Telit",   "7 CDC-ACM", "%s",   { ACM, ACM, ACM, ACM, ACM, ACM, ACM },
	14,        0,           6,      10,
};

const UsbShape usb_ge910 = {
	"ge910", 0x1bc7, 0x0022, 0x1300, "Telit", "2 CDC-ACM", "%s", { ACM, ACM }, 4, 0, 2,
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
	.n_interfaces = 1,
};

const UsbShape usb_gnss = {
	"gnss",
	0x1546,
	0x01a8,
	0x0300,
	"u-blox AG - www.u-blox.com",
	"u-blox GNSS receiver",
	NULL,
	{ { 0x02, 0x02, 0x01, "cdc_acm", true }, { 0x0a, 0x00, 0x00, "cdc_acm", false } },
	.n_interfaces = 2,
};
