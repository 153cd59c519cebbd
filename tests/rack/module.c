/* SPDX-License-Identifier: Apache-2.0 */
/* A simulated module: power, boot, speed detection and the AT command line, as far as all vendors
 * share them. What a command does and what an update is, the family knows. */
#include "module.h"

#include <string.h>
#include <sys/ioctl.h>

#include "key.h"

/* A command line may be so long; what is longer is an error. */
#define COMMAND_MAX 559
/* How long a host waits at most for a query; a late answer comes after this, in real time. */
#define LATE_MS 6000

static void module_feed(Module *module, const guint8 *data, gsize n);
static void run_next(Module *module);

/* ---- output ---- */

void module_raw(Module *module, const void *bytes, gsize n)
{
	if (!module->line || module->now == MODULE_OFF || module->now == MODULE_HUNG)
		return;
	if (timer_armed(&module->second_half))
		g_byte_array_append(module->held, bytes, (guint)n);
	else
		line_send(module->line, bytes, n);
}

static void send_line(Module *module, const char *text)
{
	g_autofree char *line = g_strconcat(module->eol, text, module->eol, NULL);
	gsize n = strlen(line), cut = strlen(module->eol) + strlen(text) / 2;

	if (!unit_has(module->unit, F_URC_SPLIT) || strlen(text) < 4 ||
	    timer_armed(&module->second_half)) {
		module_raw(module, line, n);
		return;
	}
	module_raw(module, line, cut);
	g_byte_array_append(module->held, (const guint8 *)line + cut, (guint)(n - cut));
	timer_module(module->rack->clock, &module->second_half, rng_between(&module->rng, 20, 400));
}

static void on_second_half(void *data)
{
	Module *module = data;

	if (module->line && module->now != MODULE_OFF)
		line_send(module->line, module->held->data, module->held->len);
	g_byte_array_set_size(module->held, 0);
}

void module_line(Module *module, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list ap;

	va_start(ap, format);
	text = g_strdup_vprintf(format, ap);
	va_end(ap);
	send_line(module, text);
}

void module_report(Module *module, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list ap;

	/* Before it knows its host's speed, and while it takes raw bytes, it says nothing. */
	if (module->now != MODULE_READY && module->now != MODULE_UPDATER)
		return;
	va_start(ap, format);
	text = g_strdup_vprintf(format, ap);
	va_end(ap);
	if (module->busy)
		g_queue_push_tail(&module->reports, g_steal_pointer(&text));
	else
		send_line(module, text);
}

static void send_reports(Module *module)
{
	char *text;

	while ((text = g_queue_pop_head(&module->reports))) {
		send_line(module, text);
		g_free(text);
	}
}

/* ---- answers ---- */

static void answer_block(Module *module, const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	g_string_append(module->answer, module->eol);
	for (char **line = lines; *line; line++)
		g_string_append_printf(module->answer, "%s%s", *line, module->eol);
}

void module_info(Module *module, const char *format, ...)
{
	static const char *const reports[] = { "+CMTI: \"SM\",3", "Call Ready",
					       "*PSUTTZ: 21/01/24,23:10:29\",\"+40\",0",
					       "+CREG: 1" };
	g_autofree char *text = NULL;
	va_list ap;

	va_start(ap, format);
	text = g_strdup_vprintf(format, ap);
	va_end(ap);
	if (unit_has(module->unit, F_URC_IN_ANSWER) && !strstr(text, "+CREG") &&
	    rng_chance(&module->rng, 40))
		answer_block(module, reports[rng_below(&module->rng, G_N_ELEMENTS(reports))]);
	answer_block(module, text);
}

static void final_result(Module *module, int result)
{
	g_autofree char *text = NULL;

	if (result == AT_SILENT)
		return;
	/* Some leave the empty line before it out. */
	if (unit_has(module->unit, F_NO_BLANK_LINE) && module->answer->len)
		g_string_truncate(module->answer, module->answer->len - strlen(module->eol));
	if (result == AT_OK)
		text = g_strdup(unit_has(module->unit, F_LOWER_OK) ? "ok" : "OK");
	else if (result == AT_ERROR || module->cmee == 0)
		text = g_strdup("ERROR");
	else if (module->cmee == 1 || !cme_text(result))
		text = g_strdup_printf("+CME ERROR: %d", result);
	else
		text = g_strdup_printf("+CME ERROR: %s", cme_text(result));
	answer_block(module, text);
}

