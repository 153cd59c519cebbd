/* SPDX-License-Identifier: Apache-2.0 */
/* The ports of a composite module that speak no AT: diagnosis, position, audio. They count what is
 * written to them, and know nothing of the module beside them. */
#include "ports.h"

#include <string.h>

/* How often a receiver tells where it is. */
#define NMEA_MS 1000

struct Ports {
	Rack *rack;
	Unit *unit;
	Line *lines[USB_INTERFACES_MAX];
	Line *nmea;
	RackTimer timer;
};

static void on_bytes(void *owner, const guint8 *data, gsize n)
{
	Ports *ports = owner;

	ports->unit->stray += (guint)n;
}

static const LineOps ops = { .bytes = on_bytes };

static void on_nmea(void *data)
{
	static const char text[] =
		"$GPRMC,081836,A,3751.65,S,14507.36,E,000.0,360.0,130998,011.3,E*62\r\n"
		"$GPGSV,1,1,00*79\r\n";
	Ports *ports = data;

	line_send(ports->nmea, (const guint8 *)text, strlen(text));
	timer_real(ports->rack->clock, &ports->timer, NMEA_MS);
}

Ports *ports_new(Rack *rack, Unit *unit, const UsbDevice *device, const UsbShape *shape,
		 bool with_at)
{
	Ports *ports = g_new0(Ports, 1);

	ports->rack = rack;
	ports->unit = unit;
	ports->timer = (RackTimer){ .fn = on_nmea, .data = ports };
	for (guint i = 0; i < USB_INTERFACES_MAX; i++) {
		Line *line = usb_line(device, i);

		if (!line || (with_at && (i == shape->at || i == shape->second)))
			continue;
		line_attach(line, &ops, ports);
		ports->lines[i] = line;
	}
	/* Its receiver is on or off. */
	if (shape->nmea && ports->lines[shape->nmea] && unit->index % 2) {
		ports->nmea = ports->lines[shape->nmea];
		timer_real(rack->clock, &ports->timer, NMEA_MS);
	}
	return ports;
}

void ports_free(Ports *ports)
{
	timer_stop(ports->rack->clock, &ports->timer);
	for (guint i = 0; i < USB_INTERFACES_MAX; i++)
		if (ports->lines[i])
			line_detach(ports->lines[i]);
	g_free(ports);
}
