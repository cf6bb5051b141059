/*
 * What the run asks of its oracles: internal.h ends with this, and nobody else includes it.
 */
#ifndef SIM_CHECK_CHECK_H
#define SIM_CHECK_CHECK_H

static inline bool sim__is_off(const struct fm_sim *sim, enum fm_sim_oracle oracle)
{
	return FM_UNLIKELY((sim->options->oracles_off & FM_SIM_ORACLE_BIT(oracle)) != 0);
}

/* The same, by its name. */
bool sim__is_silent(const struct fm_sim *sim, const char *oracle);
extern const struct fm_waker_ops sim__scope_waker_ops;
struct sim_blame;
/* The root future of a task said PENDING and the task is not in the run queue: somebody must be able to wake it. */
void sim__check_parked(struct fm_sim *sim, struct sim_task *task);
static inline void sim__pollee_let_go(struct fm_sim *sim, struct sim_pollee *pollee)
{
	if (pollee->alive || pollee->wakers)
		return;
	pollee->next_free = sim->free_pollees;
	sim->free_pollees = pollee;
}

/* Its future is READY or dropped. Who still has wakers of it may want to name it. */
static inline void sim__pollee_dies(struct fm_sim *sim, struct sim_pollee *pollee)
{
	if (FM_UNLIKELY(pollee->wakers != 0))
		pollee->name = pollee->future->ops->name;
	pollee->alive = false;
	pollee->kind = NULL;
	sim__pollee_let_go(sim, pollee);
}

static inline const char *sim__pollee_name(const struct sim_pollee *pollee)
{
	return pollee->alive ? pollee->future->ops->name : pollee->name;
}

/* That of a future; NULL: it has none. In the middle of its poll it may have written a status over its mark. */
static inline struct sim_pollee *sim__known_pollee(const struct fm_sim *sim, const struct fm_future *future)
{
	const uint32_t mark = fm_future_live(future) ? future->mark : 0;

	return mark && mark <= sim->pollees_count ? sim->pollees[mark] : NULL;
}

struct sim_pollee *sim__pollee_of(struct fm_sim *sim, struct fm_poll_scope *scope);
const struct fm_await_site *sim__scope_site(const struct fm_poll_scope *scope);
void sim__ghost_poll(struct fm_sim *sim, struct fm_task *task);
void sim__at_rest(struct fm_sim *sim) __attribute__((noreturn));
void sim__check_leaks(struct fm_sim *sim);
void sim__check_drain(struct fm_sim *sim);
/* sim/check/blocking.c: the root of a task said PENDING while a thread's lock was held */
void sim__locked_at_pending(struct fm_sim *sim, const struct sim_task *task) __attribute__((cold));
/* sim/check/cpu.c: the run has ended, and passed so far */
void sim__check_cpu(struct fm_sim *sim);
/* After each poll of a task that has not ended by it; also after a ghost poll. */
static inline void sim__check_pending(struct fm_sim *sim, struct sim_task *task, const struct fm_task *polled)
{
	if (FM_UNLIKELY(task->flags & SIM_TASK_STALE)) {
		task->flags &= (uint16_t)~SIM_TASK_STALE;
		task->stale = 0;
	}
	if (FM_UNLIKELY(sim->locks_held != 0))
		sim__locked_at_pending(sim, task);
	if (!fm_task_scheduled(polled))
		sim__check_parked(sim, task);
}
/* sim/check/round.c: half of the time is over; each turn from then on; how many it had, 0 where few; for the failure's text */
void sim__rounds_begin(struct fm_sim *sim) __attribute__((cold));
void sim__rounds_turn(struct fm_sim *sim, const struct sim_task *task);
uint64_t sim__rounds_of(const struct fm_sim *sim, const struct sim_task *task);
struct sim_text;
void sim__tell_rounds(const struct fm_sim *sim, struct sim_text *text, const struct sim_task *task);
/* After each poll of a live task that is ready again. One that parks spins no more: whoever wakes it is a movement. */
void sim__spins(struct fm_sim *sim, struct sim_task *task) __attribute__((cold));
static inline void sim__check_spin(struct fm_sim *sim, struct sim_task *task)
{
	if (task->spin_movements != sim->movements) {
		task->spins = 0;
		task->spin_movements = sim->movements;
	} else {
		sim__spins(sim, task);
	}
}
/* sim/check/starve.c: one turn of a task has polled so many futures, and goes on with this one */
#define SIM_TURN_POLLS 65536
void sim__turn_is_long(struct fm_sim *sim, const struct fm_poll_scope *scope) __attribute__((cold, noinline));
/* Now and then; and after each turn of a task that owes a poll. */
#define SIM_OWED_STEPS 1024
void sim__look_for_owed(struct fm_sim *sim) __attribute__((cold));
void sim__still_owes(struct fm_sim *sim, struct sim_task *task) __attribute__((cold));
/* A charge found the budget spent; one went through, while others are refused; the task turns on the spot: starving somebody? */
void sim__budget_refused(struct fm_sim *sim) __attribute__((cold));
void sim__budget_charged(struct fm_sim *sim) __attribute__((cold));
void sim__spins_for_starvation(struct fm_sim *sim, const struct sim_task *task);
/* A future became READY: matters only where its task is suspected of turning on the spot. */
void sim__spin_ready(struct fm_sim *sim, const struct fm_future *future);

#endif
