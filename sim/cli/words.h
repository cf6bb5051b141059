/*
 * The words behind a verb, one after another: "--flag value", "--flag=value", and those that are no flags, which come to the
 * front. Behind "--" no word is a flag.
 */
#ifndef SIM_CLI_WORDS_H
#define SIM_CLI_WORDS_H

#include "number.h"

struct words {
	char **argv; /* ended by NULL; its first `count` are no flags */
	struct cli_error *error;
	size_t at;
	size_t count;
	bool flags_over; /* behind "--" */
	const char *flag;
};

/* words_next -- on to the next flag; false: there is none. */
bool words_next(struct words *words);
bool words_is(const struct words *words, const char *flag);

/* What stands behind the flag. Errors: false: nothing does, or nothing that fits. */
bool words_value(struct words *words, const char **value);
bool words_number(struct words *words, const char *what, uint64_t least, uint64_t most, uint64_t *number);
/* Errors: false: something stands behind "=". */
bool words_plain(struct words *words, bool *set);
/* words_unknown -- the flag is none of the verb's. Gives false. */
bool words_unknown(struct words *words, const char *verb);

#endif
