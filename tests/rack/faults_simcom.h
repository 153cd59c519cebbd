/* SPDX-License-Identifier: Apache-2.0 */
/* What can be wrong or odd about a SIMCom unit alone. Only faults.h includes it. */
#pragma once

/* clang-format off */
#define RACK_FAULTS_SIMCOM(X)                                                                      \
	X(FETCH_ERROR, "fetch-error", FOR_CF_FETCH, FAIL, 0,                                       \
	  "every download ends with a code of the document")                                       \
	X(FETCH_ERROR_ONCE, "fetch-error-once", FOR_CF_FETCH, PASS, 0,                             \
	  "the first download ends with 601")                                                      \
	X(FETCH_SHORT, "fetch-short", FOR_CF_FETCH, FAIL, 0,                                       \
	  "200, but fewer bytes than the package has")                                             \
	X(FETCH_SHORT_ONCE, "fetch-short-once", FOR_CF_FETCH, PASS, 0,                             \
	  "the first time fewer bytes than the package has")                                       \
	X(FETCH_206, "fetch-206", FOR_CF_FETCH, FAIL, 0, "every download ends with 206")           \
	X(NEVER_READS, "never-reads", FOR_CF_FETCH, FAIL, FAULT_SLOW,                              \
	  "never reads its download and never says so")                                            \
	X(CFS_REFUSED, "cfs-refused", FOR_CF_LOCAL, FAIL, 0, "CFSWFILE is refused")                \
	X(CFS_FULL, "cfs-full", FOR_CF_LOCAL, FAIL, 0,                                             \
	  "no room: CFSWFILE ends with an error after some blocks")                                \
	X(CFS_SHORT, "cfs-short", FOR_CF_LOCAL, FAIL, 0,                                           \
	  "its file is shorter than what was sent")                                                \
	X(CFS_SHORT_ONCE, "cfs-short-once", FOR_CF_LOCAL, PASS, 0,                                 \
	  "the first file is shorter than what was sent")                                          \
	X(CFS_STALL, "cfs-stall", FOR_CF_LOCAL, FAIL, 0, "stops taking data in each upload")       \
	X(RECOVERY_BEFORE, "recovery-failed-before", FOR_S7000, FAIL, 0,                           \
	  "status 3 or 5 when it is put in")                                                       \
	X(RECOVERY_AFTER, "recovery-failed-after", FOR_S7000, FAIL, 0,                             \
	  "the flash ends with status 3 or 5")                                                     \
	X(CFOTA_REFUSED, "cfota-refused", FOR_CFOTA, FAIL, 0,                                      \
	  "CFOTA=1 is answered with an error")                                                     \
	X(CFOTA_IGNORED, "cfota-ignored", FOR_CFOTA, FAIL, FAULT_SLOW,                             \
	  "CFOTA=1 is answered with OK, and nothing happens")                                      \
	X(STATUS_8_AFTER, "status-8-after", FOR_CFOTA, PASS, 0,                                    \
	  "a good flash, and the status is 8")                                                     \
	X(WRONG_SUFFIX, "wrong-suffix", FOR_CFOTA, FAIL, 0,                                        \
	  "a good end, and the firmware of another variant")                                       \
	X(STAYS_IN_BOOT, "stays-in-bootloader", FOR_SIMCOM, FAIL, FAULT_SLOW | FAULT_COMPOSITE,    \
	  "comes back as 05c6:9008 for good")                                                      \
	X(CLOUD_ERROR, "cloud-error", FOR_CSCFOTA, FAIL, 0,                                        \
	  "CSCFOTA reports a code of the document")                                                \
	X(CLOUD_NO_MATCH, "cloud-no-match", FOR_CSCFOTA, FAIL, 0,                                  \
	  "CSCFOTA reports 5: no matched version")                                                 \
	X(CAPFOTA_UNKNOWN, "no-capfota", FOR_CSCFOTA, FAIL, 0, "the firmware has no CAPFOTA")      \
	X(REV_SPACE, "revision-space", FOR_CFOTA, PASS, FAULT_QUIRK, "a space behind Revision:")   \
	X(NO_G, "no-final-g", FOR_S70X0, PASS, FAULT_QUIRK, "its revision has no final G")         \
	X(G_LOST_AFTER, "final-g-lost", FOR_S70X0, PASS, FAULT_QUIRK,                              \
	  "its revision loses its final G with the update")                                        \
	X(NO_BLANK_LINE, "no-blank-line", FOR_SIMCOM, PASS, FAULT_QUIRK,                           \
	  "no empty line before OK")                                                               \
	X(CLIST_ANSWERS, "clist", FOR_CFOTA, PASS, FAULT_QUIRK, "CLIST is known")                  \
	X(NO_SIMCOMATI, "no-simcomati", FOR_SIMCOM, PASS, FAULT_QUIRK, "SIMCOMATI is not known")   \
	X(CNACT_FORM, "cnact-form", FOR_CF_FETCH, PASS, FAULT_QUIRK,                               \
	  "CNACT? and +APP PDP in the other series' form")                                         \
	X(CNACT_ACTIVE, "cnact-active", FOR_CF_FETCH, PASS, FAULT_QUIRK,                           \
	  "a context is active when it is put in")                                                 \
	X(NO_COMMA, "no-comma", FOR_CF_FETCH, PASS, FAULT_QUIRK,                                   \
	  "no length behind a code that is an error")                                              \
	X(TOFS_FORM, "tofs-form", FOR_CF_FETCH, PASS, FAULT_QUIRK,                                 \
	  "HTTPTOFS? and HTTPTOFSRL? with the other's prefix")                                     \
	X(RANGE_RESTART, "range-restart", FOR_CF_FETCH, PASS, FAULT_QUIRK,                         \
	  "drops the connection and asks for the rest")                                            \
	X(CFS_LEFT_OPEN, "cfs-left-open", FOR_CF_LOCAL, PASS, FAULT_QUIRK,                         \
	  "its file system is initialised when it is put in")                                      \
	X(STALE_6, "stale-6", FOR_CFOTA, PASS, FAULT_QUIRK, "status 6 when it is put in")          \
	X(STALE_7, "stale-7", FOR_CFOTA, PASS, FAULT_QUIRK, "status 7 when it is put in")          \
	X(STATUS_TIGHT, "status-tight", FOR_CFOTA, PASS, FAULT_QUIRK, "no space behind +CFOTA:")   \
	X(STATUS_LATE, "status-late", FOR_CFOTA, PASS, FAULT_QUIRK,                                \
	  "for a while after the flash the status is 1, 2 or 4")                                   \
	X(NO_REPORTS, "no-reports", FOR_SIMCOM, PASS, FAULT_QUIRK | FAULT_UART | FAULT_SLOW,     \
	  "reports nothing of its update")                                                         \
	X(REPORTS_ON_USB, "reports-on-usb", FOR_CFOTA, PASS, FAULT_QUIRK | FAULT_COMPOSITE,        \
	  "says that it starts before it leaves the bus")                                          \
	X(NO_RDY, "no-rdy", FOR_SIMCOM, PASS, FAULT_QUIRK, "says nothing at boot")                 \
	X(ANSWERS_BETWEEN, "answers-between", FOR_CFOTA, PASS, FAULT_QUIRK,                        \
	  "comes back with its old version before it is done")                                     \
	X(RENUMBERED, "renumbered", FOR_SIMCOM, PASS, FAULT_QUIRK | FAULT_COMPOSITE,               \
	  "comes back with other tty names")                                                       \
	X(PID_9205, "pid-9205", FOR_S70X0, PASS, FAULT_QUIRK | FAULT_COMPOSITE,                    \
	  "its product id is 9205")                                                                \
	X(OTHER_PID, "other-pid", FOR_S70X0, PASS, FAULT_QUIRK | FAULT_COMPOSITE,                  \
	  "comes back with the other product id")                                                  \
	X(BOOT_A_WHILE, "bootloader-a-while", FOR_SIMCOM, PASS, FAULT_QUIRK | FAULT_COMPOSITE,     \
	  "is 05c6:9008 for a while in its update")                                                \
	X(CLOUD_PARTIAL, "cloud-partial", FOR_CSCFOTA, PASS, FAULT_QUIRK,                          \
	  "CSCFOTA reports 4 on its way")                                                          \
	X(CAPFOTA_ON, "capfota-on", FOR_CSCFOTA, PASS, FAULT_QUIRK,                                \
	  "CAPFOTA is 1 when it is put in")
/* clang-format on */
