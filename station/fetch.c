/* SPDX-License-Identifier: Apache-2.0
 *
 * One GET per external package. It does not know what becomes of them. */
#include "station/fetch.h"

#include <glib/gi18n.h>
#include <libsoup/soup.h>
#include <string.h>

#define SILENCE_S 15

/* Bytes and their hash; a body that is longer than `most` is not read to its end. */
static bool hash_stream(GInputStream *stream, guint64 most, guint64 *size, GChecksum *sum,
			GError **error)
{
	guint8 buffer[65536];
	gssize n;

	while (*size <= most &&
	       (n = g_input_stream_read(stream, buffer, sizeof(buffer), NULL, error)) != 0) {
		if (n < 0)
			return false;
		g_checksum_update(sum, buffer, n);
		*size += n;
	}
	return true;
}

static void check_one(SoupSession *session, const Catalog *catalog, guint n, GPtrArray *complaints)
{
	const Package *package = catalog_package(catalog, n);
	g_autoptr(SoupMessage) message = soup_message_new(SOUP_METHOD_GET, package->url);
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	g_autoptr(GInputStream) stream = NULL;
	g_autoptr(GError) error = NULL;
	guint64 size = 0;

	if (!message) {
		catalog_complain(catalog, n, complaints, _("%s is no address"), package->url);
		return;
	}
	stream = soup_session_send(session, message, NULL, &error);
	if (!stream || (soup_message_get_status(message) == SOUP_STATUS_OK &&
			!hash_stream(stream, package->size, &size, sum, &error)))
		catalog_complain(catalog, n, complaints, _("%s cannot be fetched: %s"),
				 package->url, error->message);
	else if (soup_message_get_status(message) != SOUP_STATUS_OK)
		catalog_complain(catalog, n, complaints,
				 _("%s answers %u %s, expected the package"), package->url,
				 soup_message_get_status(message),
				 soup_message_get_reason_phrase(message));
	else if (size != package->size)
		catalog_complain(catalog, n, complaints, _("%s has %s%llu bytes, expected %llu"),
				 package->url, size > package->size ? _("more than ") : "",
				 (unsigned long long)MIN(size, package->size),
				 (unsigned long long)package->size);
	else if (strcmp(g_checksum_get_string(sum), package->sha256) != 0)
		catalog_complain(catalog, n, complaints, _("%s has SHA-256 %s, expected %s"),
				 package->url, g_checksum_get_string(sum), package->sha256);
}

void fetch_check(const Catalog *catalog, GPtrArray *complaints)
{
	g_autoptr(SoupSession) session = soup_session_new();

	soup_session_set_timeout(session, SILENCE_S);
	/* As the module will: not through whatever this machine's environment says. */
	soup_session_set_proxy_resolver(session, NULL);
	for (guint i = 0; i < catalog_packages(catalog); i++)
		if (catalog_package(catalog, i)->kind == PACKAGE_URL)
			check_one(session, catalog, i, complaints);
}
