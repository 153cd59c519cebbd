/* SPDX-License-Identifier: Apache-2.0 */
/* What a flash that went through makes of a unit, for all families: its version, and all that faults
 * make of it beside that. It knows no command and no report. */
#include <string.h>

#include "module.h"
#include "plan.h"

static void change_imei(Unit *unit)
{
	if (unit_has(unit, F_IMEI_BLANK_AFTER))
		*unit->imei_now = '\0';
	if (!unit_has(unit, F_IMEI_CHANGED_AFTER))
		return;
	/* Valid, but another. */
	unit->imei_now[10] = unit->imei_now[10] == '9' ? '0' : (char)(unit->imei_now[10] + 1);
	unit->imei_now[14] = imei_check_digit(unit->imei_now);
}

void unit_flashed(Unit *unit, const char *to)
{
	unit->flashes++;
	unit->dfota_count++;
	if (!unit_has(unit, F_STAYS_OLD))
		g_strlcpy(unit->version, to, sizeof(unit->version));
	if (unit_has(unit, F_WRONG_VERSION))
		plan_other_version(unit->version, "77");
	if (!strcmp(unit->version, unit->target) || unit_has(unit, F_WRONG_VERSION))
		change_imei(unit);
	if (unit_has(unit, F_CFUN5_AFTER))
		unit->cfun = 5;
}
