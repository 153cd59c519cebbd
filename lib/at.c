/* SPDX-License-Identifier: Apache-2.0
 *
 * Bytes to lines, lines to events: a lexer that takes one byte at a time, and one judgement per line. It does not know
 * what a line means to whoever asked, nor what time it is. */
#include "lib/at.h"

#include <string.h>

#include "lib/at_parse.h"

#define SENT_BELOW 4096 /* bytes in the transport's queue */
#define BABBLE_LIMIT                                                                               \
	(10 * G_TIME_SPAN_SECOND) /* a unit that never falls silent is asked all the same */
#define RESYNC_AT "AT"

typedef enum { LEX_BETWEEN, LEX_LINE, LEX_ANGLE /* after '>' at the start of a line */ } LexState;

typedef enum { RESYNC_OFF, RESYNC_QUIET, RESYNC_ASK, RESYNC_SETTLE } ResyncPhase;

typedef enum {
	IS_ECHO,
	IS_STALE_ECHO, /* of an AT that a resync sent */
	IS_PROMPT,
	IS_ANSWER,
	IS_FINAL,
	IS_REPORT,
	IS_OTHER
} Meaning;

typedef struct {
	char *wire;
	char *shown;   /* NULL: it holds no secret */
	char **expect; /* NULL: lines without a known prefix */
	gint64 timeout, deadline;
	bool prompt, prompted;
	bool echoed;
	bool abandoned;
} Command;

typedef struct {
	ResyncPhase phase;
	gint64 quiet, gap;
	gint64 until; /* end of the silence, of this AT's time, or of the settling */
	gint64 limit; /* nothing extends the phase beyond this */
	guint tries, asked;
	bool doubt; /* the first OK may be somebody else's */
} Resync;

struct _AtChannel {
	Transport *transport;
	AtSink sink;
	AtTap tap;
	gpointer user;
	const char *const *reports;
	gint64 now;
	Command *command; /* NULL: none outstanding */
	Resync resync;
	guint stale; /* results still to come for ATs of a resync whose echo came after it: not for what was sent since */
	bool echoes; /* the unit was heard to echo: then nothing before the echo of a command is its answer */
	bool muddled;  /* answers or payload may be left over: only a resync helps */
	bool sent_due; /* an at_write() whose AT_SENT is still to come */
	bool inside;   /* a call that tells events is running */
	bool freed; /* by a sink: nothing is told or touched any more, freed when the call ends */
	guint acks_left;
	guint8 ack;
	LexState lex;
	gsize len;
	char line[AT_LINE_MAX + 1];
};

/* What modules print by themselves while they start, stop or find the network, whatever the vendor. Sources: SIM7000 AT
 * manual 20.3, MC60 AT manual 1.5, captures of SIM70xx and SIM7600. */
static const char *const boot_reports[] = {
	"RDY",           "+CFUN:",       "+CPIN:",    "Call Ready", "SMS Ready",
	"SMS DONE",      "PB DONE",      "*PSUTTZ:",  "DST:",       "NORMAL POWER DOWN",
	"UNDER-VOLTAGE", "OVER-VOLTAGE", "+APP PDP:", "+PDP DEACT", "QCIMGBOOTTYPE",
	"+CTZV:",        "+CMTI:",       "+CIEV:",    "RING",       "+CRING:",
	"+CLIP:",        "+CREG:",       "+CGREG:",   "+CEREG:",    NULL,
};

static bool begins_with_one_of(const char *line, const char *const *prefixes)
{
	for (; prefixes && *prefixes; prefixes++)
		if (g_ascii_strncasecmp(line, *prefixes, strlen(*prefixes)) == 0)
			return true;
	return false;
}

/* "CONNECT 115200" is a prompt too. */
static bool is_prompt(const char *line)
{
	return g_ascii_strcasecmp(line, "CONNECT") == 0 || strcmp(line, ">") == 0 ||
	       g_ascii_strcasecmp(line, "DOWNLOAD") == 0 ||
	       g_ascii_strncasecmp(line, "CONNECT ", 8) == 0;
}

static void command_free(Command *command)
{
	if (!command)
		return;
	explicit_bzero(command->wire, strlen(command->wire));
	g_free(command->wire);
	g_free(command->shown);
	g_strfreev(command->expect);
	g_free(command);
}

static bool is_secret(const AtChannel *at)
{
	return at->command && at->command->shown;
}

static bool takes_payload(const AtChannel *at)
{
	return at->command && at->command->prompted && !at->command->abandoned;
}

static bool wants_prompt(const AtChannel *at)
{
	const Command *command = at->command;

	return command && command->prompt && !command->prompted && !command->abandoned;
}

