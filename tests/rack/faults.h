/* SPDX-License-Identifier: Apache-2.0 */
/* All that can be wrong or odd about a unit, in one table, with the verdict that an honest station
 * must reach. It knows no mechanism: each fault is carried out where it happens. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "faults_quectel.h"
#include "faults_simcom.h"
#include "faults_telit.h"
#include "kinds.h"

G_BEGIN_DECLS

/* What a station must say in the end; NONE: nothing at all may be recorded. */
typedef enum { EXPECT_PASS, EXPECT_CURRENT, EXPECT_FAIL, EXPECT_SKIPPED, EXPECT_NONE } Expect;

enum {
	FAULT_SLOW =
		1 << 0, /* the verdict needs the station's long limits: drawn by random:all only */
	FAULT_NOT_ANSWER = 1 << 1,  /* not drawn on a slot whose adapter stays */
	FAULT_ONLY_ANSWER = 1 << 2, /* drawn there only */
	FAULT_BY_NAME = 1 << 3,     /* never drawn */
	FAULT_PLAIN = 1 << 4,       /* without any quirk beside it */
	FAULT_ONLY_USB = 1 << 5,    /* makes the slot one whose adapter comes and goes */
	FAULT_QUIRK = 1 << 6,       /* harmless: drawn beside a fault as well */
	FAULT_SHAPE = 1 << 7,       /* something else sits in the slot */
	FAULT_UART = 1 << 8,        /* for units behind a serial adapter only */
	FAULT_COMPOSITE = 1 << 9    /* for units that are USB devices themselves only */
};

/* X(id, name, the kinds that can have it, verdict, flags, text). Those of one family are in its own
 * file. */