/* ---- running a command line ---- */

static bool is_query(const Module *module, const AtRow *row, const AtCommand *command)
{
	return row && (row->flags & AT_QUERY) && command->kind != AT_SET && !module->parts[1];
}

static const AtRow *find_row(const AtRow *rows, guint n, const char *name)
{
	for (guint i = 0; i < n; i++)
		if (!g_ascii_strcasecmp(rows[i].name, name))
			return &rows[i];
	return NULL;
}

int at_common(Module *module, const AtCommand *command)
{
	const AtRow *row = find_row(at_common_rows, at_common_n, command->name);

	return row ? row->run(module, command) : AT_ERROR;
}

/* Splits "+QFUPL=1,2" into its name, what is asked of it and the rest. */
static char *parse_command(const char *text, AtCommand *command)
{
	bool extended = *text == '+' || *text == '#' || *text == '*' || *text == '^';
	gsize n = extended ? 1 : strspn(text, "&\\%");

	if (extended)
		while (g_ascii_isalnum(text[n]) || text[n] == '_')
			n++;
	else if (text[n])
		n++;
	command->args = text + n;
	command->kind = AT_EXEC;
	if (g_str_has_prefix(command->args, "=?") && !command->args[2]) {
		command->kind = AT_TEST;
	} else if (!strcmp(command->args, "?")) {
		command->kind = AT_READ;
	} else if (*command->args == '=') {
		command->kind = AT_SET;
		command->args++;
	} else if (!extended && *command->args) {
		command->kind = AT_SET;
	}
	return g_strndup(text, n);
}

static void end_of_line(Module *module, int result)
{
	final_result(module, result);
	g_clear_pointer(&module->parts, g_strfreev);
	timer_module(module->rack->clock, &module->think, rng_between(&module->rng, 3, 40));
}

void module_finish(Module *module, int result)
{
	if (!module->busy || !module->parts)
		return;
	if (result != AT_OK || !module->parts[module->part]) {
		end_of_line(module, result);
		return;
	}
	run_next(module);
}

static void run_next(Module *module)
{
	const char *text = module->parts[module->part++];
	AtCommand command;
	g_autofree char *name = parse_command(text, &command);
	const AtRow *row = find_row(module->family->rows, module->family->n_rows, name);
	bool query;
	int result;

	if (command.kind == AT_SET && fault_info(module->unit->fault)->expect == EXPECT_SKIPPED)
		module->unit->meddled++;
	if (!row)
		row = find_row(at_common_rows, at_common_n, name);
	command.name = name;
	result = module->family->gate ? module->family->gate(module, &command) : AT_OK;
	if (result != AT_OK) {
		module_finish(module, result);
		return;
	}
	query = is_query(module, row, &command);
	if (query) {
		module->queries++;
		if (unit_has(module->unit, F_SILENT_ONCE) && !module->once_done[0] &&
		    module->queries == 4) {
			module->once_done[0] = true;
			result = row->run(module, &command);
			g_string_truncate(module->answer, 0);
			module_finish(module, AT_SILENT);
			return;
		}
	}
	result = row ? row->run(module, &command) : *name ? AT_ERROR : AT_OK;
	if (result != AT_LATER)
		module_finish(module, result);
	if (query && unit_has(module->unit, F_LATE_ANSWER) && !module->once_done[1] &&
	    module->queries == 3 && timer_armed(&module->think)) {
		module->once_done[1] = true;
		timer_real(module->rack->clock, &module->think, LATE_MS);
	}
}

