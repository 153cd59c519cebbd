/* SPDX-License-Identifier: Apache-2.0
 *
 * A child process per question, and lines of JSON. It does not know what is asked for. */
#include "station/history.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <string.h>

#include "fota-config.h"

#define EXIT_NOTHING 1

struct _History {
	char *database, *program;
	HistoryTell tell;
	gpointer user;
	guint token;
	GCancellable *cancel; /* of the question that is waited for */
};

/* One question on its way. */
typedef struct {
	History *history; /* not to be touched once it was cancelled */
	GSubprocess *process;
	/* Where there is none: why, and whether anybody still waits for it. */
	char *trouble;
	GCancellable *cancel;
	guint token;
} Question;

/* Beside this program, as it is installed and as it is built; else wherever programs are. */
static char *find_program(void)
{
	g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *folder = self ? g_path_get_dirname(self) : g_strdup(".");
	char *beside = g_build_filename(folder, "fota-log", NULL);

	if (g_file_test(beside, G_FILE_TEST_IS_EXECUTABLE))
		return beside;
	g_free(beside);
	return g_strdup("fota-log");
}

History *history_new(const char *database, HistoryTell tell, gpointer user)
{
	History *history = g_new0(History, 1);

	history->database = g_strdup(database);
	history->program = find_program();
	history->tell = tell;
	history->user = user;
	return history;
}

static void forget(History *history)
{
	if (history->cancel)
		g_cancellable_cancel(history->cancel);
	g_clear_object(&history->cancel);
}

void history_free(History *history)
{
	if (!history)
		return;
	forget(history);
	g_free(history->database);
	g_free(history->program);
	g_free(history);
}

static const char *text_of(JsonObject *object, const char *key)
{
	JsonNode *node = json_object_get_member(object, key);

	return node && JSON_NODE_HOLDS_VALUE(node) &&
			       json_node_get_value_type(node) == G_TYPE_STRING
		       ? json_node_get_string(node)
		       : "";
}

static HistoryVisit visit_of(JsonObject *o)
{
	return (HistoryVisit){
		.begin = text_of(o, "begin_utc"),
		.slot = text_of(o, "slot"),
		.imei = text_of(o, "imei"),
		.model = text_of(o, "model"),
		.version_before = text_of(o, "version"),
		.version_after = text_of(o, "version_after"),
		.target = text_of(o, "target"),
		.outcome = text_of(o, "final_verdict"),
		.fault = text_of(o, "final_fault"),
		.work_order = text_of(o, "work_order"),
		.worker = text_of(o, "operator"),
		.duration_ms = json_object_get_int_member_with_default(o, "duration_ms", 0),
	};
}

/* A line that is no object is nobody's visit. */
static void tell_lines(const Question *question, const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autoptr(GArray) visits = g_array_new(FALSE, TRUE, sizeof(HistoryVisit));
	g_autoptr(GPtrArray) parsers = g_ptr_array_new_with_free_func(g_object_unref);

	for (guint i = 0; lines[i]; i++) {
		JsonParser *parser = json_parser_new();
		JsonNode *root;

		g_ptr_array_add(parsers, parser);
		if (!json_parser_load_from_data(parser, lines[i], -1, NULL))
			continue;
		root = json_parser_get_root(parser);
		if (root && JSON_NODE_HOLDS_OBJECT(root)) {
			HistoryVisit visit = visit_of(json_node_get_object(root));

			g_array_append_val(visits, visit);
		}
	}
	question->history->tell(question->history->user, question->token,
				(const HistoryVisit *)(gpointer)visits->data, visits->len, NULL);
}

static void tell_trouble(const Question *question, const char *words)
{
	g_autofree char *one_line = g_strdelimit(g_strstrip(g_strdup(words)), "\n", ' ');
	g_autofree char *text = g_strdup_printf(_("the record cannot be asked: %s"), one_line);

	question->history->tell(question->history->user, question->token, NULL, 0, text);
}

static void ended(GObject *source, GAsyncResult *result, gpointer user)
{
	Question *question = user;
	GSubprocess *process = G_SUBPROCESS(source);
	g_autofree char *out = NULL, *complaint = NULL;
	g_autoptr(GError) error = NULL;
	bool talked =
		g_subprocess_communicate_utf8_finish(process, result, &out, &complaint, &error);
	int code;

	/* Nobody waits for it any more, or there is nobody any more. */
	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
		g_subprocess_force_exit(process);
	} else if (!talked) {
		tell_trouble(question, error->message);
	} else {
		code = g_subprocess_get_if_exited(process) ? g_subprocess_get_exit_status(process)
							   : -1;
		if (code == 0 || code == EXIT_NOTHING)
			tell_lines(question, code == 0 ? out : "");
		else
			tell_trouble(question, complaint && *complaint ? complaint
								       : _("fota-log was killed"));
	}
	g_object_unref(question->process);
	g_free(question);
}

/* Whoever asked knows the token by now. */
static gboolean not_run(gpointer user)
{
	Question *question = user;

	if (!g_cancellable_is_cancelled(question->cancel))
		tell_trouble(question, question->trouble);
	g_object_unref(question->cancel);
	g_free(question->trouble);
	g_free(question);
	return G_SOURCE_REMOVE;
}

guint history_ask(History *history, const char *const *filters)
{
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	g_autoptr(GError) error = NULL;
	Question *question = g_new0(Question, 1);

	forget(history);
	question->history = history;
	question->token = ++history->token;
	for (const char *const *p =
		     (const char *const[]){ history->program, "--db", history->database, "--format",
					    "ndjson", "export", "visits", NULL };
	     *p; p++)
		g_ptr_array_add(argv, (gpointer)*p);
	for (; *filters; filters++)
		g_ptr_array_add(argv, (gpointer)*filters);
	g_ptr_array_add(argv, NULL);
	question->process = g_subprocess_newv(
		(const char *const *)argv->pdata,
		G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
	history->cancel = g_cancellable_new();
	if (!question->process) {
		question->trouble = g_strdup(error->message);
		question->cancel = g_object_ref(history->cancel);
		g_idle_add(not_run, question);
		return question->token;
	}
	g_subprocess_communicate_utf8_async(question->process, NULL, history->cancel, ended,
					    question);
	return question->token;
}
