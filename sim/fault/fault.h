/*
 * What the files of faults share: the row that each has in the table, and the places where faults strike.
 *
 * A fault has two levels: whether it exists in this run (sim->fault_in[kind] is not 0), and how often it strikes (once in so
 * many). One that does not exist draws nothing and costs nothing where polls go by.
 */
#ifndef SIM_FAULT_FAULT_H
#define SIM_FAULT_FAULT_H

#include "../core/internal.h"
#include "../core/net/net.h"
#include "hooks.h"

#define SIM_FAULT_RATES_MAX 8

struct sim_fault {
	const char *name;    /* kebab-case: what a profile calls it */
	const char *group;   /* one word for several */
	const char *about;   /* what happens, in half a sentence */
	uint32_t allowed_by; /* FM_SIM_FAULT_*; 0: by every scenario */
	uint32_t rates[SIM_FAULT_RATES_MAX]; /* drawn from: once in so many; the first is 0, never */
	unsigned rates_count;
	bool lasts; /* healing does not end it */
	void (*strike)(struct fm_sim *sim, struct sim_actor *actor); /* asked between polls; NULL: it strikes elsewhere */
};

extern const struct sim_fault sim__fault_yield, sim__fault_ghost, sim__fault_wake, sim__fault_cancel,
	sim__fault_interrupt, sim__fault_short_io, sim__fault_again, sim__fault_latency, sim__fault_reset,
	sim__fault_refuse, sim__fault_partition, sim__fault_delay, sim__fault_half_close,
	sim__fault_partition_one_way, sim__fault_slow, sim__fault_newest, sim__fault_timer_late,
	sim__fault_timer_ties, sim__fault_clock_skew, sim__fault_clock_jump, sim__fault_alloc,
	sim__fault_crash, sim__fault_shutdown, sim__fault_constants, sim__fault_cancel_woken,
	sim__fault_slow_poll, sim__fault_stall;

/* shutdown.c: the mix is drawn. */
void sim__fault_shutdown_plan(struct fm_sim *sim);

/* table.c: by number; never NULL below SIM_FAULTS. */
const struct sim_fault *sim__fault(unsigned kind);

/* slow.c: another than the slow task, where that was chosen; ready > 1. */
uint32_t sim__fault_passed_over(struct fm_sim *sim, uint32_t position, uint32_t ready);

/* How far timer_late.c and slow_poll.c together may go past what is due: runtime/os asks the kernel in milliseconds where it must. */
#define SIM_LATE_MAX_NS FM_MS
/* How far stall.c may. */
#define SIM_STALL_MAX_NS FM_SEC

/* whom.c: one of the tasks that fit, drawn; NULL: none fits. */
struct fm_task *sim__fault_whom(struct fm_sim *sim, struct sim_actor *actor, const struct fm_draw_site *site,
				bool (*fits)(struct fm_sim *, struct fm_task *));

#endif
