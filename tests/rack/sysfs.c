/* SPDX-License-Identifier: Apache-2.0 */
/* A sysfs tree, udev's database and udev's messages, written below a folder that umockdev's preload
 * shows to clients as the system's own. It knows devices as paths, attributes and properties, and
 * not what they are. */
#include "sysfs.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <glob.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A listener's socket takes ten datagrams; what it has not read yet is offered again this often. */
#define RETRY_MS 3
#define PREFIX   "fota-rack."
#define LOCK     "lock"

struct Sysfs {
	char *root;
	int lock;
	guint64 seqnum;
	GQueue waiting; /* of Message, in order */
	guint retry;
};

typedef struct {
	char *listener;
	GBytes *bytes;
} Message;

/* The head of a message as libudev expects it. */
typedef struct {
	char prefix[8];
	guint32 magic;
	guint32 header_size;
	guint32 properties_off;
	guint32 properties_len;
	guint32 subsystem_hash;
	guint32 devtype_hash;
	guint32 tag_bloom_hi;
	guint32 tag_bloom_lo;
} MonitorHeader;

SysDevice *sys_device_new(const char *path, const char *subsystem)
{
	SysDevice *device = g_new0(SysDevice, 1);

	device->path = g_strdup(path);
	device->subsystem = g_strdup(subsystem);
	device->attrs = g_ptr_array_new_with_free_func(g_free);
	device->kernel = g_ptr_array_new_with_free_func(g_free);
	device->udev = g_ptr_array_new_with_free_func(g_free);
	return device;
}

void sys_device_free(SysDevice *device)
{
	g_free(device->path);
	g_free(device->subsystem);
	g_free(device->devname);
	g_ptr_array_free(device->attrs, TRUE);
	g_ptr_array_free(device->kernel, TRUE);
	g_ptr_array_free(device->udev, TRUE);
	g_free(device);
}

void sys_device_node(SysDevice *device, const char *devname, guint major, guint minor)
{
	device->devname = g_strdup(devname);
	device->major = major;
	device->minor = minor;
	sys_attr(device, "dev=%u:%u", major, minor);
	sys_kernel(device, "MAJOR=%u", major);
	sys_kernel(device, "MINOR=%u", minor);
	sys_kernel(device, "DEVNAME=%s", devname);
}

#define DEFINE_ADDER(name, list)                                                                   \
	void name(SysDevice *device, const char *format, ...)                                      \
	{                                                                                          \
		va_list ap;                                                                        \
                                                                                                   \
		va_start(ap, format);                                                              \
		g_ptr_array_add(device->list, g_strdup_vprintf(format, ap));                       \
		va_end(ap);                                                                        \
	}

DEFINE_ADDER(sys_attr, attrs)
DEFINE_ADDER(sys_kernel, kernel)
DEFINE_ADDER(sys_udev, udev)

static void remove_tree(const char *path)
{
	g_autoptr(GDir) dir = NULL;
	const char *name;

	if (g_file_test(path, G_FILE_TEST_IS_SYMLINK) || !g_file_test(path, G_FILE_TEST_IS_DIR)) {
		g_unlink(path);
		return;
	}
	dir = g_dir_open(path, 0, NULL);
	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *child = g_build_filename(path, name, NULL);

		remove_tree(child);
	}
	g_rmdir(path);
}

/* Whoever holds the lock is alive, in whatever container. It gets its name when it is held. */
static int take_lock(const char *root)
{
	g_autofree char *fresh = g_build_filename(root, LOCK ".new", NULL);
	g_autofree char *path = g_build_filename(root, LOCK, NULL);
	int fd = open(fresh, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd >= 0 && (flock(fd, LOCK_EX | LOCK_NB) != 0 || rename(fresh, path) != 0))
		g_debug("%s: %s", path, g_strerror(errno));
	return fd;
}

/* What a rack that was killed has left: a lock that nobody holds. */
static void remove_stale(const char *base)
{
	g_autoptr(GDir) dir = g_dir_open(base, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(base, name, NULL);
		g_autofree char *lock = g_build_filename(path, LOCK, NULL);
		int fd = g_str_has_prefix(name, PREFIX) ? open(lock, O_RDWR | O_CLOEXEC) : -1;

		if (fd < 0)
			continue;
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			remove_tree(path);
		close(fd);
	}
}

