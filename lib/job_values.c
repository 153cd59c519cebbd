/* SPDX-License-Identifier: Apache-2.0
 *
 * The values that rows fill into their commands for ${name}. It does not know which rows do, nor what they are sent to. */
#include "lib/job_private.h"

#include <string.h>

static bool value_safe(const char *text)
{
	for (; *text; text++)
		if (!g_ascii_isprint(*text) || *text == '"')
			return false;
	return true;
}

static bool append_quoted(GString *out, const char *value, const char *before)
{
	if (!value_safe(value))
		return false;
	g_string_append_printf(out, "%s\"%s\"", before, value);
	return true;
}

static bool append_size(const JobSpec *s, GString *out)
{
	g_string_append_printf(out, "%" G_GUINT64_FORMAT, (guint64)s->package->size);
	return true;
}

static bool append_url(const JobSpec *s, GString *out)
{
	g_autofree char *url = model_url(s->model, s->url ? s->url : s->package->url);

	return url && append_quoted(out, url, "");
}

static bool append_apn_args(const JobSpec *s, GString *out)
{
	if (!append_quoted(out, s->apn, ""))
		return false;
	if (!s->apn_user || !*s->apn_user)
		return true;
	return append_quoted(out, s->apn_user, ",") &&
	       append_quoted(out, s->apn_password ? secret_reveal(s->apn_password) : "", ",");
}

static int pdp_of(const JobSpec *s)
{
	return s->model->behaviour & BEHAVIOUR_PDP_ONE ? 1 : 0;
}

/* AT+CNCFG: where contexts are counted the number comes first; 1 is IPv4. The way of proving who one is follows the password: 3
 * leaves it to the network (SIM7080 AT manual, 7.2). */
static bool append_cncfg_args(const JobSpec *s, GString *out)
{
	if (s->model->behaviour & BEHAVIOUR_BEARER_CNCFG)
		g_string_append_printf(out, "%d,", pdp_of(s));
	g_string_append(out, "1,");
	if (!append_apn_args(s, out))
		return false;
	if (s->apn_user && *s->apn_user)
		g_string_append(out, ",3");
	return true;
}

/* AT+CNACT: a context and 1, or 1 and the access point. */
static bool append_cnact_args(const JobSpec *s, GString *out)
{
	if (!(s->model->behaviour & BEHAVIOUR_BEARER_CNCFG))
		return append_quoted(out, s->apn, "1,");
	g_string_append_printf(out, "%d,1", pdp_of(s));
	return true;
}

/* AT+CSCFOTA: what the cloud calls the version, which is not what the unit says. */
static bool append_cloud_args(const JobSpec *s, GString *out)
{
	const char *version =
		s->package->cloud_version ? s->package->cloud_version : s->package->to;

	return s->cloud && s->cloud->secret && append_quoted(out, s->cloud->oem, "") &&
	       append_quoted(out, s->cloud->models, ",") &&
	       append_quoted(out, s->cloud->product_id, ",") &&
	       append_quoted(out, secret_reveal(s->cloud->secret), ",") &&
	       append_quoted(out, version, ",");
}

static bool append_pin(const JobSpec *s, GString *out)
{
	/* It may have been taken back since the row was entered. */
	return s->pin && append_quoted(out, secret_reveal(s->pin), "");
}

/* Telit, AT#OTASNAP: the server's telephone number. */
static bool append_pfm_number(const JobSpec *s, GString *out)
{
	return append_quoted(out, s->pfm->number, "");
}

/* Telit, AT#OTASNAPIPCFG: bearer, access point, and who may use it. */
static bool append_pfm_access(const JobSpec *s, GString *out)
{
	g_string_append_printf(out, "%d,", s->pfm->bearer);
	return append_apn_args(s, out);
}

/* Telit, AT#OTAIPCFG: the server's port and address. */
static bool append_pfm_update(const JobSpec *s, GString *out)
{
	g_string_append_printf(out, "%u", s->pfm->port);
	return append_quoted(out, s->pfm->address, ",");
}

/* Telit, AT#OTASNAPIP: the same, and the SIM's own number where it has said it. */
static bool append_pfm_server(const JobSpec *s, GString *out)
{
	const char *iccid = s->unit.iccid, *number = NULL;

	if (!append_pfm_update(s, out))
		return false;
	if (*iccid && s->recall)
		number = s->recall(s->user, iccid, "number");
	return !number || append_quoted(out, number, ",");
}

/* False: there is no such value, or it may not be sent. */
static const struct {
	const char *name;
	bool (*append)(const JobSpec *spec, GString *out);
} values[] = {
	{ "size", append_size },
	{ "url", append_url },
	{ "apn_args", append_apn_args },
	{ "cncfg_args", append_cncfg_args },
	{ "cnact_args", append_cnact_args },
	{ "cloud_args", append_cloud_args },
	{ "pin", append_pin },
	{ "pfm_number", append_pfm_number },
	{ "pfm_access", append_pfm_access },
	{ "pfm_update", append_pfm_update },
	{ "pfm_server", append_pfm_server },
};

static bool append_value(const Job *job, const char *name, GString *out)
{
	/* With the unit as it is known by now. */
	JobSpec spec = job->spec;

	spec.unit = job->result.unit;
	for (gsize i = 0; i < G_N_ELEMENTS(values); i++)
		if (strcmp(values[i].name, name) == 0)
			return values[i].append(&spec, out);
	return false;
}

bool job_value_known(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(values); i++)
		if (strcmp(values[i].name, name) == 0)
			return true;
	return false;
}

/* NULL: a value holds what may not be sent inside quotes. */
char *job_fill_in(const Job *job, const char *text)
{
	GString *out = g_string_new(NULL);

	while (*text) {
		const char *end = g_str_has_prefix(text, "${") ? strchr(text, '}') : NULL;
		g_autofree char *name = NULL;

		if (!end) {
			g_string_append_c(out, *text++);
			continue;
		}
		name = g_strndup(text + 2, end - text - 2);
		if (!append_value(job, name, out)) {
			g_string_free(out, TRUE);
			return NULL;
		}
		text = end + 1;
	}
	return g_string_free(out, FALSE);
}
