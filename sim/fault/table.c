/* The table of faults: a row for each, in the order of their numbers. */
#include "fault.h"

static const struct sim_fault *const table[] = {
	[SIM_FAULT_YIELD] = &sim__fault_yield,
	[SIM_FAULT_GHOST] = &sim__fault_ghost,
	[SIM_FAULT_WAKE] = &sim__fault_wake,
	[SIM_FAULT_CANCEL] = &sim__fault_cancel,
	[SIM_FAULT_INTERRUPT] = &sim__fault_interrupt,
	[SIM_FAULT_SHORT_IO] = &sim__fault_short_io,
	[SIM_FAULT_AGAIN] = &sim__fault_again,
	[SIM_FAULT_LATENCY] = &sim__fault_latency,
	[SIM_FAULT_RESET] = &sim__fault_reset,
	[SIM_FAULT_REFUSE] = &sim__fault_refuse,
	[SIM_FAULT_PARTITION] = &sim__fault_partition,
	[SIM_FAULT_DELAY] = &sim__fault_delay,
	[SIM_FAULT_HALF_CLOSE] = &sim__fault_half_close,
	[SIM_FAULT_PARTITION_ONE_WAY] = &sim__fault_partition_one_way,
	[SIM_FAULT_SLOW] = &sim__fault_slow,
	[SIM_FAULT_NEWEST] = &sim__fault_newest,
	[SIM_FAULT_TIMER_LATE] = &sim__fault_timer_late,
	[SIM_FAULT_TIMER_TIES] = &sim__fault_timer_ties,
	[SIM_FAULT_CLOCK_SKEW] = &sim__fault_clock_skew,
	[SIM_FAULT_CLOCK_JUMP] = &sim__fault_clock_jump,
	[SIM_FAULT_ALLOC] = &sim__fault_alloc,
	[SIM_FAULT_CRASH] = &sim__fault_crash,
	[SIM_FAULT_SHUTDOWN] = &sim__fault_shutdown,
	[SIM_FAULT_CONSTANTS] = &sim__fault_constants,
	[SIM_FAULT_CANCEL_WOKEN] = &sim__fault_cancel_woken,
	[SIM_FAULT_SLOW_POLL] = &sim__fault_slow_poll,
	[SIM_FAULT_STALL] = &sim__fault_stall,
};

_Static_assert(FM_COUNT_OF(table) == SIM_FAULTS, "a row for each fault");
_Static_assert(SIM_FAULTS <= FM_SIM_FAULTS_MAX, "a bit of a profile for each fault");

const struct sim_fault *sim__fault(unsigned kind)
{
	return table[kind];
}

const char *fm_sim_fault_name(unsigned number)
{
	return number < SIM_FAULTS ? table[number]->name : NULL;
}

const char *fm_sim_fault_group(unsigned number)
{
	return number < SIM_FAULTS ? table[number]->group : NULL;
}

const char *fm_sim_fault_about(unsigned number)
{
	return number < SIM_FAULTS ? table[number]->about : NULL;
}