Sysfs *sysfs_new(GError **error)
{
	static const char *const folders[] = { "sys/devices",  "sys/class", "sys/bus",
					       "sys/dev/char", "dev/.node", "run/udev/data" };
	/* Thousands of small files: in memory where there is such a place. */
	const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : g_get_tmp_dir();
	g_autofree char *root = g_build_filename(base, PREFIX "XXXXXX", NULL);
	Sysfs *sysfs;

	remove_stale(base);
	if (!g_mkdtemp(root)) {
		g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "%s: %s", root,
			    g_strerror(errno));
		return NULL;
	}
	for (guint i = 0; i < G_N_ELEMENTS(folders); i++) {
		g_autofree char *path = g_build_filename(root, folders[i], NULL);

		g_mkdir_with_parents(path, 0755);
	}
	sysfs = g_new0(Sysfs, 1);
	sysfs->lock = take_lock(root);
	sysfs->root = g_steal_pointer(&root);
	sysfs->seqnum = 1000;
	return sysfs;
}

static void message_free(gpointer data)
{
	Message *message = data;

	g_free(message->listener);
	g_bytes_unref(message->bytes);
	g_free(message);
}

void sysfs_free(Sysfs *sysfs)
{
	g_queue_clear_full(&sysfs->waiting, message_free);
	if (sysfs->retry)
		g_source_remove(sysfs->retry);
	remove_tree(sysfs->root);
	close(sysfs->lock);
	g_free(sysfs->root);
	g_free(sysfs);
}

const char *sysfs_root(const Sysfs *sysfs)
{
	return sysfs->root;
}

static void write_file(const char *path, const char *text)
{
	g_autofree char *folder = g_path_get_dirname(path);

	g_mkdir_with_parents(folder, 0755);
	/* Not renamed into place: sysfs has no such moments either, and most of these files are
	 * new. */
	if (!g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_NONE, 0644, NULL))
		g_warning("cannot write %s", path);
}

/* A link from one place of the tree to another, relative as the kernel makes them. */
static void link_inside(const Sysfs *sysfs, const char *from, const char *to)
{
	g_autofree char *full = g_build_filename(sysfs->root, "sys", from, NULL);
	g_autofree char *folder = g_path_get_dirname(full);
	g_autoptr(GString) target = g_string_new(NULL);

	for (const char *p = from + 1; (p = strchr(p, '/')); p++)
		g_string_append(target, "../");
	g_string_append(target, to + 1);
	g_mkdir_with_parents(folder, 0755);
	g_unlink(full);
	if (symlink(target->str, full) != 0)
		g_warning("cannot link %s: %s", full, g_strerror(errno));
}

static char *database_path(const Sysfs *sysfs, const SysDevice *device)
{
	g_autofree char *name = g_path_get_basename(device->path);
	const char *subsystem = strrchr(device->subsystem, '/') + 1;

	if (device->devname)
		return g_strdup_printf("%s/run/udev/data/c%u:%u", sysfs->root, device->major,
				       device->minor);
	return g_strdup_printf("%s/run/udev/data/+%s:%s", sysfs->root, subsystem, name);
}

static void write_database(const Sysfs *sysfs, const SysDevice *device)
{
	g_autofree char *path = database_path(sysfs, device);
	g_autoptr(GString) text = g_string_new(NULL);

	if (!device->udev->len)
		return;
	g_string_append_printf(text, "I:%" G_GINT64_FORMAT "\n", g_get_monotonic_time());
	for (guint i = 0; i < device->udev->len; i++)
		g_string_append_printf(text, "E:%s\n", (char *)g_ptr_array_index(device->udev, i));
	g_string_append(text, "V:1\n");
	write_file(path, text->str);
}

static void write_attributes(const Sysfs *sysfs, const SysDevice *device)
{
	for (guint i = 0; i < device->attrs->len; i++) {
		const char *attr = g_ptr_array_index(device->attrs, i);
		const char *arrow = strstr(attr, "->");
		const char *equals = strchr(attr, '=');
		gsize n = arrow ? (gsize)(arrow - attr) : (gsize)(equals - attr);
		g_autofree char *name = g_strndup(attr, n);
		g_autofree char *path =
			g_build_filename(sysfs->root, "sys", device->path, name, NULL);
		g_autofree char *from = g_build_filename(device->path, name, NULL);
		g_autofree char *value = arrow ? NULL : g_strconcat(equals + 1, "\n", NULL);

		if (arrow)
			link_inside(sysfs, from, arrow + 2);
		else
			write_file(path, value);
	}
}

