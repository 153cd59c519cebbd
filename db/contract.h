/* SPDX-License-Identifier: Apache-2.0
 *
 * What the public views of the record promise to those who ask by SQL. It does not know who asks. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Columns are only ever added; whoever changes one of these changes this number. */
#define CONTRACT_VERSION 2

typedef struct {
	const char *view;
	const char *column;  /* NULL: the line about the view itself, which comes first */
	const char *meaning; /* "" where the name says it */
} ContractColumn;

/* In the order of the views' own columns, ended by a view of NULL. docs/schema.md has the same. */
extern const ContractColumn contract_columns[];

G_END_DECLS
