/* SPDX-License-Identifier: Apache-2.0
 *
 * A line of calls and, while there are any, one thread that does them in order. It does not know what a port is for, and
 * whoever asked never waits. */
#include "lib/port_clerk.h"

typedef enum { CALL_OPEN, CALL_CLOSE, CALL_LINES } CallKind;

typedef struct {
	CallKind kind;
	PortClerk *clerk; /* a reference */
	Port port;
	SerialSettings settings;
	Serial *serial; /* OPEN: what came of it, CLOSE: what is to be closed, both owned; LINES: borrowed */
	GError *error;
	SerialLines lines;
	bool good; /* LINES */
	PortOpened opened;
	PortLines told;
	gpointer user;
} Call;

/* Shared by its owner, its thread and the calls; the last one frees it. */
struct _PortClerk {
	gatomicrefcount refs;
	GMainContext *context;
	guint under_way; /* touched in `context` only */
	GMutex lock;     /* guards what follows */
	GQueue calls;    /* not begun yet */
	bool working;    /* a thread is there */
	bool abandoned;  /* nobody wants an answer any more */
};

static PortClerk *clerk_ref(PortClerk *clerk)
{
	g_atomic_ref_count_inc(&clerk->refs);
	return clerk;
}

static void clerk_unref(PortClerk *clerk)
{
	if (!g_atomic_ref_count_dec(&clerk->refs))
		return;
	g_main_context_unref(clerk->context);
	g_mutex_clear(&clerk->lock);
	g_free(clerk);
}

static void call_free(gpointer data)
{
	Call *call = data;

	if (call->kind != CALL_LINES)
		serial_close(call->serial);
	g_clear_error(&call->error);
	clerk_unref(call->clerk);
	g_free(call);
}

static bool is_abandoned(PortClerk *clerk)
{
	bool abandoned;

	g_mutex_lock(&clerk->lock);
	abandoned = clerk->abandoned;
	g_mutex_unlock(&clerk->lock);
	return abandoned;
}

static gboolean answer(gpointer data);

/* Once the clerk is abandoned nothing new goes to its context. */
static void hand_back(Call *call)
{
	PortClerk *clerk = call->clerk;
	g_autoptr(GSource) source = g_idle_source_new();

	g_mutex_lock(&clerk->lock);
	if (!clerk->abandoned) {
		g_source_set_priority(source, G_PRIORITY_DEFAULT);
		g_source_set_callback(source, answer, g_steal_pointer(&call), call_free);
		g_source_attach(source, clerk->context);
	}
	g_mutex_unlock(&clerk->lock);
	g_clear_pointer(&call, call_free);
}

static void do_call(Call *call)
{
	switch (call->kind) {
	case CALL_OPEN:
		call->serial = serial_open(&call->port, &call->settings, &call->error);
		break;
	case CALL_CLOSE:
		serial_close(g_steal_pointer(&call->serial));
		break;
	case CALL_LINES:
		call->good = serial_read_lines(call->serial, &call->lines);
		break;
	}
	hand_back(call);
}

static gpointer work(gpointer data)
{
	PortClerk *clerk = data;
	Call *call;

	do {
		g_mutex_lock(&clerk->lock);
		call = g_queue_pop_head(&clerk->calls);
		clerk->working = call != NULL;
		g_mutex_unlock(&clerk->lock);
		if (call)
			do_call(call);
	} while (call);
	clerk_unref(clerk);
	return NULL;
}

static void submit(PortClerk *clerk, Call *call)
{
	bool begin;

	call->clerk = clerk_ref(clerk);
	clerk->under_way++;
	g_mutex_lock(&clerk->lock);
	g_queue_push_tail(&clerk->calls, call);
	begin = !clerk->working;
	clerk->working = true;
	g_mutex_unlock(&clerk->lock);
	if (begin)
		g_thread_unref(g_thread_new("port-clerk", work, clerk_ref(clerk)));
}

static gboolean answer(gpointer data)
{
	Call *call = data;
	PortClerk *clerk = call->clerk;
	Serial *serial;

	clerk->under_way--;
	if (is_abandoned(clerk)) {
		/* The answer was already on its way when the clerk was freed. */
		if (call->kind == CALL_OPEN && call->serial)
			port_clerk_close(clerk, g_steal_pointer(&call->serial));
		return G_SOURCE_REMOVE;
	}
	switch (call->kind) {
	case CALL_OPEN:
		serial = g_steal_pointer(&call->serial);
		call->opened(call->user, serial, call->error);
		break;
	case CALL_CLOSE:
		break;
	case CALL_LINES:
		call->told(call->user, call->good ? &call->lines : NULL);
		break;
	}
	return G_SOURCE_REMOVE;
}

PortClerk *port_clerk_new(void)
{
	PortClerk *clerk = g_new0(PortClerk, 1);

	g_atomic_ref_count_init(&clerk->refs);
	g_mutex_init(&clerk->lock);
	g_queue_init(&clerk->calls);
	clerk->context = g_main_context_ref_thread_default();
	return clerk;
}

void port_clerk_free(PortClerk *clerk)
{
	GList *next;

	if (!clerk)
		return;
	g_mutex_lock(&clerk->lock);
	clerk->abandoned = true;
	for (GList *l = clerk->calls.head; l; l = next) {
		Call *call = l->data;

		next = l->next;
		if (call->kind == CALL_CLOSE)
			continue;
		g_queue_delete_link(&clerk->calls, l);
		call_free(call);
	}
	g_mutex_unlock(&clerk->lock);
	clerk_unref(clerk);
}

bool port_clerk_busy(const PortClerk *clerk)
{
	return clerk->under_way > 0;
}

void port_clerk_open(PortClerk *clerk, const Port *port, const SerialSettings *settings,
		     PortOpened done, gpointer user)
{
	Call *call = g_new0(Call, 1);

	call->kind = CALL_OPEN;
	call->port = *port;
	call->settings = *settings;
	call->opened = done;
	call->user = user;
	submit(clerk, call);
}

void port_clerk_close(PortClerk *clerk, Serial *serial)
{
	Call *call = g_new0(Call, 1);

	call->kind = CALL_CLOSE;
	call->serial = serial;
	submit(clerk, call);
}

void port_clerk_lines(PortClerk *clerk, Serial *serial, PortLines done, gpointer user)
{
	Call *call = g_new0(Call, 1);

	call->kind = CALL_LINES;
	call->serial = serial;
	call->told = done;
	call->user = user;
	submit(clerk, call);
}