static char *class_link(const SysDevice *device)
{
	g_autofree char *name = g_path_get_basename(device->path);

	if (g_str_has_prefix(device->subsystem, "bus/"))
		return g_strdup_printf("/%s/devices/%s", device->subsystem, name);
	return g_strdup_printf("/%s/%s", device->subsystem, name);
}

static void write_node(const Sysfs *sysfs, const SysDevice *device, const char *target)
{
	g_autofree char *node = g_build_filename(sysfs->root, "dev", device->devname, NULL);
	g_autofree char *flat = g_strdelimit(g_strdup(device->devname), "/", '_');
	g_autofree char *info = g_build_filename(sysfs->root, "dev", ".node", flat, NULL);
	g_autofree char *numbers = g_strdup_printf("%u:%u", device->major, device->minor);
	g_autofree char *by_number = g_strconcat("/dev/char/", numbers, NULL);
	g_autofree char *folder = g_path_get_dirname(node);

	g_mkdir_with_parents(folder, 0755);
	g_unlink(node);
	g_unlink(info);
	if (!target)
		write_file(node, "");
	else if (symlink(target, node) != 0)
		g_warning("cannot link %s: %s", node, g_strerror(errno));
	/* From here umockdev's preload takes the device number that stat() shows. */
	if (symlink(numbers, info) != 0)
		g_warning("cannot link %s: %s", info, g_strerror(errno));
	link_inside(sysfs, by_number, device->path);
}

void sysfs_add(Sysfs *sysfs, const SysDevice *device, const char *target)
{
	g_autofree char *uevent =
		g_build_filename(sysfs->root, "sys", device->path, "uevent", NULL);
	g_autofree char *subsystem = g_build_filename(device->path, "subsystem", NULL);
	g_autofree char *to = g_strconcat("/", device->subsystem, NULL);
	g_autofree char *link = class_link(device);
	g_autofree char *folder = g_build_filename(sysfs->root, "sys", device->subsystem, NULL);
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < device->kernel->len; i++)
		g_string_append_printf(text, "%s\n", (char *)g_ptr_array_index(device->kernel, i));
	g_mkdir_with_parents(folder, 0755);
	write_file(uevent, text->str);
	write_attributes(sysfs, device);
	link_inside(sysfs, subsystem, to);
	write_database(sysfs, device);
	if (device->devname)
		write_node(sysfs, device, target);
	link_inside(sysfs, link, device->path);
}

void sysfs_remove(Sysfs *sysfs, const SysDevice *device)
{
	g_autofree char *link = class_link(device);
	g_autofree char *full_link = g_build_filename(sysfs->root, "sys", link, NULL);
	g_autofree char *database = database_path(sysfs, device);
	g_autofree char *folder = g_build_filename(sysfs->root, "sys", device->path, NULL);

	g_unlink(full_link);
	g_unlink(database);
	if (device->devname) {
		g_autofree char *node = g_build_filename(sysfs->root, "dev", device->devname, NULL);
		g_autofree char *flat = g_strdelimit(g_strdup(device->devname), "/", '_');
		g_autofree char *info = g_build_filename(sysfs->root, "dev", ".node", flat, NULL);
		g_autofree char *by_number = g_strdup_printf("%s/sys/dev/char/%u:%u", sysfs->root,
							     device->major, device->minor);

		g_unlink(node);
		g_unlink(info);
		g_unlink(by_number);
	}
	remove_tree(folder);
}

/* MurmurHash2 by Austin Appleby, in the public domain: what libudev's socket filters compare. */
static guint32 string_hash(const char *text)
{
	const guint32 m = 0x5bd1e995;
	gsize len = strlen(text);
	const guint8 *p = (const guint8 *)text;
	guint32 h = (guint32)len;

	for (; len >= 4; len -= 4, p += 4) {
		guint32 k;

		memcpy(&k, p, sizeof(k));
		k *= m;
		k ^= k >> 24;
		k *= m;
		h = (h * m) ^ k;
	}
	if (len) {
		for (gsize i = len; i > 0; i--)
			h ^= (guint32)p[i - 1] << (8 * (i - 1));
		h *= m;
	}
	h ^= h >> 13;
	h *= m;
	return h ^ (h >> 15);
}

static const char *property(const SysDevice *device, const char *prefix)
{
	for (guint i = 0; i < device->kernel->len; i++) {
		const char *line = g_ptr_array_index(device->kernel, i);

		if (g_str_has_prefix(line, prefix))
			return line + strlen(prefix);
	}
	return NULL;
}

