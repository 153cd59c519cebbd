/* SPDX-License-Identifier: Apache-2.0 */
/* The command that runs in the rack: started with the environment that shows it the simulated
 * devices, given the terminal and the signals, and ended with all that it started. It knows nothing
 * of the devices. */
#include "child.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define PRELOAD_OURS   "libfota-rack-lines.so"
#define PRELOAD_MOCKUP "libumockdev-preload.so.0"
/* How long what the command left behind may take to end by itself. */
#define GRACE_MS 500

struct Child {
	pid_t pid;
	int signals;
	guint source;
	bool terminal, over;
	void (*ended)(void *data, int code);
	void *data;
};

/* Beside the program in a build folder, else where it is installed. */
static char *our_preload(void)
{
	g_autofree char *exe = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *folder = g_path_get_dirname(exe ? exe : "/");
	char *path = g_build_filename(folder, PRELOAD_OURS, NULL);

	if (g_file_test(path, G_FILE_TEST_EXISTS))
		return path;
	g_free(path);
	return g_build_filename(RACK_LIBDIR, PRELOAD_OURS, NULL);
}

/* What is preloaded already stays in front: a sanitizer's library must be the first. */
static char **environment(const char *root)
{
	g_autofree char *ours = our_preload();
	const char *old = g_getenv("LD_PRELOAD");
	g_autofree char *all = g_strdup_printf("%s%s%s:%s", old ? old : "", old && *old ? ":" : "",
					       ours, PRELOAD_MOCKUP);
	char **env = g_environ_setenv(g_get_environ(), "LD_PRELOAD", all, TRUE);

	return g_environ_setenv(env, "UMOCKDEV_DIR", root, TRUE);
}

static void hand_on_stop(Child *child)
{
	/* Ctrl-Z: the rack stops with its command, and both go on together. */
	if (child->terminal)
		tcsetpgrp(STDIN_FILENO, getpgrp());
	raise(SIGSTOP);
	if (child->terminal)
		tcsetpgrp(STDIN_FILENO, child->pid);
	kill(-child->pid, SIGCONT);
}

static void reap(Child *child)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG | WUNTRACED)) > 0) {
		if (pid != child->pid || child->over)
			continue;
		if (WIFSTOPPED(status)) {
			hand_on_stop(child);
			continue;
		}
		child->over = true;
		child->ended(child->data,
			     WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	}
}

static gboolean on_signal(gint fd, GIOCondition condition, gpointer data)
{
	struct signalfd_siginfo info;
	Child *child = data;

	if (read(fd, &info, sizeof(info)) != sizeof(info))
		return G_SOURCE_CONTINUE;
	if (info.ssi_signo == SIGCHLD)
		reap(child);
	else if (!child->over)
		kill(child->pid, (int)info.ssi_signo);
	return G_SOURCE_CONTINUE;
}

static void block_signals(sigset_t *set, sigset_t *before)
{
	static const int handed_on[] = {
		SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2
	};

	sigemptyset(set);
	for (guint i = 0; i < G_N_ELEMENTS(handed_on); i++)
		sigaddset(set, handed_on[i]);
	sigprocmask(SIG_BLOCK, set, before);
	/* Or giving the terminal away would stop the rack. */
	signal(SIGTTOU, SIG_IGN);
}

static void run(Child *child, char **argv, char **env, const sigset_t *mask)
{
	setpgid(0, 0);
	if (child->terminal)
		tcsetpgrp(STDIN_FILENO, getpid());
	signal(SIGTTOU, SIG_DFL);
	sigprocmask(SIG_SETMASK, mask, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	execvpe(argv[0], argv, env);
	g_printerr("fota-rack: %s: %s\n", argv[0], g_strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

Child *child_start(char **argv, const char *root, void (*ended)(void *data, int code), void *data,
		   GError **error)
{
	g_auto(GStrv) env = environment(root);
	g_autofree Child *child = g_new0(Child, 1);
	sigset_t set, before;

	child->ended = ended;
	child->data = data;
	child->terminal = isatty(STDIN_FILENO) && tcgetpgrp(STDIN_FILENO) == getpgrp();
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	block_signals(&set, &before);
	child->pid = fork();
	if (child->pid == 0)
		run(child, argv, env, &before);
	if (child->pid < 0) {
		g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "fork: %s",
			    g_strerror(errno));
		return NULL;
	}
	setpgid(child->pid, child->pid);
	child->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	child->source = g_unix_fd_add(child->signals, G_IO_IN, on_signal, child);
	return g_steal_pointer(&child);
}

/* Signals all children that the rack has by now; orphans of its command are its own. */
static guint signal_children(int number)
{
	g_autoptr(GDir) proc = g_dir_open("/proc", 0, NULL);
	const char *name;
	guint found = 0;

	while (proc && (name = g_dir_read_name(proc))) {
		g_autofree char *path = g_build_filename("/proc", name, "stat", NULL);
		g_autofree char *text = NULL;
		const char *end;

		if (!g_ascii_isdigit(*name) || !g_file_get_contents(path, &text, NULL, NULL))
			continue;
		end = strrchr(text, ')');
		if (!end || strlen(end) < 5 || atoi(end + 4) != getpid())
			continue;
		kill(atoi(name), number);
		found++;
	}
	return found;
}

void child_free(Child *child)
{
	gint64 until = g_get_monotonic_time() + GRACE_MS * 1000;

	if (child->terminal)
		tcsetpgrp(STDIN_FILENO, getpgrp());
	if (signal_children(SIGTERM)) {
		while (waitpid(-1, NULL, WNOHANG) >= 0 && g_get_monotonic_time() < until)
			g_usleep(5000);
		/* Each that ends may leave children of its own to us. */
		while (signal_children(SIGKILL))
			while (waitpid(-1, NULL, 0) > 0)
				;
	}
	if (child->source)
		g_source_remove(child->source);
	if (child->signals > 0)
		close(child->signals);
	g_free(child);
}
