/* SPDX-License-Identifier: Apache-2.0
 *
 * A queue in memory and one group commit. It does not know what the events are for. */
#include "db/writer.h"

#include "db/sql.h"
#include "db/store.h"
#include "db/transcript.h"

typedef struct {
	Event event; /* its strings are the writer's, its body is the one below */
	union {
		SlotChange slot;
		Unit unit;
		VisitInfo visit;
		JobInfo job;
		StepInfo step;
		Verdict verdict;
		Fact fact;
	} body;
} Kept;

struct _Writer {
	Db *db;
	GQueue *kept;          /* Kept */
	GStringChunk *strings; /* of all that is kept */
	Store store;
	char *trouble;
};

Writer *writer_new(Db *db)
{
	Writer *w = g_new0(Writer, 1);

	w->db = db;
	w->kept = g_queue_new();
	w->strings = g_string_chunk_new(4096);
	return w;
}

void writer_free(Writer *w)
{
	if (!w)
		return;
	g_queue_free_full(w->kept, g_free);
	g_string_chunk_free(w->strings);
	store_clear(&w->store);
	g_free(w->trouble);
	g_free(w);
}

const char *writer_trouble(const Writer *w)
{
	return w->trouble;
}

guint writer_kept(const Writer *w)
{
	return w->kept->length;
}

static void own(Writer *w, const char **text)
{
	if (*text)
		*text = g_string_chunk_insert(w->strings, *text);
}

static void own_all(Writer *w, const char **texts[], guint n)
{
	for (guint i = 0; i < n; i++)
		own(w, texts[i]);
}

/* One for each type of body that event.h names: copies it, and answers whether there is one. */

static bool keep_none(Writer *w, Kept *k)
{
	return false;
}

static bool keep_SlotChange(Writer *w, Kept *k)
{
	k->body.slot = *(const SlotChange *)k->event.body;
	return true;
}

static bool keep_Unit(Writer *w, Kept *k)
{
	k->body.unit = *(const Unit *)k->event.body;
	return true;
}

static bool keep_StepInfo(Writer *w, Kept *k)
{
	k->body.step = *(const StepInfo *)k->event.body;
	return true;
}

static bool keep_VisitInfo(Writer *w, Kept *k)
{
	VisitInfo *v = &k->body.visit;
	const char **texts[] = { &v->slot_label, &v->slot_path,  &v->hub,    &v->station,
				 &v->line,       &v->work_order, &v->worker, &v->target };

	*v = *(const VisitInfo *)k->event.body;
	own_all(w, texts, G_N_ELEMENTS(texts));
	return true;
}

static bool keep_JobInfo(Writer *w, Kept *k)
{
	JobInfo *j = &k->body.job;
	const char **texts[] = { &j->procedure, &j->operation, &j->version_before, &j->target,
				 &j->package,   &j->sha256,    &j->catalogue,      &j->config };

	*j = *(const JobInfo *)k->event.body;
	own_all(w, texts, G_N_ELEMENTS(texts));
	return true;
}

static bool keep_Verdict(Writer *w, Kept *k)
{
	Verdict *v = &k->body.verdict;
	const char **texts[] = { &v->step, &v->vendor_code, &v->vendor_words, &v->version_after,
				 &v->detail };

	*v = *(const Verdict *)k->event.body;
	own_all(w, texts, G_N_ELEMENTS(texts));
	return true;
}

static bool keep_Fact(Writer *w, Kept *k)
{
	Fact *f = &k->body.fact;
	const char **texts[] = { &f->imei, &f->key, &f->value };

	*f = *(const Fact *)k->event.body;
	own_all(w, texts, G_N_ELEMENTS(texts));
	return true;
}

static bool keep_body(Writer *w, Kept *k)
{
	switch (k->event.kind) {
#define EVENT(name, id, level, stored, body)                                                       \
	case EV_##name:                                                                            \
		return keep_##body(w, k);
		EVENT_LIST(EVENT)
#undef EVENT
	case N_EVENTS:
		break;
	}
	g_assert_not_reached();
}

