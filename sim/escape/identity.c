/*
 * Who the program is and where it runs, which differs from process to process and from machine to machine:
 * answered with a fixed value. Hosts are told apart: host number n is process 1000 + n on a machine of its name,
 * with one processor.
 */
#include "seam.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

ESCAPE_FILE(identity)

#define FIRST_ID 1000 /* of a host's process, and of every user */
#define PAGES 262144  /* of memory, that a machine has */

pid_t getpid(void) SEAM;
pid_t getppid(void) SEAM;
pid_t gettid(void) SEAM;
uid_t getuid(void) SEAM;
uid_t geteuid(void) SEAM;
gid_t getgid(void) SEAM;
gid_t getegid(void) SEAM;
int gethostname(char *name, size_t bytes) SEAM;
int __gethostname_chk(char *name, size_t bytes, size_t room) SEAM;
int uname(struct utsname *system) SEAM;
long sysconf(int name) SEAM;
int get_nprocs(void) SEAM;
int get_nprocs_conf(void) SEAM;
int sched_getcpu(void) SEAM;
int sysinfo(struct sysinfo *info) SEAM;
int getloadavg(double loads[], int count) SEAM;

#define FIXED(type, name, value)                          \
	type name(void)                                   \
	{                                                 \
		NEXT(name)                                \
                                                          \
		return sim__is_polling() ? (value) : next(); \
	}

FIXED(pid_t, getpid, FIRST_ID + (pid_t)sim__world_host())
FIXED(pid_t, getppid, 1)
FIXED(pid_t, gettid, FIRST_ID + (pid_t)sim__world_host())
FIXED(uid_t, getuid, FIRST_ID)
FIXED(uid_t, geteuid, FIRST_ID)
FIXED(gid_t, getgid, FIRST_ID)
FIXED(gid_t, getegid, FIRST_ID)
FIXED(int, get_nprocs, 1)
FIXED(int, get_nprocs_conf, 1)
FIXED(int, sched_getcpu, 0)

int gethostname(char *name, size_t bytes)
{
	NEXT(gethostname)
	const char *fixed;

	if (!sim__is_polling())
		return next(name, bytes);
	fixed = sim__world_host_name();
	if (strlen(fixed) >= bytes) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(name, fixed);
	return 0;
}

int __gethostname_chk(char *name, size_t bytes, size_t room)
{
	if (bytes > room)
		abort();
	return gethostname(name, bytes);
}

int uname(struct utsname *system)
{
	NEXT(uname)

	if (!sim__is_polling())
		return next(system);
	memset(system, 0, sizeof(*system));
	strcpy(system->sysname, "Linux");
	strncpy(system->nodename, sim__world_host_name(), sizeof(system->nodename) - 1);
	strcpy(system->release, "6.0.0");
	strcpy(system->version, "simulated");
	strcpy(system->machine, "simulated");
	return 0;
}

/* What differs between machines; the rest is the C library's. */
long sysconf(int name)
{
	NEXT(sysconf)

	if (!sim__is_polling())
		return next(name);
	switch (name) {
	case _SC_NPROCESSORS_CONF:
	case _SC_NPROCESSORS_ONLN:
		return 1;
	case _SC_PHYS_PAGES:
	case _SC_AVPHYS_PAGES:
		return PAGES;
	default:
		return next(name);
	}
}

int sysinfo(struct sysinfo *info)
{
	NEXT(sysinfo)
	ESCAPES(sysinfo, "it tells of the machine under the simulated one");
	return next(info);
}

int getloadavg(double loads[], int count)
{
	NEXT(getloadavg)
	ESCAPES(getloadavg, "it tells of the machine under the simulated one");
	return next(loads, count);
}
