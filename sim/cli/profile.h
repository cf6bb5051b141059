/*
 * A profile as text: which faults a run may have, of those that its scenario allows.
 *
 *     default                 all of them
 *     none
 *     net,cancel              faults and groups of faults, and no others
 *     default,-crash          all but some
 *
 * From left to right, each item adds or, with a minus, takes away. `list --faults` prints the names.
 */
#ifndef SIM_CLI_PROFILE_H
#define SIM_CLI_PROFILE_H

#include "error.h"

#include <fm_sim/sim.h>

#define PROFILE_BYTES 384

/* profile_format -- into PROFILE_BYTES: the one spelling that tokens have. */
void profile_format(uint64_t profile, char *out);

/* Errors: false: an empty item, an unknown name, or nothing to take away from. */
bool profile_parse(const char *text, size_t length, uint64_t *profile, struct cli_error *error);

#endif
