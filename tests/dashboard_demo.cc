/* SPDX-License-Identifier: Apache-2.0
 *
 * The dashboard with an invented rack behind it, on the terminal it is started on: to look at, and to measure what it
 * sends and what it costs. It does not know the station.
 *
 *   dashboard_demo [SLOTS [EVENTS_PER_SECOND_AND_SLOT [SECONDS]]] */
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "tests/dashboard_story.h"
#include "tui/tui.h"

namespace
{

struct Demo {
	bool ended = false;
	guint danger = 0;
	gsize sent = 0, frames = 0;
};

const char *demo_act(gpointer user, Act act, guint)
{
	if (act == ACT_QUIT)
		static_cast<Demo *>(user)->ended = static_cast<Demo *>(user)->danger == 0;
	return nullptr;
}

const char *demo_text(gpointer, const char *)
{
	return nullptr;
}

guint demo_open(gpointer)
{
	return 1;
}

guint demo_ask(gpointer, const HistoryQuestion *)
{
	return 0;
}

const char *demo_step_name(gpointer, const char *, guint)
{
	return nullptr;
}

char *demo_plan(gpointer, guint)
{
	return g_strdup("");
}

void demo_watch(gpointer, guint)
{
}

guint demo_in_danger(gpointer user)
{
	return static_cast<Demo *>(user)->danger;
}

bool demo_write(gpointer user, const char *bytes, gsize len)
{
	Demo *demo = static_cast<Demo *>(user);

	demo->sent += len;
	demo->frames += len > 0;
	while (len > 0) {
		gssize n = write(STDOUT_FILENO, bytes, len);

		if (n <= 0)
			return false;
		bytes += n;
		len -= (gsize)n;
	}
	return true;
}

double cpu_seconds()
{
	return (double)clock() / CLOCKS_PER_SEC;
}

/* Every unit goes its way at its own pace; `beat` counts the events of one slot. */
void play(Story &story, Demo *demo, guint16 slot, guint beat)
{
	guint at = beat % 260;

	if (at == 1)
		story.arrive(slot);
	else if (at == 5)
		story.identify(slot);
	else if (at == 10) {
		story.visit(slot);
		story.job(slot);
		story.step(slot, "upload");
	} else if (at > 10 && at < 110) {
		story.progress(slot, (int)(at - 10) * 6 / 10);
	} else if (at == 110) {
		story.danger(slot);
		demo->danger++;
	} else if (at > 110 && at < 200) {
		story.progress(slot, (int)(60 + (at - 110) * 4 / 10));
	} else if (at == 200) {
		demo->danger--;
		if ((slot + beat / 260) % 7 == 3)
			story.end(slot, OUTCOME_FAIL, FAULT_UPLOAD_DAMAGED);
		else
			story.end(slot, OUTCOME_PASS);
	} else if (at == 205) {
		story.recorded(slot);
	} else if (at == 240) {
		story.remove(slot);
	}
}

} // namespace

int main(int argc, char **argv)
{
	guint n = argc > 1 ? (guint)atoi(argv[1]) : 24, rate = argc > 2 ? (guint)atoi(argv[2]) : 10;
	gint64 until =
		argc > 3 ? g_get_monotonic_time() + atoi(argv[3]) * G_USEC_PER_SEC : G_MAXINT64;
	gint64 begin = g_get_monotonic_time(), next = begin;
	TuiActs acts = {};

	g_autoptr(GError) error = nullptr;
	Fixture fixture(n);
	Demo demo;
	TuiSetup setup = {};
	sigset_t signals;
	guint beat = 0;

	setlocale(LC_ALL, "");
	setup.input_fd = STDIN_FILENO;
	setup.station = "station-1";
	setup.line = "line 1";
	setup.version = "demo";
	setup.slots = fixture.slots();
	setup.n_slots = n;
	setup.totals.since_us = begin - 3600 * (gint64)G_USEC_PER_SEC;
	acts.act = demo_act;
	acts.worker = acts.work_order = demo_text;
	acts.in_danger = demo_in_danger;
	acts.open = demo_open;
	acts.write = demo_write;
	acts.ask = demo_ask;
	acts.step_name = demo_step_name;
	acts.plan = demo_plan;
	acts.watch = demo_watch;
	setup.colours = 256;
	setup.acts = &acts;
	setup.user = &demo;
	setup.now_us = begin;

	Tui *tui = tui_new(&setup, &error);
	if (!tui) {
		fprintf(stderr, "%s\n", error->message);
		return 64;
	}
	sigemptyset(&signals);
	sigaddset(&signals, SIGWINCH);
	sigprocmask(SIG_BLOCK, &signals, nullptr);
	int winch = signalfd(-1, &signals, SFD_CLOEXEC);
	Story story([tui](const Event &event) { tui_event(tui, &event); });
	story.emit(EV_WORKER, SLOT_NONE, 0, "7731");
	story.emit(EV_WORK_ORDER, SLOT_NONE, 500, "WO-1001");

	while (!demo.ended && g_get_monotonic_time() < until) {
		gint64 now = g_get_monotonic_time(),
		       due = MIN(rate ? next : G_MAXINT64, tui_deadline(tui));
		struct pollfd fds[] = { { STDIN_FILENO, POLLIN, 0 }, { winch, POLLIN, 0 } };

		due = MIN(due, until);
		poll(fds, 2, due == G_MAXINT64 ? -1 : (int)(MAX(due - now + 999, 0) / 1000));
		now = g_get_monotonic_time();
		if (fds[0].revents && !tui_input(tui, now))
			break;
		if (fds[1].revents) {
			struct signalfd_siginfo info;

			if (read(winch, &info, sizeof(info)) > 0)
				tui_resize(tui);
		}
		story.now = now;
		for (; rate && next <= now; next += G_USEC_PER_SEC / rate, beat++)
			for (guint i = 0; i < n; i++)
				play(story, &demo, (guint16)i, beat + i * 17);
		tui_tick(tui, now);
	}
	gsize sent = demo.sent;
	double s = (double)(g_get_monotonic_time() - begin) / G_USEC_PER_SEC;
	tui_free(tui);
	printf("%.1f s, %zu frames (%.1f/s), %zu bytes (%.0f/s), %.1f%% of one core\n", s,
	       demo.frames, (double)demo.frames / s, sent, (double)sent / s,
	       100 * cpu_seconds() / s);
	return 0;
}
