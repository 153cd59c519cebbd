/* SPDX-License-Identifier: Apache-2.0 */
/* What DTR and RTS do to a module in its fixture: one of them may be its power key, and both may
 * have to rest off. It knows no protocol and no slot's presence. */
#include "key.h"

#include <sys/ioctl.h>

/* So long a pulse is a press of the key, in real time: shorter is the noise of an opening, longer is
 * no pulse. */
#define PRESS_MIN_MS 300
#define PRESS_MAX_MS 5000
/* What stays on for so long where it should rest off was no pulse of an opening. */
#define REST_MS 250

static guint key_line(const Module *module)
{
	return module->unit->slot->key == 'd' ? TIOCM_DTR : TIOCM_RTS;
}

static void on_rest(void *data)
{
	Module *module = data;

	module->unit->lines_wrong++;
	module_power_off(module);
}

void key_init(Module *module)
{
	module->rest = (RackTimer){ .fn = on_rest, .data = module };
}

void key_stop(Module *module)
{
	timer_stop(module->rack->clock, &module->rest);
}

void key_power(Module *module)
{
	module->pulses = module->line ? line_pulses(module->line, key_line(module)) : 0;
	if (module->unit->keyed)
		module_power_on(module);
	key_moved(module, module->line ? line_outputs(module->line) : 0);
}

/* Its clients measure the press themselves: here, on a busy machine, it would be seen too late. */
static void look_for_press(Module *module)
{
	guint pulses, ms;

	if (!module->unit->slot->key || !module->line)
		return;
	pulses = line_pulses(module->line, key_line(module));
	if (pulses == module->pulses)
		return;
	module->pulses = pulses;
	ms = line_pulse_ms(module->line, key_line(module));
	if (ms < PRESS_MIN_MS || ms > PRESS_MAX_MS)
		return;
	module->unit->keyed = true;
	module_power_on(module);
	rack_changed(module->rack);
}

void key_moved(Module *module, guint lines)
{
	if (!module->unit->keyed)
		look_for_press(module);
	if (!unit_has(module->unit, F_REST_OFF))
		return;
	if (!lines)
		timer_stop(module->rack->clock, &module->rest);
	else if (!timer_armed(&module->rest))
		timer_real(module->rack->clock, &module->rest, REST_MS);
}
