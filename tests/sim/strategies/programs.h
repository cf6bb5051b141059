/* Programs whose probabilities are known by calculation (programs.c says which), and how often they fail. */
#ifndef PROGRAMS_H
#define PROGRAMS_H

#include <fm_sim/sim.h>

/* Three tasks of one poll each: fails where they run in the order that `orders` counts as its number 0 to 5. */
extern const struct fm_sim_scenario order_program;
extern unsigned order_seen[6];

/* Two tasks, six points, and a bug that needs the depth. */
extern const struct fm_sim_scenario depth1_program, depth2_program, depth3_program;

/* Two locks in both orders, behind no pads and behind 100. */
extern const struct fm_sim_scenario abba_program, padded_program;

/* Two pairs that play for ever; polls of each from step FAIR_FROM to FAIR_TO, once the world has healed. */
enum { FAIR_FROM = 4000, FAIR_TO = 5500 };
extern const struct fm_sim_scenario rally_program;
extern unsigned fair_polls[2];

#endif
