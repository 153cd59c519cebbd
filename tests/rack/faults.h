/* SPDX-License-Identifier: Apache-2.0 */
/* All that can be wrong or odd about a unit, in one table, with the verdict that an honest station
 * must reach. It knows no mechanism: each fault is carried out where it happens. */
#pragma once

#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

/* What a station must say in the end; NONE: nothing at all may be recorded. */
typedef enum { EXPECT_PASS, EXPECT_CURRENT, EXPECT_FAIL, EXPECT_SKIPPED, EXPECT_NONE } Expect;

/* Which units can have it. */
typedef enum {
	FOR_ANY,   /* every Quectel unit */
	FOR_LOCAL, /* those that are updated over their local file system */
	FOR_HTTP,  /* those that fetch their package */
	FOR_SHAPE, /* something else sits in the slot */
	FOR_QUIRK  /* harmless, drawn beside a fault as well */
} FaultFor;

enum {
	FAULT_SLOW =
		1 << 0, /* the verdict needs the station's long limits: drawn by random:all only */
	FAULT_NOT_ANSWER = 1 << 1,  /* not drawn on a slot whose adapter stays */
	FAULT_ONLY_ANSWER = 1 << 2, /* drawn there only */
	FAULT_BY_NAME = 1 << 3,     /* never drawn */
	FAULT_PLAIN = 1 << 4,       /* without any quirk beside it */
	FAULT_ONLY_USB = 1 << 5,    /* makes the slot one whose adapter comes and goes */
	FAULT_HANDS = 1 << 6 /* what the person at the rack does: drawn on any slot, less often */
};

