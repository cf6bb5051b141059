/*
 * What sleep, timeout and interval share: the clock of a poll, and lengths that begin when an executor
 * first runs.
 */
#ifndef FM_TIME_DEADLINE_H
#define FM_TIME_DEADLINE_H

#include <fm/executor.h>
#include <fm/timer.h>

static inline fm_ns fm__now(const struct fm_context *cx)
{
	struct fm_env *env = fm_executor_env(cx->executor);

	return env->ops->now(env);
}

/* A length becomes a deadline here, if the clock can be read; else at the first poll. True: it has. */
static inline bool fm__deadline_begin(fm_ns *deadline_ns)
{
	if (!fm_executor_current())
		return false;
	*deadline_ns = fm_ns_add(fm_now(), *deadline_ns);
	return true;
}

static inline void fm__deadline_poll(fm_ns *deadline_ns, bool *begun, const struct fm_context *cx)
{
	if (*begun)
		return;
	*deadline_ns = fm_ns_add(fm__now(cx), *deadline_ns);
	*begun = true;
}

/* The far future never comes, not even when the clock stands at its end. */
static inline bool fm__elapsed(fm_ns deadline_ns, const struct fm_context *cx)
{
	return deadline_ns != FM_NS_MAX && fm__now(cx) >= deadline_ns;
}

#endif
