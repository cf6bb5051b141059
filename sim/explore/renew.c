/*
 * One future dropped and made anew in its place: before its first poll, as soon as it waits, after a wake, or with others
 * coming between.
 *
 * Done at the poll, where nobody else looks at the future: an observer around the run's own. The outermost that can be made anew
 * is: what it awaits within is its own. One that promises what its child does (FM_CANCEL_CHILDREN) stands for that child. What
 * a future says of itself (fm_future_ops.cancel) is not asked here; the verdict is the command's.
 */
#include "../core/internal.h"

static void stack_below(const struct fm_poll_scope *scope, struct sim_stack *stack)
{
	stack->depth = 0;
	for (; scope && stack->depth < SIM_STACK_MAX; scope = fm_poll_scope_parent(scope)) {
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

/* Whose promise it is; NULL: it cannot be made anew, down to the one that promises, or stands in one that can. */
static const struct fm_future_ops *promiser(struct fm_future *future, const struct fm_poll_scope *scope)
{
	struct fm_future *child = NULL;

	if (FM_LIKELY(!future->ops->renew))
		return NULL;
	for (; scope; scope = fm_poll_scope_parent(scope))
		if (scope->future->ops->renew)
			return NULL;
	if (future->ops->inspect)
		future->ops->inspect(future, 0, &child);
	for (unsigned i = 0; i < SIM_STACK_MAX && child && future->ops->cancel == FM_CANCEL_CHILDREN; i++) {
		future = child;
		child = NULL;
		if (!future->ops->renew)
			return NULL;
		if (future->ops->inspect)
			future->ops->inspect(future, 0, &child);
	}
	return future->ops;
}

static bool comes_by(struct fm_sim *sim, const struct fm_future_ops *leaf, const struct fm_poll_scope *scope,
		     enum fm_sim_cancel_how how)
{
	const struct fm_sim_point *wanted = sim->options->cancel;
	struct fm_task *task = fm_task_current();
	struct sim_stack stack;
	struct fm_sim_point point = { .how = how, .leaf = leaf };

	if (!sim->options->visit && (sim->result->cancelled || wanted->leaf != leaf || wanted->how != how))
		return false;
	stack_below(scope, &stack);
	stack.leaf = leaf;
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

static enum fm_poll on_poll(struct fm_observer *observer, struct fm_future *future, struct fm_context *cx,
			    uint32_t place)
{
	struct fm_sim *sim = sim__of_observer(observer);
	const struct fm_future_ops *leaf = sim->ghost || !fm_task_current() ? NULL : promiser(future, sim->scope);
	enum fm_poll result;

	if (!leaf)
		return sim->swept->poll(observer, future, cx, place);
	if (future->self == FM__FUTURE_FRESH) {
		if (comes_by(sim, leaf, cx->scope, FM_SIM_RENEW_UNPOLLED))
			renew(sim, future, "sweep: anew unpolled");
	} else {
		if (comes_by(sim, leaf, cx->scope, FM_SIM_RENEW_WOKEN))
			renew(sim, future, "sweep: anew woken");
		if (comes_by(sim, leaf, cx->scope, FM_SIM_RENEW_LATER)) {
			renew(sim, future, "sweep: anew later");
			fm_waker_wake_by_ref(cx->waker);
			return FM_PENDING;
		}
	}
	result = sim->swept->poll(observer, future, cx, place);
	/* One that only gave way has woken its task, and does not wait. */
	if (result == FM_PENDING && !fm_task_scheduled(fm_task_current()) &&
	    comes_by(sim, leaf, cx->scope, FM_SIM_RENEW_WAITING)) {
		renew(sim, future, "sweep: anew waiting");
		result = sim->swept->poll(observer, future, cx, place);
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
