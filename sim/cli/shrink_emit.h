/* A failing run as a scenario in C. */
#ifndef SIM_CLI_SHRINK_EMIT_H
#define SIM_CLI_SHRINK_EMIT_H

#include "token.h"

#include <stdio.h>

/* shrink_emit -- write it, to a stream that stays open; path is what it is called. Errors: false: a draw's site has no name, so that it cannot be said. */
bool shrink_emit(FILE *out, const char *path, const struct token *token, const struct fm_sim_tape *tape,
		 const struct fm_sim_result *result);

#endif
