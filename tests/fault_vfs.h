/* SPDX-License-Identifier: Apache-2.0
 *
 * A file system for SQLite that dies, runs full or breaks when told to. It does not know what is written. */
#pragma once

#include <signal.h>
#include <sqlite3.h>
#include <string>
#include <string.h>
#include <unistd.h>

/* One for the process: SQLite keeps its own list of file systems too. */
struct FaultVfs {
	sqlite3_vfs vfs;
	sqlite3_vfs *real;
	long changes;            /* writes, syncs, truncates and deletes so far */
	long die_at;             /* the process is killed before that one; 0: never */
	int fail_with;           /* what writes answer; SQLITE_OK: nothing is wrong */
	std::string unless_gone; /* with fail_with: writes work when this file is gone */
};

struct FaultFile {
	sqlite3_file base;
	sqlite3_io_methods methods; /* ours over those of the real file, which follows */
	sqlite3_file *real;
};

static FaultVfs fault;

static inline int fault_change()
{
	if (++fault.changes == fault.die_at)
		kill(getpid(), SIGKILL);
	if (fault.fail_with != SQLITE_OK && !fault.unless_gone.empty() &&
	    access(fault.unless_gone.c_str(), F_OK) != 0)
		return SQLITE_OK;
	return fault.fail_with;
}

static inline sqlite3_file *fault_real(sqlite3_file *file)
{
	return reinterpret_cast<FaultFile *>(file)->real;
}

static inline int fault_write(sqlite3_file *f, const void *bytes, int n, sqlite3_int64 at)
{
	int rc = fault_change();

	return rc != SQLITE_OK ? rc : fault_real(f)->pMethods->xWrite(fault_real(f), bytes, n, at);
}

static inline int fault_sync(sqlite3_file *f, int flags)
{
	fault_change();
	return fault_real(f)->pMethods->xSync(fault_real(f), flags);
}

static inline int fault_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	fault_change();
	return fault_real(f)->pMethods->xTruncate(fault_real(f), size);
}

static inline int fault_delete(sqlite3_vfs *, const char *name, int sync)
{
	fault_change();
	return fault.real->xDelete(fault.real, name, sync);
}

/* The methods that only pass on. */
#define FAULT_PASS(name, params, args)                                                             \
	static inline int fault_##name params                                                      \
	{                                                                                          \
		return fault_real(f)->pMethods->x##name args;                                      \
	}
FAULT_PASS(Close, (sqlite3_file * f), (fault_real(f)))
FAULT_PASS(Read, (sqlite3_file * f, void *p, int n, sqlite3_int64 at), (fault_real(f), p, n, at))
FAULT_PASS(FileSize, (sqlite3_file * f, sqlite3_int64 *n), (fault_real(f), n))
FAULT_PASS(Lock, (sqlite3_file * f, int level), (fault_real(f), level))
FAULT_PASS(Unlock, (sqlite3_file * f, int level), (fault_real(f), level))
FAULT_PASS(CheckReservedLock, (sqlite3_file * f, int *out), (fault_real(f), out))
FAULT_PASS(FileControl, (sqlite3_file * f, int op, void *arg), (fault_real(f), op, arg))
FAULT_PASS(SectorSize, (sqlite3_file * f), (fault_real(f)))
FAULT_PASS(DeviceCharacteristics, (sqlite3_file * f), (fault_real(f)))
FAULT_PASS(ShmMap, (sqlite3_file * f, int page, int n, int extend, void volatile **p),
	   (fault_real(f), page, n, extend, p))
FAULT_PASS(ShmLock, (sqlite3_file * f, int at, int n, int flags), (fault_real(f), at, n, flags))
FAULT_PASS(ShmUnmap, (sqlite3_file * f, int remove), (fault_real(f), remove))
FAULT_PASS(Fetch, (sqlite3_file * f, sqlite3_int64 at, int n, void **p), (fault_real(f), at, n, p))
FAULT_PASS(Unfetch, (sqlite3_file * f, sqlite3_int64 at, void *p), (fault_real(f), at, p))
#undef FAULT_PASS

static inline void fault_barrier(sqlite3_file *f)
{
	fault_real(f)->pMethods->xShmBarrier(fault_real(f));
}

static inline int fault_open(sqlite3_vfs *, const char *name, sqlite3_file *file, int flags,
			     int *out)
{
	FaultFile *f = reinterpret_cast<FaultFile *>(file);
	int rc;

	f->base.pMethods = nullptr;
	f->real = reinterpret_cast<sqlite3_file *>(f + 1);
	rc = fault.real->xOpen(fault.real, name, f->real, flags, out);
	if (!f->real->pMethods)
		return rc;
	f->methods = { f->real->pMethods->iVersion,
		       fault_Close,
		       fault_Read,
		       fault_write,
		       fault_truncate,
		       fault_sync,
		       fault_FileSize,
		       fault_Lock,
		       fault_Unlock,
		       fault_CheckReservedLock,
		       fault_FileControl,
		       fault_SectorSize,
		       fault_DeviceCharacteristics,
		       fault_ShmMap,
		       fault_ShmLock,
		       fault_barrier,
		       fault_ShmUnmap,
		       fault_Fetch,
		       fault_Unfetch };
	f->base.pMethods = &f->methods;
	return rc;
}

/* From here on every database is opened through it. */
static inline void fault_install()
{
	if (fault.real)
		return;
	fault.real = sqlite3_vfs_find(nullptr);
	fault.vfs = *fault.real;
	fault.vfs.zName = "fault";
	fault.vfs.szOsFile = sizeof(FaultFile) + fault.real->szOsFile;
	fault.vfs.xOpen = fault_open;
	fault.vfs.xDelete = fault_delete;
	sqlite3_vfs_register(&fault.vfs, 1);
}
