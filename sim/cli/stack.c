/*
 * The unwinder gives addresses; which lines they are is asked of addr2line, a process of its own, since this one's memory may
 * be broken. The frames of the C library are left away, and those below the poll, which are always the same.
 */
#include "stack.h"

#include "sim/core/internal.h"

#include <execinfo.h>
#include <fcntl.h>
#include <inttypes.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#define FRAMES_MAX 6      /* told of */
#define UNWOUND_MAX 64
#define ANSWER_BYTES 4096

/* The executable: the first object of the process. */
struct extent {
	uintptr_t bias, begin, end;
};

void stack_warm(void)
{
	void *here;

	backtrace(&here, 1);
}

static int take_first(struct dl_phdr_info *info, size_t bytes, void *arg)
{
	struct extent *extent = arg;

	(void)bytes;
	extent->bias = info->dlpi_addr;
	for (unsigned i = 0; i < info->dlpi_phnum; i++) {
		const uintptr_t begin = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;

		if (info->dlpi_phdr[i].p_type != PT_LOAD || !(info->dlpi_phdr[i].p_flags & PF_X))
			continue;
		extent->begin = begin;
		extent->end = begin + info->dlpi_phdr[i].p_memsz;
	}
	return 1;
}

static uintptr_t counter_of(const void *context)
{
	const ucontext_t *of = context;

#if defined(__x86_64__)
	return (uintptr_t)of->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
	return (uintptr_t)of->uc_mcontext.pc;
#else
	(void)of;
	return 0;
#endif
}

/* As the file has them. What a return address returns to may be the next line. */
static unsigned frames_of(uintptr_t *frames, const void *context)
{
	struct extent extent = { 0 };
	const uintptr_t counter = counter_of(context);
	void *unwound[UNWOUND_MAX];
	int at = 0, count;
	unsigned frames_count = 0;

	dl_iterate_phdr(take_first, &extent);
	count = backtrace(unwound, UNWOUND_MAX);
	while (at < count && (uintptr_t)unwound[at] != counter)
		at++;
	if (counter >= extent.begin && counter < extent.end)
		frames[frames_count++] = counter - extent.bias;
	for (at++; at < count && frames_count < FRAMES_MAX; at++) {
		const uintptr_t address = (uintptr_t)unwound[at] - 1;

		if (address >= extent.begin && address < extent.end)
			frames[frames_count++] = address - extent.bias;
	}
	return frames_count;
}

static void ask(int answer_fd, const char *path, char (*addresses)[24], unsigned count)
{
	char *argv[FRAMES_MAX + 4] = { "addr2line", "-fpe", (char *)path };
	const int null = open("/dev/null", O_RDWR);

	for (unsigned i = 0; i < count; i++)
		argv[3 + i] = addresses[i];
	dup2(null, STDIN_FILENO);
	dup2(answer_fd, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	execvp(argv[0], argv);
	_exit(127);
}

/* false: there is nobody to ask. */
static bool answer(char *text, const char *path, char (*addresses)[24], unsigned count)
{
	size_t length = 0;
	ssize_t got;
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) != 0)
		return false;
	pid = fork();
	if (pid == 0)
		ask(fds[1], path, addresses, count);
	close(fds[1]);
	while (pid > 0 && (got = read(fds[0], text + length, ANSWER_BYTES - 1 - length)) > 0)
		length += (size_t)got;
	close(fds[0]);
	text[length] = '\0';
	if (pid > 0)
		waitpid(pid, NULL, 0);
	return length > 0 && strncmp(text, "??", 2) != 0;
}

/* "worker_body at worker.c:33 (discriminator 2)", a line each. */
static void put_lines(struct sim_text *text, const char *lines)
{
	const char *before = "";

	while (*lines) {
		const size_t length = strcspn(lines, "\n");
		const size_t kept = strcspn(lines, "\n(");

		if (strncmp(lines, "fm_observe_poll ", 16) == 0)
			return;
		if (strncmp(before, lines, length + 1) != 0 && strncmp(lines, "??", 2) != 0)
			sim__text(text, "    %.*s\n", (int)(lines[kept] == '(' ? kept - 1 : kept), lines);
		before = lines;
		lines += length + (lines[length] == '\n');
	}
}

bool stack_file(char *file, size_t bytes, void (*function)(void))
{
	char addresses[1][24], path[1024], line[ANSWER_BYTES];
	const ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
	struct extent extent = { 0 };
	char *at, *colon;

	if (length <= 0)
		return false;
	path[length] = '\0';
	dl_iterate_phdr(take_first, &extent);
	snprintf(addresses[0], sizeof(addresses[0]), "0x%" PRIxPTR, (uintptr_t)function - extent.bias);
	if (!answer(line, path, addresses, 1))
		return false;
	line[strcspn(line, "\n")] = '\0';
	at = strstr(line, " at ");
	colon = at ? strrchr(at, ':') : NULL;
	if (!colon || at[4] == '?')
		return false;
	*colon = '\0';
	snprintf(file, bytes, "%s", at + 4);
	return true;
}

void stack_tell(struct sim_text *text, const void *context)
{
	char addresses[FRAMES_MAX][24], path[1024], lines[ANSWER_BYTES];
	const ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
	uintptr_t frames[FRAMES_MAX];
	unsigned count;

	if (length <= 0)
		return;
	path[length] = '\0';
	count = frames_of(frames, context);
	for (unsigned i = 0; i < count; i++)
		snprintf(addresses[i], sizeof(addresses[i]), "0x%" PRIxPTR, frames[i]);
	if (count == 0)
		return;
	if (answer(lines, path, addresses, count)) {
		sim__text(text, "where the signal came:\n");
		put_lines(text, lines);
		return;
	}
	sim__text(text, "where the signal came: addr2line -fpe %s", path);
	for (unsigned i = 0; i < count; i++)
		sim__text(text, " %s", addresses[i]);
	sim__text(text, "\n");
}
