/* SPDX-License-Identifier: Apache-2.0
 *
 * The journal of one slot: every byte sent and received, with its time, as lines of text. It does not know where the text
 * is kept. A line is "MS DIR TEXT": milliseconds since the unit arrived; DIR one of > sent, < received, # payload, = note;
 * TEXT escaped as in C. */
#pragma once

#include "lib/at.h"

G_BEGIN_DECLS

/* The line that stands where something was not kept. */
#define TRACE_CUT "0 = cut"

typedef struct _Trace Trace;

Trace *trace_new(void);
void trace_free(Trace *trace);
/* Forgets everything: another unit is there, and `now` (monotonic microseconds) is its time 0. */
void trace_restart(Trace *trace, gint64 now);
gint64 trace_origin(const Trace *trace);

void trace_bytes(Trace *trace, AtTapKind kind, const guint8 *bytes, gsize len, bool secret,
		 gint64 now);
void trace_note(Trace *trace, gint64 now, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* What has been gathered since the last call, or NULL. While nobody takes it, at most the newest 64 KiB are kept, behind
 * a TRACE_CUT. */
char *trace_take(Trace *trace, gint64 now, gsize *len);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Trace, trace_free)

G_END_DECLS
