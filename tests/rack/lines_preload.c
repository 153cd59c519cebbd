/* SPDX-License-Identifier: Apache-2.0 */
/* Loaded into every client of the rack in front of umockdev's preload: gives the ptys behind
 * /dev/ttyUSBn and /dev/ttyACMn the modem lines and serial ioctls that a pty lacks, and shows
 * udev's database of the rack. It knows no module and talks to no process: the lines live in a
 * mapped file, so that a call costs nothing and any number of ttys can be open. */
/* Both names of each call are defined here, so neither may be an alias of the other. */
#undef _FILE_OFFSET_BITS
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/serial.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "lines_page.h"

#define OUTPUTS (TIOCM_DTR | TIOCM_RTS)
#define INPUTS  (TIOCM_CTS | TIOCM_DSR | TIOCM_CD | TIOCM_RI)

typedef int (*OpenFn)(const char *path, int flags, ...);
typedef int (*OpenatFn)(int dir, const char *path, int flags, ...);
typedef FILE *(*FopenFn)(const char *path, const char *mode);
typedef int (*IoctlFn)(int fd, unsigned long request, ...);

int ioctl(int fd, unsigned long request, ...);
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);

/* The map is made once and kept: the only state, as the library has no one who could hand it in. */
static LinesEntry *lines_page(void)
{
	static LinesEntry *page;
	LinesEntry *map = __atomic_load_n(&page, __ATOMIC_ACQUIRE);
	const char *root = getenv("UMOCKDEV_DIR");
	char path[4096];
	int fd;

	if (map || !root)
		return map;
	snprintf(path, sizeof(path), "%s/%s", root, LINES_PAGE_FILE);
	fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
	if (fd < 0)
		return NULL;
	map = mmap(NULL, LINES_PAGE_MAX * sizeof(LinesEntry), PROT_READ | PROT_WRITE, MAP_SHARED,
		   fd, 0);
	syscall(SYS_close, fd);
	if (map == MAP_FAILED)
		return NULL;
	__atomic_store_n(&page, map, __ATOMIC_RELEASE);
	return map;
}

/* NULL when the descriptor is no tty of the rack. The raw call: umockdev may show a made-up device
 * number. */
static LinesEntry *entry_of(int fd)
{
	struct statx st;
	LinesEntry *page = lines_page();
	unsigned pts;

	if (!page || syscall(SYS_statx, fd, "", AT_EMPTY_PATH, STATX_TYPE, &st) != 0)
		return NULL;
	if (!S_ISCHR(st.stx_mode) || st.stx_rdev_major < 136 || st.stx_rdev_major > 143)
		return NULL;
	pts = (st.stx_rdev_major - 136) * 256 + st.stx_rdev_minor;
	if (pts >= LINES_PAGE_MAX || !__atomic_load_n(&page[pts].opens, __ATOMIC_ACQUIRE))
		return NULL;
	return &page[pts];
}

