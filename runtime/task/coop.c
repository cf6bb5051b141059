/*
 * The cooperative budget. The real one is a countdown a task's poll; a drawn one asks the environment each time: 0 goes on.
 */
#include "internal.h"

static const struct fm_draw_site budget_site = { "budget", FM_DRAW_SCHEDULE };

bool fm_coop(struct fm_context *cx)
{
	struct fm_executor *executor = cx->executor;
	struct fm_env *env = executor->env;

	if (FM_UNLIKELY(env->budget_is_drawn)) {
		if (env->ops->draw(env, &budget_site, 2) == 0)
			return true;
	} else if (FM_LIKELY(executor->budget_left > 0)) {
		executor->budget_left--;
		return true;
	}
	fm_waker_wake_by_ref(cx->waker);
	return false;
}
