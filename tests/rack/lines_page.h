/* SPDX-License-Identifier: Apache-2.0 */
/* The modem lines of every simulated tty in one file that the rack and its clients map: a pty has
 * none of its own. It knows a tty only by the number of its pty. */
#pragma once

#include <stdint.h>

/* More ptys than this the kernel does not give out unless it is told to. */
#define LINES_PAGE_MAX 8192
/* Below $UMOCKDEV_DIR, beside sys and dev. */
#define LINES_PAGE_FILE "modem-lines"

/* Every field is read and written by atomic operations only. */
typedef struct {
	uint32_t used;  /* 1 while the tty exists: a client whose tty was pulled gets EIO */
	uint32_t lines; /* TIOCM_ bits, outputs and inputs */
	uint32_t moves; /* how often a client changed DTR or RTS */
	uint32_t opens; /* how often it was opened */
	uint32_t closing_wait;
	/* Of DTR and of RTS: when it went off last, how long its last time off was, how many such times
	 * there were. Whoever looks now and then would measure its own delay. */
	uint32_t off_at_ms[2], off_ms[2], pulses[2];
} LinesEntry;
