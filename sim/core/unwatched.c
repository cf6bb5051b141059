/*
 * A run in which nobody watches polls, wakers and waits: what the oracles cost is the difference to it.
 *
 * The same schedule, draws, tape and hash of events; a poll goes to the future as it does in the real world, with the
 * task's own waker. Tasks are still known, since the schedule's draws name them, and so is each wake, since the hash holds
 * it. A wake that the oracles would swallow as stale goes through, so only a program without such wakes leaves the same hash
 * as when it is watched. Memory is counted and filled in both. What is left of the seam is a call at a future's first poll.
 */
#include "internal.h"

/* Of a first poll: the later ones do not come here, since the future was not polled by an observer. */
static enum fm_poll unwatched_poll(struct fm_observer *observer, struct fm_future *future, struct fm_context *cx,
				   uint32_t place)
{
	(void)observer, (void)place;
	return fm_poll(future, &(struct fm_context){ .waker = cx->waker, .executor = cx->executor });
}

static void unwatched_drop(struct fm_observer *observer, struct fm_future *future)
{
	(void)observer, (void)future;
}

static void unwatched_wait(struct fm_observer *observer, const char *kind, const void *resource,
			   struct fm_future *future)
{
	(void)observer, (void)kind, (void)resource, (void)future;
}

static void unwatched_unwait(struct fm_observer *observer, const void *resource, struct fm_future *future)
{
	(void)observer, (void)resource, (void)future;
}

static void unwatched_release(struct fm_observer *observer, const void *resource)
{
	(void)observer, (void)resource;
}

void sim__unwatch(struct fm_sim *sim)
{
	sim->covering = sim__observer_ops;
	sim->covering.poll = unwatched_poll;
	sim->covering.drop = unwatched_drop;
	sim->covering.wait = unwatched_wait;
	sim->covering.unwait = unwatched_unwait;
	sim->covering.grant = unwatched_wait;
	sim->covering.release = unwatched_release;
	sim->observer.ops = &sim->covering;
}
