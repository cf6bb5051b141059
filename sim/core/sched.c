/*
 * The scheduler: which ready task next, what happens between polls, and when the clock moves.
 *
 * The clock moves only when no task can run, and then straight to the next deadline or event. Before it moves, a draw may poll a
 * parked task in place (sim/check/ghost.c). Faults strike between polls (sim/fault).
 */
#include "../escape/faketime.h"
#include "../explore/edges.h"
#include "../explore/enumerate.h"
#include "../fault/hooks.h"
#include "internal.h"

#define FETCH_AHEAD_FROM 16u /* so few tasks are in the nearest cache anyway */
#define POLLS_BEFORE_AN_EVENT 61 /* as the real executor looks outside at least so often */

static const struct fm_draw_site event_site = { "event before poll", FM_DRAW_SCHEDULE };

static void drain_remote(struct fm_sim *sim)
{
	sim->remote_pending = false;
	for (unsigned i = 0; i < sim->hosts_count; i++) {
		fm_executor_enter(sim->hosts[i]->executor);
		fm_executor_drain_remote(sim->hosts[i]->executor);
	}
	fm_executor_enter(NULL);
}

static void run_step_events(struct fm_sim *sim)
{
	for (size_t i = 0; i < sim->step_events_count;) {
		const struct sim_event event = sim->step_events[i];

		if (event.at_ns > sim->steps) {
			i++;
			continue;
		}
		for (size_t k = i + 1; k < sim->step_events_count; k++)
			sim->step_events[k - 1] = sim->step_events[k];
		sim->step_events_count--;
		event.call(sim, event.arg);
	}
	sim->has_step_events = sim->step_events_count != 0;
}

/*
 * Asks the cache for the task that comes next, unless this turn changes how many are ready. A guess that is wrong costs
 * a little time and nothing else. `ready` counts the task whose turn it is, which has left the queue.
 */
static void fetch_ahead(struct fm_sim *sim, uint32_t ready)
{
	const uint32_t position = sim__schedule_ahead(sim, ready);

	if (position + 1 >= ready)
		return; /* this task itself, if it comes back */
	__builtin_prefetch(sim->tasks[fm_runq_peek_index(sim->runq, position)]);
	__builtin_prefetch(fm_runq_peek(sim->runq, position));
}

/* Of one of whom something is remembered, and all that is asked now and then. */
static __attribute__((noinline)) void judge_odd_turn(struct fm_sim *sim, struct sim_task *record, const struct fm_task *task)
{
	const bool judged = record->flags & SIM_TASK_JUDGED;

	if (judged)
		sim__check_pending(sim, record, task);
	sim->steps++;
	if (judged && fm_task_scheduled(task))
		sim__check_spin(sim, record);
	else if (judged)
		record->spins = 0;
	if (FM_UNLIKELY(sim->steps % SIM_OWED_STEPS == 0))
		sim__look_for_owed(sim);
	if (FM_UNLIKELY(record->flags & SIM_TASK_OWES) && (record->flags & SIM_TASK_LIVE))
		sim__still_owes(sim, record);
}

/* The task may be gone where it has ended; its record is not. */
static inline void judge_turn(struct fm_sim *sim, struct sim_task *record, const struct fm_task *task)
{
	const uint32_t flags = record->flags;

	if (FM_UNLIKELY((flags & (SIM_TASK_STALE | SIM_TASK_OWES)) || sim->locks_held ||
			(sim->steps + 1) % SIM_OWED_STEPS == 0)) {
		judge_odd_turn(sim, record, task);
	} else if (FM_UNLIKELY(!(flags & SIM_TASK_JUDGED))) { /* it has ended, or nobody watches */
		sim->steps++;
	} else if (!fm_task_scheduled(task)) {
		sim__check_parked(sim, record);
		sim->steps++;
		record->spins = 0;
	} else {
		sim->steps++;
		sim__check_spin(sim, record);
	}
}

/* The same, where somebody is told of every turn. */
static __attribute__((noinline)) void watched_turn(struct fm_sim *sim, struct sim_task *record, struct fm_task *task)
{
	if (sim->sweeps)
		sim__sweep_before_turn(sim, record);
	if (sim->explores)
		sim__explore_polls(sim, record);
	if (sim->counts_rounds)
		sim__rounds_turn(sim, record);
	fm_task_run(task);
	if (sim->explores)
		sim__explore_polled(sim);
	if (sim->edges)
		sim__edges_after_turn(sim, record);
	judge_turn(sim, record, task);
	if (sim->sweeps)
		sim__sweep_after_turn(sim, record);
}

