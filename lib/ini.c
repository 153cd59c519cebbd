/* SPDX-License-Identifier: Apache-2.0
 *
 * Lines of `[section]`, `key = value` and `# comment`, each kept with its number. It does not know
 * what any key means. GKeyFile is not used: it merges sections of one name, has no line numbers,
 * takes backslashes in a password for escapes and frees values without clearing them. */
#include "lib/ini.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gi18n.h>

#define FILE_SIZE_MAX (4 * 1024 * 1024)
#define KEYS_MAX      256
/* Longer values are cut where a complaint shows them. */
#define SHOWN_BYTES_MAX 60

typedef struct {
	char *key, *value;
	guint line;
} Entry;

struct _IniSection {
	Ini *ini;
	char *name;
	guint line;
	bool known;
	GArray *entries;  /* of Entry */
	GPtrArray *asked; /* of char *: keys somebody wanted to know */
};

struct _Ini {
	char *path;
	bool secret;
	GPtrArray *sections; /* of IniSection */
	GPtrArray *repeated; /* of IniSection whose name was used before: a place for their keys */
	GHashTable *by_name; /* into `sections` */
	GPtrArray *complaints; /* borrowed */
};

GPtrArray *complaints_new(void)
{
	return g_ptr_array_new_with_free_func(g_free);
}

void complaints_add(GPtrArray *complaints, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_ptr_array_add(complaints, g_strdup_vprintf(format, args));
	va_end(args);
}

/* What a complaint may show of a value. Free with g_free. */
static char *shown(const Ini *ini, const char *value)
{
	g_autofree char *cut = NULL;

	if (ini->secret)
		return g_strdup("***");
	if (strlen(value) <= SHOWN_BYTES_MAX)
		return g_strdup(value);
	cut = g_utf8_make_valid(value, SHOWN_BYTES_MAX);
	return g_strconcat(cut, "…", NULL);
}

static void free_section(gpointer data)
{
	IniSection *section = data;

	for (guint i = 0; i < section->entries->len; i++) {
		Entry *entry = &g_array_index(section->entries, Entry, i);

		explicit_bzero(entry->value, strlen(entry->value));
		g_free(entry->value);
		g_free(entry->key);
	}
	g_array_unref(section->entries);
	g_ptr_array_unref(section->asked);
	g_free(section->name);
	g_free(section);
}

void ini_free(Ini *ini)
{
	if (!ini)
		return;
	g_hash_table_unref(ini->by_name);
	g_ptr_array_unref(ini->sections);
	g_ptr_array_unref(ini->repeated);
	g_free(ini->path);
	g_free(ini);
}

static Entry *find_entry(const IniSection *section, const char *key)
{
	for (guint i = 0; i < section->entries->len; i++) {
		Entry *entry = &g_array_index(section->entries, Entry, i);

		if (strcmp(entry->key, key) == 0)
			return entry;
	}
	return NULL;
}

static IniSection *add_section(Ini *ini, const char *name, guint line)
{
	const IniSection *first = g_hash_table_lookup(ini->by_name, name);
	IniSection *section = g_new0(IniSection, 1);

	section->ini = ini;
	section->name = g_strdup(name);
	section->line = line;
	section->entries = g_array_new(FALSE, FALSE, sizeof(Entry));
	section->asked = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(first ? ini->repeated : ini->sections, section);
	if (first)
		complaints_add(
			ini->complaints,
			_("%s:%u: section [%s] is there twice, first in line %u; expected once"),
			ini->path, line, name, first->line);
	else
		g_hash_table_insert(ini->by_name, section->name, section);
	return section;
}

