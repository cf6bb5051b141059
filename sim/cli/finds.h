/* What a search has found: failures, those alike together, each with the tape of its least run. */
#ifndef SIM_CLI_FINDS_H
#define SIM_CLI_FINDS_H

#include "token.h"

struct finds;

/* finds_open -- for a search of one scenario, shared with forked processes. NULL: no memory. */
struct finds *finds_open(void);
void finds_close(struct finds *finds);

/*
 * finds_add -- a failing run and its draws; NULL: they are not known. May be called by a signal handler. true: the first of
 * its kind.
 */
bool finds_add(struct finds *finds, const struct fm_sim_result *result, const struct fm_sim_tape *tape);

/* finds_forget -- begin anew. */
void finds_forget(struct finds *finds);

/* finds_join -- what another search has found, added. */
void finds_join(struct finds *finds, const struct finds *others);

/* All runs that failed. */
uint64_t finds_count(const struct finds *finds);

/*
 * finds_tell -- each kind of failure as any other failure is reported: done again in a fresh process, its tape written into the
 * folder (NULL: the current one), the line to paste. Gives what that means for the exit status.
 */
int finds_tell(const struct finds *finds, const char *program, const struct token *token, const char *folder);

#endif