/* clang-format off */
#define RACK_FAULTS(X)                                                                             \
	X(NONE, "none", FOR_ANY, PASS, FAULT_BY_NAME, "a good unit")                               \
	X(CURRENT, "current", FOR_ANY, CURRENT, 0, "already at the target version")                \
	X(UFS_FULL, "ufs-full", FOR_LOCAL, FAIL, 0, "no room for the package")                     \
	X(FILE_EXISTS, "file-exists", FOR_LOCAL, PASS, 0,                                          \
	  "an old fota.pack is there and the first deletion is refused")                           \
	X(NO_DFOTA, "no-dfota", FOR_ANY, FAIL, 0, "the firmware has no QFOTADL")                   \
	X(UPLOAD_SHORT, "upload-short", FOR_LOCAL, FAIL, 0, "every upload ends short, with OK")    \
	X(UPLOAD_SHORT_ONCE, "upload-short-once", FOR_LOCAL, PASS, 0,                              \
	  "the first upload ends short")                                                           \
	X(UPLOAD_BAD_SUM, "upload-bad-sum", FOR_LOCAL, FAIL, 0, "every checksum is wrong")         \
	X(UPLOAD_BAD_SUM_ONCE, "upload-bad-sum-once", FOR_LOCAL, PASS, 0,                          \
	  "the first checksum is wrong")                                                           \
	X(UPLOAD_STALL, "upload-stall", FOR_LOCAL, FAIL, 0, "stops taking data in each upload")    \
	X(BYTE_LOSS, "byte-loss", FOR_LOCAL, FAIL, 0, "a byte is lost in each upload")             \
	X(BYTE_LOSS_ONCE, "byte-loss-once", FOR_LOCAL, PASS, 0,                                    \
	  "a byte is lost in the first upload")                                                    \
	X(PLUS_GUARD, "plus-plus-plus", FOR_LOCAL, PASS, 0,                                        \
	  "+++ ends the upload when there is a pause beside it")                                   \
	X(PLUS_RAW, "plus-plus-plus-raw", FOR_LOCAL, FAIL, 0, "+++ ends the upload, pause or not") \
	X(APPLY_6500, "apply-6500", FOR_ANY, FAIL, 0, "QFOTADL answers unknown error")             \
	X(APPLY_6501, "apply-6501", FOR_ANY, FAIL, 0, "QFOTADL answers invalid parameter")         \
	X(APPLY_6502, "apply-6502", FOR_ANY, FAIL, 0, "QFOTADL answers package too large")         \
	X(APPLY_6503, "apply-6503", FOR_ANY, FAIL, 0, "QFOTADL answers download failed")           \
	X(APPLY_6504, "apply-6504", FOR_ANY, FAIL, 0, "QFOTADL answers package not found")         \
	X(APPLY_6505, "apply-6505", FOR_ANY, FAIL, 0, "QFOTADL answers write file failed")         \
	X(APPLY_6506, "apply-6506", FOR_ANY, FAIL, 0, "QFOTADL answers package not exist")         \
	X(APPLY_6507, "apply-6507", FOR_ANY, FAIL, 0, "QFOTADL answers package error")             \
	X(APPLY_6508, "apply-6508", FOR_ANY, FAIL, 0, "QFOTADL answers update failed")             \
	X(APPLY_6509, "apply-6509", FOR_ANY, FAIL, 0, "QFOTADL answers no memory")                 \
	X(DOWNLOAD_ERROR, "download-error", FOR_HTTP, FAIL, 0, "the download ends with an error")  \
	X(UPDATE_ERROR, "update-error", FOR_ANY, FAIL, 0, "the flash ends with an error")          \
	X(WORN_OUT, "worn-out", FOR_ANY, FAIL, 0, "800 updates done: the flash ends with 6508")    \
	X(HTTP_404, "http-404", FOR_HTTP, FAIL, 0, "the server does not find the package")         \
	X(HTTP_STALL, "http-stall", FOR_HTTP, FAIL, 0, "the module stops reading its download")    \
	X(NO_SIM, "no-sim", FOR_HTTP, FAIL, 0, "no SIM inserted")                                  \
	X(NOT_REGISTERED, "not-registered", FOR_HTTP, FAIL, FAULT_SLOW, "no network takes it")     \
	X(PDP_ONCE, "pdp-fails-once", FOR_HTTP, PASS, 0, "the first QIACT fails")                  \
	X(PDP_FAILS, "pdp-fails", FOR_HTTP, FAIL, 0, "every QIACT fails")                          \
	X(SILENT_FLASH, "silent-flash", FOR_ANY, FAIL, FAULT_SLOW,                                 \
	  "reports nothing and never returns")                                                     \
	X(NEVER_RETURNS, "never-returns", FOR_ANY, FAIL, FAULT_SLOW,                               \
	  "END,0 and then nothing more")                                                           \
	X(POWER_CUT, "power-cut", FOR_ANY, PASS, 0,                                                \
	  "loses power while flashing and goes on by itself")                                      \
	X(ALREADY_UPDATING, "already-updating", FOR_ANY, PASS, 0, "is flashing when it is put in") \
	X(WRONG_VERSION, "wrong-version-after", FOR_ANY, FAIL, 0, "END,0 and a third version")     \
	X(STAYS_OLD, "stays-old", FOR_ANY, FAIL, 0, "END,0 and still the old version")             \
	X(IMEI_BLANK_AFTER, "imei-blank-after", FOR_ANY, FAIL, 0, "the flash erases the IMEI")     \
	X(IMEI_CHANGED_AFTER, "imei-changed-after", FOR_ANY, FAIL, 0,                              \
	  "the flash changes the IMEI")                                                            \
	X(CFUN5_BEFORE, "cfun5-before", FOR_ANY, FAIL, 0,                                          \
	  "in factory test mode when it is put in")                                                \
	X(CFUN5_AFTER, "cfun5-after", FOR_ANY, FAIL, 0, "in factory test mode after the flash")    \
	X(CFUN0_BEFORE, "cfun0-before", FOR_ANY, PASS, 0,                                          \
	  "minimum functionality, which is to be left as it was")                                  \
	X(BAD_IMEI, "bad-imei", FOR_ANY, FAIL, 0, "an IMEI with a wrong check digit")              \
	X(ZERO_IMEI, "imei-all-zero", FOR_ANY, FAIL, 0, "an IMEI of zeros")                        \
	X(DUPLICATE_IMEI, "duplicate-imei", FOR_ANY, FAIL, FAULT_PLAIN,                            \
	  "the IMEI of its neighbour, both there from the start")                                  \
	X(LATE_TWIN, "late-twin", FOR_ANY, PASS, FAULT_BY_NAME | FAULT_PLAIN,                      \
	  "flashes when its neighbour is put in, which has its IMEI")                              \
	X(NO_PLAN, "no-plan", FOR_ANY, FAIL, 0, "a version that no package starts from")           \
	X(UNKNOWN_MODEL, "unknown-model", FOR_ANY, SKIPPED, 0, "a model that nobody has heard of") \
	X(FOREIGN, "foreign", FOR_SHAPE, SKIPPED, 0, "a composite module of another vendor")       \
	X(BOOTLOADER, "bootloader", FOR_SHAPE, FAIL, FAULT_SLOW, "only a bootloader, 05c6:9008")   \
	X(DEAD, "dead", FOR_SHAPE, NONE, FAULT_ONLY_ANSWER, "never answers anything")              \
	X(UNPLUG_UPLOAD, "unplug-in-upload", FOR_LOCAL, FAIL, 0, "pulled in the upload, for good") \
	X(UNPLUG_FLASH, "unplug-in-flash", FOR_ANY, FAIL, FAULT_SLOW,                              \
	  "pulled while flashing, for good")                                                       \
	X(SWAP_UPLOAD, "swap-in-upload", FOR_LOCAL, FAIL, 0,                                       \
	  "another unit takes its place in the upload")                                            \
	X(SWAP_FLASH, "swap-in-flash", FOR_ANY, FAIL, FAULT_SLOW,                                  \
	  "another unit takes its place while it flashes")                                         \
	X(OTHER_SLOT, "back-in-another-slot", FOR_ANY, PASS, FAULT_SLOW | FAULT_PLAIN,             \
	  "pulled while flashing, its power comes back in another, empty slot")                    \
	X(TAKEN_NEXT, "taken-and-next", FOR_ANY, PASS, 0,                                          \
	  "taken out once it is good, another good unit comes into its slot")                      \
	X(TAKEN_BACK, "taken-and-back", FOR_ANY, PASS, 0,                                          \
	  "taken out once it is good, put back, and taken out again")                              \
	X(UNPLUG_IDENTIFY, "unplug-in-identify", FOR_ANY, NONE, FAULT_PLAIN,                       \
	  "pulled when it is asked for its IMEI, for good")                                        \
	X(UNPLUG_WAITING, "unplug-waiting", FOR_ANY, NONE, FAULT_BY_NAME,                          \
	  "pulled 4 s after it has said who it is: for a station that makes it wait")              \
	X(UNPLUG_TWO, "unplug-two", FOR_LOCAL, FAIL, FAULT_BY_NAME,                                \
	  "pulled in the upload in the same moment as the next one that uploads")                  \
	X(UNPLUG_HUB, "unplug-hub", FOR_LOCAL, FAIL, FAULT_BY_NAME,                                \
	  "its hub is unplugged when all units there upload")                                      \
	X(OTHER_TTY, "other-tty", FOR_ANY, PASS, FAULT_ONLY_USB,                                   \
	  "loses power while flashing and comes back under another tty name")                      \
	X(ALWAYS, "always", FOR_ANY, PASS, FAULT_PLAIN, "in a slot with presence = always")        \
	X(ALWAYS_MUTE, "always-mute", FOR_SHAPE, FAIL, FAULT_SLOW | FAULT_PLAIN,                   \
	  "never answers, in a slot with presence = always")                                       \
	X(NO_SLOT, "no-slot", FOR_SHAPE, NONE, FAULT_BY_NAME,                                      \
	  "in no slot at all: nobody may open its port")                                           \
	X(ECHO_OFF, "echo-off", FOR_QUIRK, PASS, 0, "echo is off at power-on")                     \
	X(CRCRLF, "crcrlf", FOR_QUIRK, PASS, 0, "lines end with CR CR LF")                         \
	X(LF_ONLY, "lf-only", FOR_QUIRK, PASS, 0, "lines end with LF alone")                       \
	X(GARBAGE_BOOT, "garbage-boot", FOR_QUIRK, PASS, 0, "NUL, 0xff and HDLC frames at boot")   \
	X(LONG_LINE, "long-line", FOR_QUIRK, PASS, 0, "now and then a line of more than 4 KiB")    \
	X(URC_IN_ANSWER, "urc-in-answer", FOR_QUIRK, PASS, 0, "reports in the middle of answers")  \
	X(URC_SPLIT, "urc-split", FOR_QUIRK, PASS, 0, "reports in two pieces")                     \
	X(VERBOSE_ERRORS, "verbose-errors", FOR_QUIRK, PASS, 0, "CMEE is 2 at power-on")           \
	X(LATE_ANSWER, "late-answer", FOR_QUIRK, PASS, 0,                                          \
	  "one answer comes after the host's limit")                                               \
	X(LOST_OK, "lost-ok", FOR_QUIRK, PASS, 0, "the OK of QFOTADL is lost")                     \
	X(SILENT_ONCE, "silent-once", FOR_QUIRK, PASS, 0, "one query is not answered")             \
	X(FIXED_BAUD, "fixed-115200", FOR_QUIRK, PASS, 0, "fixed speed 115200, says RDY")          \
	X(BAUD_9600, "baud-9600", FOR_QUIRK, PASS, FAULT_NOT_ANSWER, "fixed speed 9600")           \
	X(BAUD_230400, "baud-230400", FOR_QUIRK, PASS, FAULT_NOT_ANSWER, "fixed speed 230400")     \
	X(TWO_REBOOTS, "two-reboots", FOR_QUIRK, PASS, 0, "reboots in the middle of the flash")    \
	X(SLOW_BOOT, "slow-boot", FOR_QUIRK, PASS, 0, "takes 50 s to boot")                        \
	X(TRUNCATED_QIND, "truncated-qind", FOR_QUIRK, PASS, 0, "some reports are cut short")      \
	X(SIM_PIN, "sim-pin", FOR_QUIRK, PASS, 0, "the SIM asks for a PIN (local updates only)")   \
	X(CHATTER, "chatter", FOR_QUIRK, PASS, 0, "talks of its own accord")                       \
	X(ATI_SPACES, "ati-spaces", FOR_QUIRK, PASS, 0,                                            \
	  "ATI with leading spaces and an empty line")                                             \
	X(PREFIXED_IMEI, "prefixed-imei", FOR_QUIRK, PASS, 0, "CGSN answers with a prefix")        \
	X(KEY_DTR, "power-key-dtr", FOR_QUIRK, PASS, FAULT_NOT_ANSWER,                             \
	  "DTR is its power key: off until a pulse is given")                                      \
	X(KEY_RTS, "power-key-rts", FOR_QUIRK, PASS, FAULT_NOT_ANSWER,                             \
	  "RTS is its power key: off until a pulse is given")                                      \
	X(REST_OFF, "lines-rest-off", FOR_QUIRK, PASS, 0,                                          \
	  "switched off for good by DTR or RTS that stay on")
/* clang-format on */

#define RACK_FAULT_ENUM(id, name, who, expect, flags, text) F_##id,
typedef enum { RACK_FAULTS(RACK_FAULT_ENUM) F_COUNT } FaultId;

typedef struct {
	const char *name;
	FaultFor who;
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
