/* Pinned seeds: failures of before, in a file `seeds/pinned` beside the scenarios, which `run` tries before any other seed. */
#ifndef SIM_CLI_PINNED_H
#define SIM_CLI_PINNED_H

#include "token.h"

#include <stddef.h>

struct pinned {
	struct token *tokens; /* in the order of the file: those with the fewest polls first, as whoever wrote it put them */
	size_t count;
};

/*
 * pinned_read -- those of one scenario. A line is a token, a blank, and a note; lines that begin with # say something.
 * Errors: false: a line is no token of this program's format. No file: none are pinned.
 */
bool pinned_read(struct pinned *pinned, const struct fm_sim_scenario *scenario, struct cli_error *error);
void pinned_free(struct pinned *pinned);

#endif
