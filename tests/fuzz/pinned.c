/* Files of pinned seeds, in a folder of their own in memory: what is taken are tokens of the scenario. */
#include "sim/cli/pinned.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

FM_SCENARIO(fuzzed) = { .name = "fuzz/scenario", .claim = "a scenario for tokens to name", .deadline_ns = FM_SEC };

static char folder[] = "/dev/shm/fuzz-pinned-XXXXXX";
static char path[PATH_MAX];

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count); /* what libFuzzer calls */

static void clean(void)
{
	unlink(path);
	path[strlen(path) - strlen("/pinned")] = '\0';
	rmdir(path);
	rmdir(folder);
}

static void open_folder(void)
{
	if (path[0])
		return;
	if (!mkdtemp(folder))
		abort();
	snprintf(path, sizeof(path), "%s/seeds", folder);
	mkdir(path, 0700);
	strcat(path, "/pinned");
	atexit(clean);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	struct fm_sim_scenario scenario = fuzzed;
	char source[PATH_MAX];
	struct cli_error error = { "" };
	struct pinned pinned;
	int fd;

	open_folder();
	fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, bytes, count) != (ssize_t)count)
		abort();
	close(fd);
	snprintf(source, sizeof(source), "%s/source.c", folder);
	scenario.file = source;
	if (!pinned_read(&pinned, &scenario, &error) && (error.text[0] == '\0' || strchr(error.text, '\n')))
		abort();
	for (size_t i = 0; i < pinned.count; i++)
		if (strcmp(pinned.tokens[i].scenario->name, scenario.name) != 0)
			abort();
	pinned_free(&pinned);
	return 0;
}
