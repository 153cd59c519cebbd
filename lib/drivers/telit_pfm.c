/* SPDX-License-Identifier: Apache-2.0
 *
 * Telit Premium FOTA Management over SMS, over SMS and TCP/IP together, and over TCP/IP alone, after application note
 * 80000NT10013a Rev.13: the step tables. It knows no port, no record and no screen. */
#include "lib/drivers/drivers.h"

#include <glib/gi18n.h>

#include "lib/drivers/telit.h"

#define LOST (STEP_DANGER | STEP_LOSSY)
/* In the dangerous stretch nobody looks at the unit but through its reports and its lines. */
#define DEAF (LOST | STEP_SIGNALS)

/* 3.1.2, 4.1.2, 5.1.2 */
static const char *const forbid[] = { "AT#GPRS",   "AT#SGACT",  "AT+CGATT",   "AT+CGACT", "ATD",
				      "AT+COPS=2", "AT+CFUN=4", "AT+CGCLASS", NULL };

/* clang-format off */

/* Weights 23. */
#define PREPARE_ROWS                                                                               \
	{ .name = "supported", .weight = 1, .timeout_s = 5, .tries = 1,                            \
	  .fault = FAULT_FIRMWARE_TOO_OLD, .on = telit_on_supported },                             \
	{ .name = "save", .weight = 2, .timeout_s = 5, .limit_s = 180, .tries = 3, .pause_ms = 1000, \
	  .at = "AT", .fault = FAULT_NO_ANSWER, .on = telit_on_save },                             \
	{ .name = "echo-off", .weight = 1, .timeout_s = 5, .tries = 3, .pause_ms = 500,            \
	  .at = "ATE0", .fault = FAULT_NO_ANSWER },                                                \
	{ .name = "errors", .weight = 1, .timeout_s = 5, .tries = 2, .pause_ms = 500,              \
	  .flags = STEP_OPTIONAL, .at = "AT+CMEE=1", .fault = FAULT_COMMAND_REFUSED },             \
	{ .name = "service", .weight = 1, .timeout_s = 5, .tries = 3, .pause_ms = 1000,            \
	  .at = "AT#OTASUAN=,2,1", .fault = FAULT_NO_ANSWER, .on = telit_on_service },             \
	{ .name = "running", .weight = 1, .timeout_s = 5, .tries = 1, .flags = STEP_OPTIONAL,      \
	  .at = "AT#OTAIPUPD?", .expect = "#OTAIPUPD:", .fault = FAULT_COMMAND_REFUSED,            \
	  .on = telit_on_running },                                                                \
	{ .name = "speed", .weight = 1, .timeout_s = 5, .tries = 2, .pause_ms = 500,               \
	  .flags = STEP_OPTIONAL, .at = "AT+IPR?", .expect = "+IPR:",                              \
	  .fault = FAULT_COMMAND_REFUSED, .on = telit_on_speed },                                  \
	{ .name = "attach", .weight = 1, .timeout_s = 10, .tries = 2, .pause_ms = 1000,            \
	  .at = "AT#AUTOATT?", .expect = "#AUTOATT:", .fault = FAULT_COMMAND_REFUSED,              \
	  .on = telit_on_attach },                                                                 \
	{ .name = "class", .weight = 1, .timeout_s = 20, .tries = 2, .pause_ms = 1000,             \
	  .at = "AT+CGCLASS?", .expect = "+CGCLASS:", .fault = FAULT_COMMAND_REFUSED,              \
	  .on = telit_on_class },                                                                  \
	{ .name = "radio", .weight = 1, .timeout_s = 15, .tries = 2, .pause_ms = 1000,             \
	  .fault = FAULT_NOT_FUNCTIONAL, .on = op_radio_on },                                      \
	{ .name = "card", .weight = 1, .timeout_s = 5, .tries = 2, .pause_ms = 500,                \
	  .flags = STEP_OPTIONAL, .at = "AT#CCID|AT+CCID", .fault = FAULT_NO_SIM,                  \
	  .on = telit_on_card },                                                                   \
	{ .name = "sim", .weight = 1, .timeout_s = 5, .tries = 8, .pause_ms = 2000,                \
	  .at = "AT+CPIN?", .expect = "+CPIN:", .fault = FAULT_NO_SIM, .on = op_sim },             \
	{ .name = "pin", .weight = 1, .timeout_s = 20, .tries = 1, .flags = STEP_ONCE | STEP_SECRET, \
	  .at = "AT+CPIN=${pin}", .fault = FAULT_SIM_LOCKED, .on = op_pin },                       \
	{ .name = "registered", .weight = 5, .timeout_s = 5, .limit_s = 120, .tries = 100,         \
	  .pause_ms = 2000, .fault = FAULT_NOT_REGISTERED, .on = telit_on_registered },            \
	{ .name = "signal", .weight = 1, .timeout_s = 5, .tries = 1, .flags = STEP_OPTIONAL,       \
	  .at = "AT+CSQ", .expect = "+CSQ:", .fault = FAULT_NOT_REGISTERED },                      \
	{ .name = "subscriber", .weight = 1, .timeout_s = 5, .tries = 4, .pause_ms = 1000,         \
	  .flags = STEP_OPTIONAL, .at = "AT+CIMI|AT#CIMI", .fault = FAULT_NO_SIM,                  \
	  .on = telit_on_subscriber },                                                             \
	{ .name = "number", .weight = 2, .timeout_s = 10, .tries = 1, .flags = STEP_OPTIONAL,      \
	  .at = "AT+CNUM", .expect = "+CNUM:", .fault = FAULT_NO_SIM, .on = telit_on_number }

