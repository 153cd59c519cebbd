/* SPDX-License-Identifier: Apache-2.0
 *
 * Which bytes of something have been asked for, and which have arrived. Pure: it knows no server and no file. */
#pragma once

#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

typedef enum {
	RANGE_WHOLE, /* no range, or one that may be ignored: everything is sent */
	RANGE_PART,
	RANGE_NONE /* it can be understood, and nothing of it is there */
} RangeAnswer;

/* What a Range header (NULL: there is none) asks of `size` bytes: with RANGE_PART from `*first` to before `*end`. Several
 * ranges, other units and what is no range at all count as none, as RFC 9110 allows. */
RangeAnswer range_parse(const char *header, guint64 size, guint64 *first, guint64 *end);

/* A set of bytes. It holds so many pieces; more than that and the smallest is forgotten, so that it never says too much. */
#define RANGES_MAX 32

typedef struct {
	struct {
		guint64 first, end;
	} pieces[RANGES_MAX]; /* in order, with gaps between them */
	guint n;
} Ranges;

void ranges_add(Ranges *ranges, guint64 first, guint64 end);
/* How many bytes are in it. */
guint64 ranges_total(const Ranges *ranges);

G_END_DECLS
