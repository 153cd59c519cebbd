/* SPDX-License-Identifier: Apache-2.0
 *
 * A thread that reads, and the comparison of two configurations. It does not know who goes by the old one, nor how long. */
#include "station/reload.h"

#include "lib/english.h"

#include <string.h>

struct _Reload {
	const AppSetup *setup;
	ReloadDone done;
	gpointer user;
	GThread *thread;
	Config *config;
	GError *said, *text;
};

static gboolean tell(gpointer user)
{
	Reload *reload = user;

	reload->done(reload->user, g_steal_pointer(&reload->config),
		     reload->said ? reload->said->message : NULL,
		     reload->text ? reload->text->message : NULL);
	return G_SOURCE_REMOVE;
}

static gpointer run(gpointer user)
{
	Reload *reload = user;
	/* What is fetched to be compared is waited for here, not in the station's loop. */
	g_autoptr(GMainContext) context = g_main_context_new();
	locale_t before;

	g_main_context_push_thread_default(context);
	reload->config = app_check_config(reload->setup, &reload->said);
	if (!reload->config) {
		before = english_begin();
		reload->config = app_check_config(reload->setup, &reload->text);
		english_end(before);
	}
	g_main_context_pop_thread_default(context);
	g_idle_add(tell, reload);
	return NULL;
}

Reload *reload_begin(const AppSetup *setup, ReloadDone done, gpointer user)
{
	Reload *reload = g_new0(Reload, 1);

	reload->setup = setup;
	reload->done = done;
	reload->user = user;
	reload->thread = g_thread_new("reload", run, reload);
	return reload;
}

void reload_end(Reload *reload)
{
	if (!reload)
		return;
	g_thread_join(reload->thread);
	g_source_remove_by_user_data(reload);
	config_free(reload->config);
	g_clear_error(&reload->said);
	g_clear_error(&reload->text);
	g_free(reload);
}

/* ---- what cannot change ---- */

static bool same_slots(const Config *a, const Config *b)
{
	for (guint i = 0; i < a->n_slots && i < b->n_slots; i++) {
		const SlotConfig *x = &a->slots[i], *y = &b->slots[i];

		if (strcmp(x->label, y->label) != 0 || strcmp(x->path, y->path) != 0 ||
		    g_strcmp0(x->hub, y->hub) != 0 || x->presence != y->presence ||
		    x->power_on != y->power_on || x->power_ms != y->power_ms || x->dtr != y->dtr ||
		    x->rts != y->rts || x->row != y->row || x->column != y->column)
			return false;
	}
	return a->n_slots == b->n_slots;
}

const char *reload_obstacle(const Config *now, const Config *next)
{
	const struct {
		const char *key;
		bool same;
	} fixed[] = {
		{ "slots.ini", same_slots(now, next) },
		{ "station.ini: database", strcmp(now->database, next->database) == 0 },
		{ "station.ini: settle_ms", now->settle_ms == next->settle_ms },
		{ "station.ini: language", strcmp(now->language, next->language) == 0 },
		{ "station.ini: colour", strcmp(now->colour, next->colour) == 0 },
		{ "station.ini: listen", strcmp(now->listen, next->listen) == 0 },
		{ "station.ini: port", now->port == next->port },
		{ "station.ini: public_address",
		  strcmp(now->public_address, next->public_address) == 0 },
		{ "station.ini: public_port", now->public_port == next->public_port },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(fixed); i++)
		if (!fixed[i].same)
			return fixed[i].key;
	return NULL;
}
