/* SPDX-License-Identifier: Apache-2.0
 *
 * How a URL of the package server looks. Pure: it knows no server and no job. */
#pragma once

#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

/* Digits of a token: 160 bits, 5 in each. */
#define PACKAGE_TOKEN_CHARS 32

/* Whether `text` is the name or the address of a host, as it may stand in a URL (an IPv6 address without brackets). */
bool package_url_host(const char *text);
/* "http://host:port/TOKEN"; `token` NULL: one of the right length, for those who measure. Free with g_free. */
char *package_url(const char *host, guint port, const char *token);
/* 32 letters and digits from random bytes: the kernel's, so that nobody guesses them. */
void package_token(const guint8 random[20], char token[PACKAGE_TOKEN_CHARS + 1]);

G_END_DECLS
