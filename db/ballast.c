/* SPDX-License-Identifier: Apache-2.0
 *
 * One file of fixed size. It does not know who fills the disk. */
#include "db/ballast.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static char *ballast_path(const char *path)
{
	return g_strconcat(path, ".ballast", NULL);
}

bool ballast_there(const char *path)
{
	g_autofree char *name = ballast_path(path);
	struct stat st;

	return stat(name, &st) == 0 && st.st_size == BALLAST_BYTES;
}

bool ballast_make(const char *path)
{
	g_autofree char *name = ballast_path(path);
	g_autofree char *folder = g_path_get_dirname(path);
	struct statvfs fs;
	bool made;
	int fd;

	if (ballast_there(path))
		return true;
	/* As much again must stay free, or it would be made and spent in turns. */
	if (statvfs(folder, &fs) < 0 || (guint64)fs.f_bavail * fs.f_frsize < 2 * BALLAST_BYTES)
		return false;
	fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (fd < 0)
		return false;
	made = posix_fallocate(fd, 0, BALLAST_BYTES) == 0;
	close(fd);
	if (!made)
		unlink(name);
	return made;
}

bool ballast_spend(const char *path)
{
	g_autofree char *name = ballast_path(path);

	return unlink(name) == 0;
}
