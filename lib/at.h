/* SPDX-License-Identifier: Apache-2.0
 *
 * One AT conversation over one transport: at most one command outstanding, every received byte accounted for.
 * It has no clock, no port and no idea of procedures: bytes and time (monotonic microseconds) are handed to it. */
#pragma once

#include "lib/transport.h"

G_BEGIN_DECLS

#define AT_LINE_MAX 4096 /* a longer line is cut there */

typedef enum {
	AT_LINE,   /* an information line that belongs to the outstanding command */
	AT_REPLY,  /* its final result; ok says which; the command is done */
	AT_REPORT, /* an unsolicited line (URC) */
	AT_PROMPT, /* "CONNECT", "> " or "DOWNLOAD" that the outstanding command asked for: send the data now */
	AT_ACK,    /* raw mode: n acknowledgement bytes */
	AT_SENT,   /* raw mode: the transport's queue fell below 4 KiB: room for more payload */
	AT_LATE,   /* a line of an abandoned command: for the journal only */
	AT_STRAY,  /* a line that belongs to nobody */
	AT_TIMEOUT,/* the outstanding command ran out of time and was abandoned */
	AT_SYNCED, /* at_resync() succeeded: the unit answers again */
	AT_MUTE    /* at_resync() failed: nothing answers */
} AtKind;

typedef struct {
	AtKind      kind;
	const char *text; /* NUL-terminated, control characters and NUL removed; borrowed for the call */
	gsize       len;
	bool        ok;   /* AT_REPLY */
	guint       n;    /* AT_ACK */
} AtEvent;

typedef struct _AtChannel AtChannel;

/* Told each event in order. It may call at_send() and the like, but must not free the channel. */
typedef void (*AtSink)(gpointer user, const AtEvent *event);
/* Told each thing that passed, for the journal. `secret`: bytes must not be written down, only their number. */
typedef enum { AT_TAP_OUT, AT_TAP_IN, AT_TAP_PAYLOAD } AtTapKind;
typedef void (*AtTap)(gpointer user, AtTapKind kind, const guint8 *bytes, gsize len, bool secret);

/* Borrows the transport for its life. `tap` may be NULL. */
AtChannel *at_new(Transport *transport, AtSink sink, AtTap tap, gpointer user);
void at_free(AtChannel *at);

/* Prefixes of unsolicited lines, compared without case; NULL-terminated, borrowed. The common boot reports ("RDY",
 * "+CFUN:", "+CPIN:", "Call Ready", "SMS Ready", "*PSUTTZ" ...) are always known. */
void at_set_reports(AtChannel *at, const char *const *prefixes);

/* Bytes came in. The events do not depend on how the bytes were cut. */
void at_feed(AtChannel *at, const guint8 *bytes, gsize len, gint64 now);
/* The transport has room again (its queue shrank). */
void at_drained(AtChannel *at, gint64 now);
/* Time has passed; at_deadline() tells when the next call is due at the latest, or G_MAXINT64. */
void at_tick(AtChannel *at, gint64 now);
gint64 at_deadline(const AtChannel *at);

typedef struct {
	const char *command;   /* without CR: "AT+CGMR" */
	const char *expect;    /* prefix of its information lines ("+CPIN:"), NULL or "": lines without a known prefix */
	const char *shown;     /* what the journal shows instead of the command when it holds a secret, else NULL */
	guint       timeout_ms;
	bool        prompt;    /* answers with CONNECT, "> " or DOWNLOAD before the final result */
} AtCommand;

/* False: not sent, because the channel is busy (see at_busy), in doubt, or the transport is gone. Strings are copied. */
bool at_send(AtChannel *at, const AtCommand *command, gint64 now);
/* A command is outstanding or abandoned, or the channel is in raw mode or resynchronising. */
bool at_busy(const AtChannel *at);
/* A command was abandoned and its final result has not come yet: at_resync() is what helps. */
bool at_in_doubt(const AtChannel *at);

/* After AT_PROMPT: payload mode. Received bytes `ack` (e.g. 'A') are counted up to n_acks, then the channel is in line
 * mode again by itself. With n_acks 0 the channel stays in line mode: the next line is read as usual. Anything that is
 * not an acknowledgement while some are awaited (an error line) ends payload mode too. */
void at_raw(AtChannel *at, guint n_acks, guint8 ack);
/* Payload bytes; AT_SENT follows when the queue is below 4 KiB. False: the transport is gone. */
bool at_write(AtChannel *at, const guint8 *bytes, gsize len);
/* Gives up payload mode without waiting for what is missing; the command is in doubt. */
void at_abandon(AtChannel *at, gint64 now);

/* Drops what is outstanding after `quiet_ms` of silence (at least 500 ms; longer where the unit may still take payload),
 * then sends a bare AT up to three times, 1 s apart; everything before the first OK is LATE. Ends in AT_SYNCED or AT_MUTE. */
void at_resync(AtChannel *at, guint quiet_ms, gint64 now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(AtChannel, at_free)

G_END_DECLS
