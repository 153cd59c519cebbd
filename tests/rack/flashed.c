/* SPDX-License-Identifier: Apache-2.0 */
/* What a flash is to a unit of any family: who comes between while it runs, and what it makes of the
 * unit once it went through. It knows no command and no report. */
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

bool flash_loses_power(Unit *unit, guint *cut_at, guint percent)
{
	if (!*cut_at || percent < *cut_at)
		return false;
	*cut_at = 0;
	unit->interrupted++;
	if (unit_has(unit, F_OTHER_TTY))
		slot_power_cut_renamed(unit->slot, 3000);
	else
		slot_power_cut(unit->slot, 3000);
	return true;
}

bool flash_meets_hands(Unit *unit, guint percent)
{
	if (percent <= 30 || unit->slot->handled)
		return false;
	if (unit_has(unit, F_UNPLUG_FLASH) || unit_has(unit, F_SWAP_FLASH)) {
		slot_pull(unit->slot, unit_has(unit, F_SWAP_FLASH) ? 9000 : 0);
		return true;
	}
	if (unit->twin) {
		unit->slot->handled = true;
		slot_put_in(unit->twin->slot);
	}
	if (unit_has(unit, F_OTHER_SLOT)) {
		unit->interrupted++;
		slot_move(unit->slot, unit->moved_to, 9000);
		return true;
	}
	return false;
}
