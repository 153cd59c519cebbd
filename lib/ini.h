/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads a configuration file and keeps the line of every section and key, so that each complaint
 * says FILE:LINE, what was wrong and what was expected. It does not know what the keys mean:
 * whoever asks for a key makes it a known one. */
#pragma once

#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

/* Complaints are collected, not returned one by one: a GPtrArray of `char *`, owned by the
 * caller. */
GPtrArray *complaints_new(void);
void complaints_add(GPtrArray *complaints, const char *format, ...) G_GNUC_PRINTF(2, 3);

typedef struct _Ini Ini;
typedef struct _IniSection IniSection;

/* Reads a regular file of at most 4 MiB. NULL when it cannot be read at all; of a file with bad
 * lines the good ones are kept, so that everything wrong is said at once. `complaints` is kept and
 * added to until ini_finish(). */
Ini *ini_load(const char *path, GPtrArray *complaints);
/* The same for a file of secrets: refused when others than its owner may touch it; values never
 * enter a complaint. */
Ini *ini_load_secret(const char *path, GPtrArray *complaints);
/* The same from memory; `path` is what complaints say. */
Ini *ini_parse(const char *path, const char *data, gsize size, GPtrArray *complaints);
/* Complains about every section and key that nobody asked for; `sections` says which ones there are
 * ("[station] or [limits]"). */
void ini_finish(Ini *ini, const char *sections);
/* Values are zeroed first. */
void ini_free(Ini *ini);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ini, ini_free)

/* Asking for a section makes it a known one. NULL: it is not there. */
IniSection *ini_section(Ini *ini, const char *name);
/* Sections by their order in the file; NULL past the last. Makes none known. */
IniSection *ini_nth(Ini *ini, guint n);
/* What follows `kind` and a space in the section's name ("package mc65-a01" -> "mc65-a01"), which
 * makes the section known; NULL: another kind. */
const char *ini_section_of(IniSection *section, const char *kind);
/* Whole name, which makes the section known. */
const char *ini_section_name(IniSection *section);
guint ini_section_line(const IniSection *section);
/* Keys by their order in the section; NULL past the last. Makes none known. */
const char *ini_key(const IniSection *section, guint n);

/* Values, borrowed from the Ini. An absent section (NULL), key, or bad value gives `fallback`; the
 * bad one is complained of. */
const char *ini_string(IniSection *section, const char *key, const char *fallback);
guint64 ini_uint(IniSection *section, const char *key, guint64 min, guint64 max, guint64 fallback);
bool ini_bool(IniSection *section, const char *key, bool fallback);
/* `words` ends with NULL; gives an index into it. */
int ini_choice(IniSection *section, const char *key, const char *const *words, int fallback);
/* Absent or empty is complained of; then NULL. */
const char *ini_required(IniSection *section, const char *key);

/* Adds "FILE:LINE: …" with the line of the key, or of the section where `key` is NULL or absent. */
void ini_complain(const IniSection *section, const char *key, const char *format, ...)
	G_GNUC_PRINTF(3, 4);
/* "FILE:LINE: …" into another list, for what is no error. */
void ini_remark(const IniSection *section, const char *key, GPtrArray *list, const char *format,
		...) G_GNUC_PRINTF(4, 5);

G_END_DECLS
