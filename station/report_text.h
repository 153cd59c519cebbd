/* SPDX-License-Identifier: Apache-2.0
 *
 * A reader of the bus that tells a person what happens, a line each. It does not know when a batch is over. */
#pragma once

#include "lib/bus.h"
#include "station/config.h"
#include "station/out.h"

G_BEGIN_DECLS

typedef struct {
	Out *out;
	const SlotConfig *slots;
	bool quiet; /* only what failed, and a record that cannot be written */
	Unit *good; /* per slot: whose good verdict is not on disk yet */
} ReportText;

/* BusReader; `report` is a ReportText. */
bool report_text_read(gpointer report, const Event *event);

G_END_DECLS
