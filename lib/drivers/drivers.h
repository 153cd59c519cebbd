/* SPDX-License-Identifier: Apache-2.0
 *
 * One line per driver: adding a vendor's protocol is adding its file, its line here and its line in driver.c.
 * It does not know what they do. */
#pragma once

#include "lib/step.h"

G_BEGIN_DECLS

extern const Driver quectel_dfota_driver;
extern const Driver telit_pfm_driver;
extern const Driver simcom_cfota_driver;
extern const Driver simcom_cscfota_driver;

G_END_DECLS