static uint32_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint32_t)(now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

/* How long an output was off: a pulse on it may be a press of a power key. */
static void note_pulses(LinesEntry *entry, uint32_t old, uint32_t now)
{
	static const uint32_t lines[] = { TIOCM_DTR, TIOCM_RTS };

	for (int i = 0; i < 2; i++) {
		uint32_t off_at;

		if (!((old ^ now) & lines[i]))
			continue;
		if (old & lines[i]) {
			__atomic_store_n(&entry->off_at_ms[i], now_ms(), __ATOMIC_RELEASE);
			continue;
		}
		off_at = __atomic_exchange_n(&entry->off_at_ms[i], 0, __ATOMIC_ACQ_REL);
		if (off_at) {
			__atomic_store_n(&entry->off_ms[i], now_ms() - off_at, __ATOMIC_RELEASE);
			__atomic_add_fetch(&entry->pulses[i], 1, __ATOMIC_ACQ_REL);
		}
	}
}

static void set_outputs(LinesEntry *entry, unsigned mask, unsigned value)
{
	uint32_t old = __atomic_load_n(&entry->lines, __ATOMIC_ACQUIRE);
	uint32_t wanted;

	mask &= OUTPUTS;
	do {
		wanted = (old & ~mask) | (value & mask);
	} while (!__atomic_compare_exchange_n(&entry->lines, &old, wanted, 0, __ATOMIC_ACQ_REL,
					      __ATOMIC_ACQUIRE));
	if (old == wanted)
		return;
	note_pulses(entry, old, wanted);
	__atomic_add_fetch(&entry->moves, 1, __ATOMIC_ACQ_REL);
}

static int wait_for_input(LinesEntry *entry, unsigned mask)
{
	uint32_t before = __atomic_load_n(&entry->lines, __ATOMIC_ACQUIRE) & mask & INPUTS;

	while (__atomic_load_n(&entry->used, __ATOMIC_ACQUIRE)) {
		if ((__atomic_load_n(&entry->lines, __ATOMIC_ACQUIRE) & mask & INPUTS) != before)
			return 0;
		if (usleep(5000) != 0)
			return -1;
	}
	errno = EIO;
	return -1;
}

static int serial_info(LinesEntry *entry, unsigned long request, struct serial_struct *info)
{
	if (request == TIOCSSERIAL) {
		__atomic_store_n(&entry->closing_wait, info->closing_wait, __ATOMIC_RELEASE);
		return 0;
	}
	memset(info, 0, sizeof(*info));
	info->type = PORT_16550A;
	info->baud_base = 24000000;
	info->close_delay = 50;
	info->closing_wait =
		(unsigned short)__atomic_load_n(&entry->closing_wait, __ATOMIC_ACQUIRE);
	return 0;
}

/* 1 when the request was answered here, with its result in *result. */
static int serial_ioctl(int fd, unsigned long request, void *arg, int *result)
{
	LinesEntry *entry;

	switch (request) {
	case TIOCMGET:
	case TIOCMSET:
	case TIOCMBIS:
	case TIOCMBIC:
	case TIOCMIWAIT:
	case TIOCGICOUNT:
	case TIOCGSERIAL:
	case TIOCSSERIAL:
		break;
	default:
		return 0;
	}
	entry = entry_of(fd);
	if (!entry)
		return 0;
	*result = 0;
	if (!__atomic_load_n(&entry->used, __ATOMIC_ACQUIRE)) {
		errno = EIO;
		*result = -1;
	} else if (request == TIOCMGET) {
		*(int *)arg = (int)__atomic_load_n(&entry->lines, __ATOMIC_ACQUIRE);
	} else if (request == TIOCMSET) {
		set_outputs(entry, OUTPUTS, *(unsigned *)arg);
	} else if (request == TIOCMBIS) {
		set_outputs(entry, *(unsigned *)arg, ~0u);
	} else if (request == TIOCMBIC) {
		set_outputs(entry, *(unsigned *)arg, 0);
	} else if (request == TIOCMIWAIT) {
		*result = wait_for_input(entry, (unsigned)(unsigned long)arg);
	} else if (request == TIOCGICOUNT) {
		memset(arg, 0, sizeof(struct serial_icounter_struct));
	} else {
		*result = serial_info(entry, request, arg);
	}
	return 1;
}

int ioctl(int fd, unsigned long request, ...)
{
	static IoctlFn next;
	va_list ap;
	void *arg;
	int result;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (serial_ioctl(fd, request, arg, &result))
		return result;
	if (!next)
		next = (IoctlFn)dlsym(RTLD_NEXT, "ioctl");
	return next(fd, request, arg);
}

/* Opens the pty behind a tty of the rack; -2 when the path is none. umockdev would open it too, but
 * loses a descriptor at each opening. */
static int open_tty(const char *path, int flags)
{
	const char *root = getenv("UMOCKDEV_DIR");
	char link[4096], pty[64];
	LinesEntry *entry;
	ssize_t n;
	int fd;

	if (!root || !path ||
	    (strncmp(path, "/dev/ttyUSB", 11) && strncmp(path, "/dev/ttyACM", 11)))
		return -2;
	snprintf(link, sizeof(link), "%s%s", root, path);
	n = syscall(SYS_readlinkat, AT_FDCWD, link, pty, sizeof(pty) - 1);
	if (n <= 0)
		return -2;
	pty[n] = '\0';
	fd = (int)syscall(SYS_openat, AT_FDCWD, pty, flags, 0);
	/* The kernel raises both lines at every opening of a serial port. */
	entry = fd >= 0 ? entry_of(fd) : NULL;
	if (entry) {
		set_outputs(entry, OUTPUTS, OUTPUTS);
		__atomic_add_fetch(&entry->opens, 1, __ATOMIC_ACQ_REL);
	}
	return fd;
}

/* udev's database, which umockdev leaves where it is; -2 when the path is another one. Opened past
 * umockdev for the same reason. */
static int open_database(const char *path, int flags)
{
	const char *root = getenv("UMOCKDEV_DIR");
	char room[4096];

	if (!root || !path || strncmp(path, "/run/udev/data", 14) != 0)
		return -2;
	snprintf(room, sizeof(room), "%s%s", root, path);
	return (int)syscall(SYS_openat, AT_FDCWD, room, flags, 0);
}

static int open_ours(const char *path, int flags)
{
	int fd = open_tty(path, flags);

	return fd != -2 ? fd : open_database(path, flags);
}

static int open_by(const char *name, const char *path, int flags, mode_t mode)
{
	int fd = open_ours(path, flags);

	return fd != -2 ? fd : ((OpenFn)dlsym(RTLD_NEXT, name))(path, flags, mode);
}

static int openat_by(const char *name, int dir, const char *path, int flags, mode_t mode)
{
	int fd = open_ours(path, flags);

	return fd != -2 ? fd : ((OpenatFn)dlsym(RTLD_NEXT, name))(dir, path, flags, mode);
}

static FILE *fopen_by(const char *name, const char *path, const char *mode)
{
	int fd = open_database(path, O_RDONLY | O_CLOEXEC);

	if (fd == -2)
		return ((FopenFn)dlsym(RTLD_NEXT, name))(path, mode);
	return fd >= 0 ? fdopen(fd, mode) : NULL;
}

static mode_t mode_of(int flags, va_list ap)
{
	return flags & (O_CREAT | __O_TMPFILE) ? va_arg(ap, mode_t) : 0;
}

#define OPEN_WRAPPER(name)                                                                         \
	int name(const char *path, int flags, ...)                                                 \
	{                                                                                          \
		va_list ap;                                                                        \
		mode_t mode;                                                                       \
                                                                                                   \
		va_start(ap, flags);                                                               \
		mode = mode_of(flags, ap);                                                         \
		va_end(ap);                                                                        \
		return open_by(#name, path, flags, mode);                                          \
	}

#define OPENAT_WRAPPER(name)                                                                       \
	int name(int dir, const char *path, int flags, ...)                                        \
	{                                                                                          \
		va_list ap;                                                                        \
		mode_t mode;                                                                       \
                                                                                                   \
		va_start(ap, flags);                                                               \
		mode = mode_of(flags, ap);                                                         \
		va_end(ap);                                                                        \
		return openat_by(#name, dir, path, flags, mode);                                   \
	}

OPEN_WRAPPER(open)
OPEN_WRAPPER(open64)
OPENAT_WRAPPER(openat)
OPENAT_WRAPPER(openat64)

int __open_2(const char *path, int flags)
{
	return open_by("__open_2", path, flags, 0);
}

int __open64_2(const char *path, int flags)
{
	return open_by("__open64_2", path, flags, 0);
}

FILE *fopen(const char *path, const char *mode)
{
	return fopen_by("fopen", path, mode);
}

FILE *fopen64(const char *path, const char *mode)
{
	return fopen_by("fopen64", path, mode);
}
