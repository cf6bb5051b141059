/*
 * The fresh process's side: it reads what it is asked from the memory file and writes back what came of it. A word for
 * machines only: called by a person, it is an unknown verb.
 */
#include "fresh.h"
#include "guard.h"
#include "kept.h"
#include "status.h"

#include <fm_sim/oracle.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOG_BYTES_MAX ((rlim_t)1 << 28)
#define SCRIBBLED_BYTES (16 * 1024) /* what polls reach; more costs page faults in each forked child */

static struct fresh_shared *shared;
static struct fresh_seed *current;
static struct guard guard;
static struct fm_sim_tape record;

static int descriptor(const char *text)
{
	char *end;
	long number;

	errno = 0;
	number = text ? strtol(text, &end, 10) : -1;
	return text && *text && !*end && !errno && number > STDERR_FILENO && number < 1 << 20 ? (int)number : -1;
}

static bool attach(int fd)
{
	struct stat stat;

	if (fd < 0 || fstat(fd, &stat) != 0 || stat.st_size < (off_t)sizeof(*shared))
		return false;
	shared = mmap(NULL, (size_t)stat.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (shared == MAP_FAILED)
		return false;
	return memcmp(shared->magic, FRESH_MAGIC, sizeof(FRESH_MAGIC)) == 0 &&
	       (size_t)stat.st_size == sizeof(*shared) + shared->count * sizeof(shared->seeds[0]);
}

/* The dead stack below a run holds other bytes with another salt. */
static __attribute__((noinline)) void scribble(uint64_t salt)
{
	unsigned char dead[SCRIBBLED_BYTES];

	memset(dead, (int)((0x33 + salt * 61) & 0xff), sizeof(dead));
	__asm__ volatile("" : : "r"(dead) : "memory");
}

/* A failure's draws are kept for who edits the program. Last, since memory may be broken. */
static void keep_tape(void)
{
	struct token token;
	struct cli_error error;

	if (shared->kind != FRESH_REPORT || !token_parse(shared->token, &token, &error))
		return;
	token.seed = current->seed;
	kept_write(&token, &record);
}

static void on_failure(struct guard *of)
{
	(void)of;
	current->hash = shared->result.hash;
	current->state = FRESH_FAILED;
	keep_tape();
	_exit(0);
}

static void run(const struct token *token, struct fresh_seed *seed, FILE *log)
{
	const uint64_t salt = shared->kind == FRESH_HASHES ? fresh_salt(seed->seed, 0) : shared->salt;
	const struct fm_sim_options options = {
		.seed = seed->seed,
		.strategy = token->strategy,
		.profile = token->profile,
		.no_claims = token->no_claims,
		.salt = salt,
		/* Where hashes are compared, CPU time is nobody's business. */
		.oracles_off = shared->kind == FRESH_REPORT ? 0 : FM_SIM_ORACLE_BIT(FM_SIM_ORACLE_CPU_TIME),
		.log = log,
		.record = shared->kind == FRESH_REPORT ? &record : NULL,
	};

	current = seed;
	shared->beats++;
	scribble(salt);
	guard_enter();
	fm_sim_run(token->scenario, &options, &shared->result);
	guard_leave();
	seed->hash = shared->result.hash;
	seed->state = shared->result.verdict == FM_SIM_PASSED ? FRESH_PASSED : FRESH_FAILED;
	if (seed->state == FRESH_FAILED)
		keep_tape();
}

static void run_each_apart(const struct token *token)
{
	const pid_t parent = getpid();

	for (uint32_t i = 0; i < shared->count; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			if (getppid() != parent)
				_exit(0);
			guard_arm(&guard);
			run(token, &shared->seeds[i], NULL);
			_exit(0);
		}
		if (pid < 0 || waitpid(pid, NULL, 0) != pid)
			return;
		/* It ended in a way that no handler saw: a failure, where the batch had a pass. */
		if (shared->seeds[i].state == FRESH_UNKNOWN)
			shared->seeds[i].state = FRESH_FAILED;
	}
}

static void run_in_a_row(const struct token *token, int output)
{
	const struct rlimit limit = { LOG_BYTES_MAX, LOG_BYTES_MAX };
	FILE *log = NULL;

	if (shared->kind == FRESH_LOG) {
		signal(SIGXFSZ, SIG_IGN); /* a longer log is cut */
		setrlimit(RLIMIT_FSIZE, &limit);
		log = fdopen(output, "w");
	}
	for (uint32_t i = 0; i < shared->count; i++)
		run(token, &shared->seeds[i], i + 1 == shared->count ? log : NULL);
	fflush(NULL);
}

int machine_main(char **argv, bool *known)
{
	struct token token;
	struct cli_error error;
	int output;

	*known = attach(descriptor(argv[0]));
	if (!*known || !token_parse(shared->token, &token, &error))
		return CLI_USAGE;
	output = argv[1] ? descriptor(argv[1]) : -1;
	guard = (struct guard){ .result = &shared->result, .beats = &shared->beats, .report = on_failure };
	guard.tells_stack = shared->kind == FRESH_REPORT;
	guard_arm(&guard);
	if (shared->kind == FRESH_HASHES)
		run_each_apart(&token);
	else
		run_in_a_row(&token, output);
	_exit(0);
}