static void poll_one(struct fm_sim *sim, uint32_t ready)
{
	const uint32_t position = FM_UNLIKELY(sim->explore != NULL) ? sim__explore_task(sim, ready) :
				  ready > 1                        ? sim__draw_schedule(sim, ready) :
								     0;
	struct sim_task *record = sim->tasks[fm_runq_peek_index(sim->runq, position)]; /* stays when the task is freed */
	struct fm_task *task = fm_runq_take(sim->runq, position);

	if (ready > 1)
		sim__schedule_drawn(sim, position, record->actor.identity);
	if (ready > FETCH_AHEAD_FROM && sim->is_random)
		fetch_ahead(sim, ready);

	sim__trace(sim, SIM_TRACE_POLL, "poll", record->actor.identity, sim->steps);
	sim->suspect = record->spins != 0;
	sim->turn_left = SIM_TURN_POLLS;
	sim->charges = 0;
	/* The executor stays the running one until another host's turn: most polls come from one host. */
	if (fm_executor_current() != fm_task_executor(task)) {
		fm_executor_enter(fm_task_executor(task));
		if (FM_UNLIKELY(sim->carries_clock))
			sim__carry_clock(record->host);
	}
	if (FM_UNLIKELY(sim->turn_watchers != 0)) {
		watched_turn(sim, record, task);
		return;
	}
	fm_task_run(task);
	judge_turn(sim, record, task);
}

static __attribute__((noinline)) void do_duties(struct fm_sim *sim)
{
	if (sim->remote_pending)
		drain_remote(sim);
	if (sim->has_step_events)
		run_step_events(sim);
	if (sim->checks_step)
		sim->check_step(sim, sim->state);
	if (sim->has_strikers)
		sim__strike(sim);
	if (sim->steps >= sim->faults_until_step)
		sim__heal(sim);
	if (sim->drain_watched)
		sim__check_drain(sim);
}

static void between_polls(struct fm_sim *sim)
{
	if (FM_UNLIKELY(sim->duties != 0))
		do_duties(sim);
	else if (FM_UNLIKELY(sim->steps >= sim->faults_until_step))
		sim__heal(sim);
}

static bool run_event(struct fm_sim *sim)
{
	struct sim_event event;

	if (!sim__event_due(sim, &event))
		return false;
	sim->polls_since_event = 0;
	event.call(sim, event.arg);
	return true;
}

/* An event that is due comes before the next poll: always when nothing is ready, else drawn, but within bounds. */
static bool event_first(struct fm_sim *sim)
{
	if (FM_LIKELY(sim->next_event_ns > sim->now_ns))
		return false;
	if (fm_runq_ready(sim->runq) == 0 || ++sim->polls_since_event >= POLLS_BEFORE_AN_EVENT)
		return run_event(sim);
	if (FM_UNLIKELY(sim->explore != NULL))
		return sim__decides(sim, &sim->world, &event_site, sim__explore_event(sim)) && run_event(sim);
	return sim__strikes(sim, &sim->world, &event_site, 3) && run_event(sim);
}

static fm_ns next_deadline(struct fm_sim *sim)
{
	fm_ns next_ns = sim->next_event_ns;

	for (unsigned i = 0; i < sim->hosts_count; i++) {
		const fm_ns deadline_ns = fm_executor_deadline(sim->hosts[i]->executor);

		if (deadline_ns < next_ns)
			next_ns = deadline_ns;
	}
	return next_ns;
}

static void too_late(struct fm_sim *sim) __attribute__((noreturn));

static void too_late(struct fm_sim *sim)
{
	struct sim_text text = sim__failure_text(sim);
	struct sim_blame blame = { .oracle = "deadline" };
	unsigned live = 0;

	for (uint32_t i = 0; i < fm_runq_slots(sim->runq); i++) {
		struct fm_task *task = fm_runq_slot(sim->runq, i);
		struct sim_task *record = task ? sim__task(sim, task) : NULL;

		if (!record || !(record->flags & SIM_TASK_LIVE) || (record->flags & SIM_TASK_DAEMON))
			continue;
		if (!blame.task || (!sim__rounds_of(sim, blame.task) && sim__rounds_of(sim, record)))
			blame.task = record;
		live++;
	}
	if (blame.task) {
		const struct fm_future *leaf = NULL;
		const struct fm_await_site *site = sim__innermost(fm_task_future(blame.task->task), &leaf);

		blame.file = site ? site->file : NULL;
		blame.line = site ? site->line : 0;
	}
	sim__tell_rounds(sim, &text, blame.task);
	if (blame.task && sim__rounds_of(sim, blame.task))
		sim__fail(sim, &blame, &text,
			  "%u of the tasks that must end have not ended by the scenario's deadline: task '%s' goes round the "
			  "same awaits",
			  live, fm_task_name(blame.task->task));
	sim__fail(sim, &blame, &text, "%u of the tasks that must end have not ended by the scenario's deadline", live);
}

