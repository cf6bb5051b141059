/*
 * Waiting for a signal. What was delivered stays in the watch until a receiver takes it, all at once; a
 * delivery wakes every receiver, so one that is dropped after it was woken keeps nothing from the others.
 */
#include <fm/env.h>
#include <fm/observe.h>
#include <fm/signal.h>

int fm_signal_open(struct fm_signal_watch *watch, int signo)
{
	struct fm_env *env = fm_env_current();
	int status;

	fm_list_init(&watch->link);
	watch->env = NULL;
	watch->signo = signo;
	watch->delivered = 0;
	fm_waitq_init(&watch->waiters);
	if (!env)
		return FM_ERR_INVALID;
	status = env->ops->signal_watch(env, watch);
	if (status == FM_OK)
		watch->env = env;
	return status;
}

void fm_signal_close(struct fm_signal_watch *watch)
{
	struct fm_env *env = watch->env;

	if (!env)
		return;
	watch->env = NULL;
	env->ops->signal_unwatch(env, watch);
	fm_waitq_wake_all(&watch->waiters);
}

void fm_signal_deliver(struct fm_signal_watch *watch)
{
	watch->delivered++;
	fm_waitq_wake_all(&watch->waiters);
}

static enum fm_poll recv_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_signal_recv *self = FM_CONTAINER_OF(future, struct fm_signal_recv, fut);
	struct fm_signal_watch *watch = self->watch;

	if (watch->delivered == 0 && watch->env) {
		if (!fm_waiter_queued(&self->waiter))
			fm_observe_wait("signal", watch, future);
		fm_waitq_wait(&watch->waiters, &self->waiter, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	fm_waiter_leave(&self->waiter);
	self->count = watch->delivered;
	watch->delivered = 0;
	return fm_ready(future, self->count ? FM_OK : FM_ERR_CLOSED);
}

static void recv_drop(struct fm_future *future)
{
	struct fm_signal_recv *self = FM_CONTAINER_OF(future, struct fm_signal_recv, fut);

	if (!fm_waiter_queued(&self->waiter))
		return;
	fm_observe_unwait(self->watch, future);
	fm_waiter_leave(&self->waiter);
}

static void recv_renew(struct fm_future *future)
{
	struct fm_signal_recv *self = FM_CONTAINER_OF(future, struct fm_signal_recv, fut);

	fm_signal_recv_init(self, self->watch);
}

static const struct fm_future_ops recv_ops = {
	.name = "fm_signal_recv",
	.poll = recv_poll,
	.drop = recv_drop,
	.cancel = FM_CANCEL_SAFE,
	.renew = recv_renew,
};

struct fm_future *fm_signal_recv_init(struct fm_signal_recv *self, struct fm_signal_watch *watch)
{
	fm_future_init(&self->fut, &recv_ops);
	self->watch = watch;
	self->count = 0;
	fm_waiter_init(&self->waiter);
	return &self->fut;
}