/* clang-format off */
#define RACK_FAULTS_COMMON(X)                                                                      \
	X(NONE, "none", FOR_ANY, PASS, FAULT_BY_NAME, "a good unit")                               \
	X(CURRENT, "current", FOR_ANY, CURRENT, 0, "already at the target version")                \
	X(UPDATE_ERROR, "update-error", FOR_ANY, FAIL, 0, "the flash ends with an error")          \
	X(HTTP_404, "http-404", FOR_FETCH, FAIL, 0, "the server does not find the package")        \
	X(HTTP_STALL, "http-stall", FOR_FETCH, FAIL, 0, "the module stops reading its download")   \
	X(NO_SIM, "no-sim", FOR_RADIO, FAIL, 0, "no SIM inserted")                                 \
	X(NOT_REGISTERED, "not-registered", FOR_RADIO, FAIL, FAULT_SLOW, "no network takes it")    \
	X(PDP_ONCE, "pdp-fails-once", FOR_FETCH, PASS, 0, "the first activation of the context fails")                 \
	X(PDP_FAILS, "pdp-fails", FOR_FETCH, FAIL, 0, "every activation of the context fails")                         \
	X(SILENT_FLASH, "silent-flash", FOR_ANY, FAIL, FAULT_SLOW, "reports nothing and never returns") \
	X(NEVER_RETURNS, "never-returns", FOR_ANY, FAIL, FAULT_SLOW, "a good end, and then nothing more") \
	X(POWER_CUT, "power-cut", FOR_ANY, PASS, 0, "loses power while flashing and goes on by itself") \
	X(ALREADY_UPDATING, "already-updating", FOR_ANY, PASS, 0, "is flashing when it is put in") \
	X(WRONG_VERSION, "wrong-version-after", FOR_ANY, FAIL, 0, "a good end, and a third version")     \
	X(STAYS_OLD, "stays-old", FOR_ANY, FAIL, 0, "a good end, and still the old version")             \
	X(IMEI_BLANK_AFTER, "imei-blank-after", FOR_ANY, FAIL, 0, "the flash erases the IMEI")     \
	X(IMEI_CHANGED_AFTER, "imei-changed-after", FOR_ANY, FAIL, 0, "the flash changes the IMEI") \
	X(CFUN5_BEFORE, "cfun5-before", FOR_QUECTEL | FOR_SIMCOM, FAIL, 0,                         \
	  "in factory test mode when it is put in")                                                \
	X(CFUN5_AFTER, "cfun5-after", FOR_QUECTEL | FOR_SIMCOM, FAIL, 0,                           \
	  "in factory test mode after the flash")                                                  \
	X(CFUN0_BEFORE, "cfun0-before", FOR_QUECTEL | FOR_SIMCOM, PASS, 0,                         \
	  "minimum functionality, which is to be left as it was")                                  \
	X(BAD_IMEI, "bad-imei", FOR_ANY, FAIL, 0, "an IMEI with a wrong check digit")              \
	X(ZERO_IMEI, "imei-all-zero", FOR_ANY, FAIL, 0, "an IMEI of zeros")                        \
	X(DUPLICATE_IMEI, "duplicate-imei", FOR_ANY, FAIL, FAULT_PLAIN,                            \
	  "the IMEI of its neighbour, both there from the start")                                  \
	X(LATE_TWIN, "late-twin", FOR_ANY, PASS, FAULT_BY_NAME | FAULT_PLAIN,                      \
	  "flashes when its neighbour is put in, which has its IMEI")                              \
	X(NO_PLAN, "no-plan", FOR_ANY, FAIL, 0, "a version that no package starts from")           \
	X(UNKNOWN_MODEL, "unknown-model", FOR_ANY, SKIPPED, 0, "a model that nobody has heard of") \
	X(FOREIGN, "foreign", FOR_ANY, SKIPPED, FAULT_SHAPE, "a composite module of another vendor") \
	X(BOOTLOADER, "bootloader", FOR_ANY, FAIL, FAULT_SHAPE | FAULT_SLOW,                       \
	  "only a bootloader, 05c6:9008")                                                          \
	X(OTHER_MODEM, "other-modem", FOR_ANY, SKIPPED, FAULT_SHAPE, "a modem of another vendor")  \
	X(GNSS, "gnss", FOR_ANY, SKIPPED, FAULT_SHAPE | FAULT_SLOW,                                \
	  "a receiver that tells all the time where it is")                                        \
	X(ECHO, "echo-all", FOR_ANY, SKIPPED, FAULT_SHAPE | FAULT_SLOW,                            \
	  "says all that it is told, and nothing else")                                            \
	X(BARE, "bare", FOR_ANY, SKIPPED, FAULT_SHAPE | FAULT_SLOW,                                \
	  "an adapter is plugged in with nothing behind it")                                       \
	X(DEAD, "dead", FOR_ANY, NONE, FAULT_SHAPE | FAULT_ONLY_ANSWER, "never answers anything")  \
	X(UNPLUG_UPLOAD, "unplug-in-upload", FOR_UPLOAD, FAIL, 0, "pulled in the upload, for good") \
	X(UNPLUG_FLASH, "unplug-in-flash", FOR_ANY, FAIL, FAULT_SLOW,                              \
	  "pulled while flashing, for good")                                                       \
	X(SWAP_UPLOAD, "swap-in-upload", FOR_UPLOAD, FAIL, 0,                                      \
	  "another unit takes its place in the upload")                                            \
	X(SWAP_FLASH, "swap-in-flash", FOR_ANY, FAIL, FAULT_SLOW,                                  \
	  "another unit takes its place while it flashes")                                         \
	X(OTHER_SLOT, "back-in-another-slot", FOR_ANY, PASS, FAULT_SLOW | FAULT_PLAIN | FAULT_UART, \
	  "pulled while flashing, its power comes back in another, empty slot")                    \
	X(TAKEN_NEXT, "taken-and-next", FOR_ANY, PASS, 0,                                          \
	  "taken out once it is good, another good unit comes into its slot")                      \
	X(SWAPPED, "swapped-at-once", FOR_ANY, PASS, FAULT_ONLY_ANSWER | FAULT_UART,                  \
	  "taken out once it is good, another good unit is in its slot a moment later")            \
	X(TAKEN_BACK, "taken-and-back", FOR_ANY, PASS, 0,                                          \
	  "taken out once it is good, put back, and taken out again")                              \
	X(UNPLUG_IDENTIFY, "unplug-in-identify", FOR_ANY, NONE, FAULT_PLAIN,                       \
	  "pulled when it is asked for its IMEI, for good")                                        \
	X(UNPLUG_WAITING, "unplug-waiting", FOR_ANY, NONE, FAULT_BY_NAME,                          \
	  "pulled 4 s after it has said who it is: for a station that makes it wait")              \
	X(OTHER_TTY, "other-tty", FOR_ANY, PASS, FAULT_ONLY_USB,                                   \
	  "loses power while flashing and comes back under another tty name")                      \
	X(ALWAYS, "always", FOR_ANY, PASS, FAULT_PLAIN | FAULT_UART,                               \
	  "in a slot with presence = always")                                                      \
	X(ALWAYS_MUTE, "always-mute", FOR_ANY, FAIL, FAULT_SHAPE | FAULT_SLOW | FAULT_PLAIN,       \
	  "never answers, in a slot with presence = always")                                       \
	X(NO_SLOT, "no-slot", FOR_ANY, NONE, FAULT_SHAPE | FAULT_BY_NAME,                          \
	  "in no slot at all: nobody may open its port")                                           \
	X(ECHO_OFF, "echo-off", FOR_ANY, PASS, FAULT_QUIRK, "echo is off at power-on")             \
	X(CRCRLF, "crcrlf", FOR_ANY, PASS, FAULT_QUIRK, "lines end with CR CR LF")                 \
	X(LF_ONLY, "lf-only", FOR_ANY, PASS, FAULT_QUIRK, "lines end with LF alone")               \
	X(GARBAGE_BOOT, "garbage-boot", FOR_ANY, PASS, FAULT_QUIRK,                                \
	  "NUL, 0xff and HDLC frames at boot")                                                     \
	X(LONG_LINE, "long-line", FOR_ANY, PASS, FAULT_QUIRK, "now and then a line of more than 4 KiB") \
	X(URC_IN_ANSWER, "urc-in-answer", FOR_ANY, PASS, FAULT_QUIRK,                              \
	  "reports in the middle of answers")                                                      \
	X(URC_SPLIT, "urc-split", FOR_ANY, PASS, FAULT_QUIRK, "reports in two pieces")             \
	X(VERBOSE_ERRORS, "verbose-errors", FOR_ANY, PASS, FAULT_QUIRK, "CMEE is 2 at power-on")   \
	X(LATE_ANSWER, "late-answer", FOR_ANY, PASS, FAULT_QUIRK,                                  \
	  "one answer comes after the host's limit")                                               \
	X(LOST_OK, "lost-ok", FOR_ANY, PASS, FAULT_QUIRK,                                          \
	  "the OK of the last command before the flash is lost")                                   \
	X(SILENT_ONCE, "silent-once", FOR_ANY, PASS, FAULT_QUIRK, "one query is not answered")     \
	X(FIXED_BAUD, "fixed-115200", FOR_ANY, PASS, FAULT_QUIRK | FAULT_UART,                     \
	  "fixed speed 115200, says RDY")                                                          \
	X(BAUD_9600, "baud-9600", FOR_ANY, PASS, FAULT_QUIRK | FAULT_NOT_ANSWER | FAULT_UART,      \
	  "fixed speed 9600")                                                                      \
	X(BAUD_230400, "baud-230400", FOR_ANY, PASS, FAULT_QUIRK | FAULT_NOT_ANSWER | FAULT_UART,  \
	  "fixed speed 230400")                                                                    \
	X(TWO_REBOOTS, "two-reboots", FOR_ANY, PASS, FAULT_QUIRK, "reboots in the middle of the flash") \
	X(SLOW_BOOT, "slow-boot", FOR_ANY, PASS, FAULT_QUIRK, "takes 50 s to boot")                \
	X(SIM_PIN, "sim-pin", FOR_UPLOAD | FOR_TELIT, PASS, FAULT_QUIRK,                           \
	  "the SIM asks for its PIN")                                                              \
	X(CHATTER, "chatter", FOR_ANY, PASS, FAULT_QUIRK, "talks of its own accord")               \
	X(PREFIXED_IMEI, "prefixed-imei", FOR_ANY, PASS, FAULT_QUIRK, "CGSN answers with a prefix") \
	X(KEY_DTR, "power-key-dtr", FOR_ANY, PASS, FAULT_QUIRK | FAULT_NOT_ANSWER | FAULT_UART,    \
	  "DTR is its power key: off until a pulse is given")                                      \
	X(KEY_RTS, "power-key-rts", FOR_ANY, PASS, FAULT_QUIRK | FAULT_NOT_ANSWER | FAULT_UART,    \
	  "RTS is its power key: off until a pulse is given")                                      \
	X(REST_OFF, "lines-rest-off", FOR_ANY, PASS, FAULT_QUIRK | FAULT_UART,                     \
	  "switched off for good by DTR or RTS that stay on")

