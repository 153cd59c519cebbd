/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of units that can be in a rack: one per way of updating and family, and what cannot be
 * updated at all. It knows names, and nothing of what any of them does. */
#pragma once

#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

typedef enum {
	UNIT_LOCAL, /* Quectel */
	UNIT_HTTP,
	UNIT_S7000_HTTP, /* SIMCom SIM7000 */
	UNIT_S7000_LOCAL,
	UNIT_S70X0_HTTP, /* SIM7070, SIM7080, SIM7090 */
	UNIT_S70X0_LOCAL,
	UNIT_CSCFOTA,   /* SIM7600M21 */
	UNIT_TELIT_SMS, /* Telit over its update service */
	UNIT_TELIT_COMBINED,
	UNIT_TELIT_TCPIP,
	N_UPDATED,
	UNIT_FOREIGN = N_UPDATED, /* a module of a vendor's that has no procedure */
	UNIT_BOOT,                /* a bootloader */
	UNIT_OTHER,               /* a modem of another vendor */
	UNIT_GNSS,                /* a receiver that talks all the time */
	UNIT_ECHO,                /* says what it is told */
	UNIT_BARE,                /* an adapter with nothing behind it */
	N_KINDS
} UnitKind;

#define FOR(kind)    (1u << UNIT_##kind)
#define FOR_LOCAL    FOR(LOCAL)
#define FOR_HTTP     FOR(HTTP)
#define FOR_QUECTEL  (FOR_LOCAL | FOR_HTTP)
#define FOR_S7000    (FOR(S7000_HTTP) | FOR(S7000_LOCAL))
#define FOR_S70X0    (FOR(S70X0_HTTP) | FOR(S70X0_LOCAL))
#define FOR_CFOTA    (FOR_S7000 | FOR_S70X0)
#define FOR_CSCFOTA  FOR(CSCFOTA)
#define FOR_SIMCOM   (FOR_CFOTA | FOR_CSCFOTA)
#define FOR_CF_FETCH (FOR(S7000_HTTP) | FOR(S70X0_HTTP))
#define FOR_CF_LOCAL (FOR(S7000_LOCAL) | FOR(S70X0_LOCAL))
#define FOR_TELIT    (FOR(TELIT_SMS) | FOR(TELIT_COMBINED) | FOR(TELIT_TCPIP))
#define FOR_UPLOAD   (FOR_LOCAL | FOR_CF_LOCAL)
#define FOR_FETCH    (FOR_HTTP | FOR_CF_FETCH)
#define FOR_RADIO    (FOR_FETCH | FOR_CSCFOTA | FOR_TELIT)
#define FOR_ANY      (FOR_QUECTEL | FOR_SIMCOM | FOR_TELIT)

/* How a package comes to a unit. */
typedef enum {
	WAY_NONE,   /* it takes none */
	WAY_UPLOAD, /* over the AT port */
	WAY_FETCH,  /* it fetches it itself */
	WAY_CLOUD   /* its vendor's service has it */
} PackageWay;

typedef struct {
	const char *name;      /* in a mix and in the truth */
	const char *procedure; /* as the catalogue names it, NULL: there is none */
	PackageWay way;
} KindInfo;

const KindInfo *kind_info(UnitKind kind);
/* N_KINDS when there is none of that name. */
UnitKind kind_by_name(const char *name);

static inline bool kind_in(UnitKind kind, guint mask)
{
	return mask >> kind & 1;
}

G_END_DECLS
