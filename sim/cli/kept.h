/* Tapes of runs that failed, kept beside the program: a token alone cannot tell where an edited program leaves its run. */
#ifndef SIM_CLI_KEPT_H
#define SIM_CLI_KEPT_H

#include "token.h"

#include <limits.h>

#define KEPT_DRAWS_MAX 20000 /* a longer one takes too much room: some 20 bytes a draw */

/*
 * kept_write -- the tape of a run that failed. Where it cannot be written there is none: nothing depends on it.
 * kept_read  -- that of a token, and in `path` (PATH_MAX bytes) where it lies: kept, or pinned beside the scenario.
 *               tape->records is the caller's, to free. false: there is none.
 */
void kept_write(const struct token *token, const struct fm_sim_tape *tape);
bool kept_read(const struct token *token, struct fm_sim_tape *tape, char *path);

/* kept_pinned_path -- where the tape of a pinned token lies. false: its scenario's file is not known, or the name is too long. */
bool kept_pinned_path(const struct token *token, char *path);

#endif
