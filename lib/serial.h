/* SPDX-License-Identifier: Apache-2.0
 *
 * A transport over one serial port by libserialport: exclusive, non-blocking, with a queue of what is still to be sent.
 * It knows no main loop: it names its descriptor, and whoever watches it calls serial_readable() and serial_writable(). */
#pragma once

#include "lib/port.h"
#include "lib/transport.h"

G_BEGIN_DECLS

typedef struct _Serial Serial;

#define SERIAL_ERROR (serial_error_quark())
GQuark serial_error_quark(void);
typedef enum {
	SERIAL_ERROR_BUSY, /* another program holds it; the message names the program where that can be seen */
	SERIAL_ERROR_GONE,    /* the node is not there, or is another plugging's by now */
	SERIAL_ERROR_REFUSED, /* no permission, or the port refuses its settings */
} SerialError;

typedef struct {
	guint baud;    /* one of 4800 … 921600, the usual ones */
	bool dtr, rts; /* resting state, set directly after opening */
	char pulse;    /* 'd' DTR, 'r' RTS, 0: no pulse to switch the module on */
	guint pulse_ms;
} SerialSettings;

typedef struct {
	bool cts, dsr, dcd, ri;
} SerialLines;

/* Opens, locks (TIOCEXCL and flock), puts the lines to rest, sets 8N1 without flow control, CLOCAL on, HUPCL off, then gives
 * the pulse. Before and after, the node must still belong to `sysfs` and `attach` (as far as they are given and /sys tells).
 * What had been received stays to be read. May block for seconds: called by the port clerk. NULL with `error` set on
 * failure: one sentence that names the node, in English, for the record. */
Serial *serial_open(const Port *port, const SerialSettings *settings, GError **error);
/* Such a sentence in the language of who looks at the screen; NULL: it is none of them. */
char *serial_said(const char *sentence);
/* Drops what is queued, without a wait where the driver allows that. May block: called by the port clerk. */
void serial_close(Serial *serial);

/* Writing tries at once; what the port did not take stays queued, at most 64 KiB. */
Transport *serial_transport(Serial *serial);
int serial_fd(const Serial *serial);

typedef enum { SERIAL_OK, SERIAL_AGAIN, SERIAL_GONE } SerialResult;

/* Up to `size` bytes into `buffer`, `*len` how many. Never blocks. AGAIN: nothing there now. libserialport answers 0 for
 * an idle and for a vanished port: hang-up is told by poll and by a failing write or tcgetattr. */
SerialResult serial_readable(Serial *serial, guint8 *buffer, gsize size, gsize *len);
/* Writes what the port takes now. AGAIN: some is left, watch for room. */
SerialResult serial_writable(Serial *serial);
/* True while the hang-up has not been seen by a read, a write or serial_check(). */
bool serial_check(Serial *serial);

/* Synchronous USB control transfers on some adapters, up to seconds: called by the port clerk. False: gone. */
bool serial_read_lines(Serial *serial, SerialLines *lines);

G_END_DECLS
