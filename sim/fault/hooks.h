/* Where a run asks its faults: what sim/core calls. A fault that does not exist in the run answers at once. */
#ifndef SIM_FAULT_HOOKS_H
#define SIM_FAULT_HOOKS_H

#include "../core/internal.h"

/* sim/fault: its draw, and counted where it strikes */
static inline bool sim__fault_strikes(struct fm_sim *sim, struct sim_actor *actor, const struct fm_draw_site *site,
				      enum sim_fault_kind kind)
{
	const bool strikes = sim__strikes(sim, actor, site, sim->fault_in[kind]);

	sim->result->struck[kind] += strikes;
	return strikes;
}

/* sim/fault: the mix of a run; between two polls; faults stop */
void sim__mix_faults(struct fm_sim *sim);
void sim__strike(struct fm_sim *sim);
void sim__heal(struct fm_sim *sim);
void sim__faults_over(struct fm_sim *sim); /* the same, and the world stays as it is */
/* Whether a ready operation that asks its budget gives way. */
bool sim__fault_yields(struct fm_sim *sim);
/* Before the clock moves. */
void sim__fault_ghost_poll(struct fm_sim *sim);
/* Whether an FM_AWAIT_RETRIED await is given up. */
bool sim__fault_interrupts(struct fm_sim *sim);
/* Whether an allocation fails. */
bool sim__fault_no_memory(struct fm_sim *sim, size_t bytes);
/* How far a new host's wall clock is off. */
int64_t sim__fault_skew_ns(struct sim_host *host);
/* What the run's table of tasks, and a new host's executor, are configured with. */
void sim__fault_constants_world(struct fm_sim *sim, struct fm_executor_config *config);
void sim__fault_constants_host(struct sim_host *host, struct fm_executor_config *config);
/* When the next timer, due at next_ns, is noticed; whether an event that is due now comes before the timers that are. */
fm_ns sim__fault_late(struct fm_sim *sim, fm_ns next_ns);
bool sim__fault_event_wins(struct fm_sim *sim);
/* Which ready task instead of the one that the seed has drawn. */
uint32_t sim__fault_bent(struct fm_sim *sim, uint32_t position, uint32_t ready);

#endif
