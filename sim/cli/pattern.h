/* Patterns of scenario names: '*' is any text, slashes too; '?' any character; [a-c] and [!a-c] sets. */
#ifndef SIM_CLI_PATTERN_H
#define SIM_CLI_PATTERN_H

#include "error.h"

#include <fm_sim/sim.h>

bool pattern_matches(const char *pattern, const char *name);

/* What was selected: room for all scenarios of the program, in order of their names. */
struct selection {
	const struct fm_sim_scenario **scenarios;
	size_t count;
};

/*
 * selection_make -- the scenarios that match any of the patterns; without a pattern, all but those meant to fail, whose
 * names end in /broken.
 * Errors:    false: a pattern matches nothing, or the program has no scenarios.
 * Ownership: the caller's; give it to selection_free.
 */
bool selection_make(struct selection *selection, char *const *patterns, size_t patterns_count,
		    struct cli_error *error);
/* selection_draws -- Errors: false: one of them says itself what is drawn, and has one run. */
bool selection_draws(const struct selection *selection, struct cli_error *error);

void selection_free(struct selection *selection);

/* scenarios_check -- that each linked scenario can be named in tokens, and has what a scenario must have. */
bool scenarios_check(struct cli_error *error);

#endif
