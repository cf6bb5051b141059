/*
 * A story is made by `replay TOKEN --html`, as anybody would call it: a run that crashes takes nobody with it. What is stuck in
 * real time has none, since each try would take half a minute; nor has what is not the same twice.
 */
#include "pages.h"
#include "files.h"
#include "guard.h"
#include "shrink_run.h"
#include "status.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define STORIES_MAX 200 /* of one call; what fails beyond has its report and its token */

struct stories {
	const char *folder;
	size_t count;
	bool made[STORIES_MAX];
	char name[32];
};

static const char *story_name(struct stories *stories, size_t number)
{
	snprintf(stories->name, sizeof(stories->name), "story-%zu.html", number + 1);
	return stories->name;
}

static const char *made_story(void *arg, size_t number)
{
	struct stories *stories = arg;

	return number < STORIES_MAX && stories->made[number] ? story_name(stories, number) : NULL;
}

static void become_replay(const struct report_failure *failure, char *path)
{
	char self[PATH_MAX], *argv[] = { (char *)failure->program, "replay", (char *)failure->again, "--html", path, NULL };
	const ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
	const int null = open("/dev/null", O_RDWR);

	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		dup2(null, fd);
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	self[length > 0 ? length : 0] = '\0';
	execv(guard_valgrind() && length > 0 ? self : "/proc/self/exe", argv);
	_exit(127);
}

static bool make_story(const struct report_failure *failure, const char *folder, const char *name)
{
	const pid_t parent = getpid();
	char path[PATH_MAX];
	int status = 0;
	pid_t pid;

	if (failure->difference || shrink_refuses(failure->result) ||
	    snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
		return false;
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(0);
		become_replay(failure, path);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == CLI_BROKEN;
}

static void tell_story(void *arg, const struct report_failure *failure)
{
	struct stories *stories = arg;
	const size_t number = stories->count++;

	if (number < STORIES_MAX)
		stories->made[number] = make_story(failure, stories->folder, story_name(stories, number));
}

bool pages_open(struct pages *pages, const char *folder, struct cli_error *error)
{
	*pages = (struct pages){ .folder = folder };
	return file_open_in(&pages->results, folder, PAGES_RESULTS, error) &&
	       file_open_in(&pages->coverage, folder, PAGES_COVERAGE, error);
}

void pages_write(struct pages *pages, const struct report_suite *suite, const struct report_coverage *coverage,
		 const struct report_probe *probes, size_t probes_count)
{
	struct stories stories = { .folder = pages->folder };
	const struct report_suite_pages beside = {
		.coverage_page = PAGES_COVERAGE,
		.probes = probes,
		.probes_count = probes_count,
		.story = made_story,
		.arg = &stories,
	};

	if (!pages->folder)
		return;
	report_suite_failures(suite, tell_story, &stories);
	report_coverage_html(pages->coverage, coverage);
	report_suite_html(pages->results, suite, &beside);
}

bool pages_close(struct pages *pages, struct cli_error *error)
{
	const bool results = file_close(pages->results, PAGES_RESULTS, error);

	return file_close(pages->coverage, PAGES_COVERAGE, error) && results;
}
