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