#define DECIDE_ROW                                                                                 \
	{ .name = "registration", .weight = 1, .timeout_s = 5, .tries = 1,                         \
	  .fault = FAULT_NO_REGISTRATION, .on = telit_on_registration }
#define CONFIRM_ROW(w)                                                                             \
	{ .name = "confirmed", .weight = (w), .timeout_s = 310, .tries = 1, .poll_ms = 1000,       \
	  .fault = FAULT_NO_REGISTRATION, .on = telit_on_confirmed }

/* `w` is the weight of the wait. Weights 2 + w. */
#define REGISTER_SMS_ROWS(w)                                                                       \
	DECIDE_ROW,                                                                                \
	{ .name = "register", .weight = 1, .timeout_s = 30, .tries = 3, .pause_ms = 5000,          \
	  .at = "AT#OTASNAP=${pfm_number}", .fault = FAULT_COMMAND_REFUSED,                        \
	  .on = telit_on_register },                                                               \
	CONFIRM_ROW(w)
/* Weights 3 + w. */
#define REGISTER_IP_ROWS(w)                                                                        \
	DECIDE_ROW,                                                                                \
	{ .name = "access", .weight = 1, .timeout_s = 10, .tries = 3, .pause_ms = 2000,            \
	  .flags = STEP_SECRET, .at = "AT#OTASNAPIPCFG=${pfm_access}",                             \
	  .fault = FAULT_COMMAND_REFUSED, .on = telit_on_register },                               \
	{ .name = "register", .weight = 1, .timeout_s = 30, .tries = 3, .pause_ms = 5000,          \
	  .at = "AT#OTASNAPIP=${pfm_server}", .fault = FAULT_COMMAND_REFUSED,                      \
	  .on = telit_on_register },                                                               \
	CONFIRM_ROW(w)

/* Until the server calls. Weights 3. */
#define REQUEST_ROWS(wait)                                                                         \
	{ .name = "request", .weight = 2, .timeout_s = (wait), .tries = 1, .poll_ms = 15000,       \
	  .fault = FAULT_NO_SERVER_REQUEST, .on = telit_on_request },                              \
	{ .name = "still-here", .weight = 1, .timeout_s = 5, .tries = 6, .pause_ms = 500,          \
	  .at = OPS_ASK_IMEI, .fault = FAULT_NO_ANSWER, .on = telit_on_still_here }

/* `f`: STEP_FORBID where the document inhibits commands. Weights 1. */
#define ACCEPT_ROW(f)                                                                              \
	{ .name = "accept", .weight = 1, .timeout_s = 15, .tries = 1, .flags = LOST | (f),         \
	  .at = "AT#OTASUAN=1", .fault = FAULT_NO_START, .on = telit_on_start }
/* Weights 20. */
#define DOWNLOAD_ROW                                                                               \
	{ .name = "download", .weight = 20, .timeout_s = 600, .limit_s = 1500, .tries = 1,         \
	  .flags = DEAF | STEP_FORBID, .fault = FAULT_DOWNLOAD_FAILED, .on = telit_on_download }
