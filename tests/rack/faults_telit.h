/* SPDX-License-Identifier: Apache-2.0 */
/* What can be wrong or odd about a Telit unit alone. Only faults.h includes it. */
#pragma once

/* Those that the server asks, and those that open a connection to it. */
#define FOR_PFM_ASKED (FOR(TELIT_SMS) | FOR(TELIT_COMBINED))
#define FOR_PFM_IP    (FOR(TELIT_COMBINED) | FOR(TELIT_TCPIP))

/* clang-format off */
#define RACK_FAULTS_TELIT(X)                                                                       \
	X(SERVER_SILENT, "server-silent", FOR_PFM_ASKED, FAIL, FAULT_SLOW, "the server never asks") \
	X(SERVER_QUERY, "server-query", FOR_PFM_ASKED, FAIL, FAULT_BY_NAME,                        \
	  "the server only wants to know who it is")                                               \
	X(SERVER_TEST, "server-test", FOR_PFM_ASKED, FAIL, FAULT_BY_NAME,                          \
	  "the server only tries a download")                                                      \
	X(PFM_STALE, "pfm-stale", FOR_TELIT, FAIL, FAULT_SLOW,                                     \
	  "the server has its SIM with another module, the module does not know it")               \
	X(PFM_BEGINS, "begins-at-once", FOR_PFM_ASKED, FAIL, FAULT_BY_NAME | FAULT_PLAIN,          \
	  "the server starts its update before anybody has read its settings")                     \
	X(SIM_MOVED, "sim-moved", FOR_TELIT, FAIL, FAULT_BY_NAME | FAULT_PLAIN,                    \
	  "registered; then its SIM is registered in another unit, and comes back")                \
	X(PFM_NO_CONTEXT, "no-context", FOR_TELIT, FAIL, 0, "accepts, then gets no connection")    \
	X(PFM_DOWNLOAD, "download-fails", FOR_TELIT, FAIL, 0, "every download breaks off")         \
	X(TOO_OLD, "too-old", FOR_PFM_IP, FAIL, 0, "its firmware does not have this protocol yet") \
	X(NOTIFY_LOST, "notify-lost", FOR_TELIT, PASS, FAULT_SLOW,                                 \
	  "the server never learns that it is upgraded")                                           \
	X(NOTIFY_FAILED, "notify-failed", FOR_TELIT, PASS, 0,                                      \
	  "is upgraded, and then says that it failed")                                             \
	X(PIN_ONE_LEFT, "pin-one-left", FOR_TELIT, FAIL, 0,                                        \
	  "its SIM allows one more try of the PIN")                                                \
	X(PIN_WRONG, "pin-wrong", FOR_TELIT, FAIL, FAULT_BY_NAME, "its SIM has another PIN")       \
	X(PFM_KNOWN, "server-knows", FOR_TELIT, PASS, FAULT_QUIRK,                                 \
	  "the server knows it from before and asks as soon as it is there")                       \
	X(PFM_AUTOMATIC, "automatic", FOR_PFM_ASKED, PASS, FAULT_QUIRK,                            \
	  "the server does not ask: the update begins")                                            \
	X(OLD_REPORTS, "old-reports", FOR_TELIT, PASS, FAULT_QUIRK,                                \
	  "still holds the reports of its last update")                                            \
	X(OMA_NOISE, "oma-noise", FOR_TELIT, PASS, FAULT_QUIRK, "reports of another grammar")      \
	X(LOWER_OK, "lower-ok", FOR_TELIT, PASS, FAULT_QUIRK, "answers ok in small letters")       \
	X(FROZEN_AFTER, "frozen-after", FOR_PFM_IP, PASS, FAULT_QUIRK | FAULT_SLOW,                \
	  "answers little after its restart until the server knows")                               \
	X(FLASH_AWAY, "flash-away", FOR_TELIT, PASS, FAULT_QUIRK | FAULT_COMPOSITE,                \
	  "is not on its bus while it flashes")
/* clang-format on */
