/*
 * Cancelling exactly once, at one point: a task, an await, the n-th time that it is there.
 *
 * A run with a visitor counts the points; a run with a point cancels at it. Points are named by the task's stable identity and the
 * innermost await, so that the second run, which is the same up to there, finds the same. An abort takes effect when the task's turn
 * comes, as it does for real: what others do until then belongs to it.
 */
#include "../core/internal.h"

#define DEPTH_MAX 32

const char *fm_sim_cancel_how_name(unsigned how)
{
	static const char *const names[] = { "unpolled", "parked", "woken", "await" };

	return how < FM_SIM_CANCEL_HOWS ? names[how] : NULL;
}

static uint32_t count(struct fm_sim *sim, enum fm_sim_cancel_how how, uint64_t task,
		      const struct fm_await_site *site)
{
	for (size_t i = 0; i < sim->counts_count; i++) {
		struct sim_count *known = &sim->counts[i];

		if (known->task == task && known->site == site && known->how == how)
			return ++known->times;
	}
	if (sim->counts_count == sim->counts_cap)
		sim->counts = sim__own_grow(sim->counts, &sim->counts_cap, sizeof(*sim->counts),
					    sim->counts_count + 1);
	sim->counts[sim->counts_count++] = (struct sim_count){ task, site, how, 1 };
	return 1;
}

/* The awaits that a task stands in, outermost first; the first child is followed. */
static unsigned stack_of(const struct fm_future *future, const struct fm_await_site **stack, const char **leaf)
{
	unsigned depth = 0;

	*leaf = future->ops->name;
	for (unsigned i = 0; i < DEPTH_MAX && fm_future_live(future) && future->ops->inspect; i++) {
		struct fm_future *child = NULL;
		const struct fm_await_site *site = future->ops->inspect(future, 0, &child);

		if (site)
			stack[depth++] = site;
		if (!child)
			break;
		future = child;
		*leaf = future->ops->name;
	}
	return depth;
}

/* Tells of a point; true: it is the one to cancel at. */
static bool come_by(struct fm_sim *sim, const struct sim_task *task, enum fm_sim_cancel_how how,
		    const struct fm_await_site *site)
{
	const struct fm_await_site *stack[DEPTH_MAX];
	const struct fm_sim_point *wanted = sim->options->cancel;
	struct fm_sim_visit visit = {
		.task = fm_task_name(task->task),
		.cancellable = task->flags & SIM_TASK_CANCELLABLE,
		.daemon = task->flags & SIM_TASK_DAEMON,
		.stack = stack,
	};

	visit.depth = stack_of(fm_task_future(task->task), stack, &visit.leaf);
	if (how == FM_SIM_CANCEL_PARKED || how == FM_SIM_CANCEL_WOKEN)
		site = visit.depth ? stack[visit.depth - 1] : NULL;
	visit.point = (struct fm_sim_point){ how, task->actor.identity, site, 0 };
	visit.point.times = count(sim, how, task->actor.identity, site);
	if (sim->options->visit)
		sim->options->visit(sim->options->visit_arg, &visit);
	return wanted && !sim->result->cancelled && wanted->how == how && wanted->task == visit.point.task &&
	       wanted->site == site && wanted->times == visit.point.times;
}

static void cancel(struct fm_sim *sim, struct sim_task *task, const char *what)
{
	sim->result->cancelled = true;
	sim__trace(sim, SIM_TRACE_FAULT, what, task->serial, 0);
	if (fm_executor_current() != fm_task_executor(task->task))
		fm_executor_enter(fm_task_executor(task->task));
	fm_task_abort(task->task);
}

void sim__sweep_before_turn(struct fm_sim *sim, struct sim_task *task)
{
	if (!task->polled) {
		task->polled = true;
		if (come_by(sim, task, FM_SIM_CANCEL_UNPOLLED, NULL))
			cancel(sim, task, "sweep: unpolled");
	}
	if (sim->cancel_woken == task->actor.identity) {
		sim->cancel_woken = 0;
		cancel(sim, task, "sweep: woken");
	}
}

void sim__sweep_after_turn(struct fm_sim *sim, struct sim_task *task)
{
	if (!(task->flags & SIM_TASK_LIVE))
		return;
	if (come_by(sim, task, FM_SIM_CANCEL_WOKEN, NULL))
		sim->cancel_woken = task->actor.identity;
	if (!fm_task_scheduled(task->task) && come_by(sim, task, FM_SIM_CANCEL_PARKED, NULL))
		cancel(sim, task, "sweep: parked");
}

bool sim__sweep_await(struct fm_sim *sim, const struct fm_await_site *site)
{
	struct fm_task *task = fm_task_current();

	if (!task || !come_by(sim, sim__task(sim, task), FM_SIM_CANCEL_AWAIT, site))
		return false;
	sim->result->cancelled = true;
	return true;
}