/* Weights w. */
#define FLASH_ROW(f, w)                                                                            \
	{ .name = "flash", .weight = (w), .timeout_s = 300, .limit_s = 1500, .tries = 1,           \
	  .flags = DEAF | (f), .fault = FAULT_FLASH_SILENT, .on = telit_on_flash }

/* Behind the reboot its reports are switched off again and its SIM may want its PIN, or the server is never told; more is not said
 * to it before that, but who it is: another unit in its place is left as it is, one that does not say it yet says it later.
 * Weights 18. */
#define VERIFY_ROWS(f)                                                                             \
	{ .name = "return", .weight = 2, .timeout_s = 60, .tries = 1, .poll_ms = 1000,             \
	  .flags = LOST | STEP_RETURN | (f), .fault = FAULT_NEVER_CAME_BACK, .on = telit_on_return }, \
	{ .name = "who-is-back", .weight = 1, .timeout_s = 5, .limit_s = 30, .tries = 10, .pause_ms = 1000, \
	  .flags = LOST | STEP_OPTIONAL | (f), .at = OPS_ASK_IMEI,                         \
	  .fault = FAULT_IMEI_CHANGED, .on = telit_on_who },                                       \
	{ .name = "echo-off-again", .weight = 1, .timeout_s = 5, .tries = 3, .pause_ms = 500,      \
	  .flags = LOST | STEP_OPTIONAL | STEP_IF_NEEDED | (f), .at = "ATE0",                      \
	  .fault = FAULT_NO_ANSWER, .on = telit_on_again },                                        \
	{ .name = "errors-again", .weight = 1, .timeout_s = 5, .tries = 2, .pause_ms = 500,        \
	  .flags = LOST | STEP_OPTIONAL | STEP_IF_NEEDED | (f), .at = "AT+CMEE=1",                 \
	  .fault = FAULT_COMMAND_REFUSED, .on = telit_on_again },                                  \
	{ .name = "service-again", .weight = 1, .timeout_s = 5, .tries = 2, .pause_ms = 500,       \
	  .flags = LOST | STEP_OPTIONAL | STEP_IF_NEEDED | (f), .at = "AT#OTASUAN=,2,1",           \
	  .fault = FAULT_COMMAND_REFUSED, .on = telit_on_again },                                  \
	{ .name = "sim-again", .weight = 1, .timeout_s = 5, .tries = 4, .pause_ms = 2000,          \
	  .flags = LOST | STEP_OPTIONAL | (f), .at = "AT+CPIN?", .expect = "+CPIN:",               \
	  .fault = FAULT_NO_SIM, .on = telit_on_sim_again },                                       \
	{ .name = "whose-sim", .weight = 1, .timeout_s = 5, .tries = 10, .pause_ms = 1000,         \
	  .flags = LOST | (f), .at = OPS_ASK_IMEI, .fault = FAULT_IMEI_CHANGED,            \
	  .on = op_same_imei },                                                                    \
	{ .name = "pin-again", .weight = 1, .timeout_s = 20, .tries = 1,                           \
	  .flags = LOST | STEP_ONCE | STEP_SECRET | (f), .at = "AT+CPIN=${pin}",                   \
	  .fault = FAULT_SIM_LOCKED, .on = telit_on_pin_again },                                   \
	{ .name = "served", .weight = 2, .timeout_s = 300, .tries = 1,                             \
	  .flags = LOST | STEP_OPTIONAL | (f), .fault = FAULT_NO_SERVER_REQUEST,                   \
	  .on = telit_on_served },                                                                 \
	OPS_IMEI_ROW(LOST),                                                                        \
	OPS_STATE_ROWS(LOST, telit_on_version, OPS_VERSION_TIMES),                                                    \
	{ .name = "restore", .weight = 1, .timeout_s = 10, .limit_s = 300, .tries = 2,             \
	  .pause_ms = 1000, .flags = LOST, .fault = FAULT_SETTINGS_LOST, .on = telit_on_restore }
/* Weights 1. */
#define RELEASE_ROW                                                                                \
	{ .name = "release", .weight = 1, .timeout_s = 10, .tries = 3, .pause_ms = 1000,           \
	  .flags = LOST, .fault = FAULT_COMMAND_REFUSED, .on = telit_on_release }

static const Step sms_steps[] = {
	PREPARE_ROWS,
	REGISTER_SMS_ROWS(3),
	REQUEST_ROWS(3600),
	ACCEPT_ROW(0),
	DOWNLOAD_ROW,
	FLASH_ROW(0, 29),
	VERIFY_ROWS(0),
	RELEASE_ROW,
};