/* Who waits for a time that has come is woken. */
static void fire_timers(struct fm_sim *sim)
{
	for (unsigned i = 0; i < sim->hosts_count; i++) {
		if (fm_executor_deadline(sim->hosts[i]->executor) > sim->now_ns)
			continue;
		fm_executor_enter(sim->hosts[i]->executor);
		fm_executor_fire(sim->hosts[i]->executor, sim->now_ns);
		fm_executor_enter(NULL);
	}
}

static void set_clock(struct fm_sim *sim, fm_ns at_ns)
{
	sim->now_ns = at_ns;
	sim__trace(sim, SIM_TRACE_CLOCK, "clock", at_ns, 0);
	/* The next poll of any host tells of its clock. */
	if (FM_UNLIKELY(sim->carries_clock))
		fm_executor_enter(NULL);
	if (sim->drain_watched)
		sim__check_drain(sim);
}

static void advance_clock(struct fm_sim *sim)
{
	const fm_ns next_ns = next_deadline(sim);

	if (next_ns == FM_NS_MAX)
		sim__at_rest(sim);
	if (next_ns > fm_ns_add(SIM_START_NS, sim->scenario->deadline_ns) && !sim__is_off(sim, FM_SIM_ORACLE_DEADLINE))
		too_late(sim);
	if (FM_UNLIKELY(next_ns > sim->rounds_from_ns))
		sim__rounds_begin(sim);
	if (next_ns > sim->due_ns)
		sim->due_ns = next_ns;
	if (next_ns > sim->now_ns)
		set_clock(sim, sim__fault_late(sim, next_ns));
	if (!sim__fault_event_wins(sim))
		fire_timers(sim);
}

bool sim__due_within(struct fm_sim *sim, fm_ns by_ns)
{
	const fm_ns next_ns = next_deadline(sim);

	return next_ns <= by_ns && next_ns <= fm_ns_add(SIM_START_NS, sim->scenario->deadline_ns);
}

void sim__pass_time(struct fm_sim *sim)
{
	const fm_ns next_ns = next_deadline(sim);

	if (next_ns > sim->now_ns)
		set_clock(sim, next_ns);
	fire_timers(sim);
}

/* Nothing is ready and nothing is due now. */
static void quiet(struct fm_sim *sim)
{
	/* A timer that was moved to now: its wake is due, though no clock need move for it. */
	if (next_deadline(sim) > sim->now_ns)
		sim__fault_ghost_poll(sim);
	advance_clock(sim);
}

static void too_many_steps(struct fm_sim *sim) __attribute__((noreturn));

static void too_many_steps(struct fm_sim *sim)
{
	struct sim_text text = sim__failure_text(sim);
	struct sim_blame blame = { .oracle = "steps" };

	if (fm_runq_ready(sim->runq)) {
		const struct fm_future *leaf = NULL;
		const struct fm_await_site *site;

		blame.task = sim__task(sim, fm_runq_peek(sim->runq, 0));
		site = sim__innermost(fm_task_future(blame.task->task), &leaf);
		blame.file = site ? site->file : NULL;
		blame.line = site ? site->line : 0;
	}
	sim__tell_rounds(sim, &text, blame.task);
	sim__fail(sim, &blame, &text, "not ended after %llu polls: the program turns without end",
		  (unsigned long long)sim->steps);
}

void sim__run_to_end(struct fm_sim *sim)
{
	while (sim->awaited) {
		uint32_t ready;

		if (event_first(sim))
			continue;
		ready = fm_runq_ready(sim->runq);
		if (ready == 0) {
			if (sim->remote_pending)
				drain_remote(sim);
			else
				quiet(sim);
			continue;
		}
		if (FM_UNLIKELY(sim->steps >= sim->steps_max) && !sim__is_off(sim, FM_SIM_ORACLE_STEPS))
			too_many_steps(sim);
		poll_one(sim, ready);
		between_polls(sim);
	}
}

void sim__settle(struct fm_sim *sim)
{
	while (fm_runq_ready(sim->runq) || sim->remote_pending) {
		if (sim->remote_pending)
			drain_remote(sim);
		if (fm_runq_ready(sim->runq)) {
			struct fm_task *task = fm_runq_take(sim->runq, 0);

			fm_executor_enter(fm_task_executor(task));
			sim->charges = 0;
			fm_task_run(task);
			fm_executor_enter(NULL);
		}
	}
}

/* The programs have ended: end the daemons too, first in, first out, so that all they hold is given back. */
void sim__end_daemons(struct fm_sim *sim)
{
	for (uint32_t i = 0; i < fm_runq_slots(sim->runq); i++) {
		struct fm_task *task = fm_runq_slot(sim->runq, i);

		if (!task || !sim__live(sim, task) || fm_task_done(task))
			continue;
		fm_executor_enter(fm_task_executor(task));
		fm_task_abort(task);
	}
	fm_executor_enter(NULL);
	sim__settle(sim);
}
