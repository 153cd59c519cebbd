/* SPDX-License-Identifier: Apache-2.0
 *
 * Ready-made handlers: what every vendor's procedure needs in the same way. They know no vendor. */
#pragma once

#include "lib/job.h"

G_BEGIN_DECLS

/* Reads the vendor's code and words off a failing result, so that every refusal is recorded with them. */
void op_note_refusal(Job *job, const char *text);
/* What a vendor's document says of one of its codes. */
typedef struct {
	guint code;
	FaultCode fault;
	const char *words;
} VendorCode;

/* The fault of a vendor's code, noted with the vendor's words; `otherwise` for one that its document does not have. */
FaultCode op_fault_of_code(Job *job, const VendorCode *codes, gsize n, guint code,
			   FaultCode otherwise);

/* OK is next; a refusal is noted and tried again. */
StepAnswer op_command(Job *job, const Input *in);
/* OK or not, the next row follows. */
StepAnswer op_any_answer(Job *job, const Input *in);
/* Good when `take` has accepted an information line of the row's command and the result is OK. */
StepAnswer op_ask(Job *job, const Input *in, bool (*take)(Job *job, const char *line));

/* Before the first dangerous row: the unit that was identified is still the one that answers, or UNIT_LEFT. One that answers
 * without saying who it is has not fallen silent: COMMAND_REFUSED or BAD_IMEI. */
StepAnswer op_still_here(Job *job, const Input *in);
/* After the return: same IMEI; blank, invalid, or other with the same SIM is IMEI_CHANGED; another unit altogether is
 * a stranger. An adopted unit of which nothing was known says here who it is. */
StepAnswer op_same_imei(Job *job, const Input *in);
StepAnswer op_same_model(Job *job, const Input *in);
/* AT+CFUN? is 1 or what it was before; 5 is factory test mode. */
StepAnswer op_functional(Job *job, const Input *in);
/* The version read back is the target, as the model's rule says. */
StepAnswer op_version(Job *job, const Input *in);
/* Listens, then looks for the unit until it answers. Reports that it still updates lead the engine back. */
StepAnswer op_wait_back(Job *job, const Input *in);

/* In a row in which the unit fetches its package: what it has acknowledged to the package server is the row's progress (at
 * most 99 %: the end is for the unit to tell) and a sign of life. True: that is what `in` was. */
bool op_served(Job *job, const Input *in);
/* The unit says that it could not fetch its package: how much of it this station has seen going there, for whoever looks for
 * the reason. Nothing where somebody else serves it. */
void op_note_served(Job *job);
/* For a row in which a unit restarts without a word, behind a port that stays: told every input it asks with a bare AT at each
 * tick. True: it had fallen silent and answers again. It uses the upper half of a try's marks. */
bool op_restarted(Job *job, const Input *in);

/* The radio is on (AT+CFUN=1 where it was found at 0 or 4). */
StepAnswer op_radio_on(Job *job, const Input *in);
/* The radio is as it was found. */
StepAnswer op_radio_back(Job *job, const Input *in);
/* A usable SIM: ready, or NEXT leads to the row that enters the PIN; READY skips that row. */
StepAnswer op_sim(Job *job, const Input *in);
/* The same with another row behind the PIN's: READY leads there. */
StepAnswer op_sim_to(Job *job, const Input *in, const char *ready);
StepAnswer op_pin(Job *job, const Input *in);
/* Registered at home or roaming for packet data. */
StepAnswer op_registered(Job *job, const Input *in);

/* Not every firmware knows every spelling of a question. */
#define OPS_ASK_IMEI    "AT+GSN|AT+CGSN|AT+QGSN"
#define OPS_ASK_MODEL   "AT+CGMM|AT+GMM"
#define OPS_ASK_VERSION "AT+CGMR|AT+GMR"

/* clang-format off */
/* From the radio to a registered unit whose signal is noted; `ask` is how registration is asked ("AT+CEREG?|AT+CGREG?" where
 * either will do). Weights 7. */
