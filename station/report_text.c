/* SPDX-License-Identifier: Apache-2.0
 *
 * Events as lines for a person. It does not know when a batch is over. */
#include "station/report_text.h"

#include <glib/gi18n.h>

static void say(ReportText *report, const Event *event, const char *format, ...)
	G_GNUC_PRINTF(3, 4);

static void say(ReportText *report, const Event *event, const char *format, ...)
{
	g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(event->wall_us / G_USEC_PER_SEC);
	g_autoptr(GDateTime) local = utc ? g_date_time_to_local(utc) : NULL;
	g_autofree char *time =
		local ? g_date_time_format(local, "%H:%M:%S") : g_strdup("--:--:--");
	g_autofree char *text = NULL, *line = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	line = g_strdup_printf("%s  %-6s %s\n", time,
			       event->slot == SLOT_NONE ? "-" : report->slots[event->slot].label,
			       text);
	/* A line that cannot be shown is no reason to stop: the record has it. */
	out_write(report->out, line, strlen(line));
}

static bool is_good(Outcome outcome)
{
	return outcome == OUTCOME_PASS || outcome == OUTCOME_CURRENT;
}

/* Nothing is good before its record is on disk. */
static void say_good(ReportText *report, const Event *event)
{
	const Unit *unit = &report->good[event->slot];

	say(report, event, "%-8s %s %s %s", outcome_name(event->num), unit->name, unit->imei,
	    unit->revision);
}

static void say_verdict(ReportText *report, const Event *event)
{
	const Verdict *v = event->body;
	const Fault *fault = fault_get(v->fault);
	g_autoptr(GString) why = g_string_new(NULL);

	if (is_good(v->outcome)) {
		report->good[event->slot] = v->unit;
		return;
	}
	g_string_append(why, _(fault->text));
	if (v->vendor_code || v->vendor_words)
		g_string_append_printf(why, " (%s%s%s)", v->vendor_code ? v->vendor_code : "",
				       v->vendor_code && v->vendor_words && *v->vendor_words ? " "
											     : "",
				       v->vendor_words ? v->vendor_words : "");
	if (v->detail)
		g_string_append_printf(why, ": %s", v->detail);
	say(report, event, "%-8s %s %s %s: %s. %s: %s", outcome_name(v->outcome),
	    *v->unit.name ? v->unit.name : v->unit.model, v->unit.imei, fault->name, why->str,
	    _("Next"), _(fault->next));
}

bool report_text_read(gpointer user, const Event *event)
{
	ReportText *report = user;
	const VisitInfo *visit = event->body;
	const JobInfo *job = event->body;

	if (event->kind == EV_VISIT_END)
		say_verdict(report, event);
	else if (event->kind == EV_RECORD_TROUBLE || (event->kind == EV_TROUBLE && !report->quiet))
		say(report, event, "%s", event->text);
	if (report->quiet)
		return true;
	if (event->kind == EV_RECORDED && is_good(event->num))
		say_good(report, event);
	if (event->kind == EV_VISIT_BEGIN && visit->unit.model[0] == '\0')
		say(report, event, _("visit %u: a unit that has not said what it is"),
		    event->visit);
	else if (event->kind == EV_VISIT_BEGIN)
		say(report, event, _("visit %u: %s %s, version %s, target %s"), event->visit,
		    visit->unit.model, visit->unit.imei, visit->unit.revision,
		    visit->target ? visit->target : "-");
	else if (event->kind == EV_JOB_BEGIN && job->package)
		say(report, event, _("attempt %u: %s, %s to %s, hop %u of %u, try %u"), event->job,
		    job->procedure, job->version_before, job->target, job->hop, job->hops,
		    job->try_no);
	else if (event->kind == EV_DANGER)
		say(report, event, "%s: %s", _("DO NOT TOUCH"), event->step);
	return true;
}
