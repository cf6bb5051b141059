/*
 * Cancelling exactly once, at one point: a task, an await, the n-th time that it is there.
 *
 * A run with a visitor counts the points; a run with a point cancels at it. Points are named by the task's stable identity and the
 * innermost await, so that the second run, which is the same up to there, finds the same. An abort takes effect when the task's turn
 * comes, as it does for real: what others do until then belongs to it. Single futures are made anew in renew.c.
 */
#include "../core/internal.h"

const char *fm_sim_cancel_how_name(unsigned how)
{
	static const char *const names[] = { "unpolled",      "parked",	      "held",	    "woken",	 "retried",
					     "anew unpolled", "anew waiting", "anew woken", "anew later" };

	return how < FM_SIM_CANCEL_HOWS ? names[how] : NULL;
}

static uint32_t count(struct fm_sim *sim, const struct fm_sim_point *point)
{
	for (size_t i = 0; i < sim->counts_count; i++) {
		struct sim_count *known = &sim->counts[i];

		if (known->task == point->task && known->site == point->site && known->leaf == point->leaf &&
		    known->how == point->how)
			return ++known->times;
	}
	if (sim->counts_count == sim->counts_cap)
		sim->counts = sim__own_grow(sim->counts, &sim->counts_cap, sizeof(*sim->counts),
					    sim->counts_count + 1);
	sim->counts[sim->counts_count++] =
		(struct sim_count){ point->task, point->site, point->leaf, point->how, 1 };
	return 1;
}

/* The awaits that a task stands in; the first child is followed. */
static void stack_of(const struct fm_future *future, struct sim_stack *stack)
{
	stack->depth = 0;
	stack->leaf = future->ops;
	for (unsigned i = 0; i < SIM_STACK_MAX && fm_future_live(future) && future->ops->inspect; i++) {
		struct fm_future *child = NULL;
		const struct fm_await_site *site = future->ops->inspect(future, 0, &child);

		if (site)
			stack->sites[stack->depth++] = site;
		if (!child)
			break;
		future = child;
		stack->leaf = future->ops;
	}
}

/* What a parked task waits for that another task holds; NULL: there is no such thing. */
static const struct sim_holder *holder_for(const struct fm_sim *sim, const struct sim_task *task, const char **kind)
{
	const uint32_t index = fm_task_index(task->task);

	for (uint32_t i = 1; sim->holders_count && i <= sim->pollees_count; i++) {
		const struct sim_pollee *pollee = sim->pollees[i];

		if (!pollee->alive || !pollee->kind || pollee->granted || pollee->task != task ||
		    pollee->serial != task->serial)
			continue;
		for (size_t k = 0; k < sim->holders_count; k++) {
			if (sim->holders[k].resource != pollee->resource || sim->holders[k].task == index ||
			    sim->holders[k].task == UINT32_MAX)
				continue;
			*kind = pollee->kind;
			return &sim->holders[k];
		}
	}
	return NULL;
}

bool sim__come_by(struct fm_sim *sim, const struct sim_task *task, struct fm_sim_point *point,
		  const struct sim_stack *stack)
{
	const struct fm_sim_point *wanted = sim->options->cancel;
	struct fm_sim_visit visit = {
		.task = fm_task_name(task->task),
		.leaf = point->leaf ? point->leaf : stack->leaf,
		.cancellable = task->flags & SIM_TASK_CANCELLABLE,
		.daemon = task->flags & SIM_TASK_DAEMON,
		.stack = stack->sites,
		.depth = stack->depth,
	};

	if (!sim->options->visit && (sim->result->cancelled || wanted->how != point->how || wanted->task != point->task ||
				     wanted->site != point->site || wanted->leaf != point->leaf))
		return false;
	point->times = count(sim, point);
	visit.point = *point;
	if (point->how == FM_SIM_CANCEL_HELD) {
		const struct sim_holder *holder = holder_for(sim, task, &visit.waits_for);
		const struct sim_task *by = sim->tasks[holder->task];

		visit.held_by = by && (by->flags & SIM_TASK_LIVE) ? fm_task_name(by->task) : "a task that has ended";
	}
	if (sim->options->visit)
		sim->options->visit(sim->options->visit_arg, &visit);
	return wanted && !sim->result->cancelled && wanted->how == point->how && wanted->task == point->task &&
	       wanted->site == point->site && wanted->leaf == point->leaf && wanted->times == point->times;
}

/* As a whole task comes by. */
static bool comes_by(struct fm_sim *sim, const struct sim_task *task, enum fm_sim_cancel_how how,
		     const struct sim_stack *stack)
{
	const bool stands = how != FM_SIM_CANCEL_UNPOLLED && stack->depth;
	struct fm_sim_point point = {
		.how = how,
		.task = task->actor.identity,
		.site = stands ? stack->sites[stack->depth - 1] : NULL,
	};

	return sim__come_by(sim, task, &point, stack);
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
		const struct sim_stack stack = { .leaf = fm_task_future(task->task)->ops };

		task->polled = true;
		if (comes_by(sim, task, FM_SIM_CANCEL_UNPOLLED, &stack))
			cancel(sim, task, "sweep: unpolled");
	}
	if (sim->cancel_woken == task->actor.identity) {
		sim->cancel_woken = 0;
		cancel(sim, task, "sweep: woken");
	}
}

void sim__sweep_after_turn(struct fm_sim *sim, struct sim_task *task)
{
	enum fm_sim_cancel_how how = FM_SIM_CANCEL_PARKED;
	const char *kind;
	struct sim_stack stack;

	if (!(task->flags & SIM_TASK_LIVE) || (sim->result->cancelled && !sim->options->visit))
		return;
	stack_of(fm_task_future(task->task), &stack);
	if (comes_by(sim, task, FM_SIM_CANCEL_WOKEN, &stack))
		sim->cancel_woken = task->actor.identity;
	if (fm_task_scheduled(task->task))
		return;
	if (holder_for(sim, task, &kind))
		how = FM_SIM_CANCEL_HELD;
	if (comes_by(sim, task, how, &stack))
		cancel(sim, task, how == FM_SIM_CANCEL_HELD ? "sweep: held" : "sweep: parked");
}

bool sim__sweep_await(struct fm_sim *sim, const struct fm_await_site *site)
{
	struct fm_task *task = fm_task_current();
	struct sim_stack stack;
	struct fm_sim_point point = { .how = FM_SIM_CANCEL_AWAIT, .site = site };

	if (!task)
		return false;
	point.task = sim__task(sim, task)->actor.identity;
	stack_of(fm_task_future(task), &stack);
	if (!sim__come_by(sim, sim__task(sim, task), &point, &stack))
		return false;
	sim->result->cancelled = true;
	return true;
}