#define RACK_FAULTS(X)                                                                             \
	RACK_FAULTS_COMMON(X)                                                                      \
	RACK_FAULTS_QUECTEL(X)                                                                     \
	RACK_FAULTS_SIMCOM(X)                                                                      \
	RACK_FAULTS_TELIT(X)
/* clang-format on */

#define RACK_FAULT_ENUM(id, name, who, expect, flags, text) F_##id,
typedef enum { RACK_FAULTS(RACK_FAULT_ENUM) F_COUNT } FaultId;

typedef struct {
	const char *name;
	guint who; /* FOR_ bits */
	Expect expect;
	guint flags;
	const char *text;
} FaultInfo;

typedef struct {
	guint64 bits[(F_COUNT + 63) / 64];
} FaultSet;

static inline void fault_set_add(FaultSet *set, FaultId id)
{
	set->bits[id / 64] |= G_GUINT64_CONSTANT(1) << (id % 64);
}

static inline bool fault_set_has(const FaultSet *set, FaultId id)
{
	return set->bits[id / 64] >> (id % 64) & 1;
}

const FaultInfo *fault_info(FaultId id);
/* F_COUNT when there is none of that name. */
FaultId fault_by_name(const char *name);
const char *expect_name(Expect expect);
void faults_print(void);

G_END_DECLS
