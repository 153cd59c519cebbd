/* SPDX-License-Identifier: Apache-2.0
 *
 * One child with a pipe into it. It does not know what is written there. */
#include "station/log_pager.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct _LogPager {
	FILE *file;
	GPid child;
};

guint log_terminal_width(void)
{
	const char *columns = g_getenv("COLUMNS");
	struct winsize size;
	guint64 n;

	if (columns && g_ascii_string_to_unsigned(columns, 10, 20, 10000, &n, NULL))
		return n;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return 80;
}

LogPager *log_pager_start(void)
{
	const char *wanted = g_getenv("PAGER");
	g_auto(GStrv) argv = NULL;
	g_auto(GStrv) envp = g_get_environ();
	LogPager *pager;
	GPid child;
	int in = -1;

	if (!g_shell_parse_argv(wanted && *wanted ? wanted : "less", NULL, &argv, NULL))
		return NULL;
	/* Colours as they are, and no waiting where one screen holds all. */
	envp = g_environ_setenv(g_steal_pointer(&envp), "LESS", "FRX", FALSE);
	if (!g_spawn_async_with_pipes(NULL, argv, envp,
				      G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
				      &child, &in, NULL, NULL, NULL))
		return NULL;
	pager = g_new0(LogPager, 1);
	pager->child = child;
	pager->file = fdopen(in, "w");
	return pager;
}

FILE *log_pager_file(LogPager *pager)
{
	return pager->file;
}

void log_pager_free(LogPager *pager)
{
	if (!pager)
		return;
	fclose(pager->file);
	while (waitpid(pager->child, NULL, 0) < 0 && errno == EINTR)
		continue;
	g_spawn_close_pid(pager->child);
	g_free(pager);
}
