/* The program of a subject's run, as C. */
#ifndef SIM_CLI_EMIT_PROGRAM_H
#define SIM_CLI_EMIT_PROGRAM_H

#include <fm_sim/sim.h>

#include <stdio.h>

/* emit_program -- `static const struct fm_subject_line program[]`, of the scenario's lines or of what the tape drew; gives how many lines. */
size_t emit_program(FILE *out, const struct fm_sim_scenario *scenario, const struct fm_subject *subject,
		    const struct fm_sim_tape *tape);

/* Whether a draw, by its site, is said by those lines. */
bool emit_program_says(uint32_t site);

#endif