static void add_entry(IniSection *section, const char *key, const char *value, guint line)
{
	const Ini *ini = section->ini;
	const Entry *first = find_entry(section, key);
	Entry entry = { .line = line };

	if (first) {
		complaints_add(
			ini->complaints,
			_("%s:%u: key %s is there twice in [%s], first in line %u; expected once"),
			ini->path, line, key, section->name, first->line);
		return;
	}
	if (section->entries->len == KEYS_MAX) {
		complaints_add(ini->complaints, _("%s:%u: more keys in [%s], expected at most %d"),
			       ini->path, line, section->name, KEYS_MAX);
		return;
	}
	entry.key = g_strdup(key);
	entry.value = g_strdup(value);
	g_array_append_val(section->entries, entry);
}

/* Text without control characters (a terminal would obey them), or a complaint. */
static bool check_text(const Ini *ini, const char *text, gsize len, guint line)
{
	const char *bad;

	if (!g_utf8_validate_len(text, len, &bad)) {
		complaints_add(ini->complaints,
			       _("%s:%u: byte 0x%02x is not UTF-8, expected UTF-8 text"), ini->path,
			       line, (guint8)*bad);
		return false;
	}
	for (const char *p = text; p < text + len; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (c != '\t' && g_unichar_iscntrl(c)) {
			complaints_add(ini->complaints,
				       _("%s:%u: control character 0x%02x, expected text"),
				       ini->path, line, c);
			return false;
		}
	}
	return true;
}

