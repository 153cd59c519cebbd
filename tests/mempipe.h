/* SPDX-License-Identifier: Apache-2.0
 *
 * A transport in memory: what was written is there to be read, and the test says what is still queued and when the port
 * goes. It does not know what the bytes mean, has no clock and never answers by itself. */
#pragma once

#include <string>
#include <utility>

#include "lib/transport.h"

struct MemPipe {
	Transport base;      /* first: the operations cast back */
	std::string written; /* all that was handed over, queued or not, since the last take() */
	gsize queued = 0;    /* what the operating system has not taken; grows only while `hold` */
	bool hold = false;   /* true: bytes stay queued until drain() */
	bool gone = false;   /* true: every write and every change of speed fails */
	guint baud = 115200;

	MemPipe()
	{
		base.ops = ops();
	}
	MemPipe(const MemPipe &) = delete;
	MemPipe &operator=(const MemPipe &) = delete;

	Transport *transport()
	{
		return &base;
	}
	std::string take()
	{
		return std::exchange(written, std::string());
	}
	/* The operating system took n bytes; tell the channel with at_drained() afterwards. */
	void drain(gsize n)
	{
		queued -= MIN(n, queued);
	}

      private:
	static MemPipe *self(Transport *t)
	{
		return reinterpret_cast<MemPipe *>(t);
	}

	static bool write(Transport *t, const guint8 *bytes, gsize len)
	{
		MemPipe *pipe = self(t);

		if (pipe->gone)
			return false;
		pipe->written.append(reinterpret_cast<const char *>(bytes), len);
		if (pipe->hold)
			pipe->queued += len;
		return true;
	}

	static gsize count(Transport *t)
	{
		return self(t)->queued;
	}

	static bool set_baud(Transport *t, guint speed)
	{
		if (self(t)->gone)
			return false;
		self(t)->baud = speed;
		return true;
	}

	static guint get_baud(Transport *t)
	{
		return self(t)->baud;
	}

	static const TransportOps *ops()
	{
		static const TransportOps table = { write, count, set_baud, get_baud };

		return &table;
	}
};
