/* SPDX-License-Identifier: Apache-2.0
 *
 * A long table on a terminal goes through a program that shows it page by page. It does not know what it shows. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>

G_BEGIN_DECLS

typedef struct _LogPager LogPager;

/* $PAGER, else less: it leaves by itself what fits one screen. NULL when there is none: then it goes without. */
LogPager *log_pager_start(void);
FILE *log_pager_file(LogPager *pager);
/* Ends its input and waits until the reader has left it. */
void log_pager_free(LogPager *pager);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LogPager, log_pager_free)

/* Columns of the terminal; 80 when it does not say. */
guint log_terminal_width(void);

G_END_DECLS
