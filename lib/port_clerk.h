/* SPDX-License-Identifier: Apache-2.0
 *
 * Does the port calls that can block for seconds (open, close, reading modem lines) in a thread of its own, at most one
 * per slot, and brings the answer back to the main context. It does not know what the port is for. */
#pragma once

#include "lib/serial.h"

G_BEGIN_DECLS

typedef struct _PortClerk PortClerk;

/* All callbacks run in the main context that was the thread default when the clerk was made; the clerk is only called from
 * there. Calls that are made while another one runs are done after it, in order. */
PortClerk *port_clerk_new(void);
/* Lets a running call end in its thread and drops its answer (an opened port is closed again); ports that were handed over
 * to be closed are closed, other waiting calls are dropped. Does not wait. */
void port_clerk_free(PortClerk *clerk);
/* A call is under way, or its answer has not been told yet. */
bool port_clerk_busy(const PortClerk *clerk);

/* `serial` is handed over, or NULL with `error` (borrowed). */
typedef void (*PortOpened)(gpointer user, Serial *serial, const GError *error);
void port_clerk_open(PortClerk *clerk, const Port *port, const SerialSettings *settings,
		     PortOpened done, gpointer user);
/* Takes the port over. */
void port_clerk_close(PortClerk *clerk, Serial *serial);
/* Reads the lines once; `lines` is NULL when the port is gone. `serial` must stay open until the answer, or be closed by
 * this clerk. */
typedef void (*PortLines)(gpointer user, const SerialLines *lines);
void port_clerk_lines(PortClerk *clerk, Serial *serial, PortLines done, gpointer user);

G_END_DECLS
