/*
 * Join: poll all that have not ended, starting one further each time; READY when none is left.
 *
 * Which have ended the futures know themselves, so a join keeps no flags; it costs a pass over them a poll.
 */
#include <fm/join.h>

#define NONE UINT32_MAX

static struct fm_join *join_of(struct fm_future *future)
{
	return FM_CONTAINER_OF(future, struct fm_join, fut);
}

static void drop_unended(struct fm_join *self)
{
	for (uint32_t i = 0; i < self->count; i++)
		fm_drop(self->futures[i]); /* leaves those that are READY */
}

/* One round. Gives how many are still PENDING; with stop_at_error, *failed is the first that ended badly. */
static uint32_t poll_round(struct fm_join *self, struct fm_context *cx, uint32_t *failed)
{
	uint32_t pending = 0;
	uint32_t at = self->start;

	for (uint32_t i = 0; i < self->count; i++, at++) {
		struct fm_future *future;

		if (at == self->count)
			at = 0;
		future = self->futures[at];
		if (!fm_future_is_ready(future) && fm_poll(future, cx) == FM_PENDING) {
			pending++;
		} else if (failed && future->status < 0) {
			*failed = at;
			break;
		}
	}
	if (++self->start >= self->count)
		self->start = 0;
	return pending;
}

static enum fm_poll join_poll(struct fm_future *future, struct fm_context *cx)
{
	if (poll_round(join_of(future), cx, NULL) > 0)
		return FM_PENDING;
	return fm_ready(future, FM_OK);
}

static enum fm_poll try_join_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_join *join = join_of(future);
	struct fm_try_join *self = FM_CONTAINER_OF(join, struct fm_try_join, join);
	const uint32_t pending = poll_round(join, cx, &self->failed);

	if (self->failed != NONE) {
		drop_unended(join);
		return fm_ready(future, join->futures[self->failed]->status);
	}
	return pending > 0 ? FM_PENDING : fm_ready(future, FM_OK);
}

static void join_drop(struct fm_future *future)
{
	drop_unended(join_of(future));
}

static const struct fm_await_site *join_inspect(const struct fm_future *future, unsigned index,
						struct fm_future **child)
{
	const struct fm_join *self = FM_CONTAINER_OF(future, const struct fm_join, fut);

	*child = NULL;
	for (uint32_t i = 0; i < self->count; i++) {
		if (!fm_future_is_ready(self->futures[i]) && index-- == 0) {
			*child = self->futures[i];
			break;
		}
	}
	return NULL;
}

static const struct fm_future_ops join_ops = {
	.name = "fm_join",
	.poll = join_poll,
	.drop = join_drop,
	.inspect = join_inspect,
	.cancel = FM_CANCEL_CHILDREN,
};

static const struct fm_future_ops try_join_ops = {
	.name = "fm_try_join",
	.poll = try_join_poll,
	.drop = join_drop,
	.inspect = join_inspect,
	.cancel = FM_CANCEL_CHILDREN,
};

static void init(struct fm_join *self, const struct fm_future_ops *ops, struct fm_future *const *futures,
		 uint32_t count)
{
	fm_future_init(&self->fut, ops);
	self->futures = futures;
	self->count = count;
	self->start = 0;
}

struct fm_future *fm_join_init(struct fm_join *self, struct fm_future *const *futures, uint32_t count)
{
	init(self, &join_ops, futures, count);
	return &self->fut;
}

struct fm_future *fm_try_join_init(struct fm_try_join *self, struct fm_future *const *futures, uint32_t count)
{
	init(&self->join, &try_join_ops, futures, count);
	self->failed = NONE;
	return &self->join.fut;
}
