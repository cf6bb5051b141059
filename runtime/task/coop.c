/*
 * The cooperative budget. The real one is a countdown a task's poll; a drawn one asks the environment each time: 0 goes on.
 */
#include "internal.h"

static const struct fm_draw_site budget_site = { "budget", FM_DRAW_SCHEDULE };

/* Out of line, so that the common charge is a countdown that fits into its callers. */
static __attribute__((noinline)) bool charge_spent(struct fm_context *cx)
{
	struct fm_env *env = cx->executor->env;

	if (env->budget_is_drawn && env->ops->draw(env, &budget_site, 2) == 0)
		return true;
	fm_waker_wake_by_ref(cx->waker);
	return false;
}

bool fm_coop(struct fm_context *cx)
{
	if (FM_UNLIKELY(cx->executor->budget_left == 0))
		return charge_spent(cx);
	cx->executor->budget_left--;
	return true;
}