bool writer_read(gpointer writer, const Event *event)
{
	Writer *w = writer;
	Kept *k;

	if (!event_kind_stored(event->kind))
		return true;
	k = g_new0(Kept, 1);
	k->event = *event;
	own(w, &k->event.step);
	if (event->kind == EV_TRACE)
		k->event.text = g_string_chunk_insert_len(w->strings, event->text, event->num);
	else
		own(w, &k->event.text);
	k->event.body = keep_body(w, k) ? &k->body : NULL;
	g_queue_push_tail(w->kept, k);
	return true;
}

static void text_free(gpointer text)
{
	g_string_free(text, TRUE);
}

static void gather(GHashTable *traces, const Event *event)
{
	GString *text = g_hash_table_lookup(traces, GUINT_TO_POINTER(event->job));

	if (!text) {
		text = g_string_new(NULL);
		g_hash_table_insert(traces, GUINT_TO_POINTER(event->job), text);
	}
	g_string_append_len(text, event->text, event->num);
}

/* Writes what was gathered for one attempt, as one piece. */
static bool write_trace(Writer *w, GHashTable *traces, guint32 attempt, GError **error)
{
	GString *text = g_hash_table_lookup(traces, GUINT_TO_POINTER(attempt));
	gint64 open;

	if (!text || text->len == 0)
		return true;
	if (!SQL_NUMBER(w->db, error, &open,
			"SELECT id FROM attempt WHERE id = ? AND end_us IS NULL",
			value_int(attempt)) ||
	    (open != 0 && !transcript_append(w->db, attempt, text->str, text->len, error)))
		return false;
	g_hash_table_remove(traces, GUINT_TO_POINTER(attempt));
	return true;
}

static bool write_kept(Writer *w, GError **error)
{
	g_autoptr(GHashTable) traces = g_hash_table_new_full(NULL, NULL, NULL, text_free);
	g_autoptr(GList) left = NULL;

	for (GList *l = w->kept->head; l; l = l->next) {
		const Event *event = &((const Kept *)l->data)->event;

		if (event->kind == EV_TRACE)
			gather(traces, event);
		/* The end's ledger entry covers the transcript: all of it comes first. */
		if (event->kind == EV_JOB_END && !write_trace(w, traces, event->job, error))
			return false;
		if (event->kind != EV_TRACE && !store_event(&w->store, w->db, event, error))
			return false;
	}
	left = g_hash_table_get_keys(traces);
	for (GList *l = left; l; l = l->next)
		if (!write_trace(w, traces, GPOINTER_TO_UINT(l->data), error))
			return false;
	return true;
}

/* All that this station writes of events is in an entry from the start. Those which are in none when it comes to write are
 * somebody else's, and get an entry that says so. */
static bool write_all(Writer *w, GError **error)
{
	const Kept *last = g_queue_peek_tail(w->kept);
	gint64 at_us = last->event.wall_us;

	return store_cover(w->db, LEDGER_FOUND, at_us, error) && write_kept(w, error) &&
	       store_cover(w->db, LEDGER_LOG, at_us, error);
}

static bool commit(Writer *w, GError **error)
{
	return sql_begin(w->db, error) && sql_end(w->db, write_all(w, error), error);
}

WriterAnswer writer_flush(Writer *w)
{
	g_autoptr(GError) error = NULL;
	bool good;

	g_clear_pointer(&w->trouble, g_free);
	if (w->kept->length == 0)
		return WRITER_TAKEN;
	good = commit(w, &error);
	if (!good && error->code == DB_ERROR_FULL && db_spend_ballast(w->db)) {
		g_clear_error(&error);
		good = commit(w, &error);
	}
	if (good) {
		g_queue_clear_full(w->kept, g_free);
		g_string_chunk_clear(w->strings);
		return WRITER_TAKEN;
	}
	w->trouble = g_strdup(error->message);
	return error->code == DB_ERROR_FULL || error->code == DB_ERROR_BUSY ? WRITER_LATER
									    : WRITER_NO;
}
