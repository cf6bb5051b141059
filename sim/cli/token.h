/*
 * A token names one run: all that is needed to run it again, in this program.
 *
 *     fm1.canary/lost-permit/broken.2f.random.default.9c3d21aa
 *     |   scenario                  |  strategy faults  checksum of all before it
 *     format                        seed, hexadecimal
 *
 * A run of the generic oracles only has ".no-claims" before the checksum.
 */
#ifndef SIM_CLI_TOKEN_H
#define SIM_CLI_TOKEN_H

#include "error.h"

#include <fm_sim/sim.h>

#define TOKEN_BYTES 768
#define TOKEN_SCENARIO_CHARS_MAX 255

struct token {
	const struct fm_sim_scenario *scenario;
	uint64_t seed;
	enum fm_sim_strategy strategy;
	uint64_t profile;
	bool no_claims;
};

/* token_format -- into TOKEN_BYTES; a scenario's name that scenarios_check let pass fits. */
void token_format(const struct token *token, char *out);

/*
 * token_parse -- the inverse, for the scenarios linked into this program.
 * Errors: false, with what is wrong: empty, no token, another version, damaged, or a name that is not known here.
 */
bool token_parse(const char *text, struct token *token, struct cli_error *error);

/* Whether the text could only be meant as a token, good or bad. */
bool token_resembles(const char *text);

/* By name; the number of strategies: there is none. */
unsigned strategy_find(const char *name, size_t length);
const struct fm_sim_scenario *scenario_find(const char *name, size_t length);

#endif