#define OPS_NETWORK_ROWS(ask)                                                                      \
	{ .name = "radio", .weight = 1, .timeout_s = 15, .tries = 2, .pause_ms = 1000,             \
	  .fault = FAULT_NOT_FUNCTIONAL, .on = op_radio_on },                                      \
	{ .name = "sim", .weight = 1, .timeout_s = 5, .tries = 8, .pause_ms = 2000,                \
	  .at = "AT+CPIN?", .expect = "+CPIN:", .fault = FAULT_NO_SIM, .on = op_sim },             \
	{ .name = "pin", .weight = 1, .timeout_s = 20, .tries = 1, .flags = STEP_ONCE | STEP_SECRET, \
	  .at = "AT+CPIN=${pin}", .fault = FAULT_SIM_LOCKED, .on = op_pin },                       \
	{ .name = "registered", .weight = 3, .timeout_s = 5, .limit_s = 120, .tries = 100,         \
	  .pause_ms = 2000, .at = (ask), .expect = "+CGREG:|+CEREG:",                              \
	  .fault = FAULT_NOT_REGISTERED, .on = op_registered },                                    \
	{ .name = "signal", .weight = 1, .timeout_s = 5, .tries = 1, .flags = STEP_OPTIONAL,       \
	  .at = "AT+CSQ", .expect = "+CSQ:", .fault = FAULT_NOT_REGISTERED }

#define OPS_IMEI_ROW(f)                                                                            \
	{ .name = "same-imei", .weight = 1, .timeout_s = 5, .tries = 30, .pause_ms = 1000,         \
	  .flags = (f), .at = OPS_ASK_IMEI, .fault = FAULT_IMEI_CHANGED, .on = op_same_imei }

/* How often a version that is not the target is read again: behind an update, and of a unit at rest. */
#define OPS_VERSION_TIMES 16
#define OPS_CHECK_TIMES	  4

/* `handler` judges the version: op_version, or one that asks it and knows more; it is read up to `times`. Weights 5. */
#define OPS_STATE_ROWS(f, handler, times)                                                          \
	{ .name = "same-model", .weight = 1, .timeout_s = 5, .tries = 10, .pause_ms = 1000,        \
	  .flags = (f), .at = OPS_ASK_MODEL, .fault = FAULT_MODEL_CHANGED, .on = op_same_model }, \
	{ .name = "functional", .weight = 1, .timeout_s = 15, .tries = 15, .pause_ms = 2000,       \
	  .flags = (f), .at = "AT+CFUN?", .expect = "+CFUN:", .fault = FAULT_NOT_FUNCTIONAL,       \
	  .on = op_functional },                                                                   \
	{ .name = "version", .weight = 3, .timeout_s = 5, .tries = (times), .pause_ms = 1000,      \
	  .flags = (f), .at = OPS_ASK_VERSION, .fault = FAULT_WRONG_VERSION, .on = (handler) }

/* The rows that prove what a unit at rest is; `f` are flags for each of them. Weights 6. */
#define OPS_PROOF_ROWS(f) OPS_IMEI_ROW(f), OPS_STATE_ROWS(f, op_version, OPS_CHECK_TIMES)

/* From the return to the unit that left and is back. Weights 5. */
#define OPS_BACK_ROWS                                                                              \
	{ .name = "return", .weight = 3, .timeout_s = 60, .tries = 1, .poll_ms = 1000,             \
	  .flags = STEP_DANGER | STEP_LOSSY | STEP_RETURN, .fault = FAULT_NEVER_CAME_BACK,         \
	  .on = op_wait_back },                                                                    \
	{ .name = "echo-off-again", .weight = 1, .timeout_s = 5, .tries = 3, .pause_ms = 500,      \
	  .flags = STEP_DANGER | STEP_LOSSY | STEP_OPTIONAL, .at = "ATE0",                         \
	  .fault = FAULT_NO_ANSWER },                                                              \
	OPS_IMEI_ROW(STEP_DANGER | STEP_LOSSY)

/* The rows by which every update ends: from the return to the version read back. Weights 10. */
#define OPS_VERIFY_ROWS OPS_BACK_ROWS, OPS_STATE_ROWS(STEP_DANGER | STEP_LOSSY, op_version, OPS_VERSION_TIMES)
/* clang-format on */

/* Is the unit what its record says it should be, without an update? For units that are owed an answer. */
extern const Procedure check_procedure;

G_END_DECLS
