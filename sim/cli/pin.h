/* `run --pin`: what failed is written down beside the scenario, to be tried first from then on. */
#ifndef SIM_CLI_PIN_H
#define SIM_CLI_PIN_H

#include "error.h"

#include "reports/result.h"

/*
 * pin_failures -- the confirmed failures of a scenario into its seeds/pinned: of each kind the first and that with the fewest
 * polls; *added counts lines that are new. Lines that stand there stay; those that tell their polls are sorted, the fewest first.
 * Errors: false, with one line: the file cannot be read or written; it is as it was.
 */
bool pin_failures(const struct report_scenario *scenario, size_t *added, struct cli_error *error);

#endif
