/*
 * fm_sim/oracle.h -- the names of what judges a run, each to be switched off.
 *
 * One that is off says nothing: where the run can go on without its verdict, it goes on; where it cannot (a broken contract,
 * tasks at rest), it ends as passed, and nobody else gives a verdict in its place. So a run that fails with all of them on and
 * passes without one was found by that one alone: tests/sim/oracles asks this of every oracle.
 */
#ifndef FM_SIM_ORACLE_H
#define FM_SIM_ORACLE_H

#define FM_SIM_ORACLES(X)                           \
	X(NO_WAKER, "pending without a waker")      \
	X(STALE_WAKER, "stale waker")               \
	X(MISSED_WAKE, "missed wake")               \
	X(DEADLOCK, "deadlock")                     \
	X(FUTURELOCK, "futurelock")                 \
	X(HANG, "hang")                             \
	X(STARVATION, "starvation")                 \
	X(WAKE_STORM, "wake storm")                 \
	X(BUSY_LOOP, "busy loop")                   \
	X(CONTRACT, "contract")                     \
	X(PANIC, "panic")                           \
	X(LEAK, "leak")                             \
	X(DRAIN, "drain")                           \
	X(BLOCKED, "blocked")                       \
	X(HELD_LOCK, "lock across await")           \
	X(ESCAPE, "escape")                         \
	X(CPU_TIME, "cpu time")                     \
	X(DEADLINE, "deadline")                     \
	X(STEPS, "steps")                           \
	X(CLAIM, "claim")

enum fm_sim_oracle {
#define FM_SIM__ORACLE(name, text) FM_SIM_ORACLE_##name,
	FM_SIM_ORACLES(FM_SIM__ORACLE)
#undef FM_SIM__ORACLE
	FM_SIM_ORACLES_COUNT
};

/* What reports call it; NULL: no such number. */
const char *fm_sim_oracle_name(unsigned oracle);

/* Its bit in fm_sim_options.oracles_off. */
#define FM_SIM_ORACLE_BIT(oracle) (1u << (oracle))

#endif
