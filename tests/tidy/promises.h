/* What dropping a future costs is said twice: in its header for people, in its operations for the sweep. */
#ifndef TESTS_TIDY_PROMISES_H
#define TESTS_TIDY_PROMISES_H

#include <stdbool.h>
#include <stddef.h>

#define PROMISE_BYTES 64

struct promise {
	char name[PROMISE_BYTES]; /* of the future: "fm_mpsc_recv" */
	char word[PROMISE_BYTES]; /* "SAFE", "LOSSY", "RESTARTS", "CHILDREN"; empty: nothing is said */
};

/* The operations from `at` on in a source: what they promise, and where to go on. NULL: there are no more. */
const char *promise_of_ops(const char *at, struct promise *promise);

/*
 * What a header promises for the future that `name`_init makes: the word after "Cancel:" in the comment that tells of it;
 * CHILDREN where that is none of the words. False: no comment of this header tells of it.
 */
bool promise_of_header(const char *header, const char *name, struct promise *promise);

#endif
