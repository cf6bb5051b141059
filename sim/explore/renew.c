/*
 * One future dropped and made anew in its place: before its first poll, as soon as it waits, after a wake, or with others
 * coming between.
 *
 * Done at the poll, where nobody else looks at the future: an observer around the run's own. What a future says of itself
 * (fm_future_ops.cancel) is not asked here; the verdict is the command's.
 */
#include "../core/internal.h"

static void stack_below(const struct fm_poll_scope *scope, struct sim_stack *stack)
{
	stack->depth = 0;
	for (; scope && stack->depth < SIM_STACK_MAX; scope = scope->parent) {
		struct fm_future *child;
		const struct fm_await_site *site =
			scope->future->ops->inspect ? scope->future->ops->inspect(scope->future, 0, &child) : NULL;

		if (site)
			stack->sites[stack->depth++] = site;
	}
	for (unsigned i = 0; i < stack->depth / 2; i++) {
		const struct fm_await_site *site = stack->sites[i];

		stack->sites[i] = stack->sites[stack->depth - 1 - i];
		stack->sites[stack->depth - 1 - i] = site;
	}
}

static bool comes_by(struct fm_sim *sim, const struct fm_future *future, const struct fm_poll_scope *scope,
		     enum fm_sim_cancel_how how)
{
	const struct fm_sim_point *wanted = sim->options->cancel;
	struct fm_task *task = fm_task_current();
	struct sim_stack stack;
	struct fm_sim_point point = { .how = how, .leaf = future->ops };

	if (!task || (!sim->options->visit && (sim->result->cancelled || wanted->leaf != future->ops || wanted->how != how)))
		return false;
	stack_below(scope, &stack);
	stack.leaf = future->ops;
	point.task = sim__task(sim, task)->actor.identity;
	point.site = stack.depth ? stack.sites[stack.depth - 1] : NULL;
	return sim__come_by(sim, sim__task(sim, task), &point, &stack);
}

static void renew(struct fm_sim *sim, struct fm_future *future, const char *what)
{
	sim->result->cancelled = true;
	sim__trace(sim, SIM_TRACE_FAULT, what, sim__task(sim, fm_task_current())->serial, 0);
	fm_drop(future);
	future->ops->renew(future);
}

static enum fm_poll on_poll(struct fm_observer *observer, struct fm_future *future, struct fm_context *cx)
{
	struct fm_sim *sim = sim__of_observer(observer);
	enum fm_poll result;

	if (!future->ops->renew || sim->ghost)
		return sim->swept->poll(observer, future, cx);
	if (future->self == FM__FUTURE_FRESH) {
		if (comes_by(sim, future, cx->scope, FM_SIM_RENEW_UNPOLLED))
			renew(sim, future, "sweep: anew unpolled");
	} else {
		if (comes_by(sim, future, cx->scope, FM_SIM_RENEW_WOKEN))
			renew(sim, future, "sweep: anew woken");
		if (comes_by(sim, future, cx->scope, FM_SIM_RENEW_LATER)) {
			renew(sim, future, "sweep: anew later");
			fm_waker_wake_by_ref(cx->waker);
			return FM_PENDING;
		}
	}
	result = sim->swept->poll(observer, future, cx);
	if (result == FM_PENDING && comes_by(sim, future, cx->scope, FM_SIM_RENEW_WAITING)) {
		renew(sim, future, "sweep: anew waiting");
		result = sim->swept->poll(observer, future, cx);
	}
	return result;
}

void sim__sweep_futures(struct fm_sim *sim)
{
	sim->swept = sim->observer.ops;
	sim->sweeping = *sim->swept;
	sim->sweeping.poll = on_poll;
	sim->observer.ops = &sim->sweeping;
}