static void append_property(GByteArray *out, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void append_property(GByteArray *out, const char *format, ...)
{
	g_autofree char *line = NULL;
	va_list ap;

	va_start(ap, format);
	line = g_strdup_vprintf(format, ap);
	va_end(ap);
	g_byte_array_append(out, (const guint8 *)line, (guint)strlen(line) + 1);
}

static GBytes *message_bytes(Sysfs *sysfs, const SysDevice *device, const char *action)
{
	const char *subsystem = strrchr(device->subsystem, '/') + 1;
	const char *devtype = property(device, "DEVTYPE=");
	GByteArray *out = g_byte_array_new();
	MonitorHeader header = { .prefix = "libudev", .magic = htonl(0xfeedcafe) };

	g_byte_array_append(out, (const guint8 *)&header, sizeof(header));
	append_property(out, "ACTION=%s", action);
	append_property(out, "DEVPATH=%s", device->path);
	append_property(out, "SUBSYSTEM=%s", subsystem);
	for (guint i = 0; i < device->kernel->len; i++) {
		const char *line = g_ptr_array_index(device->kernel, i);

		if (g_str_has_prefix(line, "DEVNAME="))
			append_property(out, "DEVNAME=/dev/%s", device->devname);
		else
			append_property(out, "%s", line);
	}
	append_property(out, "SEQNUM=%" G_GUINT64_FORMAT, ++sysfs->seqnum);
	append_property(out, "USEC_INITIALIZED=%" G_GINT64_FORMAT, g_get_monotonic_time());
	for (guint i = 0; i < device->udev->len; i++)
		append_property(out, "%s", (char *)g_ptr_array_index(device->udev, i));
	header.header_size = sizeof(header);
	header.properties_off = sizeof(header);
	header.properties_len = out->len - (guint)sizeof(header);
	header.subsystem_hash = htonl(string_hash(subsystem));
	header.devtype_hash = devtype ? htonl(string_hash(devtype)) : 0;
	memcpy(out->data, &header, sizeof(header));
	return g_byte_array_free_to_bytes(out);
}

/* false: the listener's queue is full, the message must wait. */
static bool send_to(const char *listener, GBytes *bytes)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool full = false;
	gsize size;
	const void *data = g_bytes_get_data(bytes, &size);

	g_strlcpy(address.sun_path, listener, sizeof(address.sun_path));
	if (fd < 0)
		return false;
	if (sendto(fd, data, size, 0, (struct sockaddr *)&address, sizeof(address)) < 0) {
		full = errno == EAGAIN || errno == ENOBUFS;
		/* A listener that has gone leaves its socket's name behind. */
		if (errno == ECONNREFUSED)
			g_unlink(listener);
	}
	close(fd);
	return !full;
}

static gboolean retry_waiting(gpointer data)
{
	Sysfs *sysfs = data;
	g_autoptr(GHashTable) full = g_hash_table_new(g_str_hash, g_str_equal);

	for (GList *l = sysfs->waiting.head, *next; l; l = next) {
		Message *message = l->data;

		next = l->next;
		if (g_hash_table_contains(full, message->listener))
			continue;
		if (!send_to(message->listener, message->bytes)) {
			g_hash_table_add(full, message->listener);
			continue;
		}
		g_queue_delete_link(&sysfs->waiting, l);
		message_free(message);
	}
	if (!g_queue_is_empty(&sysfs->waiting))
		return G_SOURCE_CONTINUE;
	sysfs->retry = 0;
	return G_SOURCE_REMOVE;
}

void sysfs_announce(Sysfs *sysfs, const SysDevice *device, const char *action)
{
	g_autoptr(GBytes) bytes = message_bytes(sysfs, device, action);
	g_autofree char *pattern = g_build_filename(sysfs->root, "event[0-9]*", NULL);
	glob_t found = { 0 };

	if (glob(pattern, GLOB_NOSORT, NULL, &found) != 0)
		return;
	for (gsize i = 0; i < found.gl_pathc; i++) {
		Message *message;

		/* Behind what waits already: no listener sees two messages in the wrong order. */
		if (g_queue_is_empty(&sysfs->waiting) && send_to(found.gl_pathv[i], bytes))
			continue;
		message = g_new0(Message, 1);
		message->listener = g_strdup(found.gl_pathv[i]);
		message->bytes = g_bytes_ref(bytes);
		g_queue_push_tail(&sysfs->waiting, message);
		if (!sysfs->retry)
			sysfs->retry = g_timeout_add(RETRY_MS, retry_waiting, sysfs);
	}
	globfree(&found);
}
