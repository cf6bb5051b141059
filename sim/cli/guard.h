/*
 * What a run that cannot return leaves behind: a crash, a hang, or a program that ends the process is a result like any
 * other, with an oracle ("crash", "stuck"), a cause, the task that ran, and the hash up to there.
 */
#ifndef SIM_CLI_GUARD_H
#define SIM_CLI_GUARD_H

#include <fm_sim/sim.h>

struct guard {
	struct fm_sim_result *result;    /* is filled in */
	const volatile uint64_t *beats;  /* changes from run to run; NULL: there is one run */
	bool tells_stack; /* where in the code a signal came: costs a process, so who makes one run asks for it */
	void (*report)(struct guard *guard); /* does not return; may be called from a signal handler */
};

/* guard_arm -- from now on. One guard a process. Changes the handlers of the deadly signals and of SIGALRM. */
void guard_arm(struct guard *guard);

/* Around each run: only a run can fail. */
void guard_enter(void);
void guard_leave(void);

/* Real time without a sign of life after which a run hangs: FERMATA_HANG_MS, or 30 s; ten times that where it is slow. */
uint64_t guard_hang_ms(void);

/* How many times what scenarios allow a poll may take of CPU time: FERMATA_CPU_SCALE, or 1; 10 where it is slow, 0 (it is not watched)
 * under Valgrind. */
unsigned guard_cpu_scale(void);

/* Address or undefined-behaviour sanitizer, Valgrind: slow, and with handlers of their own. */
bool guard_sanitized(void);
bool guard_valgrind(void);

/* guard_end -- the program is about to end the process: if that is in a run, it does not return. file: "" where none is known. */
void guard_end(const char *cause, const char *file, unsigned line);

/* guard_crash -- fill in a result for a process that was found dead: signal or exit status as waitpid has it. */
void guard_crash(struct fm_sim_result *result, int wait_status);
void guard_hang(struct fm_sim_result *result);

#endif
