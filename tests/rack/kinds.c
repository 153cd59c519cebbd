/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of units that can be in a rack: one per way of updating and family, and what cannot be
 * updated at all. It knows names, and nothing of what any of them does. */
#include "kinds.h"

#include <string.h>

static const KindInfo table[N_KINDS] = {
	[UNIT_LOCAL] = { "local", "quectel-dfota-local", WAY_UPLOAD },
	[UNIT_HTTP] = { "http", "quectel-dfota-http", WAY_FETCH },
	[UNIT_S7000_HTTP] = { "sim7000-http", "simcom-cfota-http", WAY_FETCH },
	[UNIT_S7000_LOCAL] = { "sim7000-local", "simcom-cfota-local", WAY_UPLOAD },
	[UNIT_S70X0_HTTP] = { "sim7080-http", "simcom-cfota-http", WAY_FETCH },
	[UNIT_S70X0_LOCAL] = { "sim7080-local", "simcom-cfota-local", WAY_UPLOAD },
	[UNIT_CSCFOTA] = { "cscfota", "simcom-cscfota", WAY_CLOUD },
	[UNIT_TELIT_SMS] = { "telit-sms", "telit-pfm-sms", WAY_CLOUD },
	[UNIT_TELIT_COMBINED] = { "telit-combined", "telit-pfm-combined", WAY_CLOUD },
	[UNIT_TELIT_TCPIP] = { "telit-tcpip", "telit-pfm-tcpip", WAY_CLOUD },
	[UNIT_FOREIGN] = { "foreign", NULL, WAY_NONE },
	[UNIT_BOOT] = { "boot", NULL, WAY_NONE },
	[UNIT_OTHER] = { "other", NULL, WAY_NONE },
	[UNIT_GNSS] = { "gnss", NULL, WAY_NONE },
	[UNIT_ECHO] = { "echo", NULL, WAY_NONE },
	[UNIT_BARE] = { "bare", NULL, WAY_NONE },
};

const KindInfo *kind_info(UnitKind kind)
{
	return &table[kind];
}

UnitKind kind_by_name(const char *name)
{
	for (guint i = 0; i < N_KINDS; i++)
		if (!strcmp(table[i].name, name))
			return (UnitKind)i;
	return N_KINDS;
}
