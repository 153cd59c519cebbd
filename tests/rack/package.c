/* SPDX-License-Identifier: Apache-2.0 */
/* Delta packages of the rack's own format: what each leads from and to, and bytes that prove that
 * it arrived whole. It knows neither modules nor files. */
#include "package.h"

#include <string.h>

#define MAGIC "FRDELTA1"

/* On disk: integers are little-endian. */
typedef struct {
	char magic[8];
	guint32 size; /* of the whole package */
	guint32 crc;  /* of everything behind this field */
	char model[24];
	char from[40];
	char to[40];
} Layout;

static guint32 crc32_of(const guint8 *data, gsize n)
{
	guint32 crc = ~0u;

	for (gsize i = 0; i < n; i++) {
		crc ^= data[i];
		for (guint bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

GBytes *package_make(const PackageHead *head, gsize size, bool plus, Rng *rng)
{
	gsize n = MAX(size, sizeof(Layout) + 64);
	guint8 *data = g_malloc(n);
	Layout layout = { .size = GUINT32_TO_LE((guint32)n) };

	for (gsize i = 0; i < n; i++)
		data[i] = (guint8)rng_next(rng);
	if (plus) {
		/* One in the middle of a block, one across its border, one at the very end. */
		memcpy(data + n / 2, "+++", 3);
		if (n > 4098)
			memcpy(data + 4095, "+++", 3);
		memcpy(data + n - 3, "+++", 3);
	}
	memcpy(layout.magic, MAGIC, sizeof(layout.magic));
	memcpy(layout.model, head->model, sizeof(layout.model));
	memcpy(layout.from, head->from, sizeof(layout.from));
	memcpy(layout.to, head->to, sizeof(layout.to));
	memcpy(data, &layout, sizeof(layout));
	layout.crc = GUINT32_TO_LE(crc32_of(data + 16, n - 16));
	memcpy(data, &layout, sizeof(layout));
	return g_bytes_new_take(data, n);
}

bool package_read(GBytes *package, PackageHead *head)
{
	gsize n;
	const guint8 *data = g_bytes_get_data(package, &n);
	Layout layout;

	if (n < sizeof(layout))
		return false;
	memcpy(&layout, data, sizeof(layout));
	if (memcmp(layout.magic, MAGIC, sizeof(layout.magic)) != 0 ||
	    GUINT32_FROM_LE(layout.size) != n ||
	    GUINT32_FROM_LE(layout.crc) != crc32_of(data + 16, n - 16))
		return false;
	memcpy(head->model, layout.model, sizeof(head->model));
	memcpy(head->from, layout.from, sizeof(head->from));
	memcpy(head->to, layout.to, sizeof(head->to));
	head->model[sizeof(head->model) - 1] = '\0';
	head->from[sizeof(head->from) - 1] = '\0';
	head->to[sizeof(head->to) - 1] = '\0';
	return true;
}
