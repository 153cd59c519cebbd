/* SPDX-License-Identifier: Apache-2.0
 *
 * A reader of the bus that writes one JSON object per event and line (NDJSON); keys are only ever added, see
 * docs/events.md. It does not know when a batch is over. */
#pragma once

#include "lib/bus.h"
#include "station/config.h"
#include "station/out.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct {
	Out *out;
	const SlotConfig *slots;
} ReportJson;

/* BusReader; `report` is a ReportJson. */
bool report_json_read(gpointer report, const Event *event);
/* Ends the object that `builder` holds and writes it as one line. */
bool report_json_line(Out *out, JsonBuilder *builder);

G_END_DECLS
