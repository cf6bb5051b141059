/* The folder of --corpus. */
#ifndef SIM_CLI_FUZZ_CORPUS_H
#define SIM_CLI_FUZZ_CORPUS_H

#include "token.h"

#include <fm_sim/guided.h>

/* fuzz_corpus_read -- what is there of this scenario is given to the searches, one after another. */
void fuzz_corpus_read(const char *folder, const struct token *token, struct fm_sim_guided *const *searches, unsigned searches_count);

/* fuzz_corpus_write -- what the search has kept. Errors: false: it cannot be written. */
bool fuzz_corpus_write(const char *folder, const struct token *token, struct fm_sim_guided *search, struct cli_error *error);

#endif
