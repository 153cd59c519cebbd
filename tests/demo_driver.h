/* SPDX-License-Identifier: Apache-2.0
 *
 * The driver of a module that does not exist: the smallest complete one, to read, to copy and to test the engine with.
 * It is in no list of drivers. */
#pragma once

#include "lib/step.h"

G_BEGIN_DECLS

extern const Driver demo_driver;
extern const Procedure demo_procedure;

G_END_DECLS
