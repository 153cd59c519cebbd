/* SPDX-License-Identifier: Apache-2.0
 *
 * Letters of a URL. It knows no server and no job. */
#include "station/package_url.h"

#include <gio/gio.h>
#include <string.h>

#define HOST_BYTES_MAX 253

bool package_url_host(const char *text)
{
	bool dot = true; /* a label begins */

	if (g_hostname_is_ip_address(text))
		return true;
	if (*text == '\0' || strlen(text) > HOST_BYTES_MAX)
		return false;
	for (const char *p = text; *p; p++) {
		if (!g_ascii_isalnum(*p) && (dot || (*p != '-' && *p != '.')))
			return false;
		dot = *p == '.';
	}
	/* Digits and dots alone are a mistyped address. */
	return !dot && text[strspn(text, "0123456789.")] != '\0';
}

char *package_url(const char *host, guint port, const char *token)
{
	bool v6 = strchr(host, ':') != NULL;
	char any[PACKAGE_TOKEN_CHARS + 1];

	memset(any, 'x', PACKAGE_TOKEN_CHARS);
	any[PACKAGE_TOKEN_CHARS] = '\0';
	return g_strdup_printf("http://%s%s%s:%u/%s", v6 ? "[" : "", host, v6 ? "]" : "", port,
			       token ? token : any);
}

void package_token(const guint8 random[20], char token[PACKAGE_TOKEN_CHARS + 1])
{
	static const char digits[] = "abcdefghijklmnopqrstuvwxyz234567";
	guint bits = 0, have = 0, n = 0;

	for (guint i = 0; i < 20; i++) {
		bits = bits << 8 | random[i];
		for (have += 8; have >= 5; have -= 5)
			token[n++] = digits[bits >> (have - 5) & 31];
	}
	token[n] = '\0';
}
