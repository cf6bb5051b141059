/* A sweep, told: as lines for people, as objects for machines. */
#ifndef SIM_CLI_SWEEP_TELL_H
#define SIM_CLI_SWEEP_TELL_H

#include "sweep_why.h"

#include <stdio.h>

/* sweep_tell_scenario -- one that was swept, or that failed with nothing cancelled; bad: how many of its points are. */
void sweep_tell_scenario(const struct sweep *sweep, bool found, unsigned bad);
void sweep_tell_sites(const struct verdicts *verdicts, const struct sweep_why *whys);
void sweep_tell_leaves(const struct verdicts *verdicts);

void sweep_json_scenario(FILE *out, const struct sweep *sweep, bool found, unsigned bad);
void sweep_json_verdicts(FILE *out, const struct verdicts *verdicts, const struct sweep_why *whys);

/* "safe", "says SAFE, loses": what came of all cancels of a row, with the promise of the future that was made anew. */
void sweep_word(const struct verdict_row *row, char *word, size_t bytes);

/* Of all sites that are told: how many have this verdict as their worst. */
unsigned sweep_sites_with(const struct verdicts *verdicts, enum verdict verdict);

#endif