static const Step combined_steps[] = {
	PREPARE_ROWS,
	REGISTER_IP_ROWS(3),
	REQUEST_ROWS(3600),
	ACCEPT_ROW(STEP_FORBID),
	DOWNLOAD_ROW,
	FLASH_ROW(STEP_FORBID, 28),
	VERIFY_ROWS(STEP_FORBID),
	RELEASE_ROW,
};

static const Step tcpip_steps[] = {
	PREPARE_ROWS,
	REGISTER_IP_ROWS(3),
	{ .name = "server", .weight = 1, .timeout_s = 10, .tries = 2, .pause_ms = 1000,
	  .flags = STEP_OPTIONAL | STEP_IF_NEEDED, .at = "AT#OTAIPCFG=${pfm_update}",
	  .fault = FAULT_COMMAND_REFUSED, .on = telit_on_server },
	{ .name = "still-here", .weight = 1, .timeout_s = 5, .tries = 6, .pause_ms = 500,
	  .at = OPS_ASK_IMEI, .fault = FAULT_NO_ANSWER, .on = telit_on_still_here },
	{ .name = "start", .weight = 1, .timeout_s = 30, .tries = 1, .flags = LOST | STEP_FORBID,
	  .at = "AT#OTAIPUPD", .fault = FAULT_NO_START, .on = telit_on_start },
	DOWNLOAD_ROW,
	FLASH_ROW(STEP_FORBID, 29),
	VERIFY_ROWS(STEP_FORBID),
	RELEASE_ROW,
};

static const Step sms_register_steps[] = {
	PREPARE_ROWS,
	REGISTER_SMS_ROWS(75),
};

static const Step ip_register_steps[] = {
	PREPARE_ROWS,
	REGISTER_IP_ROWS(74),
};

/* The question is the same as before an update, and so is the danger: what follows it is the server's choice. */
#define TEST_ROWS(f, w)                                                                            \
	REQUEST_ROWS(1800),                                                                        \
	ACCEPT_ROW(f),                                                                             \
	DOWNLOAD_ROW,                                                                              \
	{ .name = "tested", .weight = (w), .timeout_s = 300, .tries = 1, .poll_ms = 1000,           \
	  .flags = DEAF | STEP_FORBID, .fault = FAULT_FLASH_SILENT, .on = telit_on_tested },       \
	VERIFY_ROWS(f)

static const Step sms_test_steps[] = {
	PREPARE_ROWS,
	REGISTER_SMS_ROWS(3),
	TEST_ROWS(0, 30),
};

static const Step combined_test_steps[] = {
	PREPARE_ROWS,
	REGISTER_IP_ROWS(3),
	TEST_ROWS(STEP_FORBID, 29),
};

#define NOTIFIED_ROW(w)                                                                            \
	{ .name = "request", .weight = (w), .timeout_s = 1800, .tries = 1, .poll_ms = 15000,       \
	  .fault = FAULT_NO_SERVER_REQUEST, .on = telit_on_notified_request }

static const Step sms_query_steps[] = {
	PREPARE_ROWS,
	REGISTER_SMS_ROWS(3),
	NOTIFIED_ROW(72),
};

static const Step combined_query_steps[] = {
	PREPARE_ROWS,
	REGISTER_IP_ROWS(3),
	NOTIFIED_ROW(71),
};

/* Its echo is left as it is: there may be no set that says what it was. */
static const Step check_steps[] = {
	{ .name = "answers", .weight = 90, .timeout_s = 5, .tries = 3, .pause_ms = 500,
	  .at = "AT", .fault = FAULT_NO_ANSWER },
	OPS_PROOF_ROWS(0),
	{ .name = "restore", .weight = 4, .timeout_s = 10, .limit_s = 300, .tries = 2,
	  .pause_ms = 1000, .fault = FAULT_SETTINGS_LOST, .on = telit_on_restore },
};

static const Step leave[] = {
	{ .name = "restore-last", .timeout_s = 10, .limit_s = 300, .tries = 1, .flags = STEP_OPTIONAL,
	  .fault = FAULT_SETTINGS_LOST, .on = telit_on_restore_last },
	{ .name = "radio-back", .timeout_s = 15, .tries = 1, .flags = STEP_OPTIONAL,
	  .fault = FAULT_NOT_FUNCTIONAL, .on = op_radio_back },
};

