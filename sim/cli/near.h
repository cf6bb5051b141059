/* What was probably meant: the nearest of the words that would have done, for the end of an error's line. */
#ifndef SIM_CLI_NEAR_H
#define SIM_CLI_NEAR_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>

#define NEAR_WORDS_MAX 3

struct near {
	const char *word; /* what was typed, of `length` characters */
	size_t length;
	bool is_pattern;  /* a part of a name; * is any text */
	const char *behind; /* what follows each word when it is said; NULL: nothing */

	unsigned best[NEAR_WORDS_MAX]; /* distances, the least first */
	const char *words[NEAR_WORDS_MAX]; /* of equals those that were tried first */
	size_t lengths[NEAR_WORDS_MAX];
	size_t count; /* of all that are as near as the last of them, at most NEAR_WORDS_MAX */
};

/* near_try -- one of the words that would have done; one is not said twice. It is kept, so it must live as long as the struct. */
void near_try(struct near *near, const char *word, size_t length);

/* near_say -- at the end of the error: "; did you mean 'a' or 'b'?", or `otherwise` where nothing is near. Gives false. */
bool near_say(const struct near *near, const char *otherwise, struct cli_error *error);

#endif