static void tell(AtChannel *at, AtKind kind, const char *text)
{
	AtEvent event = {
		.kind = kind,
		.text = text,
		.len = strlen(text),
		.n = kind == AT_ACK,
	};

	if (!at->freed)
		at->sink(at->user, &event);
}

/* A transfer takes as long as it takes: only silence is limited. */
static void extend(AtChannel *at)
{
	if (takes_payload(at))
		at->command->deadline = at->now + at->command->timeout;
}

static void leave_payload(AtChannel *at)
{
	at->acks_left = 0;
	at->sent_due = false;
}

static void abandon(AtChannel *at)
{
	leave_payload(at);
	at->command->abandoned = true;
}

static void drop_command(AtChannel *at)
{
	leave_payload(at);
	g_clear_pointer(&at->command, command_free);
}

static void tell_prompt(AtChannel *at, const char *text)
{
	at->command->prompted = true;
	extend(at);
	tell(at, AT_PROMPT, text);
}

/* It comes before the echo of the outstanding command, so it is of something before that. */
static bool is_early(const AtChannel *at)
{
	return at->echoes && at->command && !at->command->echoed && !at->command->abandoned;
}

static void tell_final(AtChannel *at, const char *text)
{
	bool late = at->command->abandoned;
	AtEvent event = {
		.kind = late ? AT_LATE : AT_REPLY,
		.text = text,
		.len = strlen(text),
		.ok = at_parse_result(text) == RESULT_OK,
	};

	/* What is still queued would reach the unit as the beginning of the next command. */
	if (at->command->prompted && transport_queued(at->transport) > 0)
		at->muddled = true;
	if (event.ok && g_ascii_strcasecmp(at->command->wire, "ATE0") == 0)
		at->echoes = false;
	drop_command(at);
	at->sink(at->user, &event);
}

static void tell_sent_if_room(AtChannel *at)
{
	if (at->freed || !at->sent_due || transport_queued(at->transport) >= SENT_BELOW)
		return;
	at->sent_due = false;
	extend(at);
	tell(at, AT_SENT, "");
}

static Meaning judge(const AtChannel *at, const char *line)
{
	const Command *command = at->command;

	if (command && strcmp(line, command->wire) == 0)
		return IS_ECHO;
	/* Nothing else that a module says is a bare AT. */
	if (g_ascii_strcasecmp(line, RESYNC_AT) == 0)
		return IS_STALE_ECHO;
	if (wants_prompt(at) && is_prompt(line))
		return IS_PROMPT;
	/* What nobody waits for any more may as well be a report. */
	if (command && !command->abandoned &&
	    begins_with_one_of(line, (const char *const *)command->expect))
		return IS_ANSWER;
	if ((command || at->resync.phase != RESYNC_OFF) && at_parse_result(line) != RESULT_NONE)
		return IS_FINAL;
	if (begins_with_one_of(line, boot_reports) || begins_with_one_of(line, at->reports))
		return IS_REPORT;
	return command && !command->expect ? IS_ANSWER : IS_OTHER;
}

static void end_resync(AtChannel *at, AtKind kind)
{
	at->resync.phase = RESYNC_OFF;
	at->muddled = kind == AT_MUTE;
	if (kind == AT_SYNCED)
		drop_command(at);
	tell(at, kind, "");
}

static void believe_ok(AtChannel *at, const char *line)
{
	Resync *resync = &at->resync;
	gint64 gap = resync->asked > 1 || resync->doubt ? resync->gap : 0;

	if (resync->phase == RESYNC_ASK) {
		resync->phase = RESYNC_SETTLE;
		resync->limit = at->now + gap * MAX(resync->tries, 3);
	}
	resync->until = MIN(at->now + gap, resync->limit);
	if (gap > 0)
		tell(at, AT_LATE, line);
	else
		end_resync(at, AT_SYNCED);
}

static void resync_line(AtChannel *at, Meaning meaning, const char *line)
{
	bool ok = meaning == IS_FINAL && at_parse_result(line) == RESULT_OK;

	if (meaning == IS_ECHO || meaning == IS_STALE_ECHO)
		return;
	if (meaning == IS_REPORT)
		tell(at, AT_REPORT, line);
	else if (ok && at->resync.phase != RESYNC_QUIET)
		believe_ok(at, line);
	else if (meaning == IS_FINAL && at->command)
		tell_final(at, line);
	else
		tell(at, AT_LATE, line);
}

