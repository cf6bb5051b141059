/* Output is opened before anything runs and closed with a look at whether it arrived; input is read line by line. */
#include "files.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A byte is written and taken back, so that a full disk is heard of now. What is no file, and not known to take it, is not asked. */
static bool has_room(FILE *file)
{
	const int fd = fileno(file);
	struct stat of;

	if (fstat(fd, &of) != 0 || !(S_ISREG(of.st_mode) || (S_ISCHR(of.st_mode) && !isatty(fd))))
		return true;
	if (write(fd, "\n", 1) != 1)
		return false;
	return !S_ISREG(of.st_mode) || (ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0);
}

bool file_open(FILE **file, const char *path, struct cli_error *error)
{
	int reason;

	*file = path ? fopen(path, "we") : NULL;
	if (!path || (*file && has_room(*file)))
		return true;
	reason = errno;
	if (*file)
		fclose(*file);
	*file = NULL;
	return cli_fail(error, "cannot write '%s': %s", path, strerror(reason));
}

void file_forget(const char *path)
{
	struct stat of;

	if (lstat(path, &of) == 0 && S_ISREG(of.st_mode))
		unlink(path);
}

bool folder_ready(const char *path, struct cli_error *error)
{
	struct stat of;

	if (!path)
		return true;
	if (mkdir(path, 0777) != 0 && errno != EEXIST)
		return cli_fail(error, "cannot make '%s': %s", path, strerror(errno));
	if (stat(path, &of) != 0)
		return cli_fail(error, "cannot write into '%s': %s", path, strerror(errno));
	if (!S_ISDIR(of.st_mode))
		return cli_fail(error, "cannot write into '%s': it is no folder", path);
	return access(path, W_OK | X_OK) == 0 || cli_fail(error, "cannot write into '%s': %s", path, strerror(errno));
}

bool file_open_in(FILE **file, const char *folder, const char *name, struct cli_error *error)
{
	char path[PATH_MAX];

	*file = NULL;
	if (!folder)
		return true;
	if (mkdir(folder, 0777) != 0 && errno != EEXIST)
		return cli_fail(error, "cannot make '%s': %s", folder, strerror(errno));
	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
		return cli_fail(error, "cannot write into '%s': its name is too long", folder);
	return file_open(file, path, error);
}

bool file_close(FILE *file, const char *path, struct cli_error *error)
{
	bool bad;

	if (!file)
		return true;
	errno = 0;
	bad = ferror(file) != 0;
	if (fclose(file) == 0 && !bad)
		return true;
	return cli_fail(error, "cannot write '%s': %s", path,
			errno ? strerror(errno) : "an earlier write failed");
}

bool file_lines(const char *path, const char *(*take)(void *arg, char *line), void *arg,
		struct cli_error *error)
{
	FILE *file = fopen(path, "re");
	const char *fault = NULL;
	unsigned long number = 0;
	char *line = NULL;
	size_t room = 0;
	ssize_t length;
	int read_error;

	if (!file)
		return cli_fail(error, "cannot read '%s': %s", path, strerror(errno));
	errno = 0;
	while (!fault && (length = getline(&line, &room, file)) >= 0) {
		number++;
		if (length > 0 && line[length - 1] == '\n')
			line[--length] = '\0';
		fault = strlen(line) == (size_t)length ? take(arg, line) : "it is no text";
	}
	read_error = ferror(file) ? errno : 0;
	free(line);
	fclose(file);
	if (fault)
		return cli_fail(error, "'%s' line %lu: %s", path, number, fault);
	if (read_error)
		return cli_fail(error, "cannot read '%s': %s", path, strerror(read_error));
	return number > 0 || cli_fail(error, "'%s' is empty", path);
}