/* Commands of one line, apart from semicolons in quotes. */
static char **split_commands(const char *body)
{
	GPtrArray *parts = g_ptr_array_new();
	g_autoptr(GString) part = g_string_new(NULL);
	bool quoted = false;

	for (const char *p = body; *p; p++) {
		quoted ^= *p == '"';
		if (*p == ';' && !quoted) {
			g_ptr_array_add(parts, g_strdup(part->str));
			g_string_truncate(part, 0);
		} else if (*p != ' ' || quoted) {
			g_string_append_c(part, *p);
		}
	}
	if (part->len || !parts->len)
		g_ptr_array_add(parts, g_strdup(part->str));
	g_ptr_array_add(parts, NULL);
	return (char **)g_ptr_array_free(parts, FALSE);
}

static void note_asked(Unit *unit, const char *body)
{
	g_autofree char *head = trouble_head(body);

	/* Noise was asked by nobody. */
	if (g_str_is_ascii(head) &&
	    !g_ptr_array_find_with_equal_func(unit->asked, head, g_str_equal, NULL))
		g_ptr_array_add(unit->asked, g_steal_pointer(&head));
}

static void run_line(Module *module)
{
	const char *at = module->command->str;

	/* Whatever stands before the AT is noise. */
	while (*at && g_ascii_strncasecmp(at, "AT", 2) != 0)
		at++;
	if (!*at || module->command->len > COMMAND_MAX) {
		if (module->command->len > COMMAND_MAX)
			send_line(module, "ERROR");
		g_string_truncate(module->command, 0);
		return;
	}
	note_asked(module->unit, at + 2);
	if (trouble_strikes(module, at + 2)) {
		g_string_truncate(module->command, 0);
		return;
	}
	module->busy = true;
	module->commands++;
	if (!g_ascii_strcasecmp(at + 2, "+CGMR") &&
	    !strcmp(module->unit->version, module->unit->target))
		module->unit->told_target = true;
	/* Whether it is still there is asked as long as it sits there. */
	if (at[2] && g_ascii_strcasecmp(at + 2, "+GSN"))
		slot_talked(module->unit->slot);
	g_string_truncate(module->answer, 0);
	module->parts = split_commands(at + 2);
	module->part = 0;
	g_string_truncate(module->command, 0);
	run_next(module);
}

/* The answer goes out, then what has waited for it. */
static void on_think(void *data)
{
	Module *module = data;
	g_autoptr(GByteArray) waiting = NULL;

	if (module->answer->len)
		module_raw(module, module->answer->str, module->answer->len);
	g_string_truncate(module->answer, 0);
	module->busy = false;
	send_reports(module);
	waiting = g_steal_pointer(&module->waiting);
	module->waiting = g_byte_array_new();
	if (waiting->len)
		module_feed(module, waiting->data, waiting->len);
}

/* ---- input ---- */

void module_garbage(Module *module)
{
	static const guint8 noise[] = "\0\0\xff\xfe~}#\xc0!}!}(} }$#[~\0\x1a\xff";

	if (module->line)
		line_send(module->line, noise, sizeof(noise) - 1);
}

/* Only AT or at, then the speed is that of whoever sent it. */
static void listen_for_speed(Module *module, guint8 byte)
{
	static const guint speeds[] = { 4800, 9600, 19200, 38400, 57600, 115200 };
	guint host = line_host_speed(module->line);
	bool at = (module->last == 'A' && byte == 'T') || (module->last == 'a' && byte == 't');

	module->last = byte;
	for (guint i = 0; at && i < G_N_ELEMENTS(speeds); i++)
		if (speeds[i] == host) {
			module_set_speed(module, host);
			module->now = MODULE_READY;
			g_string_assign(module->command, "A");
			timer_module(module->rack->clock, &module->after_sync,
				     rng_between(&module->rng, 300, 3000));
		}
}

/* The rest of the boot reports comes some time after the speed is known. */
static void on_after_sync(void *data)
{
	Module *module = data;

	if (module->family->settled)
		module->family->settled(module);
	else
		module_boot_reports(module);
}

static void command_byte(Module *module, guint8 byte)
{
	if (module->echo)
		module_raw(module, &byte, 1);
	if (byte == '\r') {
		run_line(module);
	} else if (byte == '\b' || byte == 0x7f) {
		if (module->command->len)
			g_string_truncate(module->command, module->command->len - 1);
	} else if (byte != '\n' && byte && module->command->len <= COMMAND_MAX) {
		g_string_append_c(module->command, (char)byte);
	}
}

