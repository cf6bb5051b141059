/*
 * What the primitives' scenarios share: how a task is made, and a future around another that holds every leaf to its word.
 *
 * `strict` says: a leaf that gave way (woke its own task to be asked again) is PENDING, and one that is READY has not. It
 * costs a poll's indirection. FM_AWAIT(strict(&self->strict, fm_oneshot_recv_init(...))).
 */
#ifndef PRIMITIVE_H
#define PRIMITIVE_H

#include <fm/async.h>
#include <fm/embed.h>
#include <fm/sleep.h>
#include <fm_sim/scenario.h>

#include <string.h>

/* In a program: what must hold. */
#define HOLDS(condition, ...) FM_SIM_CHECK(fm_sim_current(), condition, __VA_ARGS__)

/* Before an initialiser: it must not count on zeroes. */
#define DIRTY(object) memset((object), 0xa5, sizeof(*(object)))

/* Whether this happens, drawn: never in the plainest run. */
#define SOMETIMES_IN(n) (fm_random(n) == (n)-1)

/* An initialised frame of the async function `function` with its field `world` set; not started yet. */
#define PRIMITIVE_TASK(host, function, world_)                                                     \
	({                                                                                         \
		struct function *fm__frame = fm_sim_alloc((host), sizeof(*fm__frame), #function);  \
                                                                                                   \
		FM_ASYNC_INIT(fm__frame, function);                                                \
		fm__frame->world = (world_);                                                       \
		fm__frame;                                                                         \
	})

/*
 * Whether this poll has woken its own task: not looked at while a sweep drops futures within a poll and makes them anew.
 */
static inline bool gave_way(void)
{
	return fm_task_scheduled(fm_task_current()) && !fm_sim_swept(fm_sim_current());
}

struct strict {
	struct fm_future fut;
	struct fm_future *inner;
	unsigned ways; /* how often it gave way, of all that it was around */
};

static inline enum fm_poll strict_poll(struct fm_future *future, struct fm_context *cx)
{
	struct strict *self = FM_CONTAINER_OF(future, struct strict, fut);
	const bool before = fm_task_scheduled(fm_task_current());

	if (fm_poll(self->inner, cx) == FM_PENDING) {
		self->ways += !before && gave_way();
		return FM_PENDING;
	}
	HOLDS(before || !gave_way(), "%s gave way and was ready all the same",
	      self->inner->ops->name);
	return fm_ready(future, self->inner->status);
}

static inline void strict_drop(struct fm_future *future)
{
	fm_drop(FM_CONTAINER_OF(future, struct strict, fut)->inner);
}

static inline const struct fm_await_site *strict_inspect(const struct fm_future *future, unsigned index,
							 struct fm_future **child)
{
	*child = index == 0 ? FM_CONTAINER_OF(future, const struct strict, fut)->inner : NULL;
	return NULL;
}

static inline void strict_renew(struct fm_future *future);

static const struct fm_future_ops strict_ops = {
	.name = "strict",
	.poll = strict_poll,
	.drop = strict_drop,
	.inspect = strict_inspect,
	.cancel = FM_CANCEL_CHILDREN,
	.renew = strict_renew,
};

static inline struct fm_future *strict(struct strict *self, struct fm_future *inner)
{
	fm_future_init(&self->fut, &strict_ops);
	self->inner = inner;
	return &self->fut;
}

static inline void strict_renew(struct fm_future *future)
{
	struct strict *self = FM_CONTAINER_OF(future, struct strict, fut);

	self->inner->ops->renew(self->inner);
	strict(self, self->inner);
}

#endif
