/*
 * Interval: when the next tick is due is state of the interval and moves only as a tick becomes READY. So a
 * dropped tick loses nothing, and lateness never adds up.
 */
#include "deadline.h"

#include <fm/interval.h>

static fm_ns following(const struct fm_interval *self, fm_ns now_ns)
{
	const fm_ns due_ns = self->next_ns;
	const fm_ns period_ns = self->period_ns;

	if (now_ns <= fm_ns_add(due_ns, FM_INTERVAL_SLACK_NS))
		return fm_ns_add(due_ns, period_ns);
	switch (self->behaviour) {
	case FM_INTERVAL_DELAY:
		return fm_ns_add(now_ns, period_ns);
	case FM_INTERVAL_SKIP:
		return fm_ns_add(now_ns - (now_ns - due_ns) % period_ns, period_ns);
	case FM_INTERVAL_BURST:
		break;
	}
	return fm_ns_add(due_ns, period_ns);
}

static enum fm_poll tick_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_interval_tick *self = FM_CONTAINER_OF(future, struct fm_interval_tick, fut);
	struct fm_interval *interval = self->interval;

	fm__deadline_poll(&interval->next_ns, &interval->begun, cx);
	if (!fm__elapsed(interval->next_ns, cx)) {
		fm_timer_arm(&self->timer, interval->next_ns, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	fm_timer_disarm(&self->timer);
	self->due_ns = interval->next_ns;
	interval->next_ns = following(interval, fm__now(cx));
	return fm_ready(future, FM_OK);
}

static void tick_drop(struct fm_future *future)
{
	fm_timer_disarm(&FM_CONTAINER_OF(future, struct fm_interval_tick, fut)->timer);
}

static void tick_renew(struct fm_future *future)
{
	struct fm_interval_tick *self = FM_CONTAINER_OF(future, struct fm_interval_tick, fut);

	fm_interval_tick_init(self, self->interval);
}

static const struct fm_future_ops tick_ops = {
	.name = "fm_interval_tick",
	.poll = tick_poll,
	.drop = tick_drop,
	.cancel = FM_CANCEL_SAFE,
	.renew = tick_renew,
};

int fm_interval_at_init(struct fm_interval *self, fm_ns start_ns, fm_ns period_ns,
			enum fm_interval_behaviour behaviour)
{
	if (period_ns == 0)
		return FM_ERR_INVALID;
	*self = (struct fm_interval){
		.period_ns = period_ns,
		.next_ns = start_ns,
		.behaviour = behaviour,
		.begun = true,
	};
	return FM_OK;
}

int fm_interval_init(struct fm_interval *self, fm_ns period_ns, enum fm_interval_behaviour behaviour)
{
	const int status = fm_interval_at_init(self, 0, period_ns, behaviour);

	if (status == FM_OK)
		self->begun = fm__deadline_begin(&self->next_ns);
	return status;
}

struct fm_future *fm_interval_tick_init(struct fm_interval_tick *self, struct fm_interval *interval)
{
	fm_future_init(&self->fut, &tick_ops);
	fm_timer_init(&self->timer);
	self->interval = interval;
	self->due_ns = 0;
	return &self->fut;
}