static bool is_key(const char *key)
{
	return *key != '\0' &&
	       key[strspn(key, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_-.")] == '\0';
}

/* `text` is one line, stripped, not empty and no comment. Returns the section that the next line
 * belongs to. */
static IniSection *parse_line(Ini *ini, IniSection *section, char *text, guint line)
{
	gsize len = strlen(text);
	char *equals = strchr(text, '=');

	if (text[0] == '[' && len > 2 && strcspn(text + 1, "[]") == len - 2) {
		text[len - 1] = '\0';
		return add_section(ini, g_strstrip(text + 1), line);
	}
	if (equals)
		*equals = '\0';
	if (text[0] == '[' || !equals || !is_key(g_strchomp(text))) {
		g_autofree char *what = shown(ini, text);

		complaints_add(ini->complaints,
			       _("%s:%u: cannot read \"%s\", expected [section], key = value or # "
				 "comment"),
			       ini->path, line, what);
	} else if (!section) {
		complaints_add(
			ini->complaints,
			_("%s:%u: key %s stands before any section, expected [section] first"),
			ini->path, line, text);
	} else {
		add_entry(section, text, g_strchug(equals + 1), line);
	}
	return section;
}

static Ini *parse(const char *path, const char *data, gsize size, bool secret,
		  GPtrArray *complaints)
{
	Ini *ini = g_new0(Ini, 1);
	IniSection *section = NULL;
	const char *end = data + size;
	guint line = 0;

	ini->path = g_strdup(path);
	ini->secret = secret;
	ini->complaints = complaints;
	ini->sections = g_ptr_array_new_with_free_func(free_section);
	ini->repeated = g_ptr_array_new_with_free_func(free_section);
	ini->by_name = g_hash_table_new(g_str_hash, g_str_equal);
	while (data < end) {
		const char *newline = memchr(data, '\n', end - data);
		gsize len = (newline ? newline : end) - data;
		g_autofree char *text = NULL;

		line++;
		if (len > 0 && data[len - 1] == '\r')
			len--;
		if (check_text(ini, data, len, line)) {
			text = g_strstrip(g_strndup(data, len));
			if (text[0] != '\0' && text[0] != '#')
				section = parse_line(ini, section, text, line);
			explicit_bzero(text, len);
		}
		data = newline ? newline + 1 : end;
	}
	return ini;
}

Ini *ini_parse(const char *path, const char *data, gsize size, GPtrArray *complaints)
{
	return parse(path, data, size, false, complaints);
}

/* Whether the open file may be read as configuration; `secret`: as one of secrets. */
static bool check_file(const char *path, int fd, bool secret, gsize *size, GPtrArray *complaints)
{
	struct stat st;

	if (fstat(fd, &st) < 0) {
		complaints_add(complaints, _("%s:1: cannot be read (%s), expected a readable file"),
			       path, g_strerror(errno));
		return false;
	}
	if (!S_ISREG(st.st_mode)) {
		complaints_add(complaints, _("%s:1: is no file, expected a text file"), path);
		return false;
	}
	if (st.st_size > FILE_SIZE_MAX) {
		complaints_add(complaints, _("%s:1: has %lld bytes, expected at most %d"), path,
			       (long long)st.st_size, FILE_SIZE_MAX);
		return false;
	}
	if (secret && (st.st_mode & 077) != 0) {
		complaints_add(
			complaints,
			_("%s:1: has mode %04o, expected 0600: others may touch the secrets"), path,
			st.st_mode & 07777);
		return false;
	}
	if (secret && st.st_uid != geteuid() && st.st_uid != 0) {
		complaints_add(complaints, _("%s:1: belongs to user %u, expected user %u or root"),
			       path, st.st_uid, geteuid());
		return false;
	}
	*size = st.st_size;
	return true;
}

static Ini *load(const char *path, bool secret, GPtrArray *complaints)
{
	/* A named pipe in the place of the file must not stop the station: hence O_NONBLOCK. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	gsize size = 0, have = 0;
	gssize n = 1;
	char *data;
	Ini *ini;

	if (fd < 0) {
		complaints_add(complaints,
			       _("%s:1: cannot be opened (%s), expected a readable file"), path,
			       g_strerror(errno));
		return NULL;
	}
	if (!check_file(path, fd, secret, &size, complaints)) {
		close(fd);
		return NULL;
	}
	data = g_malloc(size + 1);
	while (have < size && n > 0) {
		n = read(fd, data + have, size - have);
		have += MAX(n, 0);
	}
	if (n < 0)
		complaints_add(complaints, _("%s:1: cannot be read (%s), expected a readable file"),
			       path, g_strerror(errno));
	close(fd);
	ini = n < 0 ? NULL : parse(path, data, have, secret, complaints);
	explicit_bzero(data, size);
	g_free(data);
	return ini;
}

Ini *ini_load(const char *path, GPtrArray *complaints)
{
	return load(path, false, complaints);
}

Ini *ini_load_secret(const char *path, GPtrArray *complaints)
{
	return load(path, true, complaints);
}

static void finish_section(const IniSection *section)
{
	for (guint i = 0; i < section->entries->len; i++) {
		const Entry *entry = &g_array_index(section->entries, Entry, i);
		g_autofree char *expected = NULL;

		if (g_ptr_array_find_with_equal_func(section->asked, entry->key, g_str_equal, NULL))
			continue;
		g_ptr_array_add(section->asked, NULL);
		expected = g_strjoinv(", ", (char **)section->asked->pdata);
		g_ptr_array_remove_index(section->asked, section->asked->len - 1);
		complaints_add(section->ini->complaints,
			       _("%s:%u: unknown key %s in [%s], expected one of: %s"),
			       section->ini->path, entry->line, entry->key, section->name,
			       expected);
	}
}

void ini_finish(Ini *ini, const char *sections)
{
	for (guint i = 0; i < ini->sections->len; i++) {
		const IniSection *section = g_ptr_array_index(ini->sections, i);

		if (section->known)
			finish_section(section);
		else
			complaints_add(ini->complaints,
				       _("%s:%u: unknown section [%s], expected %s"), ini->path,
				       section->line, section->name, sections);
	}
}

IniSection *ini_section(Ini *ini, const char *name)
{
	IniSection *section = g_hash_table_lookup(ini->by_name, name);

	if (section)
		section->known = true;
	return section;
}

IniSection *ini_nth(Ini *ini, guint n)
{
	return n < ini->sections->len ? g_ptr_array_index(ini->sections, n) : NULL;
}

const char *ini_section_of(IniSection *section, const char *kind)
{
	gsize len = strlen(kind);

	if (!g_str_has_prefix(section->name, kind) || section->name[len] != ' ')
		return NULL;
	section->known = true;
	return section->name + len + strspn(section->name + len, " ");
}

const char *ini_section_name(IniSection *section)
{
	section->known = true;
	return section->name;
}

guint ini_section_line(const IniSection *section)
{
	return section->line;
}

const char *ini_key(const IniSection *section, guint n)
{
	return n < section->entries->len ? g_array_index(section->entries, Entry, n).key : NULL;
}

/* The entry of a key, which is a known one from now on; NULL: not there. */
static const Entry *ask(IniSection *section, const char *key)
{
	if (!section)
		return NULL;
	if (!g_ptr_array_find_with_equal_func(section->asked, key, g_str_equal, NULL))
		g_ptr_array_add(section->asked, g_strdup(key));
	return find_entry(section, key);
}

const char *ini_string(IniSection *section, const char *key, const char *fallback)
{
	const Entry *entry = ask(section, key);

	return entry ? entry->value : fallback;
}

/* "FILE:LINE: KEY is "VALUE", expected …" */
static void complain_value(const IniSection *section, const Entry *entry, const char *expected)
{
	g_autofree char *value = shown(section->ini, entry->value);

	complaints_add(section->ini->complaints, _("%s:%u: %s is \"%s\", expected %s"),
		       section->ini->path, entry->line, entry->key, value, expected);
}

guint64 ini_uint(IniSection *section, const char *key, guint64 min, guint64 max, guint64 fallback)
{
	const Entry *entry = ask(section, key);
	guint64 value = fallback;

	if (entry && !g_ascii_string_to_unsigned(entry->value, 10, min, max, &value, NULL)) {
		g_autofree char *expected =
			g_strdup_printf(_("a whole number from %llu to %llu"),
					(unsigned long long)min, (unsigned long long)max);

		complain_value(section, entry, expected);
		return fallback;
	}
	return value;
}

bool ini_bool(IniSection *section, const char *key, bool fallback)
{
	static const char *const words[] = { "off", "on", "no", "yes", NULL };

	return ini_choice(section, key, words, fallback ? 1 : 0) % 2 == 1;
}

int ini_choice(IniSection *section, const char *key, const char *const *words, int fallback)
{
	const Entry *entry = ask(section, key);
	g_autofree char *list = NULL;
	g_autofree char *expected = NULL;

	if (!entry)
		return fallback;
	for (int i = 0; words[i]; i++)
		if (strcmp(words[i], entry->value) == 0)
			return i;
	list = g_strjoinv(", ", (char **)words);
	expected = words[1] ? g_strdup_printf(_("one of: %s"), list) : g_strdup(list);
	complain_value(section, entry, expected);
	return fallback;
}

const char *ini_required(IniSection *section, const char *key)
{
	const Entry *entry = ask(section, key);

	if (entry && entry->value[0] != '\0')
		return entry->value;
	if (entry)
		ini_complain(section, key, _("%s is empty, expected a value"), key);
	else
		ini_complain(section, NULL, _("%s is missing in [%s], expected %s = …"), key,
			     section->name, key);
	return NULL;
}

static void G_GNUC_PRINTF(4, 0) remark(const IniSection *section, const char *key, GPtrArray *list,
				       const char *format, va_list args)
{
	const Entry *entry = key ? find_entry(section, key) : NULL;
	g_autofree char *text = g_strdup_vprintf(format, args);

	complaints_add(list, "%s:%u: %s", section->ini->path, entry ? entry->line : section->line,
		       text);
}

void ini_complain(const IniSection *section, const char *key, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	remark(section, key, section->ini->complaints, format, args);
	va_end(args);
}

void ini_remark(const IniSection *section, const char *key, GPtrArray *list, const char *format,
		...)
{
	va_list args;

	va_start(args, format);
	remark(section, key, list, format, args);
	va_end(args);
}