/* A station that only tries whether somebody is there does no harm; all else is counted. */
static void stray_byte(Module *module, guint8 byte)
{
	g_string_append_c(module->stray, (char)byte);
	if (byte != '\r' && byte != '\n' && module->stray->len < 64)
		return;
	g_strstrip(module->stray->str);
	if (g_ascii_strcasecmp(module->stray->str, "AT") != 0 && *module->stray->str)
		module->unit->disturbed += (guint)module->stray->len;
	g_string_truncate(module->stray, 0);
}

static void module_feed(Module *module, const guint8 *data, gsize n)
{
	for (gsize i = 0; i < n; i++) {
		if (module->now == MODULE_UPDATER) {
			stray_byte(module, data[i]);
		} else if (module->now == MODULE_DATA) {
			i += module->family->data(module, data + i, n - i) - 1;
		} else if (module->busy) {
			g_byte_array_append(module->waiting, data + i, (guint)(n - i));
			return;
		} else if (module->now == MODULE_LISTENING) {
			listen_for_speed(module, data[i]);
			if (module->now == MODULE_READY)
				command_byte(module, data[i]);
			else if (unit_has(module->unit, F_GARBAGE_BOOT) && data[i] == '\r')
				module_garbage(module);
		} else if (module->now == MODULE_READY) {
			command_byte(module, data[i]);
		}
	}
}

static void on_bytes(void *owner, const guint8 *data, gsize n)
{
	Module *module = owner;

	module->unit->bytes += (guint)n;
	module_feed(module, data, n);
}

static void on_moved(void *owner, guint lines)
{
	Module *module = owner;

	/* Opening a tty raises both lines, which no host can avoid: harm is done where one of them
	 * falls that is to be on. */
	if (module->unit->flashing && lines != (TIOCM_DTR | TIOCM_RTS) &&
	    lines != module->unit->slot->rest)
		module->unit->disturbed++;
	key_moved(module, lines);
	if (module->family->moved && module->now != MODULE_OFF)
		module->family->moved(module, lines);
}

static const LineOps line_ops = { .bytes = on_bytes, .moved = on_moved };

/* ---- power ---- */

/* What is itself a USB device has no speed to agree about. */
static void tell_line_speed(Module *module)
{
	if (module->line)
		line_set_speed(module->line, module->unit->own ? LINE_ANY_SPEED : module->baud);
}

void module_set_speed(Module *module, guint baud)
{
	module->baud = baud;
	tell_line_speed(module);
}

void module_connect(Module *module, Line *line)
{
	module->line = line;
	line_attach(line, &line_ops, module);
	tell_line_speed(module);
	line_set_inputs(line, TIOCM_CTS, TIOCM_CTS);
}

void module_disconnect(Module *module)
{
	if (!module->line)
		return;
	line_set_inputs(module->line, TIOCM_CTS, 0);
	line_detach(module->line);
	module->line = NULL;
}

static void on_booted(void *data)
{
	Module *module = data;

	if (unit_has(module->unit, F_GARBAGE_BOOT))
		module_garbage(module);
	if (module->unit->flashing)
		rack_changed(module->rack);
	module->unit->flashing = false;
	if (module->family->up)
		module->family->up(module);
	if (!module->unit->fixed_baud) {
		module->now = MODULE_LISTENING;
		return;
	}
	module->now = MODULE_READY;
	if (module->family->booted)
		module->family->booted(module);
	else
		module_line(module, "RDY");
	timer_module(module->rack->clock, &module->after_sync, rng_between(&module->rng, 100, 900));
}

