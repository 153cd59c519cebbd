/* SPDX-License-Identifier: Apache-2.0
 *
 * The closed lists a verdict is made of: outcomes, and faults with what to say and what to do about each.
 * It does not know who decides on them, nor how they are shown or stored. */
#pragma once

#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

typedef enum {
	OUTCOME_NONE, /* still open */
	OUTCOME_PASS,
	OUTCOME_CURRENT,
	OUTCOME_FAIL,
	OUTCOME_ABORTED,
	OUTCOME_INTERRUPTED,
	OUTCOME_SKIPPED,
	N_OUTCOMES
} Outcome;

typedef enum { BLAME_UNIT, BLAME_FIXTURE, BLAME_PACKAGE, BLAME_NETWORK, BLAME_STATION } Blame;

/* clang-format off */
/* FAULT(name, code, blame, transient, text, next action)
 * Codes are stored for good: never renumber, never use one again. A transient fault is worth another try in the same
 * visit. Texts are for people and translated where they are shown; names are for programs and stay English. */
#define FAULT_LIST(FAULT)                                                                          \
	FAULT(NO_ANSWER, 101, UNIT, 1, N_("the unit stopped answering"),                           \
	      N_("check how it sits in the fixture, then retest"))                                 \
	FAULT(NO_IDENTITY, 102, UNIT, 0, N_("the unit does not say what it is"),                   \
	      N_("remove it and give it to repair"))                                               \
	FAULT(UNKNOWN_MODEL, 103, UNIT, 0, N_("this model is not in the catalogue"),               \
	      N_("remove it, it does not belong to this order"))                                   \
	FAULT(IN_BOOTLOADER, 104, UNIT, 0, N_("only the bootloader of the unit is there"),         \
	      N_("remove it and give it to repair"))                                               \
	FAULT(BAD_IMEI, 105, UNIT, 0, N_("the IMEI is blank or invalid"),                          \
	      N_("remove it and give it to repair"))                                               \
	FAULT(DUPLICATE_IMEI, 106, UNIT, 0, N_("another unit here has the same IMEI"),             \
	      N_("remove both and give them to the quality engineer"))                             \
	FAULT(IMEI_CHANGED, 107, UNIT, 0, N_("the IMEI is not what it was before the update"),     \
	      N_("remove it and give it to the quality engineer"))                                 \
	FAULT(MODEL_CHANGED, 108, UNIT, 0, N_("the model is not what it was before the update"),   \
	      N_("remove it and give it to the quality engineer"))                                 \
	FAULT(FTM, 109, UNIT, 0, N_("the unit is in factory test mode"),                           \
	      N_("remove it and give it to repair"))                                               \
	FAULT(NOT_FUNCTIONAL, 110, UNIT, 0, N_("the unit is not in normal operation"),             \
	      N_("remove it and give it to repair"))                                               \
	FAULT(WRONG_VERSION, 111, UNIT, 0, N_("the version read back is not the target"),          \
	      N_("remove it, retest it once"))                                                     \
	FAULT(UPDATE_LIMIT, 112, UNIT, 0, N_("the unit has used up its updates"),                  \
	      N_("remove it, its flash may not be written again"))                                 \
	FAULT(NO_DFOTA, 113, UNIT, 0, N_("the firmware does not know the update command"),         \
	      N_("remove it, it needs an update by cable"))                                        \
	FAULT(NO_SPACE, 114, UNIT, 0, N_("no room for the package in the unit"),                   \
	      N_("remove it and give it to repair"))                                               \
	FAULT(FILE_ERROR, 115, UNIT, 1, N_("the unit's file system refused"), N_("retest it once")) \
	FAULT(UPLOAD_LOST, 116, UNIT, 1, N_("the transfer of the package broke off"),              \
	      N_("check how it sits in the fixture, then retest"))                                 \
	FAULT(UPLOAD_DAMAGED, 117, FIXTURE, 1, N_("the package did not arrive as it was sent"),    \
	      N_("check the cable of this slot, then retest"))                                     \
	FAULT(COMMAND_REFUSED, 118, UNIT, 1, N_("the unit refused a command"), N_("retest it once")) \
	FAULT(UPDATE_FAILED, 119, UNIT, 0, N_("the unit could not update itself"),                 \
	      N_("remove it, retest it once"))                                                     \
	FAULT(FLASH_WRITE, 120, UNIT, 0, N_("the unit could not write its flash"),                 \
	      N_("remove it and give it to repair"))                                               \
	FAULT(NO_MEMORY, 121, UNIT, 0, N_("the unit ran out of memory"),                           \
	      N_("switch it off and on, then retest"))                                             \
	FAULT(FLASH_SILENT, 122, UNIT, 0, N_("no word since the update began"),                    \
	      N_("switch it off and on, do not remove it"))                                        \
	FAULT(NEVER_CAME_BACK, 123, UNIT, 0, N_("the unit left to update and did not return"),     \
	      N_("leave the slot empty and find the unit"))                                        \
	FAULT(NO_START, 124, UNIT, 0, N_("the unit did not begin the update"),                     \
	      N_("retest it once"))                                                                \
	FAULT(LABEL_MISMATCH, 125, UNIT, 0, N_("the label on it says another IMEI"),               \
	      N_("remove it and give it to the quality engineer"))                                 \
	FAULT(WRONG_VARIANT, 130, UNIT, 0, N_("the firmware is that of another variant"),          \
	      N_("remove it and give it to the quality engineer"))                                 \
	FAULT(RECOVERY_FAILED, 131, UNIT, 0, N_("the unit failed to recover from an update"),      \
	      N_("remove it and give it to repair"))                                               \
	FAULT(SERVICE_FAILED, 132, UNIT, 1, N_("the unit's update service failed"),                \
	      N_("retest it once"))                                                                \
	FAULT(NO_PFM, 150, UNIT, 0, N_("the firmware does not know the update service"),           \
	      N_("remove it, it needs an update by cable"))                                        \
	FAULT(FIRMWARE_TOO_OLD, 151, UNIT, 0, N_("the firmware is too old for this procedure"),    \
	      N_("remove it, it needs another procedure or an update by cable"))                   \
	FAULT(NOT_FOR_THIS, 152, UNIT, 0, N_("this operation is not for this model"),              \
	      N_("remove it"))                                                                     \
	FAULT(UPDATING, 153, UNIT, 0, N_("the unit updates by itself"),                            \
	      N_("leave it where it is until it is done"))                                         \
	FAULT(SETTINGS_UNKNOWN, 154, UNIT, 0, N_("nobody knows the settings that it had"),         \
	      N_("remove it and give it to the quality engineer"))                                 \
	FAULT(SETTINGS_LOST, 155, UNIT, 0, N_("its settings could not be restored"),               \
	      N_("remove it, retest it once"))                                                     \
	FAULT(UNIT_LEFT, 201, FIXTURE, 0, N_("the unit was removed before its verdict"),           \
	      N_("find it, put it into another slot and leave it there until it is done"))         \
	FAULT(PORT_FAILED, 202, FIXTURE, 0, N_("the port of this slot cannot be used"),            \
	      N_("check the adapter of this slot"))                                                \
	FAULT(NO_PLAN, 301, PACKAGE, 0, N_("no packages lead from this version to the target"),    \
	      N_("remove it and tell the test engineer"))                                          \
	FAULT(PACKAGE_REJECTED, 302, PACKAGE, 0, N_("the unit says the package is wrong"),         \
	      N_("remove it and tell the test engineer"))                                          \
	FAULT(PACKAGE_TOO_LARGE, 303, PACKAGE, 0, N_("the package is too large for the unit"),     \
	      N_("remove it and tell the test engineer"))                                          \
	FAULT(PACKAGE_NOT_FOUND, 304, PACKAGE, 0, N_("the unit did not find the package"),         \
	      N_("tell the test engineer"))                                                        \
	FAULT(NO_CLOUD_ACCOUNT, 310, PACKAGE, 0, N_("no account of the vendor's cloud for this model"), \
	      N_("tell the test engineer"))                                                        \
	FAULT(CLOUD_REFUSED, 311, PACKAGE, 0, N_("the vendor's cloud does not accept what it was told"), \
	      N_("tell the test engineer"))                                                        \
	FAULT(CLOUD_NO_VERSION, 312, PACKAGE, 0, N_("the vendor's cloud has no update for this unit"), \
	      N_("remove it and tell the test engineer"))                                          \
	FAULT(NO_SIM, 401, NETWORK, 0, N_("no usable SIM"), N_("check the SIM of this slot"))      \
	FAULT(SIM_LOCKED, 402, NETWORK, 0, N_("the SIM asks for a code that may not be sent"),     \
	      N_("tell the test engineer"))                                                        \
	FAULT(NOT_REGISTERED, 403, NETWORK, 1, N_("no network"), N_("check the antenna, then retest")) \
	FAULT(NO_BEARER, 404, NETWORK, 1, N_("no data connection"), N_("check the antenna, then retest")) \
	FAULT(DOWNLOAD_FAILED, 405, NETWORK, 1, N_("the unit could not fetch the package"),        \
	      N_("retest it, then tell the test engineer"))                                        \
	FAULT(NO_SERVER, 410, NETWORK, 1, N_("the unit does not reach the server"),                \
	      N_("retest it, then tell the test engineer"))                                        \
	FAULT(CLOUD_FAILED, 411, NETWORK, 1, N_("the vendor's cloud failed"),                      \
	      N_("retest it, then tell the test engineer"))                                        \
	FAULT(NO_SERVICE, 420, NETWORK, 0, N_("the station was not told where the update service is"), \
	      N_("tell the test engineer"))                                                        \
	FAULT(NO_REGISTRATION, 421, NETWORK, 1, N_("the update service did not answer the registration"), \
	      N_("check the antenna, then retest"))                                                \
	FAULT(STALE_REGISTRATION, 422, NETWORK, 0, N_("the update service has this SIM with another unit"), \
	      N_("tell the test engineer: the service must register this unit anew"))              \
	FAULT(NO_SERVER_REQUEST, 423, NETWORK, 0, N_("the update service did not call the unit"),  \
	      N_("tell the test engineer"))                                                        \
	FAULT(PORT_BUSY, 501, STATION, 0, N_("another program holds the port"),                    \
	      N_("tell the test engineer"))                                                        \
	FAULT(NO_RECORD, 502, STATION, 0, N_("the record could not be written"),                   \
	      N_("stop the line and tell the test engineer"))                                      \
	FAULT(STOPPED, 503, STATION, 0, N_("stopped before it began"), N_("retest it"))            \
	FAULT(STATION_DIED, 504, STATION, 0, N_("the station stopped in the middle"),              \
	      N_("put it in again, it will be checked"))                                           \
	FAULT(LOOP, 505, STATION, 0, N_("the procedure went in circles"),                          \
	      N_("tell the test engineer"))                                                        \
	FAULT(SLOT_PARKED, 506, STATION, 0, N_("this slot is parked"), N_("use another slot"))     \
	FAULT(QUANTITY_REACHED, 507, STATION, 0, N_("the quantity of the work order is reached"),  \
	      N_("remove it, it is not needed"))                                                   \
	FAULT(SHORT_OF_TARGET, 508, STATION, 0, N_("it is not at its target yet and goes on"),     \
	      N_("wait: its update goes on"))
/* clang-format on */

typedef enum {
	FAULT_NONE = 0,
#define FAULT(name, code, blame, transient, text, next) FAULT_##name = code,
	FAULT_LIST(FAULT)
#undef FAULT
} FaultCode;

typedef struct {
	FaultCode code;
	const char *name; /* "UPLOAD_LOST": stable, English */
	Blame blame;
	bool transient;   /* another try in the same visit may succeed */
	const char *text; /* msgid: what happened */
	const char *next; /* msgid: what the person at the rack does now */
} Fault;

/* Never NULL: an unknown code answers with the entry of FAULT_NONE, whose name is "". */
const Fault *fault_get(FaultCode code);
/* The whole list in order of code, ended by an entry with code FAULT_NONE. */
const Fault *fault_list(void);

const char *outcome_name(Outcome outcome); /* "pass"; "" while open */
Outcome outcome_from_name(const char *name);
const char *blame_name(Blame blame); /* "unit" */

G_END_DECLS
