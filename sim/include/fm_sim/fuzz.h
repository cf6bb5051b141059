/*
 * fm_sim/fuzz.h -- what a fuzzer's target is made of: its input is the draws of one run of a scenario, a subject above all.
 *
 *     int LLVMFuzzerInitialize(int *argc, char ***argv) { return fm_sim_fuzz_open("subject/gate") ? 0 : 2; }
 *     int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) { return fm_sim_fuzz_one(bytes, count), 0; }
 */
#ifndef FM_SIM_FUZZ_H
#define FM_SIM_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* fm_sim_fuzz_open -- from now on this scenario is run. Errors: false, with a line on stderr: there is none of this name. */
bool fm_sim_fuzz_open(const char *scenario);

/*
 * fm_sim_fuzz_one -- one run, its draws from these bytes, and 0 beyond them. Nothing of it is left when it returns.
 *
 * A run that fails is reported on stderr, its tape is written for `replay` (to $FERMATA_TAPE; else SCENARIO-HASH.tape in the
 * current folder), and the process aborts, as fuzzers want it. Where a sanitizer ends the run, its tape is written likewise.
 */
void fm_sim_fuzz_one(const uint8_t *bytes, size_t count);

/* fm_sim_fuzz_hash -- of the last run's events: the same bytes have the same, whatever was run before. */
uint64_t fm_sim_fuzz_hash(void);

#endif