static void end_line(AtChannel *at)
{
	const char *line = at->line;
	bool late = at->command && at->command->abandoned;
	Meaning meaning;

	/* The first one is none. */
	while (at->line[at->len - 1] == ' ')
		at->len--;
	at->line[at->len] = '\0';
	at->lex = LEX_BETWEEN;
	meaning = judge(at, line);
	if (meaning != IS_REPORT)
		at->acks_left = 0;
	if (at->resync.phase != RESYNC_OFF) {
		resync_line(at, meaning, line);
		return;
	}
	switch (meaning) {
	case IS_ECHO:
		at->stale = 0;
		at->echoes = at->command->echoed = true;
		return;
	case IS_STALE_ECHO:
		at->stale += at->command != NULL;
		return;
	case IS_PROMPT:
		tell_prompt(at, line);
		return;
	case IS_ANSWER:
		tell(at, late ? AT_LATE : is_early(at) ? AT_STRAY : AT_LINE, line);
		return;
	case IS_FINAL:
		if (at->stale == 0 && !is_early(at)) {
			tell_final(at, line);
			return;
		}
		/* Once: it may also be that the unit does not echo any more. */
		at->echoes = at->echoes && !is_early(at);
		at->stale -= at->stale > 0;
		tell(at, AT_LATE, line);
		return;
	case IS_REPORT:
		tell(at, AT_REPORT, line);
		return;
	case IS_OTHER:
		tell(at, late ? AT_LATE : AT_STRAY, line);
		return;
	}
}

static void append(AtChannel *at, guint8 byte)
{
	if (at->len < AT_LINE_MAX)
		at->line[at->len++] = byte < 0x7f ? (char)byte : '?';
}

static void take_ack(AtChannel *at)
{
	at->acks_left--;
	extend(at);
	tell(at, AT_ACK, "");
}

static void take_byte(AtChannel *at, guint8 byte)
{
	bool ends = byte == '\r' || byte == '\n';

	if (at->lex == LEX_BETWEEN && at->acks_left > 0 && byte == at->ack) {
		take_ack(at);
		return;
	}
	if (!ends && (byte < ' ' || byte == 0x7f))
		return;
	if (at->lex == LEX_BETWEEN) {
		if (ends || byte == ' ')
			return;
		at->len = 0;
		at->lex = byte == '>' ? LEX_ANGLE : LEX_LINE;
		append(at, byte);
		return;
	}
	if (ends) {
		end_line(at);
		return;
	}
	if (at->lex == LEX_ANGLE && byte == ' ' && wants_prompt(at)) {
		at->lex = LEX_BETWEEN;
		tell_prompt(at, "> ");
		return;
	}
	at->lex = LEX_LINE;
	append(at, byte);
}

AtChannel *at_new(Transport *transport, AtSink sink, AtTap tap, gpointer user)
{
	AtChannel *at = g_new0(AtChannel, 1);

	at->transport = transport;
	at->sink = sink;
	at->tap = tap;
	at->user = user;
	return at;
}

void at_free(AtChannel *at)
{
	if (!at)
		return;
	if (at->inside) {
		at->freed = true;
		return;
	}
	command_free(at->command);
	g_free(at);
}

static void enter(AtChannel *at, gint64 now)
{
	at->inside = true;
	at->now = now;
}

static void leave(AtChannel *at)
{
	at->inside = false;
	if (at->freed)
		at_free(at);
}

void at_set_reports(AtChannel *at, const char *const *prefixes)
{
	at->reports = prefixes;
}

void at_feed(AtChannel *at, const guint8 *bytes, gsize len, gint64 now)
{
	g_return_if_fail(!at->inside);
	enter(at, now);
	/* A secret command that is sent while these bytes are judged was not on the wire when they came. */
	if (at->tap && len > 0)
		at->tap(at->user, AT_TAP_IN, bytes, len, is_secret(at));
	for (gsize i = 0; i < len && !at->freed; i++) {
		if (at->resync.phase == RESYNC_QUIET)
			at->resync.until = MIN(now + at->resync.quiet, at->resync.limit);
		take_byte(at, bytes[i]);
		tell_sent_if_room(at);
	}
	leave(at);
}

void at_drained(AtChannel *at, gint64 now)
{
	g_return_if_fail(!at->inside);
	enter(at, now);
	extend(at);
	tell_sent_if_room(at);
	leave(at);
}

static bool put(AtChannel *at, const char *wire, const char *shown)
{
	g_autofree char *bytes = g_strconcat(wire, "\r", NULL);
	g_autofree char *told = g_strconcat(shown ? shown : wire, "\r", NULL);
	bool done = transport_write(at->transport, (const guint8 *)bytes, strlen(bytes));

	explicit_bzero(bytes, strlen(bytes));
	if (done && at->tap)
		at->tap(at->user, AT_TAP_OUT, (const guint8 *)told, strlen(told),
			shown || is_secret(at));
	return done;
}

