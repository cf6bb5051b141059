/*
 * Sleep: READY once the clock has reached the deadline. The clock is read in every poll, so that neither a
 * spurious wake nor a timer that fired before a reset is taken for the end.
 */
#include "deadline.h"

#include <fm/sleep.h>

static enum fm_poll sleep_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_sleep *self = FM_CONTAINER_OF(future, struct fm_sleep, fut);

	fm__deadline_poll(&self->deadline_ns, &self->begun, cx);
	if (!fm__elapsed(self->deadline_ns, cx)) {
		fm_timer_arm(&self->timer, self->deadline_ns, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	fm_timer_disarm(&self->timer);
	return fm_ready(future, FM_OK);
}

static void sleep_drop(struct fm_future *future)
{
	fm_timer_disarm(&FM_CONTAINER_OF(future, struct fm_sleep, fut)->timer);
}

static void sleep_renew(struct fm_future *future)
{
	struct fm_sleep *self = FM_CONTAINER_OF(future, struct fm_sleep, fut);
	const bool begun = self->begun;

	fm_sleep_until_init(self, self->deadline_ns);
	self->begun = begun;
}

static const struct fm_future_ops sleep_ops = {
	.name = "fm_sleep",
	.poll = sleep_poll,
	.drop = sleep_drop,
	.cancel = FM_CANCEL_SAFE,
	.renew = sleep_renew,
};

struct fm_future *fm_sleep_until_init(struct fm_sleep *self, fm_ns deadline_ns)
{
	fm_future_init(&self->fut, &sleep_ops);
	fm_timer_init(&self->timer);
	self->deadline_ns = deadline_ns;
	self->begun = true;
	return &self->fut;
}

struct fm_future *fm_sleep_init(struct fm_sleep *self, fm_ns length_ns)
{
	fm_sleep_until_init(self, length_ns);
	self->begun = fm__deadline_begin(&self->deadline_ns);
	return &self->fut;
}

void fm_sleep_reset(struct fm_sleep *self, fm_ns deadline_ns)
{
	if (!fm_future_live(&self->fut)) {
		fm_sleep_until_init(self, deadline_ns);
		return;
	}
	self->deadline_ns = deadline_ns;
	self->begun = true;
	fm_timer_move(&self->timer, deadline_ns);
}
