/* What was shrunk must fail in a freshly executed process, too. */
#ifndef SIM_CLI_SHRINK_CONFIRM_H
#define SIM_CLI_SHRINK_CONFIRM_H

#include "token.h"

/*
 * shrink_confirm -- replay the tape in a fresh process, with another salt. true: it fails with the same oracle and hash;
 * also where no process can be had, since that tells nothing.
 */
bool shrink_confirm(const char *program, const struct token *token, const struct fm_sim_tape *tape,
		    const struct fm_sim_result *result);

#endif
