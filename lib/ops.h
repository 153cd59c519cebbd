/* SPDX-License-Identifier: Apache-2.0
 *
 * Ready-made handlers: what every vendor's procedure needs in the same way. They know no vendor. */
#pragma once

#include "lib/job.h"

G_BEGIN_DECLS

/* Good when `take` has accepted an information line of the row's command and the result is OK. */
StepAnswer op_ask(Job *job, const Input *in, bool (*take)(Job *job, const char *line));

/* Before the first dangerous row: the unit that was identified is still the one that answers, or UNIT_LEFT. */
StepAnswer op_still_here(Job *job, const Input *in);
/* After the return: same IMEI; blank, invalid, or other with the same SIM or serial is IMEI_CHANGED; another unit altogether is
 * a stranger. An adopted unit of which nothing was known says here who it is. */
StepAnswer op_same_imei(Job *job, const Input *in);
StepAnswer op_same_model(Job *job, const Input *in);
/* AT+CFUN? is 1 or what it was before; 5 is factory test mode. */
StepAnswer op_functional(Job *job, const Input *in);
/* The version read back is the target, as the model's rule says. */
StepAnswer op_version(Job *job, const Input *in);
/* Listens, then looks for the unit until it answers. Reports that it still updates lead the engine back. */
StepAnswer op_wait_back(Job *job, const Input *in);

/* The radio is on (AT+CFUN=1 where it was found at 0 or 4). */
StepAnswer op_radio_on(Job *job, const Input *in);
/* The radio is as it was found. */
StepAnswer op_radio_back(Job *job, const Input *in);
/* A usable SIM: ready, or NEXT leads to the row that enters the PIN; READY skips that row. */
StepAnswer op_sim(Job *job, const Input *in);
StepAnswer op_pin(Job *job, const Input *in);
/* Registered at home or roaming for packet data. */
StepAnswer op_registered(Job *job, const Input *in);

/* clang-format off */
/* The rows that prove what a unit is; `f` are flags for each of them. Weights 6. */
#define OPS_PROOF_ROWS(f)                                                                          \
	{ .name = "same-imei", .weight = 1, .timeout_s = 5, .tries = 10, .pause_ms = 1000,         \
	  .flags = (f), .at = "AT+GSN|AT+CGSN", .fault = FAULT_IMEI_CHANGED, .on = op_same_imei },         \
	{ .name = "same-model", .weight = 1, .timeout_s = 5, .tries = 10, .pause_ms = 1000,        \
	  .flags = (f), .at = "AT+CGMM", .fault = FAULT_MODEL_CHANGED, .on = op_same_model },      \
	{ .name = "functional", .weight = 1, .timeout_s = 15, .tries = 15, .pause_ms = 2000,       \
	  .flags = (f), .at = "AT+CFUN?", .expect = "+CFUN:", .fault = FAULT_NOT_FUNCTIONAL,       \
	  .on = op_functional },                                                                   \
	{ .name = "version", .weight = 3, .timeout_s = 5, .tries = 16, .pause_ms = 1000,           \
	  .flags = (f), .at = "AT+CGMR", .fault = FAULT_WRONG_VERSION, .on = op_version }

/* The rows by which every update ends: from the return to the version read back. Weights 10. */
#define OPS_VERIFY_ROWS                                                                            \
	{ .name = "return", .weight = 3, .timeout_s = 60, .tries = 1, .poll_ms = 1000,             \
	  .flags = STEP_DANGER | STEP_LOSSY | STEP_RETURN, .fault = FAULT_NEVER_CAME_BACK,         \
	  .on = op_wait_back },                                                                    \
	{ .name = "echo-off-again", .weight = 1, .timeout_s = 5, .tries = 3, .pause_ms = 500,      \
	  .flags = STEP_DANGER | STEP_LOSSY | STEP_OPTIONAL, .at = "ATE0",                         \
	  .fault = FAULT_NO_ANSWER },                                                              \
	OPS_PROOF_ROWS(STEP_DANGER | STEP_LOSSY)
/* clang-format on */

/* Is the unit what its record says it should be, without an update? For units that are owed an answer. */
extern const Procedure check_procedure;

G_END_DECLS
