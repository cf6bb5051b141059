/*
 * Race: a select whose branches are all owned and all enabled, so that an array of futures is enough.
 */
#include "rotation.h"

#include <fm/race.h>

static void drop_losers(struct fm_race *self)
{
	for (uint32_t i = 0; i < self->count; i++) {
		if (i != self->winner)
			fm_drop(self->futures[i]);
	}
}

static enum fm_poll race_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_race *self = FM_CONTAINER_OF(future, struct fm_race, fut);
	const uint32_t start = fm__rotation(cx, self->count);

	if (self->count == 0)
		return fm_ready(future, FM_ERR_EMPTY);
	for (uint32_t i = 0; i < self->count; i++) {
		const uint32_t at = i < self->count - start ? start + i : i - (self->count - start);

		if (fm_poll(self->futures[at], cx) == FM_READY) {
			self->winner = at;
			drop_losers(self);
			return fm_ready(future, self->futures[at]->status);
		}
	}
	return FM_PENDING;
}

static void race_drop(struct fm_future *future)
{
	drop_losers(FM_CONTAINER_OF(future, struct fm_race, fut));
}

static const struct fm_await_site *race_inspect(const struct fm_future *future, unsigned index,
						struct fm_future **child)
{
	const struct fm_race *self = FM_CONTAINER_OF(future, const struct fm_race, fut);

	*child = index < self->count ? self->futures[index] : NULL;
	return NULL;
}

static const struct fm_future_ops race_ops = {
	.name = "fm_race",
	.poll = race_poll,
	.drop = race_drop,
	.inspect = race_inspect,
	.cancel = FM_CANCEL_CHILDREN,
};

struct fm_future *fm_race_init(struct fm_race *self, struct fm_future *const *futures, uint32_t count)
{
	fm_future_init(&self->fut, &race_ops);
	self->futures = futures;
	self->count = count;
	self->winner = UINT32_MAX;
	return &self->fut;
}
