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
	AT_ACK, /* raw mode: n acknowledgement bytes; always told one by one, so that cuts make no difference */
	AT_SENT, /* raw mode: the transport's queue is below 4 KiB: room for more payload; once per at_write() */
	AT_LATE,    /* a line of an abandoned command, its final result too: for the journal only */
	AT_STRAY,   /* a line that belongs to nobody */
	AT_TIMEOUT, /* the outstanding command ran out of time and was abandoned */
	AT_SYNCED,  /* at_resync() succeeded: the unit answers again */
	AT_MUTE     /* at_resync() failed: nothing answers */
} AtKind;

typedef struct {
	AtKind kind;
	const char *
		text; /* NUL-terminated, never NULL, printable ASCII: control characters and NUL are removed, so are
	                   * spaces around it, bytes above 126 become '?'; borrowed for the call */
	gsize len;
	bool ok; /* AT_REPLY: the text was "OK" */
	guint n; /* AT_ACK: 1 */
} AtEvent;

typedef struct _AtChannel AtChannel;

/* Told each event in order. It may call at_send() and the like, at_free() too (nothing is told or touched after that), but
 * not at_feed(), at_drained() or at_tick(). */
typedef void (*AtSink)(gpointer user, const AtEvent *event);
/* Told each thing that passed, for the journal, bytes received before the events they make. From the sending of a command
 * with `shown` to its final result everything is `secret`: AT_TAP_IN must not be written down, only its number of bytes;
 * AT_TAP_OUT has `shown` in the command's place, so the secret itself is never told to a tap. */
typedef enum { AT_TAP_OUT, AT_TAP_IN, AT_TAP_PAYLOAD } AtTapKind;
typedef void (*AtTap)(gpointer user, AtTapKind kind, const guint8 *bytes, gsize len, bool secret);

/* Borrows the transport for its life. `tap` may be NULL. */
AtChannel *at_new(Transport *transport, AtSink sink, AtTap tap, gpointer user);
void at_free(AtChannel *at);

/* Prefixes of unsolicited lines, compared without case; NULL-terminated, borrowed. The common boot reports ("RDY",
 * "+CFUN:", "+CPIN:", "Call Ready", "SMS Ready", "*PSUTTZ" ...) are always known. */
void at_set_reports(AtChannel *at, const char *const *prefixes);

/* Bytes came in. The events do not depend on how the bytes were cut. Bytes that are here belong before a deadline that
 * has passed meanwhile: feed first, then tick. */
void at_feed(AtChannel *at, const guint8 *bytes, gsize len, gint64 now);
/* The transport has room again (its queue shrank). */
void at_drained(AtChannel *at, gint64 now);
/* Time has passed; at_deadline() tells when the next call is due at the latest, or G_MAXINT64. */
void at_tick(AtChannel *at, gint64 now);
gint64 at_deadline(const AtChannel *at);

typedef struct {
	const char *command; /* without CR: "AT+CGMR" */
	const char *
		expect; /* prefix of its information lines ("+CPIN:"; several: "+CSQ:|+CGREG:"), compared without
	                        * case; NULL or "": every line that is no known report */
	const char *
		shown; /* what the journal shows instead of the command when it holds a secret, else NULL */
	guint timeout_ms; /* from sending to the final result; after a prompt: of silence in both directions */
	bool prompt; /* answers with CONNECT, "> " or DOWNLOAD before the final result */
} AtCommand;

/* False: not sent, because the channel is busy (see at_busy), in doubt, or the transport is gone, or because the command
 * is empty or has control characters in it. Strings are copied. */
bool at_send(AtChannel *at, const AtCommand *command, gint64 now);
/* A command is outstanding or abandoned, or the channel is in raw mode or resynchronising. */
bool at_busy(const AtChannel *at);
/* A command was abandoned and its final result has not come yet, or it ended while payload was still queued, or
 * at_resync() got no answer: at_resync() is what helps. */
bool at_in_doubt(const AtChannel *at);

/* After AT_PROMPT: payload mode. Received bytes `ack` (e.g. 'A') are counted up to n_acks, then the channel is in line
 * mode again by itself. With n_acks 0 the channel stays in line mode: the next line is read as usual. A line that is no
 * known report while acknowledgements are awaited (an error, an early result) ends payload mode too. */
void at_raw(AtChannel *at, guint n_acks, guint8 ack);
/* Payload bytes; AT_SENT follows when the queue is below 4 KiB, never from inside this call. False: the transport is
 * gone, or no command is taking payload. */
bool at_write(AtChannel *at, const guint8 *bytes, gsize len);
/* Gives up the outstanding command without waiting for what is missing: payload mode ends, the command is in doubt.
 * Nothing is told. */
void at_abandon(AtChannel *at, gint64 now);

/* Drops what is outstanding after `quiet_ms` of silence (longer where the unit may still take payload; a unit that babbles
 * is asked after 10 s more), then sends a bare AT up to `tries` times, `gap_ms` apart, all of it from at_tick(); everything
 * before the first OK is LATE, but reports are told as ever. When more than one AT was sent, or the channel was in doubt
 * (then the first OK may be the abandoned command's own), an OK is believed only after gap_ms without another, so that a
 * second one cannot answer the next command. Ends in AT_SYNCED or AT_MUTE. Called again, it starts over. The channel need
 * not have been in doubt: this is also how a unit is found. */
void at_resync(AtChannel *at, guint quiet_ms, guint tries, guint gap_ms, gint64 now);

/* The unit was heard to echo its commands, and has not been told to stop since. */
bool at_echoes(const AtChannel *at);
/* The speed of the transport, in bit/s. */
void at_set_baud(AtChannel *at, guint baud);
guint at_baud(const AtChannel *at);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(AtChannel, at_free)

G_END_DECLS
