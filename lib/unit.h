/* SPDX-License-Identifier: Apache-2.0
 *
 * A thing: what a module says of itself. It does not know where the module sits nor what is to become of it. */
#pragma once

#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

typedef struct {
	char imei[16];
	char iccid[24];
	char imsi[16];
	char serial[32];
	char maker[32];
	char model[32];    /* as AT+CGMM says: "Quectel_MC65" */
	char revision[64]; /* firmware version without "Revision:" */
	gint8 cfun;        /* AT+CFUN? as found; -1: not said */
	guint baud;        /* the speed it was found at, in bit/s */
	char name[32];     /* the model's name in data/models ("MC65"), "" while unknown */
} Unit;

/* 15 digits, check digit right, not all digits equal (an IMEI of zeros passes the check digit). */
bool unit_imei_valid(const char *imei);

/* Copies what is printable of `text` into a field of `size` bytes, cut to fit, always terminated. */
void unit_set(char *field, gsize size, const char *text, gsize len);
#define UNIT_SET(field, text, len) unit_set((field), sizeof(field), (text), (len))

G_END_DECLS
