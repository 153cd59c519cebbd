/* SPDX-License-Identifier: Apache-2.0
 *
 * The table behind requests.h. It does not know who answers. */
#include "tui/requests.h"

#include <glib/gi18n.h>

static const Request requests[N_REQUESTS] = {
#define REQUEST(name, key, key_name, hint, help, flags) { key, key_name, hint, help, flags },
	REQUEST_LIST(REQUEST)
#undef REQUEST
};

const Request *request_get(RequestId id)
{
	g_assert(id >= 0 && id < N_REQUESTS);
	return &requests[id];
}

RequestId request_of_key(Key key)
{
	for (int i = 0; i < N_REQUESTS; i++)
		if (requests[i].key == key)
			return i;
	return REQUEST_NONE;
}