static void on_chatter(void *data)
{
	static const char *const reports[] = { "+CREG: 1",
					       "*PSUTTZ: 21/01/24,23:10:29\",\"+40\",0",
					       "+CMTI: \"SM\",3",
					       "RING",
					       "+CREG: 2",
					       "Call Ready",
					       "UNDER-VOLTAGE WARNNING" };
	Module *module = data;

	if (module->now == MODULE_READY && unit_has(module->unit, F_CHATTER))
		module_report(module, "%s",
			      reports[rng_below(&module->rng, G_N_ELEMENTS(reports))]);
	if (module->now == MODULE_READY && unit_has(module->unit, F_LONG_LINE) &&
	    rng_chance(&module->rng, 25)) {
		g_autofree char *text = g_strnfill(4200 + rng_below(&module->rng, 900), 'x');

		module_report(module, "%s", text);
	}
	/* In real time: a host's own pauses are not shortened, and it needs some silence in them.
	 * */
	timer_real(module->rack->clock, &module->chatter, rng_between(&module->rng, 900, 5000));
}

static void reset_session(Module *module)
{
	module->echo = !unit_has(module->unit, F_ECHO_OFF);
	module->cmee = unit_has(module->unit, F_VERBOSE_ERRORS) ? 2 : 0;
	module->eol = unit_has(module->unit, F_CRCRLF)    ? "\r\r\n"
		      : unit_has(module->unit, F_LF_ONLY) ? "\n"
							  : "\r\n";
	module->busy = false;
	module->pin_done = false;
	module->commands = 0;
	g_clear_pointer(&module->parts, g_strfreev);
	g_string_truncate(module->command, 0);
	g_string_truncate(module->answer, 0);
	g_string_truncate(module->stray, 0);
	g_byte_array_set_size(module->waiting, 0);
	g_byte_array_set_size(module->held, 0);
	g_queue_clear_full(&module->reports, g_free);
	module->last = 0;
	timer_stop(module->rack->clock, &module->think);
	timer_stop(module->rack->clock, &module->boot);
	timer_stop(module->rack->clock, &module->after_sync);
	timer_stop(module->rack->clock, &module->second_half);
}

static void start_boot(Module *module, double extra_ms)
{
	double ms =
		unit_has(module->unit, F_SLOW_BOOT) ? 50000 : rng_between(&module->rng, 2500, 6000);

	module->now = MODULE_BOOTING;
	module_set_speed(module, module->unit->fixed_baud);
	timer_module(module->rack->clock, &module->boot, ms + extra_ms);
}

void module_power_on(Module *module)
{
	reset_session(module);
	timer_real(module->rack->clock, &module->chatter, rng_between(&module->rng, 500, 5000));
	if (module->family->power_on && module->family->power_on(module))
		return;
	start_boot(module, 0);
}

void module_power_off(Module *module)
{
	key_stop(module);
	if (module->now == MODULE_OFF)
		return;
	if (module->family->power_off)
		module->family->power_off(module);
	reset_session(module);
	timer_stop(module->rack->clock, &module->chatter);
	module->now = MODULE_OFF;
	if (module->line)
		line_drop_output(module->line);
}

void module_reboot(Module *module, double off_ms)
{
	reset_session(module);
	start_boot(module, off_ms);
}

Module *module_new(Rack *rack, Unit *unit, const Family *family)
{
	Module *module = g_new0(Module, 1);

	module->rack = rack;
	module->unit = unit;
	module->family = family;
	module->rng = rng_fork(rack->seed, 7000 + unit->index);
	module->eol = "\r\n";
	module->command = g_string_new(NULL);
	module->answer = g_string_new(NULL);
	module->stray = g_string_new(NULL);
	module->waiting = g_byte_array_new();
	module->held = g_byte_array_new();
	module->boot = (RackTimer){ .fn = on_booted, .data = module };
	module->think = (RackTimer){ .fn = on_think, .data = module };
	module->chatter = (RackTimer){ .fn = on_chatter, .data = module };
	module->second_half = (RackTimer){ .fn = on_second_half, .data = module };
	module->after_sync = (RackTimer){ .fn = on_after_sync, .data = module };
	key_init(module);
	if (family->create)
		module->state = family->create(module);
	return module;
}

void module_free(Module *module)
{
	module_power_off(module);
	module_disconnect(module);
	reset_session(module);
	if (module->family->destroy)
		module->family->destroy(module->state);
	g_string_free(module->command, TRUE);
	g_string_free(module->answer, TRUE);
	g_string_free(module->stray, TRUE);
	g_byte_array_unref(module->waiting);
	g_byte_array_unref(module->held);
	g_free(module);
}
