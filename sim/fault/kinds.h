/* The faults by number. A profile names them by these bits, so a new one comes last. */
#ifndef SIM_FAULT_KINDS_H
#define SIM_FAULT_KINDS_H

enum sim_fault_kind {
	SIM_FAULT_YIELD,
	SIM_FAULT_GHOST,
	SIM_FAULT_WAKE,
	SIM_FAULT_CANCEL,
	SIM_FAULT_INTERRUPT,
	SIM_FAULT_SHORT_IO,
	SIM_FAULT_AGAIN,
	SIM_FAULT_LATENCY,
	SIM_FAULT_RESET,
	SIM_FAULT_REFUSE,
	SIM_FAULT_PARTITION,
	SIM_FAULTS,
};

#endif
