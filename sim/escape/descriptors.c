/*
 * Descriptors: one that would have to be waited for stops the whole thread, and some files are no files but
 * windows to the machine (random devices, /proc, /sys). Other files are left alone: what is in them is the same in
 * the run that confirms a failure, or that run says so.
 */
#include "seam.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

ESCAPE_FILE(descriptors)

ssize_t read(int fd, void *bytes, size_t count) SEAM;
ssize_t __read_chk(int fd, void *bytes, size_t count, size_t room) SEAM;
ssize_t readv(int fd, const struct iovec *parts, int count) SEAM;
ssize_t recv(int fd, void *bytes, size_t count, int flags) SEAM;
int open(const char *path, int flags, ...) SEAM;
int open64(const char *path, int flags, ...) SEAM;
int __open_2(const char *path, int flags) SEAM;
int __open64_2(const char *path, int flags) SEAM;
int openat(int folder, const char *path, int flags, ...) SEAM;
FILE *fopen(const char *restrict path, const char *restrict mode) SEAM;
FILE *fopen64(const char *restrict path, const char *restrict mode) SEAM;

/* A pipe, socket or terminal that was not made non-blocking may have to be waited for; a file is not. */
static bool may_wait(int fd)
{
	struct stat what;
	const int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && !(flags & O_NONBLOCK) && fstat(fd, &what) == 0 &&
	       (S_ISFIFO(what.st_mode) || S_ISSOCK(what.st_mode) || S_ISCHR(what.st_mode));
}

/* The call's own name, and who called it. */
static void wait_for(const char *call, int fd, const void *caller)
{
	if (sim__minds_blocking() && may_wait(fd))
		sim__blocked(call, caller);
}

ssize_t read(int fd, void *bytes, size_t count)
{
	NEXT(read)
	wait_for("read", fd, __builtin_return_address(0));
	return next(fd, bytes, count);
}

ssize_t __read_chk(int fd, void *bytes, size_t count, size_t room)
{
	NEXT(__read_chk)
	wait_for("read", fd, __builtin_return_address(0));
	return next(fd, bytes, count, room);
}

ssize_t readv(int fd, const struct iovec *parts, int count)
{
	NEXT(readv)
	wait_for("readv", fd, __builtin_return_address(0));
	return next(fd, parts, count);
}

ssize_t recv(int fd, void *bytes, size_t count, int flags)
{
	NEXT(recv)
	if (!(flags & MSG_DONTWAIT))
		wait_for("recv", fd, __builtin_return_address(0));
	return next(fd, bytes, count, flags);
}

static bool is_under(const char *path, const char *folder)
{
	const size_t length = strlen(folder);

	return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

static void look_through(const char *call, const char *path, const void *caller)
{
	char named[64];

	if (!sim__minds_escapes() || !path)
		return;
	snprintf(named, sizeof(named), "%s of %.40s", call, path);
	if (strcmp(path, "/dev/urandom") == 0 || strcmp(path, "/dev/random") == 0)
		sim__escaped(named, "what it gives is drawn by nobody; ask fm_random or getrandom", caller);
	if (is_under(path, "/proc") || is_under(path, "/sys"))
		sim__escaped(named, "it tells of the machine under the simulated one", caller);
}

/* The third argument, where there is one. */
#define MODE(flags, mode)                                    \
	do {                                                 \
		va_list args;                                \
                                                             \
		va_start(args, flags);                       \
		if ((flags) & (O_CREAT | __O_TMPFILE))       \
			(mode) = (mode_t)va_arg(args, int);  \
		va_end(args);                                \
	} while (0)

int open(const char *path, int flags, ...)
{
	NEXT(open)
	mode_t mode = 0;

	look_through("open", path, __builtin_return_address(0));
	MODE(flags, mode);
	return next(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
	NEXT(open64)
	mode_t mode = 0;

	look_through("open", path, __builtin_return_address(0));
	MODE(flags, mode);
	return next(path, flags, mode);
}

int __open_2(const char *path, int flags)
{
	NEXT(__open_2)
	look_through("open", path, __builtin_return_address(0));
	return next(path, flags);
}

int __open64_2(const char *path, int flags)
{
	NEXT(__open64_2)
	look_through("open", path, __builtin_return_address(0));
	return next(path, flags);
}

int openat(int folder, const char *path, int flags, ...)
{
	NEXT(openat)
	mode_t mode = 0;

	look_through("openat", path, __builtin_return_address(0));
	MODE(flags, mode);
	return next(folder, path, flags, mode);
}

FILE *fopen(const char *restrict path, const char *restrict mode)
{
	NEXT(fopen)
	look_through("fopen", path, __builtin_return_address(0));
	return next(path, mode);
}

FILE *fopen64(const char *restrict path, const char *restrict mode)
{
	NEXT(fopen64)
	look_through("fopen", path, __builtin_return_address(0));
	return next(path, mode);
}
