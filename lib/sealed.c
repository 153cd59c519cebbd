/* SPDX-License-Identifier: Apache-2.0
 *
 * A memfd that is filled, hashed and sealed. It does not know who asked. */
#include "lib/sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct _SealedCopy {
	int from, to;
	guint64 size, done;
	GChecksum *sum;
};

static void set_errno(GError **error, const char *what)
{
	int code = errno;

	g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(code), "%s: %s", what,
		    g_strerror(code));
}

static bool check(int fd, guint64 size_max, guint64 *size, GError **error)
{
	struct stat st;

	if (fstat(fd, &st) < 0) {
		set_errno(error, "cannot be read");
		return false;
	}
	if (!S_ISREG(st.st_mode)) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "is no file");
		return false;
	}
	*size = st.st_size;
	if (*size > size_max) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC,
			    "has %" G_GUINT64_FORMAT " bytes, more than %" G_GUINT64_FORMAT, *size,
			    size_max);
		return false;
	}
	return true;
}

SealedCopy *sealed_copy_new(const char *path, guint64 size_max, GError **error)
{
	g_autoptr(SealedCopy) copy = g_new0(SealedCopy, 1);

	copy->sum = g_checksum_new(G_CHECKSUM_SHA256);
	copy->to = -1;
	/* A named pipe in the place of the file must not stop the station: hence O_NONBLOCK. */
	copy->from = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (copy->from < 0) {
		set_errno(error, "cannot be opened");
		return NULL;
	}
	if (!check(copy->from, size_max, &copy->size, error))
		return NULL;
	copy->to = memfd_create("fota-package", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (copy->to < 0) {
		set_errno(error, "no memory for a copy");
		return NULL;
	}
	return g_steal_pointer(&copy);
}

void sealed_copy_free(SealedCopy *copy)
{
	if (!copy)
		return;
	if (copy->from >= 0)
		close(copy->from);
	if (copy->to >= 0)
		close(copy->to);
	g_checksum_free(copy->sum);
	g_free(copy);
}

guint64 sealed_copy_size(const SealedCopy *copy)
{
	return copy->size;
}

static bool write_all(int fd, const guint8 *bytes, gsize len, GError **error)
{
	while (len > 0) {
		gssize n = write(fd, bytes, len);

		if (n < 0) {
			set_errno(error, "no memory for a copy");
			return false;
		}
		bytes += n;
		len -= n;
	}
	return true;
}

/* At the end of the file: as long as it was? */
static SealedState finish(SealedCopy *copy, GError **error)
{
	if (copy->done != copy->size) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_IO, "changed while it was read");
		return SEALED_FAILED;
	}
	if (fcntl(copy->to, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) <
	    0) {
		set_errno(error, "cannot be sealed");
		return SEALED_FAILED;
	}
	return SEALED_DONE;
}

SealedState sealed_copy_step(SealedCopy *copy, gsize slice, GError **error)
{
	guint8 buffer[16 * 1024];

	for (gsize done = 0; done < slice;) {
		gssize n = read(copy->from, buffer, sizeof(buffer));

		if (n < 0) {
			set_errno(error, "cannot be read");
			return SEALED_FAILED;
		}
		if (n == 0 || copy->done + n > copy->size) {
			copy->done += n;
			return finish(copy, error);
		}
		g_checksum_update(copy->sum, buffer, n);
		if (!write_all(copy->to, buffer, n, error))
			return SEALED_FAILED;
		copy->done += n;
		done += n;
	}
	return SEALED_MORE;
}

const char *sealed_copy_sha256(const SealedCopy *copy)
{
	return g_checksum_get_string(copy->sum);
}

int sealed_copy_take(SealedCopy *copy)
{
	int fd = copy->to;

	copy->to = -1;
	return fd;
}
