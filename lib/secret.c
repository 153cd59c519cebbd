/* SPDX-License-Identifier: Apache-2.0
 *
 * One allocation that is cleared before it is given back. It does not know what it opens. */
#include "lib/secret.h"

#include <string.h>

struct _Secret {
	gsize size;
	char value[];
};

Secret *secret_new(const char *value)
{
	gsize size = strlen(value ? value : "") + 1;
	Secret *secret = g_malloc0(sizeof(Secret) + size);

	secret->size = size;
	memcpy(secret->value, value ? value : "", size);
	return secret;
}

void secret_free(Secret *secret)
{
	if (!secret)
		return;
	explicit_bzero(secret->value, secret->size);
	g_free(secret);
}

bool secret_empty(const Secret *secret)
{
	return secret->value[0] == '\0';
}

const char *secret_shown(const Secret *secret)
{
	return secret_empty(secret) ? "" : "***";
}

const char *secret_reveal(const Secret *secret)
{
	return secret->value;
}
