#include "gate.h"

bool gate_wakes_one;
bool gate_keeps_first;
bool gate_keeps_waker;
bool gate_lets_in;
bool gate_forgets;

static enum fm_poll pass_poll(struct fm_future *future, struct fm_context *cx)
{
	struct gate_pass *self = FM_CONTAINER_OF(future, struct gate_pass, fut);
	const bool waits = fm_waiter_queued(&self->waiter);

	if ((self->gate->open && !(gate_forgets && self->waited)) || (gate_lets_in && !waits)) {
		if (!fm_coop_on(cx, self->gate))
			return FM_PENDING;
		fm_waiter_leave(&self->waiter);
		return fm_ready(future, FM_OK);
	}
	self->waited = true;
	if (!(gate_keeps_first && waits))
		fm_waitq_wait(&self->gate->waiters, &self->waiter, cx);
	return FM_PENDING;
}

static void pass_drop(struct fm_future *future)
{
	struct gate_pass *self = FM_CONTAINER_OF(future, struct gate_pass, fut);

	if (gate_keeps_waker)
		fm_list_unlink(&self->waiter.link);
	else
		fm_waiter_leave(&self->waiter);
}

static const struct fm_future_ops pass_ops = { .name = "gate_pass", .poll = pass_poll, .drop = pass_drop };

struct fm_future *gate_pass_init(struct gate_pass *self, struct gate *gate)
{
	fm_future_init(&self->fut, &pass_ops);
	self->gate = gate;
	fm_waiter_init(&self->waiter);
	self->waited = false;
	return &self->fut;
}

void gate_init(struct gate *self)
{
	fm_waitq_init(&self->waiters);
	self->open = false;
}

void gate_open(struct gate *self)
{
	self->open = true;
	if (gate_wakes_one)
		fm_waitq_wake_first(&self->waiters);
	else
		fm_waitq_wake_all(&self->waiters);
}
