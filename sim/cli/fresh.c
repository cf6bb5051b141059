/*
 * A fresh process is executed, not forked: its addresses, its environment and all static data of the program are new. It
 * is asked through a memory file whose descriptor it inherits and answers there, so that nothing it prints can be
 * mistaken for an answer. That it has ended is seen by a pipe whose other end nobody else holds.
 */
#include "fresh.h"
#include "batch.h"
#include "guard.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

uint64_t fresh_salt(uint64_t seed, unsigned n)
{
	/* Odd and even in turns: the lowest bit turns the order in which memory is used again. */
	return ((seed + n) * 0x9e3779b97f4a7c15u >> 8 << 2) + n + 1;
}

bool fresh_open(struct fresh *fresh, const struct token *token, enum fresh_kind kind, uint64_t salt, uint32_t count)
{
	*fresh = (struct fresh){ .ended_fd = -1, .output_fd = -1 };
	fresh->shared_bytes = sizeof(*fresh->shared) + count * sizeof(fresh->shared->seeds[0]);
	fresh->request_fd = memfd_create("fermata-request", MFD_CLOEXEC);
	if (fresh->request_fd < 0)
		return false;
	if (kind != FRESH_HASHES)
		fresh->output_fd = memfd_create("fermata-output", MFD_CLOEXEC);
	if ((kind != FRESH_HASHES && fresh->output_fd < 0) ||
	    ftruncate(fresh->request_fd, (off_t)fresh->shared_bytes) != 0)
		goto failed;
	fresh->shared =
		mmap(NULL, fresh->shared_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fresh->request_fd, 0);
	if (fresh->shared == MAP_FAILED)
		goto failed;
	memcpy(fresh->shared->magic, FRESH_MAGIC, sizeof(FRESH_MAGIC));
	token_format(token, fresh->shared->token);
	fresh->shared->kind = kind;
	fresh->shared->salt = salt;
	fresh->shared->count = count;
	return true;

failed:
	fresh->shared = NULL;
	fresh_free(fresh);
	return false;
}

/* Valgrind shows a program its own file there and executes itself. */
static const char *own_file(char *path, size_t bytes)
{
	ssize_t length;

	if (!guard_valgrind())
		return "/proc/self/exe";
	length = readlink("/proc/self/exe", path, bytes - 1);
	if (length <= 0)
		return "/proc/self/exe";
	path[length] = '\0';
	return path;
}

static void become_other(const struct fresh *fresh, const char *program)
{
	char request[16], output[16], pad[256], path[PATH_MAX];
	char *argv[] = { (char *)program, FRESH_VERB, request, output, NULL };
	const size_t pad_chars = (size_t)(fresh->shared->salt * 37 % (sizeof(pad) - 32)) + 16;
	int null = open("/dev/null", O_RDWR);

	dup2(null, STDIN_FILENO);
	dup2(fresh->shared->kind == FRESH_REPORT ? fresh->output_fd : null, STDOUT_FILENO);
	dup2(fresh->shared->kind == FRESH_REPORT ? fresh->output_fd : null, STDERR_FILENO);
	fcntl(fresh->request_fd, F_SETFD, 0);
	if (fresh->output_fd >= 0)
		fcntl(fresh->output_fd, F_SETFD, 0);
	snprintf(request, sizeof(request), "%d", fresh->request_fd);
	snprintf(output, sizeof(output), "%d", fresh->output_fd);
	memset(pad, 'x', sizeof(pad));
	pad[pad_chars] = '\0';
	setenv("FERMATA_PAD", pad, 1);
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	execv(own_file(path, sizeof(path)), argv);
	_exit(127);
}

bool fresh_start(struct fresh *fresh, const char *program)
{
	const pid_t parent = getpid();
	int ended[2];

	if (pipe2(ended, O_CLOEXEC) != 0)
		return false;
	fflush(NULL);
	fresh->pid = fork();
	if (fresh->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(0);
		fcntl(ended[1], F_SETFD, 0);
		become_other(fresh, program);
	}
	close(ended[1]);
	fresh->ended_fd = ended[0];
	if (fresh->pid > 0)
		return true;
	fresh->pid = 0;
	return false;
}

void fresh_wait(struct fresh *fresh)
{
	struct pollfd poll_fd = { .fd = fresh->ended_fd, .events = POLLIN };
	const uint64_t limit_ms = 2 * guard_hang_ms();
	uint64_t beats = 0, silent_ms = 0;

	if (fresh->pid <= 0)
		return;
	while (poll(&poll_fd, 1, 50) <= 0) {
		silent_ms = fresh->shared->beats == beats ? silent_ms + 50 : 0;
		beats = fresh->shared->beats;
		if (silent_ms > limit_ms) {
			fresh->killed = true;
			kill(fresh->pid, SIGKILL);
		}
	}
	while (waitpid(fresh->pid, &fresh->wait_status, 0) < 0 && errno == EINTR)
		;
	fresh->pid = 0;
}

void fresh_free(struct fresh *fresh)
{
	if (fresh->pid > 0) {
		kill(fresh->pid, SIGKILL);
		fresh_wait(fresh);
	}
	if (fresh->shared)
		munmap(fresh->shared, fresh->shared_bytes);
	close(fresh->request_fd);
	if (fresh->output_fd >= 0)
		close(fresh->output_fd);
	if (fresh->ended_fd >= 0)
		close(fresh->ended_fd);
	fresh->shared = NULL;
}

char *fresh_output(const struct fresh *fresh, size_t bytes)
{
	struct stat stat;
	ssize_t length;
	size_t wanted;
	char *text;

	if (fresh->output_fd < 0 || fstat(fresh->output_fd, &stat) != 0 || stat.st_size == 0)
		return NULL;
	wanted = (size_t)stat.st_size < bytes ? (size_t)stat.st_size : bytes;
	text = malloc(wanted + 1);
	if (!text)
		return NULL;
	length = pread(fresh->output_fd, text, wanted, stat.st_size - (off_t)wanted);
	text[length > 0 ? length : 0] = '\0';
	return text;
}
