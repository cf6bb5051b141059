/*
 * The cooperative budget. The real one is a countdown a task's poll; a drawn one asks the environment each time.
 */
#include "internal.h"

/* Out of line, so that the common charge is a countdown that fits into its callers. */
static __attribute__((noinline)) bool charge_spent(struct fm_context *cx, const void *resource)
{
	struct fm_env *env = cx->executor->env;

	if (env->budget_is_drawn && env->ops->charge(env, resource))
		return true;
	fm_waker_wake_by_ref(cx->waker);
	return false;
}

bool fm_coop_on(struct fm_context *cx, const void *resource)
{
	if (FM_UNLIKELY(cx->executor->budget_left == 0))
		return charge_spent(cx, resource);
	cx->executor->budget_left--;
	return true;
}

bool fm_coop(struct fm_context *cx)
{
	return fm_coop_on(cx, NULL);
}
