/*
 * A scenario of one task that does one thing, once, in its second poll: what the command then says of it is what
 * the tests look at.
 */
#ifndef ESCAPE_ONE_TASK_H
#define ESCAPE_ONE_TASK_H

#include <fm/async.h>
#include <fm/sleep.h>
#include <fm_sim/scenario.h>

struct one_task {
	struct fm_async async;
	void (*act)(struct fm_sim *sim);
	struct fm_sleep sleep;
};

struct one_task *one_task_new(struct fm_sim_host *host, void (*act)(struct fm_sim *sim));

#define ONE_TASK(identifier, name_, claim_)                                   \
	static void identifier##_act(struct fm_sim *sim);                     \
	static void identifier##_setup(struct fm_sim *sim, void *state)       \
	{                                                                     \
		(void)state;                                                  \
		fm_sim_start(one_task_new(fm_sim_host(sim, "left"), identifier##_act)); \
	}                                                                     \
	FM_SCENARIO(identifier) = {                                           \
		.name = name_,                                                \
		.claim = claim_,                                              \
		.deadline_ns = FM_HOUR,                                       \
		.setup = identifier##_setup,                                  \
	};                                                                    \
	static void identifier##_act(struct fm_sim *sim)

#endif