static void ask(AtChannel *at)
{
	Resync *resync = &at->resync;

	resync->phase = RESYNC_ASK;
	if (resync->asked == resync->tries || !put(at, RESYNC_AT, NULL)) {
		end_resync(at, AT_MUTE);
		return;
	}
	resync->asked++;
	resync->until = at->now + resync->gap;
}

static void tick_resync(AtChannel *at)
{
	Resync *resync = &at->resync;

	/* The silence begins when the last byte has left. */
	if (resync->phase == RESYNC_QUIET && transport_queued(at->transport) > 0)
		resync->until = MIN(at->now + resync->quiet, resync->limit);
	if (at->now < resync->until)
		return;
	if (resync->phase == RESYNC_SETTLE)
		end_resync(at, AT_SYNCED);
	else
		ask(at);
}

void at_tick(AtChannel *at, gint64 now)
{
	const Command *command;

	g_return_if_fail(!at->inside);
	enter(at, now);
	tell_sent_if_room(at);
	command = at->command;
	if (at->freed) {
		leave(at);
		return;
	}
	if (at->resync.phase != RESYNC_OFF) {
		tick_resync(at);
	} else if (command && !command->abandoned && now >= command->deadline) {
		abandon(at);
		tell(at, AT_TIMEOUT, command->shown ? command->shown : command->wire);
	}
	leave(at);
}

gint64 at_deadline(const AtChannel *at)
{
	if (at->sent_due && transport_queued(at->transport) < SENT_BELOW)
		return at->now;
	if (at->resync.phase != RESYNC_OFF)
		return at->resync.until;
	if (at->command && !at->command->abandoned)
		return at->command->deadline;
	return G_MAXINT64;
}

static bool is_sendable(const char *command)
{
	for (const char *c = command; *c; c++)
		if (g_ascii_iscntrl(*c))
			return false;
	return *command != '\0';
}

bool at_send(AtChannel *at, const AtCommand *command, gint64 now)
{
	at->now = now;
	if (at_busy(at) || at->muddled || !is_sendable(command->command))
		return false;
	if (!put(at, command->command, command->shown))
		return false;
	at->stale = 0;
	at->command = g_new0(Command, 1);
	at->command->wire = g_strdup(command->command);
	at->command->shown = g_strdup(command->shown);
	if (command->expect && *command->expect)
		at->command->expect = g_strsplit(command->expect, "|", -1);
	at->command->timeout = (gint64)command->timeout_ms * G_TIME_SPAN_MILLISECOND;
	at->command->deadline = now + at->command->timeout;
	at->command->prompt = command->prompt;
	return true;
}

bool at_busy(const AtChannel *at)
{
	return at->command || at->resync.phase != RESYNC_OFF;
}

bool at_in_doubt(const AtChannel *at)
{
	return at->muddled || (at->command && at->command->abandoned);
}

void at_raw(AtChannel *at, guint n_acks, guint8 ack)
{
	g_return_if_fail(takes_payload(at));
	at->acks_left = n_acks;
	at->ack = ack;
}

bool at_write(AtChannel *at, const guint8 *bytes, gsize len)
{
	if (!takes_payload(at) || !transport_write(at->transport, bytes, len))
		return false;
	if (at->tap)
		at->tap(at->user, AT_TAP_PAYLOAD, bytes, len, is_secret(at));
	at->sent_due = true;
	extend(at);
	return true;
}

void at_abandon(AtChannel *at, gint64 now)
{
	at->now = now;
	if (at->command)
		abandon(at);
}

void at_resync(AtChannel *at, guint quiet_ms, guint tries, guint gap_ms, gint64 now)
{
	bool doubt = at->command || at->muddled || at->resync.phase > RESYNC_QUIET;

	at->now = now;
	if (at->command)
		abandon(at);
	at->resync = (Resync){
		.phase = RESYNC_QUIET,
		.quiet = (gint64)quiet_ms * G_TIME_SPAN_MILLISECOND,
		.gap = (gint64)gap_ms * G_TIME_SPAN_MILLISECOND,
		.tries = tries,
		.doubt = doubt,
	};
	at->resync.until = now + at->resync.quiet;
	at->resync.limit = at->resync.until + BABBLE_LIMIT;
}

bool at_echoes(const AtChannel *at)
{
	return at->echoes;
}

void at_set_baud(AtChannel *at, guint baud)
{
	if (transport_baud(at->transport) != baud)
		transport_set_baud(at->transport, baud);
}

guint at_baud(const AtChannel *at)
{
	return transport_baud(at->transport);
}