/* PROCEDURE(variable, name, table, operation, adopts, needs, summary): those that adopt are those that may flash. */
#define PROCEDURE_LIST(PROCEDURE)                                                          \
	PROCEDURE(combined, "telit-pfm-combined", combined_steps, NULL, "download", CLOUD_ADDRESS,\
		  N_("Telit Premium FOTA Management: called by SMS, the rest over TCP/IP"))\
	PROCEDURE(sms, "telit-pfm-sms", sms_steps, NULL, "download", CLOUD_NUMBER,         \
		  N_("Telit Premium FOTA Management: called and reported by SMS"))         \
	PROCEDURE(tcpip, "telit-pfm-tcpip", tcpip_steps, NULL, "download", CLOUD_ADDRESS,  \
		  N_("Telit Premium FOTA Management: started by the station, over TCP/IP"))\
	PROCEDURE(sms_register, "telit-pfm-sms-register", sms_register_steps, "register", NULL, CLOUD_NUMBER,\
		  N_("Telit: registers the unit with the update service by SMS"))          \
	PROCEDURE(combined_register, "telit-pfm-combined-register", ip_register_steps, "register", NULL, CLOUD_ADDRESS,\
		  N_("Telit: registers the unit with the update service over TCP/IP"))     \
	PROCEDURE(tcpip_register, "telit-pfm-tcpip-register", ip_register_steps, "register", NULL, CLOUD_ADDRESS,\
		  N_("Telit: registers the unit with the update service over TCP/IP"))     \
	PROCEDURE(sms_test, "telit-pfm-sms-test", sms_test_steps, "test", "download", CLOUD_NUMBER,\
		  N_("Telit: the server tries a download by SMS protocol without an update"))\
	PROCEDURE(combined_test, "telit-pfm-combined-test", combined_test_steps, "test", "download", CLOUD_ADDRESS,\
		  N_("Telit: the server tries a download by combined protocol without an update"))\
	PROCEDURE(sms_query, "telit-pfm-sms-query", sms_query_steps, "query", NULL, CLOUD_NUMBER,\
		  N_("Telit: the server asks the unit by SMS who it is"))                  \
	PROCEDURE(combined_query, "telit-pfm-combined-query", combined_query_steps, "query", NULL, CLOUD_ADDRESS,\
		  N_("Telit: the server asks the unit over TCP/IP who it is"))             \
	PROCEDURE(settling, "telit-pfm-check", check_steps, "check", NULL, 0,              \
		  N_("Telit: reads back what a unit is that is owed an answer, and restores its settings"))
/* clang-format on */

#define PROCEDURE(id, procedure_name, table, what, adopts, needs, words)                           \
	static const Procedure id##_procedure = {                                                  \
		.name = procedure_name,                                                            \
		.summary = words,                                                                  \
		.steps = table,                                                                    \
		.n_steps = G_N_ELEMENTS(table),                                                    \
		.leave = leave,                                                                    \
		.n_leave = G_N_ELEMENTS(leave),                                                    \
		.operation = what,                                                                 \
		.forbid = forbid,                                                                  \
		.adopt_at = adopts,                                                                \
		.danger_limit_s = (adopts) ? 1800 : 0,                                             \
		.fetches = true,                                                                   \
		.network = true,                                                                   \
		.cloud = (needs),                                                                  \
	};
PROCEDURE_LIST(PROCEDURE)
#undef PROCEDURE

static const Procedure *const procedures[] = {
#define PROCEDURE(id, procedure_name, table, what, adopts, needs, words) &id##_procedure,
	PROCEDURE_LIST(PROCEDURE)
#undef PROCEDURE
		NULL,
};

static const char *const reports[] = { "#OTAEV:", "#QSS:", NULL };
static const char *const adopt[] = { "#OTAEV: Automatic",  "#OTAEV: Start",    "#OTAEV: Fw D",
				     "#OTAEV: Firmware D", "#OTAEV: Module U", NULL };

const Driver telit_pfm_driver = {
	.name = "telit-pfm",
	.reports = reports,
	.adopt = adopt,
	.begins = telit_begins,
	.procedures = procedures,
	.state_size = sizeof(TelitState),
	.dcd_moves = true,
	.pin_tries = "AT#PCT",
	.question = "#OTAEV: Do you want",
	.no = "AT#OTASUAN=0",
	.erased = TELIT_ERASED,
	.restored = TELIT_RESTORED,
	.check = &settling_procedure,
};
