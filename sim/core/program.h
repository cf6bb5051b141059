/*
 * The program's own memory: what its malloc gets while one of its tasks is polled. sim/core/interpose.c, which is linked
 * into a program together with the command's main, leads it here.
 */
#ifndef SIM_CORE_PROGRAM_H
#define SIM_CORE_PROGRAM_H

#include "internal.h"

/* sim__program_open -- a run begins: all is forgotten. sim__program_close -- it ends: nothing is given out any more. */
void sim__program_open(struct fm_sim *sim);
void sim__program_close(struct fm_sim *sim);

/* Whether an allocation made now on this thread is the simulated program's. */
bool sim__program_runs(void);
/* Whether a piece is from here: also after its run. */
bool sim__program_owns(const void *memory);

/* Aligned to 16 bytes, filled as the salt has it. NULL: it is too large for here. */
void *sim__program_alloc(size_t bytes);
/* Ends the run where the piece was given back before, or never given out. After its run: nothing. */
void sim__program_free(void *memory);
size_t sim__program_bytes(const void *memory);

/* sim__program_left -- how many bytes were not given back; says which in `text`, and behind which await one was taken. */
size_t sim__program_left(struct fm_sim *sim, struct sim_text *text, const struct fm_await_site **behind);

/* Above 0: the simulator itself calls malloc. */
extern _Thread_local unsigned sim__own_depth;

/* Calls of malloc that came through interpose.c: to find out whether it is in force. */
extern unsigned long sim__interposed_calls;

#endif
