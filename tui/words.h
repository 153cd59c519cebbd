/* SPDX-License-Identifier: Apache-2.0
 *
 * A slot's row in words for a person: what happens, what went wrong, what to do. All are translated.
 * It does not know where they are put. Every string is to be freed with g_free and never NULL. */
#pragma once

#include "tui/board.h"
#include "tui/theme.h"

G_BEGIN_DECLS

/* What is being done with the unit, or with the slot when there is none: "upload, try 2", "queued: no network free". */
char *words_doing(const SlotRow *row, const Theme *theme);
/* What went wrong and what to do about it; "" when nothing did. `full`: with the vendor's own words. */
char *words_fault(const SlotRow *row, bool full);
/* "A01 → A03", or as much of it as there is sense in at this width. */
char *words_versions(const SlotRow *row, const Theme *theme, int w);
/* The last digits of the IMEI; "" while unknown. */
char *words_imei_tail(const SlotRow *row, const Theme *theme);
/* A text from elsewhere in the program, translated where it is known; "" stays "". */
const char *words_translated(const char *text);
/* "steps" of procedures have names that stay English in the record; here they are said in the person's language. */
const char *words_step(const char *name);
/* "good", "bad: no answer" of an outcome and a fault. */
char *words_outcome(Outcome outcome, FaultCode fault);
/* "3:25", "1:03:25"; "" for a negative time. */
char *words_elapsed(gint64 seconds);

G_END_DECLS
