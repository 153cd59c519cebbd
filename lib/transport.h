/* SPDX-License-Identifier: Apache-2.0
 *
 * How bytes leave towards a unit: a serial port, or memory in a test. It does not know what the bytes mean. */
#pragma once

#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

typedef struct _Transport Transport;

typedef struct {
	/* Queues the bytes (copied). False: the port is gone, or has taken nothing for so long that its queue is full. Never
	 * blocks, never calls back. */
	bool (*write)(Transport *transport, const guint8 *bytes, gsize len);
	/* Bytes queued that the operating system has not taken yet. */
	gsize (*queued)(Transport *transport);
	/* The port's own speed, in bit/s, from the next byte on. False: refused or gone. */
	bool (*set_baud)(Transport *transport, guint baud);
	guint (*baud)(Transport *transport);
} TransportOps;

/* First member of every transport. */
struct _Transport {
	const TransportOps *ops;
};

static inline bool transport_write(Transport *t, const guint8 *bytes, gsize len)
{
	return t->ops->write(t, bytes, len);
}

static inline gsize transport_queued(Transport *t)
{
	return t->ops->queued(t);
}

static inline bool transport_set_baud(Transport *t, guint baud)
{
	return t->ops->set_baud(t, baud);
}

static inline guint transport_baud(Transport *t)
{
	return t->ops->baud(t);
}

G_END_DECLS
