/* SPDX-License-Identifier: Apache-2.0
 *
 * Names and properties of the kinds of Event. It does not know who emits or reads them. */
#include "lib/event.h"

typedef struct {
	const char *name;
	EventLevel level;
	bool stored;
} KindInfo;

static const KindInfo kinds[N_EVENTS] = {
#define EVENT(kind, id, lvl, store, body) { id, LEVEL_##lvl, store },
	EVENT_LIST(EVENT)
#undef EVENT
};

const char *event_kind_name(EventKind kind)
{
	return kinds[kind].name;
}

EventLevel event_kind_level(EventKind kind)
{
	return kinds[kind].level;
}

bool event_kind_stored(EventKind kind)
{
	return kinds[kind].stored;
}
