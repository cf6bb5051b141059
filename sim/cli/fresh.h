/*
 * Runs in a freshly executed process of the same program: the parent's side (fresh.c) and the child's (machine.c), which
 * share one struct in a memory file.
 */
#ifndef SIM_CLI_FRESH_H
#define SIM_CLI_FRESH_H

#include "token.h"

#include <sys/types.h>

enum fresh_kind {
	FRESH_REPORT, /* one seed; what the program prints is kept */
	FRESH_HASHES, /* many seeds, each from the state that the program starts in */
	FRESH_LOG,    /* seeds one after another in one process; the events of the last are kept */
};

enum fresh_state {
	FRESH_UNKNOWN, /* it did not come to this seed */
	FRESH_PASSED,
	FRESH_FAILED,
};

struct fresh_seed {
	uint64_t seed;
	uint64_t hash;
	enum fresh_state state;
};

/* What parent and child share. */
struct fresh_shared {
	char magic[16];
	char token[TOKEN_BYTES]; /* its seed does not count */
	enum fresh_kind kind;
	uint64_t salt; /* FRESH_HASHES: each seed has one of its own */
	volatile uint64_t beats; /* runs begun */
	uint32_t count;
	struct fm_sim_result result; /* of the last seed */
	struct fresh_seed seeds[];
};

#define FRESH_MAGIC "fermata-fresh-1"
#define FRESH_VERB "machine" /* what the child is called with; no verb for people */

struct fresh {
	struct fresh_shared *shared;
	size_t shared_bytes;
	int request_fd;
	pid_t pid; /* 0: none, or it has ended */
	int ended_fd; /* end of file: the child has ended */
	int output_fd; /* what was kept: output or events; -1: nothing */
	int wait_status; /* after fresh_wait */
	bool killed;     /* it gave no sign of life */
};

/* A salt for the n-th rerun of a seed; never 0, which is what batches have. */
uint64_t fresh_salt(uint64_t seed, unsigned n);

/*
 * fresh_open -- a request; fill in shared->seeds[].seed, then fresh_start.
 * Errors:    false: no memory or descriptors.
 * Ownership: fresh_free, in any case where this gave true.
 */
bool fresh_open(struct fresh *fresh, const struct token *token, enum fresh_kind kind, uint64_t salt, uint32_t count);

/*
 * fresh_start -- execute the program anew, with the request's salt and another environment.
 * Errors: false: no process.
 */
bool fresh_start(struct fresh *fresh, const char *program);

/* fresh_wait -- until the child has ended; kills it when it gives no sign of life. */
void fresh_wait(struct fresh *fresh);
void fresh_free(struct fresh *fresh);

/* What was kept, as a string of at most `bytes` from its end on; the caller frees it. NULL: nothing. */
char *fresh_output(const struct fresh *fresh, size_t bytes);

/* The child: verb FRESH_VERB. Gives an exit status; false in *known: this is not called by fresh_start. */
int machine_main(char **argv, bool *known);

#endif
