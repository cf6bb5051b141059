/* Numbers on the command line: strict, and each kind of bad one with its own words. */
#ifndef SIM_CLI_NUMBER_H
#define SIM_CLI_NUMBER_H

#include "error.h"

#include <fm/base.h>

#define CLI_SEED_END ((uint64_t)1 << 63) /* seeds drawn by `run` are below */

/* Seeds first .. end - 1. */
struct seed_range {
	uint64_t first;
	uint64_t end;
};

/* `what` names the value in errors. The number is in [least, most]. */
bool number_parse(const char *text, const char *what, uint64_t least, uint64_t most, uint64_t *number,
		  struct cli_error *error);

/* "1000": seeds 0 .. 999. "5..8": 5, 6, 7. */
bool seed_range_parse(const char *text, struct seed_range *range, struct cli_error *error);

/* "500ms", "60s", "5m", "2h"; without a unit it is seconds. */
bool duration_parse(const char *text, const char *what, fm_ns *length_ns, struct cli_error *error);

/* 1 to 16 lower-case hexadecimal digits without leading zeros: the one way to write a number in a token. */
bool hex_parse(const char *text, size_t length, uint64_t *number);

#endif
