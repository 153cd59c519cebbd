/* SPDX-License-Identifier: Apache-2.0 */
/* What can be wrong or odd about a Quectel unit alone. Only faults.h includes it. */
#pragma once

/* clang-format off */
#define RACK_FAULTS_QUECTEL(X)                                                                     \
	X(UFS_FULL, "ufs-full", FOR_LOCAL, FAIL, 0, "no room for the package")                     \
	X(FILE_EXISTS, "file-exists", FOR_LOCAL, PASS, 0,                                          \
	  "an old fota.pack is there and the first deletion is refused")                           \
	X(NO_DFOTA, "no-dfota", FOR_QUECTEL, FAIL, 0, "the firmware has no QFOTADL")               \
	X(UPLOAD_SHORT, "upload-short", FOR_LOCAL, FAIL, 0, "every upload ends short, with OK")    \
	X(UPLOAD_SHORT_ONCE, "upload-short-once", FOR_LOCAL, PASS, 0, "the first upload ends short") \
	X(UPLOAD_BAD_SUM, "upload-bad-sum", FOR_LOCAL, FAIL, 0, "every checksum is wrong")         \
	X(UPLOAD_BAD_SUM_ONCE, "upload-bad-sum-once", FOR_LOCAL, PASS, 0,                          \
	  "the first checksum is wrong")                                                           \
	X(UPLOAD_STALL, "upload-stall", FOR_LOCAL, FAIL, 0, "stops taking data in each upload")    \
	X(BYTE_LOSS, "byte-loss", FOR_LOCAL, FAIL, 0, "a byte is lost in each upload")             \
	X(BYTE_LOSS_ONCE, "byte-loss-once", FOR_LOCAL, PASS, 0, "a byte is lost in the first upload") \
	X(PLUS_GUARD, "plus-plus-plus", FOR_LOCAL, PASS, 0,                                        \
	  "+++ ends the upload when there is a pause beside it")                                   \
	X(PLUS_RAW, "plus-plus-plus-raw", FOR_LOCAL, FAIL, 0, "+++ ends the upload, pause or not") \
	X(APPLY_6500, "apply-6500", FOR_QUECTEL, FAIL, 0, "QFOTADL answers unknown error")         \
	X(APPLY_6501, "apply-6501", FOR_QUECTEL, FAIL, 0, "QFOTADL answers invalid parameter")     \
	X(APPLY_6502, "apply-6502", FOR_QUECTEL, FAIL, 0, "QFOTADL answers package too large")     \
	X(APPLY_6503, "apply-6503", FOR_QUECTEL, FAIL, 0, "QFOTADL answers download failed")       \
	X(APPLY_6504, "apply-6504", FOR_QUECTEL, FAIL, 0, "QFOTADL answers package not found")     \
	X(APPLY_6505, "apply-6505", FOR_QUECTEL, FAIL, 0, "QFOTADL answers write file failed")     \
	X(APPLY_6506, "apply-6506", FOR_QUECTEL, FAIL, 0, "QFOTADL answers package not exist")     \
	X(APPLY_6507, "apply-6507", FOR_QUECTEL, FAIL, 0, "QFOTADL answers package error")         \
	X(APPLY_6508, "apply-6508", FOR_QUECTEL, FAIL, 0, "QFOTADL answers update failed")         \
	X(APPLY_6509, "apply-6509", FOR_QUECTEL, FAIL, 0, "QFOTADL answers no memory")             \
	X(DOWNLOAD_ERROR, "download-error", FOR_HTTP, FAIL, 0, "the download ends with an error")  \
	X(WORN_OUT, "worn-out", FOR_QUECTEL, FAIL, 0, "800 updates done: the flash ends with 6508") \
	X(UNPLUG_TWO, "unplug-two", FOR_LOCAL, FAIL, FAULT_BY_NAME,                                \
	  "pulled in the upload in the same moment as the next one that uploads")                  \
	X(UNPLUG_HUB, "unplug-hub", FOR_LOCAL, FAIL, FAULT_BY_NAME,                                \
	  "its hub is unplugged when all units there upload")                                      \
	X(UNPLUG_SECOND, "unplug-in-second-upload", FOR_LOCAL, FAIL, FAULT_BY_NAME,                \
	  "pulled when its second package is uploaded, for good")                                  \
	X(TRUNCATED_QIND, "truncated-qind", FOR_QUECTEL, PASS, FAULT_QUIRK,                        \
	  "some reports are cut short")                                                            \
	X(ATI_SPACES, "ati-spaces", FOR_QUECTEL, PASS, FAULT_QUIRK,                                \
	  "ATI with leading spaces and an empty line")
/* clang-format on */
